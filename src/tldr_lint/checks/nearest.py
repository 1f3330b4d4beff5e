"""What somebody may have meant: the nearest of the words there are."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Collection

_LOOKS_LIKE = 0.7
_MOST_CANDIDATES = 1_000
_LONGEST_WORD = 200


@dataclass(slots=True)
class Guesses:
    """Guesses of one run of a rule, so many and no more.

    Comparing a word with a thousand others takes milliseconds, and a hostile
    file can ask for it a hundred thousand times.
    """

    left: int = 100

    def nearest(self, word: str, candidates: Collection[str]) -> str | None:
        """The candidate most like a word, or nothing where none is or no guess is left."""
        if not self.left or len(candidates) > _MOST_CANDIDATES or len(word) > _LONGEST_WORD:
            return None
        self.left -= 1
        from difflib import get_close_matches  # noqa: PLC0415 - where something is missing only

        short = [candidate for candidate in candidates if len(candidate) <= _LONGEST_WORD]
        found = get_close_matches(word, short, n=1, cutoff=_LOOKS_LIKE)
        return found[0] if found else None
