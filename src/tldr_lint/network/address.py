"""Names → checked addresses: the one place that decides what may be dialled.

Links are strangers' text, and a linter runs where private things are near.
So names are resolved here, once a run, every address is judged before any is
dialled, and what is dialled is the judged address, never the name again.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Dial = tuple[str, int]
"""A literal address and a port."""
Lookup = Callable[[str, int], Awaitable[tuple[Dial, ...]]]
"""Asks the system for the addresses of a name.

Raises:
    socket.gaierror: as `getaddrinfo` does.
"""

# Beyond what `is_global` knows: it says yes to all of these in Python 3.11.
_REFUSED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network (RFC 1122)
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
        "168.63.129.16/32",  # the host agent of Azure, where GitHub's runners live
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/96",  # IPv4-compatible (RFC 4291, 2.5.5.1)
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "100::/64",  # discard only (RFC 6666)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "fc00::/7",  # unique local (RFC 4193)
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local (RFC 3879)
        "ff00::/8",  # multicast
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_6TO4 = ipaddress.ip_network("2002::/16")  # RFC 3056
# Ports of other protocols that a forged link could speak to (Fetch, "port blocking").
_BAD_PORTS = frozenset(
    (
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161),
        *(179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563),
        *(587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190),
        *(5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
        *(11211, 27017),
    )
)
# Top-level domains that can never exist (RFC 6761): a name below them needs no
# second witness to be no name.
_NEVER = (".invalid", ".test", ".example")
# Names that lead nowhere but into the network they are asked in (RFC 6761, RFC 6762, RFC 8375,
# and what ICANN set aside for private use in 2024).
_PRIVATE_NAMES = (".localhost", ".local", ".home.arpa", ".internal")
_LOOPBACK = ".localhost"  # names of this machine (RFC 6761, 6.3)
_NO_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_RESOLVERS = 16
_LOOK_UP_AGAIN = 0.5  # seconds after a look-up that failed for now


class RefusedError(Exception):
    """The address may not be dialled; the message says why, as half a sentence."""


class NoSuchHostError(Exception):
    """The name has no address."""


class LookupFailedError(Exception):
    """Nobody can say whether the name has an address."""


class MalformedHostError(Exception):
    """The name cannot be a host's."""


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _6TO4:
        return ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, as itself and as what it stands for."""
    return all(
        each.is_global
        and not each.is_multicast
        and not any(each.version == net.version and each in net for net in _REFUSED)
        for each in {inner(address), *_itself(address)}
    )


def _itself(address: Address) -> tuple[Address, ...]:
    """An IPv4-mapped or NAT64 address is judged as the IPv4 address alone (RFC 6052)."""
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in _NAT64):
        return ()
    return (address,)


def literal(host: str) -> Address | None:
    """The address that a host spells, in any way a browser or `inet_aton` reads; else none."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    if not host[-1:].isalnum() or not host.isascii():
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _address(dial: Dial) -> Address:
    return ipaddress.ip_address(dial[0].partition("%")[0])


@dataclass(slots=True)
class Resolver:
    """Resolves each host once a run and refuses what may not be dialled."""

    allowed: tuple[Network, ...] = ()
    """Private networks that the command line opened."""
    lookup: Lookup | None = None
    """Stands in for the system's `getaddrinfo`."""
    missing: set[str] = field(default_factory=set)
    """Names that the resolver says have no address."""
    names_found: int = 0
    """How many names had an address: none at all says more of this machine than of the names."""
    _known: dict[tuple[str, int], asyncio.Task[tuple[Dial, ...]]] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_RESOLVERS))

    async def dials(self, host: str, port: int) -> tuple[Dial, ...]:
        """The checked addresses of a host, in the order to be tried.

        Raises:
            RefusedError: one of its addresses is not public, or the port is another protocol's.
            NoSuchHostError: it has none.
            LookupFailedError: the resolver gave no answer.
            MalformedHostError: it cannot be a host name.
        """
        task = self._known.get((host, port))
        if task is None:
            task = asyncio.ensure_future(self._resolve(host, port))
            self._known[host, port] = task
        elif task.done():
            return task.result()
        # Shielded: one asker's deadline must not end the look-up for the others.
        return await asyncio.shield(task)

    def refuse_shown(self, host: str, port: int) -> None:
        """Refuse what may not be dialled as far as a host's name shows it.

        All there is to go by where a proxy resolves the names.

        Raises:
            RefusedError: the name is an address that is not public, or one of a private network,
                or the port is another protocol's.
        """
        if port in _BAD_PORTS:
            raise RefusedError(f"port {port} is another protocol's")
        address = literal(host)
        if address is not None:
            self._admit(host, (address,))
        elif "." not in host or host.endswith(_PRIVATE_NAMES):
            raise RefusedError(f"`{host}` is a name of a private network")

    async def _resolve(self, host: str, port: int) -> tuple[Dial, ...]:
        if port in _BAD_PORTS:
            raise RefusedError(f"port {port} is another protocol's")
        address = literal(host)
        if address is not None:
            self._admit(host, (address,))
            return ((str(address), port),)
        try:
            found = await self.look_up(host, port)
        except socket.gaierror as error:
            if error.errno in _NO_NAME:
                self.missing.add(host)
                raise NoSuchHostError(host) from error
            raise LookupFailedError(host) from error
        except UnicodeError as error:
            raise MalformedHostError(host) from error
        except OSError as error:
            raise LookupFailedError(host) from error
        if f".{host}".endswith(_LOOPBACK):
            # One machine in two families, of which the command line may have opened one.
            found = tuple(dial for dial in found if self._is_opened(_address(dial))) or found
        self._admit(host, map(_address, found))
        self.names_found += 1
        return found

    async def look_up(self, host: str, port: int) -> tuple[Dial, ...]:
        """The addresses of a name that nobody judges: a proxy's, which the user chose.

        Raises:
            OSError: it has none, or nobody can say (`socket.gaierror`).
            UnicodeError: it cannot be a host name.
        """
        address = literal(host)
        if address is not None:
            return ((str(address), port),)
        ask = self.lookup or self._system
        try:
            return await ask(host, port)
        except socket.gaierror as error:
            if error.errno != socket.EAI_AGAIN:
                raise
            await asyncio.sleep(_LOOK_UP_AGAIN)
            return await ask(host, port)

    def _admit(self, host: str, addresses: Iterable[Address]) -> None:
        for address in addresses:
            if not self._is_opened(address) and not is_public(address):
                what = "" if str(address) == host else f" ({address})"
                raise RefusedError(f"`{host}`{what} is a private address")

    def _is_opened(self, address: Address) -> bool:
        return any(
            each.version == net.version and each in net
            for net in self.allowed
            for each in (address, inner(address))
        )

    async def _system(self, host: str, port: int) -> tuple[Dial, ...]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[Dial, ...]] = loop.create_future()

        def settle(found: tuple[Dial, ...], error: OSError | UnicodeError | None) -> None:
            if answer.done():
                return
            if error is None:
                answer.set_result(found)
            else:
                answer.set_exception(error)

        def look_up() -> None:
            found: tuple[Dial, ...] = ()
            problem: OSError | UnicodeError | None = None
            try:
                infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found = tuple(dict.fromkeys((str(info[4][0]), port) for info in infos))
            except (OSError, UnicodeError) as error:
                problem = error
            with contextlib.suppress(RuntimeError):  # the run is over, nobody waits any more
                loop.call_soon_threadsafe(settle, found, problem)

        async with self._places:
            # A daemon, not the loop's pool: a dead name server holds its thread
            # for half a minute, and the program's end must not wait for it.
            threading.Thread(target=look_up, daemon=True, name=f"resolve {host}").start()
            return await answer

    def is_certain(self, host: str) -> bool:
        """Whether "no such host" can be believed.

        A machine without a name server says so of every name: it takes one
        name that was found, or a name that can never exist.
        """
        return self.names_found > 0 or host.endswith(_NEVER)

    def close(self) -> None:
        """Forget the look-ups still under way."""
        for task in self._known.values():
            task.cancel()
