"""Every fact of a file stands where it says, and says what GitHub would show."""

import pytest

from tldr_lint.document import Document, LinkKind
from tldr_lint.parse import parse, plain
from tldr_lint.text import Source, Span


def document(text: str) -> Document:
    return parse(Source("a.md", text))


def heads(text: str) -> list[tuple[int, str, str, str]]:
    return [(h.level, h.text, h.anchor, h.style) for h in document(text).headings]


def test_atx_and_setext_headings_are_found() -> None:
    assert [(1, "One", "one", "atx"), (2, "Two lines", "twolines", "setext")] == heads(
        "# One #\n\nTwo\nlines\n---\n"
    )


def test_heading_content_span_leaves_marks_out() -> None:
    found = document("   ##  A *b* c  ##  \n").headings[0]

    assert "A *b* c" == found_text(found.content, "   ##  A *b* c  ##  \n")
    assert "A b c" == found.text


def found_text(span: Span, text: str) -> str:
    return text[span.start : span.end]


def test_headings_in_quotes_and_lists_are_nested() -> None:
    found = document("> # Q\n\n- # L\n\n# T\n").headings

    assert [("Q", True), ("L", True), ("T", False)] == [(h.text, h.nested) for h in found]


def test_raw_html_headings_count() -> None:
    assert [(1, "Big Title", "big-title", "html")] == heads(
        '<h1 align="c">\n  Big <b>Title</b>\n</h1>\n'
    )


@pytest.mark.parametrize(
    ("headings", "anchors"),
    [
        (
            ["Hello World", "Hello World", "Hello World-1"],
            ["hello-world", "hello-world-1", "hello-world-1-1"],
        ),
        (["a b  c", "A!B", ":hugs: x", "x_y-z", "É ß"], ["a-b--c", "ab", "hugs-x", "x_y-z", "é-ß"]),
        (["`code` & [link](x.md) <b>t</b>"], ["code--link-t"]),
        (["!", "!", "?"], ["", "-1", "-2"]),
        (["1. 2²", "漢字、x"], ["1-2", "漢字x"]),
        (["![alt](x.png) after"], ["-after"]),
    ],
)
def test_anchors_are_githubs(headings: list[str], anchors: list[str]) -> None:
    text = "\n\n".join(f"# {heading}" for heading in headings)

    assert anchors == [h.anchor for h in document(text).headings]


def test_title_followed_directly_by_a_paragraph_knows_it() -> None:
    text = "# Cut\ntitle here\nmore\n\nText\n"
    found = document(text).headings[0]

    assert found.below is not None
    assert "title here\nmore" == text[found.below.start : found.below.end]
    assert document("# Whole\n\nText\n").headings[0].below is None


def cells(text: str) -> list[list[str]]:
    return [
        [c.raw for c in row.cells] for t in document(text).tables for row in (t.header, *t.rows)
    ]


def test_cells_keep_their_raw_spelling() -> None:
    text = "| a\\|b | `c` |\n|---|:-:|\n|  x  | `y|z` |\n"

    assert [["a\\|b", "`c`"], ["x", "`y", "z`"]] == cells(text)


def test_rows_keep_what_github_drops_or_pads() -> None:
    text = "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |\n"

    assert [2, 1, 3] == [
        len(row) for row in (document(text).tables[0].header, *document(text).tables[0].rows)
    ]


def test_a_wrong_delimiter_row_still_makes_a_table() -> None:
    found = document("| a | b | c |\n|---|---|\n| 1 | 2 | 3 |\n").tables

    assert [(False, 1)] == [(t.renders, len(t.rows)) for t in found]


@pytest.mark.parametrize(
    "text",
    [
        "a | b\n---\n",
        "a | b\n===\n",
        "    | a |\n    |---|\n",
        "```\n| a |\n|---|\n```\n",
        "a\n|---|---|\n",
    ],
)
def test_what_is_no_table_is_none(text: str) -> None:
    assert () == document(text).tables


def test_tables_in_quotes_and_lists_have_no_prefix_in_their_cells() -> None:
    quoted = "> | a | b |\n> |---|---|\n> | 1 | 2 |\n"
    listed = "- | a | b |\n  |---|---|\n  | 1 | 2 |\n"

    assert [["a", "b"], ["1", "2"]] == cells(quoted) == cells(listed)
    assert document(quoted).tables[0].nested


def test_crlf_and_bom_shift_nothing() -> None:
    text = "\ufeff# T\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | [x](y.md) |\r\n"
    found = document(text)

    assert "T" == text[found.headings[0].content.start : found.headings[0].content.end]
    assert "[x](y.md)" == text[found.links[0].span.start : found.links[0].span.end]
    assert "y.md" == text[found.links[0].target_span.start : found.links[0].target_span.end]
    assert (1, 1) == found.source.position(found.headings[0].span.start)
    assert (5, 7) == found.source.position(found.links[0].span.start)


def test_front_matter_is_found_behind_a_bom_and_with_crlf() -> None:
    for text in ("---\na: 1\n---\n# T\n", "\ufeff---\r\na: 1\r\n---\r\n# T\r\n"):
        found = document(text).front_matter

        assert found is not None
        assert "a: 1" == text[found.content.start : found.content.end].strip()
        assert [(1, "T", "t", "atx")] == heads(text)


def links(text: str) -> list[tuple[str, str, str]]:
    return [(link.kind.value, link.text, link.target) for link in document(text).links]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a *b*](x.md)", [("inline", "a b", "x.md")]),
        ("[a](<x y.md> 'title')", [("inline", "a", "x y.md")]),
        ("[a](x\\_y.md)", [("inline", "a", "x_y.md")]),
        ("[a](x.md?a=1&amp;b=2)", [("inline", "a", "x.md?a=1&b=2")]),
        ("[a]()", [("inline", "a", "")]),
        (
            "[a][b] [b][] [b]\n\n[b]: u.md 't'",
            [("reference", "a", "u.md"), ("reference", "b", "u.md"), ("reference", "b", "u.md")],
        ),
        (
            "<https://e.org/> <me@e.org>",
            [
                ("autolink", "https://e.org/", "https://e.org/"),
                ("autolink", "me@e.org", "mailto:me@e.org"),
            ],
        ),
        (
            "see https://e.org/a_(b). www.e.org, x",
            [
                ("bare", "https://e.org/a_(b)", "https://e.org/a_(b)"),
                ("bare", "www.e.org", "http://www.e.org"),
            ],
        ),
        ("(https://e.org/a)", [("bare", "https://e.org/a", "https://e.org/a")]),
        ('a <a href="x.md">t <b>u</b></a> z', [("html", "t u", "x.md")]),
        ("<div><a href='x.md'>t</a></div>", [("html", "t", "x.md")]),
        ("`[a](x.md)` <!-- [a](y.md) -->", []),
        ("```\n[a](x.md)\n```", []),
        ("[![i](i.png)](x.md)", [("inline", "i", "x.md")]),
        ("[[a](x.md)]", [("inline", "a", "x.md")]),
        ("> [a\n> b](x.md)", [("inline", "a b", "x.md")]),
        ("[^1]\n\n[^1]: see [a](x.md)", [("inline", "a", "x.md")]),
        ("<img src='a.png'> [x](http://[::1)", [("inline", "x", "http://[::1")]),
        ("[MASK] and x[0][1]", []),
        ("`https://e.org`", []),
    ],
)
def test_links_of_every_kind(text: str, found: list[tuple[str, str, str]]) -> None:
    assert found == links(text)


def test_the_target_of_a_reference_link_stands_in_its_definition() -> None:
    text = "[a][b]\n\n[b]: <u v.md> 't'\n"
    found = document(text).links[0]

    assert LinkKind.REFERENCE is found.kind
    assert "u v.md" == text[found.target_span.start : found.target_span.end]


def test_links_in_cells_with_escaped_pipes_stand_where_they_are() -> None:
    text = "| a |\n|---|\n| x \\| y \\| [l](t.md) `q\\|r` |\n"
    found = document(text).links[0]

    assert "[l](t.md)" == text[found.span.start : found.span.end]


def test_images_of_both_kinds() -> None:
    text = "![a *b*](x.png) <img alt=c src='y.png'>\n\n<p><img src=\"z.png\"/></p>\n"

    assert [("a b", "x.png"), ("c", "y.png"), ("", "z.png")] == [
        (i.text, i.target) for i in document(text).images
    ]


def test_explicit_anchors() -> None:
    text = 'a <a name="one"></a> b\n\n<div id="two"><p name="no"></div>\n'

    assert ["one", "two"] == [a.name for a in document(text).anchors]


def test_undefined_references_are_full_or_collapsed_only() -> None:
    text = "[a][no] [no][] [no] a[i][j] [x][^1] [^1] [y][yes]\n\n[yes]: u.md\n"

    assert ["no", "no"] == [u.label for u in document(text).undefined]


def test_markers_stand_outside_code_and_comments() -> None:
    text = (
        "# <TITLE>\n\nTODO x `TODO` <!-- TODO --> {name} [label] To-Do\n\n"
        "```\nTBD\n```\n\n<p>TBD</p>\n"
    )

    assert ["<TITLE>", "TODO", "{name}", "[label]", "To-Do", "TBD"] == [
        m.raw for m in document(text).markers
    ]


def test_orphaned_rows() -> None:
    text = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| 3 | 4 |\n\ntext\n\n| 5 | 6 |\n"

    assert [["3", "4"], ["5", "6"]] == [
        [c.raw for row in run for c in row.cells] for run in document(text).orphans
    ]


def test_rows_without_leading_pipes_are_orphans_only_right_behind_their_table() -> None:
    text = "a | b\n---|---\n1 | 2\n\n3 | 4\n\ntext\n\nx | y\n"

    assert [["3", "4"]] == [
        [c.raw for row in run for c in row.cells] for run in document(text).orphans
    ]


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nReturns: `Client | Pool`.\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nEither this | or that.\n",
        "a | b\n---|---\n1 | 2\n\nReturns: `Client | Pool`.\n",
    ],
)
def test_prose_with_a_pipe_below_a_table_is_no_orphan(text: str) -> None:
    """Removing the blank line above it would make a row of a sentence."""
    assert () == document(text).orphans


def test_directives() -> None:
    text = (
        "<!-- tldr-lint-disable-next-line TL202, table-row-length -- why -->\n\n"
        "a <!-- tldr-lint-enable --> b\n"
    )
    first, second = document(text).directives

    assert ("disable-next-line", ["TL202", "table-row-length"]) == (
        first.scope,
        [r for r, _ in first.rules],
    )
    assert ["TL202", "table-row-length"] == [text[s.start : s.end] for _, s in first.rules]
    assert ("enable", ()) == (second.scope, second.rules)


def test_a_directive_in_a_fence_is_text() -> None:
    assert (
        ()
        == document(
            "```\n<!-- tldr-lint-disable -->\n```\n`<!-- tldr-lint-disable -->`\n"
        ).directives
    )


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n| 1 | 2 |\n<!-- tldr-lint-disable-next-line TL209 -->\n| 3 | |\n",
        "| a | b |\n|---|---|\n| 1 | 2 | <!-- tldr-lint-disable-line TL209 -->\n",
    ],
)
def test_a_directive_that_breaks_its_table_is_known(text: str) -> None:
    assert [True] == [d.breaks_table for d in document(text).directives]


def test_a_directive_inside_a_cell_breaks_nothing() -> None:
    text = "| a | b |\n|---|---|\n| 1 | 2 <!-- tldr-lint-disable-line TL209 --> |\n"

    assert [False] == [d.breaks_table for d in document(text).directives]


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x0c", "\x7f", "\x85"])
def test_control_characters_are_a_problem(char: str) -> None:
    found = document(f"# a\n\nb{char}c\n")

    assert found.problem is not None
    assert (3, 2) == found.source.position(found.problem.span.start)
    assert () == found.headings


def test_what_the_parser_would_drop_silently_is_a_problem() -> None:
    assert document("> " * 120 + "x\n\n# T\n").problem is not None
    assert (
        document("".join(f"{'  ' * depth}- x\n" for depth in range(80)) + "\n# T\n").problem
        is not None
    )
    assert document("- x\n  - y\n    - z\n\n# T\n").problem is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (' <span style="color:blue"> BERT </span> ', "BERT"),
        ("**a** _b_ ~~c~~ `d`", "a b c d"),
        ("a\\|b &amp; &lt;", "a|b & <"),
        ("x<br>y<br/>z", "x y z"),
        ("[l](t.md) ![alt](i.png)", "l alt"),
        ("a <!-- tldr-lint-disable-line --> b", "a b"),
        ("snake_case_name 2*3", "snake_case_name 2*3"),
        ("<https://e.org>", "https://e.org"),
    ],
)
def test_plain_is_what_a_reader_sees(raw: str, text: str) -> None:
    assert text == plain(raw)


def test_list_items_know_their_depth_and_own_text() -> None:
    text = "- one\n  wrapped\n  - two\n\n1. three\n"
    found = document(text).list_items

    assert [(1, "one\n  wrapped"), (2, "two"), (1, "three")] == [
        (i.depth, text[i.span.start : i.span.end]) for i in found
    ]


def test_sections_nest() -> None:
    text = "# T\n\n## A\n\na\n\n### B\n\nb\n\n## C\n"
    found = document(text).sections

    assert ["T", "A", "B", "C"] == [s.heading.text for s in found]
    assert "## A\n\na\n\n### B\n\nb\n\n" == text[found[1].span.start : found[1].span.end]
    assert "\n\na\n\n" == text[found[1].body.start : found[1].body.end]
    assert found[2].parent is found[1].heading


def test_a_target_that_breaks_off_makes_no_link_of_what_is_behind() -> None:
    """The parser's rule takes `c` for the label of all of it; GitHub does not."""
    text = "[c]: d\n\n[](<b>[[c] and ![a](<b>.[c]\n"
    found = document(text)

    assert ["[c]", "[c]"] == [text[k.span.start : k.span.end] for k in found.links]
    assert () == found.images
