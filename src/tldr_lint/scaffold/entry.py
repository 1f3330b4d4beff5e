"""The row or list item that lists a new item in an index, where it belongs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

from tldr_lint.assemble import regions
from tldr_lint.checks.order import natural_key
from tldr_lint.contract.model import Field, Pattern
from tldr_lint.record import column_name
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.scaffold.item import table_row
from tldr_lint.sync.demand import demand, said_by, written
from tldr_lint.text import Edit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tldr_lint.collection import Collection, Entry, Index, Item
    from tldr_lint.document import Document
    from tldr_lint.sync.demand import Said
    from tldr_lint.table import Table
    from tldr_lint.text import Span

_TITLES = ("title", "paper", "name")


def list_item(
    collection: Collection,
    item: Item,
    values: Mapping[str, str],
    under: str | None,
    url: str | None = None,
) -> tuple[Edit, ...]:
    """What to add to the indexes of a collection for an item that none of them links.

    `values` are for columns that the contract does not map; `under` is the
    heading to list it below, where an index has several; `url` is what a title
    links that does not link the item.
    """
    edits = []
    for index in collection.indexes:
        if index.document is not None and index.listing.complete:
            said = said_by(collection, index.listing)(item)[0]
            edits.append(_Place(collection, index, index.document, under).edit(said, values, url))
    return tuple(edits)


class _Place:
    """Where in an index a new entry goes."""

    def __init__(
        self, collection: Collection, index: Index, document: Document, under: str | None
    ) -> None:
        self.collection = collection
        self.index = index
        self.document = document
        spans = regions(document, index.listing.under)
        if under is not None:
            own = regions(document, under)
            spans = tuple(span for span in own if any(span in each for each in spans)) or own
        self.spans = spans

    def edit(self, said: Said, values: Mapping[str, str], url: str | None) -> Edit:
        entries = [e for e in self.index.entries if any(e.span in span for span in self.spans)]
        tables = Counter(entry.table.span.start for entry in entries if entry.table is not None)
        listed = [entry for entry in entries if entry.list_item is not None and entry.leading]
        table = self._table(tables)
        if table is not None and sum(tables.values()) >= len(listed):
            own = [e for e in entries if e.table is not None and e.table.span == table.span]
            text = table_row_for(table, own, self.index, said, values, url)
            last = table.rows[-1].span if table.rows else table.delimiter.span
            return self._insert(own, said, text, last)
        if listed:
            lists = Counter(self._section(entry) for entry in listed)
            section = lists.most_common(1)[0][0]
            own = [entry for entry in listed if self._section(entry) == section]
            return self._insert(own, said, self._bulleted(own[-1], said), own[-1].span)
        return self._at_end(said)

    def _table(self, counts: Mapping[int, int]) -> Table | None:
        """The table with most entries; else the first that has the columns of the contract."""
        tables = [t for t in self.document.tables if any(t.span in span for span in self.spans)]
        if counts:
            # Of equals the last: what is new is put behind.
            return max(reversed(tables), key=lambda table: counts.get(table.span.start, 0))
        wanted = {column_name(name) for name in self.index.listing.columns}
        for table in tables:
            if wanted and wanted <= {column_name(cell.raw) for cell in table.header.cells}:
                return table
        return None

    def _section(self, entry: Entry) -> int:
        return bisect_right([s.body.start for s in self.document.sections], entry.span.start)

    def _bulleted(self, model: Entry, said: Said) -> str:
        source = self.document.source
        start = source.line_of(model.span.start).start
        bullet = source.text[start : model.span.start]
        pattern = self.index.listing.entry
        text = written(demand(pattern), said, in_table=False) if pattern is not None else None
        return f"{bullet}{text or _linked(said)}"

    def _insert(self, own: Sequence[Entry], said: Said, line: str, last: Span) -> Edit:
        """A line among entries, where the order of the index puts it, else behind the last."""
        source = self.document.source
        order = self.index.listing.order
        text = said.rendered(order) if isinstance(order, Pattern) else None
        if isinstance(order, Pattern) and text is not None:
            key = natural_key(text)
            items = {item.path: item for item in self.collection.items}
            say = said_by(self.collection, self.index.listing)
            for entry in own:
                other = say(items[entry.item])[0].rendered(order)
                if other is None:
                    continue
                theirs = natural_key(other)
                if theirs < key if self.index.listing.descending else theirs > key:
                    at = source.line_of(entry.span.start).start
                    return Edit(source.place(at, at), f"{line}{source.newline(at)}")
        at = source.line_of(max(last.end - 1, last.start)).end
        return Edit(source.place(at, at), f"{source.newline(at)}{line}")

    def _at_end(self, said: Said) -> Edit:
        """A list of one item at the end of the region, where an index lists nothing yet."""
        source = self.document.source
        end = min(self.spans[-1].end, len(source.text)) if self.spans else len(source.text)
        body = source.text[:end].rstrip()
        newline = source.newline(len(body))
        pattern = self.index.listing.entry
        text = written(demand(pattern), said, in_table=False) if pattern is not None else None
        tail = "" if source.text[len(body) : end].strip(" \t") else newline
        return Edit(
            source.place(len(body), len(body)), f"{newline}{newline}- {text or _linked(said)}{tail}"
        )


def table_row_for(
    table: Table,
    own: Sequence[Entry],
    index: Index,
    said: Said,
    values: Mapping[str, str],
    url: str | None,
) -> str:
    """A row for a new item: what the contract maps, what was given, and a link to the item."""
    names = [column_name(cell.raw) for cell in table.header.cells]
    patterns = {column_name(name): p for name, p in index.listing.columns.items()}
    given = {name.casefold(): value for name, value in values.items()}
    cells = []
    for name in names:
        pattern = patterns.get(name)
        text = written(demand(pattern), said, in_table=False) if pattern is not None else None
        cells.append(text if text is not None else given.get(name, ""))
    linked = any(_links(cell) for cell in cells)
    if url is not None:
        # A title is compared as it is read: linked to the paper it says the same.
        cells = [
            f"[{_bracketed(cell)}]({url})" if _is_title(patterns.get(name)) and cell else cell
            for name, cell in zip(names, cells, strict=True)
        ]
    if not linked:
        at = _link_column(own, names)
        cells[at] = _linked(said, cells[at])
    return table_row(cells)


def _links(cell: str) -> bool:
    return re.search(r"\]\([^)]+\)", cell) is not None


def _link_column(own: Sequence[Entry], names: Sequence[str]) -> int:
    """The column in which most rows link their item; else the title's; else the first."""
    columns = Counter(
        at
        for entry in own
        if entry.row is not None
        for at, cell in enumerate(entry.row.cells)
        if entry.link.span in cell.span
    )
    for at, _ in columns.most_common(1):
        return at
    return next((names.index(name) for name in _TITLES if name in names), 0)


def _linked(said: Said, text: str = "") -> str:
    title = said.item.title
    shown = text or (title.text if title is not None else "") or said.built_ins["stem"]
    return f"[{_bracketed(shown)}]({said.built_ins['link']})"


def _bracketed(text: str) -> str:
    return text.replace("[", r"\[").replace("]", r"\]")


def _is_title(pattern: Pattern | None) -> bool:
    """Whether a pattern is the item's title and nothing else."""
    return pattern is not None and pattern.parts == (Field(("h1",)),)
