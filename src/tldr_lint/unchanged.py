"""The proof before a repair is written: what was not edited still means the same."""

from __future__ import annotations

from bisect import bisect_right

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tldr_lint.document import Document
    from tldr_lint.text import Edit, Source

_LINE_ENDS = ("\r", "\n")

Fact = tuple[str, str]
"""The kind of a fact, and all that makes it mean what it means."""


def same_elsewhere(old: Document, new: Document, edits: Sequence[Edit]) -> bool:
    """Whether all facts outside the edited lines are the same, and in the same order."""
    if new.problem is not None:
        return False
    before, after = _touched(old.source, edits)
    return list(_facts(old, before)) == list(_facts(new, after))


def _touched(old: Source, edits: Sequence[Edit]) -> tuple[list[Span], list[Span]]:
    """The lines that hold an edit, in the old text and in the new one.

    Where whole lines give way to whole lines, be it none to some or some to
    none, the line behind them is not touched.
    """
    before: list[Span] = []
    after: list[Span] = []
    shift = 0
    for edit in sorted(edits):
        lines = _lines(old, edit)
        # Outside of the edits the texts are the same: the lines begin and end alike in both.
        start = lines.start + shift
        shift += len(edit.text) - (edit.place.span.end - edit.place.span.start)
        if before and lines.start <= before[-1].end:
            above = before.pop()
            lines = Span(above.start, max(above.end, lines.end))
            start = after.pop().start
        before.append(lines)
        after.append(Span(start, lines.end + shift))
    return before, after


def _lines(source: Source, edit: Edit) -> Span:
    """The lines an edit has code points of; one that takes or puts whole lines has no others.

    Where it puts lines without taking any, they are none: the span ends before it starts.
    """
    span = edit.place.span
    taken, put = source[span], edit.text
    line = source.line_of(span.start)
    if span.start == line.start and _ends_a_line(taken) and _ends_a_line(put):
        return Span(span.start, span.end - 1)
    at_ends = span.start == line.end and span.end == source.line_of(span.end).end
    if at_ends and _begins_a_line(taken) and _begins_a_line(put):
        return Span(span.start + 1, span.end)
    if taken.endswith(_LINE_ENDS):
        return Span(line.start, span.end - 1 if put.endswith(_LINE_ENDS) else span.end)
    return Span(line.start, source.line_of(span.end).end)


def _ends_a_line(text: str) -> bool:
    return not text or text.endswith(_LINE_ENDS)


def _begins_a_line(text: str) -> bool:
    return not text or text.startswith(_LINE_ENDS)


def _facts(document: Document, touched: Sequence[Span]) -> Iterator[Fact]:
    """The facts that stand apart from the touched lines."""
    starts = [span.start for span in touched]

    def apart(span: Span) -> bool:
        at = bisect_right(starts, span.end)
        return not at or touched[at - 1].end < span.start

    return (
        (kind, document.source[span].rstrip())
        for kind, span in _spans(document, apart)
        if apart(span)
    )


def _spans(document: Document, apart: Callable[[Span], bool]) -> Iterator[tuple[str, Span]]:
    for heading in document.headings:
        yield f"heading {heading.level} {heading.style}", heading.span
    rows = [
        row for table in document.tables for row in (table.header, table.delimiter, *table.rows)
    ]
    rows += [row for run in document.orphans for row in run]
    for row in sorted(rows, key=lambda row: row.start):
        yield "row", row.span
    for kind, links in (("link", document.links), ("image", document.images)):
        for link in links:
            # A reference link leads where its definition says, which may be what was edited.
            target = link.target if apart(link.target_span) else ""
            yield f"{kind} {link.kind} {target}", link.span
    for kind, spans in (
        ("definition", [each.span for each in document.definitions]),
        ("anchor", [each.span for each in document.anchors]),
        ("undefined reference", [each.span for each in document.undefined]),
        ("directive", [each.span for each in document.directives]),
        ("list item", [each.span for each in document.list_items]),
        ("code", document.code),
    ):
        for span in spans:
            yield kind, span
