"""The order in which a roll-up repeats the items: the index's, or a pattern's."""

import re
from collections.abc import Iterable, Mapping

from tldr_lint.collection import Collection, Index
from tldr_lint.contract import Listing, Pattern
from tldr_lint.demand import said_by

_NUMBER = re.compile(r"(\d+)")

Rank = tuple[tuple[int, int, str], ...]
"""Compares as records are to stand."""


def ranks(collection: Collection, listing: Listing) -> Mapping[tuple[str, int], Rank]:
    """Item and number of the record in it → rank; records without a say are not there."""
    order = listing.order
    if order is None:
        return {}
    places = _index_places(collection.indexes) if order == "index" else {}
    said_of = said_by(collection, listing.file)
    found: dict[tuple[str, int], Rank] = {}
    for item in collection.items:
        place = places.get(item.path)
        if isinstance(order, Pattern):
            texts = [said.rendered(order) for said in said_of(item)]
            known = [_natural(text) if text is not None else None for text in texts]
        else:
            known = [((0, place, ""),) if place is not None else None] * len(item.records)
        for number, rank in enumerate(known):
            if rank is not None:
                found[item.path, number] = (*rank, (0, number, ""))
    return found


def _index_places(indexes: Iterable[Index]) -> Mapping[str, int]:
    """Item → where the indexes list it first; mentions count only where nothing else does."""
    entries = [entry for index in indexes for entry in index.entries]
    places: dict[str, int] = {}
    for leading in (True, False):
        for place, entry in enumerate(entries):
            if entry.leading is leading and entry.item:
                places.setdefault(entry.item, place)
    return places


def _natural(text: str) -> Rank:
    """A text as people sort it: numbers in it by value, letter case aside."""
    parts = enumerate(_NUMBER.split(text.casefold()))
    return tuple((1, int(part[:4000]), "") if at % 2 else (0, 0, part) for at, part in parts)
