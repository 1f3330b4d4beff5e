"""Suppression comments: what one says, and whether it breaks the table it was meant for."""

from __future__ import annotations

import re
from bisect import bisect_right

from tldr_lint.document import Directive
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.regexes import regex
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tldr_lint.document import Row, Table
    from tldr_lint.markdown.html import Element
    from tldr_lint.markdown.limits import Budget

_DIRECTIVE = regex(r"<!--\s*tldr-lint-([A-Za-z-]+)\b(.*?)-->", re.DOTALL)
_REASON = regex(r"(?:^|\s)--(?:\s|$)")
_RULE_WORD = regex(r"[^\s,]+")
_BLANK = regex(r"\s*")
_LAST = regex(r"[ \t]*+\|?[ \t]*+(?=[\r\n]|\Z)")


def read_directive(comment: Element, budget: Budget) -> Directive | None:
    """The directive that an HTML comment is, if it is one.

    Raises:
        TooCostlyError: the file's directives name more rules than anybody could mean.
    """
    found = _DIRECTIVE.match(comment.raw) if "tldr-lint-" in comment.raw else None
    if found is None:
        return None
    listed = _REASON.split(found[2], maxsplit=1)[0]
    at = comment.span.start + found.start(2)
    rules = tuple(
        (word.group(), Span(at + word.start(), at + word.end()))
        for word in _RULE_WORD.finditer(listed)
    )
    budget.suppress(len(rules))
    return Directive(comment.span, found[1].lower(), rules, breaks_table=False)


def judged(
    text: str,
    directives: Sequence[Directive],
    tables: Sequence[Table],
    orphans: Sequence[Sequence[Row]],
) -> Iterator[Directive]:
    """Directives in file order, those marked that break the table they were meant for.

    A comment line ends a table; a comment behind the last pipe becomes a cell of its own.
    """
    if not directives:
        return
    orphaned = {rows[0].start for rows in orphans}
    rows = [(row, len(table.header)) for table in tables for row in table.rows]
    starts = [row.start for row, _ in rows]
    for directive in directives:
        blank = _BLANK.match(text, directive.span.end)
        breaks = blank is not None and blank.end() in orphaned
        at = bisect_right(starts, directive.span.start) - 1
        if at >= 0:
            row, columns = rows[at]
            # A row may hold as many directives as cells; what stands behind one tells the last.
            breaks |= (
                len(row) > columns
                and _LAST.match(text, directive.span.end) is not None
                and row.pieces[-1].strip(" \t") == text[directive.span.start : directive.span.end]
            )
        yield replace(directive, breaks_table=breaks)
