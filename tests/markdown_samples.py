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
