"""A short cut around the block grammar, for texts in which little can overlap.

What `markdown/block.py` finds by asking the parser's rules is found here line
by line, by the same steps in the same order, for a part of the grammar: no
quotes, no footnotes, and of link definitions the plain ones. A text with
anything else is left to the parser, all of it. A property test holds that the
blocks of a text that is taken are the parser's.
"""

from __future__ import annotations

from tldr_lint.markdown.gathered import BLOCK, Paragraph, Text
from tldr_lint.markdown.leaf_blocks import (
    take_code,
    take_definition,
    take_fence,
    take_front_matter,
    take_heading,
    take_html,
    take_lone_line,
    take_paragraph,
)
from tldr_lint.markdown.lines import (
    BEGIN_DELIMITERS,
    BEGIN_SOMETHING,
    BEGINS_TEXT,
    BULLET,
    FENCE,
    RULE,
    BeyondError,
    lines_of,
)
from tldr_lint.markdown.markup import LONE_TAG, html_end
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tldr_lint.markdown.gathered import Blocks
    from tldr_lint.markdown.lines import Lines

_DEEPEST = 8  # Lists in lists; what is deeper is for the parser to count.
_NO_DEFINITION = regex(r"\[[^\[\]\\^][^\[\]\\]*(?:\[|\](?!:))|\[\[")


def scan_blocks(text: str, parted: Sequence[str]) -> Blocks | None:
    """The blocks of a text whose line endings are all one character, or none if it takes a parser.

    `parted` are its lines.

    Raises:
        TooCostlyError: there are too many.
    """
    lines = lines_of(text, parted)
    try:
        take_front_matter(lines)
        _take(lines, 0)
    except BeyondError:
        return None
    finally:
        lines.blocks.budget.step(lines.owed)
    return lines.blocks


def _take(lines: Lines, line: int) -> int:
    """Take blocks up to the end of the text, or of the list item they are in.

    What comes back is the line behind them.
    """
    bodies, indents, count, indent = lines.bodies, lines.indents, lines.count, lines.indent
    starts, ahead, depth, step = lines.starts, lines.ahead, lines.depth, lines.blocks.budget.step
    while line < count:
        body = bodies[line]
        if not body:
            line += 1
            continue
        inside = indents[line] - indent
        if inside < 0:
            return line
        first = body[0]
        if inside > 3:
            step(BLOCK)
            line = take_code(lines, line)
        elif first == "#" and take_heading(lines, line, body):
            line += 1
        elif first in BEGIN_SOMETHING:
            step(BLOCK)
            line = _block(lines, line, body)
        elif line + 1 < count and bodies[line + 1]:
            step(BLOCK)
            line = take_paragraph(lines, line)
        elif depth == 0 and ahead.reach >= starts[line] + len(body) and not bodies[line - 1]:
            # A paragraph of one line that tells nothing, nor stands right below something.
            lines.owed += BLOCK + 1
            line += 2
        else:
            take_lone_line(lines, line)
            line += 2
    return count


def _block(lines: Lines, line: int, body: str) -> int:  # noqa: C901 - one branch a rule
    """Take a block that begins with a character that may begin something."""
    first = body[0]
    if first == "#":
        return take_paragraph(lines, line)
    if first in "`~":
        fence = FENCE.match(body)
        return take_paragraph(lines, line) if fence is None else take_fence(lines, line, fence)
    if first == ">":
        raise BeyondError
    if first == "<":
        end = html_end(body)
        if end is None or (end == LONE_TAG and lines.table_at(line)):
            return take_paragraph(lines, line)
        return take_html(lines, line, end)
    if first == "[":
        if _NO_DEFINITION.match(body) is not None or lines.table_at(line):
            return take_paragraph(lines, line)
        return take_definition(lines, line, body)
    if first in "-*_" and RULE.fullmatch(body) is not None:
        return line + 1
    bullet = BULLET.match(body)
    if bullet is None:
        return take_paragraph(lines, line)
    under = lines.bodies[line + 1] if line + 1 < lines.count else ""
    if under[:1] in BEGIN_DELIMITERS and not lines.may_interrupt(bullet, body):
        # Whether it is a header of a table depends on what stood far above, to the parser.
        raise BeyondError
    return _items(lines, line, bullet)


def _items(lines: Lines, line: int, bullet: re.Match[str]) -> int:
    """Take a list with all that is in it."""
    if lines.depth >= _DEEPEST:
        raise BeyondError
    lines.depth += 1
    kind = bullet[1][-1]
    while True:
        behind = bullet.end()
        lone = _lone_item(lines, line, behind)
        line = lone if lone is not None else _item(lines, line, behind)
        if line >= lines.count or not 0 <= lines.indents[line] - lines.indent <= 3:
            break
        body = lines.bodies[line]
        following = BULLET.match(body)
        if following is None or following[1][-1] != kind:
            break
        if kind in "-*" and body[-1] in "-* \t" and RULE.fullmatch(body) is not None:
            break
        bullet = following
    lines.depth -= 1
    return line


def _item(lines: Lines, line: int, behind: int) -> int:
    """Take an item, whose bullet ends `behind` the beginning of its line's text."""
    rest = lines.bodies[line][behind:]
    body = rest.lstrip(" \t")
    column = begin = lines.indents[line] + behind
    if body == rest[1:] and rest[:1] == " ":
        column += 1
    else:
        for character in rest[: len(rest) - len(body)]:
            column += 4 - column % 4 if character == "\t" else 1
    inner = column if body and column - begin <= 4 else begin + 1
    at = len(lines.blocks.stretches)
    lines.starts[line] += behind + len(rest) - len(body)
    lines.bodies[line], lines.indents[line] = body, column
    if not body and (line + 1 >= lines.count or not lines.bodies[line + 1]):
        after = min(line + 2, lines.count)
    else:
        outer, lines.outer, lines.indent = lines.outer, lines.indent, inner
        after = _take(lines, line)
        lines.indent, lines.outer = lines.outer, outer
    begins, end = lines.begins[line], lines.end(max(after - 1, line))
    # What is in the item has been found before.
    lines.blocks.stretches.insert(at, ("item", line, begins, end, lines.depth, None))
    return after


def _lone_item(lines: Lines, line: int, behind: int) -> int | None:
    """Take an item of one paragraph of one line, if it is written as most are: the line behind."""
    whole = lines.bodies[line]
    begin = behind + 1
    if len(whole) <= begin or whole[behind] != " ":
        return None
    first = whole[begin]
    if first in " \t" or (first in BEGIN_SOMETHING and BEGINS_TEXT.match(whole, begin) is None):
        return None
    after = _behind_lone_item(lines, line, lines.indents[line] + begin)
    if after is None:
        return None
    lines.owed += BLOCK + 1
    start = lines.starts[line] + begin
    body = whole[begin:].rstrip(" \t")
    own: tuple[int, int] | None = (start, start + len(body))
    tells = lines.may_tell(start, start + len(body))
    # An item can begin on the line of the item it is in, and then has the same text.
    if tells or lines.depth > 1:
        text = Text(body, start, start + len(body))
        lines.blocks.paragraphs.append(Paragraph(line, text, True))
        own = None
        if tells:
            lines.blocks.texts.append(text)
    item = ("item", line, lines.begins[line], lines.end(after - 1), lines.depth, own)
    lines.blocks.stretches.append(item)
    return after


def _behind_lone_item(lines: Lines, line: int, inner: int) -> int | None:
    """The line behind an item of one paragraph of one line, if it is one at first sight.

    `inner` is where what belongs to the item stands.
    """
    bodies, count = lines.bodies, lines.count
    after = line + 1
    if after < count and (under := bodies[after]):
        # Another item, if it is none of a list far above.
        column = lines.indents[after]
        bullet = column < inner and column - lines.indent < 4 and BULLET.match(under)
        return after if bullet else None
    while after < count and not bodies[after]:
        after += 1
    return after if after == count or lines.indents[after] < inner else None
