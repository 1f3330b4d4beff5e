"""What the block rules find, while it is being gathered.

Places are offsets of the text that the block grammar sees.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from functools import partial

from tldr_lint.markdown.limits import Budget
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.rules_block import StateBlock

    from tldr_lint.layout import Values

    BlockHeading = tuple[int, int, int, int, str, int, int, str, bool]
    """An ATX or setext heading as the block grammar found it: the line behind it, its start and
    end, level, content, the content's start and end, style, whether it is nested."""

    Stretch = tuple[str, int, int, int, int, tuple[int, int] | None]
    """Whole lines that are no prose (`code`, `html`, `front matter`), or a list's `item`: the kind,
    the first line, where that begins, what stands before the block on that line included, where
    the last line ends, how many lists an item is in, and where its own text stands, if there is
    no paragraph of it because nothing else comes of it."""

WORDS = regex(r"TODO|TO-DO|To-Do|To-do|ToDo|TBD|\{")
"""What makes a plain text hold a fact all the same."""

MARKS = ("[", "<", "`", "\\", "{")
URLS = ("http", "www.")
"""What bare URLs begin with. Every fact of inline content has one of these or of `MARKS`,
words like `TODO` and loud addresses aside."""

# What begins with one character is looked for a dozen times as quickly as one of several.
_NAMED = regex(r"T(?=O-?DO|o-?Do|o-do|BD)")
_SCHEME_END = "://"
_LONGEST_SCHEME = 5  # Characters before the colon.

BLOCK = 4
"""What a block costs, in looks at a line."""


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

    def span(self, start: int, end: int, base: int) -> tuple[int, int]:
        """The source offsets of two offsets in `content`, moved by `base`."""
        begin = base + self.at(start)
        return begin, base + self.at(end - 1) + 1 if end > start else begin


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as the block grammar found it; those that can hold no fact are left out."""

    line: int
    text: Text
    nested: bool


@dataclass(slots=True)
class Blocks:
    """What was found of a text's blocks, filled while it is read."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    headings: list[BlockHeading] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    """Those of paragraphs and headings that may hold a fact."""
    tables: list[Values] = field(default_factory=list)
    definitions: list[Values] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    """In the order of where they begin, an item before what is in it."""
    deep: int | None = None
    """Where the first line begins that is nested deeper than the parser follows."""
    references: dict[str, str] = field(default_factory=dict)
    """Normalised label → target."""
    words: bool = False
    """Whether a `TODO` of any spelling or a brace stands anywhere."""
    quiet: bool = False
    """Whether what has none of `MARKS` and `URLS` has no fact."""
    budget: Budget = field(default_factory=Budget)
    urls: tuple[str, ...] = URLS
    """What bare URLs begin with, of that what stands in the text in any spelling."""
    loud: bool = False
    """Whether `http` or `www.` is written in capitals anywhere."""


@dataclass(slots=True)
class Ahead:
    """Tells that a stretch of a text can hold no fact, and no row: asked in order of place."""

    text: str
    finders: Sequence[Callable[[int], int]]
    """Where something stands of which a text that holds a fact has one, from an offset on.

    Nothing is known if there are none.
    """
    reach: int
    """Nothing stands before this."""
    places: list[int]
    """Where the next of each is, as far as has been asked."""

    def look(self, start: int) -> int:
        """Where the next of all is from an offset on: what `reach` becomes."""
        if not self.finders:
            return start
        places = self.places
        for at, place in enumerate(places):
            if place < start:
                found = self.finders[at](start)
                places[at] = found if found >= 0 else len(self.text)
        self.reach = min(places)
        return self.reach


def look_ahead(blocks: Blocks, text: str) -> Ahead:
    """What tells of a text's stretches whether they may hold something."""
    if not blocks.quiet:
        return Ahead(text, (), -1, [])
    finders: list[Callable[[int], int]] = [
        partial(text.find, each) for each in ("|", *MARKS) if each in text
    ]
    finders += [
        partial(_scheme_from, text) if each == "http" else partial(text.find, each)
        for each in blocks.urls
    ]
    # Of a text without any mark nothing is ever looked at.
    return Ahead(text, finders, -1 if finders else len(text), [-1] * len(finders))


def _scheme_from(text: str, start: int) -> int:
    found = text.find(_SCHEME_END, start)
    return max(found - _LONGEST_SCHEME, 0) if found >= 0 else -1


def nothing_yet(text: str) -> Blocks:
    """The blocks of a text before any has been found."""
    named = _NAMED.search(text) is not None
    http, odd = _schemes(text)
    www = "www." in text
    # Few texts have capitals there, and only of those all of it is looked at without them.
    odd = odd or ("W" in text and _may_be_www(text))
    loud = odd and _is_loud(text)
    urls = tuple([each for each, there in zip(URLS, (http, www), strict=True) if there])
    return Blocks(
        words=named or "{" in text,
        loud=loud,
        quiet=not (named or loud),
        urls=URLS if loud else urls,
    )


def _schemes(text: str) -> tuple[bool, bool]:
    """Whether there is any scheme, and whether any is another than `http` and `https`."""
    first = at = text.find(_SCHEME_END)
    while at >= 0:
        if text[max(at - 4, 0) : at] != "http" and text[max(at - 5, 0) : at] != "https":
            return True, True
        at = text.find(_SCHEME_END, at + 3)
    return first >= 0, False


def _may_be_www(text: str) -> bool:
    """Whether behind any capital W stands the end of `www.`."""
    at = text.find("W")
    while at >= 0:
        if "." in text[at + 1 : at + 4]:
            return True
        at = text.find("W", at + 1)
    return False


def _is_loud(text: str) -> bool:
    folded = text.lower()
    return any(folded.count(each) != text.count(each) for each in URLS)


def gathered(state: StateBlock) -> Blocks:
    """What has been found of a text while its state is worked on."""
    found = state.env["blocks"]
    assert isinstance(found, Blocks)  # noqa: S101 - put there by parse_blocks
    return found


def text_of(state: StateBlock, first: int, last: int) -> Text:
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
