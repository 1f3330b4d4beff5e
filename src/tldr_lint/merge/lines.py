"""A three-way merge of lines: what both sides left alone holds together what either changed.

The method is diff3's: lines that all three texts share part them into regions,
and a region that only one side changed is that side's.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Clash:
    """A region that both sides changed, differently."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]


Piece = tuple[str, ...] | Clash
"""Merged lines, or lines that could not be merged."""


def merge_lines(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Piece]:
    """The merge of two texts that come from one, piece by piece."""
    at_base = at_ours = at_theirs = 0
    for start_base, start_ours, start_theirs, size in (
        *_shared(base, ours, theirs),
        (len(base), len(ours), len(theirs), 0),
    ):
        yield from _region(
            tuple(base[at_base:start_base]),
            tuple(ours[at_ours:start_ours]),
            tuple(theirs[at_theirs:start_theirs]),
        )
        if size:
            yield tuple(base[start_base : start_base + size])
        at_base, at_ours, at_theirs = start_base + size, start_ours + size, start_theirs + size


def _region(
    base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> Iterator[Piece]:
    if ours in (theirs, base):
        merged: Piece = theirs
    elif theirs == base:
        merged = ours
    else:
        yield from _trimmed(ours, theirs)
        return
    if merged:
        yield merged


def _trimmed(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[Piece]:
    """A clash without the lines at its ends that both sides have."""
    least = min(len(ours), len(theirs))
    head = next((at for at in range(least) if ours[at] != theirs[at]), least)
    tail = next(
        (at for at in range(least - head) if ours[-1 - at] != theirs[-1 - at]), least - head
    )
    if head:
        yield ours[:head]
    yield Clash(ours[head : len(ours) - tail], theirs[head : len(theirs) - tail])
    if tail:
        yield ours[len(ours) - tail :]


def _shared(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """The runs of lines that all three have: start in each, and length."""
    left, right = _matches(base, ours), _matches(base, theirs)
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        base_left, in_ours, size_left = left[at_left]
        base_right, in_theirs, size_right = right[at_right]
        start = max(base_left, base_right)
        end = min(base_left + size_left, base_right + size_right)
        if start < end:
            yield start, in_ours + start - base_left, in_theirs + start - base_right, end - start
        if base_left + size_left < base_right + size_right:
            at_left += 1
        else:
            at_right += 1


def _matches(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs of equal lines: start in both, and length. The equal ends need no search."""
    least = min(len(one), len(other))
    head = next((at for at in range(least) if one[at] != other[at]), least)
    tail = next((at for at in range(least - head) if one[-1 - at] != other[-1 - at]), least - head)
    inner = SequenceMatcher(
        None, one[head : len(one) - tail], other[head : len(other) - tail], autojunk=False
    )
    return [
        (0, 0, head),
        *((a + head, b + head, size) for a, b, size in inner.get_matching_blocks()),
        (len(one) - tail, len(other) - tail, tail),
    ]
