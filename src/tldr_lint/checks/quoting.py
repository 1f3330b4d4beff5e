"""Quoting a file's text in a message: on one line, and no longer than helps."""

from __future__ import annotations

_LONGEST = 80


def quoted(text: str) -> str:
    """A text to stand between back-ticks: its own taken out, white space collapsed, cut if long."""
    bare = " ".join(text[: 8 * _LONGEST].replace("`", "").split())
    return bare if len(bare) <= _LONGEST else f"{bare[: _LONGEST - 1].rstrip()}…"
