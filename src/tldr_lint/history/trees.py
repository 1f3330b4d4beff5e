"""Trees of commits, read object by object, and what differs between two of them.

Format of the objects: gitformat-pack(5) and the `tree` object's description in
Pro Git, section 10.2; a name is 20 bytes, or 32 in a SHA-256 repository.
"""

from __future__ import annotations

import os
import re

from tldr_lint.history.git import HistoryError
from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tldr_lint.history.objects import Objects

_FOLDER = b"40000"
_MOST_FOLDERS = 64
_NAMES = rb"(\d+) ([^\0]+)\0"
_SHA1_ENTRY = re.compile(_NAMES + rb"(.{20})", re.DOTALL)
_SHA256_ENTRY = re.compile(_NAMES + rb"(.{32})", re.DOTALL)

Entry = tuple[bool, str]
"""Whether a name of a folder is itself a folder, and the object's name."""


@dataclass(frozen=True, slots=True)
class Trees:
    """The trees of commits below the workspace root; the last few folders read are kept."""

    objects: Objects
    prefix: str
    """Where the root lies in the work tree (`Repository.prefix`)."""
    _folders: dict[str, Mapping[str, Entry]] = field(default_factory=dict)

    def root(self, commit: str) -> str | None:
        """The object name of the root's tree at a commit; none where it was not there.

        Raises:
            HistoryError: the commit cannot be read, or git stopped answering.
        """
        content = self.objects.read(commit)
        if content is None or not content.startswith(b"tree "):
            raise HistoryError(f"commit {commit[:12]} cannot be read")
        at: str | None = content[5:].split(b"\n", 1)[0].decode("ascii")
        for step in self.prefix.split("/"):
            if step and at is not None:
                entry = self.folder(at).get(step)
                at = entry[1] if entry is not None and entry[0] else None
        return at

    def folder(self, tree: str | None) -> Mapping[str, Entry]:
        """The entries of a tree object by name; nothing for a tree that is not there."""
        if tree is None:
            return {}
        if tree not in self._folders:
            content = self.objects.read(tree)
            if content is None:
                raise HistoryError(f"tree {tree[:12]} cannot be read")
            found = (_SHA1_ENTRY if len(tree) == 40 else _SHA256_ENTRY).findall(content)
            if len(self._folders) >= _MOST_FOLDERS:
                self._folders.pop(next(iter(self._folders)))
            self._folders[tree] = {
                os.fsdecode(name): (mode == _FOLDER, number.hex()) for mode, name, number in found
            }
        return self._folders[tree]

    def blob(self, tree: str | None, path: str) -> str | None:
        """The object name of a file of a tree."""
        *folders, name = path.split("/")
        for step in folders:
            entry = self.folder(tree).get(step)
            if entry is None or not entry[0]:
                return None
            tree = entry[1]
        entry = self.folder(tree).get(name)
        return entry[1] if entry is not None and not entry[0] else None

    def difference(
        self, old: str | None, new: str | None
    ) -> Iterator[tuple[str, str | None, str | None]]:
        """The files that differ between two trees: path, old and new object name."""
        waiting = [("", old, new)]
        while waiting:
            below, old, new = waiting.pop()
            if old == new:
                continue
            before, after = self.folder(old), self.folder(new)
            for name in {name for name, _ in before.items() ^ after.items()}:
                sides = (before.get(name), after.get(name))
                gone, come = (side[1] if side and not side[0] else None for side in sides)
                if gone or come:
                    yield f"{below}{name}", gone, come
                gone, come = (side[1] if side and side[0] else None for side in sides)
                if gone or come:
                    waiting.append((f"{below}{name}/", gone, come))
