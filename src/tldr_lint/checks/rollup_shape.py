"""The shape of a roll-up: its columns are the template's, its rows stand in the index's order."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from operator import le

from tldr_lint.checks.columns import order_of, reordering
from tldr_lint.checks.ordering import out_of_order
from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.rollup_order import ranks
from tldr_lint.checks.row_writing import exchanged, key_shown
from tldr_lint.parse import plain
from tldr_lint.record import column_name, header_names
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.sync.pairing import comparisons
from tldr_lint.text import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tldr_lint.checks.rollup_order import Rank
    from tldr_lint.collection import Collection, Rollup, Workspace
    from tldr_lint.document import Document
    from tldr_lint.sync.lines import Line
    from tldr_lint.sync.pairing import Comparison
    from tldr_lint.table import Row, Table


def row_order(workspace: Workspace) -> Iterator[Finding]:
    """TL405: the rows of every roll-up stand in the order of the index, as far as it lists them."""
    for comparison in comparisons(workspace):
        ranked = _ranked(comparison)
        lines = [line for line in comparison.lines if line.row.start in ranked]
        wanted = [ranked[line.row.start] for line in lines]
        if all(map(le, wanted, wanted[1:])):
            continue
        for _, group in groupby(lines, lambda line: line.table.span.start):
            own = list(group)
            yield from _order(comparison, own, [ranked[line.row.start] for line in own])


def rollup_columns(workspace: Workspace) -> Iterator[Finding]:
    """TL406: every roll-up has the columns of the template, in its order."""
    for collection in workspace.collections:
        for rollup in collection.rollups:
            document = rollup.document
            if document is not None and document.problem is None:
                # Rows without a table are TL211's to report.
                if not (rollup.tables or document.orphans):
                    yield _no_table(rollup, document)
                for table in rollup.tables:
                    yield from _columns(collection, rollup, document, table)


# Rows


def _ranked(comparison: Comparison) -> dict[int, Rank]:
    """Start of a row → rank, for the rows that have a say where they stand."""
    known = ranks(comparison.collection, comparison.rollup.listing)
    numbers = {
        (item.path, record.span): number
        for item in comparison.collection.items
        if len(item.records) > 1
        for number, record in enumerate(item.records)
    }
    found: dict[int, Rank] = {}
    for pair in (*comparison.pairs, *comparison.renamed):
        path = pair.item.path
        # Most items have one record.
        number = numbers[path, pair.record.span] if len(pair.item.records) > 1 else 0
        rank = known(path, number)
        if rank is not None:
            found[pair.line.row.start] = rank
    return found


def _order(
    comparison: Comparison, lines: Sequence[Line], wanted: Sequence[Rank]
) -> Iterator[Finding]:
    if all(one <= other for one, other in pairwise(wanted)):
        return
    source = comparison.document.source
    target = sorted(range(len(lines)), key=lambda at: wanted[at])
    # Rows that the index does not list keep their places among the others.
    fix = Fix(
        "put the rows into the index's order",
        tuple(
            exchanged(source, lines[place].row, lines[at].row)
            for place, at in enumerate(target)
            if place != at
        ),
    )
    before = {at: target[place - 1] if place else None for place, at in enumerate(target)}
    for at in out_of_order(wanted):
        above = before[at]
        where = (
            f"below {key_shown(comparison, lines[above])}" if above is not None else "at the top"
        )
        by = "the index has it" if comparison.rollup.listing.order == "index" else "it belongs"
        yield Finding(
            Place(source.path, lines[at].row.span),
            f"row {key_shown(comparison, lines[at])} stands out of order: {by} {where}",
            fix,
        )


# Columns


def _no_table(rollup: Rollup, document: Document) -> Finding:
    where = f" below `{quoted(rollup.listing.under)}`" if rollup.listing.under else ""
    return Finding(
        Place(document.path, Span(0, 0)), f"there is no table{where} to hold the items' facts"
    )


def _columns(
    collection: Collection, rollup: Rollup, document: Document, table: Table
) -> Iterator[Finding]:
    names = [column_name(cell.raw) for cell in table.header.cells]
    if rollup.listing.columns:
        yield from _declared(rollup, document, table, names)
        return
    template, header = collection.template, collection.template_table
    if template is None or header is None:
        return
    wanted = [column_name(cell.raw) for cell in header.header.cells]
    if names == wanted:
        return
    related = (Related(Place(template.path, header.header.span), "the template's columns"),)
    if Counter(names) == Counter(wanted):
        order = order_of(names, wanted)
        moved = sorted(order[place] for place in out_of_order(order))
        listed = ", ".join(_shown(table.header, at) for at in moved)
        stands = f"column {listed} stands" if len(moved) == 1 else f"columns {listed} stand"
        whole, but = table, ""
        if _rows_are_in_order(collection, table, wanted):
            # To move the cells along would put wrong facts below right names.
            whole, but = replace(table, rows=()), ", the cells below do not: the notes say so"
        yield Finding(
            _header_place(document, table, moved[0]),
            f"{stands} in another place than in the template{but}",
            reordering(document.source, whole, order),
            related,
        )
        return
    lacking = [_shown(header.header, at) for at in _surplus(wanted, names)]
    surplus = _surplus(names, wanted)
    said = []
    if lacking:
        said.append(f"the template's {_listed(lacking)} {_is(lacking)} missing")
    if surplus:
        added = [_shown(table.header, at) for at in surplus]
        said.append(f"{_listed(added)} {_is(added)} not in the template")
    place = _header_place(document, table, surplus[0] if surplus else None)
    yield Finding(place, "; ".join(said), None, related)


def _rows_are_in_order(collection: Collection, table: Table, wanted: Sequence[str]) -> bool:
    """Whether most rows of a roll-up repeat rows of items whose columns are in the wanted order."""
    said = {
        tuple(map(plain, row.texts))
        for item in collection.items
        if item.facts_table is not None and header_names(item.facts_table.header) == tuple(wanted)
        for row in item.facts_table.rows
    }
    same = sum(tuple(map(plain, row.texts)) in said for row in table.rows)
    return 2 * same > len(table.rows)


def _declared(
    rollup: Rollup, document: Document, table: Table, names: Sequence[str]
) -> Iterator[Finding]:
    lacking = [
        f"`{quoted(name)}`" for name in rollup.listing.columns if column_name(name) not in names
    ]
    if lacking:
        said = f"the contract's {_listed(lacking)} {_is(lacking)} missing"
        yield Finding(Place(document.path, table.header.span), said)


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    return f"{'column' if len(names) == 1 else 'columns'} {', '.join(names)}"


def _shown(row: Row, at: int) -> str:
    return f"`{quoted(plain(row.cell(at).raw)) or '(blank)'}`"


def _header_place(document: Document, table: Table, at: int | None) -> Place:
    span = table.header.cell(at).span if at is not None else table.header.span
    return Place(document.path, span if span.start < span.end else table.header.span)


def _surplus(names: Sequence[str], others: Sequence[str]) -> list[int]:
    """The places of the names that the others do not have, or have less often."""
    left = Counter(others)
    found = []
    for at, name in enumerate(names):
        if left[name]:
            left[name] -= 1
        else:
            found.append(at)
    return found


RULES: tuple[Rule, ...] = (
    Rule("TL405", "row-order", Severity.WARNING, frozenset({Applicability.SAFE}), row_order),
    Rule(
        "TL406",
        "rollup-columns",
        Severity.ERROR,
        frozenset({Applicability.SAFE}),
        rollup_columns,
    ),
)
