"""Titles: what the pages of TL101, TL102 and TL110 leave open."""

import pytest

from memory_repository import MemoryRepository

TEMPLATE = "# <TITLE>\n\n## TL;DR\n"
BODY = "\n\n## TL;DR\n\nText.\n"
LONG = "Exploring the Limits of Transfer Learning with a Unified"


def table(*rows: tuple[str, str]) -> str:
    lines = "".join(f"| {title} | [notes](notes/{name}.md) |\n" for title, name in rows)
    return f"# Papers\n\n| Paper | Notes |\n| --- | --- |\n{lines}"


def links(*entries: tuple[str, str]) -> str:
    return "# Papers\n\n" + "".join(f"- [{text}](notes/{name}.md)\n" for text, name in entries)


def repository(readme: str, *, template: str | None = TEMPLATE, **notes: str) -> MemoryRepository:
    files = {"README.md": readme} | {f"notes/{name}.md": text for name, text in notes.items()}
    if template is not None:
        files["notes/TEMPLATE.md"] = template
    return MemoryRepository(files)


def untitled(note: str) -> MemoryRepository:
    """A note whose title no index tells."""
    return repository("# Papers\n\nSee [the notes](notes/t5.md).\n", t5=note)


# TL101


def test_a_title_in_the_front_matter_is_a_title() -> None:
    """A page of a site builder is said to have no title."""
    note = "---\ntitle: T5\n---\n\n## TL;DR\n\nText.\n"

    assert untitled(note).report("TL101") == []


def test_front_matter_without_a_title_gives_none() -> None:
    """Any front matter passes for a title."""
    reported = untitled("---\nauthor: me\n---\n\n## TL;DR\n\nText.\n").report("TL101")

    assert reported == ["notes/t5.md:5:1: TL101 the file has no title: its first heading is an H2"]


@pytest.mark.parametrize("title", ["T5\n==", '<h1 align="center">T5</h1>', "# T5 #"])
def test_a_title_is_recognised_however_it_is_written(title: str) -> None:
    """A title in another style is none."""
    assert untitled(title + BODY).report("TL101") == []


def test_a_heading_before_the_title_is_reported_where_it_stands() -> None:
    """The title is blamed for what stands before it."""
    assert untitled(f"## Before\n\nText.\n\n# T5{BODY}").report("TL101") == [
        "notes/t5.md:1:1: TL101 an H2 stands before the title"
    ]


def test_several_further_titles_are_one_finding() -> None:
    """A file that uses H1 for its sections is reported once for each of them."""
    note = "# T5\n\nText.\n\n# One\n\nText.\n\n# Two\n\nText.\n"

    assert untitled(note).report("TL101") == [
        "notes/t5.md:5:1: TL101 a second H1: a file has one title"
    ]


def test_an_empty_item_lacks_only_its_title() -> None:
    """An empty file is no file to the rules."""
    assert untitled("").report("TL101") == ["notes/t5.md:1:1: TL101 the file has no title"]


def test_the_second_title_in_a_quote_is_none() -> None:
    """A quoted title counts as the item's."""
    assert untitled(f"# T5{BODY}\n> # Quoted\n").report("TL101") == []


# TL102


def cut(first: str, rest: str, told: str) -> MemoryRepository:
    return repository(table((told, "t5")), t5=f"# {first}\n{rest}{BODY}")


@pytest.mark.parametrize(
    ("first", "rest", "told", "joined"),
    [
        ("A Unified", "Transformer", "A Unified Transformer", "A Unified Transformer"),
        ("A Unified", "Transformer  ", "a unified transformer!", "A Unified Transformer"),
        ("A Unified", "Text\nTransformer", "A Unified Text Transformer", None),
        ("Pre-", "training", "Pre-training", "Pre-training"),
        ("A *Unified*", "**Transformer**", "A Unified Transformer", "A *Unified* **Transformer**"),
        ("A Unified #", "Transformer", "A Unified Transformer", "A Unified Transformer #"),
        ("A Unified  ", "Transformer", "A Unified Transformer", "A Unified Transformer"),
        ("A `Uni`", "Transformer (2019)", "A Uni Transformer", "A `Uni` Transformer (2019)"),
    ],
)
def test_a_title_the_index_knows_is_joined(
    first: str, rest: str, told: str, joined: str | None
) -> None:
    """A cut title is not recognised, or the repair changes its markup."""
    broken = cut(first, rest, told)
    repaired, _ = broken.repaired()
    wanted = joined if joined is not None else told

    assert [line.split()[1] for line in broken.report()] == ["TL102"]
    assert repaired.files["notes/t5.md"] == f"# {wanted}{BODY}"
    assert repaired.report() == []


def test_what_follows_the_rest_of_a_title_stays_a_paragraph() -> None:
    """The lead paragraph becomes part of the title, or runs into it."""
    broken = cut("A Unified", "Transformer\nThe paper that named it.", "A Unified Transformer")

    assert broken.repaired()[0].files["notes/t5.md"] == (
        f"# A Unified Transformer\n\nThe paper that named it.{BODY}"
    )


def test_the_repair_of_a_title_keeps_crlf_and_a_bom() -> None:
    """The repaired line ends in another way than its neighbours."""
    note = f"\ufeff# A Unified\nTransformer\nLead.{BODY}".replace("\n", "\r\n")
    broken = repository(table(("A Unified Transformer", "t5")), t5=note)
    wanted = f"\ufeff# A Unified Transformer\n\nLead.{BODY}".replace("\n", "\r\n")

    assert broken.repaired()[0].files["notes/t5.md"] == wanted


@pytest.mark.parametrize(
    "paragraph",
    [
        "Raffel and others, 2019.",
        "Colin Raffel, Noam Shazeer",
        "*A note on the paper*",
        "[Paper](https://example.org/t5)",
        "![T5](#t5)",
        "Every task is a text-to-text task, which makes one model do for all of them",
        "Why it matters:",
    ],
)
def test_a_paragraph_below_a_complete_title_is_let_be(paragraph: str) -> None:
    """A lead paragraph, an author line or a link is taken for half a title."""
    assert untitled(f"# T5\n{paragraph}{BODY}").report("TL102") == []
    assert cut("T5", paragraph, "T5").report("TL102") == []


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        ("Parameter-Efficient Transfer Learning for", "NLP"),
        ("Training Multi-Billion Parameter Models Using", "Model Parallelism"),
        ("ByT5:", "towards a token-free future"),
        (LONG, "Text-to-Text Transformer"),
    ],
)
def test_half_a_title_is_seen_without_an_index(first: str, rest: str) -> None:
    """A cut title goes unseen where no index lists it, or is joined without being asked."""
    broken = untitled(f"# {first}\n{rest}{BODY}")

    assert [line.split()[1] for line in broken.report("TL102")] == ["TL102"]
    assert broken.repaired()[0].files == broken.files
    assert broken.repaired(unsafe=True)[0].files["notes/t5.md"] == f"# {first} {rest}{BODY}"


def test_a_cut_title_is_no_mismatch_too() -> None:
    """One cut title is reported a second time as another title than the index's."""
    reported = cut("A Unified", "Transformer", "A Unified Transformer Model").report()

    assert [line.split()[1] for line in reported] == ["TL102"]


# TL110


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("BERT: Pre-training", "[bert pre training](https://example.org)"),
        ("BERT", "BERT (with *code*)"),
        ("BERT [[paper](https://example.org)]", "BERT"),
        ("`BERT`", "BERT"),
        ("BERT &amp; Co", "BERT & Co"),
        ("BERT", "To-Do"),
        ("BERT", ""),
    ],
)
def test_titles_that_say_the_same_agree(title: str, told: str) -> None:
    """Markup, case, punctuation, remarks or a blank cell make another title."""
    assert repository(table((told, "bert")), bert=f"# {title}{BODY}").report("TL110") == []


def test_a_placeholder_is_no_other_title() -> None:
    """A title left blank is reported a second time as not the index's."""
    reported = repository(table(("BERT", "bert")), bert=f"# <TITLE>{BODY}").report()

    assert [line.split()[1] for line in reported] == ["TL108"]


def test_a_missing_title_is_no_other_title() -> None:
    """An item without H1 is reported a second time as not the index's."""
    reported = repository(table(("BERT", "bert")), bert=f"Text.{BODY}").report()

    assert [line.split()[1] for line in reported] == ["TL101"]


def test_link_texts_are_titles_where_most_of_them_are() -> None:
    """A list's wrong link text goes unseen, or `notes` is taken for a title."""
    notes = {"bert": f"# BERT{BODY}", "t5": f"# T5{BODY}", "gpt": f"# Reformer{BODY}"}
    titled = links(("BERT", "bert"), ("T5", "t5"), ("GPT", "gpt"))
    other = links(("notes", "bert"), ("notes", "t5"), ("GPT", "gpt"))

    assert repository(titled, **notes).report("TL110") == [
        "notes/gpt.md:1:1: TL110 the index calls this `GPT`"
    ]
    assert repository(other, **notes).report("TL110") == []


def test_the_index_is_to_blame_where_the_file_s_name_says_so() -> None:
    """A garbled index entry is laid at the note's door."""
    notes = {"bert": f"# BERT{BODY}", "t5": f"# T5{BODY}", "gpt": f"# GPT{BODY}"}
    readme = links(("BERT", "bert"), ("T5", "t5"), ("Grouped", "gpt"))

    assert repository(readme, **notes).report("TL110") == [
        "README.md:5:3: TL110 the title of `notes/gpt.md` is `GPT`"
    ]


def test_an_entry_that_lists_an_item_again_is_told_so_and_nothing_else() -> None:
    """One wrong link brings TL306, and TL110 on top of it."""
    readme = table(("BERT", "bert"), ("ALBERT", "bert"))
    found = repository(readme, bert=f"# BERT{BODY}")

    assert found.report("TL110") == []
    assert [line.split(": ")[1][:5] for line in found.report("TL306")] == ["TL306"]


def test_without_a_template_the_first_heading_is_the_title() -> None:
    """Collections whose notes begin with an H2 are not compared with their index."""
    notes = {name: f"## [{name}](https://example.org)\n\nText.\n" for name in ("bert", "t5")}
    readme = links(("BERT", "bert"), ("T5", "t5"), ("GPT", "gpt"))
    wrong = repository(readme, template=None, gpt="## g\n\nText.\n", **notes)
    none = repository(readme, template=None, gpt="Text.\n\n## Notes\n\nText.\n", **notes)

    assert wrong.report("TL110") == ["notes/gpt.md:1:1: TL110 the index calls this `GPT`"]
    assert none.report("TL110") == []


@pytest.mark.parametrize(
    ("name", "title", "message"),
    [
        ("0007-cache", "ADR-7: Cache", None),
        ("0007-cache", "ADR-0007: Cache", None),
        ("2021-05-03-cache-7", "ADR-7: Cache", None),
        ("cache", "ADR-7: Cache", None),
        ("0007-cache", "ADR-8: Cache", "the title's number is 8, the file's is 0007"),
        ("0007-cache", "ADR-x: Cache", "the title has not the shape `ADR-{number}: {name}`"),
    ],
)
def test_the_shape_of_titles_is_the_contract_s(name: str, title: str, message: str | None) -> None:
    """A title in the wrong shape, or with another file's number, passes."""
    contract = '[collection.adr]\nitems = "adr/*.md"\ntitle = "ADR-{number}: {name}"\n'
    files = {"tldr-lint.toml": contract, f"adr/{name}.md": f"# {title}\n\nText.\n"}
    expected = [] if message is None else [f"adr/{name}.md:1:1: TL110 {message}"]

    assert MemoryRepository(files).report() == expected


def test_a_title_in_the_front_matter_is_not_the_first_heading() -> None:
    """The first section of an item without H1 is compared with the index."""
    head = "---\ntitle: {}\n---\n\n## Overview\n\nText.\n"
    notes = {"bert": "## BERT\n\nText.\n", "t5": "## T5\n\nText.\n", "gpt": head.format("GPT")}
    readme = links(("BERT", "bert"), ("T5", "t5"), ("GPT", "gpt"))

    assert repository(readme, template=None, **notes).report("TL110") == []
