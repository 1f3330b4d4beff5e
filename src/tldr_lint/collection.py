"""Collections: items, template, indexes and roll-ups as one value, from facts and contract."""

from __future__ import annotations

import sys
from operator import attrgetter

from tldr_lint.layout import HEADINGS, LEVEL, NESTED, TEXT
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace
from tldr_lint.regexes import regex
from tldr_lint.targets import resolve
from tldr_lint.uses import reach_of, uses_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tldr_lint.agreed import Agreed, Question
    from tldr_lint.answers import Answer
    from tldr_lint.contract.model import CollectionContract, Contract, Listing
    from tldr_lint.document import Document, Heading, Link, ListItem
    from tldr_lint.layout import Values
    from tldr_lint.record import FactsProblem, Record
    from tldr_lint.table import Row, Table
    from tldr_lint.targets import Target, Tree
    from tldr_lint.text import Span
    from tldr_lint.uses import Reach, Use

_NUMBER = regex(r"\d+")
_ANY_CODE = ""
_PATH = attrgetter("source.path")
_NOT_WORD = regex(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the collection that follows the template."""

    document: Document
    facts_table: Table | None
    records: tuple[Record, ...]
    title_text: str
    """What the title says, for those who need no more of it; nothing where there is none."""
    sections: tuple[str, ...]
    """What the sections at the template's level (`section_level`) say, as they are written."""
    problem: FactsProblem | None = None

    path: str = field(init=False, repr=False, compare=False)
    """The item's path from the root."""
    _title: tuple[Heading | None] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", self.document.source.path)

    @property
    def title(self) -> Heading | None:
        """The H1, or the first heading where there is none."""
        if self._title is None:
            title = self.document.title
            if title is None:
                title = next((h for h in self.document.headings if not h.nested), None)
            object.__setattr__(self, "_title", (title,))
            return title
        return self._title[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row or list item of an index that links an item."""

    item: str
    """The item's path."""
    document: Document = field(repr=False, compare=False)
    """The index."""
    number: int
    """Which of the index's links makes it an entry: the first that leads to an item."""
    leading: bool
    """Whether that is the entry's first link of all; else it may be a mere mention."""
    span: Span
    table: Table | None = None
    row: Row | None = None
    list_item: ListItem | None = None

    @property
    def link(self) -> Link:
        """The link that makes it an entry."""
        return self.document.links[self.number]


@dataclass(frozen=True, slots=True)
class Index:
    """A file that lists items; `document` is none where it is missing or unreadable."""

    listing: Listing
    document: Document | None
    entries: tuple[Entry, ...] = ()
    linked: frozenset[str] = frozenset()
    """Every item that any link of the file leads to, prose included."""
    items: frozenset[str] = frozenset()
    """Every item that an entry lists."""
    tables: tuple[Table, ...] = ()
    """The tables with a row that is an entry, in file order."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A file that repeats every item's facts; `tables` are those that count."""

    listing: Listing
    document: Document | None
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection as it stands in the workspace."""

    contract: CollectionContract
    items: tuple[Item, ...]
    template: Document | None
    template_table: Table | None
    """The facts table of the template: its header names the columns."""
    indexes: tuple[Index, ...]
    rollups: tuple[Rollup, ...]
    changed: frozenset[str] | None = None
    """Items changed since the base; none where no base is known."""
    compared: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """The comparisons of its roll-ups with its items, once `sync/pairing.py` has made them."""
    groups: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """The sections of its items beside the template's, once `checks/outline.py` has looked."""
    drifts: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """What its indexes say otherwise than demanded, once `sync/index_drift.py` has looked."""
    keys: tuple[str | None, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """What its records are called, in order, once `sync/pairing.py` has looked."""
    _by_path: Mapping[str, Item] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def by_path(self) -> Mapping[str, Item]:
        """Its items by path, in order."""
        if self._by_path is None:
            found = {item.path: item for item in self.items}
            object.__setattr__(self, "_by_path", found)
            return found
        return self._by_path

    @property
    def facts_heading(self) -> str | None:
        """The heading below which the facts table stands (`Summary`), if facts are a table."""
        facts = self.contract.facts
        return facts.argument if facts is not None and facts.kind == "table" else None


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything a rule may know, by value."""

    contract: Contract
    documents: Mapping[str, Document]
    """Every tracked Markdown file by path, in path order; with `problem` where unreadable."""
    tree: Tree
    collections: tuple[Collection, ...]
    known_rules: frozenset[str] = frozenset()
    """Codes, names and families that a suppression may name."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """What the network said, by URL without fragment; empty unless asked."""
    agreed: Mapping[Question, Agreed] = field(default_factory=dict)
    """What history knows of items and roll-ups that have drifted apart."""
    _loud: Mapping[str, list[Document]] | None = field(
        default=None, init=False, repr=False, compare=False
    )
    _reach: Reach | None = field(default=None, init=False, repr=False, compare=False)
    web: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """Its links to the web, once `checks/web_uses.py` has looked for them."""
    papers: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """Those that lead to papers, likewise."""

    @property
    def uses(self) -> Iterator[Use]:
        """Everything that points into the repository or wrongly out of it, in file order."""
        return uses_of(self.documents.values(), self.tree, self.contract.repository)

    @property
    def reach(self) -> Reach:
        """Its uses as the rules see them: nearly all are right beyond doubt."""
        if self._reach is None:
            reach = reach_of(self.documents.values(), self.tree, self.contract.repository)
            object.__setattr__(self, "_reach", reach)
            return reach
        return self._reach

    def loud(self, code: str) -> list[Document]:
        """The documents that are worth a look (`Document.may_hold`), in order: few, mostly none."""
        known = self._loud
        if known is None:
            known = _by_code(self.documents.values())
            object.__setattr__(self, "_loud", known)
        found = known.get(code, [])
        unknown = known.get(_ANY_CODE)
        return sorted(found + unknown, key=_PATH) if unknown else found

    def loud_items(self, collection: Collection, code: str) -> list[Item]:
        """The items of a collection that are worth a look, likewise."""
        documents = self.loud(code)
        items = collection.by_path if documents else {}
        return [items[document.path] for document in documents if document.path in items]

    def knowing(
        self, agreed: Mapping[Question, Agreed], answers: Mapping[str, Answer]
    ) -> Workspace:
        """The same workspace, with what history and the network say."""
        told = replace(self, agreed=agreed, answers=answers)
        # Where links lead, neither of them changes.
        for name in ("_loud", "_reach", "web", "papers"):
            object.__setattr__(told, name, getattr(self, name))
        return told

    def target(self, document: Document, link: Link) -> Target:
        """Where a link of a document leads."""
        return resolve(document.path, link.target, self.contract.repository)


def _by_code(documents: Iterable[Document]) -> Mapping[str, list[Document]]:
    """The documents by what they may hold; those at which nobody has looked may hold anything."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        loud = document.loud
        for code in (_ANY_CODE,) if loud is None else loud:
            found.setdefault(code, []).append(document)
    return found


def section_level(template: Document | None) -> int:
    """The level of a template's own sections: the highest below its title; 0 if there is none.

    A template that uses H1 for its sections has no title.
    """
    headings = template.headings if template is not None else ()
    levels = [heading.level for heading in headings if not heading.nested]
    titled = levels.count(1) == 1
    return min((level for level in levels if level > titled), default=0)


def title_of(headings: Values) -> str:
    """What the title of a document says, given its headings: the H1, else the first of all."""
    own = [heading for heading in headings if not heading[NESTED]]
    titles = (heading[TEXT] for heading in own if heading[LEVEL] == 1)
    return next(titles, own[0][TEXT] if own else "")


def facts_table(document: Document, heading: str, headings: Values | None = None) -> Table | None:
    """The first table below a heading of this text, letter case aside.

    `headings` are the document's, where they are known already.
    """
    tables = document.tables
    if not tables:
        return None
    wanted = heading.casefold()
    headings = document.values(HEADINGS) if headings is None else headings
    for number, each in enumerate(headings):
        if each[TEXT].casefold() != wanted or each[NESTED]:
            continue
        start, end = each[0], sys.maxsize
        # As `document.sections` has it, of which all others are made for nothing.
        for at in range(number + 1, len(headings)):
            if headings[at][LEVEL] <= each[LEVEL] and not headings[at][NESTED]:
                end = headings[at][0]
                break
        for table in tables:
            if start <= table.span.start and table.span.end <= end:
                return table
    return None
