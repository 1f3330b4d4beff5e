"""What has to move so that a sequence is in order."""

from __future__ import annotations

from bisect import bisect_left

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol, Self, TypeVar

    class _Ordered(Protocol):
        def __lt__(self, other: Self, /) -> bool: ...

    _T = TypeVar("_T", bound=_Ordered)


def out_of_order(values: Sequence[_T]) -> list[int]:
    """The fewest places whose values, taken out, leave the rest in rising order.

    The places of the longest rising run stay, found by patience sorting in
    O(n log n).
    """
    tops: list[_T] = []
    piles: list[int] = []
    below: list[int | None] = []
    for place, value in enumerate(values):
        at = bisect_left(tops, value)
        below.append(piles[at - 1] if at else None)
        tops[at : at + 1] = [value]
        piles[at : at + 1] = [place]
    kept: set[int] = set()
    last = piles[-1] if piles else None
    while last is not None:
        kept.add(last)
        last = below[last]
    return [place for place in range(len(values)) if place not in kept]
