"""Random Markdown for property tests: mostly plausible, often ragged, sometimes hostile."""

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        "BERT",
        "a b",
        "é",
        "漢字",
        "👩‍🔬",
        "x_y",
        "`code`",
        "`a|b`",
        "\\|",
        "**bold**",
        "<b>x</b>",
        "<ul><li>one</li></ul>",
        "[l](t.md)",
        '[l](t.md#x "title")',
        "![i](i.png)",
        "[ref]",
        "[text][ref]",
        "[text][none]",
        "[ref][]",
        "<https://e.org/a|b>",
        "https://e.org/x_(y).",
        "www.e.org",
        "<a href='t.md' id=\"x\">t</a>",
        "<img src=i.png>",
        "TODO",
        "<TITLE>",
        "{name}",
        "&amp;",
        "\\*",
        "``",
        "`",
        "[",
        "]",
        "(",
        "<",
        "!",
        "\u2028",
        "\x0b"[:0],
        "~~x~~",
        "<!-- c -->",
        "[^1]",
        "a\\",
        "$x$",
        ":smile:",
        "\u00a0",
        "\u200d",
        "[[x](y.md)]",
        "[a](<b c.md>)",
    ]
)
INLINE = st.lists(WORDS, max_size=5).map(" ".join)
CELLS = st.lists(st.one_of(INLINE, st.just("")), min_size=1, max_size=5)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A pipe table, its delimiter row and its rows not always as long as its header."""
    header = draw(CELLS)
    width = draw(st.sampled_from([len(header)] * 4 + [len(header) + 1, max(1, len(header) - 1)]))
    delimiter = draw(
        st.lists(st.sampled_from(["---", ":-:", " :--- ", "-"]), min_size=width, max_size=width)
    )
    rows = draw(st.lists(CELLS, max_size=4))
    lead, tail = draw(
        st.sampled_from([("| ", " |"), ("|", "|"), ("", ""), ("|", ""), ("", " |  ")])
    )
    lines = [header, delimiter, *rows]
    return "\n".join(f"{lead}{' | '.join(line)}{tail}" for line in lines)


BLOCKS = st.one_of(
    INLINE,
    tables(),
    st.tuples(st.sampled_from(["# ", "## ", "###### ", "#", "####### "]), INLINE).map("".join),
    st.tuples(INLINE, st.sampled_from(["\n===", "\n---"])).map("".join),
    st.tuples(st.sampled_from(["- ", "1. ", "> ", "    ", "> - ", "\t", "- - "]), INLINE).map(
        "".join
    ),
    INLINE.map(lambda text: f"```text\n{text}\n```"),
    INLINE.map(lambda text: f"<div>\n{text}\n</div>"),
    INLINE.map(lambda text: f"<h2>{text}</h2>"),
    st.sampled_from(
        [
            "[ref]: t.md 'title'",
            "[^1]: a note [l](t.md)",
            "<!-- tldr-lint-disable TL202 -->",
            "<!--\ncomment\n-->",
            "---",
            "***",
            "",
            "| a | b |\n\n| c | d |",
            "> | a | b |\n> |---|---|\n> | c |",
        ]
    ),
)
SEPARATORS = st.sampled_from(["\n\n", "\n", "\n\n\n"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A whole file: blocks, with any line ending, perhaps a BOM and front matter."""
    blocks = draw(st.lists(st.tuples(BLOCKS, SEPARATORS), max_size=8))
    text = "".join(block + separator for block, separator in blocks)
    if draw(st.booleans()):
        text = f"---\ntitle: x\n---\n{text}"
    if draw(st.booleans()):
        text = text.rstrip("\n")
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))
    return draw(st.sampled_from(["", "\ufeff"])) + text


LEADS = (
    *("", "", "", "", " ", "   ", "    ", "     ", "\t", " \t", "- ", "-   ", "-\t", "-     "),
    *("* ", "+ ", "1. ", "2. ", "1) ", "01. ", "- - ", "1. - ", "-", "> "),
)
"""What a line begins with: indentation and marks of containers, those of the next block's too."""
BODIES = (
    *("", "", "a", "b c", "a  ", "a\\", "# h", "## h ##", "#", "#x", "####### x", "é", "\u2028"),
    *("--", "---", "----", "***", "* * *", "_ _ _", "===", "= =", "-", "--- x", "..."),
    *("```", "````", "``` py", "```a`b", "~~~", "~~~ x`", "~~", "``", "`x`", "**b**", "**"),
    *("| a | b |", "|---|---|", "| --- |", "a | b", "--|--", ":-:", "-|", ":--", "|", "||"),
    *("\\| a | b", "x | y | z", "`a|b` | c", "<div>", "</div>", "<b>", "</b>", "<b>x"),
    *("<b a='1'>", "<!-- c -->", "<!-- c", "-->", "<?x", "?>", "<!A", "<![CDATA[", "]]>", "<pre>"),
    *("</pre>", "<script>", "</script>", "<TITLE>", "<h2>T</h2>", "<div", "<http://a.b>", "<p/>"),
    *("[a]: /u", "[a]: /u 'title'", '[a]: /u "t', "[a]:", "[a]: </u>", "[a b]: c d", "[a]", "["),
    *("[a](b)", "[![x](y)](z)", "[]: x", '"t"', "(t)", "[a\\]: b", "{x}", "TODO", "1.", "1.x"),
    *("2)", "1234567890. x", "&amp;", "[^1]: x"),
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Lines as they come: each a piece of some block, most of them out of their place."""
    line = st.tuples(
        st.sampled_from(LEADS), st.sampled_from(BODIES), st.sampled_from(["", "", " ", "\t"])
    ).map("".join)
    text = "\n".join(draw(st.lists(line, max_size=14)))
    if draw(st.sampled_from([False, False, True])):
        text = f"---\n{text}"
    return text + draw(st.sampled_from(["", "\n", "\n\n"]))
