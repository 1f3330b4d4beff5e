"""Files as such: what the pages of TL001 to TL004, TL107 to TL109 leave open."""

import pytest

from memory_repository import MemoryRepository

README = "# Papers\n\n- [BERT](notes/bert.md)\n"
TEMPLATE = "# <TITLE>\n\n## TL;DR\n\n[one sentence] {name}\n"


def repository(note: str) -> MemoryRepository:
    return MemoryRepository(
        {"README.md": README, "notes/TEMPLATE.md": TEMPLATE, "notes/bert.md": note}
    )


def body(text: str) -> MemoryRepository:
    return repository(f"# BERT\n\n## TL;DR\n\n{text}\n")


# TL002


@pytest.mark.parametrize("words", ["TL108", "tl108", "placeholder-text", "TL1", "TL10", "TL", ""])
def test_every_way_to_name_a_rule_is_known(words: str) -> None:
    """A code in other letters, a name, a family or no rule at all is called unknown."""
    text = f"<!-- tldr-lint-disable-next-line {words} -->\nTODO"

    assert body(text).report() == []


def test_an_unknown_rule_among_known_ones_is_pointed_at() -> None:
    """The finding stands at the comment and not at the word."""
    reported = body("<!-- tldr-lint-disable-line TL108, tabel-row-length --> TODO").report()

    message = "there is no rule `tabel-row-length`, did you mean `table-row-length`?"

    assert reported == [f"notes/bert.md:5:36: TL002 {message}"]


def test_a_suppression_in_a_code_block_is_text() -> None:
    """A page that explains suppressions is full of unknown and unused ones."""
    assert body("```html\n<!-- tldr-lint-disable nonsense -->\n```").report() == []


# TL004


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_two_conflicts_are_two_findings(newline: str) -> None:
    """Conflicts run into each other, or a line ending hides them."""
    one = "<<<<<<< HEAD\na\n\n=======\nb\n\n>>>>>>> x"
    reported = body(f"{one}\n\ntext\n\n{one}".replace("\n", newline)).report("TL004")

    assert [line.split()[0] for line in reported] == ["notes/bert.md:5:1:", "notes/bert.md:15:1:"]


def test_a_conflict_with_its_ancestor_is_one_finding() -> None:
    """The `diff3` style of conflicts is not understood."""
    text = "<<<<<<< HEAD\na\n||||||| base\nb\n=======\nc\n>>>>>>> x"

    assert len(body(text).report("TL004")) == 1


@pytest.mark.parametrize("line", ["<<<<<<<", ">>>>>>> x", "<<<<<<< HEAD"])
def test_a_marker_left_alone_is_reported(line: str) -> None:
    """Half a conflict goes unseen."""
    assert len(body(f"text\n\n{line}").report("TL004")) == 1


@pytest.mark.parametrize(
    "text",
    ["Title\n=======", "text <<<<<<< text", "<<<<<<<<", "========", "    <<<<<<< HEAD", "<<<<<<<x"],
)
def test_what_only_looks_like_a_marker_is_let_be(text: str) -> None:
    """A heading's underline, a longer row of signs, or code is called a conflict."""
    assert body(text).report("TL004") == []


# TL107, TL108, TL109


@pytest.mark.parametrize(
    "nothing", ["", "<!-- later -->", "[a]: #bert", "<!-- a -->\n\n[a]: #bert"]
)
def test_what_shows_nothing_leaves_a_section_empty(nothing: str) -> None:
    """A comment or a link definition passes for text."""
    assert body(nothing).report("TL107") == [
        "notes/bert.md:3:1: TL107 nothing stands under `TL;DR`"
    ]


@pytest.mark.parametrize(
    "something", ["---", "![x](#bert)", "<br>", "- a", "[a] b", "    # code", "### Deeper\n\nText"]
)
def test_what_shows_something_fills_a_section(something: str) -> None:
    """A rule, an image, HTML, a list or code counts as nothing."""
    assert body(something).report("TL107") == []


@pytest.mark.parametrize("following", ["Next\n----", "<h2>Next</h2>", "## Next", "##"])
def test_a_section_is_empty_whatever_heading_follows(following: str) -> None:
    """The heading that comes next passes for the text of an empty section."""
    reported = repository(f"# BERT\n\n## TL;DR\n{following}\n\nText.\n").report("TL107")

    assert reported == ["notes/bert.md:3:1: TL107 nothing stands under `TL;DR`"]


def test_only_the_deepest_empty_heading_is_reported() -> None:
    """A section is empty for itself and once more for its empty part."""
    assert body("### Deeper").report("TL107") == [
        "notes/bert.md:5:1: TL107 nothing stands under `Deeper`"
    ]


@pytest.mark.parametrize("text", ["[one sentence]", "{name}", "TBD", "To-Do: more", "**TODO**"])
def test_what_was_to_be_filled_in_is_reported(text: str) -> None:
    """A placeholder of the template, or a word for later, is left unseen."""
    assert [line.split()[1] for line in body(text).report("TL108")] == ["TL108"]


@pytest.mark.parametrize(
    "text",
    [
        "[MASK] and <UNK> and {x}",
        "`TODO` and `{name}`",
        "<!-- TODO -->",
        "```\nTODO\n```",
        "[one sentence](#bert)",
        "TODOs, mytodo and outbd",
    ],
)
def test_words_of_the_trade_and_code_are_let_be(text: str) -> None:
    """Special tokens, code, comments or links are called placeholders."""
    assert body(text).report("TL108") == []


def test_levels_are_compared_with_the_heading_before() -> None:
    """A skip is measured from the title, or going back up is called one."""
    text = "### A\n\n#### B\n\nText.\n\n##### C\n\nText.\n\n### D\n\n##### E\n\nText."

    assert body(text).report("TL109") == [
        "notes/bert.md:17:1: TL109 an H5 below an H3 skips a level"
    ]


CONFLICT = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n"
CASCADE = {
    "README.md": "# Papers\n\n| Paper | Notes |\n| --- | --- |\n| BERT | [x](notes/bert.md) |\n",
    "notes/TEMPLATE.md": "# <TITLE>\n\n## Summary\n\n| Model |\n| --- |\n",
    "notes/bert.md": (
        "# BERT\n\n## Summary\n\n| Model |\n| --- |\n| BERT |\n\n![x](../assets/x.png)\n"
    ),
    "assets/x.png": "",
}


@pytest.mark.parametrize("path", [path for path in CASCADE if path.endswith(".md")])
def test_a_conflict_in_any_file_brings_no_avalanche(path: str) -> None:
    """A conflict in the index, the template or a note is reported again by other rules."""
    row = CASCADE[path].splitlines()[-1]
    if path == "notes/bert.md":
        row = "| BERT |"
    text = CASCADE[path].replace(f"{row}\n", CONFLICT.format(row, row))
    conflicted = MemoryRepository(CASCADE | {path: text})

    assert MemoryRepository(CASCADE).report() == []
    assert [line.split()[1] for line in conflicted.report()] == ["TL004"]
    assert conflicted.repaired(unsafe=True)[0].files == conflicted.files


@pytest.mark.parametrize("path", [path for path in CASCADE if path.endswith(".md")])
def test_an_unreadable_file_brings_no_avalanche(path: str) -> None:
    """A NUL in the index, the template or a note is reported again by other rules."""
    broken = MemoryRepository(CASCADE | {path: CASCADE[path] + "\0"})

    assert [line.split()[1] for line in broken.report()] == ["TL001"]
    assert broken.repaired(unsafe=True)[0].files == broken.files
