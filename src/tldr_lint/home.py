"""Which workspace a run is about: where the paths it was given are at home."""

from __future__ import annotations

import os
from pathlib import Path

from tldr_lint.files.read import find_home
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.request import UsageError

if TYPE_CHECKING:
    from tldr_lint.arguments import Arguments


def workspace_of(arguments: Arguments) -> tuple[Path, tuple[str, ...]]:
    """The workspace root, and the paths asked for relative to it."""
    for path in arguments.paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder `{path}`")
    named = [Path(path) for path in arguments.paths]
    if arguments.stdin_filename is not None:
        if named:
            raise UsageError("`--stdin-filename` names the one file there is: give no paths")
        named = [Path(arguments.stdin_filename)]
    root = _root(Path.cwd(), named)
    return root, tuple(_below(root, path) for path in named)


def _root(start: Path, named: list[Path]) -> Path:
    """The workspace root: that of the paths given, else that of the working directory."""
    home = _home(start)
    roots = {home if _is_below(home, path) else _home(folder_of(path)) for path in named}
    if len(roots) > 1:
        listed = ", ".join(f"`{root}`" for root in sorted(roots))
        raise UsageError(f"the paths lie in several workspaces ({listed}): run once for each")
    return roots.pop() if roots else home


def _home(start: Path) -> Path:
    """Where a run that starts in a folder is at home: the nearest contract's folder, or git's."""
    home = find_home(start)
    return Path(home.contract).parent if home.contract else Path(home.root)


def folder_of(path: Path) -> Path:
    """The folder a path is, or stands in."""
    return path if path.is_dir() else path.parent


def _is_below(root: Path, path: Path) -> bool:
    return _real(path).is_relative_to(root)


def _real(path: Path) -> Path:
    """The path with its folder's symbolic links resolved, its own left alone."""
    if path.name in {"", ".", ".."}:
        return path.resolve()
    return path.parent.resolve() / path.name


def _below(root: Path, path: Path) -> str:
    relative = _real(path).relative_to(root).as_posix()
    return "" if relative == "." else relative
