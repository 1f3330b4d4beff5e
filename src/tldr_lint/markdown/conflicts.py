"""What git leaves in a file when a merge or a rebase did not come out even (TL004)."""

from __future__ import annotations

import re
from bisect import bisect_right

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.document import Document
    from tldr_lint.text import Span

# gitattributes(5), "conflict-marker-size": seven of a kind at the start of a line.
_MARKER = regex(r"^(?:<{7}|={7}|>{7})(?=[ \t\r]*$|(?<=[<>]) )", re.MULTILINE)


def conflicts(document: Document) -> tuple[tuple[Span, ...], ...]:
    """The lines of the markers outside of code blocks, those of one conflict together.

    A marker left alone makes an entry by itself.
    """
    return tuple(_grouped(document)) if may_conflict(document.source.text) else ()


def may_conflict(text: str) -> bool:
    """Whether anything in a text looks like one of the markers."""
    return "=======" in text or "<<<<<<<" in text or ">>>>>>>" in text


def has_whole_conflict(document: Document) -> bool:
    """Whether a file holds both sides of a conflict: it says everything twice, or nothing.

    Such a file is as good as unreadable: rows are doubled, tables cut, paragraphs made titles.
    """
    text = document.source.text
    if "<<<<<<<" not in text or ">>>>>>>" not in text:
        return False
    return any(len(lines) > 2 for lines in conflicts(document))


def _grouped(document: Document) -> Iterator[tuple[Span, ...]]:
    opened: list[Span] = []
    for kind, line in _markers(document):
        if kind == "<":
            if opened:
                yield tuple(opened)
            opened = [line]
        elif opened:
            opened.append(line)
            if kind == ">":
                yield tuple(opened)
                opened = []
        elif kind == ">" or not _is_underline(document, line):
            yield (line,)
    if opened:
        yield tuple(opened)


def _markers(document: Document) -> Iterator[tuple[str, Span]]:
    """The lines that look like markers, each with its character."""
    source = document.source
    starts = [span.start for span in document.code]
    for found in _MARKER.finditer(source.text):
        at = bisect_right(starts, found.start()) - 1
        if at < 0 or found.start() >= document.code[at].end:
            yield found.group()[0], source.line_of(found.start())


def _is_underline(document: Document, line: Span) -> bool:
    """Whether a line of `=` stands below text: then it makes that text a heading."""
    source = document.source
    return line.start > 0 and bool(source[source.line_of(line.start - 1)].strip())
