"""Texts of one gist say the same but for prose; what can matter makes another gist."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from tldr_lint.cache.gist import LONGEST, NONE, gist
from tldr_lint.checks import RULES
from tldr_lint.checks.orphaned import orphaned_rows
from tldr_lint.checks.template import empty_section
from tldr_lint.contract.reader import read_contract
from tldr_lint.document import Document
from tldr_lint.parse import parse
from tldr_lint.text import Source, Span
from tldr_lint.workspace import build, rule_words

PROSE = (
    *("A sentence.", "More words", "Wörter", "and *some* more", "`code` too", "(in brackets)"),
    *('"Quoted" words', "**Bold** begins it.", "漢字", "AT&T works"),
)
LINES = (
    *("", "", "", *PROSE, "\u00a0", "\u2003x", "– dash", "x  ", "x \\", "&amp; b", "!", "*", "`"),
    *("- item", "  - nested", "1. one", "2. two", "1) one", "* star", "-", "1.", "- [ ] task"),
    *("- [x](n.md)", "- # head", "  more", "    indented", "\ttab", "`a", "b` word", "a*b"),
    *("# H", "## Art", "## Art", "### Sub", "#", "#x", "Setext", "===", "---", "***", "- - -"),
    *("| a | b |", "|---|---|", "| c | d |", "a | b", "--- | ---", "|", ":-:", "-|-"),
    *("```", "```py", "~~~", "````", "<!-- c -->", "<!--", "-->", "<!-->", "<!-- a", "b -->"),
    *("<div>", "</div>", "<pre>", "</pre>", "<img src=a.png>", "<a id='x'></a>", "<h2>Head</h2>"),
    *("<h2>", "</h2>", "<b>x</b>", "<details>", "<?php", "?>", "<![CDATA[", "]]>", "<!X"),
    *("> quote", "> - a", "> # h", ">", "> | a | b |", "[ref]: n.md", "[ref]:", "n.md", "'title'"),
    *("[x][ref]", "[ref]", "![i](a.png)", "[^1]: note", "[^1]", "[x](n.md)", "[a", "b](n.md)"),
    *("TODO", "todo later", "To-do", "www.x.org", "http://x.org", "a@b.c", "{title}", "<TITLE>"),
    *("...", "title: x", "+++", "<<<<<<< HEAD", "=======", ">>>>>>> x", "\f", "\ufeff"),
)
NOTE = """# Title

## Summary

| Model | Data |
| --- | --- |
| A | b |

## TL;DR

It learns. See [b](b.md).

What it does.
It does it well.

- First
- Second
"""


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of lines that begin, end or break blocks, and of prose."""
    lines = draw(st.lists(st.sampled_from(LINES) | st.sampled_from((*PROSE, "")), max_size=14))
    if draw(st.booleans()):
        lines = [each for line in lines for each in (line, "")]
    head = draw(st.sampled_from(["", "# Title\n\n", "---\ntitle: x\n---\n\n"]))
    return head + "\n".join(lines) + draw(st.sampled_from(["\n", "\n", ""]))


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """A text after a change or two, most of them to prose."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(lines) - 1))
        words = draw(st.sampled_from(PROSE))
        match draw(st.integers(0, 9)):
            case 0 | 1:
                lines += ["", words, ""]
            case 2:
                lines[at:at] = ["", words, ""]
            case 3:
                lines[at:at] = [draw(st.sampled_from(["", "- ", "1. ", "  ", "    "])) + words]
            case 4 | 5 if lines[at]:
                lines[at] += f" {words}"
            case 6:
                lines[at:at] = [lines[at]]
            case 7:
                lines[at:at] = [draw(st.sampled_from(["", "", " ", "\t"]))]
            case 8:
                lines[at:at] = [draw(st.sampled_from(LINES))]
            case _:
                del lines[at]
                lines = lines or [""]
    return "\n".join(lines)


@given(st.data())
def test_texts_of_one_gist_have_the_same_facts(data: st.DataObject) -> None:
    one = data.draw(texts())
    assume(gist(one) != NONE)
    other = data.draw(edited(one))
    same = gist(one) == gist(other)
    event("the same gist" if same and one != other else "another gist")

    if same:
        before, after = (parse(Source("a.md", text)) for text in (one, other))

        assert list(facts(before)) == list(facts(after))


def facts(document: Document) -> Iterator[object]:
    """All that a rule can learn of a text, places and code aside."""
    source = document.source
    yield document.problem.message if document.problem is not None else None
    matter = document.front_matter
    yield source[matter.content] if matter is not None else None
    for h in document.headings:
        below = source[h.below] if h.below is not None else None
        yield h.level, h.text, h.anchor, h.style, h.nested, source[h.content], below
    for t in document.tables:
        yield t.header.raw, t.delimiter.raw, [row.raw for row in t.rows], t.nested
    yield [[row.raw for row in run] for run in document.orphans]
    for link in (*document.links, *document.images):
        yield link.kind, link.text, link.target, source[link.span], source[link.target_span]
    yield [(each.label, each.target, source[each.span]) for each in document.definitions]
    yield [(each.label, source[each.span]) for each in document.undefined]
    yield [(each.name, source[each.span]) for each in document.anchors]
    yield [(each.name, each.closing, each.void) for each in document.tags]
    yield [(each.raw, source[each.span]) for each in document.markers]
    yield [(each.scope, source[each.span]) for each in document.directives]
    placed = (
        *((each.span.start, "heading") for each in document.headings),
        *((each.span.start, "table") for each in document.tables),
        *((run[0].start, "rows") for run in document.orphans),
        *((each.span.start, "link") for each in (*document.links, *document.images)),
        *((each.span.start, "definition") for each in document.definitions),
        *((each.span.start, "marker") for each in document.markers),
    )
    yield [kind for _, kind in sorted(placed)]
    starts = [0, *(h.span.end for h in document.headings if not h.nested)]
    stops = [*(h.span.start for h in document.headings if not h.nested), len(source.text)]
    yield [
        document.is_blank(Span(start, max(start, stop)))
        for start, stop in zip(starts, stops, strict=True)
    ]
    yield shown(document)


def shown(document: Document) -> list[str]:
    """What those rules find that look between facts."""
    known = rule_words(RULES)
    contract = read_contract(
        Source("tldr-lint.toml", '[collection.all]\nitems = "*.md"\nfacts = "table:Art"\n'), known
    )
    assert contract is not None
    workspace = build({"a.md": document}, contract, known)
    found = (*empty_section(workspace), *orphaned_rows(workspace))
    return [f"{each.message} {each.fix is not None}" for each in found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It does it well.", "It does it very well."),
        ("It does it well.", "It does it well.\nIt does.\n\nAnd so on."),
        ("- Second\n", "- Second, or last\n- Third\n"),
        ("- Second\n", "- Second\n\nA sentence that was added.\n"),
        ("\n\n## TL;DR", "\n\nA sentence that was added.\n\n## TL;DR"),
        ("What it does.\n", "Was es tut, „ganz“ genau\n"),
        ("\n\n- First", "\n \n\n\n- First"),
    ],
)
def test_prose_is_left_out(old: str, new: str) -> None:
    assert NOTE.count(old) == 1

    assert gist(NOTE.replace(old, new)) == gist(NOTE) != NONE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It does it well.", "It does it well, see [a](a.md)."),
        ("It does it well.", "It does it well: https://x.example"),
        ("It does it well.", "TODO"),
        ("It does it well.", "It does <b>it</b> well."),
        ("It does it well.", "---"),
        ("It does it well.", "| It | does |"),
        ("See [b](b.md).", "See [c](c.md)."),
        ("| A | b |", "| A | c |"),
        ("## TL;DR", "## TLDR"),
        ("## TL;DR\n\nIt learns. See [b](b.md).\n\n", "## TL;DR\n\n### Sub\n\n"),
        ("- Second", "# Second"),
        ("- Second", "  - Second"),
        ("What it does.\nIt does it well.\n\n", ""),
        ("## Summary\n\n", "## Summary\n\nWords.\n\n"),
        ("# Title\n\n", "# Title\nWords.\n\n"),
        ("| --- | --- |\n", "| --- | --- |\n\n"),
    ],
)
def test_what_can_matter_is_not_left_out(old: str, new: str) -> None:
    assert NOTE.count(old) == 1

    assert gist(NOTE.replace(old, new)) != gist(NOTE) != NONE


@pytest.mark.parametrize(
    "text",
    [
        "# A\r\n",
        "\ufeff# A\n",
        "# A\f\n",
        "# A\n\n<!-- over\n\nlines -->\n",
        "# A\n\n<pre>\n",
        "# A\n\n<!-- tldr-lint-disable TL2 -->\n",
        "----\na: b\n\n",
        "---\na: |\n  --- x\n---\n",
        "a " * LONGEST,
        "*a* " * 1_000,
        "![" * 30,
    ],
)
def test_a_text_that_is_not_plain_to_see_has_no_gist(text: str) -> None:
    assert gist(text) == NONE
