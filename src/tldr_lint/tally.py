"""How many findings are kept: a file can be made to have as many as it has characters."""

from __future__ import annotations

from collections import Counter

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OF_A_RULE = 20_000
"""Findings of one rule in one file beyond which the rest is left out: nobody reads them.

Other rules have their say all the same, and so do the repairs that hang on them.
"""

MAX_IN_A_FILE = 50_000
"""Findings of all rules in one file, likewise."""

MAX_IN_ALL = 200_000
"""Findings in all files, likewise: some hundred megabytes of memory."""


@dataclass(slots=True)
class Tally:
    """How many findings have been kept, and where some were left out."""

    _of_rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(Path, code) → findings kept."""
    _in_files: Counter[str] = field(default_factory=Counter)
    """Path → findings kept."""
    _in_all: int = 0
    _cut: dict[str, str] = field(default_factory=dict)
    """Path → how many findings it has more than."""
    _first_beyond: str | None = None
    """The file whose finding was the first for which there was no room among all."""

    def takes(self, path: str, code: str) -> bool:
        """Whether one more finding of a rule in a file is kept."""
        if self._of_rules[path, code] >= MAX_OF_A_RULE:
            self._cut.setdefault(path, f"{MAX_OF_A_RULE:,} findings of {code}")
            return False
        if self._in_files[path] >= MAX_IN_A_FILE:
            self._cut.setdefault(path, f"{MAX_IN_A_FILE:,} findings")
            return False
        if self._in_all >= MAX_IN_ALL:
            self._first_beyond = self._first_beyond or path
            return False
        self._of_rules[path, code] += 1
        self._in_files[path] += 1
        self._in_all += 1
        return True

    def cut(self) -> Iterator[tuple[str, str]]:
        """Files of which findings were left out, and how many there are more than.

        Where there was no room among all, one file stands for all.
        """
        yield from self._cut.items()
        if self._first_beyond is not None:
            yield self._first_beyond, f"{MAX_IN_ALL:,} findings in all files together"
