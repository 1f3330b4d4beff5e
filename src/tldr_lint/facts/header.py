"""Header lines: `Key: value` below the title, in the spellings that people use.

Plain, bold (`**Status:** Accepted`), bulleted, quoted, fenced or indented; a
value may go on in indented lines or in a nested list.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from tldr_lint.facts.front_matter import FieldValue
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.document import Document

_LINES = regex(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_MARKS = regex(r"[ \t>]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_FIELD = regex(
    r"(?P<open>\*\*|__|\*|_|<b>|<strong>)?"
    r"(?P<key>[^\W\d_](?:[\w./#&()-]|[ ](?=[\w./#&(-])){0,48}(?<!_))[ \t]*"
    r"(?:(?P<inside>:)[ \t]*)?(?P<close>\*\*|__|\*|_|</b>|</strong>)?[ \t]*(?P<outside>:)?"
    r"(?P<value>(?:[ \t].*)?)\Z"
)
_FENCE = regex(r"[ \t]*(?:`{3,}|~{3,})[^`]*|[ \t]*</?pre\b[^<>]*>[ \t]*", re.IGNORECASE)
_HARD_BREAK = regex(r"(?:\\|<br[ \t]*+/?>)\Z", re.IGNORECASE)
_CLOSING = MappingProxyType(
    {"**": "**", "__": "__", "*": "*", "_": "_", "<b>": "</b>", "<strong>": "</strong>"}
)
_INDENTED = regex(r"(?:[ ]{2}|\t)[ \t]*+(?:[-*+][ \t]++)?(?=\S)")
# A key of more words is a sentence with a colon in it.
_MOST_WORDS = 4
_MOST_LINES = 200
_LONGEST_BREAK = 20


def header_fields(document: Document) -> tuple[FieldValue, ...]:
    """The header fields of a file: those before the first heading that is not its title.

    The first of a name counts.
    """
    text = document.source.text
    start = document.front_matter.span.end if document.front_matter is not None else 0
    title = document.title
    others = [h.span.start for h in document.headings if h is not title]
    after = title.span.end if title is not None else start
    end = min((at for at in others if at >= after), default=len(text))
    found: dict[str, FieldValue] = {}
    for field in _fields(document, Span(start, end)):
        found.setdefault(field.name.casefold(), field)
    return tuple(found.values())


def _fields(document: Document, region: Span) -> Iterator[FieldValue]:
    text = document.source.text
    title = document.title
    current: FieldValue | None = None
    at = region.start
    for _ in range(_MOST_LINES):
        if at >= region.end:
            break
        line = _LINES.match(text, at, region.end)
        if line is None:
            break
        span, at = Span(line.start(1), line.end(1)), line.end()
        in_title = title is not None and title.span.start <= span.start < title.span.end
        field = None if in_title else _field(text, span)
        goes_on = _INDENTED.match(line[1]) if current is not None and not in_title else None
        if current is not None and goes_on is not None and (field is None or not current.text):
            current = _longer(current, text, Span(span.start + goes_on.end(), span.end))
            continue
        if current is not None:
            yield current
        current = field
    if current is not None:
        yield current


def _field(text: str, line: Span) -> FieldValue | None:
    raw = text[line.start : line.end]
    if _FENCE.fullmatch(raw):
        return None
    marks = _MARKS.match(raw)
    start = marks.end() if marks is not None else 0
    found = _FIELD.match(raw, start)
    if found is None or not (found["inside"] or found["outside"]):
        return None
    opened = found["open"]
    if (_CLOSING[opened] if opened else None) != found["close"]:
        return None
    key = found["key"].strip()
    if len(key.split()) > _MOST_WORDS:
        return None
    value = found["value"]
    begin = line.start + found.start("value") + len(value) - len(value.lstrip())
    return FieldValue(key, *_trimmed(text, Span(begin, line.end)))


def _trimmed(text: str, span: Span) -> tuple[str, Span]:
    value = text[span.start : span.end].rstrip(" \t")
    tail = _HARD_BREAK.search(value, max(0, len(value) - _LONGEST_BREAK))
    if tail is not None:
        value = value[: tail.start()].rstrip(" \t")
    return value, Span(span.start, span.start + len(value))


def _longer(field: FieldValue, text: str, more: Span) -> FieldValue:
    """A field with one more line of its value; a list's elements get commas between."""
    value, span = _trimmed(text, more)
    if not value:
        return field
    listed = text[more.start - 2 : more.start].strip() in {"-", "*", "+"}
    glue = "" if not field.text else ", " if listed else " "
    start = field.span.start if field.text else span.start
    return FieldValue(field.name, f"{field.text}{glue}{value}", Span(start, span.end))
