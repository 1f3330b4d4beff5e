"""Writing: each file wholly old or wholly new, and never over what somebody else just wrote.

A new text goes into a temporary file beside the old one, is flushed to the
disk, and then changes places with it (`renameat2` with `RENAME_EXCHANGE`,
elsewhere `rename`). What came out is compared with what was read: if somebody
wrote in between, it is put back. Files that one fix repairs together are all
written or none.

A run that is killed leaves at most temporary files. Their names say what they
may hold, so that the next run, which alone holds the lock, removes what is
ours and nothing that is somebody's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import sys
import time

from tldr_lint.files.folder import (
    CREATING,
    FOLDER,
    UNSUPPORTED,
    RefusedError,
    keep_attributes,
    keep_owner,
    open_folder,
)
from tldr_lint.files.read import kind_of, saying
from tldr_lint.files.signals import ended_politely, signals_held
from tldr_lint.files.tree import STRAY
from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tldr_lint.files.folder import Folder

LOCK_SECONDS = 30.0
"""How long another run that is writing is waited for."""

_TEMPORARY = ".tldr-lint-"
_CHANGED = "it changed on disk since it was read: run again"


class LockedError(Exception):
    """The root cannot be locked: another run is writing below it, or the system says no."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a file is to become."""

    path: str
    before: str | None
    """The text that was read, or none for a file that must not exist yet."""
    after: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not written, and why."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of changes."""

    paths: tuple[str, ...]
    """Wholly new on the disk."""
    refused: tuple[Refusal, ...] = ()
    """Wholly old."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The right to write below a root, got from `locked`."""

    root: str


@contextlib.contextmanager
def locked(root: str) -> Iterator[Lock]:
    """Hold the root folder against other runs that write; no lock file is left behind.

    To be held from before files are read until they are written, so that a
    second run sees what the first one made of them.

    Raises:
        LockedError: another run kept the lock for longer than `LOCK_SECONDS`.
    """
    if sys.platform == "win32":
        yield Lock(root)
        return
    folder = -1
    try:
        try:
            folder = os.open(root, FOLDER)
            _flock(folder)
        except OSError as error:
            raise LockedError(f"the root folder cannot be locked: {saying(error)}") from error
        with ended_politely():
            yield Lock(root)
    finally:
        if folder >= 0:
            os.close(folder)


def _flock(folder: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - not there on every system

    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise LockedError("another run is repairing files here") from error
            time.sleep(0.02)
        except OSError as error:
            if error.errno in UNSUPPORTED:
                # Some network file systems cannot lock; each file is still whole.
                return
            raise
        else:
            return


def write(lock: Lock, changes: Iterable[Change]) -> Written:
    """Write files; what is handed over in one call is written together or not at all."""
    writing = _Writing(lock.root)
    try:
        refused = writing.prepare(changes) or writing.commit()
        paths = tuple(target.path for target in writing.targets if target.placed)
    finally:
        writing.close()
    return Written(paths, refused)


def remove_strays(lock: Lock, strays: Iterable[str]) -> tuple[Refusal, ...]:
    """Remove what killed runs left (`WorkingTree.strays`); what had to be left, and why.

    One that holds neither of the texts its name speaks of took somebody's own
    text out of the way of ours a moment before the run was killed.
    """
    found = ((path, _kept(lock.root, path)) for path in strays)
    return tuple(Refusal(path, message) for path, message in found if message is not None)


def _kept(root: str, path: str) -> str | None:
    """Why a stray is left alone, or nothing if it is gone."""
    folder_path, _, name = path.rpartition("/")
    try:
        folder = open_folder(root, folder_path)
    except (OSError, RefusedError):
        return "it cannot be reached"
    try:
        size = folder.lstat(name).st_size
        content, about = folder.content(name, size + 1)
        _, *held = name.removeprefix(_TEMPORARY).removesuffix(".tmp").split("-")
        if not STRAY.fullmatch(name) or not stat.S_ISREG(about.st_mode):
            return "it is no temporary file of ours"
        if held and _digest(content) not in held:
            return "it holds a text that is not ours: look at it, then remove it"
        folder.unlink(name)
    except FileNotFoundError:
        return None
    except OSError as error:
        return saying(error)
    finally:
        folder.close()
    return None


@dataclass(slots=True)
class _Target:
    """A change on its way to the disk."""

    path: str
    folder: Folder
    name: str
    before: bytes | None
    after: bytes
    about: os.stat_result | None
    temporary: str
    """The name the new text has until it takes its place, and the old one afterwards."""
    placed: bool = False
    swapped: bool = False
    """Whether it can be put back: the old text is in the temporary file, or there was none."""
    kept: bool = False
    """Whether the temporary file holds somebody's text by now."""

    @property
    def unfinished(self) -> str:
        """What the temporary file is called until it is complete."""
        return f"{self.temporary.removesuffix('.tmp')[: len(_TEMPORARY) + 16]}.tmp"


@dataclass(slots=True)
class _Writing:
    """One call of `write`: everything it holds open, and every temporary name it uses."""

    root: str
    folders: dict[str, Folder] = field(default_factory=dict)
    targets: list[_Target] = field(default_factory=list)

    def prepare(self, changes: Iterable[Change]) -> tuple[Refusal, ...]:
        """Put every new text on the disk, under a temporary name; why that cannot be."""
        refused: list[Refusal] = []
        listed = tuple(changes)
        for change in listed:
            try:
                self._prepare(change)
            except RefusedError as error:
                refused.append(Refusal(change.path, str(error)))
            except UnicodeEncodeError:
                refused.append(Refusal(change.path, "its new text cannot be said in UTF-8"))
            except (OSError, ValueError) as error:
                refused.append(Refusal(change.path, saying(error)))
        return _with_others(refused, [change.path for change in listed])

    def _prepare(self, change: Change) -> None:
        before = None if change.before is None else change.before.encode()
        after = change.after.encode()
        folder_path, _, name = change.path.rpartition("/")
        if folder_path not in self.folders:
            self.folders[folder_path] = open_folder(self.root, folder_path, create=before is None)
        folder = self.folders[folder_path]
        about = None if before is None else _checked(folder, name, before)
        if folder.read_only():
            raise RefusedError("its folder is read-only")
        target = _Target(change.path, folder, name, before, after, about, _temporary(before, after))
        # Known before it exists: whatever happens from here on, `close` removes it.
        self.targets.append(target)
        _fill(target)

    def commit(self) -> tuple[Refusal, ...]:
        """Let all new texts take their places, or none; why that cannot be."""
        with signals_held():
            for target in self.targets:
                try:
                    _put(target)
                except RefusedError as error:
                    problem = str(error)
                except OSError as error:
                    problem = saying(error)
                else:
                    continue
                refused = [Refusal(target.path, problem), *self._put_back()]
                placed = {each.path for each in self.targets if each.placed}
                others = [each.path for each in self.targets if each.path not in placed]
                return _with_others(refused, others)
            for folder in self.folders.values():
                folder.flush()
        return ()

    def _put_back(self) -> Iterator[Refusal]:
        for target in self.targets:
            if target.swapped:
                try:
                    _undo(target)
                except OSError as error:
                    yield Refusal(target.path, f"it could not be put back: {saying(error)}")

    def close(self) -> None:
        """Leave nothing behind."""
        with signals_held():
            for target in self.targets:
                if not target.kept:
                    with contextlib.suppress(OSError):
                        # Without the right to remove it, the next run sees it as a stray.
                        target.folder.unlink(target.unfinished)
                        target.folder.unlink(target.temporary)
            for folder in self.folders.values():
                folder.close()


def _with_others(refused: Sequence[Refusal], paths: Iterable[str]) -> tuple[Refusal, ...]:
    """The refusals, and one for each file that could have been written but for them."""
    if not refused:
        return ()
    named = {refusal.path for refusal in refused}
    reason = f"left alone with `{refused[0].path}`, which the same repair changes"
    return (*refused, *(Refusal(path, reason) for path in paths if path not in named))


def _checked(folder: Folder, name: str, before: bytes) -> os.stat_result:
    """What is known of a file that may be replaced and still says what was read."""
    about = folder.lstat(name)
    if stat.S_ISLNK(about.st_mode):
        raise RefusedError("it is a symbolic link, which is not written through")
    if not stat.S_ISREG(about.st_mode):
        raise RefusedError(f"it is {kind_of(about.st_mode)}")
    if about.st_nlink > 1:
        raise RefusedError(
            f"it has {about.st_nlink} names (hard links): replacing it would part one from the rest"
        )
    if not about.st_mode & stat.S_IWUSR or not folder.writable(name):
        raise RefusedError("it is read-only")
    content, about = folder.content(name, len(before) + 1)
    if content != before:
        raise RefusedError(_CHANGED)
    return about


def _temporary(before: bytes | None, after: bytes) -> str:
    """A short name of its own, with what the file may come to hold: the new text or the old one."""
    held = [_digest(data) for data in (before, after) if data is not None]
    return f"{_TEMPORARY}{'-'.join((secrets.token_hex(8), *held))}.tmp"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _fill(target: _Target) -> None:
    """Make the temporary file what the target is to be: text, owner, mode, attributes."""
    folder, about = target.folder, target.about
    # A new file gets what the umask leaves; one that replaces another is nobody's to read yet.
    created = folder.open(target.unfinished, CREATING, 0o666 if about is None else 0o600)
    with open(created, "wb") as file:
        file.write(target.after)
        file.flush()
        if about is not None:
            keep_owner(created, about)
            keep_attributes(folder, target.name, created)
        os.fsync(created)
    folder.rename(target.unfinished, target.temporary)


def _put(target: _Target) -> None:
    """Let a prepared text take its place."""
    folder = target.folder
    if target.about is None:
        try:
            folder.claim(target.temporary, target.name)
        except FileExistsError as error:
            raise RefusedError("there is a file of this name by now") from error
        target.placed = target.swapped = True
        return
    if not _unchanged(target, target.name):
        raise RefusedError(_CHANGED)
    if not folder.exchange(target.temporary, target.name):
        # Nothing can be put back once it is gone, so that was the last look there is.
        folder.rename(target.temporary, target.name)
        target.placed = True
        return
    target.placed = target.swapped = True
    if not _unchanged(target, target.temporary):
        _undo(target)
        raise RefusedError(_CHANGED)


def _unchanged(target: _Target, name: str) -> bool:
    """Whether what has a name now is the very file that was read, with the text that was read."""
    if target.before is None or target.about is None:
        return False
    try:
        content, about = target.folder.content(name, len(target.before) + 1)
    except OSError:
        # Gone, or something that cannot be opened: not what was read.
        return False
    same = (about.st_dev, about.st_ino) == (target.about.st_dev, target.about.st_ino)
    return same and content == target.before


def _undo(target: _Target) -> None:
    folder = target.folder
    if target.before is None:
        folder.rename(target.name, target.temporary)
    else:
        folder.exchange(target.temporary, target.name)
    target.placed = target.swapped = False
    # Whoever wrote to the new file in that moment shall find it again.
    content, _ = folder.content(target.temporary, len(target.after) + 1)
    target.kept = content != target.after
