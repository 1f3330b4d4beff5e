"""HTTP/1.1 as bytes: a request's head, an answer's head, and where its body ends (RFC 9112).

Heads are read as browsers read them: a line that is no header is dropped, so
that a page people can see is not called broken. Where a body ends is read to
the letter: what is in doubt ends the connection, not the answer.

Not h11, although httpx's own transport has it: it took a third of the time
that a request takes, and the tests hold this module against it.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD_LIMIT = 128 * 1024
"""Bytes of an answer's head, and of all trailers behind a body."""
_LINE_LIMIT = 16 * 1024  # bytes of one line between chunks
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) +(\d{3})(?: ([^\r\n]*))?\Z")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\x00\r\n]*)\Z")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_LENGTH = re.compile(rb"\d{1,18}\Z")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\Z", re.DOTALL)
_UNFIT = re.compile(rb"[\x00\r\n]")


class BrokenHeadError(Exception):
    """The server's answer is not HTTP."""


class BrokenBodyError(Exception):
    """The body's framing makes no sense."""


class UnfitRequestError(Exception):
    """The request would not be one on the wire."""


def request_head(method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bytes of a request without a body.

    Raises:
        UnfitRequestError: something in it would end a line, or split the first.
    """
    first = b"%s %s HTTP/1.1" % (method.encode("ascii"), target)
    lines = [first, *(b"%s: %s" % header for header in headers)]
    if first.count(b" ") != 2 or not target or any(map(_UNFIT.search, lines)):
        raise UnfitRequestError("the request cannot be sent")
    return b"\r\n".join(lines) + b"\r\n\r\n"


class _Line(Enum):
    """What the next line between chunks is."""

    SIZE = auto()
    END_OF_DATA = auto()
    TRAILER = auto()


@dataclass(slots=True)
class Body:
    """How far a body is read."""

    left: int | None
    """Bytes left of the body, or of the chunk under way; none where the connection ends it."""
    chunked: bool = False
    done: bool = False
    _line: _Line = _Line.SIZE
    _trailers: int = 0

    def take(self, buffer: bytearray) -> bytes:
        """Take what belongs to the body off the front of a buffer.

        Raises:
            BrokenBodyError: no chunk begins where one has to.
        """
        if self.chunked:
            return self._take_chunks(buffer)
        size = len(buffer) if self.left is None else min(self.left, len(buffer))
        data = bytes(buffer[:size])
        del buffer[:size]
        if self.left is not None:
            self.left -= size
            self.done = self.left == 0
        return data

    def _take_chunks(self, buffer: bytearray) -> bytes:
        found = bytearray()
        while not self.done:
            if self.left:
                piece = buffer[: self.left]
                if not piece:
                    break
                del buffer[: len(piece)]
                found += piece
                self.left -= len(piece)
                continue
            end = buffer.find(b"\n")
            if max(end, len(buffer) if end < 0 else 0) > _LINE_LIMIT:
                raise BrokenBodyError("a line between chunks has no end")
            if end < 0:
                break
            line = bytes(buffer[:end]).removesuffix(b"\r")
            del buffer[: end + 1]
            self._read_line(line)
        return bytes(found)

    def _read_line(self, line: bytes) -> None:
        match self._line:
            case _Line.SIZE:
                size = _CHUNK.match(line)
                if size is None:
                    raise BrokenBodyError("a chunk has no size")
                self.left = int(size[1], 16)
                self._line = _Line.END_OF_DATA if self.left else _Line.TRAILER
            case _Line.END_OF_DATA:
                if line:
                    raise BrokenBodyError("a chunk is longer than it says")
                self._line = _Line.SIZE
            case _Line.TRAILER:
                self._trailers += len(line)
                if self._trailers > HEAD_LIMIT:
                    raise BrokenBodyError("the trailers have no end")
                self.done = not line


@dataclass(frozen=True, slots=True)
class Head:
    """The final head of an answer."""

    status: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    """Names in lower case."""
    keeps: bool
    """Whether the connection may be used again once the body is read."""
    body: Body = field(compare=False)

    def first(self, name: bytes) -> bytes | None:
        """The first value of a header."""
        return next((value for each, value in self.headers if each == name), None)


@dataclass(slots=True)
class HeadReader:
    """Finds the final head in what comes in; interim ones (1xx) are passed over."""

    _searched: int = 0
    _interim: int = 0

    def take(self, buffer: bytearray) -> Head | None:
        """Take the head off the front of a buffer; none while it is not whole.

        Raises:
            BrokenHeadError: what comes in is no head.
        """
        while True:
            end = _END_OF_HEAD.search(buffer, max(0, self._searched - 3))
            if end is None:
                self._searched = len(buffer)
                if self._searched > HEAD_LIMIT:
                    raise BrokenHeadError("the head has no end")
                if not b"HTTP/".startswith(buffer[:5]):
                    raise BrokenHeadError("the answer is not HTTP")
                return None
            text = bytes(buffer[: end.start()])
            del buffer[: end.end()]
            self._searched = 0
            head = _head(text)
            if head.status >= 200:
                return head
            self._interim += 1
            if head.status == 101 or self._interim > 8:
                raise BrokenHeadError("the answer has no final head")


def _head(text: bytes) -> Head:
    # A line that begins with a blank goes on with the one before (RFC 9112, 5.2).
    first, *lines = _FOLD.sub(b" ", text).replace(b"\r\n", b"\n").split(b"\n")
    found = _STATUS_LINE.match(first.strip())
    if found is None:
        raise BrokenHeadError("the status line is not one")
    headers: list[tuple[bytes, bytes]] = []
    lengths: set[int] = set()
    codings: list[bytes] = []
    closes = False
    for line in lines:
        header = _HEADER.match(line)
        if header is None:
            continue
        name, value = header[1].lower(), header[2].strip()
        headers.append((name, value))
        if name == b"content-length" and _LENGTH.match(value):
            lengths.add(int(value))
        elif name == b"transfer-encoding":
            codings += (each.strip() for each in value.lower().split(b","))
        elif name == b"connection":
            closes = closes or b"close" in map(bytes.strip, value.lower().split(b","))
    status = int(found[2])
    body = _body(status, codings, lengths)
    # What carries both a length and chunks may be a smuggler's (RFC 9112, 6.1).
    doubtful = bool(codings and lengths)
    keeps = found[1] == b"1" and not closes and body.left is not None and not doubtful
    return Head(status, found[3] or b"", tuple(headers), keeps, body)


def _body(status: int, codings: list[bytes], lengths: set[int]) -> Body:
    """How the body of an answer to a GET ends (RFC 9112, 6.3)."""
    if status in {204, 304}:
        return Body(0, done=True)
    if codings not in ([], [b"identity"]):
        return Body(0, chunked=True) if codings == [b"chunked"] else Body(None)
    if len(lengths) > 1:
        raise BrokenHeadError("it names several lengths")
    length = next(iter(lengths), None)
    return Body(length, done=length == 0)
