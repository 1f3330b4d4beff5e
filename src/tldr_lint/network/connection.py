"""Connections: bytes in and out under a deadline, and those that wait for the next request.

Plain asyncio protocols rather than streams, which cost a task's switch and a
buffer of their own at every read.
"""

from __future__ import annotations

import asyncio

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    import ssl

    from tldr_lint.network.address import Dial

Key = tuple[str, str, int]
"""What a connection leads to: scheme, host and port."""

_BUFFER = 16 * 1024
"""Bytes that are held unread: an endless body costs no more."""


class Connection(asyncio.BufferedProtocol):
    """One connection; made by `dial`."""

    __slots__ = ("_error", "_loop", "_paused", "_scratch", "_transport", "_waiter", "buffer")

    def __init__(self, loop: asyncio.AbstractEventLoop, scratch: memoryview) -> None:
        """`scratch` is where bytes come in; they are taken out of it before others can."""
        self.buffer = bytearray()
        self._loop = loop
        self._scratch = scratch
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._error: OSError | EOFError | None = None
        self._paused = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a connection is read and written")
        self._transport = transport

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes are to be put."""
        return self._scratch

    def buffer_updated(self, nbytes: int) -> None:
        """Take the bytes that have come."""
        self.buffer += self._scratch[:nbytes]
        if len(self.buffer) >= _BUFFER and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Take note that nothing more will come."""
        self._error = self._error or EOFError()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of why nothing more will come."""
        self._error = self._error or (exc if isinstance(exc, OSError) else EOFError())
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What we call

    def send(self, data: bytes) -> None:
        """Write; requests are small, so nobody waits for it."""
        if self._transport is not None:
            self._transport.write(data)

    async def more(self, deadline: float) -> bool:
        """Wait until the buffer holds more than now; false where the server has closed.

        `deadline` is a time of the loop.

        Raises:
            TimeoutError: nothing came in time.
            OSError: the connection broke.
        """
        held = len(self.buffer)
        if self._paused and self._transport is not None and self._error is None:
            self._paused = False
            self._transport.resume_reading()
        while len(self.buffer) == held:
            if isinstance(self._error, EOFError):
                return False
            if self._error is not None:
                raise self._error
            self._waiter = self._loop.create_future()
            timer = self._loop.call_at(deadline, _expire, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return True

    async def secure(self, context: ssl.SSLContext, name: str) -> None:
        """Speak TLS from here on; errors are those of `dial`."""
        if self._transport is None:
            raise ConnectionError("there is no connection to secure")
        self._transport = await self._loop.start_tls(
            self._transport, self, context, server_hostname=name
        )

    def abort(self) -> None:
        """Close without a good-bye."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def is_stale(self) -> bool:
        """Whether it is of no use any more: closed, or somebody spoke without being asked."""
        closing = self._transport is None or self._transport.is_closing()
        return closing or self._error is not None or bool(self.buffer)


def _expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())


async def dial(
    place: Dial, scratch: memoryview, context: ssl.SSLContext | None = None, name: str | None = None
) -> Connection:
    """Connect to an address; with a `context` over TLS, as `name`.

    Raises:
        OSError: no connection was made; `ssl.SSLError` where TLS is the reason.
        ValueError: TLS cannot carry the name.
    """
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(
        lambda: Connection(loop, scratch),
        *place,
        ssl=context,
        server_hostname=name if context is not None else None,
    )
    return connection


@dataclass(slots=True)
class Pool:
    """Idle connections, the youngest used first; beyond the limit the oldest is dropped."""

    limit: int
    _idle: dict[Key, list[Connection]] = field(default_factory=dict)
    _ages: dict[Connection, Key] = field(default_factory=dict)

    def take(self, key: Key) -> Connection | None:
        """A connection that waits, if there is one."""
        connections = self._idle.get(key, [])
        while connections:
            connection = connections.pop()
            del self._ages[connection]
            if not connection.is_stale:
                return connection
            connection.abort()
        return None

    def give(self, key: Key, connection: Connection) -> None:
        """Let a connection wait for the next request."""
        self._idle.setdefault(key, []).append(connection)
        self._ages[connection] = key
        if len(self._ages) > self.limit:
            oldest = next(iter(self._ages))
            self._idle[self._ages.pop(oldest)].remove(oldest)
            oldest.abort()

    def clear(self) -> None:
        """Drop them all."""
        for connection in self._ages:
            connection.abort()
        self._ages.clear()
        self._idle.clear()
