"""A web of one machine: servers on loopback that behave as badly as the real ones.

A `Site` is one address and port; its `pages` map paths to scripts, and it
counts what is asked of it. Everything is raw bytes: no HTTP library stands
between a test and what it wants a server to do.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Wire:
    """What a script may do to its client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """An RST in place of an end."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Request, Wire], Awaitable[None]]


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said"]
    headers.setdefault("content_type", "text/html; charset=utf-8")
    headers.setdefault("content_length", str(len(body)))
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


def page(body: str = "<p>fine</p>", status: int = 200, **headers: str) -> Script:
    return raw(response(status, body.encode("utf-8"), **headers))


def raw(data: bytes, *, close: bool = False) -> Script:
    async def script(_request: Request, wire: Wire) -> None:
        await wire.send(data)
        if close:
            wire.writer.close()

    return script


def redirect(status: int, location: str) -> Script:
    return page("", status, location=location)


def in_turn(*scripts: Script) -> Script:
    """The first script for the first request, and so on; the last for all that follow."""
    turns = iter(scripts[:-1])

    async def script(request: Request, wire: Wire) -> None:
        await next(turns, scripts[-1])(request, wire)

    return script


async def reset(_request: Request, wire: Wire) -> None:
    wire.reset()


async def close(_request: Request, wire: Wire) -> None:
    wire.writer.close()


async def hang(_request: Request, wire: Wire) -> None:
    await wire.reader.read()


def drip(head: bytes, tail: bytes, count: int = 1000) -> Script:
    """A head at once, then a byte at a time."""

    async def script(_request: Request, wire: Wire) -> None:
        await wire.send(head)
        for at in range(count):
            await wire.send(tail[at % len(tail) : at % len(tail) + 1])
            await asyncio.sleep(0.05)

    return script


def endless(head: bytes, chunk: bytes) -> Script:
    async def script(_request: Request, wire: Wire) -> None:
        await wire.send(head)
        while True:
            await wire.send(chunk)

    return script


@dataclass
class Site:
    address: str
    port: int
    secure: bool
    pages: dict[str, Script] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.secure else 'http'}://{self.address}:{self.port}{path}"

    @property
    def counts(self) -> Counter[str]:
        """Path → requests."""
        return Counter(request.path for request in self.requests)

    @property
    def methods(self) -> set[str]:
        return {request.method for request in self.requests}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(Wire(reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went away, as clients do
        finally:
            writer.close()

    async def _talk(self, wire: Wire) -> None:
        while not wire.writer.is_closing():
            head = (await wire.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            method, path, _ = first.split(" ")
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            request = Request(method, path, headers)
            self.requests.append(request)
            script = self.pages.get(path) or self.pages.get(urlsplit(path).path)
            await (script or page("<p>no</p>", 404))(request, wire)


class Web:
    """All sites of one test, on one event loop in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._transports: list[asyncio.WriteTransport] = []
        self._thread.start()

    def site(
        self,
        pages: Mapping[str, Script] | None = None,
        *,
        address: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> Site:
        site = Site(address, 0, tls is not None, dict(pages or {}))

        async def start() -> int:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                self._transports.append(writer.transport)
                await site.serve(reader, writer)

            server = await asyncio.start_server(serve, address, 0, ssl=tls)
            self._servers.append(server)
            return int(server.sockets[0].getsockname()[1])

        site.port = asyncio.run_coroutine_threadsafe(start(), self._loop).result(10)
        return site

    def stop_serving(self, site: Site) -> None:
        """Let the site's port be one where nobody listens."""

        async def close_one() -> None:
            for server in self._servers:
                if server.sockets and server.sockets[0].getsockname()[1] == site.port:
                    server.close()

        asyncio.run_coroutine_threadsafe(close_one(), self._loop).result(10)

    def stop(self) -> None:
        async def close_all() -> None:
            for server in self._servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            for transport in self._transports:
                transport.abort()
            for _ in range(5):  # transports say good-bye in later rounds of the loop
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(close_all(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextlib.contextmanager
def web() -> Iterator[Web]:
    running = Web()
    try:
        yield running
    finally:
        running.stop()
