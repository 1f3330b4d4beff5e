"""Real git repositories for tests: made in a temporary folder, independent of who runs them."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A work tree with helpers that read as what a person does."""

    path: Path

    def git(self, *arguments: str, given: bytes = b"", check: bool = True) -> str:
        """Run git here, away from any hook or configuration around it; what it printed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            input=given,
            capture_output=True,
            check=False,
            env=kept | _IDENTITY,
        )
        if check and done.returncode:
            raise AssertionError(f"git {arguments}: {done.stderr.decode()}")
        return done.stdout.decode()

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files as they are, line endings kept; none removes one."""
        for name, text in files.items():
            target = self.path / name
            if text is None:
                target.unlink(missing_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode())

    def read(self, name: str) -> str:
        """A file's text, line endings kept."""
        return (self.path / name).read_bytes().decode()

    def commit(self, files: Mapping[str, str | None]) -> str:
        """Write files and commit everything; the commit's name."""
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "c")
        return self.git("rev-parse", "HEAD").strip()

    def history(self, steps: Sequence[Mapping[str, str | None]]) -> None:
        """Add a commit for each step on top of HEAD by one process, and check the last out."""
        stream: list[bytes] = []
        born = self.git("rev-parse", "--verify", "--quiet", "HEAD", check=False)
        for at, files in enumerate(steps):
            stream.append(
                b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\n"
                % (1_700_000_000 + 60 * at)
            )
            stream.append(b"data 1\nc\n")
            if at == 0 and born:
                stream.append(b"from refs/heads/main^0\n")
            for name, text in files.items():
                if text is None:
                    stream.append(b"D %s\n" % name.encode())
                else:
                    content = text.encode()
                    stream.append(b"M 100644 inline %s\n" % name.encode())
                    stream.append(b"data %d\n%s\n" % (len(content), content))
        self.git("fast-import", "--quiet", given=b"".join(stream))
        self.git("reset", "-q", "--hard", "refs/heads/main")


def new_repository(path: Path) -> GitRepository:
    """An empty repository on branch `main`."""
    path.mkdir(parents=True, exist_ok=True)
    made = GitRepository(path)
    made.git("-c", "init.defaultBranch=main", "init", "-q", "--template=")
    return made
