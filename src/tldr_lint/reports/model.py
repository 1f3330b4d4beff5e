"""What a report is made of: the one input value of all formats."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.rule import Applicability, Location, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.answers import Answer
    from tldr_lint.rule import Diagnostic, Severity
    from tldr_lint.text import Place, Source

_LONG = 10_000  # Characters of a line that are worth not being copied again.


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as the catalogue shows it."""

    code: str
    name: str
    severity: Severity
    fixes: frozenset[Applicability] = frozenset()
    summary: str = ""
    """One sentence: when the rule reports."""
    help: str = ""
    """The rule's page, Markdown."""


@dataclass(frozen=True, slots=True)
class Look:
    """How text for people is dressed; whether a terminal wants it is the caller's to know."""

    color: bool = False
    width: int = 80
    """Columns that a line of quoted source may take, gutter included."""
    hyperlinks: bool = False
    """Whether rule codes and places become OSC 8 hyperlinks."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a format may want to say about one run."""

    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    """The text of each file that a diagnostic, a related place or a fix points into."""
    checked: int = 0
    """How many files were looked at."""
    fixed: int = 0
    """How many findings this run repaired."""
    older: int = 0
    """How many findings `--new-only` kept back: the base has them too."""
    root: str = "/"
    """The workspace root, absolute, with `/`."""
    cwd: str = "/"
    """The working directory, absolute, with `/`: people's paths are relative to it."""
    above: str = ""
    """The root's path inside its repository, for formats whose paths start at the repository."""
    changed: frozenset[str] = frozenset()
    """Paths this change touches; annotations, which are limited, go there first."""
    rules: tuple[RuleInfo, ...] = ()
    """The catalogue, for formats that carry it."""
    docs: str = ""
    """The address of the folder of rule pages, with a final `/`; empty if there is none."""
    home: str = ""
    """The tool's own address; empty if there is none."""
    version: str = ""
    patch: str = ""
    """The repair as a unified diff, for formats that show it."""
    items: tuple[str, ...] = ()
    """Paths of the collections' items, for the format that shows them all."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """What the network said, by URL; empty unless it was asked."""
    look: Look = Look()
    _long_line: tuple[str, int, str] | None = field(
        default=None, init=False, repr=False, compare=False
    )
    """Path, row and text of the last long line asked for: whoever asks does so many times."""

    def shown(self, path: str) -> str:
        """A path of the workspace as people type it: relative to the working directory."""
        target = [*_parts(self.root), *_parts(path)]
        here = _parts(self.cwd)
        common = 0
        while common < min(len(here), len(target) - 1) and here[common] == target[common]:
            common += 1
        return "/".join([".."] * (len(here) - common) + target[common:])

    def in_repository(self, path: str) -> str:
        """A path of the workspace relative to the repository it is in."""
        return "/".join([*_parts(self.above), *_parts(path)])

    def url(self, diagnostic: Diagnostic | RuleInfo) -> str | None:
        """The address of a rule's page, if the pages have one."""
        if not self.docs:
            return None
        return f"{self.docs}{diagnostic.code}-{diagnostic.name}.md"

    def locate(self, place: Place) -> Location:
        """The lines and columns of a place, in code points; 1:1 in a file whose text is unknown."""
        source = self.sources.get(place.path)
        if source is None:
            return Location(place.path, Position(1, 1), Position(1, 1))
        start = Position(*source.position(place.span.start))
        return Location(place.path, start, Position(*source.position(place.span.end)))

    def line(self, path: str, row: int) -> str | None:
        """The text of a line as columns count it: no line ending, no byte order mark."""
        source = self.sources.get(path)
        if source is None or (row != 1 and not 1 <= row <= len(source.starts)):
            return None
        span = source.line_span(row)
        if span.end - span.start < _LONG:
            text = source[span]
            return text.removeprefix("\ufeff") if row == 1 else text
        known = self._long_line
        if known is None or known[:2] != (path, row):
            text = source[span]
            known = path, row, text.removeprefix("\ufeff") if row == 1 else text
            object.__setattr__(self, "_long_line", known)
        return known[2]


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]


def count(number: int, noun: str) -> str:
    """A number and its noun, singular or plural: `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def fixable(report: Report) -> tuple[int, int]:
    """How many findings have a safe fix, and how many an unsafe one."""
    fixes = [d.fix.applicability for d in report.diagnostics if d.fix is not None]
    safe = sum(fix is Applicability.SAFE for fix in fixes)
    return safe, len(fixes) - safe


def closing(report: Report) -> str:
    """The line a run ends with, no newline: `7 findings in 4 files, 5 fixable with --fix`."""
    found = len(report.diagnostics)
    files = len({d.location.path for d in report.diagnostics})
    safe, unsafe = fixable(report)
    if found:
        line = f"{count(found, 'finding')} in {count(files, 'file')}"
        if report.fixed:
            line = f"{report.fixed} fixed, {line} left"
        if safe:
            line += f", {safe} fixable with --fix"
            if unsafe:
                line += f" ({unsafe} more with --unsafe-fixes)"
        elif unsafe:
            line += f", {unsafe} fixable with --fix --unsafe-fixes"
    elif report.fixed:
        line = (
            f"{count(report.fixed, 'finding')} fixed, none left in {count(report.checked, 'file')}"
        )
    else:
        line = f"no findings in {count(report.checked, 'file')}"
    if report.older:
        line += f", {count(report.older, 'older finding')} not shown"
    return line
