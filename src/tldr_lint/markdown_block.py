"""The block grammar: markdown-it-py's, with rules of our own where facts need more than it keeps.

GitHub's dialect as far as blocks go: CommonMark 0.31.2, GFM tables, footnote
definitions, front matter. Three rules are ours:

* `table` keeps each row as one line cut at its pipes. The stock rule drops
  surplus cells, pads short rows, ends after 65,536 padded cells, and takes a
  table with a wrong delimiter row for a paragraph; all of that is what we look
  for. It is also the slowest rule on a big table.
* `paragraph` and the heading and reference rules note where their text stands,
  while the marks of enclosing quotes and lists are still known.
* `prose` and `items` take paragraphs and flat lists whose lines all begin so
  that no other rule can match there, without asking the others.

The stock rules stay behind the short cuts, and a property test holds that with
and without them the blocks are the same.
"""

import functools
import re
import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import islice

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import lheading as stock_setext
from markdown_it.rules_block import paragraph as stock_paragraph
from markdown_it.rules_block import reference as stock_reference
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from tldr_lint.document import Row, Table
from tldr_lint.limits import Budget
from tldr_lint.markdown_state import block_loop, block_state
from tldr_lint.text import Span

MAX_NESTING = 100
"""Containers within containers; beyond it the parser drops text without a word."""

WORDS = re.compile(r"TODO|TO-DO|TBD|\{", re.IGNORECASE)
"""What makes a plain text hold a fact all the same."""

_DELIMITER_ROW = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
# No heading, quote, list, rule, fence, HTML, table or underline can begin with these.
_PLAIN = (
    r"[^\s#>+\-*0-9`~<\[_=:|]|\*{1,2}[^\s*]|_{1,2}[^\s_]|`{1,2}[^`\s]|:[^\s\-]"
    r"|[0-9]+[^\s0-9.)]|[0-9]+ +[^\s]|[0-9]+[.)][^\s]"
)
# A reference definition begins with a label and a colon, a footnote with `[^`.
_FIRST_LINE = re.compile(rf"{_PLAIN}|\[[^\[\]\\^\n][^\[\]\\\n]*\](?!:)")
_NEXT_LINE = re.compile(rf"{_PLAIN}|\[[^^]")
# Paragraphs that hold no fact, and the blank lines behind each; words are looked for apart.
_DULL_BEGIN = r"[^\s#>+\-*0-9`~<\[\]_=:|\\{]|\*{1,2}[^\s*<\[\]`|\\{]"
_DULL_LINE = rf"(?:{_DULL_BEGIN})[^\n\[\]<`\\|{{]*+(?:\n|\Z)"
_DULL_LINES = rf" {{0,3}}+{_DULL_LINE}(?: *+{_DULL_LINE})*+(?:(?:[ \t]*+\n)++|\Z)"
# Not without end: where a word is found, all of it is looked at again from the next paragraph on.
_DULL = re.compile(rf"(?:{_DULL_LINES}){{1,32}}+")
_ITEM = re.compile(r"([-+*]|[0-9]{1,9}[.)]) (?=\S)")
_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_DEFINITION = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]:\s*(<[^<>\n]*>|\S+)", re.DOTALL)

_BLOCK = 4  # What a block costs, in looks at a line.
_LONGEST_DEFINITION = 100  # Lines that the label or the title of a definition may go on for.


@dataclass(frozen=True, slots=True)
class Text:
    """Inline content and where it stands.

    `content` is the source between `start` and `end` where `joints` is empty;
    inside a quote the lines' prefixes are left out, and `joints` holds for
    each line the pair (offset in `content`, offset in the source).
    """

    content: str
    start: int
    end: int
    joints: tuple[tuple[int, int], ...] = ()

    def at(self, offset: int) -> int:
        """The source offset of an offset in `content`."""
        if not self.joints:
            return self.start + offset
        inside, outside = self.joints[bisect_right(self.joints, (offset, sys.maxsize)) - 1]
        return outside + offset - inside


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as the block grammar found it; those that can hold no fact are left out."""

    line: int
    text: Text
    nested: bool


@dataclass(frozen=True, slots=True)
class BlockHeading:
    """An ATX or setext heading as the block grammar found it."""

    line: int
    end_line: int
    """The line behind the heading."""
    span: Span
    level: int
    text: Text
    style: str
    nested: bool


@dataclass(frozen=True, slots=True)
class BlockDefinition:
    """A link reference definition as the block grammar found it."""

    label: str
    target: str
    span: Span
    target_span: Span


@dataclass(slots=True)
class Blocks:
    """What the block rules found, filled while the parser runs."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    headings: list[BlockHeading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    definitions: list[BlockDefinition] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    """The stock rules' tokens: fences, code, HTML, lists, front matter."""
    lines: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    """Normalised label → target."""
    words: bool = False
    """Whether a `TODO` of any spelling or a brace stands anywhere."""
    budget: Budget = field(default_factory=Budget)
    loud: bool = False
    """Whether `http` or `www.` is written in capitals anywhere."""


def parse_blocks(text: str, *, short_cuts: bool = True) -> Blocks:
    """The blocks of a text whose line endings are all one character.

    Without `short_cuts` the parser's own loop and rules do the work alone.
    """
    folded = text.lower()
    blocks = Blocks(
        words=any(word in folded for word in ("todo", "to-do", "tbd", "{")),
        loud=any(folded.count(begin) != text.count(begin) for begin in ("http", "www.")),
    )
    env: dict[str, object] = {"blocks": blocks, "references": {}}
    parser = _parser(short_cuts)
    make = block_state if short_cuts else StateBlock
    state = make(text, parser, env, blocks.tokens)
    lines = tuple(state.bMarks)
    ends = tuple(state.eMarks)
    parser.block.tokenize(state, 0, state.lineMax)
    blocks.lines = lines
    blocks.ends = ends
    references = env["references"]
    assert isinstance(references, dict)  # noqa: S101 - the parser's own type is a plain dict
    blocks.references = {label: found["href"] for label, found in references.items()}
    return blocks


def split_row(text: str, start: int) -> Row:
    """One line of a table, cut at its unescaped pipes.

    A pipe behind a back slash is none, even behind two: both cmark-gfm and
    markdown-it look at one character only. A pipe in a code span is one.
    """
    body = text.rstrip(" \t")
    lead = "|" if body[:1] == "|" else ""
    closed = len(body) > len(lead) and body[-1] == "|" and body[-2:-1] != "\\"
    tail = ("|" if closed else "") + text[len(body) :]
    body = body[len(lead) : len(body) - closed]
    if not body and not closed:
        return Row(start, lead, (), tail)
    pieces = _UNESCAPED_PIPE.split(body) if "\\|" in body else body.split("|")
    return Row(start, lead, tuple(pieces), tail)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _text(state: StateBlock, first: int, last: int) -> Text:
    """The inline content of the lines `first` up to and without `last`."""
    src = state.src
    starts = [state.bMarks[line] + state.tShift[line] for line in range(first, last)]
    ends = [state.eMarks[line] for line in range(first, last)]
    start, end = starts[0], ends[-1]
    whole = src[start:end]
    stripped = whole.rstrip(" \t\n")
    end = start + len(stripped)
    if state.level == 0 or len(starts) == 1:
        return Text(stripped, start, end)
    if not any(src[a:b].strip() for a, b in zip(ends, starts[1:], strict=False)):
        return Text(stripped, start, end)
    joints: list[tuple[int, int]] = []
    pieces: list[str] = []
    at = 0
    for begin, stop in zip(starts, ends, strict=True):
        joints.append((at, begin))
        pieces.append(src[begin:stop])
        at += stop - begin + 1
    return Text("\n".join(pieces).rstrip(" \t\n"), start, end, tuple(joints))


def _blocks(state: StateBlock) -> Blocks:
    found = state.env["blocks"]
    assert isinstance(found, Blocks)  # noqa: S101 - put there by parse_blocks
    return found


def _prose(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A paragraph on whose lines no other rule can match."""
    if silent or state.sCount[start_line] - state.blkIndent > 3:
        return False
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    if state.level == 0 and (after := _behind_dull(state, start_line)) > start_line:
        state.line = after
        return True
    line, last = start_line, state.lineMax
    plain = _FIRST_LINE.match
    while line < last and (at := begins[line] + shifts[line]) < ends[line]:
        if plain(src, at, ends[line]) is None:
            return False
        plain = _NEXT_LINE.match
        line += 1
    text = _text(state, start_line, line)
    _blocks(state).budget.step(_BLOCK)
    _blocks(state).paragraphs.append(Paragraph(start_line, text, state.level > 0))
    state.line = line
    return True


def _behind_dull(state: StateBlock, line: int) -> int:
    """The line behind paragraphs that hold no fact; the same line if there are none.

    What stands right below a heading is a fact of the heading's.
    """
    blocks = _blocks(state)
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


def _items(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """An outermost list of one paragraph an item, without blank lines between."""
    if silent or state.level or state.tShift[start_line]:
        return False
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    first = _ITEM.match(src, begins[start_line], ends[start_line])
    if first is None:
        return False
    kind = first[1][-1]
    items: list[tuple[int, int]] = []
    line = start_line
    while line < end_line and begins[line] + shifts[line] < ends[line]:
        at, end = begins[line] + shifts[line], ends[line]
        item = None if shifts[line] else _ITEM.match(src, at, end)
        if item is not None and item[1][-1] == kind and _FIRST_LINE.match(src, item.end(), end):
            items.append((line, item.end()))
        elif _NEXT_LINE.match(src, at, end) is None:
            return False
        line += 1
    after = state.skipEmptyLines(line)
    if after < end_line and (shifts[after] or src[begins[after]] in "-+*0123456789"):
        # It may go on: as another item, or inside the last one.
        return False
    found = _blocks(state)
    stops = [begin for begin, _ in items[1:]] + [line]
    for (begin, at), stop in zip(items, stops, strict=True):
        state.push("list_item_open", "li", 1).map = [begin, stop]
        state.push("list_item_close", "li", -1)
        content = src[at : ends[stop - 1]].rstrip(" \t")
        found.paragraphs.append(Paragraph(begin, Text(content, at, at + len(content)), True))
    state.line = after
    return True


def _paragraph(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    count = len(state.tokens)
    level = state.level
    if not stock_paragraph(state, start_line, end_line, silent):
        return False
    if not silent:
        del state.tokens[count:]
        text = _text(state, start_line, state.line)
        _blocks(state).budget.step(_BLOCK)
        _blocks(state).paragraphs.append(Paragraph(start_line, text, level > 0))
    return True


def _heading(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The stock rule's grammar (CommonMark 0.31.2, section 4.2), with the text's place."""
    # Every line that may end a paragraph or a quote is shown to this rule, once for each quote.
    _blocks(state).budget.step(1)
    start, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    marks = _ATX.match(state.src, start, end)
    if marks is None or state.is_code_block(start_line):
        return False
    if silent:
        return True
    _blocks(state).budget.step(_BLOCK)
    line = state.src[start:end].rstrip(" \t")
    body = line[marks.end() - start :]
    closed = body.rstrip("#")
    if not closed or closed[-1] in " \t":
        body = closed.rstrip(" \t")
    level = len(marks[1])
    at = marks.end() if body else start + level
    _blocks(state).headings.append(
        BlockHeading(
            start_line,
            start_line + 1,
            Span(start, start + len(line)),
            level,
            Text(body, at, at + len(body)),
            "atx",
            state.level > 0,
        )
    )
    state.line = start_line + 1
    return True


def _setext(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    count = len(state.tokens)
    if not stock_setext(state, start_line, end_line, silent):
        return False
    if not silent:
        level = int(state.tokens[count].tag[1])
        del state.tokens[count:]
        _blocks(state).budget.step(_BLOCK)
        under = state.line - 1
        text = _text(state, start_line, under)
        mark = state.bMarks[under] + state.tShift[under]
        end = mark + len(_line(state, under).rstrip())
        _blocks(state).headings.append(
            BlockHeading(
                start_line,
                state.line,
                Span(text.start, end),
                level,
                text,
                "setext",
                state.level > 0,
            )
        )
    return True


def _reference(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    # The stock rule joins lines one by one to a text that it reads from the start each time.
    last_line = state.lineMax
    state.lineMax = min(last_line, start_line + _LONGEST_DEFINITION)
    found_one = stock_reference(state, start_line, end_line, silent)
    state.lineMax = last_line
    if not found_one:
        return False
    if not silent:
        _blocks(state).budget.step(_BLOCK)
        start = state.bMarks[start_line] + state.tShift[start_line]
        last = state.line - 1
        found = _DEFINITION.match(state.src, start, state.eMarks[last])
        if found is not None:
            raw = found[2]
            bracketed = raw.startswith("<")
            # The parser has just noted it, as the last of either kind.
            newest = [
                *islice(reversed(state.env["references"].values()), 1),
                *state.env.get("duplicate_refs", ())[-1:],
            ]
            known = [ref["href"] for ref in newest if ref["map"][0] == start_line]
            end = state.bMarks[last] + state.tShift[last] + len(_line(state, last).rstrip())
            _blocks(state).definitions.append(
                BlockDefinition(
                    found[1],
                    known[-1] if known else raw,
                    Span(start, end),
                    Span(found.start(2) + bracketed, found.end(2) - bracketed),
                )
            )
    return True


def _delimiter_row(state: StateBlock, line: int) -> Row | None:
    """The delimiter row a line is, if it is one."""
    at = state.bMarks[line] + state.tShift[line]
    text = state.src[at : state.eMarks[line]]
    # A row of dashes alone makes a setext heading of the line above, a dash and a blank a list.
    if text[:1] not in "|:-" or ("|" not in text and ":" not in text) or text[:2] in {"- ", "-\t"}:
        return None
    return split_row(text, at) if _DELIMITER_ROW.fullmatch(text) else None


def _table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    under = start_line + 1
    if under >= end_line or state.sCount[under] < state.blkIndent:
        return False
    first = state.src[state.bMarks[under] + state.tShift[under] : state.eMarks[under]][:1]
    if not first or first not in "|:-":
        return False
    if state.is_code_block(start_line) or state.is_code_block(under):
        return False
    delimiter = _delimiter_row(state, under)
    if delimiter is None or _begins_another_block(state, start_line, end_line):
        return False
    line = _line(state, start_line)
    header = split_row(line, state.bMarks[start_line] + state.tShift[start_line])
    # With the right number of cells it is a table, even of one column and without a pipe.
    # With a wrong one it is meant as a table only if both lines have pipes.
    meant = "|" in line and "|" in delimiter.raw
    if not header.pieces or not (len(header) == len(delimiter) or meant):
        return False
    if silent:
        return True
    rows, line_after = _rows(state, under + 1, end_line)
    last = (rows or [delimiter])[-1]
    span = Span(header.start, last.span.end)
    table = Table(header, delimiter, tuple(rows), span, state.level > 0)
    _blocks(state).tables.append(table)
    state.line = line_after
    return True


def _begins_another_block(state: StateBlock, line: int, end_line: int) -> bool:
    """Whether a list, quote, heading, fence or HTML block begins on a line.

    No block begins with a pipe; only other lines need to be asked.
    """
    if state.src[state.bMarks[line] + state.tShift[line]] == "|":
        return False
    terminators = state.md.block.ruler.getRules("blockquote")
    return any(rule(state, line, end_line, True) for rule in terminators)


def _rows(state: StateBlock, line: int, end_line: int) -> tuple[list[Row], int]:
    parent = state.parentType
    state.parentType = "table"
    rows: list[Row] = []
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    while line < end_line:
        at = begins[line] + shifts[line]
        end = ends[line]
        if at >= end or state.sCount[line] < state.blkIndent or state.is_code_block(line):
            break
        if _begins_another_block(state, line, end_line):
            break
        row = split_row(src[at:end], at)
        if not row.pieces:
            break  # A lone pipe is no row to GitHub.
        rows.append(row)
        line += 1
    state.parentType = parent
    return rows, line


@functools.cache
def _parser(short_cuts: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.use(front_matter_plugin)
    _only_at_the_top(parser)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    # Targets are wanted as written, whatever they are; nothing is rendered.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    block = parser.block.ruler
    block.at("table", _table, {"alt": ["paragraph", "reference"]})
    block.enable("table")
    block.at("paragraph", _paragraph, {"alt": []})
    block.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("lheading", _setext, {"alt": []})
    block.at("reference", _reference, {"alt": []})
    if short_cuts:
        block.before("front_matter", "prose", _prose, {"alt": []})
        block.before("list", "items", _items, {"alt": []})
        parser.block.tokenize = block_loop(parser)  # type: ignore[method-assign,assignment]
    return parser


def _only_at_the_top(parser: MarkdownIt) -> None:
    """Keep the front matter rule from taking dashes in a list that begins on the first line."""
    ruler = parser.block.ruler
    stock = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))["front_matter"]

    def front_matter(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        return state.level == 0 and stock(state, start_line, end_line, silent)

    ruler.at("front_matter", front_matter, {"alt": ["paragraph", "reference", "blockquote"]})
