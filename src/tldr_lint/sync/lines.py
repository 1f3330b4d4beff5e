"""What a roll-up repeats: its columns, its rows that have a key, and what they are called."""

from __future__ import annotations

from collections import Counter
from functools import partial

from tldr_lint.contract.model import Field
from tldr_lint.contract.pattern import BUILT_INS, fields_of, loosely_same, match_pattern, render
from tldr_lint.parse import plain
from tldr_lint.record import column_name, header_names, raw_cell, same_cell
from tldr_lint.records import TYPE_CHECKING, dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection, Rollup
    from tldr_lint.contract.model import Listing, Pattern
    from tldr_lint.record import Record, Value
    from tldr_lint.table import Row, Table


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a roll-up that repeats a field of the items."""

    name: str
    """As the roll-up calls it (`column_name`)."""
    fields: tuple[str, ...]
    """What items may call it; the first that a record has counts."""
    loose: bool = False
    """Compared as `~` in the contract asks for."""
    pattern: Pattern | None = None
    """What makes the cell up, where that is more than one field: no table can give it back."""
    folded: bool = False
    """Compared without letter case: it is a part of the key."""

    def of(self, record: Record) -> Value | None:
        """What a record says in this column."""
        return next((record.values[name] for name in self.fields if name in record.values), None)

    def same(self, one: str | None, other: str | None) -> bool:
        """Whether two raw cells say the same; a cell that is not there is the same as none."""
        if one is None or other is None:
            return one is other
        if same_cell(one, other):
            return True
        left, right = plain(one), plain(other)
        if self.folded and left.casefold() == right.casefold():
            return True
        return self.loose and loosely_same(left, right)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a roll-up."""

    key: str
    table: Table
    row: Row
    names: tuple[str, ...]
    """The names of the table's columns."""

    @property
    def cells(self) -> Mapping[str, str]:
        """Column → raw cell; columns for which the row is too short are not there."""
        raws = (piece.strip(" \t") for piece in self.row.pieces)
        return dict(zip(self.names, raws, strict=False))


def columns_of(collection: Collection, position: int) -> tuple[Column, ...]:
    """The columns of a roll-up that repeat fields of the items."""
    return repeated_columns(collection.rollups[position], collection.contract.key)


def spelled_key(pattern: Pattern, cell: Callable[[str], str | None]) -> str | None:
    """A key as it is spelled, from the raw cells by column."""
    match pattern.parts:
        case [Field(names, 0)]:
            for name in names:
                raw = cell(name.casefold())
                if raw:
                    return plain(raw) or None
            return None
    named = {name.casefold() for field in fields_of(pattern) for name in field.names}
    said = {name: plain(raw) for name in named if (raw := cell(name)) is not None}
    return render(pattern, said, {})


def lines_of(rollup: Rollup, key: Pattern) -> Iterator[Line]:
    """The rows of a roll-up that have a key."""
    told = {
        name.casefold(): (column_name(column), pattern)
        for column, pattern in rollup.listing.columns.items()
        for field in fields_of(pattern)
        for name in field.names
    }
    for table in rollup.tables:
        names = table_columns(table)
        index = {name: at for at, name in reversed(tuple(enumerate(names)))}
        places: dict[str, tuple[int, Pattern | None]] = {
            name: (at, None) for name, at in index.items()
        }
        for part, (name, pattern) in told.items():
            if name in index:
                places[part] = index[name], None if _alone(pattern) else pattern
        simple = _simple_places(key, places)
        for row in table.rows:
            if simple is not None:
                raw: str | None = None
                for at in simple:
                    if raw := raw_cell(row, at):
                        break
                found = plain(raw or "") or None
            else:
                found = spelled_key(key, partial(told_in, row, places))
            if found is not None:
                yield Line(found.casefold(), table, row, names)


def _simple_places(
    key: Pattern, places: Mapping[str, tuple[int, Pattern | None]]
) -> tuple[int, ...] | None:
    """The places of the cells whose first with a text is the key; none where that takes more."""
    match key.parts:
        case [Field(names, 0)]:
            found = [places[name.casefold()] for name in names if name.casefold() in places]
            if all(pattern is None for _, pattern in found):
                return tuple(at for at, _ in found)
    return None


def told_in(row: Row, places: Mapping[str, tuple[int, Pattern | None]], name: str) -> str | None:
    """What a row says a field is, be it within a pattern: the `X` of `[X](x.md)`."""
    at, pattern = places.get(name, (len(row), None))
    if at >= len(row):
        return None
    raw = row.pieces[at].strip(" \t")
    if pattern is None:
        return raw
    return (match_pattern(pattern, raw) or {}).get(name, raw)


def _alone(pattern: Pattern) -> tuple[str, ...]:
    """The alternatives of a pattern that is one field of the items and nothing else."""
    match pattern.parts:
        case [Field(names, 0)] if not set(names) <= set(BUILT_INS):
            return names
    return ()


def table_columns(table: Table) -> tuple[str, ...]:
    """The names of a table's columns, in order."""
    return header_names(table.header)


def declared_columns(listing: Listing, names: Sequence[str]) -> Mapping[int, Column]:
    """Place → column of a roll-up that repeats a field, given the names of all its columns.

    Without `columns` in the contract every column repeats the field of its
    name, with them those that they name. A name that stands twice repeats
    nothing: nobody can tell which is meant.
    """
    times = Counter(names)
    declared = {column_name(name): each for name, each in listing.columns.items()}
    found: dict[int, Column] = {}
    for at, name in enumerate(names):
        if times[name] > 1 or not name:
            continue
        if not declared:
            found[at] = Column(name, (name,))
        elif name in declared and _alone(declared[name]):
            fields = tuple(map(str.casefold, _alone(declared[name])))
            found[at] = Column(name, fields, declared[name].loose)
        elif name in declared:
            # No field has a name with a line break in it.
            pattern = declared[name]
            found[at] = Column(name, (f"\n{name}",), pattern.loose, pattern)
    return found


def repeated_columns(rollup: Rollup, key: Pattern | None) -> tuple[Column, ...]:
    """The columns of a roll-up that repeat fields of the items, those of the key `folded`."""
    names = [name for table in rollup.tables[:1] for name in table_columns(table)]
    own = {name.casefold() for field in fields_of(key) for name in field.names} if key else set()
    return tuple(
        replace(column, folded=not own.isdisjoint(_repeated(column)))
        for column in declared_columns(rollup.listing, names).values()
    )


def has_key(columns: Iterable[Column], key: Pattern) -> bool:
    """Whether a roll-up has a column for every part of the key; if not, that is TL406."""
    told = {name for column in columns for name in _repeated(column)}
    return all(
        any(name.casefold() in told for name in field.names)
        for field in fields_of(key)
        if not set(field.names) <= set(BUILT_INS)
    )


def _repeated(column: Column) -> set[str]:
    """The fields that a column repeats, within a pattern or alone."""
    if column.pattern is None:
        return set(column.fields)
    return {name.casefold() for field in fields_of(column.pattern) for name in field.names}
