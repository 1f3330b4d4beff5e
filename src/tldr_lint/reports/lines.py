"""JSON Lines: the objects of the `json` format, one a line (https://jsonlines.org)."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.serial import dump
from tldr_lint.reports.structured import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report


def render(report: Report) -> Iterator[str]:
    """All findings, each on its line."""
    for diagnostic in report.diagnostics:
        yield dump(finding(report, diagnostic), indent=None) + "\n"
