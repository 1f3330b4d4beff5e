"""The merge driver, as a function and under a real `git merge`."""

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from git_repository import GitRepository
from paper_collection import (
    BERT,
    BIG,
    COLUMNS,
    GPT,
    README,
    T5,
    Row,
    check,
    codes,
    note,
    started,
    table,
)
from tldr_lint.merge.driver import merge
from tldr_lint.merge.lines import Clash, merge_lines

ROOT = Path(__file__).parents[1]
X = ("XLNet", "360M", "Web")
Y = ("Yi", "6B", "Web")
Rows = Sequence[Row]


def merged(base: Rows, ours: Rows, theirs: Rows) -> tuple[str, int]:
    done = merge(table(base), table(ours), table(theirs))
    return done.text, done.clashes


def documented(language: str) -> str:
    """The block of this language that `docs/sync.md` tells people to copy."""
    page = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
    [block] = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return str(block)


def with_driver(path: Path) -> GitRepository:
    """A repository set up by the lines of the documentation."""
    git = started(path)
    *words, command = shlex.split(documented("sh"))
    here = f"PYTHONPATH={ROOT / 'src'} {sys.executable} -m tldr_lint"
    git.git(*words[1:], command.replace("tldr-lint", here, 1))
    git.commit({".gitattributes": documented("gitattributes")})
    return git


def branches(git: GitRepository, ours: dict[str, str], theirs: dict[str, str]) -> str:
    """Both sides committed, theirs merged into ours; what git said."""
    git.git("checkout", "-q", "-b", "theirs")
    git.commit(dict(theirs))
    git.git("checkout", "-q", "main")
    git.commit(dict(ours))
    return git.git("merge", "--no-edit", "theirs", check=False)


def test_two_branches_that_each_add_a_row_at_the_end_merge(tmp_path: Path) -> None:
    """What git alone can never do."""
    git = with_driver(tmp_path)

    branches(
        git,
        {
            BIG: table((BERT, GPT, T5, X)),
            "README.md": README + "- [X](notes/x.md)\n",
            "notes/x.md": note("X", X),
        },
        {
            BIG: table((BERT, GPT, T5, Y)),
            "README.md": README + "- [Y](notes/y.md)\n",
            "notes/y.md": note("Y", Y),
        },
    )

    assert git.git("status", "--porcelain") == ""
    assert git.read(BIG) == table((BERT, GPT, T5, X, Y))
    assert git.read("README.md") == README + "- [X](notes/x.md)\n- [Y](notes/y.md)\n"
    assert codes(check(git)) == []


def test_without_the_driver_the_same_branches_conflict(tmp_path: Path) -> None:
    git = started(tmp_path)

    said = branches(git, {BIG: table((BERT, GPT, T5, X))}, {BIG: table((BERT, GPT, T5, Y))})

    assert "CONFLICT" in said


def test_cells_of_one_row_that_each_side_changed_merge(tmp_path: Path) -> None:
    git = with_driver(tmp_path)

    branches(
        git,
        {BIG: table((("BERT", "110M", "Books"), GPT, T5))},
        {BIG: table((("BERT", "340M", "Wiki"), GPT, T5))},
    )

    assert git.read(BIG) == table((("BERT", "110M", "Wiki"), GPT, T5))


def test_a_cell_that_both_changed_is_left_to_people(tmp_path: Path) -> None:
    git = with_driver(tmp_path)

    said = branches(
        git,
        {BIG: table((("BERT", "110M", "Books"), GPT, T5, X))},
        {BIG: table((("BERT", "220M", "Wiki"), GPT, T5))},
    )

    assert "CONFLICT" in said
    assert git.git("status", "--porcelain", BIG) == f"UU {BIG}\n"
    start, end = table(()), table((GPT, T5, X)).removeprefix(table(()))
    assert git.read(BIG) == (
        f"{start}<<<<<<< ours\n| BERT | 110M | Wiki |\n"
        f"=======\n| BERT | 220M | Wiki |\n>>>>>>> theirs\n{end}"
    )


def test_a_text_that_cannot_be_read_is_left_to_people(tmp_path: Path) -> None:
    git = with_driver(tmp_path)
    (tmp_path / BIG).write_bytes(b"\xff" + table((BERT, GPT, T5)).encode())
    git.commit({})

    said = branches(git, {BIG: table((BERT, GPT))}, {BIG: table((BERT, T5))})

    assert "CONFLICT" in said
    assert git.read(BIG) == table((BERT, GPT))


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        pytest.param((BERT, GPT), (BERT,), (BERT, GPT, X), (BERT, X), id="deleted and added"),
        pytest.param((BERT, GPT), (GPT, BERT), (BERT, GPT, X), (GPT, X, BERT), id="moved by us"),
        pytest.param((BERT, GPT), (BERT, X, GPT), (GPT, BERT), (GPT, BERT, X), id="moved by them"),
        pytest.param((BERT,), (X, BERT), (Y, BERT), (X, Y, BERT), id="both at the top"),
        pytest.param((), (X,), (X, Y), (X, Y), id="the same row added twice"),
        pytest.param((), (("X", "", "Web"),), (("X", "1", ""),), (("X", "1", "Web"),), id="blanks"),
        pytest.param(
            (BERT,),
            (("BERT-L", "340M", "Books"),),
            (("BERT", "340M", "Wiki"),),
            (("BERT-L", "340M", "Wiki"),),
            id="renamed and changed",
        ),
        pytest.param((BERT, GPT), (), (BERT, GPT), (), id="all deleted"),
    ],
)
def test_rows_merge(base: Rows, ours: Rows, theirs: Rows, expected: Rows) -> None:
    assert merged(base, ours, theirs) == (table(expected), 0)


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        pytest.param((BERT, GPT), (BERT,), (BERT, ("GPT", "1", "2")), id="deleted and changed"),
        pytest.param((BERT,), (BERT, X), (BERT, ("XLNet", "1", "2")), id="added apart"),
        pytest.param((BERT,), (("BERT", "1", "2"),), (("BERT", "3", "4"),), id="changed apart"),
    ],
)
def test_what_both_sides_changed_apart_is_marked(base: Rows, ours: Rows, theirs: Rows) -> None:
    text, clashes = merged(base, ours, theirs)

    assert clashes == 1
    assert text.count("<<<<<<< ours\n") == text.count(">>>>>>> theirs\n") == 1


def test_rows_are_written_as_they_were() -> None:
    """No row is re-spaced by a merge that does not concern it."""
    crooked = "|Model|  N|\n|:-|-:|\n|A |1|\n|  B|2   |\n"
    done = merge(crooked, crooked.replace("|A |1|", "|A |10|"), crooked + "| C|3 |\n")

    assert done.text == "|Model|  N|\n|:-|-:|\n|A |10|\n|  B|2   |\n| C|3 |\n"


def test_a_column_that_one_side_added_takes_the_other_s_rows_in() -> None:
    columns = (*COLUMNS, "Year")
    ours = table(((*BERT, "2018"), (*GPT, "2018")), columns)
    theirs = table((("BERT", "110M", "Books"), GPT, X))

    done = merge(table((BERT, GPT)), ours, theirs)

    rows = (("BERT", "110M", "Books", "2018"), (*GPT, "2018"), (*X, ""))
    assert (done.text, done.clashes) == (table(rows, columns), 0)


def test_prose_around_the_tables_is_merged_by_lines() -> None:
    text = "# Papers\n\nIntro.\n\n{}\nMiddle.\n\nOutro.\n"
    base = text.format(table((BERT,)))
    ours = text.format(table((BERT, X))).replace("Intro.", "Our intro.")
    theirs = text.format(table((BERT, Y))).replace("Outro.", "Their outro.")

    done = merge(base, ours, theirs)

    expected = text.format(table((BERT, X, Y)))
    assert done.text == expected.replace("Intro.", "Our intro.").replace("Outro.", "Their outro.")
    assert done.clashes == 0


def test_line_endings_and_the_lack_of_a_last_one_stay() -> None:
    base = table((BERT,)).replace("\n", "\r\n").removesuffix("\r\n")
    ours = table((BERT, X)).replace("\n", "\r\n").removesuffix("\r\n")
    theirs = table((BERT, Y)).replace("\n", "\r\n").removesuffix("\r\n")

    expected = table((BERT, X, Y)).replace("\n", "\r\n").removesuffix("\r\n")
    assert merge(base, ours, theirs).text == expected


def test_tables_whose_rows_nobody_can_tell_apart_are_merged_by_lines() -> None:
    twice = (("A", "1", "2"), ("A", "1", "2"))
    done = merge(table(twice), table((*twice, ("A", "1", "2"))), table(twice))

    assert done.text == table((*twice, ("A", "1", "2")))


def test_markers_are_as_long_as_git_wants_them() -> None:
    done = merge("a\n", "b\n", "c\n", marker_size=9)

    assert done.text == f"{'<' * 9} ours\nb\n{'=' * 9}\nc\n{'>' * 9} theirs\n"


def test_lines_that_both_sides_share_are_no_conflict() -> None:
    pieces = list(merge_lines(["a"], ["x", "b", "y"], ["x", "c", "y"]))

    assert pieces == [("x",), Clash(("b",), ("c",)), ("y",)]


def test_a_merge_with_what_did_not_change_is_what_did() -> None:
    changed = "# P\n\n" + table((T5, X, BERT)) + "\n- [a](a.md)\n- [b](b.md)\n"
    base = "# P\n\n" + table((BERT, T5)) + "\n- [b](b.md)\n- [c](c.md)\n"

    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, changed).text == changed
