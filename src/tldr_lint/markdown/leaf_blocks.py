"""Leaf blocks, as the line scanner takes them: those that hold no other blocks.

CommonMark 0.31.2, chapter 4, and GFM tables; what holds others is
`markdown/scan.py`'s. Each takes a line and gives the line behind the block.
"""

from __future__ import annotations

from tldr_lint.markdown.gathered import BLOCK, Paragraph, Text
from tldr_lint.markdown.labels import normal_label
from tldr_lint.markdown.lines import BEGIN_DELIMITERS, BEGIN_SOMETHING, BeyondError
from tldr_lint.markdown.markup import BLANK, LONE_TAG, html_ends
from tldr_lint.markdown.rows import is_lone_pipe, table_values
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re

    from tldr_lint.markdown.lines import Lines

_IN_PARAGRAPH = BEGIN_SOMETHING | {"="}
_HASHES = ("", "#", "##", "###", "####", "#####", "######")
_NO_EDGE = frozenset({"", "#", " ", "\t"})
"""What a heading's text cannot begin or end with where it stands just so."""

_FRONT_MATTER_END = regex(r"-{3,}[ \t]*")
_DEFINITION = regex(
    r"""\[([^\[\]\\^][^\[\]\\]*)\]:[ \t]*([^\s<>()\[\]\\&"'`|]+)"""
    r"""(?:[ \t]+(?:"[^"\\]*"|'[^'\\]*'))?[ \t]*"""
)
_MAY_BEGIN_TITLE = ('"', "'", "(")


def take_front_matter(lines: Lines) -> None:
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


def take_lone_line(lines: Lines, line: int) -> None:
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


def take_code(lines: Lines, line: int) -> int:
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


def take_fence(lines: Lines, line: int, opening: re.Match[str]) -> int:
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


def take_html(lines: Lines, line: int, end: str) -> int:
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


def take_heading(lines: Lines, line: int, whole: str) -> bool:
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


def take_definition(lines: Lines, line: int, body: str) -> int:
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


def take_paragraph(lines: Lines, line: int) -> int:
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
