"""Random collections of every kind, and random damage to them: what repair is given in tests.

A collection is made sound, then damaged line by line: cells, pipes, rows and
sections are lost, doubled, moved or cut, and lines are put in that begin or
end some block of Markdown. What the damage makes of it is nobody's plan.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from memory_repository import MemoryRepository
from tldr_lint.answers import Answer, Hop

if TYPE_CHECKING:
    from collections.abc import Callable

Files = dict[str, str]
Lines = list[str]

MOVED = "https://old.example/x"
PLAIN = "http://plain.example/y"
ANSWERS = {
    MOVED: Answer(
        MOVED,
        status=200,
        hops=(Hop(301, "https://new.example/x"),),
        final="https://new.example/x",
    ),
    PLAIN: Answer(PLAIN, status=200, final=PLAIN, secure=True),
}
"""What the network says: one page moved for good, one answers on `https:` too."""

ROLLUP = "notes/bigtable.md"
COLUMNS = ("Model Name", "Year", "Data")
SECTIONS = ("Summary", "TL;DR", "Art", "Links")
WORDS = (
    *("BERT", "a b", "**bold**", "`code`", "`x|y`", "x \\| y", "é", "漢字", "\u2028", "👩‍🔬"),
    *(
        "&amp;",
        "<b>i</b>",
        "<br>",
        "<span>",
        "TODO",
        "[l](n1.md)",
        "[l](N2.md#Links)",
        "![i](a.png)",
    ),
    *(
        "[text][ref]",
        "[text][none]",
        f"[o]({MOVED})",
        f"<{PLAIN}>",
        MOVED,
        "\\",
        "*",
        "`",
        "<!-- c -->",
    ),
    *(
        "<!-- tldr-lint-disable-line TL209 -->",
        "[^1]",
        "~",
        "1.",
        "-",
        "#",
        "\u00a0",
        "https://x.example",
    ),
)
INSERTED = (
    *("", "", "", "---", "===", "***", "```", "~~~", "<!--", "-->", "<div>", "</div>", "\\"),
    *("| x | y | z |", "| x | y |", "|", "x | y", "|---|---|---|", "|---|", "    | x | y | z |"),
    *("# H", "## Art", "#### Art", "## Other", "### Sub", "Summary\n---", "<h2>Art</h2>", "##"),
    *(
        "> quote",
        "> | a | b |",
        "- item",
        "1. item",
        "  more",
        "- [x](n1.md)",
        "text",
        "[ref]: n0.md",
    ),
    *("[ref]: N1.md 'T'", f"[o]: {MOVED}", "see [text][ref]", "[^1]: note", "<a id='art'></a>"),
    *("<!-- c -->", "<!-- tldr-lint-disable TL202 -->", "<!-- tldr-lint-enable TL202 -->"),
    *("<!-- tldr-lint-disable-next-line TL2, TL107 -->", "<!-- tldr-lint-disable-file TL404 -->"),
    *("<!-- tldr-lint-disable-next-table TL209 -->", "<<<<<<< HEAD", "=======", ">>>>>>> x", "\t"),
)
CONTRACT = """
[collection.notes]
items = "notes/*.md"
template = "notes/TEMPLATE.md"
facts = "front-matter"

[collection.notes.index]
file = "README.md"
columns = { No = "[{number}]({path})", Status = "{status}", Title = "~{h1}" }
order = "{number}"
counts = "There are {count} notes"
"""
ENTRIES = """
[collection.notes]
items = "notes/*.md"
template = "notes/TEMPLATE.md"
facts = "header"

[collection.notes.index]
file = "README.md"
entry = "[{h1}]({path}): {status}"
order = "{h1}"
"""

# Sound collections


@st.composite
def cells(draw: st.DrawFn) -> str:
    """The text of a cell; most are plain."""
    if draw(st.integers(0, 2)):
        return draw(st.sampled_from(["340M", "2018", "Books", "x"]))
    return " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=3)))


def row(values: list[str] | tuple[str, ...]) -> str:
    """A row as most people write it."""
    return f"| {' | '.join(values)} |"


def prose(draw: st.DrawFn) -> Lines:
    """A paragraph, seldom an odd one, or a line that begins another block."""
    kind = draw(st.integers(0, 5))
    if kind > 1:
        return [draw(st.sampled_from(["Some text.", "A [link](n0.md)."])), ""]
    if kind:
        return [draw(st.sampled_from(INSERTED)), ""]
    return [" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))), ""]


def sections(draw: st.DrawFn, summary: Lines) -> Lines:
    """The sections of the template, in its order."""
    lines = ["## Summary", "", *summary, ""]
    for name in SECTIONS[1:]:
        lines += [f"## {name}", "", *prose(draw)]
    return lines


def papers(draw: st.DrawFn) -> Files:
    """The layout that is known without a contract: facts in tables, and a roll-up."""
    count = draw(st.integers(1, 4))
    head = [row(COLUMNS), draw(st.sampled_from(["|---|---|---|", "| :- | - | -: |"]))]
    files: Files = {}
    rows: Lines = []
    for n in range(count):
        own = [row([f"M{n}{end}", draw(cells()), draw(cells())]) for end in ["", "-L"]]
        own = own[: draw(st.integers(1, 2))]
        rows += own
        files[f"notes/n{n}.md"] = text([f"# Note {n}", "", *sections(draw, [*head, *own])])
    files["notes/TEMPLATE.md"] = text(
        ["# <TITLE>", "", *sections(draw, [*head, row(["", "", ""])])]
    )
    if draw(st.booleans()):
        listed = ["| Paper | Year |", "|---|---|"]
        listed += [f"| [Note {n}](notes/n{n}.md) | 2018 |" for n in range(count)]
    else:
        listed = [f"- [Note {n}](notes/n{n}.md)" for n in range(count)]
    files["README.md"] = text(["# Papers", "", *listed, "", *prose(draw)])
    if draw(st.integers(0, 4)):
        files[ROLLUP] = text(["# All", "", *head, *rows])
    return files


def proposals(draw: st.DrawFn) -> Files:
    """Facts in front matter or a header, repeated in a table or list that a contract describes."""
    by_entry = draw(st.booleans())
    count = draw(st.integers(1, 4))
    files: Files = {"tldr-lint.toml": ENTRIES if by_entry else CONTRACT}
    listed = [] if by_entry else ["| No | Status | Title | Own |", "|---|---|---|---|"]
    for n in range(count):
        status = draw(st.sampled_from(["Draft", "Final", "On hold: *soon*", "a|b"]))
        fact = [f"Status: {status}"]
        title = f"Note {n}"
        path = f"notes/{n:04}.md"
        head = [f"# {title}", "", *fact] if by_entry else ["---", *fact, "---", "", f"# {title}"]
        files[path] = text([*head, "", "## Why", "", *prose(draw), "## How", "", *prose(draw)])
        shown = status.replace("|", "\\|")
        if by_entry:
            listed.append(f"- [{title}]({path}): {status}")
        else:
            listed.append(row([f"[{n}]({path})", shown, title, draw(cells())]))
    head = ["# <TITLE>", "", "Status: Draft", ""]
    files["notes/TEMPLATE.md"] = text([*head, "## Why", "", "## How", ""])
    said = f"There are {count} notes"
    files["README.md"] = text(["# Proposals", "", said, "", *listed, "", *prose(draw)])
    return files


def text(lines: Lines) -> str:
    """The lines with an ending each."""
    return "".join(f"{line}\n" for line in lines)


# Damage


def on_line(change: Callable[[st.DrawFn, Lines, int], None]) -> Callable[[st.DrawFn, str], str]:
    """Damage to a file from damage to one of its lines."""

    def damage(draw: st.DrawFn, whole: str) -> str:
        lines = whole.split("\n")
        change(draw, lines, draw(st.integers(0, len(lines) - 1)))
        return "\n".join(lines)

    return damage


def on_row(change: Callable[[st.DrawFn, Lines, int], None]) -> Callable[[st.DrawFn, str], str]:
    """Damage to a file from damage to a line of it that holds a pipe."""

    def damage(draw: st.DrawFn, whole: str) -> str:
        lines = whole.split("\n")
        rows = [at for at, line in enumerate(lines) if "|" in line]
        if rows:
            change(draw, lines, draw(st.sampled_from(rows)))
        return "\n".join(lines)

    return damage


def drop(draw: st.DrawFn, lines: Lines, at: int) -> None:
    del lines[at]


def double(draw: st.DrawFn, lines: Lines, at: int) -> None:
    lines.insert(at, lines[at])


def insert(draw: st.DrawFn, lines: Lines, at: int) -> None:
    lines.insert(at, draw(st.sampled_from(INSERTED)))


def part(draw: st.DrawFn, lines: Lines, at: int) -> None:
    lines.insert(at, "")


def move(draw: st.DrawFn, lines: Lines, at: int) -> None:
    line = lines.pop(at)
    lines.insert(draw(st.integers(0, len(lines))), line)


def join(draw: st.DrawFn, lines: Lines, at: int) -> None:
    lines[at : at + 2] = [" ".join(lines[at : at + 2])]


def cut(draw: st.DrawFn, lines: Lines, at: int) -> None:
    place = draw(st.integers(0, len(lines[at])))
    lines[at : at + 1] = [lines[at][:place], lines[at][place:]]


def prefix(draw: st.DrawFn, lines: Lines, at: int) -> None:
    mark = draw(st.sampled_from(["> ", "- ", "  ", "    ", "#", "* > "]))
    for line in range(at, min(len(lines), at + draw(st.integers(1, 8)))):
        lines[line] = mark + lines[line]


def suffix(draw: st.DrawFn, lines: Lines, at: int) -> None:
    lines[at] += draw(
        st.sampled_from([" ", "  ", "\t", "\\", " |", "|", f" {WORDS[-1]}", " <!-- c -->"])
    )


def lose_pipe(draw: st.DrawFn, lines: Lines, at: int) -> None:
    pipes = [each.start() for each in re.finditer(r"\|", lines[at])]
    place = draw(st.sampled_from(pipes))
    lines[at] = lines[at][:place] + lines[at][place + 1 :]


def lose_cell(draw: st.DrawFn, lines: Lines, at: int) -> None:
    pieces = lines[at].split("|")
    del pieces[draw(st.integers(0, len(pieces) - 1))]
    lines[at] = "|".join(pieces)


def change_cell(draw: st.DrawFn, lines: Lines, at: int) -> None:
    pieces = lines[at].split("|")
    pieces[draw(st.integers(0, len(pieces) - 1))] = f" {draw(cells())} "
    lines[at] = "|".join(pieces)


def swap_columns(draw: st.DrawFn, lines: Lines, at: int) -> None:
    while at > 0 and "|" in lines[at - 1]:
        at -= 1
    one, other = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    end = at + 1 if draw(st.integers(0, 3)) == 0 else len(lines)
    while at < end and "|" in lines[at]:
        pieces = lines[at].split("|")
        if max(one, other) < len(pieces):
            pieces[one], pieces[other] = pieces[other], pieces[one]
        lines[at] = "|".join(pieces)
        at += 1


def bare_row(draw: st.DrawFn, lines: Lines, at: int) -> None:
    lines[at] = lines[at].strip().removeprefix("|").removesuffix("|").strip()


def swap_rows(draw: st.DrawFn, lines: Lines, at: int) -> None:
    other = at + draw(st.sampled_from([-1, 1]))
    if 0 <= other < len(lines):
        lines[at], lines[other] = lines[other], lines[at]


def cut_title(draw: st.DrawFn, whole: str) -> str:
    return re.sub(r"(?m)^# (\S+) ", r"# \1" + draw(st.sampled_from(["\n", " for\n", "\n "])), whole)


def move_section(draw: st.DrawFn, whole: str) -> str:
    first, *others = re.split(r"(?m)^(?=## )", whole)
    if not others:
        return whole
    moved = others.pop(draw(st.integers(0, len(others) - 1)))
    others.insert(draw(st.integers(0, len(others))), moved)
    return first + "".join(others)


def lose_section(draw: st.DrawFn, whole: str) -> str:
    parts = re.split(r"(?m)^(?=## )", whole)
    del parts[draw(st.integers(0, len(parts) - 1))]
    return "".join(parts)


def other_level(draw: st.DrawFn, whole: str) -> str:
    found = list(re.finditer(r"(?m)^#+ ", whole))
    if not found:
        return whole
    heading = draw(st.sampled_from(found))
    return whole[: heading.start()] + "#" * draw(st.integers(1, 5)) + whole[heading.end() - 1 :]


def misspell(draw: st.DrawFn, whole: str) -> str:
    words = list(re.finditer(r"[A-Za-z]{3,}", whole))
    if not words:
        return whole
    word = draw(st.sampled_from(words))
    other = draw(st.sampled_from([word[0].swapcase(), word[0][1:], f"{word[0]}s", f"{word[0]}\n"]))
    return whole[: word.start()] + other + whole[word.end() :]


DAMAGES: tuple[tuple[Callable[[st.DrawFn, str], str], ...], ...] = (
    tuple(map(on_line, (drop, double, insert, move, join, cut, prefix, suffix))),
    tuple(map(on_row, (drop, double, insert, part, move, lose_pipe, lose_cell, suffix))),
    tuple(map(on_row, (change_cell, swap_rows, swap_columns, bare_row))),
    (move_section, lose_section, other_level, misspell, cut_title),
)


ROLLUP_DAMAGES = tuple(map(on_row, (drop, change_cell, swap_rows, swap_columns)))
"""What becomes of a roll-up that nobody keeps in step."""


@st.composite
def damaged(draw: st.DrawFn) -> MemoryRepository:
    """A collection with damage, its web pages, and perhaps a commit at which it was sound."""
    sound = draw(st.sampled_from([papers, papers, proposals]))(draw)
    files = dict(sound)
    notes = sorted(path for path in files if path.endswith(".md"))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(notes))
        damage = draw(st.sampled_from(draw(st.sampled_from(DAMAGES))))
        files[path] = damage(draw, files[path])
    if ROLLUP in files and draw(st.booleans()):
        files[ROLLUP] = draw(st.sampled_from(ROLLUP_DAMAGES))(draw, files[ROLLUP])
    odd = draw(st.sampled_from(notes))
    match draw(st.integers(0, 9)):
        case 0:
            del files[odd]
        case 1:
            files[odd] = files[odd].rstrip("\n")
        case 2:
            files[odd] = f"\ufeff{files[odd]}"
        case 3:
            files[odd] = files[odd].replace("\n", "\r\n", 3)
    ending = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"]))
    base = draw(st.sampled_from([None, sound]))
    return MemoryRepository(
        ended(files, ending),
        ANSWERS if draw(st.booleans()) else None,
        ended(base, ending) if base is not None else None,
    )


def ended(files: Files, ending: str) -> Files:
    """The files with another line ending in all notes."""
    return {
        path: re.sub(r"(?<!\r)\n", ending, whole) if path.endswith(".md") else whole
        for path, whole in files.items()
    }
