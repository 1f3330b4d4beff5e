"""What can be done about findings, and renaming files with everything that leads to them."""

from __future__ import annotations

from lsprotocol import types as lsp

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability
from tldr_lint.server.moves import edits_for
from tldr_lint.server.navigation import heading_at, link_at, subject
from tldr_lint.server.protocol import as_diagnostic, rewritten, uri_of, workspace_edit
from tldr_lint.server.suppress import here, whole_file
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tldr_lint.rule import Diagnostic
    from tldr_lint.server.desk import Desk
    from tldr_lint.server.protocol import Change
    from tldr_lint.text import Span

FIX_ALL = "source.fixAll.tldr-lint"


def actions(desk: Desk, path: str, span: Span, only: Sequence[str] | None) -> list[lsp.CodeAction]:
    """What can be done about the findings at a range: fix, fix all, suppress."""
    found: list[lsp.CodeAction] = []
    for diagnostic in desk.diagnostics().get(path, ()):
        place = diagnostic.place.span
        if place.start <= span.end and span.start <= place.end and diagnostic.code != "contract":
            found += _quick_fixes(desk, diagnostic)
    fix_all = _fix_all(desk)
    if fix_all is not None:
        found.append(fix_all)
    return [
        action
        for action in found
        if only is None
        or any(action.kind == kind or str(action.kind).startswith(f"{kind}.") for kind in only)
    ]


def _quick_fixes(desk: Desk, diagnostic: Diagnostic) -> list[lsp.CodeAction]:
    found: list[lsp.CodeAction] = []
    said = [as_diagnostic(desk, diagnostic)]
    fix = diagnostic.fix
    if fix is not None:
        safe = fix.applicability is Applicability.SAFE
        title = fix.message if safe else f"{fix.message} (unsafe)"
        found.append(
            lsp.CodeAction(
                title=f"{diagnostic.code}: {title}",
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=said,
                is_preferred=safe,
                edit=workspace_edit(desk, fix.edits, dict(fix.creates)),
            )
        )
    document = desk.document(diagnostic.location.path)
    if document is not None and document.problem is None:
        for where, edit in (
            ("here", here(document, diagnostic.place, diagnostic.code)),
            ("in this file", whole_file(document, diagnostic.code)),
        ):
            found.append(
                lsp.CodeAction(
                    title=f"Suppress {diagnostic.code} ({diagnostic.name}) {where}",
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=said,
                    edit=workspace_edit(desk, (edit,), {}),
                )
            )
    return found


def _fix_all(desk: Desk) -> lsp.CodeAction | None:
    safe = (
        each
        for own in desk.diagnostics().values()
        for each in own
        if each.fix is not None and each.fix.applicability is Applicability.SAFE
    )
    if next(safe, None) is None:
        return None
    return lsp.CodeAction(title="Fix all that is certain, in all files", kind=FIX_ALL)


def fixed_all(desk: Desk) -> lsp.WorkspaceEdit:
    """Every safe fix in every file, as one edit."""
    after = desk.repaired()
    edits = [
        rewritten(before, source)
        for path, source in after.items()
        if (before := desk.source(path)) is not None
    ]
    creates = {path: s.text for path, s in after.items() if desk.source(path) is None}
    return workspace_edit(desk, edits, creates)


def rename_edit(desk: Desk, moves: Mapping[str, str]) -> lsp.WorkspaceEdit:
    """Files renamed, and every link with them."""
    workspace = desk.workspace
    edits = edits_for(workspace, moves) if workspace is not None else ()
    edit = workspace_edit(desk, edits, {})
    changes: list[Change] = list(edit.document_changes or ())
    changes += [lsp.RenameFile(uri_of(desk, old), uri_of(desk, new)) for old, new in moves.items()]
    return lsp.WorkspaceEdit(document_changes=changes)


def rename_subject(desk: Desk, path: str, offset: int) -> tuple[str, Place] | None:
    """The file that renaming at an offset is about, and the text that stands for it."""
    workspace, document = desk.workspace, desk.document(path)
    about = subject(workspace, path, offset) if workspace is not None else None
    if workspace is None or document is None or about is None:
        return None
    link, heading = link_at(document, offset), heading_at(document, offset)
    if link is not None and about[0] in workspace.tree.files:
        return about[0], Place(path, link.target_span)
    if heading is not None and heading == document.title:
        return path, Place(path, heading.content)
    return None
