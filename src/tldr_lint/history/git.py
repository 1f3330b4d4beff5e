"""Running git: which program, with what settings and environment, and for how long.

What is guarded against, and why, stands in `history/repository.py`, which alone decides
which subcommands are run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TIMEOUT = 10.0
"""Seconds a git process may take before it is stopped."""

MAX_OBJECT = 64_000_000
"""Bytes of an object above which it is not read."""

_SETTINGS = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("protocol.allow", "never"),
)
_AT_ONCE = 60
_SILENT = "git stopped answering"
OBJECT_NAME = regex(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""A SHA-1 or a SHA-256 name, in full."""


class HistoryError(Exception):
    """Git failed, or took longer than `TIMEOUT`; the message is one line without control codes."""


@contextmanager
def objects(git: str, root: str) -> Iterator[Objects]:
    """One `git cat-file --batch`, to be asked again and again."""
    with subprocess.Popen(
        command(git, root, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(None),
    ) as process:
        watch = _Watch(process)
        threading.Thread(target=watch.run, daemon=True).start()
        try:
            yield Objects(process, watch)
        finally:
            watch.over.set()
            process.kill()


class _Watch:
    """Stops a process that has kept somebody waiting for longer than `TIMEOUT`.

    An object may be a pipe that nobody writes to: a read cannot be given a
    time limit, but the process it reads from can.
    """

    __slots__ = ("over", "process", "since")

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.over = threading.Event()
        self.since: float | None = None
        """When the wait began that is going on, in seconds of the monotonic clock."""

    def run(self) -> None:
        """Look every now and then until it is over."""
        while not self.over.wait(TIMEOUT / 10):
            since = self.since
            if since is not None and time.monotonic() - since > TIMEOUT:
                self.process.kill()
                return


@dataclass(frozen=True, slots=True)
class Objects:
    """A running `git cat-file --batch`."""

    _process: subprocess.Popen[bytes]
    _watch: _Watch

    def read(self, name: str) -> bytes | None:
        """The content of the object with this name; none if it is missing or beyond `MAX_OBJECT`.

        Raises:
            HistoryError: the process ended, or ran out of time.
        """
        return self.read_all((name,))[name]

    def read_all(self, names: Iterable[str]) -> dict[str, bytes | None]:
        """What `read` says of many objects, asked for together."""
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise HistoryError(_SILENT)
        wanted = [checked(name) for name in dict.fromkeys(names)]
        found: dict[str, bytes | None] = {}
        # So few at once fit into a pipe: neither side waits for the other to read.
        for batch in (wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)):
            self._watch.since = time.monotonic()
            try:
                # Not through the buffer: what a dead process left in it would
                # raise once more when the pipe is closed.
                os.write(questions.fileno(), "".join(f"{name}\n" for name in batch).encode("ascii"))
                for name in batch:
                    found[name] = _answer(answers)
            except BrokenPipeError as error:
                raise HistoryError(_SILENT) from error
            finally:
                self._watch.since = None
        return found


def _answer(answers: IO[bytes]) -> bytes | None:
    head = answers.readline().split()
    if head[1:] == [b"missing"]:
        return None
    if len(head) != 3:
        raise HistoryError(_SILENT)
    size = int(head[2])
    if size > MAX_OBJECT:
        _pass_over(answers, size + 1)
        return None
    content = answers.read(size + 1)
    if len(content) <= size:
        raise HistoryError(_SILENT)
    return content[:size]


def _pass_over(answers: IO[bytes], size: int) -> None:
    while size:
        passed = len(answers.read(min(size, 1 << 20)))
        if not passed:
            raise HistoryError(_SILENT)
        size -= passed


def program() -> str | None:
    """Git, looked for in absolute folders only: a `.` in PATH would be the repository's own."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    trusted = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    return shutil.which("git", path=trusted)


def command(git: str, root: str, *arguments: str) -> list[str]:
    """The command line that runs git in a folder, deaf to what the repository configures."""
    settings = [part for name, value in _SETTINGS for part in ("-c", f"{name}={value}")]
    return [git, *settings, "--no-pager", "-C", root, *arguments]


def _environment(index: str | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        # Unlike `protocol.allow` these two cannot be overruled by the
        # repository's configuration (`protocol.ext.allow`, a promisor remote).
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
    if index is not None:
        kept["GIT_INDEX_FILE"] = index
    return kept


def finished(command: list[str], index: str | None) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end; `index` is the index file it is to look at, if not the usual one.

    Raises:
        HistoryError: it could not be started, or took longer than `TIMEOUT`.
    """
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env=_environment(index),
        )
    except subprocess.TimeoutExpired as error:
        raise HistoryError(f"git took longer than {TIMEOUT:.0f} s") from error
    except OSError as error:
        raise HistoryError(f"git could not be started: {error.strerror}") from error


def checked(name: str) -> str:
    """An object's name as it is.

    Raises:
        ValueError: it is none, and might be an option.
    """
    if not OBJECT_NAME.fullmatch(name):
        raise ValueError(f"not an object name: {name!r}")
    return name


def complaint(error: bytes) -> str:
    """The first line of what git says went wrong, fit to be shown."""
    line = error.decode("utf-8", "replace").strip().splitlines()[:1]
    text = "".join(c if c.isprintable() else "?" for c in "".join(line))
    said = text.removeprefix("fatal: ").removeprefix("error: ")[:200]
    return f"git says: {said}" if said else "git failed"
