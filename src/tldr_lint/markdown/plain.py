"""Inline content in its plainest forms, found without parsing.

Most content holds nothing but links, labels, tags and code spans that no other
construct can overlap. One regular expression finds them; where its matches
account for every character that could begin or end anything else, the matches
are the facts and their offsets the places. Where they do not, the caller asks
the inline parser. A property test holds the two ways equal.
"""

from __future__ import annotations

from tldr_lint.markdown.html import TAG_BODY
from tldr_lint.markdown.labels import normal_label
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

LABEL, TARGET, NAME, URL = 1, 2, 3, 4
"""Groups of a match: a bracketed label, its target if it is a link, a tag's name, an autolink."""

_LABEL = r"(?:[^\[\]<>`\\%s]++|`[^\[\]<>`\\%s]++`(?!`))*+"
_TARGET = r"(?:[^\s()<>\[\]\\`|]++|\([^\s()<>\[\]\\`|]*+\))++"
# Each branch begins with a character of its own: the search skips to those.
_FORMS = (
    # A label, a link, or a bracket around a link, which cannot be another one.
    rf"\[(?:({_LABEL})\](?:\(({_TARGET})\)|(?![(\[:]))"
    rf"|(?=\[{_LABEL}\]\({_TARGET}\)\](?![(\[:])))"
    # A tag, an autolink, or a character.
    rf"|<(?:(?=/?([A-Za-z][A-Za-z0-9-]*))(?:{TAG_BODY})"
    r"|([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\[\]\\`|]*)>|(?=[ \t=0-9]))"
    # A code span.
    r"|(?<!`)(?P<ticks>`++)(?:[^`%s]++|(?!(?P=ticks)(?!`))`++)*+(?P=ticks)(?!`)"
    # A back slash before what begins nothing.
    r"|\\(?![\[\]<>`\\!|])"
)
_IN_TEXT = regex(_FORMS.replace("%s", ""))
_IN_CELLS = regex(_FORMS.replace("%s", r"|\n"))


@dataclass(frozen=True, slots=True)
class Plain:
    """What a stretch of plain content holds."""

    matches: Sequence[re.Match[str]]
    bare: bool
    """Whether `http` or `www.` stands outside the matches: perhaps a bare URL."""


_NOTHING = Plain((), bare=False)


def plain_facts(text: str, start: int, end: int, *, cells: bool) -> Plain | None:
    """What stands between two offsets, or none if it takes a parser to know.

    With `cells` the stretch is rows of a table, and nothing goes on from one
    cell to another.
    """
    found = _accounted(text, start, end, _IN_CELLS, cells=cells)
    if found is None and not cells and _goes_on(text, start, end):
        # The expression for this takes long to compile, and little needs it.
        return _accounted(text, start, end, _IN_TEXT, cells=False)
    return found


def _goes_on(text: str, start: int, end: int) -> bool:
    return text.find("\n", start, end) >= 0 or text.find("|", start, end) >= 0


def _accounted(
    text: str, start: int, end: int, forms: re.Pattern[str], *, cells: bool
) -> Plain | None:
    """What an expression finds, if that accounts for all that could be markup."""
    count = text.count
    opening, closing = count("[", start, end), count("]", start, end)
    angles, ticks = count("<", start, end), count("`", start, end)
    slashes = count("\\", start, end)
    urls = count("http", start, end) + count("www.", start, end)
    if not (opening or closing or angles or ticks or slashes):
        return Plain((), bare=True) if urls else _NOTHING
    matches = list(forms.finditer(text, start, end))
    for found in matches:
        label = found[LABEL]
        if label is not None:
            # There are no more brackets in a label or target, and no other marks but code.
            opening -= 1
            closing -= 1
            ticks -= label.count("`") if ticks else 0
            target = found[TARGET]
            if target is not None:
                if "&" in target and ";" in target:
                    # Perhaps an entity.
                    return None
                urls -= _urls(found[0]) if urls else 0
            continue
        raw = found[0]
        if cells and ("|" in raw or "\n" in raw):
            return None
        closing -= (raw == "[") + raw.count("]")
        angles -= raw.count("<")
        opening -= raw.count("[")
        ticks -= raw.count("`")
        slashes -= raw.count("\\")
        urls -= _urls(raw) if urls else 0
    if opening or closing or angles or ticks or slashes:
        return None
    return Plain(matches, bare=urls > 0)


def _urls(raw: str) -> int:
    return raw.count("http") + raw.count("www.")


def reference(found: re.Match[str], references: Mapping[str, str]) -> str | None:
    """The normalised label by which a bracketed label alone is a link, or none."""
    if not references or found[LABEL] is None or found[TARGET] is not None:
        return None
    label = normal_label(found[LABEL])
    return label if label in references else None
