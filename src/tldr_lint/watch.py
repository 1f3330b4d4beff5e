"""`--watch`: check again whenever something changes on disk (watchfiles, extra `watch`)."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from watchfiles import DefaultFilter, watch

from tldr_lint.command import EXIT_INTERRUPTED, check
from tldr_lint.files.read import find_home
from tldr_lint.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from tldr_lint.arguments import Arguments

_PATIENCE = 200
"""Milliseconds without a change after which the watch reports that there is none."""

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def check_forever(arguments: Arguments) -> int:
    """Check now and after every change, until Ctrl-C ends it; 130, as a shell says of that.

    Changes that come together are answered by one run. What `--fix` writes is
    a change too: the run it causes finds nothing left to repair.
    """
    start = Path(arguments.paths[0]) if arguments.paths else Path.cwd()
    home = find_home(start if start.is_dir() else start.parent)
    once = replace(arguments, watch=False)
    # The first check waits until the watch stands: what changes during it is not missed.
    changes = watch(
        home.root,
        watch_filter=DefaultFilter(),
        raise_interrupt=True,
        rust_timeout=_PATIENCE,
        yield_on_timeout=True,
    )
    with suppress(KeyboardInterrupt):
        first = True
        for changed in changes:
            if changed or first:
                _run(once)
                first = False
    return EXIT_INTERRUPTED


def _run(arguments: Arguments) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
    check(arguments)
    sys.stderr.write("watching for changes; Ctrl-C ends it\n")
    sys.stderr.flush()
