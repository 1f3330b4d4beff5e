"""Rows of pipe tables: one line, cut at its pipes."""

from __future__ import annotations

from tldr_lint.document import Row
from tldr_lint.regexes import regex

_DELIMITER_ROW = regex(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_UNESCAPED_PIPE = regex(r"(?<!\\)\|")


def split_row(text: str, start: int) -> Row:
    """One line of a table, cut at its unescaped pipes.

    A pipe behind a back slash is none, even behind two: both cmark-gfm and
    markdown-it look at one character only. A pipe in a code span is one.
    """
    body = text.rstrip(" \t")
    lead = "|" if body[:1] == "|" else ""
    closed = len(body) > len(lead) and body[-1] == "|" and body[-2:-1] != "\\"
    tail = ("|" if closed else "") + text[len(body) :]
    body = body[len(lead) : len(body) - closed]
    if not body and not closed:
        return Row(start, lead, (), tail)
    pieces = _UNESCAPED_PIPE.split(body) if "\\|" in body else body.split("|")
    return Row(start, lead, tuple(pieces), tail)


def delimiter_row(text: str, start: int) -> Row | None:
    """The delimiter row that a line is (GFM 0.29, section 4.10), if it is one."""
    # A row of dashes alone makes a setext heading of the line above, a dash and a blank a list.
    if text[:1] not in "|:-" or ("|" not in text and ":" not in text) or text[:2] in {"- ", "-\t"}:
        return None
    return split_row(text, start) if _DELIMITER_ROW.fullmatch(text) else None


def header_row(text: str, start: int, delimiter: Row) -> Row | None:
    """The header that the line above a delimiter row is, if it is one.

    With the right number of cells it is a table, even of one column and
    without a pipe. With a wrong one it is meant as a table only if both lines
    have pipes.
    """
    header = split_row(text, start)
    meant = "|" in text and "|" in delimiter.raw
    if not header.pieces or not (len(header) == len(delimiter) or meant):
        return None
    return header
