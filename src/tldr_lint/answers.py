"""What the network said of a URL, as plain values that rules can read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one URL (without fragment)."""

    url: str
