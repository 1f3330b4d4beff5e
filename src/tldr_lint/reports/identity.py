"""What tells one finding from another, though lines move between two runs."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from tldr_lint.reports.model import Report


def fingerprints(report: Report) -> tuple[str, ...]:
    """One hexadecimal digest for each finding of a report, in order; no two are the same.

    It is made of path, code, message and the text of the line, and of a
    running number among findings that share all four.
    """
    seen: Counter[str] = Counter()
    found: list[str] = []
    for diagnostic in report.diagnostics:
        location = diagnostic.location
        line = report.line(location.path, location.start.row) or ""
        parts = (location.path, diagnostic.code, diagnostic.message, line.strip())
        text = "\0".join(part.encode("unicode_escape").decode() for part in parts)
        seen[text] += 1
        found.append(sha256(f"{text}\0{seen[text]}".encode()).hexdigest())
    return tuple(found)
