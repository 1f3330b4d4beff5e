"""Links and images that stay in the repository: whether what they lead to is there."""

from __future__ import annotations

import posixpath

from tldr_lint.checks.nearest import Guesses
from tldr_lint.checks.quoting import quoted
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex
from tldr_lint.rule import Finding, Related, Rule, Severity
from tldr_lint.targets import TargetKind, percent_decoded
from tldr_lint.text import Place, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document
    from tldr_lint.targets import Tree
    from tldr_lint.uses import Use

_MOST_RELATED = 20
_FOLDER_PAGES = ("README.md", "readme.md", "Readme.md", "index.md")
# What a template holds where an author is to put a path: `{name}`, `URL`, `...`.
_PLACEHOLDER = regex(r".*(?:[{}<>$]|%7B|%3C).*|[A-Z][A-Z _-]*|\.{3}|…|(?i:url|link|path)")
# Lines of a file as the forge numbers them.
_LINES = regex(r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?")
# In citations and in token sequences brackets follow one another without being references.
_NUMBERS = regex(r"[\d\s,;–-]+")
_TOKENS = frozenset({"bos", "cls", "eod", "eop", "eos", "mask", "pad", "sep", "sos", "unk"})


def broken_link(workspace: Workspace) -> Iterator[Finding]:
    """TL301: for every link, its target exists."""
    return _absent(workspace, image=False)


def missing_image(workspace: Workspace) -> Iterator[Finding]:
    """TL304: for every image, its file exists."""
    return _absent(workspace, image=True)


def broken_anchor(workspace: Workspace) -> Iterator[Finding]:
    """TL302: for every link with a fragment, the document it leads to has that anchor."""
    known: dict[str, _Anchors] = {}
    broken: dict[tuple[str, str, str], list[Use]] = {}
    for use in workspace.reach.doubtful:
        target = use.target
        if not target.fragment or use.image or target.kind is not TargetKind.INTERNAL:
            continue
        document = _document_at(workspace, target.path)
        if document is None or document.problem is not None or "plain=1" in target.query:
            continue
        if document.path not in known:
            known[document.path] = _Anchors(document)
        if not known[document.path].has(target.fragment):
            key = (use.document.path, document.path, target.fragment)
            broken.setdefault(key, []).append(use)
    guesses = Guesses()
    for (path, led_to, fragment), uses in broken.items():
        where = "this file" if led_to == path else f"`{quoted(led_to)}`"
        anchor = f"`#{quoted(percent_decoded(fragment))}`"
        hint = _hint(known[led_to].nearest(fragment, guesses))
        message = f"{anchor} names no heading and no anchor of {where}{hint}"
        yield _at_first(uses, message, _fragment_span)


def outside_repository(workspace: Workspace) -> Iterator[Finding]:
    """TL308: every path stays in the repository and is written for any computer."""
    wrong = {
        TargetKind.CLIMBS_OUT: "leads out of the repository",
        TargetKind.ON_DISK: "is a place on one computer's disk",
        TargetKind.BACK_SLASH: "is written with back slashes; a link takes `/`",
    }
    for use in workspace.reach.doubtful:
        what = wrong.get(use.target.kind)
        if what is not None:
            yield Finding(_place(use), f"`{quoted(use.written)}` {what}")


def undefined_reference(workspace: Workspace) -> Iterator[Finding]:
    """TL309: for every full or collapsed reference, its label is defined."""
    guesses = Guesses()
    for document in workspace.loud("TL309"):
        labels = {d.label.casefold(): d.label for d in document.definitions}
        numbered = any(map(_NUMBERS.fullmatch, labels))
        for reference in document.undefined:
            label = reference.label
            folded = label.strip().casefold()
            if folded in _TOKENS or (_NUMBERS.fullmatch(folded) and not numbered):
                continue
            nearest = guesses.nearest(folded, labels)
            yield Finding(
                Place(document.path, _with_mark(document, reference.span)),
                f"label `{quoted(label)}` is not defined: GitHub shows the brackets as text"
                f"{_hint(labels[nearest] if nearest is not None else None)}",
            )


def _with_mark(document: Document, span: Span) -> Span:
    """The span of a reference, the `!` of an image included."""
    before = document.source.text[max(span.start - 2, 0) : span.start]
    is_image = before.endswith("!") and not before.startswith("\\")
    return Span(span.start - is_image, span.end)


# Targets that are not there


def _absent(workspace: Workspace, *, image: bool) -> Iterator[Finding]:
    tree = workspace.tree
    templates = {c.template.path for c in workspace.collections if c.template is not None}
    broken: dict[tuple[str, str, str], list[Use]] = {}
    for use in workspace.reach.doubtful:
        if use.image is not image:
            continue
        path = use.document.path
        if use.target.kind is TargetKind.EMPTY:
            # In a template it is there to be filled in.
            if path not in templates:
                thing = "image" if image else "link"
                yield Finding(Place(path, use.span), f"the {thing} has no target")
        elif use.target.kind is TargetKind.INTERNAL:
            message = _problem(tree, use)
            if message and not (path in templates and _PLACEHOLDER.fullmatch(use.written)):
                broken.setdefault((path, use.target.path, message), []).append(use)
    names = _Names(tree)
    for (_, path, message), uses in broken.items():
        hint = "" if tree.has(path) else _hint(names.suggest(uses[0]))
        yield _at_first(
            uses, f"`{quoted(uses[0].written)}` {message}{hint}", lambda u: u.target_span
        )


def _problem(tree: Tree, use: Use) -> str | None:
    path = use.target.path
    if path in tree.uncommitted:
        return "is not committed: it is neither tracked nor staged"
    if tree.has(path):
        if use.image and path not in tree.files:
            return "is a folder, not an image"
        return None
    # TL303 reports the rest.
    return "does not exist" if tree.with_other_case(path) is None else None


@dataclass(slots=True)
class _Names:
    """The files of a tree by name and by folder, gathered once something is missing."""

    tree: Tree
    guesses: Guesses = field(default_factory=Guesses)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    by_folder: dict[str, list[str]] = field(default_factory=dict)

    def suggest(self, use: Use) -> str | None:
        """What may be meant, written as a link from the same document."""
        if not self.by_name:
            for path in sorted(self.tree.files):
                folder, name = posixpath.split(path)
                self.by_name.setdefault(name.casefold(), []).append(path)
                self.by_folder.setdefault(folder, []).append(name)
        found = self._nearest(use.target.path)
        if found is None:
            return None
        if use.written.startswith("/"):
            return f"/{found}"
        return posixpath.relpath(found, posixpath.dirname(use.document.path) or ".")

    def _nearest(self, path: str) -> str | None:
        folder, name = posixpath.split(path)
        if f"{path}.md" in self.tree.files:
            return f"{path}.md"
        # Every folder may have a README: one elsewhere is not the one that is missing.
        elsewhere = () if name in _FOLDER_PAGES else self.by_name.get(name.casefold(), ())
        if len(elsewhere) == 1:
            return elsewhere[0]
        nearest = self.guesses.nearest(name, self.by_folder.get(folder, ()))
        if nearest is not None:
            return posixpath.join(folder, nearest)
        return min(elsewhere, key=len, default=None)


# Anchors


class _Anchors:
    """The anchors of a document, as GitHub looks them up."""

    def __init__(self, document: Document) -> None:
        self.slugs = {heading.anchor for heading in document.headings}
        self.names = {anchor.name for anchor in document.anchors}
        self.all = self.slugs | self.names

    def has(self, fragment: str) -> bool:
        """Whether a fragment, still percent-encoded, leads somewhere in the document."""
        # What follows `:~:` is for the browser's own search.
        wanted = percent_decoded(fragment).partition(":~:")[0]
        return any(
            not name or name.lower() == "top" or name in self.all or name.lower() in self.slugs
            for name in (wanted, wanted.removeprefix("user-content-"))
        ) or bool(_LINES.fullmatch(wanted))

    def nearest(self, fragment: str, guesses: Guesses) -> str | None:
        """The anchor most like a fragment, as a link to it is written."""
        found = guesses.nearest(percent_decoded(fragment).lower(), self.all)
        return f"#{found}" if found is not None else None


def _document_at(workspace: Workspace, path: str) -> Document | None:
    """The document a path shows: its own, that of the folder, or that of another letter case."""
    documents, tree = workspace.documents, workspace.tree
    if not tree.has(path):
        path = tree.with_other_case(path) or path
    if path in documents:
        return documents[path]
    if path and path not in tree.directories:
        return None
    pages = (posixpath.join(path, page) for page in _FOLDER_PAGES)
    return next((documents[page] for page in pages if page in documents), None)


def _fragment_span(use: Use) -> Span:
    span = use.target_span
    raw = use.document.source[span]
    at = raw.find("#")
    # Where the raw spelling differs, `#` may be part of an entity.
    return Span(span.start + at, span.end) if raw == use.written else span


# Findings


def _at_first(uses: Sequence[Use], message: str, span: Callable[[Use], Span]) -> Finding:
    """One finding for all uses of one target in one file: they have one cause."""
    again = uses[1 : 1 + _MOST_RELATED]
    return Finding(
        Place(uses[0].document.path, span(uses[0])),
        message,
        related=tuple(Related(Place(u.document.path, span(u)), "and here") for u in again),
    )


def _place(use: Use) -> Place:
    return Place(use.document.path, use.target_span)


def _hint(meant: str | None) -> str:
    return f"; did you mean `{quoted(meant)}`?" if meant is not None else ""


RULES: tuple[Rule, ...] = (
    Rule("TL301", "broken-link", Severity.ERROR, frozenset(), broken_link),
    Rule("TL302", "broken-anchor", Severity.ERROR, frozenset(), broken_anchor),
    Rule("TL304", "missing-image", Severity.ERROR, frozenset(), missing_image),
    Rule("TL308", "link-outside-repository", Severity.ERROR, frozenset(), outside_repository),
    Rule("TL309", "undefined-reference", Severity.ERROR, frozenset(), undefined_reference),
)
