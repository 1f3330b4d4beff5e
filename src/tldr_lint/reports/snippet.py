"""A line of source cut to what matters, with marks below it.

A row of a table can be thousands of characters wide. What is shown fits the
terminal, holds at most 200 characters of the file, and keeps the marks under
the characters they mean, whatever their width.
"""

from __future__ import annotations

import unicodedata

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.reports.escape import UNSEEN, visible

if TYPE_CHECKING:
    from tldr_lint.reports.words import Ranges

LIMIT = 200
"""The most characters of a file that one snippet line quotes."""

_TAB = "    "
_COMMAND = regex(r"##(?=\w*\[)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line fit to be shown, and the marks to print below it."""

    text: str
    marks: str


def _plain(text: str) -> bool:
    """Whether each character is shown as itself, one column wide."""
    return text.isascii() and text.isprintable() and "##" not in text


def _pieces(text: str) -> list[str]:
    """What stands for each code point on the screen."""
    if _plain(text):
        return list(text)
    pieces = [
        _TAB if char == "\t" else visible(char) if UNSEEN.match(char) else char for char in text
    ]
    for found in _COMMAND.finditer(text):
        pieces[found.start() + 1] = "\\#"
    return pieces


def _widths(text: str, pieces: list[str]) -> list[int]:
    """How many columns each piece takes: terminals draw a joined emoji as one."""
    if _plain(text):
        return [1] * len(text)
    widths: list[int] = []
    joined = False
    for char, piece in zip(text, pieces, strict=True):
        width = _width(char) if piece == char else len(piece)
        if joined or "\U0001f3fb" <= char <= "\U0001f3ff":
            width = 0 if widths else width
        if char == "\ufe0f" and widths and widths[-1] == 1:
            # The emoji presentation selector widens what stands before it.
            width = 1
        joined = char == "\u200d"
        widths.append(width)
    return widths


def _width(char: str) -> int:
    if char < "\u0300":
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def measure(text: str) -> int:
    """How many terminal columns a text takes."""
    return len(text) if text.isascii() else sum(_widths(text, list(text)))


def snippet(
    line: str,
    start: int,
    end: int,
    *,
    room: int,
    mark: str,
    differing: Ranges = (),
    focus: int | None = None,
) -> Snippet:
    """The part of a line that matters, marked.

    Args:
        line: the line's text.
        start: where the marked range starts, 0-based code points.
        end: where it ends; an empty range is marked at one column.
        room: columns there are.
        mark: what to mark with.
        differing: if given, only these ranges are marked, and they are what matters.
        focus: the code point that matters most in a range too long to be shown.
    """
    line = line.rstrip()
    start = min(start, len(line))
    end = max(start, min(end, len(line)))
    ranges = tuple((min(a, len(line)), min(b, len(line))) for a, b in differing) or ((start, end),)
    focus = ranges[0][0] if differing else focus
    focus = focus if focus is not None and start <= focus <= end else end
    kept = _kept(line, (start, end), min(max(room, 20), LIMIT), focus, words=bool(differing))
    pieces: list[str] = []
    marks: list[str] = []
    at = 0
    for first, last in kept:
        if first > at:
            pieces.append("…")
            inside = any(a < first and b > at for a, b in ranges)
            marks.append(mark if inside and not differing else " ")
        shown = _pieces(line[first:last])
        for offset, (piece, width) in enumerate(
            zip(shown, _widths(line[first:last], shown), strict=True), first
        ):
            hit = any(a <= offset < b or a == b == offset for a, b in ranges)
            pieces.append(piece)
            marks.append((mark if hit else " ") * width)
        at = last
    if at < len(line):
        pieces.append("…")
    elif any(a == b == len(line) for a, b in ranges):
        marks.append(mark)
    return Snippet("".join(pieces), "".join(marks).rstrip())


def _kept(
    line: str, marked: tuple[int, int], room: int, focus: int, *, words: bool
) -> list[tuple[int, int]]:
    """The ranges of a line that are shown, in order; what is left out becomes `…`."""
    start, end = marked
    if len(line) <= room and _fits(line, 0, len(line), room):
        return [(0, len(line))]
    room -= 2  # one column for the `…` at either side
    if end - start <= room and _fits(line, start, end, room):
        return [_grow(line, start, end, room)]
    if words:
        return [_grow(line, focus, focus, room)]
    # Too long to be shown: its head, which names the row, and the part that matters.
    head = _grow(line, start, start, room * 2 // 5, left=False)
    part = _grow(line, focus, focus, room - 1 - room * 2 // 5)
    return [(head[0], max(head[1], part[1]))] if part[0] <= head[1] else [head, part]


def _fits(line: str, start: int, end: int, room: int) -> bool:
    text = line[start:end]
    return sum(_widths(text, _pieces(text))) <= room


def _grow(line: str, start: int, end: int, room: int, *, left: bool = True) -> tuple[int, int]:
    """A range grown while it fits: to the right, and to the left just as much."""
    first, last = max(0, start - room), min(len(line), end + room)
    text = line[first:last]
    widths = _widths(text, _pieces(text))
    used = sum(widths[start - first : end - first])
    quoted = end - start
    while quoted < room:
        grown = False
        if left and start > first and used + widths[start - 1 - first] <= room:
            start -= 1
            used += widths[start - first]
            quoted += 1
            grown = True
        if end < last and quoted < room and used + widths[end - first] <= room:
            used += widths[end - first]
            end += 1
            quoted += 1
            grown = True
        if not grown:
            break
    return start, end
