"""Sections against the template: what the pages of TL103 to TL106 leave open."""

from itertools import permutations

import pytest

from memory_repository import MemoryRepository

README = "# Papers\n\n- [BERT](notes/bert.md)\n"
TEMPLATE = "# <TITLE>\n\n## Summary\n\n## TL;DR\n\n## Art\n"
WHOLE = "# BERT\n\n## Summary\n\nOne.\n\n## TL;DR\n\nTwo.\n\n## Art\n\nThree.\n"


def repository(note: str, template: str = TEMPLATE) -> MemoryRepository:
    return MemoryRepository(
        {"README.md": README, "notes/TEMPLATE.md": template, "notes/bert.md": note}
    )


def contract(lines: str) -> dict[str, str]:
    return {
        "tldr-lint.toml": '[collection.notes]\nitems = "notes/*.md"\n'
        f'template = "notes/TEMPLATE.md"\nindex = "README.md"\n{lines}\n'
    }


def sections(*names: str, end: str = "\n") -> str:
    body = "\n\n".join(f"## {name}\n\nAbout {name}." for name in names)
    return f"# BERT\n\n{body}{end}"


def test_a_healthy_item_is_silent() -> None:
    """The rules find fault with an item that follows its template."""
    assert repository(WHOLE).report() == []


@pytest.mark.parametrize(
    "heading", ["Summary\n-------", "<h2>Summary</h2>", "## **Summary**", "## SUMMARY ##"]
)
def test_a_section_is_recognised_however_it_is_written(heading: str) -> None:
    """A section is called missing because its heading is written in another style."""
    assert repository(WHOLE.replace("## Summary", heading)).report("TL103", "TL104") == []


@pytest.mark.parametrize("line", ["> ## Summary", "- ## Summary", "```\n## Summary\n```"])
def test_a_heading_in_a_quote_list_or_fence_is_no_section(line: str) -> None:
    """A quoted heading counts as the section that is in truth missing."""
    reported = repository(WHOLE.replace("## Summary", line)).report("TL10")

    assert reported == ["notes/bert.md:1:1: TL103 section `Summary` of the template is missing"]


def test_files_that_are_no_items_are_not_judged() -> None:
    """The index, the template or a page elsewhere is held to the template."""
    guide = {"docs/guide.md": "## Guide\n\n#### Deep\n\nTODO\n"}

    assert MemoryRepository(repository(WHOLE).files | guide).report() == []


def test_an_unreadable_template_brings_no_avalanche() -> None:
    """One NUL in the template makes every item lack or add sections."""
    reported = repository("# BERT\n\n## Other\n\nText.\n", TEMPLATE + "\0").report()

    assert [line.split()[1] for line in reported] == ["TL001"]


def test_an_unreadable_item_is_reported_once() -> None:
    """An item that cannot be read is said to lack its title and its sections too."""
    assert [line.split()[1] for line in repository("\0").report()] == ["TL001"]


def test_sections_false_switches_the_section_rules_off() -> None:
    """`sections = false` still holds items to the template."""
    note = "# BERT\n\n## Art\n\nThree.\n\n## Art\n\nFour.\n\n## Other\n\nFive.\n"
    held = repository(note)
    free = MemoryRepository(held.files | contract("sections = false"))

    assert held.report("TL103", "TL104", "TL106")
    assert free.report() == []


def test_sections_changed_means_all_where_no_base_is_known() -> None:
    """Without history `sections = "changed"` hides every fault."""
    note = WHOLE.replace("## Art", "## Other")
    changed = MemoryRepository(repository(note).files | contract('sections = "changed"'))

    assert len(changed.report("TL103", "TL104")) == 2


def test_optional_sections_may_be_absent_but_keep_their_place() -> None:
    """A heading that the contract makes optional is required, unknown, or free in its place."""
    optional = contract('optional = ["art"]')

    def report(*names: str) -> list[str]:
        return MemoryRepository(repository(sections(*names)).files | optional).report()

    assert report("Summary", "TL;DR") == []
    assert [line.split()[1] for line in report("Art", "Summary", "TL;DR")] == ["TL105"]


def test_sub_sections_are_looked_for_below_their_own_parent() -> None:
    """A sub-section of another parent passes for the one that is missing."""
    template = "# <TITLE>\n\n## A\n\n### Links\n\n## B\n"
    note = "# BERT\n\n## A\n\nText.\n\n## B\n\n### Links\n\nText.\n"

    assert repository(note, template).report() == [
        "notes/bert.md:3:1: TL103 section `Links` of the template is missing under `A`"
    ]


def test_sub_sections_of_a_missing_section_are_not_reported() -> None:
    """One missing section is reported once for itself and once for each part of it."""
    template = "# <TITLE>\n\n## A\n\n### Links\n\n## B\n"

    assert repository("# BERT\n\n## B\n\nText.\n", template).report() == [
        "notes/bert.md:1:1: TL103 section `A` of the template is missing"
    ]


def test_sub_sections_change_places_within_their_parent() -> None:
    """The order of sub-sections is not looked at, or its repair leaves the parent."""
    template = "# <TITLE>\n\n## A\n\n### One\n\n### Two\n\n## B\n"
    note = "# BERT\n\n## A\n\nLead.\n\n### Two\n\n2.\n\n### One\n\n1.\n\n## B\n\nText.\n"
    broken = repository(note, template)

    assert [line.split()[1] for line in broken.report()] == ["TL105"]
    assert broken.repaired()[0].files["notes/bert.md"] == (
        "# BERT\n\n## A\n\nLead.\n\n### One\n\n1.\n\n### Two\n\n2.\n\n## B\n\nText.\n"
    )


def test_a_template_that_repeats_a_heading_lets_items_repeat_it() -> None:
    """What the template itself does is called a duplicate in an item."""
    template = "# <TITLE>\n\n## Step\n\n## Step\n"

    assert repository(sections("Step", "Step", "Step"), template).report() == []


def test_a_heading_with_a_placeholder_in_it_stands_for_many() -> None:
    """`Results on <DATA>` is asked for word by word, or lets any heading pass."""
    template = "# <TITLE>\n\n## Results on <DATA>\n"
    reported = repository(sections("Results on GLUE", "Result of GLUE"), template).report()

    assert reported == ["notes/bert.md:7:1: TL104 section `Result of GLUE` is not in the template"]


@pytest.mark.parametrize("end", ["\n", "", "\n\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("order", list(permutations(["Summary", "TL;DR", "Art", "More"])))
def test_every_order_is_put_right(order: tuple[str, ...], newline: str, end: str) -> None:
    """A repair of the order stops half-way, loses text, or changes how the file ends."""
    template = TEMPLATE + "\n## More\n"
    wanted = sections("Summary", "TL;DR", "Art", "More", end=end).replace("\n", newline)
    broken = repository(sections(*order, end=end).replace("\n", newline), template)
    repaired, _ = broken.repaired()

    assert repaired.files["notes/bert.md"] == wanted
    assert repaired.report() == []


def test_sections_without_blank_lines_between_stay_so() -> None:
    """A repair of the order puts in white space that nobody wrote."""
    note = "# BERT\n## TL;DR\nTwo.\n## Summary\nOne.\n## Art\nThree.\n"

    assert repository(note).repaired()[0].files["notes/bert.md"] == (
        "# BERT\n## Summary\nOne.\n## TL;DR\nTwo.\n## Art\nThree.\n"
    )


def test_an_anchor_above_a_heading_moves_with_it() -> None:
    """A link to an anchor above a heading leads to another section after the repair."""
    note = (
        "# BERT\n\n## TL;DR\n\nTwo.\n\n"
        '<a name="facts"></a>\n## Summary\n\nOne.\n\n## Art\n\n[Facts](#facts)\n'
    )

    assert repository(note).repaired()[0].files["notes/bert.md"] == (
        '# BERT\n\n<a name="facts"></a>\n## Summary\n\nOne.\n\n'
        "## TL;DR\n\nTwo.\n\n## Art\n\n[Facts](#facts)\n"
    )


def test_an_unknown_section_stays_behind_the_one_it_followed() -> None:
    """A repair of the order tears a section from the one it belongs to."""
    note = sections("TL;DR", "Own", "Summary", "Art")
    repaired, _ = repository(note).repaired()

    assert repaired.files["notes/bert.md"] == sections("Summary", "TL;DR", "Own", "Art")


@pytest.mark.parametrize(
    "note",
    [
        "# BERT\n\n## TL;DR\n\n### Fig\n\nTwo.\n\n## Summary\n\n### Fig\n\nOne.\n\n## Art\n\n3.\n",
        "# BERT\n\n## TL;DR\n\n[a]\n\n[a]: #x\n\n## Summary\n\n[A]: #y\n\n1.\n\n## Art\n\n3.\n",
        "# BERT\n\n## TL;DR\n\nTwo.\n\n# Other\n\n## Summary\n\nOne.\n\n## Art\n\nThree.\n",
    ],
    ids=["anchors", "definitions", "title between"],
)
def test_the_order_is_left_alone_where_moving_changes_a_meaning(note: str) -> None:
    """A safe repair renumbers anchors, lets another definition win, or crosses a title."""
    broken = repository(note)

    assert broken.report("TL105")
    assert broken.repaired()[0].files == broken.files


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["\n", ""])
@pytest.mark.parametrize("missing", ["Summary", "TL;DR", "Art"])
def test_a_missing_section_is_put_in_at_its_place(missing: str, newline: str, end: str) -> None:
    """The section goes to another place, or into a neighbour's paragraph."""
    names = [name for name in ("Summary", "TL;DR", "Art") if name != missing]
    broken = repository(sections(*names, end=end).replace("\n", newline))
    repaired, _ = broken.repaired(unsafe=True)
    text = repaired.files["notes/bert.md"]

    assert repaired.report("TL103", "TL105") == []
    assert f"{newline}{newline}## {missing}{newline}" in f"{text}{newline}"
    assert text.count("\r") == (text.count("\n") if newline == "\r\n" else 0)
    assert text.replace(f"## {missing}", "").split() == broken.files["notes/bert.md"].split()


def test_all_sections_are_put_in_one_after_the_other() -> None:
    """Several missing sections end in the wrong order, or the repair does not come to rest."""
    repaired, _ = repository("# BERT\n").repaired(unsafe=True)

    assert repaired.files["notes/bert.md"] == "# BERT\n\n## Summary\n\n## TL;DR\n\n## Art\n"


def test_the_template_s_own_text_comes_with_the_section() -> None:
    """A repair puts in a bare heading where the template has a table below it."""
    template = "# <TITLE>\n\n## Links\n\n- paper:\n- code:\n\n## Art\n"
    repaired, _ = repository("# BERT\n\n## Art\n\nThree.\n", template).repaired(unsafe=True)

    assert repaired.files["notes/bert.md"] == (
        "# BERT\n\n## Links\n\n- paper:\n- code:\n\n## Art\n\nThree.\n"
    )


def test_many_headings_take_linear_time() -> None:
    """A file of headings only is compared with itself: this test would not come to an end."""
    note = "# BERT\n\n" + "## A\n" * 20_000

    assert len(repository(note, TEMPLATE).report("TL104")) == 20_000


def test_a_section_raised_to_a_title_is_one_finding() -> None:
    """`# Art` is a second title, a missing section and a skipped level at once."""
    note = WHOLE.replace("## Art\n\n", "# Art\n\n### Figure\n\n")

    assert repository(note).report() == [
        "notes/bert.md:11:1: TL101 a second H1: a file has one title"
    ]


def test_a_section_lowered_too_far_is_one_fault() -> None:
    """One slip of the `#` key is called a skipped level, or an empty section, as well."""
    note = WHOLE.replace("## Art\n\n", "#### Art\n\n### Figure\n\n")

    assert [line.split()[1] for line in repository(note).report()] == ["TL103"]


def test_a_comment_above_a_heading_of_the_template_can_make_it_optional() -> None:
    """Templates that mark their optional sections in comments make them required."""
    template = "# <TITLE>\n\n## Summary\n\n<!-- This is an optional element. -->\n## Links\n"

    assert repository(sections("Summary"), template).report() == []


def test_sections_may_be_titles_if_the_template_s_are() -> None:
    """A template whose sections are H1s makes every item that follows it wrong."""
    template = "# Summary\n\n# Motivation\n\n# Drawbacks\n"
    note = "# Summary\n\nOne.\n\n# Motivation\n\nTwo.\n\n# Drawbacks\n\nThree.\n"
    short = note.removesuffix("\n# Drawbacks\n\nThree.\n")

    assert repository(note, template).report() == []
    assert repository(short, template).report() == [
        "notes/bert.md:1:1: TL103 section `Drawbacks` of the template is missing"
    ]
    assert repository(short, template).repaired(unsafe=True)[0].files["notes/bert.md"] == (
        f"{short}\n# Drawbacks\n"
    )


@pytest.mark.parametrize(
    "opening",
    ["<!-- later", "```text", "~~~~\n```", "<!later", "<?later", "<![CDATA[", "<pre>", "<Style"],
)
def test_nothing_is_put_behind_what_was_left_open(opening: str) -> None:
    """A section put into HTML or code is still missing, and is put there again and again."""
    repaired, done = repository(f"{WHOLE.partition('## Art')[0]}{opening}\n").repaired(unsafe=True)

    assert not done.fixed
    assert repaired.report("TL103")


@pytest.mark.parametrize(
    "closed",
    [
        "<!-- later -->",
        "`<!--`",
        "<!x>",
        "<pre>\n</pre>",
        "```text\n```",
        "~~~~\n```\n~~~~~",
        "    x",
    ],
)
def test_a_section_is_put_behind_what_is_closed(closed: str) -> None:
    """HTML or code at the end of a file keeps the missing section from being added."""
    repaired, _ = repository(f"{WHOLE.partition('## Art')[0]}{closed}\n").repaired(unsafe=True)

    assert repaired.report("TL103") == []


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_an_added_section_leaves_the_end_of_the_file_as_it_is(end: str) -> None:
    """A fix gives a file a final line ending that it did not have."""
    newline = end or "\n"
    note = WHOLE.partition("\n\n## Art")[0].replace("\n", newline)
    repaired, _ = repository(f"{note}{end}").repaired(unsafe=True)

    assert repaired.files["notes/bert.md"] == f"{note}{newline}{newline}## Art{end}"


def test_sections_are_put_behind_a_byte_order_mark() -> None:
    """A byte order mark gets into the middle of a file."""
    repaired, _ = repository("\ufeff").repaired(unsafe=True)

    assert repaired.files["notes/bert.md"] == "\ufeff## Summary\n\n## TL;DR\n\n## Art\n"


@pytest.mark.parametrize("name", ["Summary of results", "Sumary", "Art of it"])
def test_a_section_under_a_longer_or_misspelt_name_is_reported_once(name: str) -> None:
    """One renamed section is reported as missing and as unexpected."""
    old = "Art" if name.startswith("Art") else "Summary"
    found = repository(WHOLE.replace(f"## {old}\n", f"## {name}\n")).report("TL10")

    assert [line.split()[1] for line in found] == ["TL103"]
    assert f"did you mean `{old}`?" in found[0]
