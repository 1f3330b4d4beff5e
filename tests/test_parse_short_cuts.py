"""What is read off without the parser is what the parser would have said."""

from itertools import pairwise
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from markdown_samples import documents
from tldr_lint.document import Document
from tldr_lint.markdown.block import parse_blocks
from tldr_lint.markdown.rendered import _easily, heading_text, render_text
from tldr_lint.markdown.state import block_state
from tldr_lint.markdown.text_rules import seen, seen_in_anchor
from tldr_lint.parse import parse
from tldr_lint.text import Source

# Whole constructs and their fragments: what short cuts could take for something plainer.
PIECES = (
    *r"""a|b c|# |## x #|- |* |1. |2) |+ |  |    |> |```|~~~|`x`|``|[a](b)|![i](j.png)|[x]|[x]: /u
[a][x]|[^1]|[^1]: f|<br>|<li>|</ul>|<a href='x'>|</a>|<!-- c -->|<!-- tldr-lint-disable TL202 -->
<div>|</div>|**b**|*e*|_u_|\|\[|TODO|tbd|{x}|{{y}}|<TITLE>|http://e.org/a|www.x.org|HTTP://Q.org
<http://a.b>|---|===|- - -|***|___|:--|=|é|&amp;|[[q](r)]|(x)|!|]|[|(|)|<|>|2017|3.5|id="q"
<span id="z">|<h2>T</h2>|- [ ] t|<img src="p.png" alt="k">|# h|text|[a](b&c)|[a](&lt;)|[`c`](d)|[`c`]|[[|](u)]|](u_(v))|\\a|\\!|[http://i.org]""".replace(
        "\n", "|"
    ).split("|"),
    *("|", "\\|", "| a | b |\n", "|---|---|\n", "x | y", "`a|b`", "\n", "\n", "\n\n", "\t", "\r\n"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def parsed_slowly(text: str) -> Document:
    """The document with every short cut closed."""
    with (
        patch("tldr_lint.parse._blocks", lambda text, _: parse_blocks(text, short_cuts=False)),
        patch("tldr_lint.markdown.contents.usual_facts", lambda *_args: None),
        patch("tldr_lint.markdown.contents.plain_facts", lambda *_args, **_options: None),
        patch("tldr_lint.markdown.inline.plain_facts", lambda *_args, **_options: None),
    ):
        return parse(Source("a.md", text))


@given(TEXTS)
def test_short_cuts_find_what_the_parser_finds(text: str) -> None:
    assert parsed_slowly(text) == parse(Source("a.md", text))


@given(documents())
def test_short_cuts_find_what_the_parser_finds_in_documents(text: str) -> None:
    assert parsed_slowly(text) == parse(Source("a.md", text))


@given(TEXTS)
def test_lines_are_measured_as_the_parser_measures_them(text: str) -> None:
    text = text.replace("\r", "")
    parser = MarkdownIt("commonmark")
    stock, ours = StateBlock(text, parser, {}, []), block_state(text, parser, {}, [])

    for name in ("src", "bMarks", "eMarks", "tShift", "sCount", "bsCount", "lineMax"):
        assert getattr(stock, name) == getattr(ours, name)


@given(st.lists(st.sampled_from(["#", "##", " ", "\t", "a", "\\", "    ", "#######"])).map("".join))
def test_a_heading_is_what_the_parser_takes_for_one(line: str) -> None:
    tokens = MarkdownIt("commonmark").parse(line)
    stock = [
        (opening.tag, inline.content)
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open"
    ]

    assert stock == [(f"h{h[3]}", h[4]) for h in parse_blocks(line).headings]


RAW = st.lists(
    st.sampled_from(
        [*PIECES, *("*", "**", "_", "x_y", "&", "~", "é", ".", " ", "  ", "[x y](z)", "[", "](u)")]
    )
).map("".join)


@given(RAW)
@example("**b**_u_*e*")
def test_text_rendered_without_the_parser_is_what_it_renders(raw: str) -> None:
    if _easily(raw, references=False) is not None:
        assert seen(raw, None) == render_text(raw)


@given(RAW.map(lambda raw: raw.strip(" \t\n")))
def test_anchors_made_without_the_parser_are_those_it_makes(raw: str) -> None:
    if "\n" not in raw and _easily(raw, references=False) is not None:
        assert seen_in_anchor(raw, None) == heading_text(raw)
