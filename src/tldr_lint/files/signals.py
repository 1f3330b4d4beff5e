"""What a signal does while files are written: it ends the run in order, or waits a moment."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def ended_politely() -> Iterator[None]:
    """Let a request to end take the way of an exception, so that nothing is left behind."""
    polite = (signal.SIGTERM,) if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP)
    ours = threading.current_thread() is threading.main_thread()
    taken = [each for each in polite if ours and signal.getsignal(each) is signal.SIG_DFL]
    for each in taken:
        signal.signal(each, _end)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def _end(number: int, _frame: object) -> None:
    # As a shell says of what a signal has ended.
    raise SystemExit(128 + number)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Let Ctrl-C and a polite kill wait the few milliseconds in which files change places."""
    if sys.platform == "win32":
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
