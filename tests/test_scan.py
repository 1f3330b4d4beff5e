"""The line scanner finds the blocks that the parser finds, or leaves the text to it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.common.html_blocks import block_names
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block.html_block import HTML_SEQUENCES

from markdown_samples import documents, lines
from tldr_lint.markdown.block import parse_blocks
from tldr_lint.markdown.gathered import MARKS, URLS, Blocks
from tldr_lint.markdown.labels import normal_label
from tldr_lint.markdown.markup import BLOCK_NAMES, LONE_TAG, html_end, html_ends
from tldr_lint.markdown.scan import scan_blocks

ROOT = Path(__file__).parents[1]


def facts(blocks: Blocks) -> list[object]:
    """What a text's facts are made of, but for paragraphs."""
    return [
        blocks.headings,
        blocks.tables,
        blocks.definitions,
        [(*about, depth) for *about, depth, _ in blocks.stretches],
        blocks.references,
        blocks.deep,
        blocks.words,
        blocks.loud,
    ]


def is_mute(text: str, blocks: Blocks) -> bool:
    """Whether nothing of inline content can come of a text, nor a row of a table."""
    marks = (*MARKS, *URLS, "|")
    return not text or (blocks.quiet and not any(mark in text for mark in marks))


def check_the_same(text: str, found: Blocks) -> None:
    """Paragraphs and texts may be left out of which nothing can come."""
    stock = parse_blocks(text, short_cuts=False)

    assert facts(stock) == facts(found)
    assert found.texts == [t for t in stock.texts if t in found.texts]
    assert all(is_mute(t.content, found) for t in stock.texts if t not in found.texts)
    assert found.paragraphs == [p for p in stock.paragraphs if p in found.paragraphs]
    below = {end_line for end_line, *_ in found.headings}
    own = {own for *_, own in found.stretches}
    for left_out in [p for p in stock.paragraphs if p not in found.paragraphs]:
        assert left_out.nested == ((left_out.text.start, left_out.text.end) in own)
        assert left_out.nested or left_out.line not in below
        assert is_mute(left_out.text.content, found)


def same_as_the_parser(text: str) -> None:
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    found = scan_blocks(text, text.split("\n"))

    if found is not None:
        check_the_same(text, found)


@given(lines())
def test_blocks_of_ragged_lines_are_the_parsers(text: str) -> None:
    same_as_the_parser(text)


@given(documents())
def test_blocks_of_documents_are_the_parsers(text: str) -> None:
    same_as_the_parser(text.removeprefix("\ufeff"))


OWN = sorted((*ROOT.glob("notes/*.md"), *ROOT.glob("rules/*.md"), *ROOT.glob("*.md")))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_files_do_without_the_parser(path: Path) -> None:
    """Were the short cut to close, runs would only be slow, and nobody would see why."""
    text = path.read_text(encoding="utf-8")
    found = scan_blocks(text, text.split("\n"))

    assert found is not None
    check_the_same(text, found)


@pytest.mark.parametrize(
    "text",
    [
        "> a quote",
        "a\n> a quote",
        "[^1]: a footnote",
        "a\n[^1]: a footnote",
        "[a]: <b c>",
        "[a]: b\n'title'",
        "[a\nb]: c",
        "--- | ---\n--- | ---",
        "2. a | b\n:-: | :-:",
        "- " * 9 + "a",
    ],
)
def test_what_is_left_to_the_parser(text: str) -> None:
    assert scan_blocks(text, text.split("\n")) is None


TAGS = st.lists(
    st.sampled_from(
        [
            *("<", "</", ">", "/>", "!", "!--", "-->", "-", "?", "?>", "![CDATA[", "]]>", "a", "A"),
            *("div", "DIV", "Pre", "script", "ſcript", "style", "h1", "h7", "é", "x-y", " ", "\t"),
            *("='b'", '="', "'", "=c", ":", "\u00a0"),
        ]
    ),
    max_size=8,
).map("".join)


@given(TAGS, TAGS)
def test_html_blocks_begin_and_end_where_the_parser_says(begin: str, later: str) -> None:
    begin, later = f"<{begin}".rstrip("\t "), later.strip("\t ")
    stock = next((each for each in HTML_SEQUENCES if each[0].search(begin)), None)
    end = html_end(begin)

    assert (stock is None) == (end is None)
    if stock is not None and end is not None:
        assert stock[2] == (end != LONE_TAG)
        for line in (begin, later):
            assert (stock[1].search(line) is not None) == html_ends(line, end)


def test_tags_that_begin_blocks_are_the_parsers() -> None:
    assert set(block_names) == BLOCK_NAMES


@given(st.text())
def test_labels_are_compared_as_the_parser_does(label: str) -> None:
    assert normalizeReference(label) == normal_label(label)
