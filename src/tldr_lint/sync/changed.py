"""Which items are another text than at a commit: `sections = "changed"` holds only those."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.collection import Workspace
    from tldr_lint.text import Source


def object_name(source: Source, size: int) -> str:
    """What git calls a text that it stores as it is (gitformat-pack(5)).

    `size` is the length of the repository's names: 40, or 64 with SHA-256.
    """
    import hashlib  # noqa: PLC0415 - OpenSSL is large, and few contracts ask

    content = source.text.encode("utf-8", "surrogateescape")
    digest = hashlib.sha1 if size == 40 else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def asks_for_changes(workspace: Workspace) -> bool:
    """Whether any collection holds changed items only to its template."""
    return any(each.contract.sections == "changed" for each in workspace.collections)


def with_changed(workspace: Workspace, tree: Mapping[str, str] | None) -> Workspace:
    """The workspace with the items that changed since a commit, its files by object name.

    Without a tree nobody can tell what changed. Templates are not retroactive,
    so no item is held to one then.
    """
    return replace(
        workspace,
        collections=tuple(
            replace(
                collection,
                changed=frozenset(
                    item.path
                    for item in collection.items
                    if tree is not None
                    and tree.get(item.path) != object_name(item.document.source, _size(tree))
                ),
            )
            for collection in workspace.collections
        ),
    )


def _size(tree: Mapping[str, str]) -> int:
    return len(next(iter(tree.values()), " " * 40))
