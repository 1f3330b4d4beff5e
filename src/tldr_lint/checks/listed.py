"""What the indexes of a collection say the titles of its items are."""

from __future__ import annotations

from tldr_lint.contract.model import Field
from tldr_lint.contract.pattern import loosely_same
from tldr_lint.parse import plain
from tldr_lint.record import column_name, header_names, raw_cell
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.collection import Collection, Entry, Index
    from tldr_lint.table import Table

_TITLE_COLUMNS = frozenset({"paper", "title"})
_LATER = regex(r"(?i)to-?do|tbd|none|n/?a")


@dataclass(frozen=True, slots=True)
class Listed:
    """What an index says an item's title is, and where."""

    item: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Titles:
    """What the indexes of a collection say the titles of its items are."""

    agreeing: frozenset[str]
    """The paths of items of which some index says exactly their own title."""
    others: Mapping[str, tuple[Listed, ...]]
    """Path → what the indexes say in other words, be it the same to a reader or not."""


def index_titles(collection: Collection) -> Titles:
    """The titles that the indexes give: a title column's cell, or a list's link text.

    Where the contract does not say that a column or a link text is the title,
    it is one only if more than half of the entries are their items' titles.
    """
    titles = {item.path: item.title_text for item in collection.items}
    agreeing: set[str] = set()
    others: dict[str, tuple[Listed, ...]] = {}
    for index in collection.indexes:
        declared, guessed = _told_by(index, titles)
        for told in (declared, guessed):
            if told is declared or told.is_convention(titles):
                agreeing.update(told.agreeing)
                for listed in told.others:
                    others[listed.item] = (*others.get(listed.item, ()), listed)
    return Titles(frozenset(agreeing), others)


def agrees(title: str, listed: str) -> bool:
    """Whether two titles are one to a reader."""
    return title == listed or loosely_same(title, listed)


@dataclass(slots=True)
class _Told:
    """What one index says, gathered."""

    agreeing: list[str]
    others: list[Listed]

    def is_convention(self, titles: Mapping[str, str]) -> bool:
        """Whether more than half of the entries are titles: some lists link `[notes](x.md)`."""
        close = sum(agrees(titles[listed.item], listed.text) for listed in self.others)
        right = len(self.agreeing) + close
        return right * 2 > len(self.agreeing) + len(self.others)


def _told_by(index: Index, titles: Mapping[str, str]) -> tuple[_Told, _Told]:
    """What one index says, where the contract declares it a title and where it does not."""
    declared, guessed = _Told([], []), _Told([], [])
    document = index.document
    if document is None:
        return declared, guessed
    columns: dict[int, tuple[int, bool]] = {}
    in_lists = index.listing.entry is None
    seen: set[str] = set()
    for entry in index.entries:
        title = titles.get(entry.item)
        # What is wrong with an entry that lists an item again is that it does (TL306).
        if title is None or entry.item in seen:
            continue
        if entry.leading:
            seen.add(entry.item)
        row, table = entry.row, entry.table
        if row is None or table is None:
            if in_lists and entry.leading:
                _add(guessed, entry, title, entry.link.text, Place(document.path, entry.link.span))
            continue
        if (known := columns.get(table.span.start)) is None:
            known = columns[table.span.start] = _title_column(index, table)
        column, is_declared = known
        raw = raw_cell(row, column) if column >= 0 else None
        if raw is not None:
            told = declared if is_declared else guessed
            if title and (raw == title or _is_link_with(title, raw)):
                told.agreeing.append(entry.item)
            else:
                _add(told, entry, title, plain(raw), Place(document.path, row.cell(column).span))
    return declared, guessed


def _add(told: _Told, entry: Entry, title: str, text: str, place: Place) -> None:
    """Take down what an entry says; a text of one letter, or of a word for later, says nothing."""
    if title == text:
        told.agreeing.append(entry.item)
    elif len(text) > 1 and not _LATER.fullmatch(text):
        told.others.append(Listed(entry.item, text, place))


def _title_column(index: Index, table: Table) -> tuple[int, bool]:
    """The column of an index that holds titles, and whether the contract says so; -1 for none."""
    patterns = {column_name(name): pattern for name, pattern in index.listing.columns.items()}
    names = header_names(table.header)
    for at, name in enumerate(names):
        pattern = patterns.get(name)
        if pattern is not None and pattern.parts == (Field(("h1",)),):
            return at, True
    for at, name in enumerate(names):
        if name in _TITLE_COLUMNS and name not in patterns:
            return at, False
    return -1, False


def _is_link_with(text: str, raw: str) -> bool:
    """Whether a cell is one plain link with this text: what most cells are, told fast."""
    return raw.startswith(f"[{text}](") and raw.endswith(")") and raw.find("(", len(text) + 3) < 0
