"""The facts of one file: what stands in it, and exactly where.

A `Document` is what the parser makes of a `Source`, and all that any rule
ever sees of a file. Facts are immutable, in file order, and cheap: a row of a
table keeps one line cut at its pipes and becomes cells only when somebody asks.

Spans are code points of the source (`text.py`). `raw` is what the author
wrote, byte for byte, and what a fix copies; `text` is what a reader sees, and
what a rule compares.
"""

from __future__ import annotations

import re
from enum import StrEnum

from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Protocol

    from _typeshed import Incomplete

    from tldr_lint.table import Row, Table
    from tldr_lint.text import Source

    class Held(Protocol):
        """Facts as plain values, in whatever form they came."""

        def values(self, kind: int, source: Source) -> Sequence[Incomplete]:
            """The facts of a kind."""


_COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NEW, _GIVE = object.__new__, object.__setattr__


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file yields no facts, or not all of them (TL001)."""

    span: Span
    message: str
    conflict: bool = False
    """Whether it holds both sides of a merge conflict; TL004 then reports it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: ATX, setext, or raw HTML `<h1>` to `<h6>`."""

    span: Span
    """The heading's lines, from its first mark to the end of its last line's text."""
    level: int
    text: str
    """The rendered text, white space collapsed."""
    content: Span
    """The raw text without marks; empty, right behind the marks, for an empty heading."""
    anchor: str
    """GitHub's slug, numbered if taken."""
    style: str
    """`atx`, `setext` or `html`."""
    nested: bool
    """Inside a quote or list: it has an anchor, but it begins no section."""
    below: Span | None
    """The paragraph that begins on the very next line, if one does (TL102)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of its level or above."""

    heading: Heading
    span: Span
    """From the heading to the next one that is not deeper."""
    body: Span
    """From behind the heading to the next heading of any level."""
    parent: Heading | None


class LinkKind(StrEnum):
    """How a link is written."""

    INLINE = "inline"
    REFERENCE = "reference"
    AUTOLINK = "autolink"
    BARE = "bare"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image, in Markdown or HTML.

    `target` is the destination as a browser would get it from the author:
    backslash escapes and entities resolved, percent-encoding left as written.
    `target_span` is where the raw destination stands, for a reference link in
    its definition.
    """

    span: Span
    kind: LinkKind
    text: str
    """The rendered text of a link, the alternative text of an image."""
    target: str
    target_span: Span


@dataclass(frozen=True, slots=True)
class Definition:
    """A link reference definition, `[label]: target`."""

    span: Span
    label: str
    target: str
    target_span: Span


@dataclass(frozen=True, slots=True)
class UndefinedReference:
    """`[text][label]` or `[label][]` whose label nobody defines (TL309)."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """An explicit anchor: an `id` of any HTML tag, or the `name` of an `<a>`."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Tag:
    """An HTML tag inside a table cell (TL207)."""

    span: Span
    name: str
    """Lower case."""
    closing: bool
    """Whether it is `</name>`."""
    void: bool
    """Whether it closes itself, `<name/>`."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that looks like a placeholder, outside code and comments (TL108).

    `TODO`, `To-Do`, `TBD` as words; and anything in the shapes that templates
    use: `<TITLE>`, `{title}`, `{{ title }}`, `[title]` that is no link.
    """

    span: Span
    raw: str


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a bulleted or numbered list."""

    span: Span
    """Its own text: from behind the bullet to the end of its first paragraph."""
    depth: int
    """1 for an item of an outermost list."""
    whole: Span
    """The item's lines, nested lists included, from its bullet."""


class Scope(StrEnum):
    """What a suppression directive covers."""

    DISABLE = "disable"
    ENABLE = "enable"
    LINE = "disable-line"
    NEXT_LINE = "disable-next-line"
    NEXT_TABLE = "disable-next-table"
    FILE = "disable-file"


@dataclass(frozen=True, slots=True)
class Directive:
    """A suppression comment, `<!-- tldr-lint-disable-next-line TL202, TL3 -- reason -->`."""

    span: Span
    """The whole comment."""
    scope: str
    """What stands behind `tldr-lint-`; a `Scope` if it is one of ours."""
    rules: tuple[tuple[str, Span], ...]
    """The codes, names and families as written, each with its place; none means all rules."""
    breaks_table: bool
    """Whether the comment cuts rows off from their table or became a surplus cell."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML block between `---` lines at the head of a file."""

    span: Span
    """The block, fences included."""
    content: Span
    """What stands between the fences."""


@dataclass(frozen=True, slots=True)
class Document:
    """All facts of one file, each kind in file order."""

    source: Source
    problem: Problem | None
    front_matter: FrontMatter | None
    headings: tuple[Heading, ...]
    tables: tuple[Table, ...]
    orphans: tuple[tuple[Row, ...], ...]
    """Runs of pipe rows that belong to no table (TL211)."""
    links: tuple[Link, ...]
    images: tuple[Link, ...]
    definitions: tuple[Definition, ...]
    undefined: tuple[UndefinedReference, ...]
    anchors: tuple[Anchor, ...]
    tags: tuple[Tag, ...]
    markers: tuple[Marker, ...]
    list_items: tuple[ListItem, ...]
    directives: tuple[Directive, ...]
    code: tuple[Span, ...]
    """Fenced and indented code blocks, whole."""
    title: Heading | None = field(init=False, repr=False, compare=False)
    """The first H1 that is not nested, or nothing."""
    loud: frozenset[str] | None = field(init=False, repr=False, compare=False)
    """Codes of the rules that may find something here, of those that `checks/alone.py` knows.

    None where nobody has looked.
    """
    held: Held = field(init=False, repr=False, compare=False)
    """What facts are made of, which nobody may have asked for yet (`layout.py`)."""
    _make: Callable[[Document, str], object] = field(init=False, repr=False, compare=False)
    """Makes a kind of facts, by its name, when it is asked for the first time."""

    @classmethod
    def unfinished(
        cls,
        source: Source,
        held: Held,
        make: Callable[[Document, str], object],
        known: Iterable[tuple[str, object]],
    ) -> Document:
        """A document whose facts are made when they are asked for, and then kept.

        `known` are facts that are known already, by name.
        """
        document = _NEW(cls)
        _GIVE(document, "source", source)
        _GIVE(document, "held", held)
        _GIVE(document, "_make", make)
        for name, value in known:
            _GIVE(document, name, value)
        return document

    def values(self, kind: int) -> Sequence[Incomplete]:
        """A kind of facts as plain values, by its number in `layout.py`."""
        return self.held.values(kind, self.source)

    def made(self, name: str) -> Incomplete | None:
        """A kind of facts if it has been made already, else nothing."""
        try:
            return object.__getattribute__(self, name)
        except AttributeError:
            return None

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """A fact that is not there yet; Python asks here for nothing else."""
            if name not in Document.__slots__ or name == "_make":
                raise AttributeError(name)
            value = self._make(self, name)
            _GIVE(self, name, value)
            return value

    @property
    def path(self) -> str:
        """The file's path, relative to the workspace root."""
        return self.source.path

    def may_hold(self, code: str) -> bool:
        """Whether it is worth a look for what a rule that `checks/alone.py` knows finds."""
        loud = self.loud
        return loud is None or code in loud

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in file order: one for each heading that is not nested."""
        headings = [h for h in self.headings if not h.nested]
        end = len(self.source.text)
        stops = [end] * len(headings)
        parents: list[Heading | None] = []
        above: list[int] = []
        for at, heading in enumerate(headings):
            while above and headings[above[-1]].level >= heading.level:
                stops[above.pop()] = heading.span.start
            parents.append(headings[above[-1]] if above else None)
            above.append(at)
        bodies = [*(heading.span.start for heading in headings[1:]), end]
        return tuple(
            Section(
                heading,
                Span(heading.span.start, stop),
                Span(min(heading.span.end, body), body),
                parent,
            )
            for heading, stop, body, parent in zip(headings, stops, bodies, parents, strict=False)
        )

    def is_blank(self, span: Span) -> bool:
        """Whether a span shows nothing: white space and HTML comments only."""
        return not _COMMENT.sub("", self.source[span]).strip()
