"""What a contract's patterns demand of an index: a text and the links in it, item by item.

A pattern is Markdown with fields in it. It is taken apart once, by the parser
itself with a mark in each field's place; what is demanded for an item is then
a matter of putting values where the marks are.
"""

from __future__ import annotations

import posixpath
import re

from tldr_lint.contract.model import Field
from tldr_lint.contract.pattern import look_up, loosely_same
from tldr_lint.parse import parse, plain
from tldr_lint.records import TYPE_CHECKING, dataclass, replace
from tldr_lint.regexes import regex
from tldr_lint.targets import TargetKind, resolve
from tldr_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tldr_lint.collection import Collection, Item
    from tldr_lint.contract.model import Listing, Pattern
    from tldr_lint.record import Record

# The first of Unicode's private-use characters: no text means anything by them.
_FIRST_MARK = 0xE000
_MARK = regex("([\ue000-\uf8ff])")
_DESTINATION = regex(r"\]\(<?(\./|/)?\Z")
_BARE_PIPE = regex(r"(?<!\\)\|")
_DIGITS = regex(r"\d+")
_BLANKS = regex(r"\s+")
_PLAIN_PATH = regex(r"[\w./-]*", re.ASCII)
_PATHS = frozenset({"path", "link"})

Template = tuple[str | Field, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """A pattern, taken apart into what is read and where its links lead."""

    pattern: Pattern
    text: Template
    targets: tuple[Template, ...]
    destinations: frozenset[int]
    """Which parts of the pattern are where a link leads to the item."""
    any_text: bool = False
    """Whether the pattern is `{link}` alone: a link to the item, whatever it says."""


def demand(written_as: Pattern) -> Demand:
    """Take a pattern apart; a `{link}` that is no destination is a whole link to the item."""
    pattern = _with_links(written_as)
    fields = [part for part in pattern.parts if isinstance(part, Field)]
    marks = iter(range(_FIRST_MARK, _FIRST_MARK + len(fields)))
    raw = "".join(part if isinstance(part, str) else chr(next(marks)) for part in pattern.parts)
    # Behind a word nothing is a list, a heading or a quote.
    links = parse(Source("", f"x {raw}")).links
    return Demand(
        pattern,
        _template(plain(raw), fields),
        tuple(_template(link.target, fields) for link in links),
        frozenset(
            at
            for at, part in enumerate(pattern.parts)
            if isinstance(part, Field)
            and _PATHS & set(part.names)
            and at > 0
            and isinstance(before := pattern.parts[at - 1], str)
            and _DESTINATION.search(before)
        ),
        any_text=written_as.parts == (Field(("link",)),),
    )


def _with_links(pattern: Pattern) -> Pattern:
    parts: list[str | Field] = []
    for part in pattern.parts:
        before = parts[-1] if parts else ""
        is_target = isinstance(before, str) and _DESTINATION.search(before) is not None
        if isinstance(part, Field) and part.names == ("link",) and not is_target:
            parts += ["[", Field(("h1",)), "](", Field(("link",)), ")"]
        else:
            parts.append(part)
    return replace(pattern, parts=tuple(parts))


def _template(text: str, fields: Sequence[Field]) -> Template:
    return tuple(
        fields[ord(piece) - _FIRST_MARK] if _MARK.fullmatch(piece) else piece
        for piece in _MARK.split(text)
        if piece
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What one record of an item says, for the patterns of one listing."""

    item: Item
    record: Record | None
    fields: Mapping[str, str]
    """Name in folded case → raw value."""
    built_ins: Mapping[str, str]

    def raw(self, part: Field) -> str | None:
        """A field as it is written."""
        return look_up(part, self.fields, self.built_ins)

    def text(self, part: Field) -> str | None:
        """A field as it is read."""
        raw = self.raw(part)
        # A path is no Markdown: its underscores stay.
        return raw if raw is None or _PATHS & set(part.names) else plain(raw)

    def rendered(self, pattern: Pattern) -> str | None:
        """A pattern as it is read, or nothing where the item lacks a field."""
        pieces = [part if isinstance(part, str) else self.text(part) for part in pattern.parts]
        return None if None in pieces else "".join(map(str, pieces))


def said_by(collection: Collection, listing: Listing) -> Callable[[Item], tuple[Said, ...]]:
    """A function that says what an item's records say; one without any still has its built-ins.

    Where no item has a field of that name, `{title}` is the first heading.
    """
    folder = posixpath.dirname(listing.file)
    titled = any(record.raw("title") is not None for e in collection.items for record in e.records)

    def said(item: Item) -> tuple[Said, ...]:
        built_ins = _built_ins(item, folder)
        own = {} if titled or not built_ins["h1"] else {"title": built_ins["h1"]}
        if not item.records:
            return (Said(item, None, own, built_ins),)
        return tuple(
            Said(
                item,
                record,
                own | {name: _BLANKS.sub(" ", v.raw) for name, v in record.values.items()},
                built_ins,
            )
            for record in item.records
        )

    return said


def _built_ins(item: Item, folder: str) -> Mapping[str, str]:
    document, path = item.document, item.path
    above, _, name = path.rpartition("/")
    stem = posixpath.splitext(name)[0]
    digits = _DIGITS.search(stem) or _DIGITS.search(above.rpartition("/")[2])
    second = next((h for h in document.headings if h.level == 2 and not h.nested), None)
    title = item.title
    return {
        "h1": document.source[title.content] if title is not None else "",
        "h2": document.source[second.content] if second is not None else "",
        "stem": stem,
        "number": digits[0] if digits is not None else "",
        "path": path,
        "link": posixpath.relpath(path, folder) if folder else path,
    }


def expected_texts(wanted: Demand, said: Said) -> tuple[str, ...]:
    """The texts that meet a demand; none where the item lacks a field.

    A `{number}` without a width may be written with its zeros or without.
    """
    pieces: list[tuple[str, ...]] = []
    for part in wanted.text:
        if isinstance(part, str):
            pieces.append((part,))
            continue
        value = said.text(part)
        if value is None:
            return ()
        bare = value.lstrip("0") or "0"
        counted = "number" in part.names and not part.width and value.isdigit()
        pieces.append((value, bare) if counted and bare != value else (value,))
    texts = [""]
    for piece in pieces:
        texts = [before + each for each in piece for before in texts]
    return tuple(dict.fromkeys(_BLANKS.sub(" ", text).strip() for text in texts))


def says(wanted: Demand, expected: Sequence[str], text: str) -> bool:
    """Whether a rendered text is one of those that meet a demand."""
    if text in expected or (wanted.any_text and text):
        return True
    return wanted.pattern.loose and any(loosely_same(text, each) for each in expected)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a link must lead: the item itself, or a target as it must be written."""

    item: bool
    target: str = ""


def destinations(wanted: Demand, said: Said) -> tuple[Destination, ...]:
    """Where the links of a demand lead; those with a field that the item lacks are left out."""
    found = []
    for template in wanted.targets:
        fields = [part for part in template if isinstance(part, Field)]
        if any(_PATHS & set(part.names) for part in fields) and "#" not in str(template[-1]):
            found.append(Destination(item=True))
            continue
        pieces = [part if isinstance(part, str) else said.text(part) for part in template]
        if None not in pieces:
            found.append(Destination(item=False, target="".join(map(str, pieces))))
    return tuple(found)


def leads_to(
    wanted: Destination, said: Said, listing: str, target: str, repository: str | None
) -> bool:
    """Whether a link's target is the one that is wanted."""
    is_there = resolve(listing, target, repository)
    if wanted.item:
        if is_there.kind is not TargetKind.INTERNAL:
            return False
        path = is_there.path.casefold()
        own = said.item.path.casefold()
        return path == own or posixpath.dirname(own) == path
    should_be = resolve(listing, wanted.target, repository)
    if should_be.kind is not is_there.kind:
        return False
    if should_be.kind is TargetKind.INTERNAL:
        return (should_be.path, should_be.fragment) == (is_there.path, is_there.fragment)
    return target.rstrip("/") == wanted.target.rstrip("/")


def meets(wanted: Demand, said: Said, text: str, listing: str, repository: str | None) -> bool:
    """Whether a text, once it is written, says and links what is demanded."""
    if not says(wanted, expected_texts(wanted, said), plain(text)):
        return False
    links = parse(Source(listing, f"x {text}")).links
    return all(
        any(leads_to(each, said, listing, link.target, repository) for link in links)
        for each in destinations(wanted, said)
    )


def written(wanted: Demand, said: Said, *, in_table: bool, kept: str | None = None) -> str | None:
    """What a fix writes: the pattern with raw values, or nothing where the item lacks one.

    `kept` is the destination that leads to the item already, in its author's spelling.
    """
    pieces: list[str] = []
    for at, part in enumerate(wanted.pattern.parts):
        if isinstance(part, str):
            pieces.append(_BARE_PIPE.sub(r"\\|", part) if in_table and "|" in part else part)
            continue
        value = said.raw(part)
        if value is None:
            return None
        if at in wanted.destinations:
            before = _DESTINATION.search(pieces[-1])
            prefix = before[1] if before is not None else None
            value = kept if kept is not None and not prefix else _address(said, prefix)
        elif in_table and "|" in value:
            value = _BARE_PIPE.sub(r"\\|", value)
        pieces.append(value)
    return "".join(pieces)


def _address(said: Said, prefix: str | None) -> str:
    path = said.built_ins["path" if prefix == "/" else "link"]
    if _PLAIN_PATH.fullmatch(path):
        return path
    from urllib.parse import quote  # noqa: PLC0415 - for paths with unusual characters

    return quote(path, safe="/:@!$&'*+,;=~")
