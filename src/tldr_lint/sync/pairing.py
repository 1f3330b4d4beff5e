"""Items and roll-ups side by side: rows paired by key, cells by column.

Linear in the number of rows.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

from tldr_lint.agreed import Question
from tldr_lint.contract.model import Field, Pattern
from tldr_lint.contract.pattern import render
from tldr_lint.parse import plain
from tldr_lint.record import Value
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace
from tldr_lint.regexes import regex
from tldr_lint.sync.demand import said_by
from tldr_lint.sync.lines import (
    has_key,
    lines_of,
    repeated_columns,
    spelled_key,
    table_columns,
    told_in,
)
from tldr_lint.text import Place
from tldr_lint.torn import twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tldr_lint.collection import Collection, Item, Rollup, Workspace
    from tldr_lint.contract.model import Listing
    from tldr_lint.document import Document
    from tldr_lint.record import Record
    from tldr_lint.sync.decide import Drift
    from tldr_lint.sync.lines import Column, Line
    from tldr_lint.table import Row, Table

_CONFLICT = regex(r"^(?:<{7} |>{7} )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A record of an item and the row of the roll-up that repeats it."""

    key: str
    item: Item
    record: Record
    line: Line


@dataclass(frozen=True, slots=True)
class Missing:
    """A record that the roll-up lacks."""

    key: str
    spelled: str
    """The key as the item spells it."""
    item: Item
    record: Record


@dataclass(frozen=True, slots=True)
class Comparison:
    """One roll-up beside its collection's items."""

    collection: Collection
    rollup: Rollup
    document: Document
    position: int
    columns: tuple[Column, ...]
    keys: frozenset[str]
    """The roll-up's columns that make up the key."""
    lines: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    missing: tuple[Missing, ...]
    orphans: tuple[Line, ...]
    """Rows without a record."""
    renamed: tuple[Pair, ...]
    """Rows that differ from a record in nothing but the key, which is the record's here."""
    lost: frozenset[str]
    """Items whose records cannot be read; their rows may look like orphans."""
    torn: frozenset[Place]
    """Rows of either side that lost their shape, but by their words have a twin on the other."""
    drifts: tuple[Drift, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """The cells that differ, once `sync/decide.py` has looked."""

    def question(self, key: str, column: str | None = None, item: str | None = None) -> Question:
        """A question to history about this roll-up."""
        return Question(self.collection.contract.name, self.position, key, column, item)


def comparisons(workspace: Workspace) -> Iterator[Comparison]:
    """Every roll-up that is there and can be read, beside its collection's items."""
    for collection in workspace.collections:
        known = collection.compared
        if known is None:
            known = tuple(_comparisons(collection))
            # Six rules and history ask for the same; a collection never changes.
            object.__setattr__(collection, "compared", known)
        # A collection stands above this module and cannot name the type.
        yield from known  # type: ignore[misc]


def _comparisons(collection: Collection) -> Iterator[Comparison]:
    for position, rollup in enumerate(collection.rollups):
        if rollup.document is not None and rollup.tables and collection.contract.key:
            key = collection.contract.key
            yield _compared(collection, key, rollup, rollup.document, position)


def records_of(
    collection: Collection, columns: Iterable[Column], listing: Listing
) -> Iterator[tuple[Item, Record]]:
    """All records, each with what patterns of several parts make of it for a listing."""
    made = [(column.fields[0], column.pattern) for column in columns if column.pattern]
    if not made:
        for item in collection.items:
            for record in item.records:
                yield item, record
        return
    say = said_by(collection, listing)
    for item in collection.items:
        said = say(item)
        for number, record in enumerate(item.records):
            values = {}
            for name, pattern in made:
                raw = render(pattern, said[number].fields, said[number].built_ins)
                if raw is not None:
                    values[name] = Value(raw, record.span)
            yield item, replace(record, values={**record.values, **values})


def record_key(collection: Collection, record: Record) -> str | None:
    """What a record is called, for pairing; none where the key, or a part of it, is blank."""
    pattern = collection.contract.key
    spelled = spelled_key(pattern, record.raw) if pattern is not None else None
    return spelled.casefold() if spelled is not None else None


def record_keys(collection: Collection) -> tuple[str | None, ...]:
    """What all records of a collection are called, item by item."""
    if collection.keys is None:
        records = (record for item in collection.items for record in item.records)
        match collection.contract.key:
            case Pattern(parts=[Field(names, 0)]):
                # Nearly every key is one field, and its text needs no rendering.
                folded = tuple(map(str.casefold, names))
                keys = tuple([plain(each.first(folded)).casefold() or None for each in records])
            case _:
                keys = tuple([record_key(collection, each) for each in records])
        object.__setattr__(collection, "keys", keys)
        return keys
    return collection.keys


def _compared(
    collection: Collection, key: Pattern, rollup: Rollup, document: Document, position: int
) -> Comparison:
    columns = repeated_columns(rollup, key)
    lines = tuple(lines_of(rollup, key))
    records: list[tuple[str, Item, Record]] = []
    torn_items: list[tuple[str, Row]] = []
    all_records = records_of(collection, columns, rollup.listing)
    for (item, record), own in zip(all_records, record_keys(collection), strict=True):
        if own is not None:
            records.append((own, item, record))
        elif record.row is not None:
            torn_items.append((item.path, record.row))
    rows: dict[str, Line] = {line.key: line for line in lines}
    known = {own for own, _, _ in records}
    # A key that stands twice is TL208: nobody can tell which row is meant.
    twice: set[str] = set()
    if len(rows) < len(lines) or len(known) < len(records):
        twice = _twice(line.key for line in lines) | _twice(own for own, _, _ in records)
    pairs = [
        Pair(own, item, record, rows[own])
        for own, item, record in records
        if own in rows and own not in twice
    ]
    unpaired = [
        Missing(own, _spelled(key, record), item, record)
        for own, item, record in records
        if own not in rows or own in twice
    ]
    keys = frozenset(column.name for column in columns if column.folded)
    adrift = twice.union(_stray_keys(document, rollup, key))
    missing = [each for each in unpaired if each.key not in rows and each.key not in adrift]
    cut = [item for item in collection.items if item.document.orphans]
    known |= twice.union(*(_stray_item_keys(item, key) for item in cut))
    orphans = [line for line in lines if line.key not in known]
    if _in_conflict(document) or not has_key(columns, key):
        # That every row is missing would be said again of each that is added.
        missing, orphans, pairs = [], [], []
    # A key that stands twice may have been written over the one of the row it stands in.
    torn_items += [
        (each.item.path, each.record.row)
        for each in unpaired
        if each.record.row and (each.key in twice or _is_torn(each))
    ]
    torn_lines = _torn_lines(rollup, lines, orphans)
    torn_lines += [line.row for line in lines if line.key in twice] if twice else []
    missing = [each for each in missing if not _is_torn(each)]
    orphans = [line for line in orphans if len(line.row) == len(line.names)]
    numbers, found = twins(
        [row for _, row in torn_items],
        ((line.key, line.cells.values()) for line in orphans),
    )
    torn = {Place(torn_items[number][0], torn_items[number][1].span) for number in numbers}
    orphans = [line for line in orphans if line.key not in found]
    numbers, found = twins(
        torn_lines,
        ((each.key, (value.raw for value in each.record.values.values())) for each in missing),
    )
    torn |= {Place(document.path, torn_lines[number].span) for number in numbers}
    missing = [each for each in missing if each.key not in found]
    if missing and orphans:
        missing, orphans = _not_misnamed(missing, orphans)
    renamed = tuple(_renamed(missing, orphans, [c for c in columns if c.name not in keys]))
    lost = _lost(collection)
    if lost:
        pairs = [p for p in pairs if p.item.path not in lost or not _in_conflict(p.item.document)]
    again = {pair.key for pair in renamed}
    before = {pair.line.key for pair in renamed}
    return Comparison(
        collection,
        rollup,
        document,
        position,
        columns,
        keys,
        lines,
        tuple(pairs),
        tuple(e for e in missing if e.key not in again and not _in_conflict(e.item.document)),
        tuple(line for line in orphans if line.key not in before),
        renamed,
        lost,
        frozenset(torn),
    )


def _spelled(key: Pattern, record: Record) -> str:
    """The key of a record that has one, as its item spells it."""
    return spelled_key(key, record.raw) or ""


def _twice(keys: Iterable[str]) -> set[str]:
    return {key for key, times in Counter(keys).items() if times > 1}


def _not_misnamed(
    missing: Sequence[Missing], orphans: Sequence[Line]
) -> tuple[list[Missing], list[Line]]:
    """Both without those that are one row, of which only the columns' names have changed places.

    That is TL204, or TL406.
    """
    by_texts = {line.row.texts: line for line in orphans}
    same = {
        each.key: line.key
        for each in missing
        if (row := each.record.row) is not None
        and (line := by_texts.get(row.texts)) is not None
        and each.record.names != line.names
        and sorted(each.record.names) == sorted(line.names)
    }
    rows = set(same.values())
    return (
        [each for each in missing if each.key not in same],
        [line for line in orphans if line.key not in rows],
    )


def _is_torn(each: Missing) -> bool:
    """Whether the row a record was read from has another number of cells than its header."""
    row, table = each.record.row, each.item.facts_table
    return row is not None and table is not None and len(row) != len(table.header)


def _torn_lines(rollup: Rollup, lines: Sequence[Line], orphans: Iterable[Line]) -> list[Row]:
    """The rows of a roll-up that have no key, or no record and another shape than their header."""
    found: list[Row] = []
    # Each row makes one line at most.
    if len(lines) < sum(len(table.rows) for table in rollup.tables):
        keyed = {line.row.start for line in lines}
        found = [row for table in rollup.tables for row in table.rows if row.start not in keyed]
    return found + [line.row for line in orphans if len(line.row) != len(line.names)]


def _lost(collection: Collection) -> frozenset[str]:
    """The items whose records something more basic keeps from being read."""
    in_tables = collection.facts_heading is not None
    return frozenset(
        [
            item.path
            for item in collection.items
            if (in_tables and item.facts_table is None)
            or item.problem is not None
            or item.document.problem is not None
            or _in_conflict(item.document)
        ]
    )


def _in_conflict(document: Document) -> bool:
    # What shows markers in code alone is in no conflict.
    return document.may_hold("TL004") and _CONFLICT.search(document.source.text) is not None


def _stray_keys(document: Document, rollup: Rollup, key: Pattern) -> Iterator[str]:
    """The keys of rows that were cut off from the roll-up (TL211)."""
    return _cut_off(document, rollup.tables[-1], key)


def _stray_item_keys(item: Item, key: Pattern) -> Iterable[str]:
    if item.facts_table is None or not item.document.orphans:
        return ()
    return _cut_off(item.document, item.facts_table, key)


def _cut_off(document: Document, table: Table, key: Pattern) -> Iterator[str]:
    places = {name: (at, None) for at, name in enumerate(table_columns(table))}
    for row in (row for run in document.orphans for row in run):
        found = spelled_key(key, partial(told_in, row, places))
        if found is not None:
            yield found.casefold()


def _renamed(
    missing: Iterable[Missing], orphans: Iterable[Line], rest: list[Column]
) -> Iterator[Pair]:
    """Records and rows that are each other's only match in all cells but the key."""
    by_cells: dict[tuple[str | None, ...], list[Missing]] = {}
    for each in missing:
        values = (column.of(each.record) for column in rest)
        said = tuple(plain(value.raw) if value is not None else None for value in values)
        if any(said):
            by_cells.setdefault(said, []).append(each)
    if not by_cells:
        return
    rows: dict[tuple[str | None, ...], list[Line]] = {}
    for line in orphans:
        own = line.cells
        raws = (own.get(column.name) for column in rest)
        cells = tuple(plain(raw) if raw is not None else None for raw in raws)
        rows.setdefault(cells, []).append(line)
    for cells, found in by_cells.items():
        match (found, rows.get(cells)):
            case ([one], [line]):
                yield Pair(one.key, one.item, one.record, line)
