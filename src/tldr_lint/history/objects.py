"""What is in the objects of a repository: one `git cat-file`, asked again and again."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import contextmanager

from tldr_lint.history.git import TIMEOUT, HistoryError, checked, command, environment
from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

MAX_OBJECT = 64_000_000
"""Bytes of an object above which it is not read."""

_AT_ONCE = 60
_SILENT = "git stopped answering"


@contextmanager
def objects(git: str, root: str) -> Iterator[Objects]:
    """One `git cat-file --batch`, to be asked again and again."""
    with subprocess.Popen(
        command(git, root, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(None),
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
