"""Where HTML blocks begin and end (CommonMark 0.31.2, section 4.6)."""

from __future__ import annotations

import re

from tldr_lint.regexes import regex

_NAMES = (
    "address article aside base basefont blockquote body caption center col colgroup dd "
    "details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 "
    "h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav "
    "noframes ol optgroup option p param search section summary table tbody td tfoot th "
    "thead title tr track ul"
)
BLOCK_NAMES = frozenset(_NAMES.split())
"""Tags that begin a block wherever they begin a line."""

RAW = "raw"
"""The end of what begins with `<script`, `<style`, `<pre` or `<textarea`: any of their ends."""
BLANK = ""
"""The end of what goes on up to a blank line."""
LONE_TAG = " "
"""Likewise, of a line that is a tag and nothing else; it ends no paragraph."""

_NAME = regex(r"</?([A-Za-z0-9]+)(?=\s|/?>|\Z)")
_RAW_BEGIN = regex(r"<(?a:script|pre|style|textarea)(?=\s|>|\Z)", re.IGNORECASE)
_RAW_END = regex(r"</(?a:script|pre|style|textarea)>", re.IGNORECASE)
_ATTRIBUTE = r"""\s+[a-zA-Z_:][a-zA-Z0-9:._-]*(?:\s*=\s*(?:[^"'=<>`\x00-\x20]+|'[^']*'|"[^"]*"))?"""
_LONE_TAG = regex(
    rf"<(?:[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?|/[A-Za-z][A-Za-z0-9-]*\s*)>\s*\Z"
)


def html_end(line: str) -> str | None:
    """What ends the HTML block that begins with a line, if one does.

    It is `RAW`, `BLANK`, `LONE_TAG`, or the characters themselves.
    """
    if line.startswith("<!--"):
        return "-->"
    if line.startswith("<?"):
        return "?>"
    if line.startswith("<!"):
        if line[2:3].isascii() and line[2:3].isalpha():
            return ">"
        return "]]>" if line.startswith("<![CDATA[") else None
    if _RAW_BEGIN.match(line) is not None:
        return RAW
    named = _NAME.match(line)
    if named is not None and named[1].lower() in BLOCK_NAMES:
        return BLANK
    return LONE_TAG if _LONE_TAG.match(line) is not None else None


def html_ends(line: str, end: str) -> bool:
    """Whether a line ends an HTML block that waits for `end`; a blank line is no part of it."""
    if end in (BLANK, LONE_TAG):
        return not line
    return _RAW_END.search(line) is not None if end == RAW else end in line
