"""Items beside their index: each is listed, once; and images that nobody shows."""

from __future__ import annotations

import posixpath
import re

from tldr_lint.checks.quoting import quoted
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.rule import Finding, Related, Rule, Severity
from tldr_lint.targets import TargetKind, percent_decoded
from tldr_lint.text import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tldr_lint.collection import Entry, Item, Workspace

_IMAGES = (".avif", ".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp")
_IMAGE_NAME = regex(r"[^\s/\"'()\[\]]+\.\w+")
_ASSETS = "assets"
_LIKE_ASSETS = frozenset({"figures", "images", "img", "media", "static"})
# Where these stand beside the images, a web site shows them.
_SITE = (".css", ".html", ".js", ".jsx", ".less", ".sass", ".scss", ".ts", ".tsx", ".vue")
# Browsers and forges look for these by name.
_FOUND_BY_NAME = regex(r"(?:favicon|apple-touch-icon|social-preview)\b.*", re.IGNORECASE)


def unlisted_note(workspace: Workspace) -> Iterator[Finding]:
    """TL305: every item is linked from every index that is to be complete."""
    for collection in workspace.collections:
        listed = [
            # Where an index has no entries at all, prose has to do.
            (index.listing.file, index.items or index.linked)
            for index in collection.indexes
            if index.document is not None and index.listing.complete
        ]
        if all(collection.by_path.keys() <= paths for _, paths in listed):
            continue
        for item in collection.items:
            lacking = [file for file, paths in listed if item.path not in paths]
            if lacking and item.document.problem is None:
                files = " and ".join(f"`{quoted(file)}`" for file in dict.fromkeys(lacking))
                yield Finding(_title_place(item), f"the note is not listed in {files}")


def duplicate_listing(workspace: Workspace) -> Iterator[Finding]:
    """TL306: no index lists an item in two entries."""
    for collection in workspace.collections:
        for index in collection.indexes:
            # As many entries as items: none is there twice.
            if len(index.items) == len(index.entries):
                continue
            if index.document is not None and index.listing.once:
                path = index.document.path
                for first, again in _repeated(index.entries):
                    yield Finding(
                        Place(path, again.link.span),
                        f"`{quoted(again.item)}` is listed already",
                        related=(Related(Place(path, first.link.span), "listed here first"),),
                    )


def unused_asset(workspace: Workspace) -> Iterator[Finding]:
    """TL307: every image in an assets folder is shown by a document."""
    sure, others = workspace.reach.sure, _used_in_doubt(workspace)
    # Of the files that nothing leads to few are images, mostly none.
    images = _rooted(workspace.tree.files - sure - others)
    if not images or any(each.problem is not None for each in workspace.loud("TL001")):
        # What an unreadable file shows, nobody knows.
        return
    shown_from = set(_rooted(workspace.tree.files & (sure | others)).values())
    unused = {
        path
        for path, root in images.items()
        if (posixpath.basename(root).lower() == _ASSETS or root in shown_from)
        and not _FOUND_BY_NAME.fullmatch(posixpath.basename(path))
    }
    if unused:
        sites = _sites(workspace.tree.files)
        unused -= {path for path in unused if images[path] in sites}
        unused -= set(_named_otherwise(workspace, unused))
    for path in sorted(unused):
        yield Finding(Place(path, Span(0, 0)), "no document shows this image")


# Listings


def _title_place(item: Item) -> Place:
    """Where an item's title stands: at the head of the file where front matter may hold it."""
    title, document = item.title, item.document
    named_above = document.front_matter is not None and title != next(iter(document.headings), None)
    if title is None or named_above or (document.front_matter and title.level > 1):
        return Place(item.path, Span(0, 0))
    return Place(item.path, title.span)


def _repeated(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    first: dict[str, Entry] = {}
    for entry in entries:
        # Another link of an entry is a mention.
        if not (entry.leading or entry.row is not None):
            continue
        if entry.item in first:
            yield first[entry.item], entry
        else:
            first[entry.item] = entry


# Assets


def _rooted(files: Iterable[str]) -> dict[str, str]:
    """The images among files that stand in an assets folder, each with that folder."""
    found: dict[str, str] = {}
    roots: dict[str, str | None] = {}
    for path in files:
        if path.lower().endswith(_IMAGES):
            folder = path.rpartition("/")[0]
            root = roots[folder] if folder in roots else _asset_root(folder)
            roots[folder] = root
            if root is not None:
                found[path] = root
    return found


def _asset_root(folder: str) -> str | None:
    """The outermost assets folder that the files of a folder stand in; none of it is hidden."""
    steps = folder.split("/")
    for depth, step in enumerate(steps):
        if step.startswith("."):
            return None
        if step.lower() == _ASSETS or step.lower() in _LIKE_ASSETS:
            return "/".join(steps[: depth + 1])
    return None


def _used_in_doubt(workspace: Workspace) -> set[str]:
    """The files that the uses lead to which are not right beyond doubt."""
    tree = workspace.tree
    used: set[str] = set()
    for use in workspace.reach.doubtful:
        path = use.target.path
        if use.target.kind is TargetKind.INTERNAL:
            used.add(path if path in tree.files else tree.with_other_case(path) or path)
    return used


def _sites(files: Iterable[str]) -> set[str]:
    """The assets folders that belong to a web site."""
    found = set()
    for path in files:
        if path.lower().endswith(_SITE):
            found.add(_asset_root(path.rpartition("/")[0]) or "")
    return found


def _named_otherwise(workspace: Workspace, unused: set[str]) -> Iterator[str]:
    """Images named by a full address of the repository, or in a front matter."""
    depth = max(map(len, (path.split("/") for path in unused)), default=0)
    by_name: dict[str, list[str]] = {}
    for path in unused:
        by_name.setdefault(posixpath.basename(path), []).append(path)
    for document in workspace.documents.values():
        for link in (*document.images, *document.links):
            if link.target[:5].lower() in {"http:", "https"}:
                url = percent_decoded(link.target.partition("#")[0].partition("?")[0])
                segments = url.split("/")
                endings = ("/".join(segments[-length:]) for length in range(1, depth + 1))
                yield from (ending for ending in endings if ending in unused)
        if document.front_matter is not None:
            text = document.source[document.front_matter.content]
            for name in _IMAGE_NAME.findall(text):
                yield from by_name.get(name, ())


RULES: tuple[Rule, ...] = (
    Rule("TL305", "unlisted-note", Severity.ERROR, frozenset(), unlisted_note),
    Rule("TL306", "duplicate-listing", Severity.WARNING, frozenset(), duplicate_listing),
    Rule("TL307", "unused-asset", Severity.WARNING, frozenset(), unused_asset),
)
