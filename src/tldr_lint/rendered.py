"""What a reader sees of inline Markdown: rendered text, for comparing and for anchors."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tldr_lint.markdown_inline import MAX_BRACKETS

_MARKUP = re.compile(r"[\[\]<&*_\\~`!\n\r]")
_TEXTS = frozenset({"text", "code_inline", "text_special"})
_BREAKS = frozenset({"softbreak", "hardbreak"})
# Tags that part words from each other in what a reader sees.
_SPACING_TAG = re.compile(r"</?(?:br|li|ul|ol|p|div|td|tr|hr)\b", re.IGNORECASE)


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
    tokens = _inline_tokens(raw, references)
    if tokens is None:
        return " ".join(unescape(raw).split())
    return " ".join("".join(_rendered(tokens)).split())


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
    if raw.count("[") > MAX_BRACKETS:
        return None
    env: dict[str, object] = {}
    if references:
        env["references"] = {
            label: {"href": target, "title": ""} for label, target in references.items()
        }
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
