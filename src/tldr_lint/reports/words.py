"""Which words of two texts differ."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

# A run of letters and digits, or one other visible character: `110M,` is two.
_WORD = regex(r"\w+|[^\w\s]")

# SequenceMatcher is quadratic at worst; beyond this the middle counts as changed whole.
_LIMIT = 160_000

Ranges = tuple[tuple[int, int], ...]
"""Half-open ranges of code points, in order, not touching."""


def differing(one: str, other: str) -> tuple[Ranges, Ranges] | None:
    """The ranges of each text that the other does not have; nothing if the two say other things.

    They do where fewer than a third of the words of the shorter one are shared.

    A text that only lacks words has an empty range where they would stand.
    """
    if one == other:
        return None
    left = [found.span() for found in _WORD.finditer(one)]
    right = [found.span() for found in _WORD.finditer(other)]
    left_words = [one[a:b] for a, b in left]
    right_words = [other[a:b] for a, b in right]
    known = tuple({w for w in words if w.isalnum()} for words in (left_words, right_words))
    shared = len(known[0] & known[1])
    if left_words == right_words or not shared or shared * 3 < min(map(len, known)):
        return None
    changes = _changes(left_words, right_words)
    return (
        _ranges(one, left, ((a, b) for a, b, _, _ in changes)),
        _ranges(other, right, ((c, d) for _, _, c, d in changes)),
    )


def _changes(left: list[str], right: list[str]) -> list[tuple[int, int, int, int]]:
    """The runs that differ, as indices into both, after SequenceMatcher's opcodes."""
    head = 0
    while head < min(len(left), len(right)) and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < min(len(left), len(right)) - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    ends = len(left) - tail, len(right) - tail
    if (ends[0] - head) * (ends[1] - head) > _LIMIT:
        return [(head, ends[0], head, ends[1])]
    from difflib import SequenceMatcher  # noqa: PLC0415 - for findings that show a difference

    matcher = SequenceMatcher(None, left[head : ends[0]], right[head : ends[1]], autojunk=False)
    return [
        (head + a, head + b, head + c, head + d)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def _ranges(text: str, words: list[tuple[int, int]], changes: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for first, last in changes:
        if first < last:
            found.append((words[first][0], words[last - 1][1]))
        else:
            at = words[first][0] if first < len(words) else len(text)
            found.append((at, at))
    return tuple(found)
