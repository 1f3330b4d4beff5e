"""SARIF 2.1.0 (OASIS), as GitHub's code scanning reads it.

Columns are UTF-16 code units and say so (`columnKind`): that is what code
scanning and the editors' viewers assume. Paths are percent-encoded URIs below
`%SRCROOT%`, the repository.
"""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import quote

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import encodable, octets
from tldr_lint.reports.identity import fingerprints
from tldr_lint.reports.serial import around
from tldr_lint.reports.units import units
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report, RuleInfo
    from tldr_lint.reports.serial import Value
    from tldr_lint.rule import Diagnostic, Fix, Location, Position
    from tldr_lint.text import Edit

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
)


def render(report: Report) -> Iterator[str]:
    """All findings as one log of one run."""
    indices = {rule.code: at for at, rule in enumerate(report.rules)}
    driver: dict[str, Value] = {
        "name": "tldr-lint",
        "rules": [_rule(report, rule) for rule in report.rules],
    }
    if report.version:
        driver["version"] = report.version
        driver["semanticVersion"] = report.version
    if report.home:
        driver["informationUri"] = report.home
    identities = fingerprints(report)
    run: dict[str, Value] = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The root of the repository."}}
        },
        "results": [],
    }
    results = (
        _result(report, diagnostic, indices, identity)
        for diagnostic, identity in zip(report.diagnostics, identities, strict=True)
    )
    whole: dict[str, Value] = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield from around(whole, "results", results, depth=3)
    yield "\n"


def _rule(report: Report, rule: RuleInfo) -> dict[str, Value]:
    summary = rule.summary or rule.name
    descriptor: dict[str, Value] = {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": rule.help or summary, "markdown": rule.help or summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["documentation"],
            "precision": "very-high",
            "problem.severity": {"note": "recommendation"}.get(
                _LEVELS[rule.severity], _LEVELS[rule.severity]
            ),
        },
    }
    url = report.url(rule)
    if url is not None:
        descriptor["helpUri"] = url
    return descriptor


def _result(
    report: Report, diagnostic: Diagnostic, indices: dict[str, int], identity: str
) -> dict[str, Value]:
    result: dict[str, Value] = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _sentence(diagnostic.message)},
        "locations": [{"physicalLocation": _physical(report, diagnostic.location)}],
        "partialFingerprints": {"tldrLint/v1": identity},
    }
    if diagnostic.data:
        result["properties"] = {
            name: encodable(value) if isinstance(value, str) else value
            for name, value in diagnostic.data
        }
    if diagnostic.code in indices:
        result["ruleIndex"] = indices[diagnostic.code]
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                "id": at,
                "physicalLocation": _physical(report, note.location),
                "message": {"text": _sentence(note.message)},
            }
            for at, note in enumerate(diagnostic.related, 1)
        ]
    # A replacement needs a file with a region; one that creates its file has none.
    if diagnostic.fix is not None and diagnostic.fix.edits and not diagnostic.fix.creates:
        result["fixes"] = [_fix(report, diagnostic.fix)]
    return result


def _sentence(message: str) -> str:
    """A message as SARIF wants it: ended like a sentence, braces and brackets not read as links."""
    text = encodable(message)
    for mark in ("\\", "[", "]"):
        text = text.replace(mark, f"\\{mark}")
    text = text.replace("{", "{{").replace("}", "}}")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _artifact(report: Report, path: str) -> dict[str, Value]:
    return {"uri": quote(octets(report.in_repository(path))), "uriBaseId": "%SRCROOT%"}


def _physical(report: Report, location: Location) -> dict[str, Value]:
    return {
        "artifactLocation": _artifact(report, location.path),
        "region": _region(report, location),
    }


def _region(report: Report, location: Location) -> dict[str, Value]:
    return {
        "startLine": location.start.row,
        "startColumn": _column(report, location.path, location.start),
        "endLine": location.end.row,
        "endColumn": _column(report, location.path, location.end),
    }


def _column(report: Report, path: str, position: Position) -> int:
    line = report.line(path, position.row) or ""
    return 1 + units(line, position.column - 1, "utf-16-le") // 2


def _fix(report: Report, fix: Fix) -> dict[str, Value]:
    files: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.place.path, []).append(edit)
    return {
        "description": {"text": _sentence(f"{fix.message} ({fix.applicability} fix)")},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(report, path),
                "replacements": [
                    {
                        "deletedRegion": _region(report, report.locate(edit.place)),
                        "insertedContent": {"text": encodable(edit.text)},
                    }
                    for edit in edits
                ],
            }
            for path, edits in files.items()
        ],
    }
