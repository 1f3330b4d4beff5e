"""What may stand at the cursor: paths and anchors in links, fields in headers and contracts."""

from __future__ import annotations

import posixpath
import re
from enum import Enum

from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.server.moves import link_text
from tldr_lint.targets import TargetKind, resolve
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.text import Source

_INLINE = re.compile(r"(!?)\[[^\[\]]*\]\(<?([^()<>\s]*)$")
_DEFINITION = re.compile(r"()^ {0,3}\[[^\[\]]+\]:[ \t]*<?(\S*)$")
_HTML = re.compile(r"<(img)?[^<>]*\b(?:href|src)=[\"']([^\"']*)$")
_FIELD = re.compile(r"\{(?:[^{}|]*\|)*([^{}|:]*)$")
_CELL = re.compile(r"\|[ \t]*([^|]*)$")
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp", ".ico")


class Kind(Enum):
    """What a completion is."""

    FILE = "file"
    ANCHOR = "anchor"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Completion:
    """One text that may stand at the cursor."""

    text: str
    kind: Kind
    detail: str
    span: Span
    """What it takes the place of."""


def completions(workspace: Workspace, source: Source, offset: int) -> tuple[Completion, ...]:
    """Everything that may stand at an offset of a file's text, the contract's included."""
    line = source.line_of(offset)
    before = source.text[line.start : offset]
    if source.path.endswith(".toml"):
        found = _FIELD.search(before)
        return tuple(_fields(workspace, Span(offset - len(found[1]), offset))) if found else ()
    for pattern in (_INLINE, _DEFINITION, _HTML):
        found = pattern.search(before)
        if found is not None:
            return tuple(_link(workspace, source.path, found[2], offset, image=bool(found[1])))
    found = _CELL.search(before)
    if found is not None:
        return tuple(_columns(workspace, source, Span(offset - len(found[1]), offset)))
    return ()


def _link(
    workspace: Workspace, path: str, written: str, offset: int, *, image: bool
) -> Iterator[Completion]:
    rest, hash_mark, fragment = written.partition("#")
    if hash_mark:
        target = resolve(path, rest or posixpath.basename(path), workspace.contract.repository)
        if target.kind is TargetKind.INTERNAL:
            span = Span(offset - len(fragment), offset)
            yield from _anchors(workspace, target.path, span)
        return
    span = Span(offset - len(written), offset)
    folder = posixpath.dirname(path)
    for file in sorted(workspace.tree.files):
        if file == path or (image and not file.lower().endswith(_IMAGES)):
            continue
        document = workspace.documents.get(file)
        title = document.title if document is not None else None
        text = f"/{link_text(file, '')}" if written.startswith("/") else link_text(file, folder)
        yield Completion(text, Kind.FILE, title.text if title is not None else "", span)


def _anchors(workspace: Workspace, path: str, span: Span) -> Iterator[Completion]:
    document = workspace.documents.get(path)
    if document is None:
        return
    for heading in document.headings:
        yield Completion(heading.anchor, Kind.ANCHOR, heading.text, span)
    for anchor in document.anchors:
        yield Completion(anchor.name, Kind.ANCHOR, "", span)


def _fields(workspace: Workspace, span: Span) -> Iterator[Completion]:
    """The names of fields as items and template spell them."""
    seen: set[str] = set()
    for collection in workspace.collections:
        tables = [collection.template_table, *(item.facts_table for item in collection.items)]
        names = [
            plain(cell.raw) for table in tables if table is not None for cell in table.header.cells
        ]
        names += [name for item in collection.items for r in item.records for name in r.values]
        for name in names:
            if name and name.casefold() not in seen:
                seen.add(name.casefold())
                yield Completion(name, Kind.FIELD, collection.contract.name, span)


def _columns(workspace: Workspace, source: Source, span: Span) -> Iterator[Completion]:
    """In the header of an item's facts: the template's columns that are not there yet."""
    for collection in workspace.collections:
        template = collection.template_table
        item = next((item for item in collection.items if item.path == source.path), None)
        if template is None or item is None or item.facts_table is None:
            continue
        header = item.facts_table.header
        if header.span.start <= span.start <= header.span.end:
            there = {
                plain(cell.raw).casefold()
                for cell in header.cells
                if not (cell.span.start <= span.end <= cell.span.end)
            }
            for cell in template.header.cells:
                name = plain(cell.raw)
                if name.casefold() not in there:
                    yield Completion(name, Kind.FIELD, "column of the template", span)
