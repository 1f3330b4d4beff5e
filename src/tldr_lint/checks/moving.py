"""Taking a section to another place of its file without changing what the file says."""

from __future__ import annotations

from tldr_lint.checks.quoting import quoted
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.rule import Fix
from tldr_lint.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tldr_lint.document import Document, Heading, Section
    from tldr_lint.text import Source

_LINE_END = regex(r"\r\n|\r|\n")
_BLANKS = " \t\r\n"
# A line of this shape right above a heading is about that heading: an anchor
# people link to, or a remark such as a suppression.
_ATTACHED = regex(r"[ \t]*(?:<!--(?:(?!-->).)*-->|<a[ \t][^<>]*></a>)[ \t]*")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A section with all that goes with it: its text, and the white space that parts it."""

    heading: Heading
    text: Span
    gap: str
    """The white space behind the text, up to the next chunk or the end of the file."""
    last: bool

    @property
    def needs_blank(self) -> bool:
        """Whether what follows the text must be parted from it by a blank line.

        Where a heading followed without one, the text is known to end there.
        """
        return self.last or _has_blank_line(self.gap)


def move_section(
    document: Document, sisters: Sequence[Section], moved: int, target: int
) -> Fix | None:
    """Move a section before the sister at `target`, or to the end where there is none.

    Each section goes with the lines up to its next sister; the white space
    between two sections stays where it is. There is no fix where a shallower
    heading stands between the sisters, or where the move would renumber
    anchors or change which of two link definitions counts.
    """
    chunks = _chunks(document, sisters)
    if chunks is None or target in (moved, moved + 1):
        return None
    upwards = target < moved
    crossed = chunks[target:moved] if upwards else chunks[moved + 1 : target]
    if _clash(document, chunks[moved].text, Span(crossed[0].text.start, crossed[-1].text.end)):
        return None
    edits = (
        _upwards(document, chunks, moved, target)
        if upwards
        else _downwards(document, chunks, moved, target)
    )
    name = quoted(chunks[moved].heading.text)
    return Fix(f"move section `{name}` to its place in the template's order", edits)


def attached_start(source: Source, heading: int) -> int:
    """Where the lines begin that belong to the heading at an offset: its own or an anchor above."""
    start = source.line_of(heading).start
    while start > 0:
        above = source.line_of(start - 1)
        text = source[above]
        if _ATTACHED.fullmatch(text) is None or ("-->" in text and _is_open(source, above.start)):
            break
        start = above.start
    # A byte order mark stays where it is.
    return max(start, int(source.text.startswith("\ufeff")))


def _is_open(source: Source, at: int) -> bool:
    """Whether a comment that began before an offset goes on there."""
    return source.text.rfind("<!--", 0, at) > source.text.rfind("-->", 0, at)


def _chunks(document: Document, sisters: Sequence[Section]) -> list[_Chunk] | None:
    source = document.source
    level = sisters[0].heading.level
    begin = sisters[0].heading.span.start
    shallower = [
        heading.span.start
        for heading in document.headings
        if heading.level < level and not heading.nested and heading.span.start > begin
    ]
    last_start = sisters[-1].heading.span.start
    if any(sister.heading.level != level for sister in sisters):
        return None
    if any(start < last_start for start in shallower):
        return None
    bounds = [attached_start(source, sister.heading.span.start) for sister in sisters]
    bounds.append(attached_start(source, shallower[0]) if shallower else len(source.text))
    found: list[_Chunk] = []
    for at, sister in enumerate(sisters):
        whole = Span(bounds[at], bounds[at + 1])
        text = source[whole].rstrip(_BLANKS)
        end = whole.start + len(text)
        gap = source.text[end : whole.end]
        found.append(_Chunk(sister.heading, Span(whole.start, end), gap, at == len(sisters) - 1))
    return found


def _clash(document: Document, moved: Span, crossed: Span) -> bool:
    """Whether two spans hold headings or link definitions of one name."""

    def names(span: Span) -> set[str]:
        headings = {h.text.casefold() for h in document.headings if h.span in span}
        return headings | {f"[{d.label.casefold()}" for d in document.definitions if d.span in span}

    return not names(moved).isdisjoint(names(crossed))


def _upwards(
    document: Document, chunks: Sequence[_Chunk], moved: int, target: int
) -> tuple[Edit, ...]:
    source = document.source
    chunk, before = chunks[moved], chunks[moved - 1]
    newline = source.newline(chunk.text.start)
    gap = _gap(before.gap, chunks[target].heading, newline, blank=chunk.needs_blank)
    follower = chunks[moved + 1].heading if moved + 1 < len(chunks) else None
    wanted = _gap(chunk.gap, follower, newline, blank=before.needs_blank)
    at = chunks[target].text.start
    lead = _lead(source, at, chunk.heading, newline)
    return (
        Edit(source.place(at, at), f"{lead}{source[chunk.text]}{gap}"),
        Edit(
            source.place(before.text.end, chunk.text.end),
            newline if wanted != chunk.gap else "",
        ),
    )


def _downwards(
    document: Document, chunks: Sequence[_Chunk], moved: int, target: int
) -> tuple[Edit, ...]:
    source = document.source
    chunk, before = chunks[moved], chunks[target - 1]
    newline = source.newline(chunk.text.start)
    gap = _gap(chunk.gap, chunk.heading, newline, blank=before.needs_blank)
    follower = chunks[target].heading if target < len(chunks) else None
    wanted = _gap(before.gap, follower, newline, blank=chunk.needs_blank)
    tail = newline if wanted != before.gap else ""
    start, at = chunk.text.start, before.text.end
    lead = _lead(source, start, chunks[moved + 1].heading, newline)
    return (
        Edit(source.place(start, chunks[moved + 1].text.start), lead),
        Edit(source.place(at, at), f"{gap}{source[chunk.text]}{tail}"),
    )


def _gap(present: str, follower: Heading | None, newline: str, *, blank: bool) -> str:
    """The white space to put before a heading: what is there if it will do."""
    if follower is None or _has_blank_line(present):
        return present
    if present and not blank and follower.style == "atx":
        return present
    return newline * 2


def _lead(source: Source, at: int, heading: Heading, newline: str) -> str:
    """A line break where a heading of two lines would swallow the paragraph above it."""
    above = source.text[:at]
    if heading.style == "atx" or not above or _has_blank_line(above[len(above.rstrip(_BLANKS)) :]):
        return ""
    return newline


def _has_blank_line(gap: str) -> bool:
    return len(_LINE_END.findall(gap)) >= 2
