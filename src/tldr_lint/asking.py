"""What `--links` does at the command line: opened networks, memory, progress."""

from __future__ import annotations

import ipaddress
import os
import sys
import time
from pathlib import Path
from typing import TextIO

from tldr_lint.cache.answers import FILE, AnswerMemory
from tldr_lint.network.ask import Way, environment, secret_variable
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import visible
from tldr_lint.request import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tldr_lint.arguments import Arguments
    from tldr_lint.network.address import Network
    from tldr_lint.network.ask import Asked, Progress
    from tldr_lint.network.proxy import Proxy
    from tldr_lint.session import Session

_PATIENCE = 0.5  # seconds after which a run shows how far it is
_EVERY = 0.1  # seconds between two drawings
_BAR = 24  # characters


def ask_web(session: Session, arguments: Arguments) -> Asked:
    """Ask the network what the session's links need, as the command line says.

    Raises:
        UsageError: a network of `--allow-private` is none, or `--proxy` names no proxy.
    """
    way = Way(
        tuple(map(_network, arguments.allow_private)),
        environment(),
        proxy=_proxy(arguments.proxy) if arguments.proxy is not None else None,
    )
    memory: AnswerMemory | None = None
    if not arguments.no_cache:
        memory = AnswerMemory(_folder(arguments) / FILE, session.settings.links.ttl)
    for refused in _unsent(session.settings.links.headers):
        _say(refused)
    bar = _Bar(sys.stderr)
    try:
        asked = session.ask(way, memory, bar.show)
    finally:
        bar.clear()
    if arguments.verbose:
        _say(f"{len(asked.answers)} pages known, {asked.requests} requests")
        if memory is not None and memory.problem:
            _say(memory.problem)
    if asked.interrupted:
        _say("interrupted: links that were not asked yet are not reported")
    return asked


def _unsent(headers: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Which headers of the contract go nowhere, since their variables are not their hosts'."""
    for host, named in headers.items():
        variable = secret_variable(host)
        for header, given in named.items():
            if given != variable:
                must = f"its variable must be called `{variable}`" if variable else "it is no host"
                yield visible(f"`{header}` is not sent to `{host}`: {must}")


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise UsageError(f"`--allow-private {text}` names no network: {error}") from error


def _proxy(url: str) -> Proxy:
    from tldr_lint.network.proxy import proxy_of  # noqa: PLC0415 - where one is named

    try:
        return proxy_of(url)
    except ValueError as error:
        # Not the address itself, which may hold a password.
        raise UsageError(f"`--proxy` names no proxy: {error}") from error


def _folder(arguments: Arguments) -> Path:
    """The cache folder: as asked for, else the user's (XDG Base Directory Specification)."""
    if arguments.cache_dir:
        return Path(arguments.cache_dir)
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path("~/.cache").expanduser()
    return base / "tldr-lint"


def _say(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201 - this is the command line


class _Bar:
    """A bar with a count, a rate and an estimate, on a terminal only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn_at = 0.0
        self._drawn = False

    def show(self, progress: Progress) -> None:
        """Draw, if it is time to."""
        now = time.monotonic()
        if not self._on or progress.elapsed < _PATIENCE or now - self._drawn_at < _EVERY:
            return
        self._drawn_at = now
        self._drawn = True
        self._stream.write(f"\r\x1b[K{_line(progress)}")
        self._stream.flush()

    def clear(self) -> None:
        """Leave the line as it was found."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _line(progress: Progress) -> str:
    filled = _BAR * progress.done // progress.total
    bar = "━" * filled + " " * (_BAR - filled)
    left = f", {progress.left:.0f} s left" if progress.left is not None else ""
    return f"links {bar} {progress.done}/{progress.total}, {progress.rate:.0f}/s{left}"
