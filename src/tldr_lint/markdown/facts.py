"""The facts of a text, put together from its blocks and from what stands in them.

They are plain values (`layout.py`), each kind in file order.
"""

from __future__ import annotations

from operator import itemgetter

from tldr_lint.layout import NOBODY_LOOKED
from tldr_lint.markdown.contents import Contents
from tldr_lint.markdown.directives import judged
from tldr_lint.markdown.html import strip_tags
from tldr_lint.markdown.labels import normal_label
from tldr_lint.markdown.orphans import orphan_rows
from tldr_lint.markdown.rendered import heading_texts
from tldr_lint.markdown.slug import Slugs
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tldr_lint.layout import Values
    from tldr_lint.markdown.gathered import BlockHeading, Blocks, Text

_BLANK_AT_LINE_END = regex(r"[ \t]+\n")
_START = itemgetter(0)
_BEFORE_ITEM = " \t>"


def facts_of(source: str, text: str, base: int, blocks: Blocks) -> Sequence[Values]:
    """All facts of a text, each kind in file order.

    `text` is the source as the block grammar saw it, `base` 1 where it lacks a byte order mark.

    Raises:
        TooCostlyError: the file would take too long to read.
    """
    definitions = _definitions(blocks, base)
    targets: dict[str, tuple[int, int]] = {}
    for _, _, label, _, at, stop in definitions:
        targets.setdefault(normal_label(label), (at, stop))
    found = Contents(source, text, base, blocks, targets)
    for each in blocks.texts:
        found.inline(each)
    blocks.tables.sort(key=_START)
    for table in blocks.tables:
        found.cells(table)
    tables = _moved(blocks.tables, base) if base else blocks.tables
    orphans = orphan_rows(source, base, blocks.paragraphs, tables)
    rest = _Rest(found)
    rest.stretches()
    return (
        (),
        rest.front_matter,
        _headings(found),
        tables,
        orphans,
        _in_order(found.links),
        _in_order(found.images),
        definitions,
        _in_order(found.undefined),
        _in_order(found.anchors),
        _in_order(found.tags),
        _in_order(found.markers),
        rest.items,
        judged(source, found.directives, tables, orphans) if found.directives else (),
        rest.code,
        NOBODY_LOOKED,
    )


def _in_order(facts: list[Values]) -> Sequence[Values]:
    return sorted(facts, key=_START) if len(facts) > 1 else facts


def _definitions(blocks: Blocks, base: int) -> Sequence[Values]:
    return [
        (start + base, end + base, label, target, at + base, stop + base)
        for start, end, label, target, at, stop in blocks.definitions
    ]


def _moved(tables: Sequence[Values], base: int) -> Sequence[Values]:
    return [
        (start + base, end + base, nested, *((at + base, raw) for at, raw in rows))
        for start, end, nested, *rows in tables
    ]


@dataclass(slots=True)
class _Rest:
    """Code, list items and front matter; HTML is taken on the way."""

    contents: Contents
    code: list[Values] = field(default_factory=list)
    items: list[Values] = field(default_factory=list)
    front_matter: Values = ()

    def stretches(self) -> None:
        """Take all there is."""
        base, text = self.contents.base, self.contents.text
        blocks = self.contents.blocks
        first_text: dict[int, Text] = {}
        for kind, line, begin, stop, depth, own in blocks.stretches:
            start, end = base + begin, base + stop
            if kind == "item":
                if own is None:
                    first_text = first_text or {p.line: p.text for p in reversed(blocks.paragraphs)}
                    first = first_text.get(line)
                    self._item(start, end, depth, (first.start, first.end) if first else None)
                elif text[begin] in _BEFORE_ITEM or text[own[1] - 1] == ">":
                    self._item(start, end, depth, own)
                else:
                    self.items.append((own[0] + base, own[1] + base, depth, start, own[1] + base))
            elif kind == "code":
                self.code.append((start, end))
            elif kind == "html":
                self.contents.html(start, end)
            else:
                text_end = base + text.rfind("\n", 0, stop) + 1
                inner = base + text.index("\n", begin) + 1
                self.front_matter = (start, end, inner, max(inner, text_end))

    def _item(self, start: int, end: int, depth: int, own: tuple[int, int] | None) -> None:
        base = self.contents.base
        lines = self.contents.source[start:end].rstrip(" \t>\r\n")
        # A list in a list can begin on its item's own line; the bullet is where the text tells.
        begin = start + len(lines) - len(lines.lstrip(_BEFORE_ITEM))
        span = (own[0] + base, own[1] + base) if own is not None else (begin, begin)
        self.items.append((*span, depth, begin, max(begin, start + len(lines))))


def _headings(found: Contents) -> Sequence[Values]:
    """Headings of all three spellings in file order, with their anchors."""
    blocks, base = found.blocks, found.base
    after = {p.line: p.text for p in blocks.paragraphs if not p.nested}
    slugs = Slugs()
    if not found.html_headings:
        return [_heading(each, blocks, base, after, slugs) for each in blocks.headings]
    marked = [(base + each[1], at, False) for at, each in enumerate(blocks.headings)]
    marked += [(each[0], at, True) for at, each in enumerate(found.html_headings)]
    marked.sort(key=_START)
    return [
        _html_heading(found.source, *found.html_headings[at], slugs)
        if html
        else _heading(blocks.headings[at], blocks, base, after, slugs)
        for _, at, html in marked
    ]


def _heading(
    heading: BlockHeading, blocks: Blocks, base: int, after: Mapping[int, Text], slugs: Slugs
) -> Values:
    end_line, start, end, level, raw, begin, stop, style, nested = heading
    if "\n" in raw:
        # A blank before a line ending shows nothing; it may stand for a carriage return.
        raw = _BLANK_AT_LINE_END.sub("\n", raw)
    shown, anchor = heading_texts(raw, blocks.references, blocks.budget)
    anchor = slugs.next(anchor)
    if base:
        start, end, begin, stop = start + base, end + base, begin + base, stop + base
    if style == "atx" and end_line in after:
        text = after[end_line]
        below = text.span(0, len(text.content), base)
        return (start, end, level, shown, begin, stop, anchor, style, nested, *below)
    return start, end, level, shown, begin, stop, anchor, style, nested


def _html_heading(source: str, start: int, end: int, level: int, slugs: Slugs) -> Values:
    html = source[start:end]
    opened, closed = html.index(">") + 1, html.rindex("<")
    text = strip_tags(html[opened:closed])
    content = (start + opened, start + closed)
    return (start, end, level, text, *content, slugs.next(text), "html", False)
