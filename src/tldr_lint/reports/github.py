"""Workflow commands of GitHub Actions, which become annotations.

Syntax and escaping are those of the Actions toolkit (`@actions/core`,
`command.ts`). Paths are relative to the repository; columns are code points,
and the last line and column are those the range ends in.

GitHub keeps the first ten annotations of a kind and step and drops the rest
without a word. So files of this change come first, and where there are more
than ten, the tenth says how many were left out.
"""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.concise import place
from tldr_lint.reports.escape import encodable, visible
from tldr_lint.reports.model import count
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.rule import Diagnostic

LIMIT = 10
"""Annotations of a kind that GitHub shows of one step."""

_KINDS = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
)


def render(report: Report) -> Iterator[str]:
    """One workflow command a finding."""
    ranked = sorted(report.diagnostics, key=lambda d: d.location.path not in report.changed)
    for severity, kind in _KINDS.items():
        of_kind = [d for d in ranked if d.severity is severity]
        for number, diagnostic in enumerate(of_kind, 1):
            if number == LIMIT < len(of_kind):
                rest = count(len(of_kind) - LIMIT + 1, f"more {kind}")
                yield f"::{kind} title=tldr-lint::{rest}: see the log of this step\n"
            yield f"{_command(report, kind, diagnostic)}\n"


def _command(report: Report, kind: str, diagnostic: Diagnostic) -> str:
    start, end = diagnostic.location.start, diagnostic.location.end
    title = f"tldr-lint ({diagnostic.code} {diagnostic.name})"
    path = encodable(report.in_repository(diagnostic.location.path))
    where = f"file={_property(path)},line={start.row},col={start.column},endLine={end.row}"
    if end.row == start.row:
        where += f",endColumn={end.column}"
    message = f"{place(report, diagnostic.location)}: {diagnostic.code} {diagnostic.message}"
    return f"::{kind} title={_property(title)},{where}::{_data(visible(message))}"


def _data(text: str) -> str:
    """What the toolkit's `escapeData` does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """What the toolkit's `escapeProperty` does; other controls are spelled out."""
    lines = [visible(part) for part in _data(text).split("\t")]
    return "\t".join(lines).replace(":", "%3A").replace(",", "%2C")
