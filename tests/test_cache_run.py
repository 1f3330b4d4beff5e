"""An answer from memory is the answer a fresh run would give."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tldr_lint.arguments import Arguments
from tldr_lint.cache.gist import NONE
from tldr_lint.cache.run import cache_folder, keep, recall, run_key, stamps
from tldr_lint.cache.trace import Asking
from tldr_lint.command import check

ROW = "| A | b |"
TABLE = f"| Model Name | Kind |\n| --- | --- |\n{ROW}\n"
# Longer than a tick, so that what was written before may be relied on.
SETTLING = 0.06


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small collection that no rule has anything against, and the working directory."""
    place = tmp_path / "work"
    (place / "notes").mkdir(parents=True)
    (place / "assets").mkdir()
    (place / "empty").mkdir()
    (place / "assets" / "a.png").write_bytes(b".")
    (place / "README.md").write_text("# Papers\n\n- [A](notes/a.md)\n- [B](notes/b.md)\n")
    empty = "| Model Name | Kind |\n| --- | --- |\n"
    (place / "notes" / "TEMPLATE.md").write_text(f"# <TITLE>\n\n## Summary\n\n{empty}")
    for name in ("a", "b"):
        table = TABLE.replace("| A |", f"| {name.upper()} |")
        image = "\n![i](../assets/a.png)\n" if name == "a" else ""
        (place / "notes" / f"{name}.md").write_text(
            f"# {name.upper()}\n\n## Summary\n\n{table}{image}"
        )
    rows = f"{TABLE}{ROW.replace('A', 'B')}\n"
    (place / "notes" / "bigtable.md").write_text(f"# All\n\n{rows}")
    (place / ".gitignore").write_text("ignored/\n")
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return place


def git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        check=True,
        capture_output=True,
    )


def asked() -> Asking:
    folder = cache_folder([])
    assert folder is not None
    return Asking(folder, run_key([]), time.time_ns())


def fresh(capfdbinary: pytest.CaptureFixture[bytes], asking: Asking | None) -> tuple[bytes, int]:
    code = check(Arguments(), asking)
    return capfdbinary.readouterr().out, code


def rewritten(path: str) -> None:
    """Other text of the same size and age."""
    file = Path(path)
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"| b |", b"|  b|"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def written(path: str, text: str) -> None:
    """A file in a folder of its own."""
    Path(path).parent.mkdir()
    Path(path).write_text(text)


CHANGES: dict[str, Callable[[], object]] = {
    "edit": lambda: Path("notes/a.md").write_text("# A\n\nTODO\n"),
    "edit of the same size and age": lambda: rewritten("notes/a.md"),
    "delete": lambda: Path("notes/b.md").unlink(),
    "new note": lambda: Path("notes/c.md").write_text("# C\n"),
    "image gone": lambda: Path("assets/a.png").unlink(),
    "image new": lambda: Path("assets/b.png").write_bytes(b"."),
    "first file of an empty folder": lambda: Path("empty/x.md").write_text("[x](nowhere.md)\n"),
    "file of a new folder": lambda: written("new/x.md", "[x](nowhere.md)\n"),
    "ignored": lambda: Path(".gitignore").write_text("ignored/\nnotes/\n"),
    "contract": lambda: Path("tldr-lint.toml").write_text('ignore = ["TL3"]\n'),
    "contract in pyproject": lambda: Path("pyproject.toml").write_text("[tool.tldr-lint]\nx=1\n"),
    "contract above": lambda: Path("../tldr-lint.toml").write_text("x = 1\n"),
    "unreadable": lambda: Path("notes/a.md").write_bytes(b"\xff"),
    "link": lambda: Path("notes/l.md").symlink_to("a.md"),
    "renamed": lambda: Path("notes/a.md").rename("notes/z.md"),
}


@pytest.mark.parametrize("repository", [False, True], ids=["folder", "repository"])
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_is_overlooked(
    root: Path, change: str, repository: bool, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    if repository:
        git("init", "-q")
        git("add", ".")
        git("commit", "-q", "-m", "a")
    time.sleep(SETTLING)
    asking = asked()
    first = fresh(capfdbinary, asking)
    assert first == recall(asking.folder, asking.key)

    CHANGES[change]()

    assert recall(asking.folder, asking.key) in {None, fresh(capfdbinary, None)}


@pytest.mark.parametrize(
    "command", [("add", "."), ("commit", "-qam", "b"), ("rm", "-q", "--cached", "README.md")]
)
def test_what_git_learns_is_not_overlooked(
    root: Path, command: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    git("init", "-q")
    git("add", "notes", "README.md")
    git("commit", "-q", "-m", "a")
    Path("notes/a.md").write_text("# A\n")
    time.sleep(SETTLING)
    asking = asked()
    fresh(capfdbinary, asking)
    assert recall(asking.folder, asking.key) is not None

    git(*command)

    assert recall(asking.folder, asking.key) in {None, fresh(capfdbinary, None)}


def test_files_as_young_as_the_run_are_not_relied_on(
    root: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The second change of one tick leaves size and time as the first did."""
    Path("notes/a.md").write_text("# A\n\nx\n")
    asking = asked()
    fresh(capfdbinary, asking)

    assert recall(asking.folder, asking.key) is None


def test_other_arguments_are_another_question(
    root: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    time.sleep(SETTLING)
    asking = asked()
    fresh(capfdbinary, asking)

    assert recall(asking.folder, run_key(["--select", "TL1"])) is None


@pytest.fixture
def kept(tmp_path: Path) -> tuple[str, Path]:
    """An answer that rests on one file."""
    (tmp_path / "f").write_text("x")
    paths = os.fsencode(str(tmp_path / "f"))
    folder = str(tmp_path / "cache")
    keep(folder, b"key", (paths, stamps(paths), NONE, b"said\n", 1))
    return folder, next(Path(folder).iterdir())


def test_an_answer_is_given_again(kept: tuple[str, Path]) -> None:
    assert recall(kept[0], b"key") == (b"said\n", 1)


def test_every_truncated_answer_is_none(kept: tuple[str, Path]) -> None:
    folder, file = kept
    whole = file.read_bytes()

    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        assert recall(folder, b"key") is None
    file.write_bytes(whole + b"x")
    assert recall(folder, b"key") is None


def test_an_answer_that_others_may_write_is_not_believed(kept: tuple[str, Path]) -> None:
    folder, file = kept
    file.chmod(0o666)

    assert recall(folder, b"key") is None


def test_an_answer_behind_a_link_is_not_believed(kept: tuple[str, Path], tmp_path: Path) -> None:
    folder, file = kept
    file.rename(tmp_path / "moved")
    file.symlink_to(tmp_path / "moved")

    assert recall(folder, b"key") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    keep(str(tmp_path / "file" / "cache"), b"key", (b"", b"-", NONE, b"", 0))

    assert recall(str(tmp_path / "file" / "cache"), b"key") is None


def test_only_so_many_answers_are_kept(tmp_path: Path) -> None:
    for number in range(50):
        keep(str(tmp_path), b"key%d" % number, (b"", b"-", NONE, b"", 0))

    assert len(list(tmp_path.iterdir())) <= 33


def test_no_cache_means_no_folder() -> None:
    assert cache_folder(["--fix", "--no-cache"]) is None
    assert cache_folder(["--cache-dir", "x"]) == str(Path.cwd() / "x")
    assert cache_folder(["--cache-dir=x"]) == str(Path.cwd() / "x")
