"""Bodies unpacked, up to a limit."""

from __future__ import annotations

import zlib

PAGE_LIMIT = 1_000_000
"""Bytes of a page that are looked at, on the wire and unpacked."""

_GZIP = b"\x1f\x8b"  # how a stream of gzip begins
_STREAMS = 16  # of one body: each leaves a copy of all that follow


def unpacked(body: bytes | bytearray, encoding: str) -> tuple[bytes, bool] | None:
    """The bytes that a body's coding stands for, and whether they are all; none if unreadable.

    A bomb costs no more than `PAGE_LIMIT`: nothing beyond it is unpacked.
    """
    coding = encoding.strip().lower()
    if coding in {"", "identity"}:
        return bytes(body[:PAGE_LIMIT]), len(body) < PAGE_LIMIT
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return None
    for bits in (47, -15):  # with a gzip or zlib head; the raw stream some servers call deflate
        try:
            return _inflated(body, bits)
        except zlib.error:
            continue
    return None


def _inflated(body: bytes | bytearray, bits: int) -> tuple[bytes, bool]:
    """One stream or, as gzip allows, several one behind the other (RFC 1952, 2.2)."""
    found = bytearray()
    rest = bytes(body)
    for _ in range(_STREAMS):
        stream = zlib.decompressobj(bits)
        found += stream.decompress(rest, PAGE_LIMIT - len(found))
        if not stream.eof:
            return bytes(found), False
        rest = stream.unused_data
        if rest[:2] != _GZIP:  # what is left may be padding
            return bytes(found), len(found) < PAGE_LIMIT
        if len(found) >= PAGE_LIMIT:
            break
    return bytes(found), False
