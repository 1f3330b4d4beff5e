"""One workspace root: everything above composed; `check` and `repair` are the whole API.

The session alone knows that texts come from disk, bases from git and answers
from the network; whatever it fetches goes on by value.
"""

from __future__ import annotations

import os

from tldr_lint.assemble import facts_texts
from tldr_lint.baseline import only_new, workspace_at
from tldr_lint.cache.trace import Trace
from tldr_lint.checks import RULES
from tldr_lint.contract.error import ContractError
from tldr_lint.contract_file import contract_in
from tldr_lint.engine import repair, run, selection
from tldr_lint.facts.item import Beside
from tldr_lint.files.read import Unreadable, exists, read
from tldr_lint.files.tree import working_tree
from tldr_lint.forks import usual_jobs
from tldr_lint.globs import ignore_matcher
from tldr_lint.history import repository as history
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.request import Outcome, UsageError
from tldr_lint.sync.changed import asks_for_changes, with_changed
from tldr_lint.sync.decide import questions
from tldr_lint.targets import TargetKind
from tldr_lint.text import Source
from tldr_lint.workers import File, read_in_all, take_in, unreadable
from tldr_lint.workspace import build, known_fields, rule_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tldr_lint.agreed import Agreed, Question
    from tldr_lint.answers import Answer
    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document
    from tldr_lint.engine import Reported, Selection
    from tldr_lint.files.write import Lock
    from tldr_lint.history.git import Begun
    from tldr_lint.network.ask import Asked, Memory, Progress, Way
    from tldr_lint.request import Options


KNOWN_RULES = rule_words(RULES)
"""Every word that may name rules."""


class Session:
    """A workspace, read once; editors feed it texts that are not on disk yet."""

    def __init__(
        self,
        root: str | os.PathLike[str],
        options: Options,
        begun: Begun | None = None,
    ) -> None:
        """Read the workspace; `begun` is what git was asked already (`history.begin`).

        Raises:
            UsageError: the revision, the contract's path or a rule's name is wrong.
            ContractError: the contract cannot be obeyed.
        """
        self.root = os.fspath(root)
        self.options = options
        found = history.discover(self.root, begun)
        self.history: history.Repository | history.Absence = found
        self.repository = found if isinstance(found, history.Repository) else None
        self.contract_source, self.settings = contract_in(self.root, options, KNOWN_RULES)
        self._check_words()
        self.selection: Selection = selection(self.settings, RULES, options.select, options.ignore)
        self.others: frozenset[str] = frozenset()
        self.uncommitted: frozenset[str] = frozenset()
        self.strays: tuple[str, ...] = ()
        self.asked_for: set[str] = set()
        self.agreed: dict[Question, Agreed] = {}
        self.answers: Mapping[str, Answer] = {}
        self.gists: Mapping[str, bytes] = {}
        self.interrupted = False
        self.pinned = self._pinned()
        self.documents = self._read()
        self._check_contract()
        self.texts = self._read_beside()
        self.workspace = self._build(self.documents)
        self._check_fields()

    # Reading

    def _check_words(self) -> None:
        from tldr_lint.contract.error import did_you_mean  # noqa: PLC0415 - for errors only

        known = {word.casefold() for word in KNOWN_RULES}
        for word in (*self.options.select, *self.options.ignore):
            if word.casefold() not in known:
                raise UsageError(f"there is no rule `{word}`{did_you_mean(word, KNOWN_RULES)}")

    def _read(self) -> dict[str, Document]:
        """Every Markdown file of the workspace, read and parsed.

        In a hook only what the commit will hold is there.
        """
        names: frozenset[str] | None = None
        if self.repository is not None:
            known = self.repository.listing()
            names = known.tracked if self.options.hook else known.tracked | known.untracked
            self.uncommitted = known.untracked if self.options.hook else frozenset()
        tree = working_tree(self.root, names)
        self.strays = tree.strays
        excluded = ignore_matcher(self.settings.exclude)
        listings = {
            listing.file
            for collection in self.settings.collections
            for listing in (*collection.indexes, *collection.rollups)
        }
        files: list[File] = []
        for path, size in tree.markdown.items():
            if not excluded(path):
                # Which file is a roll-up is known only if a contract says so.
                small = self.settings.collections and path not in listings
                settings = self.settings
                limit = settings.max_file_size if small else settings.max_listing_size
                files.append(File(path, limit, size))
        documents = self._taken_in(files)
        for folder, why in tree.unlisted.items():
            documents[folder] = unreadable(folder, f"the folder cannot be looked into: {why}")
        self.others = tree.files - documents.keys()
        return documents

    def _taken_in(self, files: Sequence[File]) -> dict[str, Document]:
        """The documents of files, their facts from the cache as far as it knows them."""
        jobs, lean = self.options.jobs or usual_jobs(), self.options.lean
        if self.options.cache is None:
            found = read_in_all(self.root, files, jobs, lean=lean)
        else:
            from tldr_lint.cache.facts import FactsCache  # noqa: PLC0415 - where there is a cache

            cache = FactsCache(self.options.cache, self.root)
            found = read_in_all(self.root, files, jobs, known=cache.load(), lean=lean)
            new = {
                each.digest: each.packed
                for each in found
                if each.digest is not None and each.packed is not None
            }
            if new:
                used = [each.digest for each in found if each.digest is not None]
                cache.keep(new, frozenset(used))
            self.gists = {each.document.path: each.gist for each in found if each.gist is not None}
        return {each.document.path: each.document for each in found}

    def _check_contract(self) -> None:
        if self.contract_source is not None and self.settings.collections:
            paths = frozenset(self.documents) | self.others
            from tldr_lint.contract.fit import unmatched_globs  # noqa: PLC0415 - contracts only

            problems = unmatched_globs(self.settings, self.contract_source, paths)
            if problems:
                raise ContractError(problems)

    def _read_beside(self) -> Mapping[str, Beside]:
        """The files that are no Markdown but hold facts of items."""
        found: dict[str, Beside] = {}
        for path in facts_texts(self.settings, self.documents, self.others):
            text = read(self.root, path, self.settings.max_file_size)
            if isinstance(text, Unreadable):
                found[path] = Beside(Source(path, ""), text.message)
            else:
                found[path] = Beside(Source(path, text))
        return found

    def _check_fields(self) -> None:
        if self.contract_source is not None and self.settings.collections:
            from tldr_lint.contract.fit import unknown_fields  # noqa: PLC0415 - contracts only

            known = known_fields(self.workspace)
            problems = unknown_fields(self.settings, self.contract_source, known)
            if problems:
                raise ContractError(problems)

    def _build(self, documents: Mapping[str, Document]) -> Workspace:
        workspace = build(
            documents,
            self.settings,
            KNOWN_RULES,
            paths=self.others,
            uncommitted=self.uncommitted,
            texts=self.texts,
        )
        unlisted = self._unlisted_targets(workspace)
        if unlisted:
            if self.options.hook:
                self.uncommitted |= unlisted
            else:
                self.others |= unlisted
            workspace = build(
                documents,
                self.settings,
                KNOWN_RULES,
                paths=self.others,
                uncommitted=self.uncommitted,
                texts=self.texts,
            )
        if asks_for_changes(workspace):
            workspace = with_changed(workspace, self._base_tree())
        return self._with_history(workspace)

    def _base_tree(self) -> Mapping[str, str] | None:
        """The files of the base commit by object name; none where there is no such commit."""
        if self.repository is None:
            return None
        commit = self.pinned if self.options.since is not None else self.repository.head
        return self.repository.tree(commit) if commit is not None else None

    def _with_history(self, workspace: Workspace) -> Workspace:
        """The workspace with the agreed bases of what has drifted; git is asked for those only."""
        new = [question for question in questions(workspace) if question not in self.agreed]
        if new:
            # Costs a process and is seldom needed.
            from tldr_lint.history.bases import bases  # noqa: PLC0415

            pinned = self.options.since is not None
            base = self.pinned if pinned else None
            self.agreed |= bases(self.history, workspace, new, base, pinned=pinned)
        return workspace.knowing(self.agreed, self.answers)

    def _pinned(self) -> str | None:
        """The commit that `--since` pins the base to, if it does and there is one."""
        if self.options.since is None:
            return None
        if self.repository is None:
            raise UsageError("`--since` needs a git repository")
        try:
            return self.repository.merge_base(self.options.since)
        except history.RevisionError as error:
            raise UsageError(str(error)) from error

    def _unlisted_targets(self, workspace: Workspace) -> frozenset[str]:
        """Link targets that no listing holds but that exist: ignored files, mostly."""
        wanted = {
            use.target.path
            for use in workspace.reach.doubtful
            if use.target.kind is TargetKind.INTERNAL
            and not workspace.tree.has(use.target.path)
            and use.target.path not in self.uncommitted
        }
        self.asked_for |= wanted
        return frozenset(path for path in wanted if exists(self.root, path))

    def trace(self, starts: Iterable[str]) -> Trace:
        """What all that this session says rests on; it was looked for from the folders `starts`."""
        contract = {self.contract_source.path} if self.contract_source is not None else set()
        read = {*self.documents, *self.texts, *contract, *self.asked_for}
        root = self.root
        return Trace(
            root,
            tuple(starts),
            frozenset(f"{root}/{path}" for path in read),
            frozenset(f"{root}/{path}" for path in self.others),
            repository=self.repository is not None,
            jobs=self.options.jobs or usual_jobs(),
        )

    # The API

    def check(self) -> Outcome:
        """Everything that is wrong, as far as it was asked for.

        Raises:
            RuleError: a rule failed.
            UsageError: the base cannot be read.
        """
        return self._outcome(self.workspace, run(self.workspace, self.selection))

    def ask(
        self,
        way: Way,
        memory: Memory | None = None,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> Asked:
        """Ask the network what the links need to be judged; `check` and `repair` go by it."""
        # Only when the network is asked.
        from tldr_lint.answers import passed  # noqa: PLC0415
        from tldr_lint.checks.web_uses import questions as web_questions  # noqa: PLC0415
        from tldr_lint.network import ask as network  # noqa: PLC0415

        wanted = web_questions(self.workspace)
        asked = network.ask(wanted, self.settings.links, way, memory, on_progress)
        self.answers = passed(asked.answers)
        self.interrupted = asked.interrupted
        self.workspace = self.workspace.knowing(self.agreed, self.answers)
        return asked

    def repair(self, *, unsafe: bool = False) -> Outcome:
        """Everything that is wrong after all wanted fixes; nothing is written.

        Raises:
            CycleError: fixes undo each other.
            RuleError: a rule failed.
            UsageError: the base cannot be read.
        """
        done = repair(
            self.workspace,
            self.selection,
            lambda changed: self._build({**self.documents, **changed}),
            unsafe=unsafe,
            wanted=self._wanted,
        )
        return replace(
            self._outcome(done.workspace, done.reported),
            fixed=done.fixed,
            changed=done.changed,
            groups=done.groups,
        )

    def write(self, lock: Lock, outcome: Outcome) -> tuple[str, ...]:
        """Put the changed texts on disk, each file atomically, files of one fix together.

        Returns what could not be written and why, a sentence each. The lock is
        held since before the session was opened.
        """
        from tldr_lint.files.write import Change, remove_strays, write  # noqa: PLC0415 - repairs only

        refused = list(remove_strays(lock, self.strays))
        for group in outcome.groups:
            changes = [
                Change(
                    path,
                    self.documents[path].source.text if path in self.documents else None,
                    outcome.changed[path].text,
                )
                for path in sorted(group)
            ]
            refused += write(lock, changes).refused
        return tuple(f"`{each.path}`: {each.message}" for each in refused)

    def update(self, path: str, text: str | None) -> None:
        """Take a file's text from an editor; none means the file is gone."""
        if text is None:
            self.documents.pop(path, None)
        else:
            self.documents[path] = take_in(Source(path, text))
        self.workspace = self._build(self.documents)

    def _outcome(self, workspace: Workspace, reported: Iterable[Reported]) -> Outcome:
        kept = tuple(filter(self._wanted, reported))
        older = 0
        if self.options.new_only:
            base = self._base_workspace()
            new = only_new(base, workspace, kept, self.selection) if base is not None else kept
            older = len(kept) - len(new)
            kept = new
        sources = {path: beside.source for path, beside in self.texts.items()}
        sources |= {path: document.source for path, document in workspace.documents.items()}
        return Outcome(kept, sources, len(workspace.documents), older)

    # Narrowing

    def _wanted(self, each: Reported) -> bool:
        """Whether a finding stands in the paths asked for, or was caused there."""
        if not self.options.paths:
            return True
        touched = {each.finding.place.path, *(note.place.path for note in each.finding.related)}
        return any(
            not wanted or path == wanted or path.startswith(f"{wanted}/")
            for path in touched
            for wanted in self.options.paths
        )

    def _base_workspace(self) -> Workspace | None:
        """The workspace at the base commit; none where there is no commit to compare with."""
        repository = self.repository
        if repository is None:
            return None
        commit = repository.head if self.options.since is None else self.pinned
        if commit is None:
            return None
        return workspace_at(repository, commit, self.settings, KNOWN_RULES)


def in_hook(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether git or pre-commit runs us for a commit that is about to be made."""
    return "GIT_INDEX_FILE" in environment or environment.get("PRE_COMMIT") == "1"
