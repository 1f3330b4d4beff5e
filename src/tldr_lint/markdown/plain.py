"""Inline content in its plainest forms, found without parsing.

Most content holds nothing but links, labels, tags and code spans that no other
construct can overlap. One regular expression finds them; where its matches
account for every character that could begin or end anything else, the matches
are the facts and their offsets the places. Where they do not, the caller asks
the inline parser. A property test holds the two ways equal.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter

from tldr_lint.markdown.gathered import URLS
from tldr_lint.markdown.html import TAG_BODY
from tldr_lint.markdown.labels import normal_label
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

LABEL, TARGET, NAME, URL = 1, 2, 4, 5
"""Groups of a match: a bracketed label, its target if it is a link, a tag's name, an autolink.

Which of them a match is, its `lastindex` tells.
"""
_NONE_OF_THESE = frozenset({3, 6, 8, 9})
_kind, _whole = attrgetter("lastindex"), itemgetter(0)

_LABEL = r"(?:[^\[\]<>`\\%s]++|`[^\[\]<>`\\%s]++`(?!`))*+"
_TARGET = r"(?:[^\s()<>\[\]\\`|]++|\([^\s()<>\[\]\\`|]*+\))++"
# Each branch begins with a character of its own and no assertion: the search skips to those.
# An empty group at the end of one: it could be markup, and is nothing of the kind looked for.
_FORMS = (
    # A label, a link, or a bracket around a link, which cannot be another one.
    rf"\[(?:({_LABEL})\](?:\(({_TARGET})\)|(?![(\[:]))"
    rf"|(?=\[{_LABEL}\]\({_TARGET}\)\](?![(\[:]))|())"
    # A tag, an autolink, or a character.
    rf"|<(?:(?=/?([A-Za-z][A-Za-z0-9-]*))(?:{TAG_BODY})"
    r"|([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\[\]\\`|]*)>|(?=[ \t=0-9])|())"
    # A code span.
    r"|`(?:(?<!``)(?P<ticks>`*+)(?:[^`%s]++|(?!`(?P=ticks)(?!`))`++)*+`(?P=ticks)(?!`)|())"
    # A back slash before what begins nothing.
    r"|\\(?:(?![\[\]<>`\\!|])|())"
    r"|\]"
)
_IN_TEXT = regex(_FORMS.replace("%s", ""))
_IN_CELLS = regex(_FORMS.replace("%s", r"|\n"))


@dataclass(frozen=True, slots=True)
class Plain:
    """What a stretch of plain content holds."""

    matches: Sequence[re.Match[str]]
    kinds: AbstractSet[int | None]
    """The `lastindex` of all matches."""
    bare: bool
    """Whether `http` or `www.` stands outside the matches: perhaps a bare URL."""


_NOTHING = Plain((), frozenset(), bare=False)
_ADDRESS = Plain((), frozenset(), bare=True)


def plain_facts(
    text: str, start: int, end: int, *, cells: bool, urls: Sequence[str] = URLS
) -> Plain | None:
    """What stands between two offsets, or none if it takes a parser to know.

    With `cells` the stretch is rows of a table, and nothing goes on from one
    cell to another. `urls` may leave out what stands nowhere in the text.
    """
    found = _accounted(text, start, end, _IN_CELLS, urls, cells=cells)
    if found is None and not cells and _goes_on(text, start, end):
        # The expression for this takes long to compile, and little needs it.
        return _accounted(text, start, end, _IN_TEXT, urls, cells=False)
    return found


def _goes_on(text: str, start: int, end: int) -> bool:
    return text.find("\n", start, end) >= 0 or text.find("|", start, end) >= 0


def _accounted(
    text: str, start: int, end: int, forms: re.Pattern[str], urls: Sequence[str], *, cells: bool
) -> Plain | None:
    """What an expression finds, if that accounts for all that could be markup."""
    matches = list(forms.finditer(text, start, end))
    if not matches:
        found = urls and any(text.find(each, start, end) >= 0 for each in urls)
        return _ADDRESS if found else _NOTHING
    seen = "".join(map(_whole, matches))
    if cells and ("|" in seen or "\n" in seen):
        return None
    kinds = set(map(_kind, matches))
    if not (
        kinds.isdisjoint(_NONE_OF_THESE)
        and (None not in kinds or _closed(matches))
        and (TARGET not in kinds or "&" not in seen or not _has_entity(matches))
    ):
        return None
    if urls and LABEL in kinds:
        # What stands in a label alone is text.
        seen = " ".join(found[0] for found in matches if found.lastindex != LABEL)
    # Each match begins with a mark: what is counted cannot begin in one and end in the next.
    bare = sum([text.count(each, start, end) - seen.count(each) for each in urls])
    return Plain(matches, kinds, bare > 0)


def _closed(matches: Iterable[re.Match[str]]) -> bool:
    """Whether every bracket that is no label's ends one around a link, right behind the link."""
    around = 0
    for found in matches:
        raw = found[0]
        if raw == "[":
            around += 1
        elif raw == "]":
            if not around:
                return False
            around -= 1
    return True


def _has_entity(matches: Iterable[re.Match[str]]) -> bool:
    """Whether a link's target may have one."""
    targets = (found[TARGET] or "" for found in matches)
    return any("&" in target and ";" in target for target in targets)


def reference(found: re.Match[str], references: Mapping[str, str]) -> str | None:
    """The normalised label by which a bracketed label alone is a link, or none."""
    if not references or found[LABEL] is None or found[TARGET] is not None:
        return None
    label = normal_label(found[LABEL])
    return label if label in references else None
