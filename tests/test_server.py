"""The language server, spoken to as an editor speaks: its own process, its own client."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from test_hook import NOTES
from tldr_lint import session
from tldr_lint.document import Document
from tldr_lint.server.desk import Desk
from tldr_lint.text import Source
from tldr_lint.workers import take_in


class Editor:
    """An editor that has a folder open, and remembers what it was told."""

    def __init__(self, root: Path, encodings: tuple[str, ...]) -> None:
        self.root = root
        self.encodings = encodings
        self.client = LanguageClient("test", "1")
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.messages: list[str] = []
        self.told = asyncio.Event()
        self.versions: dict[str, int] = {}

        def published(params: lsp.PublishDiagnosticsParams) -> None:
            path = params.uri.removeprefix(f"{self.root.as_uri()}/")
            self.diagnostics[path] = list(params.diagnostics)
            self.told.set()

        def shown(params: lsp.ShowMessageParams) -> None:
            self.messages.append(params.message)
            self.told.set()

        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
        self.client.feature(lsp.WINDOW_SHOW_MESSAGE)(shown)

    async def start(self) -> lsp.InitializeResult:
        """Start the server and open the folder."""
        await self.client.start_io(
            sys.executable,
            "-P",
            "-m",
            "tldr_lint",
            "server",
            cwd=self.root,
            env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        )
        general = lsp.GeneralClientCapabilities(position_encodings=list(self.encodings))
        result = await self.client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(general=general),
                root_uri=self.root.as_uri(),
                workspace_folders=[lsp.WorkspaceFolder(self.root.as_uri(), "notes")],
            )
        )
        self.client.initialized(lsp.InitializedParams())
        return result

    async def stop(self) -> None:
        """Leave the server."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]  # pygls leaves it so

    def uri(self, path: str) -> str:
        """The URI of a file."""
        return (self.root / path).as_uri()

    def at(self, path: str) -> lsp.TextDocumentIdentifier:
        """A file as the protocol names it."""
        return lsp.TextDocumentIdentifier(self.uri(path))

    def open(self, path: str, text: str) -> None:
        """Open a file with a text."""
        item = lsp.TextDocumentItem(self.uri(path), "markdown", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def type(self, path: str, text: str) -> None:
        """Change an open file's text."""
        self.versions[path] = self.versions.get(path, 1) + 1
        identifier = lsp.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [change]))

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until the editor was told something."""
        async with asyncio.timeout(30):
            while not happened():
                self.told.clear()
                await self.told.wait()

    def codes(self, path: str) -> list[str]:
        """The codes of a file's diagnostics, in order."""
        return [str(each.code) for each in self.diagnostics.get(path, [])]


def _session(
    root: Path,
    script: Callable[[Editor], Awaitable[None]],
    files: Mapping[str, str] = NOTES,
    encodings: tuple[str, ...] = ("utf-16",),
) -> None:
    """Run a script of an editor in a collection."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *arguments],
            cwd=root,
            env=clean,
            check=True,
        )

    async def run() -> None:
        editor = Editor(root, encodings)
        await editor.start()
        try:
            await script(editor)
        finally:
            await editor.stop()

    asyncio.run(run())


def _applied(
    files: Mapping[str, str], root: Path, edit: lsp.WorkspaceEdit | None
) -> dict[str, str]:
    """The files after an edit, positions in UTF-16, as an editor applies it."""
    assert edit is not None
    after = dict(files)
    for change in edit.document_changes or ():
        if isinstance(change, lsp.RenameFile):
            old, new = (
                uri.removeprefix(f"{root.as_uri()}/") for uri in (change.old_uri, change.new_uri)
            )
            after[new] = after.pop(old)
        elif isinstance(change, lsp.CreateFile):
            after[change.uri.removeprefix(f"{root.as_uri()}/")] = ""
        elif isinstance(change, lsp.TextDocumentEdit):
            path = change.text_document.uri.removeprefix(f"{root.as_uri()}/")
            edits = [each for each in change.edits if isinstance(each, lsp.TextEdit)]
            for each in sorted(edits, key=lambda e: _key(e.range.start), reverse=True):
                start, end = (_offset(after[path], p) for p in (each.range.start, each.range.end))
                after[path] = after[path][:start] + each.new_text + after[path][end:]
    return after


def _key(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character


def _offset(text: str, position: lsp.Position) -> int:
    lines = text.split("\n")
    before = lines[position.line].encode("utf-16-le")[: position.character * 2]
    return sum(len(line) + 1 for line in lines[: position.line]) + len(before.decode("utf-16-le"))


def _find(text: str, found: str) -> lsp.Position:
    offset = text.index(found)
    line = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    return lsp.Position(line, len(text[start:offset].encode("utf-16-le")) // 2)


BROKEN = NOTES | {
    "notes/gpt.md": NOTES["notes/gpt.md"].replace("| GPT | 2018 |", "| GPT |")
    + "\nThe 👩‍💻 and [x](gone.md).\n"
}


def test_the_whole_workspace_is_judged_though_nothing_is_open(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.until(lambda: "notes/gpt.md" in editor.diagnostics)
        row, link = editor.diagnostics["notes/gpt.md"]

        assert editor.codes("notes/gpt.md") == ["TL202", "TL301"]
        assert (row.range.start.line, row.source) == (6, "tldr-lint")
        # Four characters, five code points of three for the woman at her desk, ` and [x](`.
        assert link.range == lsp.Range(lsp.Position(8, 18), lsp.Position(8, 25))

    _session(tmp_path, script, BROKEN)


def test_columns_are_counted_as_the_editor_asks(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.until(lambda: "notes/gpt.md" in editor.diagnostics)

        assert editor.diagnostics["notes/gpt.md"][1].range.start == lsp.Position(8, 24)

    _session(tmp_path, script, BROKEN, ("utf-8", "utf-16"))


def test_typing_in_a_note_changes_what_is_wrong_elsewhere(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open("notes/gpt.md", NOTES["notes/gpt.md"])
        editor.type("notes/gpt.md", NOTES["notes/gpt.md"].replace("GPT | 2018", "GPT | 2019"))
        await editor.until(lambda: editor.codes("notes/bigtable.md") == ["TL403"])
        related = editor.diagnostics["notes/bigtable.md"][0].related_information

        assert related is not None
        assert related[0].location.uri == editor.uri("notes/gpt.md")

        editor.type("notes/gpt.md", NOTES["notes/gpt.md"])
        await editor.until(lambda: editor.codes("notes/bigtable.md") == [])

    _session(tmp_path, script)


def test_closing_a_file_goes_back_to_what_is_on_disk(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open("notes/gpt.md", "# GPT\n\n[x](gone.md)\n")
        await editor.until(lambda: "TL301" in editor.codes("notes/gpt.md"))
        closed = lsp.DidCloseTextDocumentParams(editor.at("notes/gpt.md"))
        editor.client.text_document_did_close(closed)
        await editor.until(lambda: editor.codes("notes/gpt.md") == [])

    _session(tmp_path, script)


async def _actions(
    editor: Editor, path: str, code: str, text: str, only: list[str] | None = None
) -> list[lsp.CodeAction]:
    await editor.until(lambda: code in editor.codes(path))
    where = next(each.range for each in editor.diagnostics[path] if each.code == code)
    found = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(
            editor.at(path), where, lsp.CodeActionContext(diagnostics=[], only=only)
        )
    )
    assert text
    return [action for action in found or () if isinstance(action, lsp.CodeAction)]


def test_a_finding_is_fixed_by_its_action(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        actions = await _actions(editor, "notes/gpt.md", "TL202", "fix")
        fix = next(action for action in actions if action.is_preferred)
        after = _applied(BROKEN, tmp_path, fix.edit)

        assert "| GPT |  |\n" in after["notes/gpt.md"]
        assert "TL202" in fix.title

    _session(tmp_path, script, BROKEN)


def test_everything_certain_is_fixed_at_once_in_all_files(tmp_path: Path) -> None:
    files = BROKEN | {
        "notes/bert.md": NOTES["notes/bert.md"].replace("| BERT | 2018 |", "| BERT |")
    }

    async def script(editor: Editor) -> None:
        actions = await _actions(editor, "notes/gpt.md", "TL202", "all", ["source.fixAll"])
        (action,) = actions
        resolved = await editor.client.code_action_resolve_async(action)
        after = _applied(files, tmp_path, resolved.edit)

        assert "| GPT |  |\n" in after["notes/gpt.md"]
        assert "| BERT |  |\n" in after["notes/bert.md"]

    _session(tmp_path, script, files)


def test_a_suppression_silences_its_finding_and_breaks_nothing(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open("notes/gpt.md", BROKEN["notes/gpt.md"])
        for code, where in (("TL202", "here"), ("TL301", "here"), ("TL301", "in this file")):
            actions = await _actions(editor, "notes/gpt.md", code, "suppress")
            action = next(
                each
                for each in actions
                if each.title.startswith(f"Suppress {code} ") and each.title.endswith(where)
            )
            before = [each for each in editor.codes("notes/gpt.md") if each != code]
            after = _applied(BROKEN, tmp_path, action.edit)
            editor.type("notes/gpt.md", after["notes/gpt.md"])
            await editor.until(lambda code=code: code not in editor.codes("notes/gpt.md"))  # type: ignore[misc]

            assert editor.codes("notes/gpt.md") == before
            editor.type("notes/gpt.md", BROKEN["notes/gpt.md"])
            await editor.until(lambda: editor.codes("notes/gpt.md") == ["TL202", "TL301"])

    _session(tmp_path, script, BROKEN)


def _hovered(hover: lsp.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    return hover.contents.value


def test_hover_shows_the_page_of_the_rule(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.until(lambda: "TL301" in editor.codes("notes/gpt.md"))
        hover = await editor.client.text_document_hover_async(
            lsp.HoverParams(editor.at("notes/gpt.md"), lsp.Position(8, 19))
        )

        assert "broken-link" in _hovered(hover)

    _session(tmp_path, script, BROKEN)


def test_hover_on_a_roll_up_cell_shows_the_note_and_the_base(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        changed = NOTES["notes/gpt.md"].replace("GPT | 2018", "GPT | 2019")
        editor.open("notes/gpt.md", changed)
        await editor.until(lambda: editor.codes("notes/bigtable.md") == ["TL403"])
        where = _find(NOTES["notes/bigtable.md"], "2018 |\n| GPT")
        hover = await editor.client.text_document_hover_async(
            lsp.HoverParams(
                editor.at("notes/bigtable.md"), lsp.Position(where.line + 1, where.character)
            )
        )
        text = _hovered(hover)

        assert "**notes/gpt.md** says of `year`" in text
        assert text.index("2019") < text.index("When they last agreed") < text.index("2018")

    _session(tmp_path, script)


def test_definitions_lead_from_notes_to_rows_and_back(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        async def lead(path: str, found: str) -> set[tuple[str, int]]:
            position = _find(NOTES[path], found)
            places = await editor.client.text_document_definition_async(
                lsp.DefinitionParams(editor.at(path), position)
            )
            assert isinstance(places, list)
            return {
                (place.uri.removeprefix(f"{editor.root.as_uri()}/"), place.range.start.line)
                for place in places
                if isinstance(place, lsp.Location)
            }

        assert await lead("README.md", "notes/gpt.md") == {("notes/gpt.md", 0)}
        assert await lead("README.md", "2018 |\n| [GPT") == {("notes/bert.md", 0)}
        assert await lead("notes/bigtable.md", "GPT") == {("notes/gpt.md", 6)}
        assert await lead("notes/gpt.md", "| GPT") == {("notes/bigtable.md", 5)}
        assert await lead("notes/gpt.md", "GPT") == {("README.md", 5), ("notes/bigtable.md", 5)}

    _session(tmp_path, script)


def test_references_gather_links_entries_and_rows(tmp_path: Path) -> None:
    files = NOTES | {
        "notes/bert.md": NOTES["notes/bert.md"]
        + "\nSee [GPT](gpt.md#summary), [too][g].\n\n[g]: gpt.md\n"
    }

    async def script(editor: Editor) -> None:
        async def refer(path: str, found: str) -> list[tuple[str, int]]:
            places = await editor.client.text_document_references_async(
                lsp.ReferenceParams(
                    lsp.ReferenceContext(include_declaration=False),
                    editor.at(path),
                    _find(files[path], found),
                )
            )
            return sorted(
                (place.uri.removeprefix(f"{editor.root.as_uri()}/"), place.range.start.line)
                for place in places or ()
            )

        assert await refer("notes/gpt.md", "GPT") == [
            ("README.md", 5),
            ("notes/bert.md", 8),
            ("notes/bert.md", 8),
            ("notes/bigtable.md", 5),
        ]
        assert await refer("notes/gpt.md", "Summary") == [("notes/bert.md", 8)]

    _session(tmp_path, script, files)


def test_paths_anchors_columns_and_fields_are_completed(tmp_path: Path) -> None:
    files = NOTES | {
        "tldr-lint.toml": '[collection.notes]\nitems = "notes/*.md"\n'
        'template = "notes/TEMPLATE.md"\n'
        'facts = "table:Summary"\nkey = "{Model Name}"\n'
    }

    async def script(editor: Editor) -> None:
        async def complete(path: str, text: str, cursor: str) -> dict[str, str]:
            offset = text.index(cursor) + len(cursor)
            position = _find(text, cursor)
            editor.open(path, text)
            position.character += len(cursor.rsplit("\n", 1)[-1])
            found = await editor.client.text_document_completion_async(
                lsp.CompletionParams(editor.at(path), position)
            )
            assert isinstance(found, list)
            applied = {}
            for item in found:
                assert isinstance(item.text_edit, lsp.TextEdit)
                start = _offset(text, item.text_edit.range.start)
                applied[item.label] = (text[start:offset] and item.text_edit.new_text) or item.label
            closing = lsp.DidCloseTextDocumentParams(editor.at(path))
            editor.client.text_document_did_close(closing)
            return applied

        bert = NOTES["notes/bert.md"]
        paths = await complete("notes/bert.md", f"{bert}\n[x](gp)\n", "[x](gp")
        assert {"gpt.md", "bigtable.md", "../README.md"} <= set(paths)
        assert "bert.md" not in paths
        anchors = await complete("notes/bert.md", f"{bert}\n[x](gpt.md#)\n", "gpt.md#")
        assert set(anchors) == {"gpt", "summary"}
        own = await complete("notes/bert.md", f"{bert}\n[x](#su)\n", "(#su")
        assert set(own) == {"bert", "summary"}
        columns = await complete(
            "notes/bert.md", bert.replace("| Model Name | Year |", "| Model Name | Ye |"), "| Ye"
        )
        assert set(columns) == {"Year"}
        fields = await complete("tldr-lint.toml", files["tldr-lint.toml"] + "# {Mo}\n", "# {Mo")
        assert set(fields) == {"Model Name", "Year"}

    _session(tmp_path, script, files)


LINKED = NOTES | {
    "notes/bert.md": NOTES["notes/bert.md"]
    + "\nSee [a](gpt.md#summary), [b](./gpt.md), [c](/notes/gpt.md?x#y), <a href='gpt.md'>d</a>, "
    '[e][g] and ![i](../assets/i.png).\n\n[g]: <gpt.md> "t"\n',
    "notes/gpt.md": NOTES["notes/gpt.md"] + "\n[back](bert.md) [up](../README.md) [me](#summary)\n",
    "assets/i.png": "x",
}


def test_renaming_a_note_takes_all_its_links_along(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        position = _find(LINKED["notes/gpt.md"], "GPT")
        asked = await editor.client.text_document_prepare_rename_async(
            lsp.PrepareRenameParams(editor.at("notes/gpt.md"), position)
        )
        assert isinstance(asked, lsp.PrepareRenamePlaceholder)
        assert asked.placeholder == "gpt.md"
        edit = await editor.client.text_document_rename_async(
            lsp.RenameParams(editor.at("notes/gpt.md"), position, "old/gpt one")
        )
        after = _applied(LINKED, tmp_path, edit)

        assert "notes/gpt.md" not in after
        assert (
            "[back](../bert.md) [up](../../README.md) [me](#summary)"
            in after["notes/old/gpt%20one.md"]
        )
        assert "[GPT](notes/old/gpt%20one.md)" in after["README.md"]
        bert = after["notes/bert.md"]
        assert "[a](old/gpt%20one.md#summary), [b](./old/gpt%20one.md)" in bert
        assert "[c](/notes/old/gpt%20one.md?x#y), <a href='old/gpt%20one.md'>" in bert
        assert '[g]: <old/gpt%20one.md> "t"' in bert

    _session(tmp_path, script, LINKED)


def test_renaming_files_and_folders_in_the_editor_takes_links_along(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        edit = await editor.client.workspace_will_rename_files_async(
            lsp.RenameFilesParams(
                [
                    lsp.FileRename(editor.uri("assets"), editor.uri("notes/pictures")),
                    lsp.FileRename(editor.uri("README.md"), editor.uri("INDEX.md")),
                ]
            )
        )
        after = _applied(LINKED, tmp_path, edit)

        assert "![i](pictures/i.png)" in after["notes/bert.md"]
        assert "[up](../INDEX.md)" in after["notes/gpt.md"]

    _session(tmp_path, script, LINKED)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        edit = await editor.client.text_document_rename_async(
            lsp.RenameParams(editor.at("notes/gpt.md"), lsp.Position(0, 2), "bert")
        )

        assert edit is None
        await editor.until(lambda: bool(editor.messages))
        assert "`notes/bert.md` is taken" in editor.messages[0]

    _session(tmp_path, script)


def test_a_contract_that_cannot_be_obeyed_is_judged_and_mended(tmp_path: Path) -> None:
    files = NOTES | {"tldr-lint.toml": 'ignore = ["TL999"]\n'}

    async def script(editor: Editor) -> None:
        await editor.until(lambda: editor.codes("tldr-lint.toml") == ["contract"])
        (problem,) = editor.diagnostics["tldr-lint.toml"]
        assert problem.range.start.line == 0
        (tmp_path / "tldr-lint.toml").write_text('ignore = ["TL107"]\n')
        editor.client.text_document_did_save(
            lsp.DidSaveTextDocumentParams(editor.at("tldr-lint.toml"))
        )
        await editor.until(lambda: editor.codes("tldr-lint.toml") == [])

    _session(tmp_path, script, files)


def test_a_file_deleted_on_disk_breaks_its_links(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        (tmp_path / "notes/gpt.md").unlink()
        editor.client.workspace_did_change_watched_files(
            lsp.DidChangeWatchedFilesParams(
                [lsp.FileEvent(editor.uri("notes/gpt.md"), lsp.FileChangeType.Deleted)]
            )
        )
        await editor.until(lambda: "TL301" in editor.codes("README.md"))

    _session(tmp_path, script)


def test_a_file_outside_any_workspace_is_let_be(tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open("../elsewhere.md", "# A\n\n[x](gone.md)\n")
        editor.open("notes/gpt.md", "# GPT\n\n[x](gone.md)\n")
        await editor.until(lambda: "TL301" in editor.codes("notes/gpt.md"))

        assert not [path for path in editor.diagnostics if "elsewhere" in path]

    root = tmp_path / "root"
    root.mkdir()
    _session(root, script)


def test_a_keystroke_parses_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, text in NOTES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    desk = Desk(tmp_path)
    desk.diagnostics()
    parsed: list[str] = []

    def counting(source: Source) -> Document:
        parsed.append(source.path)
        return take_in(source)

    monkeypatch.setattr(session, "take_in", counting)
    desk.change("notes/gpt.md", NOTES["notes/gpt.md"] + "\n[x](gone.md)\n")

    assert [each.code for each in desk.diagnostics()["notes/gpt.md"]] == ["TL301"]
    assert parsed == ["notes/gpt.md"]


def test_an_edited_desk_says_what_a_fresh_one_says(tmp_path: Path) -> None:
    for path, text in NOTES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    desk = Desk(tmp_path)
    desk.change("notes/aaa.md", "# A\n\n[x](gone.md)\n")
    desk.change("notes/bert.md", NOTES["notes/bert.md"].replace("2018", "2019"))
    edited = desk.diagnostics()
    for path, text in desk.open.items():
        (tmp_path / path).write_text(text, "utf-8")

    assert edited == Desk(tmp_path).diagnostics()
    assert desk.workspace is not None
    assert list(desk.workspace.documents) == sorted(desk.workspace.documents)
