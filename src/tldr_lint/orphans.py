"""Rows without a table: paragraphs that are meant as rows, and that GitHub shows as text."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tldr_lint.document import Row, Table
from tldr_lint.markdown_block import Paragraph, split_row

_BETWEEN = re.compile(r"(?:\s|<!--.*?-->)*", re.DOTALL)


def orphan_rows(
    text: str, base: int, paragraphs: Sequence[Paragraph], tables: Sequence[Table]
) -> Iterator[tuple[Row, ...]]:
    """Paragraphs that are meant as rows of a table.

    A line with a pipe at its front and another behind it is meant as a row.
    Without, the lines need as many cells as the table they follow, with
    nothing but blank lines and comments between.
    """
    ends = [table.span.end for table in tables]
    run_end, columns = 0, 0
    # Where blank lines and comments end that begin at an offset; looked for once.
    reaches: tuple[int, int] = (-1, -1)
    for paragraph in paragraphs:
        if "|" not in paragraph.text.content:
            continue
        rows = _as_rows(paragraph, base)
        first = rows[0].start
        above = bisect_right(ends, first) - 1
        if above >= 0 and ends[above] >= run_end:
            run_end, columns = ends[above], len(tables[above].header)
        piped = all(row.lead and (len(row) > 1 or row.tail.strip()) for row in rows)
        if reaches[0] != run_end:
            between = _BETWEEN.match(text, run_end)
            reaches = run_end, between.end() if between is not None else run_end
        follows = columns > 1 and reaches[1] >= first
        if piped or (follows and all(len(row) == columns for row in rows)):
            yield rows
            if follows:
                run_end = rows[-1].span.end


def _as_rows(paragraph: Paragraph, base: int) -> tuple[Row, ...]:
    rows: list[Row] = []
    at = 0
    for line in paragraph.text.content.split("\n"):
        stripped = line.lstrip(" \t")
        start = base + paragraph.text.at(at + len(line) - len(stripped))
        rows.append(split_row(stripped.rstrip(" \t"), start))
        at += len(line) + 1
    return tuple(rows)
