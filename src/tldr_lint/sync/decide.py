"""Items and roll-ups in step: rows paired by key, cells by column, and who has moved.

A three-way merge, cell by cell. What the two sides say now comes from the
workspace; what they said when they last agreed comes as a value from history
(`agreed.py`). This module decides, `checks/rollup.py` reports and repairs.

All of it is linear in the number of rows.
"""

from __future__ import annotations

from enum import Enum

from tldr_lint.agreed import Agreed, Base
from tldr_lint.parse import plain
from tldr_lint.record import same_cell
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.sync.index_drift import (
    IndexDrift,
    index_columns,
    index_drifts,
    index_side,
    item_side,
)
from tldr_lint.sync.lines import columns_of, lines_of, table_columns
from tldr_lint.sync.pairing import comparisons, record_key, records_of
from tldr_lint.torn import cut_in_two

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tldr_lint.agreed import Cells, Question
    from tldr_lint.collection import Collection, Workspace
    from tldr_lint.contract.model import Listing
    from tldr_lint.record import Value
    from tldr_lint.sync.lines import Column, Line
    from tldr_lint.sync.pairing import Comparison, Pair
    from tldr_lint.table import Row


@dataclass(frozen=True, slots=True)
class Drift:
    """A cell that says one thing in the item and another in the roll-up."""

    comparison: Comparison
    pair: Pair
    column: Column
    value: Value
    """The item's side."""
    raw: str
    """The roll-up's side."""

    @property
    def question(self) -> Question:
        """What history has to say about it."""
        return self.comparison.question(self.pair.key, self.column.name, self.pair.item.path)


class Stale(Enum):
    """Which side is behind, so that it is the one to change."""

    TABLE = "table"
    """Only the item has moved."""
    ITEM = "item"
    """Only the roll-up has moved."""
    NEITHER = "neither"
    """Both have moved, apart: a conflict."""
    UNKNOWN = "unknown"
    """No base is known."""


# What is asked


def questions(workspace: Workspace) -> tuple[Question, ...]:
    """Everything the rules have to ask history: about drifted cells, orphans and renamed keys."""
    return tuple(dict.fromkeys(_questions(workspace)))


def _questions(workspace: Workspace) -> Iterator[Question]:
    for each in index_drifts(workspace):
        if isinstance(each, IndexDrift):
            yield each.question
    for comparison in comparisons(workspace):
        for drift in drifts(comparison):
            yield drift.question
        for line in comparison.orphans:
            yield comparison.question(line.key)
        for pair in comparison.renamed:
            yield comparison.question(pair.line.key, item=pair.item.path)
            yield comparison.question(pair.key, item=pair.item.path)


def drifts(comparison: Comparison) -> tuple[Drift, ...]:
    """The cells that differ, in the order of the roll-up's rows."""
    if comparison.drifts is None:
        found = tuple(_drifts(comparison))
        # History asks, and two rules.
        object.__setattr__(comparison, "drifts", found)
        return found
    return comparison.drifts


def _drifts(comparison: Comparison) -> Iterator[Drift]:
    for pair in comparison.pairs:
        record, line = pair.record, pair.line
        # Where only names have changed places, they are what is wrong (TL204, TL406).
        row, names = record.row, record.names
        if (
            row is not None
            and (row.raw == line.row.raw or row.texts == line.row.texts)
            and (names == line.names or sorted(names) == sorted(line.names))
        ):
            continue
        # In these, cells stand under wrong headers (TL202).
        if len(line.row) > len(line.names) or _is_too_long(pair):
            continue
        if any(shifted(short, wanted) for _, short, wanted in short_rows(comparison, pair)):
            continue
        if _is_half(pair):
            continue
        cells = line.cells
        for column in comparison.columns:
            value, raw = column.of(record), cells.get(column.name)
            if value is not None and raw is not None and not column.same(value.raw, raw):
                yield Drift(comparison, pair, column, value, raw)


def _is_too_long(pair: Pair) -> bool:
    table, row = pair.item.facts_table, pair.record.row
    return table is not None and row is not None and len(row) > len(table.header)


def _is_half(pair: Pair) -> bool:
    """Whether either row is half a row, so that its last cell may be half a cell."""
    row, table = pair.record.row, pair.item.facts_table
    sides = ((table, row), (pair.line.table, pair.line.row))
    return any(
        table is not None
        and row is not None
        and len(row) < len(table.header)
        and row.start in cut_in_two(table)
        for table, row in sides
    )


def short_rows(comparison: Comparison, pair: Pair) -> Iterator[tuple[str, Row, Sequence[str]]]:
    """The row of a pair that is too short: its file, and what the other says column by column."""
    row, table = pair.record.row, pair.item.facts_table
    if row is None or table is None:
        return
    names = table_columns(table)
    one = pair.item.path, row, names
    other = comparison.document.path, pair.line.row, pair.line.names
    for (path, short, own), (_, whole, others) in ((one, other), (other, one)):
        if len(short) < len(own) and len(whole) == len(others):
            texts = (plain(cell.raw) for cell in whole.cells)
            said = dict(zip(others, texts, strict=True))
            yield path, short, [said.get(name, "") for name in own]


def shifted(row: Row, wanted: Sequence[str]) -> bool:
    """Whether a cell of a short row says what belongs into a later column.

    It does so too where the pipe between two cells is what is missing.
    """
    missing = len(wanted) - len(row)
    for at, cell in enumerate(row.cells):
        text, own = plain(cell.raw), wanted[at]
        if not text or text == own:
            continue
        later = wanted[at + 1 : at + 1 + missing]
        joined = own and later[0] and text.startswith(own) and text.endswith(later[0])
        if text in later or joined:
            return True
    return False


def decide(column: Column, item: str, table: str, agreed: Agreed) -> Stale:
    """Which of two cells that differ is behind."""
    verdicts = {_decided(column, item, table, base) for base in agreed.bases}
    if not verdicts:
        return Stale.UNKNOWN
    # Branches that agreed each on their own may contradict each other.
    return verdicts.pop() if len(verdicts) == 1 else Stale.NEITHER


def _decided(column: Column, item: str, table: str, base: Base) -> Stale:
    said = base.table.get(column.name) if base.table is not None else None
    if column.same(table, said):
        return Stale.TABLE
    return Stale.ITEM if column.same(item, said) else Stale.NEITHER


def decide_rename(older: Agreed, newer: Agreed) -> Stale:
    """Which side is behind where only keys differ.

    `older` is when both sides last had the roll-up's key, `newer` when both
    last had the item's.
    """
    ages = [min((base.age for base in agreed.bases), default=None) for agreed in (older, newer)]
    match ages:
        case [None, None]:
            return Stale.UNKNOWN
        case [int(), None]:
            return Stale.TABLE
        case [None, int()]:
            return Stale.ITEM
        case [int(table), int(item)] if table != item:
            return Stale.TABLE if table < item else Stale.ITEM
    # Both keys stood on both sides at once: these were two rows.
    return Stale.NEITHER


# What history is made of


def agrees(columns: Iterable[Column], question: Question, base: Base) -> bool:
    """Whether a commit answers a question: the two sides agreed there."""
    if base.item is None or base.table is None:
        return base.item is base.table and question.column is not None
    return all(
        column.same(base.item.get(column.name), base.table.get(column.name))
        for column in columns
        if question.column in (None, column.name)
    )


def item_rows(
    collection: Collection, columns: Sequence[Column], listing: Listing
) -> Mapping[str, tuple[str, Cells]]:
    """Key → path and cells of every record of a collection, cells called as the roll-up does."""
    found: dict[str, tuple[str, Cells]] = {}
    for item, record in records_of(collection, columns, listing):
        key = record_key(collection, record)
        if key is not None:
            values = ((column.name, column.of(record)) for column in columns)
            cells = {name: value.raw for name, value in values if value is not None}
            found.setdefault(key, (item.path, cells))
    return found


def table_rows(collection: Collection, position: int) -> Mapping[str, Cells] | None:
    """Key → cells of every row of a roll-up; none where there is no such table."""
    rollup = collection.rollups[position]
    if not rollup.tables or collection.contract.key is None:
        return None
    found: dict[str, Cells] = {}
    for line in lines_of(rollup, collection.contract.key):
        found.setdefault(line.key, line.cells)
    return found


def answers_at(now: Workspace, base: Workspace, commit: str) -> Mapping[Question, Agreed]:
    """The answers to what `now` has to ask, where all of history is one commit: `base`."""
    then = {each.contract.name: each for each in base.collections}
    today = {each.contract.name: each for each in now.collections}
    found: dict[Question, Agreed] = {}
    for question in questions(now):
        collection = then.get(question.collection)
        if collection is None:
            continue
        columns: tuple[Column, ...]
        if question.rollup < 0:
            index = collection.indexes[~question.rollup]
            columns = index_columns(index.listing)
            items = item_side(collection, index.listing)
            known = frozenset(item.path for item in collection.items)
            address = base.contract.repository
            rows = index_side(index.document, index.listing, known, address)
        elif len(collection.rollups) > question.rollup:
            columns = columns_of(today[question.collection], question.rollup)
            listing = collection.rollups[question.rollup].listing
            items = item_rows(collection, columns, listing)
            rows = table_rows(collection, question.rollup)
        else:
            continue
        path, item = items.get(question.key, (None, None))
        at_base = Base(commit, item, (rows or {}).get(question.key), path)
        if rows is not None and agrees(columns, question, at_base):
            found[question] = Agreed((at_base,))
        else:
            found[question] = Agreed((), f"they did not agree at {commit[:7]}")
    return found


class RowFate(Enum):
    """What history says of a row whose record is gone."""

    KEPT = "kept"
    """It says, to the letter, what both sides last agreed on."""
    RESTYLED = "restyled"
    """It says the same, in other markup."""
    CHANGED = "changed"
    """Somebody has changed it since."""
    UNKNOWN = "unknown"
    """No base is known."""


def fate(line: Line, agreed: Agreed) -> RowFate:
    """What has become of a row since its record was last there and agreed with it."""
    fates = [_fate(line, base.table) for base in agreed.bases if base.table is not None]
    for worst in (RowFate.CHANGED, RowFate.RESTYLED, RowFate.KEPT):
        if worst in fates:
            return worst
    return RowFate.UNKNOWN


def _fate(line: Line, then: Cells) -> RowFate:
    now = line.cells
    if all(then.get(name, "") == raw for name, raw in now.items()):
        return RowFate.KEPT
    same = all(same_cell(then.get(name, ""), raw) for name, raw in now.items())
    return RowFate.RESTYLED if same else RowFate.CHANGED
