"""Files as such, and the suppressions in them: TL001 to TL004."""

from __future__ import annotations

from tldr_lint.checks.quoting import quoted
from tldr_lint.contract.error import did_you_mean
from tldr_lint.document import Scope
from tldr_lint.markdown.conflicts import conflicts
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability, Finding, Related, Rule, Severity
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document
    from tldr_lint.text import Span

# Each costs a comparison with every word there is, and one comment can hold a million words.
_MOST_HINTS = 100
_SUPPRESSIONS = frozenset(f"tldr-lint-{scope}" for scope in Scope)


def unreadable_file(workspace: Workspace) -> Iterator[Finding]:
    """TL001: every Markdown file can be read."""
    for document in workspace.loud("TL001"):
        if document.problem is not None and not document.problem.conflict:
            yield Finding(Place(document.path, document.problem.span), document.problem.message)


def unknown_suppression(workspace: Workspace) -> Iterator[Finding]:
    """TL002: every suppression is one of ours and names rules there are."""
    known = {word.casefold() for word in workspace.known_rules}
    hints = 0
    for document in workspace.loud("TL002"):
        for directive in document.directives:
            written = f"tldr-lint-{directive.scope}"
            if written not in _SUPPRESSIONS:
                hints += 1
                hint = did_you_mean(written, _SUPPRESSIONS) if hints < _MOST_HINTS else ""
                yield Finding(
                    Place(document.path, directive.span),
                    f"there is no suppression `{quoted(written)}`{hint}",
                )
                continue
            for word, span in directive.rules:
                if word.casefold() not in known:
                    hints += 1
                    hint = did_you_mean(word, workspace.known_rules) if hints < _MOST_HINTS else ""
                    yield Finding(
                        Place(document.path, span), f"there is no rule `{quoted(word)}`{hint}"
                    )


def unused_suppression(workspace: Workspace) -> Iterator[Finding]:
    """TL003: every suppression hides something.

    Only the engine knows what a suppression hid, so it adds these findings
    itself when all other rules have run.
    """
    del workspace
    return iter(())


def conflict_marker(workspace: Workspace) -> Iterator[Finding]:
    """TL004: no file holds a marker of a merge conflict."""
    for document in workspace.loud("TL004"):
        if document.problem is None or document.problem.conflict:
            for lines in conflicts(document):
                yield _conflict(document, lines)


def _conflict(document: Document, lines: tuple[Span, ...]) -> Finding:
    message = "a merge conflict marker was left behind"
    if len(lines) > 1:
        last = document.source.position(lines[-1].start)[0]
        message = f"a merge conflict was left behind: it goes on to line {last}"
    return Finding(
        Place(document.path, lines[0]),
        message,
        related=tuple(
            Related(Place(document.path, line), "a marker of the same conflict")
            for line in lines[1:]
        ),
    )


_NONE: frozenset[Applicability] = frozenset()

RULES: tuple[Rule, ...] = (
    Rule("TL001", "unreadable-file", Severity.ERROR, _NONE, unreadable_file),
    Rule("TL002", "unknown-suppression", Severity.WARNING, _NONE, unknown_suppression),
    Rule(
        "TL003",
        "unused-suppression",
        Severity.WARNING,
        frozenset({Applicability.SAFE}),
        unused_suppression,
    ),
    Rule("TL004", "conflict-marker", Severity.ERROR, _NONE, conflict_marker),
)
