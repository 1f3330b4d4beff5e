"""What collections an unknown repository seems to hold, and how sure that is: `init`.

A family of files is a collection if a file lists them or a template stands
beside them. What its items have in common, and what most entries of its index
repeat, becomes its contract; everything guessed is said in a comment.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from tldr_lint.assemble import item_paths
from tldr_lint.contract.model import CollectionContract, Contract, Listing
from tldr_lint.recognise import recognise
from tldr_lint.records import TYPE_CHECKING, dataclass, replace
from tldr_lint.scaffold.inference import MOST, enrich, facts_of
from tldr_lint.targets import TargetKind, forge_repository, resolve, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tldr_lint.contract.toml_places import Path
    from tldr_lint.document import Document
    from tldr_lint.facts.item import Beside
    from tldr_lint.scaffold.inference import Comments
    from tldr_lint.targets import Tree

_NEVER_ITEMS = frozenset(
    {"readme", "index", "contributing", "changelog", "license", "security", "code_of_conduct"}
)
_PAGES = frozenset({"readme", "index"})
_TEMPLATE = re.compile(r"(?:^|[-_. ])template(?:$|[-_. ])", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<prefix>[A-Za-z]*[-_]?)\d+")
_HEAD = (
    "What `tldr-lint init` recognised here. Comments say what speaks for it;",
    "what is wrong, correct or take out. The words: docs/contract.md of tldr-lint.",
)
_FEWEST = 3
_FEWEST_TOPICS = 2
# Each is looked for in every file; a repository has a few collections, not hundreds.
_MOST_FAMILIES = 50
_LISTED = 0.4
"""The share of a family that a file must link to be its index."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A contract that fits a repository, and for each key what speaks for it."""

    contract: Contract
    comments: Mapping[Path, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Family:
    """Files that look like items of one collection."""

    name: str
    glob: str
    items: tuple[str, ...]


def survey(
    documents: Mapping[str, Document], others: Iterable[str], texts: Mapping[str, Beside]
) -> Survey:
    """The contract that seems to hold in a repository, with what was seen.

    `others` are its files that are no Markdown, `texts` those of them that may
    hold facts.
    """
    whole = tree([*documents, *others])
    usual = recognise(documents, Contract())
    links = {path: _linked(document) for path, document in documents.items()}
    taken: set[str] = set()
    found: list[CollectionContract] = []
    comments: Comments = {(): _HEAD}
    addresses: Counter[str] = Counter()
    candidates = [
        *(_completed(each, documents, whole) for each in usual.collections),
        *_of_families(documents, whole, links),
    ]
    for guess, items in candidates:
        # A page that is an item itself lists its own parts, and a template serves one family.
        candidate = _apart(guess, taken, found)
        if taken & set(items) or not (candidate.indexes or candidate.template):
            continue
        repository = usual.repository or _address(documents, candidate, items)
        name = candidate.name
        while name in {each.name for each in found}:
            name += "-"
        contract, said = enrich(replace(candidate, name=name), documents, whole, texts, repository)
        taken |= set(items)
        found.append(contract)
        path: Path = ("collection", name)
        comments |= said
        comments[path] = (f"{len(items)} files that belong together", *said.get(path, ()))
        if repository is not None:
            addresses[repository] += 1
    repository = addresses.most_common(1)[0][0] if addresses else None
    if repository is not None:
        comments["repository",] = ("an index calls its own files by this address",)
    return Survey(Contract(collections=tuple(found), repository=repository), comments)


def _completed(
    contract: CollectionContract, documents: Mapping[str, Document], whole: Tree
) -> tuple[CollectionContract, tuple[str, ...]]:
    """A recognised collection with a glob and facts that fit its items, and those."""
    listings = (*contract.indexes, *contract.rollups)
    listed = [*(listing.file for listing in listings), contract.template or ""]
    items = item_paths(contract, documents, listed)
    folders = {posixpath.dirname(item) for item in items}
    if len(folders) == 1 and len(items) >= _FEWEST:
        family = _in_folder(folders.pop(), items)
        if family.items == items:
            contract = replace(contract, items=(family.glob,))
            left = item_paths(replace(contract, excluded=()), documents, listed)
            contract = replace(contract, excluded=contract.excluded if left != items else ())
    facts = contract.facts
    if facts is None:
        found = facts_of([documents[item] for item in items], whole.files)
        facts = found[0] if found is not None else None
    return replace(contract, facts=facts), items


def _apart(
    candidate: CollectionContract, taken: set[str], found: Sequence[CollectionContract]
) -> CollectionContract:
    """A contract without the index and the template that belong to other collections."""
    templates = {each.template for each in found}
    return replace(
        candidate,
        template=None if candidate.template in templates else candidate.template,
        indexes=tuple(index for index in candidate.indexes if index.file not in taken),
    )


def _linked(document: Document) -> frozenset[str]:
    """The paths in the repository that a file links, by relative links or by a forge's address."""
    found = set()
    for link in document.links:
        target = resolve(document.path, link.target)
        if target.kind is TargetKind.INTERNAL:
            found.add(target.path)
        elif target.kind is TargetKind.WEB:
            named = forge_repository(link.target)
            if named is not None:
                found.add(named[1])
    return frozenset(found)


def _address(
    documents: Mapping[str, Document], contract: CollectionContract, items: Iterable[str]
) -> str | None:
    """The address by which an index calls most of a collection's items."""
    wanted = frozenset(items)
    named = Counter(
        found[0]
        for listing in contract.indexes
        for link in documents[listing.file].links
        if (found := forge_repository(link.target)) is not None and found[1] in wanted
    )
    for address, count in named.most_common(1):
        if count >= _LISTED * len(wanted):
            return address
    return None


def _of_families(
    documents: Mapping[str, Document], whole: Tree, links: Mapping[str, frozenset[str]]
) -> Iterator[tuple[CollectionContract, tuple[str, ...]]]:
    """A contract for each family that a file lists or that has a template."""
    for family in _families(documents, links):
        items = frozenset(family.items)
        template = _template(documents, family)
        index = _index(links, items | {posixpath.dirname(item) for item in items}, items, template)
        if index is None and template is None:
            continue
        own = tuple(path for path in family.items if path not in (template, index))
        facts = facts_of([documents[path] for path in own], whole.files)
        if not own:
            continue
        yield (
            CollectionContract(
                name=family.name,
                items=(family.glob,),
                template=template,
                facts=facts[0] if facts is not None else None,
                indexes=(Listing(index),) if index is not None else (),
            ),
            own,
        )


def _families(
    documents: Mapping[str, Document], links: Mapping[str, frozenset[str]]
) -> Iterator[_Family]:
    """The families of files, the largest first."""
    folders: dict[str, list[str]] = {}
    pages: dict[tuple[str, str], list[str]] = {}
    for path in documents:
        folder, name = posixpath.split(path)
        stem = posixpath.splitext(name)[0].casefold()
        if stem not in _NEVER_ITEMS:
            folders.setdefault(folder, []).append(path)
        elif stem in _PAGES and folder:
            pages.setdefault((posixpath.dirname(folder), name), []).append(path)
    found = [_in_folder(folder, paths) for folder, paths in folders.items()]
    found += [
        _Family(_called(parent), posixpath.join(parent, "*", name), tuple(paths))
        for (parent, name), paths in pages.items()
    ]
    topics = _topics(folders, links)
    if topics is not None:
        found.append(topics)
    found = [family for family in found if len(family.items) >= _FEWEST]
    yield from sorted(found, key=lambda family: (-len(family.items), family.glob))[:_MOST_FAMILIES]


def _in_folder(folder: str, paths: Sequence[str]) -> _Family:
    """The files of a folder, or those of them that are numbered alike if most are."""
    prefixes = Counter(
        numbered["prefix"]
        for path in paths
        if (numbered := _NUMBERED.match(posixpath.basename(path))) is not None
    )
    for prefix, count in prefixes.most_common(1):
        if count >= MOST * len(paths) and count >= _FEWEST:
            name = f"{prefix}*.md" if prefix else "[0-9]*.md"
            numbered_paths = tuple(
                path
                for path in paths
                if re.match(re.escape(prefix) + r"\d", posixpath.basename(path))
            )
            return _Family(_called(folder), posixpath.join(folder, name), numbered_paths)
    return _Family(_called(folder), posixpath.join(folder, "*.md"), tuple(paths))


def _topics(
    folders: Mapping[str, list[str]], links: Mapping[str, frozenset[str]]
) -> _Family | None:
    """Notes in a folder for each topic, all listed by one page at the root."""
    topics = {folder: paths for folder, paths in folders.items() if folder and "/" not in folder}
    listed = frozenset().union(
        *(links[path] for path in links if posixpath.splitext(path)[0].casefold() in _PAGES)
    )
    own = [
        paths
        for paths in topics.values()
        if sum(path in listed for path in paths) >= MOST * len(paths)
    ]
    if len(own) < _FEWEST_TOPICS or len(own) < MOST * len(topics):
        return None
    return _Family("notes", "*/*.md", tuple(path for paths in own for path in paths))


def _called(folder: str) -> str:
    """What a collection is called: as its folder, but for years and the like."""
    named = [part for part in folder.split("/") if part and not part.isdigit()]
    return named[-1] if named else "notes"


def _template(documents: Mapping[str, Document], family: _Family) -> str | None:
    """The template nearest to a family: beside it, or in a folder above."""
    folder = posixpath.dirname(family.glob.partition("*")[0].partition("[")[0])
    best: list[tuple[int, int, str]] = []
    for path in documents:
        place, name = posixpath.split(path)
        stem = posixpath.splitext(name)[0]
        above = not place or folder == place or folder.startswith(f"{place}/")
        below = posixpath.dirname(place) == folder
        if _TEMPLATE.search(stem) and (above or below) and "pull_request" not in stem.lower():
            best.append((abs(folder.count("/") - place.count("/")), len(stem), path))
    return min(best)[2] if best else None


def _index(
    links: Mapping[str, frozenset[str]],
    targets: frozenset[str],
    items: frozenset[str],
    template: str | None,
) -> str | None:
    """The file that links most of a family."""
    counts = [
        (len(linked & targets), -path.count("/"), path)
        for path, linked in links.items()
        if path not in items and path != template
    ]
    if not counts:
        return None
    count, _, path = max(counts)
    return path if count >= max(_FEWEST, _LISTED * len(items)) else None
