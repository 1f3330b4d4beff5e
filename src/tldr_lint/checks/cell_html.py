"""HTML in table cells: what is opened in a cell is closed in it."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, groupby

from tldr_lint.markdown.html import OPTIONAL_END, PAIRED
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Finding, Rule, Severity
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document, Tag
    from tldr_lint.table import Row
    from tldr_lint.text import Source

_LISTS = frozenset({"dl", "ol", "ul"})
_LIST_ITEMS = frozenset({"dd", "dt", "li"})


def unbalanced_html(workspace: Workspace) -> Iterator[Finding]:
    """TL207: for every cell of every table, each tag has its counterpart in the same cell."""
    for document in workspace.loud("TL207"):
        for tag, message in unbalanced(document):
            yield Finding(Place(document.path, tag.span), message)


def unbalanced(document: Document) -> Iterator[tuple[Tag, str]]:
    """The first tag without a counterpart of each cell that has one, and what is wrong with it."""
    if document.tags:
        for tags in _by_cell(document):
            found = _first_unbalanced(tags)
            if found is not None:
                yield found


def _by_cell(document: Document) -> Iterator[Sequence[Tag]]:
    """The HTML tags of each cell, where not all of them are balanced at a glance."""
    source = document.source
    tags = [tag for tag in document.tags if _is_html(source, tag)]
    if _is_well_nested(source.text, tags):
        return
    rows = [row for table in document.tables for row in (table.header, *table.rows)]
    starts = [row.start for row in rows]

    def row_of(tag: Tag) -> int:
        return bisect_right(starts, tag.span.start) - 1

    for number, in_row in groupby(tags, row_of):
        for _, in_cell in groupby(in_row, _cell_finder(rows[number])):
            yield tuple(in_cell)


def _is_well_nested(text: str, tags: Iterable[Tag]) -> bool:
    """Whether each tag is closed in order, and no cell ends in between."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.void:
            continue
        if not tag.closing:
            opened.append(tag)
        elif not opened or opened[-1].name != tag.name:
            return False
        else:
            inside = text[opened.pop().span.end : tag.span.start]
            if not opened and ("|" in inside or "\n" in inside or "\r" in inside):
                return False
    return not opened


def _cell_finder(row: Row) -> Callable[[Tag], int]:
    lengths = (len(piece) + 1 for piece in row.pieces)
    ends = tuple(accumulate(lengths, initial=row.start + len(row.lead)))
    return lambda tag: bisect_right(ends, tag.span.start)


def _first_unbalanced(tags: Sequence[Tag]) -> tuple[Tag, str] | None:
    """The first tag of a cell without a counterpart, and what is wrong with it.

    Tags that overlap (`<b><i></b></i>`) are let be: each is opened and closed.
    """
    opened: dict[str, list[Tag]] = {}
    wrong: list[tuple[Tag, str]] = []
    for tag in tags:
        if tag.void:
            continue
        if not tag.closing:
            opened.setdefault(tag.name, []).append(tag)
        elif not opened.get(tag.name):
            wrong.append((tag, f"`</{tag.name}>` closes nothing that this cell opens"))
        else:
            opened[tag.name].pop()
    for name, left in opened.items():
        if not left or name in OPTIONAL_END:
            continue
        if name in _LISTS and len(left) > 1 and _holds_no_item(left[-1], tags):
            # Closing the second list would leave the first one open: it is the slip.
            message = f"`<{name}>` opens a list with nothing in it; `</{name}>` is probably meant"
            wrong.append((left[-1], message))
        else:
            wrong.append((left[0], f"`<{name}>` is opened in this cell but not closed"))
    return min(wrong, key=lambda each: each[0].span, default=None)


def _is_html(source: Source, tag: Tag) -> bool:
    # Anything else in angle brackets (`<UNK>`, `<NAME>`) is a token or a placeholder.
    if tag.name not in OPTIONAL_END and tag.name not in PAIRED:
        return False
    # `<SUMMARY>` and the like are placeholders as people write them in templates.
    return len(tag.name) < 4 or source[tag.span] != f"<{tag.name.upper()}>"


def _holds_no_item(opening: Tag, tags: Sequence[Tag]) -> bool:
    return not any(
        tag.name in _LIST_ITEMS and not tag.closing and tag.span.start > opening.span.start
        for tag in tags
    )


RULES: tuple[Rule, ...] = (
    Rule("TL207", "unbalanced-html", Severity.WARNING, frozenset(), unbalanced_html),
)
