"""One line a finding, for people and for `grep`: columns in code points."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import name, visible
from tldr_lint.reports.model import closing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.rule import Location


def place(report: Report, location: Location) -> str:
    """Where a range begins, as terminals and editors read it: `notes/bert.md:7:1`."""
    return f"{name(report.shown(location.path))}:{location.start.row}:{location.start.column}"


def render(report: Report) -> Iterator[str]:
    """The findings, one a line, `[*]` at the end of those that have a fix, and the closing line."""
    for diagnostic in report.diagnostics:
        yield (
            f"{place(report, diagnostic.location)}: {diagnostic.severity.label}[{diagnostic.code}] "
            f"{diagnostic.name}: {visible(diagnostic.message)}{' [*]' if diagnostic.fix else ''}\n"
        )
    yield f"{closing(report)}\n"
