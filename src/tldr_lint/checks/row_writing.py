"""Rows and cells as fixes write them: raw cells copied, the table's own habits kept."""

from __future__ import annotations

from collections import Counter

from tldr_lint.checks.quoting import quoted
from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.table import Cell
from tldr_lint.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tldr_lint.document import Document
    from tldr_lint.sync.lines import Line
    from tldr_lint.sync.pairing import Comparison
    from tldr_lint.table import Row
    from tldr_lint.text import Source

_DIRECTIVE = regex(r"[ \t]*<!--\s*tldr-lint-(?:(?!-->).)*-->")
_LINE_BREAK = regex(r"\s*(?:\r\n|\r|\n)\s*")
_PIPE = regex(r"(?<!\\)\|")


def copied(raw: str) -> str:
    """What of a raw cell a fix copies: all of it but suppressions, which are about their place."""
    return _DIRECTIVE.sub("", raw).strip(" \t") if "tldr-lint-" in raw else raw


def as_cell(text: str) -> str:
    """A text from outside of any table, as a raw cell."""
    return _PIPE.sub(r"\\|", _LINE_BREAK.sub(" ", text)).strip()


def cell_at(row: Row, column: int) -> Cell:
    """One cell of a row, without the making of all others."""
    piece = row.pieces[column]
    raw = piece.strip(" \t")
    before = sum(map(len, row.pieces[:column])) + column
    within = len(piece) - len(piece.lstrip(" \t")) if raw else len(piece) // 2
    start = row.start + len(row.lead) + before + within
    return Cell(Span(start, start + len(raw)), raw)


def rewritten(source: Source, row: Row, column: int, raw: str) -> Edit:
    """The edit that makes a cell say something else; suppressions in it stay."""
    cell = cell_at(row, column)
    own = "".join(_DIRECTIVE.findall(cell.raw)) if "tldr-lint-" in cell.raw else ""
    text = raw + (own if raw else own.strip(" \t"))
    piece = row.pieces[column]
    if not cell.raw and len(piece) == 1:
        # A single blank is the one before the cell.
        text = f" {text}"
        cell_start = cell.span.start
        return Edit(source.place(cell_start, cell_start), text)
    return Edit(source.place(cell.span.start, cell.span.end), text)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a table writes its rows."""

    lead: str
    before: str
    """Blanks before a cell."""
    after: str
    """Blanks behind a cell."""
    tail: str

    def row(self, cells: Sequence[str]) -> str:
        """A row of raw cells, written so."""
        pieces = [f"{self.before}{cell}{self.after}" for cell in cells]
        first = pieces[0] if self.lead else pieces[0].lstrip(" \t")
        last = pieces[-1] if self.tail else pieces[-1].rstrip(" \t")
        middle = [first, *pieces[1:]] if len(pieces) > 1 else [first]
        if len(pieces) > 1:
            middle[-1] = last
        written = f"{self.lead}{'|'.join(middle)}{self.tail}"
        # Without pipes at the ends a blank cell there, or a row of one cell, needs one.
        return written if self.tail or (cells[-1] and len(cells) > 1) else f"{written.rstrip()}|"


def habit(rows: Iterable[Row]) -> Habit:
    """The habit of the first of these rows that shows one: the usual blanks around its cells.

    In a table whose columns are padded to one width, no more blanks are put
    behind a cell than before it.
    """
    for row in rows:
        inner = [piece for piece in row.pieces if piece.strip(" \t")]
        if not inner:
            continue
        befores = [piece[: len(piece) - len(piece.lstrip(" \t"))] for piece in inner]
        afters = [piece[len(piece.rstrip(" \t")) :] for piece in inner]
        # Without a pipe at an end the blanks there are the row's.
        if not row.lead and row.pieces[0].strip(" \t"):
            befores = befores[1:] or [" "]
        if not row.tail and row.pieces[-1].strip(" \t"):
            afters = afters[:-1] or [" "]
        before = _usual(befores)
        after = min(_usual(afters), before, key=len)
        return Habit(row.lead, before, after, "|" if "|" in row.tail else "")
    return Habit("|", " ", " ", "|")


def _usual(blanks: Sequence[str]) -> str:
    """The most frequent, of several the shortest."""
    times = Counter(blanks)
    return min(times, key=lambda blank: (-times[blank], len(blank)))


def inserted(document: Document, beside: Row, written: Sequence[str], *, above: bool) -> Edit:
    """The edit that puts rows on lines of their own, below or above a row."""
    source = document.source
    line = source.line_of(beside.start)
    newline = source.newline(line.start)
    # What stands before a row belongs to the quote or list it stands in.
    prefix = source.text[line.start : beside.start]
    rows = [f"{prefix}{row}" for row in written]
    if above:
        return Edit(source.place(line.start, line.start), "".join(row + newline for row in rows))
    return Edit(source.place(line.end, line.end), "".join(newline + row for row in rows))


def removed(document: Document, rows: Sequence[Row]) -> Edit:
    """The edit that takes out the lines of rows that stand below each other."""
    source = document.source
    first, last = source.line_of(rows[0].start), source.line_of(rows[-1].start)
    end = last.end + len(_line_ending(source, last.end))
    if end > last.end or not first.start:
        return Edit(source.place(first.start, end), "")
    # The last line of the file has no ending: the one above loses its own.
    above = source.line_of(first.start - 1)
    return Edit(source.place(above.end, last.end), "")


def adjoining(source: Source, rows: Iterable[Row]) -> list[list[Row]]:
    """Rows, in order, in runs that stand on lines directly below each other."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs:
            line = source.line_of(runs[-1][-1].start)
            if line.end + len(_line_ending(source, line.end)) == source.line_of(row.start).start:
                runs[-1].append(row)
                continue
        runs.append([row])
    return runs


def exchanged(source: Source, old: Row, new: Row) -> Edit:
    """The edit that puts one row where another stands, to the end of its line."""
    written = source.text[new.start : source.line_of(new.start).end]
    return Edit(source.place(old.start, source.line_of(old.start).end), written)


def key_shown(comparison: Comparison, line: Line) -> str:
    """What people call a row: its key as the roll-up spells it, quoted."""
    cells = line.cells
    spelled = [plain(cells[name]) for name in line.names if name in comparison.keys & cells.keys()]
    return f"`{quoted(' '.join(spelled) or line.key)}`"


def _line_ending(source: Source, end: int) -> str:
    text = source.text
    if text.startswith("\r\n", end):
        return "\r\n"
    return text[end : end + 1]
