"""The parser's block state and block loop: the same results for fewer steps.

The stock loop asks every rule at every block. Most rules can begin only with
certain characters, so one look at a line's first character leaves two or three
to ask. The stock state walks the text line by line; here whole lists of lines
are measured at once. A property test holds both equal to the stock ones.
"""

from __future__ import annotations

from itertools import accumulate
from operator import add, sub
from types import MappingProxyType

from markdown_it.rules_block import StateBlock

from tldr_lint.markdown.gathered import BLOCK, gathered
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.parser_block import RuleFuncBlockType
    from markdown_it.token import Token

# What a block of a rule begins with, indentation aside; a rule that is not here may begin anyhow.
_BEGINS = MappingProxyType(
    {
        "front_matter": "-",
        "fence": "`~",
        "blockquote": ">",
        "hr": "-*_",
        "items": "-*+0123456789",
        "list": "-*+0123456789",
        "footnote_def": "[",
        "reference": "[",
        "html_block": "<",
        "heading": "#",
    }
)
# What a block of a rule never begins with.
_NEVER = MappingProxyType({"prose": "#>+-~<=|"})
_INDENTED_ONLY = frozenset({"code"})


def block_state(
    text: str, parser: MarkdownIt, env: dict[str, object], tokens: list[Token]
) -> StateBlock:
    """What `StateBlock(text, …)` makes: where each line begins and ends, and its indentation."""
    state = StateBlock("", parser, env, tokens)
    lines = text.split("\n")
    # What stands behind the last line feed is a line only if something does.
    if not lines[-1].strip(" \t"):
        lines.pop()
    lengths = list(map(len, lines))
    begins = [0, *accumulate(length + 1 for length in lengths)]
    begins.pop()
    stripped = [line.lstrip(" \t") for line in lines]
    shifts = list(map(sub, lengths, map(len, stripped)))
    counts = shifts.copy()
    if "\t" in text:
        for at, line in enumerate(lines):
            if shifts[at] and "\t" in line[: shifts[at]]:
                counts[at] = len(line[: shifts[at]].expandtabs(4))
    state.src = text
    state.bMarks = [*begins, len(text)]
    state.eMarks = [*map(add, begins, lengths), len(text)]
    state.tShift = [*shifts, 0]
    state.sCount = [*counts, 0]
    state.bsCount = [0] * (len(lines) + 1)
    state.lineMax = len(lines)
    return state


def block_loop(  # noqa: C901 - the shape is the stock loop's
    parser: MarkdownIt,
) -> Callable[[StateBlock, int, int], None]:
    """Stands in for a parser's `ParserBlock.tokenize`, with the rules it has now."""
    rules = list(
        zip(parser.block.ruler.get_active_rules(), parser.block.ruler.getRules(""), strict=True)
    )
    every = tuple(rule for _, rule in rules)
    by_character, otherwise = _dispatch(rules)

    def loop(state: StateBlock, line: int, end_line: int) -> None:
        # Once for the file, and once for each quote, list item and footnote in it.
        gathered(state).budget.step(BLOCK)
        src, begins, shifts = state.src, state.bMarks, state.tShift
        nesting = state.md.options.maxNesting
        blank = False
        while line < end_line:
            state.line = line = state.skipEmptyLines(line)
            if line >= end_line:
                return
            indent = state.sCount[line] - state.blkIndent
            if indent < 0:
                return
            if state.level >= nesting:
                state.line = end_line
                return
            asked: Sequence[RuleFuncBlockType] = every
            if indent <= 3:
                asked = by_character.get(src[begins[line] + shifts[line]], otherwise)
            for rule in asked:
                if rule(state, line, end_line, False):
                    break
            state.tight = not blank
            line = state.line
            if line - 1 < end_line and state.isEmpty(line - 1):
                blank = True
            if line < end_line and state.isEmpty(line):
                blank = True
                state.line = line = line + 1

    return loop


def _dispatch(
    rules: Sequence[tuple[str, RuleFuncBlockType]],
) -> tuple[Mapping[str, Sequence[RuleFuncBlockType]], Sequence[RuleFuncBlockType]]:
    """The rules to ask by first character, and those for any other character."""
    unindented = [(name, rule) for name, rule in rules if name not in _INDENTED_ONLY]
    by_character = {
        character: tuple(
            rule
            for name, rule in unindented
            if character in _BEGINS.get(name, character) and character not in _NEVER.get(name, "")
        )
        for character in sorted(set("".join((*_BEGINS.values(), *_NEVER.values()))))
    }
    return by_character, tuple(rule for name, rule in unindented if name not in _BEGINS)
