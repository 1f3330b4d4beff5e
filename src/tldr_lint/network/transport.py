"""HTTP/1.1 over connections of our own, beneath an httpx client.

httpx's own pool looks through all its connections at every event, which at a
few thousand URLs costs more than the network does. This one keeps idle
connections by scheme, host and port. It is also the one place that dials:
checked addresses only (`network/address.py`), while TLS keeps the name.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager, contextmanager

import httpx

from tldr_lint.network.address import MalformedHostError
from tldr_lint.network.connection import Pool, dial
from tldr_lint.network.proxy import ProxyError, refusal
from tldr_lint.network.tls import TlsError, certificate_problem, tls_context, tls_problem
from tldr_lint.network.wire import (
    BrokenBodyError,
    BrokenHeadError,
    HeadReader,
    UnfitRequestError,
    request_head,
)
from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tldr_lint.network.address import Dial, Resolver
    from tldr_lint.network.connection import Connection, Key
    from tldr_lint.network.proxy import Proxy
    from tldr_lint.network.wire import Head

_SCRATCH = 16 * 1024  # bytes read at a time
_DRAIN = 32 * 1024  # bytes worth reading to keep a connection
_DRAIN_TIME = 0.25  # seconds worth waiting for them
_CONNECT = 5.0  # seconds
_IDLE = 256  # connections kept for further requests
_ADDRESSES = 4  # how many of a host's addresses are tried


@dataclass(slots=True)
class Traffic:
    """What went over the wire in a run."""

    requests: int = 0
    connections: int = 0


class Transport(httpx.AsyncBaseTransport):
    """The transport: give it to `httpx.AsyncClient(transport=…)`.

    A request's `deadline` extension is the loop time by which its head must
    be there. A redirect's `Location` is handed out as the `location`
    extension of the response, as it came: httpx chokes on some.

    Raises:
        httpx.ConnectError, httpx.ReadError: refused, reset, closed without an answer.
        httpx.ConnectTimeout, httpx.ReadTimeout: the time was up.
        TlsError, BrokenHeadError, ProxyError: what they say.
        Whatever `Resolver.dials` raises.
    """

    def __init__(
        self,
        resolver: Resolver,
        proxy: Proxy | None = None,
        connect_timeout: float = _CONNECT,
        idle: int = _IDLE,
    ) -> None:
        self.traffic = Traffic()
        self._resolver = resolver
        self._proxy = proxy
        self._connect_timeout = connect_timeout
        self._pool = Pool(idle)
        self._scratch = memoryview(bytearray(_SCRATCH))
        self._tls: ssl.SSLContext | None = None
        self._tls_errors: dict[Key, TlsError] = {}
        self._no_proxy: ProxyError | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read the head of its answer."""
        deadline = float(request.extensions["deadline"])
        key, head = self._written(request)
        connection = self._pool.take(key)
        if connection is not None:
            try:
                return await self._exchange(key, connection, head, deadline)
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
        return await self._exchange(key, connection, head, deadline)

    async def aclose(self) -> None:
        """Drop all idle connections."""
        self._pool.clear()

    def _written(self, request: httpx.Request) -> tuple[Key, bytes]:
        """Where a request goes, and its bytes (a proxy wants the whole URL: RFC 9112, 3.2.2)."""
        url = request.url
        host = url.raw_host.decode("ascii").strip("[]")
        key = url.scheme, host, url.port or {"http": 80, "https": 443}[url.scheme]
        target, headers = url.raw_path, request.headers.raw
        if self._proxy is not None:
            self._resolver.refuse_shown(host, key[2])
            if url.scheme == "http":
                key = "proxy", self._proxy.host, self._proxy.port
                target = b"http://%s%s" % (url.netloc, target)
                headers = [*headers, *self._proxy.headers]
        try:
            return key, request_head(request.method, target, headers)
        except UnfitRequestError as error:
            raise httpx.LocalProtocolError(str(error)) from error

    async def _connect(self, key: Key, deadline: float) -> Connection:
        until = min(deadline, asyncio.get_running_loop().time() + self._connect_timeout)
        if self._proxy is None:
            async with _in_time(until):
                dials = await self._resolver.dials(key[1], key[2])
            connection = await self._first(dials, key, until)
        else:
            connection = await self._by_proxy(self._proxy, key, until)
        self.traffic.connections += 1
        return connection

    async def _first(self, dials: tuple[Dial, ...], key: Key, until: float) -> Connection:
        """A connection to the first of several addresses that can be reached."""
        context = self._context() if key[0] == "https" else None
        tried = dials[:_ADDRESSES]
        problem: httpx.TransportError = httpx.ConnectError("no address")
        for at, place in enumerate(tried):
            now = asyncio.get_running_loop().time()
            try:
                async with _in_time(now + (until - now) / (len(tried) - at)):
                    with _explained(key[1]):
                        return await dial(place, self._scratch, context, key[1])
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                problem = error
        raise problem

    async def _by_proxy(self, proxy: Proxy, key: Key, until: float) -> Connection:
        """A connection to the proxy, for `https` one through it (RFC 9110, 9.3.6)."""
        if self._no_proxy is not None:
            raise ProxyError(str(self._no_proxy))
        way = "proxy", proxy.host, proxy.port
        try:
            async with _in_time(until):
                dials = await self._resolver.look_up(proxy.host, proxy.port)
            connection = await self._first(dials, way, until)
        except (OSError, UnicodeError, httpx.TransportError) as error:
            self._no_proxy = ProxyError("the proxy cannot be reached")
            raise self._no_proxy from error
        if key[0] == "https":
            try:
                await self._tunnel(proxy, connection, key, until)
            except BaseException:
                connection.abort()
                raise
        return connection

    async def _tunnel(self, proxy: Proxy, connection: Connection, key: Key, until: float) -> None:
        host = f"[{key[1]}]" if ":" in key[1] else key[1]
        place = f"{host}:{key[2]}".encode("ascii")
        connection.send(request_head("CONNECT", place, ((b"Host", place), *proxy.headers)))
        try:
            head = await _read_head(connection, until)
        except (OSError, BrokenHeadError, httpx.RemoteProtocolError) as error:
            raise ProxyError("the proxy did not connect", passing=True) from error
        if not 200 <= head.status < 300:
            raise refusal(head)
        async with _in_time(until):
            with _explained(key[1]):
                await connection.secure(self._context(), key[1])

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = tls_context()
        return self._tls

    async def _exchange(
        self, key: Key, connection: Connection, request: bytes, deadline: float
    ) -> httpx.Response:
        self.traffic.requests += 1
        try:
            connection.send(request)
            head = await _read_head(connection, deadline)
        except TimeoutError as error:
            connection.abort()
            raise httpx.ReadTimeout("timed out") from error
        except ssl.SSLError as error:
            connection.abort()
            raise httpx.ReadError("the secure connection broke") from error
        except OSError as error:
            connection.abort()
            raise httpx.ReadError("the connection was reset") from error
        except BaseException:
            connection.abort()
            raise
        if key[0] == "proxy" and head.status == 407:
            connection.abort()
            raise refusal(head)
        return httpx.Response(
            head.status,
            headers=[header for header in head.headers if header[0] != b"location"],
            stream=_Stream(key, connection, self._pool, head, deadline),
            extensions={"location": head.first(b"location"), "reason_phrase": head.reason},
        )


async def _read_head(connection: Connection, deadline: float) -> Head:
    """The final head of an answer."""
    reader = HeadReader()
    while (head := reader.take(connection.buffer)) is None:
        if not await connection.more(deadline):
            within = "within the head" if connection.buffer else "without an answer"
            raise httpx.RemoteProtocolError(f"the connection closed {within}")
    return head


@asynccontextmanager
async def _in_time(until: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(until):
            yield
    except TimeoutError as error:
        raise httpx.ConnectTimeout("timed out while connecting") from error


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Why no connection was made, in the words of httpx or our own."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise certificate_problem(error) from error
    except ssl.SSLError as error:
        raise tls_problem(error) from error
    except ValueError as error:  # a name that TLS cannot carry
        raise MalformedHostError(name) from error
    except ConnectionRefusedError as error:
        raise httpx.ConnectError("the connection was refused") from error
    except ConnectionError as error:
        raise httpx.ConnectError("the connection was reset") from error
    except OSError as error:
        raise httpx.ConnectError("the host cannot be reached") from error


class _Stream(httpx.AsyncByteStream):
    """A body, piece by piece; closing it gives the connection back where that is cheap."""

    def __init__(
        self, key: Key, connection: Connection, pool: Pool, head: Head, deadline: float
    ) -> None:
        self._key = key
        self._connection = connection
        self._pool = pool
        self._keeps = head.keeps
        self._body = head.body
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._next()) is not None:
            yield piece

    async def _next(self) -> bytes | None:
        """The next piece of the body; none behind its end."""
        body, connection = self._body, self._connection
        while not body.done:
            try:
                piece = body.take(connection.buffer)
                if piece:
                    return piece
                if body.done or await connection.more(self._deadline):
                    continue
            except BrokenBodyError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            except TimeoutError as error:
                raise httpx.ReadTimeout("timed out within the body") from error
            except OSError as error:
                raise httpx.ReadError("the connection was reset within the body") from error
            if body.left is not None:
                raise httpx.RemoteProtocolError("the connection closed within the body")
            body.done = True
        return None

    async def aclose(self) -> None:
        """Give the connection back, or drop it where that would cost more than it is worth."""
        connection = self._connection
        try:
            if self._keeps and await self._is_drained():
                self._pool.give(self._key, connection)
                return
        except httpx.TransportError:
            pass  # what was asked for is known already: the connection goes, the answer stays
        except BaseException:
            connection.abort()
            raise
        connection.abort()

    async def _is_drained(self) -> bool:
        """Read the rest of a body that is small and comes at once; whether that was possible."""
        body = self._body
        if body.done:
            return True
        if not body.chunked and (body.left or 0) > _DRAIN:
            return False
        self._deadline = min(self._deadline, asyncio.get_running_loop().time() + _DRAIN_TIME)
        drained = 0
        while drained <= _DRAIN and (piece := await self._next()) is not None:
            drained += len(piece)
        return body.done
