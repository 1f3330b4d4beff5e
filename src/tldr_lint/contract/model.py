"""The contract: the declared shape of a repository's collections, and the user's settings.

The values a contract can have, whatever it was read from. Reading and
validating one is `contract/reader.py`'s, recognising an unwritten one
`recognise.py`'s.
"""

from __future__ import annotations

from enum import StrEnum

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from tldr_lint.contract.linear_regex import LinearRegex
    from tldr_lint.text import Place


@dataclass(frozen=True, slots=True)
class Field:
    """A `{…}` of a pattern: the first of `names` that an item has, formatted."""

    names: tuple[str, ...]
    """Alternatives, as written: field names, or built-ins in lower case
    (`h1 h2 stem number path link count`)."""
    width: int = 0
    """Zero-padded to this many digits: the 4 of `{number:04}`."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a cell, entry, title or key must say: text with fields in it."""

    raw: str
    """As written, the leading `~` included."""
    loose: bool
    """`~`: markup, case, punctuation, bracketed remarks and rounding aside."""
    parts: tuple[str | Field, ...]
    place: Place | None = field(default=None, compare=False)
    """Where it is written, for errors about it; none for a built-in contract."""


class FactsKind(StrEnum):
    """Where an item's fields stand."""

    TABLE = "table"
    FRONT_MATTER = "front-matter"
    HEADER = "header"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Facts:
    """Where an item's fields stand."""

    kind: FactsKind
    argument: str = ""
    """The table's heading, or the sibling file's name, `*` in it for the item's stem."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An index or a roll-up: a table or list that repeats what items say."""

    file: str
    """Path relative to the workspace root."""
    under: str | None = None
    """Only what stands below headings with this text counts."""
    columns: Mapping[str, Pattern] = field(default_factory=dict)
    """Column name as written → what each cell must say."""
    entry: Pattern | None = None
    """What a list entry must say."""
    order: Pattern | Literal["index"] | None = None
    descending: bool = False
    """The order is written `-{…}`: the newest, the greatest first."""
    counts: Pattern | None = None
    complete: bool = True
    once: bool = True
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CollectionContract:
    """One collection: items, template, facts, key, indexes, roll-ups."""

    name: str
    items: tuple[str, ...]
    """Globs relative to the root."""
    excluded: tuple[str, ...] = ()
    """The `except` globs."""
    template: str | None = None
    optional: tuple[str, ...] = ()
    """Globs of headings that may be absent."""
    sections: bool | Literal["changed"] = True
    facts: Facts | None = None
    key: Pattern | None = None
    title: Pattern | None = None
    values: Mapping[str, LinearRegex] = field(default_factory=dict)
    """Field as written → what its value must fully match."""
    indexes: tuple[Listing, ...] = ()
    rollups: tuple[Listing, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """`links = { … }`: how the network is asked. Times in seconds."""

    exclude: tuple[str, ...] = ()
    """Globs of URLs that are not asked."""
    accept: tuple[int, ...] = ()
    """Further status codes that count as alive."""
    timeout: float = 20.0
    concurrency: int = 192
    per_host: int = 10
    ttl: float = 3 * 86400.0
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Host → header → the environment variable that holds its value."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything a repository declares: its collections and its settings."""

    path: str | None = None
    """The file it was read from, relative to the root; none if it was recognised."""
    collections: tuple[CollectionContract, ...] = ()
    select: tuple[str, ...] = ()
    """Codes, names or families; empty means all."""
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    """Code, name or family → `error`, `warning` or `info`."""
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Glob → codes, names or families."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are not looked at."""
    repository: str | None = None
    """The forge's address of this repository: absolute links to it are internal."""
    links: LinkSettings = LinkSettings()
    max_file_size: int = 1_000_000
    """Bytes of an item, above which it is TL001."""
    max_listing_size: int = 16_000_000
    """Bytes of an index or roll-up file, above which it is TL001."""
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, compare=False)
    """Keys from the top (`("collection", "notes", "items", 0)`) → where the value is written."""
