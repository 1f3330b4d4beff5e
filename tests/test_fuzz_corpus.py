"""Every input that the fuzzer starts from or once found is still good."""

from pathlib import Path

import pytest

from fuzz import fuzz

CORPUS = sorted((Path(__file__).parent / "fuzz/corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: str(path.name))
def test_input_of_the_corpus(path: Path) -> None:
    """What the fuzzer found once would come back."""
    fuzz.one(path.read_bytes())


def test_corpus_reaches_every_target() -> None:
    """A target that no input starts from is never fuzzed deeply."""
    reached = {path.read_bytes()[0] % len(fuzz.TARGETS) for path in CORPUS}

    assert reached == set(range(len(fuzz.TARGETS)))
