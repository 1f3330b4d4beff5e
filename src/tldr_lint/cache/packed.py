"""Documents as text and back: what goes from one process to another, and into the cache.

The text is JSON, a line for each kind of facts, so that whoever wrote it can
make facts wrong but nothing run. Facts become objects when somebody asks for
their kind: most files of a large workspace are only asked for some.
"""

from __future__ import annotations

import json
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
    from collections.abc import Callable, Mapping

    from _typeshed import Incomplete

    from tldr_lint.text import Source

    # The parts of a fact, as JSON has them: nothing says which is what but their order.
    _Parts = list[Incomplete]

FORMAT = 2
"""Goes up whenever the meaning of the text changes."""

_END = "."


def pack(document: Document) -> str:
    """A document's facts as text; the source is not in it, and is needed to unpack it."""
    problem = document.problem
    front = document.front_matter
    kinds = (
        [problem.message, problem.conflict, *_ends(problem.span)] if problem else (),
        [*_ends(front.span), *_ends(front.content)] if front else (),
        [
            [
                *_ends(h.span),
                h.level,
                h.text,
                *_ends(h.content),
                h.anchor,
                h.style,
                h.nested,
                *(_ends(h.below) if h.below else ()),
            ]
            for h in document.headings
        ],
        [
            [*_ends(t.span), t.nested, *map(_sizes, (t.header, t.delimiter, *t.rows))]
            for t in document.tables
        ],
        [list(map(_sizes, run)) for run in document.orphans],
        list(map(_link, document.links)),
        list(map(_link, document.images)),
        [[*_ends(d.span), d.label, d.target, *_ends(d.target_span)] for d in document.definitions],
        [[*_ends(u.span), u.label] for u in document.undefined],
        [[*_ends(a.span), a.name] for a in document.anchors],
        [[*_ends(t.span), t.name, t.closing, t.void] for t in document.tags],
        [[*_ends(m.span), m.raw] for m in document.markers],
        [[*_ends(i.span), i.depth, *_ends(i.whole)] for i in document.list_items],
        [
            [
                *_ends(d.span),
                d.scope,
                d.breaks_table,
                *(part for word, span in d.rules for part in (word, *_ends(span))),
            ]
            for d in document.directives
        ],
        [_ends(span) for span in document.code],
    )
    encode = json.JSONEncoder(separators=(",", ":")).encode
    # JSON has no line end that is not escaped. The last line tells that none is missing.
    return "\n".join([*(encode(facts) if facts else "" for facts in kinds), _END])


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _link(link: Link) -> tuple[int | str, ...]:
    return (*_ends(link.span), link.kind, link.text, link.target, *_ends(link.target_span))


def _sizes(row: Row) -> tuple[int, ...]:
    """A row without its text: where it begins, and how long each part of it is."""
    return row.start, len(row.lead), len(row.tail), *map(len, row.pieces)


def unpack(source: Source, packed: str, parse: Callable[[Source], Document]) -> Document:
    """The document that was packed; its facts are made when they are asked for.

    From a text that `pack` cannot have made nothing is taken: the source is
    parsed after all.
    """

    def later(name: str) -> object:
        if name == "title":
            return _title(document)
        try:
            number, make = _KINDS[name]
            line = _line(packed, number)
            return make(source.text, json.loads(line) if line else [])
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
            return getattr(parse(source), name)

    document = Document.unfinished(source, later)
    return document


def _line(packed: str, number: int) -> str:
    *lines, end = packed.split("\n")
    if end != _END or len(lines) != len(_KINDS):
        raise ValueError(packed)
    return lines[number]


def _title(document: Document) -> Heading | None:
    return next((h for h in document.headings if h.level == 1 and not h.nested), None)


def _row(text: str, sizes: _Parts) -> Row:
    start, lead, tail, *rest = sizes
    at = start + lead
    pieces = []
    for size in rest:
        pieces.append(text[at : at + size])
        at += size + 1
    at -= bool(rest)
    # Where a carriage return ended the line the parser saw a blank.
    end = text[at : at + tail].replace("\r", " ")
    return Row(start, text[start : start + lead], tuple(pieces), end)


def _table(text: str, parts: _Parts) -> Table:
    start, end, nested, header, delimiter, *rows = parts
    return Table(
        _row(text, header),
        _row(text, delimiter),
        tuple(_row(text, row) for row in rows),
        Span(start, end),
        nested,
    )


def _heading(p: _Parts) -> Heading:
    below = Span(p[9], p[10]) if len(p) > 9 else None
    return Heading(Span(p[0], p[1]), p[2], p[3], Span(p[4], p[5]), p[6], p[7], p[8], below)


def _unlinked(p: _Parts) -> Link:
    return Link(Span(p[0], p[1]), LinkKind(p[2]), p[3], p[4], Span(p[5], p[6]))


def _directive(p: _Parts) -> Directive:
    words = zip(p[4::3], p[5::3], p[6::3], strict=True)
    rules = tuple((word, Span(start, end)) for word, start, end in words)
    return Directive(Span(p[0], p[1]), p[2], rules, p[3])


_KINDS: Mapping[str, tuple[int, Callable[[str, _Parts], object]]] = MappingProxyType(
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
    }
)
