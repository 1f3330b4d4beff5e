"""The loopback server that `links.py` measures against: 40 addresses, each answer 100 ms late.

    python links_server.py CONTROL_PORT

Listens on one port of 127.0.0.1 … 127.0.0.40. `/p/N` is a page; on addresses
from 127.0.0.60 on nobody ever answers; 127.0.0.50 allows 20 requests a second
and says 429 to more. `GET /counts` on the control port gives the counts since
the last `GET /reset`.
"""

import asyncio
import json
import sys
import zlib
from collections import Counter, deque

DELAY = 0.1
ALLOWED = 20
BODY = b"<!doctype html><title>A page</title><h1 id=top>A page</h1>" + b"<p>Some text.</p>" * 200
PLAIN = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    % len(BODY)
) + BODY
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"


def bomb() -> bytes:
    """A hundred megabytes and more, in a few kilobytes."""
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(b"<p id=a>" * 1_000_000)
    for _ in range(100):
        packed += packer.compress(b" " * 1_000_000)
    return packed + packer.flush()


BOMB = bomb()


class Counts:
    def __init__(self) -> None:
        self.pages: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.connections = 0
        self.recent: deque[float] = deque()


class Pages(asyncio.Protocol):
    """Every path is a page; pipelined or kept-alive requests are answered in order."""

    def __init__(self, counts: Counts, kind: str) -> None:
        self.counts = counts
        self.kind = kind
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.counts.connections += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            self.serve(head)

    def serve(self, head: bytes) -> None:
        path = head.split(b" ", 2)[1].decode("latin-1")
        name = self.transport.get_extra_info("sockname")[0] + path
        self.counts.pages[name] += 1
        if self.kind == "silent":
            return
        loop = asyncio.get_running_loop()
        if self.kind == "limited":
            recent, now = self.counts.recent, loop.time()
            while recent and recent[0] <= now - 1:
                recent.popleft()
            if len(recent) >= ALLOWED:
                self.counts.statuses[429] += 1
                self.transport.write(BUSY)
                return
            recent.append(now)
        self.counts.statuses[200] += 1
        if self.kind == "hostile":
            self.hostile(path)
        else:
            loop.call_later(DELAY, self.transport.write, PLAIN)

    def hostile(self, path: str) -> None:
        """A bomb, an endless body, a page of nothing but tags, or a head of 100 kB, by turns."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        match zlib.crc32(path.encode()) % 4:
            case 0:
                self.transport.write(head + b"Content-Encoding: gzip\r\n\r\n" + BOMB)
            case 1:
                self.transport.write(head + b"\r\n" + b"<div id=x>" * 300_000)
            case 2:
                self.transport.write(head + b"\r\n" + b"<b a><p id=y>" * 100_000)
            case _:
                self.transport.write(head + b"X: " + b"a" * 100_000 + b"\r\n\r\n<p id=top>")
        self.transport.close()


async def serve(control: int) -> None:
    counts = Counts()
    loop = asyncio.get_running_loop()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if b"/reset" in line:
            counts.__init__()  # type: ignore[misc]
        said = json.dumps(
            {
                "requests": sum(counts.pages.values()),
                "pages": len(counts.pages),
                "connections": counts.connections,
                "refused": counts.statuses[429],
            }
        ).encode()
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(said) + said)
        await writer.drain()
        writer.close()

    kinds = {50: "limited", 51: "hostile", **dict.fromkeys(range(60, 66), "silent")}
    for last in (*range(1, 41), *kinds):
        kind = kinds.get(last, "plain")
        await loop.create_server(
            lambda kind=kind: Pages(counts, kind),  # type: ignore[misc]
            f"127.0.0.{last}",
            control + 1,
            backlog=512,
        )
    server = await asyncio.start_server(answer, "127.0.0.1", control)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
