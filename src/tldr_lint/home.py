"""Which workspace a run is about: where the paths it was given are at home."""

from __future__ import annotations

import os

from tldr_lint.files.read import find_home
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.request import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tldr_lint.arguments import Arguments


def workspace_of(arguments: Arguments) -> tuple[str, tuple[str, ...]]:
    """The workspace root, and the paths asked for relative to it, with `/`."""
    for path in arguments.paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder `{path}`")
    named = arguments.paths
    if arguments.stdin_filename is not None:
        if named:
            raise UsageError("`--stdin-filename` names the one file there is: give no paths")
        named = (arguments.stdin_filename,)
    try:
        start = os.getcwd()
    except OSError as error:
        raise UsageError("the working directory is gone, or may not be looked into") from error
    root = _root(start, named)
    return root, tuple(_below(root, path) for path in named)


def _root(start: str, named: Sequence[str]) -> str:
    """The workspace root: that of the paths given, else that of the working directory."""
    home = _home(start)
    roots = {home if _is_below(home, path) else _home(folder_of(path)) for path in named}
    if len(roots) > 1:
        listed = ", ".join(f"`{root}`" for root in sorted(roots))
        raise UsageError(f"the paths lie in several workspaces ({listed}): run once for each")
    return roots.pop() if roots else home


def _home(start: str) -> str:
    """Where a run that starts in a folder is at home: the nearest contract's folder, or git's."""
    home = find_home(start)
    return os.path.dirname(home.contract) if home.contract else home.root


def folder_of(path: str) -> str:
    """The folder a path is, or stands in."""
    return path if os.path.isdir(path) else os.path.dirname(path)


def _is_below(root: str, path: str) -> bool:
    real = _real(path)
    return real == root or real.startswith(os.path.join(root, ""))


def _real(path: str) -> str:
    """The path with its folder's symbolic links resolved, its own left alone."""
    folder, name = os.path.split(path.rstrip(os.sep))
    if name in {"", os.curdir, os.pardir}:
        return os.path.realpath(path)
    return os.path.join(os.path.realpath(folder), name)


def _below(root: str, path: str) -> str:
    real = _real(path)
    return real[len(os.path.join(root, "")) :].replace(os.sep, "/") if real != root else ""
