"""Columns in the units of a standard: bytes of an encoding, not code points."""

from __future__ import annotations

import functools
from itertools import accumulate

_STEP = 1_000  # Characters of a long line that are encoded anew for each column asked for.


def units(line: str, count: int, encoding: str) -> int:
    """How many bytes the first `count` characters of a line take, lone surrogates included.

    `encoding` is `utf-8` or `utf-16-le`.
    """
    if line.isascii():
        return min(count, len(line)) * (1 if encoding == "utf-8" else 2)
    if len(line) <= _STEP:
        return _bytes(line[:count], encoding)
    # A line of a megabyte may have thousands of findings, and each asks for four columns.
    steps = _sizes(line, encoding)
    whole = min(count // _STEP, len(steps) - 1)
    return steps[whole] + _bytes(line[whole * _STEP : count], encoding)


@functools.lru_cache(maxsize=2)
def _sizes(line: str, encoding: str) -> tuple[int, ...]:
    """Bytes before each step of a line."""
    pieces = (line[at : at + _STEP] for at in range(0, len(line), _STEP))
    return (0, *accumulate(_bytes(piece, encoding) for piece in pieces))


def _bytes(text: str, encoding: str) -> int:
    return len(text.encode(encoding, "surrogatepass"))
