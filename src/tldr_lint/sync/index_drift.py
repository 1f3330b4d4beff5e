"""Where an index says something else of an item than the contract demands.

Every drift is a value: what was demanded, what stands there, and the question
to history which of the two has moved. `checks/mismatch.py` reports them.
"""

from __future__ import annotations

from bisect import bisect_left
from enum import Enum

from tldr_lint.agreed import Question
from tldr_lint.assemble import index_of
from tldr_lint.contract.model import Field
from tldr_lint.contract.pattern import loosely_same
from tldr_lint.parse import plain
from tldr_lint.record import column_name, header_names, same_cell
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.sync.demand import (
    demand,
    destinations,
    expected_texts,
    leads_to,
    said_by,
    says,
    written,
)
from tldr_lint.sync.lines import Column
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.agreed import Agreed, Cells
    from tldr_lint.collection import Collection, Entry, Index, Item, Workspace
    from tldr_lint.contract.model import Listing, Pattern
    from tldr_lint.document import Document, Link
    from tldr_lint.sync.demand import Demand, Destination, Said
    from tldr_lint.table import Row, Table

_TASK = regex(r"\[[ xX]\][ \t]+")
_TITLE = (Field(("h1",)),)
ENTRY = ""
"""What the text of a list entry is called, where cells are called by their columns."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands in an index, where a demand is made."""

    column: str
    """The column's name as `column_name` has it, or `ENTRY`."""
    called: str
    """As the index writes it."""
    span: Span
    raw: str
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: another text (`expected` is what it should be), or no link to `target`."""

    text: str
    expected: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class IndexDrift:
    """A cell or an entry that does not say what its item demands."""

    collection: Collection
    position: int
    """Which of the collection's indexes, from 0."""
    document: Document
    wanted: Demand
    said: Said
    """What the item's first record says."""
    alone: bool
    """Whether the item has no other record."""
    stand: Stand
    fault: Fault

    @property
    def question(self) -> Question:
        """What history has to say about it; an index is counted from -1 downwards."""
        name, item = self.collection.contract.name, self.said.item.path
        return Question(name, ~self.position, item, self.stand.column, item)


@dataclass(frozen=True, slots=True)
class MissingColumn:
    """A table of an index that lacks a column which the contract asks for."""

    document: Document
    header: Span
    name: str


def index_drifts(workspace: Workspace) -> Iterator[IndexDrift | MissingColumn]:
    """Everything that the indexes say otherwise than the contract demands.

    History is asked about it before it is reported: it is found once.
    """
    for collection in workspace.collections:
        if collection.drifts is None:
            found = tuple(_drifts(workspace, collection))
            object.__setattr__(collection, "drifts", found)
        for drift in collection.drifts or ():
            if isinstance(drift, IndexDrift | MissingColumn):
                yield drift


def _drifts(workspace: Workspace, collection: Collection) -> Iterator[IndexDrift | MissingColumn]:
    items = collection.by_path
    for position, index in enumerate(collection.indexes):
        if index.document is not None:
            reader = _Reader(workspace, collection, position, index, index.document)
            yield from _columns(reader, items)
            yield from _entries(reader, items)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One index being read."""

    workspace: Workspace
    collection: Collection
    position: int
    index: Index
    document: Document

    def links(self, span: Span, starts: Sequence[int]) -> Sequence[Link]:
        links = self.document.links
        return links[bisect_left(starts, span.start) : bisect_left(starts, span.end)]


def _columns(reader: _Reader, items: Mapping[str, Item]) -> Iterator[IndexDrift | MissingColumn]:
    """The cells of the rows that list an item."""
    listing = reader.index.listing
    if not listing.columns:
        return
    patterns = {column_name(name): pattern for name, pattern in listing.columns.items()}
    demands = {name: demand(p) for name, p in patterns.items() if not _is_loose_title(p)}
    places: dict[int, Mapping[str, int]] = {}
    for table in reader.index.tables:
        header = table.header
        places[table.span.start] = {text: at for at, text in enumerate(header_names(header))}
        yield from _missing(reader.document, header.span, listing, places[table.span.start])
    if not demands:
        return
    starts = [link.span.start for link in reader.document.links]
    say = said_by(reader.collection, listing)
    for entry in reader.index.entries:
        item = items.get(entry.item)
        if entry.row is None or entry.table is None or item is None:
            continue
        said = say(item) if item.document.problem is None else ()
        for name, wanted in demands.items():
            at = places[entry.table.span.start].get(name, len(entry.row))
            # To the letter, as nearly all are, costs no more than a comparison.
            if said and at < len(entry.row) and not _to_the_letter(wanted, said, entry.row, at):
                stand = _cell(reader, entry.row, entry.table, at, starts)
                yield from _compared(reader, wanted, said, stand)


def _missing(
    document: Document, header: Span, listing: Listing, there: Mapping[str, int]
) -> Iterator[MissingColumn]:
    for name in listing.columns:
        if column_name(name) not in there:
            yield MissingColumn(document, header, name)


def _to_the_letter(wanted: Demand, records: Sequence[Said], row: Row, at: int) -> bool:
    raw = row.pieces[at].strip(" \t")
    return any(written(wanted, said, in_table=True) == raw for said in records)


def _cell(reader: _Reader, row: Row, table: Table, at: int, starts: Sequence[int]) -> Stand:
    cell, header = row.cells[at], table.header.texts[at]
    own = [link for link in reader.links(row.span, starts) if link.span in cell.span]
    return Stand(column_name(header), plain(header), cell.span, cell.raw, own)


def _entries(reader: _Reader, items: Mapping[str, Item]) -> Iterator[IndexDrift]:
    """The list items that list an item; one whose first link leads elsewhere mentions it only."""
    pattern = reader.index.listing.entry
    if pattern is None or _is_loose_title(pattern):
        return
    wanted = demand(pattern)
    say = said_by(reader.collection, reader.index.listing)
    starts = [link.span.start for link in reader.document.links]
    for entry in reader.index.entries:
        item = items.get(entry.item)
        if entry.list_item is None or not entry.leading or item is None:
            continue
        if item.document.problem is not None:
            continue
        span = _without_task(reader.document, entry)
        own = reader.links(span, starts)
        raw = reader.document.source[span]
        yield from _compared(reader, wanted, say(item), Stand(ENTRY, "", span, raw, own))


def _without_task(document: Document, entry: Entry) -> Span:
    raw = document.source[entry.span]
    task = _TASK.match(raw)
    end = entry.span.start + len(raw.rstrip())
    return Span(entry.span.start + (task.end() if task is not None else 0), end)


def _compared(
    reader: _Reader, wanted: Demand, records: Sequence[Said], stand: Stand
) -> Iterator[IndexDrift]:
    """A drift unless one of an item's records says what stands there."""
    text = plain(stand.raw)
    faults = [_fault(reader, wanted, said, stand, text) for said in records]
    first = faults[0]
    if None in faults or first is None or _is_a_titles(wanted, records[0], text):
        return
    yield IndexDrift(
        reader.collection,
        reader.position,
        reader.document,
        wanted,
        records[0],
        len(records) == 1,
        stand,
        first,
    )


def _fault(reader: _Reader, wanted: Demand, said: Said, stand: Stand, text: str) -> Fault | None:
    """What is wrong beside what one record says, or nothing."""
    expected = expected_texts(wanted, said)
    if not expected:
        return None
    if not says(wanted, expected, text):
        return Fault(text, expected=expected[-1])
    for destination in destinations(wanted, said):
        if not any(_leads(reader, destination, said, link) for link in stand.links):
            target = said.item.path if destination.item else destination.target
            return Fault(text, target=target)
    return None


def _leads(reader: _Reader, wanted: Destination, said: Said, link: Link) -> bool:
    repository = reader.workspace.contract.repository
    return leads_to(wanted, said, reader.document.path, link.target, repository)


def _is_a_titles(wanted: Demand, said: Said, text: str) -> bool:
    """Whether a column is the title and nothing else, and says another one: that is TL110's."""
    if wanted.pattern.parts != _TITLE:
        return False
    return wanted.pattern.loose or not loosely_same(text, plain(said.built_ins["h1"]))


def _is_loose_title(pattern: Pattern) -> bool:
    """Whether a pattern is `~{h1}`: whatever differs from that is TL110's."""
    return pattern.loose and pattern.parts == _TITLE


# What history is made of


def item_side(collection: Collection, listing: Listing) -> Mapping[str, tuple[str, Cells]]:
    """Item → its path and, by column, what it demands of an index."""
    say = said_by(collection, listing)
    demands = {column_name(name): demand(pattern) for name, pattern in listing.columns.items()}
    if listing.entry is not None:
        demands[ENTRY] = demand(listing.entry)
    found: dict[str, tuple[str, Cells]] = {}
    for item in collection.items:
        said = say(item)[0]
        cells = {name: written(each, said, in_table=bool(name)) for name, each in demands.items()}
        own = {name: text for name, text in cells.items() if text is not None}
        found[item.path] = (item.path, own)
    return found


def index_columns(listing: Listing) -> tuple[Column, ...]:
    """The columns of an index that the contract maps, the text of its entries among them."""
    patterns = {column_name(name): pattern for name, pattern in listing.columns.items()}
    if listing.entry is not None:
        patterns[ENTRY] = listing.entry
    return tuple(Column(name, (), pattern.loose) for name, pattern in patterns.items())


def index_side(
    document: Document | None, listing: Listing, items: frozenset[str], repository: str | None
) -> Mapping[str, Cells] | None:
    """Item → what an index says of it by column; none where it lists none of the items."""
    if document is None:
        return None
    found: dict[str, Cells] = {}
    for entry in index_of(document, listing, items, repository).entries:
        if entry.row is not None and entry.table is not None:
            names = header_names(entry.table.header)
            raws = (piece.strip(" \t") for piece in entry.row.pieces)
            found.setdefault(entry.item, dict(zip(names, raws, strict=False)))
        elif entry.leading:
            found.setdefault(entry.item, {ENTRY: document.source[_without_task(document, entry)]})
    return found or None


class Moved(Enum):
    """Which side has moved since the two last agreed."""

    ITEM = "item"
    INDEX = "index"
    BOTH = "both"
    UNKNOWN = "unknown"
    """They never agreed, or nobody knows."""


def who_moved(drift: IndexDrift, agreed: Agreed | None) -> Moved:
    """Which side of a drift has moved since it last agreed, as history has it."""
    demanded = written(drift.wanted, drift.said, in_table=bool(drift.stand.column))
    verdicts = set()
    for base in agreed.bases if agreed is not None else ():
        then = (base.table or {}).get(drift.stand.column)
        if then is None:
            # Neither side had it yet: that is no agreement on what it should say.
            continue
        if _same(drift, drift.stand.raw, then):
            verdicts.add(Moved.ITEM)
        elif demanded is not None and _same(drift, demanded, then):
            verdicts.add(Moved.INDEX)
        else:
            verdicts.add(Moved.BOTH)
    if not verdicts:
        return Moved.UNKNOWN
    return verdicts.pop() if len(verdicts) == 1 else Moved.BOTH


def _same(drift: IndexDrift, one: str, other: str) -> bool:
    loose = drift.wanted.pattern.loose
    return same_cell(one, other) or (loose and loosely_same(plain(one), plain(other)))
