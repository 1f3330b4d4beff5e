"""The program: `tldr-lint`, or `python -m tldr_lint`.

Where nothing has changed since the last run its answer is given again, before
anything else is loaded.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` looks for modules in the working directory first: a repository that holds a
    # `markdown_it.py` would have it run.
    del sys.path[:1]


def main() -> None:
    """Run the command line; never returns."""
    if sys.stdout is None:
        # The first file that is opened would take its number, and get what is meant for it.
        if sys.stderr is not None:
            sys.stderr.write("error: standard output is closed\n")
        sys.exit(2)
    try:
        _run(sys.argv[1:])
    except KeyboardInterrupt:
        # As a shell says of what Ctrl-C has ended.
        sys.exit(130)


def _run(arguments: list[str]) -> None:
    from tldr_lint.cache.run import cache_folder, recall, run_key  # noqa: PLC0415

    folder, key = cache_folder(arguments), b""
    try:
        key = run_key(arguments) if folder is not None else b""
    except OSError:
        # The working directory is gone: no answer is about it, and what needs it will say so.
        folder = None
    if folder is not None and (answer := recall(folder, key)) is not None:
        said, code = answer
        sys.exit(code if _write(said) else 2)
    import gc  # noqa: PLC0415 - for runs that do something

    # What a run makes is much, holds no circles and lives to the end: to look for garbage takes
    # a third of the time.
    gc.disable()
    import time  # noqa: PLC0415

    from tldr_lint.arguments import plain_arguments  # noqa: PLC0415

    asking = None
    if folder is not None:
        from tldr_lint.cache.trace import Asking  # noqa: PLC0415 - where there is a cache

        asking = Asking(folder, key, time.time_ns())
    plain = plain_arguments(arguments)
    if plain is not None and not plain.watch and "_TLDR_LINT_COMPLETE" not in os.environ:
        from tldr_lint.history.repository import begin  # noqa: PLC0415

        # Git takes as long to answer as we take to load the rest.
        begun = begin()
        from tldr_lint.command import check  # noqa: PLC0415

        _leave(check(plain, asking, begun))
    gc.enable()
    from tldr_lint.cli import main as command_line  # noqa: PLC0415 - costs as much as a small run

    command_line(prog_name="tldr-lint", obj=asking)


def _leave(code: int) -> "NoReturn":
    """End the process at once: to take everything apart first takes as long as to read it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        # The interpreter finds the same, and says so as it says of every program.
        sys.exit(code)
    os._exit(code)


def _write(said: bytes) -> bool:
    """Write to standard output, past a buffer that could fail once more at exit."""
    while said:
        try:
            said = said[os.write(1, said) :]
        except OSError:
            return False
    return True


if __name__ == "__main__":
    main()
