"""Source → Document: every fact of a file, each where it stands.

The block grammar (`markdown/block.py`) and the inline grammar
(`markdown/inline.py`) find; this module puts together. Nothing here raises on
any text: a file that cannot be taken apart yields a `problem` and no facts.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from types import MappingProxyType

from tldr_lint.document import (
    Anchor,
    Definition,
    Document,
    FrontMatter,
    Heading,
    Link,
    LinkKind,
    ListItem,
    Marker,
    Problem,
    Row,
    Table,
    Tag,
    UndefinedReference,
)
from tldr_lint.markdown.conflicts import has_whole_conflict
from tldr_lint.markdown.directives import judged, read_directive
from tldr_lint.markdown.gathered import WORDS, Text
from tldr_lint.markdown.html import PLAIN_TAGS, element, elements, may_tell, strip_tags
from tldr_lint.markdown.inline import inline_facts
from tldr_lint.markdown.labels import normal_label
from tldr_lint.markdown.limits import MAX_NESTING, TooCostlyError, check_amounts
from tldr_lint.markdown.orphans import orphan_rows
from tldr_lint.markdown.plain import LABEL, NAME, TARGET, URL, plain_facts, reference
from tldr_lint.markdown.rendered import heading_texts, plain, render_text
from tldr_lint.markdown.scan import scan_blocks
from tldr_lint.markdown.slug import Slugs
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace
from tldr_lint.regexes import regex
from tldr_lint.text import Span

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence
    from typing import Protocol, TypeVar

    from tldr_lint.document import Cell, Directive
    from tldr_lint.markdown.gathered import BlockHeading, Blocks
    from tldr_lint.markdown.html import Element
    from tldr_lint.markdown.pieces import InlineLink
    from tldr_lint.text import Source

    class _Placed(Protocol):
        """Any fact that has a span."""

        @property
        def span(self) -> Span: ...

    _Fact = TypeVar("_Fact", bound=_Placed)

__all__ = ("parse", "plain")

_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ASCII_CONTROLS = "".join(chr(each) for each in (*range(0x20), 0x7F) if each not in b"\t\n\r")
_CONTROLS = _ASCII_CONTROLS + "".join(map(chr, range(0x80, 0xA0)))
_BLANK_AT_LINE_END = regex(r"[ \t]+\n")
_HTML_MARKER = regex(r"\b(?:TODO|TO-DO|To-Do|To-do|ToDo|TBD)\b(?!-)")
_PLACEHOLDER_TAG = regex(r"<[A-Z][^<>=\n]*>")
_PLACEHOLDER = regex(r"<[^<>\n]*>")
_LABELLED = frozenset({LABEL, TARGET})
_LINK_NAMES = frozenset({"a", "A"})
_START = attrgetter("span.start")
_SOURCES = MappingProxyType(
    {"img": "src", "source": "srcset", "video": "src", "audio": "src", "embed": "src"}
)


def parse(source: Source) -> Document:
    """The facts of a file.

    A text with control characters, or nested deeper than the parser follows,
    yields a document with a `problem` and without facts: the parser's
    positions would be wrong, or facts silently missing. So does one with both
    sides of a merge conflict: its facts would be said twice.
    """
    text = source.text
    if (control := _control(text)) is not None:
        return Document(source, problem=_control_problem(control))
    base = 1 if text.startswith("\ufeff") else 0
    text = _one_line_ending(text[base:])
    try:
        check_amounts(text)
        blocks = _blocks(text)
        if blocks.deep is not None:
            return Document(source, problem=_too_deep(base + blocks.deep))
        document = _Facts(source, text, base, blocks).collect()
    except TooCostlyError as error:
        return Document(source, problem=Problem(Span(base, base), f"{error}: nothing is checked"))
    if has_whole_conflict(document):
        problem = Problem(
            Span(base, base), "a merge conflict: nothing else is checked", conflict=True
        )
        return Document(source, problem, code=document.code)
    return document


def _control(text: str) -> re.Match[str] | None:
    """The first control character of a text."""
    controls = _ASCII_CONTROLS if text.isascii() else _CONTROLS
    for each in controls:
        # To look for each takes a third of the time that the expression takes, or a translation.
        if each in text:
            return _CONTROL.search(text)
    return None


def _control_problem(found: re.Match[str]) -> Problem:
    name = (
        "a NUL byte" if found.group() == "\0" else f"control character U+{ord(found.group()):04X}"
    )
    return Problem(Span(found.start(), found.end()), f"{name} in the text: nothing else is checked")


def _one_line_ending(text: str) -> str:
    """The text with each line ending as long as it was, but ending in a line feed.

    The blank that takes the carriage return's place is trailing white space,
    which no fact depends on; so offsets need no mapping.
    """
    if "\r" not in text:
        return text
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _blocks(text: str) -> Blocks:
    if (found := scan_blocks(text)) is not None:
        return found
    # The parser takes longer to load than most collections take to check.
    from tldr_lint.markdown.block import parse_blocks  # noqa: PLC0415

    return parse_blocks(text)


def _too_deep(at: int) -> Problem:
    message = f"quotes and lists nested more than {MAX_NESTING // 2} deep: nothing is checked"
    return Problem(Span(at, at), message)


@dataclass(slots=True)
class _Facts:
    """Facts on their way into a document; `base` is 1 behind a byte order mark."""

    source: Source
    text: str
    """The source's text as the block grammar saw it."""
    base: int
    blocks: Blocks
    targets: dict[str, Span] = field(default_factory=dict)
    """Normalised label → where its definition's target stands."""
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Link] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    undefined: list[UndefinedReference] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)
    html_headings: list[tuple[int, int, int]] = field(default_factory=list)

    def collect(self) -> Document:
        """All facts, each kind in file order.

        Raises:
            TooCostlyError: the file would take too long to read.
        """
        definitions = self._definitions()
        tables = self._tables()
        for text in self.blocks.texts:
            self._inline(text)
        for table in tables:
            self._cells(table)
        orphans = tuple(orphan_rows(self.source.text, self.base, self.blocks.paragraphs, tables))
        code, list_items, front_matter = self._stretches()
        self._headings()
        return Document(
            self.source,
            front_matter=front_matter,
            headings=tuple(self.headings),
            tables=tables,
            orphans=orphans,
            links=_in_order(self.links),
            images=_in_order(self.images),
            definitions=definitions,
            undefined=_in_order(self.undefined),
            anchors=_in_order(self.anchors),
            tags=_in_order(self.tags),
            markers=_in_order(self.markers),
            list_items=list_items,
            directives=tuple(judged(self.source.text, _in_order(self.directives), tables, orphans)),
            code=code,
        )

    # Blocks

    def _span(self, span: Span) -> Span:
        return Span(span.start + self.base, span.end + self.base) if self.base else span

    def _tables(self) -> tuple[Table, ...]:
        tables = sorted(self.blocks.tables, key=lambda table: table.span.start)
        return tuple(map(self._shifted, tables)) if self.base else tuple(tables)

    def _shifted(self, table: Table) -> Table:
        def moved(row: Row) -> Row:
            return Row(row.start + self.base, row.lead, row.pieces, row.tail)

        rows = tuple(map(moved, table.rows))
        span = self._span(table.span)
        return Table(moved(table.header), moved(table.delimiter), rows, span, table.nested)

    def _definitions(self) -> tuple[Definition, ...]:
        found = tuple(
            Definition(self._span(d.span), d.label, d.target, self._span(d.target_span))
            for d in self.blocks.definitions
        )
        for definition in found:
            self.targets.setdefault(normal_label(definition.label), definition.target_span)
        return found

    def _stretches(self) -> tuple[tuple[Span, ...], tuple[ListItem, ...], FrontMatter | None]:
        """Code, list items and front matter; HTML is taken apart."""
        base = self.base
        code: list[Span] = []
        items: list[ListItem] = []
        front_matter: FrontMatter | None = None
        first_text: dict[int, Text] = {}
        for stretch in self.blocks.stretches:
            start, end = base + stretch.start, base + stretch.end
            if stretch.kind == "item":
                own = stretch.own
                if own is None:
                    first_text = first_text or {
                        p.line: p.text for p in reversed(self.blocks.paragraphs)
                    }
                    text = first_text.get(stretch.line)
                    own = Span(text.start, text.end) if text else None
                items.append(self._list_item(start, end, stretch.depth, own))
            elif stretch.kind == "code":
                code.append(Span(start, end))
            elif stretch.kind == "html":
                self._html(start, end)
            else:
                text_end = base + self.text.rfind("\n", 0, stretch.end) + 1
                inner = base + self.text.index("\n", stretch.start) + 1
                front_matter = FrontMatter(Span(start, end), Span(inner, max(inner, text_end)))
        return tuple(code), tuple(items), front_matter

    def _list_item(self, start: int, end: int, depth: int, own: Span | None) -> ListItem:
        lines = self.source.text[start:end].rstrip(" \t>\r\n")
        # A list in a list can begin on its item's own line; the bullet is where the text tells.
        begin = start + len(lines) - len(lines.lstrip(" \t>"))
        return ListItem(
            self._span(own) if own is not None else Span(begin, begin),
            depth,
            Span(begin, max(begin, start + len(lines))),
        )

    def _headings(self) -> None:
        """Headings of all three spellings in file order, with their anchors."""
        after = {p.line: p.text for p in self.blocks.paragraphs if not p.nested}
        slugs = Slugs()
        if not self.html_headings:
            self.headings = [self._heading(each, after, slugs) for each in self.blocks.headings]
            return
        marked: list[tuple[int, BlockHeading | tuple[int, int]]] = [
            (self.base + heading.start, heading) for heading in self.blocks.headings
        ]
        marked += [(start, (end, level)) for start, end, level in self.html_headings]
        marked.sort(key=lambda each: each[0])
        for start, heading in marked:
            if isinstance(heading, tuple):
                self.headings.append(self._html_heading(start, *heading, slugs))
            else:
                self.headings.append(self._heading(heading, after, slugs))

    def _heading(self, heading: BlockHeading, after: Mapping[int, Text], slugs: Slugs) -> Heading:
        base, text, raw = self.base, heading.text, heading.text.content
        if "\n" in raw:
            # A blank before a line ending shows nothing; it may stand for a carriage return.
            raw = _BLANK_AT_LINE_END.sub("\n", raw)
        shown, anchor = heading_texts(raw, self.blocks.references, self.blocks.budget)
        below = after.get(heading.end_line) if heading.style == "atx" else None
        return Heading(
            Span(heading.start + base, heading.end + base),
            heading.level,
            shown,
            Span(text.start + base, text.end + base),
            slugs.next(anchor),
            heading.style,
            heading.nested,
            self._at(below, 0, len(below.content)) if below else None,
        )

    def _html_heading(self, start: int, end: int, level: int, slugs: Slugs) -> Heading:
        html = self.source.text[start:end]
        opened, closed = html.index(">") + 1, html.rindex("<")
        text = strip_tags(html[opened:closed])
        content = Span(start + opened, start + closed)
        anchor = slugs.next(text)
        return Heading(Span(start, end), level, text, content, anchor, "html", False, None)

    # HTML

    def _html(self, start: int, end: int) -> None:
        """An HTML block: tags are links, images and anchors; comments may be directives."""
        text = self.source.text
        heading: Element | None = None
        anchor: int | None = None
        covered: list[Span] = []
        for tag in elements(text, start, end):
            count = len(self.links)
            self._element(tag)
            covered.append(tag.span)
            if not tag.raw.islower() and _PLACEHOLDER_TAG.fullmatch(tag.raw):
                # `<TITLE>` at the front of a line is an HTML block to the parser.
                self.markers.append(Marker(tag.span, tag.raw))
            if tag.name in _HEADING_TAGS:
                if not tag.closing:
                    heading = tag
                elif heading is not None and heading.name == tag.name:
                    self.html_headings.append((heading.span.start, tag.span.end, int(tag.name[1])))
                    heading = None
            elif tag.name == "a" and tag.closing and anchor is not None:
                link = self.links[anchor]
                inner = text[link.span.end : tag.span.start]
                self.links[anchor] = _closed(link, strip_tags(inner), tag.span.end)
                anchor = None
            elif len(self.links) > count:
                anchor = count
        starts = [span.start for span in covered]
        for found in _HTML_MARKER.finditer(text, start, end):
            span = Span(found.start(), found.end())
            before = bisect_right(starts, span.start) - 1
            if before < 0 or span not in covered[before]:
                self.markers.append(Marker(span, found.group()))

    def _element(self, tag: Element) -> None:
        if tag.comment:
            found = read_directive(tag, self.blocks.budget)
            if found is not None:
                self.directives.append(found)
            return
        if tag.closing or "=" not in tag.raw:
            return
        attributes = tag.attributes()
        for name in ("id", "name"):
            if name in attributes and (name == "id" or tag.name == "a"):
                value, span = attributes[name]
                if value:
                    self.anchors.append(Anchor(span, value))
        if tag.name == "a" and "href" in attributes:
            target, span = attributes["href"]
            self.links.append(Link(tag.span, LinkKind.HTML, "", target, span))
        source = _SOURCES.get(tag.name)
        if source is not None and source in attributes:
            target, span = attributes[source]
            if source == "srcset":
                target = (target.split() or [""])[0].rstrip(",")
                at = self.source.text.find(target, span.start, span.end)
                span = Span(at, at + len(target)) if at >= 0 else span
            alternative = attributes.get("alt", ("", span))[0]
            self.images.append(Link(tag.span, LinkKind.HTML, alternative, target, span))

    # Inline content

    def _cells(self, table: Table) -> None:
        for row in (table.header, *table.rows):
            start = row.start - self.base
            end = self.text.find("\n", start)
            if not self._plain(start, end if end >= 0 else len(self.text), in_cells=True):
                for cell in row.cells:
                    self._inline(self._cell_text(cell), in_cell=True)

    def _cell_text(self, cell: Cell) -> Text:
        start = cell.span.start - self.base
        if "\\|" not in cell.raw:
            return Text(cell.raw, start, start + len(cell.raw))
        joints: list[tuple[int, int]] = []
        inside, outside = 0, start
        parts = cell.raw.split("\\|")
        for part in parts:
            joints.append((inside, outside))
            # The pipe belongs to the part behind it: `\|` is one character of content.
            inside += len(part)
            outside += len(part) + 1
        content = "|".join(parts)
        return Text(content, start, start + len(cell.raw), tuple(joints))

    def _inline(self, text: Text, *, in_cell: bool = False) -> None:
        if not (text.joints or in_cell) and self._plain(text.start, text.end, in_cells=False):
            return
        facts = inline_facts(text.content, self.blocks.references, self.blocks.budget)
        content = text.content
        for link in facts.links:
            self._link(link, text)
        for start, end in facts.bare:
            raw = content[start:end]
            target = raw if raw[:4].lower() == "http" else f"http://{raw}"
            span = self._at(text, start, end)
            self.links.append(Link(span, LinkKind.BARE, raw, target, span))
        opened: int | None = None
        for start, end in facts.html:
            tag = element(content[start:end], self.base + text.at(start))
            count = len(self.links)
            self._element(tag)
            if in_cell and not tag.comment:
                self.tags.append(Tag(tag.span, tag.name, tag.closing, tag.void))
            if tag.name == "a" and tag.closing and opened is not None:
                html = self.links[opened]
                inner = self.source.text[html.span.end : tag.span.start]
                seen = render_text(inner, budget=self.blocks.budget)
                self.links[opened] = _closed(html, seen, tag.span.end)
                opened = None
            elif len(self.links) > count:
                opened = count
        for start, end, label in facts.undefined:
            self.undefined.append(UndefinedReference(self._at(text, start, end), label))
        for start, end in facts.markers:
            self.markers.append(Marker(self._at(text, start, end), content[start:end]))

    def _plain(self, start: int, end: int, *, in_cells: bool) -> bool:
        """Take the facts of a stretch of `text` if they can be read off it; whether they could."""
        blocks = self.blocks
        if blocks.loud or (blocks.words and self._has_words(start, end)):
            return False
        plain = plain_facts(self.text, start, end, cells=in_cells, urls=blocks.urls)
        if plain is None or plain.bare:
            return False
        matches = plain.matches
        if NAME in plain.kinds and not _LINK_NAMES.isdisjoint([found[NAME] for found in matches]):
            # What stands between `<a>` and `</a>` belongs together.
            return False
        base = self.base
        for found in matches:
            kind = found.lastindex
            begin, stop = found.span()
            if kind == NAME:
                self._plain_tag(found[0], found[NAME], begin + base, in_cells)
            elif kind in _LABELLED:
                image = begin > start and self.text[begin - 1] == "!"
                self._plain_link(found, Span(begin - image + base, stop + base), image)
            elif kind == URL:
                place = Span(begin + 1 + base, stop - 1 + base)
                span = Span(begin + base, stop + base)
                self.links.append(Link(span, LinkKind.AUTOLINK, found[URL], found[URL], place))
        return True

    def _has_words(self, start: int, end: int) -> bool:
        if self.blocks.quiet:
            # There are only braces, for which the expression takes ten times as long.
            return self.text.find("{", start, end) >= 0
        return WORDS.search(self.text, start, end) is not None

    def _plain_link(self, found: re.Match[str], span: Span, image: bool) -> None:
        label, target = found.group(LABEL, TARGET)
        kind, references = LinkKind.INLINE, self.blocks.references
        if target is not None:
            start, end = found.span(TARGET)
            place = Span(start + self.base, end + self.base)
        elif (name := reference(found, references)) is not None:
            kind, target = LinkKind.REFERENCE, references[name]
            place = self.targets.get(name, span)
        else:
            if label and "\n" not in label and "`" not in label:
                self.markers.append(Marker(Span(span.start + image, span.end), found[0]))
            return
        text = render_text(label, references, self.blocks.budget)
        (self.images if image else self.links).append(Link(span, kind, text, target, place))

    def _plain_tag(self, raw: str, name: str, start: int, in_cells: bool) -> None:
        closing = raw[1] == "/"
        if "=" in raw and may_tell(raw):
            self._element(element(raw, start))
        if in_cells:
            span = Span(start, start + len(raw))
            self.tags.append(Tag(span, name.lower(), closing, raw[-2] == "/"))
        if not (closing or raw in PLAIN_TAGS) and _PLACEHOLDER.fullmatch(raw):
            self.markers.append(Marker(Span(start, start + len(raw)), raw))

    def _link(self, link: InlineLink, text: Text) -> None:
        label = text.content[link.label_start : link.label_end]
        kind = LinkKind.AUTOLINK if link.auto else LinkKind.INLINE
        target_span = self._at(text, link.target_start, link.target_end)
        if link.reference is not None:
            kind = LinkKind.REFERENCE
            target_span = self.targets.get(link.reference, target_span)
        found = Link(
            self._at(text, link.start, link.end),
            kind,
            label if link.auto else render_text(label, self.blocks.references, self.blocks.budget),
            link.target,
            target_span,
        )
        (self.images if link.image else self.links).append(found)

    def _at(self, text: Text, start: int, end: int) -> Span:
        begin = self.base + text.at(start)
        return Span(begin, self.base + text.at(end - 1) + 1 if end > start else begin)


def _closed(link: Link, text: str, end: int) -> Link:
    """An HTML link once its closing tag is known."""
    return replace(link, span=Span(link.span.start, end), text=text)


def _in_order(facts: Sequence[_Fact]) -> tuple[_Fact, ...]:
    return tuple(sorted(facts, key=_START) if len(facts) > 1 else facts)
