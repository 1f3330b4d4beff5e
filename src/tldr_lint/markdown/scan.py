"""A short cut around the block grammar, for texts in which little can overlap.

What `markdown/block.py` finds by asking the parser's rules is found here line
by line, by the same steps in the same order, for a part of the grammar: no
quotes, no footnotes, and of link definitions the plain ones. A text with
anything else is left to the parser, all of it. A property test holds that the
blocks of a text that is taken are the parser's.
"""

from __future__ import annotations

from tldr_lint.markdown.gathered import BLOCK, Paragraph, Text
from tldr_lint.markdown.labels import normal_label
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
from tldr_lint.markdown.markup import BLANK, LONE_TAG, html_end, html_ends
from tldr_lint.markdown.rows import is_lone_pipe, table_values
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tldr_lint.markdown.gathered import Blocks
    from tldr_lint.markdown.lines import Lines

_DEEPEST = 8  # Lists in lists; what is deeper is for the parser to count.

_IN_PARAGRAPH = BEGIN_SOMETHING | {"="}
_HASHES = ("", "#", "##", "###", "####", "#####", "######")
_NO_EDGE = frozenset({"", "#", " ", "\t"})
"""What a heading's text cannot begin or end with where it stands just so."""

_FRONT_MATTER_END = regex(r"-{3,}[ \t]*")
_NO_DEFINITION = regex(r"\[[^\[\]\\^][^\[\]\\]*(?:\[|\](?!:))|\[\[")
_DEFINITION = regex(
    r"""\[([^\[\]\\^][^\[\]\\]*)\]:[ \t]*([^\s<>()\[\]\\&"'`|]+)"""
    r"""(?:[ \t]+(?:"[^"\\]*"|'[^'\\]*'))?[ \t]*"""
)
_MAY_BEGIN_TITLE = ('"', "'", "(")


def scan_blocks(text: str, parted: Sequence[str]) -> Blocks | None:
    """The blocks of a text whose line endings are all one character, or none if it takes a parser.

    `parted` are its lines.

    Raises:
        TooCostlyError: there are too many.
    """
    lines = lines_of(text, parted)
    try:
        _front_matter(lines)
        _take(lines, 0)
    except BeyondError:
        return None
    finally:
        lines.blocks.budget.step(lines.owed)
    return lines.blocks


def _front_matter(lines: Lines) -> None:
    """Take YAML front matter, and leave its lines blank."""
    if not lines.text.startswith("---"):
        return
    bodies = lines.bodies
    if _FRONT_MATTER_END.fullmatch(bodies[0]) is None:
        raise BeyondError
    dashes = bodies[0].count("-")
    for line in range(1, lines.count):
        body, indent = bodies[line], lines.indents[line]
        ends = _FRONT_MATTER_END.fullmatch(body) is not None and body.count("-") >= dashes
        dots = body[:3] == "..." and not indent and not body[3:].strip(" \t")
        if dots or (ends and indent <= 3):
            lines.stretch("front matter", 0, line + 1)
            bodies[: line + 1] = [""] * (line + 1)
            return
    raise BeyondError


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
            line = _code(lines, line)
        elif first == "#" and _heading(lines, line, body):
            line += 1
        elif first in BEGIN_SOMETHING:
            step(BLOCK)
            line = _block(lines, line, body)
        elif line + 1 < count and bodies[line + 1]:
            step(BLOCK)
            line = _paragraph(lines, line)
        elif depth == 0 and ahead.reach >= starts[line] + len(body) and not bodies[line - 1]:
            # A paragraph of one line that tells nothing, nor stands right below something.
            lines.owed += BLOCK + 1
            line += 2
        else:
            _lone_line(lines, line)
            line += 2
    return count


def _lone_line(lines: Lines, line: int) -> None:
    """Take a paragraph of one line."""
    lines.owed += BLOCK + 1
    start = lines.starts[line]
    body = lines.bodies[line]
    tells = lines.may_tell(start, start + len(body))
    nested = lines.depth > 0
    if not (tells or nested or (line and lines.bodies[line - 1])):
        return
    body = body.rstrip(" \t")
    text = Text(body, start, start + len(body))
    lines.blocks.paragraphs.append(Paragraph(line, text, nested))
    if tells:
        lines.blocks.texts.append(text)


def _block(lines: Lines, line: int, body: str) -> int:  # noqa: C901 - one branch a rule
    """Take a block that begins with a character that may begin something."""
    first = body[0]
    if first == "#":
        return _paragraph(lines, line)
    if first in "`~":
        fence = FENCE.match(body)
        return _paragraph(lines, line) if fence is None else _fence(lines, line, fence)
    if first == ">":
        raise BeyondError
    if first == "<":
        end = html_end(body)
        if end is None or (end == LONE_TAG and lines.table_at(line)):
            return _paragraph(lines, line)
        return _html(lines, line, end)
    if first == "[":
        if _NO_DEFINITION.match(body) is not None or lines.table_at(line):
            return _paragraph(lines, line)
        return _definition(lines, line, body)
    if first in "-*_" and RULE.fullmatch(body) is not None:
        return line + 1
    bullet = BULLET.match(body)
    if bullet is None:
        return _paragraph(lines, line)
    under = lines.bodies[line + 1] if line + 1 < lines.count else ""
    if under[:1] in BEGIN_DELIMITERS and not lines.may_interrupt(bullet, body):
        # Whether it is a header of a table depends on what stood far above, to the parser.
        raise BeyondError
    return _items(lines, line, bullet)


def _code(lines: Lines, line: int) -> int:
    """Take indented code."""
    after = following = line + 1
    while following < lines.count:
        if lines.bodies[following]:
            if lines.indents[following] - lines.indent < 4:
                break
            after = following + 1
        following += 1
    lines.stretch("code", line, after)
    return after


def _fence(lines: Lines, line: int, opening: re.Match[str]) -> int:
    """Take fenced code."""
    marks = opening[1] or opening[2]
    mark = marks[0]
    after = line + 1
    while after < lines.count:
        body = lines.bodies[after]
        if body:
            inside = lines.indents[after] - lines.indent
            if inside < 0:
                break
            if body[0] == mark and inside < 4:
                rest = body.lstrip(mark)
                if len(body) - len(rest) >= len(marks) and not rest.strip(" \t"):
                    after += 1
                    break
        after += 1
    lines.stretch("code", line, after)
    return after


def _html(lines: Lines, line: int, end: str) -> int:
    """Take an HTML block."""
    after = line + 1
    if not html_ends(lines.bodies[line], end):
        while after < lines.count:
            body = lines.bodies[after]
            blank = end in (BLANK, LONE_TAG)
            if lines.indents[after] < lines.indent and (blank or body):
                break
            if html_ends(body, end):
                after += bool(body)
                break
            after += 1
    lines.stretch("html", line, after)
    return after


def _heading(lines: Lines, line: int, whole: str) -> bool:
    """Take an ATX heading, if a line that begins with a mark is one."""
    level = whole.find(" ")
    if (
        0 < level < len(_HASHES)
        and whole[:level] == _HASHES[level]
        and whole[level + 1 : level + 2] not in _NO_EDGE
        and whole[-1] not in _NO_EDGE
    ):
        # Written as nearly all are.
        start = lines.starts[line]
        _note_heading(lines, line, start, start + len(whole), level, whole[level + 1 :], level + 1)
        return True
    rest = whole.lstrip("#")
    level = len(whole) - len(rest)
    if level > 6 or (rest and rest[0] not in " \t"):
        return False
    body = rest.strip(" \t")
    at = level
    if body:
        at += len(rest) - len(rest.lstrip(" \t"))
        if body[-1] == "#":
            closed = body.rstrip("#")
            if not closed or closed[-1] in " \t":
                body = closed.rstrip(" \t")
                at = at if body else level
    start = lines.starts[line]
    _note_heading(lines, line, start, start + len(whole.rstrip(" \t")), level, body, at)
    return True


def _note_heading(
    lines: Lines, line: int, start: int, end: int, level: int, body: str, at: int
) -> None:
    """Note an ATX heading whose text stands `at` that many characters behind its start."""
    lines.owed += BLOCK
    at += start
    stop = at + len(body)
    heading = (line + 1, start, end, level, body, at, stop, "atx", lines.depth > 0)
    lines.blocks.headings.append(heading)
    if lines.may_tell(at, stop):
        lines.blocks.texts.append(Text(body, at, stop))


def _definition(lines: Lines, line: int, body: str) -> int:
    """Take a plain link definition."""
    found = _DEFINITION.fullmatch(body)
    if found is None or not (label := normal_label(found[1])):
        raise BeyondError
    if line + 1 < lines.count and lines.bodies[line + 1].startswith(_MAY_BEGIN_TITLE):
        raise BeyondError
    start = lines.starts[line]
    lines.blocks.budget.step(BLOCK)
    lines.blocks.references.setdefault(label, found[2])
    lines.blocks.definitions.append(
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


def _paragraph(lines: Lines, line: int) -> int:
    """Take a paragraph, a setext heading or a table."""
    bodies, indents, count, indent = lines.bodies, lines.indents, lines.count, lines.indent
    after = line + 1
    if lines.table_at(line):
        return _table(lines, line)
    while after < count:
        body = bodies[after]
        if not body:
            break
        inside = indents[after] - indent
        if inside <= 3:
            first = body[0]
            if first in _IN_PARAGRAPH:
                if first in "=-" and inside >= 0 and not body.lstrip(first).strip(" \t"):
                    return _setext(lines, line, after, 1 if first == "=" else 2)
                if lines.begins_block(after, in_paragraph=True):
                    break
            under = bodies[after + 1] if after + 1 < count else ""
            if under[:1] in BEGIN_DELIMITERS and lines.table_at(after, in_paragraph=True):
                break
        after += 1
    lines.blocks.budget.step(after - line)
    text = lines.text_of(line, after)
    lines.blocks.paragraphs.append(Paragraph(line, text, lines.depth > 0))
    if lines.may_tell(text.start, text.end):
        lines.blocks.texts.append(text)
    return after


def _setext(lines: Lines, line: int, under: int, level: int) -> int:
    """Take a setext heading with its line of marks."""
    text = lines.text_of(line, under)
    end = lines.starts[under] + len(lines.bodies[under].rstrip())
    own = (text.content, text.start, text.end)
    lines.blocks.headings.append(
        (under + 1, text.start, end, level, *own, "setext", lines.depth > 0)
    )
    if lines.may_tell(text.start, text.end):
        lines.blocks.texts.append(text)
    return under + 1


def _table(lines: Lines, line: int) -> int:
    """Take a table."""
    bodies, indents, indent = lines.bodies, lines.indents, lines.indent
    after = line + 2
    while after < lines.count:
        body = bodies[after]
        if not body or not 0 <= indents[after] - indent <= 3:
            break
        if body[0] in BEGIN_SOMETHING and lines.begins_block(after, in_paragraph=False):
            break
        if is_lone_pipe(body):
            break
        after += 1
    rows = list(zip(lines.starts[line:after], bodies[line:after], strict=True))
    lines.blocks.tables.append(table_values(rows, nested=lines.depth > 0))
    return after


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
