"""What the indexes of a collection say the titles of its items are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tldr_lint.collection import Collection, Entry, Index, Item, column_name
from tldr_lint.contract import Field
from tldr_lint.document import Document, Row, Table
from tldr_lint.parse import plain
from tldr_lint.pattern import loosely_same
from tldr_lint.text import Place

_TITLE_COLUMNS = frozenset({"paper", "title"})
_LATER = re.compile(r"(?i)to-?do|tbd|none|n/?a")


@dataclass(frozen=True, slots=True)
class Listed:
    """What an index says an item's title is, and where."""

    item: str
    text: str
    place: Place


def titles_by_item(collection: Collection) -> Mapping[str, tuple[Listed, ...]]:
    """Path → the titles that the indexes give: a title column's cell, or a list's link text.

    Where the contract does not say that a column or a link text is the title,
    it is one only if more than half of the entries are their items' titles.
    """
    items = {item.path: item for item in collection.items}
    found: dict[str, tuple[Listed, ...]] = {}
    for index in collection.indexes:
        declared, guessed = _told_by(index, items)
        for listed in (*declared, *_by_convention(guessed, items)):
            found[listed.item] = (*found.get(listed.item, ()), listed)
    return found


def agrees(title: str, listed: str) -> bool:
    """Whether two titles are one to a reader."""
    return title == listed or loosely_same(title, listed)


def _told_by(index: Index, items: Mapping[str, Item]) -> tuple[list[Listed], list[Listed]]:
    """What one index says, where the contract declares it a title and where it does not."""
    declared: list[Listed] = []
    guessed: list[Listed] = []
    document = index.document
    if document is None:
        return declared, guessed
    columns: dict[int, tuple[int, bool]] = {}
    for entry, item in _entries(index.entries, items):
        if entry.row is None or entry.table is None:
            if entry.leading and index.listing.entry is None and entry.link.text:
                place = Place(document.path, entry.link.span)
                guessed.append(Listed(entry.item, entry.link.text, place))
            continue
        start = entry.table.span.start
        if start not in columns:
            columns[start] = _title_column(index, entry.table)
        column, is_declared = columns[start]
        if 0 <= column < len(entry.row):
            title = item.title.text if item.title is not None else ""
            listed = _in_cell(document, entry, entry.row, column, title)
            if listed is not None:
                (declared if is_declared else guessed).append(listed)
    return declared, guessed


def _entries(entries: Iterable[Entry], items: Mapping[str, Item]) -> Iterator[tuple[Entry, Item]]:
    return ((entry, items[entry.item]) for entry in entries if entry.item in items)


def _by_convention(guessed: list[Listed], items: Mapping[str, Item]) -> list[Listed]:
    """What an undeclared column or the link texts say, if they are titles in more than half.

    Some lists link `[notes](x.md)`: there the text is no title at all.
    """
    agreeing = 0
    for listed in guessed:
        title = items[listed.item].title
        agreeing += title is not None and agrees(title.text, listed.text)
    return guessed if agreeing * 2 > len(guessed) else []


def _title_column(index: Index, table: Table) -> tuple[int, bool]:
    """The column of an index that holds titles, and whether the contract says so; -1 for none."""
    patterns = {column_name(name): pattern for name, pattern in index.listing.columns.items()}
    names = [column_name(cell.raw) for cell in table.header.cells]
    for at, name in enumerate(names):
        pattern = patterns.get(name)
        if pattern is not None and pattern.parts == (Field(("h1",)),):
            return at, True
    for at, name in enumerate(names):
        if name in _TITLE_COLUMNS and name not in patterns:
            return at, False
    return -1, False


def _in_cell(document: Document, entry: Entry, row: Row, column: int, title: str) -> Listed | None:
    """What a cell says the title is; a cell of one letter, or of a word for later, says nothing."""
    raw = row.pieces[column].strip(" \t")
    usual = title and (raw == title or _is_link_with(title, raw))
    text = title if usual else plain(raw)
    if len(text) < 2 or _LATER.fullmatch(text):
        return None
    return Listed(entry.item, text, Place(document.path, row.cells[column].span))


def _is_link_with(text: str, raw: str) -> bool:
    """Whether a cell is one plain link with this text: what most cells are, told fast."""
    return raw.startswith(f"[{text}](") and raw.endswith(")") and raw.find("(", len(text) + 3) < 0
