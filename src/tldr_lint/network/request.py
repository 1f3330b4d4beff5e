"""One request: sent, read as far as is wanted, and every way to fail made one of two."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from functools import partial

import httpx

from tldr_lint.answers import Verdict, host_of, parts_of
from tldr_lint.network.address import (
    LookupFailedError,
    MalformedHostError,
    NoSuchHostError,
    RefusedError,
)
from tldr_lint.network.coding import PAGE_LIMIT, unpacked
from tldr_lint.network.judge import EXPLAINED, Reply
from tldr_lint.network.proxy import ProxyError
from tldr_lint.network.tls import TlsError
from tldr_lint.network.wire import BrokenHeadError
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from concurrent.futures import Executor

    from tldr_lint.answers import Page

_SMALL = 32_768  # bytes of a body that any reply may keep
_NOTHING = httpx.ByteStream(b"")
_GREAT_BODIES = 4  # greater ones held at a time


class GivenUpError(Exception):
    """No reply was to be had: the verdict and why."""

    def __init__(self, verdict: Verdict, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
        self.status = status


class TransientError(Exception):
    """A request failed in a way that may pass."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that go to one host each, matched as a whole host."""

    headers: Mapping[str, Mapping[str, str]]
    """Host → header → value."""
    plain_hosts: Callable[[str], bool] = lambda _host: False
    """Whether a host may be given its headers over plain http."""

    def for_url(self, url: str) -> Mapping[str, str]:
        """The headers that belong to a URL's host."""
        if not self.headers:
            return {}
        parts = parts_of(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not self.plain_hosts(host):
            return {}
        return self.headers.get(parts.netloc.rpartition("@")[2], self.headers.get(host, {}))


@dataclass(slots=True)
class Requester:
    """Sends requests over one httpx client."""

    client: httpx.AsyncClient
    keys: Keys
    user_agent: str
    _reader: Executor | None = None
    _great: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_GREAT_BODIES))

    def request(
        self,
        url: str,
        cookies: Mapping[str, str],
        validators: Mapping[str, str],
        deadline: float,
    ) -> httpx.Request:
        """The request for a URL; `deadline` is the loop time by which its answer must be there.

        Raises:
            GivenUpError: the URL cannot or may not be asked.
        """
        if "@" in parts_of(url).netloc:
            raise GivenUpError(Verdict.BLOCKED, "not asked: it carries a user name")
        try:
            place = _place(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            reason = f"`{host_of(url)}` is not a host name"
            raise GivenUpError(Verdict.MALFORMED, reason) from MalformedHostError(str(error))
        if not place.raw_host:
            raise GivenUpError(Verdict.MALFORMED, "it has no host")
        headers = {
            "Host": place.netloc.decode("ascii"),
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en,*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            **validators,
            **self.keys.for_url(url),
        }
        if cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())[:8192]
        # With a stream httpx looks for nothing to add, which would take as long again.
        return httpx.Request(
            "GET", place, headers=headers, stream=_NOTHING, extensions={"deadline": deadline}
        )

    async def exchange(self, request: httpx.Request, *, wants_body: bool) -> Reply:
        """Send, and read as much as is wanted.

        Raises:
            GivenUpError: it failed for good.
            TransientError: it may not fail the next time.
        """
        host = request.url.raw_host.decode("ascii")
        try:
            response = await self.client.send(request, stream=True)
            try:
                return await self._reply(response, wants_body)
            finally:
                await response.aclose()
        except httpx.TimeoutException as error:
            raise TransientError("it did not answer in time", timed_out=True) from error
        except httpx.TransportError as error:
            raise TransientError(str(error) or "the connection broke") from error
        except (BrokenHeadError, TlsError, ProxyError, RefusedError) as error:
            raise _refused(error) from error
        except NoSuchHostError as error:
            raise GivenUpError(Verdict.DEAD, f"there is no host `{host}`") from error
        except LookupFailedError as error:
            reason = f"the name `{host}` could not be resolved"
            raise GivenUpError(Verdict.UNREACHABLE, reason) from error
        except MalformedHostError as error:
            raise GivenUpError(Verdict.MALFORMED, f"`{host}` is not a host name") from error

    async def _reply(self, response: httpx.Response, wants_body: bool) -> Reply:
        headers = [
            (name.decode("ascii"), value.decode("latin-1")) for name, value in response.headers.raw
        ]
        reply = Reply(
            response.status_code,
            dict(headers),
            response.extensions.get("location"),
            tuple(value for name, value in headers if name == "set-cookie"),
        )
        if reply.status in EXPLAINED:
            start = bytearray()
            await _collect(response.aiter_raw(), start, _SMALL)
            coding = reply.headers.get("content-encoding", "")
            plain, _ = unpacked(start, coding) or (b"", False)
            return replace(reply, start=plain[:_SMALL])
        if not reply.is_html:
            return reply
        if not wants_body or not 200 <= reply.status < 300:
            return reply
        return await self._with_page(reply, response)

    async def _with_page(self, reply: Reply, response: httpx.Response) -> Reply:
        """The reply with what stands in its page.

        Each connection may hold a little of a body; of great ones few are
        held at a time, and one is unpacked and read at a time.
        """
        body = bytearray()
        stream = response.aiter_raw()
        end = await _collect(stream, body, _SMALL)
        if end is not _End.LIMIT:
            return await self._parsed(reply, body, whole=end is _End.WHOLE)
        async with self._great:
            end = await _collect(stream, body, PAGE_LIMIT)
            return await self._parsed(reply, body, whole=end is _End.WHOLE)

    async def _parsed(self, reply: Reply, body: bytearray, *, whole: bool) -> Reply:
        if self._reader is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for pages only

            self._reader = ThreadPoolExecutor(1)
        reading = partial(_read, reply.headers, body, whole=whole)
        # Beside the loop, whose deadlines go on.
        start, page = await asyncio.get_running_loop().run_in_executor(self._reader, reading)
        return replace(reply, start=start, page=page)


def _place(url: str) -> httpx.URL:
    """A URL as httpx has it, the host in ASCII.

    Raises:
        httpx.InvalidURL, UnicodeError: it is none, or its host is no name.
    """
    host = host_of(url)
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL:
        if host.isascii():
            raise
        # Browsers read names of symbols, which IDNA 2003 has and 2008 has not (UTS 46, 2.3).
        place = httpx.URL(url.replace(host, host.encode("idna").decode("ascii"), 1))
    for label in place.raw_host.split(b"."):
        if label.startswith(b"xn--") and not label[4:].decode("punycode"):
            raise UnicodeError("a label stands for nothing")
    return place


def _refused(
    error: BrokenHeadError | TlsError | ProxyError | RefusedError,
) -> GivenUpError | TransientError:
    """What it means that nobody could be asked, or nobody who speaks HTTP."""
    match error:
        case BrokenHeadError():
            return GivenUpError(Verdict.UNREACHABLE, f"its answer is malformed: {error}")
        case TlsError():
            return GivenUpError(Verdict.DEAD if error.certain else Verdict.UNREACHABLE, str(error))
        case ProxyError(passing=True):
            return TransientError(str(error))
        case ProxyError(refused=False):
            return GivenUpError(Verdict.UNREACHABLE, f"not asked: {error}")
    return GivenUpError(Verdict.BLOCKED, f"not asked: {error}")


class _End(Enum):
    """How the reading of a body ended."""

    WHOLE = auto()
    BROKEN = auto()
    LIMIT = auto()


async def _collect(stream: AsyncIterator[bytes], body: bytearray, limit: int) -> _End:
    """Read on up to a limit, packed as the body is."""
    try:
        async for chunk in stream:
            body += chunk
            if len(body) >= limit:
                return _End.LIMIT
    except httpx.TransportError:
        # The head told the page's fate; only what stands in it stays unknown.
        return _End.BROKEN
    return _End.WHOLE


def _read(headers: Mapping[str, str], body: bytearray, *, whole: bool) -> tuple[bytes, Page | None]:
    """The beginning of a body, and what stands in it; nothing where it cannot be unpacked."""
    # The parser is as large as httpx: it is for runs that look into pages.
    from tldr_lint.network.page import read_page  # noqa: PLC0415

    found = unpacked(body, headers.get("content-encoding", ""))
    if found is None:
        return b"", None
    page, is_all = found
    kind = headers.get("content-type", "")
    return page[:_SMALL], read_page(page, kind, whole=whole and is_all)
