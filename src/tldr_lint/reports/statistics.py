"""`--statistics`: how often each rule reported, most often first, as text or JSON."""

from __future__ import annotations

from collections import Counter

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.model import closing
from tldr_lint.reports.serial import dump

if TYPE_CHECKING:
    from tldr_lint.reports.model import Report
    from tldr_lint.reports.serial import Value


def text(report: Report) -> str:
    """A table: count, code, `[*]` where all findings can be fixed, `[-]` where some can, name."""
    rows = _rows(report)
    width = max((len(str(row[0])) for row in rows), default=0)
    lines = [
        f"{found:>{width}}  {code}  {_mark(found, fixes)}  {name}"
        for found, code, name, fixes in rows
    ]
    return "\n".join([*lines, closing(report), ""])


def _mark(found: int, fixes: int) -> str:
    return "[*]" if found == fixes else "[-]" if fixes else "[ ]"


def json(report: Report) -> str:
    """An array of objects: code, name, count, fixable."""
    rows: list[Value] = [
        {"code": code, "name": name, "count": found, "fixable": fixes}
        for found, code, name, fixes in _rows(report)
    ]
    return dump(rows) + "\n"


def _rows(report: Report) -> list[tuple[int, str, str, int]]:
    found = Counter((d.code, d.name) for d in report.diagnostics)
    fixes = Counter(d.code for d in report.diagnostics if d.fix is not None)
    rows = [(number, code, name, fixes[code]) for (code, name), number in found.items()]
    return sorted(rows, key=lambda row: (-row[0], row[1]))
