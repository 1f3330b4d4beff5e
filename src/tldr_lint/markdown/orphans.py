"""Rows without a table: paragraphs that are meant as rows, and that GitHub shows as text."""

from __future__ import annotations

import re
from bisect import bisect_right

from tldr_lint.layout import FIRST_ROW
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tldr_lint.layout import Values
    from tldr_lint.markdown.gathered import Paragraph

_BETWEEN = regex(r"(?:\s|<!--.*?-->)*", re.DOTALL)


def orphan_rows(
    text: str, base: int, paragraphs: Sequence[Paragraph], tables: Sequence[Values]
) -> Sequence[Values]:
    """Paragraphs that are meant as rows of a table.

    A line with a pipe at its front and another behind it is meant as a row.
    Without, the lines need to be written as the rows of the table they follow
    are, with as many cells and nothing but blank lines and comments between.
    """
    piped = [paragraph for paragraph in paragraphs if "|" in paragraph.text.content]
    return list(_runs(text, base, piped, tables)) if piped else ()


def _runs(
    text: str, base: int, paragraphs: Sequence[Paragraph], tables: Sequence[Values]
) -> Iterator[Values]:
    ends = [table[1] for table in tables]
    run_end, columns, piped_table = 0, 0, True
    header_of = -1
    # Where blank lines and comments end that begin at an offset; looked for once.
    reaches: tuple[int, int] = (-1, -1)
    for paragraph in paragraphs:
        rows = _as_rows(paragraph, base)
        first = rows[0].start
        above = bisect_right(ends, first) - 1
        if above >= 0 and ends[above] >= run_end:
            run_end = ends[above]
            if header_of != above:
                header_of, header = above, Row.of(*tables[above][FIRST_ROW])
                columns, piped_table = len(header), bool(header.lead)
        piped = all(row.lead and (len(row) > 1 or row.tail.strip()) for row in rows)
        if reaches[0] != run_end:
            between = _BETWEEN.match(text, run_end)
            reaches = run_end, between.end() if between is not None else run_end
        follows = columns > 1 and reaches[1] >= first
        if follows and not piped:
            piped = all(_is_row(row, columns, piped=piped_table) for row in rows)
        if piped:
            yield [(row.start, row.raw) for row in rows]
            if follows:
                run_end = rows[-1].span.end


def _is_row(row: Row, columns: int, *, piped: bool) -> bool:
    """Whether a line that begins without a pipe is a row of the table above rather than prose.

    In prose a pipe stands in code (`str | None`), or in a sentence below a
    table whose own rows begin with one.
    """
    if len(row) != columns or (piped and not row.tail.strip()):
        return False
    return all(piece.count("`") % 2 == 0 for piece in row.pieces)


def _as_rows(paragraph: Paragraph, base: int) -> tuple[Row, ...]:
    rows: list[Row] = []
    at = 0
    for line in paragraph.text.content.split("\n"):
        stripped = line.lstrip(" \t")
        start = base + paragraph.text.at(at + len(line) - len(stripped))
        rows.append(Row.of(start, stripped.rstrip(" \t")))
        at += len(line) + 1
    return tuple(rows)
