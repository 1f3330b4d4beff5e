"""The report people read in a terminal: each finding with its source, marked.

Columns are code points, as in every text a person reads here. A related place
comes as a second snippet; where two places say nearly the same (a cell and
its counterpart), only the words that differ are marked.
"""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.concise import place
from tldr_lint.reports.escape import visible
from tldr_lint.reports.model import closing
from tldr_lint.reports.snippet import snippet
from tldr_lint.reports.style import BLUE, SEVERITIES, Style
from tldr_lint.reports.words import differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.reports.words import Ranges
    from tldr_lint.rule import Diagnostic, Location

_LINES = 4
"""How many lines of a longer range are quoted."""


def render(report: Report) -> Iterator[str]:
    """The findings, each with its source, a blank line between two, and the closing line."""
    style = Style(report)
    for diagnostic in report.diagnostics:
        yield "\n".join(_block(report, style, diagnostic)) + "\n\n"
    yield f"{style.bold(closing(report))}\n"


def _block(report: Report, style: Style, diagnostic: Diagnostic) -> list[str]:
    places = [diagnostic.location, *(note.location for note in diagnostic.related)]
    gutter = max(len(str(_last_shown(report, place))) for place in places)
    other = diagnostic.related[0].location if diagnostic.related else None
    words = differing(_text(report, places[0]), _text(report, other)) if other else None
    pad = " " * gutter
    lines = [_heading(report, style, diagnostic)]
    lines += _quote(
        report,
        style,
        diagnostic.location,
        gutter,
        ("^", SEVERITIES[diagnostic.severity]),
        words[0] if words else (),
        _focus(report, diagnostic),
    )
    for at, note in enumerate(diagnostic.related):
        where = style.place(place(report, note.location), note.location)
        lines.append(f"{pad}{style.gutter('-->')} {where}: {visible(note.message)}")
        lines += _quote(
            report,
            style,
            note.location,
            gutter,
            ("-", BLUE),
            words[1] if words and at == 0 else (),
            None,
        )
    if diagnostic.fix is not None:
        fix = diagnostic.fix
        files = len({edit.place.path for edit in fix.edits} | {path for path, _ in fix.creates})
        spread = f", in {files} files" if files > 1 else ""
        lines.append(
            f"{pad} {style.gutter('=')} {style.bold('help')}: {visible(fix.message)} "
            f"({fix.applicability} fix{spread})"
        )
    return lines


def _heading(report: Report, style: Style, diagnostic: Diagnostic) -> str:
    where = style.place(style.bold(place(report, diagnostic.location)), diagnostic.location)
    label = f"{diagnostic.severity.label}[{diagnostic.code}]"
    label = style.link(style.paint(SEVERITIES[diagnostic.severity], label), report.url(diagnostic))
    return f"{where}: {label} {style.bold(diagnostic.name)}: {visible(diagnostic.message)}"


def _last(location: Location) -> int:
    """The last line a range shows anything of: an end at column 1 belongs to the line before."""
    start, end = location.start, location.end
    return end.row - 1 if end.column == 1 and end.row > start.row else max(end.row, start.row)


def _last_shown(report: Report, location: Location) -> int:
    """The last line that is quoted: a file may end sooner."""
    last = _last(location)
    source = report.sources.get(location.path)
    if last == 1 or source is None:
        return 1
    return min(last, len(source.starts))


def _text(report: Report, location: Location) -> str:
    """The text of a range within one line; empty if it is longer or unknown."""
    line = report.line(location.path, location.start.row)
    if line is None or location.end.row != location.start.row:
        return ""
    return line[location.start.column - 1 : location.end.column - 1]


def _focus(report: Report, diagnostic: Diagnostic) -> int | None:
    """The 0-based column where the fix begins, if it does so on the finding's first line."""
    if diagnostic.fix is None or not diagnostic.fix.edits:
        return None
    place = report.locate(diagnostic.fix.edits[0].place)
    start = diagnostic.location.start
    if place.path != diagnostic.location.path or place.start.row != start.row:
        return None
    return place.start.column - 1


def _quote(
    report: Report,
    style: Style,
    location: Location,
    gutter: int,
    mark: tuple[str, str],
    words: Ranges,
    focus: int | None,
) -> list[str]:
    last = _last(location)
    first = location.start.row
    rows = list(range(first, last + 1))
    if len(rows) > _LINES:
        rows = [*rows[: _LINES - 1], last]
    blank = f"{' ' * gutter} {style.gutter('|')}"
    lines: list[str] = []
    for before, row in zip([None, *rows], rows, strict=False):
        text = report.line(location.path, row)
        if text is None:
            continue
        if before is not None and row > before + 1:
            lines.append(style.gutter("..."))
        start = location.start.column - 1 if row == first else len(text) - len(text.lstrip())
        end = location.end.column - 1 if row == location.end.row else len(text)
        cut = snippet(
            text,
            start,
            end,
            room=report.look.width - gutter - 3,
            mark=mark[0],
            differing=tuple((start + a, start + b) for a, b in words),
            focus=focus,
        )
        number = style.gutter(f"{row:>{gutter}} |")
        lines.append(f"{number} {cut.text}".rstrip())
        if cut.marks and (text.strip() or first == last):
            lines.append(f"{blank} {style.paint(mark[1], cut.marks)}")
    return [blank, *lines] if lines else []
