"""What the language server knows of one workspace: a session, fed with the editor's texts.

Nothing here speaks the protocol. A text that changes costs one parse; what is
created, deleted or renamed on disk, and a contract that changes, costs a new
session.
"""

from __future__ import annotations

from pathlib import Path

from tldr_lint.contract.error import ContractError
from tldr_lint.engine import diagnostics
from tldr_lint.files.read import Unreadable, exists, find_home, read
from tldr_lint.files.tree import is_markdown
from tldr_lint.history.git import HistoryError
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.request import Options, UsageError
from tldr_lint.rule import Diagnostic, Location, Position, Severity
from tldr_lint.session import Session
from tldr_lint.text import Place, Source, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.collection import Workspace
    from tldr_lint.contract.error import ContractProblem
    from tldr_lint.document import Document

_LARGEST = 16_000_000


def root_of(folder: Path) -> Path:
    """The root of the workspace that a folder belongs to."""
    home = find_home(folder)
    return Path(home.contract).parent if home.contract else Path(home.root)


class Desk:
    """One workspace as the editor sees it: what is open counts as the editor has it."""

    def __init__(self, root: Path, encoding: str = "utf-16") -> None:
        """Take up a workspace; `encoding` is what the editor counts columns in."""
        self.encoding = encoding
        self.root = root
        self.open: dict[str, str] = {}
        self.session: Session | None = None
        self.problems: tuple[ContractProblem, ...] = ()
        self.complaint = ""
        self._found: dict[str, tuple[Diagnostic, ...]] | None = None
        self.reload()

    # Keeping up with the editor and the disk

    def reload(self) -> None:
        """Read everything again; a contract that cannot be obeyed leaves no session."""
        self._found = None
        self.problems, self.complaint = (), ""
        try:
            self.session = Session(self.root, Options())
        except ContractError as error:
            self.session, self.problems = None, error.problems
        except (UsageError, HistoryError) as error:
            self.session, self.complaint = None, str(error)
        else:
            for path, text in self.open.items():
                self._take(path, text)

    def change(self, path: str, text: str) -> None:
        """Take a file's text from the editor: opened, or changed by a keystroke."""
        self.open[path] = text
        self._take(path, text)

    def close(self, path: str) -> None:
        """Go back to what is on disk."""
        self.open.pop(path, None)
        if self.session is None or path not in self.session.documents:
            return
        found = read(str(self.root), path, _LARGEST)
        self._take(path, None if isinstance(found, Unreadable) else found)

    def saved_elsewhere(self, path: str) -> None:
        """Take the text of a file that was written by another program."""
        if path not in self.open:
            self.close(path)

    def _take(self, path: str, text: str | None) -> None:
        session = self.session
        if session is None or not is_markdown(path):
            return
        known = session.documents.get(path)
        # A file that is there but not listed is ignored or excluded.
        if known is None and exists(str(self.root), path):
            return
        if text is None or known is None or known.source.text != text:
            session.update(path, text)
            self._found = None

    # What there is to say

    @property
    def workspace(self) -> Workspace | None:
        """The workspace, if its contract can be obeyed."""
        return self.session.workspace if self.session is not None else None

    def document(self, path: str) -> Document | None:
        """A file's facts."""
        return self.session.documents.get(path) if self.session is not None else None

    def source(self, path: str) -> Source | None:
        """A file's text as the diagnostics count it."""
        document = self.document(path)
        if document is not None:
            return document.source
        contract = self.session.contract_source if self.session is not None else None
        if contract is not None and contract.path == path and path not in self.open:
            return contract
        return Source(path, self.open[path]) if path in self.open else None

    def diagnostics(self) -> Mapping[str, tuple[Diagnostic, ...]]:
        """Everything that is wrong in the workspace, by file.

        Raises:
            RuleError: a rule failed.
        """
        if self._found is None:
            found: dict[str, list[Diagnostic]] = {}
            if self.session is None:
                for problem in self.problems:
                    found.setdefault(problem.path, []).append(_contract(problem))
            else:
                outcome = self.session.check()
                for each in diagnostics(outcome.reported, outcome.sources):
                    found.setdefault(each.location.path, []).append(each)
            self._found = {path: tuple(own) for path, own in found.items()}
        return self._found

    def repaired(self) -> Mapping[str, Source]:
        """The files that differ after all safe fixes, as they would be.

        Raises:
            CycleError: fixes undo each other.
            RuleError: a rule failed.
        """
        return self.session.repair().changed if self.session is not None else {}


def _contract(problem: ContractProblem) -> Diagnostic:
    """What is wrong with the contract, as a diagnostic of its file."""
    start = Position(problem.line, problem.column)
    end = Position(problem.line, problem.column + problem.width)
    return Diagnostic(
        Location(problem.path, start, end),
        "contract",
        "contract",
        Severity.ERROR,
        problem.message,
        Place(problem.path, Span(0, 0)),
    )
