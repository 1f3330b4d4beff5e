"""Bodies unpacked, up to a limit."""

from __future__ import annotations

import zlib

PAGE_LIMIT = 1_000_000
"""Bytes of a page that are looked at, on the wire and unpacked."""


def unpacked(body: bytes | bytearray, encoding: str) -> bytes | None:
    """The bytes that a body's coding stands for, at most `PAGE_LIMIT`; none if it cannot be read.

    A bomb costs no more than the limit: nothing beyond it is unpacked.
    """
    coding = encoding.strip().lower()
    if coding in {"", "identity"}:
        return bytes(body[:PAGE_LIMIT])
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return None
    for bits in (47, -15):  # with a gzip or zlib head; the raw stream some servers call deflate
        try:
            return zlib.decompressobj(bits).decompress(body, PAGE_LIMIT)
        except zlib.error:
            continue
    return None
