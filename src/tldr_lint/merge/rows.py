"""A three-way merge of rows: tables and lists merged by key, and table rows cell by cell.

The same idea as between items and roll-up: a cell that only one side changed
is that side's, and what both changed apart is a conflict for people.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from tldr_lint.merge.lines import Clash
from tldr_lint.parse import plain
from tldr_lint.record import column_name, same_cell
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.document import Document
    from tldr_lint.merge.lines import Piece
    from tldr_lint.text import Source


@dataclass(frozen=True, slots=True)
class Block:
    """A table, or a run of list items that each begin with a link, in one version of a file."""

    place: tuple[str, str, int]
    """`table` or `list`, the heading above, and which of them it is there."""
    head: tuple[str, ...]
    """The lines of the header and the delimiter row; none for a list."""
    names: tuple[str, ...]
    """The columns; a list has one, its lines."""
    rows: tuple[Row, ...]
    prefix: str
    """What stands before each row on its line."""
    lines: tuple[int, int]
    """The lines it takes, from 0, the end excluded."""
    links: tuple[str, ...] = ()
    """For a list, the target of each item's first link."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of a block, its rows by key."""

    block: Block
    rows: Mapping[str, Row]
    """In order; a renamed row has the key it had in the base."""

    def cells(self, key: str) -> Mapping[str, str]:
        """The raw cells of a row by column."""
        raws = (piece.strip(" \t") for piece in self.rows[key].pieces)
        return dict(zip(self.block.names, raws, strict=True))


def blocks(document: Document) -> Mapping[tuple[str, str, int], Block]:
    """The blocks of a file, by place."""
    source = document.source
    starts = [section.heading.span.start for section in document.sections]
    names = ["", *(section.heading.text.casefold() for section in document.sections)]
    counted: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str, int], Block] = {}

    def place(kind: str, start: int) -> tuple[str, str, int]:
        heading = names[bisect_right(starts, start)]
        counted[kind, heading] += 1
        return kind, heading, counted[kind, heading]

    for table in document.tables:
        if table.nested:
            continue
        first = source.position(table.header.start)[0] - 1
        start = source.line_of(table.header.start).start
        block = Block(
            place("table", table.span.start),
            tuple(source[source.line_of(row.start)] for row in (table.header, table.delimiter)),
            tuple(column_name(cell.raw) for cell in table.header.cells),
            tuple(_as_written(source, row) for row in table.rows),
            source.text[start : table.header.start],
            (first, first + 2 + len(table.rows)),
        )
        found[block.place] = block
    for run in _runs(document):
        first = source.position(run[0][0].start)[0] - 1
        block = Block(
            place("list", run[0][0].start),
            (),
            ("",),
            tuple(row for row, _ in run),
            "",
            (first, first + len(run)),
            tuple(target for _, target in run),
        )
        found[block.place] = block
    return found


def _as_written(source: Source, row: Row) -> Row:
    """A row to the end of its line, where the parser takes a carriage return for a blank."""
    line = source.text[row.start : source.line_of(row.start).end]
    body = f"{row.lead}{'|'.join(row.pieces)}"
    surplus = max(len(body) - len(line), 0)
    last = row.pieces[-1]
    pieces = (*row.pieces[:-1], last[: len(last) - surplus])
    return Row(row.start, row.lead, pieces, line[len(body) :])


def _runs(document: Document) -> Iterator[list[tuple[Row, str]]]:
    """Items of one line with a link, as rows of one cell, in runs of adjacent lines."""
    source = document.source
    links = iter(document.links)
    link = next(links, None)
    run: list[tuple[Row, str]] = []
    last = -1
    for item in document.list_items:
        line = source.line_of(item.whole.start)
        while link is not None and link.span.start < item.span.start:
            link = next(links, None)
        alone = item.whole.end <= line.end + 2 and item.span.end <= line.end
        if not alone or link is None or link.span.end > line.end:
            continue
        number = source.position(line.start)[0]
        if run and number != last + 1:
            yield run
            run = []
        run.append((Row(line.start, "", (source[line],), ""), link.target))
        last = number
    if run:
        yield run


def merge_block(base: Block | None, ours: Block, theirs: Block) -> tuple[Piece, ...] | None:
    """The lines of a block, merged row by row, or none where that cannot be done.

    It cannot where keys stand twice, rows are of another length than their
    header, or both sides changed the columns.
    """
    then = base if base is not None and _is_even(base) else None
    if not _is_even(ours) or not _is_even(theirs) or (base is not None and then is None):
        return None
    names = then.names if then is not None else ours.names
    if theirs.names not in (names, ours.names) and ours.names != names:
        return None
    versions = [block for block in (then, ours, theirs) if block is not None]
    column = _key_column(versions)
    if column is None:
        return None
    before = _side(then, column, None) if then is not None else None
    left, right = _side(ours, column, before), _side(theirs, column, before)
    return _Merge(before, left, right, frame=right if ours.names == names else left).pieces()


def _is_even(block: Block) -> bool:
    width = len(block.names)
    return len(set(block.names)) == width and all(len(row) == width for row in block.rows)


def _key_column(versions: Sequence[Block]) -> str | None:
    """The first column whose cells tell all rows of every version apart."""
    for name in versions[-1].names:
        if all(name in block.names for block in versions):
            keys = [_keys(block, name) for block in versions]
            if all(all(each) and len(set(each)) == len(each) for each in keys):
                return name
    return None


def _keys(block: Block, column: str) -> tuple[str, ...]:
    if block.links:
        return block.links
    at = block.names.index(column)
    return tuple(plain(row.pieces[at].strip(" \t")).casefold() for row in block.rows)


def _side(block: Block, column: str, base: _Side | None) -> _Side:
    own = dict(zip(_keys(block, column), block.rows, strict=True))
    if base is None:
        return _Side(block, own)
    again = _renamed(_Side(block, own), base, column)
    return _Side(block, {again.get(key, key): row for key, row in own.items()})


def _renamed(side: _Side, base: _Side, column: str) -> Mapping[str, str]:
    """New key → key in the base, for rows that are each other's only match in all else."""
    new: dict[tuple[str, ...], list[str]] = {}
    for key in side.rows.keys() - base.rows.keys():
        new.setdefault(_rest(side, key, column), []).append(key)
    old: dict[tuple[str, ...], list[str]] = {}
    for key in base.rows.keys() - side.rows.keys():
        old.setdefault(_rest(base, key, column), []).append(key)
    return {
        keys[0]: old[rest][0]
        for rest, keys in new.items()
        if any(rest) and len(keys) == 1 and len(old.get(rest, ())) == 1
    }


def _rest(side: _Side, key: str, column: str) -> tuple[str, ...]:
    return tuple(plain(raw) for name, raw in side.cells(key).items() if name != column)


@dataclass(frozen=True, slots=True)
class _Merge:
    """Three versions of a block, and the side whose columns the result has."""

    base: _Side | None
    ours: _Side
    theirs: _Side
    frame: _Side

    def pieces(self) -> tuple[Piece, ...]:
        """The merged lines and the clashes."""
        merged = [self._head()] if self.frame.block.head else []
        merged += [piece for key in self._order() for piece in self._row(key)]
        return tuple(merged)

    def _head(self) -> Piece:
        before = self.base.block.head if self.base is not None else None
        ours, theirs = self.ours.block.head, self.theirs.block.head
        if self.ours.block.names != self.theirs.block.names:
            return self.frame.block.head
        return theirs if ours == before else ours

    def _order(self) -> list[str]:
        """The keys of all rows as they are to stand.

        In our order, or in theirs if only they changed it; what the other side
        added goes behind the row it follows there, and behind what we added at
        that place.
        """
        before = self.base.rows if self.base is not None else {}
        stay = [key for key in before if key in self.ours.rows and key in self.theirs.rows]
        kept = set(stay)
        moved_by_us = [key for key in self.ours.rows if key in kept] != stay
        first, second = (
            (self.ours, self.theirs)
            if moved_by_us or [key for key in self.theirs.rows if key in kept] == stay
            else (self.theirs, self.ours)
        )
        added: dict[str | None, list[str]] = {}
        last: str | None = None
        for key in second.rows:
            if key in first.rows:
                last = key
            else:
                added.setdefault(last, []).append(key)
        order: list[str] = []
        waiting = added.get(None, [])
        for key in first.rows:
            if key in second.rows or key in before:
                order += waiting
                waiting = []
            order.append(key)
            waiting = [*waiting, *added.get(key, ())]
        return order + waiting

    def _row(self, key: str) -> Iterator[Piece]:
        in_base = self.base is not None and key in self.base.rows
        in_ours, in_theirs = key in self.ours.rows, key in self.theirs.rows
        if in_ours and in_theirs:
            yield self._both(key)
        elif in_ours or in_theirs:
            side = self.ours if in_ours else self.theirs
            line = (self._line(side, side.cells(key), key),)
            if not in_base:
                yield line
            elif not self._is_as_before(side, key):
                yield Clash(line, ()) if in_ours else Clash((), line)

    def _is_as_before(self, side: _Side, key: str) -> bool:
        then = self.base.cells(key) if self.base is not None else {}
        return all(same_cell(then.get(name, ""), raw) for name, raw in side.cells(key).items())

    def _both(self, key: str) -> Piece:
        then = self.base.cells(key) if self.base is not None and key in self.base.rows else None
        ours, theirs = self.ours.cells(key), self.theirs.cells(key)
        left: dict[str, str] = {}
        right: dict[str, str] = {}
        for name in self.frame.block.names:
            one, other = ours.get(name), theirs.get(name)
            if one is None or other is None:
                merged: str | None = one if one is not None else other
            else:
                merged = _cell(then.get(name) if then is not None else None, one, other)
            left[name] = merged if merged is not None else one or ""
            right[name] = merged if merged is not None else other or ""
        if left == right:
            return (self._line(self._writer(key, left), left, key),)
        return Clash((self._line(self.ours, left, key),), (self._line(self.theirs, right, key),))

    def _writer(self, key: str, cells: Mapping[str, str]) -> _Side:
        """The side that writes a row so already, else one with the right columns.

        Who left the row as it was yields to who has spaced it anew.
        """
        sides = [s for s in (self.ours, self.theirs) if s.block.names == self.frame.block.names]
        then = self.base.rows.get(key) if self.base is not None else None
        if then is not None and self.ours.rows[key].pieces == then.pieces:
            sides.reverse()
        return next((side for side in sides if side.cells(key) == cells), sides[0])

    def _line(self, side: _Side, cells: Mapping[str, str], key: str) -> str:
        """A row as a side writes it, with these cells, in the result's columns."""
        row = side.rows[key]
        names = self.frame.block.names
        prefix = self.frame.block.prefix
        if side.block.names == names:
            own = side.cells(key)
            pieces = [
                piece if own[name] == cells[name] else _around(piece, cells[name])
                for name, piece in zip(names, row.pieces, strict=True)
            ]
            return f"{prefix}{row.lead}{'|'.join(pieces)}{row.tail}"
        inner = "|".join(f" {cells.get(name, '')} " for name in names)
        return f"{prefix}|{inner}|"


def _cell(then: str | None, ours: str, theirs: str) -> str | None:
    """One cell merged; none where both changed it apart. Added cells yield to what is not blank."""
    if ours == theirs:
        return ours
    if then is None:
        return ours or theirs if not (ours and theirs) else None
    for same in (str.__eq__, same_cell):
        if same(ours, then):
            return theirs
        if same(theirs, then):
            return ours
    return ours if same_cell(ours, theirs) else None


def _around(piece: str, raw: str) -> str:
    inner = piece.strip(" \t")
    if not inner:
        return f" {raw} " if raw else piece
    before = piece[: len(piece) - len(piece.lstrip(" \t"))]
    return f"{before}{raw}{piece[len(piece.rstrip(' ' + chr(9))) :]}"
