"""Reviewdog's diagnostic format, rdjson.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf: paths are
relative to the repository, columns 1-based and counted in bytes of UTF-8.
"""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import encodable
from tldr_lint.reports.serial import around
from tldr_lint.reports.units import units
from tldr_lint.rule import Severity
from tldr_lint.text import Edit, Place, Span, splice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.reports.serial import Value
    from tldr_lint.rule import Diagnostic, Fix, Location, Position

_SEVERITIES = MappingProxyType(
    {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
)


def render(report: Report) -> Iterator[str]:
    """All findings as one DiagnosticResult."""
    source: dict[str, Value] = {"name": "tldr-lint"}
    if report.home:
        source["url"] = report.home
    whole: dict[str, Value] = {"source": source, "diagnostics": []}
    diagnostics = (_diagnostic(report, d) for d in report.diagnostics)
    yield from around(whole, "diagnostics", diagnostics, depth=1)
    yield "\n"


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, Value]:
    code: dict[str, Value] = {"value": diagnostic.code}
    url = report.url(diagnostic)
    if url is not None:
        code["url"] = url
    result: dict[str, Value] = {
        "message": encodable(diagnostic.message),
        "location": _location(report, diagnostic.location),
        "severity": _SEVERITIES[diagnostic.severity],
        "code": code,
    }
    if diagnostic.related:
        result["related_locations"] = [
            {"message": encodable(note.message), "location": _location(report, note.location)}
            for note in diagnostic.related
        ]
    suggestion = _suggestion(report, diagnostic)
    if suggestion is not None:
        result["suggestions"] = [suggestion]
    return result


def _suggestion(report: Report, diagnostic: Diagnostic) -> dict[str, Value] | None:
    """The fix as one suggestion; none if it reaches beyond the file, which rdjson cannot say."""
    fix = diagnostic.fix
    path = diagnostic.location.path
    source = report.sources.get(path)
    if fix is None or source is None or fix.creates or _paths(fix) != {path}:
        return None
    # Several suggestions would be alternatives, so all edits become one range.
    start = min(edit.place.span.start for edit in fix.edits)
    end = max(edit.place.span.end for edit in fix.edits)
    inner = (
        Edit(
            Place(path, Span(edit.place.span.start - start, edit.place.span.end - start)), edit.text
        )
        for edit in fix.edits
    )
    text = splice(source.text[start:end], inner)
    location = report.locate(Place(path, Span(start, end)))
    return {"range": _range(report, location), "text": encodable(text)}


def _paths(fix: Fix) -> set[str]:
    return {edit.place.path for edit in fix.edits}


def _location(report: Report, location: Location) -> dict[str, Value]:
    path = encodable(report.in_repository(location.path))
    return {"path": path, "range": _range(report, location)}


def _range(report: Report, location: Location) -> dict[str, Value]:
    return {
        "start": _position(report, location.path, location.start),
        "end": _position(report, location.path, location.end),
    }


def _position(report: Report, path: str, position: Position) -> dict[str, Value]:
    line = report.line(path, position.row) or ""
    return {"line": position.row, "column": 1 + units(line, position.column - 1, "utf-8")}
