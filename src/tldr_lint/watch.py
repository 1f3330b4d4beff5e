"""`--watch`: check again whenever something changes on disk (watchfiles, extra `watch`)."""

import sys
from dataclasses import replace
from pathlib import Path

from watchfiles import DefaultFilter, watch

from tldr_lint.arguments import Arguments
from tldr_lint.command import check
from tldr_lint.files import find_home

_PATIENCE = 200
"""Milliseconds without a change after which the watch reports that there is none."""

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def check_forever(arguments: Arguments) -> int:
    """Check now and after every change, until interrupted; the last run's exit code.

    Changes that come together are answered by one run. What `--fix` writes is
    a change too: the run it causes finds nothing left to repair.
    """
    start = Path(arguments.paths[0]) if arguments.paths else Path.cwd()
    home = find_home(start if start.is_dir() else start.parent)
    once = replace(arguments, watch=False)
    code: int | None = None
    # The first check waits until the watch stands: what changes during it is not missed.
    for changes in watch(
        home.root,
        watch_filter=DefaultFilter(),
        raise_interrupt=False,
        rust_timeout=_PATIENCE,
        yield_on_timeout=True,
    ):
        if changes or code is None:
            code = _run(once)
    return code or 0


def _run(arguments: Arguments) -> int:
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
    code = check(arguments)
    print("watching for changes; Ctrl-C ends it", file=sys.stderr, flush=True)  # noqa: T201 - the command line
    return code
