"""What stands in the blocks of a text: links, images, tags, anchors and markers, and directives.

They are plain values (`layout.py`), in the order in which they were taken.
"""

from __future__ import annotations

from bisect import bisect_right
from types import MappingProxyType

from tldr_lint.document import LinkKind
from tldr_lint.layout import FIRST_ROW
from tldr_lint.markdown.directives import read_directive
from tldr_lint.markdown.gathered import WORDS, Text
from tldr_lint.markdown.html import element, elements, strip_tags
from tldr_lint.markdown.inline import inline_facts
from tldr_lint.markdown.plain import (
    ANGLE,
    LABEL,
    TARGET,
    USUAL_LINK,
    plain_facts,
    reference,
    usual_facts,
)
from tldr_lint.markdown.rendered import render_text
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex
from tldr_lint.table import Row

if TYPE_CHECKING:
    import re

    from tldr_lint.document import Directive
    from tldr_lint.layout import Values
    from tldr_lint.markdown.gathered import Blocks
    from tldr_lint.markdown.html import Element
    from tldr_lint.markdown.pieces import InlineLink
    from tldr_lint.markdown.plain import Angle
    from tldr_lint.table import Cell

_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HTML_MARKER = regex(r"\b(?:TODO|TO-DO|To-Do|To-do|ToDo|TBD)\b(?!-)")
_PLACEHOLDER_TAG = regex(r"<[A-Z][^<>=\n]*>")
_LABELLED = frozenset({LABEL, TARGET})
_INLINE, _REFERENCE = LinkKind.INLINE.value, LinkKind.REFERENCE.value
_AUTOLINK, _BARE, _HTML = LinkKind.AUTOLINK.value, LinkKind.BARE.value, LinkKind.HTML.value
_SOURCES = MappingProxyType(
    {"img": "src", "source": "srcset", "video": "src", "audio": "src", "embed": "src"}
)


@dataclass(slots=True)
class Contents:
    """What has been taken of a text so far; `base` is 1 behind a byte order mark."""

    source: str
    """The text as it is on disk."""
    text: str
    """The same as the block grammar saw it: line endings of one character, no byte order mark."""
    base: int
    blocks: Blocks
    targets: dict[str, tuple[int, int]]
    """Normalised label → where its definition's target stands."""
    links: list[Values] = field(default_factory=list)
    images: list[Values] = field(default_factory=list)
    anchors: list[Values] = field(default_factory=list)
    undefined: list[Values] = field(default_factory=list)
    tags: list[Values] = field(default_factory=list)
    markers: list[Values] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)
    html_headings: list[tuple[int, int, int]] = field(default_factory=list)
    """Start, end and level of each."""

    # HTML

    def html(self, start: int, end: int) -> None:
        """Take an HTML block: tags are links, images and anchors; comments may be directives."""
        text = self.source
        heading: Element | None = None
        anchor: int | None = None
        covered: list[tuple[int, int]] = []
        for tag in elements(text, start, end):
            count = len(self.links)
            self._element(tag)
            begin, stop = tag.span.start, tag.span.end
            covered.append((begin, stop))
            if not tag.raw.islower() and _PLACEHOLDER_TAG.fullmatch(tag.raw):
                # `<TITLE>` at the front of a line is an HTML block to the parser.
                self.markers.append((begin, stop, tag.raw))
            if tag.name in _HEADING_TAGS:
                if not tag.closing:
                    heading = tag
                elif heading is not None and heading.name == tag.name:
                    self.html_headings.append((heading.span.start, stop, int(tag.name[1])))
                    heading = None
            elif tag.name == "a" and tag.closing and anchor is not None:
                link = self.links[anchor]
                self.links[anchor] = _closed(link, strip_tags(text[link[1] : begin]), stop)
                anchor = None
            elif len(self.links) > count:
                anchor = count
        for found in _HTML_MARKER.finditer(text, start, end):
            begin, stop = found.span()
            before = bisect_right(covered, (begin, len(text))) - 1
            if before < 0 or stop > covered[before][1]:
                self.markers.append((begin, stop, found.group()))

    def _element(self, tag: Element) -> None:
        if tag.comment:
            found = read_directive(tag, self.blocks.budget)
            if found is not None:
                self.directives.append(found)
            return
        if tag.closing or "=" not in tag.raw:
            return
        place = (tag.span.start, tag.span.end)
        attributes = tag.attributes()
        for name in ("id", "name"):
            if name in attributes and (name == "id" or tag.name == "a"):
                value, span = attributes[name]
                if value:
                    self.anchors.append((span.start, span.end, value))
        if tag.name == "a" and "href" in attributes:
            target, span = attributes["href"]
            self.links.append((*place, _HTML, "", target, span.start, span.end))
        source = _SOURCES.get(tag.name)
        if source is not None and source in attributes:
            target, span = attributes[source]
            start, end = span.start, span.end
            if source == "srcset":
                target = (target.split() or [""])[0].rstrip(",")
                at = self.source.find(target, start, end)
                start, end = (at, at + len(target)) if at >= 0 else (start, end)
            alternative = attributes["alt"][0] if "alt" in attributes else ""
            self.images.append((*place, _HTML, alternative, target, start, end))

    # Inline content

    def cells(self, table: Values) -> None:
        """Take what stands in the cells of a table."""
        delimiter = table[FIRST_ROW + 1]
        for row in table[FIRST_ROW:]:
            start, raw = row
            if row is not delimiter and not self._plain(start, start + len(raw), in_cells=True):
                for cell in Row.of(start, raw).cells:
                    self.inline(_cell_text(cell), in_cell=True)

    def inline(self, text: Text, *, in_cell: bool = False) -> None:
        """Take what stands in inline content."""
        if not (text.joints or in_cell) and (
            self._lone_link(text) or self._plain(text.start, text.end, in_cells=False)
        ):
            return
        facts = inline_facts(text.content, self.blocks.references, self.blocks.budget)
        content = text.content
        for link in facts.links:
            self._link(link, text)
        for start, end in facts.bare:
            raw = content[start:end]
            target = raw if raw[:4].lower() == "http" else f"http://{raw}"
            span = text.span(start, end, self.base)
            self.links.append((*span, _BARE, raw, target, *span))
        opened: int | None = None
        for start, end in facts.html:
            tag = element(content[start:end], self.base + text.at(start))
            count = len(self.links)
            self._element(tag)
            begin, stop = tag.span.start, tag.span.end
            if in_cell and not tag.comment:
                self.tags.append((begin, stop, tag.name, tag.closing, tag.void))
            if tag.name == "a" and tag.closing and opened is not None:
                html = self.links[opened]
                seen = render_text(self.source[html[1] : begin], budget=self.blocks.budget)
                self.links[opened] = _closed(html, seen, stop)
                opened = None
            elif len(self.links) > count:
                opened = count
        for start, end, label in facts.undefined:
            self.undefined.append((*text.span(start, end, self.base), label))
        for start, end in facts.markers:
            self.markers.append((*text.span(start, end, self.base), content[start:end]))

    def _lone_link(self, text: Text) -> bool:
        """Take a link that is all there is, as in most paragraphs that tell anything."""
        if self.blocks.words or self.blocks.loud:
            return False
        image = text.content.startswith("!")
        found = USUAL_LINK.fullmatch(text.content, image)
        if found is not None:
            self._usual_link(found, text.start, image)
        return found is not None

    def _plain(self, start: int, end: int, *, in_cells: bool) -> bool:
        """Take the facts of a stretch of `text` if they can be read off it; whether they could."""
        blocks = self.blocks
        if blocks.loud or (blocks.words and self._has_words(start, end)):
            return False
        if self._usual(start, end, in_cells):
            return True
        plain = plain_facts(self.text, start, end, cells=in_cells, urls=blocks.urls)
        if plain is None or plain.bare:
            return False
        if "a" in [angle.name for angle in plain.angles]:
            # What stands between `<a>` and `</a>` belongs together.
            return False
        angles = iter(plain.angles)
        for found in plain.matches:
            kind = found.lastindex
            if kind == ANGLE:
                self._angle(found, next(angles), in_cells)
            elif kind in _LABELLED:
                self._plain_link(found, start)
        return True

    def _usual(self, start: int, end: int, in_cells: bool) -> bool:
        """Take a stretch in which there is nothing but the most usual forms; whether it is one."""
        usual = usual_facts(self.text, start, end, self.blocks.urls)
        if usual is None:
            return False
        links, tags = usual
        if tags and "a" in [angle.name for _, angle in tags]:
            # What stands between `<a>` and `</a>` belongs together.
            return False
        for found in links:
            image = found.start() > start and self.text[found.start() - 1] == "!"
            self._usual_link(found, 0, image)
        for found, angle in tags:
            if in_cells and angle.dull:
                begin = found.start() + self.base
                end = begin + len(found[0])
                self.tags.append((begin, end, angle.name, angle.closing, angle.void))
            else:
                self._angle(found, angle, in_cells)
        return True

    def _has_words(self, start: int, end: int) -> bool:
        if self.blocks.quiet:
            # There are only braces, for which the expression takes ten times as long.
            return self.text.find("{", start, end) >= 0
        return WORDS.search(self.text, start, end) is not None

    def _usual_link(self, found: re.Match[str], at: int, image: bool) -> None:
        """Take a link or image that was found in what begins at an offset."""
        label, target = found.group(1, 2)
        begin, end = found.span()
        begin += at + self.base - image
        end += at + self.base
        text = render_text(label, self.blocks.references, self.blocks.budget)
        # Behind the target there is but a parenthesis.
        link = (begin, end, _INLINE, text, target, end - 1 - len(target), end - 1)
        (self.images if image else self.links).append(link)

    def _plain_link(self, found: re.Match[str], start: int) -> None:
        """Take a label that was found in a stretch that begins at an offset."""
        base, references = self.base, self.blocks.references
        begin, end = found.span()
        image = begin > start and self.text[begin - 1] == "!"
        begin += base - image
        end += base
        label, target = found.group(LABEL, TARGET)
        if target is not None:
            kind = _INLINE
            at, stop = found.span(TARGET)
            at, stop = at + base, stop + base
        elif (name := reference(found, references)) is not None:
            kind, target = _REFERENCE, references[name]
            at, stop = self.targets.get(name, (begin, end))
        else:
            if label and "\n" not in label and "`" not in label:
                self.markers.append((begin + image, end, found[0]))
            return
        text = render_text(label, references, self.blocks.budget)
        (self.images if image else self.links).append((begin, end, kind, text, target, at, stop))

    def _angle(self, found: re.Match[str], angle: Angle, in_cells: bool) -> None:
        """Take a tag or an autolink."""
        raw, start = found[0], found.start() + self.base
        end = start + len(raw)
        if not angle.name:
            url = raw[1:-1]
            self.links.append((start, end, _AUTOLINK, url, url, start + 1, end - 1))
            return
        if angle.tells:
            self._element(element(raw, start))
        if in_cells:
            self.tags.append((start, end, angle.name, angle.closing, angle.void))
        if angle.placeholder:
            self.markers.append((start, end, raw))

    def _link(self, link: InlineLink, text: Text) -> None:
        label = text.content[link.label_start : link.label_end]
        kind = _AUTOLINK if link.auto else _INLINE
        place = text.span(link.target_start, link.target_end, self.base)
        if link.reference is not None:
            kind = _REFERENCE
            place = self.targets.get(link.reference, place)
        if not link.auto:
            label = render_text(label, self.blocks.references, self.blocks.budget)
        span = text.span(link.start, link.end, self.base)
        found = (*span, kind, label, link.target, *place)
        (self.images if link.image else self.links).append(found)


def _cell_text(cell: Cell) -> Text:
    start = cell.span.start
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


def _closed(link: Values, text: str, end: int) -> Values:
    """An HTML link once its closing tag is known."""
    start, _, kind, _, *target = link
    return (start, end, kind, text, *target)
