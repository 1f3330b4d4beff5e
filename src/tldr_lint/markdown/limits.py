"""What one file may cost to read: counted in steps, so that it is the same on every machine.

Most texts cost a parser time in proportion to their length. Some are made so
that each line is looked at once for every quote around it, or each mark of
emphasis compared with all before; and some are plainly a hundred times what
anybody writes. Work is counted while it is done, and a file that goes beyond
its budget is reported (TL001) in place of keeping everybody waiting.
"""

from __future__ import annotations

import re

from tldr_lint.records import dataclass

MAX_STEPS = 400_000
"""Looks at a line: a block costs four, a line that could go on in a quote or paragraph one.

The README of the longest curated lists takes some 20,000.
"""

MAX_MARKS = 200_000
"""Characters that may be markup, in those paragraphs that need the full inline grammar."""

MAX_MARKS_RENDERED = 20_000
"""The same in one piece of text that is rendered: a heading, a label, a cell."""

MAX_BRACKETS = 5_000
"""Opening brackets in one paragraph or cell; the parser's cost grows faster than their number."""

_MARK = re.compile(r"[!&*<\[\\\]_`~]")


class TooCostlyError(ValueError):
    """A file would take longer to read than anybody would wait; the message says what does."""


def marks(text: str) -> int:
    """How many characters of a text may be markup."""
    return len(_MARK.findall(text))


@dataclass(slots=True)
class Budget:
    """What is left to spend on one file."""

    steps: int = MAX_STEPS
    marks: int = MAX_MARKS

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
            TooCostlyError: there is nothing left, or too many brackets to pair.
        """
        if (brackets := text.count("[")) > MAX_BRACKETS:
            raise TooCostlyError(f"{brackets} opening brackets in one paragraph")
        self.marks -= marks(text)
        if self.marks < 0:
            raise TooCostlyError("too much markup")
