"""Rows that have lost their shape: whose they are can be told only by what they say.

A row with too many or too few cells, or without a key, pairs with nothing. To
call its twin on the other side missing, or left over, would be to report, and
to repair, the wrong thing.
"""

from __future__ import annotations

from collections import Counter

from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tldr_lint.table import Row, Table

# A text that stands in more rows tells none of them from the others.
_MOST_ROWS = 20
_MOST_WORDS = 20
_DASHES = regex(r"[ \t]*:?-+:?[ \t]*")


def twins(
    torn: Sequence[Row], others: Iterable[tuple[str, Iterable[str]]]
) -> tuple[frozenset[int], frozenset[str]]:
    """Which rows say what a key's row on the other side says: their numbers, and those keys.

    `others` are keys in folded case, each with the raw cells of its row.
    """
    by_text: dict[str, list[int]] = {}
    for number, row in enumerate(torn):
        for text in set(_texts(row)):
            by_text.setdefault(text, []).append(number)
    numbers: set[int] = set()
    keys: set[str] = set()
    for key, raws in others if by_text else ():
        said = {text for raw in raws if (text := plain(raw).casefold())}
        found: Counter[int] = Counter()
        for text in said:
            rows = by_text.get(text, ())
            found.update(rows if len(rows) <= _MOST_ROWS else ())
        own = set(by_text.get(key, ())[:_MOST_ROWS])
        own |= {number for number, count in found.items() if count * 2 > len(said)}
        if own:
            keys.add(key)
            numbers |= own
    return frozenset(numbers), frozenset(keys)


def cut_in_two(table: Table) -> frozenset[int]:
    """Where the rows start that are halves of one: a line break got into it.

    Told by the pipes at the ends, so only in a table whose header has them.
    """
    header, first = table.header, table.rows[:1]
    if not header.lead or not header.tail.startswith("|"):
        return frozenset()
    found: set[int] = set()
    halves = [*zip(table.rows, table.rows[1:], strict=False)]
    if first and all(_DASHES.fullmatch(piece) for piece in first[0].pieces):
        halves.insert(0, (table.delimiter, first[0]))
    for one, other in halves:
        open_ended, unled = not one.tail.startswith("|"), not other.lead
        # Within a cell both halves have a part of it; at a pipe one of them lost that.
        if (open_ended or unled) and len(one) + len(other) - (open_ended and unled) == len(header):
            found |= {one.start, other.start}
    return frozenset(found)


def _texts(row: Row) -> Iterator[str]:
    """What the cells say, and what they may have said before the pipe between two was lost."""
    for piece in row.pieces:
        text = plain(piece.strip()).casefold()
        if text:
            yield text
        words = text.split(" ")[:_MOST_WORDS]
        for at in range(1, len(words)):
            yield " ".join(words[:at])
