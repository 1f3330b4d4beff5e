"""Running the program as a person or a runner would, in a process of its own with limits."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tldr_lint

CPU_SECONDS = 60
"""After which the kernel ends a run: far above what any takes, far below a hang."""

MEMORY = 1 << 30
"""Bytes of address space (SPEC section 7: no more than 1 GB)."""

_PACKAGE = str(Path(tldr_lint.__file__).parents[1])


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a run."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()


def environment(**more: str) -> dict[str, str]:
    """The environment of a run: the package under test, no colours, a cache of its own nowhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "TLDR_LINT"))}
    return kept | {"PYTHONPATH": _PACKAGE, "NO_COLOR": "1"} | more


def command(*arguments: str) -> list[str]:
    """The command line of a run that keeps no cache."""
    return [sys.executable, "-m", "tldr_lint", "check", "--no-cache", *arguments]


def limit() -> None:
    """Called in the new process, before the program starts."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run `tldr-lint check` in a folder, within the limits."""
    return run_command(folder, command(*arguments), env)


def run_command(folder: Path, words: Sequence[str], env: Mapping[str, str] | None = None) -> Ran:
    """Run any command line in a folder, within the limits."""
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment(**(env or {})),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=limit,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


TEMPLATE = "# <TITLE>\n\n## Summary\n\n| Model | Year |\n|---|---|\n|  |  |\n"
NOTE = "# {0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| {0} | 2020 |\n"


def collection(folder: Path, notes: Mapping[str, str | bytes | None]) -> Path:
    """A small collection: a template, the notes (none: a sound one), a README that lists them."""
    listed = "".join(f"| [{name}](notes/{name}.md) |\n" for name in notes)
    files: dict[str, str | bytes] = {
        "README.md": f"# Papers\n\n| Paper |\n|---|\n{listed}",
        "notes/TEMPLATE.md": TEMPLATE,
    }
    for name, text in notes.items():
        files[f"notes/{name}.md"] = NOTE.format(name) if text is None else text
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(
            text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        )
    return folder
