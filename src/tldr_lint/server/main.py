"""The language server: protocol in, protocol out; what is said comes from the desk.

Language Server Protocol 3.17 over standard input and output (pygls, extra
`server`). Diagnostics cover the whole workspace, files that are not open
included: an edit in a note changes what is wrong in the big table.
"""

from __future__ import annotations

import posixpath
from types import MappingProxyType

from lsprotocol import types as lsp

from tldr_lint import pages
from tldr_lint.checks import RULES
from tldr_lint.engine import CycleError, RuleError
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.server.actions import FIX_ALL, actions, fixed_all, rename_edit, rename_subject
from tldr_lint.server.completion import Kind, completions
from tldr_lint.server.host import CONTRACTS, Server
from tldr_lint.server.moves import collisions, edits_for, renamed
from tldr_lint.server.navigation import cell_hover, definitions, references
from tldr_lint.server.protocol import locations, uri_of, workspace_edit
from tldr_lint.server.text import offset_at, range_of
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tldr_lint.server.protocol import Change

_KINDS = MappingProxyType(
    {
        Kind.FILE: lsp.CompletionItemKind.File,
        Kind.ANCHOR: lsp.CompletionItemKind.Reference,
        Kind.FIELD: lsp.CompletionItemKind.Field,
    }
)


def initialized(ls: Server, _params: lsp.InitializedParams) -> None:
    """Take up the folders, say what is wrong, and ask to be told of changes on disk."""
    folders = [folder.uri for folder in ls.workspace.folders.values()]
    for uri in folders or [ls.workspace.root_uri or ""]:
        ls.take_up_uri(uri)
    ls.judge()
    capabilities = ls.client_capabilities.workspace
    watched = capabilities.did_change_watched_files if capabilities is not None else None
    if watched is not None and watched.dynamic_registration:
        options = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher("**/*")])
        method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = lsp.Registration("files", method, options)
        ls.client_register_capability(lsp.RegistrationParams([registration]))


def opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    """A file was opened."""
    ls.take(params.text_document.uri)


def changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    """Somebody typed."""
    ls.take(params.text_document.uri)


def closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    """A file was closed: what is on disk counts again."""
    belonging = ls.desk_of(params.text_document.uri)
    if belonging is not None:
        belonging[0].close(belonging[1])
        ls.judge_soon()


def saved(ls: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    """A file was saved; a contract takes effect."""
    belonging = ls.desk_of(params.text_document.uri)
    if belonging is not None and posixpath.basename(belonging[1]) in CONTRACTS:
        ls.reload()
    ls.judge_soon()


# Files


def watched(ls: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Files changed on disk."""
    anew = False
    for change in params.changes:
        belonging = ls.desk_of(change.uri)
        if belonging is None or belonging[1].startswith(".git/"):
            continue
        desk, path = belonging
        contract = posixpath.basename(path) in CONTRACTS
        if change.type is not lsp.FileChangeType.Changed or contract:
            anew = True
        else:
            desk.saved_elsewhere(path)
    if anew:
        ls.reload()
    ls.judge_soon()


def folders_changed(ls: Server, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    """Folders were added to the editor's workspace."""
    for folder in params.event.added:
        ls.take_up_uri(folder.uri)
    ls.judge_soon()


def files_changed(ls: Server, _params: object) -> None:
    """Files were created, renamed or deleted in the editor."""
    ls.reload()
    ls.judge_soon()


# Questions


def code_actions(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What can be done at a range."""
    found = ls.at(params.text_document.uri, params.range.start)
    source = found[0].source(found[1]) if found is not None else None
    if found is None or source is None:
        return []
    desk, path, start = found
    end = offset_at(source, params.range.end, desk.encoding)
    own = actions(desk, path, Span(start, end), params.context.only)
    for action in own:
        if action.kind == FIX_ALL:
            action.data = uri_of(desk, path)
    return own


def resolve(ls: Server, action: lsp.CodeAction) -> lsp.CodeAction:
    """Work out the edit of "fix all", which is dear."""
    belonging = ls.desk_of(action.data) if isinstance(action.data, str) else None
    if belonging is not None and action.kind == FIX_ALL:
        try:
            action.edit = fixed_all(belonging[0])
        except (CycleError, RuleError) as error:
            ls.complain(str(error))
    return action


def hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    """The other side of a cell, and the page of each rule that reports here."""
    found = ls.at(params.text_document.uri, params.position)
    if found is None:
        return None
    desk, path, offset = found
    workspace = desk.workspace
    cell = cell_hover(workspace, path, offset) if workspace is not None else None
    parts = [cell] if cell is not None else []
    codes = {
        each.code
        for each in desk.diagnostics().get(path, ())
        if each.place.span.start <= offset <= each.place.span.end
    }
    parts += [pages.printed(rule) for rule in RULES if rule.code in codes]
    if not parts:
        return None
    text = "\n\n---\n\n".join(parts)
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))


def definition(ls: Server, params: lsp.DefinitionParams) -> list[lsp.Location]:
    """Go to definition."""
    found = ls.at(params.text_document.uri, params.position)
    if found is None or found[0].workspace is None:
        return []
    return locations(found[0], definitions(found[0].workspace, *found[1:]))


def referring(ls: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Find all references."""
    found = ls.at(params.text_document.uri, params.position)
    if found is None or found[0].workspace is None:
        return []
    return locations(found[0], references(found[0].workspace, *found[1:]))


def completion(ls: Server, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    """What may stand at the cursor."""
    found = ls.at(params.text_document.uri, params.position)
    source = found[0].source(found[1]) if found is not None else None
    if found is None or source is None or found[0].workspace is None:
        return []
    return [
        lsp.CompletionItem(
            label=each.text,
            kind=_KINDS[each.kind],
            detail=each.detail or None,
            filter_text=each.text,
            text_edit=lsp.TextEdit(range_of(source, each.span, found[0].encoding), each.text),
        )
        for each in completions(found[0].workspace, source, found[2])
    ]


# Renaming


def prepare_rename(
    ls: Server, params: lsp.PrepareRenameParams
) -> lsp.PrepareRenamePlaceholder | None:
    """What a rename at a position would be about."""
    found = ls.at(params.text_document.uri, params.position)
    about = rename_subject(*found) if found is not None else None
    source = found[0].source(found[1]) if found is not None else None
    if found is None or about is None or source is None:
        return None
    shown = posixpath.basename(about[0])
    return lsp.PrepareRenamePlaceholder(range_of(source, about[1].span, found[0].encoding), shown)


def rename(ls: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    """Rename the note at a position, with all its links."""
    found = ls.at(params.text_document.uri, params.position)
    about = rename_subject(*found) if found is not None else None
    if found is None or about is None or found[0].workspace is None:
        return None
    moves = {about[0]: renamed(about[0], params.new_name)}
    taken = next(iter(collisions(found[0].workspace, moves)), None)
    if taken is not None:
        ls.complain(f"`{taken}` is taken, or lies outside the workspace")
        return None
    return rename_edit(found[0], moves)


def will_rename(ls: Server, params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit | None:
    """Files are about to be renamed in the editor: the links that must follow."""
    moves: dict[Path, dict[str, str]] = {}
    for file in params.files:
        old, new = ls.desk_of(file.old_uri), ls.desk_of(file.new_uri)
        if old is not None and new is not None and old[0].root == new[0].root:
            moves.setdefault(old[0].root, {})[old[1]] = new[1]
    changes: list[Change] = []
    for root, own in moves.items():
        desk = ls.desks[root]
        if desk.workspace is not None:
            edit = workspace_edit(desk, edits_for(desk.workspace, own), {})
            changes += edit.document_changes or ()
    return lsp.WorkspaceEdit(document_changes=changes) if changes else None


def build() -> Server:
    """A server with all its features."""
    server = Server()
    kinds: list[lsp.CodeActionKind | str] = [lsp.CodeActionKind.QuickFix, FIX_ALL]
    everything = lsp.FileOperationRegistrationOptions(
        [lsp.FileOperationFilter(lsp.FileOperationPattern("**/*"), scheme="file")]
    )
    features: list[tuple[str, Callable[..., object], object]] = [
        (lsp.INITIALIZED, initialized, None),
        (lsp.TEXT_DOCUMENT_DID_OPEN, opened, None),
        (lsp.TEXT_DOCUMENT_DID_CHANGE, changed, None),
        (lsp.TEXT_DOCUMENT_DID_CLOSE, closed, None),
        (lsp.TEXT_DOCUMENT_DID_SAVE, saved, None),
        (lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched, None),
        (lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, folders_changed, None),
        (lsp.WORKSPACE_DID_CREATE_FILES, files_changed, everything),
        (lsp.WORKSPACE_DID_RENAME_FILES, files_changed, everything),
        (lsp.WORKSPACE_DID_DELETE_FILES, files_changed, everything),
        (
            lsp.TEXT_DOCUMENT_CODE_ACTION,
            code_actions,
            lsp.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True),
        ),
        (lsp.CODE_ACTION_RESOLVE, resolve, None),
        (lsp.TEXT_DOCUMENT_HOVER, hover, None),
        (lsp.TEXT_DOCUMENT_DEFINITION, definition, None),
        (lsp.TEXT_DOCUMENT_REFERENCES, referring, None),
        (
            lsp.TEXT_DOCUMENT_COMPLETION,
            completion,
            lsp.CompletionOptions(trigger_characters=["(", "/", "#", "{", "|", '"']),
        ),
        (lsp.TEXT_DOCUMENT_PREPARE_RENAME, prepare_rename, None),
        (lsp.TEXT_DOCUMENT_RENAME, rename, lsp.RenameOptions(prepare_provider=True)),
        (lsp.WORKSPACE_WILL_RENAME_FILES, will_rename, everything),
    ]
    for method, handler, options in features:
        server.feature(method, options)(handler)
    return server


def serve() -> None:
    """Speak the protocol over standard input and output until told to stop."""
    build().start_io()
