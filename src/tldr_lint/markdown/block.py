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

from __future__ import annotations

import functools
import re
from itertools import islice
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import hr as stock_hr
from markdown_it.rules_block import lheading as stock_setext
from markdown_it.rules_block import paragraph as stock_paragraph
from markdown_it.rules_block import reference as stock_reference
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from tldr_lint.markdown.gathered import BLOCK, Paragraph, Text, gathered, nothing_yet, text_of
from tldr_lint.markdown.limits import MAX_NESTING
from tldr_lint.markdown.prose import items, prose
from tldr_lint.markdown.rows import is_delimiter_row, is_header_row, is_lone_pipe, table_values
from tldr_lint.markdown.state import block_loop, block_state
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

    from tldr_lint.markdown.gathered import Blocks, Stretch

_RULE = re.compile(r"(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+")
_KINDS = MappingProxyType(
    {
        "fence": "code",
        "code_block": "code",
        "html_block": "html",
        "front_matter": "front matter",
        "list_item_open": "item",
    }
)
_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_DEFINITION = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]:\s*(<[^<>\n]*>|\S+)", re.DOTALL)

_LONGEST_DEFINITION = 100  # Lines that the label or the title of a definition may go on for.


def parse_blocks(text: str, *, short_cuts: bool = True) -> Blocks:
    """The blocks of a text whose line endings are all one character.

    Without `short_cuts` the parser's own loop and rules do the work alone.
    """
    blocks = nothing_yet(text)
    env: dict[str, object] = {"blocks": blocks, "references": {}}
    tokens: list[Token] = []
    parser = _parser(short_cuts)
    make = block_state if short_cuts else StateBlock
    state = make(text, parser, env, tokens)
    lines, ends = tuple(state.bMarks), tuple(state.eMarks)
    parser.block.tokenize(state, 0, state.lineMax)
    blocks.stretches = list(_stretches(tokens, lines, ends))
    blocks.deep = next(
        (
            lines[token.map[0]] if token.map else 0
            for token in tokens
            if token.level >= MAX_NESTING - 2
        ),
        None,
    )
    references = env["references"]
    assert isinstance(references, dict)  # noqa: S101 - the parser's own type is a plain dict
    blocks.references = {label: found["href"] for label, found in references.items()}
    return blocks


def _stretches(
    tokens: Iterable[Token], lines: Sequence[int], ends: Sequence[int]
) -> Iterator[Stretch]:
    """What the stock rules left: code, HTML, lists, front matter."""
    depth = 0
    for token in tokens:
        if token.type in {"list_item_open", "list_item_close"}:
            depth += token.nesting
        kind = _KINDS.get(token.type)
        if kind is not None and token.map is not None:
            begin, stop = token.map
            end = ends[max(stop - 1, begin)]
            yield kind, begin, lines[begin], end, depth if kind == "item" else 0, None


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _paragraph(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    count = len(state.tokens)
    level = state.level
    if not stock_paragraph(state, start_line, end_line, silent):
        return False
    if not silent:
        del state.tokens[count:]
        text = text_of(state, start_line, state.line)
        gathered(state).budget.step(BLOCK)
        gathered(state).paragraphs.append(Paragraph(start_line, text, level > 0))
        gathered(state).texts.append(text)
    return True


def _heading(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The stock rule's grammar (CommonMark 0.31.2, section 4.2), with the text's place."""
    # Every line that may end a paragraph or a quote is shown to this rule, once for each quote.
    gathered(state).budget.step(1)
    start, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    marks = _ATX.match(state.src, start, end)
    if marks is None or state.is_code_block(start_line):
        return False
    if silent:
        return True
    gathered(state).budget.step(BLOCK)
    line = state.src[start:end].rstrip(" \t")
    body = line[marks.end() - start :]
    closed = body.rstrip("#")
    if not closed or closed[-1] in " \t":
        body = closed.rstrip(" \t")
    level = len(marks[1])
    at = marks.end() if body else start + level
    text = Text(body, at, at + len(body))
    place = (start_line + 1, start, start + len(line))
    gathered(state).headings.append(
        (*place, level, body, at, at + len(body), "atx", state.level > 0)
    )
    gathered(state).texts.append(text)
    state.line = start_line + 1
    return True


def _hr(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    # The stock rule walks along the line, and a line of bullets is shown to it at every bullet.
    start, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if _RULE.fullmatch(state.src, start, end) is None:
        return False
    return stock_hr(state, start_line, end_line, silent)


def _setext(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    count = len(state.tokens)
    if not stock_setext(state, start_line, end_line, silent):
        return False
    if not silent:
        level = int(state.tokens[count].tag[1])
        del state.tokens[count:]
        gathered(state).budget.step(BLOCK)
        under = state.line - 1
        text = text_of(state, start_line, under)
        mark = state.bMarks[under] + state.tShift[under]
        end = mark + len(_line(state, under).rstrip())
        own = (text.content, text.start, text.end)
        gathered(state).headings.append(
            (state.line, text.start, end, level, *own, "setext", state.level > 0)
        )
        gathered(state).texts.append(text)
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
        # Read character by character, and so twice as dear.
        gathered(state).budget.step(2 * BLOCK)
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
            gathered(state).definitions.append(
                (
                    start,
                    end,
                    found[1],
                    known[-1] if known else raw,
                    found.start(2) + bracketed,
                    found.end(2) - bracketed,
                )
            )
    return True


def _table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    under = start_line + 1
    if under >= end_line or state.sCount[under] < state.blkIndent:
        return False
    first = state.src[state.bMarks[under] + state.tShift[under] : state.eMarks[under]][:1]
    if not first or first not in "|:-":
        return False
    if state.is_code_block(start_line) or state.is_code_block(under):
        return False
    header, delimiter = _line(state, start_line), _line(state, under)
    if not is_delimiter_row(delimiter) or _begins_another_block(state, start_line, end_line):
        return False
    if not is_header_row(header, delimiter):
        return False
    if silent:
        return True
    rows = [
        (state.bMarks[start_line] + state.tShift[start_line], header),
        (state.bMarks[under] + state.tShift[under], delimiter),
    ]
    state.line = _rows(state, under + 1, end_line, rows)
    gathered(state).tables.append(table_values(rows, nested=state.level > 0))
    return True


def _begins_another_block(state: StateBlock, line: int, end_line: int) -> bool:
    """Whether a list, quote, heading, fence or HTML block begins on a line.

    No block begins with a pipe; only other lines need to be asked.
    """
    if state.src[state.bMarks[line] + state.tShift[line]] == "|":
        return False
    terminators = state.md.block.ruler.getRules("blockquote")
    return any(rule(state, line, end_line, True) for rule in terminators)


def _rows(state: StateBlock, line: int, end_line: int, rows: list[tuple[int, str]]) -> int:
    """Add the rows of a table from a line on; the line behind them."""
    parent = state.parentType
    state.parentType = "table"
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    while line < end_line:
        at = begins[line] + shifts[line]
        end = ends[line]
        if at >= end or state.sCount[line] < state.blkIndent or state.is_code_block(line):
            break
        if _begins_another_block(state, line, end_line):
            break
        if is_lone_pipe(src[at:end]):
            break
        rows.append((at, src[at:end]))
        line += 1
    state.parentType = parent
    return line


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
    block.at("hr", _hr, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block.at("lheading", _setext, {"alt": []})
    block.at("reference", _reference, {"alt": []})
    if short_cuts:
        block.before("front_matter", "prose", prose, {"alt": []})
        block.before("list", "items", items, {"alt": []})
        parser.block.tokenize = block_loop(parser)  # type: ignore[method-assign,assignment]
    return parser


def _only_at_the_top(parser: MarkdownIt) -> None:
    """Keep the front matter rule from taking dashes in a list that begins on the first line."""
    ruler = parser.block.ruler
    stock = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))["front_matter"]

    def front_matter(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        return state.level == 0 and stock(state, start_line, end_line, silent)

    ruler.at("front_matter", front_matter, {"alt": ["paragraph", "reference", "blockquote"]})
