"""Rows that belong to no table: TL211."""

from __future__ import annotations

import re
from bisect import bisect_right

from tldr_lint.checks.tables import intended_width
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document
    from tldr_lint.table import Row, Table
    from tldr_lint.text import Source

_BLANK_LINES = regex(r"[\s>]*")
_BLANKS_AND_COMMENTS = regex(r"(?:[\s>]|<!--(?:(?!-->).)*-->)*", re.DOTALL)


def orphaned_rows(workspace: Workspace) -> Iterator[Finding]:
    """TL211: for every run of pipe rows, a table holds it."""
    for document in workspace.loud("TL211"):
        for stray in _strays(document):
            yield _stray_finding(document, stray)


@dataclass(frozen=True, slots=True)
class _Stray:
    """A run of rows without a table, and the table it was cut off from, if one is known."""

    rows: tuple[Row, ...]
    table: Table | None
    gap: Span
    """What stands between the table, or the run before, and this run."""
    blank: bool
    """Whether nothing but blank lines parts this run from its table."""

    @property
    def end(self) -> int:
        """Where the last row ends."""
        return self.rows[-1].span.end


def _strays(document: Document) -> Iterator[_Stray]:
    source, tables = document.source, document.tables
    ends = [table.span.end for table in tables]
    before: _Stray | None = None
    for rows in document.orphans:
        start = rows[0].start
        at = bisect_right(ends, start) - 1
        table, end, blank = (tables[at], ends[at], True) if at >= 0 else (None, 0, True)
        if before is not None and before.end >= end:
            table, end, blank = before.table, before.end, before.blank
        gap = Span(end, start)
        cut_off = (
            table is not None
            and _covers(_BLANKS_AND_COMMENTS, source, gap)
            # Right below its table only a row in another quote or list is none of it.
            and bisect_right(source.starts, end) + 1 < bisect_right(source.starts, start)
            and all(len(row) == intended_width(table) for row in rows)
        )
        before = _Stray(
            rows,
            table if cut_off else None,
            gap,
            cut_off and blank and _covers(_BLANK_LINES, source, gap),
        )
        yield before


def _covers(pattern: re.Pattern[str], source: Source, span: Span) -> bool:
    return pattern.fullmatch(source.text, span.start, span.end) is not None


def _stray_finding(document: Document, stray: _Stray) -> Finding:
    source = document.source
    many = len(stray.rows) > 1
    place = Place(document.path, stray.rows[0].span)
    shown = f"GitHub shows {'them' if many else 'it'} as text"
    if stray.table is None:
        rows = f"{len(stray.rows)} rows of pipes have" if many else "row of pipes has"
        return Finding(place, f"{rows} no header and no delimiter row: {shown}")
    rows = f"{len(stray.rows)} rows are" if many else "row is"
    cause = "a blank line" if _covers(_BLANK_LINES, source, stray.gap) else "a comment"
    return Finding(
        place,
        f"{rows} cut off from {'their' if many else 'its'} table by {cause}: {shown}",
        _stray_fix(source, stray.gap) if stray.blank else None,
        (Related(Place(document.path, stray.table.header.span), "the table's header"),),
    )


def _stray_fix(source: Source, gap: Span) -> Fix | None:
    above, below = source.line_of(gap.start), source.line_of(gap.end)
    prefix = source.text[below.start : gap.end]
    if prefix.strip() and not source[above].startswith(prefix):
        # The rows stand in another quote.
        return None
    first = source.starts[bisect_right(source.starts, above.start)]
    return Fix("remove the blank lines", (Edit(source.place(first, below.start), ""),))


RULES: tuple[Rule, ...] = (
    Rule(
        "TL211",
        "orphaned-rows",
        Severity.ERROR,
        frozenset({Applicability.SAFE}),
        orphaned_rows,
    ),
)
