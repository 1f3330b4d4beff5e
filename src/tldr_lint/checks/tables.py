"""The shape of tables, in any document: rows and cells as GFM 0.29, section 4.10, has them."""

from __future__ import annotations

from bisect import bisect_right

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix, Rule, Severity
from tldr_lint.sync.decide import shifted, short_rows
from tldr_lint.sync.pairing import comparisons
from tldr_lint.text import Edit, Place, Span
from tldr_lint.torn import cut_in_two

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document
    from tldr_lint.table import Row, Table
    from tldr_lint.text import Source

_BACKTICKS = regex(r"`+")
_CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
_COMMENT = regex(r"<!--(?:(?!-->).)*-->")


def delimiter_mismatch(workspace: Workspace) -> Iterator[Finding]:
    """TL201: for every table, the delimiter row has as many cells as the header."""
    for document in workspace.loud("TL201"):
        for table in mismatched(document):
            delimiter, wanted = table.delimiter, len(table.header)
            yield Finding(
                Place(document.path, delimiter.span),
                f"delimiter row has {_cells(len(delimiter))}, its header has {wanted}: "
                "GitHub shows a paragraph of pipes",
                _delimiter_fix(document, table),
            )


def mismatched(document: Document) -> Iterator[Table]:
    """The tables whose header and delimiter row are not meant to have different lengths."""
    for table in document.tables:
        if not table.renders and not split_code(table.header, len(table.delimiter)):
            yield table


def row_length(workspace: Workspace) -> Iterator[Finding]:
    """TL202: for every table, every row has as many cells as the header."""
    broken: frozenset[Place] | None = None
    for document in workspace.loud("TL202"):
        for table, width in uneven(document):
            if broken is None:
                broken = _shifted_rows(workspace)
            yield from _row_lengths(document, table, width, broken)


def uneven(document: Document) -> Iterator[tuple[Table, int]]:
    """The tables with a row of another length than is meant, and that length."""
    for table in document.tables:
        width = intended_width(table)
        if not (_header_is_odd(table) or all(len(row) == width for row in table.rows)):
            yield table, width


def pipe_in_code(workspace: Workspace) -> Iterator[Finding]:
    """TL212: for every row of every table, no unescaped pipe stands in a code span."""
    for document in workspace.loud("TL212"):
        for span in code_over_pipes(document):
            yield Finding(
                Place(document.path, span),
                "a pipe splits this code span into two cells; write it `\\|`",
            )


def code_over_pipes(document: Document) -> Iterator[Span]:
    """The code spans of tables that an unescaped pipe cuts in two."""
    text = document.source.text
    for table in document.tables:
        if text.find("`", table.span.start, table.span.end) < 0:
            continue
        yield from split_code(table.header, len(table.delimiter))
        width = intended_width(table)
        for row in table.rows:
            yield from split_code(row, width)


def is_closed(row: Row) -> bool:
    """Whether a pipe closes the last cell of a row."""
    return row.tail.startswith("|")


def intended_width(table: Table) -> int:
    """How many cells a row of this table is meant to have.

    That is what the header has, code spans that a pipe splits in it joined.
    """
    cells = len(table.header)
    if table.renders:
        return cells
    return len(table.delimiter) if split_code(table.header, len(table.delimiter)) else cells


# Delimiter rows


def _header_is_odd(table: Table) -> bool:
    """Whether the header, not the delimiter row, is wrong: most rows say so.

    It lacks cells, or has blank ones that nothing stands below, or something
    stands before its first pipe.
    """
    header, delimiter = len(table.header), len(table.delimiter)
    if header == delimiter or intended_width(table) != header:
        return False
    surplus = not all(piece.strip() for piece in table.header.pieces)
    surplus |= bool(table.delimiter.lead) and not table.header.lead
    if header > delimiter and not surplus:
        return False
    lengths = [len(row) for row in table.rows]
    return lengths.count(delimiter) > lengths.count(header)


def _delimiter_fix(document: Document, table: Table) -> Fix | None:
    row, wanted = table.delimiter, len(table.header)
    if (
        _header_is_odd(table)
        or _is_below_a_row(document.source, table.header)
        or row.start in cut_in_two(table)
    ):
        # Fitted to the header, the delimiter row would hide or shift cells of every row.
        return None
    pieces = row.pieces
    if len(pieces) < wanted:
        end = _piece_end(row, len(pieces) - 1)
        missing = wanted - len(pieces)
        before = " " if not is_closed(row) and pieces[-1][:1] in {" ", "\t"} else ""
        edit = Edit(document.source.place(end, end), f"{before}|{pieces[-1]}" * missing)
        return Fix(f"add {_count(missing, 'delimiter cell')}", (edit,))
    start, end = _piece_end(row, wanted - 1), _piece_end(row, len(pieces) - 1)
    pipe = ""
    if not is_closed(row):
        # A row of dashes without any pipe would make a heading of the line above.
        pipe = "" if wanted > 1 or row.lead else " |"
        kept = pieces[wanted - 1]
        start -= len(kept) - len(kept.rstrip())
    edit = Edit(document.source.place(start, end), pipe)
    return Fix(f"remove {_count(len(pieces) - wanted, 'delimiter cell')}", (edit,))


def _is_below_a_row(source: Source, header: Row) -> bool:
    """Whether the line above is a row as well: then it may be the header, and this one is not."""
    line = source.line_of(header.start)
    return line.start > 0 and "|" in source[source.line_of(line.start - 1)]


def _piece_end(row: Row, index: int) -> int:
    return row.start + len(row.lead) + sum(map(len, row.pieces[: index + 1])) + index


# Rows


def _row_lengths(
    document: Document, table: Table, width: int, broken: Container[Place]
) -> Iterator[Finding]:
    after_text = False
    halves = cut_in_two(table)
    for row in table.rows:
        if len(row) == width or split_code(row, width):
            after_text = False
            continue
        if row.raw.startswith(_CONFLICT_MARKS):
            # TL004 says what it is.
            continue
        if "|" not in row.raw:
            # One forgotten blank line makes rows of all lines of a paragraph.
            if not after_text:
                yield Finding(
                    Place(document.path, row.span),
                    "text right below a table becomes a row of it; put a blank line between",
                )
            after_text = True
            continue
        after_text = False
        place = Place(document.path, row.span)
        has = f"row has {_cells(len(row))}, its header has {width}"
        if row.start in halves:
            yield Finding(place, f"{has}: it is half a row, the other half is on another line")
        elif len(row) < width and place in broken:
            # A blank cell at the end would make wrong facts of a broken row.
            yield Finding(place, f"{has}, and it is not the last that is missing")
        elif len(row) < width:
            shown = "one" if width - len(row) == 1 else "ones"
            yield Finding(
                place,
                f"{has}: GitHub shows the missing {shown} blank",
                _short_row_fix(document.source, row, width - len(row)),
            )
        else:
            surplus = len(row) - width
            if all(_COMMENT.fullmatch(cell.raw) for cell in row.cells[width:]):
                yield Finding(
                    place,
                    "a comment behind the last pipe becomes a cell; move it into a cell",
                )
                continue
            dropped = "the last one" if surplus == 1 else f"the last {surplus}"
            yield Finding(place, f"{has}: GitHub drops {dropped}")


def _shifted_rows(workspace: Workspace) -> frozenset[Place]:
    """The short rows of items and roll-ups that lack another cell than the last."""
    found: set[Place] = set()
    for comparison in comparisons(workspace):
        found |= comparison.torn
        found.update(
            Place(path, row.span)
            for pair in comparison.pairs
            for path, row, wanted in short_rows(comparison, pair)
            if shifted(row, wanted)
        )
    return frozenset(found)


def _short_row_fix(source: Source, row: Row, missing: int) -> Fix:
    blank = _blank_cell(row)
    end = row.span.end
    text = f"{blank}|" * missing
    if not is_closed(row):
        # The last cell is not closed yet. A back slash would escape the pipe that closes it.
        spaced = row.pieces[-1][:1] in {" ", "\t"} or row.raw.rstrip().endswith("\\")
        text = f"{' ' if spaced else ''}|{text}"
    return Fix(
        f"add {_count(missing, 'blank cell')}",
        (Edit(source.place(end, end), text),),
    )


def _blank_cell(row: Row) -> str:
    """A blank cell in a row's own spacing."""
    for piece in reversed(row.pieces):
        if not piece.strip():
            return piece
    last = row.pieces[-1]
    before = last[:1] in {" ", "\t"}
    after = last[-1:] in {" ", "\t"} and is_closed(row)
    return " " * (before + after)


# Code spans


def split_code(row: Row, width: int) -> list[Span]:
    """The code spans of a row that an unescaped pipe cuts in two.

    GFM cuts a row into cells before it looks for code (section 4.10), so such
    a span is none; what tells is a run of backticks that closes only in a
    later cell, and a row that would fit its table if it were one cell.
    """
    for piece in row.pieces:
        if "`" in piece and not _is_paired(piece):
            break
    else:
        return []
    found: list[Span] = []
    cells = len(row)
    raw = row.raw
    for opening, closing, pipes in _spans_over_pipes(row):
        nearer = abs(cells - pipes - width) < abs(cells - width)
        if nearer or (cells == width and _reads_as_code(raw, opening, closing)):
            found.append(Span(row.start + opening.start, row.start + closing.end))
            cells -= pipes
    return found


def _is_paired(piece: str) -> bool:
    """Whether each backtick run of a cell is certainly closed by the next."""
    if "``" not in piece and "\\" not in piece:
        # Nearly all there are.
        return piece.count("`") % 2 == 0
    runs = _BACKTICKS.findall(piece)
    return runs[::2] == runs[1::2] and "\\`" not in piece


def _reads_as_code(raw: str, opening: Span, closing: Span) -> bool:
    """Whether two backtick runs are placed as people place them around code."""
    before, after = raw[: opening.start][-1:], raw[closing.end :][:1]
    first, last = raw[opening.end], raw[closing.start - 1]
    return not (before.isalnum() or after.isalnum() or first.isspace() or last.isspace())


def _spans_over_pipes(row: Row) -> Iterator[tuple[Span, Span, int]]:
    """Backtick runs that would pair across cells: opening, closing, pipes between."""
    single = list(_unpaired(row))
    positions = _by_length(run for _, run in single)
    at = 0
    while at < len(single):
        piece, opening = single[at]
        later = positions[opening.end - opening.start]
        index = bisect_right(later, at)
        if index == len(later):
            at += 1
            continue
        last, closing = single[later[index]]
        yield opening, closing, last - piece
        at = later[index] + 1


def _unpaired(row: Row) -> Iterator[tuple[int, Span]]:
    """The backtick runs that close no code span in their own cell, with the cell's number."""
    at = len(row.lead)
    for number, piece in enumerate(row.pieces):
        runs = [
            Span(at + found.start(), at + found.end())
            for found in _BACKTICKS.finditer(piece)
            if piece[found.start() - 1 : found.start()] != "\\"
        ]
        positions = _by_length(runs)
        index = 0
        while index < len(runs):
            later = positions[runs[index].end - runs[index].start]
            pair = bisect_right(later, index)
            if pair < len(later):
                index = later[pair] + 1
            else:
                yield number, runs[index]
                index += 1
        at += len(piece) + 1


def _by_length(runs: Iterable[Span]) -> dict[int, list[int]]:
    positions: dict[int, list[int]] = {}
    for index, run in enumerate(runs):
        positions.setdefault(run.end - run.start, []).append(index)
    return positions


# Words


def _cells(count: int) -> str:
    return _count(count, "cell")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


RULES: tuple[Rule, ...] = (
    Rule(
        "TL201",
        "table-delimiter-mismatch",
        Severity.ERROR,
        frozenset({Applicability.SAFE}),
        delimiter_mismatch,
    ),
    Rule(
        "TL202",
        "table-row-length",
        Severity.ERROR,
        frozenset({Applicability.SAFE}),
        row_length,
    ),
    Rule("TL212", "pipe-in-code", Severity.ERROR, frozenset(), pipe_in_code),
)
