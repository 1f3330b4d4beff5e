"""Between the editor's world and ours: URIs and paths, UTF-16 positions and offsets.

Language Server Protocol 3.17: lines end at LF, CRLF or CR, as ours do; columns
count UTF-16 code units unless editor and server agreed on another encoding;
one beyond the line's end means its end.
"""

from __future__ import annotations

import os
from urllib.parse import quote, unquote, urlsplit

from lsprotocol import types as lsp

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.text import Span

if TYPE_CHECKING:
    from tldr_lint.rule import Location
    from tldr_lint.text import Source

UTF_16 = lsp.PositionEncodingKind.Utf16.value


def _units(char: str, encoding: str) -> int:
    """How many units of an encoding a character takes."""
    if char <= "\x7f" or encoding == "utf-32":
        return 1
    if encoding == "utf-8":
        return 2 if char <= "\u07ff" else 3 if char <= "\uffff" else 4
    return 2 if char > "\uffff" else 1


def offset_at(source: Source, position: lsp.Position, encoding: str = UTF_16) -> int:
    """The offset of a position, clamped to the text and to whole characters."""
    row = position.line + 1
    if row > len(source.starts):
        return len(source.text)
    line = source.line_span(row)
    units = position.character
    for offset, char in enumerate(source[line], line.start):
        if units <= 0:
            return offset
        units -= _units(char, encoding)
    return line.end


def position_of(source: Source, offset: int, encoding: str = UTF_16) -> lsp.Position:
    """The position of an offset."""
    row, _ = source.position(offset)
    before = source.text[source.starts[row - 1] : offset]
    if before.isascii():
        return lsp.Position(row - 1, len(before))
    return lsp.Position(row - 1, sum(_units(char, encoding) for char in before))


def range_of(source: Source, span: Span, encoding: str = UTF_16) -> lsp.Range:
    """The range of a span."""
    start = position_of(source, span.start, encoding)
    return lsp.Range(start, position_of(source, span.end, encoding))


def span_of(source: Source, location: Location) -> Span:
    """The span of a place that is known by line and column."""
    start = _offset(source, location.start.row, location.start.column)
    return Span(start, _offset(source, location.end.row, location.end.column))


def _offset(source: Source, row: int, column: int) -> int:
    mark = row == 1 and source.text.startswith("\ufeff")
    return source.starts[row - 1] + column - 1 + mark


def path_to_uri(path: str) -> str:
    """The `file:` URI of an absolute path (RFC 8089)."""
    return f"file://{quote(os.fsencode(path))}"


def uri_to_path(uri: str) -> str | None:
    """The absolute path that a `file:` URI names; nothing for another scheme."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    return os.path.normpath(os.fsdecode(unquote(parts.path, errors="surrogateescape")))
