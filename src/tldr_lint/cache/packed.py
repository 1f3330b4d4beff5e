"""Documents as text and back: what goes into the cache.

It holds facts (`layout.py`) as JSON, a line for each kind, so that whoever
wrote it can make facts wrong but nothing run. A kind is read when somebody
asks for it: most files of a large workspace are only asked for some.
"""

from __future__ import annotations

import json

from tldr_lint.layout import (
    COUNT,
    FIRST_ROW,
    HEADINGS,
    LOUD,
    ORPHANS,
    TABLES,
    all_values,
    made,
    unfinished,
)
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from tldr_lint.document import Document
    from tldr_lint.layout import Values
    from tldr_lint.text import Source

FORMAT = 4
"""Goes up whenever the meaning of the text changes."""

_END = "."
_FEWEST = (0, 0, 9, 5, 1, 7, 7, 6, 3, 3, 5, 3, 5, 4, 2)
"""Values that a fact of each kind has at least; the first two kinds are no lists of facts."""
_RAW_DECODE = json.JSONDecoder().raw_decode


def pack(document: Document) -> str:
    """A document's facts as text; the source is not in it, and is needed to unpack it."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    values = list(all_values(document))
    # Of a row the text tells what is written there.
    values[TABLES] = [
        (*table[:FIRST_ROW], *((at, len(raw)) for at, raw in table[FIRST_ROW:]))
        for table in values[TABLES]
    ]
    values[ORPHANS] = [[(at, len(raw)) for at, raw in run] for run in values[ORPHANS]]
    # JSON has no line end that is not escaped. The last line tells that none is missing.
    return "\n".join((*(encode(facts) if facts else "" for facts in values), _END))


class _Lines(tuple):  # type: ignore[type-arg]
    """Facts as JSON, a line for each kind."""

    __slots__ = ()

    def values(self, kind: int, source: Source) -> Values:
        """The facts of a kind."""
        line = self[kind]
        if not line:
            return ()
        try:
            return self._read(line, kind, source)
        except (ValueError, TypeError, IndexError, KeyError, RecursionError):
            # What `pack` cannot have made: the text is parsed after all.
            return parse(source).values(kind)

    def _read(self, line: str, kind: int, source: Source) -> Values:
        # What `json.loads` adds to this takes as long as itself.
        found, end = _RAW_DECODE(line)
        if end != len(line):
            raise ValueError(line)
        if HEADINGS <= kind < LOUD and any(len(each) < _FEWEST[kind] for each in found):
            raise ValueError(line)
        if kind == TABLES:
            return [(*t[:FIRST_ROW], *_rows(source, t[FIRST_ROW:])) for t in found]
        if kind == ORPHANS:
            return [_rows(source, run) for run in found]
        return found  # type: ignore[no-any-return]


def unpack(source: Source, packed: str) -> Document:
    """The document that was packed; its facts are made when they are asked for.

    From a text that `pack` cannot have made nothing is taken: the source is
    parsed after all.
    """
    *lines, end = packed.split("\n")
    if end != _END or len(lines) != COUNT:
        return parse(source)
    return unfinished(source, _Lines(lines), _made)


def _made(document: Document, name: str) -> object:
    try:
        return made(document, name)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
        return getattr(parse(document.source), name)


def _rows(source: Source, rows: Values) -> Values:
    """Rows as they are written, but where a carriage return ends one the parser saw a blank."""
    return [(at, source.text[at : at + size].replace("\r", " ")) for at, size in rows]
