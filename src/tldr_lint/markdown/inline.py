"""Inline content: the links, images, tags and markers in it, and the text it renders to.

Content in which nothing overlaps is read off by `markdown/plain.py`. The rest
goes through the parser's inline rules (`markdown/inline_rules.py`), which are
loaded only then.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from tldr_lint.markdown.html import is_written_as_html
from tldr_lint.markdown.limits import Budget
from tldr_lint.markdown.pieces import InlineFacts, InlineLink
from tldr_lint.markdown.plain import ANGLE, LABEL, TARGET, plain_facts, reference
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.markdown.plain import Plain

_CODE = regex(r"`[^`]*`")

_BARE_URL = regex(
    r"(?<![A-Za-z0-9/@.:\-])(?:https?://|www\.)[A-Za-z0-9._\-]*[A-Za-z0-9][^\s<]*", re.IGNORECASE
)
_ENTITY_NAME = regex(r"[A-Za-z0-9]+")
_MARKER = regex(
    r"\b(?:TODO|TO-DO|To-Do|To-do|ToDo|TBD)\b(?!-)"
    r"|<[A-Za-z][^<>\n]*>|\{\{[^{}\n]+\}\}|\{[^{}\n]+\}|\[[^\[\]\n]+\](?![(\[:])"
)


def inline_facts(
    content: str, references: Mapping[str, str], budget: Budget | None = None
) -> InlineFacts:
    """The facts of one piece of inline content.

    `references` maps normalised labels to targets.

    Raises:
        TooCostlyError: the file's budget is spent.
    """
    plain = plain_facts(content, 0, len(content), cells=False)
    if plain is None:
        # The parser takes longer to load than most collections take to check.
        from tldr_lint.markdown.inline_rules import full_facts  # noqa: PLC0415

        (budget or Budget()).inline(content)
        facts = full_facts(content, references)
    else:
        facts = _fast(content, plain, references)
    _bare_urls(content, facts)
    _markers(content, facts)
    return facts


def _fast(content: str, plain: Plain, references: Mapping[str, str]) -> InlineFacts:
    facts = InlineFacts()
    angles = iter(plain.angles)
    for found in plain.matches:
        start, end = found.span()
        if found[LABEL] is not None:
            label, target, place = reference(found, references), found[TARGET], found.span(TARGET)
            image = start > 0 and content[start - 1] == "!"
            start -= image
            if label is not None:
                target, place = references[label], (start, end)
            if target is not None:
                inside = found.span(LABEL)
                facts.links.append(
                    InlineLink(start, end, image, False, *inside, target, *place, label)
                )
            # What an alternative text holds is text.
            if "`" in found[LABEL] and not (image and target is not None):
                facts.code += [
                    (start + image + code.start(), start + image + code.end())
                    for code in _CODE.finditer(found[0])
                ]
        elif found[ANGLE] is not None:
            if next(angles).name:
                facts.html.append((start, end))
            else:
                inside, url = found.span(ANGLE), found[ANGLE]
                facts.links.append(InlineLink(start, end, False, True, *inside, url, *inside))
        elif content[start] == "`":
            facts.code.append((start, end))
    return facts


def _covered(facts: InlineFacts, *, targets_only: bool) -> list[tuple[int, int]]:
    """The ranges that are not text, disjoint: code, HTML, and links or just their targets."""
    found = facts.code + facts.html
    for link in facts.links:
        if not targets_only or link.auto:
            found.append((link.start, link.end))
        else:
            found.append((link.label_end, link.end))
            if link.image:
                found.append((link.start, link.label_end))
    found.sort()
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _outside(start: int, end: int, covered: list[tuple[int, int]]) -> bool:
    before = bisect_left(covered, (end, 0)) - 1
    return before < 0 or covered[before][1] <= start


def _bare_urls(content: str, facts: InlineFacts) -> None:
    """GFM's extended autolinks (GFM 0.29, section 6.9): `http(s)://…` and `www.…` in text."""
    covered: list[tuple[int, int]] | None = None
    for found in _BARE_URL.finditer(content):
        if covered is None:
            covered = _covered(facts, targets_only=False)
        start, end = found.span()
        if not _outside(start, start + 1, covered):
            continue
        # A code span or tag ends the URL where it begins.
        following = bisect_left(covered, (start, 0))
        if following < len(covered):
            end = min(end, covered[following][0])
        end = _url_end(content, start, end)
        if "." in content[start:end] or "localhost" in content[start:end]:
            facts.bare.append((start, end))


def _url_end(content: str, start: int, end: int) -> int:
    """Where a bare URL ends once punctuation that belongs to the sentence is cut off."""
    surplus: int | None = None
    while end > start:
        last = content[end - 1]
        if last in "?!.,:*_~'\"":
            end -= 1
        elif last == ")":
            if surplus is None:
                surplus = content.count(")", start, end) - content.count("(", start, end)
            if surplus <= 0:
                return end
            surplus -= 1
            end -= 1
        elif last == ";" and (tail := content.rfind("&", start, end - 2)) >= 0:
            if not _ENTITY_NAME.fullmatch(content, tail + 1, end - 1):
                return end
            end = tail
        else:
            return end
    return end


def _markers(content: str, facts: InlineFacts) -> None:
    covered: list[tuple[int, int]] | None = None
    tags: frozenset[tuple[int, int]] = frozenset()
    for found in _MARKER.finditer(content):
        if covered is None:
            covered = _covered(facts, targets_only=True)
            tags = frozenset(facts.html)
        start, end = found.span()
        tag = (start, end) in tags
        if (tag and not is_written_as_html(content[start:end])) or _outside(start, end, covered):
            facts.markers.append((start, end))
