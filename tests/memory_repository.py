"""A repository in memory, checked and repaired as a session does it."""

from collections.abc import Mapping

from tldr_lint.agreed import Agreed, Question
from tldr_lint.answers import Answer
from tldr_lint.checks import RULES
from tldr_lint.collection import Workspace
from tldr_lint.contract.model import Contract
from tldr_lint.contract.reader import CONTRACT_FILES, read_contract
from tldr_lint.document import Document
from tldr_lint.engine import Repair, diagnostics, repair, run, selection
from tldr_lint.parse import parse
from tldr_lint.records import replace
from tldr_lint.rule import Diagnostic
from tldr_lint.sync.decide import answers_at, questions
from tldr_lint.text import Source
from tldr_lint.workspace import build, rule_words

COMMIT = "1a2b3c4d5e6f"
KNOWN = rule_words(RULES)


class MemoryRepository:
    """Files by path; those whose name ends in `.md` are Markdown."""

    def __init__(
        self,
        files: Mapping[str, str],
        answers: Mapping[str, Answer] | None = None,
        base: Mapping[str, str] | None = None,
    ) -> None:
        self.files = dict(files)
        self.base = base
        """All files as they stood at the one commit there is; none without a repository."""
        self.answers = dict(answers or {})
        self.settings = Contract()
        for name in CONTRACT_FILES:
            if name in self.files:
                found = read_contract(Source(name, self.files[name]), KNOWN)
                assert found is not None
                self.settings = found
        self.selection = selection(self.settings, RULES)

    def documents(self) -> dict[str, Document]:
        return {
            path: parse(Source(path, text))
            for path, text in self.files.items()
            if path.endswith(".md")
        }

    def workspace(self, documents: Mapping[str, Document]) -> Workspace:
        others = [path for path in self.files if path not in documents]
        workspace = build(documents, self.settings, KNOWN, paths=others)
        return replace(workspace, answers=self.answers, agreed=self.agreed(workspace))

    def agreed(self, workspace: Workspace) -> Mapping[Question, Agreed]:
        if self.base is None:
            return dict.fromkeys(questions(workspace), Agreed((), "this is no git repository"))
        documents = MemoryRepository(self.base).documents()
        others = [path for path in self.base if path not in documents]
        return answers_at(workspace, build(documents, self.settings, KNOWN, paths=others), COMMIT)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        documents = self.documents()
        sources = {path: document.source for path, document in documents.items()}
        return diagnostics(run(self.workspace(documents), self.selection), sources)

    def report(self, *families: str) -> list[str]:
        """`path:line:column: CODE message` of every diagnostic, or of those of some families."""
        return [
            as_line(diagnostic)
            for diagnostic in self.diagnostics()
            if not families or diagnostic.code.startswith(families)
        ]

    def repaired(self, *, unsafe: bool = False) -> tuple["MemoryRepository", Repair]:
        documents = self.documents()
        done = repair(
            self.workspace(documents),
            self.selection,
            lambda changed: self.workspace(documents | dict(changed)),
            unsafe=unsafe,
        )
        changed = {path: source.text for path, source in done.changed.items()}
        return MemoryRepository(self.files | changed, self.answers, self.base), done


def as_line(diagnostic: Diagnostic) -> str:
    start = diagnostic.location.start
    place = f"{diagnostic.location.path}:{start.row}:{start.column}"
    return f"{place}: {diagnostic.code} {diagnostic.message}"
