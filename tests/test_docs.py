"""The contracts that the documentation shows are those of the examples; every word is explained."""

import re
from pathlib import Path

import pytest

from tldr_lint.contract.schema import VOCABULARY, Either, Group, Many, Named, Shape

ROOT = Path(__file__).parent.parent
ADOPTING = (ROOT / "docs" / "adopting.md").read_text("utf-8")
CONTRACT = (ROOT / "docs" / "contract.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("proposals", "tldr-lint.toml"),
        ("enhancements", "tldr-lint.toml"),
        ("decisions", "tldr-lint.toml"),
        ("awesome", "tldr-lint.toml"),
        ("til", "pyproject.toml"),
        ("advisories", ".tldr-lint.toml"),
    ],
)
def test_a_contract_of_an_example_is_shown_as_it_is(name: str, file: str) -> None:
    """A reader who copies the contract from the page must get the one that is tested."""
    text = (ROOT / "tests" / "collections" / name / file).read_text("utf-8")
    own = text[text.index("[tool") :] if file == "pyproject.toml" else text

    assert f"(../tests/collections/{name})" in ADOPTING
    assert f"```toml\n{own}```" in ADOPTING


def words(shape: Shape) -> set[str]:
    match shape:
        case Group():
            return set(shape.keys).union(*(words(key.shape) for key in shape.keys.values()))
        case Many() | Named():
            return words(shape.of)
        case Either():
            return set().union(*(words(each) for each in shape.of))
        case _:
            return set()


def test_every_word_of_the_vocabulary_is_explained() -> None:
    explained = set(re.findall(r"`([a-z-]+)`", CONTRACT)) | {"collection"}

    assert set() == words(VOCABULARY) - explained
