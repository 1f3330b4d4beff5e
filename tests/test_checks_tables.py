"""Rules on tables: TL201 to TL212."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_repository import MemoryRepository

TEMPLATE = "# <TITLE>\n\n## Summary\n\n| Model Name | Size | Data |\n| --- | --- | --- |\n"
INDEX = "# Papers\n\n- [BERT](notes/bert.md)\n"
HEAD = "| Model Name | Size | Data |\n| --- | --- | --- |\n"


def alone(*lines: str) -> MemoryRepository:
    """A repository of one file that is nobody's item."""
    return MemoryRepository({"README.md": "\n".join(lines) + "\n"})


def report(*lines: str) -> list[str]:
    return [line.removeprefix("README.md:") for line in alone(*lines).report("TL2")]


def codes(*lines: str) -> list[str]:
    """`line:column: CODE` of each finding on tables."""
    return [line[: line.index("TL2") + 5] for line in report(*lines)]


def fixed(*lines: str) -> list[str]:
    repaired, _ = alone(*lines).repaired()
    return repaired.files["README.md"].splitlines()


def notes(template: str = TEMPLATE, index: str = INDEX, **bodies: str) -> MemoryRepository:
    """A collection whose notes have these bodies under `Summary`; their titles are fixed."""
    files = {"README.md": index, "notes/TEMPLATE.md": template}
    for name, body in bodies.items():
        files[f"notes/{name}.md"] = f"# {name.upper()}\n\n## Summary\n\n{body}"
    return MemoryRepository(files)


# TL201


@pytest.mark.parametrize(
    ("header", "delimiter", "expected"),
    [
        ("| a | b | c |", "| --- |", "| --- | --- | --- |"),
        ("| a | b | c |", "|:--:|--:|", "|:--:|--:|--:|"),
        ("| a | b |", "| --- | :-: | --- |", "| --- | :-: |"),
        ("| a | b | c |", "|---|:-:", "|---|:-:|:-:"),
        ("| a | b | c |", "| --- | :-:  ", "| --- | :-: | :-:  "),
        ("| a | b | c |", "|  :---  |  :---  |  ", "|  :---  |  :---  |  :---  |  "),
        ("a | b | c", "--- | ---", "--- | --- | ---"),
        ("a | b", "--- | --- | ---", "--- | ---"),
        ("| a |", "--- | ---", "--- |"),
    ],
)
def test_only_the_wrong_delimiter_cells_change(header: str, delimiter: str, expected: str) -> None:
    """The repair of a delimiter row rewrites cells that were right, or yields no table."""
    assert codes(header, delimiter) == ["2:1: TL201"]
    assert fixed(header, delimiter) == [header, expected]
    assert codes(header, expected) == []


def test_a_header_that_lacks_cells_is_not_made_the_measure() -> None:
    """Cutting the delimiter row to a short header hides the last cell of each row."""
    table = ("| a | b |", "|---|---|---|", "| 1 | 2 | 3 |", "| 4 | 5 | 6 |")

    assert codes(*table) == ["2:1: TL201"]
    assert fixed(*table) == list(table)


def test_a_column_that_only_the_header_has_is_given_to_all_rows() -> None:
    """A header that got a new column stays a paragraph of pipes."""
    assert fixed("| a | b |", "|---|", "| 1 |") == ["| a | b |", "|---|---|", "| 1 |  |"]


# TL202


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| 1 |", "| 1 |  |  |"),
        ("|1|", "|1|||"),
        ("|1| |", "|1| | |"),
        ("| 1 | 2 |   ", "| 1 | 2 |  |   "),
        ("| 1 | 2", "| 1 | 2 | |"),
        ("1 | 2", "1 | 2 | |"),
        ("1 | 2  ", "1 | 2 | |  "),
        ("1|2", "1|2||"),
        ("1|2\\", "1|2\\ ||"),
        ("| 1 | `a\\|b`   |", "| 1 | `a\\|b`   |  |"),
        ("| \u4e2d\u6587 | \U0001f600 |", "| \u4e2d\u6587 | \U0001f600 |  |"),
    ],
)
def test_a_short_row_gets_blank_cells_in_its_own_spacing(row: str, expected: str) -> None:
    """Padding a row changes what was there, or leaves it short."""
    table = ("| a | b | c |", "|---|---|---|")

    assert codes(*table, row) == ["3:1: TL202"]
    assert fixed(*table, row) == [*table, expected]
    assert codes(*table, expected) == []


@pytest.mark.parametrize("lost", ["| 2018 ", "| 340M "])
@pytest.mark.parametrize("side", ["notes/bert.md", "notes/bigtable.md"])
def test_a_row_that_lost_a_cell_in_its_middle_makes_no_facts(side: str, lost: str) -> None:
    """A blank at its end shifts its cells, and the sync copies them over the other side."""
    head = "| Model | Year | Size | Data |\n| --- | --- | --- | --- |\n"
    row = "| BERT | 2018 | 340M | Books |\n"
    files = {
        "README.md": INDEX,
        "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n{head}",
        "notes/bert.md": f"# BERT\n\n## Summary\n\n{head}{row}",
        "notes/bigtable.md": f"# All\n\n{head}{row}",
    }
    broken = {**files, side: files[side].replace(lost, "", 1)}
    repository = MemoryRepository(broken, base=files)

    line = 7 if side == "notes/bert.md" else 5
    assert [each.split()[:2] for each in repository.report()] == [[f"{side}:{line}:1:", "TL202"]]
    assert repository.repaired()[0].files == broken


@pytest.mark.parametrize("side", ["notes/bert.md", "notes/bigtable.md"])
def test_a_cell_that_was_lost_is_not_lost_on_the_other_side_too(side: str) -> None:
    """TL202 closes the gap with a blank, and the sync takes the blank for the newer fact."""
    head = "| Model | Year | Data |\n| --- | --- | --- |\n"
    row = "| BERT | 2018 | Books |\n"
    files = {
        "README.md": INDEX,
        "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n{head}",
        "notes/bert.md": f"# BERT\n\n## Summary\n\n{head}{row}",
        "notes/bigtable.md": f"# All\n\n{head}{row}",
    }
    broken = {**files, side: files[side].replace("| Books ", "")}
    repaired, _ = MemoryRepository(broken, base=files).repaired()

    assert repaired.files == {**files, side: files[side].replace("Books", "")}


DAMAGES = {
    "key column renamed": ("| Model |", "| Modle |"),
    "key column without a name": ("| Model |", "|  |"),
    "text before the header": ("| Model |", "x| Model |"),
    "two headers run together": ("| Model | Year", "| Model Year"),
    "key and value run together": ("| GPT-2 | 2019", "| GPT-2 2019"),
    "a pipe too many": ("| GPT-2 | 2019", "|| GPT-2 | 2019"),
    "key lost": ("| GPT-2 | 2019", "| 2019"),
    "key written over": ("| GPT-2 |", "| BERT |"),
    "key blanked": ("| GPT-2 | 2019", "|  | 2019"),
    "delimiter row lost": ("| --- | --- | --- | --- |\n", ""),
    "row cut off": ("| GPT-3", "\n| GPT-3"),
    "row in a list": ("| GPT-3", "- | GPT-3"),
    "text in the table": ("| GPT-3", "text\n| GPT-3"),
}


@pytest.mark.parametrize("known", [True, False], ids=["base known", "no base"])
@pytest.mark.parametrize("side", ["notes/gpt.md", "notes/bigtable.md"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_one_table_is_not_taken_out_on_the_other(
    damage: str, side: str, *, known: bool
) -> None:
    """A slip in a header or a row makes the sync delete rows, or add them twice."""
    head = "| Model | Year | Size | Data |\n| --- | --- | --- | --- |\n"
    rows = "| GPT-2 | 2019 | 1.5B | Web |\n| GPT-3 | 2020 | 175B | More |\n"
    bert = "| BERT | 2018 | 340M | Books |\n"
    files = {
        "README.md": "# Papers\n\n- [BERT](notes/bert.md)\n- [GPT](notes/gpt.md)\n",
        "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n{head}",
        "notes/bert.md": f"# BERT\n\n## Summary\n\n{head}{bert}",
        "notes/gpt.md": f"# GPT\n\n## Summary\n\n{head}{rows}",
        "notes/bigtable.md": f"# All\n\n{head}{bert}{rows}",
    }
    assert MemoryRepository(files).report("TL2", "TL3", "TL4") == []
    broken = {**files, side: files[side].replace(*DAMAGES[damage])}
    repository = MemoryRepository(broken, base=files if known else None)
    reported = repository.report()
    repaired = repository.repaired()[0].files

    assert reported
    assert {line.split(":")[0] for line in reported} == {side}
    assert {path for path in files if repaired[path] != broken[path]} <= {side}


@pytest.mark.parametrize("delimiter", ["| --- || --- |\n", ""])
def test_a_template_whose_table_is_broken_makes_no_note_of_the_roll_up(delimiter: str) -> None:
    """One slip in the template brings a finding for every section the big table lacks."""
    head = "| Model | Year |\n| --- | --- |\n"
    repository = MemoryRepository(
        {
            "README.md": INDEX,
            "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n| Model | Year |\n{delimiter}| | |\n",
            "notes/bert.md": f"# BERT\n\n## Summary\n\n{head}| BERT | 2018 |\n",
            "notes/bigtable.md": f"# All\n\n{head}| BERT | 2018 |\n",
        }
    )

    assert [line.split()[:2] for line in repository.report()] == [
        ["notes/TEMPLATE.md:5:1:", "TL211"]
    ]


def test_a_conflict_marker_in_a_table_is_no_row_of_it() -> None:
    """A marker left in a table is reported as a short row too."""
    found = alone("| a | b |", "|---|---|", "| 1 | 2 |", "<<<<<<< HEAD", "| 3 | 4 |").report()

    assert [line.split()[1] for line in found] == ["TL004"]


def test_a_roll_up_without_its_delimiter_row_has_one_fault() -> None:
    """The big table is taken for a note that lacks every section and every listing."""
    head = "| Model | Year |\n| --- | --- |\n"
    rows = "| BERT | 2018 |\n", "| T5 | 2019 |\n"
    repository = MemoryRepository(
        {
            "README.md": "# Papers\n\n- [BERT](notes/bert.md)\n- [T5](notes/t5.md)\n",
            "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n{head}",
            "notes/bert.md": f"# BERT\n\n## Summary\n\n{head}{rows[0]}",
            "notes/t5.md": f"# T5\n\n## Summary\n\n{head}{rows[1]}",
            "notes/bigtable.md": f"# All\n\n| Model | Year |\n{''.join(rows)}",
        }
    )

    assert [line.split()[:2] for line in repository.report()] == [
        ["notes/bigtable.md:3:1:", "TL211"]
    ]


def test_a_roll_up_with_one_wrong_column_is_still_the_roll_up() -> None:
    """A misspelt header makes a note without sections of the big table."""
    head = "| Model | Year | Data |\n| --- | --- | --- |\n"
    row = "| BERT | 2018 | Books |\n"
    repository = MemoryRepository(
        {
            "README.md": INDEX,
            "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n{head}",
            "notes/bert.md": f"# BERT\n\n## Summary\n\n{head}{row}",
            "notes/bigtable.md": f"# All\n\n{head.replace('Year', 'Yaer')}{row}",
        }
    )

    assert [line.split()[:2] for line in repository.report()] == [
        ["notes/bigtable.md:3:11:", "TL406"]
    ]


def test_a_long_row_is_left_to_its_author() -> None:
    """A repair drops a cell that somebody wrote."""
    table = ("| a | b |", "|---|---|", "| 1 | 2 | 3 | 4 |")

    assert report(*table) == [
        "3:1: TL202 row has 4 cells, its header has 2: GitHub drops the last 2"
    ]
    assert fixed(*table) == list(table)


def test_lines_of_text_below_a_table_are_reported_once() -> None:
    """Each line of a paragraph below a table is reported, or padded into a row."""
    table = ("| a | b |", "|---|---|", "| 1 | 2 |", "Years are", "those of arXiv.")

    assert codes(*table) == ["4:1: TL202"]
    assert fixed(*table) == list(table)


def test_a_row_in_a_quote_or_list_stands_behind_its_prefix() -> None:
    """The prefix of a container counts as a cell, or shifts the column."""
    assert codes("> | a | b |", "> |---|---|", "> | 1 |") == ["3:3: TL202"]
    assert codes("- x", "", "  | a | b |", "  |---|---|", "  | 1 |") == ["5:3: TL202"]
    assert fixed("> | a | b |", "> |---|---|", "> | 1 |")[2] == "> | 1 |  |"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_byte_order_mark_stay(newline: str, mark: str) -> None:
    """A repair rewrites line endings, or eats the byte order mark."""
    text = mark + newline.join(["| a | b |", "|---|", "| 1 |", "", "| 2 | 3 |"])
    repaired, _ = MemoryRepository({"README.md": text}).repaired()

    expected = mark + newline.join(["| a | b |", "|---|---|", "| 1 |  |", "| 2 | 3 |"])
    assert repaired.files["README.md"] == expected


# TL211


def test_each_run_of_rows_is_reported_where_it_begins() -> None:
    """Only the first of several gaps is seen, or the rows are counted wrong."""
    lines = ("| a | b |", "|---|---|", "", "| 1 | 2 |", "| 3 | 4 |", "", "", "| 5 | 6 |")

    assert report(*lines) == [
        "4:1: TL211 2 rows are cut off from their table by a blank line: GitHub shows them as text",
        "8:1: TL211 row is cut off from its table by a blank line: GitHub shows it as text",
    ]
    assert fixed(*lines) == [line for line in lines if line]


def test_many_gaps_close_in_one_round() -> None:
    """A table with a blank line behind each row takes a round of repair for each of them."""
    rows = [f"| {number} | x |" for number in range(50)]
    lines = ("| a | b |", "|---|---|", *(line for row in rows for line in ("", row)))

    assert fixed(*lines) == ["| a | b |", "|---|---|", *rows]


def test_rows_behind_a_comment_are_not_joined() -> None:
    """A repair deletes a comment, or leaves rows behind it half joined."""
    lines = ("| a | b |", "|---|---|", "<!-- x -->", "| 1 | 2 |", "", "| 3 | 4 |")

    assert codes(*lines) == ["4:1: TL211", "6:1: TL211"]
    assert fixed(*lines) == list(lines)


@pytest.mark.parametrize("row", ["> | 3 | 4 |", "- | 3 | 4 |", "1. | 3 | 4 |"])
def test_a_row_in_another_quote_or_list_is_not_joined(row: str) -> None:
    """The fix removes blank lines where there are none, again and again."""
    table = ["| a | b |", "|---|---|", "| 1 | 2 |"]

    assert fixed(*table, row) == [*table, row]
    assert codes(*table, row) == [f"4:{row.index('|') + 1}: TL211"]
    assert "blank line" not in report(*table, row)[0]
    quoted = [f"> {line}" for line in table]
    assert fixed(*quoted, "  | 3 | 4 |") == [*quoted, "  | 3 | 4 |"]


def test_rows_of_another_width_are_not_joined() -> None:
    """Rows of another table are pulled into the one above, and lose cells."""
    lines = ("| a | b |", "|---|---|", "| 1 | 2 |", "", "| 1 | 2 | 3 |")

    assert codes(*lines) == ["5:1: TL211"]
    assert fixed(*lines) == list(lines)


def test_rows_in_a_quote_are_joined_within_it() -> None:
    """A quoted table stays cut, or a quote's mark is lost."""
    lines = ("> | a | b |", "> |---|---|", ">", "> | 1 | 2 |")

    assert codes(*lines) == ["4:3: TL211"]
    assert fixed(*lines) == ["> | a | b |", "> |---|---|", "> | 1 | 2 |"]


def test_pipes_in_prose_and_code_are_no_rows() -> None:
    """A sentence with a pipe in it is taken for a lost row."""
    assert codes("p(x | y) is a probability", "", "    | a |", "", "```", "| a |", "```") == []


# TL212


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("| `a|b` | 1 |", "3:3: TL212"),
        ("| 1 | `a || b` |", "3:7: TL212"),
        ("| 1 | ``a|`b`` |", "3:7: TL212"),
        ("| `|` | pipe |", "3:3: TL212"),
        ("| `a|b` |", "3:3: TL212"),
    ],
)
def test_a_pipe_in_code_is_reported_instead_of_the_row(row: str, place: str) -> None:
    """A split code span shows up as a row of the wrong length, or not at all."""
    assert codes("| a | b |", "|---|---|", row) == [place]


@pytest.mark.parametrize(
    "row",
    ["| ` | ` |", "| it`s | that`s |", "| `a\\|b` | c |", "| `a` | `b` |", "| \\`a | b\\` |"],
)
def test_backticks_in_two_cells_need_not_be_code(row: str) -> None:
    """Lone backticks in two cells of a healthy row are called a code span."""
    assert codes("| a | b |", "|---|---|", row) == []


def test_a_split_header_is_the_one_cause() -> None:
    """A pipe in a header's code also shows as a wrong delimiter row and as short rows."""
    assert codes("| `a|b` | c |", "|---|---|", "| 1 | 2 |") == ["1:3: TL212"]


# TL207


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("<ul><li>a</li>", 3),
        ("a</b>", 4),
        ("<b><i>a</b>", 6),
        ("<ul><li>a</li></li></ul>", 17),
        ("<ul><li>a</li><ul> b", 17),
        ("<ul><li>a<ul><li>b</ul>", 3),
        ('<span style="color:blue">a', 3),
        ("<UL><li>a</li>", 3),
    ],
)
def test_html_without_its_counterpart_is_reported_at_the_tag(cell: str, column: int) -> None:
    """An open list in a cell is not seen, or reported elsewhere than at its tag."""
    assert codes("| a | b |", "|---|---|", f"| {cell} | 1 |") == [f"3:{column}: TL207"]


@pytest.mark.parametrize(
    "cell",
    [
        "a<br>b<br/>c</br>",
        "<ul><li>a<li>b</ul>",
        "<p>a",
        "<b><i>a</b></i>",
        '<img src="https://example.org/a.png">',
        '<a name="x"/>',
        "<UNK> <mask> <NAME> </foo>",
        "`<ul>` <!-- <ul> -->",
        "<SUMMARY>",
        "2 < 3 > 1",
    ],
)
def test_html_that_may_stand_as_it_is_is_let_be(cell: str) -> None:
    """Void elements, optional end tags, tokens or code in a cell are called unbalanced."""
    assert codes("| a | b |", "|---|---|", f"| {cell} | 1 |") == []


def test_each_cell_is_judged_by_itself_and_once() -> None:
    """A list opened in one cell and closed in the next passes, or a cell is reported twice."""
    row = "| <ul><ol> | </ul> |"

    assert codes("| a | b |", "|---|---|", row) == ["3:3: TL207", "3:14: TL207"]


# Facts tables


def found(repository: MemoryRepository, *families: str) -> list[str]:
    lines = repository.report(*(families or ("TL2",)))
    return [line[: line.index(" TL") + 6] for line in lines]


def test_columns_are_compared_as_a_reader_sees_them() -> None:
    """Bold, blanks or letter case in a header cell make another column."""
    body = "| **model  name** |SIZE| [Data](https://example.org) |\n|---|---|---|\n| a | b | c |\n"

    assert found(notes(bert=body)) == []


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("| Model Name | Data |", "5:1: TL203 column `Size` is missing"),
        ("| Model Name |", "5:1: TL203 columns `Size`, `Data` are missing"),
        (
            "| Model Name | Size | Date |",
            "5:23: TL203 column `Date` is `Data` in the template",
        ),
        (
            "| Model Name | Layers | Data |",
            "5:16: TL203 column `Layers` is `Size` in the template",
        ),
        (
            "| Model Name | Size | Data | Size |",
            "5:30: TL203 column `Size` stands twice",
        ),
        (
            "| Datas | Model Name | W | Size |",
            (
                "5:3: TL203 column `Datas` is `Data` in the template; "
                "column `W` is not in the template"
            ),
        ),
        ("| Model Name | Size | Data | |", "5:1: TL203 column `(blank)` is not in the template"),
    ],
)
def test_what_is_wrong_with_the_columns_is_named(header: str, message: str) -> None:
    """A renamed column is reported as one that is missing and one too many, or not at all."""
    cells = header.count("|") - 1
    body = f"{header}\n|{'---|' * cells}\n|{' a |' * cells}\n"

    assert notes(bert=body).report("TL2") == [f"notes/bert.md:{message}"]


def test_columns_move_with_their_blanks_and_alignment() -> None:
    """Sorting columns re-spaces cells, or leaves the alignment behind."""
    body = (
        "|Data  | Model Name |  Size|\n|:---|:---:| ---: |\n"
        "| `a\\|b` |  BERT|<!-- x --> 1 |\n|c|d|e|  \n"
    )
    repaired, _ = notes(bert=body).repaired()

    assert found(notes(bert=body)) == ["notes/bert.md:5:2: TL204"]
    assert repaired.files["notes/bert.md"].partition("Summary\n\n")[2] == (
        "| Model Name |  Size|Data  |\n|:---:| ---: |:---|\n"
        "|  BERT|<!-- x --> 1 | `a\\|b` |\n|d|e|c|  \n"
    )


@pytest.mark.parametrize(
    "rows",
    ["| x | y |\n", "| x | y | z | ! |\n", "| x | `a|b` |\n"],
)
def test_columns_do_not_move_while_a_row_has_the_wrong_length(rows: str) -> None:
    """A cell ends up under a heading it does not belong to."""
    text = f"| Data | Model Name | Size |\n|---|---|---|\n{rows}"
    repository = notes(bert=text)
    fixes = [d.fix for d in repository.diagnostics() if d.code == "TL204"]

    assert fixes == [None]


@pytest.mark.parametrize("cell", ["", "- x", "1. x", "# x", "> x", "x\\"])
def test_columns_of_bare_rows_do_not_move_where_a_cell_would_break_them(cell: str) -> None:
    """A cell moved to the start of its line begins a list, or its pipe is taken for the row's."""
    text = f"Size | Model Name | Data\n--- | --- | ---\nx | {cell or ' '} | y\n"
    if cell == "x\\":
        text = "Data | Model Name | Size\n--- | --- | ---\na | b | x\\\n"
    fixes = [d.fix for d in notes(bert=text).diagnostics() if d.code == "TL204"]

    assert fixes == [None]


def test_a_missing_table_is_reported_at_its_heading() -> None:
    """A note without facts passes, or is reported at line 1."""
    assert found(notes(bert="Prose.\n")) == ["notes/bert.md:3:1: TL205"]


def test_one_cause_of_a_missing_table_is_reported_once() -> None:
    """A lost delimiter row or section also shows as a missing table."""
    assert found(notes(bert="| Model Name | Size | Data |\n| a | b | c |\n")) == [
        "notes/bert.md:5:1: TL211"
    ]
    gone = MemoryRepository(
        {"README.md": INDEX, "notes/TEMPLATE.md": TEMPLATE, "notes/bert.md": "# BERT\n"}
    )
    assert found(gone, "TL") == ["notes/bert.md:1:1: TL103"]
    assert found(notes(bert="| Model Name | Size | Data |\n|---|\n| a | b | c |\n")) == [
        "notes/bert.md:6:1: TL201"
    ]


def test_rows_behind_a_blank_line_are_no_empty_table() -> None:
    """A table whose rows are cut off is called empty as well."""
    assert found(notes(bert=f"{HEAD}\n| a | b | c |\n")) == ["notes/bert.md:8:1: TL211"]
    assert found(notes(bert=HEAD)) == ["notes/bert.md:5:1: TL206"]


def test_keys_are_compared_without_markup_and_letter_case() -> None:
    """Two notes on one model pass because one is written in blue."""
    index = "# Papers\n\n- [A](notes/a.md)\n- [B](notes/b.md)\n"
    blue = f'{HEAD}| <span style="color:blue"> bert </span> | 1 | x |\n'
    repository = notes(index=index, a=f"{HEAD}| BERT | 1 | x |\n", b=blue)

    assert found(repository) == ["notes/b.md:7:3: TL208"]
    assert [d.related[0].location.path for d in repository.diagnostics()] == ["notes/a.md"]


def test_two_rows_of_one_key_in_the_roll_up_are_reported_unless_the_notes_cause_them() -> None:
    """A doubled row of the big table passes, or doubled notes are reported there again."""
    row = "| BERT | 1 | x |\n"
    index = "# Papers\n\n- [A](notes/a.md)\n- [table](notes/bigtable.md)\n"
    one = notes(index=index, a=HEAD + row)
    one.files["notes/bigtable.md"] = HEAD + row + row

    assert found(one, "TL208") == ["notes/bigtable.md:4:3: TL208"]

    two = notes(index=f"{index}- [B](notes/b.md)\n", a=HEAD + row, b=HEAD + row)
    two.files["notes/bigtable.md"] = HEAD + row + row

    assert found(two, "TL208") == ["notes/b.md:7:3: TL208"]


@pytest.mark.parametrize("blank", ["", "&nbsp;", "<br>", "<!-- x -->", "<b></b>"])
def test_a_cell_without_anything_to_see_is_blank(blank: str) -> None:
    """A cell that renders to nothing counts as filled in."""
    body = f"{HEAD}| BERT | {blank} | x |\n"

    assert [line[:20] for line in found(notes(bert=body))] == ["notes/bert.md:7:10: "[:20]]


@pytest.mark.parametrize("cell", ["?", "-", "0", "`<ul>`", "<img src='https://x.y/z.png'>", "<3"])
def test_a_cell_with_anything_to_see_is_not_blank(cell: str) -> None:
    """A question mark or a picture counts as nothing."""
    assert found(notes(bert=f"{HEAD}| BERT | {cell} | x |\n")) == []


def test_blank_cells_of_the_index_are_let_be_and_its_years_are_not() -> None:
    """An index row without a code link fails, or a year of three digits passes."""
    index = (
        "# Papers\n\n| Paper | YEAR | Code |\n|---|---|---|\n"
        "| [BERT](notes/bert.md) | 2018 | |\n| GPT | 218 | |\n| T5 | | |\n"
    )

    assert found(notes(index=index, bert=f"{HEAD}| BERT | 1 | x |\n")) == ["README.md:6:9: TL210"]


def test_values_of_the_contract_replace_the_default_for_years() -> None:
    """A contract cannot allow what the default forbids."""
    index = "# Papers\n\n| Paper | Year |\n|---|---|\n| [BERT](notes/bert.md) | in press |\n"
    repository = notes(index=index, bert=f"{HEAD}| BERT | 1 | x |\n")
    contract = (
        '[collection.notes]\nitems = "notes/*.md"\ntemplate = "notes/TEMPLATE.md"\n'
        'facts = "table:Summary"\nvalues = {{ {} }}\n'
        '[collection.notes.index]\nfile = "README.md"\n'
    )
    allowing = MemoryRepository(
        {**repository.files, "tldr-lint.toml": contract.format('Year = "[0-9]{4}|in press"')}
    )
    asking = MemoryRepository(
        {**repository.files, "tldr-lint.toml": contract.format('Size = "[0-9]+M"')}
    )

    assert found(repository) == ["README.md:5:27: TL210"]
    assert found(allowing) == []
    assert found(asking) == ["README.md:5:27: TL210", "notes/bert.md:7:10: TL210"]


def test_fields_in_rows_are_compared_with_the_template_too() -> None:
    """In a table of fields and values a missing field or a blank value passes."""
    template = "# <TITLE>\n\n## Summary\n\n| Field | Value |\n|---|---|\n| Name | |\n| Size | |\n"
    body = "| Field | Value |\n|---|---|\n| Name | BERT |\n| Sise | |\n"

    repository = notes(template=template, bert=body)
    repository.files["tldr-lint.toml"] = (
        '[collection.notes]\nitems = "notes/*.md"\ntemplate = "notes/TEMPLATE.md"\n'
        'facts = "table:Summary"\nkey = "{Name}"\n'
    )
    assert MemoryRepository(repository.files).report("TL2") == [
        "notes/bert.md:8:3: TL203 field `Sise` is `Size` in the template",
        "notes/bert.md:8:9: TL209 the value of `Sise` is blank",
    ]


# Repairs of any table

CELL = st.sampled_from(["a", "", "`x`", "`a\\|b`", "\u4e2d", "**b**", "\\|", "a\\", "1.", "- x"])
SPACE = st.sampled_from(["", " ", "  "])


@st.composite
def lines_of_a_table(draw: st.DrawFn) -> list[str]:
    """A header, a delimiter row and rows, ragged, with and without pipes at their ends."""

    def row(cells: list[str]) -> str:
        text = "|".join(draw(SPACE) + cell + draw(SPACE) for cell in cells)
        return draw(st.sampled_from(["|", ""])) + text + draw(st.sampled_from(["|", "", "| "]))

    width = draw(st.integers(2, 4))
    header = row([f"h{number}" for number in range(width)])
    dashes = draw(st.lists(st.sampled_from(["---", ":-:", "--:"]), min_size=1, max_size=5))
    rows = [
        row(draw(st.lists(CELL, min_size=1, max_size=5))) for _ in range(draw(st.integers(0, 4)))
    ]
    gaps = [draw(st.sampled_from([[], [], [""]])) for _ in rows]
    body = [line for gap, text in zip(gaps, rows, strict=True) for line in (*gap, text)]
    return [header, "|" + "|".join(dashes) + "|", *body]


@given(lines_of_a_table())
def test_repair_settles_and_keeps_every_cell(lines: list[str]) -> None:
    """A repair loses a cell, needs another repair, or leaves what it claims to have mended."""
    repository = alone(*lines)
    repaired, done = repository.repaired()
    again, nothing = repaired.repaired()
    left = [diagnostic.code for diagnostic in repaired.diagnostics() if diagnostic.fix is not None]

    assert again.files == repaired.files
    assert not nothing.fixed
    assert left == []
    before = [line for line in lines[2:] if line.strip()]
    after = [line for line in repaired.files["README.md"].splitlines()[2:] if line.strip()]
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert new.startswith(old.rstrip())
    assert all(count > 0 for count in done.fixed.values())


@given(st.permutations(["Model Name", "Size", "Data"]), st.integers(0, 2**16))
def test_sorted_columns_hold_the_cells_they_held(order: list[str], seed: int) -> None:
    """Sorting columns mixes up their cells."""
    chance = random.Random(seed)
    width = 3
    rows = [[f"{name[0]}{row}" for name in order] for row in range(chance.randint(1, 4))]
    body = "".join(f"| {' | '.join(cells)} |\n" for cells in [order, ["---"] * width, *rows])
    repaired, _ = notes(bert=body).repaired()

    names = ["Model Name", "Size", "Data"]
    expected = [names, ["---"] * width]
    expected += [[f"{name[0]}{row}" for name in names] for row in range(len(rows))]
    text = repaired.files["notes/bert.md"].partition("Summary\n\n")[2]
    assert text == "".join(f"| {' | '.join(cells)} |\n" for cells in expected)
