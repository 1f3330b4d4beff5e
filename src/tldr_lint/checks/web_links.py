"""Which links lead to the web: all that a run needs to know of them that asks nobody."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.targets import TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document, Link

# What needs no taking apart to be called a URL: nearly all there are.
_PLAIN_URL = regex(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[!-~]*)?")
# `http.md` is a file.
_ADDRESSES = ("http:", "https:", "//")
_LONGEST = max(map(len, _ADDRESSES))


def web_links(workspace: Workspace) -> Iterator[tuple[Document, Link]]:
    """The links and images that lead to the web; of those that share a definition the first."""
    forge = workspace.contract.repository
    for document in workspace.documents.values():
        seen: set[int] = set()
        for link in (*document.links, *document.images):
            if not _is_address(link):
                continue
            if link.target_span.start in seen:
                continue
            # Without a forge every address of the web leads to the web.
            if forge is None or workspace.target(document, link).kind is TargetKind.WEB:
                seen.add(link.target_span.start)
                yield document, link


def has_odd_address(document: Document) -> bool:
    """Whether any address of the web in a document is not a URL beyond doubt."""
    return not all(is_plain_address(link.target) for link in (*document.links, *document.images))


def _is_address(link: Link) -> bool:
    return link.target[:_LONGEST].lower().startswith(_ADDRESSES)


def is_plain_address(target: str) -> bool:
    """Whether a target is no address of the web at all, or a URL beyond doubt."""
    return is_plain_url(target) or not target[:_LONGEST].lower().startswith(_ADDRESSES)


def is_plain_url(target: str) -> bool:
    """Whether a target is a URL beyond doubt; what is not may still be one."""
    return _PLAIN_URL.fullmatch(target) is not None
