"""`tldr-lint rules`: the catalogue, as text or JSON."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.serial import dump

if TYPE_CHECKING:
    from tldr_lint.reports.model import Report, RuleInfo
    from tldr_lint.reports.serial import Value


def text(report: Report) -> str:
    """One line a rule: code, name, severity, what its fixes promise, when it reports."""
    rows = [
        (rule.code, rule.name, rule.severity.label, _fixes(rule), rule.summary)
        for rule in report.rules
    ]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(4)]
    return "".join(
        "  ".join(
            [*(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)), row[4]]
        ).rstrip()
        + "\n"
        for row in rows
    )


def json(report: Report) -> str:
    """An array of objects: code, name, severity, fixes, summary, url."""
    rows: list[Value] = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.label,
            "fixes": [fix.value for fix in sorted(rule.fixes)],
            "summary": rule.summary,
            "url": report.url(rule),
        }
        for rule in report.rules
    ]
    return dump(rows) + "\n"


def _fixes(rule: RuleInfo) -> str:
    return ", ".join(sorted(rule.fixes)) or "-"
