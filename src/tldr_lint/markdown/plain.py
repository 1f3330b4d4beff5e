"""Inline content in its plainest forms, found without parsing.

Most content holds nothing but links, labels, tags and code spans that no other
construct can overlap. The most usual forms are found one by one (`usual_facts`),
all others by one regular expression (`plain_facts`); where its matches account
for every character that could begin or end anything else, the matches are the
facts and their offsets the places. Where they do not, the caller asks the
inline parser. A property test holds all ways equal.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter

from tldr_lint.markdown.gathered import URLS
from tldr_lint.markdown.html import TAG_BODY, element, is_written_as_html, may_tell
from tldr_lint.markdown.labels import normal_label
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.text import remembered

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping, Sequence

LABEL, TARGET, ANGLE = 1, 2, 4
"""Groups of a match: a bracketed label, its target if it is a link, what angle brackets hold.

Which of them a match is, its `lastindex` tells.
"""
_NONE_OF_THESE = frozenset({3, 5, 7, 8})
_kind, _first = attrgetter("lastindex"), itemgetter(0)

_LABEL = r"(?:[^\[\]<>`\\%s]++|`[^\[\]<>`\\%s]++`(?!`))*+"
_TARGET = r"(?:[^\s()<>\[\]\\`|]++|\([^\s()<>\[\]\\`|]*+\))++"
# Each branch begins with a character of its own and no assertion: the search skips to those.
# An empty group at the end of one: it could be markup, and is nothing of the kind looked for.
_FORMS = (
    # A label, a link, or a bracket around a link, which cannot be another one.
    rf"\[(?:({_LABEL})\](?:\(({_TARGET})\)|(?![(\[:]))"
    rf"|(?=\[{_LABEL}\]\({_TARGET}\)\](?![(\[:]))|())"
    # A tag, an autolink, or a character.
    r"|<(?:(/?[A-Za-z][^<>%s]*+)>|(?=[ \t=0-9])|())"
    # A code span.
    r"|`(?:(?<!``)(?P<ticks>`*+)(?:[^`%s]++|(?!`(?P=ticks)(?!`))`++)*+`(?P=ticks)(?!`)|())"
    # A back slash before what begins nothing.
    r"|\\(?:(?![\[\]<>`\\!|])|())"
    r"|\]"
)
_IN_TEXT = regex(_FORMS.replace("%s", ""))
_IN_CELLS = regex(_FORMS.replace("%s", r"|\n"))
_TAG = regex(rf"<(?:{TAG_BODY})")
_AUTOLINK = regex(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\[\]\\`|]*>")
_PLACEHOLDER = regex(r"<[^<>\n]*>")
_OTHER_MARKUP = regex(r"[\[\]`\\|\n]")
_IN_CODE = regex(r"[<\[\]|\n]")
# What begins with one character is looked for ten times as quickly as one of several.
_ANY_ANGLE = regex(r"<[^<>]*+>?")
USUAL_LINK = regex(r"\[([^\[\]<>`\\|\n]++)\]\(([^\s()<>\[\]\\`|&]++)\)")
"""A link with a plain label; its groups are the label and the target."""


@dataclass(frozen=True, slots=True)
class Angle:
    """What stands in angle brackets: a tag, or an autolink."""

    name: str
    """The tag's name in lower case; empty for an autolink."""
    closing: bool = False
    void: bool = False
    tells: bool = False
    """Whether it may be a link, an image or an anchor."""
    placeholder: bool = False
    """Whether it looks like one, `<title>`."""
    alone: bool = False
    """Whether nothing in it could be other markup, or part cells or lines."""
    dull: bool = False
    """Whether it is a tag, and nothing else."""


def _angle(raw: str) -> Angle | None:
    if _TAG.fullmatch(raw) is None:
        return Angle("") if _AUTOLINK.fullmatch(raw) is not None else None
    tag = element(raw, 0)
    placeholder = (
        not (tag.closing or is_written_as_html(raw)) and _PLACEHOLDER.fullmatch(raw) is not None
    )
    tells = "=" in raw and may_tell(raw)
    alone = _OTHER_MARKUP.search(raw) is None
    dull = not (tells or placeholder)
    return Angle(tag.name, tag.closing, tag.void, tells, placeholder, alone, dull)


angle = remembered(_angle, 4096, 200)
"""What stands in angle brackets, these included, if it is a tag or an autolink."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What a stretch of plain content holds."""

    matches: Sequence[re.Match[str]]
    angles: Sequence[Angle]
    """What each match in angle brackets is, in order."""
    bare: bool
    """Whether the beginning of a URL stands outside the matches: perhaps a bare one."""


_NOTHING = Plain((), (), bare=False)
_ADDRESS = Plain((), (), bare=True)


def usual_facts(
    text: str, start: int, end: int, urls: Sequence[str]
) -> tuple[Sequence[re.Match[str]], Sequence[tuple[re.Match[str], Angle]]] | None:
    """The links and tags between two offsets, if there is nothing but the most usual forms.

    Those are links with a plain label, tags, and code spans in which nothing looks
    like either.
    """
    has = text.find
    if has("\\", start, end) >= 0:
        return None
    links: Sequence[re.Match[str]] = ()
    tags: Sequence[tuple[re.Match[str], Angle]] = ()
    if has("[", start, end) >= 0 or has("]", start, end) >= 0:
        links = list(USUAL_LINK.finditer(text, start, end))
        if not len(links) == text.count("[", start, end) == text.count("]", start, end):
            return None
    if has("<", start, end) >= 0:
        tags = _usual_tags(text, start, end)
        if not tags:
            return None
    if has("`", start, end) >= 0 and not _is_code_alone(text, start, end):
        return None
    for each in urls:
        if (count := text.count(each, start, end)) and count != sum(
            [found[0].count(each) for found in (*links, *map(_first, tags))]
        ):
            return None
    return links, tags


def _usual_tags(text: str, start: int, end: int) -> Sequence[tuple[re.Match[str], Angle]]:
    """All that begins with an angle bracket, if all are tags in which nothing else stands."""
    tags: list[tuple[re.Match[str], Angle]] = []
    for found in _ANY_ANGLE.finditer(text, start, end):
        known = angle(found[0])
        if known is None or not known.alone:
            return ()
        tags.append((found, known))
    return tags


def _is_code_alone(text: str, start: int, end: int) -> bool:
    """Whether single back ticks pair up, with nothing between two that could be markup."""
    at = start
    while (begin := text.find("`", at, end)) >= 0:
        at = text.find("`", begin + 1, end) + 1
        if at < begin + 3 or _IN_CODE.search(text, begin + 1, at - 1) is not None:
            return False
        if text[at : at + 1] == "`" and at < end:
            return False
    return True


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
    seen = "".join(map(_first, matches))
    if cells and ("|" in seen or "\n" in seen):
        return None
    kinds = set(map(_kind, matches))
    if not (
        kinds.isdisjoint(_NONE_OF_THESE)
        and (None not in kinds or _closed(matches))
        and (TARGET not in kinds or "&" not in seen or not _has_entity(matches))
    ):
        return None
    angles = _angles(matches) if ANGLE in kinds else ()
    if angles is None:
        return None
    bare = 0
    if urls:
        if LABEL in kinds:
            # What stands in a label alone is text.
            seen = " ".join(found[0] for found in matches if found.lastindex != LABEL)
        # Each match begins with a mark: what is counted cannot begin in one and end in the next.
        bare = sum([text.count(each, start, end) - seen.count(each) for each in urls])
    return Plain(matches, angles, bare > 0)


def _angles(matches: Iterable[re.Match[str]]) -> Sequence[Angle] | None:
    """What each match in angle brackets is, or none where one is neither tag nor autolink."""
    found: list[Angle] = []
    for each in matches:
        if each.lastindex == ANGLE:
            known = angle(each[0])
            if known is None:
                return None
            found.append(known)
    return found


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
