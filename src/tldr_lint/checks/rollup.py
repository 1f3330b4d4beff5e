"""Rows of a roll-up beside the records of the items: none is missing, none is left over."""

from __future__ import annotations

from bisect import bisect_right

from tldr_lint.agreed import Agreed
from tldr_lint.checks import rollup_cells, rollup_shape
from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.rollup_order import ranks
from tldr_lint.checks.row_writing import (
    adjoining,
    as_cell,
    copied,
    habit,
    inserted,
    key_shown,
    removed,
)
from tldr_lint.record import column_name
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.suppress import suppressions
from tldr_lint.sync.decide import RowFate, fate
from tldr_lint.sync.lines import declared_columns, table_columns
from tldr_lint.sync.pairing import comparisons, record_key
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tldr_lint.checks.rollup_order import Rank
    from tldr_lint.collection import Collection, Item, Rollup, Workspace
    from tldr_lint.record import Record
    from tldr_lint.suppress import Suppressions
    from tldr_lint.sync.lines import Column, Line
    from tldr_lint.sync.pairing import Comparison, Missing
    from tldr_lint.table import Row


def row_missing(workspace: Workspace) -> Iterator[Finding]:
    """TL401: every record of every item has its row in the roll-up."""
    for collection in workspace.collections:
        for rollup in collection.rollups:
            if rollup.document is None and not workspace.tree.has(rollup.listing.file):
                # In a commit hook it may be there and yet not be part of the commit.
                there = rollup.listing.file in workspace.tree.uncommitted
                yield from _file_missing(collection, rollup, there=there)
    suppressed = _suppressed(workspace)
    for comparison in comparisons(workspace):
        if comparison.rollup.listing.complete and comparison.missing:
            yield from _rows_missing(comparison, suppressed)


def row_orphan(workspace: Workspace) -> Iterator[Finding]:
    """TL402: every row of every roll-up has its record in an item."""
    suppressed = _suppressed(workspace)
    for comparison in comparisons(workspace):
        orphans = [
            (line, agreed, fated)
            for line, agreed, fated in _orphans(workspace, comparison)
            if fated is not RowFate.CHANGED
        ]
        fixes = _removals(comparison, [(line, fated) for line, _, fated in orphans], suppressed)
        for line, agreed, fated in orphans:
            yield _orphan(comparison, line, agreed, fated, fixes.get(line.row.start))


def row_conflict(workspace: Workspace) -> Iterator[Finding]:
    """TL404, for rows: no row was changed after its record had been deleted, or before."""
    for comparison in comparisons(workspace):
        for line, agreed, fated in _orphans(workspace, comparison):
            if fated is RowFate.CHANGED:
                base = agreed.bases[0]
                path = f"`{quoted(base.path)}`" if base.path is not None else "its note"
                yield Finding(
                    Place(comparison.document.path, line.row.span),
                    f"{key_shown(comparison, line)} was deleted from {path} since "
                    f"{base.commit[:7]}, and this row has changed since",
                    data=(("base", base.commit),),
                )


# Rows that are missing


def _rows_missing(
    comparison: Comparison, suppressed: Callable[[Rule, Place], bool]
) -> Iterator[Finding]:
    document = comparison.document
    homes = _homes(comparison)
    # Rows that go to one place go there together, in order, by one fix.
    together: dict[tuple[int, bool], tuple[Row, list[tuple[Missing, str]]]] = {}
    by_key = {each.key: each for each in comparison.missing}
    for each in map(by_key.__getitem__, homes):
        place = Place(each.item.path, each.record.span)
        if not suppressed(_MISSING, place):
            row, above = homes[each.key]
            written = _written(comparison, each, row)
            _, group = together.setdefault((row.start, above), (row, []))
            group.append((each, written))
    fixes: dict[str, Fix] = {}
    for (_, above), (beside, group) in together.items():
        edit = inserted(document, beside, [written for _, written in group], above=above)
        said = "row" if len(group) == 1 else f"{len(group)} rows"
        fix = Fix(f"add the {said} to `{quoted(document.path)}`", (edit,))
        fixes |= dict.fromkeys((each.key for each, _ in group), fix)
    for each in comparison.missing:
        row, _ = homes[each.key]
        yield Finding(
            Place(each.item.path, each.record.span),
            f"`{quoted(each.spelled)}` has no row in `{quoted(document.path)}`",
            fixes.get(each.key),
            (Related(Place(document.path, row.span), "it belongs beside this row"),),
        )


def _homes(comparison: Comparison) -> dict[str, tuple[Row, bool]]:
    """Key → the row that a missing one belongs beside, and whether it belongs above it.

    In the index's order, behind the row of the nearest record before it; what
    the index does not list goes to the end. The keys are in that order.
    """
    table = comparison.rollup.tables[-1]
    end = table.rows[-1] if table.rows else table.delimiter
    known = ranks(comparison.collection, comparison.rollup.listing)
    numbers = {
        (item.path, record.span): (item.path, number)
        for item in comparison.collection.items
        for number, record in enumerate(item.records)
    }
    ranked: list[tuple[Rank, Row | None, Missing | None]] = []
    homes: dict[str, tuple[Row, bool]] = {}
    unlisted: list[str] = []
    for pair in (*comparison.pairs, *comparison.renamed):
        rank = known(*numbers[pair.item.path, pair.record.span])
        if rank is not None:
            ranked.append((rank, pair.line.row, None))
    for each in comparison.missing:
        rank = known(*numbers[each.item.path, each.record.span])
        if rank is None:
            unlisted.append(each.key)
        else:
            ranked.append((rank, None, each))
    ranked.sort(key=lambda entry: entry[0])
    first = next((row for _, row, _ in ranked if row is not None), None)
    last: Row | None = None
    for _, row, absent in ranked:
        if absent is None:
            last = row
        elif last is not None:
            homes[absent.key] = (last, False)
        else:
            homes[absent.key] = (first, True) if first is not None else (end, False)
    return homes | dict.fromkeys(unlisted, (end, False))


def _written(comparison: Comparison, each: Missing, beside: Row) -> str:
    tables = comparison.rollup.tables
    table = tables[bisect_right(tables, beside.start, key=lambda each: each.span.start) - 1]
    columns = {column.name: column for column in comparison.columns}
    cells = [_raw(columns.get(name), each.item, each.record) for name in table_columns(table)]
    others = [beside] if beside is not table.delimiter else []
    return habit((*others, *table.rows[-1:], table.header)).row(cells)


def _raw(column: Column | None, item: Item, record: Record) -> str:
    value = column.of(record) if column is not None else None
    if value is None:
        return ""
    return copied(value.raw) if item.facts_table is not None else as_cell(value.raw)


# A roll-up that is missing


def _file_missing(collection: Collection, rollup: Rollup, *, there: bool) -> Iterator[Finding]:
    """One finding for all rows: that they are missing has one cause."""
    known = ranks(collection, rollup.listing)
    records = [
        (known(item.path, number), item, record)
        for item in collection.items
        for number, record in enumerate(item.records)
        if record_key(collection, record) is not None
    ]
    if not records:
        return
    _, item, record = records[0]
    records.sort(key=lambda entry: (entry[0] is None, entry[0] or ()))
    text = _built(collection, rollup, [(item, record) for _, item, record in records])
    file = quoted(rollup.listing.file)
    fix = None
    if text is not None and not there:
        fix = Fix(f"build `{file}`", (), creates=((rollup.listing.file, text),))
    rows = "row is" if len(records) == 1 else f"{len(records)} rows are"
    yield Finding(
        Place(item.path, record.span),
        f"`{file}` is not there, so the {rows} missing",
        fix,
    )


def _built(
    collection: Collection, rollup: Rollup, records: Sequence[tuple[Item, Record]]
) -> str | None:
    """The text of a roll-up: the template's header, or the contract's columns, and all rows."""
    listing = rollup.listing
    shape = collection.template_table
    if shape is None:
        shape = next((item.facts_table for item, _ in records if item.facts_table), None)
    source = collection.template.source if collection.template is not None else None
    newline = source.newline(0) if source is not None else "\n"
    if listing.columns:
        names = list(listing.columns)
        style = habit((shape.header,) if shape is not None else ())
        head = [style.row(names), style.row(["---"] * len(names))]
    elif shape is not None:
        style = habit((shape.header,))
        head = [shape.header.raw.rstrip(), shape.delimiter.raw.rstrip()]
        names = [cell.raw for cell in shape.header.cells]
    else:
        return None
    columns = declared_columns(listing, [column_name(name) for name in names])
    rows = [
        style.row([_raw(columns.get(at), item, record) for at in range(len(names))])
        for item, record in records
    ]
    above = [f"## {listing.under}", ""] if listing.under else []
    return "".join(line + newline for line in (*above, *head, *rows))


# Rows that are left over


def _orphans(
    workspace: Workspace, comparison: Comparison
) -> Iterator[tuple[Line, Agreed, RowFate]]:
    for line in comparison.orphans:
        agreed = workspace.agreed.get(comparison.question(line.key), Agreed())
        if comparison.lost:
            # Some item's records cannot be read. Whose row this is only history
            # can tell; where it cannot, it may be that item's.
            homes = {base.path for base in agreed.bases}
            if not homes or homes & comparison.lost:
                continue
        yield line, agreed, fate(line, agreed)


def _removals(
    comparison: Comparison,
    orphans: Sequence[tuple[Line, RowFate]],
    suppressed: Callable[[Rule, Place], bool],
) -> dict[int, Fix]:
    """Start of a row → the fix that removes it, together with those directly above and below."""
    document = comparison.document
    fixes: dict[int, Fix] = {}
    for applicability in (Applicability.SAFE, Applicability.UNSAFE):
        rows = [
            line.row
            for line, fated in orphans
            if (fated is RowFate.KEPT) is (applicability is Applicability.SAFE)
            and not suppressed(_ORPHAN, Place(document.path, line.row.span))
        ]
        for run in adjoining(document.source, rows):
            said = "row" if len(run) == 1 else f"{len(run)} rows"
            fix = Fix(f"remove the {said}", (removed(document, run),), applicability)
            fixes |= dict.fromkeys((row.start for row in run), fix)
    return fixes


def _orphan(
    comparison: Comparison, line: Line, agreed: Agreed, fated: RowFate, fix: Fix | None
) -> Finding:
    key = key_shown(comparison, line)
    if not agreed.bases:
        message = (
            f"no note has {key}; no base is known ({agreed.reason}), "
            "so nobody can say whether the row or the note is to go"
        )
        return Finding(Place(comparison.document.path, line.row.span), message, fix)
    base = agreed.bases[0]
    path = f"`{quoted(base.path)}`" if base.path is not None else "its note"
    how = "only its markup" if fated is RowFate.RESTYLED else "nothing"
    message = (
        f"no note has {key} any more: it was deleted from {path} since {base.commit[:7]}, "
        f"and {how} in this row has changed since"
    )
    return Finding(
        Place(comparison.document.path, line.row.span), message, fix, data=(("base", base.commit),)
    )


def _suppressed(workspace: Workspace) -> Callable[[Rule, Place], bool]:
    """Tells whether a finding is hidden: a fix that repairs several must leave that one out.

    What hides something in a file is put together once, when it is first asked for.
    """
    known: dict[str, Suppressions] = {}

    def suppressed(rule: Rule, place: Place) -> bool:
        document = workspace.documents.get(place.path)
        if document is None or not document.directives:
            return False
        if place.path not in known:
            known[place.path] = suppressions(document)
        return known[place.path].hides(rule, place)

    return suppressed


def _conflict(workspace: Workspace) -> Iterator[Finding]:
    yield from rollup_cells.cell_conflict(workspace)
    yield from row_conflict(workspace)


_MISSING = Rule(
    "TL401", "row-missing", Severity.ERROR, frozenset({Applicability.SAFE}), row_missing
)
_ORPHAN = Rule(
    "TL402",
    "row-orphan",
    Severity.ERROR,
    frozenset({Applicability.SAFE, Applicability.UNSAFE}),
    row_orphan,
)
RULES: tuple[Rule, ...] = (
    _MISSING,
    _ORPHAN,
    *rollup_cells.RULES,
    Rule("TL404", "cell-conflict", Severity.ERROR, frozenset(), _conflict),
    *rollup_shape.RULES,
)
