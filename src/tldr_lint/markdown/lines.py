"""The lines of a text, and what one of them may begin: what `markdown/scan.py` goes by."""

from __future__ import annotations

from itertools import accumulate
from operator import add, sub

from tldr_lint.markdown.gathered import Text, look_ahead, nothing_yet
from tldr_lint.markdown.markup import LONE_TAG, html_end
from tldr_lint.markdown.rows import is_delimiter_row, is_header_row
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tldr_lint.markdown.gathered import Ahead, Blocks

_DIGITS = "0123456789"
BEGIN_SOMETHING = frozenset("#`~<>-+*_[" + _DIGITS)
"""What a block that is no paragraph and no table begins with."""
BEGIN_DELIMITERS = frozenset("|:-")

PLAIN_BEGIN = (
    r"[^\s#>+\-*0-9`~<\[_=:|]|\*{1,2}[^\s*]|_{1,2}[^\s_]|`{1,2}[^`\s]|:[^\s\-]"
    r"|[0-9]+[^\s0-9.)]|[0-9]+ +[^\s]|[0-9]+[.)][^\s]"
)
"""What no heading, quote, list, rule, fence, HTML, table or underline can begin with."""
# A reference definition begins with a label and a colon, a footnote with `[^`.
BEGINS_TEXT = regex(rf"{PLAIN_BEGIN}|\[[^\[\]\\^\n][^\[\]\\\n]*\](?!:)")
FENCE = regex(r"(`{3,})[^`]*\Z|(~{3,})")
RULE = regex(r"(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+")
BULLET = regex(r"([-+*]|[0-9]{1,9}[.)])(?=[ \t]|\Z)")
_ATX = regex(r"(#{1,6})(?:[ \t]+|\Z)")


class BeyondError(Exception):
    """The text holds something that is for the parser to judge."""


def lines_of(text: str, parted: Sequence[str]) -> Lines:
    """The lines of a text, as its line feeds part them."""
    lines = list(parted)
    # What stands behind the last line feed is a line only if something does.
    if not lines[-1].strip(" \t"):
        lines.pop()
    begins = [0, *accumulate([len(line) + 1 for line in lines])]
    bodies, starts, indents = lines, begins.copy(), [0] * len(lines)
    # Of all characters that a line may begin with only a tab comes before a blank.
    if min(filter(None, lines), default="") < "!":
        bodies = [line.lstrip(" \t") for line in lines]
        shifts = list(map(sub, map(len, lines), map(len, bodies)))
        starts, indents = list(map(add, begins, shifts)), shifts
        if "\t" in text:
            indents = list(map(_columns, lines, shifts))
    blocks = nothing_yet(text)
    return Lines(
        text, blocks, look_ahead(blocks, text), begins, starts, bodies, indents, len(lines)
    )


def _columns(line: str, shift: int) -> int:
    """How many columns the white space before a line's text takes."""
    return len(line[:shift].expandtabs(4)) if "\t" in line[:shift] else shift


@dataclass(slots=True)
class Lines:
    """The lines of a text, and how far one has come with them.

    `indent` and `outer` are the parser's `blkIndent` and `listIndent`.
    """

    text: str
    blocks: Blocks
    ahead: Ahead
    begins: list[int]
    """Where each line begins, and where one more would."""
    starts: list[int]
    """Where each line's text begins, behind indentation and bullets."""
    bodies: list[str]
    """Each line from where its text begins."""
    indents: list[int]
    """The columns before each line's text."""
    count: int
    indent: int = 0
    """The columns by which the lines of the innermost list item are indented."""
    outer: int = -1
    """The same of the item around it; -1 outside of lists."""
    depth: int = 0
    """How many lists there are around."""
    owed: int = 0
    """What has not been spent yet, of what headings and paragraphs of one line cost."""

    def end(self, line: int) -> int:
        """Where a line ends."""
        return self.begins[line + 1] - 1

    def stretch(self, kind: str, line: int, after: int) -> None:
        """Note whole lines, from `line` up to and without `after`."""
        end = self.end(max(after - 1, line))
        self.blocks.stretches.append((kind, line, self.begins[line], end, 0, None))

    def text_of(self, line: int, after: int) -> Text:
        """The inline content of lines, from `line` up to and without `after`."""
        start = self.starts[line]
        content = self.text[start : self.end(after - 1)].rstrip(" \t\n")
        return Text(content, start, start + len(content))

    def may_tell(self, start: int, end: int) -> bool:
        """Whether a fact may come of a stretch of the text."""
        reach = self.ahead.reach
        if reach < start:
            reach = self.ahead.look(start)
        return reach < end

    def may_interrupt(self, bullet: re.Match[str], body: str) -> bool:
        """Whether a list item may end a paragraph: it is not empty, its number is 1."""
        if bullet[1][0] in _DIGITS and int(bullet[1][:-1]) != 1:
            return False
        return bool(body[bullet.end() :].strip(" \t"))

    def begins_block(self, line: int, *, in_paragraph: bool) -> bool:
        """Whether a line that is not indented as code begins a block that can end another."""
        body = self.bodies[line]
        first = body[0]
        if first == "#":
            return _ATX.match(body) is not None
        if first in "`~":
            return FENCE.match(body) is not None
        if first == "<":
            return html_end(body) not in {None, LONE_TAG}
        if first == ">" or body[:2] == "[^":
            raise BeyondError
        if first in "-*_" and RULE.fullmatch(body) is not None:
            return True
        bullet = BULLET.match(body)
        if bullet is None:
            return False
        column = self.indents[line]
        if self.outer >= 0 and column - self.outer >= 4 and column < self.indent:
            return False
        restricted = in_paragraph and column >= self.indent
        return not restricted or self.may_interrupt(bullet, body)

    def table_at(self, line: int, *, in_paragraph: bool = False) -> bool:
        """Whether a line and the one below are the header and delimiter row of a table."""
        under = line + 1
        if under >= self.count:
            return False
        body = self.bodies[under]
        if body[:1] not in BEGIN_DELIMITERS or not 0 <= self.indents[under] - self.indent <= 3:
            return False
        if not is_delimiter_row(body):
            return False
        above = self.bodies[line]
        if above[0] in BEGIN_SOMETHING and self.begins_block(line, in_paragraph=in_paragraph):
            return False
        return is_header_row(above, body)
