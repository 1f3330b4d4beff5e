"""JUnit's XML as Jenkins, GitLab and others read it: a suite a file, a case a finding.

The elements and attributes are those of the Jenkins xUnit plug-in's schema
(junit-10.xsd). An `info`, which never fails a run, is a case that passes and
has something to say.
"""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.concise import place
from tldr_lint.reports.escape import encodable, xml
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from tldr_lint.reports.model import Report
    from tldr_lint.rule import Diagnostic


def render(report: Report) -> str:
    """All findings as one document; a run without any is one case that passes."""
    failures = sum(_fails(diagnostic) for diagnostic in report.diagnostics)
    tests = max(len(report.diagnostics), 1)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="tldr-lint" tests="{tests}" failures="{failures}" errors="0">',
    ]
    suites: dict[str, list[Diagnostic]] = {}
    for diagnostic in report.diagnostics:
        suites.setdefault(diagnostic.location.path, []).append(diagnostic)
    for path, diagnostics in suites.items():
        lines += _suite(report, path, diagnostics)
    if not suites:
        lines += [
            '  <testsuite name="tldr-lint" tests="1" failures="0" errors="0" skipped="0">',
            '    <testcase name="no findings" classname="tldr-lint"/>',
            "  </testsuite>",
        ]
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(report: Report, path: str, diagnostics: list[Diagnostic]) -> list[str]:
    failures = sum(_fails(diagnostic) for diagnostic in diagnostics)
    name = xml(encodable(report.shown(path)))
    counts = f'tests="{len(diagnostics)}" failures="{failures}" errors="0" skipped="0"'
    lines = [f'  <testsuite name="{name}" {counts}>']
    for diagnostic in diagnostics:
        start = diagnostic.location.start
        where = xml(place(report, diagnostic.location))
        message = xml(diagnostic.message)
        label = f"{diagnostic.severity.label}[{diagnostic.code}] {diagnostic.name}"
        case = f"{diagnostic.code} {diagnostic.name} at {start.row}:{start.column}"
        lines.append(f'    <testcase name="{case}" classname="{name}">')
        if _fails(diagnostic):
            lines.append(
                f'      <failure message="{message}" type="{diagnostic.severity.label}">'
                f"{where}: {label}: {message}</failure>"
            )
        else:
            lines.append(f"      <system-out>{where}: {label}: {message}</system-out>")
        lines.append("    </testcase>")
    return [*lines, "  </testsuite>"]


def _fails(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity > Severity.INFO
