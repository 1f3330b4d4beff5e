"""Source → Document: every fact of a file, each where it stands.

The block grammar (`markdown/block.py`) and the inline grammar
(`markdown/inline.py`) find, `markdown/facts.py` puts together. Nothing here
raises on any text: a file that cannot be taken apart yields a `problem` and no
facts.
"""

from __future__ import annotations

from tldr_lint.layout import CODE, COUNT, LOUD, NOBODY_LOOKED, PROBLEM, document_of
from tldr_lint.markdown.conflicts import has_whole_conflict
from tldr_lint.markdown.facts import facts_of
from tldr_lint.markdown.limits import MAX_NESTING, TooCostlyError, check_amounts
from tldr_lint.markdown.rendered import plain
from tldr_lint.markdown.scan import scan_blocks
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tldr_lint.document import Document
    from tldr_lint.layout import Values
    from tldr_lint.markdown.gathered import Blocks
    from tldr_lint.text import Source

__all__ = ("parse", "plain", "without_facts")

_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ASCII_CONTROLS = "".join(chr(each) for each in (*range(0x20), 0x7F) if each not in b"\t\n\r")
_CONTROLS = _ASCII_CONTROLS + "".join(map(chr, range(0x80, 0xA0)))


def parse(source: Source) -> Document:
    """The facts of a file.

    A text with control characters, or nested deeper than the parser follows,
    yields a document with a `problem` and without facts: the parser's
    positions would be wrong, or facts silently missing. So does one with both
    sides of a merge conflict: its facts would be said twice.
    """
    text = source.text
    if (control := _control(text)) is not None:
        return _control_problem(source, control)
    base = 1 if text.startswith("\ufeff") else 0
    text = _one_line_ending(text[base:])
    try:
        lines = text.split("\n")
        check_amounts(text, lines)
        blocks = _blocks(text, lines)
        if blocks.deep is not None:
            return _too_deep(source, base + blocks.deep)
        document = document_of(source, facts_of(source.text, text, base, blocks))
    except TooCostlyError as error:
        return without_facts(source, f"{error}: nothing is checked", base, base)
    if has_whole_conflict(document):
        message = "a merge conflict: nothing else is checked"
        return without_facts(source, message, base, base, conflict=True, code=document.values(CODE))
    return document


def without_facts(
    source: Source,
    message: str,
    start: int = 0,
    end: int = 0,
    *,
    conflict: bool = False,
    code: Values = (),
) -> Document:
    """The document of a file that yields no facts, and why (TL001)."""
    values: list[Values] = [()] * COUNT
    values[PROBLEM] = (message, conflict, start, end)
    values[CODE] = code
    values[LOUD] = NOBODY_LOOKED
    return document_of(source, values)


def _control(text: str) -> re.Match[str] | None:
    """The first control character of a text."""
    controls = _ASCII_CONTROLS if text.isascii() else _CONTROLS
    for each in controls:
        # To look for each takes a third of the time that the expression takes, or a translation.
        if each in text:
            return _CONTROL.search(text)
    return None


def _control_problem(source: Source, found: re.Match[str]) -> Document:
    name = (
        "a NUL byte" if found.group() == "\0" else f"control character U+{ord(found.group()):04X}"
    )
    return without_facts(source, f"{name} in the text: nothing else is checked", *found.span())


def _one_line_ending(text: str) -> str:
    """The text with each line ending as long as it was, but ending in a line feed.

    The blank that takes the carriage return's place is trailing white space,
    which no fact depends on; so offsets need no mapping.
    """
    if "\r" not in text:
        return text
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _blocks(text: str, lines: Sequence[str]) -> Blocks:
    if (found := scan_blocks(text, lines)) is not None:
        return found
    # The parser takes longer to load than most collections take to check.
    from tldr_lint.markdown.block import parse_blocks  # noqa: PLC0415

    return parse_blocks(text)


def _too_deep(source: Source, at: int) -> Document:
    message = f"quotes and lists nested more than {MAX_NESTING // 2} deep: nothing is checked"
    return without_facts(source, message, at, at)
