"""The contract of a repository that wrote none: recognised from what stands there.

A template beside the files that follow it, the README that links them, the
sibling file whose one table has the template's columns. Without any template,
`notes/*.md` linked from the README. What is recognised is a `Contract` like
any other; nothing downstream knows the difference.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from itertools import islice

from tldr_lint.assemble import column_names, index_entries, item_paths, listing_tables
from tldr_lint.contract.model import CollectionContract, Facts, FactsKind, Field, Listing, Pattern
from tldr_lint.facts.item import speaks_of_pairs
from tldr_lint.layout import HEADINGS, LINKS, NESTED, TARGET, TEXT
from tldr_lint.parse import plain
from tldr_lint.record import column_name, loosely
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.regexes import regex
from tldr_lint.targets import FORGE_FILES, WEB, TargetKind, forge_repository, resolve

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from tldr_lint.collection import Entry
    from tldr_lint.contract.model import Contract
    from tldr_lint.document import Document
    from tldr_lint.table import Table

_TEMPLATE_NAME = regex(r"(?:.*[-_. ])?template", re.IGNORECASE)
_FORGE_TEMPLATE = regex(r"(?:pull|issue|merge|bug|feature)[-_ ]", re.IGNORECASE)
_INDEX_NAMES = frozenset({"readme", "index"})
_INDEX_BEGINNINGS = frozenset(name[:5] for name in _INDEX_NAMES)
_TITLE_COLUMNS = frozenset({"paper", "title"})
_TITLE_PATTERN = Pattern("~{h1}", True, (Field(("h1",)),))


def recognise(documents: Mapping[str, Document], settings: Contract) -> Contract:
    """The settings, with the collections that the documents make recognised and added."""
    folders: dict[str, list[str]] = {}
    for path in sorted(documents):
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    found: list[CollectionContract] = []
    repository = settings.repository
    for folder, paths in folders.items():
        template = _template(paths)
        if template is None and folder != "notes":
            continue
        candidate = _collection(documents, folder, paths, template)
        if candidate is not None:
            contract, own = candidate
            found.append(contract)
            repository = repository or own
    return replace(settings, collections=tuple(found), repository=repository)


def with_address(documents: Mapping[str, Document], declared: Contract) -> Contract:
    """A declared contract that names no `repository`, with the address its indexes call it by."""
    for collection in declared.collections if declared.repository is None else ():
        items = frozenset(item_paths(collection, documents, ()))
        for listing in collection.indexes:
            index = documents.get(listing.file)
            if index is not None and (own := _own_address(index, items)) is not None:
                return replace(declared, repository=own)
    return declared


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _template(paths: list[str]) -> str | None:
    named = [
        path
        for path in paths
        # Only for these few is it worth the time to look closer.
        if "template" in path.lower()
        and _TEMPLATE_NAME.fullmatch(_stem(path))
        and not _FORGE_TEMPLATE.match(_stem(path))
    ]
    return min(named, key=lambda path: (len(_stem(path)), path)) if named else None


def _collection(
    documents: Mapping[str, Document], folder: str, paths: list[str], template: str | None
) -> tuple[CollectionContract, str | None] | None:
    """The collection a folder holds, and the address its index calls the repository by."""
    readmes = [path for path in paths if _is_readme(path.rpartition("/")[2])]
    items = [path for path in paths if path != template and path not in readmes]
    shape = documents[template] if template is not None else None
    table = shape.tables[0] if shape is not None and shape.tables else None
    rollup = _rollup(documents, items, shape) if shape is not None else None
    if rollup is not None:
        items.remove(rollup)
    if not items:
        return None
    index, repository = _index(documents, folder, frozenset(items))
    if shape is None and index is None:
        return None
    never = {path for path in readmes if path != index}
    contract = CollectionContract(
        name=posixpath.basename(folder) or "notes",
        items=(posixpath.join(_escaped(folder), "*.md") if folder else "*.md",),
        excluded=tuple(sorted(map(_escaped, never))),
        template=template,
        facts=_facts(shape, table),
        key=_key(table),
        indexes=_listings(documents, index, frozenset(items), repository),
        rollups=(Listing(rollup, order="index"),) if rollup is not None else (),
    )
    return contract, repository


def _escaped(path: str) -> str:
    """A path as a glob that names it alone."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def _facts(shape: Document | None, table: Table | None) -> Facts | None:
    if shape is None:
        return None
    if table is not None:
        above = [s for s in shape.sections if table.span in s.body]
        if above:
            return Facts(FactsKind.TABLE, above[-1].heading.text)
    if shape.front_matter is not None:
        return Facts(FactsKind.FRONT_MATTER)
    return None


def _key(table: Table | None) -> Pattern | None:
    cells = table.header.cells if table is not None else ()
    if not cells or not plain(cells[0].raw):
        return None
    name = plain(cells[0].raw)
    if table is not None and speaks_of_pairs(table):
        # What is unique is the value of the first field, not the name of a field.
        name = next((plain(row.cells[0].raw) for row in table.rows), "")
        if not name:
            return None
    return Pattern(f"{{{name}}}", False, (Field((name,)),))


def _rollup(documents: Mapping[str, Document], items: list[str], shape: Document) -> str | None:
    """The sibling whose one table has the template's columns, and that is no note itself.

    One column, or one in five, may be misspelt (TL406). A table that lost its
    header is known by the keys in its rows (TL201, TL211).
    """
    # A template's table may itself be broken (TL211), and still name the columns.
    headers = [table.header for table in shape.tables] + [run[0] for run in shape.orphans]
    if not headers:
        return None
    wanted = frozenset(column_name(cell.raw) for cell in headers[0].cells)
    sections = {h.text.casefold() for h in shape.headings if h.level > 1 and not h.nested}
    # The longest first: of most notes nobody has to look at more than how long they are.
    sized = sorted([(-rows, path) for path in items if (rows := _rows(documents[path])) >= 0])
    others: list[str] = []
    for _, path in sized:
        tables = documents[path].tables
        shared = max((len(wanted & column_names(each)) for each in tables), default=0)
        if not (shared > 1 and len(wanted) - shared <= max(1, len(wanted) // 5)):
            others.append(path)
        elif not _has_section(documents[path], sections):
            return path
    spread: Mapping[str, set[str]] | None = None
    for path in others:
        document = documents[path]
        if (document.orphans or not document.tables[0].renders) and not _has_section(
            document, sections
        ):
            spread = spread if spread is not None else _spread(documents, items)
            if _repeats(_first_cells(document), path, spread):
                return path
    return None


def _rows(document: Document) -> int:
    """The rows of a file that has one table, be it without a header; -1 for any other."""
    tables, orphans = document.tables, document.orphans
    if not (tables or orphans) or len(tables) > 1:
        return -1
    return sum([len(each.rows) for each in tables]) + sum(map(len, orphans))


def _has_section(document: Document, names: Container[str]) -> bool:
    """Whether a file has a section of one of these names (in folded case), as a note has."""
    return any(
        not heading[NESTED] and heading[TEXT].casefold() in names
        for heading in document.values(HEADINGS)
    )


def _first_cells(document: Document) -> list[str]:
    rows = [row for table in document.tables for row in table.rows]
    rows += [row for run in document.orphans for row in run]
    return [text for row in rows if (text := plain(row.pieces[0].strip()).casefold())]


def _spread(documents: Mapping[str, Document], items: list[str]) -> Mapping[str, set[str]]:
    """What rows begin with → the files in which one does."""
    found: dict[str, set[str]] = {}
    for path in items:
        for text in _first_cells(documents[path]):
            found.setdefault(text, set()).add(path)
    return found


def _repeats(own: list[str], path: str, spread: Mapping[str, set[str]]) -> bool:
    """Whether most rows of a file begin as rows of several other files do."""
    again = [key for key in own if len(spread[key]) > 1]
    if len(again) * 2 <= len(own):
        return False
    others: set[str] = set()
    for key in again:
        others.update(islice(spread[key], 3))
        if len(others - {path}) > 1:
            return True
    return False


def _index(
    documents: Mapping[str, Document], folder: str, items: frozenset[str]
) -> tuple[str | None, str | None]:
    """The README with most links to the items, from the folder up to the root."""
    best: tuple[int, str, str | None] | None = None
    readmes = tuple(_readmes(documents, folder))
    for path in readmes:
        document = documents[path]
        repository = _own_address(document, items)
        # Where there is no other README, one link is as good as thousands.
        linked = set(islice(_linked(document, items, repository), 1 if len(readmes) == 1 else None))
        count = len(linked)
        if count and (best is None or count > best[0]):
            best = (count, path, repository)
    return (best[1], best[2]) if best is not None else (None, None)


def _linked(document: Document, items: frozenset[str], repository: str | None) -> Iterator[str]:
    """The items that the links of a README lead to, one after the other."""
    for link in document.values(LINKS):
        written = link[TARGET]
        if repository is None and written.startswith(WEB):
            continue
        target = resolve(document.path, written, repository)
        if target.kind is TargetKind.INTERNAL and target.path in items:
            yield target.path


def _readmes(documents: Mapping[str, Document], folder: str) -> Iterator[str]:
    by_stem: dict[tuple[str, str], str] = {}
    for path in documents:
        above, _, name = path.rpartition("/")
        if _is_readme(name):
            by_stem.setdefault((above, _stem(path).casefold()), path)
    while True:
        for stem in sorted(_INDEX_NAMES, reverse=True):
            if (folder, stem) in by_stem:
                yield by_stem[folder, stem]
        if not folder:
            return
        folder = folder.rpartition("/")[0]


def _is_readme(name: str) -> bool:
    """Whether a file is called as an index is."""
    # Only for these few is it worth the time to look closer.
    return name[:5].casefold() in _INDEX_BEGINNINGS and _stem(name).casefold() in _INDEX_NAMES


def _own_address(document: Document, items: frozenset[str]) -> str | None:
    """The forge's address of this repository, if the index links its items through it."""
    targets = [link[TARGET] for link in document.values(LINKS)]
    together = "\n".join(targets)
    if not any(page in together for page in FORGE_FILES):
        # Most indexes link papers and notes only.
        return None
    named = Counter(
        found[0]
        for target in targets
        if target.startswith("http")
        and (found := forge_repository(target)) is not None
        and found[1] in items
    )
    if not named:
        return None
    address, count = named.most_common(1)[0]
    return address if count * 2 >= len(items) else None


def _listings(
    documents: Mapping[str, Document],
    index: str | None,
    items: frozenset[str],
    repository: str | None,
) -> tuple[Listing, ...]:
    if index is None:
        return ()
    tables = listing_tables(documents[index], items, repository)
    names = dict.fromkeys(plain(cell.raw) for table in tables for cell in table.header.cells)
    titles = [name for name in names if name.casefold() in _TITLE_COLUMNS]
    if not titles:
        titles = _title_columns(documents, index_entries(documents[index], items, repository))
    return (Listing(index, columns=dict.fromkeys(titles, _TITLE_PATTERN)),)


def _title_columns(documents: Mapping[str, Document], entries: tuple[Entry, ...]) -> list[str]:
    """The columns in which most rows say their item's title, whatever they are called."""
    agreed: Counter[str] = Counter()
    rows = 0
    for entry in entries:
        title = documents[entry.item].title
        if entry.table is None or entry.row is None or title is None:
            continue
        rows += 1
        wanted = loosely(title.text)
        for head, cell in zip(entry.table.header.cells, entry.row.cells, strict=False):
            agreed[plain(head.raw)] += wanted != "" and loosely(plain(cell.raw)) == wanted
    return [name for name, count in agreed.items() if name and count * 2 > rows]
