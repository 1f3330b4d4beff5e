"""One process, run to its end.

What `subprocess.run` does for a program that is told nothing: to load that
module takes as long as to check a dozen notes, and inside a repository every
run asks git.
"""

from __future__ import annotations

import os
import sys
import time

from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_PIECE = 1 << 16
_PAUSE = 0.0005
"""Seconds between two looks at a process that has said all and is about to end."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a process."""

    code: int
    """Zero for success; negative where a signal ended it."""
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True, slots=True)
class Started:
    """A process that is under way: its number, and where it says something."""

    pid: int
    out: int
    err: int


def start(command: list[str], environment: Mapping[str, str]) -> Started:
    """Start a program with nothing to read, where there is `posix_spawn`; `finish` is to follow.

    Raises:
        OSError: it could not be started.
    """
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    try:
        # Our own descriptors are closed in it, as Python opens them.
        process = os.posix_spawn(
            command[0],
            command,
            environment,
            file_actions=(
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, out_end, 1),
                (os.POSIX_SPAWN_DUP2, err_end, 2),
            ),
        )
    except BaseException:
        os.close(out)
        os.close(err)
        raise
    finally:
        os.close(out_end)
        os.close(err_end)
    return Started(process, out, err)


def finish(started: Started, seconds: float) -> Finished:
    """See a process to its end; it is killed if that takes longer than `seconds` from now.

    Raises:
        TimeoutError: it took longer.
    """
    deadline = time.monotonic() + seconds
    code: int | None = None
    try:
        try:
            said = _read_all((started.out, started.err), deadline)
            code = _ended(started.pid, deadline)
        finally:
            if code is None:
                _kill(started.pid)
        return Finished(code, *said)
    finally:
        os.close(started.out)
        os.close(started.err)


def run(command: list[str], environment: Mapping[str, str], seconds: float) -> Finished:
    """Run a program with nothing to read; it is killed if it takes longer than `seconds`.

    Raises:
        TimeoutError: it took longer.
        OSError: it could not be started.
    """
    if sys.platform == "win32":
        return _run_by_library(command, environment, seconds)
    return finish(start(command, environment), seconds)


def _read_all(pipes: tuple[int, int], deadline: float) -> tuple[bytes, bytes]:
    """What comes out of two pipes until both are closed."""
    from select import POLLIN, poll  # noqa: PLC0415 - Windows has none

    pieces: dict[int, list[bytes]] = {pipe: [] for pipe in pipes}
    waiting = poll()
    for pipe in pipes:
        waiting.register(pipe, POLLIN)
    still_open = len(pipes)
    while still_open:
        ready = waiting.poll(max(deadline - time.monotonic(), 0.0) * 1000)
        if not ready:
            raise TimeoutError
        for pipe, _ in ready:
            piece = os.read(pipe, _PIECE)
            pieces[pipe].append(piece)
            if not piece:
                waiting.unregister(pipe)
                still_open -= 1
    out, err = (b"".join(pieces[pipe]) for pipe in pipes)
    return out, err


def _ended(process: int, deadline: float) -> int:
    """The exit code of a process that has nothing more to say."""
    while True:
        try:
            ended, status = os.waitpid(process, os.WNOHANG)
        except ChildProcessError:
            # Whoever started us ignores children, so the system forgets how ours ended.
            return 0
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(_PAUSE)


def _kill(process: int) -> None:
    from signal import SIGKILL  # noqa: PLC0415 - seldom needed

    try:
        os.kill(process, SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        # It is over and forgotten: nothing is left to be stopped.
        return


def _run_by_library(command: list[str], environment: Mapping[str, str], seconds: float) -> Finished:
    import subprocess  # noqa: PLC0415 - where there is no `posix_spawn`

    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    return Finished(done.returncode, done.stdout, done.stderr)
