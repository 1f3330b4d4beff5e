"""What runs on: `--watch`, and the completion that a shell asks for."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from test_hook import NOTES

PROGRAM = (sys.executable, "-P", "-m", "tldr_lint")


class Watcher:
    """A running `tldr-lint --watch`, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.said = b""

    def until(self, text: bytes) -> None:
        """Read until a text was said; fails if nothing comes for a minute, or the end does."""
        assert self.process.stdout is not None
        while text not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], 60)
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert more, self.said.decode()
            self.said += more
        self.said = self.said.partition(text)[2]


@contextmanager
def _watching(root: Path, *arguments: str) -> Iterator[Watcher]:
    for path, text in NOTES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    with subprocess.Popen(
        [*PROGRAM, "--watch", *arguments],
        cwd=root,
        env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield Watcher(process)
        finally:
            process.kill()


def test_every_change_is_answered_until_interrupted(tmp_path: Path) -> None:
    note = tmp_path / "notes/gpt.md"
    with _watching(tmp_path) as watcher:
        watcher.until(b"no findings in 5 files\n")
        watcher.until(b"watching for changes")
        note.write_text(NOTES["notes/gpt.md"] + "\n[x](gone.md)\n", "utf-8")
        watcher.until(b"notes/gpt.md:9:")
        watcher.until(b"watching for changes")
        note.write_text(NOTES["notes/gpt.md"], "utf-8")
        watcher.until(b"no findings in 5 files\n")
        watcher.until(b"watching for changes")
        watcher.process.send_signal(signal.SIGINT)

        assert watcher.process.stdout is not None
        said = watcher.said + watcher.process.stdout.read()
        assert watcher.process.wait(60) == 130, said.decode()
        assert b"Traceback" not in said


def test_what_can_be_repaired_is_repaired_as_it_breaks(tmp_path: Path) -> None:
    note = tmp_path / "notes/gpt.md"
    with _watching(tmp_path, "--fix") as watcher:
        watcher.until(b"watching for changes")
        note.write_text(NOTES["notes/gpt.md"].replace("| GPT | 2018 |", "| GPT |"), "utf-8")
        watcher.until(b"1 fixed")

        assert "| GPT |  |" in note.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tldr-lint", "ex"], {"explain"}),
        (["tldr-lint", "--uns"], {"--unsafe-fixes"}),
        (["tldr-lint", "check", "--output-format", "s"], {"sarif"}),
        (["tldr-lint", "explain", "TL10"], {f"TL10{number}" for number in range(1, 10)}),
        (
            ["tldr-lint", "--select", "table-"],
            {"table-delimiter-mismatch", "table-row-length"},
        ),
        (["tldr-lint", "--fail-on", ""], {"error", "warning"}),
    ],
)
def test_a_shell_is_told_what_may_come_next(words: list[str], expected: set[str]) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "tldr-lint"],
        env=os.environ
        | {
            "_TLDR_LINT_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    offered = dict(line.split(",", 1)[::-1] for line in done.stdout.splitlines())

    assert {word for word, kind in offered.items() if kind == "plain"} == expected
