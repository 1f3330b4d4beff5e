"""Reading, and what is there: nothing followed out of the root, every failure a sentence."""

import os
import socket
from pathlib import Path

import pytest

from tldr_lint.files.read import Unreadable, exists, find_home, read, save

LIMIT = 1_000


def put(root: Path, path: str, data: bytes = b"text\n") -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def message(root: Path, path: str, limit: int = LIMIT) -> str:
    found = read(str(root), path, limit)
    assert isinstance(found, Unreadable), found
    return found.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf# Title\r\n",
        b"one\rtwo\r\nthree\n\n",
        "line\u2028separator\x0cfeed\x85".encode(),
        b"x" * LIMIT,
    ],
)
def test_text_comes_as_it_is(tmp_path: Path, data: bytes) -> None:
    """A byte order mark, a line ending or a final newline would be lost between disk and parser."""
    put(tmp_path, "a.md", data)

    assert data.decode() == read(str(tmp_path), "a.md", LIMIT)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"caf\xe9\n", "not UTF-8: byte 0xe9 at offset 3, in line 1"),
        (b"a\nb\n\xc3", "not UTF-8: byte 0xc3 at offset 4, in line 3"),
        (b"\xed\xa0\x80", "not UTF-8: byte 0xed at offset 0, in line 1"),
        ("# T".encode("utf-16"), "not UTF-8 but UTF-16: save it as UTF-8"),
        ("# T".encode("utf-32"), "not UTF-8 but UTF-32: save it as UTF-8"),
    ],
)
def test_undecodable_bytes_are_placed(tmp_path: Path, data: bytes, said: str) -> None:
    """Nobody could find the byte that has to be repaired."""
    put(tmp_path, "a.md", data)

    assert said == message(tmp_path, "a.md")


def test_large_file_is_not_read(tmp_path: Path) -> None:
    """A file of gigabytes would be pulled into memory."""
    put(tmp_path, "a.md", b"x" * (LIMIT + 1))

    assert message(tmp_path, "a.md") == "larger than the limit: 1,001 of at most 1,000 bytes"


def test_file_that_grows_while_read_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is written to as fast as it is read would never end."""
    put(tmp_path, "a.md", b"x")
    asked: list[int] = []

    def endless(_descriptor: int, count: int) -> bytes:
        asked.append(count)
        return b"x" * count

    monkeypatch.setattr(os, "read", endless)

    assert "larger than the limit" in message(tmp_path, "a.md")
    assert sum(asked) <= LIMIT + 1


def test_special_files_are_named_and_not_waited_for(tmp_path: Path) -> None:
    """A pipe nobody writes to would hang the run; a device would be read for ever."""
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "zero.md").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's address is too short for most temporary folders
        try:
            server.bind("socket.md")
        finally:
            os.chdir(here)

        expected = {
            "pipe.md": "a named pipe, not a file",
            "folder.md": "a folder, not a file",
            "loop.md": "a symbolic link, which is not followed",
            "zero.md": "a symbolic link, which is not followed",
            "socket.md": "a socket, not a file",
            "gone.md": "the file is gone",
        }

        assert expected == {name: message(tmp_path, name) for name in expected}


def test_nothing_is_read_through_a_link(tmp_path: Path) -> None:
    """A pull request could show what stands anywhere on the runner's disk."""
    put(tmp_path, "outside/secret.md")
    root = tmp_path / "root"
    put(root, "inside/a.md")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "in").symlink_to("inside")
    (root / "secret.md").symlink_to("../outside/secret.md")

    expected = {
        "out/secret.md": "behind a symbolic link, which is not followed",
        "in/a.md": "behind a symbolic link, which is not followed",
        "secret.md": "a symbolic link, which is not followed",
        "../outside/secret.md": "the path does not stay inside the repository",
        "inside/../../outside/secret.md": "the path does not stay inside the repository",
        "/etc/passwd": "the path does not stay inside the repository",
        "a\0b.md": "no file can have this name",
        "x" * 300: "the name is too long",
        "inside/a.md/b.md": "the file is gone",
    }

    assert expected == {path: message(root, path) for path in expected}


def test_file_that_nobody_may_read(tmp_path: Path) -> None:
    """The run would end with a traceback, or tell root something else than anybody."""
    put(tmp_path, "a.md").chmod(0)

    assert message(tmp_path, "a.md") == "permission denied"


def test_name_that_is_no_utf8(tmp_path: Path) -> None:
    """A name in Latin-1 could not be read back."""
    name = os.fsdecode(b"caf\xe9.md")
    put(tmp_path, name)

    assert read(str(tmp_path), name, LIMIT) == "text\n"


def test_links_are_followed_inside_the_root_only(tmp_path: Path) -> None:
    """A link could be used to ask what stands outside the repository."""
    put(tmp_path, "outside/secret.md")
    root = tmp_path / "root"
    put(root, "notes/a.md")
    (root / "alias").symlink_to("notes")
    (root / "notes" / "up").symlink_to("../alias/up2")
    (root / "notes" / "up2").symlink_to(root / "notes")
    (root / "out").symlink_to("../outside")
    (root / "absolute").symlink_to(tmp_path / "outside")
    (root / "sly").symlink_to("notes/../../outside")
    (root / "dangling").symlink_to("nowhere")
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")

    there = ["", "notes", "notes/a.md", "alias/a.md", "notes/up/a.md", "out", "absolute", "sly"]
    absent = [
        "notes/b.md",
        "notes/A.md",
        "out/secret.md",
        "absolute/secret.md",
        "sly/secret.md",
        "dangling",
        "one",
        "one/x",
        "../outside/secret.md",
        "notes/../../outside",
        "alias/../../outside",
        "notes/a.md/x",
        "a\0b",
        "x" * 5_000,
    ]

    assert there == [path for path in (*there, *absent) if exists(str(root), path)]


@pytest.mark.parametrize(
    ("files", "start", "root", "contract"),
    [
        ({}, "a/b", "a/b", None),
        ({"tldr-lint.toml": ""}, "a/b", ".", "tldr-lint.toml"),
        ({".tldr-lint.toml": "", "tldr-lint.toml": ""}, "a", ".", "tldr-lint.toml"),
        ({"pyproject.toml": "[tool.tldr-lint]\n"}, "a", ".", "pyproject.toml"),
        ({"pyproject.toml": "[tool.ruff] # tldr-lint\n"}, "a", "a", None),
        ({"pyproject.toml": "tldr-lint = [\n"}, "a", ".", "pyproject.toml"),
        ({"pyproject.toml": "\udcff tldr-lint"}, "a", "a", None),
        ({"tldr-lint.toml": "", "a/.tldr-lint.toml": ""}, "a/b", "a", "a/.tldr-lint.toml"),
        ({".git/HEAD": "", "a/tldr-lint.toml": ""}, "a/b", ".", "a/tldr-lint.toml"),
        ({"tldr-lint.toml": "", "a/.git": "gitdir: x"}, "a/b", "a", None),
    ],
)
def test_home_is_found_upwards(
    tmp_path: Path, files: dict[str, str], start: str, root: str, contract: str | None
) -> None:
    """A run in a sub-folder would see another workspace than one at the top."""
    (tmp_path / "a/b").mkdir(parents=True)
    for path, text in files.items():
        put(tmp_path, path, os.fsencode(text))

    home = find_home(tmp_path / start)

    assert (tmp_path / root).resolve() == Path(home.root)
    assert (None if contract is None else str(tmp_path / contract)) == home.contract


def test_output_file_is_not_written_through_a_link_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--output-file report.sarif` would overwrite whatever a pull request points it at."""
    victim = put(tmp_path, "victim")
    root = tmp_path / "root"
    put(root, "tldr-lint.toml", b"")
    (root / "report.sarif").symlink_to(victim)
    (root / "out").symlink_to(tmp_path)
    monkeypatch.chdir(root)

    assert save("report.sarif", b"{}") == "a symbolic link, which is not followed"
    assert save("out/victim", b"{}") == "behind a symbolic link, which is not followed"
    assert victim.read_bytes() == b"text\n"
    assert save("no/such/folder", b"{}") == "the file is gone"
    assert save(str(victim), b"mine") is None
    assert victim.read_bytes() == b"mine"
