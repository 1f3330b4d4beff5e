"""Items beside their template, and their headings by themselves: TL101 to TL110."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice

from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.sections import (
    at_wrong_level,
    duplicate_section,
    missing_section,
    section_order,
    unexpected_section,
)
from tldr_lint.checks.titles import broken_title, missing_title, title_mismatch
from tldr_lint.layout import MARKERS
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Rule, Severity
from tldr_lint.text import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Item, Workspace
    from tldr_lint.document import Document, Heading

_LATER = regex(r"to-?do|tbd", re.IGNORECASE)
# A glance at what follows a heading tells most sections from empty ones: text does not begin
# with the next heading, a comment or a link definition.
_GLANCE = 4
_NO_TEXT = frozenset({"", "#", "<", "["})


def empty_section(workspace: Workspace) -> Iterator[Finding]:
    """TL107: something stands under every heading of an item."""
    for collection in workspace.collections:
        for item in workspace.loud_items(collection, "TL107"):
            for heading in bare(item.document):
                if heading is item.title and collection.template is not None:
                    # The sections that the template asks for are missing: TL103.
                    continue
                yield Finding(
                    Place(item.path, heading.span),
                    f"nothing stands under `{quoted(heading.text)}`",
                )


def bare(document: Document) -> Iterator[Heading]:
    """The headings under which nothing is shown, not even a deeper heading."""
    for heading, body in _bare(document):
        if _shows_nothing(document, body):
            yield heading


def _bare(document: Document) -> Iterator[tuple[Heading, Span]]:
    """The headings with neither a deeper one nor, at a glance, text right behind; what follows."""
    text = document.source.text
    before: Heading | None = None
    skipped = False
    for heading in document.headings:
        if heading.nested:
            continue
        # Behind a skipped level (TL109) the next heading may well belong below this one.
        misleading = skipped and before is not None and heading.level == before.level - 1
        skipped = before is not None and _skips(before, heading)
        if before is not None and heading.level <= before.level and not misleading:
            body = Span(before.span.end, heading.span.start)
            glance = text[body.start : min(body.start + _GLANCE, body.end)]
            if glance.lstrip()[:1] in _NO_TEXT:
                yield before, body
        before = heading
    if before is not None:
        yield before, Span(before.span.end, len(text))


def _shows_nothing(document: Document, body: Span) -> bool:
    """Whether a reader sees nothing there: link definitions and comments show nothing."""
    at = body.start
    first = bisect_left(document.definitions, body.start, key=lambda each: each.span.start)
    for definition in islice(document.definitions, first, None):
        if definition.span not in body:
            break
        if not document.is_blank(Span(at, definition.span.start)):
            return False
        at = definition.span.end
    return document.is_blank(Span(at, body.end))


def placeholder_text(workspace: Workspace) -> Iterator[Finding]:
    """TL108: no placeholder of the template, and no TODO, is left in an item."""
    for collection in workspace.collections:
        template = collection.template
        known = frozenset(marker.raw for marker in template.markers) if template else frozenset()
        for item in workspace.loud_items(collection, "TL108"):
            for start, end, raw in item.document.values(MARKERS):
                if raw in known:
                    message = f"the template's placeholder `{quoted(raw)}` is left"
                elif _LATER.fullmatch(raw):
                    message = f"`{quoted(raw)}` is left"
                else:
                    continue
                yield Finding(Place(item.path, Span(start, end)), message)


def heading_level_skip(workspace: Workspace) -> Iterator[Finding]:
    """TL109: no heading of an item is two or more levels deeper than the one before."""
    explained: frozenset[Place] | None = None
    for collection in workspace.collections:
        for item in workspace.loud_items(collection, "TL109"):
            for before, heading in skips(item.document):
                # Below a second H1 (TL101) it is the H1 that is wrong.
                if not _is_surplus(before, item):
                    place = Place(item.path, heading.span)
                    if explained is None:
                        explained = at_wrong_level(workspace)
                    if place not in explained:
                        message = f"an H{heading.level} below an H{before.level} skips a level"
                        yield Finding(place, message)


def skips(document: Document) -> Iterator[tuple[Heading, Heading]]:
    """The headings that are two or more levels deeper than the one before, behind that one."""
    before: Heading | None = None
    for heading in document.headings:
        if heading.nested:
            continue
        if before is not None and _skips(before, heading):
            yield before, heading
        before = heading


def _skips(before: Heading, heading: Heading) -> bool:
    return heading.level > before.level + 1


def _is_surplus(heading: Heading, item: Item) -> bool:
    return heading.level == 1 and heading is not item.title


_SAFE = frozenset({Applicability.SAFE})
_UNSAFE = frozenset({Applicability.UNSAFE})
_NONE: frozenset[Applicability] = frozenset()

RULES: tuple[Rule, ...] = (
    Rule("TL101", "missing-title", Severity.ERROR, _NONE, missing_title),
    Rule("TL102", "broken-title", Severity.ERROR, _SAFE | _UNSAFE, broken_title),
    Rule("TL103", "missing-section", Severity.ERROR, _UNSAFE, missing_section),
    Rule("TL104", "unexpected-section", Severity.WARNING, _NONE, unexpected_section),
    Rule("TL105", "section-order", Severity.WARNING, _SAFE, section_order),
    Rule("TL106", "duplicate-section", Severity.ERROR, _NONE, duplicate_section),
    Rule("TL107", "empty-section", Severity.INFO, _NONE, empty_section),
    Rule("TL108", "placeholder-text", Severity.WARNING, _NONE, placeholder_text),
    Rule("TL109", "heading-level-skip", Severity.WARNING, _NONE, heading_level_skip),
    Rule("TL110", "title-mismatch", Severity.WARNING, _NONE, title_mismatch),
)
