"""Markdown for a job summary or a comment: counts, a table, and the repair as a diff to paste.

GitHub flavoured. Nothing a file or a name holds becomes markup, a mention or
a link.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.concise import place
from tldr_lint.reports.escape import encodable, guarded, markdown
from tldr_lint.reports.model import closing
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.rule import Diagnostic

ROWS = 200
"""Findings the table lists; GitHub refuses a summary of more than 1 MiB."""

PATCH = 200_000
"""Characters of a diff that is shown."""

_ICONS = MappingProxyType({Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"})


def render(report: Report) -> Iterator[str]:
    """The report as a section of its own."""
    lines = ["## tldr-lint", "", f"{closing(report)}."]
    if report.diagnostics:
        lines += ["", "|  | Place | Rule | Finding |", "| --- | --- | --- | --- |"]
        ranked = sorted(report.diagnostics, key=lambda d: -d.severity)
        lines += [_row(report, diagnostic) for diagnostic in ranked[:ROWS]]
        if len(ranked) > ROWS:
            lines += ["", f"{len(ranked) - ROWS} more are in the log."]
    lines += _patch(report.patch)
    yield "\n".join([*lines, ""])


def _row(report: Report, diagnostic: Diagnostic) -> str:
    url = report.url(diagnostic)
    rule = f"{diagnostic.code} {diagnostic.name}"
    cells = (
        f"{_ICONS[diagnostic.severity]} {diagnostic.severity.label}",
        f"<code>{markdown(place(report, diagnostic.location))}</code>",
        f"[{rule}]({url})" if url else rule,
        _message(diagnostic.message),
    )
    return f"| {' | '.join(cells)} |"


def _message(message: str) -> str:
    """A message, what it quotes in back ticks as code."""
    pieces = [markdown(piece) for piece in message.split("`")]
    if len(pieces) % 2 == 0:  # a quoted text holds a back tick itself
        return markdown(message)
    return "".join(
        f"<code>{piece}</code>" if at % 2 and piece else piece for at, piece in enumerate(pieces)
    )


def _patch(patch: str) -> list[str]:
    if not patch:
        return []
    if len(patch) > PATCH:
        return ["", "The fix is too long to be shown: run `tldr-lint --fix`."]
    text = encodable(guarded(patch)).rstrip("\n")
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [
        "",
        "<details><summary>The fix, as a diff to paste</summary>",
        "",
        "Save it as `fix.patch` and run `git apply fix.patch`, or run `tldr-lint --fix`.",
        "",
        f"{fence}diff",
        text,
        fence,
        "",
        "</details>",
    ]
