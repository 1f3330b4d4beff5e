"""Cells of a roll-up beside those of the items: who has moved since the two agreed."""

from __future__ import annotations

from tldr_lint.agreed import Agreed
from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.row_writing import as_cell, cell_at, copied, key_shown, rewritten
from tldr_lint.contract.model import FactsKind
from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.sync.decide import Stale, decide, decide_rename, drifts
from tldr_lint.sync.pairing import comparisons
from tldr_lint.text import Edit, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.agreed import Base
    from tldr_lint.collection import Workspace
    from tldr_lint.record import Value
    from tldr_lint.sync.lines import Column
    from tldr_lint.sync.pairing import Comparison, Pair
    from tldr_lint.table import Row

# As much of what two long cells share is shown before they part.
_BEFORE = 20
_LONG = 40
# A value that YAML reads as it is written, and as no null.
_PLAIN_VALUE = regex(r"(?!(?i:null)\Z)[^\W_][\w.,/+%() -]*(?<! )")


def cell_drift(workspace: Workspace) -> Iterator[Finding]:
    """TL403: for every row of a roll-up, every cell says what the item's says."""
    for comparison in comparisons(workspace):
        for cell in _cells(workspace, comparison):
            if cell.stale is not Stale.NEITHER:
                yield _drift(cell)


def cell_conflict(workspace: Workspace) -> Iterator[Finding]:
    """TL404: no cell was changed on both sides, differently, since the two agreed."""
    for comparison in comparisons(workspace):
        for cell in _cells(workspace, comparison):
            if cell.stale is Stale.NEITHER:
                yield _conflict(cell)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that differs, and what history says of it."""

    comparison: Comparison
    pair: Pair
    column: Column
    value: Value
    raw: str
    """The roll-up's side; `value` is the item's."""
    stale: Stale
    agreed: Agreed

    @property
    def row(self) -> Row:
        """The roll-up's row."""
        return self.pair.line.row

    @property
    def at(self) -> int:
        """Which cell of the row it is."""
        return self.pair.line.names.index(self.column.name)

    @property
    def table_place(self) -> Place:
        """Where it stands in the roll-up."""
        return Place(self.comparison.document.path, self.row.cell(self.at).span)

    @property
    def item_place(self) -> Place:
        """Where it stands in the item, or in the file beside it that holds its facts."""
        return Place(self.value.path or self.pair.item.path, self.value.span)

    @property
    def name(self) -> str:
        """The column and the key, for people."""
        header = self.pair.line.table.header.cell(self.at).raw
        return f"`{quoted(plain(header))}` of {key_shown(self.comparison, self.pair.line)}"

    @property
    def data(self) -> tuple[tuple[str, str], ...]:
        """What machines get to know."""
        base = self.agreed.bases[0] if self.agreed.bases else None
        said = (base.table or {}).get(self.column.name) if base is not None else None
        known = (
            ("base", base.commit if base is not None else None),
            ("base_value", plain(said) if said is not None else None),
            ("item_value", plain(self.value.raw)),
            ("table_value", plain(self.raw)),
        )
        return tuple((name, value) for name, value in known if value is not None)


def _cells(workspace: Workspace, comparison: Comparison) -> Iterator[_Cell]:
    unknown = Agreed()
    for drift in drifts(comparison):
        agreed = workspace.agreed.get(drift.question, unknown)
        stale = decide(drift.column, drift.value.raw, drift.raw, agreed)
        yield _Cell(comparison, drift.pair, drift.column, drift.value, drift.raw, stale, agreed)
    for pair in comparison.renamed:
        older, newer = (
            workspace.agreed.get(comparison.question(key, item=pair.item.path), unknown)
            for key in (pair.line.key, pair.key)
        )
        stale = decide_rename(older, newer)
        agreed = newer if stale is Stale.ITEM else older
        cells = pair.line.cells
        for column in comparison.columns:
            if column.name in comparison.keys:
                value, raw = column.of(pair.record), cells.get(column.name)
                if value is not None and raw is not None and not column.same(value.raw, raw):
                    yield _Cell(comparison, pair, column, value, raw, stale, agreed)


# What is said


def _drift(cell: _Cell) -> Finding:
    if cell.stale is Stale.ITEM:
        place, other = cell.item_place, cell.table_place
        said = _sides(cell, here=cell.value.raw, there=cell.raw, file=other.path)
        why = _since(cell, still="note's cell", moved="table's")
        fix = _item_fix(cell)
    else:
        place, other = cell.table_place, cell.item_place
        said = _sides(cell, here=cell.raw, there=cell.value.raw, file=other.path)
        why = _since(cell, still="table's cell", moved="note's")
        fix = _table_fix(cell)
    note = Related(other, "the note says" if cell.stale is not Stale.ITEM else "the table says")
    return Finding(place, f"{said}; {why}", fix, (note,), data=cell.data)


def _sides(cell: _Cell, *, here: str, there: str, file: str) -> str:
    one, other = contrasted(here, there)
    return f"{cell.name} is {one} here and {other} in `{quoted(file)}`"


def _since(cell: _Cell, *, still: str, moved: str) -> str:
    if not cell.agreed.bases:
        return f"no base is known ({cell.agreed.reason}), so nobody can say which is right"
    commit = cell.agreed.bases[0].commit[:7]
    return f"the {still} has not changed since {commit}, the {moved} has"


def _conflict(cell: _Cell) -> Finding:
    here, there = contrasted(cell.raw, cell.value.raw)
    sides = f"{here} here, {there} in `{quoted(cell.item_place.path)}`"
    message = f"{cell.name} {_history(cell)}: {sides}"
    related = (Related(cell.item_place, "the note says"),)
    return Finding(cell.table_place, message, None, related, data=cell.data)


def _history(cell: _Cell) -> str:
    bases = cell.agreed.bases
    if len(bases) > 1:
        told = " and ".join(f"{_told(cell, base)} at {base.commit[:7]}" for base in bases)
        return f"was {told} in branches that were merged, and both sides say otherwise now"
    if not bases:
        return "cannot be told from another record's"
    commit = bases[0].commit[:7]
    if (bases[0].table or {}).get(cell.column.name) is None:
        return f"was added on both sides since {commit}, differently"
    return f"was {_told(cell, bases[0])} at {commit} and has changed on both sides since"


def _told(cell: _Cell, base: Base) -> str:
    return shown((base.table or {}).get(cell.column.name, ""))


def shown(raw: str) -> str:
    """A cell in a message."""
    text = quoted(plain(raw))
    return f"`{text}`" if text else "blank"


def contrasted(one: str, other: str) -> tuple[str, str]:
    """Two cells in a message; of long ones that begin alike, from where they differ."""
    texts = plain(one), plain(other)
    pairs = enumerate(zip(*texts, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), min(map(len, texts)))
    start = max(same - _BEFORE, 0)
    if same < _LONG or not all(texts):
        return shown(one), shown(other)
    first, second = (f"`…{quoted(text[start:])}`" for text in texts)
    return first, second


# What is written
#
# No cell of a fact is to be blank (TL209): a blank is written over a text only when asked for,
# since a row that lost a cell looks like one that somebody emptied.


def _table_fix(cell: _Cell) -> Fix:
    source = cell.comparison.document.source
    in_table = cell.pair.item.facts_table is not None
    raw = copied(cell.value.raw) if in_table else as_cell(cell.value.raw)
    kept = _is_in_history(cell, table=True)
    return Fix(
        f"copy the note's cell into `{cell.comparison.document.path}`",
        (rewritten(source, cell.row, cell.at, raw),),
        Applicability.SAFE if kept and plain(cell.value.raw) else Applicability.UNSAFE,
    )


def _item_fix(cell: _Cell) -> Fix | None:
    if cell.column.pattern is not None:
        return None
    item, record = cell.pair.item, cell.pair.record
    raw = copied(cell.raw)
    source = item.document.source
    if record.row is not None:
        at = _place_in(record.row, cell.value)
        if at is None:
            # It is said in the title, and what else the title says is not the roll-up's.
            return None
        edit = rewritten(source, record.row, at, raw)
    elif item.facts_table is not None and cell.value.span in item.facts_table.span:
        edit = Edit(source.place(cell.value.span.start, cell.value.span.end), raw)
    elif _is_plain(cell, raw):
        edit = Edit(
            source.place(cell.value.span.start, cell.value.span.end), raw.replace("\\|", "|")
        )
    else:
        return None
    kept = _is_in_history(cell, table=False)
    return Fix(
        f"copy the table's cell into `{item.path}`",
        (edit,),
        Applicability.SAFE if kept and plain(cell.raw) else Applicability.UNSAFE,
    )


def _place_in(row: Row, value: Value) -> int | None:
    places = (at for at in range(len(row)) if cell_at(row, at).span == value.span)
    return next(places, None) if value.path is None else None


def _is_plain(cell: _Cell, raw: str) -> bool:
    """Whether the item has a value as it is read, and can have the roll-up's in its place.

    Where YAML or TOML would need quotes, they are for whoever writes them.
    """
    facts = cell.comparison.collection.contract.facts
    if facts is None or cell.value.path is not None:
        return False
    if facts.kind is FactsKind.HEADER:
        return True
    said = cell.pair.item.document.source[cell.value.span]
    return said == cell.value.raw and _PLAIN_VALUE.fullmatch(raw) is not None


def _is_in_history(cell: _Cell, *, table: bool) -> bool:
    """Whether what a fix discards can be found again, to the letter, where the sides agreed."""
    raw = cell.raw if table else cell.value.raw
    for base in cell.agreed.bases:
        side = base.table if table else base.item
        if side is not None and side.get(cell.column.name) == raw:
            return True
    return False


RULES: tuple[Rule, ...] = (
    Rule(
        "TL403",
        "cell-drift",
        Severity.ERROR,
        frozenset({Applicability.SAFE, Applicability.UNSAFE}),
        cell_drift,
    ),
)
