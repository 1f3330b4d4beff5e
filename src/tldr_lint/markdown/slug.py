"""GitHub's anchors for headings."""

from __future__ import annotations

import unicodedata


def _kept(char: str) -> bool:
    category = unicodedata.category(char)
    return char in "- " or category[0] in "LM" or category in {"Nd", "Pc"}


_KEPT = b"abcdefghijklmnopqrstuvwxyz0123456789_-"
_ASCII = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ ", b"abcdefghijklmnopqrstuvwxyz-")
_ASCII_DROPPED = bytes({*range(128)} - {*_KEPT, *_KEPT.upper(), *b" "})


def slug(text: str) -> str:
    """The anchor GitHub gives a heading of this rendered text, before numbering.

    Lower case; letters, marks, decimal digits, connector punctuation, hyphens
    and blanks are kept, each blank becomes a hyphen, nothing is collapsed.
    """
    if text.isascii():
        return text.encode().translate(_ASCII, _ASCII_DROPPED).decode()
    lowered = text.lower()
    return "".join(char for char in lowered if _kept(char)).replace(" ", "-")


class Slugs:
    """Hands out anchors in heading order: a taken one gets the next free number."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def next(self, text: str) -> str:
        """The anchor of the next heading."""
        base = anchor = slug(text)
        taken = self._taken
        while anchor in taken:
            taken[base] += 1
            anchor = f"{base}-{taken[base]}"
        taken[anchor] = 0
        return anchor
