"""Rules on links, anchors, images and listings: TL301 to TL309."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_repository import KNOWN, MemoryRepository, as_line
from tldr_lint.checks import RULES
from tldr_lint.contract.model import Contract
from tldr_lint.engine import diagnostics, run, selection
from tldr_lint.parse import parse
from tldr_lint.records import replace
from tldr_lint.rule import Diagnostic
from tldr_lint.text import Source
from tldr_lint.workspace import build


def report(text: str, path: str = "README.md", **others: str) -> list[str]:
    """What is reported of one file among others; `_` in a name stands for `/`, `__` for `.`."""
    files = {name.replace("__", ".").replace("_", "/"): text for name, text in others.items()}
    lines = MemoryRepository({**files, path: text}).report("TL3")
    return [line.removeprefix(f"{path}:") for line in lines if line.startswith(f"{path}:")]


def codes(text: str, path: str = "README.md", **others: str) -> list[str]:
    return [line[: line.index("TL3") + 5] for line in report(text, path, **others)]


# TL301


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[a](b.md)", "1:5"),
        ("x [a](<b c.md> 'title')", "1:8"),
        ('<a href="b.md">a</a>', "1:10"),
        ("> - [a](b.md#x)", "1:9"),
        ("| a |\n|---|\n| \\| [a](b.md) |", "3:10"),
        ("\u4e2d\u6587 \U0001f600 [a](b.md)", "1:10"),
        ("[a][x] [b][x]\n\n[x]: b.md", "3:6"),
        ("[![logo](logo__png)](b.md)", "1:21"),
        ("\ufeff[a](b.md)", "1:5"),
        ("# A [a](b.md)", "1:9"),
    ],
)
def test_a_broken_link_is_reported_at_its_target(text: str, place: str) -> None:
    """A link in a table, quote, heading or HTML is not seen, or reported beside its target."""
    text = text.replace("logo__png", "logo.png")

    assert codes(text, logo__png="") == [f"{place}: TL301"]


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs) [b](docs/) [c](/docs/) [d](.) [e](/)",
        "[a](docs/x%20y.md) [b](<docs/x y.md>) [c](docs/x%20y.md?plain=1#L3)",
        "[a](../../wiki) [b](mailto:a@b.c) [c](https://example.org)",
        "`[a](b.md)` <!-- [a](b.md) -->",
        "```\n[a](b.md)\n```",
        "[a] [b](#)",
        "\\[a](b.md)",
    ],
)
def test_what_leads_somewhere_is_let_be(text: str) -> None:
    """A folder, an encoded blank or a link in code is called broken."""
    files = {"README.md": text, "docs/x y.md": ""}

    assert MemoryRepository(files).report("TL3") == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bret.md", "bert.md"),
        ("t5.md", "deep/t5.md"),
        ("/notes/t5.md", "/notes/deep/t5.md"),
        ("bert", "bert.md"),
        ("../notes/bret.md", "bert.md"),
        ("deep/readme.txt", None),
        ("gone/README.md", None),
    ],
)
def test_what_may_be_meant_is_said_as_a_link_from_there(written: str, meant: str | None) -> None:
    """The suggestion is a path that does not work where the link stands."""
    files = {"notes/a.md": f"[x]({written})", "notes/bert.md": "", "notes/deep/t5.md": ""}
    files["README.md"] = ""
    hint = f"; did you mean `{meant}`?" if meant else ""

    assert MemoryRepository(files).report("TL3") == [
        f"notes/a.md:1:5: TL301 `{written}` does not exist{hint}"
    ]


def test_one_missing_target_is_said_once_a_file_with_its_places() -> None:
    """A deleted file that is linked twenty times fills the screen."""
    files = {"README.md": "[a](b.md) [a](b.md#x)\n\n[c](./b.md)", "notes/x.md": "[a](../b.md)"}
    found = MemoryRepository(files).diagnostics()

    assert [as_line(d)[:18] for d in found] == ["README.md:1:5: TL3", "notes/x.md:1:5: TL"]
    assert [(n.location.start.row, n.location.start.column) for n in found[0].related] == [
        (1, 15),
        (3, 5),
    ]


def test_links_without_a_target_are_each_reported() -> None:
    """An empty link passes, or only the first of several is reported."""
    assert report("[a]() [b](<>)\n\n![c]()") == [
        "1:1: TL301 the link has no target",
        "1:7: TL301 the link has no target",
        "3:1: TL304 the image has no target",
    ]


def test_a_template_may_leave_targets_open() -> None:
    """The template's own placeholders are called broken there, or pass where they were copied."""
    holes = "[paper]() [code](<URL>) ![fig](../assets/{name}.png) [gone](gone.md)\n"
    files = {
        "README.md": "- [A](notes/a.md)\n",
        "notes/TEMPLATE.md": f"# <TITLE>\n\n{holes}",
        "notes/a.md": f"# A\n\n{holes}",
    }

    assert [line[: line.index(" TL") + 6] for line in MemoryRepository(files).report("TL3")] == [
        "notes/TEMPLATE.md:3:61: TL301",
        "notes/a.md:3:1: TL301",
        "notes/a.md:3:19: TL301",
        "notes/a.md:3:32: TL304",
        "notes/a.md:3:61: TL301",
    ]


def test_a_file_that_the_commit_lacks_is_missing() -> None:
    """A commit goes through although the note it links was never added."""
    texts = {"README.md": "[a](a.md) ![b](b.png)", "a.md": ""}
    documents = {path: parse(Source(path, text)) for path, text in texts.items()}
    workspace = build(documents, Contract(), KNOWN, paths=["b.png"], uncommitted=["a.md", "b.png"])
    found = run(workspace, selection(Contract(), RULES))

    assert [each.finding.message for each in found] == [
        "`a.md` is not committed: it is neither tracked nor staged",
        "`b.png` is not committed: it is neither tracked nor staged",
    ]


def test_addresses_of_the_own_repository_are_paths_where_it_is_declared() -> None:
    """An absolute link to a deleted file of the same repository passes."""
    text = "[a](https://github.com/ada/notes/blob/main/gone.md) [b](https://github.com/x/y)"
    files = {"README.md": text, "tldr-lint.toml": 'repository = "https://github.com/ada/notes"\n'}

    assert [line[:20] for line in MemoryRepository(files).report("TL3")] == ["README.md:1:5: TL301"]


# TL302


@pytest.mark.parametrize(
    "fragment",
    [
        "quick_note",
        "Quick_Note",
        "user-content-quick_note",
        "hello-world",
        "hello-world-1",
        "hello-world-1-1",
        "caf%C3%A9",
        "caf\u00e9",
        "Named",
        "by-id",
        "raw",
        "top",
        "TOP",
        "",
        "L10",
        "L10-L20",
        "in-a-quote",
        ":~:text=word",
        "raw:~:text=word",
    ],
)
def test_fragments_lead_where_github_leads_them(fragment: str) -> None:
    """A fragment that works on GitHub is called broken."""
    text = (
        "# Quick_Note\n\n## Hello World\n\n## Hello World\n\n## Hello World-1\n\n## Caf\u00e9\n\n"
        '<a name="Named"></a> <span id="by-id">x</span>\n\n<h3>Raw</h3>\n\n> ## In a quote\n'
    )

    assert codes("# X\n\n[x](docs/a.md#" + fragment + ")", docs_a__md=text) == []
    assert codes(f"{text}\n[x](#{fragment})") == []


@pytest.mark.parametrize("fragment", ["quick-note", "named", "BY-ID", "hello-world-2", "x%"])
def test_fragments_that_lead_nowhere_are_reported(fragment: str) -> None:
    """An explicit id is found in any letter case, or a slug that GitHub does not make."""
    text = '# Quick_Note\n\n## Hello World\n\n<a name="Named"></a><b id="By-Id"></b>\n'

    assert codes("[x](docs/a.md#" + fragment + ")", docs_a__md=text) == ["1:14: TL302"]


def test_a_fragment_of_a_folder_is_looked_for_in_its_readme() -> None:
    """An anchor of a folder's page passes whatever it says."""
    page = "# Docs\n\n## Here\n"

    assert codes("[a](docs/#here) [b](docs#gone)", docs_README__md=page) == ["1:25: TL302"]


@pytest.mark.parametrize("target", ["a.py#x", "a.md?plain=1#x", "docs/a.png#x", "bad.md#x"])
def test_fragments_of_what_has_no_anchors_are_not_checked(target: str) -> None:
    """A fragment of source code or of an unreadable page is called broken."""
    files = {"README.md": f"[x]({target})", "a.py": "", "a.md": "", "docs/a.png": ""}
    files["bad.md"] = "# A\x00"

    assert MemoryRepository(files).report("TL3") == []


def test_a_repeated_fragment_is_said_once_and_beside_a_broken_letter_case() -> None:
    """A reworded heading is reported for each link, or hidden by a wrong letter case."""
    assert codes("[a](A.md#x) [b](A.md#x) [c](a.md#x)", a__md="") == [
        "1:5: TL303",
        "1:9: TL302",
        "1:17: TL303",
    ]


# TL303


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Docs/BERT%20notes.md", "docs/Bert%20notes.md"),
        ("./docs/bert%20Notes.MD?x=Y#Z", "./docs/Bert%20notes.md?x=Y#Z"),
        ("/DOCS/../docs/bert%20notes.md", "/DOCS/../docs/Bert%20notes.md"),
        ("docs/%42ERT%20notes.md", "docs/%42ert%20notes.md"),
        ("<docs/BERT notes.md>", "<docs/Bert notes.md>"),
        ("Docs", "docs"),
        ("DOCS/", "docs/"),
        ("docs/STRASSE.md", "docs/Stra\u00dfe.md"),
        ("docs/str%61sse.md", "docs/Stra%C3%9Fe.md"),
    ],
)
def test_only_the_letter_case_of_a_path_is_mended(written: str, expected: str) -> None:
    """Mending letter case re-encodes the path, or loses its query or fragment."""
    files = {"README.md": f"[x]({written})", "docs/Bert notes.md": "", "docs/Stra\u00dfe.md": ""}
    repository = MemoryRepository(files)
    repaired, _ = repository.repaired()

    assert [line[20:25] for line in repository.report("TL303")] != []
    assert repaired.files["README.md"] == f"[x]({expected})"
    assert repaired.report("TL301", "TL303") == []


def test_a_path_from_a_deeper_folder_keeps_its_steps() -> None:
    """Climbing steps are counted as folders of the path."""
    files = {"notes/a.md": "![x](../ASSETS/./X.png)\n\n[y]: ../Notes/a.md\n", "assets/x.png": ""}
    repaired, _ = MemoryRepository(files).repaired()

    assert repaired.files["notes/a.md"] == "![x](../assets/./x.png)\n\n[y]: ../notes/a.md\n"


def test_an_escaped_path_is_left_to_its_author() -> None:
    """A repair takes a back slash for a letter of the path."""
    files = {"README.md": "[x](DOCS\\_A.md)", "docs_a.md": ""}
    found = MemoryRepository(files).diagnostics()

    assert [(d.code, d.fix) for d in found] == [("TL303", None)]


def test_a_link_in_the_wrong_letter_case_still_lists_and_uses() -> None:
    """A wrong letter case also shows as an unlisted note and an unused image."""
    files = {
        "README.md": "- [A](notes/A.md)\n",
        "notes/TEMPLATE.md": "# <TITLE>\n",
        "notes/a.md": "# A\n\n![x](../assets/X.png)\n",
        "assets/x.png": "",
    }

    assert [line[:20] for line in MemoryRepository(files).report("TL3")] == [
        "README.md:1:7: TL303",
        "notes/a.md:3:6: TL30",
    ]


# TL304


def test_missing_images_are_reported_in_all_spellings() -> None:
    """An image in HTML or by reference is not seen."""
    text = (
        '![a](a.png) <img src="b.png">\n\n![c][c]\n\n[c]: c.png\n\n'
        '<p align="center">\n  <img alt="d" src="d.png" width="3">\n</p>\n\n![e](docs)\n'
    )

    assert report(text, docs_x__md="") == [
        "1:6: TL304 `a.png` does not exist",
        "1:23: TL304 `b.png` does not exist",
        "5:6: TL304 `c.png` does not exist",
        "8:21: TL304 `d.png` does not exist",
        "11:6: TL304 `docs` is a folder, not an image",
    ]


# TL305, TL306


def collection(index: str, *names: str, **extra: str) -> MemoryRepository:
    files = {"README.md": index, "notes/TEMPLATE.md": "# <TITLE>\n"}
    files |= {f"notes/{name}.md": f"# {name}\n" for name in names}
    return MemoryRepository(files | extra)


def test_a_note_without_an_entry_is_reported_at_its_title() -> None:
    """A note that only prose mentions counts as listed."""
    repository = collection("See [b](notes/b.md).\n\n- [a](notes/a.md)\n", "a", "b", "c")
    repository.files["notes/c.md"] = "<!-- x -->\n\n# c\n"

    assert repository.report("TL3") == [
        "notes/b.md:1:1: TL305 the note is not listed in `README.md`",
        "notes/c.md:3:1: TL305 the note is not listed in `README.md`",
    ]


def test_mentions_rows_and_reference_links_list_a_note() -> None:
    """A note in a table, a nested list or behind a reference link counts as unlisted."""
    index = (
        "| x | y |\n|---|---|\n| a | see [a](notes/a.md) |\n\n"
        "- group\n  - [b][b]\n  - [web](https://x.y), [c](/notes/c.md)\n\n[b]: notes/b.md\n"
    )

    assert collection(index, "a", "b", "c").report("TL3") == []


def test_prose_lists_where_there_are_no_entries() -> None:
    """An index that is a paragraph reports every note as unlisted."""
    assert collection("[a](notes/a.md), [b](notes/b.md)\n", "a", "b").report("TL3") == []


def test_a_second_entry_is_reported_and_a_mention_is_not() -> None:
    """A cross reference in another entry counts as a second listing."""
    index = (
        "[a](notes/a.md)\n\n- [a](notes/a.md)\n- [b](notes/b.md), after [a](notes/a.md)\n"
        "- see also [web](https://x.y) and [b](notes/b.md)\n- [a](./notes/a.md#x)\n"
    )
    found = collection(index, "a", "b").diagnostics()
    twice = [d for d in found if d.code == "TL306"]

    assert [as_line(d)[:16] for d in twice] == ["README.md:6:3: T"]
    assert [d.related[0].location.start.row for d in twice] == [3]


@pytest.mark.parametrize(("key", "left"), [("complete", "TL306"), ("once", "TL305")])
def test_the_contract_can_allow_either(key: str, left: str) -> None:
    """An index of favourites must list everything, or an index by topic may not repeat."""
    contract = (
        '[collection.notes]\nitems = "notes/*.md"\ntemplate = "notes/TEMPLATE.md"\n'
        f'[collection.notes.index]\nfile = "README.md"\n{key} = false\n'
    )
    index = "- [a](notes/a.md)\n- [a](notes/a.md)\n"
    repository = collection(index, "a", "b", **{"tldr-lint.toml": contract})

    assert [d.code for d in MemoryRepository(repository.files).diagnostics()] == [left]


# TL307


def test_images_nobody_shows_are_reported_at_the_image() -> None:
    """An unused figure passes, or one that HTML or a link shows is called unused."""
    files = {
        "README.md": (
            '![a](assets/a.png) [b](assets/b.webp)\n\n<img src="assets/c.svg">\n\n'
            "![d](https://raw.githubusercontent.com/ada/n/main/assets/d.png)\n"
        ),
        "page.md": "---\ncover: /assets/e.jpg\n---\n\n<!-- ![f](assets/f.png) -->\n",
    }
    images = {f"assets/{name}": "" for name in ("a.png", "b.webp", "c.svg", "d.png", "e.jpg")}
    images |= {"assets/f.png": "", "docs/assets/deep/g.GIF": "", "assets/data.csv": ""}

    assert MemoryRepository({**files, **images}).report("TL3") == [
        "assets/f.png:1:1: TL307 no document shows this image",
        "docs/assets/deep/g.GIF:1:1: TL307 no document shows this image",
    ]


def test_images_that_something_else_may_show_are_let_be() -> None:
    """The images of a web site, of hidden folders or of no assets folder are called unused."""
    files = {"README.md": "![a](img/a.png)\n", "img/a.png": "", "img/b.png": ""}
    files |= {"logo.png": "", ".github/assets/x.png": "", "figures/x.png": ""}
    files |= {"site/assets/x.png": "", "site/assets/x.css": "", "assets/favicon.ico": ""}

    assert MemoryRepository(files).report("TL3") == [
        "img/b.png:1:1: TL307 no document shows this image"
    ]


# TL308


def test_paths_that_leave_the_repository_are_reported_once_and_not_as_broken() -> None:
    """A path on somebody's disk is followed, or also called broken."""
    text = "[a](../x.md) ![b](C:\\b.png) [c](docs\\a.md) [d](/home/x.md) [e](file:///x)"

    assert codes(text, docs_a__md="") == [
        "1:5: TL308",
        "1:19: TL308",
        "1:33: TL308",
        "1:48: TL308",
        "1:64: TL308",
    ]


def test_a_folder_of_the_root_may_be_called_like_one_of_the_disk() -> None:
    """A repository with a folder `opt` cannot link it from the root."""
    assert codes("[a](/opt/a.md) [b](/opt/b.md) [c](/tmp/c.md)", opt_a__md="") == [
        "1:20: TL301",
        "1:35: TL308",
    ]


# TL309


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("[a][b] and [c][]", ["1:1", "1:12"]),
        ("![a][b]", ["1:1"]),
        ("| a |\n|---|\n| [a][b] |", ["3:3"]),
        ("[1][2]\n\n[3]: https://x.y", ["1:1"]),
        ("[a] [^1] [a](#) `[a][b]` \\[a][b]", []),
        ("[a][B  c]\n\n[b C]: https://x.y", []),
        ("[CLS][SEP] and [12][13] and x[i][j]", []),
    ],
)
def test_references_without_a_definition_are_reported(text: str, places: list[str]) -> None:
    """A misspelt label passes, or brackets that are no reference are reported."""
    assert codes(text) == [f"{place}: TL309" for place in places]


# Abuse


@given(st.text(alphabet="[]()<>!`|\\#?%.:/ ab\n", max_size=60))
def test_no_text_makes_a_rule_fail(text: str) -> None:
    """Odd brackets raise, or a place lies outside of the file."""
    repository = MemoryRepository({"README.md": text, "a.md": "# A\n"})
    sources = {path: document.source for path, document in repository.documents().items()}
    for found in repository.diagnostics():
        assert found.place.span.end <= len(sources[found.place.path].text)
        assert "\n" not in found.message


def test_a_file_of_broken_links_costs_no_guess_for_each() -> None:
    """Ten thousand broken links among a thousand files take minutes of guessing."""
    files = {f"n/{number}.md": "" for number in range(900)}
    files["README.md"] = "\n".join(f"[x](n/gone{number}.md#y)" for number in range(10_000))
    found: tuple[Diagnostic, ...] = MemoryRepository(files).diagnostics()

    assert len(found) == 10_000


def test_a_long_target_is_cut_in_the_message() -> None:
    """A megabyte of target is printed in full."""
    (line,) = report(f"[x]({'a' * 5000}.md)")

    assert len(line) < 150


def test_the_order_of_files_does_not_matter() -> None:
    """A finding or its wording depends on which file is listed first."""
    texts = {"README.md": "[a](X.md) [b](y/q.md)", "x.MD.txt": "", "a/q.md": "", "b/q.md": ""}
    forward = MemoryRepository(texts)
    backward = MemoryRepository(dict(reversed(texts.items())))

    assert forward.report() == backward.report()
    workspace = forward.workspace(forward.documents())
    shuffled = replace(workspace, documents=dict(reversed(list(workspace.documents.items()))))
    sources = {path: document.source for path, document in workspace.documents.items()}
    chosen = selection(Contract(), RULES)

    assert diagnostics(run(workspace, chosen), sources) == diagnostics(
        run(shuffled, chosen), sources
    )
