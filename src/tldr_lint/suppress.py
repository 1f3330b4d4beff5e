"""Suppressions: which directives cover a place, and which of them hid nothing."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right

from tldr_lint.document import Scope
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tldr_lint.document import Directive, Document
    from tldr_lint.rule import Rule

_BLANKS = regex(r"[ \t]*")
# What may stand before a block that begins on this line: indentation, quotes, bullets, numbers.
_CONTAINERS = regex(r"[ \t>*+.)\d-]*")
# Lines that nothing can be joined to: headings, fences that open, comments.
_ENDS_A_BLOCK = regex(r" {0,3}#{1,6}(?:[ \t]|$)| {0,3}<!--.*-->[ \t]*$")
_BEGINS_A_BLOCK = regex(r" {0,3}(?:#{1,6}(?:[ \t]|$)|```|~~~|<!--)")
_NEXT_LINE = regex(r"(?:[ \t]*(?:\r\n|\r|\n))*([^\r\n]*)")
_GOES_ON = regex(r"[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]|[ \t]{2,}")
_MOST_LISTED = 10


def names(word: str, rule: Rule) -> bool:
    """Whether a code, name or family, letter case aside, means a rule: `TL202`, `TL2`, its name."""
    lowered = word.casefold()
    if lowered == rule.name:
        return True
    code = rule.code.casefold()
    return lowered.startswith("tl") and code.startswith(lowered)


@dataclass(slots=True)
class Suppressions:
    """The suppressions of one file, and what they have hidden.

    Nothing here takes longer for a file of suppressions only: what a word hides
    is one list of ranges, and what it hid one list of places.
    """

    document: Document
    covers: Mapping[str, Mapping[int, Span]]
    """Word in folded case, empty for all rules → start of the directive → what it covers."""
    ranges: Mapping[str, tuple[Span, ...]] = field(init=False)
    """Word → what its directives cover together: disjoint, in order."""
    hidden: dict[str, list[int]] = field(default_factory=dict)
    """Word → where something was that it hid."""

    def __post_init__(self) -> None:
        self.ranges = {word: _union(covers.values()) for word, covers in self.covers.items()}

    def hides(self, rule: Rule, place: Place) -> bool:
        """Whether a finding of a rule at a place is suppressed; remembers what hid it."""
        at = place.span.start
        hidden = False
        for word in ("", *_words(rule)):
            ranges = self.ranges.get(word)
            if ranges is None:
                continue
            before = bisect_right(ranges, Span(at, sys.maxsize)) - 1
            if before >= 0 and at <= ranges[before].end:
                self.hidden.setdefault(word, []).append(at)
                hidden = True
        return hidden

    def unused(self, rules: Mapping[str, Rule]) -> Iterator[Finding]:
        """The directives, or words of them, that hid nothing though their rules have run (TL003).

        `rules` are the rules that ran, by code.
        """
        ran = {word for rule in rules.values() for word in _words(rule)}
        for hits in self.hidden.values():
            hits.sort()
        for directive in self.document.directives:
            if directive.scope == Scope.ENABLE or directive.scope not in set(Scope):
                continue
            if not directive.rules:
                if not self._used(directive, ""):
                    yield self._finding(directive, "this suppression hides nothing", None)
                continue
            idle = [
                at
                for at, (word, _) in enumerate(directive.rules)
                if word.casefold() in ran and not self._used(directive, word)
            ]
            if len(idle) == len(directive.rules):
                listed = ", ".join(f"`{word}`" for word, _ in directive.rules[:_MOST_LISTED])
                more = ", …" if len(idle) > _MOST_LISTED else ""
                message = f"this suppression of {listed}{more} hides nothing"
                yield self._finding(directive, message, None)
                continue
            for at in idle:
                message = f"the suppression of `{directive.rules[at][0]}` hides nothing"
                yield self._finding(directive, message, at)

    def _used(self, directive: Directive, word: str) -> bool:
        folded = word.casefold()
        cover = self.covers.get(folded, {}).get(directive.span.start)
        if cover is None:
            return False
        hits = self.hidden.get(folded, [])
        at = bisect_left(hits, cover.start)
        return at < len(hits) and hits[at] <= cover.end

    def _finding(self, directive: Directive, message: str, at: int | None) -> Finding:
        source = self.document.source
        if at is None:
            if self._holds_markdown_off(directive):
                return Finding(Place(source.path, directive.span), message)
            span = self._line_of_its_own(directive)
            where = directive.span
            text = "remove the suppression"
        else:
            word, where = directive.rules[at]
            # The separator goes with the word: the one before it, or behind the first.
            span = (
                Span(directive.rules[at - 1][1].end, where.end)
                if at
                else Span(where.start, directive.rules[1][1].start)
            )
            text = f"remove `{word}` from the suppression"
        edit = Edit(Place(source.path, span), "")
        return Finding(Place(source.path, where), message, Fix(text, (edit,), Applicability.SAFE))

    def _holds_markdown_off(self, directive: Directive) -> bool:
        """Whether something else would mean something else if the directive went.

        A comment that begins a line makes HTML of all of it (CommonMark 0.31.2,
        section 4.6): text behind it is shown as it is. And it parts what stands above
        from what stands below, which nobody wants only where it breaks a table.
        """
        source, span = self.document.source, directive.span
        text = source.text
        first, last = source.line_of(span.start), source.line_of(span.end)
        if _CONTAINERS.fullmatch(text, first.start, span.start) is None:
            return False
        behind = text[span.end : last.end].lstrip()
        if behind or directive.breaks_table:
            return bool(behind) and not behind.startswith("<!--")
        number, end = source.position(first.start)[0], source.position(last.end)[0]
        above = source[source.line_span(number - 1)] if number > 1 else ""
        below = source[source.line_span(end + 1)] if end < len(source.starts) else ""
        if above.strip() and below.strip():
            return not (_ENDS_A_BLOCK.match(above) or _BEGINS_A_BLOCK.match(below))
        return self._parts_lists(first.start, last.end)

    def _parts_lists(self, start: int, end: int) -> bool:
        """Whether a list or indented code stands above a stretch of text, and more of it below."""
        text = self.document.source.text
        following = _NEXT_LINE.match(text, end)
        if following is None or _GOES_ON.match(following[1]) is None:
            return False
        blocks = (*(item.whole for item in self.document.list_items), *self.document.code)
        return any(block.start < start and not text[block.end : start].strip() for block in blocks)

    def _line_of_its_own(self, directive: Directive) -> Span:
        """The directive, with its line ending where it has its line to itself."""
        source, span = self.document.source, directive.span
        text = source.text
        line = source.line_of(span.start)
        if not (_is_blank(text, line.start, span.start) and _is_blank(text, span.end, line.end)):
            # In the middle of a line one of the two blanks around it goes too.
            preceded = span.start > line.start and text[span.start - 1] == " "
            if preceded and text[span.end : span.end + 1] in {" ", "\n", "\r", ""}:
                return Span(span.start - 1, span.end)
            return span
        starts = source.starts
        following = bisect_right(starts, line.start)
        if following < len(starts):
            return Span(line.start, starts[following])
        # The last line has no line ending; then neither shall the one that becomes the last.
        return Span(len(text[: line.start].rstrip("\r\n")), len(text))


def _words(rule: Rule) -> tuple[str, ...]:
    """Every word that names a rule, in folded case."""
    code = rule.code.casefold()
    return (rule.name, *(code[:size] for size in range(2, len(code) + 1)))


def _is_blank(text: str, start: int, end: int) -> bool:
    found = _BLANKS.match(text, start, end)
    return found is not None and found.end() == max(start, end)


def _union(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def suppressions(document: Document) -> Suppressions:
    """The suppressions of a file.

    A directive that breaks its table (a comment line between rows, a comment
    behind the last pipe) suppresses nothing: what it breaks is to be seen.
    """
    covers: dict[str, dict[int, Span]] = {}
    enabled = _enabled(document)
    tables = [table.span.start for table in document.tables]
    for directive in document.directives:
        if directive.breaks_table:
            continue
        cover = _cover(document, directive, tables)
        start = directive.span.end
        for written in [word for word, _ in directive.rules] or [""]:
            word = written.casefold()
            span = cover
            if directive.scope == Scope.DISABLE:
                # Word by word, to the `enable` that ends it; a bare one ends all.
                ends = [_next(enabled.get(each, []), start) for each in {word, ""}]
                span = Span(start, min(ends, default=sys.maxsize))
            if span is not None:
                covers.setdefault(word, {})[directive.span.start] = span
    return Suppressions(document, covers)


def _enabled(document: Document) -> Mapping[str, list[int]]:
    """Word → where it is enabled again, in order; the empty word for all."""
    found: dict[str, list[int]] = {}
    for directive in document.directives:
        if directive.scope == Scope.ENABLE:
            for word in [word.casefold() for word, _ in directive.rules] or [""]:
                found.setdefault(word, []).append(directive.span.start)
    return found


def _next(starts: list[int], after: int) -> int:
    at = bisect_left(starts, after)
    return starts[at] if at < len(starts) else sys.maxsize


def _cover(document: Document, directive: Directive, tables: list[int]) -> Span | None:
    """What a directive covers that does not reach to another one; none if it covers nothing."""
    source = document.source
    match directive.scope:
        case Scope.FILE:
            return Span(0, len(source.text))
        case Scope.LINE:
            line = source.line_of(directive.span.start)
            return Span(line.start, source.line_of(directive.span.end).end)
        case Scope.NEXT_LINE:
            number = source.position(directive.span.end)[0]
            return source.line_span(number + 1) if number < len(source.starts) else None
        case Scope.NEXT_TABLE:
            at = bisect_right(tables, directive.span.start)
            return document.tables[at].span if at < len(tables) else None
        case _:
            return None
