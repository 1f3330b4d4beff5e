"""Records: what an item says of itself, field by field, and the columns that say it."""

from __future__ import annotations

import functools
from types import MappingProxyType

from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex
from tldr_lint.table import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tldr_lint.table import Row, Table
    from tldr_lint.text import Place, Span

_NUMBER = regex(r"\d+")
_NOT_WORD = regex(r"[\W_]+")


def column_name(raw: str) -> str:
    """What a column is called, for pairing: rendered text without letter case."""
    return plain(raw).casefold()


def header_names(row: Row) -> tuple[str, ...]:
    """The names of a header row's columns, in order, for pairing."""
    return _column_names(row.pieces)


@functools.lru_cache(maxsize=1024)
def _column_names(pieces: tuple[str, ...]) -> tuple[str, ...]:
    # The notes of a collection have one header, over and over again.
    return tuple([column_name(piece.strip(" \t")) for piece in pieces])


@functools.lru_cache(maxsize=1024)
def _places(columns: tuple[str, ...]) -> Mapping[str, int]:
    """Column → its place; the last of two of one name counts."""
    return MappingProxyType({name: at for at, name in enumerate(columns)})


def raw_cell(row: Row, at: int) -> str | None:
    """What one cell of a row says as it is written; none where the row has fewer.

    The row is not cut for good, as it is when its pieces are asked for: of thousands of rows
    this is all that anybody wants to know, and what they are cut into takes more room than they.
    """
    raw = row.raw
    if raw[:1] == "|" and "\\" not in raw:
        parts = raw.split("|", at + 2)
        if len(parts) > at + 2:
            # Between two pipes, as `cut` has it.
            return parts[at + 1].strip(" \t")
    pieces = cut(raw)[1]
    return pieces[at].strip(" \t") if at < len(pieces) else None


def same_cell(one: str, other: str) -> bool:
    """Whether two raw cells say the same: equal as rendered text."""
    return one == other or plain(one) == plain(other)


def loosely(text: str) -> str:
    """Rendered text with letter case, white space and punctuation aside."""
    return _NOT_WORD.sub("", text.casefold())


@dataclass(frozen=True, slots=True)
class Value:
    """What one field of a record says, and where."""

    raw: str
    span: Span
    path: str | None = None
    """The file it stands in; none for the item's own."""


@dataclass(frozen=True, slots=True)
class FactsProblem:
    """Why an item's facts cannot be read, or not all of them."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row of facts: an item has one, or several (two models in one note)."""

    values: Mapping[str, Value]
    """Column name (`column_name`) → value."""
    span: Span
    row: Row | None = None
    """The row it was read from, where facts stand in a table."""
    _columns: tuple[str, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """What the cells of the row are called, where all values are the row's."""

    @classmethod
    def of_row(cls, columns: tuple[str, ...], row: Row) -> Record:
        """The record of a table's row; its values are made when they are asked for.

        Of most rows nobody asks more than whether another one says the same.
        """
        record = object.__new__(cls)
        object.__setattr__(record, "row", row)
        object.__setattr__(record, "_columns", columns)
        return record

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """What is not there yet; Python asks here for nothing else."""
            if name == "span":
                value = self.row.span
            elif name == "values":
                row = self.row
                cells = zip(self._columns, row.texts, row.spans, strict=False)
                value = {column: Value(raw, span) for column, raw, span in cells}
            else:
                raise AttributeError(name)
            object.__setattr__(self, name, value)
            return value

    @property
    def names(self) -> tuple[str, ...]:
        """What the values are called, in order; of a row what its cells are called."""
        return self._columns if self._columns is not None else tuple(self.values)

    def first(self, names: Sequence[str]) -> str:
        """What the first of some fields says that says anything; nothing where none does."""
        for name in names:
            if raw := self.raw(name):
                return raw
        return ""

    def raw(self, name: str) -> str | None:
        """What a field says as it is written; none where the record has no such field."""
        if self._columns is not None and self.row is not None:
            at = _places(self._columns).get(name)
            if at is None:
                return None
            raw = raw_cell(self.row, at)
            if raw is not None:
                return raw
        value = self.values.get(name)
        return value.raw if value is not None else None


def table_records(table: Table) -> tuple[Record, ...]:
    """The records of a facts table: one for each row, cells by column name."""
    names = header_names(table.header)
    return tuple([Record.of_row(names, row) for row in table.rows])
