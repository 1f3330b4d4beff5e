"""Colours and hyperlinks of the text report: escape sequences, or nothing."""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.reports.escape import octets
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from tldr_lint.reports.model import Report
    from tldr_lint.rule import Location

# SGR parameters (ECMA-48, 8.3.117).
_BOLD = "1"
BLUE = "1;94"
SEVERITIES = MappingProxyType(
    {Severity.ERROR: "1;91", Severity.WARNING: "1;93", Severity.INFO: "1;96"}
)


@dataclass(frozen=True, slots=True)
class Style:
    """How one report is dressed, after its `Look`."""

    report: Report

    def paint(self, color: str, text: str) -> str:
        """Text in a colour given as SGR parameters."""
        return f"\x1b[{color}m{text}\x1b[0m" if self.report.look.color and text else text

    def bold(self, text: str) -> str:
        """Text that stands out."""
        return self.paint(_BOLD, text)

    def gutter(self, text: str) -> str:
        """Line numbers and what frames the source."""
        return self.paint(BLUE, text)

    def link(self, text: str, url: str | None) -> str:
        """Text as a hyperlink (OSC 8), where the terminal has them."""
        if url is None or not self.report.look.hyperlinks:
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"

    def place(self, text: str, location: Location) -> str:
        """A place that a terminal can open."""
        path = f"{self.report.root.rstrip('/')}/{location.path}"
        from urllib.parse import quote  # noqa: PLC0415 - for hyperlinks only

        address = quote(octets(path))
        return self.link(text, f"file://{address}#{location.start.row}")
