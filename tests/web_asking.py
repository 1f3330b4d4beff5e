"""Asking the loopback web, with the patience of a test."""

import socket
from collections.abc import Iterator, Mapping
from ipaddress import ip_network

import pytest

from tldr_lint.answers import Answer, Question, web_target
from tldr_lint.contract.model import LinkSettings
from tldr_lint.network.address import Dial, Lookup
from tldr_lint.network.ask import Asked, Memory, Patience, Way, ask
from web_server import Site, Web
from web_server import web as running_web

LOOPBACK = (ip_network("127.0.0.0/8"),)
QUICK = Patience(total=8.0, head=2.0, back_off=0.01, longest_wait=2.0, budget=60.0)
SHORT = Patience(total=1.0, head=0.4, back_off=0.01, longest_wait=0.3, budget=60.0)


@pytest.fixture(name="web")
def web_fixture() -> Iterator[Web]:
    with running_web() as running:
        yield running


def ask_all(
    *urls: str,
    anchors: bool = False,
    paper: bool = False,
    settings: LinkSettings | None = None,
    patience: Patience = QUICK,
    lookup: Lookup | None = None,
    memory: Memory | None = None,
    environment: Mapping[str, str] | None = None,
    private: bool = True,
) -> Asked:
    questions = [Question(web_target(url).page, anchors=anchors, paper=paper) for url in urls]
    way = Way(LOOPBACK if private else (), environment or {}, lookup, patience)
    return ask(questions, settings or LinkSettings(), way, memory)


def ask_one(url: str, **how: object) -> Answer:
    (answer,) = ask_all(url, **how).answers.values()  # type: ignore[arg-type]
    return answer


def names(**places: Mapping[str, Site]) -> Lookup:
    """A name service: `name = {"http": site, "https": site}`; other names do not exist."""
    known = {name.replace("_", "."): dict(by_scheme) for name, by_scheme in places.items()}

    async def lookup(host: str, port: int) -> tuple[Dial, ...]:
        scheme = {80: "http", 443: "https"}.get(port, "")
        site = known.get(host, {}).get(scheme)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        # A port nobody listens on where the name has no such site.
        return ((site.address, site.port),) if site is not None else (("127.0.0.1", 1),)

    return lookup
