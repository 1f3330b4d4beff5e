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

    from tldr_lint.markdown.limits import Budget

_CALL = 3  # Marks that take as long as calling the parser.
_MARKUP = regex(r"[\[\]<&*_\\~`!\n\r]")
# What render_text can do itself: tags are cut to one character first, `\x01` or, for those that
# part words, `\x02`. Emphasis hugs letters or digits, so that nothing around it matters.
_TAGS = regex(rf"<(?:{TAG_BODY})")
_LINK = regex(r"(?<!!)\[([^\[\]<>`\\\n]+)\]\((?:[^\s()<>\[\]\\`|]++|\([^\s()<>\[\]\\`|]*+\))++\)")
_EMPHASIS = regex(r"(?<!\*)(\*{1,2})(?=[^\W_])([^*]*)(?<=[^\W_])\1(?!\*)")
_CODE = regex(r"(?<!`)`([^`\s&](?:[^`&]*[^`\s&])?)`(?!`)")
_IN_WORD = regex(r"(?<=[^\W_])_+(?=[^\W_])")
_LITERAL = regex(r"<(?=[\s=0-9])|&(?=\s)")
_HARD = regex(r"[<&*_`\\]|~~|\]\(|\]\[|!\[|\[\^|[\x01-\x04]")


def render_text(
    raw: str, references: Mapping[str, str] | None = None, budget: Budget | None = None
) -> str:
    """What a reader sees of inline Markdown: no markup, no tags, white space collapsed.

    An image counts by its alternative text.

    Raises:
        TooCostlyError: the file's budget, if one is given, is spent.
    """
    if _MARKUP.search(raw) is None:
        return " ".join(raw.split())
    if (easy := _easily(raw, references=bool(references))) is not None:
        return " ".join(easy.replace("\x01", "").replace("\x02", " ").split())
    if _too_much(raw, budget):
        return " ".join(unescape(raw).split())
    from tldr_lint.markdown.text_rules import seen  # noqa: PLC0415 - it loads the parser

    return seen(raw, references)


def _easily(raw: str, *, references: bool) -> str | None:
    """The rendered text where it takes no parser, or none where it may take one.

    Where tags stood, there are stand-ins for them. A property test holds the
    rest equal to what the parser renders.
    """
    if "\x01" in raw or "\x02" in raw or (references and "[" in raw):
        return None
    rest = raw
    coded, tagged = "`" in raw, "<" in raw
    if coded and tagged:
        return None
    if "](" in rest and not coded and not tagged:
        rest = _LINK.sub("\x01\\1\x01", rest)
    if tagged:
        rest = _TAGS.sub(_stand_in, rest)
    text = rest
    if coded:
        # What code holds is neither markup nor does it part anything.
        text = _CODE.sub(lambda found: found[1], rest)
        rest = _CODE.sub("\x01", rest)
    if "*" in rest:
        if coded:
            return None
        # What is in a word now may not have been.
        text = rest = _EMPHASIS.sub("\x01\\2\x01", rest)
    if _HARD.search(
        _LITERAL.sub("", _IN_WORD.sub("", rest)).replace("\x01", "").replace("\x02", "")
    ):
        return None
    return text


def _stand_in(tag: re.Match[str]) -> str:
    return "\x02" if SPACING_TAG.match(tag[0]) else "\x01"


def heading_text(
    raw: str, references: Mapping[str, str] | None = None, budget: Budget | None = None
) -> str:
    """A heading's text as its anchor is made of it: images are no text, blanks are kept.

    Raises:
        TooCostlyError: the file's budget, if one is given, is spent.
    """
    if _MARKUP.search(raw) is None:
        return raw
    if "\n" not in raw and (easy := _easily(raw, references=bool(references))) is not None:
        return easy.replace("\x01", "").replace("\x02", "")
    if _too_much(raw, budget):
        return unescape(raw)
    from tldr_lint.markdown.text_rules import seen_in_anchor  # noqa: PLC0415 - it loads the parser

    return seen_in_anchor(raw, references)


def heading_texts(
    raw: str, references: Mapping[str, str] | None = None, budget: Budget | None = None
) -> tuple[str, str]:
    """What a reader sees of a heading, and what its anchor is made of.

    Raises:
        TooCostlyError: the file's budget, if one is given, is spent.
    """
    if _MARKUP.search(raw) is None:
        return " ".join(raw.split()), raw
    return render_text(raw, references, budget), heading_text(raw, references, budget)


def _too_much(raw: str, budget: Budget | None) -> bool:
    cost = marks(raw)
    if raw.count("[") > MAX_BRACKETS or cost > MAX_MARKS_RENDERED:
        return True
    if budget is not None:
        budget.spend(cost + _CALL)
    return False


@functools.lru_cache(maxsize=65536)
def plain(raw: str) -> str:
    r"""The rendered text of a raw cell or title; `\|` is one character of it."""
    return render_text(raw.replace("\\|", "|") if "\\|" in raw else raw)
