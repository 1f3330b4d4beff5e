"""The default contract on a whole collection: clean as it is, and each damage found where it is.

`tests/collections/papers` holds what collections of notes hold, with everything in it that looks
wrong and is not. Each test damages a copy as people do and compares the whole report.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tldr_lint.cli import main

COLLECTION = Path(__file__).parent / "collections" / "papers"
BIG = "notes/bigtable.md"
HEADER_ONLY = "notes/ember.md:5:1: info[TL206]"

Damage = Callable[[Path], None]


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "papers"
    shutil.copytree(COLLECTION, root)
    monkeypatch.chdir(root)
    return root


def run(*arguments: str) -> tuple[int, list[str]]:
    """Exit code, and the findings without their messages and without the closing line."""
    result = CliRunner().invoke(main, [*arguments, "--output-format", "concise"])
    lines = [line.split(" ")[0:2] for line in result.stdout.splitlines()[:-1]]
    return result.exit_code, [f"{place} {code.split(']')[0]}]" for place, code in lines]


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def edit(path: str, old: str, new: str) -> Damage:
    def damage(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return damage


def both(one: str, other: str, old: str, new: str) -> Damage:
    def damage(root: Path) -> None:
        edit(one, old, new)(root)
        edit(other, old, new)(root)

    return damage


def move_to_end(path: str, section: str) -> Damage:
    def damage(root: Path) -> None:
        edit(path, section, "")(root)
        (root / path).write_text(f"{(root / path).read_text()}\n{section.rstrip()}\n")

    return damage


def drop_line(path: str, word: str) -> Damage:
    def damage(root: Path) -> None:
        lines = (root / path).read_text().splitlines(keepends=True)
        (root / path).write_text("".join(line for line in lines if word not in line))

    return damage


def remove(path: str) -> Damage:
    return lambda root: (root / path).unlink()


def add(path: str) -> Damage:
    def damage(root: Path) -> None:
        (root / path).write_bytes(b"x")

    return damage


def test_the_collection_is_clean_as_it_is(papers: Path) -> None:
    before = tree(papers)

    assert (0, [HEADER_ONLY]) == run()
    assert (0, [HEADER_ONLY]) == run("--fix", "--unsafe-fixes")
    assert before == tree(papers)


ART = "## Art\n\n### Figure 2: The river\n"
DAMAGES: dict[str, tuple[Damage, list[str]]] = {
    "a section is dropped": (
        edit("notes/brook.md", "## TL;DR\n\nWhat it does, in a few words.\n\n", ""),
        ["notes/brook.md:1:1: error[TL103]"],
    ),
    "a section is misspelt": (
        edit("notes/brook.md", "## TL;DR", "## TLDRR"),
        ["notes/brook.md:9:1: error[TL103]"],
    ),
    "a section is added": (
        edit("notes/brook.md", "## Art", "## Opinion\n\nGood.\n\n## Art"),
        ["notes/brook.md:13:1: warning[TL104]"],
    ),
    "a section stands twice": (
        edit("notes/brook.md", "## Art", "## TL;DR\n\nAgain.\n\n## Art"),
        ["notes/brook.md:13:1: error[TL106]"],
    ),
    "two sections are swapped": (
        move_to_end("notes/kite.md", "## TL;DR\n\nWhat it does, in a few words.\n\n"),
        ["notes/kite.md:18:1: warning[TL105]"],
    ),
    "a heading level is skipped": (
        edit("notes/brook.md", "### Figure 2", "#### Figure 2"),
        ["notes/brook.md:15:1: warning[TL109]"],
    ),
    "the title is missing": (
        edit("notes/kite.md", "# Kites All the Way Up\n\n", ""),
        ["notes/kite.md:1:1: error[TL101]"],
    ),
    "the title is another paper's": (
        edit("notes/kite.md", "# Kites All the Way Up", "# Kites All the Way Down"),
        ["notes/kite.md:1:1: warning[TL110]"],
    ),
    "the title is cut in two": (
        edit("notes/kite.md", "# Kites All the Way Up", "# Kites All\nthe Way Up"),
        ["notes/kite.md:1:1: error[TL102]"],
    ),
    "the template's title is left": (
        edit("notes/kite.md", "What it does", "<TITLE> does"),
        ["notes/kite.md:12:1: warning[TL108]"],
    ),
    "a to-do is left": (
        edit("notes/kite.md", "What it does", "TODO"),
        ["notes/kite.md:12:1: warning[TL108]"],
    ),
    "a column is renamed": (
        edit("notes/brook.md", "Vocab Size", "Size of vocabulary"),
        ["notes/brook.md:5:90: error[TL203]"],
    ),
    "a delimiter cell is missing": (
        edit("notes/brook.md", "| :---: | :---: |\n", "| :---: |\n"),
        ["notes/brook.md:6:1: error[TL201]"],
    ),
    "a cell is missing": (
        edit("README.md", "| ? |", "|"),
        ["README.md:29:1: error[TL202]"],
    ),
    "a code span holds a pipe": (
        edit("notes/brook.md", "a\\|b", "a|b"),
        ["notes/brook.md:7:103: error[TL212]"],
    ),
    "a cell is emptied on both sides": (
        both("notes/brook.md", BIG, "| Waterways |", "|  |"),
        ["notes/bigtable.md:4:138: warning[TL209]", "notes/brook.md:7:138: warning[TL209]"],
    ),
    "a list in a cell is not closed, on both sides": (
        both("notes/lantern.md", BIG, "</li></ul>", "</li>"),
        ["notes/bigtable.md:3:62: warning[TL207]", "notes/lantern.md:7:62: warning[TL207]"],
    ),
    "a blank line cuts the big table": (
        edit("notes/bigtable.md", "\n| Brook", "\n\n| Brook"),
        ["notes/bigtable.md:5:1: error[TL211]"],
    ),
    "a year has three digits": (
        edit("README.md", "| Brook | 2019 |", "| Brook | 201 |"),
        ["README.md:28:11: error[TL210]"],
    ),
    "a link is broken": (
        edit("README.md", "(notes/TEMPLATE.md)", "(notes/TEMPLATES.md)"),
        ["README.md:40:20: error[TL301]"],
    ),
    "an anchor is misspelt": (
        edit("notes/brook.md", "#figure-1-the-lamp", "#figure-1-a-lamp"),
        ["notes/brook.md:19:30: error[TL302]"],
    ),
    "a link's case is wrong": (
        edit("README.md", "(notes/brook.md)", "(notes/Brook.md)"),
        ["README.md:28:110: error[TL303]"],
    ),
    "an image is removed": (
        remove("assets/brook_fig2.png"),
        ["notes/brook.md:17:13: error[TL304]"],
    ),
    "an image is added that nobody shows": (
        add("assets/brook_fig3.png"),
        ["assets/brook_fig3.png:1:1: warning[TL307]"],
    ),
    "a note is listed twice": (
        edit("README.md", "| [Ember notes](notes/ember.md) |", "| [Ember notes](notes/kite.md) |"),
        ["README.md:36:91: warning[TL306]", "notes/ember.md:1:1: error[TL305]"],
    ),
    "a reference is undefined": (
        edit("notes/ember.md", "[this][words]", "[this][word]"),
        ["notes/ember.md:14:40: error[TL309]"],
    ),
    "a link climbs out": (
        edit("notes/ember.md", "lantern.md \"", "../../x.md \""),
        ["notes/ember.md:16:10: error[TL308]"],
    ),
    "a conflict is left behind": (
        edit("notes/ember.md", "A drawing", "<<<<<<< ours\nA drawing"),
        ["notes/ember.md:14:1: error[TL004]"],
    ),
    "a row is missing from the big table": (
        drop_line(BIG, "Brook"),
        ["notes/brook.md:7:1: error[TL401]"],
    ),
    "a row of the big table has another key": (
        edit(BIG, "\n| Brook", "\n| Stream"),
        ["notes/bigtable.md:4:3: error[TL403]"],
    ),
    "the big table has other columns": (
        edit(BIG, "Vocab Size", "Size"),
        ["notes/bigtable.md:1:89: error[TL406]"],
    ),
    "a control character": (
        edit("notes/ember.md", "A drawing", "A \x1b drawing"),
        ["notes/ember.md:14:3: error[TL001]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_found_where_it_is(papers: Path, name: str) -> None:
    damage, expected = DAMAGES[name]
    damage(papers)
    header_only = [] if "control" in name else [HEADER_ONLY]
    code, found = run()

    assert sorted([*expected, *header_only]) == sorted(found)
    assert code == 1


REPAIRED = (
    "two sections are swapped",
    "the title is cut in two",
    "a delimiter cell is missing",
    "a cell is missing",
    "a blank line cuts the big table",
    "a link's case is wrong",
)


@pytest.mark.parametrize("name", REPAIRED)
def test_what_is_certain_is_repaired_and_nothing_else_touched(papers: Path, name: str) -> None:
    clean = tree(papers)
    damage, _ = DAMAGES[name]
    damage(papers)
    damaged = tree(papers)

    assert (0, [HEADER_ONLY]) == run("--fix")
    repaired = tree(papers)
    assert {p for p in clean if clean[p] != damaged[p]} == {
        p for p in clean if repaired[p] != damaged[p]
    }
    if name != "a cell is missing":
        assert clean == repaired
    assert (0, [HEADER_ONLY]) == run("--fix")
    assert repaired == tree(papers)


def test_paths_narrow_what_is_reported_but_not_what_is_known(papers: Path) -> None:
    edit("notes/brook.md", "## Art", "## Arts")(papers)
    edit("notes/kite.md", "## Art", "## Arts")(papers)

    assert (1, ["notes/kite.md:14:1: error[TL103]"]) == run("notes/kite.md")
    assert (0, [HEADER_ONLY]) == run("notes/ember.md")
    assert (0, []) == run("assets")


def test_a_finding_belongs_to_the_path_that_caused_it(papers: Path) -> None:
    """The big table is stale because of the note: asked about the note, the finding is shown."""
    edit("notes/brook.md", "| 1.5B |", "| 2B |")(papers)
    code, found = run("notes/brook.md")

    assert (1, ["error[TL403]"]) == (code, [line.split(" ")[1] for line in found])


def test_a_run_from_a_sub_folder_sees_the_whole_collection(
    papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (papers / "tldr-lint.toml").write_text("ignore = ['TL206']\n")
    edit("README.md", "(notes/TEMPLATE.md)", "(notes/TEMPLATES.md)")(papers)
    monkeypatch.chdir(papers / "notes")

    assert (1, ["../README.md:40:20: error[TL301]"]) == run()
