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
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.rule import Diagnostic


def render(report: Report) -> Iterator[str]:
    """All findings as one document; a run without any is one case that passes."""
    failures = sum(_fails(diagnostic) for diagnostic in report.diagnostics)
    tests = max(len(report.diagnostics), 1)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="tldr-lint" tests="{tests}" failures="{failures}" errors="0">\n'
    )
    suites: dict[str, list[Diagnostic]] = {}
    for diagnostic in report.diagnostics:
        suites.setdefault(diagnostic.location.path, []).append(diagnostic)
    for path, diagnostics in suites.items():
        yield from _suite(report, path, diagnostics)
    if not suites:
        yield (
            '  <testsuite name="tldr-lint" tests="1" failures="0" errors="0" skipped="0">\n'
            '    <testcase name="no findings" classname="tldr-lint"/>\n'
            "  </testsuite>\n"
        )
    yield "</testsuites>\n"


def _suite(report: Report, path: str, diagnostics: list[Diagnostic]) -> Iterator[str]:
    failures = sum(_fails(diagnostic) for diagnostic in diagnostics)
    name = xml(encodable(report.shown(path)))
    counts = f'tests="{len(diagnostics)}" failures="{failures}" errors="0" skipped="0"'
    yield f'  <testsuite name="{name}" {counts}>\n'
    for diagnostic in diagnostics:
        start = diagnostic.location.start
        where = xml(place(report, diagnostic.location))
        message = xml(diagnostic.message)
        label = f"{diagnostic.severity.label}[{diagnostic.code}] {diagnostic.name}"
        case = f"{diagnostic.code} {diagnostic.name} at {start.row}:{start.column}"
        yield f'    <testcase name="{case}" classname="{name}">\n'
        if _fails(diagnostic):
            yield (
                f'      <failure message="{message}" type="{diagnostic.severity.label}">'
                f"{where}: {label}: {message}</failure>\n"
            )
        else:
            yield f"      <system-out>{where}: {label}: {message}</system-out>\n"
        yield "    </testcase>\n"
    yield "  </testsuite>\n"


def _fails(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity > Severity.INFO
