"""The text a person reads: places, marks, what is cut, what the last line says."""

import re

import pytest

from report_samples import at, finding, insertion, report
from tldr_lint.records import replace
from tldr_lint.reports import render
from tldr_lint.reports.model import closing
from tldr_lint.reports.snippet import LIMIT, measure, snippet
from tldr_lint.reports.words import differing
from tldr_lint.rule import Applicability, Diagnostic, Fix, Note, Severity
from tldr_lint.text import Edit, Source

TABLE = Source("notes/bert.md", "# BERT\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 |\n")


def test_a_finding_shows_place_severity_code_name_source_mark_and_fix() -> None:
    found = finding(TABLE, "| 1 | 2 |", fix=insertion(TABLE, "| 1 | 2 |", "  |"))

    assert (
        render("full", report([found], TABLE))
        == """\
notes/bert.md:5:1: error[TL202] table-row-length: the row has 2 cells, its header 3
  |
5 | | 1 | 2 |
  | ^^^^^^^^^
  = help: add the missing cell (safe fix)

1 finding in 1 file, 1 fixable with --fix
"""
    )


def test_the_other_side_of_a_drift_is_a_second_snippet_with_the_differing_words_marked() -> None:
    note = Source("notes/bert.md", "| BERT | trained on books and Wikipedia |\n")
    big = Source("notes/bigtable.md", "x\n" * 9 + "| BERT | trained on books and the web |\n")
    said, _ = at(note, "trained on books and Wikipedia")
    found = finding(
        big,
        "trained on books and the web",
        code="TL403",
        name="cell-drift",
        message="`Data` of `BERT` differs from its note",
        related=(Note(said, "the note says"),),
    )

    assert (
        render("full", report([found], big, note))
        == """\
notes/bigtable.md:10:10: error[TL403] cell-drift: `Data` of `BERT` differs from its note
   |
10 | | BERT | trained on books and the web |
   |                               ^^^^^^^
  --> notes/bert.md:1:10: the note says
   |
 1 | | BERT | trained on books and Wikipedia |
   |                               ---------

1 finding in 1 file
"""
    )


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("cell", ["needle", "needle in a long cell, " + "hay " * 300])
def test_a_row_of_thousands_of_characters_is_cut_to_its_marked_part(width: int, cell: str) -> None:
    row = f"| {'lorem ipsum ' * 150}| {cell} | {'dolor sit ' * 150}|"
    source = Source("notes/wide.md", row + "\n")
    lines = render("full", report([finding(source, cell)], source, width=width)).split("\n")

    assert "needle" in lines[2]
    assert "…" in lines[2]
    assert lines[2].index("needle") == lines[3].index("^")
    assert all(measure(line) <= width for line in lines[1:4])


def test_the_end_that_a_fix_completes_is_shown_of_a_long_row_beside_its_head() -> None:
    row = f"| BERT | {'lorem ipsum ' * 150}| last |"
    source = Source("notes/wide.md", row + "\n")
    found = finding(source, row, fix=insertion(source, "last |", "  |"))
    shown = render("full", report([found], source)).split("\n")[2]

    assert shown.startswith("1 | | BERT | lorem")
    assert shown.endswith("| last |")


def test_no_more_than_200_characters_of_a_file_are_quoted_in_a_line() -> None:
    source = Source("notes/wide.md", "a" * 50_000)
    shown = render("full", report([finding(source, "a" * 9_000)], source, width=10_000))

    assert max(line.count("a") for line in shown.split("\n")[2:]) <= LIMIT


@pytest.mark.parametrize(
    ("before", "columns"),
    [
        ("é", 1),
        ("漢", 2),
        ("👩‍💻", 2),
        ("e\u0301", 1),
        ("\t", 4),
        ("\x1b", 4),
        ("\u202e", 8),
        ("❤️", 2),
    ],
)
def test_marks_stand_below_the_characters_they_mean(before: str, columns: int) -> None:
    cut = snippet(f"{before}x", len(before), len(before) + 1, room=40, mark="^")

    assert cut.marks == " " * columns + "^"


def test_an_empty_place_at_the_end_of_a_line_is_still_marked() -> None:
    assert snippet("abc", 3, 3, room=40, mark="^").marks == "   ^"


def test_a_place_of_many_lines_shows_its_first_and_last() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 12))
    source = Source("notes/long.md", text)
    shown = render("full", report([finding(source, text)], source))

    assert (
        """\
   |
 1 | line 1
   | ^^^^^^
 2 | line 2
   | ^^^^^^
 3 | line 3
   | ^^^^^^
...
11 | line 11
   | ^^^^^^^
"""
        in shown
    )


def test_a_file_whose_text_is_unknown_is_reported_without_a_snippet() -> None:
    found = finding(TABLE, "| 1 | 2 |")

    assert (
        render("full", report([found]))
        == """\
notes/bert.md:5:1: error[TL202] table-row-length: the row has 2 cells, its header 3

1 finding in 1 file
"""
    )


def test_paths_are_those_a_person_would_type_where_they_are() -> None:
    here = replace(report([finding(TABLE, "| 1 | 2 |")], TABLE), cwd="/repo/docs/deep")

    assert render("concise", here).startswith("../../notes/bert.md:5:1: ")
    assert render("concise", replace(here, cwd="/repo/notes")).startswith("bert.md:5:1: ")
    assert render("concise", replace(here, cwd="/")).startswith("repo/notes/bert.md:5:1: ")


def test_colours_dress_the_same_text_and_nothing_else() -> None:
    found = finding(TABLE, "| 1 | 2 |", fix=insertion(TABLE, "| 1 | 2 |", "  |"))
    plain = render("full", report([found], TABLE))
    colored = render("full", report([found], TABLE, color=True))

    assert colored != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_hyperlinks_lead_to_the_rule_and_the_file() -> None:
    source = Source("notes/a b.md", "x")
    shown = render("full", report([finding(source, "x")], source, hyperlinks=True))

    assert "\x1b]8;;https://tldr-lint.example/rules/TL202-table-row-length.md\x1b\\" in shown
    assert "\x1b]8;;file:///repo/notes/a%20b.md#1\x1b\\" in shown


def test_concise_is_one_line_a_finding_with_a_mark_for_a_fix() -> None:
    fixed = finding(TABLE, "| 1 | 2 |", fix=insertion(TABLE, "| 1 | 2 |", "  |"))
    plain = finding(TABLE, "# BERT", severity=Severity.INFO)

    assert (
        render("concise", report([plain, fixed], TABLE))
        == """\
notes/bert.md:1:1: info[TL202] table-row-length: the row has 2 cells, its header 3
notes/bert.md:5:1: error[TL202] table-row-length: the row has 2 cells, its header 3 [*]
2 findings in 1 file, 1 fixable with --fix
"""
    )


def _many(safe: int, unsafe: int, none: int) -> list[Diagnostic]:
    fix = insertion(TABLE, "| 1 | 2 |", "  |")
    risky = insertion(TABLE, "| 1 | 2 |", "  |", kind=Applicability.UNSAFE)
    return [
        finding(TABLE, "| 1 | 2 |", fix=kind)
        for kind, number in ((fix, safe), (risky, unsafe), (None, none))
        for _ in range(number)
    ]


@pytest.mark.parametrize(
    ("safe", "unsafe", "none", "expected"),
    [
        (0, 0, 1, "1 finding in 1 file"),
        (1, 0, 1, "2 findings in 1 file, 1 fixable with --fix"),
        (5, 1, 1, "7 findings in 1 file, 5 fixable with --fix (1 more with --unsafe-fixes)"),
        (0, 2, 0, "2 findings in 1 file, 2 fixable with --fix --unsafe-fixes"),
        (0, 0, 0, "no findings in 1 file"),
    ],
)
def test_the_closing_line_counts(safe: int, unsafe: int, none: int, expected: str) -> None:
    assert expected == closing(report(_many(safe, unsafe, none), TABLE))


def test_the_closing_line_tells_what_was_fixed_and_what_is_older() -> None:
    one = finding(TABLE, "| 1 | 2 |")

    assert (
        closing(replace(report([one], TABLE), fixed=3, older=2))
        == "3 fixed, 1 finding in 1 file left, 2 older findings not shown"
    )
    assert closing(replace(report([], TABLE), fixed=1)) == "1 finding fixed, none left in 1 file"
    assert (
        closing(replace(report([], TABLE), older=1))
        == "no findings in 1 file, 1 older finding not shown"
    )


def test_a_fix_that_spans_files_says_so() -> None:
    other = Source("README.md", "x")
    fix = Fix("rename", (Edit(TABLE.place(0, 1), ""), Edit(other.place(0, 1), "")))

    assert "= help: rename (safe fix, in 2 files)" in render(
        "full", report([finding(TABLE, "# BERT", fix=fix)], TABLE, other)
    )


def test_words_that_differ_are_found_and_texts_with_nothing_in_common_are_let_be() -> None:
    assert differing("a b c", "a x c") == (((2, 3),), ((2, 3),))
    assert differing("a c", "a b c") == (((2, 2),), ((2, 3),))
    assert differing("a b", "a b c") == (((3, 3),), ((4, 5),))
    assert None is differing("110M", "340M")
    assert None is differing("a  b", "a b")


def test_two_huge_texts_are_compared_in_bounded_time() -> None:
    one = " ".join(f"a{number} same" for number in range(3_000))
    other = " ".join(f"b{number} same" for number in range(3_000))
    end = " ".join(f"end{number}" for number in range(3_000))

    assert differing(f"start {one} x {end}", f"start {other} y {end}") == (
        ((6, 8 + len(one)),),
        ((6, 8 + len(other)),),
    )


def test_texts_that_say_other_things_are_not_compared_word_by_word() -> None:
    assert differing("the quick brown fox jumps", "the lazy dogs of war") is None
