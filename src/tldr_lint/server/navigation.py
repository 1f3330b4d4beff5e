"""Where things lead: from notes to their rows and back, over one workspace value."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tldr_lint.document import LinkKind
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.sync.pairing import comparisons
from tldr_lint.targets import TargetKind, resolve
from tldr_lint.text import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Definition, Document, Heading, Link
    from tldr_lint.record import Value
    from tldr_lint.sync.lines import Column
    from tldr_lint.sync.pairing import Comparison, Pair


def _inside(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that an item and a roll-up share."""

    comparison: Comparison
    pair: Pair
    column: Column
    value: Value | None
    """The item's side."""
    rolled_up: Place | None
    """The roll-up's side."""


def target_place(workspace: Workspace, document: Document, link: Link | Definition) -> Place | None:
    """Where a link leads: a file's title, or the heading or anchor its fragment names."""
    target = resolve(document.path, link.target, workspace.contract.repository)
    if target.kind is not TargetKind.INTERNAL:
        return None
    found = workspace.documents.get(target.path)
    if found is None:
        return Place(target.path, Span(0, 0)) if target.path in workspace.tree.files else None
    place = anchor_place(found, target.fragment) if target.fragment else None
    return place or _start(found)


def anchor_place(document: Document, fragment: str) -> Place | None:
    """The heading or explicit anchor that a fragment names, letter case as GitHub treats it."""
    for wanted in dict.fromkeys((fragment, unquote(fragment), unquote(fragment).lower())):
        for heading in document.headings:
            if heading.anchor == wanted:
                return Place(document.path, heading.span)
        for anchor in document.anchors:
            if anchor.name == wanted:
                return Place(document.path, anchor.span)
    return None


def link_at(document: Document, offset: int) -> Link | Definition | None:
    """The innermost link, image or definition at an offset."""
    facts: list[Link | Definition] = [*document.links, *document.images, *document.definitions]
    found = [fact for fact in facts if _inside(fact.span, offset)]
    return min(found, key=lambda fact: fact.span.end - fact.span.start, default=None)


def heading_at(document: Document, offset: int) -> Heading | None:
    """The heading at an offset."""
    return next((h for h in document.headings if _inside(h.span, offset)), None)


def cells_at(workspace: Workspace, path: str, offset: int) -> Iterator[Cell]:
    """The cells shared by an item and a roll-up that stand at an offset, in either of them.

    Between the cells of a row it is the row's first.
    """
    for comparison in comparisons(workspace):
        for pair in (*comparison.pairs, *comparison.renamed):
            in_rollup = comparison.document.path == path and _inside(pair.line.row.span, offset)
            if in_rollup or (pair.item.path == path and _inside(pair.record.span, offset)):
                cells = tuple(_cells(comparison, pair))
                exact = [
                    cell
                    for cell in cells
                    if (place := cell.rolled_up if in_rollup else _value_place(cell)) is not None
                    and _inside(place.span, offset)
                ]
                yield from exact[:1] or cells[:1]


def _cells(comparison: Comparison, pair: Pair) -> Iterator[Cell]:
    row = dict(zip(pair.line.names, pair.line.row.cells, strict=False))
    for column in comparison.columns:
        cell = row.get(column.name)
        place = Place(comparison.document.path, cell.span) if cell is not None else None
        yield Cell(comparison, pair, column, column.of(pair.record), place)


def _value_place(cell: Cell) -> Place | None:
    if cell.value is None:
        return None
    return Place(cell.value.path or cell.pair.item.path, cell.value.span)


def definitions(workspace: Workspace, path: str, offset: int) -> tuple[Place, ...]:
    """Where "go to definition" leads from an offset.

    From a link to what it names; from a row of a roll-up or an index to the
    note; from a note's title or row to its rows there.
    """
    document = workspace.documents.get(path)
    if document is None:
        return ()
    link = link_at(document, offset)
    if link is not None:
        place = target_place(workspace, document, link)
        return (place,) if place is not None else ()
    found: list[Place] = []
    for cell in cells_at(workspace, path, offset):
        if cell.comparison.document.path == path:
            found.append(_value_place(cell) or Place(cell.pair.item.path, cell.pair.record.span))
        elif cell.rolled_up is not None:
            found.append(cell.rolled_up)
    found += _from_index(workspace, path, offset)
    heading = heading_at(document, offset)
    if heading is not None and heading == document.title:
        found += rows_of(workspace, path)
    return tuple(dict.fromkeys(found))


def _from_index(workspace: Workspace, path: str, offset: int) -> Iterator[Place]:
    for collection in workspace.collections:
        for index in collection.indexes:
            if index.document is not None and index.document.path == path:
                for entry in index.entries:
                    item = workspace.documents.get(entry.item)
                    if item is not None and _inside(entry.span, offset):
                        yield _start(item)


def rows_of(workspace: Workspace, path: str) -> Iterator[Place]:
    """Where a note stands in indexes and roll-ups."""
    for collection in workspace.collections:
        for index in collection.indexes:
            if index.document is not None:
                for entry in index.entries:
                    if entry.item == path:
                        yield Place(index.document.path, entry.link.span)
    for comparison in comparisons(workspace):
        for pair in comparison.pairs:
            if pair.item.path == path:
                yield Place(comparison.document.path, pair.line.row.span)


def subject(workspace: Workspace, path: str, offset: int) -> tuple[str, str | None] | None:
    """The file, and perhaps the anchor in it, that an offset is about.

    A link is about what it leads to, a heading about itself, a title and a row
    about the note.
    """
    document = workspace.documents.get(path)
    if document is None:
        return None
    link = link_at(document, offset)
    if link is not None:
        target = resolve(path, link.target, workspace.contract.repository)
        known = target.kind is TargetKind.INTERNAL and workspace.tree.has(target.path)
        return (target.path, target.fragment or None) if known else None
    heading = heading_at(document, offset)
    if heading is not None:
        return (path, None if heading == document.title else heading.anchor)
    for cell in cells_at(workspace, path, offset):
        return (cell.pair.item.path, None)
    for place in _from_index(workspace, path, offset):
        return (place.path, None)
    return None


def references(workspace: Workspace, path: str, offset: int) -> tuple[Place, ...]:
    """Everything that points at what an offset is about: links, index entries, roll-up rows."""
    about = subject(workspace, path, offset)
    if about is None:
        return ()
    file, anchor = about
    found: list[Place] = []
    for document in workspace.documents.values():
        for link in (*document.links, *document.images):
            target = resolve(document.path, link.target, workspace.contract.repository)
            if target.kind is not TargetKind.INTERNAL or target.path != file:
                continue
            same = anchor is None or _names(workspace, file, target.fragment, anchor)
            if same and (link.kind is not LinkKind.REFERENCE or link.span != link.target_span):
                found.append(Place(document.path, link.span))
    if anchor is None:
        rows = set(found)
        found += [place for place in rows_of(workspace, file) if place not in rows]
    return tuple(dict.fromkeys(found))


def _names(workspace: Workspace, file: str, fragment: str | None, anchor: str) -> bool:
    """Whether two fragments name one place."""
    document = workspace.documents.get(file)
    if document is None or not fragment:
        return False
    return anchor_place(document, fragment) == anchor_place(document, anchor) is not None


def _start(document: Document) -> Place:
    title = document.title
    return Place(document.path, title.span if title is not None else Span(0, 0))


_FENCE = re.compile(r"`+")


def cell_hover(workspace: Workspace, path: str, offset: int) -> str | None:
    """What the other side of a shared cell says, and what both said when they last agreed."""
    for cell in cells_at(workspace, path, offset):
        if cell.comparison.document.path != path:
            continue
        name = cell.column.name
        lines = [f"**{cell.pair.item.path}** says of `{name}`:", ""]
        lines.append(_code(cell.value.raw) if cell.value is not None else "*nothing*")
        question = cell.comparison.question(cell.pair.key, name, cell.pair.item.path)
        agreed = workspace.agreed.get(question)
        for base in agreed.bases if agreed is not None else ():
            said = (base.table or {}).get(name)
            shown = _code(said) if said is not None else "*nothing*"
            lines += ["", f"When they last agreed, in {base.commit[:7]}:", "", shown]
        if agreed is not None and not agreed.bases:
            lines += ["", f"When they last agreed is unknown: {agreed.reason}."]
        return "\n".join(lines)
    return None


def _code(text: str) -> str:
    """A text as a code block that it cannot end."""
    longest = max((len(found) for found in _FENCE.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}markdown\n{text}\n{fence}"
