"""A proxy to ask through: named on the command line, or there is none.

It is the proxy that resolves names then and dials what they say, so of what
`network/address.py` refuses only that can be refused which the URL itself
shows. The proxy is the user's own choice: it may stand in a private network.
"""

from __future__ import annotations

from binascii import b2a_base64
from urllib.parse import unquote_to_bytes, urlsplit

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from tldr_lint.network.wire import Head


class ProxyError(Exception):
    """The proxy did not do what it is there for; the message says what, as half a sentence."""

    def __init__(self, message: str, *, refused: bool = False, passing: bool = False) -> None:
        super().__init__(message)
        self.refused = refused
        """Whether it does not want to, rather than is not there."""
        self.passing = passing
        """Whether it may be the fault of the host behind it, and pass."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy listens, and what opens it."""

    host: str
    port: int
    authorization: bytes = field(default=b"", repr=False)
    """The value of `Proxy-Authorization`; empty where the proxy wants none."""

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """What goes to the proxy and nobody behind it."""
        named = ((b"Proxy-Authorization", self.authorization),)
        return named if self.authorization else ()


def proxy_of(url: str) -> Proxy:
    """The proxy that `http://[USER:PASSWORD@]HOST[:PORT]` names.

    Raises:
        ValueError: it names none; the message tells no password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError:
        raise ValueError("its port or its host is none") from None
    if parts.scheme != "http":
        raise ValueError("it must begin with `http://`")
    if not parts.hostname:
        raise ValueError("it has no host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("nothing may follow its port")
    if "@" not in parts.netloc:
        return Proxy(parts.hostname, port)
    # RFC 7617: whatever the name and the password are made of, on one line.
    secret = unquote_to_bytes(parts.username or "") + b":" + unquote_to_bytes(parts.password or "")
    return Proxy(parts.hostname, port, b"Basic " + b2a_base64(secret, newline=False))


def refusal(head: Head) -> ProxyError:
    """Why a proxy made no way to a host (RFC 9110, 9.3.6 and 15.5.8)."""
    if head.status == 407:
        return ProxyError("the proxy asks for a user name and a password", refused=True)
    said = f"{head.status} {head.reason.decode('latin-1')}".strip()
    if head.status >= 500 or head.status in {408, 429}:
        return ProxyError(f"the proxy could not connect ({said})", passing=True)
    return ProxyError(f"the proxy refuses to connect ({said})", refused=True)
