"""Documents taken apart for another of our own processes, and put together again.

The facts (`layout.py`) go in Python's own form, each kind by itself: most of
the files of a large workspace are only asked for some.
"""

from __future__ import annotations

import marshal

from tldr_lint.layout import LIST_ITEMS, TABLES, TAGS, all_values, made, unfinished
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _typeshed import Incomplete

    from tldr_lint.document import Document
    from tldr_lint.layout import Values
    from tldr_lint.text import Source

    Parts = Sequence[bytes | bool]
    """What is sent of each kind."""

_LARGE = 50_000  # Characters.
_FOUND_ANEW = True
"""In place of facts that are not kept, for nobody is likely to ask for them."""


def take_apart(document: Document, *, lean: bool = False) -> Parts:
    """A document's facts as `marshal` writes them, nothing for a kind of which there is none.

    With `lean` tags and list items are left out where nobody will ask for them, as far as can
    be told; should somebody do so, they are found anew.
    """
    dump: Callable[[Incomplete], bytes] = marshal.dumps
    parts: list[bytes | bool] = [dump(facts) if facts else b"" for facts in all_values(document)]
    if lean and parts[TAGS] and not document.may_hold("TL207"):
        parts[TAGS] = _FOUND_ANEW
    # Those of indexes are asked for, and of large ones it would take long to find them anew.
    if lean and parts[LIST_ITEMS] and len(document.source.text) < _LARGE:
        parts[LIST_ITEMS] = _FOUND_ANEW
    return tuple(parts)


class _Held(list):  # type: ignore[type-arg]
    """Facts as they were sent."""

    __slots__ = ()

    def values(self, kind: int, source: Source) -> Values:
        """The facts of a kind."""
        data = self[kind]
        if data is _FOUND_ANEW:
            return parse(source).values(kind)
        # Not for what others wrote; but this is what a process of our own made a moment ago.
        return marshal.loads(data) if data else ()  # noqa: S302


def put_together(source: Source, parts: Parts) -> Document:
    """The document that was taken apart; its facts are made when they are asked for."""
    return unfinished(source, _Held(parts), _made)


def _made(document: Document, name: str) -> object:
    facts = made(document, name)
    held = document.held
    if name == "tables" and isinstance(held, _Held) and held[TABLES]:
        # All rows of a roll-up twice would be a tenth of what a large workspace takes.
        held[TABLES] = _FOUND_ANEW
    return facts
