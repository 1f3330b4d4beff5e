"""JSON Lines: the objects of the `json` format, one a line (https://jsonlines.org)."""

from tldr_lint.reports.model import Report
from tldr_lint.reports.serial import dump
from tldr_lint.reports.structured import finding


def render(report: Report) -> str:
    """All findings, each on its line."""
    return "".join(
        dump(finding(report, diagnostic), indent=None) + "\n" for diagnostic in report.diagnostics
    )
