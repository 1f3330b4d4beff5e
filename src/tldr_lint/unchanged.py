"""The proof before a repair is written: what was not edited still means the same."""

from __future__ import annotations

from bisect import bisect_right

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tldr_lint.document import Document
    from tldr_lint.text import Edit, Source

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
    before = _merged(_lines(old, edit) for edit in edits)
    after: list[Span] = []
    shift = 0
    waiting = sorted(edits)[::-1]
    for lines in before:
        start = lines.start + shift
        # Outside of the edits the texts are the same: the lines begin and end alike in both.
        while waiting and waiting[-1].place.span.start <= lines.end:
            edit = waiting.pop()
            shift += len(edit.text) - (edit.place.span.end - edit.place.span.start)
        after.append(Span(start, lines.end + shift))
    return before, after


def _lines(source: Source, edit: Edit) -> Span:
    """The lines an edit has code points of; one that takes or puts whole lines leaves the next."""
    span = edit.place.span
    start = source.line_of(span.start).start
    if span.start < span.end and source.text[span.end - 1] in "\r\n":
        return Span(start, span.end - 1 if edit.text.endswith(("\r", "\n")) else span.end)
    return Span(start, source.line_of(span.end).end)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


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
