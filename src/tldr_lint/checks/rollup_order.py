"""The order in which a roll-up repeats the items: the index's, or a pattern's."""

from __future__ import annotations

from tldr_lint.checks.order import natural_key
from tldr_lint.contract.model import Pattern
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.sync.demand import said_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tldr_lint.collection import Collection, Index
    from tldr_lint.contract.model import Listing

Rank = tuple[int, int]
"""Compares as records are to stand: the item's place, and the record's in the item."""


def ranks(collection: Collection, listing: Listing) -> Callable[[str, int], Rank | None]:
    """A function from item and number of the record in it to rank; none for those without a say."""
    order = listing.order
    if isinstance(order, Pattern):
        known = _sorted_by(order, collection, listing)
        return lambda path, number: known.get((path, number))
    places = _index_places(collection.indexes) if order is not None else {}

    def rank(path: str, number: int) -> Rank | None:
        place = places.get(path)
        return (place, number) if place is not None else None

    return rank


def _index_places(indexes: Iterable[Index]) -> Mapping[str, int]:
    """Item → where the indexes list it first; mentions count only where nothing else does."""
    entries = [entry for index in indexes for entry in index.entries]
    leading = [(entry.item, place) for place, entry in enumerate(entries) if entry.leading]
    places = dict(reversed(leading))
    for place, entry in enumerate(entries) if len(leading) < len(entries) else ():
        places.setdefault(entry.item, place)
    return places


def _sorted_by(
    order: Pattern, collection: Collection, listing: Listing
) -> Mapping[tuple[str, int], Rank]:
    say = said_by(collection, listing)
    keys = {
        (item.path, number): natural_key(text)
        for item in collection.items
        if item.records
        for number, said in enumerate(say(item))
        if (text := said.rendered(order)) is not None
    }
    sign = -1 if listing.descending else 1
    places = {key: sign * place for place, key in enumerate(sorted(set(keys.values())))}
    return {at: (places[key], at[1]) for at, key in keys.items()}
