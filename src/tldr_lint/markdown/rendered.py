"""What a reader sees of inline Markdown: rendered text, for comparing and for anchors."""

from __future__ import annotations

import functools
import re
from html import unescape

from markdown_it import MarkdownIt

from tldr_lint.markdown.html import TAG_BODY
from tldr_lint.markdown.inline import StockReferences
from tldr_lint.markdown.limits import MAX_BRACKETS, MAX_MARKS_RENDERED, marks
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it.token import Token

_MARKUP = re.compile(r"[\[\]<&*_\\~`!\n\r]")
_TEXTS = frozenset({"text", "code_inline", "text_special"})
_BREAKS = frozenset({"softbreak", "hardbreak"})
# Tags that part words from each other in what a reader sees.
_SPACING_TAG = re.compile(r"</?(?:br|li|ul|ol|p|div|td|tr|hr)\b", re.IGNORECASE)


# What render_text can do itself: tags are cut to one character first, `\x01` or, for those that
# part words, `\x02`. Emphasis hugs letters or digits, so that nothing around it matters.
_TAGS = re.compile(rf"<(?:{TAG_BODY})")
_EMPHASIS = re.compile(r"(?<!\*)(\*{1,2})(?=[^\W_])([^*]*)(?<=[^\W_])\1(?!\*)")
_CODE = re.compile(r"(?<!`)`([^`\s&](?:[^`&]*[^`\s&])?)`(?!`)")
_IN_WORD = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_LITERAL = re.compile(r"<(?=[\s=0-9])|&(?=\s)")
_HARD = re.compile(r"[<&*_`\\]|~~|\]\(|\]\[|!\[|\[\^|[\x01-\x04]")


@functools.cache
def _text_parser() -> MarkdownIt:
    """The parser for rendering: CommonMark's inline rules and strikethrough, all of them."""
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("strikethrough")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def render_text(raw: str, references: Mapping[str, str] | None = None) -> str:
    """What a reader sees of inline Markdown: no markup, no tags, white space collapsed.

    An image counts by its alternative text.
    """
    if _MARKUP.search(raw) is None:
        return " ".join(raw.split())
    if (easy := _easily(raw, references=bool(references))) is not None:
        return easy
    tokens = _inline_tokens(raw, references)
    if tokens is None:
        return " ".join(unescape(raw).split())
    return " ".join("".join(_rendered(tokens)).split())


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
    return "\x02" if _SPACING_TAG.match(tag[0]) else "\x01"


def heading_text(raw: str, references: Mapping[str, str] | None = None) -> str:
    """A heading's text as its anchor is made of it: images are no text, blanks are kept."""
    if _MARKUP.search(raw) is None:
        return raw
    tokens = _inline_tokens(raw, references)
    if tokens is None:
        return unescape(raw)
    return "".join(
        "\n" if token.type in _BREAKS else token.content
        for token in tokens
        if token.type in _TEXTS or token.type in _BREAKS
    )


def _inline_tokens(raw: str, references: Mapping[str, str] | None) -> list[Token] | None:
    if raw.count("[") > MAX_BRACKETS or marks(raw) > MAX_MARKS_RENDERED:
        return None
    env: dict[str, object] = {}
    if references:
        env["references"] = StockReferences(references)
    tokens: list[Token] = []
    parser = _text_parser()
    parser.inline.parse(raw, parser, env, tokens)
    return tokens


def _rendered(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in _TEXTS:
            yield token.content
        elif token.type in _BREAKS:
            yield " "
        elif token.type == "html_inline":
            if _SPACING_TAG.match(token.content):
                yield " "
        elif token.type == "image":
            yield from _rendered(token.children or ())


@functools.lru_cache(maxsize=65536)
def plain(raw: str) -> str:
    r"""The rendered text of a raw cell or title; `\|` is one character of it."""
    return render_text(raw.replace("\\|", "|") if "\\|" in raw else raw)
