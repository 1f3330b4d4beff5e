"""Contract and facts → the workspace: items, templates, indexes and roll-ups found and joined."""

from __future__ import annotations

import sys
from bisect import bisect_left
from itertools import groupby
from operator import attrgetter

from tldr_lint.collection import (
    Collection,
    Entry,
    Index,
    Item,
    Rollup,
    Workspace,
    facts_table,
    section_level,
    title_of,
)
from tldr_lint.contract.model import FactsKind, Listing
from tldr_lint.facts.item import facts_files, named_fields, pair_records, read_records, with_title
from tldr_lint.globs import path_matcher
from tldr_lint.layout import HEADINGS, LEVEL, LINKS, NESTED, TARGET, TEXT
from tldr_lint.record import header_names
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.targets import WEB, TargetKind, plain_paths, resolve
from tldr_lint.targets import tree as make_tree
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tldr_lint.contract.model import CollectionContract, Contract
    from tldr_lint.document import Document
    from tldr_lint.facts.item import Beside
    from tldr_lint.layout import Values
    from tldr_lint.table import Row, Table
    from tldr_lint.targets import Tree

_FOLDER_PAGES = ("README.md", "readme.md", "index.md")


def assemble(
    contract: Contract,
    documents: Mapping[str, Document],
    tree: Tree,
    texts: Mapping[str, Beside] | None = None,
) -> Workspace:
    """The workspace that a contract makes of a repository's documents.

    `texts` are the files beside items that hold their facts (`facts_files`).
    """
    ordered = {path: documents[path] for path in sorted(documents)}
    listed = _never_items(contract)
    collections = tuple(
        _collection(contract, collection, ordered, tree, listed, texts or {})
        for collection in contract.collections
    )
    return Workspace(contract, ordered, tree, collections)


def facts_texts(contract: Contract, documents: Iterable[str], paths: Iterable[str]) -> set[str]:
    """The files of a repository, beside Markdown, that hold facts of items."""
    known = frozenset(paths)
    listed = _never_items(contract)
    wanted: set[str] = set()
    for collection in contract.collections:
        items = item_paths(collection, documents, listed)
        # A new item starts from the template's file.
        shape = (collection.template,) if collection.template is not None else ()
        wanted.update(facts_files(collection.facts, (*items, *shape), known).values())
    return wanted & known


def _never_items(contract: Contract) -> frozenset[str]:
    """Templates, indexes and roll-ups."""
    files = (
        file
        for collection in contract.collections
        for file in (
            collection.template,
            *(listing.file for listing in (*collection.indexes, *collection.rollups)),
        )
    )
    return frozenset(file for file in files if file is not None)


def item_paths(
    collection: CollectionContract, paths: Iterable[str], listed: Iterable[str]
) -> tuple[str, ...]:
    """The paths that are a collection's items; templates and listings (`listed`) never are."""
    wanted = path_matcher(collection.items)
    unwanted = path_matcher(collection.excluded)
    never = frozenset(listed)
    return tuple(
        [path for path in paths if path not in never and wanted(path) and not unwanted(path)]
    )


def _collection(
    contract: Contract,
    collection: CollectionContract,
    documents: Mapping[str, Document],
    tree: Tree,
    listed: frozenset[str],
    texts: Mapping[str, Beside],
) -> Collection:
    paths = item_paths(collection, documents, listed)
    siblings = facts_files(collection.facts, paths, tree.files)
    template = documents.get(collection.template) if collection.template else None
    items = tuple(_items(map(documents.__getitem__, paths), collection, siblings, texts, template))
    table = None
    if template is not None and collection.facts and collection.facts.kind is FactsKind.TABLE:
        table = facts_table(template, collection.facts.argument)
    known = frozenset(paths)
    return Collection(
        collection,
        items,
        template,
        table,
        tuple(
            _index(listing, documents.get(listing.file), known, contract.repository, tree)
            for listing in collection.indexes
        ),
        tuple(_rollup(listing, documents, table) for listing in collection.rollups),
    )


def _items(
    documents: Iterable[Document],
    collection: CollectionContract,
    siblings: Mapping[str, str],
    texts: Mapping[str, Beside],
    template: Document | None,
) -> Iterator[Item]:
    facts = collection.facts
    heading = facts.argument if facts is not None and facts.kind is FactsKind.TABLE else None
    wanted = named_fields(collection)
    level = section_level(template)
    # Most items have the same sections, and say so once.
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for document in documents:
        headings = document.values(HEADINGS)
        title = title_of(headings)
        own = tuple([h[TEXT] for h in headings if h[LEVEL] == level and not h[NESTED]])
        own = known.setdefault(own, own)
        if heading is not None:
            table = facts_table(document, heading, headings)
            records = pair_records(table, wanted) if table is not None else ()
            yield Item(document, table, with_title(document, collection, records), title, own)
        else:
            sibling = siblings.get(document.source.path)
            records, problem = read_records(document, collection, sibling, texts)
            yield Item(document, None, records, title, own, problem)


def index_entries(
    document: Document, items: frozenset[str], repository: str | None
) -> tuple[Entry, ...]:
    """The entries an index without a contract has: its rows and list items that link items."""
    return index_of(document, Listing(document.path), items, repository).entries


def index_of(
    document: Document, listing: Listing, items: frozenset[str], repository: str | None
) -> Index:
    """What a text is as an index of items."""
    return _index(listing, document, items, repository)


def listing_tables(
    document: Document, items: frozenset[str], repository: str | None
) -> Iterator[Table]:
    """The tables of an index with a row that links an item, in file order."""
    find = _item_finder(document, items, repository)
    links = document.values(LINKS)
    starts = [link[0] for link in links]
    for table in document.tables:
        for row in table.rows:
            span = row.span
            inside = links[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
            if any(find(link[TARGET]) is not None for link in inside):
                yield table
                break


def _item_finder(
    document: Document, items: frozenset[str], repository: str | None, tree: Tree | None = None
) -> Callable[[str], str | None]:
    """A function that says which item a link of a document leads to, by its target, if any.

    A link that is right but for letter case counts (TL303 reports it), and so
    does a link to a folder whose page is an item. Without a tree that of the
    items is made, once a link asks for one.
    """
    page = document.source.path
    path_of = plain_paths(page.rpartition("/")[0])
    skipped = WEB if repository is None else ()

    def find(written: str) -> str | None:
        nonlocal tree
        if written.startswith(skipped):
            return None
        plain = path_of(written)
        if plain in items:
            return plain
        target = resolve(page, written, repository)
        if target.kind is not TargetKind.INTERNAL:
            return None
        path = target.path
        if path in items:
            return path
        tree = tree or make_tree(items)
        if path in tree.directories:
            return next((f"{path}/{p}" for p in _FOLDER_PAGES if f"{path}/{p}" in items), None)
        other = tree.with_other_case(path)
        return other if other in items else None

    return find


def regions(document: Document, under: str | None) -> tuple[Span, ...]:
    """The parts of a listing's file that count: all of it, or each section of that heading."""
    if under is None:
        return (Span(0, sys.maxsize),)
    wanted = " ".join(under.split()).casefold()
    return tuple(
        section.span for section in document.sections if section.heading.text.casefold() == wanted
    )


def _index(
    listing: Listing,
    document: Document | None,
    items: frozenset[str],
    repository: str | None,
    tree: Tree | None = None,
) -> Index:
    if document is None or document.problem is not None:
        return Index(listing, None)
    links = list(enumerate(document.values(LINKS)))
    if listing.under is not None:
        spans = regions(document, listing.under)
        links = [each for each in links if any(Span(*each[1][:2]) in span for span in spans)]
    find = _item_finder(document, items, repository, tree)
    found = [find(link[TARGET]) for _, link in links]
    linked = frozenset(filter(None, found))
    if not linked:
        return Index(listing, document)
    entries = sorted(_entries(document, links, found), key=attrgetter("span.start"))
    listed = frozenset([entry.item for entry in entries])
    # Told apart by being another one: to compare what they say takes long.
    runs = groupby([entry.table for entry in entries], id)
    heads = [next(run) for _, run in runs]
    tables = tuple([table for table in heads if table is not None])
    return Index(listing, document, tuple(entries), linked, listed, tables)


def _entries(
    document: Document, links: Sequence[tuple[int, Values]], found: Sequence[str | None]
) -> Iterator[Entry]:
    """The entries among rows and list items; `found` are the items that the links lead to."""
    leading = [at for at, item in enumerate(found) if item is not None]
    starts = [links[at][1][0] for at in leading]

    def entry(span: Span) -> tuple[int, str] | None:
        """The first link in a span that leads to an item, and that item."""
        at = bisect_left(starts, span.start)
        if at == len(starts) or starts[at] >= span.end:
            return None
        return leading[at], found[leading[at]] or ""

    # Rows cut off from their table still list what they link (TL211 reports them).
    listing: list[tuple[Table | None, tuple[Row, ...]]] = [(t, t.rows) for t in document.tables]
    listing += [(None, run) for run in document.orphans]
    for table, rows in listing:
        for row in rows:
            span = row.span
            if (linked := entry(span)) is not None:
                at, item = linked
                yield Entry(item, document, links[at][0], True, span, table, row)
    tables = [table.span for table in document.tables]
    table_starts = [span.start for span in tables]
    for each in document.list_items:
        if (linked := entry(each.span)) is None:
            continue
        above = bisect_left(table_starts, each.span.start + 1) - 1
        if above < 0 or each.span not in tables[above]:
            at, item = linked
            first = at == 0 or links[at - 1][1][0] < each.span.start
            yield Entry(item, document, links[at][0], first, each.span, list_item=each)


def _rollup(listing: Listing, documents: Mapping[str, Document], template: Table | None) -> Rollup:
    document = documents.get(listing.file)
    if document is None or document.problem is not None:
        return Rollup(listing, document, ())
    spans = regions(document, listing.under)
    tables = [t for t in document.tables if any(t.span in span for span in spans)]
    if template is not None and len(tables) > 1:
        # Beside the roll-up its file may hold other tables, a legend for instance.
        wanted = column_names(template)
        shared = [t for t in tables if len(wanted & column_names(t)) * 2 >= len(wanted)]
        tables = shared or tables
    return Rollup(listing, document, tuple(tables))


def column_names(table: Table) -> frozenset[str]:
    """The names of a table's columns, for pairing."""
    return frozenset(header_names(table.header))
