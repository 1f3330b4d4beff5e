"""What a run is asked for, and what it comes to."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from tldr_lint.engine import Reported
    from tldr_lint.text import Source


class UsageError(Exception):
    """What was asked for cannot be done: a missing path, an unknown rule, a bad revision."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for, beyond what the contract says."""

    config: str | PathLike[str] | None = None
    """A contract to use in place of the one found."""
    isolated: bool = False
    """Whether no contract is read at all."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Paths from the root that narrow what is reported; none means all."""
    since: str | None = None
    """The revision whose merge base with HEAD is the base."""
    new_only: bool = False
    """Report only what the base (HEAD without `since`) does not have."""
    hook: bool = False
    """Inside a commit hook: what is neither tracked nor staged will not be there."""
    cache: str | None = None
    """The folder where facts are kept from run to run; none keeps nothing."""
    jobs: int | None = None
    """Processes to parse with; none means as many as there are processors."""
    lean: bool = False
    """Whether texts may be let go once they are parsed, and read again where one is needed.

    For a run that is over soon: a file that changes meanwhile ends it (`ChangedError`).
    """


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    reported: tuple[Reported, ...]
    sources: Mapping[str, Source]
    """Every text there is, as reported on."""
    checked: int
    """How many files were looked at."""
    older: int = 0
    """Findings that the base has too, and that were left out."""
    fixed: Mapping[str, int] = field(default_factory=dict)
    """Code → how many findings were repaired."""
    changed: Mapping[str, Source] = field(default_factory=dict)
    """Files with another text than on disk."""
    groups: tuple[frozenset[str], ...] = ()
    """The changed files, those together that some fix changed together."""
