"""Documents as plain values and back: what goes from one process to another, and into the cache.

The cache holds them as JSON, a line for each kind of facts, so that whoever
wrote it can make facts wrong but nothing run; between our own processes they
go in Python's own form, which is faster. Facts become objects when somebody
asks for their kind: most files of a large workspace are only asked for some.
"""

from __future__ import annotations

import functools
import json
import marshal
from operator import attrgetter
from types import MappingProxyType

from tldr_lint.document import (
    Anchor,
    Definition,
    Directive,
    Document,
    FrontMatter,
    Heading,
    Link,
    LinkKind,
    ListItem,
    Marker,
    Problem,
    Row,
    Table,
    Tag,
    UndefinedReference,
)
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from _typeshed import Incomplete

    from tldr_lint.text import Source

    # The parts of a fact, as JSON has them: nothing says which is what but their order.
    _Parts = Sequence[Incomplete]

FORMAT = 3
"""Goes up whenever the meaning of the text changes."""

_END = "."
_RAW_DECODE = json.JSONDecoder().raw_decode

# Parts of facts, read without a step of Python's for each.
_SPAN = ("span.start", "span.end")
_ENDS = attrgetter("start", "end")
_HEADING = attrgetter(
    *_SPAN, "level", "text", "content.start", "content.end", "anchor", "style", "nested"
)
_TARGET = ("target", "target_span.start", "target_span.end")
_LINK = attrgetter(*_SPAN, "kind._value_", "text", *_TARGET)
_DEFINITION = attrgetter(*_SPAN, "label", *_TARGET)
_UNDEFINED = attrgetter(*_SPAN, "label")
_ANCHOR = attrgetter(*_SPAN, "name")
_TAG = attrgetter(*_SPAN, "name", "closing", "void")
_MARKER = attrgetter(*_SPAN, "raw")
_LIST_ITEM = attrgetter(*_SPAN, "depth", "whole.start", "whole.end")


def pack(document: Document) -> str:
    """A document's facts as text; the source is not in it, and is needed to unpack it."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    # JSON has no line end that is not escaped. The last line tells that none is missing.
    lines = (encode(facts) if facts else "" for facts in _kinds(document))
    return "\n".join((*lines, _END))


def take_apart(document: Document) -> tuple[bytes, ...]:
    """A document's facts for another of our own processes, each kind by itself."""
    dump = marshal.dumps
    return tuple([dump(facts) if facts else b"" for facts in _kinds(document)])


def _kinds(document: Document) -> tuple[Incomplete, ...]:
    """Each kind of facts as numbers and texts."""
    problem = document.problem
    front = document.front_matter
    return (
        (problem.message, problem.conflict, *_ENDS(problem.span)) if problem else (),
        (*_ENDS(front.span), *_ENDS(front.content)) if front else (),
        [
            _HEADING(h) if h.below is None else (*_HEADING(h), *_ENDS(h.below))
            for h in document.headings
        ],
        [
            (*_ENDS(t.span), t.nested, *map(_sizes, (t.header, t.delimiter, *t.rows)))
            for t in document.tables
        ],
        [list(map(_sizes, run)) for run in document.orphans],
        list(map(_LINK, document.links)),
        list(map(_LINK, document.images)),
        list(map(_DEFINITION, document.definitions)),
        list(map(_UNDEFINED, document.undefined)),
        list(map(_ANCHOR, document.anchors)),
        list(map(_TAG, document.tags)),
        list(map(_MARKER, document.markers)),
        list(map(_LIST_ITEM, document.list_items)),
        [
            (
                *_ENDS(d.span),
                d.scope,
                d.breaks_table,
                *(part for word, span in d.rules for part in (word, *_ENDS(span))),
            )
            for d in document.directives
        ],
        list(map(_ENDS, document.code)),
        [None] if document.loud is None else sorted(document.loud),
    )


def _sizes(row: Row) -> tuple[int, ...]:
    """A row without its text: where it begins, and how long each part of it is."""
    return row.start, len(row.lead), len(row.tail), *map(len, row.pieces)


def unpack(source: Source, packed: str, parse: Callable[[Source], Document]) -> Document:
    """The document that was packed; its facts are made when they are asked for.

    From a text that `pack` cannot have made nothing is taken: the source is
    parsed after all.
    """
    held = [packed]

    def part(number: int) -> _Parts:
        if len(held) == 1:
            held[:] = _lines(held[0])
        line = held[number]
        if not line:
            return ()
        # What `json.loads` adds to this takes as long as itself.
        parts, end = _RAW_DECODE(line)
        if end != len(line):
            raise ValueError(line)
        return parts  # type: ignore[no-any-return]

    return _later(source, part, parse)


def put_together(
    source: Source, parts: Sequence[bytes], parse: Callable[[Source], Document]
) -> Document:
    """The document that was taken apart, likewise."""

    def part(number: int) -> _Parts:
        data = parts[number]
        # Not for what others wrote; but this is what a process of our own made a moment ago.
        return marshal.loads(data) if data else ()  # noqa: S302

    # What there is none of needs no making: most kinds, in most files.
    known = [nothing for data, nothing in zip(parts, _NOTHING, strict=True) if not data]
    return _later(source, part, parse, known)


def _later(
    source: Source,
    part: Callable[[int], _Parts],
    parse: Callable[[Source], Document],
    known: Sequence[tuple[str, object]] = (),
) -> Document:
    def later(name: str) -> object:
        if name == "title":
            return _title(document)
        try:
            number, make = _KINDS[name]
            return make(source.text, part(number))
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
            return getattr(parse(source), name)

    document = Document.unfinished(source, later, known)
    return document


def _lines(packed: str) -> list[str]:
    *lines, end = packed.split("\n")
    if end != _END or len(lines) != len(_KINDS):
        raise ValueError(packed)
    return lines


def _title(document: Document) -> Heading | None:
    return next((h for h in document.headings if h.level == 1 and not h.nested), None)


def _row(text: str, sizes: _Parts) -> Row:
    start = sizes[0]
    return Row(start, *_cut(text[start : start + _length(sizes)], *sizes[1:]))


def _usual_row(text: str, sizes: _Parts) -> Row:
    """A row that stands in other files as well, most likely: its parts are shared."""
    start = sizes[0]
    return Row(start, *_cut_before(text[start : start + _length(sizes)], *sizes[1:]))


def _length(sizes: _Parts) -> int:
    """Characters of a row: its parts, and the pipes between the pieces."""
    length: int = sum(sizes) - sizes[0] + max(len(sizes) - 4, 0)
    return length


def _cut(raw: str, lead: int, tail: int, *sizes: int) -> tuple[str, tuple[str, ...], str]:
    at = lead
    pieces = []
    for size in sizes:
        pieces.append(raw[at : at + size])
        at += size + 1
    # Where a carriage return ended the line the parser saw a blank.
    end = raw[len(raw) - tail :].replace("\r", " ") if tail else ""
    return raw[:lead], tuple(pieces), end


_cut_before = functools.lru_cache(maxsize=1024)(_cut)


def _table(text: str, parts: _Parts) -> Table:
    start, end, nested, header, delimiter, *rows = parts
    return Table(
        _usual_row(text, header),
        _usual_row(text, delimiter),
        tuple([_row(text, row) for row in rows]),
        Span(start, end),
        nested,
    )


def _heading(p: _Parts) -> Heading:
    below = Span(p[9], p[10]) if len(p) > 9 else None
    return Heading(Span(p[0], p[1]), p[2], p[3], Span(p[4], p[5]), p[6], p[7], p[8], below)


def _unlinked(p: _Parts) -> Link:
    return Link(Span(p[0], p[1]), _LINK_KINDS[p[2]], p[3], p[4], Span(p[5], p[6]))


def _directive(p: _Parts) -> Directive:
    words = zip(p[4::3], p[5::3], p[6::3], strict=True)
    rules = tuple((word, Span(start, end)) for word, start, end in words)
    return Directive(Span(p[0], p[1]), p[2], rules, p[3])


def _loud(codes: list[str | None]) -> frozenset[str] | None:
    if not codes:
        return _SILENT
    known = [code for code in codes if code is not None]
    return frozenset(known) if len(known) == len(codes) else None


_LINK_KINDS = MappingProxyType({kind.value: kind for kind in LinkKind})
_SILENT: frozenset[str] = frozenset()

_KINDS: Mapping[str, tuple[int, Callable[[str, Incomplete], object]]] = MappingProxyType(
    {
        "problem": (0, lambda _, p: Problem(Span(p[2], p[3]), p[0], p[1]) if p else None),
        "front_matter": (
            1,
            lambda _, p: FrontMatter(Span(p[0], p[1]), Span(p[2], p[3])) if p else None,
        ),
        "headings": (2, lambda _, all_: tuple(map(_heading, all_))),
        "tables": (3, lambda text, all_: tuple(_table(text, p) for p in all_)),
        "orphans": (4, lambda text, all_: tuple(tuple(_row(text, r) for r in p) for p in all_)),
        "links": (5, lambda _, all_: tuple(map(_unlinked, all_))),
        "images": (6, lambda _, all_: tuple(map(_unlinked, all_))),
        "definitions": (
            7,
            lambda _, all_: tuple(
                Definition(Span(p[0], p[1]), p[2], p[3], Span(p[4], p[5])) for p in all_
            ),
        ),
        "undefined": (
            8,
            lambda _, all_: tuple(UndefinedReference(Span(p[0], p[1]), p[2]) for p in all_),
        ),
        "anchors": (9, lambda _, all_: tuple(Anchor(Span(p[0], p[1]), p[2]) for p in all_)),
        "tags": (10, lambda _, all_: tuple(Tag(Span(p[0], p[1]), p[2], p[3], p[4]) for p in all_)),
        "markers": (11, lambda _, all_: tuple(Marker(Span(p[0], p[1]), p[2]) for p in all_)),
        "list_items": (
            12,
            lambda _, all_: tuple(ListItem(Span(p[0], p[1]), p[2], Span(p[3], p[4])) for p in all_),
        ),
        "directives": (13, lambda _, all_: tuple(map(_directive, all_))),
        "code": (14, lambda _, all_: tuple(Span(p[0], p[1]) for p in all_)),
        "loud": (15, lambda _, codes: _loud(codes)),
    }
)
_NOTHING = tuple((name, make("", ())) for name, (_, make) in _KINDS.items())
"""For each kind what a document has that has none of it."""
