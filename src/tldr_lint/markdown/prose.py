"""Short cuts of the block grammar: paragraphs and flat lists that no other rule has a say in.

The rules behind them would find the same, block by block and asking each other;
a property test holds it.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from tldr_lint.markdown.gathered import BLOCK, WORDS, Paragraph, Text, gathered, text_of
from tldr_lint.markdown.lines import BEGINS_TEXT, PLAIN_BEGIN
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_NEXT_LINE = re.compile(rf"{PLAIN_BEGIN}|\[[^^]")
# Paragraphs that hold no fact, and the blank lines behind each; words are looked for apart.
_DULL_BEGIN = r"[^\s#>+\-*0-9`~<\[\]_=:|\\{]|\*{1,2}[^\s*<\[\]`|\\{]"
_DULL_LINE = rf"(?:{_DULL_BEGIN})[^\n\[\]<`\\|{{]*+(?:\n|\Z)"
_DULL_LINES = rf" {{0,3}}+{_DULL_LINE}(?: *+{_DULL_LINE})*+(?:(?:[ \t]*+\n)++|\Z)"
# Not without end: where a word is found, all of it is looked at again from the next paragraph on.
_DULL = re.compile(rf"(?:{_DULL_LINES}){{1,32}}+")
_ITEM = re.compile(r"([-+*]|[0-9]{1,9}[.)]) (?=\S)")


def prose(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A paragraph on whose lines no other rule can match."""
    if silent or state.sCount[start_line] - state.blkIndent > 3:
        return False
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    if state.level == 0 and (after := _behind_dull(state, start_line)) > start_line:
        state.line = after
        return True
    line, last = start_line, state.lineMax
    plain = BEGINS_TEXT.match
    while line < last and (at := begins[line] + shifts[line]) < ends[line]:
        if plain(src, at, ends[line]) is None:
            return False
        plain = _NEXT_LINE.match
        line += 1
    text = text_of(state, start_line, line)
    gathered(state).budget.step(BLOCK)
    gathered(state).paragraphs.append(Paragraph(start_line, text, state.level > 0))
    gathered(state).texts.append(text)
    state.line = line
    return True


def _behind_dull(state: StateBlock, line: int) -> int:
    """The line behind paragraphs that hold no fact; the same line if there are none.

    What stands right below a heading is a fact of the heading's.
    """
    blocks = gathered(state)
    if blocks.loud or (line and not state.isEmpty(line - 1)):
        return line
    start = state.bMarks[line]
    found = _DULL.match(state.src, start)
    if found is None:
        return line
    end = found.end()
    if state.src.find("http", start, end) >= 0 or state.src.find("www.", start, end) >= 0:
        return line
    if blocks.words and WORDS.search(state.src, start, end) is not None:
        return line
    return bisect_left(state.bMarks, end, line)


def items(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """An outermost list of one paragraph an item, without blank lines between."""
    if silent or state.level or state.tShift[start_line]:
        return False
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    first = _ITEM.match(src, begins[start_line], ends[start_line])
    if first is None:
        return False
    kind = first[1][-1]
    found: list[tuple[int, int]] = []
    line = start_line
    while line < end_line and begins[line] + shifts[line] < ends[line]:
        at, end = begins[line] + shifts[line], ends[line]
        item = None if shifts[line] else _ITEM.match(src, at, end)
        if item is not None and item[1][-1] == kind and BEGINS_TEXT.match(src, item.end(), end):
            found.append((line, item.end()))
        elif _NEXT_LINE.match(src, at, end) is None:
            return False
        line += 1
    after = state.skipEmptyLines(line)
    if after < end_line and (shifts[after] or src[begins[after]] in "-+*0123456789"):
        # It may go on: as another item, or inside the last one.
        return False
    gathered(state).budget.step(BLOCK * len(found))
    paragraphs, texts = gathered(state).paragraphs, gathered(state).texts
    stops = [begin for begin, _ in found[1:]] + [line]
    for (begin, at), stop in zip(found, stops, strict=True):
        state.push("list_item_open", "li", 1).map = [begin, stop]
        state.push("list_item_close", "li", -1)
        content = src[at : ends[stop - 1]].rstrip(" \t")
        texts.append(Text(content, at, at + len(content)))
        paragraphs.append(Paragraph(begin, texts[-1], True))
    state.line = after
    return True
