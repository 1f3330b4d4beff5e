"""Renaming files: what every link in the workspace must say afterwards."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.targets import TargetKind
from tldr_lint.text import Edit, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tldr_lint.collection import Workspace
    from tldr_lint.uses import Use

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//")
# What a Markdown destination may hold as it is; blanks, brackets, and what
# begins a query or a fragment is percent-encoded. Letters beyond ASCII stay
# readable.
_KEPT = "/~!$&'*+,;=:@-._"


def moved(path: str, moves: Mapping[str, str]) -> str:
    """Where a file is after the moves, of itself or of a folder it stands in."""
    at = path
    while at:
        if at in moves:
            return moves[at] + path[len(at) :]
        at = posixpath.dirname(at)
    return path


def edits_for(workspace: Workspace, moves: Mapping[str, str]) -> tuple[Edit, ...]:
    """The edits, in the files as they are called now, that keep every link leading where it did.

    Args:
        workspace: the files and their links.
        moves: old path → new path, of files or folders.
    """
    return tuple(_edits(workspace, moves))


def _edits(workspace: Workspace, moves: Mapping[str, str]) -> Iterator[Edit]:
    seen: set[Place] = set()
    for use in workspace.uses:
        if use.target.kind is not TargetKind.INTERNAL or not workspace.tree.has(use.target.path):
            continue
        place = Place(use.document.path, use.target_span)
        written = _respelt(use, moves)
        if written is not None and place not in seen:
            seen.add(place)
            yield Edit(place, written)


def _respelt(use: Use, moves: Mapping[str, str]) -> str | None:
    """The target as it must be written after the moves; nothing where it stays right."""
    old, new = use.target.path, moved(use.target.path, moves)
    before, after = use.document.path, moved(use.document.path, moves)
    rest = re.split(r"[?#]", use.written, maxsplit=1)[0]
    suffix = use.written[len(rest) :]
    if not rest or (old == new and posixpath.dirname(before) == posixpath.dirname(after)):
        return None
    if _ABSOLUTE.match(rest):
        head = next((rest[:at] for at in range(len(rest)) if unquote(rest[at:]) == old), None)
        return f"{head}{_quoted(new)}{suffix}" if head is not None and old != new else None
    if rest.startswith("/"):
        return f"/{_quoted(new)}{suffix}" if old != new else None
    written = relative(new, posixpath.dirname(after))
    if rest.startswith("./") and not written.startswith("../"):
        written = f"./{written}"
    slash = "/" if use.target.folder else ""
    text = f"{_quoted(written)}{slash}{suffix}"
    return text if text != use.written else None


def relative(path: str, folder: str) -> str:
    """A path as it is written from a folder; both relative to the root."""
    target, here = _parts(path), _parts(folder)
    common = 0
    while common < min(len(target), len(here)) and target[common] == here[common]:
        common += 1
    return "/".join([*[".."] * (len(here) - common), *target[common:]]) or "."


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _quoted(path: str) -> str:
    return "".join(char if char > "\x7f" else quote(char, safe=_KEPT) for char in path)


def link_text(path: str, folder: str) -> str:
    """A path as a link in a folder's file writes it."""
    return _quoted(relative(path, folder))


def renamed(path: str, name: str) -> str:
    """The path that a person means who gives a file a new name.

    A name may lead into another folder, from the file's own or, with a
    leading `/`, from the root; the ending may be left out.
    """
    ending = posixpath.splitext(path)[1]
    if not posixpath.splitext(name)[1]:
        name += ending
    if name.startswith("/"):
        return posixpath.normpath(name.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def collisions(workspace: Workspace, moves: Mapping[str, str]) -> Iterable[str]:
    """New paths that are taken, or that leave the workspace."""
    for old, new in moves.items():
        outside = new in {"", ".", ".."} or new.startswith(("../", "/"))
        if outside or (workspace.tree.has(new) and new.casefold() != old.casefold()):
            yield new
