"""Facts from the cache are the facts; whatever is wrong with it, nothing else is."""

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tldr_lint.cache.facts import FactsCache, digest
from tldr_lint.cache.packed import pack
from tldr_lint.document import Document
from tldr_lint.parse import parse
from tldr_lint.request import Options
from tldr_lint.session import Session
from tldr_lint.text import Source
from tldr_lint.workers import take_in

TEXTS = {"a.md": "# A\n\n[b](b.md)\n", "b.md": "# B\n\n| x | y |\n| --- | --- |\n| 1 |\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    place.mkdir()
    for name, text in TEXTS.items():
        (place / name).write_text(text)
    return place


def documents(root: Path, cache: Path | None) -> dict[str, Document]:
    return Session(root, Options(cache=str(cache) if cache else None)).documents


def only_file(cache: Path) -> Path:
    (file,) = cache.glob("facts-*.db")
    return file


def test_facts_are_found_out_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = documents(root, cache)
    asked: list[str] = []

    def noted(source: Source) -> Document:
        asked.append(source.path)
        return take_in(source)

    monkeypatch.setattr("tldr_lint.workers.take_in", noted)

    assert first == documents(root, cache)
    assert [] == asked


def test_a_changed_file_alone_is_parsed_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    documents(root, cache)
    (root / "a.md").write_text("# A\n\nnew\n")
    asked: list[str] = []

    def noted(source: Source) -> Document:
        asked.append(source.path)
        return take_in(source)

    monkeypatch.setattr("tldr_lint.workers.take_in", noted)

    second = documents(root, cache)

    assert ["a.md"] == asked
    assert second == documents(root, None)


def test_the_file_is_ours_alone_whatever_the_umask(root: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        documents(root, tmp_path / "cache")
    finally:
        os.umask(before)

    assert 0o600 == only_file(tmp_path / "cache").stat().st_mode & 0o777


def altered(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as database:
        database.execute(statement)
    database.close()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_link(file: Path) -> None:
    file.rename(file.with_name("x"))
    file.symlink_to("x")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "noise": lambda file: file.write_bytes(random.Random(1).randbytes(9000)),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:5000]),
    "other program": lambda file: altered(file, "UPDATE program SET key = 'newer'"),
    "other tables": lambda file: altered(file, "DROP TABLE facts"),
    "other columns": lambda file: altered(file, "ALTER TABLE facts RENAME COLUMN sum TO x"),
    "other types": lambda file: altered(file, "UPDATE facts SET facts = 7"),
    "changed facts": lambda file: altered(
        file, "UPDATE facts SET facts = replace(facts, 'A', 'X')"
    ),
    "no JSON": lambda file: altered(file, "UPDATE facts SET facts = '[', sum = 4171592735"),
    "writable by others": lambda file: file.chmod(0o666),
    "a folder": a_folder,
    "a link": a_link,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_is_wrong_with_the_cache_the_facts_are_right(
    root: Path, tmp_path: Path, damage: str
) -> None:
    cache = tmp_path / "cache"
    fresh = documents(root, cache)
    DAMAGE[damage](only_file(cache))

    assert fresh == documents(root, cache)
    assert fresh == documents(root, cache)


def test_every_byte_of_the_file_may_be_wrong(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fresh = documents(root, cache)
    file = only_file(cache)
    whole = bytearray(file.read_bytes())
    draw = random.Random(2)

    for _ in range(60):
        wrong = bytearray(whole)
        wrong[draw.randrange(len(wrong))] ^= 1 << draw.randrange(8)
        file.write_bytes(wrong)
        assert fresh == documents(root, cache)


def test_a_locked_cache_is_done_without(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fresh = documents(root, cache)
    (root / "c.md").write_text("# C\n")
    other = sqlite3.connect(only_file(cache), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert fresh.keys() | {"c.md"} == documents(root, cache).keys()
    finally:
        other.close()


def test_a_folder_that_cannot_be_made_is_done_without(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert documents(root, None) == documents(root, tmp_path / "file" / "cache")


def test_facts_of_texts_that_are_gone_do_not_pile_up(tmp_path: Path) -> None:
    cache = FactsCache(str(tmp_path), "root")
    packed = pack(parse(Source("a.md", "# A\n")))
    names = [digest(str(number)) for number in range(2500)]
    cache.keep(dict.fromkeys(names, packed), names)
    cache.keep({}, names[:10])

    assert set(names[:10]) == set(cache.load())
