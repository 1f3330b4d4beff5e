"""A folder held open, and what can be done in it so that nobody is overtaken.

Every call names its file relative to the open folder (`openat` and its kin), so
nothing on the way to it can be exchanged for a symbolic link meanwhile. Where a
system cannot do that (Windows), whole paths are used.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import stat
import sys

from tldr_lint.records import dataclass

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
CLOSED = getattr(os, "O_CLOEXEC", 0)
READING = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | CLOSED
CREATING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | CLOSED
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | NO_FOLLOW | CLOSED

UNSUPPORTED = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ENOLCK})
"""What a system says that cannot lock, exchange files or keep attributes."""

_NO_REPLACE, _EXCHANGE = 1, 2
_BY_DESCRIPTOR = os.open in os.supports_dir_fd


class RefusedError(Exception):
    """A file that may not be written as it stands; the message is for people."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder. Every method may raise `OSError`."""

    descriptor: int | None
    path: str

    def name(self, name: str) -> str:
        """What to call an entry: its bare name where a descriptor says the folder."""
        return name if self.descriptor is not None else os.path.join(self.path, name)

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """A descriptor of an entry."""
        return os.open(self.name(name), flags, mode, dir_fd=self.descriptor)

    def lstat(self, name: str) -> os.stat_result:
        """What is known of an entry, a symbolic link not followed."""
        return os.stat(self.name(name), dir_fd=self.descriptor, follow_symlinks=False)

    def content(self, name: str, limit: int) -> tuple[bytes, os.stat_result]:
        """At most `limit` bytes of an entry, and what is known of the file they came from."""
        with open(self.open(name, READING), "rb") as file:
            about = os.fstat(file.fileno())
            return (file.read(limit) if stat.S_ISREG(about.st_mode) else b""), about

    def unlink(self, name: str) -> None:
        """Remove an entry, which may be gone already."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.name(name), dir_fd=self.descriptor)

    def rename(self, old: str, new: str) -> None:
        """Give an entry another entry's name, whether or not that is taken."""
        at = self.descriptor
        os.replace(self.name(old), self.name(new), src_dir_fd=at, dst_dir_fd=at)

    def exchange(self, one: str, other: str) -> bool:
        """Let two entries change names in one step; whether this system can."""
        return self._renameat2(one, other, _EXCHANGE)

    def claim(self, old: str, new: str) -> None:
        """Give an entry a name that nobody has.

        Raises:
            FileExistsError: somebody has it.
        """
        if not self._renameat2(old, new, _NO_REPLACE):
            at = self.descriptor
            # Unlike a rename, a second name fails where there is one already.
            os.link(self.name(old), self.name(new), src_dir_fd=at, dst_dir_fd=at)
            self.unlink(old)

    def writable(self, name: str) -> bool:
        """Whether the system would let us write to an entry."""
        if os.access in os.supports_dir_fd:
            return os.access(self.name(name), os.W_OK, dir_fd=self.descriptor)
        return os.access(os.path.join(self.path, name), os.W_OK)

    def read_only(self) -> bool:
        """Whether nobody may add or replace entries, by the folder's own mode."""
        where = self.path if self.descriptor is None else self.descriptor
        return not os.stat(where).st_mode & stat.S_IWUSR

    def flush(self) -> None:
        """Make renames last."""
        if self.descriptor is not None:
            with contextlib.suppress(OSError):
                # Some file systems cannot; the files themselves have been flushed.
                os.fsync(self.descriptor)

    def close(self) -> None:
        """Let go of the folder."""
        if self.descriptor is not None:
            os.close(self.descriptor)

    def _renameat2(self, old: str, new: str, flag: int) -> bool:
        call, at = _renameat2(), self.descriptor
        if call is None or at is None:
            return False
        if call(at, os.fsencode(old), at, os.fsencode(new), flag) == 0:
            return True
        code = ctypes.get_errno()
        if code in UNSUPPORTED:
            return False
        raise OSError(code, os.strerror(code))


def open_folder(root: str, path: str, *, create: bool = False) -> Folder:
    """Open a folder below the root step by step, none of the steps a symbolic link.

    Raises:
        RefusedError: one is, or the path leaves the root.
        OSError: the system says no.
    """
    steps = [step for step in path.split("/") if step]
    if not {".", ".."}.isdisjoint(steps):
        raise RefusedError("the path does not stay inside the repository")
    at = Folder(os.open(root, FOLDER) if _BY_DESCRIPTOR else None, root)
    for step in steps:
        try:
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(at.name(step), dir_fd=at.descriptor)
            if stat.S_ISLNK(at.lstat(step).st_mode):
                raise RefusedError("it stands behind a symbolic link, which is not written through")
            descriptor = at.open(step, FOLDER) if _BY_DESCRIPTOR else None
        finally:
            at.close()
        at = Folder(descriptor, os.path.join(at.path, step))
    return at


def keep_owner(created: int, about: os.stat_result) -> None:
    """Give a new file the owner and mode of an old one.

    Raises:
        RefusedError: the owner cannot be kept.
    """
    if sys.platform == "win32":
        return
    mine = os.fstat(created)
    if (mine.st_uid, mine.st_gid) != (about.st_uid, about.st_gid):
        try:
            os.fchown(created, about.st_uid, about.st_gid)
        except PermissionError as error:
            raise RefusedError("it belongs to somebody else, and would not any more") from error
    # After the owner, whose change takes the set-user-ID bit away.
    os.fchmod(created, stat.S_IMODE(about.st_mode))


def keep_attributes(folder: Folder, old: str, created: int) -> None:
    """Copy extended attributes, access control lists among them."""
    if sys.platform != "linux":
        return
    source = folder.open(old, READING)
    try:
        names = os.listxattr(source)
        for name in names:
            value = os.getxattr(source, name)
            # A label of SELinux is there already, and setting it takes a privilege.
            if _attribute(created, name) != value:
                os.setxattr(created, name, value)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
    finally:
        os.close(source)


def _attribute(created: int, name: str) -> bytes | None:
    return os.getxattr(created, name) if name in os.listxattr(created) else None


@functools.cache
def _renameat2() -> ctypes._NamedFuncPointer | None:
    """The C library's `renameat2`, where there is one (Linux 3.15, glibc 2.28, musl 1.2.4)."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
