"""The merge driver for roll-ups and indexes: what `git merge` calls in place of its own.

Two branches that each add a row to the end of a table always conflict for a
merge of lines. Here tables and lists are merged row by row and cell by cell,
and the rest of the file line by line; what both sides changed apart is left
between conflict markers. See gitattributes(5), "Defining a custom merge
driver", and `docs/sync.md`.
"""

from __future__ import annotations

import os
import re

from tldr_lint.files.read import Unreadable, read, save
from tldr_lint.merge.lines import Clash, merge_lines
from tldr_lint.merge.rows import blocks, merge_block
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tldr_lint.merge.lines import Piece
    from tldr_lint.merge.rows import Block

_LARGEST = 16_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
MARKER_SIZE = 7
"""How long conflict markers are, unless git says otherwise."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged text, and how many places of it are left to people."""

    text: str
    clashes: int


def merge_files(base: str, ours: str, theirs: str, marker_size: int = MARKER_SIZE) -> str | int:
    """Merge three files as git hands them over, into the one of `ours`.

    Returns how many conflicts are left in it, or what went wrong; then nothing
    was written.
    """
    texts: list[str] = []
    for path in (base, ours, theirs):
        found = read(*_split(path), _LARGEST)
        if isinstance(found, Unreadable):
            return f"`{path}`: {found.message}"
        texts.append(found)
    merged = merge(*texts, marker_size=marker_size)
    problem = save(ours, merged.text.encode())
    return merged.clashes if problem is None else f"`{ours}`: {problem}"


def _split(path: str) -> tuple[str, str]:
    return os.path.split(os.path.abspath(path))  # noqa: PTH100


def merge(base: str, ours: str, theirs: str, *, marker_size: int = MARKER_SIZE) -> Merged:
    """The merge of two texts that come from one."""
    versions = [parse(Source("", text)) for text in (base, ours, theirs)]
    newline = versions[1].source.newline(0)
    found = [blocks(each) if each.problem is None else {} for each in versions]
    rows = {
        place: pieces
        for place in found[1].keys() & found[2].keys()
        if (pieces := merge_block(found[0].get(place), found[1][place], found[2][place]))
        is not None
    }
    stand_ins = {place: f"\0{number}{newline}" for number, place in enumerate(sorted(rows))}
    texts = [
        _folded(text, own, stand_ins) for text, own in zip((base, ours, theirs), found, strict=True)
    ]
    pieces = tuple(merge_lines(*texts))
    if any(_holds_stand_in(piece) for piece in pieces):
        # Whole tables were moved or removed: only a person knows what was meant.
        pieces = tuple(merge_lines(*(_lines(text) for text in (base, ours, theirs))))
        return _written(pieces, {}, newline, marker_size)
    tables = {stand_ins[place]: own for place, own in rows.items()}
    merged = _written(pieces, tables, newline, marker_size)
    if not ours.endswith(("\n", "\r")) and pieces and not isinstance(pieces[-1], Clash):
        return Merged(merged.text.rstrip("\r\n"), merged.clashes)
    return merged


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _folded(
    text: str,
    own: Mapping[tuple[str, str, int], Block],
    stand_ins: Mapping[tuple[str, str, int], str],
) -> list[str]:
    """The lines of a text with each merged block folded into one line that stands for it."""
    lines = _lines(text)
    for place, block in sorted(own.items(), key=lambda each: each[1].lines, reverse=True):
        if place in stand_ins:
            start, end = block.lines
            lines[start:end] = [stand_ins[place]]
    return lines


def _holds_stand_in(piece: Piece) -> bool:
    return isinstance(piece, Clash) and any(
        line.startswith("\0") for line in (*piece.ours, *piece.theirs)
    )


def _written(
    pieces: Sequence[Piece],
    tables: Mapping[str, tuple[Piece, ...]],
    newline: str,
    marker_size: int,
) -> Merged:
    lines: list[str] = []
    clashes = 0
    for piece in _unfolded(pieces, tables, newline):
        if not isinstance(piece, Clash):
            lines += piece
            continue
        clashes += 1
        lines += (
            f"{'<' * marker_size} ours{newline}",
            *_ended(piece.ours, newline),
            f"{'=' * marker_size}{newline}",
            *_ended(piece.theirs, newline),
            f"{'>' * marker_size} theirs{newline}",
        )
    return Merged("".join(lines), clashes)


def _unfolded(
    pieces: Iterable[Piece], tables: Mapping[str, tuple[Piece, ...]], newline: str
) -> Iterator[Piece]:
    for piece in pieces:
        if isinstance(piece, Clash):
            yield piece
            continue
        for line in piece:
            for inner in tables.get(line, ((line,),)):
                if line not in tables:
                    yield inner
                elif isinstance(inner, Clash):
                    yield Clash(_ended(inner.ours, newline), _ended(inner.theirs, newline))
                else:
                    yield _ended(inner, newline)


def _ended(lines: Iterable[str], newline: str) -> tuple[str, ...]:
    return tuple(line if line.endswith(("\n", "\r")) else line + newline for line in lines)
