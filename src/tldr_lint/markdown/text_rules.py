"""What inline Markdown renders to, by the parser's own rules."""

from __future__ import annotations

import functools

from markdown_it import MarkdownIt

from tldr_lint.markdown.html import SPACING_TAG
from tldr_lint.markdown.inline_rules import StockReferences
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it.token import Token

_TEXTS = frozenset({"text", "code_inline", "text_special"})
_BREAKS = frozenset({"softbreak", "hardbreak"})


def seen(raw: str, references: Mapping[str, str] | None) -> str:
    """What a reader sees: see `rendered.render_text`."""
    return " ".join("".join(_rendered(_tokens(raw, references))).split())


def seen_in_anchor(raw: str, references: Mapping[str, str] | None) -> str:
    """What an anchor is made of: see `rendered.heading_text`."""
    return "".join(
        "\n" if token.type in _BREAKS else token.content
        for token in _tokens(raw, references)
        if token.type in _TEXTS or token.type in _BREAKS
    )


def _tokens(raw: str, references: Mapping[str, str] | None) -> list[Token]:
    env: dict[str, object] = {}
    if references:
        env["references"] = StockReferences(references)
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(raw, parser, env, tokens)
    return tokens


def _rendered(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in _TEXTS:
            yield token.content
        elif token.type in _BREAKS:
            yield " "
        elif token.type == "html_inline":
            if SPACING_TAG.match(token.content):
                yield " "
        elif token.type == "image":
            yield from _rendered(token.children or ())


@functools.cache
def _parser() -> MarkdownIt:
    """CommonMark's inline rules and strikethrough, all of them."""
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("strikethrough")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser
