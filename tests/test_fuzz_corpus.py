"""Every input that the fuzzer starts from or once found is still good."""

import sys
from pathlib import Path

import pytest

from fuzz import fuzz, targets

CORPUS = sorted((Path(__file__).parent / "fuzz/corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: str(path.name))
def test_input_of_the_corpus(path: Path) -> None:
    """What the fuzzer found once would come back."""
    targets.one(path.read_bytes())


def test_corpus_reaches_every_target() -> None:
    """A target that no input starts from is never fuzzed deeply."""
    reached = {path.read_bytes()[0] % len(targets.TARGETS) for path in CORPUS}

    assert reached == set(range(len(targets.TARGETS)))


def test_without_atheris_the_targets_run_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no atheris the fuzzer would rot, or say that all is well."""
    monkeypatch.setitem(sys.modules, "atheris", None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/one").write_bytes(b"text")
    seen: list[bytes] = []

    def target(data: bytes) -> None:
        seen.append(data)
        assert len(seen) < 50 or b"|" not in data

    monkeypatch.setattr(targets, "one", target)
    with pytest.raises(AssertionError):
        fuzz.main(["corpus", "-max_total_time=600"])

    assert len(set(seen)) > 20
    assert [path.read_bytes() for path in tmp_path.glob("crash-*")] == [seen[-1]]
