"""Writing: wholly old or wholly new, nothing lost, nothing left behind."""

import errno
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tldr_lint.files import folder as files_folder
from tldr_lint.files import write as files_write
from tldr_lint.files.folder import Folder
from tldr_lint.files.tree import working_tree
from tldr_lint.files.write import Change, LockedError, Written, locked, remove_strays, write

OLD, NEW = "\ufeffold\r\nöld", "\ufeffnew\rnëw\r\n"
CHANGED = "it changed on disk since it was read: run again"


def put(root: Path, path: str, text: str = OLD) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode())
    return target


def written(root: Path, *changes: Change) -> Written:
    with locked(str(root)) as lock:
        return write(lock, changes)


def refusal(root: Path, *changes: Change) -> str:
    result = written(root, *changes)
    assert not result.paths
    return result.refused[0].message


def everything(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@contextmanager
def without_exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system that cannot let two files change names."""
    with monkeypatch.context() as patched:
        patched.setattr(files_folder, "_renameat2", lambda: None)
        yield


def test_bytes_arrive_and_nothing_is_left(tmp_path: Path) -> None:
    """A line ending or a byte order mark would change, or a temporary file stay."""
    put(tmp_path, "a.md")
    put(tmp_path, "sub/b.md")

    result = written(tmp_path, Change("a.md", OLD, NEW), Change("sub/b.md", OLD, ""))

    assert Written(("a.md", "sub/b.md")) == result
    assert {"a.md": NEW.encode(), "sub/b.md": b""} == everything(tmp_path)


def test_without_exchange_of_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repair would fail on macOS, on old kernels and on network file systems."""
    put(tmp_path, "a.md")
    with without_exchange(monkeypatch):
        result = written(tmp_path, Change("a.md", OLD, NEW), Change("n.md", None, NEW))
        again = refusal(tmp_path, Change("n.md", None, OLD))

    assert Written(("a.md", "n.md")) == result
    assert again == "there is a file of this name by now"
    assert {"a.md": NEW.encode(), "n.md": NEW.encode()} == everything(tmp_path)


def test_mode_owner_and_attributes_stay(tmp_path: Path) -> None:
    """A script would lose its executable bit, or a note its access control list."""
    target = put(tmp_path, "a.md")
    target.chmod(0o754)
    if os.geteuid() == 0:
        os.chown(target, 12345, 54321)
    attributes = {}
    try:
        os.setxattr(target, "user.note", b"kept")
        attributes = {"user.note": b"kept"}
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
    before = target.stat()

    assert written(tmp_path, Change("a.md", OLD, NEW)).paths == ("a.md",)

    after = target.stat()
    assert (before.st_mode, before.st_uid, before.st_gid) == (
        after.st_mode,
        after.st_uid,
        after.st_gid,
    )
    assert attributes == {name: os.getxattr(target, name) for name in os.listxattr(target)}


def test_new_file_gets_what_the_umask_leaves(tmp_path: Path) -> None:
    """A roll-up built whole would be nobody's but its author's to read."""
    before = os.umask(0o027)
    try:
        written(tmp_path, Change("deep/er/n.md", None, NEW))
    finally:
        os.umask(before)

    assert (tmp_path / "deep/er/n.md").stat().st_mode & 0o777 == 0o640


def test_new_file_never_takes_the_place_of_one(tmp_path: Path) -> None:
    """A roll-up somebody just wrote by hand would be overwritten."""
    put(tmp_path, "n.md")

    assert refusal(tmp_path, Change("n.md", None, NEW)) == "there is a file of this name by now"
    assert {"n.md": OLD.encode()} == everything(tmp_path)


def test_what_may_not_be_replaced_is_left_alone(tmp_path: Path) -> None:
    """A link would be written through, a hard link split, a read-only file overwritten."""
    put(tmp_path, "a.md")
    put(tmp_path, "hard.md")
    os.link(tmp_path / "hard.md", tmp_path / "harder.md")
    put(tmp_path, "read-only.md").chmod(0o444)
    put(tmp_path, "folder/in.md")
    put(tmp_path, "closed/in.md").parent.chmod(0o555)
    (tmp_path / "link.md").symlink_to("a.md")
    (tmp_path / "way").symlink_to("folder")
    os.mkfifo(tmp_path / "pipe.md")
    before = everything(tmp_path)

    expected = {
        "hard.md": "it has 2 names (hard links): replacing it would part one from the rest",
        "read-only.md": "it is read-only",
        "closed/in.md": "its folder is read-only",
        "link.md": "it is a symbolic link, which is not written through",
        "way/in.md": "it stands behind a symbolic link, which is not written through",
        "pipe.md": "it is a named pipe, not a file",
        "folder": "it is a folder, not a file",
        "gone.md": "the file is gone",
        "no/gone.md": "the file is gone",
        "../a.md": "the path does not stay inside the repository",
        "folder/../a.md": "the path does not stay inside the repository",
    }

    assert expected == {path: refusal(tmp_path, Change(path, OLD, NEW)) for path in expected}
    (tmp_path / "closed").chmod(0o755)
    assert before == everything(tmp_path)
    assert (tmp_path / "link.md").is_symlink()


def test_text_that_no_encoding_has(tmp_path: Path) -> None:
    """A repair that writes a name which is no UTF-8 into a text would end in a traceback."""
    put(tmp_path, "a.md")

    change = Change("a.md", OLD, "[x](caf\udce9.md)")

    assert refusal(tmp_path, change) == "its new text cannot be said in UTF-8"


def test_files_of_one_repair_stand_or_fall_together(tmp_path: Path) -> None:
    """A note would be repaired and its row in the big table not: a new fault of our making."""
    put(tmp_path, "a.md")
    put(tmp_path, "sub/b.md", "somebody else's")

    result = written(
        tmp_path,
        Change("a.md", OLD, NEW),
        Change("n.md", None, NEW),
        Change("sub/b.md", OLD, NEW),
    )

    assert result.paths == ()
    assert {each.path: each.message for each in result.refused} == {
        "sub/b.md": CHANGED,
        "a.md": "left alone with `sub/b.md`, which the same repair changes",
        "n.md": "left alone with `sub/b.md`, which the same repair changes",
    }
    assert {"a.md": OLD.encode(), "sub/b.md": b"somebody else's"} == everything(tmp_path)


@pytest.mark.parametrize("moment", ["exchange", "claim"])
def test_files_already_in_place_are_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The disk fills or a name is taken in the middle: half a repair would stay."""
    put(tmp_path, "a.md")
    put(tmp_path, "b.md")
    changes = [Change("n.md", None, NEW), Change("a.md", OLD, NEW)]
    changes.append(Change("b.md", OLD, NEW) if moment == "exchange" else Change("m.md", None, NEW))
    real = getattr(Folder, moment)

    def fail(self: Folder, one: str, other: str) -> object:
        if other in {"b.md", "m.md"}:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, one, other)

    monkeypatch.setattr(Folder, moment, fail)

    result = written(tmp_path, *changes)

    assert result.paths == ()
    assert result.refused[0].message == "no space left on the disk"
    assert {"a.md": OLD.encode(), "b.md": OLD.encode()} == everything(tmp_path)


@pytest.mark.parametrize("replaced", [True, False])
def test_somebody_writes_in_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    """What an editor saved between our last look and the exchange would be lost."""
    target = put(tmp_path, "a.md")
    real = Folder.exchange
    calls: list[str] = []

    def overtaken(self: Folder, one: str, other: str) -> bool:
        if not calls:
            if replaced:
                put(tmp_path, "theirs").replace(target)
            target.write_text("theirs")
        calls.append(other)
        return real(self, one, other)

    monkeypatch.setattr(Folder, "exchange", overtaken)

    assert refusal(tmp_path, Change("a.md", OLD, NEW)) == CHANGED
    assert everything(tmp_path) == {"a.md": b"theirs"}


def test_somebody_writes_to_the_new_file_while_it_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both what was there before us and what came after us is somebody's: neither may vanish."""
    target = put(tmp_path, "a.md")
    real = Folder.exchange
    calls: list[str] = []

    def overtaken(self: Folder, one: str, other: str) -> bool:
        target.write_text("first" if not calls else "second")
        calls.append(other)
        return real(self, one, other)

    monkeypatch.setattr(Folder, "exchange", overtaken)
    refusal(tmp_path, Change("a.md", OLD, NEW))

    assert target.read_bytes() == b"first"
    strays = working_tree(str(tmp_path), None).strays
    assert [(tmp_path / stray).read_bytes() for stray in strays] == [b"second"]
    with locked(str(tmp_path)) as lock:
        kept = remove_strays(lock, strays)
    assert [each.message for each in kept] == [
        "it holds a text that is not ours: look at it, then remove it"
    ]


def test_full_disk_leaves_the_old_text(tmp_path: Path) -> None:
    """A half-written file would stand in place of the note, or a temporary one beside it.

    A limit on the size of files stands in for the disk.
    """
    put(tmp_path, "a.md", "x")
    script = (
        "import resource, signal, sys\n"
        "from tldr_lint.files.write import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))\n"
        "with locked(sys.argv[1]) as lock:\n"
        "    print(write(lock, [Change('a.md', 'x', 'y' * 100_000)]).refused[0].message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
    )

    assert done.stdout == "File too large\n"
    assert everything(tmp_path) == {"a.md": b"x"}


def test_two_runs_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two repairs at once would each overwrite what the other wrote."""
    order: list[str] = []
    inside = threading.Event()
    release = threading.Event()

    def first() -> None:
        with locked(str(tmp_path)):
            inside.set()
            release.wait(10)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    monkeypatch.setattr(files_write, "LOCK_SECONDS", 0.05)
    with (
        pytest.raises(LockedError, match="another run is repairing files here"),
        locked(str(tmp_path)),
    ):
        order.append("never")
    release.set()
    monkeypatch.setattr(files_write, "LOCK_SECONDS", 30.0)
    with locked(str(tmp_path)):
        order.append("second")
    thread.join()

    assert order == ["first", "second"]
    assert list(tmp_path.iterdir()) == []


def test_root_that_cannot_be_locked(tmp_path: Path) -> None:
    """A root that vanished would be a traceback."""
    with pytest.raises(LockedError, match="the file is gone"), locked(str(tmp_path / "gone")):
        pass


HELD = "-0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("name", "content", "left"),
    [
        # Killed while it was filled: any part of our own text.
        (".tldr-lint-0123456789abcdef.tmp", b"half a te", False),
        # Killed before the exchange, or after it.
        (".tldr-lint-0123456789abcdef-{old}-{new}.tmp", NEW.encode(), False),
        (".tldr-lint-0123456789abcdef-{old}-{new}.tmp", OLD.encode(), False),
        # Killed between the exchange and the look at what came out.
        (".tldr-lint-0123456789abcdef-{old}-{new}.tmp", b"theirs", True),
        (".tldr-lint-notes.tmp", b"theirs", True),
    ],
)
def test_strays_of_a_killed_run(tmp_path: Path, name: str, content: bytes, left: bool) -> None:
    """A stray of ours would lie about for ever, or somebody's text be removed with it."""
    digests = {
        key: files_write._digest(text.encode()) for key, text in (("old", OLD), ("new", NEW))
    }
    stray = tmp_path / name.format(**digests)
    stray.write_bytes(content)

    with locked(str(tmp_path)) as lock:
        refused = remove_strays(lock, [stray.name])

    assert left == stray.exists()
    assert left == bool(refused)


def test_stray_that_is_no_file_is_left(tmp_path: Path) -> None:
    """A link or folder with such a name is not ours, and what it leads to still less."""
    victim = put(tmp_path, "victim")
    folder, link = ".tldr-lint-0123456789abcdef.tmp", ".tldr-lint-fedcba9876543210.tmp"
    (tmp_path / folder).mkdir()
    (tmp_path / link).symlink_to(victim)
    with locked(str(tmp_path)) as lock:
        refused = remove_strays(
            lock, [folder, link, "gone/" + link, ".tldr-lint-" + "0" * 16 + ".tmp"]
        )

    assert [folder, link, "gone/" + link] == [each.path for each in refused]
    assert (tmp_path / folder).is_dir()
    assert OLD.encode() == (tmp_path / link).read_bytes()


def test_interruption_while_filling_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C would leave a temporary file beside the note."""
    put(tmp_path, "a.md")

    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)

    with pytest.raises(KeyboardInterrupt):
        written(tmp_path, Change("a.md", OLD, NEW))
    assert {"a.md": OLD.encode()} == everything(tmp_path)


def test_every_step_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some call of the system says no: the file must be wholly old or new, and said to be so."""
    calls = ["open", "fsync", "replace", "fchmod", "fstat", "stat"]
    tried = 0
    for name in calls:
        for number in range(20):
            root = tmp_path / f"{name}{number}"
            put(root, "a.md")
            put(root, "b.md")
            real = getattr(os, name)
            count = 0

            def fail(*args: object, _real: object = real, **kwargs: object) -> object:
                nonlocal count
                count += 1
                if count == number + 1:  # noqa: B023 - called within this very turn
                    raise OSError(errno.EIO, "Input/output error")
                return _real(*args, **kwargs)  # type: ignore[operator]

            with locked(str(root)) as lock, monkeypatch.context() as patched:
                patched.setattr(os, name, fail)
                result = write(lock, [Change("a.md", OLD, NEW), Change("b.md", OLD, NEW)])
            if count <= number:
                break
            tried += 1
            expected = NEW if result.paths else OLD

            assert {"a.md": expected.encode(), "b.md": expected.encode()} == everything(root), name
            assert bool(result.paths) != bool(result.refused)
    assert tried > 20
