"""Findings in texts of our own making, for the tests of the reports."""

from collections.abc import Iterable

from tldr_lint.reports.model import Look, Report, RuleInfo
from tldr_lint.rule import Applicability, Diagnostic, Fix, Location, Note, Position, Severity
from tldr_lint.text import Edit, Place, Source, Span

FIRST = Position(1, 1)


def whole(path: str, text: str) -> tuple[Source, Location, Place]:
    """A file, and the place that is all of it."""
    source = Source(path, text)
    place = source.place(0, len(text))
    start, end = source.position(0), source.position(len(text))
    return source, Location(path, Position(*start), Position(*end)), place


def at(source: Source, found: str, occurrence: int = 0) -> tuple[Location, Place]:
    """Where a text stands in a file."""
    offset = -1
    for _ in range(occurrence + 1):
        offset = source.text.index(found, offset + 1)
    place = source.place(offset, offset + len(found))
    start, end = source.position(offset), source.position(offset + len(found))
    return Location(source.path, Position(*start), Position(*end)), place


def finding(
    source: Source,
    found: str,
    *,
    code: str = "TL202",
    name: str = "table-row-length",
    severity: Severity = Severity.ERROR,
    message: str = "the row has 2 cells, its header 3",
    fix: Fix | None = None,
    related: tuple[Note, ...] = (),
) -> Diagnostic:
    """A finding at a text of a file."""
    location, place = at(source, found)
    return Diagnostic(location, code, name, severity, message, place, fix, related)


def insertion(source: Source, behind: str, text: str, **kinds: Applicability) -> Fix:
    """A fix that puts a text behind another."""
    _, place = at(source, behind)
    edit = Edit(Place(source.path, Span(place.span.end, place.span.end)), text)
    return Fix("add the missing cell", (edit,), kinds.get("kind", Applicability.SAFE))


def report(
    diagnostics: Iterable[Diagnostic],
    *sources: Source,
    width: int = 80,
    color: bool = False,
    hyperlinks: bool = False,
) -> Report:
    """A report of a run in the root of a repository."""
    return Report(
        tuple(diagnostics),
        {source.path: source for source in sources},
        checked=len(sources),
        root="/repo",
        cwd="/repo",
        rules=(
            RuleInfo(
                "TL202",
                "table-row-length",
                Severity.ERROR,
                frozenset({Applicability.SAFE}),
                "A row has fewer or more cells than its header.",
                "# TL202\n\nA row has fewer or more cells than its header.\n",
            ),
        ),
        docs="https://tldr-lint.example/rules/",
        home="https://tldr-lint.example/",
        version="1.2.3",
        look=Look(color=color, width=width, hyperlinks=hyperlinks),
    )
