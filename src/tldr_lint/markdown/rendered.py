"""What a reader sees of inline Markdown: rendered text, for comparing and for anchors."""

from __future__ import annotations

import functools

from tldr_lint.markdown.html import SPACING_TAG, TAG_BODY, unescape
from tldr_lint.markdown.limits import MAX_BRACKETS, MAX_MARKS_RENDERED, marks
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

_MARKUP = regex(r"[\[\]<&*_\\~`!\n\r]")
# What render_text can do itself: tags are cut to one character first, `\x01` or, for those that
# part words, `\x02`. Emphasis hugs letters or digits, so that nothing around it matters.
_TAGS = regex(rf"<(?:{TAG_BODY})")
_EMPHASIS = regex(r"(?<!\*)(\*{1,2})(?=[^\W_])([^*]*)(?<=[^\W_])\1(?!\*)")
_CODE = regex(r"(?<!`)`([^`\s&](?:[^`&]*[^`\s&])?)`(?!`)")
_IN_WORD = regex(r"(?<=[^\W_])_+(?=[^\W_])")
_LITERAL = regex(r"<(?=[\s=0-9])|&(?=\s)")
_HARD = regex(r"[<&*_`\\]|~~|\]\(|\]\[|!\[|\[\^|[\x01-\x04]")


def render_text(raw: str, references: Mapping[str, str] | None = None) -> str:
    """What a reader sees of inline Markdown: no markup, no tags, white space collapsed.

    An image counts by its alternative text.
    """
    if _MARKUP.search(raw) is None:
        return " ".join(raw.split())
    if (easy := _easily(raw, references=bool(references))) is not None:
        return easy
    if _too_much(raw):
        return " ".join(unescape(raw).split())
    from tldr_lint.markdown.text_rules import seen  # noqa: PLC0415 - it loads the parser

    return seen(raw, references)


def _easily(raw: str, *, references: bool) -> str | None:
    """The rendered text where it takes no parser; none where it may take one.

    A property test holds it equal to the parser's.
    """
    if "\x01" in raw or "\x02" in raw or (references and "[" in raw):
        return None
    rest = raw
    if "<" in rest:
        rest = _TAGS.sub(_stand_in, rest)
    text = rest
    if "`" in rest:
        # What code holds is neither markup nor does it part anything.
        if "<" in raw:
            return None
        text = _CODE.sub(lambda found: found[1], rest)
        rest = _CODE.sub("\x01", rest)
    if "*" in rest:
        if "`" in raw:
            return None
        text = rest = _EMPHASIS.sub(lambda found: found[2], rest)
    if _HARD.search(
        _LITERAL.sub("", _IN_WORD.sub("", rest)).replace("\x01", "").replace("\x02", "")
    ):
        return None
    return " ".join(text.replace("\x01", "").replace("\x02", " ").split())


def _stand_in(tag: re.Match[str]) -> str:
    return "\x02" if SPACING_TAG.match(tag[0]) else "\x01"


def heading_text(raw: str, references: Mapping[str, str] | None = None) -> str:
    """A heading's text as its anchor is made of it: images are no text, blanks are kept."""
    if _MARKUP.search(raw) is None:
        return raw
    if _too_much(raw):
        return unescape(raw)
    from tldr_lint.markdown.text_rules import seen_in_anchor  # noqa: PLC0415 - it loads the parser

    return seen_in_anchor(raw, references)


def _too_much(raw: str) -> bool:
    return raw.count("[") > MAX_BRACKETS or marks(raw) > MAX_MARKS_RENDERED


@functools.lru_cache(maxsize=65536)
def plain(raw: str) -> str:
    r"""The rendered text of a raw cell or title; `\|` is one character of it."""
    return render_text(raw.replace("\\|", "|") if "\\|" in raw else raw)
