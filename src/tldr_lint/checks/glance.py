"""A first look at a document: which rules can have nothing to say, told from plain values.

Of a document as most are it tells all without an object made of any fact. It
may name a rule that finds nothing, never leave out one that does; a property
test holds it.
"""

from __future__ import annotations

from operator import itemgetter

from tldr_lint.checks.web_links import is_plain_address
from tldr_lint.layout import (
    BELOW,
    DIRECTIVES,
    FIRST_ROW,
    HEADINGS,
    IMAGES,
    LEVEL,
    LINKS,
    MARKERS,
    NESTED,
    ORPHANS,
    PROBLEM,
    TABLES,
    TAGS,
    TARGET,
    UNDEFINED,
)
from tldr_lint.markdown.conflicts import may_conflict
from tldr_lint.markdown.html import OPTIONAL_END, PAIRED
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.text import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tldr_lint.document import Document
    from tldr_lint.layout import Values

_ANY = (
    ("TL001", PROBLEM),
    ("TL002", DIRECTIVES),
    ("TL108", MARKERS),
    ("TL211", ORPHANS),
    ("TL309", UNDEFINED),
)
"""Rules that have nothing to say only where there is nothing of a kind."""
_target = itemgetter(TARGET)
_SHAPE = ("TL201", "TL202", "TL209", "TL212")
_HTML = OPTIONAL_END | PAIRED
_SHORT = 4  # Letters of a name that may be a placeholder, in capitals.
_GLANCE = 4
_NO_TEXT = frozenset({"", "#", "<", "["})
# A cell in which nothing stands but tags and entities; comments are looked for apart.
_BLANK_CELL = regex(r"\|\s*+(?:(?:&[^|;]{0,8};?|<[^<>|]*+>)\s*+)*+\|")


def may_be_loud(document: Document) -> list[str]:
    """Codes of the rules that may find something, of those that `checks/alone.py` knows."""
    values = document.values
    codes = [code for code, kind in _ANY if values(kind)]
    text = document.source.text
    if may_conflict(text):
        codes.append("TL004")
    headings = values(HEADINGS)
    codes += _by_title(headings)
    codes += _by_levels(text, headings)
    if not all(map(_is_even, values(TABLES))):
        codes += _SHAPE
    if (tags := values(TAGS)) and not _is_well_nested(text, tags):
        codes.append("TL207")
    links = (*values(LINKS), *values(IMAGES))
    if not all(map(is_plain_address, map(_target, links))):
        codes.append("TL507")
    return codes


def _by_title(headings: Sequence[Values]) -> list[str]:
    """Titles (TL101), and what stands right below one (TL102)."""
    titles = [heading for heading in headings if heading[LEVEL] == 1 and not heading[NESTED]]
    codes = [] if len(titles) == 1 and titles[0] is headings[0] else ["TL101"]
    if titles and len(titles[0]) > BELOW:
        codes.append("TL102")
    return codes


def _by_levels(text: str, headings: Iterable[Values]) -> list[str]:
    """Empty sections (TL107) and skipped levels (TL109)."""
    before = behind = 0
    codes: list[str] = []
    for heading in headings:
        if heading[NESTED]:
            continue
        level = heading[LEVEL]
        if before and level > before + 1:
            # Behind a skipped level what belongs below what is not so plain.
            codes += ("TL107", "TL109")
        elif before and level <= before and _begins_oddly(text, behind, heading[0]):
            codes.append("TL107")
        before, behind = level, heading[1]
    if before and _begins_oddly(text, behind, len(text)):
        codes.append("TL107")
    return codes


def _begins_oddly(text: str, start: int, end: int) -> bool:
    """Whether a section's body does not begin with text that is shown, at a glance."""
    return text[start : min(start + _GLANCE, end)].lstrip()[:1] in _NO_TEXT


def _is_even(table: Values) -> bool:
    """Whether all rows of a table have as many cells, none of them blank or cut by a pipe."""
    (_, header), (_, delimiter), *rows = table[FIRST_ROW:]
    pipes = _usual_pipes(header)
    return (
        pipes > 1
        and _usual_pipes(delimiter) == pipes
        and all(
            _pipes(raw) == pipes and "<!--" not in raw and _BLANK_CELL.search(raw) is None
            for _, raw in rows
        )
    )


def _pipes(raw: str) -> int:
    """How many pipes a row has that begins and ends with one; 0 where it takes a closer look."""
    framed = raw[0] == "|" and (raw[-1] == "|" or raw.rstrip(" \t")[-1] == "|")
    if not framed or "\\" in raw or ("`" in raw and not _is_code_whole(raw)):
        return 0
    return raw.count("|")


_usual_pipes = remembered(_pipes, 256, 4_000)


def _is_code_whole(raw: str) -> bool:
    """Whether each back tick has its counterpart in the same cell."""
    at = 0
    while (begin := raw.find("`", at)) >= 0:
        end = raw.find("`", begin + 1)
        if end < begin + 2 or raw.find("|", begin, end) >= 0:
            return False
        at = end + 1
    return "``" not in raw


def _is_well_nested(text: str, tags: Iterable[Values]) -> bool:
    """Whether each tag is HTML that is closed in order, and no cell ends in between."""
    opened: list[str] = []
    begin = 0
    for start, end, name, closing, void in tags:
        if void:
            continue
        if name not in _HTML or (len(name) >= _SHORT and not text[start + 1 + closing].islower()):
            return False
        if not closing:
            if not opened:
                begin = end
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
        elif not opened:
            inside = text[begin:start]
            if "|" in inside or "\n" in inside or "\r" in inside:
                return False
    return not opened
