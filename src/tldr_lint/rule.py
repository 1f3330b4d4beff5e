"""What a rule is, and what it can say.

A rule is a value: a code, a name, a default severity, what its fixes promise,
and one generator from the whole workspace to findings. There is no other kind
of rule, no visitor and no registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum, StrEnum

from tldr_lint.collection import Workspace
from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from tldr_lint.text import Edit, Place


class Severity(IntEnum):
    """How much a diagnostic matters; `info` never fails a run."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The word people write: `info`, `warning`, `error`."""
        return self.name.lower()


class Applicability(StrEnum):
    """Whether a fix may be applied without being looked at."""

    SAFE = "safe"
    """The meaning is certainly kept, or certainly what was intended."""
    UNSAFE = "unsafe"
    """Probably right: applied only with `--unsafe-fixes`."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: it solves its finding wholly and nothing else, and is applied whole or not at all.

    It may span files. `creates` maps paths to the text of files that do not
    exist yet.
    """

    message: str
    """What it does, in the imperative: `add the missing cell`."""
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE
    creates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding is about, and what stands there."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: where, what and why in one sentence, and perhaps how to repair it."""

    place: Place
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    """Where this one finding weighs other than its rule does (TL502); a contract's wins."""
    data: tuple[tuple[str, str | int | float], ...] = ()
    """Facts for machines beside the message, as the JSON reports carry them: name and value."""


Check = Callable[[Workspace], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue; its page in `rules/` is the promise, `check` keeps it."""

    code: str
    """Two letters and three digits, fixed for ever: `TL202`."""
    name: str
    """Lower case with hyphens, fixed for ever: `table-row-length`."""
    severity: Severity
    fixes: frozenset[Applicability]
    """Which applicabilities its fixes can have; none if it never offers one."""
    check: Check


@dataclass(frozen=True, slots=True)
class Position:
    """A 1-based line and column, in code points."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Location:
    """A range in a file as people and protocols read it; `end` is exclusive."""

    path: str
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Note:
    """A related place of a diagnostic."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding as it is reported: placed, named and weighed."""

    location: Location
    code: str
    name: str
    severity: Severity
    message: str
    place: Place
    fix: Fix | None = None
    related: tuple[Note, ...] = ()
    data: tuple[tuple[str, str | int | float], ...] = ()
    """Facts for machines beside the message: name and value (`Finding.data`)."""
