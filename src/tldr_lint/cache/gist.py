"""What of a text can matter to anything that is said about it: all of it but plain prose.

Two texts of one gist have the same facts, in the same order, with the same
words, and the same sections of them show something. They differ in words in
which no fact can stand, and so in where things are, but not in what is wrong
with them; a property test holds it.

What is left out has to be certain. A line is plain if it begins with a letter,
behind a bullet or not, and holds none of the characters and words that facts
are made of. Of a block, which blank lines part from others, nothing is left
out unless all its lines are plain. In code such lines may be left out too, code
being no fact but by its place. A text in which something may reach over blank
lines, or that might come near to one of the parser's limits, has no gist.
"""

from __future__ import annotations

import hashlib
import re

from tldr_lint.regexes import regex

SIZE = 16
"""Bytes of a gist."""
NONE = bytes(SIZE)
"""In place of a gist, for a text that has none."""
LONGEST = 40_000
"""Bytes of the longest text that has a gist."""

# With these a text costs the parser less than half of what `markdown/limits.py` allows, and more
# or less of prose makes no difference to that.
_MOST_MARKS = 1_500
_MARKS = b"!&*<>[\\]_`~"
_FEW_BRACKETS = 20
_DEEPEST_BRACKETS = 8
_BRACKETS = regex(rb"[\[\]]")
_IN_BRACKETS = regex(rb"\[[^\]]*\[")

# Marks of another order, control characters beyond ASCII, line endings that are none of ours.
_ODD = regex("[\x80-\x9f\u2028\u2029\ufeff]")
# HTML that goes on over blank lines (CommonMark 0.31.2, section 4.6); of that only comments are
# told apart from those that do.
_GOES_ON = regex(
    rb"<(?:\?|/?(?:pre|script|style|textarea)|!(?!--(?:(?!-->|\n[ \t]*\n).)*-->))", re.DOTALL
)
# Up to the first line that could be the end of front matter, if that is one for certain.
_FRONT_MATTER = regex(rb"---\n(?:(?![ \t]*(?:---|\.\.\.)).*\n)*---(?=\n|\Z)")
_BLANK_LINES = regex(rb"\n(?:[ \t]*\n)+")

_PLAIN = b"\0"
"""In place of prose."""
# Brackets of all kinds, pipes and back slashes make facts; so do links without brackets, and what
# is left to be done (TL108). Control characters make none, and line endings may be none of ours.
_TELLING = b"<>[]{}|\\@"
_CONTROLS = frozenset((*range(0x20), 0x7F)) - frozenset(b"\t\n")
_TELLS = bytes(
    0 if each in _TELLING else 1 if each in _CONTROLS else each
    for each in bytes(range(256)).lower()
)
_CONTROL = b"\1"
_TELLING_WORDS = (b"://", b"www.", b"todo", b"to-do", b"tbd")
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LINE = regex(rb"( *(?:(?:[-+*]|\d{1,9}[.)]) +)?)(?:[\"'(`]|\*\*?)?([A-Za-z\x80-\xff])")
_HEADING = regex(rb"#{1,6} ")
_SHOWS = regex(rb"[!-~]")  # There are blanks that are not ASCII.
# What may show nothing of its own, be a heading or make one, or define what another line links.
_HIDES = regex(
    rb"^[ >]*(?:[#=]|\[(?![^\]\\\n]*\]\()|-[ -]*$)|<h[1-6]|<!", re.IGNORECASE | re.MULTILINE
)


def gist(text: str) -> bytes:
    """A digest of all of a text that counts, or `NONE`."""
    data = text.encode("utf-8", "surrogatepass")
    if _is_large(data):
        return NONE
    told = data.translate(_TELLS)
    if _CONTROL in told or _is_unclear(text, data):
        return NONE
    for word in _TELLING_WORDS:
        if word in told:
            told = told.replace(word, _PLAIN * len(word))
    matter = b""
    if data.lstrip(b" \t\n")[:3] in {b"---", b"+++"}:
        found = _FRONT_MATTER.match(data)
        if found is None:
            return NONE
        matter = found[0]
    last = data.find(b"\n", len(data.rstrip(b" \t\n")))
    body = slice(len(matter), last if last >= 0 else len(data))
    kept = _blocks(data[body], told[body])
    return hashlib.blake2b(b"\n\n".join((matter, *kept)), digest_size=SIZE).digest()


def _is_large(data: bytes) -> bool:
    return (
        len(data) > LONGEST
        or len(data) - len(data.translate(None, _MARKS)) > _MOST_MARKS
        or (
            data.count(b"[") > _FEW_BRACKETS
            and _IN_BRACKETS.search(data) is not None
            and _depth(data) > _DEEPEST_BRACKETS
        )
    )


def _depth(data: bytes) -> int:
    """How deep brackets stand in each other."""
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(data):
        depth = depth + 1 if bracket[0] == b"[" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _is_unclear(text: str, data: bytes) -> bool:
    if b"<" in data:
        lowered = data.lower()
        # Directives count lines.
        if _GOES_ON.search(lowered) is not None or b"tldr-lint" in lowered:
            return True
    return not data.isascii() and _ODD.search(text) is not None


def _blocks(data: bytes, told: bytes) -> list[bytes]:
    """What blank lines part; of prose its bullets alone, and of several paragraphs one mark."""
    split = _BLANK_LINES.split
    kept: list[bytes] = []
    for block, telling in zip(split(data), split(told), strict=True):
        prose = None
        if _PLAIN not in telling and block:
            line = block[0] in _LETTERS and b"\n" not in block
            prose = _PLAIN if line else _prose(block)
        if prose is None:
            if block[:1] == b"#" and _HEADING.match(block) is not None:
                _forget_last(kept)
            kept.append(block)
        elif prose != _PLAIN or not kept or kept[-1] != _PLAIN:
            kept.append(prose)
    _forget_last(kept)
    return kept


def _prose(block: bytes) -> bytes | None:
    """What is kept of a block that is nothing but prose: indentation and bullets, once each."""
    kept: list[bytes] = []
    before = None
    for line in block.split(b"\n"):
        found = _LINE.match(line)
        if found is None:
            return None
        begin, letter = found.groups()
        if letter > b"z" and not _begins_with_letter(line[found.start(2) :]):
            return None
        if begin != before:
            kept.append(begin)
            before = begin
    kept.append(b"")
    return _PLAIN.join(kept)


def _begins_with_letter(line: bytes) -> bool:
    return line.decode("utf-8", "surrogatepass")[0].isalpha()


def _forget_last(kept: list[bytes]) -> None:
    """Leave out prose at the end of a section that shows something without it."""
    if len(kept) > 1 and kept[-1] == _PLAIN:
        above = kept[-2]
        if _SHOWS.search(above) is not None and _HIDES.search(above) is None:
            kept.pop()
