"""Repair of random collections with random damage: it settles, and depends on nothing else."""

import re
from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.checks import RULES
from tldr_lint.contract.model import Contract
from tldr_lint.document import Document
from tldr_lint.engine import Repair, repair, run, selection
from tldr_lint.parse import parse
from tldr_lint.text import Source
from tldr_lint.workspace import build, rule_words

KNOWN = rule_words(RULES)

_WORDS = st.sampled_from(
    [
        "a",
        "BERT",
        "**b**",
        "`x|y`",
        "`c`",
        "x \\| y",
        "é",
        "\u2028",
        "😀",
        "&amp;",
        "<b>i</b>",
        "<br>",
    ]
)
CELLS = st.one_of(st.just(""), st.builds(" ".join, st.lists(_WORDS, min_size=1, max_size=3)))
BLANKS = st.sampled_from(["", " ", "  "])


@st.composite
def rows(draw: st.DrawFn, columns: int) -> str:
    """A row that is often too short or too long, padded in some way."""
    count = max(1, columns + draw(st.sampled_from([0, 0, 0, -1, -1, 1])))
    cells = [draw(BLANKS) + draw(CELLS) + draw(BLANKS) for _ in range(count)]
    closed = draw(st.sampled_from(["|", "|", ""]))
    return "|" + "|".join(cells) + closed + draw(BLANKS)


@st.composite
def tables(draw: st.DrawFn, header: tuple[str, ...]) -> str:
    """A table with a header of these names, whose delimiter row may be wrong."""
    columns = len(header)
    marks = max(1, columns + draw(st.sampled_from([0, 0, 0, 0, -1, 1])))
    delimiter = (
        "|" + "|".join(draw(st.sampled_from(["-", "---", ":-:"])) for _ in range(marks)) + "|"
    )
    body = draw(st.lists(rows(columns), max_size=3))
    if body and draw(st.integers(0, 7)) == 0:
        body.insert(draw(st.integers(0, len(body))), "")
    return "\n".join(["| " + " | ".join(header) + " |", delimiter, *body]) + "\n"


PROSE = st.sampled_from(
    [
        "Some *text* with [a link](n1.md) and `code`.\n",
        "> a quote\n> | not | a table\n",
        "- one\n- two [x](N0.md)\n",
        "```\n| a |\n|---|---|\n```\n",
        "    | code |\n",
        "<!-- tldr-lint-disable-next-line TL202 -->\n",
        "<!-- tldr-lint-disable TL107 -->\n",
        "<!-- a comment -->\n",
        "[ref]: n0.md\n\nsee [ref][]\n",
        "<p align=center><img src=gone.png></p>\n",
        "TODO\n",
        "",
    ]
)
HEADER = ("Model", "Year", "Size")


@st.composite
def notes(draw: st.DrawFn, number: int) -> str:
    """A note: sections of the template in some order, some missing, with damage."""
    order = draw(st.permutations(["Summary", "Text", "Links"]))
    if draw(st.booleans()):
        order = ["Summary", "Text", "Links"]
    title = draw(st.sampled_from([f"# N{number}\n", f"# Note\n{number}\n", f"# N{number}\nmore\n"]))
    parts = [title]
    for name in order:
        if draw(st.integers(0, 9)) == 0:
            continue
        header = draw(st.permutations(HEADER)) if draw(st.integers(0, 4)) == 0 else list(HEADER)
        body = draw(tables(tuple(header))) if name == "Summary" else draw(PROSE)
        parts.append(f"## {name}\n\n{body}")
    return "\n".join(parts)


@st.composite
def collections(draw: st.DrawFn) -> Mapping[str, str]:
    """Some notes, the README that lists most of them, and a roll-up that lags behind."""
    count = draw(st.integers(1, 3))
    files = {
        "notes/TEMPLATE.md": "# <TITLE>\n\n## Summary\n\n| Model | Year | Size |\n|---|---|---|\n"
        "|  |  |  |\n\n## Text\n\n## Links\n"
    }
    files |= {f"notes/n{n}.md": draw(notes(n)) for n in range(count)}
    listed = draw(st.permutations(range(count)))
    readme = "# Papers\n\n| Paper |\n|---|\n"
    files["README.md"] = readme + "".join(f"| [N{n}](notes/n{n}.md) |\n" for n in listed)
    if draw(st.booleans()):
        files["notes/bigtable.md"] = "# All\n\n" + draw(tables(HEADER))
    ending = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    final = draw(st.booleans())
    return {
        path: mark + (text if final else text.rstrip("\n")).replace("\n", ending)
        for path, text in files.items()
    }


def documents(files: Mapping[str, str]) -> dict[str, Document]:
    return {path: parse(Source(path, text)) for path, text in files.items()}


def repaired(files: Mapping[str, str], *, unsafe: bool) -> Repair:
    read = documents(files)
    workspace = build(read, Contract(), KNOWN)
    chosen = selection(workspace.contract, RULES)

    def rebuild(changed: Mapping[str, Document]) -> object:
        return build({**read, **changed}, Contract(), KNOWN)

    return repair(workspace, chosen, rebuild, unsafe=unsafe)  # type: ignore[arg-type]


def after(files: Mapping[str, str], done: Repair) -> dict[str, str]:
    return {**files, **{path: source.text for path, source in done.changed.items()}}


def found(files: Mapping[str, str]) -> Counter[tuple[str, str]]:
    workspace = build(documents(files), Contract(), KNOWN)
    reported = run(workspace, selection(workspace.contract, RULES))
    return Counter((each.rule.code, each.finding.place.path) for each in reported)


ENDING = re.compile(r"\r\n|\r|\n")


@given(files=collections(), unsafe=st.booleans())
def test_repair_settles(files: Mapping[str, str], unsafe: bool) -> None:
    """A second `--fix` would change files again, or find what the first had called repaired."""
    done = repaired(files, unsafe=unsafe)
    once = after(files, done)
    again = repaired(once, unsafe=unsafe)

    assert again.changed == {}
    assert again.fixed == {}
    assert found(once) == Counter(
        (each.rule.code, each.finding.place.path) for each in done.reported
    )


@given(files=collections())
def test_endings_mark_and_last_line_stay(files: Mapping[str, str]) -> None:
    """A repair of one row would show up as a change of every line."""
    done = repaired(files, unsafe=True)

    for path, source in done.changed.items():
        if path in files:
            old = files[path]
            assert source.text.startswith("\ufeff") == old.startswith("\ufeff")
            assert set(ENDING.findall(source.text)) <= set(ENDING.findall(old) or ["\n"])
            assert source.text.endswith(("\n", "\r")) == old.endswith(("\n", "\r"))


@given(files=collections())
def test_touched_lines_are_those_reported(files: Mapping[str, str]) -> None:
    """A repair would touch what nobody was told about: bytes outside of its edits."""
    workspace = build(documents(files), Contract(), KNOWN)
    for each in run(workspace, selection(workspace.contract, RULES)):
        fix = each.finding.fix
        if fix is None:
            continue
        for edit in fix.edits:
            text = workspace.documents[edit.place.path].source.text
            span = edit.place.span
            assert 0 <= span.start <= span.end <= len(text)
            # Never between the two characters of one line ending.
            for at in (span.start, span.end):
                assert not (text[at - 1 : at + 1] == "\r\n" and 0 < at < len(text))


@given(files=collections(), chance=st.randoms(use_true_random=False))
def test_order_of_files_changes_nothing(files: Mapping[str, str], chance: object) -> None:
    """Two machines that list a folder in another order would repair it otherwise."""
    shuffled = list(files)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert (
        repaired(files, unsafe=True).changed
        == repaired({path: files[path] for path in shuffled}, unsafe=True).changed
    )


def test_generator_makes_what_can_be_repaired() -> None:
    """The properties above would hold of a generator that makes sound collections only."""
    seen: set[str] = set()

    @given(files=collections())
    def look(files: Mapping[str, str]) -> None:
        seen.update(repaired(files, unsafe=True).fixed)

    look()
    assert {"TL201", "TL202", "TL401", "TL105"} <= seen, sorted(seen)
