"""GitLab's Code Quality report, a subset of Code Climate's issues.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format:
paths are relative to the repository, lines and columns 1-based.
"""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import encodable
from tldr_lint.reports.identity import fingerprints
from tldr_lint.reports.serial import array
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.reports.serial import Value
    from tldr_lint.rule import Diagnostic

_SEVERITIES = MappingProxyType(
    {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
)


def render(report: Report) -> Iterator[str]:
    """All findings as one array."""
    identities = fingerprints(report)
    yield from array(
        _issue(report, d, identity)
        for d, identity in zip(report.diagnostics, identities, strict=True)
    )
    yield "\n"


def _issue(report: Report, diagnostic: Diagnostic, identity: str) -> dict[str, Value]:
    start, end = diagnostic.location.start, diagnostic.location.end
    return {
        "type": "issue",
        "description": encodable(f"{diagnostic.code} {diagnostic.name}: {diagnostic.message}"),
        "check_name": diagnostic.code,
        "categories": ["Style"],
        "fingerprint": identity,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": encodable(report.in_repository(diagnostic.location.path)),
            "positions": {
                "begin": {"line": start.row, "column": start.column},
                "end": {"line": end.row, "column": end.column},
            },
        },
    }
