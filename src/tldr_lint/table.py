"""Pipe tables: rows that keep one line each, cut at its pipes when somebody asks."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex
from tldr_lint.text import Span

_UNESCAPED_PIPE = regex(r"(?<!\\)\|")
_NEW, _GIVE = object.__new__, object.__setattr__
_PARTS_OF_A_ROW = ("lead", "pieces", "tail")


def cut(raw: str) -> tuple[str, tuple[str, ...], str]:
    """What a row's `lead`, `pieces` and `tail` are.

    A pipe behind a back slash is none, even behind two: both cmark-gfm and
    markdown-it look at one character only. A pipe in a code span is one.
    """
    body = raw.rstrip(" \t")
    lead = "|" if body[:1] == "|" else ""
    closed = len(body) > len(lead) and body[-1] == "|" and body[-2:-1] != "\\"
    tail = ("|" if closed else "") + raw[len(body) :]
    body = body[len(lead) : len(body) - closed]
    if not body and not closed:
        return lead, (), tail
    pieces = _UNESCAPED_PIPE.split(body) if "\\|" in body else body.split("|")
    return lead, tuple(pieces), tail


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: `raw` is trimmed of blanks, `span` is where `raw` stands.

    The span of a blank cell is empty and stands in the middle of its blanks.
    """

    span: Span
    raw: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, cut at its unescaped pipes.

    `lead` is what stands before the first piece: the leading pipe or nothing.
    `pieces` are the raw texts between the pipes, blanks included.
    """

    start: int
    """Offset of the row's first character, behind indentation and any container's prefix."""
    lead: str
    pieces: tuple[str, ...]
    tail: str
    """What stands behind the last piece: the closing pipe and trailing blanks, or nothing."""
    _raw: str | None = field(default=None, init=False, repr=False, compare=False)
    """The row as written, where it is cut only when somebody asks."""

    @classmethod
    def of(cls, start: int, raw: str) -> Row:
        """The row that a line is; of most rows nobody asks more than what is written there."""
        row = _NEW(cls)
        _GIVE(row, "start", start)
        _GIVE(row, "_raw", raw)
        return row

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """What is not there yet; Python asks here for nothing else."""
            if name not in Row.__slots__ or self._raw is None:
                raise AttributeError(name)
            for part, value in zip(_PARTS_OF_A_ROW, cut(self._raw), strict=True):
                _GIVE(self, part, value)
            return getattr(self, name)

    def __len__(self) -> int:
        return len(self.pieces)

    @property
    def raw(self) -> str:
        """The row as written."""
        if self._raw is not None:
            return self._raw
        return f"{self.lead}{'|'.join(self.pieces)}{self.tail}"

    @property
    def span(self) -> Span:
        """Where `raw` stands, trailing blanks left out."""
        return Span(self.start, self.start + len(self.raw.rstrip()))

    @property
    def texts(self) -> tuple[str, ...]:
        """What `raw` is of each cell."""
        return tuple(piece.strip(" \t") for piece in self.pieces)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in order."""
        return tuple(Cell(span, raw) for raw, span in zip(self.texts, self.spans, strict=True))

    def cell(self, at: int) -> Cell:
        """One of the cells: what to ask for in a row of a thousand, once for each.

        Raises:
            IndexError: there are not as many.
        """
        piece = self.pieces[at]
        before = self.pieces[:at]
        raw = piece.strip(" \t")
        start = self.start + len(self.lead) + sum(map(len, before)) + len(before)
        start += piece.index(raw) if raw else len(piece) // 2
        return Cell(Span(start, start + len(raw)), raw)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where each cell stands."""
        found: list[Span] = []
        at = self.start + len(self.lead)
        for piece in self.pieces:
            raw = piece.strip(" \t")
            start = at + (piece.index(raw) if raw else len(piece) // 2)
            found.append(Span(start, start + len(raw)))
            at += len(piece) + 1
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Table:
    """A pipe table: a header row, a delimiter row, and the rows below."""

    header: Row
    delimiter: Row
    rows: tuple[Row, ...]
    span: Span
    nested: bool
    """Inside a quote, list or footnote."""

    @property
    def renders(self) -> bool:
        """Whether GitHub shows a table here: header and delimiter row have as many cells."""
        return len(self.header) == len(self.delimiter)
