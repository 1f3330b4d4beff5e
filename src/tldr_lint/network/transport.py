"""HTTP/1.1 over asyncio streams, beneath an httpx client.

httpx's own pool looks through all its connections at every event, which at a
few thousand URLs costs more than the network does. This one keeps idle
connections by scheme, host and port. It is also the one place that dials:
checked addresses only (`network/address.py`), while TLS keeps the name.

Heads are read as browsers read them: a line that is no header is dropped, so
that a page people can see is not called broken.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import deque

import h11
import httpx

from tldr_lint.network.address import MalformedHostError
from tldr_lint.network.tls import TlsError, certificate_problem, tls_context, tls_problem
from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tldr_lint.network.address import Dial, Resolver

_HEAD_LIMIT = 128 * 1024  # bytes
_BUFFER = 16 * 1024  # bytes a stream holds before it stops reading: endless bodies cost no more
_CHUNK_HEAD_LIMIT = 16 * 1024  # bytes
_DRAIN = 32 * 1024  # bytes worth reading to keep a connection
_DRAIN_TIME = 0.25  # seconds worth waiting for them
_CONNECT = 5.0  # seconds
_IDLE = 256  # connections kept for further requests
_ADDRESSES = 4  # how many of a host's addresses are tried
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] +(\d{3})(?: [^\r\n]*)?\Z")
_HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:([^\x00\r\n]*)\Z")


class BrokenHeadError(Exception):
    """The server's answer is not HTTP."""


@dataclass(slots=True, eq=False)
class _Connection:
    """One connection and where its protocol stands."""

    key: tuple[str, str, int]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: h11.Connection

    def abort(self) -> None:
        self.writer.transport.abort()

    @property
    def is_stale(self) -> bool:
        return self.reader.at_eof() or self.writer.is_closing()


@dataclass(slots=True)
class Traffic:
    """What went over the wire in a run."""

    requests: int = 0
    connections: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Pool:
    """Idle connections, the youngest used first; beyond the limit the oldest is dropped."""

    limit: int
    idle: dict[tuple[str, str, int], list[_Connection]] = field(default_factory=dict)
    _ages: deque[_Connection] = field(default_factory=deque)

    def take(self, key: tuple[str, str, int]) -> _Connection | None:
        connections = self.idle.get(key, [])
        while connections:
            connection = connections.pop()
            self._ages.remove(connection)
            if not connection.is_stale:
                return connection
            connection.abort()
        return None

    def give(self, connection: _Connection) -> None:
        self.idle.setdefault(connection.key, []).append(connection)
        self._ages.append(connection)
        if len(self._ages) > self.limit:
            oldest = self._ages.popleft()
            self.idle[oldest.key].remove(oldest)
            oldest.abort()

    def clear(self) -> None:
        for connection in self._ages:
            connection.abort()
        self._ages.clear()
        self.idle.clear()


class StreamTransport(httpx.AsyncBaseTransport):
    """The transport: give it to `httpx.AsyncClient(transport=…)`.

    A request's `deadline` extension is the loop time by which its head must
    be there. A redirect's `Location` is handed out as the `location`
    extension of the response, as it came: httpx chokes on some.

    Raises:
        httpx.ConnectError, httpx.ReadError: refused, reset, closed without an answer.
        httpx.ConnectTimeout, httpx.ReadTimeout: the time was up.
        TlsError, BrokenHeadError: what they say.
        Whatever `Resolver.dials` raises.
    """

    def __init__(
        self, resolver: Resolver, connect_timeout: float = _CONNECT, idle: int = _IDLE
    ) -> None:
        self.traffic = Traffic()
        self._resolver = resolver
        self._connect_timeout = connect_timeout
        self._pool = _Pool(idle)
        self._tls: ssl.SSLContext | None = None
        self._tls_errors: dict[tuple[str, str, int], TlsError] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read the head of its answer."""
        key = _key(request.url)
        deadline = float(request.extensions["deadline"])
        connection = self._pool.take(key)
        if connection is not None:
            try:
                return await self._exchange(connection, request, deadline)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                # The server closed it while it lay idle: its right, and no fault to report.
                pass
        if (known := self._tls_errors.get(key)) is not None:
            raise TlsError(str(known), certain=known.certain)
        try:
            connection = await self._connect(key, deadline)
        except TlsError as error:
            self._tls_errors[key] = error
            raise
        return await self._exchange(connection, request, deadline)

    async def aclose(self) -> None:
        """Drop all idle connections."""
        self._pool.clear()

    async def _connect(self, key: tuple[str, str, int], deadline: float) -> _Connection:
        scheme, host, port = key
        loop = asyncio.get_running_loop()
        until = min(deadline, loop.time() + self._connect_timeout)
        try:
            async with asyncio.timeout_at(until):
                dials = (await self._resolver.dials(host, port))[:_ADDRESSES]
        except TimeoutError as error:
            raise httpx.ConnectTimeout("the name could not be resolved in time") from error
        problem: httpx.TransportError = httpx.ConnectError("no address")
        for tried, dial in enumerate(dials):
            share = (until - loop.time()) / (len(dials) - tried)
            try:
                async with asyncio.timeout(share):
                    return await self._dial(key, dial, secure=scheme == "https")
            except TimeoutError:
                problem = httpx.ConnectTimeout("timed out while connecting")
            except httpx.ConnectError as error:
                problem = error
        raise problem

    async def _dial(self, key: tuple[str, str, int], dial: Dial, *, secure: bool) -> _Connection:
        if secure and self._tls is None:
            self._tls = tls_context()
        try:
            reader, writer = await asyncio.open_connection(
                *dial,
                limit=_BUFFER,
                ssl=self._tls if secure else None,
                server_hostname=key[1] if secure else None,
            )
        except ssl.SSLCertVerificationError as error:
            raise certificate_problem(error) from error
        except ssl.SSLError as error:
            raise tls_problem(error) from error
        except ValueError as error:  # a name that TLS cannot carry
            raise MalformedHostError(key[1]) from error
        except ConnectionRefusedError as error:
            raise httpx.ConnectError("the connection was refused") from error
        except ConnectionError as error:
            raise httpx.ConnectError("the connection was reset") from error
        except OSError as error:
            raise httpx.ConnectError("the host cannot be reached") from error
        self.traffic.connections += 1
        return _Connection(key, reader, writer, h11.Connection(h11.CLIENT, _CHUNK_HEAD_LIMIT))

    async def _exchange(
        self, connection: _Connection, request: httpx.Request, deadline: float
    ) -> httpx.Response:
        self.traffic.requests += 1
        protocol = connection.protocol
        try:
            async with asyncio.timeout_at(deadline):
                head = protocol.send(
                    h11.Request(
                        method=request.method,
                        target=request.url.raw_path,
                        headers=request.headers.raw,
                    )
                )
                connection.writer.write((head or b"") + (protocol.send(h11.EndOfMessage()) or b""))
                head_of_answer, rest = await self._read_head(connection)
                protocol.receive_data(head_of_answer + rest)
                event = protocol.next_event()
        except TimeoutError as error:
            connection.abort()
            raise httpx.ReadTimeout("timed out") from error
        except h11.LocalProtocolError as error:
            connection.abort()
            raise httpx.LocalProtocolError(f"the request cannot be sent: {error}") from error
        except h11.RemoteProtocolError as error:
            connection.abort()
            raise BrokenHeadError(str(error)) from error
        except ssl.SSLError as error:
            connection.abort()
            raise httpx.ReadError("the secure connection broke") from error
        except OSError as error:
            connection.abort()
            raise httpx.ReadError("the connection was reset") from error
        except BaseException:
            connection.abort()
            raise
        if not isinstance(event, h11.Response):
            connection.abort()
            raise BrokenHeadError("the answer has no head")
        headers = list(event.headers.raw_items())
        location = next((v for k, v in headers if k.lower() == b"location"), None)
        length = next((int(v) for k, v in headers if k.lower() == b"content-length"), 0)
        return httpx.Response(
            event.status_code,
            headers=[(k, v) for k, v in headers if k.lower() != b"location"],
            stream=_Body(connection, self._pool, self.traffic, deadline, length),
            extensions={"location": location, "reason_phrase": bytes(event.reason)},
        )

    async def _read_head(self, connection: _Connection) -> tuple[bytes, bytes]:
        """The final head, made clean, and what came behind it; interim ones (1xx) are passed."""
        buffer = bytearray()
        searched = 0
        interim = 0
        while True:
            end = _END_OF_HEAD.search(buffer, max(0, searched - 3))
            if end is None:
                searched = len(buffer)
                if searched > _HEAD_LIMIT:
                    raise BrokenHeadError("the head has no end")
                if not b"HTTP/".startswith(buffer[:5]):
                    raise BrokenHeadError("the answer is not HTTP")
                chunk = await connection.reader.read(_BUFFER)
                if not chunk:
                    if searched:
                        raise BrokenHeadError("the connection closed within the head")
                    raise httpx.RemoteProtocolError("the connection closed without an answer")
                buffer += chunk
                self.traffic.bytes += len(chunk)
                continue
            head, rest = bytes(buffer[: end.start()]), bytes(buffer[end.end() :])
            status, clean = _clean_head(head)
            if status >= 200 or interim > 8:
                return clean, rest
            interim += 1
            buffer, searched = bytearray(rest), 0


def _clean_head(head: bytes) -> tuple[int, bytes]:
    """The status, and the head with every line dropped that is no header."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    found = _STATUS_LINE.match(lines[0].strip())
    if found is None:
        raise BrokenHeadError("the status line is not one")
    kept = [b"HTTP/1.1 %s " % found[1] if lines[0].count(b" ") < 2 else lines[0].strip()]
    lengths: set[bytes] = set()
    for line in lines[1:]:
        header = _HEADER.match(line)
        if header is None:
            continue
        name = line.partition(b":")[0].lower()
        if name == b"content-length":
            value = header[1].strip()
            if not value.isdigit() or len(value) > 18 or value in lengths:
                continue
            lengths.add(value)
        if name == b"transfer-encoding" and header[1].strip().lower() != b"chunked":
            continue
        kept.append(line)
    return int(found[1]), b"\r\n".join(kept) + b"\r\n\r\n"


def _key(url: httpx.URL) -> tuple[str, str, int]:
    host = url.raw_host.decode("ascii").strip("[]")
    return url.scheme, host, url.port or {"http": 80, "https": 443}[url.scheme]


class _Body(httpx.AsyncByteStream):
    """The body, chunk by chunk; closing it gives the connection back where that is cheap."""

    def __init__(
        self,
        connection: _Connection,
        pool: _Pool,
        traffic: Traffic,
        deadline: float,
        length: int,
    ) -> None:
        self._left = length
        self._connection = connection
        self._pool = pool
        self._traffic = traffic
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (chunk := await self._next()) is not None:
            yield chunk

    async def _next(self) -> bytes | None:
        connection = self._connection
        while True:
            try:
                event = connection.protocol.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if isinstance(event, h11.Data):
                self._left -= len(event.data)
                return bytes(event.data)
            if event is not h11.NEED_DATA:
                return None
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await connection.reader.read(_BUFFER)
            except TimeoutError as error:
                raise httpx.ReadTimeout("timed out within the body") from error
            except OSError as error:
                raise httpx.ReadError("the connection was reset within the body") from error
            self._traffic.bytes += len(chunk)
            connection.protocol.receive_data(chunk)

    async def aclose(self) -> None:
        """Give the connection back, or drop it where that would cost more than it is worth."""
        connection = self._connection
        protocol = connection.protocol
        now = asyncio.get_running_loop().time()
        self._deadline = min(self._deadline, now + _DRAIN_TIME)
        drained = max(0, self._left)
        try:
            while protocol.their_state is h11.SEND_BODY and drained < _DRAIN:
                chunk = await self._next()
                if chunk is None:
                    break
                drained += 0 if self._left >= 0 else len(chunk)
            if protocol.our_state is h11.DONE and protocol.their_state is h11.DONE:
                protocol.start_next_cycle()
                self._pool.give(connection)
                return
        except (httpx.TransportError, h11.ProtocolError):
            pass  # what was asked for is known already: the connection goes, the answer stays
        except BaseException:
            connection.abort()
            raise
        connection.abort()
