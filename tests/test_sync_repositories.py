"""Who moved: every combination of edits on real repositories, as a session sees and repairs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from git_repository import GitRepository, new_repository
from paper_collection import (
    BERT,
    BIG,
    COLUMNS,
    GPT,
    README,
    T5,
    TEMPLATE,
    check,
    codes,
    collection,
    line,
    note,
    repair,
    said,
    started,
    table,
)
from tldr_lint.history import bases as history_bases
from tldr_lint.history import texts as history_texts
from tldr_lint.history.repository import Repository
from tldr_lint.request import Options
from tldr_lint.session import Session

MOVED = ("BERT", "110M", "Books")
APART = ("BERT", "220M", "Books")


def big(*rows: tuple[str, ...]) -> str:
    return table(rows or (BERT, GPT, T5))


def short(git: GitRepository, revision: str = "HEAD") -> str:
    return git.git("rev-parse", revision).strip()[:7]


def test_a_collection_in_step_needs_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = started(tmp_path)
    monkeypatch.setattr(Repository, "walk", None)
    monkeypatch.setattr(Repository, "objects", None)

    assert said(check(git)) == []


def test_only_the_note_moved(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write({"notes/bert.md": note("B", MOVED)})

    assert said(check(git)) == [
        (
            f"{BIG}:3 TL403 `Parameters` of `BERT` is `340M` here and `110M` in `notes/bert.md`; "
            f"the table's cell has not changed since {short(git)}, the note's has"
        )
    ]
    outcome = repair(git)
    assert codes(outcome) == []
    assert set(outcome.changed) == {BIG}
    assert git.read(BIG) == big(MOVED, GPT, T5)


def test_only_the_table_moved(tmp_path: Path) -> None:
    """What every generator gets wrong: the edit in the table is the one to keep."""
    git = started(tmp_path)
    git.write({BIG: big(MOVED, GPT, T5)})

    assert said(check(git)) == [
        (
            "notes/bert.md:7 TL403 `Parameters` of `BERT` is `340M` here and `110M` in "
            f"`{BIG}`; the note's cell has not changed since {short(git)}, the table's has"
        )
    ]
    assert codes(repair(git)) == []
    assert git.read("notes/bert.md") == note("B", MOVED)
    assert git.read(BIG) == big(MOVED, GPT, T5)


def test_both_moved_to_the_same(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write({BIG: big(MOVED, GPT, T5), "notes/bert.md": note("B", MOVED)})

    assert said(check(git)) == []


def test_both_moved_apart(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write({BIG: big(MOVED, GPT, T5), "notes/bert.md": note("B", APART)})

    assert said(check(git)) == [
        (
            f"{BIG}:3 TL404 `Parameters` of `BERT` was `340M` at {short(git)} and has changed on "
            "both sides since: `110M` here, `220M` in `notes/bert.md`"
        )
    ]
    [reported] = check(git).reported
    assert [each.place.path for each in reported.finding.related] == ["notes/bert.md"]
    assert repair(git, unsafe=True).changed == {}


def test_different_cells_of_one_row_may_move_on_different_sides(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write(
        {
            BIG: big(("BERT", "110M", "Books"), GPT, T5),
            "notes/bert.md": note("B", ("BERT", "340M", "Wiki")),
        }
    )

    assert codes(repair(git)) == []
    both = ("BERT", "110M", "Wiki")
    assert git.read(BIG) == big(both, GPT, T5)
    assert git.read("notes/bert.md") == note("B", both)


@pytest.mark.parametrize("since_then", [0, 50])
@pytest.mark.parametrize("side", ["note", "table"])
def test_a_drift_that_was_committed(tmp_path: Path, side: str, since_then: int) -> None:
    """One commit ago and fifty commits ago, with commits on both files on top of it."""
    git = started(tmp_path)
    base = short(git)
    moved = {"notes/bert.md": note("B", MOVED)} if side == "note" else {BIG: big(MOVED, GPT, T5)}
    git.commit(dict(moved))
    last = git.read(BIG)
    text = git.read("notes/bert.md")
    git.history(
        [
            {
                BIG: last + f"\n{n}\n",
                "notes/bert.md": text + f"\n{n}\n",
                "notes/gpt.md": note(f"G{n}", GPT),
            }
            for n in range(since_then)
        ]
    )

    assert base in said(check(git))[0]
    assert codes(repair(git)) == []
    assert "110M" in git.read(BIG)
    assert "110M" in git.read("notes/bert.md")


def test_uncommitted_staged_and_committed_edits_are_one(tmp_path: Path) -> None:
    for how in ("working tree", "staged", "committed"):
        git = started(tmp_path / how)
        git.write({"notes/bert.md": note("B", MOVED)})
        if how != "working tree":
            git.git("add", "-A")
        if how == "committed":
            git.git("commit", "-q", "-m", "c")

        assert codes(repair(git)) == [], how
        assert git.read(BIG) == big(MOVED, GPT, T5), how


def test_a_change_and_its_undoing_are_no_change(tmp_path: Path) -> None:
    """The newest commit at which both agreed counts, not the first."""
    git = started(tmp_path)
    git.commit({BIG: big(MOVED, GPT, T5), "notes/bert.md": note("B", MOVED)})
    git.commit({BIG: big()})

    [message] = said(check(git))

    assert "the note's cell has not changed" in message
    repair(git)
    assert git.read("notes/bert.md") == note("B", BERT)


# --- Rows


def test_a_row_that_is_missing(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.commit(
        {
            "README.md": README.replace("- [G]", "- [X](notes/xlnet.md)\n- [G]"),
            "notes/xlnet.md": note("X", ("XLNet", "360M", "Web")),
        }
    )

    assert said(check(git)) == [f"notes/xlnet.md:7 TL401 `XLNet` has no row in `{BIG}`"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, ("XLNet", "360M", "Web"), GPT, T5)


def test_rows_that_are_missing_at_one_place_come_in_the_index_s_order(tmp_path: Path) -> None:
    """More than there are rounds of repair."""
    models = [(f"M{n}", f"{n}M", "Web") for n in range(25)]
    git = started(tmp_path)
    listed = "".join(f"- [{name}](notes/z{name}.md)\n" for name, _, _ in models)
    notes = {f"notes/z{row[0]}.md": note(row[0], row) for row in models}
    git.commit({"README.md": listed + README, **notes, "notes/zz.md": note("Z", ("Z", "1", "-"))})

    assert codes(check(git)) == ["TL401"] * 26
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(*models, BERT, GPT, T5, ("Z", "1", "-"))


def test_rows_that_are_missing_at_one_place_need_no_second_repair(tmp_path: Path) -> None:
    """The index has them in another order than their names."""
    listed = "# Papers\n\n- [B](notes/bert.md)\n- [T](notes/t5.md)\n- [G](notes/gpt.md)\n"
    git = started(tmp_path, {"README.md": listed, BIG: big(BERT)})

    assert dict(repair(git).fixed) == {"TL401": 2}
    assert git.read(BIG) == big(BERT, T5, GPT)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("| A| 1 | x |\n", "| T5 | 11B | C4 |\n", id="one cell is written otherwise"),
        pytest.param("|  A   |  1    |  x  |\n", "|  T5  |  11B  |  C4  |\n", id="padded"),
        pytest.param("|A|1|x|\n", "|T5|11B|C4|\n", id="no blanks"),
    ],
)
def test_a_new_row_takes_the_table_s_habit(tmp_path: Path, rows: str, expected: str) -> None:
    crooked = table(()) + rows
    git = started(
        tmp_path,
        {
            "notes/bert.md": note("A", ("A", "1", "x")),
            "notes/gpt.md": None,
            "README.md": README.replace("- [G](notes/gpt.md)\n", ""),
            BIG: crooked,
        },
    )

    assert codes(repair(git)) == []
    assert git.read(BIG) == crooked + expected


def test_a_row_deleted_from_the_table_comes_back(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.commit({BIG: big(BERT, T5)})

    assert codes(check(git)) == ["TL401"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big()


def test_a_note_that_was_deleted_takes_its_row_along(tmp_path: Path) -> None:
    git = started(tmp_path)
    base = short(git)
    git.commit({"notes/gpt.md": None})

    assert said(check(git)) == [
        (
            f"{BIG}:4 TL402 no note has `GPT` any more: it was deleted from `notes/gpt.md` since "
            f"{base}, and nothing in this row has changed since"
        )
    ]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, T5)


def test_notes_deleted_without_a_commit(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write({"notes/gpt.md": None, "notes/t5.md": None, "notes/bert.md": None})
    git.write({"notes/keep.md": note("K", ("Keep", "1", "-"))})

    assert codes(check(git)) == ["TL402", "TL402", "TL402", "TL401"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(("Keep", "1", "-"))


def test_a_row_deleted_in_the_note(tmp_path: Path) -> None:
    git = started(tmp_path, {"notes/gpt.md": note("G", GPT, ("GPT-2", "1.5B", "WebText"))})
    repair(git)
    git.commit({})
    git.write({"notes/gpt.md": note("G", GPT)})

    assert codes(check(git)) == ["TL402"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big()


def test_a_row_that_somebody_changed_is_not_deleted_with_its_note(tmp_path: Path) -> None:
    git = started(tmp_path)
    base = short(git)
    git.commit({BIG: big(BERT, ("GPT", "120M", "BooksCorpus"), T5)})
    git.commit({"notes/gpt.md": None})

    assert said(check(git)) == [
        (
            f"{BIG}:4 TL404 `GPT` was deleted from `notes/gpt.md` since {base}, "
            "and this row has changed since"
        )
    ]
    assert repair(git, unsafe=True).changed == {}


def test_a_row_that_never_had_a_note_is_not_deleted_by_a_safe_fix(tmp_path: Path) -> None:
    """Somebody may have begun with the table."""
    git = started(tmp_path)
    git.write({BIG: big(BERT, GPT, T5, ("LLaMA", "65B", "Web"))})

    assert codes(check(git)) == ["TL402"]
    assert repair(git).changed == {}
    assert codes(repair(git, unsafe=True)) == []


def test_two_models_in_one_note(tmp_path: Path) -> None:
    git = started(
        tmp_path,
        {
            "notes/gpt.md": note("G", GPT, ("GPT-2", "1.5B", "WebText")),
            BIG: big(BERT, GPT, ("GPT-2", "1.5B", "WebText"), T5),
        },
    )
    git.write({"notes/gpt.md": note("G", GPT, ("GPT-2", "1.6B", "WebText"))})

    assert codes(check(git)) == ["TL403"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, GPT, ("GPT-2", "1.6B", "WebText"), T5)


def test_added_on_both_sides_apart(tmp_path: Path) -> None:
    git = started(tmp_path)
    base = short(git)
    git.commit(
        {
            "notes/xlnet.md": note("X", ("XLNet", "360M", "Web")),
            BIG: big(BERT, GPT, T5, ("XLNet", "340M", "Web")),
        }
    )

    assert said(check(git)) == [
        (
            f"{BIG}:6 TL404 `Parameters` of `XLNet` was added on both sides since {base}, "
            "differently: `340M` here, `360M` in `notes/xlnet.md`"
        )
    ]


# --- Names


def test_a_key_renamed_in_the_note(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.commit({"notes/gpt.md": note("G", ("GPT-1", *GPT[1:]))})

    assert codes(check(git)) == ["TL403"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, ("GPT-1", *GPT[1:]), T5)


def test_a_key_renamed_in_the_table(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.commit({BIG: big(BERT, ("GPT-1", *GPT[1:]), T5)})

    assert codes(check(git)) == ["TL403"]
    assert codes(repair(git)) == []
    assert git.read("notes/gpt.md") == note("G", ("GPT-1", *GPT[1:]))
    assert git.read(BIG) == big(BERT, ("GPT-1", *GPT[1:]), T5)


def test_a_note_that_was_renamed_and_then_moved_keeps_its_base(tmp_path: Path) -> None:
    git = started(tmp_path)
    base = short(git)
    git.commit({"notes/gpt.md": None, "notes/gpt1.md": note("G", GPT)})
    git.commit({BIG: big(BERT, ("GPT", "120M", GPT[2]), T5)})
    git.commit({"notes/gpt1.md": None, "notes/openai-gpt.md": note("GP", GPT)})

    [message] = said(check(git))

    assert message.startswith("notes/openai-gpt.md:7 TL403")
    assert base != short(git)
    assert codes(repair(git)) == []
    assert "120M" in git.read("notes/openai-gpt.md")


def test_a_note_that_comes_from_another_folder_keeps_its_base(tmp_path: Path) -> None:
    git = started(tmp_path, {"notes/gpt.md": None, "drafts/gpt.md": note("G", GPT), BIG: big()})
    git.write({"tldr-lint.toml": CONTRACT})
    git.commit({})
    git.commit({"drafts/gpt.md": None, "notes/gpt.md": note("G", ("GPT", "118M", GPT[2]))})

    [message] = said(check(git))

    # The draft was no item, so what it said then is told from its text alone.
    assert message.startswith(f"{BIG}:4 TL403")
    assert "the table's cell has not changed" in message


def test_a_record_that_moved_to_another_note_keeps_its_base(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.commit({"notes/gpt.md": None, "notes/t5.md": note("T", GPT, T5)})
    git.write({"notes/t5.md": note("T", ("GPT", "118M", GPT[2]), T5)})

    [message] = said(check(git))

    assert "the table's cell has not changed" in message


def test_a_roll_up_that_was_renamed_keeps_its_base(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    old = {**collection(), BIG: None, "notes/summary.md": big()}
    git.commit({name: text for name, text in old.items() if text is not None})
    git.commit({"notes/summary.md": None, BIG: big(MOVED, GPT, T5)})

    [message] = said(check(git))

    assert message.startswith("notes/bert.md:7 TL403")
    assert "the note's cell has not changed" in message


def test_a_note_renamed_while_the_roll_up_is_made_does_not_agree_with_itself(
    tmp_path: Path,
) -> None:
    """Its facts table looks like a roll-up that had another name."""
    git = started(tmp_path, {BIG: None})
    git.commit({"notes/bert.md": None, "notes/bert1.md": note("B", BERT), BIG: big(MOVED, GPT, T5)})

    [message] = [each for each in said(check(git)) if "TL403" in each]

    assert "no base is known (the two have never agreed" in message


def test_a_row_moved_and_edited_at_once(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write({BIG: big(GPT, T5, MOVED)})

    assert sorted(codes(check(git))) == ["TL403", "TL405"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(MOVED, GPT, T5)
    assert git.read("notes/bert.md") == note("B", MOVED)


def test_a_key_in_other_letters_is_the_same_key(tmp_path: Path) -> None:
    git = started(tmp_path, {BIG: big(("Bert", *BERT[1:]), GPT, T5)})

    assert said(check(git)) == []

    git.write({"notes/bert.md": note("B", MOVED)})
    repair(git)
    assert git.read(BIG) == big(("Bert", *MOVED[1:]), GPT, T5)


# --- Columns


def test_a_column_added_to_the_template_only(tmp_path: Path) -> None:
    git = started(tmp_path, {"tldr-lint.toml": CONTRACT})
    columns = (*COLUMNS, "Year")
    git.write({"notes/TEMPLATE.md": TEMPLATE.replace(table(()), table((), columns))})

    assert said(check(git)) == [f"{BIG}:1 TL406 the template's column `Year` is missing"]
    assert repair(git).changed == {}


def test_columns_in_another_order(tmp_path: Path) -> None:
    """Swapped columns are TL406, never twenty drifts; and the cells still pair."""
    git = started(tmp_path)
    swapped = [(a, c, b) for a, b, c in (COLUMNS, MOVED, GPT, T5)]
    git.write({BIG: table(swapped[1:], swapped[0])})

    assert sorted(codes(check(git))) == ["TL403", "TL406"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(MOVED, GPT, T5)
    assert git.read("notes/bert.md") == note("B", MOVED)


def test_columns_that_stand_in_another_order_in_one_note(tmp_path: Path) -> None:
    git = started(tmp_path)
    swapped = [(a, c, b) for a, b, c in (COLUMNS, GPT)]
    git.write({"notes/gpt.md": note("G", swapped[1], columns=swapped[0])})

    assert said(check(git)) == []


# --- Files


CONTRACT = """\
[collection.notes]
items = "notes/*.md"
template = "notes/TEMPLATE.md"
facts = "table:Summary"
key = "{Model Name}"
[collection.notes.index]
file = "README.md"
[collection.notes.rollup]
file = "notes/bigtable.md"
order = "index"
"""


def test_a_roll_up_that_is_missing_is_built_whole(tmp_path: Path) -> None:
    git = started(tmp_path, {"tldr-lint.toml": CONTRACT})
    git.commit({BIG: None})

    assert said(check(git)) == [
        f"notes/bert.md:7 TL401 `{BIG}` is not there, so the 3 rows are missing"
    ]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big()


def test_a_roll_up_that_the_commit_will_lack_is_not_built_over(tmp_path: Path) -> None:
    git = started(tmp_path, {"tldr-lint.toml": CONTRACT, BIG: None})
    git.write({BIG: "mine\n"})

    session = Session(tmp_path, Options(select=("TL401",), hook=True))

    assert [each.finding.fix for each in session.check().reported] == [None]


def test_line_endings_stay_as_they_are(tmp_path: Path) -> None:
    git = started(tmp_path, {BIG: big(BERT, T5).replace("\n", "\r\n")})
    git.write({"notes/bert.md": note("B", MOVED)})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big(MOVED, GPT, T5).replace("\n", "\r\n")


def test_rows_with_carriage_returns_change_places_whole(tmp_path: Path) -> None:
    git = started(tmp_path, {BIG: big(T5, GPT, BERT).replace("\n", "\r\n").removesuffix("\r\n")})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big().replace("\n", "\r\n").removesuffix("\r\n")


def test_a_table_without_a_final_newline_stays_without(tmp_path: Path) -> None:
    git = started(tmp_path, {BIG: big(BERT, GPT).rstrip("\n")})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big().rstrip("\n")
    git.commit({})
    git.write({"notes/t5.md": None})
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, GPT).rstrip("\n")


def test_raw_cells_are_copied_to_the_letter(tmp_path: Path) -> None:
    """Escaped pipes, code, HTML, colours around the key: text is compared, the raw cell copied."""
    odd = (
        '<span style="color:blue"> BERT </span>',
        r"a \| b, `x \| y`<br>340M",
        "<ul><li>Books</li><li>[Wiki](https://example.org/a_b)</li></ul>",
    )
    git = started(tmp_path)
    git.write({"notes/bert.md": note("B", odd)})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big(("BERT", *odd[1:]), GPT, T5)


def test_suppressions_in_cells_stay_where_they_are(tmp_path: Path) -> None:
    comment = "<!-- tldr-lint-disable-line TL209 -->"
    git = started(tmp_path, {BIG: big(("BERT", f"340M {comment}", "Books"), GPT, T5)})
    git.write({"notes/bert.md": note("B", ("BERT", f"{comment} 110M", "Books"))})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big(("BERT", f"110M {comment}", "Books"), GPT, T5)


def test_rows_not_concerned_keep_every_byte(tmp_path: Path) -> None:
    """A table that somebody aligned by hand, or by nobody's rule, is never re-spaced."""
    crooked = (
        "|Model Name|  Parameters|Data   |\n|:---|---:|---|\n"
        "|BERT |340M|Books|  \n|  GPT|117M   |BooksCorpus|\n"
    )
    git = started(tmp_path, {BIG: crooked})

    assert codes(repair(git)) == []
    assert git.read(BIG) == crooked + "|T5|11B|C4|\n"


def test_a_suppressed_finding_is_not_repaired_with_its_neighbours(tmp_path: Path) -> None:
    git = started(tmp_path)
    kept = note("X", ("XLNet <!-- tldr-lint-disable-line TL401 -->", "360M", "Web"))
    git.commit({"notes/xlnet.md": kept, "notes/yi.md": note("Y", ("Yi", "6B", "Web"))})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, GPT, T5, ("Yi", "6B", "Web"))


def test_a_row_whose_note_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    git = started(tmp_path)
    (git.path / "notes/gpt.md").write_bytes(b"\xff\xfe broken")

    assert said(check(git)) == []
    assert repair(git, unsafe=True).changed == {}


@pytest.mark.parametrize("where", ["note", "table"])
def test_rows_that_are_cut_off_are_neither_missing_nor_left_over(
    tmp_path: Path, where: str
) -> None:
    """TL211 says what is wrong with them."""
    git = started(tmp_path)
    if where == "note":
        text = note("G", GPT).replace(line(GPT), "\n" + line(GPT))
        git.write({"notes/gpt.md": text})
    else:
        git.write({BIG: big().replace(line(GPT), "\n" + line(GPT))})

    assert said(check(git)) == []


def test_conflict_markers_keep_everything_as_it_is(tmp_path: Path) -> None:
    git = started(tmp_path)
    clash = f"<<<<<<< ours\n{line(MOVED)}=======\n{line(APART)}>>>>>>> theirs\n"
    git.write({BIG: big().replace(line(BERT), clash)})

    assert said(check(git)) == []


PATTERNS = """
columns = { Model = "[{Model Name}]({link})", Size = "~{Parameters}" }
"""


def test_columns_of_the_contract_and_columns_of_people(tmp_path: Path) -> None:
    """A column may be made of several fields, and what no pattern names is nobody's business."""
    columns = ("Model", "Remarks", "Size")
    rows = [
        (f"[{name}]({file}.md)", remark, size)
        for name, file, remark, size in (
            ("BERT", "bert", "ours", "340 m (large)"),
            ("GPT", "gpt", "", "117M"),
        )
    ]
    git = started(
        tmp_path,
        {"tldr-lint.toml": CONTRACT + PATTERNS, BIG: table(rows, columns)},
    )

    assert codes(check(git)) == ["TL401"]
    assert codes(repair(git)) == []
    rows.append(("[T5](t5.md)", "", "11B"))
    assert git.read(BIG) == table(rows, columns)

    git.commit({})
    git.commit({"notes/t5.md": note("T", ("T5", "12B", "C4"))})
    git.commit({BIG: table(rows, columns).replace("117M", "118M")})

    assert codes(repair(git)) == []
    assert "12B" in git.read(BIG)
    assert "118M" in git.read("notes/gpt.md")


FRONT = """\
[collection.notes]
items = "notes/*.md"
facts = "front-matter"
key = "{name}"
[collection.notes.rollup]
file = "all.md"
columns = { Name = "{name}", Size = "{size}", Note = "{remark}" }
"""


def front(name: str, size: str, remark: str) -> str:
    return f"---\nname: {name}\nsize: {size}\nremark: '{remark}'\n---\n\n# {name}\n"


def test_facts_in_front_matter_are_kept_in_step_too(tmp_path: Path) -> None:
    """A plain value is written back; what would need quotes is for people."""
    columns = ("Name", "Size", "Note")
    rows = [("A", "1M", r"x \| y"), ("B", "2M", "fine")]
    git = new_repository(tmp_path)
    git.commit(
        {
            "tldr-lint.toml": FRONT,
            "all.md": table(rows, columns),
            "notes/a.md": front("A", "1M", "x | y"),
            "notes/b.md": front("B", "2M", "fine"),
        }
    )
    assert said(check(git)) == []

    rows = [("A", "3M", r"x \| y"), ("B", "2M", "it is: #1")]
    git.write({"all.md": table(rows, columns), "notes/b.md": front("B", "4M", "fine")})
    outcome = repair(git)

    assert git.read("notes/a.md") == front("A", "3M", "x | y")
    assert git.read("notes/b.md") == front("B", "4M", "fine")
    assert git.read("all.md") == table([rows[0], ("B", "4M", "it is: #1")], columns)
    assert [each.finding.fix for each in outcome.reported] == [None]


# --- Histories


def test_a_merge_whose_parents_moved_different_sides(tmp_path: Path) -> None:
    git = started(tmp_path)
    base = short(git)
    git.git("checkout", "-q", "-b", "side")
    git.commit({BIG: big(MOVED, GPT, T5)})
    git.git("checkout", "-q", "main")
    git.commit({"notes/bert.md": note("B", APART)})
    git.git("merge", "-q", "--no-edit", "side")

    assert said(check(git)) == [
        (
            f"{BIG}:3 TL404 `Parameters` of `BERT` was `340M` at {base} and has changed on "
            "both sides since: `110M` here, `220M` in `notes/bert.md`"
        )
    ]


def test_a_merge_of_branches_that_agreed_each_on_their_own(tmp_path: Path) -> None:
    """The newest agreement by the clock would choose a side; neither branch is newer."""
    git = started(tmp_path)
    git.git("checkout", "-q", "-b", "side")
    git.commit({BIG: big(MOVED, GPT, T5), "notes/bert.md": note("B", MOVED)})
    git.git("checkout", "-q", "main")
    git.commit({BIG: big(APART, GPT, T5), "notes/bert.md": note("B", APART)})
    git.git("merge", "-q", "--no-edit", "side", check=False)
    git.commit({BIG: big(APART, GPT, T5), "notes/bert.md": note("B", MOVED)})

    [message] = said(check(git))

    assert " TL404 " in message
    assert "in branches that were merged" in message
    assert repair(git, unsafe=True).changed == {}


def test_a_merge_that_brings_one_side_s_agreement_along(tmp_path: Path) -> None:
    """The base before the fork is older than the branch's agreement, and does not count."""
    git = started(tmp_path)
    git.git("checkout", "-q", "-b", "side")
    git.commit({BIG: big(MOVED, GPT, T5), "notes/bert.md": note("B", MOVED)})
    git.git("checkout", "-q", "main")
    git.commit({"notes/gpt.md": note("G2", GPT)})
    git.git("merge", "-q", "--no-edit", "side")
    agreed = short(git)
    git.write({BIG: big(APART, GPT, T5)})

    [message] = said(check(git))

    assert f"the note's cell has not changed since {agreed}" in message


def test_without_a_common_base_the_fix_is_unsafe_and_says_why(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    git.commit({**collection(big(MOVED, GPT, T5))})

    assert said(check(git)) == [
        (
            f"{BIG}:3 TL403 `Parameters` of `BERT` is `110M` here and `340M` in `notes/bert.md`; "
            "no base is known (the two have never agreed in its history), "
            "so nobody can say which is right"
        )
    ]
    assert repair(git).changed == {}
    assert codes(repair(git, unsafe=True)) == []
    assert git.read(BIG) == big()


def test_a_folder_without_git(tmp_path: Path) -> None:
    git = GitRepository(tmp_path)
    git.write(collection(big(MOVED, GPT, T5)))

    [message] = said(check(git))

    assert "no base is known (this is no git repository)" in message
    assert repair(git).changed == {}


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    git.write(collection(big(MOVED, GPT, T5)))

    [message] = said(check(git))

    assert "no base is known (there are no commits yet)" in message


def test_a_shallow_clone_knows_no_base_and_names_the_remedy(tmp_path: Path) -> None:
    deep = started(tmp_path / "deep")
    deep.commit({BIG: big(MOVED, GPT, T5)})
    deep.git("clone", "-q", "--depth=1", f"file://{deep.path}", str(tmp_path / "flat"))
    git = GitRepository(tmp_path / "flat")

    [message] = said(check(git))

    assert "fetch-depth: 0" in message
    assert repair(git).changed == {}
    git.git("-c", "protocol.file.allow=always", "fetch", "-q", "--unshallow")
    assert codes(repair(git)) == []
    assert "110M" in git.read("notes/bert.md")


def test_a_shallow_clone_uses_what_it_has(tmp_path: Path) -> None:
    deep = started(tmp_path / "deep")
    deep.git("clone", "-q", "--depth=1", f"file://{deep.path}", str(tmp_path / "flat"))
    git = GitRepository(tmp_path / "flat")
    git.write({BIG: big(MOVED, GPT, T5)})

    assert codes(repair(git)) == []
    assert "110M" in git.read("notes/bert.md")


def test_a_work_tree_and_a_detached_head(tmp_path: Path) -> None:
    main = started(tmp_path / "main")
    main.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    git = GitRepository(tmp_path / "tree")
    git.write({"notes/bert.md": note("B", MOVED)})

    assert codes(repair(git)) == []
    assert git.read(BIG) == big(MOVED, GPT, T5)
    assert main.read(BIG) == big()


def test_a_limit_that_is_reached_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = started(tmp_path)
    git.commit({BIG: big(MOVED, GPT, T5)})
    git.commit({BIG: big(MOVED, GPT, T5) + "\nText.\n"})
    monkeypatch.setattr(history_bases, "MOST_COMMITS", 2)

    [message] = said(check(git))

    assert "no base is known (they have not agreed in the newest" in message
    monkeypatch.setattr(history_bases, "MOST_COMMITS", 100)
    monkeypatch.setattr(history_texts, "MOST_BYTES", 200)
    [message] = said(check(git))
    assert "no base is known (they have not agreed in the newest" in message


# --- `--since`


def test_since_pins_the_base(tmp_path: Path) -> None:
    """Both sides moved together and the note moved on: with the base before that, both moved."""
    git = started(tmp_path)
    git.git("tag", "before")
    git.commit({BIG: big(MOVED, GPT, T5), "notes/bert.md": note("B", MOVED)})
    git.commit({"notes/bert.md": note("B", APART)})

    assert codes(check(git)) == ["TL403"]
    assert codes(check(git, since="before")) == ["TL404"]


def test_since_means_the_merge_base(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.git("branch", "other")
    git.commit({BIG: big(MOVED, GPT, T5)})
    git.git("checkout", "-q", "other")
    git.commit({"notes/bert.md": note("B", MOVED), BIG: big(MOVED, GPT, T5)})
    git.git("checkout", "-q", "main")

    [message] = said(check(git, since="other"))

    assert f"the note's cell has not changed since {short(git, 'HEAD~1')}" in message


def test_since_a_commit_at_which_they_did_not_agree(tmp_path: Path) -> None:
    git = started(tmp_path)
    drifted = git.commit({BIG: big(MOVED, GPT, T5)})
    git.commit({"README.md": README + "\nMore.\n"})

    [message] = said(check(git, since=drifted))

    assert f"no base is known (they did not agree at {drifted[:7]})" in message


def test_a_missing_note_s_key_is_not_taken_for_another_row_s(tmp_path: Path) -> None:
    """Several rows with the same cells: nobody can tell which was renamed into which."""
    same = ("1M", "Web")
    rows = [(name, *same) for name in ("A", "B")]
    git = started(
        tmp_path,
        {
            "notes/a.md": note("A", rows[0]),
            "notes/b.md": note("B", rows[1]),
            BIG: big(BERT, GPT, T5, *rows),
        },
    )
    git.write({"notes/a.md": note("A", ("C", *same)), "notes/b.md": note("B", ("D", *same))})

    assert sorted(codes(check(git))) == ["TL401", "TL401", "TL402", "TL402"]
    assert codes(repair(git)) == []
    assert git.read(BIG) == big(BERT, GPT, T5, ("C", *same), ("D", *same))


def test_long_cells_are_shown_from_where_they_differ(tmp_path: Path) -> None:
    """Two quotations cut at the same length would say the same."""
    long = "masked language modelling over fifteen percent of all tokens, " * 3
    git = started(tmp_path, {BIG: big(("BERT", "340M", f"{long}x"), GPT, T5)})
    git.write({"notes/bert.md": note("B", ("BERT", "340M", f"{long}y"))})

    [message] = said(check(git))

    assert "is `…cent of all tokens, x` here and `…cent of all tokens, y` in" in message


# --- Hooks and submodules


def hooked(git: GitRepository, folder: Path) -> None:
    """A commit hook that repairs and stages, as pre-commit's users let it."""
    source = Path(history_bases.__file__).parents[1]
    hook = folder / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    command = f"PYTHONPATH={source} {sys.executable} -m tldr_lint --select TL4 --fix"
    hook.write_text(f"#!/bin/sh\n{command} || exit 1\ngit add -u\n")
    hook.chmod(0o755)


@pytest.mark.parametrize("how", ["staged", "all", "work tree"])
def test_the_side_that_moved_is_known_inside_a_commit_hook(tmp_path: Path, how: str) -> None:
    """Git sets `GIT_DIR` and `GIT_INDEX_FILE` there, and for `commit -a` a temporary index."""
    main = started(tmp_path / "main")
    git = main
    if how == "work tree":
        main.git("worktree", "add", "-q", str(tmp_path / "tree"))
        git = GitRepository(tmp_path / "tree")
    hooked(git, main.path / ".git")
    git.write({BIG: big(MOVED, GPT, T5)})
    if how == "all":
        git.git("commit", "-q", "-a", "-m", "c")
    else:
        git.git("add", BIG)
        git.git("commit", "-q", "-m", "c")

    assert git.read("notes/bert.md") == note("B", MOVED)
    assert git.git("show", f"HEAD:{BIG}") == big(MOVED, GPT, T5)


def test_a_submodule_has_a_history_of_its_own(tmp_path: Path) -> None:
    inner = started(tmp_path / "inner")
    outer = new_repository(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    outer.commit({})
    git = GitRepository(outer.path / "sub")
    git.write({BIG: big(MOVED, GPT, T5)})

    assert codes(repair(git)) == []
    assert git.read("notes/bert.md") == note("B", MOVED)


def test_the_patch_is_one_that_git_applies(tmp_path: Path) -> None:
    git = started(tmp_path)
    git.write({BIG: big(MOVED, GPT, T5), "notes/t5.md": note("T", ("T5", "12B", "C4"))})
    source = Path(history_bases.__file__).parents[1]

    patch = subprocess.run(
        [sys.executable, "-m", "tldr_lint", "--select", "TL4", "--diff"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(source)},
        capture_output=True,
        check=False,
    ).stdout
    git.git("apply", given=patch)

    assert said(check(git)) == []


def test_a_repository_that_is_damaged_is_said_in_a_sentence(tmp_path: Path) -> None:
    """Git's own complaint, not a traceback and not a bug of ours."""
    git = started(tmp_path)
    (tmp_path / ".git" / "index").write_bytes(b"no index")

    done = subprocess.run(
        [sys.executable, "-m", "tldr_lint"],
        cwd=git.path,
        env=os.environ | {"PYTHONPATH": str(Path(history_bases.__file__).parents[1])},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.decode().startswith("error: ")
    assert "index" in done.stderr.decode()


def test_old_texts_that_are_missing_leave_no_base(tmp_path: Path) -> None:
    """A partial clone, or a damaged one: what cannot be read is not guessed at."""
    git = started(tmp_path)
    git.write({BIG: big(MOVED, GPT, T5)})
    name = git.git("rev-parse", "HEAD:notes").strip()
    (tmp_path / ".git" / "objects" / name[:2] / name[2:]).unlink()

    session = Session(tmp_path, Options(select=("TL403",)))
    answers = session.workspace.agreed.values()

    assert answers
    assert all(not answer.bases and "git" in answer.reason for answer in answers)
