"""An answer that is given again after prose has changed is what a fresh run would say."""

import io
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from damaged_collections import DAMAGES, damaged
from paper_collection import BERT, README, collection, note, started
from tldr_lint.arguments import Arguments
from tldr_lint.cache.gist import NONE
from tldr_lint.cache.run import load, recall
from tldr_lint.cache.trace import Asking
from tldr_lint.command import check
from tldr_lint.records import replace
from tldr_lint.reports import FORMATS

Files = dict[str, str]
WORDS = "A sentence that was added."
BODIES = (
    *(
        "Some text.",
        "A [link](n0.md).",
        "- one\n- two",
        "1. one\n2. two",
        "**Bold** text\nand more.",
    ),
    *("> quote", "```\ncode\n\nmore code\n```", "<div>html</div>", "Wörter", "    indented"),
    *("<!-- c -->", "- a\n  - b\n\n  more", "### Sub\n\nText", "| x | y |\n|---|---|\n| 1 | 2 |"),
    "<!-- tldr-lint-disable TL209 -->\n\nText",
)


@st.composite
def collections(draw: st.DrawFn) -> Files:
    """A collection of notes in step; most times one file of it is damaged."""
    if not draw(st.integers(0, 4)):
        return draw(damaged()).files
    head = "| Model | Year |\n|---|---|\n"
    rows = [f"| M{number} | 2018 |\n" for number in range(draw(st.integers(2, 4)))]
    files: Files = {}
    for number, row in enumerate(rows):
        bodies = (
            "\n\n".join(draw(st.lists(st.sampled_from(BODIES), min_size=1, max_size=3)))
            for _ in range(2)
        )
        sections = "\n\n".join(
            f"## {name}\n\n{body}" for name, body in zip("AB", bodies, strict=True)
        )
        files[f"notes/n{number}.md"] = f"# N {number}\n\n## Summary\n\n{head}{row}\n{sections}\n"
    shape = f"# <TITLE>\n\n## Summary\n\n{head}|  |  |\n\n## A\n\n## B\n"
    files["notes/TEMPLATE.md"] = shape
    files["notes/bigtable.md"] = f"# All\n\n{head}{''.join(rows)}"
    files["README.md"] = "# Papers\n\n" + "".join(
        f"- [N {number}](notes/n{number}.md)\n" for number in range(len(rows))
    )
    if draw(st.integers(0, 2)):
        path = draw(st.sampled_from(sorted(files)))
        damage = draw(st.sampled_from(draw(st.sampled_from(DAMAGES))))
        files[path] = damage(draw, files[path])
    return files


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """A text after a change, most times to prose."""
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    match draw(st.integers(0, 7)):
        case 0 | 1 | 2:
            lines += [WORDS, ""] if not lines[-1] else ["", WORDS]
        case 3 | 4 if lines[at]:
            lines[at] += f" {WORDS}"
        case 5:
            lines[at:at] = [draw(st.sampled_from(["", "- "])) + WORDS]
        case 6:
            lines[at:at] = ["", WORDS, ""]
        case _:
            return draw(st.sampled_from(draw(st.sampled_from(DAMAGES))))(draw, text)
    return "\n".join(lines)


@given(st.data())
def test_what_is_remembered_is_what_a_fresh_run_says(data: st.DataObject) -> None:
    files = data.draw(collections())
    options = Arguments(
        output_format=(data.draw(st.sampled_from(sorted(FORMATS))),),
        select=data.draw(st.sampled_from([(), (), (), ("TL1",), ("TL2", "TL3"), ("TL107",)])),
        statistics=data.draw(st.integers(0, 5)) == 0,
        no_cache=True,
    )
    with tempfile.TemporaryDirectory() as name:
        root = Path(os.path.realpath(name), "work")
        before = Path.cwd()
        for path, text in files.items():
            write(root / path, text)
        os.chdir(root)
        try:
            asking = asked(root)
            said(options, asking)
            path = data.draw(
                st.sampled_from(sorted(each for each in files if each.endswith(".md")))
            )
            write(root / path, data.draw(edited(files[path])))
            remembered = recall(asking.folder, asking.key)
            event("a whole run" if remembered is None else "from memory")

            assert remembered in {None, said(options, None)}
        finally:
            os.chdir(before)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def asked(root: Path) -> Asking:
    """A run of the future, for which all is old enough."""
    return Asking(str(root.parent / "cache"), os.fsencode(root), time.time_ns() + 10**10)


def said(options: Arguments, asking: Asking | None) -> tuple[bytes, int]:
    """What a run says, and its exit code."""
    out = io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(out):
        code = check(options, asking)
    assert isinstance(out.buffer, io.BytesIO)
    return out.buffer.getvalue(), code


PLAIN = Arguments(no_cache=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A collection in step, and the working directory."""
    place = tmp_path / "work"
    for path, text in collection().items():
        assert text is not None
        write(place / path, text)
    write(place / "assets/a.png", ".")
    write(place / "notes/bert.md", note("B", BERT) + "\n![i](../assets/a.png)\n")
    monkeypatch.chdir(place)
    return place


def remembered(
    root: Path, change: Callable[[], object], options: Arguments = PLAIN
) -> tuple[bytes, int] | None:
    """What is remembered of a run after a change; it is what a fresh run says."""
    asking = asked(root)
    said(options, asking)
    change()
    found = recall(asking.folder, asking.key)
    assert found in {None, said(options, None)}
    return found


def add(path: str, words: str = f"\n{WORDS}\n") -> None:
    with Path(path).open("a", newline="", encoding="utf-8") as file:
        file.write(words)


def test_a_sentence_makes_no_difference(root: Path) -> None:
    assert remembered(root, lambda: add("notes/bert.md")) == (b"no findings in 6 files\n", 0)


def test_a_sentence_makes_no_difference_to_what_is_found_elsewhere(root: Path) -> None:
    add("notes/gpt.md", "\n[x](nowhere.md)\n")

    assert (remembered(root, lambda: add("notes/bert.md")) or (b"", 0))[1] == 1


def saved_by_rename(path: str) -> None:
    """As many editors do, so that whoever reads meanwhile sees the old text or the new one."""
    draft = Path(f"{path}.draft")
    draft.write_text(f"{Path(path).read_text()}\n{WORDS}\n")
    draft.rename(path)


def test_an_editor_may_save_under_another_name_first(root: Path) -> None:
    assert remembered(root, lambda: saved_by_rename(NOTE)) == (b"no findings in 6 files\n", 0)


def other_kind(path: str) -> None:
    add(path)
    Path(path).chmod(0o755)


def linked(path: str) -> None:
    Path(path).rename("notes/other")
    Path(path).symlink_to("other")


def with_new_name(path: str) -> None:
    add(path)
    write(Path("notes/t6.md"), "# T\n")


def with_contract(path: str) -> None:
    add(path)
    write(Path("tldr-lint.toml"), 'ignore = ["TL1"]')


def with_folder(path: str) -> None:
    Path(path).unlink()
    Path(path).mkdir()


def with_link(path: str) -> None:
    Path(path).unlink()
    Path(path).symlink_to("nowhere")


NOTE = "notes/bert.md"
CHANGES: dict[str, Callable[[], object]] = {
    "a fact": lambda: add(NOTE, "\n[x](gpt.md)\n"),
    "CRLF": lambda: add(NOTE, "\r\nWords.\r\n"),
    "no UTF-8": lambda: Path(NOTE).write_bytes(b"\xff"),
    "very long": lambda: add(NOTE, "\n" + "Words. " * 10_000),
    "the index": lambda: add("README.md"),
    "the template": lambda: add("notes/TEMPLATE.md"),
    "permissions": lambda: other_kind(NOTE),
    "a link": lambda: linked(NOTE),
    "a name": lambda: with_new_name(NOTE),
    "a contract": lambda: with_contract(NOTE),
    "a folder in a name's place": lambda: with_folder("assets/a.png"),
    "a link in a name's place": lambda: with_link("assets/a.png"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_all_other_changes_take_a_whole_run(root: Path, change: str) -> None:
    assert remembered(root, CHANGES[change]) is None


def test_a_finding_moves_with_the_text_around_it(root: Path) -> None:
    add("notes/bert.md", "\n[x](nowhere.md)\n")

    assert remembered(root, lambda: write(root / "notes/bert.md", moved(root))) is None


def moved(root: Path) -> str:
    """The note with two paragraphs in place of one."""
    return (
        (root / "notes/bert.md").read_text().replace("What it does.", f"What it does.\n\n{WORDS}")
    )


def test_so_does_a_note_to_a_finding_elsewhere(root: Path) -> None:
    """The index calls an item otherwise, and the report shows the item's title too."""
    write(root / "notes/bert.md", note("Bert", BERT))
    write(root / "README.md", README.replace("[B]", "[Quite another]"))
    assert b"README.md:3" in said(PLAIN, None)[0]

    assert remembered(root, lambda: write(root / "notes/bert.md", moved(root))) is None


CONTRACTS = {
    "texts that may become too large": "max-file-size = 2000\n",
    "what has changed since": '[collection.n]\nitems = "notes/*.md"\nsections = "changed"\n',
    "header lines": '[collection.n]\nitems = "notes/*.md"\nfacts = "header"\n',
}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_may_make_prose_count(root: Path, contract: str) -> None:
    (root / "notes/bigtable.md").unlink()
    (root / "notes/TEMPLATE.md").unlink()
    write(root / "tldr-lint.toml", CONTRACTS[contract])

    assert remembered(root, lambda: write(root / "notes/bert.md", moved(root))) is None


def test_a_sentence_that_counts_is_not_overlooked(root: Path) -> None:
    index = '[collection.n.index]\nfile = "README.md"\ncounts = "There are {count} notes"\n'
    write(root / "tldr-lint.toml", f'[collection.n]\nitems = "notes/?????*.md"\n{index}')
    add("README.md", "\nThere are 3 notes\n")

    assert remembered(root, lambda: add("README.md", "\nThere are 4 notes\n")) is None


def test_a_patch_takes_a_whole_run(root: Path) -> None:
    """A repair makes work for the next, and may end in any file."""
    write(root / "notes/gpt.md", note("G", ("GPT", "118M", "BooksCorpus")))
    options = Arguments(no_cache=True, output_format=("markdown",))

    assert remembered(root, lambda: add("notes/bert.md"), options) is None


def test_where_history_is_asked_it_takes_a_whole_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """History compares whole files."""
    root = started(tmp_path / "work").path
    monkeypatch.chdir(root)
    write(root / "notes/gpt.md", note("G", ("GPT", "118M", "BooksCorpus")))

    assert remembered(root, lambda: add("notes/bert.md")) is None


def test_a_repository_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does an editor that asks git for the status, which locks the index meanwhile."""
    git = started(tmp_path / "work")
    monkeypatch.chdir(git.path)

    def change() -> None:
        add("notes/bert.md")
        lock = git.path / ".git/index.lock"
        lock.touch()
        lock.unlink()

    assert remembered(git.path, change) == (b"no findings in 6 files\n", 0)


def test_hundreds_of_changed_files_take_a_whole_run(root: Path) -> None:
    for number in range(101):
        write(root / f"other/{number}.md", "# Other\n\nText.\n")

    def change() -> None:
        for number in range(101):
            add(f"other/{number}.md")

    assert remembered(root, change) is None


def test_a_file_that_changes_often_is_always_read_again(root: Path) -> None:
    """As young as it is, its stamp may be the same after the next change."""
    asking = asked(root)
    first = said(PLAIN, asking)
    add("notes/bert.md")
    before = load(asking.folder, asking.key)

    assert recall(asking.folder, asking.key) == first
    assert load(asking.folder, asking.key) == before

    add("notes/bert.md", "\n[x](nowhere.md)\n")

    assert recall(asking.folder, asking.key) is None


def right_now(root: Path) -> Asking:
    """A run that begins when most files are old enough to be relied on."""
    time.sleep(0.06)
    return replace(asked(root), started=time.time_ns())


def test_a_run_right_after_a_change_is_remembered(root: Path) -> None:
    """Of a file that may change again without showing it the text is looked at again."""
    asking = right_now(root)
    add(NOTE, "\n[x](gpt.md)\n")
    first = said(PLAIN, asking)
    assert load(asking.folder, asking.key) is not None

    add(NOTE)
    assert recall(asking.folder, asking.key) == first == said(PLAIN, None)

    write(root / NOTE, (root / NOTE).read_text().replace("(gpt.md)", "(gtp.md)"))
    assert recall(asking.folder, asking.key) is None


@pytest.mark.parametrize("path", ["README.md", "notes/young.md", ".gitignore"])
def test_nothing_is_remembered_of_what_may_change_unseen(root: Path, path: str) -> None:
    """A listing, a new name, and what is no text."""
    asking = right_now(root)
    add(path, "\nText.\n")
    said(PLAIN, asking)

    assert load(asking.folder, asking.key) is None


def test_what_has_been_read_is_not_read_again(root: Path) -> None:
    asking = asked(root)
    first = said(PLAIN, asking)
    add("notes/bert.md")
    time.sleep(0.06)

    assert recall(asking.folder, asking.key) == first
    after = load(asking.folder, asking.key)
    assert after is not None

    # Nothing but its stamp tells the next run of it now.
    Path("notes/bert.md").write_bytes(Path("notes/bert.md").read_bytes() + b"[x](nowhere.md)")
    assert recall(asking.folder, asking.key) is None


def test_gists_outlive_a_whole_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each run that is not answered from memory would take all texts apart."""
    asking = asked(root)
    said(PLAIN, asking)
    add("notes/gpt.md", "\n[x](bert.md)\n")
    taken: list[str] = []

    def noted(text: str) -> bytes:
        taken.append(text)
        return NONE

    monkeypatch.setattr("tldr_lint.cache.gist.gist", noted)

    said(PLAIN, asked(root))

    assert [(root / "notes/gpt.md").read_text()] == taken
