"""What history knows of items and roll-ups: when two places last said the same, as plain values."""

from __future__ import annotations

from collections.abc import Mapping

from tldr_lint.records import dataclass

Cells = Mapping[str, str]
"""Column of the roll-up (`column_name`) → raw cell: a row, or a record of an item."""


@dataclass(frozen=True, slots=True)
class Question:
    """When did an item and a roll-up last agree on a cell, or on a whole row?"""

    collection: str
    rollup: int
    """Which of the collection's roll-ups, from 0."""
    key: str
    column: str | None = None
    """The roll-up's column; none asks for the newest commit at which the whole row agreed."""
    item: str | None = None
    """Where the record stands now, if it does."""


@dataclass(frozen=True, slots=True)
class Base:
    """A commit at which the two agreed, and what they said there.

    Both sides are none where neither had such a row: they agreed that there is none.
    """

    commit: str
    item: Cells | None
    table: Cells | None
    path: str | None = None
    """Where the record stood."""
    age: int = 0
    """How many commits of the walk are newer."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The answer to a question.

    There are several bases where branches that were merged agreed on their
    own, none of them older than another.
    """

    bases: tuple[Base, ...] = ()
    reason: str = "nobody has looked into history"
    """Why no base is known, where none is."""
