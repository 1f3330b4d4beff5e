"""Several processes find what one finds."""

import os
import threading
from pathlib import Path
from unittest.mock import patch

import pytest

from tldr_lint.cache.facts import digest
from tldr_lint.cache.packed import pack
from tldr_lint.document import Document
from tldr_lint.layout import TABLES
from tldr_lint.parse import parse
from tldr_lint.text import ChangedError, Source
from tldr_lint.workers import File, read_in_all, take_in

SOURCES = [
    Source(
        f"{number}.md", f"# {number}\n\n[a](b{number}.md) `{number}`\n\n" + "word " * number * 40
    )
    for number in range(60)
]


@pytest.fixture(autouse=True)
def always_worth_it() -> object:
    """Make even little text worth a process."""
    with patch("tldr_lint.forks._WORTH_IT", 100):
        yield


def written(folder: Path) -> list[File]:
    """The texts as files."""
    for source in SOURCES:
        (folder / source.path).write_text(source.text, "utf-8")
    return [File(source.path, 40_000, len(source.text)) for source in SOURCES]


def documents(folder: Path, files: list[File], jobs: int, *, lean: bool = False) -> list[Document]:
    return [each.document for each in read_in_all(str(folder), files, jobs, lean=lean)]


@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_the_number_of_processes_changes_nothing(tmp_path: Path, jobs: int) -> None:
    assert list(map(parse, SOURCES)) == documents(tmp_path, written(tmp_path), jobs)


def test_there_are_never_more_processes_than_files(tmp_path: Path) -> None:
    files = written(tmp_path)

    assert [parse(SOURCES[9])] == documents(tmp_path, files[9:10], 8)
    assert [] == documents(tmp_path, [], 8)


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("lean", [False, True])
def test_what_a_cache_is_to_know_is_made_where_the_file_is_read(
    tmp_path: Path, jobs: int, lean: bool
) -> None:
    """A second run over what the first one left has the same documents, and makes nothing."""
    files = written(tmp_path)

    first = read_in_all(str(tmp_path), files, jobs, known={}, lean=lean)
    known = {each.digest or b"": each.packed or "" for each in first}
    second = read_in_all(str(tmp_path), files, jobs, known=known, lean=lean)

    assert [digest(source.text) for source in SOURCES] == [each.digest for each in first]
    assert [pack(take_in(source)) for source in SOURCES] == [each.packed for each in first]
    assert {each.gist is not None for each in first} == {lean}
    assert list(map(parse, SOURCES)) == [each.document for each in first]
    assert list(map(parse, SOURCES)) == [each.document for each in second]
    assert {None} == {each.packed for each in second}
    assert {None} == {each.gist for each in second}


@pytest.mark.parametrize("jobs", [1, 3])
def test_files_are_read_as_they_are_by_any_number_of_processes(tmp_path: Path, jobs: int) -> None:
    """What cannot be read is said in the words of the process that tried."""
    for source in SOURCES:
        (tmp_path / source.path).write_text(source.text, "utf-8")
    (tmp_path / "8.md").write_bytes(b"\xff")
    (tmp_path / "9.md").write_bytes(b"x" * 50_000)
    (tmp_path / "10.md").unlink()
    files = [File(source.path, 40_000, 10 + len(source.text)) for source in SOURCES]

    found = documents(tmp_path, files, jobs)

    problems = {document.path: document.problem.message for document in found if document.problem}
    assert problems == {
        "8.md": "not UTF-8: byte 0xff at offset 0, in line 1",
        "9.md": "larger than the limit: 50,000 of at most 40,000 bytes",
        "10.md": "the file is gone",
    }
    good = [source for source in SOURCES if source.path not in problems]
    assert [document for document in found if not document.problem] == list(map(parse, good))


@pytest.mark.parametrize("jobs", [1, 3])
def test_texts_that_were_let_go_are_read_again(tmp_path: Path, jobs: int) -> None:
    files = written(tmp_path)

    found = documents(tmp_path, files, jobs, lean=True)

    assert found == list(map(parse, SOURCES))
    assert [document.source for document in found] == SOURCES


def test_no_text_is_read_again_unless_somebody_asks(tmp_path: Path) -> None:
    files = written(tmp_path)
    found = documents(tmp_path, files, 3, lean=True)

    with patch("tldr_lint.workers.read", side_effect=AssertionError("read again")):
        assert [document.title for document in found] == [parse(each).title for each in SOURCES]
        assert [document.links for document in found] == [parse(each).links for each in SOURCES]


def test_a_text_that_is_another_by_now_is_no_answer(tmp_path: Path) -> None:
    files = written(tmp_path)
    changed, gone, *_ = documents(tmp_path, files, 3, lean=True)
    (tmp_path / "0.md").write_text("# 1\n", "utf-8")
    (tmp_path / "1.md").unlink()

    with pytest.raises(ChangedError, match=r"`0\.md` was changed while it was checked"):
        changed.source.text  # noqa: B018 - asking is what is tested
    with pytest.raises(ChangedError, match=r"`1\.md`"):
        gone.source.text  # noqa: B018


def test_facts_that_are_not_kept_are_found_anew(tmp_path: Path) -> None:
    text = "# A\n\n| a |\n| --- |\n| <b>x</b> |\n\n- b\n"
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(text, "utf-8")
    files = [File(f"{number}.md", 1_000, len(text)) for number in range(3)]

    for document in documents(tmp_path, files, 3, lean=True):
        expected = parse(Source(document.path, text))
        assert document.tags == expected.tags != ()
        assert document.list_items == expected.list_items != ()
        assert document.tables == expected.tables
        assert document.values(TABLES) == expected.values(TABLES)


def test_more_than_one_batch_comes_back_whole(tmp_path: Path) -> None:
    files = written(tmp_path)
    with patch("tldr_lint.forks._BATCH", 7):
        assert list(map(parse, SOURCES)) == documents(tmp_path, files, 3)


def test_a_process_that_fails_is_made_up_for(tmp_path: Path) -> None:
    files = written(tmp_path)
    own = os.getpid()

    def parse_or_fail(source: Source) -> Document:
        if os.getpid() != own:
            os._exit(9)
        return parse(source)

    with patch("tldr_lint.workers.parse", parse_or_fail):
        assert list(map(parse, SOURCES)) == documents(tmp_path, files, 3)


def test_without_fork_one_process_does_it_all(tmp_path: Path) -> None:
    files = written(tmp_path)
    with patch("tldr_lint.forks._can_fork", return_value=False):
        assert list(map(parse, SOURCES)) == documents(tmp_path, files, 3)


def test_no_fork_beside_other_threads(tmp_path: Path) -> None:
    """A fork takes no thread with it but whatever locks they hold."""
    files = written(tmp_path)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with patch("os.fork", side_effect=AssertionError("forked beside a thread")):
            assert list(map(parse, SOURCES)) == documents(tmp_path, files, 3)
    finally:
        done.set()
        thread.join()
