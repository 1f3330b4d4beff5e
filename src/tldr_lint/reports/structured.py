"""JSON as ruff prints it: an array of findings; lines and columns 1-based, in code points.

File names are relative to the working directory. A name that is not UTF-8
keeps its bytes as lone surrogates (PEP 383), so that it names the same file.
"""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.serial import array
from tldr_lint.rule import Location, Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.reports.serial import Value
    from tldr_lint.rule import Diagnostic, Fix


def render(report: Report) -> Iterator[str]:
    """All findings as one array."""
    yield from array(finding(report, diagnostic) for diagnostic in report.diagnostics)
    yield "\n"


def finding(report: Report, diagnostic: Diagnostic) -> dict[str, Value]:
    """One finding as an object."""
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.label,
        "message": diagnostic.message,
        **_range(report, diagnostic.location),
        "fix": None if diagnostic.fix is None else _fix(report, diagnostic.fix),
        "related": [
            {"message": note.message, **_range(report, note.location)}
            for note in diagnostic.related
        ],
        "url": report.url(diagnostic),
        **({"data": dict(diagnostic.data)} if diagnostic.data else {}),
    }


def _range(report: Report, location: Location) -> dict[str, Value]:
    return {
        "filename": report.shown(location.path),
        "location": _position(location.start),
        "end_location": _position(location.end),
    }


def _position(position: Position) -> dict[str, Value]:
    return {"row": position.row, "column": position.column}


def _fix(report: Report, fix: Fix) -> dict[str, Value]:
    """A fix; a file it creates is an edit that fills the empty file of that name."""
    first = Position(1, 1)
    edits: list[Value] = [
        {"content": edit.text, **_range(report, report.locate(edit.place))} for edit in fix.edits
    ]
    edits += [
        {"content": text, **_range(report, Location(path, first, first))}
        for path, text in fix.creates
    ]
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "edits": edits,
    }
