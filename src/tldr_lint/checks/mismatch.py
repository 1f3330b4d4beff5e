"""What an index says of its items, beside what the contract demands: TL310."""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.checks.order import miscounted, misplaced
from tldr_lint.checks.quoting import quoted
from tldr_lint.contract.pattern import fields_of
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability, Finding, Fix, Related, Rule, Severity
from tldr_lint.sync.demand import Destination, leads_to, meets, written
from tldr_lint.sync.index_drift import ENTRY, MissingColumn, Moved, index_drifts, who_moved
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Index, Rollup, Workspace
    from tldr_lint.record import Value
    from tldr_lint.sync.index_drift import IndexDrift


def index_mismatch(workspace: Workspace) -> Iterator[Finding]:
    """TL310: every entry of every index says what the contract demands, in its order and number."""
    for drift in index_drifts(workspace):
        if isinstance(drift, MissingColumn):
            yield Finding(
                Place(drift.document.path, drift.header),
                f"the index has no column `{quoted(drift.name)}`, which the contract asks for",
            )
        else:
            yield _mismatch(workspace, drift)
    for collection in workspace.collections:
        listings: tuple[Index | Rollup, ...] = (*collection.indexes, *collection.rollups)
        for listing in listings:
            if listing.document is not None:
                yield from miscounted(collection, listing, listing.document)
        for index in collection.indexes:
            if index.document is not None:
                yield from misplaced(collection, index, index.document)


def _mismatch(workspace: Workspace, drift: IndexDrift) -> Finding:
    moved = who_moved(drift, workspace.agreed.get(drift.question))
    return Finding(
        Place(drift.document.path, drift.stand.span),
        f"{_said(drift)}{_MOVED[moved]}",
        _fix(workspace, drift, moved),
        tuple(_related(drift)),
    )


_MOVED = MappingProxyType(
    {
        Moved.ITEM: "",
        Moved.UNKNOWN: "",
        Moved.INDEX: "; the index alone has changed since they agreed",
        Moved.BOTH: "; both have changed since they agreed",
    }
)


def _said(drift: IndexDrift) -> str:
    stand, fault = drift.stand, drift.fault
    called = "the entry" if stand.column == ENTRY else f"column `{quoted(stand.called)}`"
    if fault.expected is None:
        return f"{called} does not link to `{quoted(fault.target or '')}`"
    there = f"says `{quoted(fault.text)}`" if fault.text else "is blank"
    item = quoted(drift.said.item.path)
    return f"{called} {there}, but `{item}` says `{quoted(fault.expected)}`"


def _fix(workspace: Workspace, drift: IndexDrift, moved: Moved) -> Fix | None:
    """Write the side that is behind; where only the item has moved, or nobody knows, the index."""
    if moved is Moved.BOTH or not drift.alone or drift.said.item.problem is not None:
        return None
    return _item_fix(drift) if moved is Moved.INDEX else _index_fix(workspace, drift)


def _index_fix(workspace: Workspace, drift: IndexDrift) -> Fix | None:
    """Write what the pattern determines; a loose pattern leaves the wording to people."""
    wanted, said, document = drift.wanted, drift.said, drift.document
    if wanted.pattern.loose:
        return None
    repository = workspace.contract.repository
    to_item = Destination(item=True)
    kept = next(
        (
            document.source[link.target_span]
            for link in drift.stand.links
            if leads_to(to_item, said, document.path, link.target, repository)
        ),
        None,
    )
    in_table = drift.stand.column != ENTRY
    text = written(wanted, said, in_table=in_table, kept=kept)
    # A pattern may demand what no Markdown can say.
    if text is None or not meets(wanted, said, text, document.path, repository):
        return None
    edit = Edit(Place(document.path, drift.stand.span), text)
    what = "cell" if in_table else "entry"
    return Fix(f"write the {what} as the contract has it", (edit,), Applicability.SAFE)


def _item_fix(drift: IndexDrift) -> Fix | None:
    """Write into the item what the index has come to say, where that is one value in plain text."""
    text, raw = drift.fault.text, drift.stand.raw
    fields = list(fields_of(drift.wanted.pattern))
    values = list(_values(drift))
    if drift.wanted.pattern.parts != tuple(fields) or len(fields) != 1 or len(values) != 1:
        return None
    value, source = values[0], drift.said.item.document.source
    in_place = value.path is None and source[value.span] == value.raw
    if not in_place or fields[0].width or text != raw or not text or _needs_quotes(text):
        return None
    edit = Edit(Place(drift.said.item.path, value.span), text)
    return Fix("write into the item what the index says now", (edit,), Applicability.SAFE)


def _needs_quotes(text: str) -> bool:
    """Whether a text could mean something else where the item has it: in YAML or in a table."""
    return (
        not text[0].isalnum()
        or text.endswith(":")
        or any(mark in text for mark in (": ", " #", "|", "\n"))
    )


def _related(drift: IndexDrift) -> Iterator[Related]:
    """Where the item says it: its values, else its title."""
    item = drift.said.item
    values = [value for value in _values(drift) if value.path is None]
    for value in values:
        yield Related(Place(item.path, value.span), "what the item says")
    if not values:
        span = item.title.span if item.title is not None else Span(0, 0)
        yield Related(Place(item.path, span), "the item")


def _values(drift: IndexDrift) -> Iterator[Value]:
    values = drift.said.record.values if drift.said.record is not None else {}
    for field in fields_of(drift.wanted.pattern):
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
