"""Files as such, and the suppressions in them: TL001 to TL004."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from tldr_lint.checks.quoting import quoted
from tldr_lint.collection import Workspace
from tldr_lint.contract_error import did_you_mean
from tldr_lint.document import Document, Scope
from tldr_lint.rule import Applicability, Finding, Related, Rule, Severity
from tldr_lint.text import Place, Span

# gitattributes(5), "conflict-marker-size": seven of a kind at the start of a line.
_MARKER = re.compile(r"^(?:<{7}|={7}|>{7})(?=[ \t\r]*$|(?<=[<>]) )", re.MULTILINE)
_SUPPRESSIONS = frozenset(f"tldr-lint-{scope}" for scope in Scope)


def unreadable_file(workspace: Workspace) -> Iterator[Finding]:
    """TL001: every Markdown file can be read."""
    for document in workspace.documents.values():
        if document.problem is not None:
            yield Finding(Place(document.path, document.problem.span), document.problem.message)


def unknown_suppression(workspace: Workspace) -> Iterator[Finding]:
    """TL002: every suppression is one of ours and names rules there are."""
    known = {word.casefold() for word in workspace.known_rules}
    for document in workspace.documents.values():
        for directive in document.directives:
            written = f"tldr-lint-{directive.scope}"
            if written not in _SUPPRESSIONS:
                hint = did_you_mean(written, _SUPPRESSIONS)
                yield Finding(
                    Place(document.path, directive.span),
                    f"there is no suppression `{quoted(written)}`{hint}",
                )
                continue
            for word, span in directive.rules:
                if word.casefold() not in known:
                    hint = did_you_mean(word, workspace.known_rules)
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
    for document in workspace.documents.values():
        text = document.source.text
        if document.problem is None and (
            "<<<<<<<" in text or ">>>>>>>" in text or "=======" in text
        ):
            yield from _conflicts(document)


def _conflicts(document: Document) -> Iterator[Finding]:
    """One finding a conflict, at its first marker, and one for every marker left alone."""
    opened: list[Span] = []
    for kind, line in _markers(document):
        if kind == "<":
            if opened:
                yield _conflict(document, opened)
            opened = [line]
        elif opened:
            opened.append(line)
            if kind == ">":
                yield _conflict(document, opened)
                opened = []
        elif kind == ">" or not _is_underline(document, line):
            yield _conflict(document, [line])
    if opened:
        yield _conflict(document, opened)


def _markers(document: Document) -> Iterator[tuple[str, Span]]:
    """The lines that look like conflict markers outside of code blocks, with their character."""
    source = document.source
    starts = [span.start for span in document.code]
    for found in _MARKER.finditer(source.text):
        at = bisect_right(starts, found.start()) - 1
        if at < 0 or found.start() >= document.code[at].end:
            yield found.group()[0], source.line_of(found.start())


def _is_underline(document: Document, line: Span) -> bool:
    """Whether a line of `=` stands below text: then it makes that text a heading."""
    source = document.source
    return line.start > 0 and bool(source[source.line_of(line.start - 1)].strip())


def _conflict(document: Document, lines: list[Span]) -> Finding:
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
