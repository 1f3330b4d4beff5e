"""Suppression comments: what one says, and whether it breaks the table it was meant for."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import attrgetter

from tldr_lint.document import Directive
from tldr_lint.layout import FIRST_ROW
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.table import cut
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tldr_lint.layout import Values
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
    directives: Iterable[Directive],
    tables: Sequence[Values],
    orphans: Sequence[Values],
) -> Sequence[Values]:
    """Directives in file order, those marked that break the table they were meant for.

    A comment line ends a table; a comment behind the last pipe becomes a cell of its own.
    """
    found: list[Values] = []
    orphaned = {run[0][0] for run in orphans}
    rows: list[tuple[int, str, int]] = []
    for table in tables:
        _, header = table[FIRST_ROW]
        columns = len(cut(header)[1])
        rows += [(at, raw, columns) for at, raw in table[FIRST_ROW + 2 :]]
    starts = [row[0] for row in rows]
    for directive in sorted(directives, key=attrgetter("span.start")):
        start, end = directive.span.start, directive.span.end
        blank = _BLANK.match(text, end)
        breaks = blank is not None and blank.end() in orphaned
        at = bisect_right(starts, start) - 1
        if at >= 0:
            _, raw, columns = rows[at]
            pieces = cut(raw)[1]
            # A row may hold as many directives as cells; what stands behind one tells the last.
            breaks |= (
                len(pieces) > columns
                and _LAST.match(text, end) is not None
                and pieces[-1].strip(" \t") == text[start:end]
            )
        rules = [each for word, span in directive.rules for each in (word, span.start, span.end)]
        found.append((start, end, directive.scope, breaks, *rules))
    return found
