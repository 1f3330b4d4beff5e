"""What an ordinary user may not read or write: said, left alone, never replaced by a rename.

To root everything is allowed, and the tests would prove nothing; so where they
run as root, the program runs without root's power over files (capabilities(7)).
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile_runs import NOTE, Ran, collection, command, environment, limit

SHORT = "# {0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| {0} |\n"
REPAIRED = "# {0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| {0} |  |\n"

_DROP = 24  # PR_CAPBSET_DROP of prctl(2).
_POWERS = (1, 2, 3)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER.
_C = ctypes.CDLL(None, use_errno=True)


def _ordinary() -> None:
    """Called in the new process: what it starts has no say over files that are not its own."""
    limit()
    if os.geteuid() == 0:
        for power in _POWERS:
            if _C.prctl(_DROP, power, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "the powers of root cannot be dropped")


def start(folder: Path, words: list[str]) -> Ran:
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment(),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=_ordinary,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def run(folder: Path, *arguments: str) -> Ran:
    return start(folder, command("--output-format", "concise", *arguments))


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A collection in which every note lacks a cell."""
    folder = tmp_path / "root"
    folder.mkdir()
    yield collection(folder, {name: SHORT.format(name) for name in ("a", "b")})
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_powers_are_gone(root: Path) -> None:
    """The tests below would prove nothing if the program could do what it likes."""
    (root / "notes/a.md").chmod(0o000)

    done = start(root, ["cat", "notes/a.md"])

    assert done.code == 1
    assert done.out == b""


@pytest.mark.parametrize("arguments", [(), ("--fix",)])
def test_file_without_permission_is_named_and_the_rest_checked(
    root: Path, arguments: tuple[str, ...]
) -> None:
    """One file of somebody else's would end the run, or pass for one without findings."""
    note = root / "notes/a.md"
    note.chmod(0o000)

    ran = run(root, *arguments)

    assert ran.code == 1, ran.err
    assert "notes/a.md:1:1: error[TL001] unreadable-file: permission denied" in ran.text
    assert ("notes/b.md:7:1" in ran.text) is (not arguments)
    assert ran.err == b""
    assert note.stat().st_mode & 0o777 == 0
    note.chmod(0o644)
    assert note.read_text() == SHORT.format("a")


def test_read_only_file_is_said_and_kept(root: Path) -> None:
    """A file that its owner protects would be replaced through the folder it is in."""
    note = root / "notes/a.md"
    note.chmod(0o444)

    ran = run(root, "--fix")

    assert ran.code == 2
    assert b"`notes/a.md`: it is read-only" in ran.err
    assert note.read_text() == SHORT.format("a")
    assert note.stat().st_mode & 0o777 == 0o444
    assert (root / "notes/b.md").read_text() == REPAIRED.format("b")


def test_folder_that_takes_no_file_is_said(root: Path) -> None:
    """A repair that has nowhere to write would be a traceback, or pass for one that was made."""
    before = names(root)
    (root / "notes").chmod(0o555)

    ran = run(root, "--fix")

    assert ran.code == 2
    for name in ("a", "b"):
        assert f"`notes/{name}.md`: its folder is read-only".encode() in ran.err
        assert (root / f"notes/{name}.md").read_text() == SHORT.format(name)
    assert b"Traceback" not in ran.err
    assert names(root) == before


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_folder_that_cannot_be_looked_into_is_named(root: Path, mode: int) -> None:
    """Notes that nobody could see would count as deleted, and their rows as left over."""
    (root / "notes").chmod(mode)

    ran = run(root, "--fix", "--unsafe-fixes")

    assert ran.code == 1, ran.err
    assert "[TL001]" in ran.text
    assert "permission denied" in ran.text
    assert "TL402" not in ran.text
    assert b"Traceback" not in ran.err


def test_contract_without_permission_is_an_error(root: Path) -> None:
    """A run that cannot see what it is held to would go by the defaults."""
    (root / "tldr-lint.toml").write_text('ignore = ["TL202"]\n')
    (root / "tldr-lint.toml").chmod(0o000)

    ran = run(root)

    assert ran.code == 2
    assert b"tldr-lint.toml" in ran.err
    assert b"permission denied" in ran.err


def test_cache_that_cannot_be_written_is_as_good_as_none(root: Path, tmp_path: Path) -> None:
    """A run in a container with a read-only home would end there."""
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    words = [word for word in command("--output-format", "concise") if word != "--no-cache"]

    ran = start(root, [*words, "--cache-dir", str(shut / "cache")])

    assert ran.code == 1
    assert ran.text == run(root).text
    assert ran.err == b""
    assert list(shut.iterdir()) == []


def test_report_to_where_nothing_can_be_written(root: Path, tmp_path: Path) -> None:
    """A report that nobody gets would pass for one that was written."""
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)

    ran = run(root, "--output-file", str(shut / "report"))

    assert ran.code == 2
    assert b"permission denied" in ran.err


def test_full_disk(root: Path, tmp_path: Path) -> None:
    """A repair that found no room would leave half a note, or a stray beside it.

    The limit on a file's size stands in for the disk: to a program it is the
    same failed write, and needs no power to be set up.
    """
    long = SHORT.format("a") + "\nx" * 200_000 + "\n"
    (root / "notes/a.md").write_text(long)
    before = names(root)

    ran = start(
        root, ["sh", "-c", 'trap "" XFSZ; ulimit -f 100; exec "$@"', "sh", *command("--fix")]
    )

    assert ran.code == 2, ran.err
    assert b"`notes/a.md`: " in ran.err
    assert b"Traceback" not in ran.err
    assert (root / "notes/a.md").read_text() == long
    assert (root / "notes/b.md").read_text() == REPAIRED.format("b")
    assert names(root) == before


def test_notes_here_lack_a_cell() -> None:
    """The repairs above would have nothing to do."""
    assert NOTE.format("a") not in {SHORT.format("a"), REPAIRED.format("a")}
