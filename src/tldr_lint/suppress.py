"""Suppressions: which directives cover a place, and which of them hid nothing."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tldr_lint.document import Directive, Document, Scope
from tldr_lint.rule import Applicability, Finding, Fix, Rule
from tldr_lint.text import Edit, Place, Span


def names(word: str, rule: Rule) -> bool:
    """Whether a code, name or family, letter case aside, means a rule: `TL202`, `TL2`, its name."""
    lowered = word.casefold()
    if lowered == rule.name:
        return True
    code = rule.code.casefold()
    return lowered.startswith("tl") and code.startswith(lowered)


@dataclass(frozen=True, slots=True)
class _Cover:
    """One range of a file in which a directive hides what its words name."""

    directive: Directive
    start: int
    end: int


@dataclass(slots=True)
class Suppressions:
    """The suppressions of one file, and which of their words have hidden something."""

    document: Document
    covers: tuple[_Cover, ...]
    used: set[tuple[int, str]] = field(default_factory=set)
    """(start of the directive, word); the word is empty for a directive that names no rule."""

    def hides(self, rule: Rule, place: Place) -> bool:
        """Whether a finding of a rule at a place is suppressed; remembers what hid it."""
        at = place.span.start
        hidden = False
        for cover in self.covers:
            if not cover.start <= at <= cover.end:
                continue
            directive = cover.directive
            start = directive.span.start
            if not directive.rules:
                self.used.add((start, ""))
                hidden = True
            for word, _ in directive.rules:
                if names(word, rule):
                    self.used.add((start, word))
                    hidden = True
        return hidden

    def unused(self, rules: Mapping[str, Rule]) -> Iterator[Finding]:
        """The directives, or words of them, that hid nothing though their rules have run (TL003).

        `rules` are the rules that ran, by code.
        """
        ran = tuple(rules.values())
        for directive in self.document.directives:
            start = directive.span.start
            if directive.scope == Scope.ENABLE or directive.scope not in set(Scope):
                continue
            if not directive.rules:
                if (start, "") not in self.used:
                    yield self._finding(directive, "this suppression hides nothing", None)
                continue
            idle = [
                (word, span)
                for word, span in directive.rules
                if (start, word) not in self.used and any(names(word, rule) for rule in ran)
            ]
            if len(idle) == len(directive.rules):
                listed = ", ".join(f"`{word}`" for word, _ in idle)
                yield self._finding(directive, f"this suppression of {listed} hides nothing", None)
                continue
            for word, span in idle:
                yield self._finding(
                    directive, f"the suppression of `{word}` hides nothing", (word, span)
                )

    def _finding(
        self, directive: Directive, message: str, word: tuple[str, Span] | None
    ) -> Finding:
        source = self.document.source
        if word is None:
            span = self._line_of_its_own(directive)
            where = directive.span
            text = "remove the suppression"
        else:
            where = word[1]
            at = directive.rules.index(word)
            # The separator goes with the word: the one before it, or behind the first.
            span = (
                Span(directive.rules[at - 1][1].end, where.end)
                if at
                else Span(where.start, directive.rules[1][1].start)
            )
            text = f"remove `{word[0]}` from the suppression"
        edit = Edit(Place(source.path, span), "")
        return Finding(Place(source.path, where), message, Fix(text, (edit,), Applicability.SAFE))

    def _line_of_its_own(self, directive: Directive) -> Span:
        """The directive, with its line ending where it has its line to itself."""
        source = self.document.source
        line = source.line_of(directive.span.start)
        span = directive.span
        if source[line].strip() != source[span]:
            before = source.text[line.start : span.start]
            # In the middle of a line one of the two blanks around it goes too.
            if before.endswith(" ") and source.text[span.end : span.end + 1] in {
                " ",
                "\n",
                "\r",
                "",
            }:
                return Span(span.start - 1, span.end)
            return span
        starts = source.starts
        following = bisect_right(starts, line.start)
        end = starts[following] if following < len(starts) else len(source.text)
        return Span(line.start, end)


def suppressions(document: Document) -> Suppressions:
    """The suppressions of a file.

    A directive that breaks its table (a comment line between rows, a comment
    behind the last pipe) suppresses nothing: what it breaks is to be seen.
    """
    return Suppressions(document, tuple(_covers(document)) if document.directives else ())


def _covers(document: Document) -> Iterator[_Cover]:
    source = document.source
    size = len(source.text)
    ends = [d for d in document.directives if d.scope == Scope.ENABLE]
    for directive in document.directives:
        if directive.breaks_table:
            continue
        line = source.line_of(directive.span.start)
        match directive.scope:
            case Scope.FILE:
                yield _Cover(directive, 0, size)
            case Scope.LINE:
                last = source.line_of(directive.span.end)
                yield _Cover(directive, line.start, last.end)
            case Scope.NEXT_LINE:
                number = source.position(directive.span.end)[0]
                if number < len(source.starts):
                    below = source.line_span(number + 1)
                    yield _Cover(directive, below.start, below.end)
            case Scope.NEXT_TABLE:
                starts = [table.span.start for table in document.tables]
                at = bisect_right(starts, directive.span.start)
                if at < len(starts):
                    span = document.tables[at].span
                    yield _Cover(directive, span.start, span.end)
            case Scope.DISABLE:
                yield from _until_enabled(directive, ends, size)
            case _:
                pass


def _until_enabled(directive: Directive, ends: list[Directive], size: int) -> Iterator[_Cover]:
    """From a `disable` to the `enable` that ends it, word by word; a bare one ends all."""
    start = directive.span.end
    later = [end for end in ends if end.span.start > start]
    for word, span in directive.rules or (("", directive.span),):
        folded = word.casefold()
        stop = next(
            (
                end.span.start
                for end in later
                if not end.rules or any(folded == w.casefold() for w, _ in end.rules)
            ),
            size,
        )
        rules = ((word, span),) if word else ()
        yield _Cover(
            Directive(directive.span, directive.scope, rules, directive.breaks_table), start, stop
        )
