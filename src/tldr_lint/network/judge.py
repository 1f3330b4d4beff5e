"""What a reply means: the one place where statuses, walls and redirects are weighed.

Only a definite no is dead. What a host keeps from us is blocked, what may be
different in an hour is unreachable.
"""

from __future__ import annotations

import email.utils
import re
from http import HTTPStatus
from urllib.parse import urljoin

from tldr_lint.answers import Verdict, WebTarget, web_target
from tldr_lint.records import TYPE_CHECKING, dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.answers import Page

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAYBE = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 527, 529})
"""What may pass when asked again."""
# 402, 407: money or a proxy's password; 418: what some say to robots; 451: the
# law; 430, 999: names that Shopify and LinkedIn have for 429; 406: what Apache's
# firewall says to a program it does not know, for we take whatever there is.
_BLOCKED = frozenset({401, 402, 403, 406, 407, 418, 429, 430, 451, 999})
_PASSING = frozenset({408, 409, 421, 423, 424, 425})
_WALL_TITLES = re.compile(
    rb"(?i)<title>\s*(?:just a moment|attention required! \| cloudflare|access denied"
    rb"|ddos-guard|making sure you(?:'|&#39;)re not a bot|are you a robot|robot check"
    rb"|checking your browser|please wait\.\.\. \| cloudflare|human verification"
    rb"|pardon our interruption|client challenge|vercel security checkpoint)"
)
# What nginx, Go and Apache say to plain HTTP on a port that is for TLS.
_WANTS_TLS = re.compile(
    rb"(?i)plain http request was sent to https port|http request to an https server"
    rb"|speaking plain http to an ssl"
)
_TELLING = frozenset(
    {
        *("content-type", "etag", "last-modified"),
        *("cf-mitigated", "x-amzn-waf-action", "x-datadome"),
    }
)
EXPLAINED = frozenset({400, 503})
"""Statuses of which the first lines say more: a wrong scheme, a bot wall."""
_WALL_MARKS = (b"/cdn-cgi/challenge-platform/", b"_cf_chl_opt", b"cf-browser-verification")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to one request, with what was wanted of its body."""

    status: int
    headers: Mapping[str, str]
    """Lower-case name → value; the last of several."""
    location: bytes | None = None
    cookies: tuple[str, ...] = ()
    """The `Set-Cookie` values."""
    start: bytes = b""
    """The beginning of the body, unpacked; empty where it was not wanted or cannot be read."""
    page: Page | None = None
    """What stands in the body; none where it was not wanted or cannot be read."""

    @property
    def slim(self) -> Reply:
        """The reply without what nobody asks of it a second time."""
        told = {name: value for name, value in self.headers.items() if name in _TELLING}
        is_read = self.page is not None and not self.walled
        return replace(self, headers=told, start=b"" if is_read else self.start)

    @property
    def is_html(self) -> bool:
        """Whether the body is a page; one that names no type is taken for one."""
        kind = self.headers.get("content-type", "text/html").lower()
        return "html" in kind

    @property
    def walled(self) -> bool:
        """Whether a bot wall answered in place of the page."""
        headers = self.headers
        if headers.get("cf-mitigated") == "challenge" or "x-amzn-waf-action" in headers:
            return True
        if self.status in {403, 405, 503} and "x-datadome" in headers:
            return True
        if self.status == 503 and any(mark in self.start for mark in _WALL_MARKS):
            return True
        return _WALL_TITLES.search(self.start) is not None


def judge(reply: Reply, accept: tuple[int, ...]) -> tuple[Verdict, str]:
    """The verdict on a final reply, and its reason as half a sentence."""
    status = reply.status
    if status in accept:
        return Verdict.ALIVE, ""
    if reply.walled:
        return Verdict.BLOCKED, f"a bot wall answered ({phrase(status)})"
    if 200 <= status < 300 or status in {300, 304}:
        return Verdict.ALIVE, ""
    if status in _BLOCKED:
        return Verdict.BLOCKED, phrase(status)
    if status == 400 and _WANTS_TLS.search(reply.start):
        return Verdict.DEAD, f"{phrase(status)}: its port wants `https:`"
    if 400 <= status < 500 and status not in _PASSING:
        return Verdict.DEAD, phrase(status)
    if status in REDIRECTS:
        return Verdict.DEAD, f"{phrase(status)} that leads nowhere"
    return Verdict.UNREACHABLE, phrase(status)


def phrase(status: int) -> str:
    """A status for people: `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that `Retry-After` asks for (RFC 9110, 10.2.3); none where it says nothing."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", value):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        return max(0.0, date.timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None


def redirect_target(base: str, location: bytes) -> WebTarget:
    """Where a `Location` leads from a page: relative, raw spaces and raw UTF-8 as browsers do."""
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    text = _slashed(text.strip())
    if not text:
        return WebTarget("", None, "it leads nowhere")
    try:
        joined = urljoin(base, text)
    except ValueError:
        return WebTarget("", None, "it leads to no URL")
    if not joined.lower().startswith(("http:", "https:")):
        scheme = text.partition(":")[0][:20]
        return WebTarget("", None, f"it leads to a `{scheme}:` address")
    return web_target(joined)


def _slashed(text: str) -> str:
    """A reference with the slashes that browsers see in it (WHATWG URL, 4.4)."""
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    plain = path.replace("\\", "/")
    if plain.startswith("//"):
        plain = f"//{plain.lstrip('/')}"
    return plain + text[len(path) :]


def cookie_pairs(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names and values of `Set-Cookie` headers that are fit to be sent back."""
    found = []
    for value in values[:50]:
        name, equals, content = value.partition(";")[0].strip().partition("=")
        pair = f"{name}={content}"
        if equals and name and len(pair) <= 4096 and pair.isascii() and pair.isprintable():
            found.append((name.strip(), content.strip()))
    return tuple(found)
