"""What may be dialled, and that nothing else ever is."""

import ipaddress
import socket

import pytest

from tldr_lint.answers import Question, Verdict
from tldr_lint.contract.model import LinkSettings
from tldr_lint.network.address import Dial, is_public, literal
from tldr_lint.network.ask import Way, ask, secret_variable
from web_asking import QUICK, ask_all, ask_one
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Web, page, redirect


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_is_not_of_the_open_internet_is_refused(address: str) -> None:
    """A link reaches the machine's own services, its cloud's, or its network's."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_the_open_internet_is_not_refused(address: str) -> None:
    """An ordinary address is called private."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::1]",
        "localhost",
        "0",
    ],
)
def test_every_spelling_of_a_private_address_is_refused(web: Web, host: str) -> None:
    """An odd spelling passes the look at the address and reaches the server."""
    site = web.site({"/": page()})

    answer = ask_one(f"http://{host}:{site.port}/", private=False)

    assert Verdict.BLOCKED is answer.verdict
    assert "private" in answer.reason
    assert (0, []) == (site.connections, site.requests)


@pytest.mark.parametrize("host", ["example", "1.2.3", "a.b", "256.1.1.1", "1.2.3.4.5", "1.2.3.4 "])
def test_a_name_is_no_address(host: str) -> None:
    """A name is dialled as an address, or an address one way only."""
    assert (literal(host) is not None) == (host == "1.2.3")


def test_a_name_with_one_private_address_is_refused(web: Web) -> None:
    """Of several addresses only the first is looked at."""
    site = web.site({"/": page()})

    async def lookup(_host: str, port: int) -> tuple[Dial, ...]:
        return (("93.184.216.34", port), ("127.0.0.1", site.port))

    answer = ask_one("http://two.test/", private=False, lookup=lookup)

    assert (Verdict.BLOCKED, 0) == (answer.verdict, site.connections)


@pytest.mark.parametrize(
    ("host", "asked"), [("localhost", 1), ("app.localhost", 1), ("notlocalhost.test", 0)]
)
def test_this_machine_is_asked_at_the_address_that_was_opened(
    web: Web, host: str, asked: int
) -> None:
    """`localhost` is refused for its other address, or an address that nobody opened is dialled."""
    site = web.site({"/": page()})

    async def lookup(_host: str, port: int) -> tuple[Dial, ...]:
        return (("::1", port), ("127.0.0.1", port))

    answer = ask_one(f"http://{host}:{site.port}/", lookup=lookup)

    assert asked == len(site.requests) == site.connections
    assert (Verdict.ALIVE if asked else Verdict.BLOCKED) is answer.verdict


def test_a_name_is_resolved_once_and_the_checked_address_is_dialled(web: Web) -> None:
    """The name says another address when it is asked again (DNS rebinding)."""
    inside = web.site({f"/{n}": page() for n in range(10)}, address="127.0.0.9")
    outside = web.site({f"/{n}": page() for n in range(10)}, address="127.0.0.2")
    asked: list[int] = []

    async def lookup(_host: str, port: int) -> tuple[Dial, ...]:
        asked.append(port)
        if port == 443:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        site = outside if len(asked) == 1 else inside
        return ((site.address, site.port),)

    urls = [f"http://rebind.test/{n}" for n in range(10)]
    ask_all(*urls, lookup=lookup, private=True)

    assert {f"/{n}": 1 for n in range(10)} == outside.counts
    assert 0 == inside.connections


def test_a_redirect_to_a_private_address_is_refused(web: Web) -> None:
    """A public page sends us where its author cannot go."""
    inside = web.site({"/": page()}, address="127.0.0.9")
    outside = web.site(
        {
            "/by-address": redirect(302, inside.url()),
            "/by-name": redirect(301, "http://inside.test/"),
            "/by-number": redirect(308, f"http://2130706441:{inside.port}/"),
        },
        address="127.0.0.2",
    )

    async def lookup(host: str, port: int) -> tuple[Dial, ...]:
        return ((inside.address, inside.port if host == "inside.test" else port),)

    only_outside = (ipaddress.ip_network("127.0.0.2/32"),)
    asked = ask(
        [Question(outside.url(path)) for path in outside.pages],
        LinkSettings(),
        Way(only_outside, {}, lookup, QUICK),
    )

    assert {Verdict.BLOCKED} == {answer.verdict for answer in asked.answers.values()}
    assert (3, 0) == (len(outside.requests), inside.connections)


@pytest.mark.parametrize("port", [22, 25, 6379, 11211])
def test_another_protocol_s_port_is_refused(port: int) -> None:
    """A link speaks to a mail server or a data base."""
    answer = ask_one(f"http://127.0.0.1:{port}/")

    assert (Verdict.BLOCKED, None) == (answer.verdict, answer.status)


def test_a_user_name_is_never_sent(web: Web) -> None:
    """Credentials in a link go over the wire."""
    site = web.site({"/": page()})

    answer = ask_one(f"http://user:secret@127.0.0.1:{site.port}/")

    assert (Verdict.BLOCKED, 0) == (answer.verdict, site.connections)


def test_a_name_that_never_exists_is_dead() -> None:
    """A host that is gone is only "unreachable"."""

    async def lookup(_host: str, _port: int) -> tuple[Dial, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    assert Verdict.DEAD is ask_one("http://gone.invalid/", lookup=lookup).verdict


def test_a_machine_that_finds_no_name_calls_none_dead(web: Web) -> None:
    """Without a network every link of the collection is an error."""
    site = web.site({"/": page()})

    async def offline(_host: str, _port: int) -> tuple[Dial, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async def online(host: str, port: int) -> tuple[Dial, ...]:
        if host == "there.net":
            return ((site.address, site.port),)
        return await offline(host, port)

    urls = ("http://gone.net/", "http://there.net/")
    without = ask_all(*urls, lookup=offline).answers
    within = ask_all(*urls, lookup=online).answers

    assert [Verdict.UNREACHABLE] * 2 == [answer.verdict for answer in without.values()]
    assert [Verdict.DEAD, Verdict.ALIVE] == [answer.verdict for answer in within.values()]


def test_a_name_server_that_does_not_answer_calls_nothing_dead() -> None:
    """A name server's trouble is reported as dead links."""

    async def lookup(_host: str, _port: int) -> tuple[Dial, ...]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    assert Verdict.UNREACHABLE is ask_one("http://busy.net/", lookup=lookup).verdict


def test_proxies_of_the_environment_are_not_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy sees the links, and dials what was never checked."""
    proxy = web.site(address="127.0.0.3")
    site = web.site({"/": page()})
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url())

    assert (Verdict.ALIVE, 0) == (ask_one(site.url()).verdict, proxy.connections)


def secret_headers(variable: str) -> LinkSettings:
    return LinkSettings(headers={"127.0.0.1": {"X-Token": variable}, "other.test": {"X-O": "O"}})


@pytest.mark.parametrize(
    ("variable", "sent"),
    [
        ("TLDR_LINT_127_0_0_1", True),
        ("TLDR_LINT_127_0_0_2", False),
        ("TLDR_LINT_WIKI_TEST", False),
        ("WIKI_TOKEN", False),
        ("UNSET", False),
        ("GITHUB_TOKEN", False),
    ],
)
def test_a_contract_s_header_is_the_variable_of_its_host_and_no_other(
    web: Web, variable: str, sent: bool
) -> None:
    """A stranger's contract has a secret sent to a stranger's host."""
    site = web.site({"/": page()})
    names = "TLDR_LINT_127_0_0_1 TLDR_LINT_127_0_0_2 TLDR_LINT_WIKI_TEST WIKI_TOKEN GITHUB_TOKEN O"
    environment = dict.fromkeys(names.split(), "t0ken")

    ask_one(site.url(), settings=secret_headers(variable), environment=environment)

    headers = site.requests[0].headers
    assert ("t0ken" if sent else None) == headers.get("x-token")
    assert not {"x-o", "x-evil", "authorization"} & set(headers)


def test_a_header_for_one_port_goes_to_that_port_alone(web: Web) -> None:
    """A host that is named with its port is given nothing, or all its ports are."""
    site, other = web.site({"/": page()}), web.site({"/": page()})
    headers = {f"127.0.0.1:{site.port}": {"X-Token": "TLDR_LINT_127_0_0_1"}}

    ask_all(
        site.url(),
        other.url(),
        settings=LinkSettings(headers=headers),
        environment={"TLDR_LINT_127_0_0_1": "t0ken"},
    )

    assert ["t0ken"] == [each.headers.get("x-token") for each in site.requests]
    assert [None] == [each.headers.get("x-token") for each in other.requests]


def test_a_header_of_two_lines_is_not_sent(web: Web) -> None:
    """A value with a line break splits the request."""
    site = web.site({"/": page()})

    ask_one(
        site.url(),
        settings=secret_headers("TLDR_LINT_127_0_0_1"),
        environment={"TLDR_LINT_127_0_0_1": "a\r\nX-Evil: b"},
    )

    assert not {"x-token", "x-evil"} & set(site.requests[0].headers)


@pytest.mark.parametrize(
    ("host", "variable"),
    [
        ("wiki.company.test", "TLDR_LINT_WIKI_COMPANY_TEST"),
        ("wiki-company.test", "TLDR_LINT_WIKI__COMPANY_TEST"),
        ("wiki.company.test:8443", "TLDR_LINT_WIKI_COMPANY_TEST"),
        ("wiki.company.test:", None),
        ("wiki_company.test", None),
        ("", None),
    ],
)
def test_no_two_hosts_share_a_variable(host: str, variable: str | None) -> None:
    assert secret_variable(host) == variable


def test_a_contract_s_header_does_not_follow_a_redirect(web: Web) -> None:
    """A host that is trusted with a header sends us, and it, elsewhere."""
    away = web.site({"/": page()}, address="127.0.0.2")
    site = web.site({"/": redirect(302, away.url())})

    ask_one(
        site.url(),
        settings=secret_headers("TLDR_LINT_127_0_0_1"),
        environment={"TLDR_LINT_127_0_0_1": "t0ken"},
    )

    assert "x-token" in site.requests[0].headers
    assert "x-token" not in away.requests[0].headers


def test_a_contract_s_header_is_not_sent_in_the_clear(web: Web) -> None:
    """A secret goes over plain http to a host of the open internet."""
    site = web.site({"/": page()})
    settings = LinkSettings(headers={"wiki.test": {"X-Token": "TLDR_LINT_WIKI_TEST"}})

    async def lookup(_host: str, port: int) -> tuple[Dial, ...]:
        return ((site.address, site.port if port == 80 else 1),)

    ask_one(
        "http://wiki.test/",
        settings=settings,
        lookup=lookup,
        environment={"TLDR_LINT_WIKI_TEST": "t0ken"},
    )

    assert "x-token" not in site.requests[0].headers
