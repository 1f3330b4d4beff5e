"""What the items of a collection have in common, and what its index repeats of them.

A guess is made where most items or entries agree, and says how many do.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from tldr_lint.assemble import assemble
from tldr_lint.checks.order import natural_key
from tldr_lint.contract.model import Contract, Facts, FactsKind
from tldr_lint.contract.pattern import parse_pattern
from tldr_lint.contract.toml_places import Path
from tldr_lint.facts.header import header_fields
from tldr_lint.parse import plain
from tldr_lint.record import column_name
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.sync.demand import Said, demand, expected_texts, said_by, says

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection, Entry, Index
    from tldr_lint.contract.model import CollectionContract, Listing
    from tldr_lint.document import Document
    from tldr_lint.facts.item import Beside
    from tldr_lint.sync.demand import Demand
    from tldr_lint.targets import Tree

MOST = 0.8
"""The share of items or entries that must have something for it to be the rule."""
_FEWEST = 3
_FIELD_LIMIT = 40
_WORDS_OF_A_VALUE = 8

_NUMBER = re.compile(r"\d+")

Comments = dict[Path, tuple[str, ...]]

_Filled = tuple[str, tuple[Said, ...], bool]
"""A cell: its text, what its item says, and whether the link to the item stands in it."""


def facts_of(items: Sequence[Document], paths: frozenset[str]) -> tuple[Facts, int] | None:
    """Where the fields of most items stand, and of how many."""
    wanted = max(MOST * len(items), 1)
    with_front_matter = sum(item.front_matter is not None for item in items)
    if with_front_matter >= wanted:
        return Facts(FactsKind.FRONT_MATTER), with_front_matter
    folders = {posixpath.dirname(item.path) for item in items}
    beside = Counter(
        posixpath.basename(path)
        for path in paths
        if path.endswith((".yaml", ".yml", ".toml")) and posixpath.dirname(path) in folders
    )
    for name, count in beside.most_common(1):
        if count >= wanted and count > 1:
            return Facts(FactsKind.FILE, name), count
    tables = Counter(
        section.heading.text
        for item in items
        for section in item.sections
        if section.heading.level > 1
        and any(table.span in section.body and table.rows for table in item.tables)
    )
    for heading, count in tables.most_common(1):
        if count >= wanted:
            return Facts(FactsKind.TABLE, heading), count
    keys = Counter(field.name.casefold() for item in items for field in header_fields(item))
    common = [count for _, count in keys.items() if count >= wanted]
    return (Facts(FactsKind.HEADER), min(common)) if common else None


def enrich(
    contract: CollectionContract,
    documents: Mapping[str, Document],
    tree: Tree,
    texts: Mapping[str, Beside],
    repository: str | None,
) -> tuple[CollectionContract, Comments]:
    """A collection's contract with what its index and its fields show, and what speaks for it."""
    whole = Contract(collections=(contract,), repository=repository)
    collection = assemble(whole, documents, tree, texts).collections[0]
    comments: Comments = {}
    base: Path = ("collection", contract.name)
    indexes = []
    for position, index in enumerate(collection.indexes):
        path: Path = (*base, "index", position) if len(collection.indexes) > 1 else (*base, "index")
        listing, said = _listing(collection, index, path)
        indexes.append(listing)
        comments |= said
    enriched = replace(contract, indexes=tuple(indexes))
    if contract.key is None:
        key = _key(collection)
        if key is not None:
            enriched = replace(enriched, key=parse_pattern(key))
    enriched, said = _held_to_template(enriched, collection)
    comments |= said
    closed = tuple(_closed_fields(collection))
    if closed:
        # Inside the table, so that the line can be uncommented where it stands.
        names = ", ".join(f"`{name}`" for name, _ in closed)
        pairs = ", ".join(f'"{name}" = "{"|".join(words)}"' for name, words in closed)
        comments[*base, "facts"] = (
            f"few words stand in {names}; to allow no others, uncomment:",
            f"values = {{ {pairs} }}",
        )
    return enriched, comments


def _key(collection: Collection) -> str | None:
    """The field that no two records share, and that an item's name or folder repeats."""
    records = [(item, record) for item in collection.items for record in item.records]
    if len(records) < _FEWEST:
        return None
    for name in records[0][1].values:
        said = [
            (item, record.values[name].raw) for item, record in records if name in record.values
        ]
        alike = all(raw and _is_in_name(raw.casefold(), item.path) for item, raw in said)
        if alike and len(said) == len(records) == len({raw for _, raw in said}):
            return f"{{{name}}}"
    return None


def _is_in_name(value: str, path: str) -> bool:
    """Whether a value stands in a file's name, or is the number in it."""
    name = "/".join(path.casefold().split("/")[-2:])
    return value in name or value.lstrip("0") in {n.lstrip("0") for n in _NUMBER.findall(name)}


def _held_to_template(
    contract: CollectionContract, collection: Collection
) -> tuple[CollectionContract, Comments]:
    """What may be absent of the template, or that only changed items are held to it."""
    template = collection.template
    count = len(collection.items)
    if template is None or not count:
        return contract, {}
    wanted = [h.text for h in template.headings if h.level == 2 and not h.nested]
    own = [{h.text.casefold() for h in item.document.headings} for item in collection.items]
    there = {heading: sum(heading.casefold() in each for each in own) for heading in wanted}
    always = {heading.casefold() for heading, times in there.items() if times >= MOST * count}
    follow = sum(always <= each for each in own)
    base: Path = ("collection", contract.name)
    if follow < MOST * count or len(always) * 2 < len(wanted):
        say = f"few of the {count} items have every section of the template: "
        comments: Comments = {(*base, "sections"): (f"{say}only changed ones are held to it",)}
        return replace(contract, sections="changed"), comments
    seldom = tuple(heading for heading in wanted if heading.casefold() not in always)
    if not seldom:
        return contract, {}
    said = ", ".join(f"{there[heading]} have `{heading}`" for heading in seldom)
    return replace(contract, optional=seldom), {(*base, "optional"): (f"of {count} items {said}",)}


def _closed_fields(collection: Collection) -> Iterator[tuple[str, list[str]]]:
    """The fields that say one of a few words over and over."""
    records = [record for item in collection.items for record in item.records]
    names = Counter(name for record in records for name in record.values)
    for name, count in names.items():
        if count < MOST * len(records) or count < 2 * _WORDS_OF_A_VALUE:
            continue
        words = {plain(record.values[name].raw) for record in records if name in record.values}
        if 1 < len(words) <= _WORDS_OF_A_VALUE and all(
            word.replace(" ", "").replace("-", "").isalpha() for word in words
        ):
            yield name, sorted(words)


def _listing(collection: Collection, index: Index, path: Path) -> tuple[Listing, Comments]:
    document = index.document
    if document is None:
        return index.listing, {}
    comments: Comments = {}
    items = {item.path: item for item in collection.items}
    listed = {entry.item for entry in index.entries}
    comments[path] = (f"lists {len(listed)} of {len(items)} items",)
    say = said_by(collection, index.listing)
    # Rows of a table are entries beyond doubt; a list item may be a sentence with a link.
    in_tables = [entry for entry in index.entries if entry.table is not None]
    sure = in_tables if len(in_tables) >= MOST * len(index.entries) else index.entries
    rows = [(entry, say(items[entry.item])) for entry in sure if entry.item in items]
    listing = index.listing
    columns = dict(listing.columns)
    agreeing = []
    for name, pattern, count, total in _columns(rows):
        if name not in columns:
            columns[name] = parse_pattern(pattern)
            agreeing.append(f"`{name}` agrees in {count} of {total} rows")
    if agreeing:
        comments[*path, "columns"] = (f"{', '.join(agreeing)}; where not, TL310 reports it",)
    under = _under(sure, document)
    if under is not None:
        listing = replace(listing, under=under)
    entry = _entry(rows)
    if entry is not None:
        listing = replace(listing, entry=parse_pattern(entry))
    order = _order(rows)
    if order is not None:
        comments[*path, "order"] = ("they stand in this order now",)
        listing = replace(
            listing, order=parse_pattern(order.removeprefix("-")), descending=order[0] == "-"
        )
    return replace(listing, columns=columns), comments


def _columns(rows: Sequence[tuple[Entry, tuple[Said, ...]]]) -> Iterator[tuple[str, str, int, int]]:
    """For each column that most rows fill from their item: name, pattern, rows that agree, rows."""
    cells: dict[str, list[_Filled]] = {}
    for entry, said in rows:
        if entry.table is None or entry.row is None:
            continue
        for head, cell in zip(entry.table.header.cells, entry.row.cells, strict=False):
            linked = entry.link.span in cell.span
            cells.setdefault(plain(head.raw), []).append((plain(cell.raw), said, linked))
    for name, column in cells.items():
        best = _best(name, column) if column_name(name) else None
        if best is not None:
            yield name, *best, len(column)


def _best(name: str, cells: Sequence[_Filled]) -> tuple[str, int] | None:
    if len(cells) < _FEWEST:
        return None
    linked = sum(link for _, _, link in cells) >= MOST * len(cells)
    strict: tuple[str, int] | None = None
    loose: tuple[str, int] | None = None
    for pattern in _candidates(name, cells):
        wanted = demand(parse_pattern(pattern))
        count = sum(_agrees(wanted, said, text) for text, said, _ in cells)
        written = f"[{pattern}]({{path}})" if linked else pattern
        if strict is None or count > strict[1]:
            strict = (written, count)
        about = demand(parse_pattern(f"~{pattern}"))
        count = sum(_agrees(about, said, text) for text, said, _ in cells)
        if loose is None or count > loose[1]:
            loose = (f"~{written}", count)
    return next((each for each in (strict, loose) if each and each[1] > MOST * len(cells)), None)


def _agrees(wanted: Demand, records: Sequence[Said], text: str) -> bool:
    """Whether a text is what one of an item's records demands."""
    return any(
        bool(expected := expected_texts(wanted, said)) and says(wanted, expected, text)
        for said in records
    )


def _candidates(name: str, cells: Sequence[_Filled]) -> Iterator[str]:
    """Patterns a column may follow, the likeliest first: the first of equals is taken."""
    widths = Counter(len(text) for text, _, _ in cells if text.isdigit())
    fields = Counter(field for _, records, _ in cells for field in records[0].fields)
    if sum(len(records) > 1 for _, records, _ in cells) > (1 - MOST) * len(cells):
        # Where notes hold several records, nobody can tell which one a row repeats.
        fields.clear()
    common = [field for field, _ in fields.most_common(_FIELD_LIMIT) if field]
    own = [field for field in common if field == name.casefold()]
    others = [field for field in common if field not in own]
    for field in [*[name for _ in own], *others, "h1", "number"]:
        if any(char in field for char in "{}|:"):
            continue
        yield f"{{{field}}}"
        for width, count in widths.most_common(1):
            if count == len(cells) and width > 1:
                yield f"{{{field}:0{width}}}"


def _entry(rows: Sequence[tuple[Entry, tuple[Said, ...]]]) -> str | None:
    """The pattern of list entries that nearly all follow."""
    entries = [(entry, said) for entry, said in rows if entry.list_item and entry.leading]
    if len(entries) < _FEWEST:
        return None
    for pattern in ("[{h1}]({path})", "[{title}]({path})", "[{stem}]({path})"):
        wanted = demand(parse_pattern(pattern))
        count = sum(
            _agrees(wanted, said, entry.link.text)
            and entry.span.end - entry.span.start <= entry.link.span.end - entry.link.span.start + 1
            for entry, said in entries
        )
        if count >= MOST * len(entries):
            return pattern
    return None


def _under(entries: Sequence[Entry], document: Document) -> str | None:
    """The one heading below which all entries stand, if items are linked elsewhere too."""
    holding = {
        max(
            (s for s in document.sections if entry.span in s.span),
            key=lambda section: section.span.start,
            default=None,
        )
        for entry in entries
    }
    only = next(iter(holding)) if len(holding) == 1 else None
    if only is None or only.heading.level == 1:
        return None
    elsewhere = [s for s in document.sections if s.heading.level > 1 and s is not only]
    return only.heading.text if elsewhere else None


def _order(rows: Sequence[tuple[Entry, tuple[Said, ...]]]) -> str | None:
    """What all entries are sorted by, in one table or list."""
    if len(rows) <= _FEWEST or len({id(entry.table) for entry, _ in rows}) > 1:
        return None
    for name in ("number", "date", "h1"):
        pattern = parse_pattern(f"{{{name}}}")
        said = [text for _, each in rows if (text := each[0].rendered(pattern)) is not None]
        keys = [natural_key(text) for text in said]
        if len(keys) < len(rows) or len(set(keys)) < len(keys):
            continue
        if keys == sorted(keys):
            return f"{{{name}}}"
        if keys == sorted(keys, reverse=True):
            return f"-{{{name}}}"
    return None
