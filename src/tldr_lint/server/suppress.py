"""Where a suppression must stand to silence one finding, so that it breaks nothing."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.text import Edit

if TYPE_CHECKING:
    from tldr_lint.document import Document
    from tldr_lint.table import Row, Table
    from tldr_lint.text import Place, Span


def here(document: Document, place: Place, code: str) -> Edit:
    """Silence a rule at one place.

    In a row of a table the directive goes into a cell, since a line of its own
    would end the table; above a header; above a heading, whose text it must
    not join; and behind any other line.
    """
    source = document.source
    line = source.line_of(min(place.span.start, len(source.text)))
    for table in document.tables:
        for row in (table.header, table.delimiter):
            if line.start <= row.start <= line.end:
                return _above(document, _line(document, table.header), "disable-next-table", code)
        for row in table.rows:
            if line.start <= row.start <= line.end:
                return _in_cell(document, table, row, place, code)
    if any(line.start <= heading.span.start <= line.end for heading in document.headings):
        return _above(document, line, "disable-next-line", code)
    text = f" <!-- tldr-lint-disable-line {code} -->"
    return Edit(source.place(line.end, line.end), text)


def whole_file(document: Document, code: str) -> Edit:
    """Silence a rule in a file, below its front matter."""
    source = document.source
    at = 1 if source.text.startswith("\ufeff") else 0
    if document.front_matter is not None:
        row, _ = source.position(document.front_matter.span.end)
        following = row < len(source.starts)
        at = source.starts[row] if following else len(source.text)
        if not following:
            return Edit(source.place(at, at), f"\n{_directive('disable-file', code)}\n")
    end = source.newline(at)
    return Edit(source.place(at, at), f"{_directive('disable-file', code)}{end}{end}")


def _directive(scope: str, code: str) -> str:
    return f"<!-- tldr-lint-{scope} {code} -->"


def _line(document: Document, row: Row) -> Span:
    return document.source.line_of(row.start)


def _above(document: Document, line: Span, scope: str, code: str) -> Edit:
    """A directive on a line of its own, behind what quotes or indents the line below it."""
    source = document.source
    text = source[line]
    prefix = text[: len(text) - len(text.lstrip(" \t>"))]
    directive = f"{prefix}{_directive(scope, code)}{source.newline(line.start)}"
    return Edit(source.place(line.start, line.start), directive)


def _in_cell(document: Document, table: Table, row: Row, place: Place, code: str) -> Edit:
    cells = row.cells[: len(table.header)]
    cell = next(
        (c for c in cells if c.span.start <= place.span.start <= c.span.end and c.raw), cells[0]
    )
    at = cell.span.end
    return Edit(document.source.place(at, at), f" {_directive('disable-line', code)}")
