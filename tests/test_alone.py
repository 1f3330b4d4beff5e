"""What a document tells by itself: where it is silent, no rule finds anything in any workspace."""

import pytest
from hypothesis import given

from damaged_collections import damaged
from markdown_samples import documents
from memory_repository import MemoryRepository
from paper_collection import collection
from test_rule_pages import EXAMPLES, repository
from tldr_lint.checks import RULES
from tldr_lint.checks.alone import LOOKS, look
from tldr_lint.checks.glance import may_be_loud
from tldr_lint.engine import Reported, run
from tldr_lint.pages import Example
from tldr_lint.parse import parse
from tldr_lint.rule import Rule
from tldr_lint.text import Source

CODES = frozenset(LOOKS)


def found(repository: MemoryRepository, *, looked: bool) -> tuple[Reported, ...]:
    """All findings, the documents having been looked at before or not."""
    read = repository.documents()
    if looked:
        read = {path: look(document) for path, document in read.items()}
    return run(repository.workspace(read), repository.selection)


@pytest.mark.parametrize(("_rule", "example"), EXAMPLES)
def test_a_look_hides_nothing_on_the_pages(_rule: Rule, example: Example) -> None:
    here = repository(example)

    assert found(here, looked=False) == found(here, looked=True)


@given(damaged())
def test_a_look_hides_nothing_in_a_damaged_collection(here: MemoryRepository) -> None:
    assert found(here, looked=False) == found(here, looked=True)


@given(documents())
def test_a_look_hides_nothing_in_a_random_item(text: str) -> None:
    files = {path: whole for path, whole in collection().items() if whole is not None}
    here = MemoryRepository({**files, "notes/random.md": text})

    assert found(here, looked=False) == found(here, looked=True)


@given(documents())
def test_a_glance_leaves_out_no_rule_that_finds_something(text: str) -> None:
    document = parse(Source("a.md", text))
    loud = {code for code, is_loud in LOOKS.items() if is_loud(document)}

    assert loud <= set(may_be_loud(document))


def test_an_item_without_fault_is_silent() -> None:
    """Else looking would only cost."""
    files = collection()

    for path in ("notes/bert.md", "notes/gpt.md"):
        document = parse(Source(path, files[path] or ""))
        assert may_be_loud(document) == []
        assert look(document).loud == frozenset()


def test_every_look_is_a_rule_s() -> None:
    assert CODES <= {rule.code for rule in RULES}
