"""The paths that a run's answer rests on, for `cache/run.py` to tell whether they changed.

Better one too many than one too few: a path that changes without need costs
one run that is not answered from memory, a path that is left out costs truth.
Where it cannot be told what an answer rests on, there is no list at all.
"""

from __future__ import annotations

import os
import re

from tldr_lint.cache.run import is_settled, keep, load, stamp, stamps
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MARKS = (".git", "tldr-lint.toml", ".tldr-lint.toml", "pyproject.toml")
_MOST_OTHER_FOLDERS = 2_000
_EXCLUDES = regex(r"^\s*excludesfile\s*=\s*(.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_INCLUDES = regex(r"^\s*\[\s*include", re.IGNORECASE | re.MULTILINE)
_LARGEST_CONFIGURATION = 1_000_000


class _UnclearError(Exception):
    """What the answer rests on cannot be told."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A run whose answer may be kept."""

    folder: str
    """Where."""
    key: bytes
    """What was asked (`run_key`)."""
    started: int
    """When, in nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run looked at. Paths are absolute."""

    root: str
    starts: tuple[str, ...]
    """Folders from which a workspace was looked for: the working directory, and those named."""
    files: frozenset[str]
    """Files that were read or asked for, whether they are there or not."""
    names: frozenset[str]
    """Files of which only the name counts."""
    repository: bool
    """Whether git said which files there are."""
    jobs: int
    """Processes to work with."""


def keep_answer(
    asking: Asking, trace: Trace, said: bytes, code: int, free: Mapping[str, str | bytes]
) -> None:
    """Keep what a run said, if it can be told when that will not be true any more.

    `free` are the texts whose prose decided nothing, or their gists, by absolute path.
    """
    paths = rests_on(trace)
    if paths is None:
        return
    known = _known(asking) if free else {}
    # Before the stamps: a name that comes in between is younger than the run.
    listed = _listed(paths, trace, known) if free else {}
    now = stamps(paths)
    young = _young(now, asking.started)
    if young is None:
        return
    known |= _new_gists(paths, now, free, known, trace.jobs)
    gists = _gists(paths, now, free, known, listed)
    before = _marked(now, young, paths, free) if young else now
    if before is not None:
        keep(asking.folder, asking.key, (paths, before, gists, said, code))


def _young(now: bytes, started: int) -> list[int] | None:
    """The numbers of the paths whose next change may not show; none where they are many.

    What changed since the run began is younger than the run.
    """
    if is_settled(now, started):
        return []
    from tldr_lint.cache.nearly import MOST  # noqa: PLC0415 - while somebody writes

    found = [at for at, line in enumerate(now.split(b"\n")) if not is_settled(line, started)]
    return found if len(found) <= MOST else None


def _marked(
    now: bytes, young: list[int], paths: bytes, free: Mapping[str, str | bytes]
) -> bytes | None:
    """The stamps, those of young texts such that they are read again; none for other young ones."""
    from tldr_lint.cache.nearly import unsettled  # noqa: PLC0415 - while somebody writes

    stamps, names = now.split(b"\n"), paths.split(b"\0")
    for at in young:
        if os.fsdecode(names[at]) not in free:
            return None
        stamps[at] = unsettled(stamps[at])
    return b"\n".join(stamps)


def _known(asking: Asking) -> dict[tuple[bytes, bytes], bytes]:
    """What the answer before knows: path and stamp → gist."""
    kept = load(asking.folder, asking.key)
    if kept is None:
        return {}
    from tldr_lint.cache.gist import SIZE  # noqa: PLC0415 - only where an answer is kept

    olds = zip(kept[0].split(b"\0"), kept[1].split(b"\n"), strict=False)
    return {old: kept[2][at * SIZE : (at + 1) * SIZE] for at, old in enumerate(olds)}


def _listed(
    paths: bytes, trace: Trace, known: Mapping[tuple[bytes, bytes], bytes]
) -> dict[tuple[bytes, bytes], bytes]:
    """Path and stamp → the names in a folder of the workspace."""
    from tldr_lint.cache.gist import NONE  # noqa: PLC0415 - only where an answer is kept
    from tldr_lint.cache.nearly import is_folder, names_in  # noqa: PLC0415

    inside = os.fsencode(os.path.join(trace.root, ""))
    read = set(map(os.fsencode, trace.files))
    found: dict[tuple[bytes, bytes], bytes] = {}
    for path in paths.split(b"\0"):
        # What counts of git's own folder has stamps of its own.
        within = (path + b"/").startswith(inside) and b"/.git/" not in path
        if within and path not in read:
            at = path, stamp(path).encode("ascii")
            if is_folder(at[1]):
                own = known.get(at, NONE)
                found[at] = own if own != NONE else names_in(path)
    return found


def _new_gists(
    paths: bytes,
    now: bytes,
    free: Mapping[str, str | bytes],
    known: Mapping[tuple[bytes, bytes], bytes],
    jobs: int,
) -> dict[tuple[bytes, bytes], bytes]:
    """Path and stamp → the gist of a free text, where it is not known."""
    from tldr_lint.cache.gist import NONE, gist  # noqa: PLC0415 - only where an answer is kept
    from tldr_lint.forks import spread_values  # noqa: PLC0415

    found: dict[tuple[bytes, bytes], bytes] = {}
    texts: dict[tuple[bytes, bytes], str] = {}
    for at in zip(paths.split(b"\0"), now.split(b"\n"), strict=True):
        text = free.get(os.fsdecode(at[0]))
        if isinstance(text, bytes):
            found[at] = text
        elif text is not None and known.get(at, NONE) == NONE:
            texts[at] = text
    wanted = list(texts.values())
    gists = spread_values(wanted, list(map(len, wanted)), jobs, gist)
    return found | dict(zip(texts, gists, strict=True))


def _gists(
    paths: bytes,
    now: bytes,
    free: Mapping[str, str | bytes],
    known: Mapping[tuple[bytes, bytes], bytes],
    listed: Mapping[tuple[bytes, bytes], bytes],
) -> bytes:
    """The gist of each path: of free texts, and of folders; others have none."""
    from tldr_lint.cache.gist import NONE  # noqa: PLC0415 - only where an answer is kept

    return b"".join(
        [
            (known if os.fsdecode(at[0]) in free else listed).get(at, NONE)
            for at in zip(paths.split(b"\0"), now.split(b"\n"), strict=True)
        ]
    )


def rests_on(trace: Trace) -> bytes | None:
    """The paths, parted by NUL; none where a symbolic link or a setting hides what counts."""
    try:
        paths = {*trace.files, *_marks(trace), *_folders(trace)}
        if trace.repository:
            paths |= set(_git(trace.root))
        return b"\0".join(sorted(map(os.fsencode, paths)))
    except (_UnclearError, OSError, ValueError):
        return None


def _marks(trace: Trace) -> Iterator[str]:
    """What makes a folder the root of a workspace, in every folder above."""
    for start in {trace.root, *trace.starts}:
        for folder in _upwards(start):
            yield from (os.path.join(folder, name) for name in _MARKS)


def _upwards(folder: str) -> Iterator[str]:
    """A folder and all above it."""
    above = ""
    while folder != above:
        yield folder
        above, folder = folder, os.path.dirname(folder)


def _folders(trace: Trace) -> Iterator[str]:
    """The folders that hold files, those that could come to hold some, and what they ignore."""
    listed = {trace.root}
    for path in (*trace.files, *trace.names):
        folder = os.path.dirname(path)
        while folder not in listed and len(folder) > len(trace.root):
            listed.add(folder)
            folder = os.path.dirname(folder)
    pending = sorted(listed)
    other = 0
    while pending:
        folder = pending.pop()
        yield folder
        for entry in _entries(folder):
            if entry.is_symlink():
                if folder in listed:
                    raise _UnclearError
            elif entry.name == ".gitignore":
                yield entry.path
            elif not entry.name.startswith(".") and entry.is_dir() and entry.path not in listed:
                other += 1
                if other > _MOST_OTHER_FOLDERS:
                    raise _UnclearError
                pending.append(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as scan:
            return list(scan)
    except (FileNotFoundError, NotADirectoryError):
        # Asked for, and not there: that is a fact too.
        return []


def _git(root: str) -> Iterator[str]:
    """What git's listing and the history rest on."""
    folder = next(
        (
            os.path.join(each, ".git")
            for each in _upwards(root)
            if os.path.exists(os.path.join(each, ".git"))
        ),
        None,
    )
    if folder is None or not os.path.isdir(folder):
        # A linked work tree or a submodule keeps its files elsewhere.
        raise _UnclearError
    names = (
        "HEAD",
        "index",
        "packed-refs",
        "refs/replace",
        "shallow",
        "info/exclude",
        "info/grafts",
    )
    yield from (f"{folder}/{name}" for name in names)
    with open(f"{folder}/HEAD", "rb") as file:
        head = file.read(4096).decode("utf-8", "surrogateescape").strip()
    if head.startswith("ref: "):
        yield f"{folder}/{head.removeprefix('ref: ')}"
    home = os.path.expanduser("~")
    settings = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    yield f"{settings}/git/ignore"
    configurations = (
        f"{folder}/config",
        f"{folder}/config.worktree",
        f"{home}/.gitconfig",
        f"{settings}/git/config",
        "/etc/gitconfig",
    )
    yield from configurations
    yield from _excludes(configurations)


def _excludes(configurations: Iterable[str]) -> Iterator[str]:
    for name in configurations:
        if not os.path.lexists(name):
            continue
        with open(name, "rb") as file:
            text = file.read(_LARGEST_CONFIGURATION).decode("utf-8", "surrogateescape")
        if _INCLUDES.search(text):
            raise _UnclearError
        for found in _EXCLUDES.finditer(text):
            yield os.path.abspath(os.path.expanduser(found[1].strip('"')))
