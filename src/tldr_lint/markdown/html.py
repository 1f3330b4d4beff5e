"""HTML as Markdown lets it through: tags, their attributes and comments, with places.

CommonMark 0.31.2, section 6.6. Quoted attribute values may hold anything;
nothing here backtracks more than one attribute deep, so the cost stays linear.
"""

from __future__ import annotations

import re

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTRIBUTE = r"""[A-Za-z_:@][\w.:@-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
TAG_BODY = rf"/[A-Za-z][A-Za-z0-9-]*\s*>|[A-Za-z][A-Za-z0-9-]*(?:\s++{_ATTRIBUTE})*+\s*+/?>"
"""An opening or closing tag behind its `<`, as a regular expression without groups."""
TAG = rf"<(?:{TAG_BODY})"
"""An opening or closing tag, likewise."""

_TOKEN = regex(rf"<!--(?:>|->|.*?-->|.*\Z)|{TAG}", re.DOTALL)
_NAME = regex(r"</?([A-Za-z][A-Za-z0-9-]*)")
_PARTS = regex(r"""([A-Za-z_:@][\w.:@-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_RAW_TEXT = regex(r"</(?:script|style|textarea|pre)\s*>", re.IGNORECASE)

_OPTIONAL = "caption colgroup dd dt li optgroup option p rp rt tbody td tfoot th thead tr"
OPTIONAL_END = frozenset(_OPTIONAL.split())
"""Elements whose end tag may be left out (HTML Living Standard, section 13.1.2.4)."""
_PAIRED = (
    "a abbr b bdo big blockquote center cite code del details dfn div dl em figcaption figure font "
    "h1 h2 h3 h4 h5 h6 i ins kbd mark ol picture pre q ruby s samp small span strike strong "
    "sub summary sup table tt u ul var video"
)
PAIRED = frozenset(_PAIRED.split())
"""Elements that have an end tag: what GitHub lets through, and what people still write."""
_VOID = ("br", "hr", "wbr")
_PLAIN_TAGS = frozenset(
    {
        *(f"<{name}>" for name in (*_VOID, *OPTIONAL_END, *PAIRED)),
        *(f"<{name}{end}" for name in _VOID for end in ("/>", " />")),
    }
)
"""Opening tags as people write them; in capitals, `<SUMMARY>`, they are placeholders."""


SPACING_TAG = regex(r"</?(?:br|li|ul|ol|p|div|td|tr|hr)\b", re.IGNORECASE)
"""Tags that part words from each other in what a reader sees."""


def is_written_as_html(tag: str) -> bool:
    """Whether a tag is HTML beyond doubt, and no placeholder such as `<title>`."""
    return tag in _PLAIN_TAGS or "=" in tag


@dataclass(frozen=True, slots=True)
class Element:
    """One tag or comment."""

    span: Span
    raw: str
    name: str
    """Lower case; empty for a comment."""

    @property
    def closing(self) -> bool:
        """Whether it is `</name>`."""
        return self.raw.startswith("</")

    @property
    def void(self) -> bool:
        """Whether it closes itself, `<name/>`."""
        return self.raw.endswith("/>")

    @property
    def comment(self) -> bool:
        """Whether it is `<!-- … -->`."""
        return not self.name

    def attributes(self) -> dict[str, tuple[str, Span]]:
        """Lower-case name → value (entities resolved) and where the raw value stands."""
        found: dict[str, tuple[str, Span]] = {}
        head = _NAME.match(self.raw)
        if head is None or self.closing:
            return found
        for part in _PARTS.finditer(self.raw, head.end()):
            group = next((n for n in (2, 3, 4) if part[n] is not None), None)
            start, end = part.span(group) if group else (part.end(), part.end())
            value = unescape(part[group]) if group else ""
            at = self.span.start
            found.setdefault(part[1].lower(), (value, Span(at + start, at + end)))
        return found


def element(raw: str, start: int) -> Element:
    """The tag or comment that `raw` is, standing at `start`."""
    name = _NAME.match(raw)
    return Element(Span(start, start + len(raw)), raw, name[1].lower() if name else "")


def elements(text: str, start: int, end: int) -> Iterator[Element]:
    """The tags and comments between two offsets, in order.

    What stands in `script`, `style`, `textarea` and `pre` is text, not tags.
    """
    at = start
    while (found := _TOKEN.search(text, at, end)) is not None:
        tag = element(found.group(), found.start())
        yield tag
        at = found.end()
        if tag.name in {"script", "style", "textarea"} and not tag.closing:
            closed = _RAW_TEXT.search(text, at, end)
            at = closed.start() if closed else end


def may_tell(raw: str) -> bool:
    """Whether a tag may have one of those attributes that are anchors, links or images."""
    folded = raw.lower()
    return "id" in folded or "name" in folded or "href" in folded or "src" in folded


def strip_tags(html: str) -> str:
    """The text of a piece of HTML: tags and comments gone, entities resolved."""
    return " ".join(unescape(_TOKEN.sub("", html)).split())


def unescape(text: str) -> str:
    """A text with its entities resolved."""
    if "&" not in text:
        return text
    # It takes the names of two thousand entities to do so.
    from html import unescape as resolve  # noqa: PLC0415

    return resolve(text)
