"""The agreed bases: for what has drifted, the newest commits at which both sides agreed.

One walk and one `git cat-file` answer all questions of a run. The walk goes
from HEAD to its ancestors, children first; a question is followed along every
line of history until a commit at which the two sides agreed. A record is
followed by its key: where a commit's note lacks it, the files that differ from
the parent's are looked through, so renamed and moved notes keep their base.
Every text is parsed once, whatever the number of commits that hold it.
"""

from __future__ import annotations

import hashlib

from tldr_lint.agreed import Agreed, Base
from tldr_lint.history.git import HistoryError
from tldr_lint.history.repository import Absence
from tldr_lint.history.texts import LimitError, Reader, records_by_key, suffixes
from tldr_lint.history.trees import Trees
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace
from tldr_lint.sync.decide import agrees
from tldr_lint.sync.index_drift import index_columns
from tldr_lint.sync.lines import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tldr_lint.agreed import Cells, Question
    from tldr_lint.collection import Collection, Workspace
    from tldr_lint.history.repository import Repository
    from tldr_lint.history.texts import Changed
    from tldr_lint.sync.lines import Column

MOST_COMMITS = 2_000
"""Commits of the walk after which no older base is looked for."""

NEVER = "the two have never agreed in its history"
NO_COMMITS = "there are no commits yet"
UNRELATED = "the revision has no commit in common with HEAD"
SHALLOW = "the clone is shallow, fetch more with `fetch-depth: 0`"

_TOO_MANY = f"they have not agreed in the newest {MOST_COMMITS:,} commits of these files"

_Place = tuple[str, int]
"""A roll-up: its collection's name and which of its roll-ups it is."""


@dataclass(frozen=True, slots=True)
class _State:
    """What is still asked at a commit, and where the things asked about stand there."""

    open: frozenset[Question]
    records: Mapping[tuple[_Place, str], str | None]
    """Roll-up and key → the path of the record's note; none where there is no record."""
    files: Mapping[_Place, str]
    """Roll-up → its path."""


@dataclass(frozen=True, slots=True)
class _Search:
    """One walk through history, and what it has found."""

    trees: Trees
    readers: Mapping[_Place, Reader]
    found: dict[Question, list[Base]] = field(default_factory=dict)

    def carried(self, state: _State, changed: Changed) -> _State:
        """A state taken from a tree to an older one that differs from it in these files."""
        if not changed:
            return state
        files = {place: self._rollup(place, path, changed) for place, path in state.files.items()}
        records = dict(state.records)
        indexed: dict[_Place, Mapping[str, str]] = {}
        for (place, key), path in state.records.items():
            reader = self.readers[place]
            if path is not None and (
                path not in changed or key in reader.items(path, changed[path][1])
            ):
                continue
            if place not in indexed:
                indexed[place] = records_by_key(reader, changed)
            records[place, key] = indexed[place].get(key)
        return _State(state.open, records, files)

    def _rollup(self, place: _Place, path: str, changed: Changed) -> str:
        """Where a roll-up stands in the older tree: it may have had another name."""
        if path not in changed or changed[path][1] is not None:
            return path
        reader = self.readers[place]
        for other, (newer, older) in sorted(changed.items()):
            if newer is None and older is not None and reader.was_listing(other, older):
                return other
        return path

    def _fetch(self, state: _State, tree: str | None) -> None:
        """Ask for the notes that are to be looked at in one go: each trip to git costs."""
        for place, reader in self.readers.items():
            paths = {
                state.records[place, each.key]
                for each in state.open
                if (each.collection, each.rollup) == place
            }
            blobs = {self.trees.blob(tree, path) for path in paths if path is not None}
            reader.fetch(blob for blob in blobs if blob is not None)

    def answered(self, state: _State, commit: str, tree: str | None, age: int) -> _State:
        """The state without the questions that a commit answers; the answers are kept."""
        self._fetch(state, tree)
        done: set[Question] = set()
        for question in state.open:
            place = question.collection, question.rollup
            reader = self.readers[place]
            rows = reader.rows(self.trees.blob(tree, state.files[place]))
            if rows is None:
                continue
            path = state.records[place, question.key]
            item: Cells | None = None
            if path is not None:
                known = reader.items(path, self.trees.blob(tree, path))
                item = known[question.key][1] if question.key in known else None
            base = Base(commit, item, rows.get(question.key), path, age)
            if agrees(reader.columns, question, base):
                self.found.setdefault(question, []).append(base)
                done.add(question)
        return replace(state, open=state.open - done) if done else state


def bases(
    repository: Repository | Absence,
    workspace: Workspace,
    asked: Iterable[Question],
    base: str | None = None,
    *,
    pinned: bool = False,
) -> Mapping[Question, Agreed]:
    """The answers of history to questions about a workspace.

    With `pinned`, `base` is the one commit to look at, or none where there is
    no such commit. What goes wrong with git is an answer too: no base is
    known, and why.
    """
    wanted = frozenset(asked)
    if not wanted:
        return {}
    if isinstance(repository, Absence):
        return {question: Agreed((), repository.value) for question in wanted}
    if repository.head is None:
        return {question: Agreed((), NO_COMMITS) for question in wanted}
    if pinned and base is None:
        reason = SHALLOW if repository.shallow else UNRELATED
        return {question: Agreed((), reason) for question in wanted}
    try:
        with repository.objects() as objects:
            trees = Trees(objects, repository.prefix)
            search = _Search(trees, _readers(workspace, wanted, trees))
            start = _start(repository, workspace, search, wanted)
            if base is not None:
                return _pinned(repository.head, search, start, base)
            return _walked(repository, search, start)
    except (HistoryError, LimitError) as error:
        return {question: Agreed((), str(error)) for question in wanted}


def _readers(
    workspace: Workspace, wanted: Iterable[Question], trees: Trees
) -> Mapping[_Place, Reader]:
    collections = {each.contract.name: each for each in workspace.collections}
    spent = [0]
    fetched: dict[str, bytes | None] = {}
    return {
        (name, position): Reader(
            workspace.contract,
            collections[name],
            position,
            _columns(collections[name], position),
            trees,
            spent,
            fetched,
        )
        for name, position in {(question.collection, question.rollup) for question in wanted}
    }


def _columns(collection: Collection, position: int) -> tuple[Column, ...]:
    if position < 0:
        return index_columns(collection.contract.indexes[~position])
    return columns_of(collection, position)


def _start(
    repository: Repository, workspace: Workspace, search: _Search, wanted: frozenset[Question]
) -> _State:
    """Everything asked, and where it stands at HEAD: the working tree may have changed."""
    records: dict[tuple[_Place, str], str | None] = {}
    for question in wanted:
        at = (question.collection, question.rollup), question.key
        records[at] = records.get(at) or question.item
    files = {place: reader.file for place, reader in search.readers.items()}
    head = repository.tree(repository.head or "")
    size = len(repository.head or "")
    now = {
        path: _object_name(document.source.text, size)
        for path, document in workspace.documents.items()
    }
    changed = {
        path: (now.get(path), head.get(path))
        for path in now.keys() | head.keys()
        if now.get(path) != head.get(path)
    }
    return search.carried(_State(wanted, records, files), changed)


def _object_name(text: str, size: int) -> str:
    """What git would call a text, if it stores it as it is (gitformat-pack(5))."""
    content = text.encode("utf-8", "surrogateescape")
    digest = hashlib.sha1 if size == 40 else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _pinned(head: str, search: _Search, start: _State, base: str) -> Mapping[Question, Agreed]:
    tree = search.trees.root(base)
    state = search.carried(start, _changed(search.trees, search.trees.root(head), tree))
    search.answered(state, base, tree, 0)
    reason = f"they did not agree at {base[:7]}"
    return {
        question: Agreed(tuple(search.found.get(question, ())), reason) for question in start.open
    }


def _walked(repository: Repository, search: _Search, start: _State) -> Mapping[Question, Agreed]:
    commits = repository.walk(_patterns(search.readers.values()), MOST_COMMITS)
    listed = {commit.name for commit in commits}
    head = search.trees.root(repository.head or "")
    waiting: dict[str, _State] = {}
    # Questions still open where a line of history ends too early, and why it does.
    cut: dict[Question, str] = {}
    state = start
    try:
        for age, commit in enumerate(commits):
            tree = search.trees.root(commit.name)
            # What nothing listed comes after says what HEAD says.
            state = (
                waiting.pop(commit.name)
                if commit.name in waiting
                else search.carried(start, _changed(search.trees, head, tree))
            )
            state = search.answered(state, commit.name, tree, age)
            if not commit.parents and repository.shallow:
                cut |= dict.fromkeys(state.open, SHALLOW)
            for parent in commit.parents:
                if parent not in listed:
                    cut |= dict.fromkeys(state.open, _TOO_MANY)
                elif parent in waiting or not state.open:
                    # Older than a commit that answers it, on whatever line: no answer.
                    other = waiting.get(parent, state)
                    waiting[parent] = replace(other, open=other.open & state.open)
                else:
                    older = search.trees.root(parent)
                    waiting[parent] = search.carried(state, _changed(search.trees, tree, older))
            if not any(each.open for each in waiting.values()):
                break
    except LimitError as error:
        left = state.open.union(*(each.open for each in waiting.values()))
        cut |= dict.fromkeys(left, str(error))
    return {
        question: Agreed((), cut[question])
        if question in cut
        else Agreed(tuple(search.found.get(question, ())), NEVER)
        for question in start.open
    }


def _changed(trees: Trees, newer: str | None, older: str | None) -> Changed:
    return {path: (new, old) for path, new, old in trees.difference(newer, older)}


def _patterns(readers: Iterable[Reader]) -> Sequence[str]:
    """What a commit must touch to matter, as git's pathspecs: any note, wherever it stood."""
    found: set[str] = set()
    for reader in readers:
        found |= {f"*{suffix}" for suffix in suffixes(reader.collection)}
        found.add(f":(literal){reader.file}")
    return sorted(found)
