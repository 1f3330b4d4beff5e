"""What one file may cost to read: counted in steps, so that it is the same on every machine.

Most texts cost a parser time in proportion to their length. Some are made so
that each line is looked at once for every quote around it, or each mark of
emphasis compared with all before; and some are plainly a hundred times what
anybody writes. Work is counted while it is done, and a file that goes beyond
its budget is reported (TL001) in place of keeping everybody waiting.
"""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NESTING = 100
"""Containers within containers; beyond it the parser drops text without a word."""

MAX_STEPS = 300_000
"""Looks at a line: a block costs four, a line that could go on in a quote or paragraph one.

A curated list of 10,000 entries, each with two more below it, takes some 250,000; the longest
there are have half as many entries and none below them.
"""

MAX_MARKS = 260_000
"""Characters that may be markup, in those paragraphs that need the full inline grammar."""

MAX_MARKS_RENDERED = 20_000
"""The same in one piece of text that is rendered: a heading, a label, a cell."""

MAX_BRACKETS = 5_000
"""Opening brackets in one paragraph or cell; the parser's cost grows faster than their number."""

MAX_SUPPRESSED = 20_000
"""Rules named in all suppressions of a file. Each is looked up, and looked for once it is idle;
a roll-up of 10,000 rows may well have one behind each."""

MAX_LINE = 1_000_000
"""Characters of one line. Expressions keep a note of every place they could go back to."""

MAX_PIPES = 1_000
"""Pipes in one line: some tens of times what the widest of tables have."""

MOST = MappingProxyType(
    {
        "\n": (300_000, "lines"),
        "|": (500_000, "pipes"),
        "[": (200_000, "opening brackets"),
        "<": (400_000, "angle brackets"),
        "`": (1_000_000, "back ticks"),
        "*": (500_000, "stars"),
        "_": (1_000_000, "underscores"),
        "~~": (300_000, "tildes"),
        "&": (500_000, "ampersands"),
        "\\": (1_000_000, "back slashes"),
        "{": (500_000, "braces"),
        "://": (300_000, "addresses"),
        "www.": (300_000, "addresses"),
    }
)
"""How often something may stand in a file from which facts are made, and what it is called.

Each is some times what the roll-up and the index of 10,000 notes have. A file of a megabyte
reaches a limit only if it was made to.
"""

_MOST_MARKERS = 300_000
_SMALLEST = 200_000  # Characters that are too few to hold too much of anything.

_MARK = regex(r"[!&*<\[\\\]_`~]")
_BRACKETS = regex(r"\\.|[\[\]]")
_FEW = 20  # Brackets that cannot be nested too deep.
_DEEPEST = 100  # The parser gives up beyond.
_LOOKS = 5  # Looks for the end of a bracket that take as long as one mark.
_ANGLE = 3  # What `<` counts: it may begin a tag, an address or a comment.


class TooCostlyError(ValueError):
    """A file would take longer to read than anybody would wait; the message says what does."""


def marks(text: str) -> int:
    """How many characters of a text may be markup; those that take longest to tell count more.

    The parser looks for the end of a bracket once for each bracket around it.
    """
    found = len(_MARK.findall(text)) + (_ANGLE - 1) * text.count("<")
    if text.count("[") < _FEW:
        return found
    depth = looks = 0
    for bracket in _BRACKETS.findall(text):
        if bracket == "[":
            looks += min(depth, _DEEPEST)
            depth += 1
        elif bracket == "]":
            depth = max(0, depth - 1)
    return found + looks // _LOOKS


def check_amounts(text: str, lines: Sequence[str]) -> None:
    """See that a text has no more of anything than can be read in time, before it is read.

    Its line endings are all one character; `lines` is what they part.

    Raises:
        TooCostlyError: it has.
    """
    longest = max(map(len, lines))
    if longest > MAX_PIPES and (most := max(line.count("|") for line in lines)) > MAX_PIPES:
        raise TooCostlyError(f"a line of {most:,} pipes, of at most {MAX_PIPES:,}")
    if len(text) < _SMALLEST:
        return
    for piece, (most, called) in MOST.items():
        if (count := text.count(piece)) > most:
            raise TooCostlyError(f"{count:,} {called}, of at most {most:,}")
    folded = text.lower()
    if (count := sum(map(folded.count, ("todo", "to-do", "tbd")))) > _MOST_MARKERS:
        raise TooCostlyError(f"{count:,} times `TODO` or `TBD`, of at most {_MOST_MARKERS:,}")
    if longest > MAX_LINE:
        raise TooCostlyError(f"a line of {longest:,} characters, of at most {MAX_LINE:,}")


@dataclass(slots=True)
class Budget:
    """What is left to spend on one file."""

    steps: int = MAX_STEPS
    marks: int = MAX_MARKS
    suppressed: int = MAX_SUPPRESSED

    def step(self, count: int) -> None:
        """Spend on blocks.

        Raises:
            TooCostlyError: there is nothing left.
        """
        self.steps -= count
        if self.steps < 0:
            raise TooCostlyError("too many blocks, or lines that could belong to several quotes")

    def inline(self, text: str) -> None:
        """Spend on a piece of text whose inline markup has to be read.

        Raises:
            TooCostlyError: there is nothing left, the text is too long, or has too many brackets
                to pair.
        """
        if len(text) > MAX_LINE:
            raise TooCostlyError(f"a paragraph of {len(text):,} characters")
        if (brackets := text.count("[")) > MAX_BRACKETS:
            raise TooCostlyError(f"{brackets:,} opening brackets in one paragraph")
        self.spend(marks(text))

    def spend(self, count: int) -> None:
        """Spend on marks.

        Raises:
            TooCostlyError: there is nothing left.
        """
        self.marks -= count
        if self.marks < 0:
            raise TooCostlyError("too much markup")

    def suppress(self, count: int) -> None:
        """Spend on the rules that a suppression names.

        Raises:
            TooCostlyError: there is nothing left.
        """
        self.suppressed -= count
        if self.suppressed < 0:
            raise TooCostlyError(f"more than {MAX_SUPPRESSED:,} rules named in suppressions")
