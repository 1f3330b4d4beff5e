"""The columns of a facts table beside the template's: which there are, and in which order.

Where a facts table has a field and its value in each row, its fields are what
the columns are elsewhere.
"""

from __future__ import annotations

from collections import Counter

from tldr_lint.checks.facts import holds_pairs
from tldr_lint.checks.ordering import out_of_order
from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.tables import is_closed, split_code
from tldr_lint.parse import plain
from tldr_lint.record import column_name
from tldr_lint.records import TYPE_CHECKING, dataclass, replace
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tldr_lint.collection import Collection, Item, Workspace
    from tldr_lint.table import Cell, Row, Table
    from tldr_lint.text import Source

_LOOKS_LIKE = 0.6
_MANY = 128
# What can begin a row that has no leading pipe without beginning another block.
_PLAIN_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:(\"'$")


def column_mismatch(workspace: Workspace) -> Iterator[Finding]:
    """TL203: for every item, the facts table has the columns of the template."""
    for pair in _pairs(workspace):
        if Counter(pair.names) == Counter(pair.wanted):
            continue
        index, message = _difference(pair)
        span = pair.table.header.span if index is None else pair.cells[index].span
        if span.start == span.end:
            span = pair.table.header.span
        yield Finding(Place(pair.item.path, span), message, related=_template_header(pair))


def column_order(workspace: Workspace) -> Iterator[Finding]:
    """TL204: for every item, the columns of the facts table stand in the template's order."""
    repeated: dict[str, frozenset[tuple[str, ...]]] = {}
    for pair in _pairs(workspace):
        # The order in which a reader finds the fields compares with nothing.
        if pair.noun == "field" or Counter(pair.names) != Counter(pair.wanted):
            continue
        order = order_of(pair.names, pair.wanted)
        moved = sorted(order[place] for place in out_of_order(order))
        cells = pair.cells
        listed = ", ".join(f"`{_shown(cells[index].raw)}`" for index in moved)
        stands = f"column {listed} stands" if len(moved) == 1 else f"columns {listed} stand"
        span = cells[moved[0]].span
        name = pair.collection.contract.name
        if name not in repeated:
            repeated[name] = _rows_in_order(pair)
        table, but = pair.table, ""
        if table.rows and repeated[name].issuperset(_said(row) for row in table.rows):
            # To move the cells along would put wrong facts below right names.
            table, but = replace(table, rows=()), ", the cells below do not: the roll-up says so"
        yield Finding(
            Place(pair.item.path, span if span.start < span.end else pair.table.header.span),
            f"{stands} in another place than in the template{but}",
            reordering(pair.item.document.source, table, order),
            _template_header(pair),
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A facts table, the template's, and what the columns of both are called."""

    collection: Collection
    item: Item
    table: Table
    template: Table
    noun: str
    """`column`, or `field` where the names stand in the first column."""
    cells: tuple[Cell, ...]
    """The cells with the names."""
    template_cells: tuple[Cell, ...]
    names: tuple[str, ...]
    wanted: tuple[str, ...]


def _pairs(workspace: Workspace) -> Iterator[_Pair]:
    """The facts tables whose columns or fields are not called as the template's are."""
    for collection in workspace.collections:
        template = collection.template_table
        if template is None:
            continue
        # Most notes spell the header in one of a few ways.
        same = {template.header.pieces}
        for item in collection.items:
            table = item.facts_table
            if table is None or (table.header.pieces in same and not holds_pairs(item)):
                continue
            if holds_pairs(item):
                if len(template.header) != 2 or not template.rows:
                    continue
                noun = "field"
                cells, wanted = _first_column(table), _first_column(template)
            else:
                noun = "column"
                cells, wanted = table.header.cells, template.header.cells
            names = _names(cells), _names(wanted)
            if names[0] == names[1]:
                same |= {table.header.pieces} if noun == "column" else set()
            elif not split_code(table.header, len(table.delimiter)):
                yield _Pair(collection, item, table, template, noun, cells, wanted, *names)


def _rows_in_order(pair: _Pair) -> frozenset[tuple[str, ...]]:
    """What the rows of the roll-ups say whose columns stand in the template's order."""
    return frozenset(
        _said(row)
        for rollup in pair.collection.rollups
        for table in rollup.tables
        if _names(table.header.cells) == pair.wanted
        for row in table.rows
    )


def _said(row: Row) -> tuple[str, ...]:
    return tuple(plain(text) for text in row.texts)


def _first_column(table: Table) -> tuple[Cell, ...]:
    return tuple(row.cell(0) for row in (table.header, *table.rows) if row.pieces)


def _names(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(column_name(cell.raw) for cell in cells)


def _template_header(pair: _Pair) -> tuple[Related, ...]:
    template = pair.collection.template
    if template is None:
        return ()
    place = Place(template.path, pair.template.header.span)
    return (Related(place, "the template's columns"),)


def _shown(raw: str) -> str:
    return quoted(plain(raw)) or "(blank)"


# Which columns there are


def _difference(pair: _Pair) -> tuple[int | None, str]:
    """The first header cell that is wrong, if one is, and what is wrong with the columns."""
    lacking = _surplus(pair.wanted, pair.names)
    added = _surplus(pair.names, pair.wanted)
    own, template, noun = pair.cells, pair.template_cells, pair.noun
    said: list[str] = []
    for index in added:
        name = _shown(own[index].raw)
        instead = _meant(pair, index, lacking)
        if instead is not None:
            lacking.remove(instead)
            said.append(f"{noun} `{name}` is `{_shown(template[instead].raw)}` in the template")
        elif pair.names[index] in pair.wanted:
            said.append(f"{noun} `{name}` stands twice")
        else:
            said.append(f"{noun} `{name}` is not in the template")
    if lacking:
        one = len(lacking) == 1
        listed = ", ".join(f"`{_shown(template[index].raw)}`" for index in lacking)
        said.append(f"{noun if one else f'{noun}s'} {listed} {'is' if one else 'are'} missing")
    return (added[0] if added else None), "; ".join(said)


def _surplus(names: Sequence[str], others: Sequence[str]) -> list[int]:
    """Where the names stand that there are too many of beside the others, the last ones."""
    left = Counter(others)
    found: list[int] = []
    for index, name in enumerate(names):
        if left[name]:
            left[name] -= 1
        else:
            found.append(index)
    return found


def _meant(pair: _Pair, index: int, lacking: Sequence[int]) -> int | None:
    """The lacking column of the template that an added one was renamed from."""
    if index in lacking and len(pair.names) == len(pair.wanted):
        return index
    if len(lacking) > _MANY or len(pair.names) > _MANY:
        return None
    from difflib import SequenceMatcher  # noqa: PLC0415 - for names that are not the same

    name = pair.names[index]
    best: tuple[float, int] | None = None
    for candidate in lacking:
        ratio = SequenceMatcher(None, name, pair.wanted[candidate]).ratio()
        if ratio >= _LOOKS_LIKE and (best is None or ratio > best[0]):
            best = ratio, candidate
    return best[1] if best is not None else None


# In which order


def order_of(names: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    """For each wanted column, where it stands; both sides have the same names."""
    places: dict[str, list[int]] = {}
    for index in reversed(range(len(names))):
        places.setdefault(names[index], []).append(index)
    return tuple(places[name].pop() for name in wanted)


def reordering(source: Source, table: Table, order: Sequence[int]) -> Fix | None:
    """The fix that moves whole columns; none where a row's cells are not the columns'."""
    edits: list[Edit] = []
    for row in (table.header, table.delimiter, *table.rows):
        if len(row) != len(order) or split_code(row, len(order)):
            return None
        edit = _reordered(source, row, order, free=row is table.delimiter)
        if edit is None:
            return None
        edits.append(edit)
    return Fix("move the columns into the template's order", tuple(edits))


def _reordered(source: Source, row: Row, order: Sequence[int], *, free: bool) -> Edit | None:
    """One row with its cells in another order; nothing where a cell would not survive it."""
    span = Span(row.start + len(row.lead), row.start + len(row.lead) + len("|".join(row.pieces)))
    pieces = [row.pieces[index] for index in order]
    if not (row.lead and is_closed(row)):
        # Without pipes at both ends the blanks at the ends are the row's, not the cells'.
        cells = [piece.strip() for piece in pieces]
        if not all(cells) or any(cell.endswith("\\") for cell in cells):
            return None
        if not row.lead and not free and cells[0][0] not in _PLAIN_START:
            return None
        pieces = [_around(slot, cell) for slot, cell in zip(row.pieces, cells, strict=True)]
    return Edit(Place(source.path, span), "|".join(pieces))


def _around(slot: str, cell: str) -> str:
    """A cell with the blanks around it that stand in its new place."""
    before = slot[: len(slot) - len(slot.lstrip())]
    return f"{before}{cell}{slot[len(slot.rstrip()) :]}"


RULES: tuple[Rule, ...] = (
    Rule("TL203", "column-mismatch", Severity.ERROR, frozenset(), column_mismatch),
    Rule(
        "TL204",
        "column-order",
        Severity.WARNING,
        frozenset({Applicability.SAFE}),
        column_order,
    ),
)
