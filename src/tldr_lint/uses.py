"""What the links, images and definitions of documents lead to in the repository."""

from __future__ import annotations

from tldr_lint.document import LinkKind
from tldr_lint.layout import DEFINED, DEFINITIONS, IMAGES, LINKS, TARGET
from tldr_lint.records import TYPE_CHECKING, dataclass, replace
from tldr_lint.targets import WEB, TargetKind, plain_paths, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tldr_lint.document import Definition, Document, Link
    from tldr_lint.targets import Target, Tree
    from tldr_lint.text import Span

    _Pointer = tuple[Link | Definition, bool]
    """What points somewhere, and whether it is shown as an image."""

_ELSEWHERE = frozenset({TargetKind.WEB, TargetKind.FORGE, TargetKind.OTHER})


@dataclass(frozen=True, slots=True)
class Use:
    """A link, image or definition that is meant for something in the repository."""

    document: Document
    span: Span
    """The whole link, image or definition."""
    target_span: Span
    written: str
    """The target as the author meant it, percent-encoding left as written."""
    target: Target
    image: bool
    """Whether it is shown as an image."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where all uses of a workspace lead, for those who look for what is wrong."""

    sure: frozenset[str]
    """The files that plain paths lead to, with which nothing can be wrong."""
    doubtful: tuple[Use, ...]
    """All other uses, in file order."""


def uses_of(documents: Iterable[Document], tree: Tree, repository: str | None) -> Iterator[Use]:
    """Everything that points into the repository or wrongly out of it, in file order.

    Pages of the forge, the web and other schemes are left out. A target that
    several reference links share is there once, as its definition.
    """
    for document in documents:
        yield from _uses(document, _pointers(document), tree, repository)


def reach_of(documents: Iterable[Document], tree: Tree, repository: str | None) -> Reach:
    """The same, without the making of uses that nobody has anything to say about."""
    files = tree.files - tree.uncommitted if tree.uncommitted else tree.files
    skipped = WEB if repository is None else ()
    folders: dict[str, Callable[[str], str | None]] = {}
    sure: set[str] = set()
    doubtful: list[Use] = []
    for document in documents:
        home = document.source.path.rpartition("/")[0]
        path_of = folders.get(home)
        if path_of is None:
            path_of = folders[home] = plain_paths(home)
        in_doubt: set[str] = set()
        for target in _targets(document):
            if target.startswith(skipped):
                continue
            path = path_of(target)
            if path in files:
                sure.add(path)
            else:
                in_doubt.add(target)
        if in_doubt:
            rest = [each for each in _pointers(document) if each[0].target in in_doubt]
            doubtful += _uses(document, rest, tree, repository)
    return Reach(frozenset(sure), tuple(doubtful))


def _targets(document: Document) -> list[str]:
    """Where everything points, without an object made of any of it."""
    values = document.values
    found = [link[TARGET] for kind in (IMAGES, LINKS) for link in values(kind)]
    return found + [definition[DEFINED] for definition in values(DEFINITIONS)]


def _uses(
    document: Document, pointers: Iterable[_Pointer], tree: Tree, repository: str | None
) -> Iterator[Use]:
    found = [
        (fact.span, fact.target_span, fact.target, image)
        for fact, image in pointers
        if repository is not None or not fact.target.startswith(WEB)
    ]
    if len(found) > 1:
        found.sort(key=_standing)
    for span, target_span, written, image in found:
        target = resolve(document.source.path, written, repository)
        if target.kind is TargetKind.ON_DISK and target.path.partition("/")[0] in (
            tree.directories if written.startswith("/") else ()
        ):
            target = replace(target, kind=TargetKind.INTERNAL)
        if target.kind not in _ELSEWHERE:
            yield Use(document, span, target_span, written, target, image)


def _standing(pointer: tuple[Span, Span, str, bool]) -> tuple[int, int, int, int, str, bool]:
    span, target, written, image = pointer
    return span.start, span.end, target.start, target.end, written, image


def _pointers(document: Document) -> Iterable[_Pointer]:
    if not document.definitions:
        # Without one no target is shared.
        images = [(image, True) for image in document.images]
        return images + [(link, False) for link in document.links] if document.links else images
    return _shared_pointers(document)


def _shared_pointers(document: Document) -> Iterator[_Pointer]:
    defined = {definition.target_span for definition in document.definitions}
    shown: set[Span] = set()
    linked: set[Span] = set()
    for links, image, by_reference in (
        (document.images, True, shown),
        (document.links, False, linked),
    ):
        for link in links:
            if link.kind is LinkKind.REFERENCE and link.target_span in defined:
                by_reference.add(link.target_span)
            else:
                yield link, image
    for definition in document.definitions:
        span = definition.target_span
        yield definition, span in shown and span not in linked
