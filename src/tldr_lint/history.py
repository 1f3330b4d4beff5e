"""The one door to git: what is tracked, the tree at a revision, the texts that were.

The repository may be anybody's pull request, or a folder somebody unpacked,
`.git` and all. Git can be made to run code by a repository's configuration,
and by an embedded bare repository that an ordinary pull request carries, so

- only subcommands are used that read objects (`rev-parse`, `rev-list`,
  `merge-base`, `ls-tree`, `cat-file`) or names (`ls-files`); none that prints
  a patch, opens a pager, checks a signature or looks into files of the tree;
- hooks and the file system monitor are switched off on the command line, bare
  repositories are refused unless named, no transport is allowed and nothing is
  fetched lazily;
- every `GIT_*` variable is dropped. A commit hook's `GIT_INDEX_FILE` alone is
  honoured, and only where it lies in the repository's own git folder, because
  that index is what the commit will hold;
- a revision is resolved to an object name first, behind `--end-of-options`.

Paths are relative to the workspace root, with `/`, and decoded as the file
system's names are (`os.fsdecode`).
"""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

TIMEOUT = 10.0
"""Seconds a git process may take before it is stopped."""

MAX_OBJECT = 64_000_000
"""Bytes of an object above which it is not read."""

_SETTINGS = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("protocol.allow", "never"),
)
_AT_ONCE = 60
_SILENT = "git stopped answering"
_OBJECT_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Absence(StrEnum):
    """Why git can say nothing about a folder."""

    NO_GIT = "git is not installed"
    NO_REPOSITORY = "this is no git repository"
    BARE = "this is a bare git repository"
    NOT_TRUSTED = "git does not trust this folder's owner (see `safe.directory`)"
    ELSEWHERE = "the git repository here keeps its files elsewhere"
    FAILED = "git failed"


class HistoryError(Exception):
    """Git failed, or took longer than `TIMEOUT`; the message is one line without control codes."""


class RevisionError(ValueError):
    """A revision that names no commit, or that could be taken for an option."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of the working tree as git sees them, below the root."""

    tracked: frozenset[str]
    """In the index that the next commit is made from: committed before, or staged."""
    untracked: frozenset[str]
    """Neither tracked nor ignored."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a walk; `parents` are those of the walk, commits that change nothing left out."""

    name: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repository:
    """A git work tree that holds the workspace root; every method may raise `HistoryError`."""

    git: str
    """The absolute path of the program."""
    root: str
    """The workspace root, absolute."""
    prefix: str
    """Where the root lies in the work tree: empty, or a path that ends in `/`."""
    head: str | None
    """The commit checked out, or none where there are no commits yet."""
    shallow: bool
    """Whether the history was cut off when it was fetched."""
    index: str | None
    """The index a running `git commit` makes its commit from, if it is not the usual one."""

    def resolve(self, revision: str) -> str:
        """The object name of the commit that a revision names.

        Raises:
            RevisionError: it names none, or begins with `-`.
        """
        if revision.startswith("-"):
            raise RevisionError(f"`{revision}` is no revision: it begins with `-`")
        if not revision or "\0" in revision or "\n" in revision:
            raise RevisionError("an empty revision, or one with a line break, names no commit")
        done = self._run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        name = done.stdout.decode("ascii", "replace").strip()
        if done.returncode or not _OBJECT_NAME.fullmatch(name):
            more = " (the clone is shallow: set `fetch-depth: 0`)" if self.shallow else ""
            raise RevisionError(f"`{revision}` names no commit of this repository{more}")
        return name

    def merge_base(self, revision: str) -> str | None:
        """The best common ancestor of a revision and HEAD, or none.

        Raises:
            RevisionError: the revision names no commit.
        """
        other = self.resolve(revision)
        if self.head is None:
            return None
        done = self._run("merge-base", self.head, other)
        if done.returncode > 1:
            raise HistoryError(_complaint(done.stderr))
        name = done.stdout.decode("ascii", "replace").strip()
        return name or None

    def tree(self, commit: str) -> Mapping[str, str]:
        """Path → object name of every file of a commit, below the root."""
        found: dict[str, str] = {}
        for entry in self._output("ls-tree", "-r", "-z", _checked(commit)).split(b"\0"):
            about, _, path = entry.partition(b"\t")
            if path and b" blob " in about:
                found[os.fsdecode(path)] = about.split()[2].decode("ascii")
        return found

    def listing(self) -> Listing:
        """The tracked files, and the untracked ones that are not ignored.

        Tracked means: in the index. Inside a commit hook it is the index the
        commit is made from.
        """
        output = self._output(
            "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", index=self.index
        )
        tracked: set[str] = set()
        untracked: set[str] = set()
        for entry in output.split(b"\0"):
            if entry:
                (untracked if entry[:1] == b"?" else tracked).add(os.fsdecode(entry[2:]))
        return Listing(frozenset(tracked), frozenset(untracked))

    def blobs(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Object name → content, by one process; objects that are missing are left out."""
        with self.objects() as objects:
            read = objects.read_all(names).items()
            return {name: content for name, content in read if content is not None}

    @contextmanager
    def objects(self, seconds: float = TIMEOUT) -> "Iterator[Objects]":
        """One `git cat-file --batch`, to be asked again and again, for at most so many seconds."""
        with subprocess.Popen(
            _command(self.git, self.root, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(None),
        ) as process:
            # An object may be a pipe that nobody writes to: a read cannot be
            # given a time limit, but the process it reads from can.
            watch = threading.Timer(seconds, process.kill)
            watch.daemon = True
            watch.start()
            try:
                yield Objects(process)
            finally:
                watch.cancel()
                process.kill()

    def walk(self, patterns: Sequence[str], limit: int) -> tuple[Commit, ...]:
        """The commits reachable from HEAD that change files of these patterns, children first.

        At most `limit` commits. `patterns` are git's (`*.md` matches in every
        folder), relative to the root. Every side of every merge is followed,
        also those that the merge discarded.
        """
        if self.head is None:
            return ()
        output = self._output(
            "rev-list",
            "--topo-order",
            "--full-history",
            "--simplify-merges",
            "--parents",
            f"--max-count={limit}",
            self.head,
            "--",
            *patterns,
        )
        lines = (line.split() for line in output.decode("ascii").splitlines())
        return tuple(Commit(name, tuple(parents)) for name, *parents in lines)

    def _run(self, *arguments: str, index: str | None = None) -> subprocess.CompletedProcess[bytes]:
        return _finished(_command(self.git, self.root, *arguments), index)

    def _output(self, *arguments: str, index: str | None = None) -> bytes:
        done = self._run(*arguments, index=index)
        if done.returncode:
            raise HistoryError(_complaint(done.stderr))
        return done.stdout


@dataclass(frozen=True, slots=True)
class Objects:
    """A running `git cat-file --batch`."""

    _process: subprocess.Popen[bytes]

    def read(self, name: str) -> bytes | None:
        """The content of the object with this name; none if it is missing or beyond `MAX_OBJECT`.

        Raises:
            HistoryError: the process ended, or ran out of time.
        """
        return self.read_all((name,))[name]

    def read_all(self, names: Iterable[str]) -> dict[str, bytes | None]:
        """What `read` says of many objects, asked for together."""
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise HistoryError(_SILENT)
        wanted = [_checked(name) for name in dict.fromkeys(names)]
        found: dict[str, bytes | None] = {}
        # So few at once fit into a pipe: neither side waits for the other to read.
        for batch in (wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)):
            try:
                # Not through the buffer: what a dead process left in it would
                # raise once more when the pipe is closed.
                os.write(questions.fileno(), "".join(f"{name}\n" for name in batch).encode("ascii"))
            except BrokenPipeError as error:
                raise HistoryError(_SILENT) from error
            for name in batch:
                found[name] = _answer(answers)
        return found


def _answer(answers: IO[bytes]) -> bytes | None:
    head = answers.readline().split()
    if head[1:] == [b"missing"]:
        return None
    if len(head) != 3:
        raise HistoryError(_SILENT)
    size = int(head[2])
    if size > MAX_OBJECT:
        _pass_over(answers, size + 1)
        return None
    content = answers.read(size + 1)
    if len(content) <= size:
        raise HistoryError(_SILENT)
    return content[:size]


def discover(root: str | os.PathLike[str]) -> Repository | Absence:
    """The repository whose work tree holds a folder, or why there is none."""
    git = _program()
    if git is None:
        return Absence.NO_GIT
    folder = os.path.realpath(root)
    questions = ("--is-bare-repository", "--is-shallow-repository", "--absolute-git-dir")
    command = _command(git, folder, "rev-parse", *questions, "--show-prefix", "--show-toplevel")
    try:
        # With `--revs-only` a HEAD that is not born yet is no error.
        done = _finished([*command, "--revs-only", "HEAD^{commit}"], None)
    except HistoryError:
        return Absence.FAILED
    lines = os.fsdecode(done.stdout).split("\n")
    if done.returncode or len(lines) < 6:
        return _absence(lines, done.stderr)
    _, shallow, git_folder, prefix, top, head = lines[:6]
    if not _holds(top, folder, prefix):
        return Absence.ELSEWHERE
    return Repository(
        git, folder, prefix, head or None, shallow == "true", _commit_index(git_folder)
    )


def _pass_over(answers: IO[bytes], size: int) -> None:
    while size:
        passed = len(answers.read(min(size, 1 << 20)))
        if not passed:
            raise HistoryError(_SILENT)
        size -= passed


def _program() -> str | None:
    """Git, looked for in absolute folders only: a `.` in PATH would be the repository's own."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    trusted = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    return shutil.which("git", path=trusted)


def _command(git: str, root: str, *arguments: str) -> list[str]:
    settings = [part for name, value in _SETTINGS for part in ("-c", f"{name}={value}")]
    return [git, *settings, "--no-pager", "-C", root, *arguments]


def _environment(index: str | None) -> dict[str, str]:
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


def _finished(command: list[str], index: str | None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env=_environment(index),
        )
    except subprocess.TimeoutExpired as error:
        raise HistoryError(f"git took longer than {TIMEOUT:.0f} s") from error
    except OSError as error:
        raise HistoryError(f"git could not be started: {error.strerror}") from error


def _absence(answers: list[str], complaint: bytes) -> Absence:
    if b"dubious ownership" in complaint or b"unsafe repository" in complaint:
        return Absence.NOT_TRUSTED
    if answers[0] == "true" or b"bare repository" in complaint:
        return Absence.BARE
    if b"not a git repository" in complaint:
        return Absence.NO_REPOSITORY
    return Absence.FAILED


def _holds(top: str, folder: str, prefix: str) -> bool:
    """Whether the work tree is where the folder is: `core.worktree` may name any other."""
    inside = Path(top, prefix) if prefix else Path(top)
    return os.path.realpath(inside) == folder


def _commit_index(git_folder: str) -> str | None:
    """The index that a running `git commit` tells its hooks about, if it is this repository's.

    For `git commit -a` and `git commit PATH` git makes a temporary index beside
    the usual one (githooks(5), `GIT_INDEX_FILE`). A variable that points
    anywhere else was meant for another repository, or is an attempt to have
    some other file read.
    """
    named = os.environ.get("GIT_INDEX_FILE")
    if not named:
        return None
    path = Path(os.path.realpath(named))
    if path.parent != Path(os.path.realpath(git_folder)) or not path.is_file():
        return None
    return str(path)


def _checked(name: str) -> str:
    if not _OBJECT_NAME.fullmatch(name):
        raise ValueError(f"not an object name: {name!r}")
    return name


def _complaint(error: bytes) -> str:
    """The first line of what git says went wrong, fit to be shown."""
    line = error.decode("utf-8", "replace").strip().splitlines()[:1]
    text = "".join(c if c.isprintable() else "?" for c in "".join(line))
    return text.removeprefix("fatal: ")[:200] or Absence.FAILED.value
