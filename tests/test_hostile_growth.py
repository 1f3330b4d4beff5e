"""Texts made to be slow take work in proportion to their length: counted, not timed."""

import sys
from types import FrameType, MappingProxyType

import pytest

from hostile_texts import TEXTS
from tldr_lint.checks import RULES
from tldr_lint.contract.model import Contract
from tldr_lint.engine import diagnostics, run, selection
from tldr_lint.parse import parse
from tldr_lint.reports import render
from tldr_lint.reports.model import Report
from tldr_lint.text import Source
from tldr_lint.workspace import build, rule_words

SIZE = 400
LARGER = MappingProxyType({"nested images": 1_500, "many tables": 2_000})
"""Where growth is a line only beyond the depth the parser goes to, or a piece is larger."""

SLACK = 2_500
"""Calls that come with a first line of some kind, whatever the size."""

CONTRACT = Contract()
CHOSEN = selection(CONTRACT, RULES)
WORDS = rule_words(RULES)


def work(text: str) -> None:
    """From the text to the report."""
    document = parse(Source("a.md", text))
    workspace = build({"a.md": document}, CONTRACT, WORDS)
    sources = {"a.md": document.source}
    found = diagnostics(run(workspace, CHOSEN), sources)
    for name in ("full", "sarif"):
        render(name, Report(found, sources, 1))


def calls(text: str) -> int:
    """How many functions are called, those in C included."""
    number = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal number
        number += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work(text)
    finally:
        sys.setprofile(before)
    return number


@pytest.mark.parametrize("name", TEXTS)
def test_work_grows_no_faster_than_the_text(name: str) -> None:
    """A megabyte would take a million times as long as a kilobyte, not a thousand times."""
    make = TEXTS[name]
    size = LARGER.get(name, SIZE)
    work(make(size))
    first, second, third = (calls(make(size * times)) for times in (1, 2, 4))

    # Twice as much text for a line: four times for a square.
    assert third - second <= 3 * max(second - first, 0) + SLACK


def test_counting_tells_a_square_from_a_line() -> None:
    """The test above would prove nothing if what it counts did not grow."""
    assert calls("|a|b|\n\n" * 200) > 1.8 * calls("|a|b|\n\n" * 100)
