"""Facts as plain values: what the parser finds, what other processes send, what the cache holds.

To make an object of each fact takes as long as to find it, and most facts of a
large workspace are never asked for. So they are found, kept and sent as tuples
of numbers and texts, a list for each kind, and become objects when somebody
asks for their kind.
"""

from __future__ import annotations

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
    Tag,
    UndefinedReference,
)
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.table import Row, Table, cut
from tldr_lint.text import Span, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol

    from _typeshed import Incomplete

    from tldr_lint.document import Held
    from tldr_lint.text import Source

    Values = Sequence[Incomplete]
    """All facts of a kind, or the parts of one; nothing says which is what but their order."""

    class HeldOfEach(Held, Iterable[object], Protocol):
        """What is held of each kind, which is false where there is none."""


PROBLEM, FRONT_MATTER, HEADINGS, TABLES, ORPHANS, LINKS, IMAGES, DEFINITIONS = range(8)
UNDEFINED, ANCHORS, TAGS, MARKERS, LIST_ITEMS, DIRECTIVES, CODE, LOUD = range(8, 16)
"""Where each kind stands among all. A fact's values, with `[start, end)` for each span:

PROBLEM        message, conflict, start, end: not a list, but these of the one there is
FRONT_MATTER   start, end, content's start, end: likewise
HEADINGS       start, end, level, text, content's start, end, anchor, style, nested,
               and where a paragraph stands right below, its start, end
TABLES         start, end, nested, and for each row, header and delimiter row first: (start, raw)
ORPHANS        for each row of a run: (start, raw)
LINKS, IMAGES  start, end, kind, text, target, target's start, end
DEFINITIONS    start, end, label, target, target's start, end
UNDEFINED      start, end, label
ANCHORS        start, end, name
TAGS           start, end, name, closing, void
MARKERS        start, end, raw
LIST_ITEMS     start, end, depth, the whole item's start, end
DIRECTIVES     start, end, scope, whether it breaks its table, and for each rule: word, start, end
CODE           start, end
LOUD           codes, sorted; or one None where nobody has looked
"""
LEVEL, TEXT, NESTED, BELOW = 2, 3, 8, 9
"""Where these stand among a heading's values; what stands right below is only there if it does."""
TARGET, DEFINED = 4, 3
"""Where the target stands among a link's values, and among a definition's."""
COUNT = 16
FIRST_ROW = 3
"""Where a table's rows begin among its values."""
SILENT: frozenset[str] = frozenset()
"""What is loud in most documents: one object, for there are thousands."""
NOBODY_LOOKED = (None,)
"""`LOUD` of a document that has just been parsed."""


class Found(tuple):  # type: ignore[type-arg]
    """Facts as the parser found them."""

    __slots__ = ()

    def values(self, kind: int, _source: Source) -> Values:
        """The facts of a kind."""
        return self[kind]  # type: ignore[no-any-return]


def document_of(source: Source, values: Iterable[Values]) -> Document:
    """The document that has these facts, each kind as plain values."""
    return unfinished(source, Found(values), made)


def unfinished(
    source: Source, held: HeldOfEach, make: Callable[[Document, str], object]
) -> Document:
    """A document whose facts are made of what is held, but for kinds of which there is none.

    Of those nothing is held.
    """
    # What there is none of needs no making: most kinds, in most files.
    silent = [nothing for each, nothing in zip(held, _NOTHING, strict=True) if not each]
    return Document.unfinished(source, held, make, silent)


def all_values(document: Document) -> Sequence[Values]:
    """All facts of a document as plain values, `LOUD` as it is by now."""
    loud = document.loud
    held = document.held
    found = held if isinstance(held, Found) else [document.values(kind) for kind in range(COUNT)]
    return (*found[:LOUD], NOBODY_LOOKED if loud is None else sorted(loud))


def made(document: Document, name: str) -> object:
    """A kind of facts, or the title, of a document that has not got it yet."""
    if name == "title":
        return _title(document)
    number, make = _KINDS[name]
    facts = make(document.values(number))
    if number == HEADINGS:
        title = document.made("title")
        # There is one object for one heading.
        return tuple([title if each == title else each for each in facts]) if title else facts
    return facts


def _title(document: Document) -> Heading | None:
    headings = document.made("headings")
    if headings is None:
        for value in document.values(HEADINGS):
            if value[LEVEL] == 1 and not value[NESTED]:
                return _heading(value)
        return None
    return next((h for h in headings if h.level == 1 and not h.nested), None)


def _heading(p: Values) -> Heading:
    below = Span(*p[BELOW:]) if len(p) > BELOW else None
    return Heading(Span(p[0], p[1]), p[2], p[3], Span(p[4], p[5]), p[6], p[7], p[8], below)


def _table(p: Values) -> Table:
    start, end, nested, header, delimiter, *rows = p
    made = tuple([Row.of(at, raw) for at, raw in rows])
    return Table(_usual_row(header), _usual_row(delimiter), made, Span(start, end), nested)


def _usual_row(p: Values) -> Row:
    """A row that stands in other files as well, most likely: its parts are shared."""
    return Row(p[0], *_cut_before(p[1]))


_cut_before = remembered(cut, 1024, 4_000)


def _run(p: Values) -> tuple[Row, ...]:
    return tuple([Row.of(at, raw) for at, raw in p])


def _link(p: Values) -> Link:
    return Link(Span(p[0], p[1]), _LINK_KINDS[p[2]], p[3], p[4], Span(p[5], p[6]))


def _directive(p: Values) -> Directive:
    words = zip(p[4::3], p[5::3], p[6::3], strict=True)
    rules = tuple((word, Span(start, end)) for word, start, end in words)
    return Directive(Span(p[0], p[1]), p[2], rules, p[3])


def _loud(codes: Sequence[str | None]) -> frozenset[str] | None:
    if not codes:
        return SILENT
    known = [code for code in codes if code is not None]
    return frozenset(known) if len(known) == len(codes) else None


def _each(make: Callable[[Values], object]) -> Callable[[Values], tuple[object, ...]]:
    return lambda facts: tuple(map(make, facts))


_LINK_KINDS = MappingProxyType({kind.value: kind for kind in LinkKind})

_MAKERS: tuple[tuple[str, Callable[[Values], Incomplete]], ...] = (
    ("problem", lambda p: Problem(Span(p[2], p[3]), p[0], p[1]) if p else None),
    ("front_matter", lambda p: FrontMatter(Span(p[0], p[1]), Span(p[2], p[3])) if p else None),
    ("headings", _each(_heading)),
    ("tables", _each(_table)),
    ("orphans", _each(_run)),
    ("links", _each(_link)),
    ("images", _each(_link)),
    ("definitions", _each(lambda p: Definition(Span(p[0], p[1]), p[2], p[3], Span(p[4], p[5])))),
    ("undefined", _each(lambda p: UndefinedReference(Span(p[0], p[1]), p[2]))),
    ("anchors", _each(lambda p: Anchor(Span(p[0], p[1]), p[2]))),
    ("tags", _each(lambda p: Tag(Span(p[0], p[1]), p[2], p[3], p[4]))),
    ("markers", _each(lambda p: Marker(Span(p[0], p[1]), p[2]))),
    ("list_items", _each(lambda p: ListItem(Span(p[0], p[1]), p[2], Span(p[3], p[4])))),
    ("directives", _each(_directive)),
    ("code", _each(lambda p: Span(p[0], p[1]))),
    ("loud", _loud),
)
_KINDS: Mapping[str, tuple[int, Callable[[Values], Incomplete]]] = MappingProxyType(
    {name: (number, make) for number, (name, make) in enumerate(_MAKERS)}
)
_NOTHING = tuple((name, make(())) for name, make in _MAKERS)
"""For each kind what a document has that has none of it."""
