"""What the language server says, as the protocol says it."""

from __future__ import annotations

import posixpath
from types import MappingProxyType

from lsprotocol import types as lsp

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Location, Severity
from tldr_lint.server.text import path_to_uri, range_of, span_of
from tldr_lint.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tldr_lint.rule import Diagnostic
    from tldr_lint.server.desk import Desk
    from tldr_lint.text import Place, Source

_SEVERITIES = MappingProxyType(
    {
        Severity.ERROR: lsp.DiagnosticSeverity.Error,
        Severity.WARNING: lsp.DiagnosticSeverity.Warning,
        Severity.INFO: lsp.DiagnosticSeverity.Information,
    }
)

Change = lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile


def uri_of(desk: Desk, path: str) -> str:
    """The URI of a file of a workspace."""
    return path_to_uri(str(desk.root / path))


def as_diagnostic(desk: Desk, diagnostic: Diagnostic) -> lsp.Diagnostic:
    """A diagnostic as the protocol says it."""
    location = diagnostic.location
    source = desk.source(location.path)
    place = diagnostic.place.span
    if source is not None and not diagnostic.code.startswith("TL"):
        place = span_of(source, location)
    related = [
        lsp.DiagnosticRelatedInformation(
            _location(desk, note.location.path, note.location),
            note.message,
        )
        for note in diagnostic.related
    ]
    return lsp.Diagnostic(
        range=_range(desk, source, place),
        message=diagnostic.message,
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        source="tldr-lint",
        related_information=related or None,
    )


def _range(desk: Desk, source: Source | None, span: Span) -> lsp.Range:
    """A span as a range; the file's start where its text is unknown."""
    if source is None:
        return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    return range_of(source, span, desk.encoding)


def _location(desk: Desk, path: str, where: Location | Span) -> lsp.Location:
    source = desk.source(path)
    span = where if isinstance(where, Span) else Span(0, 0)
    if source is not None and isinstance(where, Location):
        span = span_of(source, where)
    return lsp.Location(uri_of(desk, path), _range(desk, source, span))


def workspace_edit(
    desk: Desk, edits: Iterable[Edit], creates: Mapping[str, str]
) -> lsp.WorkspaceEdit:
    """Edits of ours as the protocol says them; files that are created come first."""
    changes: list[Change] = []
    for path, text in creates.items():
        uri = uri_of(desk, path)
        start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        changes += [lsp.CreateFile(uri), _document_edit(uri, [lsp.TextEdit(start, text)])]
    by_path: dict[str, list[lsp.TextEdit]] = {}
    for edit in edits:
        source = desk.source(edit.place.path)
        if source is not None:
            own = lsp.TextEdit(range_of(source, edit.place.span, desk.encoding), edit.text)
            by_path.setdefault(edit.place.path, []).append(own)
    changes += [_document_edit(uri_of(desk, path), own) for path, own in by_path.items()]
    return lsp.WorkspaceEdit(document_changes=changes)


def _document_edit(uri: str, edits: Sequence[lsp.TextEdit]) -> lsp.TextDocumentEdit:
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri, None)
    return lsp.TextDocumentEdit(identifier, list(edits))


def rewritten(before: Source, after: Source) -> Edit:
    """One edit that makes a text another: what the two begin and end with alike is left alone."""
    old, new = before.text, after.text
    head = len(posixpath.commonprefix((old, new)))
    room = min(len(old), len(new)) - head
    tail = len(posixpath.commonprefix((old[::-1][:room], new[::-1][:room])))
    return Edit(before.place(head, len(old) - tail), new[head : len(new) - tail])


def locations(desk: Desk, places: Iterable[Place]) -> list[lsp.Location]:
    """Places as the protocol says them; the start of a file whose text is unknown."""
    return [_location(desk, place.path, place.span) for place in places]
