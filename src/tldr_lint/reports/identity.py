"""What tells one finding from another, though lines move between two runs."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from tldr_lint.reports.model import Report

_LONGEST = 10_000  # Characters; a line may have thousands of findings.


def fingerprints(report: Report) -> tuple[str, ...]:
    """One hexadecimal digest for each finding of a report, in order; no two are the same.

    It is made of path, code, message and the text of the line (of a very long
    one its beginning), and of a running number among findings that share all four.
    """
    seen: Counter[bytes] = Counter()
    found: list[str] = []
    for diagnostic in report.diagnostics:
        location = diagnostic.location
        line = report.line(location.path, location.start.row) or ""
        parts = (location.path, diagnostic.code, diagnostic.message, line.strip()[:_LONGEST])
        text = sha256(b"\0".join(part.encode("unicode_escape") for part in parts))
        name = text.digest()
        seen[name] += 1
        text.update(f"\0{seen[name]}".encode())
        found.append(text.hexdigest())
    return tuple(found)
