"""The order of an index's entries, and the number it says there are: the rest of TL310."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from tldr_lint.checks.ordering import out_of_order
from tldr_lint.checks.quoting import quoted
from tldr_lint.collection import Index
from tldr_lint.contract.model import Pattern
from tldr_lint.contract.pattern import fields_of, render
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix, Related
from tldr_lint.sync.demand import said_by
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection, Entry, Item, Rollup
    from tldr_lint.document import Document
    from tldr_lint.text import Source

_TOKEN = regex(r"\d+|\D+")
_NUMBER = regex(r"\d[\d,]*")
# Longer than any number that orders anything; `int` is quadratic.
_LONGEST_NUMBER = 30

Key = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """An entry with what it is sorted by."""

    entry: Entry
    key: Key
    said: str


def misplaced(collection: Collection, index: Index, document: Document) -> Iterator[Finding]:
    """The entries that stand out of the order their neighbours keep.

    Each table is in order by itself, and so are the entries of each section's
    lists. Of the entries as few are reported as can be moved to put things right.
    """
    order = index.listing.order
    if not isinstance(order, Pattern):
        return
    items = collection.by_path
    say = said_by(collection, index.listing)
    for group in _groups(index, document):
        ranked = list(_ranked(group, items, lambda item: say(item)[0].rendered(order)))
        keys = [each.key for each in ranked]
        if keys == sorted(keys, reverse=index.listing.descending):
            continue
        away = _misplaced(keys, descending=index.listing.descending)
        stay = [each for at, each in enumerate(ranked) if at not in away]
        for at in sorted(away):
            moved = ranked[at]
            yield _out_of_order(document, moved, stay, descending=index.listing.descending)


def _groups(index: Index, document: Document) -> Iterator[list[Entry]]:
    groups: dict[tuple[str, int, int], list[Entry]] = {}
    sections = [section.body.start for section in document.sections]
    for entry in index.entries:
        if entry.table is not None:
            place = ("table", entry.table.span.start, 0)
        elif entry.list_item is not None and entry.leading:
            section = bisect_right(sections, entry.span.start)
            place = ("list", section, entry.list_item.depth)
        else:
            continue
        groups.setdefault(place, []).append(entry)
    yield from groups.values()


def _ranked(
    group: list[Entry],
    items: Mapping[str, Item],
    rank: Callable[[Item], str | None],
) -> Iterator[_Ranked]:
    for entry in group:
        item = items.get(entry.item)
        if item is None or item.document.problem is not None:
            continue
        text = rank(item)
        if text is not None:
            yield _Ranked(entry, natural_key(text), text)


def natural_key(text: str) -> Key:
    """What a text is sorted by: its numbers as numbers, letter case aside."""
    return tuple(
        (0, int(token), "")
        if token.isascii() and token.isdigit() and len(token) <= _LONGEST_NUMBER
        else (1, 0, token)
        for token in _TOKEN.findall(text.casefold().strip())
    )


def _lines(document: Document, entry: Entry) -> Span:
    """The whole lines an entry takes, the last line ending included."""
    source = document.source
    span = entry.list_item.whole if entry.list_item is not None else entry.span
    start = source.line_of(span.start).start
    text = source.text[start : span.end].rstrip()
    end = source.line_of(start + max(len(text) - 1, 0)).end
    newline = re.compile(r"\r\n|\r|\n").match(source.text, end)
    return Span(start, newline.end() if newline is not None else end)


def _misplaced(keys: Sequence[Key], *, descending: bool) -> set[int]:
    """The fewest positions that must move to have the rest in order; equals stay as they are."""
    told_apart = list(enumerate(reversed(keys) if descending else keys))
    moved = out_of_order([(key, at) for at, key in told_apart])
    return {len(keys) - 1 - at if descending else at for at in moved}


def _out_of_order(
    document: Document, moved: _Ranked, stay: list[_Ranked], *, descending: bool
) -> Finding:
    """`stay` is in order, and never empty."""
    keys = [each.key for each in stay]
    if descending:
        keys = keys[::-1]
        at = len(keys) - bisect_right(keys, moved.key)
        while at < len(stay) and stay[at].key == moved.key:
            at += 1
    else:
        at = bisect_right(keys, moved.key)
    following = stay[at] if at < len(stay) else None
    neighbour, where = (following, "before") if following is not None else (stay[-1], "after")
    assert neighbour is not None  # noqa: S101 - one of the two is there
    return Finding(
        Place(document.path, moved.entry.span),
        f"`{quoted(moved.said)}` is out of order: it belongs {where} `{quoted(neighbour.said)}`",
        _move(document, moved, stay, following),
        (Related(Place(document.path, neighbour.entry.span), f"it belongs {where} this"),),
    )


def _move(
    document: Document, moved: _Ranked, stay: list[_Ranked], following: _Ranked | None
) -> Fix | None:
    """Take whole lines from one place to another, each with the line ending before it."""
    source = document.source
    if moved.entry.list_item is not None and not _is_tight(document, [moved, *stay]):
        return None
    above = (
        _lines(document, following.entry).start
        if following is not None
        else _lines(document, stay[-1].entry).end
    )
    lines = _lines(document, moved.entry)
    if lines.start == 0 or above == 0:
        return None
    at = _end_of_line_before(source, above)
    body = source[lines].rstrip("\r\n")
    take = Span(_end_of_line_before(source, lines.start), lines.start + len(body))
    put = Edit(source.place(at, at), f"{source.newline(at)}{body}")
    cut = Edit(Place(document.path, take), "")
    return Fix("move it where it belongs", tuple(sorted((cut, put))), Applicability.SAFE)


def _end_of_line_before(source: Source, start: int) -> int:
    """Where the line above ends that stands at an offset, or the text's last line."""
    if not source.text[:start].endswith(("\r", "\n")):
        return start
    return start - (2 if source.text[start - 2 : start] == "\r\n" else 1)


def _is_tight(document: Document, entries: list[_Ranked]) -> bool:
    """Whether list items stand line on line, so that moving one leaves no hole."""
    lines = sorted(_lines(document, each.entry) for each in entries)
    return all(
        not document.source.text[one.end : other.start].strip(" \t")
        for one, other in pairwise(lines)
    ) and all("\n\n" not in document.source[each].replace("\r\n", "\n") for each in lines)


def miscounted(
    collection: Collection, listing: Index | Rollup, document: Document
) -> Iterator[Finding]:
    """The number of items that a listing's file says there are, where it is another."""
    pattern = listing.listing.counts
    if pattern is None or not any(fields_of(pattern)):
        return
    count = len(collection.items)
    if not listing.listing.complete and isinstance(listing, Index):
        count = len({entry.item for entry in listing.entries})
    literals = [part if isinstance(part, str) else "" for part in pattern.parts]
    position = next(at for at, part in enumerate(pattern.parts) if not isinstance(part, str))
    before = re.escape("".join(literals[:position]))
    after = re.escape("".join(literals[position:]))
    # The sentence that counts the entries often stands apart from them, so `under` is no bound.
    places = (
        Span(*each.span(1))
        for each in re.finditer(f"{before}({_NUMBER.pattern}){after}", document.source.text)
    )
    found = [place for place in places if not any(place in code for code in document.code)]
    if not found:
        demanded = render(pattern, {}, {"count": str(count)})
        message = f"nothing says `{quoted(demanded or '')}`, as the contract asks for"
        yield Finding(document.source.place(0, 0), message)
    for place in found:
        said = document.source[place]
        if said.replace(",", "") == str(count):
            continue
        text = f"{count:,}" if "," in said else str(count)
        yield Finding(
            Place(document.path, place),
            f"it says there are {said}, but there are {text}",
            Fix("write the number", (Edit(Place(document.path, place), text),)),
        )
