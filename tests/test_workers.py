"""Several processes find what one finds."""

import os
import threading
from unittest.mock import patch

import pytest

from tldr_lint.document import Document
from tldr_lint.parse import parse
from tldr_lint.text import Source
from tldr_lint.workers import take_in_all

SOURCES = [
    Source(
        f"{number}.md", f"# {number}\n\n[a](b{number}.md) `{number}`\n\n" + "word " * number * 40
    )
    for number in range(60)
]


@pytest.fixture(autouse=True)
def always_worth_it() -> object:
    """Make even little text worth a process."""
    with patch("tldr_lint.workers._WORTH_IT", 100):
        yield


@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_the_number_of_processes_changes_nothing(jobs: int) -> None:
    assert tuple(map(parse, SOURCES)) == take_in_all(SOURCES, jobs)


def test_there_are_never_more_processes_than_texts() -> None:
    assert (parse(SOURCES[9]),) == take_in_all(SOURCES[9:10], 8)
    assert () == take_in_all([], 8)


def test_a_process_that_fails_is_made_up_for() -> None:
    own = os.getpid()

    def parse_or_fail(source: Source) -> Document:
        if os.getpid() != own:
            os._exit(9)
        return parse(source)

    with patch("tldr_lint.workers.parse", parse_or_fail):
        assert tuple(map(parse, SOURCES)) == take_in_all(SOURCES, 3)


def test_without_fork_one_process_does_it_all() -> None:
    with patch("tldr_lint.workers._can_fork", return_value=False):
        assert tuple(map(parse, SOURCES)) == take_in_all(SOURCES, 3)


def test_no_fork_beside_other_threads() -> None:
    """A fork takes no thread with it but whatever locks they hold."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with patch("os.fork", side_effect=AssertionError("forked beside a thread")):
            assert tuple(map(parse, SOURCES)) == take_in_all(SOURCES, 3)
    finally:
        done.set()
        thread.join()
