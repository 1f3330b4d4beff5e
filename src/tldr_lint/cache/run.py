"""What the last run said, to be said again where nothing at all has changed.

A run's answer depends on its arguments, on the program, and on what it found
on disk. The first two are the *key*. For the third the run leaves the paths
that it looked at, each with its *stamp*: what `lstat` says of it. Where key
and stamps are the same as then, so is the answer. A folder's stamp changes
when a name in it comes or goes, so unread files need none of their own. Of a
text the run leaves its *gist* too (`cache/gist.py`): where a few files have
changed, they are read, and if their gists are as they were, so is the answer.

A file that changes twice within one tick of the file system's clock looks as
it did before, so an answer is kept only if everything it rests on was older
than the run by some ticks (git calls such files racily clean).

This module is the first to be loaded and, where it can answer, the last: it
imports nothing that the interpreter has not loaded by itself.
"""

import os
import sys

from tldr_lint import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    Kept = tuple[bytes, bytes, bytes, bytes, int]
    """An answer: paths, parted by NUL; their stamps, a line each; a gist for each path, one
    behind the other; what was said; the exit code."""

_MAGIC = b"tldr-lint answer 2"
_MOST_KEPT = 32
"""Answers in one folder; the oldest go first."""
_LARGEST = 64_000_000
_TICK = 50_000_000
_COARSE_TICK = 2_000_000_000
"""Nanoseconds: FAT counts in two seconds; where times have a fraction, in at most 10 ms."""
_ENVIRONMENT = (
    "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "GIT_INDEX_FILE",
    "HOME", "LINES", "NO_COLOR", "PATH", "PRE_COMMIT", "TERM", "TERM_PROGRAM", "VTE_VERSION",
    "WT_SESSION", "XDG_CONFIG_HOME",
)  # fmt: skip
"""The variables that can change what a run says or looks at."""


def cache_folder(arguments: list[str]) -> str | None:
    """Where answers are kept, from the command line as written; none if they are not to be."""
    folder = ""
    for at, argument in enumerate(arguments):
        if argument == "--no-cache":
            return None
        if argument.startswith("--cache-dir"):
            follows = arguments[at + 1] if at + 1 < len(arguments) else ""
            folder = argument.partition("=")[2] or follows
    if not folder:
        return user_folder()
    return None if leads_astray(folder) else os.path.abspath(folder)  # noqa: PTH100


def leads_astray(folder: str) -> bool:
    """Whether a folder named below the working directory is, or stands behind, a symbolic link.

    The link may be a stranger's, and lead wherever the stranger wants something written.
    """
    path, here = os.path.abspath(folder), os.path.join(os.getcwd(), "")  # noqa: PTH100, PTH109, PTH118
    return path.startswith(here) and os.path.realpath(path) != path


def user_folder() -> str | None:
    """The user's cache folder for us (XDG Base Directory, 0.8); none if there is no home."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(home):  # noqa: PTH117
        home = os.path.expanduser("~")  # noqa: PTH111
        if not os.path.isabs(home):  # noqa: PTH117
            return None
        home = os.path.join(home, ".cache")  # noqa: PTH118
    return os.path.join(home, "tldr-lint")  # noqa: PTH118


def run_key(arguments: list[str]) -> bytes:
    """All that an answer depends on beside the file system: who asks what of which program."""
    parts = [*program(), os.getcwd(), *arguments, ""]  # noqa: PTH109
    parts += [f"{name}={os.environ.get(name, '')}" for name in _ENVIRONMENT]
    parts += [_terminal(1), _terminal(2)]
    return "\0".join(parts).encode("utf-8", "surrogateescape")


def program() -> list[str]:
    """What tells one build of the program, and of what it is made from, from another."""
    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    with os.scandir(package) as scan:
        below = sorted(entry.path for entry in scan if entry.is_dir() and entry.name[0] not in "_.")
    own = [package, *below]
    parts = [__version__, sys.version]
    parts += [stamp(os.fsencode(folder)) for folder in (*own, *filter(None, sys.path))]
    if os.access(package, os.W_OK):
        # Installed to be worked on: a module may change and its folder not.
        for folder in own:
            parts += [stamp(os.fsencode(entry.path)) for entry in _entries(folder)]
    return parts


def _entries(folder: str) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as scan:
            return sorted(
                (entry for entry in scan if entry.name.endswith(".py")),
                key=lambda entry: entry.name,
            )
    except OSError:
        return []


def _terminal(descriptor: int) -> str:
    try:
        return str(os.get_terminal_size(descriptor).columns) if os.isatty(descriptor) else ""
    except OSError:
        return ""


def stamp(path: bytes) -> str:
    """What tells whether a file or folder is as it was; `-` where there is none."""
    try:
        return stamp_of(os.lstat(path))
    except (OSError, ValueError):
        return "-"


def stamp_of(about: os.stat_result) -> str:
    """The stamp of what `stat` says that about a file."""
    return f"{about.st_mode} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns} {about.st_ino}"


def stamps(paths: bytes) -> bytes:
    """The stamps of paths, which are parted by NUL."""
    return "\n".join(map(stamp, paths.split(b"\0"))).encode("ascii")


def _place(folder: str, key: bytes) -> str:
    import zlib  # noqa: PLC0415 - part of the interpreter, and cheap

    return os.path.join(folder, f"answer-{zlib.crc32(key):08x}")  # noqa: PTH118


def recall(folder: str, key: bytes) -> tuple[bytes, int] | None:
    """What was said when this was asked before, and the exit code, if nothing has changed.

    Whatever is wrong with the file, the answer is none. A file of somebody
    else's is not believed.
    """
    kept = load(folder, key)
    if kept is None:
        return None
    paths, before, gists, said, code = kept
    now = stamps(paths)
    if now == before:
        return said, code
    # Loads what reads texts.
    from tldr_lint.cache.nearly import as_it_was  # noqa: PLC0415

    still = as_it_was(paths, before, now, gists)
    if still is None:
        return None
    if still != before:
        keep(folder, key, (paths, still, gists, said, code))
    return said, code


def load(folder: str, key: bytes) -> "Kept | None":
    """What is kept for a key; none where nothing is, or nothing that can be believed."""
    try:
        opened = os.open(_place(folder, key), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            about = os.fstat(opened)
            if about.st_size > _LARGEST or about.st_uid != os.geteuid() or about.st_mode & 0o022:
                return None
            data = b""
            while len(data) < about.st_size and (piece := os.read(opened, about.st_size)):
                data += piece
        finally:
            os.close(opened)
    except (OSError, AttributeError):
        return None
    head, _, rest = data.partition(b"\n")
    try:
        magic, *numbers = head.rsplit(b" ", 6)
        sizes = [int(number) for number in numbers]
    except ValueError:
        return None
    if magic != _MAGIC or len(sizes) != 6 or sum(sizes[:5]) != len(rest) or min(sizes) < 0:
        return None
    parts: list[bytes] = []
    for size in sizes[:5]:
        parts.append(rest[:size])
        rest = rest[size:]
    known, paths, before, gists, said = parts
    return (paths, before, gists, said, sizes[5]) if known == key else None


def keep(folder: str, key: bytes, kept: "Kept") -> None:
    """Keep an answer; its stamps are from before its files were read.

    Where that fails nothing is kept, and nobody is told: the next run is
    slower, not wrong.
    """
    *texts, code = kept
    sizes = (len(key), *map(len, texts), code)
    if sum(sizes) > _LARGEST:
        return
    head = b" ".join((_MAGIC, *(str(size).encode("ascii") for size in sizes)))
    place = _place(folder, key)
    draft = f"{place}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        opened = os.open(draft, flags, 0o600)
        try:
            with open(opened, "wb") as file:  # noqa: PTH123 - a descriptor
                file.write(b"".join((head, b"\n", key, *texts)))
            os.replace(draft, place)  # noqa: PTH105
        except OSError:
            os.unlink(draft)  # noqa: PTH108
        _drop_oldest(folder)
    except OSError:
        return


def _drop_oldest(folder: str) -> None:
    with os.scandir(folder) as scan:
        kept = [entry for entry in scan if entry.name.startswith("answer-")]
    if len(kept) > _MOST_KEPT:
        kept.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
        for entry in kept[: len(kept) - _MOST_KEPT]:
            os.unlink(entry.path)  # noqa: PTH108


def is_settled(before: bytes, started: int) -> bool:
    """Whether everything was older than a run by so much that its next change will show.

    `started` is when the run began to look, in nanoseconds since 1970.
    """
    for line in before.splitlines():
        fields = line.split()
        if len(fields) == 5:
            changed, made = int(fields[2]), int(fields[3])
            tick = _TICK if changed % 1_000_000_000 else _COARSE_TICK
            if max(changed, made) + tick > started:
                return False
    return True
