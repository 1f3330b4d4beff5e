"""Where a report goes: which formats were asked for, how each looks, and the bytes of it."""

from __future__ import annotations

import os
import sys

from tldr_lint.contract.error import did_you_mean
from tldr_lint.files.read import save, saying
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.reports import FORMATS, pieces
from tldr_lint.reports.model import Look
from tldr_lint.request import UsageError
from tldr_lint.terminal import colored, takes_hyperlinks, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.arguments import Arguments
    from tldr_lint.reports.model import Report

_MOST_KEPT = 10_000_000  # Bytes of an answer that are kept to be given again.


def show(
    arguments: Arguments, report: Report, formats: list[tuple[str, str | None]]
) -> bytes | None:
    """Write the reports; what went to standard output, none if it is too much to be kept."""
    said: bytes | None = b""
    for name, target in formats:
        shown = _dressed(report, arguments, target)
        if arguments.statistics:
            from tldr_lint.reports import statistics as statistics_report  # noqa: PLC0415 - start-up

            json = name in {"json", "json-lines"}
            text = statistics_report.json(shown) if json else statistics_report.text(shown)
            shown_pieces = iter((text,))
        elif arguments.quiet and name in {"full", "concise"} and not report.diagnostics:
            continue
        else:
            shown_pieces = pieces(name, shown)
        data = emit(shown_pieces, target)
        said = data if target is None else said
    return said


def formats_of(arguments: Arguments) -> list[tuple[str, str | None]]:
    """The formats asked for, each with the file it goes to; none is standard output."""
    found: list[tuple[str, str | None]] = []
    for asked in arguments.output_format or ("full",):
        name, equals, target = asked.partition("=")
        if name not in FORMATS:
            near = did_you_mean(name, FORMATS)
            raise UsageError(f"there is no output format `{name}`{near}")
        if equals and not target:
            raise UsageError(f"`{asked}` names no file")
        found.append((name, target or None))
    if arguments.output_file is not None:
        bare = [at for at, (_, target) in enumerate(found) if target is None]
        if len(bare) != 1:
            raise UsageError("`--output-file` takes one format; else write `FORMAT=FILE`")
        found[bare[0]] = (found[bare[0]][0], arguments.output_file)
    if sum(target is None for _, target in found) > 1:
        raise UsageError("only one format can go to standard output; write `FORMAT=FILE`")
    return found


def _dressed(report: Report, arguments: Arguments, target: str | None) -> Report:
    """The report as its reader's terminal wants it; a file gets no colour."""
    if target is not None:
        return report
    stream = sys.stdout
    color = colored(arguments.color, stream)
    hyperlinks = color and stream.isatty() and takes_hyperlinks(os.environ)
    look = Look(color=color, hyperlinks=hyperlinks)
    # To find the width loads as much as a report with nothing in it takes.
    return replace(report, look=replace(look, width=width()) if report.diagnostics else look)


def emit(text: Iterator[str], target: str | None) -> bytes | None:
    """Bytes out as UTF-8, whatever the locale says; what was said, none if it was very much.

    Raises:
        UsageError: the file cannot be written.
    """
    if target is not None:
        data = "".join(text).encode("utf-8", "backslashreplace")
        problem = save(target, data)
        if problem is not None:
            raise UsageError(f"`{target}`: {problem}")
        return data
    kept: list[bytes] | None = []
    size = 0
    sys.stdout.flush()
    for piece in text:
        data = piece.encode("utf-8", "backslashreplace")
        size += len(data)
        if size > _MOST_KEPT:
            kept = None
        elif kept is not None:
            kept.append(data)
        try:
            sys.stdout.buffer.write(data)
        except OSError as error:
            raise _unsaid(error) from error
    try:
        sys.stdout.buffer.flush()
    except OSError as error:
        raise _unsaid(error) from error
    return b"".join(kept) if kept is not None else None


def _unsaid(error: OSError) -> UsageError:
    # What is left in the buffer would fail once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UsageError(f"standard output: {saying(error)}")
