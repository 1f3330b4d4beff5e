"""The server itself: its desks, and when they are judged and what is published."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from tldr_lint import __version__
from tldr_lint.engine import RuleError
from tldr_lint.files.read import CONTRACT_FILES, SHARED_CONTRACT_FILE
from tldr_lint.history.git import HistoryError
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.server.desk import Desk, root_of
from tldr_lint.server.protocol import as_diagnostic, uri_of
from tldr_lint.server.text import offset_at, uri_to_path

if TYPE_CHECKING:
    from tldr_lint.rule import Diagnostic

DELAY = 0.15
"""Seconds of silence after a keystroke before the workspace is judged anew."""

CONTRACTS = frozenset({*CONTRACT_FILES, SHARED_CONTRACT_FILE})
"""The names of files that hold a contract."""


class Server(LanguageServer):
    """A language server with a desk for each workspace it was asked about."""

    def __init__(self) -> None:
        super().__init__(
            "tldr-lint", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full
        )
        self.desks: dict[Path, Desk] = {}
        self.published: dict[str, tuple[Diagnostic, ...]] = {}
        self.waiting: asyncio.TimerHandle | None = None

    def desk_of(self, uri: str) -> tuple[Desk, str] | None:
        """The desk a file belongs to, and the file's path there."""
        written = uri_to_path(uri)
        if written is None:
            return None
        # As the root is: links among the folders resolved, the file's own name kept.
        path = Path(written).parent.resolve() / Path(written).name
        for root, desk in self.desks.items():
            if path.is_relative_to(root):
                return desk, path.relative_to(root).as_posix()
        folder = next((each for each in path.parents if each.is_dir()), None)
        if folder is None:
            return None
        home = root_of(folder)
        # A file of no workspace is no reason to read the folder it happens to be in.
        if not any((home / mark).exists() for mark in (".git", *CONTRACTS)):
            return None
        return self.take_up(home), path.relative_to(home).as_posix()

    def take_up(self, folder: Path) -> Desk:
        """The desk of the workspace that a folder belongs to."""
        root = root_of(folder.resolve())
        if root not in self.desks:
            desk = Desk(root, self.workspace.position_encoding or "utf-16")
            self.desks[root] = desk
            self._say_complaint(desk)
        return self.desks[root]

    def reload(self) -> None:
        """Read everything again."""
        for desk in self.desks.values():
            desk.reload()
            self._say_complaint(desk)

    def _say_complaint(self, desk: Desk) -> None:
        if desk.complaint:
            self.complain(desk.complaint)

    def judge_soon(self) -> None:
        """Publish diagnostics once nobody has typed for a moment."""
        if self.waiting is not None:
            self.waiting.cancel()
        self.waiting = asyncio.get_running_loop().call_later(DELAY, self.judge)

    def judge(self) -> None:
        """Publish the diagnostics of every file for which they changed."""
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None
        found: dict[str, tuple[Diagnostic, ...]] = {}
        for desk in self.desks.values():
            try:
                for path, own in desk.diagnostics().items():
                    found[uri_of(desk, path)] = own
            except (HistoryError, RuleError) as error:
                self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, str(error)))
                return
        for uri in self.published.keys() | found.keys():
            # Related places move with other files, so what is equal may still be stale.
            if found.get(uri, ()) != self.published.get(uri, ()):
                self._publish(uri, found.get(uri, ()))
        self.published = found

    def _publish(self, uri: str, own: tuple[Diagnostic, ...]) -> None:
        belonging = self.desk_of(uri)
        said = [as_diagnostic(belonging[0], each) for each in own] if belonging else []
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, said))

    def at(self, uri: str, position: lsp.Position) -> tuple[Desk, str, int] | None:
        """The desk, path and offset of a position in a file that is known."""
        belonging = self.desk_of(uri)
        if belonging is None:
            return None
        desk, path = belonging
        source = desk.source(path)
        return (
            (desk, path, offset_at(source, position, desk.encoding)) if source is not None else None
        )

    def complain(self, message: str) -> None:
        """Show a message to the person."""
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, message))

    def take(self, uri: str) -> None:
        """Take a file's text as the editor has it."""
        belonging = self.desk_of(uri)
        if belonging is not None:
            desk, path = belonging
            desk.change(path, self.workspace.get_text_document(uri).source)
            self.judge_soon()

    def take_up_uri(self, uri: str) -> None:
        """Take up a folder that the editor opened."""
        path = uri_to_path(uri)
        if path is not None and Path(path).is_dir():
            self.take_up(Path(path))


# Documents
