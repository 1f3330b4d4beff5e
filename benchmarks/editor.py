"""Measure what an editor waits for: from a keystroke to the diagnostics it changes.

    python benchmarks/editor.py [--keystrokes 60] [--notes 20,1000] [--write]

A real language server in its own process, spoken to by pygls' client. Each
keystroke makes or mends a defect in the same note, so each one is answered by
diagnostics. The server waits some time in silence before it judges; that
time is part of what is measured, and is named beside it. `--write` puts the
table into the section `## Editor` of `benchmarks/README.md`.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from generate import generate
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from run import commit
from sections import measured_by, put

from tldr_lint.server.host import DELAY


async def keystrokes(root: Path, count: int) -> list[float]:
    """Seconds from each keystroke to the diagnostics of the file that was typed in."""
    client = LanguageClient("benchmark", "1")
    told = asyncio.Event()
    note = min((root / "notes").glob("*-*.md"))
    uri, text = note.as_uri(), note.read_text("utf-8")

    def published(params: lsp.PublishDiagnosticsParams) -> None:
        if params.uri == uri:
            told.set()

    client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = (sys.executable, "-P", "-m", "tldr_lint", "server")
    await client.start_io(*command, cwd=root, env=environment)
    await client.initialize_async(
        lsp.InitializeParams(
            capabilities=lsp.ClientCapabilities(),
            root_uri=root.as_uri(),
            workspace_folders=[lsp.WorkspaceFolder(root.as_uri(), "notes")],
        )
    )
    client.initialized(lsp.InitializedParams())
    item = lsp.TextDocumentItem(uri, "markdown", 1, text)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    waited: list[float] = []
    for version in range(2, count + 4):
        told.clear()
        now = f"{text}\n[gone](gone-{version}.md)\n" if version % 2 == 0 else text
        begun = time.perf_counter()
        client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version, uri),
                [lsp.TextDocumentContentChangeWholeDocument(now)],
            )
        )
        async with asyncio.timeout(120):
            await told.wait()
        waited.append(time.perf_counter() - begun)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    # The first two pay for what is made once.
    return waited[2:]


def row(notes: int, waited: Sequence[float]) -> str:
    """One line of the table."""
    work = sorted(1000 * (each - DELAY) for each in waited)
    late = statistics.quantiles(work, n=20)[-1]
    return f"| {notes:,} | {len(work)} | {statistics.median(work):.0f} | {late:.0f} |"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keystrokes", type=int, default=60)
    parser.add_argument("--notes", default="20,1000")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows = []
    for size in map(int, arguments.notes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve() / "notes"
            generate(root, size)
            commit(root)
            rows.append(row(size, asyncio.run(keystrokes(root, arguments.keystrokes))))
            print(rows[-1], flush=True)
    if arguments.write:
        put("Editor", text(rows, arguments.keystrokes))


def text(rows: Sequence[str], count: int) -> str:
    """The section of the README."""
    lines = (
        "From a keystroke to the diagnostics that it changes, through the language server in a",
        f"process of its own, less the {1000 * DELAY:.0f} ms of silence that the server waits for.",
        measured_by(f"editor.py --keystrokes {count}"),
        "",
        "| Notes | Keystrokes | Median, ms | 95th percentile, ms |",
        "| ---: | ---: | ---: | ---: |",
        *rows,
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
