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

from __future__ import annotations

import os
from enum import StrEnum

from tldr_lint.history.git import (
    OBJECT_NAME,
    HistoryError,
    begun,
    checked,
    command,
    complaint,
    finished,
    program,
)
from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from tldr_lint.history.git import Begun
    from tldr_lint.history.objects import Objects
    from tldr_lint.history.process import Finished


_WHAT_IT_IS = (
    *("rev-parse", "--is-bare-repository", "--is-shallow-repository", "--absolute-git-dir"),
    # With `--revs-only` a HEAD that is not born yet is no error.
    *("--show-prefix", "--show-toplevel", "--revs-only", "HEAD^{commit}"),
)
_LISTING = ("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")


class Absence(StrEnum):
    """Why git can say nothing about a folder."""

    NO_GIT = "git is not installed"
    NO_REPOSITORY = "this is no git repository"
    BARE = "this is a bare git repository"
    NOT_TRUSTED = "git does not trust this folder's owner (see `safe.directory`)"
    ELSEWHERE = "the git repository here keeps its files elsewhere"
    FAILED = "git failed"


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
    begun: Begun = field(default_factory=dict, repr=False, compare=False)
    """What git was asked before anybody needed it (`begin`)."""

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
        if done.code or not OBJECT_NAME.fullmatch(name):
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
        if done.code > 1:
            raise HistoryError(complaint(done.stderr))
        name = done.stdout.decode("ascii", "replace").strip()
        return name or None

    def tree(self, commit: str) -> Mapping[str, str]:
        """Path → object name of every file of a commit, below the root."""
        found: dict[str, str] = {}
        for entry in self._output("ls-tree", "-r", "-z", checked(commit)).split(b"\0"):
            about, _, path = entry.partition(b"\t")
            if path and b" blob " in about:
                found[os.fsdecode(path)] = about.split()[2].decode("ascii")
        return found

    def listing(self) -> Listing:
        """The tracked files, and the untracked ones that are not ignored.

        Tracked means: in the index. Inside a commit hook it is the index the
        commit is made from.
        """
        output = self._output(*_LISTING, index=self.index)
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

    def objects(self) -> AbstractContextManager[Objects]:
        """One `git cat-file --batch`, to be asked again and again."""
        # Loads `subprocess` and `threading`, and few runs look at objects.
        from tldr_lint.history.objects import objects  # noqa: PLC0415

        return objects(self.git, self.root)

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

    def _run(self, *arguments: str, index: str | None = None) -> Finished:
        return finished(command(self.git, self.root, *arguments), index, self.begun)

    def _output(self, *arguments: str, index: str | None = None) -> bytes:
        done = self._run(*arguments, index=index)
        if done.code:
            raise HistoryError(complaint(done.stderr))
        return done.stdout


def begin() -> Begun:
    """Ask git what `discover` and `listing` will ask it, most likely, so that it answers meanwhile.

    That is asked of the top-level folder of the work tree that the working directory is in.
    """
    git = program()
    try:
        folder = os.path.realpath(os.curdir)
    except OSError:
        # It is gone. Whoever needs it will say so.
        return {}
    while not os.path.lexists(os.path.join(folder, ".git")):
        below, folder = folder, os.path.dirname(folder)
        if folder == below:
            return {}
    # In a commit hook it depends on the first answer which index the second is about.
    if git is None or "GIT_INDEX_FILE" in os.environ:
        return {}
    return begun([command(git, folder, *_WHAT_IT_IS), command(git, folder, *_LISTING)])


def discover(root: str | os.PathLike[str], begun: Begun | None = None) -> Repository | Absence:
    """The repository whose work tree holds a folder, or why there is none.

    `begun` is what git was asked already (`begin`).
    """
    begun = {} if begun is None else begun
    git = program()
    if git is None:
        return Absence.NO_GIT
    folder = os.path.realpath(root)
    if not _may_be_in_one(folder):
        return Absence.NO_REPOSITORY
    try:
        done = finished(command(git, folder, *_WHAT_IT_IS), None, begun)
    except HistoryError:
        return Absence.FAILED
    lines = os.fsdecode(done.stdout).split("\n")
    if done.code or len(lines) < 6:
        return _absence(lines, done.stderr)
    _, shallow, git_folder, prefix, top, head = lines[:6]
    if not _holds(top, folder, prefix):
        return Absence.ELSEWHERE
    return Repository(
        git, folder, prefix, head or None, shallow == "true", _commit_index(git_folder), begun
    )


def _may_be_in_one(folder: str) -> bool:
    """Whether anything in a folder or above looks like git's: to ask costs a process.

    A work tree has a `.git`, a bare repository a `HEAD` (gitrepository-layout(5)).
    """
    while True:
        if any(os.path.lexists(os.path.join(folder, name)) for name in (".git", "HEAD")):
            return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above


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
    return os.path.realpath(os.path.join(top, prefix)) == folder


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
    path = os.path.realpath(named)
    if os.path.dirname(path) != os.path.realpath(git_folder) or not os.path.isfile(path):
        return None
    return path
