"""Properties of the parser, on random documents."""

import re
from typing import Protocol

import cmarkgfm
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from markdown_samples import INLINE, documents, tables
from tldr_lint.document import Document
from tldr_lint.markdown.inline import _fast
from tldr_lint.markdown.inline_rules import full_facts
from tldr_lint.markdown.plain import plain_facts
from tldr_lint.parse import parse
from tldr_lint.table import Row
from tldr_lint.text import Edit, Place, Source, Span, splice


def rows_of(document: Document) -> list[Row]:
    rows = [r for t in document.tables for r in (t.header, t.delimiter, *t.rows)]
    return rows + [row for run in document.orphans for row in run]


@given(documents())
def test_every_fact_stands_where_it_says(text: str) -> None:
    source = Source("a.md", text)
    found = parse(source)

    for row in rows_of(found):
        assert row.raw.rstrip() == source[row.span]
        for cell in row.cells:
            assert cell.raw == source[cell.span]
    for marker in found.markers:
        assert re.sub(r"\\\||\s", "", marker.raw) == re.sub(r"\\\||\s|^>", "", source[marker.span])
    for directive in found.directives:
        assert source[directive.span].startswith("<!--")
        assert all(word == source[span] for word, span in directive.rules)
    for link in (*found.links, *found.images):
        assert source[link.span]
        if "\\" not in link.target and "&" not in source[link.target_span]:
            assert link.target in source[link.target_span] or link.target.startswith(
                ("http://www", "mailto:")
            )
    for tag in found.tags:
        assert source[tag.span].startswith("<")
        assert source[tag.span].endswith(">")
    for heading in found.headings:
        assert heading.content in heading.span
    for item in found.list_items:
        assert item.span.start >= item.whole.start


@given(
    st.text(
        alphabet=st.sampled_from("ab|`[]()<>!-=#*_\\:~&;^{} \t\n\r\ufeff\u2028é\U0001f600'\"/."),
        max_size=120,
    )
)
def test_parsing_never_raises(text: str) -> None:
    found = parse(Source("a.md", text))

    assert all(0 <= s.start <= s.end <= len(text) for s in spans(found))


class Placed(Protocol):
    @property
    def span(self) -> Span: ...


def spans(document: Document) -> list[Span]:
    facts: tuple[Placed, ...] = (
        *document.headings,
        *document.tables,
        *document.links,
        *document.images,
        *document.definitions,
        *document.undefined,
        *document.anchors,
        *document.tags,
        *document.markers,
        *document.directives,
    )
    return [fact.span for fact in facts]


def stock_cells(text: str) -> list[list[list[str]]]:
    """The cells the stock parser sees, table by table, row by row, padded and cut as it does."""
    found: list[list[list[str]]] = []
    tokens = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").parse(text)
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in {"td_open", "th_open"}:
            # The stock parser trims like JavaScript; CommonMark trims blanks and tabs only.
            found[-1][-1].append(tokens[at + 1].content.strip())
    return found


# The stock parser and GitHub differ where a header begins an HTML block, where a row is a lone
# pipe, where a header or its delimiter row has no pipe, and where a cell is a blank only to
# JavaScript. We side with
# GitHub (the test below), so such lines are left out of the comparison here.
SEEN_OTHERWISE = re.compile(r"^<|^ *-+ *$|^ *\| *$|^[^|\n]+\n *[:|]|[\u2028\u00a0]", re.MULTILINE)


@given(
    st.lists(st.one_of(tables(), INLINE), max_size=3)
    .map("\n\n".join)
    .filter(lambda text: not SEEN_OTHERWISE.search(text))
)
def test_our_cells_are_the_parsers_wherever_it_sees_a_table(text: str) -> None:
    ours = [
        [
            [cell.raw.replace("\\|", "|").strip() for cell in row.cells][: len(table.header)]
            + [""] * (len(table.header) - len(row))
            for row in (table.header, *table.rows)
        ]
        for table in parse(Source("a.md", text)).tables
        if table.renders
    ]

    assert stock_cells(text) == ours


@given(st.lists(st.one_of(tables(), INLINE), max_size=3).map("\n\n".join))
def test_our_tables_are_those_github_shows(text: str) -> None:
    html = cmarkgfm.github_flavored_markdown_to_html(text)
    shown = [
        (len(re.findall(r"<th[ >]", table)), table.count("<tr>"))
        for table in re.findall(r"<table>.*?</table>", html, re.DOTALL)
    ]
    ours = [
        (len(table.header), 1 + len(table.rows))
        for table in parse(Source("a.md", text)).tables
        if table.renders
    ]

    assert shown == ours


@given(INLINE)
def test_the_two_ways_through_inline_content_lead_to_the_same_facts(content: str) -> None:
    plain = plain_facts(content, 0, len(content), cells=False)

    if plain is not None:
        fast, slow = _fast(content, plain, {}), full_facts(content, {})
        assert slow.links == fast.links
        assert slow.html == fast.html
        assert slow.code == fast.code
        assert [] == slow.undefined


@given(documents())
def test_line_endings_and_bom_change_no_fact(text: str) -> None:
    if "\r" in text or text.startswith("\ufeff"):
        return
    plain = parse(Source("a.md", text))
    other = parse(Source("a.md", "\ufeff" + text.replace("\n", "\r\n")))

    assert [h.text for h in plain.headings] == [h.text for h in other.headings]
    assert [h.anchor for h in plain.headings] == [h.anchor for h in other.headings]
    assert [x.target for x in plain.links] == [x.target for x in other.links]
    assert [r.pieces for r in rows_of(plain)] == [r.pieces for r in rows_of(other)]
    assert [m.raw for m in plain.markers] == [m.raw.replace("\r", "") for m in other.markers]
    assert [d.scope for d in plain.directives] == [d.scope for d in other.directives]


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6), st.text(max_size=3))))
def test_splicing_leaves_everything_else_alone(pieces: list[tuple[str, str, str]]) -> None:
    """Each piece: text that stays, text that goes (never empty: no edits meet), its heir."""
    text = after = ""
    edits = []
    for stays, goes, heir in pieces:
        text += stays
        span = Span(len(text), len(text) + len(goes) + 1)
        edits.append(Edit(Place("a.md", span), heir))
        text += goes + "x"
        after += stays + heir

    assert after == splice(text, reversed(edits))
