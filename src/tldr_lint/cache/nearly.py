"""Whether an answer holds though a few files were written to: their gists are as they were.

Only where nothing but the contents of regular files has changed, and each of
them is one whose prose decides nothing (`prose.py`). Folders may have changed
if the names in them are the same. What is read is what is judged: a file that
changes meanwhile gets no new stamp, or a stamp that it will not have any more.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time

from tldr_lint.cache.gist import LONGEST, NONE, SIZE, gist
from tldr_lint.cache.run import is_settled, stamp_of

MOST = 100
"""Files that are read; where more have changed, the whole run is as quick."""


def as_it_was(paths: bytes, before: bytes, now: bytes, gists: bytes) -> bytes | None:
    """The stamps under which an answer holds from now on; none where it may not hold.

    A file that was written to a moment ago keeps the stamp it had, and so is
    read again the next time.
    """
    started = time.time_ns()
    names, stamps, found = paths.split(b"\0"), before.split(b"\n"), now.split(b"\n")
    if not len(names) == len(stamps) == len(found) == len(gists) // SIZE:
        return None
    changed = [at for at, (old, new) in enumerate(zip(stamps, found, strict=True)) if old != new]
    if len(changed) > MOST:
        return None
    for at in changed:
        known = gists[at * SIZE : (at + 1) * SIZE]
        if known == NONE or _kind(stamps[at]) != _kind(found[at]):
            return None
        if _gist(names[at], found[at]) != known:
            return None
        if is_settled(found[at], started):
            stamps[at] = found[at]
    return b"\n".join(stamps)


def _kind(known: bytes) -> bytes:
    """The kind and the permissions of a file."""
    return known.split(b" ")[0]


def unsettled(known: bytes) -> bytes:
    """In place of a stamp that may still be the same after a change: no file ever has it."""
    return _kind(known) + b" unsettled"


def is_folder(known: bytes) -> bool:
    """Whether a stamp is a folder's."""
    kind = _kind(known)
    return kind.isdigit() and stat.S_ISDIR(int(kind))


def _gist(path: bytes, known: bytes) -> bytes | None:
    if is_folder(known):
        return names_in(path)
    text = _text(path, known.decode("ascii"))
    return gist(text) if text is not None else None


def names_in(folder: bytes) -> bytes:
    """A digest of the names in a folder, each with its kind; `NONE` where a link is among them.

    An editor that saves under another name, and gives the new file the old
    one's, changes the folder, and no name in it.
    """
    found: list[bytes] = []
    try:
        with os.scandir(folder) as scan:
            for entry in scan:
                if entry.is_symlink():
                    return NONE
                kind = b"f" if entry.is_file() else b"d" if entry.is_dir() else b"-"
                found.append(kind + entry.name)
    except OSError:
        return NONE
    return hashlib.blake2b(b"\0".join(sorted(found)), digest_size=SIZE).digest()


def _text(path: bytes, expected: str) -> str | None:
    """The text of a regular file that has a stamp; none if it has not, or is no text."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        opened = os.open(path, flags)
        try:
            about = os.fstat(opened)
            if not stat.S_ISREG(about.st_mode) or stamp_of(about) != expected:
                return None
            data = os.read(opened, LONGEST + 1)
        finally:
            os.close(opened)
        return data.decode("utf-8") if len(data) == about.st_size else None
    except (OSError, ValueError):
        return None
