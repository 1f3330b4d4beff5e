"""The one door to the file system: where a workspace begins, what a file says, whether it is there.

Whoever opened the pull request chose every name, link and special file below
the root. So nothing here follows a symbolic link out of the root, opens
anything but a regular file, waits for a pipe, or reads without a limit; and
every failure is a value with a sentence for people, never an exception.

Paths are relative to the root, with `/`, decoded as `os.fsdecode` decodes
them. Listing is `files/tree.py`'s, writing `files/write.py`'s.
"""

from __future__ import annotations

import errno
import os
import stat
from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTRACT_FILES = ("tldr-lint.toml", ".tldr-lint.toml")
"""The contract's own files, the first that is there counts."""

SHARED_CONTRACT_FILE = "pyproject.toml"
"""Holds the contract where it has a table `[tool.tldr-lint]`."""

_MOST_BYTES_OF_A_CONTRACT = 1_000_000
_NO_STEPS = frozenset({"", ".", ".."})
_MOST_HOPS = 40  # As many symbolic links as Linux follows before it says ELOOP.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OPENING = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_WIDE_BOMS = ((b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"))
_BOMS = (*_WIDE_BOMS, (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_KINDS = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISFIFO, "a named pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)
_SAYINGS: Mapping[int, str] = MappingProxyType(
    {
        errno.ENOENT: "the file is gone",
        errno.ENOTDIR: "the file is gone",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ELOOP: "a symbolic link, which is not followed",
        errno.EMLINK: "a symbolic link, which is not followed",
        errno.EISDIR: "a folder, not a file",
        errno.ENXIO: "a socket, not a file",
        errno.EOPNOTSUPP: "a socket, not a file",
        errno.ENOSPC: "no space left on the disk",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the file system is read-only",
        errno.ENAMETOOLONG: "the name is too long",
    }
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file has no text for us (TL001)."""

    message: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where a run is at home. All paths are absolute."""

    root: str
    """The workspace root: the repository's top-level folder, else the contract's, else the start.

    What `/x` in a link is relative to, and what nothing may leave.
    """
    contract: str | None
    """The contract file that is nearest, if there is one."""
    repository: bool
    """Whether the root is a git work tree's top-level folder, as far as a `.git` tells."""


def find_home(start: str | os.PathLike[str]) -> Home:
    """Look upwards from a folder for a contract and for the repository's top level.

    A contract above the repository is not the repository's, so the search ends
    there. Without a repository it ends at the top of the file system.
    """
    first = os.path.realpath(start)
    contract: str | None = None
    for folder in (first, *parents(first)):
        contract = contract or _contract_in(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            return Home(folder, contract, repository=True)
    return Home(os.path.dirname(contract) if contract else first, contract, repository=False)


def parents(path: str) -> Iterator[str]:
    """The folders that an absolute path stands in, the nearest first."""
    above = os.path.dirname(path)
    while above != path:
        yield above
        path, above = above, os.path.dirname(above)


def _contract_in(folder: str) -> str | None:
    for name in CONTRACT_FILES:
        if os.path.lexists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    shared = os.path.join(folder, SHARED_CONTRACT_FILE)
    if not os.path.lexists(shared):
        return None
    text = read(folder, SHARED_CONTRACT_FILE, _MOST_BYTES_OF_A_CONTRACT)
    if isinstance(text, Unreadable) or "tldr-lint" not in text:
        return None
    import tomllib  # noqa: PLC0415 - costs as much as the whole of the rest, and is seldom needed

    try:
        tools = tomllib.loads(text).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError):
        # It means to say something to us; the contract's reader will say what is wrong.
        return shared
    return shared if isinstance(tools, dict) and "tldr-lint" in tools else None


def read(root: str, path: str, limit: int) -> str | Unreadable:
    """The text of a file exactly as it is on disk, byte order mark and line endings included.

    `limit` is in bytes; a larger file is not read.
    """
    data = read_bytes(root, path, limit)
    if isinstance(data, Unreadable):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable(_not_utf8(data, error.start))


def read_bytes(root: str, path: str, limit: int) -> bytes | Unreadable:
    """The bytes of a regular file below the root, reached without any symbolic link."""
    if (problem := _way_problem(root, path)) is not None:
        return problem
    try:
        opened = os.open(_joined(root, path), _OPENING)
    except (OSError, ValueError) as error:
        return Unreadable(saying(error))
    try:
        return _regular_bytes(opened, limit)
    except OSError as error:
        return Unreadable(saying(error))
    finally:
        os.close(opened)


def exists(root: str, path: str) -> bool:
    """Whether there is a file or folder at a path, symbolic links followed inside the root only.

    A link that leads out of the root is itself there, but nothing behind it is.
    """
    steps = [step for step in reversed(path.split("/")) if step not in {"", "."}]
    at: list[str] = []
    hops = 0
    while steps:
        step = steps.pop()
        if step == "..":
            if not at:
                return False
            at.pop()
            continue
        here = os.path.join(root, *at, step)
        try:
            mode = os.lstat(here).st_mode
            target = os.readlink(here) if stat.S_ISLNK(mode) else None
        except (OSError, ValueError):
            return False
        if target is None:
            at.append(step)
            continue
        hops += 1
        if hops > _MOST_HOPS:
            return False
        inside = _below(root, at, target)
        if inside is None:
            return not steps
        at = []
        steps += [part for part in reversed(inside) if part not in {"", "."}]
    return True


def save(path: str, data: bytes) -> str | None:
    """Write a file that the user named on the command line; what went wrong, or nothing.

    A path in the workspace may be a stranger's symbolic link: it is not written
    through. Anywhere else the user knows what is there (`/dev/stdout`).
    """
    name = os.path.abspath(path)
    home = os.path.join(find_home(os.curdir).root, "")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
    if name.startswith(home):
        below = name[len(home) :].replace(os.sep, "/")
        if (problem := _way_problem(home, below)) is not None:
            return problem.message
        flags |= _NO_FOLLOW
    try:
        with open(os.open(name, flags, 0o666), "wb") as file:
            file.write(data)
    except (OSError, ValueError) as error:
        return saying(error)
    return None


def saying(error: OSError | ValueError) -> str:
    """What a failed call of the operating system means, for people."""
    if isinstance(error, OSError):
        return _SAYINGS.get(error.errno or 0) or error.strerror or "the file cannot be opened"
    return "no file can have this name"


def _joined(root: str, path: str) -> str:
    # Every system takes a slash, and this is asked for each file.
    return f"{root}/{path}"


def _way_problem(root: str, path: str) -> Unreadable | None:
    """What is wrong with the folders on the way to a file: each must be a real one."""
    steps = path.split("/")
    if not _NO_STEPS.isdisjoint(steps):
        return Unreadable("the path does not stay inside the repository")
    at = root
    for folder in steps[:-1]:
        at = f"{at}/{folder}"
        try:
            mode = os.lstat(at).st_mode
        except (OSError, ValueError) as error:
            return Unreadable(saying(error))
        if stat.S_ISLNK(mode):
            return Unreadable("behind a symbolic link, which is not followed")
    return None


def _regular_bytes(opened: int, limit: int) -> bytes | Unreadable:
    about = os.fstat(opened)
    if not stat.S_ISREG(about.st_mode):
        return Unreadable(kind_of(about.st_mode))
    if not about.st_mode & 0o444:
        # Root could read it; that it says something else to root than to anybody would surprise.
        return Unreadable(_SAYINGS[errno.EACCES])
    if about.st_size > limit:
        return Unreadable(_too_large(about.st_size, limit))
    # One byte more than there should be: a short answer is the end, without a second call.
    asked = about.st_size + 1
    pieces: list[bytes] = []
    left = limit + 1
    while left > 0 and (piece := os.read(opened, min(left, asked))):
        pieces.append(piece)
        left -= len(piece)
        if len(piece) < asked:
            break
    if left <= 0:
        return Unreadable(_too_large(limit + 1, limit))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def kind_of(mode: int) -> str:
    """What something is that is no regular file, from its `st_mode`."""
    return next((name for holds, name in _KINDS if holds(mode)), "not a regular file")


def _too_large(size: int, limit: int) -> str:
    return f"larger than the limit: {size:,} of at most {limit:,} bytes"


def _not_utf8(data: bytes, offset: int) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return f"not UTF-8 but {name}: save it as UTF-8"
    line = data.count(b"\n", 0, offset) + 1
    return f"not UTF-8: byte 0x{data[offset]:02x} at offset {offset:,}, in line {line:,}"


def _below(root: str, at: list[str], target: str) -> list[str] | None:
    """A symbolic link's target as steps from the root; none if it leads out."""
    if os.path.isabs(target):
        home = os.path.join(root, "")
        inside = os.path.join(os.path.normpath(target), "")
        return inside[len(home) :].split(os.sep) if inside.startswith(home) else None
    depth = len(at)
    steps = target.replace(os.sep, "/").split("/")
    for step in steps:
        depth += -1 if step == ".." else step not in {"", "."}
        if depth < 0:
            return None
    return [*at, *steps]
