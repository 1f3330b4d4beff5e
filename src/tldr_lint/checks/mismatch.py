"""What an index says of its items, beside what the contract demands: TL310."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tldr_lint.checks.order import miscounted, misplaced
from tldr_lint.checks.quoting import quoted
from tldr_lint.collection import (
    Collection,
    Entry,
    Index,
    Item,
    Rollup,
    Value,
    Workspace,
    column_name,
)
from tldr_lint.contract import Field
from tldr_lint.demand import (
    Demand,
    Destination,
    Said,
    demand,
    destinations,
    expected_texts,
    leads_to,
    said_by,
    says,
    written,
)
from tldr_lint.document import Document, Link
from tldr_lint.parse import plain
from tldr_lint.pattern import fields_of, loosely_same
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.text import Edit, Place, Span

_TASK = re.compile(r"\[[ xX]\][ \t]+")


def index_mismatch(workspace: Workspace) -> Iterator[Finding]:
    """TL310: every entry of every index says what the contract demands, in its order and number."""
    for collection in workspace.collections:
        items = {item.path: item for item in collection.items}
        for index in collection.indexes:
            if index.document is not None:
                reader = _Reader(workspace, collection, index, index.document)
                yield from _columns(reader, items)
                yield from _entries(reader, items)
                yield from misplaced(collection, index, index.document)
        listings: tuple[Index | Rollup, ...] = (*collection.indexes, *collection.rollups)
        for listing in listings:
            if listing.document is not None:
                yield from miscounted(collection, listing, listing.document)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One index being read."""

    workspace: Workspace
    collection: Collection
    index: Index
    document: Document

    def links(self, span: Span, starts: Sequence[int]) -> Sequence[Link]:
        links = self.document.links
        return links[bisect_left(starts, span.start) : bisect_left(starts, span.end)]


def _columns(reader: _Reader, items: Mapping[str, Item]) -> Iterator[Finding]:
    """The cells of the rows that list an item."""
    listing = reader.index.listing
    if not listing.columns:
        return
    demands = {column_name(name): demand(pattern) for name, pattern in listing.columns.items()}
    starts = [link.span.start for link in reader.document.links]
    say = said_by(reader.collection, listing.file)
    places: dict[int, dict[str, int]] = {}
    for entry in reader.index.entries:
        item = items.get(entry.item)
        if entry.row is None or entry.table is None or item is None:
            continue
        start = entry.table.span.start
        if start not in places:
            header = entry.table.header
            places[start] = {column_name(cell.raw): at for at, cell in enumerate(header.cells)}
            for name in listing.columns:
                if column_name(name) not in places[start]:
                    yield Finding(
                        Place(reader.document.path, header.span),
                        f"the index has no column `{quoted(name)}`, which the contract asks for",
                    )
        if item.document.problem is not None:
            continue
        said = say(item)
        for name, wanted in demands.items():
            at = places[start].get(name)
            if at is None or at >= len(entry.row):
                continue
            cell = entry.row.cells[at]
            called = f"column `{quoted(plain(entry.table.header.cells[at].raw))}`"
            links = reader.links(entry.row.span, starts)
            own = [link for link in links if link.span in cell.span]
            yield from _compared(reader, wanted, said, _Stand(called, cell.span, cell.raw, own))


def _entries(reader: _Reader, items: Mapping[str, Item]) -> Iterator[Finding]:
    """The list items that list an item; one whose first link leads elsewhere mentions it only."""
    pattern = reader.index.listing.entry
    if pattern is None:
        return
    wanted = demand(pattern)
    say = said_by(reader.collection, reader.index.listing.file)
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
        yield from _compared(
            reader, wanted, say(item), _Stand("the entry", span, raw, own, listed=True)
        )


def _without_task(document: Document, entry: Entry) -> Span:
    raw = document.source[entry.span]
    task = _TASK.match(raw)
    end = entry.span.start + len(raw.rstrip())
    return Span(entry.span.start + (task.end() if task is not None else 0), end)


@dataclass(frozen=True, slots=True)
class _Stand:
    """What stands in an index, where a demand is made."""

    called: str
    span: Span
    raw: str
    links: Sequence[Link]
    listed: bool = False


def _compared(
    reader: _Reader, wanted: Demand, records: Sequence[Said], stand: _Stand
) -> Iterator[Finding]:
    """A finding unless one of an item's records says what stands there."""
    text = plain(stand.raw)
    faults = [_fault(reader, wanted, said, stand, text) for said in records]
    if None in faults:
        return
    said, fault = records[0], faults[0]
    if fault is None or _is_a_titles(wanted, said, text):
        return
    yield Finding(
        Place(reader.document.path, stand.span),
        f"{stand.called} {fault}",
        _fix(reader, wanted, said, stand) if len(records) == 1 else None,
        tuple(_related(wanted, said)),
    )


def _fault(reader: _Reader, wanted: Demand, said: Said, stand: _Stand, text: str) -> str | None:
    """What is wrong beside what one record says, or nothing."""
    expected = expected_texts(wanted, said)
    if not expected:
        return None
    item = quoted(said.item.path)
    if not says(wanted, expected, text):
        there = f"says `{quoted(text)}`" if text else "is blank"
        return f"{there}, but `{item}` says `{quoted(expected[-1])}`"
    for destination in destinations(wanted, said):
        if not any(_leads(reader, destination, said, link) for link in stand.links):
            target = item if destination.item else quoted(destination.target)
            return f"does not link to `{target}`"
    return None


def _leads(reader: _Reader, wanted: Destination, said: Said, link: Link) -> bool:
    repository = reader.workspace.contract.repository
    return leads_to(wanted, said, reader.document.path, link.target, repository)


def _is_a_titles(wanted: Demand, said: Said, text: str) -> bool:
    """Whether a column is the title and nothing else, and says another one: that is TL110's."""
    if wanted.pattern.parts != (Field(("h1",)),):
        return False
    return wanted.pattern.loose or not loosely_same(text, plain(said.built_ins["h1"]))


def _fix(reader: _Reader, wanted: Demand, said: Said, stand: _Stand) -> Fix | None:
    """Write what the pattern determines; a loose pattern leaves the wording to people."""
    if wanted.pattern.loose or said.item.problem is not None:
        return None
    repository = reader.workspace.contract.repository
    document = reader.document
    to_item = Destination(item=True)
    kept = next(
        (
            document.source[link.target_span]
            for link in stand.links
            if leads_to(to_item, said, document.path, link.target, repository)
        ),
        None,
    )
    text = written(wanted, said, in_table=not stand.listed, kept=kept)
    if text is None:
        return None
    what = "entry" if stand.listed else "cell"
    edit = Edit(Place(document.path, stand.span), text)
    return Fix(f"write the {what} as the contract has it", (edit,), Applicability.SAFE)


def _related(wanted: Demand, said: Said) -> Iterator[Related]:
    for value in _values(wanted, said):
        if value.path is None:
            yield Related(Place(said.item.path, value.span), "what the item says")


def _values(wanted: Demand, said: Said) -> Iterator[Value]:
    values = said.record.values if said.record is not None else {}
    for field in fields_of(wanted.pattern):
        for name in field.names:
            if name.casefold() in values:
                yield values[name.casefold()]
                break


RULES: tuple[Rule, ...] = (
    Rule(
        "TL310",
        "index-mismatch",
        Severity.ERROR,
        frozenset({Applicability.SAFE}),
        index_mismatch,
    ),
)
