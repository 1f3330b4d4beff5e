"""Rows of pipe tables: which lines are a header and a delimiter row."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.table import cut
from tldr_lint.text import remembered

if TYPE_CHECKING:
    from tldr_lint.layout import Values

_DELIMITER_ROW = regex(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")


def is_delimiter_row(text: str) -> bool:
    """Whether a line is a delimiter row (GFM 0.29, section 4.10)."""
    # A row of dashes alone makes a setext heading of the line above, a dash and a blank a list.
    if text[:1] not in "|:-" or ("|" not in text and ":" not in text) or text[:2] in {"- ", "-\t"}:
        return False
    return _cells_of_delimiter(text) > 0


def is_header_row(text: str, delimiter: str) -> bool:
    """Whether the line above a delimiter row is its header.

    With the right number of cells it is a table, even of one column and
    without a pipe. With a wrong one it is meant as a table only if both lines
    have pipes.
    """
    cells = _cells(text)
    return cells > 0 and (
        cells == _cells_of_delimiter(delimiter) or ("|" in text and "|" in delimiter)
    )


def is_lone_pipe(text: str) -> bool:
    """Whether a line below a table is no row to GitHub, for want of any cell."""
    return text[:1] == "|" and not text[1:].strip(" \t")


def table_values(rows: list[tuple[int, str]], *, nested: bool) -> Values:
    """A table as plain values (`layout.py`): its header, its delimiter row, and those below."""
    start, raw = rows[-1]
    return (rows[0][0], start + len(raw.rstrip()), nested, *rows)


def _count_delimiter(text: str) -> int:
    return _count_cells(text) if _DELIMITER_ROW.fullmatch(text) is not None else 0


def _count_cells(text: str) -> int:
    return len(cut(text)[1])


_cells_of_delimiter = remembered(_count_delimiter, 256, 4_000)
_cells = remembered(_count_cells, 256, 4_000)
