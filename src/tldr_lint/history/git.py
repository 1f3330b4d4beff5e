"""Running git: which program, with what settings and environment, and for how long.

What is guarded against, and why, stands in `history/repository.py`, which alone decides
which subcommands are run.
"""

from __future__ import annotations

import os

from tldr_lint.history.process import finish, run, start
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tldr_lint.history.process import Finished, Started

TIMEOUT = 10.0
"""Seconds a git process may take before it is stopped."""

_SETTINGS = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("protocol.allow", "never"),
)
_PROGRAM = "git.exe" if os.name == "nt" else "git"
OBJECT_NAME = regex(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""A SHA-1 or a SHA-256 name, in full."""


class HistoryError(Exception):
    """Git failed, or took longer than `TIMEOUT`; the message is one line without control codes."""


def program() -> str | None:
    """Git, looked for in absolute folders only: a `.` in PATH would be the repository's own."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, _PROGRAM)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def command(git: str, root: str, *arguments: str) -> list[str]:
    """The command line that runs git in a folder, deaf to what the repository configures."""
    settings = [part for name, value in _SETTINGS for part in ("-c", f"{name}={value}")]
    return [git, *settings, "--no-pager", "-C", root, *arguments]


def environment(index: str | None) -> dict[str, str]:
    """The environment git runs in; `index` is the index file it is to look at, if another."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        # Unlike `protocol.allow` these two cannot be overruled by the
        # repository's configuration (`protocol.ext.allow`, a promisor remote).
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
    if index is not None:
        kept["GIT_INDEX_FILE"] = index
    return kept


Begun = dict[tuple[str, ...], "Started"]
"""Command line → its process, of those that were started before anybody asked for what they say."""


def begun(commands: Iterable[list[str]]) -> Begun:
    """Start commands that are certain to be asked for, as far as that can be done here."""
    if not hasattr(os, "posix_spawn"):
        return {}
    try:
        return {tuple(each): start(each, environment(None)) for each in commands}
    except OSError:
        # Whoever asks for them will start them, and be told.
        return {}


def finished(command: list[str], index: str | None, begun: Begun) -> Finished:
    """Run a command to its end; `index` is the index file it is to look at, if not the usual one.

    If it is among those that were begun, it is seen to its end and taken out.

    Raises:
        HistoryError: it could not be started, or took longer than `TIMEOUT`.
    """
    try:
        if index is None and (started := begun.pop(tuple(command), None)) is not None:
            return finish(started, TIMEOUT)
        return run(command, environment(index), TIMEOUT)
    except TimeoutError as error:
        raise HistoryError(f"git took longer than {TIMEOUT:.0f} s") from error
    except OSError as error:
        raise HistoryError(f"git could not be started: {error.strerror}") from error


def checked(name: str) -> str:
    """An object's name as it is.

    Raises:
        ValueError: it is none, and might be an option.
    """
    if not OBJECT_NAME.fullmatch(name):
        raise ValueError(f"not an object name: {name!r}")
    return name


def complaint(error: bytes) -> str:
    """The first line of what git says went wrong, fit to be shown."""
    line = error.decode("utf-8", "replace").strip().splitlines()[:1]
    text = "".join(c if c.isprintable() else "?" for c in "".join(line))
    said = text.removeprefix("fatal: ").removeprefix("error: ")[:200]
    return f"git says: {said}" if said else "git failed"
