"""Text and the places in it.

Everything the program says about a file is said in *code points* from the
start of the file's text as it is on disk: line endings are kept, a byte order
mark counts as the one code point it is. Lines and columns exist only at the
rim, where a person or a protocol reads them.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    _Made = TypeVar("_Made")

# Only these three end a line in Markdown (CommonMark 0.31.2, section 2.1).
# `str.splitlines` also splits at form feed, U+0085, U+2028 and others.
_LINE_END = regex(r"\r\n|\r|\n")
_NOT_READ = ("path", "_starts", "_again", "_known")  # All there is of a source but its text.


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, `[start, end)`."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        """Whether another span lies wholly inside this one."""
        return isinstance(other, Span) and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span in one file; `path` is relative to the workspace root, with `/`."""

    path: str
    span: Span


class ChangedError(Exception):
    """A file is not what it was when it was read first; `path` is the file's."""

    def __init__(self, path: str) -> None:
        super().__init__(f"`{path}` was changed while it was checked: run again")
        self.path = path


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file, exactly as it is on disk."""

    path: str
    text: str
    _starts: tuple[int, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _again: Callable[[str], str | None] | None = field(
        default=None, init=False, repr=False, compare=False
    )
    """Reads the text once more, by the path, where it has not been kept."""
    _known: int = field(default=0, init=False, repr=False, compare=False)
    """The hash of the text that was read first."""

    @classmethod
    def read_before(cls, path: str, again: Callable[[str], str | None], known: int) -> Source:
        """A text that was read and let go, to be read again when somebody asks for it.

        `again` gives none where there is no text any more; `known` is its hash. To ask for
        the text raises `ChangedError` where it is not what it was.
        """
        source = object.__new__(cls)
        for name, value in zip(_NOT_READ, (path, None, again, known), strict=True):
            object.__setattr__(source, name, value)
        return source

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """The text that is not there yet; Python asks here for nothing else."""
            if name != "text":
                raise AttributeError(name)
            text = self._again(self.path)
            if text is None or hash(text) != self._known:
                raise ChangedError(self.path)
            object.__setattr__(self, "text", text)
            return text

    @property
    def starts(self) -> tuple[int, ...]:
        """The offset at which each line starts; the first is always 0."""
        if self._starts is None:
            starts = (0, *(found.end() for found in _LINE_END.finditer(self.text)))
            object.__setattr__(self, "_starts", starts)
            return starts
        return self._starts

    def __getitem__(self, span: Span) -> str:
        """The text under a span."""
        return self.text[span.start : span.end]

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column, in code points, of an offset.

        A byte order mark is no column: the first visible character of a file
        is 1:1 with or without one.
        """
        if offset == 0:
            # Of a file that is not worth reading, its lines are not worth counting.
            return 1, 1
        starts = self.starts
        line = bisect_right(starts, offset)
        column = offset - starts[line - 1] + 1
        if line == 1 and column > 1 and self.text.startswith("\ufeff"):
            column -= 1
        return line, column

    def line_span(self, line: int) -> Span:
        """The span of a 1-based line, its line ending left out.

        Raises:
            IndexError: there is no such line.
        """
        if line == 1 and self._starts is None:
            found = _LINE_END.search(self.text)
            return Span(0, found.start() if found is not None else len(self.text))
        starts = self.starts
        if not 1 <= line <= len(starts):
            raise IndexError(line)
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def line_of(self, offset: int) -> Span:
        """The span of the line an offset stands in, its line ending left out."""
        return self.line_span(bisect_right(self.starts, offset))

    def newline(self, offset: int) -> str:
        """The line ending in use around an offset: its line's own, else the file's, else LF.

        What a fix inserts takes its neighbour's ending, so that a CRLF file
        stays one.
        """
        found = _LINE_END.search(self.text, offset)
        if found is not None:
            return found.group()
        return next((end for end in ("\r\n", "\n", "\r") if end in self.text), "\n")

    def place(self, start: int, end: int) -> Place:
        """A place in this file."""
        return Place(self.path, Span(start, end))


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `text` where `place` is; an empty span inserts, an empty text removes."""

    place: Place
    text: str


class OverlapError(ValueError):
    """Two edits of one splice touch the same code points."""


def remembered(make: Callable[[str], _Made], most: int, longest: int) -> Callable[[str], _Made]:
    """A function of texts that remembers what it made of the last `most` different ones.

    The notes of a collection have one header, over and over again. What is not
    shorter than `longest` characters stands once, and would only take room.
    """
    usual = lru_cache(maxsize=most)(make)
    return lambda text: usual(text) if len(text) < longest else make(text)


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits applied at once; bytes outside of them are untouched.

    Raises:
        OverlapError: two edits overlap, or insert at the same point.
    """
    pieces: list[str] = []
    at = 0
    last: Span | None = None
    for edit in sorted(edits):
        span = edit.place.span
        if last is not None and (span.start < last.end or span == last):
            raise OverlapError(f"two edits of {edit.place.path} meet at offset {span.start}")
        pieces += (text[at : span.start], edit.text)
        at = span.end
        last = span
    pieces.append(text[at:])
    return "".join(pieces)
