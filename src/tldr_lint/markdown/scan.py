"""A short cut around the block grammar, for texts in which little can overlap.

What `markdown/block.py` finds by asking the parser's rules is found here line
by line, by the same steps in the same order, for a part of the grammar: no
quotes, no footnotes, and of link definitions the plain ones. A text with
anything else is left to the parser, all of it. A property test holds that the
blocks of a text that is taken are the parser's.
"""

from __future__ import annotations

from itertools import accumulate
from operator import add, sub

from tldr_lint.markdown.gathered import BLOCK, Paragraph, Text, look_ahead, nothing_yet
from tldr_lint.markdown.labels import normal_label
from tldr_lint.markdown.markup import BLANK, LONE_TAG, html_end, html_ends
from tldr_lint.markdown.rows import is_delimiter_row, is_header_row, is_lone_pipe, table_values
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re

    from tldr_lint.markdown.gathered import Ahead, Blocks

_DEEPEST = 8  # Lists in lists; what is deeper is for the parser to count.

_DIGITS = "0123456789"
_BEGIN_SOMETHING = frozenset("#`~<>-+*_[" + _DIGITS)
"""What a block that is no paragraph and no table begins with."""
_IN_PARAGRAPH = _BEGIN_SOMETHING | {"="}
_BEGIN_DELIMITERS = frozenset("|:-")

_ATX = regex(r"(#{1,6})(?:[ \t]+|\Z)")
_FENCE = regex(r"(`{3,})[^`]*\Z|(~{3,})")
_RULE = regex(r"(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+")
_BULLET = regex(r"([-+*]|[0-9]{1,9}[.)])(?=[ \t]|\Z)")
_FRONT_MATTER_END = regex(r"-{3,}[ \t]*")
_NO_DEFINITION = regex(r"\[[^\[\]\\^][^\[\]\\]*(?:\[|\](?!:))|\[\[")
_DEFINITION = regex(
    r"""\[([^\[\]\\^][^\[\]\\]*)\]:[ \t]*([^\s<>()\[\]\\&"'`|]+)"""
    r"""(?:[ \t]+(?:"[^"\\]*"|'[^'\\]*'))?[ \t]*"""
)
_MAY_BEGIN_TITLE = ('"', "'", "(")


class _BeyondError(Exception):
    """The text holds something that is for the parser to judge."""


def scan_blocks(text: str) -> Blocks | None:
    """The blocks of a text whose line endings are all one character, or none if it takes a parser.

    Raises:
        TooCostlyError: there are too many.
    """
    scanner = _scanner(text)
    try:
        scanner.front_matter()
        scanner.take(0)
    except _BeyondError:
        return None
    finally:
        scanner.blocks.budget.step(scanner.owed)
    return scanner.blocks


def _scanner(text: str) -> _Scanner:
    lines = text.split("\n")
    # What stands behind the last line feed is a line only if something does.
    if not lines[-1].strip(" \t"):
        lines.pop()
    lengths = list(map(len, lines))
    begins = [0, *accumulate([length + 1 for length in lengths])]
    begins.pop()
    bodies = [line.lstrip(" \t") for line in lines]
    shifts = list(map(sub, lengths, map(len, bodies)))
    indents = shifts.copy()
    if "\t" in text:
        for at, line in enumerate(lines):
            if shifts[at] and "\t" in line[: shifts[at]]:
                indents[at] = len(line[: shifts[at]].expandtabs(4))
    blocks = nothing_yet(text)
    return _Scanner(
        text,
        blocks,
        look_ahead(blocks, text),
        begins,
        list(map(add, begins, shifts)),
        list(map(add, begins, lengths)),
        bodies,
        indents,
        len(lines),
    )


@dataclass(slots=True)
class _Scanner:
    """The lines of a text, and how far one has come with them.

    The methods are named and do as the parser's rules; `indent` and `outer`
    are its `blkIndent` and `listIndent`.
    """

    text: str
    blocks: Blocks
    ahead: Ahead
    begins: list[int]
    """Where each line begins."""
    starts: list[int]
    """Where each line's text begins, behind indentation and bullets."""
    ends: list[int]
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

    def front_matter(self) -> None:
        """Take YAML front matter, and leave its lines blank."""
        if not self.text.startswith("---"):
            return
        bodies = self.bodies
        if _FRONT_MATTER_END.fullmatch(bodies[0]) is None:
            raise _BeyondError
        dashes = bodies[0].count("-")
        for line in range(1, self.count):
            body, indent = bodies[line], self.indents[line]
            ends = _FRONT_MATTER_END.fullmatch(body) is not None and body.count("-") >= dashes
            dots = body[:3] == "..." and not indent and not body[3:].strip(" \t")
            if dots or (ends and indent <= 3):
                self.stretch("front matter", 0, line + 1)
                bodies[: line + 1] = [""] * (line + 1)
                return
        raise _BeyondError

    def stretch(self, kind: str, line: int, after: int) -> None:
        """Note whole lines, from `line` up to and without `after`."""
        end = self.ends[max(after - 1, line)]
        self.blocks.stretches.append((kind, line, self.begins[line], end, 0, None))

    def text_of(self, line: int, after: int) -> Text:
        """The inline content of lines, from `line` up to and without `after`."""
        start = self.starts[line]
        content = self.text[start : self.ends[after - 1]].rstrip(" \t\n")
        return Text(content, start, start + len(content))

    def take(self, line: int) -> int:
        """Take blocks up to the end of the text, or of the list item they are in.

        What comes back is the line behind them.
        """
        bodies, indents, count, indent = self.bodies, self.indents, self.count, self.indent
        step = self.blocks.budget.step
        while line < count:
            body = bodies[line]
            if not body:
                line += 1
                continue
            inside = indents[line] - indent
            if inside < 0:
                return line
            if inside > 3:
                step(BLOCK)
                line = self.code(line)
            elif body[0] == "#" and self.heading(line, body):
                line += 1
            elif body[0] in _BEGIN_SOMETHING:
                step(BLOCK)
                line = self.block(line, body)
            elif line + 1 < count and bodies[line + 1]:
                step(BLOCK)
                line = self.paragraph(line)
            else:
                self.lone_line(line)
                line += 2
        return count

    def lone_line(self, line: int) -> None:
        """Take a paragraph of one line."""
        self.owed += BLOCK + 1
        start, ahead = self.starts[line], self.ahead
        reach = ahead.reach
        if reach < start:
            reach = ahead.look(start)
        body = self.bodies[line]
        mute = reach >= start + len(body)
        nested = self.depth > 0
        if mute and not nested and not (line and self.bodies[line - 1]):
            return
        body = body.rstrip(" \t")
        text = Text(body, start, start + len(body))
        self.blocks.paragraphs.append(Paragraph(line, text, nested))
        if not mute:
            self.blocks.texts.append(text)

    def block(self, line: int, body: str) -> int:  # noqa: C901 - one branch a rule
        """Take a block that begins with a character that may begin something."""
        first = body[0]
        if first == "#":
            return self.paragraph(line)
        if first in "`~":
            fence = _FENCE.match(body)
            return self.paragraph(line) if fence is None else self.fence(line, fence)
        if first == ">":
            raise _BeyondError
        if first == "<":
            end = html_end(body)
            if end is None or (end == LONE_TAG and self.table_at(line)):
                return self.paragraph(line)
            return self.html(line, end)
        if first == "[":
            if _NO_DEFINITION.match(body) is not None or self.table_at(line):
                return self.paragraph(line)
            return self.definition(line, body)
        if first in "-*_" and _RULE.fullmatch(body) is not None:
            return line + 1
        bullet = _BULLET.match(body)
        if bullet is None:
            return self.paragraph(line)
        under = self.bodies[line + 1] if line + 1 < self.count else ""
        if under[:1] in _BEGIN_DELIMITERS and not self.may_interrupt(bullet, body):
            # Whether it is a header of a table depends on what stood far above, to the parser.
            raise _BeyondError
        return self.items(line, bullet)

    def code(self, line: int) -> int:
        """Take indented code."""
        after = following = line + 1
        while following < self.count:
            if self.bodies[following]:
                if self.indents[following] - self.indent < 4:
                    break
                after = following + 1
            following += 1
        self.stretch("code", line, after)
        return after

    def fence(self, line: int, opening: re.Match[str]) -> int:
        """Take fenced code."""
        marks = opening[1] or opening[2]
        mark = marks[0]
        after = line + 1
        while after < self.count:
            body = self.bodies[after]
            if body:
                inside = self.indents[after] - self.indent
                if inside < 0:
                    break
                if body[0] == mark and inside < 4:
                    rest = body.lstrip(mark)
                    if len(body) - len(rest) >= len(marks) and not rest.strip(" \t"):
                        after += 1
                        break
            after += 1
        self.stretch("code", line, after)
        return after

    def html(self, line: int, end: str) -> int:
        """Take an HTML block."""
        after = line + 1
        if not html_ends(self.bodies[line], end):
            while after < self.count:
                body = self.bodies[after]
                blank = end in (BLANK, LONE_TAG)
                if self.indents[after] < self.indent and (blank or body):
                    break
                if html_ends(body, end):
                    after += bool(body)
                    break
                after += 1
        self.stretch("html", line, after)
        return after

    def heading(self, line: int, whole: str) -> bool:
        """Take an ATX heading, if a line that begins with a mark is one."""
        rest = whole.lstrip("#")
        level = len(whole) - len(rest)
        if level > 6 or (rest and rest[0] not in " \t"):
            return False
        self.owed += BLOCK
        body = rest.strip(" \t")
        start, end = self.starts[line], self.starts[line] + len(whole.rstrip(" \t"))
        at = start + level
        if body:
            at += len(rest) - len(rest.lstrip(" \t"))
            if body[-1] == "#":
                closed = body.rstrip("#")
                if not closed or closed[-1] in " \t":
                    body = closed.rstrip(" \t")
                    at = at if body else start + level
        stop = at + len(body)
        self.blocks.headings.append(
            (line + 1, start, end, level, body, at, stop, "atx", self.depth > 0)
        )
        if self.may_tell(at, stop):
            self.blocks.texts.append(Text(body, at, stop))
        return True

    def may_tell(self, start: int, end: int) -> bool:
        """Whether a fact may come of a stretch of the text."""
        reach = self.ahead.reach
        if reach < start:
            reach = self.ahead.look(start)
        return reach < end

    def definition(self, line: int, body: str) -> int:
        """Take a plain link definition."""
        found = _DEFINITION.fullmatch(body)
        if found is None or not (label := normal_label(found[1])):
            raise _BeyondError
        if line + 1 < self.count and self.bodies[line + 1].startswith(_MAY_BEGIN_TITLE):
            raise _BeyondError
        start = self.starts[line]
        self.blocks.budget.step(BLOCK)
        self.blocks.references.setdefault(label, found[2])
        self.blocks.definitions.append(
            (
                start,
                start + len(body.rstrip()),
                found[1],
                found[2],
                start + found.start(2),
                start + found.end(2),
            )
        )
        return line + 1

    def paragraph(self, line: int) -> int:
        """Take a paragraph, a setext heading or a table."""
        bodies, indents, count, indent = self.bodies, self.indents, self.count, self.indent
        after = line + 1
        if self.table_at(line):
            return self.table(line)
        while after < count:
            body = bodies[after]
            if not body:
                break
            inside = indents[after] - indent
            if inside <= 3:
                first = body[0]
                if first in _IN_PARAGRAPH:
                    if first in "=-" and inside >= 0 and not body.lstrip(first).strip(" \t"):
                        return self.setext(line, after, 1 if first == "=" else 2)
                    if self.begins_block(after, in_paragraph=True):
                        break
                under = bodies[after + 1] if after + 1 < count else ""
                if under[:1] in _BEGIN_DELIMITERS and self.table_at(after, in_paragraph=True):
                    break
            after += 1
        self.blocks.budget.step(after - line)
        text = self.text_of(line, after)
        self.blocks.paragraphs.append(Paragraph(line, text, self.depth > 0))
        if self.may_tell(text.start, text.end):
            self.blocks.texts.append(text)
        return after

    def setext(self, line: int, under: int, level: int) -> int:
        """Take a setext heading with its line of marks."""
        text = self.text_of(line, under)
        end = self.starts[under] + len(self.bodies[under].rstrip())
        own = (text.content, text.start, text.end)
        self.blocks.headings.append(
            (under + 1, text.start, end, level, *own, "setext", self.depth > 0)
        )
        if self.may_tell(text.start, text.end):
            self.blocks.texts.append(text)
        return under + 1

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
            return _FENCE.match(body) is not None
        if first == "<":
            return html_end(body) not in {None, LONE_TAG}
        if first == ">" or body[:2] == "[^":
            raise _BeyondError
        if first in "-*_" and _RULE.fullmatch(body) is not None:
            return True
        bullet = _BULLET.match(body)
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
        if body[:1] not in _BEGIN_DELIMITERS or not 0 <= self.indents[under] - self.indent <= 3:
            return False
        if not is_delimiter_row(body):
            return False
        above = self.bodies[line]
        if above[0] in _BEGIN_SOMETHING and self.begins_block(line, in_paragraph=in_paragraph):
            return False
        return is_header_row(above, body)

    def table(self, line: int) -> int:
        """Take a table."""
        bodies, indents, indent = self.bodies, self.indents, self.indent
        after = line + 2
        while after < self.count:
            body = bodies[after]
            if not body or not 0 <= indents[after] - indent <= 3:
                break
            if body[0] in _BEGIN_SOMETHING and self.begins_block(after, in_paragraph=False):
                break
            if is_lone_pipe(body):
                break
            after += 1
        rows = list(zip(self.starts[line:after], bodies[line:after], strict=True))
        self.blocks.tables.append(table_values(rows, nested=self.depth > 0))
        return after

    def items(self, line: int, bullet: re.Match[str]) -> int:
        """Take a list with all that is in it."""
        if self.depth >= _DEEPEST:
            raise _BeyondError
        self.depth += 1
        kind = bullet[1][-1]
        while True:
            line = self.item(line, bullet.end())
            if line >= self.count or not 0 <= self.indents[line] - self.indent <= 3:
                break
            body = self.bodies[line]
            following = _BULLET.match(body)
            if following is None or following[1][-1] != kind:
                break
            if kind in "-*" and body[-1] in "-* \t" and _RULE.fullmatch(body) is not None:
                break
            bullet = following
        self.depth -= 1
        return line

    def item(self, line: int, behind: int) -> int:
        """Take an item, whose bullet ends `behind` the beginning of its line's text."""
        rest = self.bodies[line][behind:]
        body = rest.lstrip(" \t")
        column = begin = self.indents[line] + behind
        if body == rest[1:] and rest[:1] == " ":
            column += 1
        else:
            for character in rest[: len(rest) - len(body)]:
                column += 4 - column % 4 if character == "\t" else 1
        inner = column if body and column - begin <= 4 else begin + 1
        at, own = len(self.blocks.stretches), None
        self.starts[line] += behind + len(rest) - len(body)
        self.bodies[line], self.indents[line] = body, column
        if not body and (line + 1 >= self.count or not self.bodies[line + 1]):
            after = min(line + 2, self.count)
        elif (found := self.behind_lone_item(line, body, inner)) is not None:
            after, own = found, self.own_text(line)
        else:
            outer, self.outer, self.indent = self.outer, self.indent, inner
            after = self.take(line)
            self.indent, self.outer = self.outer, outer
        begins, end = self.begins[line], self.ends[max(after - 1, line)]
        # What is in the item has been found before.
        self.blocks.stretches.insert(at, ("item", line, begins, end, self.depth, own))
        return after

    def own_text(self, line: int) -> tuple[int, int] | None:
        """Take the one line of an item: where it stands, or none if it is noted as a paragraph."""
        start, body, ahead = self.starts[line], self.bodies[line], self.ahead
        # An item can begin on the line of the item it is in, and then has the same text.
        if self.depth > 1 or (ahead.reach if ahead.reach >= start else ahead.look(start)) < (
            start + len(body)
        ):
            self.lone_line(line)
            return None
        self.owed += BLOCK + 1
        return start, start + len(body.rstrip(" \t"))

    def behind_lone_item(self, line: int, body: str, inner: int) -> int | None:
        """The line behind an item of one paragraph of one line, if it is one at first sight.

        `inner` is where what belongs to the item stands.
        """
        if not body or body[0] in _BEGIN_SOMETHING or self.indents[line] - inner > 3:
            return None
        bodies, count = self.bodies, self.count
        after = line + 1
        if after < count and (under := bodies[after]):
            # Another item, if it is none of a list far above.
            column = self.indents[after]
            bullet = column < inner and column - self.indent < 4 and _BULLET.match(under)
            return after if bullet else None
        while after < count and not bodies[after]:
            after += 1
        return after if after == count or self.indents[after] < inner else None
