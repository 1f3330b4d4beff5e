"""What stands in a workspace: every file by name, and the Markdown files that are looked at.

Names come from git where there is a repository, else from a walk that honours
`.gitignore` (gitignore(5)). Either way each folder is read once and only
Markdown files are asked for their size; no symbolic link is followed
and nothing hidden is looked into.
"""

from __future__ import annotations

import os
import re
import stat

from tldr_lint.files.read import Unreadable, exists, read, saying
from tldr_lint.globs import path_matcher
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MARKDOWN_SUFFIXES = (".md", ".markdown")
"""What a Markdown file's name ends with, letter case aside."""

STRAY = regex(r"\.tldr-lint-[0-9a-f]{16}(?:-[0-9a-f]{16}){0,2}\.tmp")
"""A temporary file of ours; one that is there when nobody writes was left by a killed run."""

_IGNORE_FILE = ".gitignore"
_MOST_BYTES_OF_AN_IGNORE_FILE = 1_000_000
# What a name that ends with neither cannot be Markdown's: told of most files at a glance.
_LAST_LETTERS = frozenset(
    letter for suffix in MARKDOWN_SUFFIXES for letter in (suffix[-1], suffix[-1].upper())
)
# Of all files from the root down to a folder: each is tried on each name.
_MOST_IGNORE_LINES = 2_000
_ESCAPED = regex(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """What stands below a root. All paths are relative to it."""

    files: frozenset[str]
    """Every file that can be a link's target, whatever it is; symbolic links included."""
    markdown: Mapping[str, int]
    """The Markdown files to be read, in path order, each with its size in bytes.

    A symbolic link to a file inside the root is none: that file stands for itself. One that
    leads elsewhere is, as are pipes and devices: reading it will say what is wrong with it.
    """
    strays: tuple[str, ...]
    """Temporary files that a killed run of ours left, for `files/write.py` to remove."""
    unlisted: Mapping[str, str]
    """Folders that could not be looked into, and why."""


def is_markdown(path: str) -> bool:
    """Whether a path is one that link and table rules look at: Markdown, and nothing hidden."""
    return (
        path.lower().endswith(MARKDOWN_SUFFIXES) and not path.startswith(".") and "/." not in path
    )


def working_tree(root: str, names: Iterable[str] | None) -> WorkingTree:
    """List a workspace; `names` are the files git knows of, or none where there is no git.

    A name that git knows but that is not there (deleted, and not yet staged) is left out.
    """
    found = _Found(root)
    if names is None:
        found.walk()
    else:
        found.look_for(names)
    markdown = {path: found.markdown[path] for path in sorted(found.markdown)}
    return WorkingTree(
        frozenset(found.files), markdown, tuple(sorted(found.strays)), found.unlisted
    )


class _Found:
    """A listing in the making."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.files: set[str] = set()
        self.markdown: dict[str, int] = {}
        self.strays: list[str] = []
        self.unlisted: dict[str, str] = {}

    def look_for(self, names: Iterable[str]) -> None:
        """Find those of the names that are there, reading each folder they stand in once."""
        wanted: dict[str, set[str]] = {"": set()}
        for path in names:
            folder, _, name = path.rpartition("/")
            wanted.setdefault(folder, set()).add(name)
        for folder in tuple(wanted):
            above = folder.rpartition("/")[0]
            while above not in wanted:
                wanted[above] = set()
                above = above.rpartition("/")[0]
        real = {""}
        # A folder sorts before what it holds; one that is a symbolic link today holds nothing.
        for folder in sorted(wanted, key=lambda each: each.split("/")):
            if folder not in real:
                continue
            prefix, here = f"{folder}/" if folder else "", wanted[folder]
            for entry in self._entries(folder):
                name = entry.name
                path = prefix + name
                if name in here:
                    self._add(path, entry)
                if path in wanted and entry.is_dir(follow_symlinks=False):
                    real.add(path)

    def walk(self) -> None:
        """Find every file that is neither hidden in a folder nor ignored."""
        pending: list[tuple[str, tuple[_Ignore, ...]]] = [("", ())]
        while pending:
            folder, ignores = pending.pop()
            prefix = f"{folder}/" if folder else ""
            entries = self._entries(folder)
            if any(entry.name == _IGNORE_FILE for entry in entries):
                text = read(self.root, prefix + _IGNORE_FILE, _MOST_BYTES_OF_AN_IGNORE_FILE)
                if not isinstance(text, Unreadable):
                    room = _MOST_IGNORE_LINES - sum(len(each.lines) for each in ignores)
                    ignores = (*ignores, _Ignore(prefix, _ignore_lines(text)[:room]))
            for entry in entries:
                path = prefix + entry.name
                is_file = entry.is_file(follow_symlinks=False)
                is_folder = not is_file and entry.is_dir(follow_symlinks=False)
                if entry.name[0] == "." and (is_folder or STRAY.fullmatch(entry.name)):
                    continue
                if ignores and _ignored(path, ignores, folder=is_folder):
                    continue
                if is_folder:
                    pending.append((path, ignores))
                elif is_file and path[-1] not in _LAST_LETTERS:
                    self.files.add(path)
                else:
                    self._add(path, entry)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as scan:
                entries = list(scan)
        except OSError as error:
            self.unlisted[folder] = saying(error)
            return []
        for entry in entries:
            if entry.name[0] == "." and STRAY.fullmatch(entry.name):
                self.strays.append(f"{folder}/{entry.name}" if folder else entry.name)
        return entries

    def _add(self, path: str, entry: os.DirEntry[str]) -> None:
        markdown = path[-1] in _LAST_LETTERS and is_markdown(path)
        if entry.is_file(follow_symlinks=False):
            self.files.add(path)
        elif entry.is_symlink():
            # A link to nothing, or in a circle, is no target that anybody could follow.
            if exists(self.root, path):
                self.files.add(path)
            if not markdown or self._leads_inside(path):
                return
        elif entry.is_dir(follow_symlinks=False):
            # A submodule, or a folder in place of a file that git knows.
            if not markdown:
                return
        else:
            self.files.add(path)
        if markdown:
            try:
                about = entry.stat(follow_symlinks=False)
            except OSError:
                # It vanished this moment; reading it will say so.
                self.markdown[path] = 0
                return
            self.markdown[path] = about.st_size

    def _leads_inside(self, path: str) -> bool:
        """Whether a symbolic link ends at a regular file inside the root."""
        end = os.path.realpath(os.path.join(self.root, path))
        inside = end.startswith(os.path.join(self.root, ""))
        try:
            return inside and stat.S_ISREG(os.lstat(end).st_mode)
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class _IgnoreLine:
    matches: Callable[[str], bool]
    negated: bool
    folders_only: bool


@dataclass(frozen=True, slots=True)
class _Ignore:
    """One `.gitignore`; `prefix` is its folder with a slash, or nothing."""

    prefix: str
    lines: tuple[_IgnoreLine, ...]


def _ignore_lines(text: str) -> tuple[_IgnoreLine, ...]:
    found: list[_IgnoreLine] = []
    for line in text.removeprefix("\ufeff").split("\n", _MOST_IGNORE_LINES):
        glob = line.removesuffix("\r")
        while glob.endswith(" ") and not glob.endswith("\\ "):
            glob = glob[:-1]
        if not glob or glob.startswith("#"):
            continue
        negated = glob.startswith("!")
        # A back slash takes the next character as it is; so does a set of that one character.
        bare = _ESCAPED.sub(_literally, glob[negated:])
        folders_only = bare.endswith("/")
        bare = bare.rstrip("/")
        anchored = bare.lstrip("/") if "/" in bare else f"**/{bare}"
        if anchored:
            found.append(_IgnoreLine(path_matcher([anchored]), negated, folders_only))
    return tuple(found)


def _literally(found: re.Match[str]) -> str:
    return f"[{found[1]}]" if found[1] in "*?[" else found[1]


def _ignored(path: str, ignores: Sequence[_Ignore], *, folder: bool) -> bool:
    """Whether the last line that matches, of the deepest file that has one, ignores a path."""
    for ignore in reversed(ignores):
        below = path[len(ignore.prefix) :]
        for line in reversed(ignore.lines):
            if (folder or not line.folders_only) and line.matches(below):
                return not line.negated
    return False
