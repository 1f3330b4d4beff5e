"""Whatever a server does: the right verdict, and no more requests than it takes."""

import gzip
import zlib

import pytest

from tldr_lint import __version__
from tldr_lint.answers import Hop, Verdict
from tldr_lint.contract.model import LinkSettings
from web_asking import SHORT, ask_all, ask_one
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import (
    Request,
    Script,
    Web,
    Wire,
    close,
    drip,
    endless,
    hang,
    in_turn,
    page,
    raw,
    redirect,
    reset,
    response,
)

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

ALIVE = Verdict.ALIVE
DEAD = Verdict.DEAD
BLOCKED = Verdict.BLOCKED
UNREACHABLE = Verdict.UNREACHABLE


async def get_only(request: Request, wire: Wire) -> None:
    await wire.send(response(200 if request.method == "GET" else 405))


async def head_lies(request: Request, wire: Wire) -> None:
    await wire.send(response(404 if request.method == "GET" else 200))


async def head_hangs(request: Request, wire: Wire) -> None:
    await (hang if request.method == "HEAD" else page())(request, wire)


async def head_resets(request: Request, wire: Wire) -> None:
    await (reset if request.method == "HEAD" else page())(request, wire)


async def wants_html(request: Request, wire: Wire) -> None:
    fine = "text/html" in request.headers.get("accept", "")
    await wire.send(response(200 if fine else 404))


async def echo_host(request: Request, wire: Wire) -> None:
    await wire.send(response(200 if request.headers.get("host") else 400))


CASES: list[tuple[str, Script, Verdict, int]] = [
    ("plain", page(), ALIVE, 1),
    ("no content", raw(b"HTTP/1.1 204 No Content\r\n\r\n"), ALIVE, 1),
    ("gone", page(status=410), DEAD, 1),
    ("not found", page(status=404), DEAD, 1),
    ("bad request", page(status=400), DEAD, 1),
    ("unauthorised", page(status=401), BLOCKED, 1),
    ("forbidden", page(status=403), BLOCKED, 1),
    ("not acceptable", page(status=406), BLOCKED, 1),
    ("teapot", page(status=418), BLOCKED, 1),
    ("for legal reasons", page(status=451), BLOCKED, 1),
    ("linkedin", page(status=999), BLOCKED, 1),
    ("always 429", page(status=429, retry_after="0"), BLOCKED, 4),
    ("500 once", in_turn(page(status=500), page()), ALIVE, 2),
    ("502 once", in_turn(page(status=502), page()), ALIVE, 2),
    ("503 once", in_turn(page(status=503, retry_after="0"), page()), ALIVE, 2),
    ("500 twice", in_turn(page(status=500), page(status=500), page()), ALIVE, 3),
    ("always 500", page(status=500), UNREACHABLE, 3),
    ("not implemented", page(status=501), UNREACHABLE, 1),
    ("reset once", in_turn(reset, page()), ALIVE, 2),
    ("closed once", in_turn(close, page()), ALIVE, 2),
    ("closed within the head once", in_turn(raw(HTML, close=True), page()), ALIVE, 2),
    ("always reset", reset, UNREACHABLE, 3),
    ("429 with seconds", in_turn(page(status=429, retry_after="1"), page()), ALIVE, 2),
    ("429 for minutes", page(status=429, retry_after="300"), BLOCKED, 1),
    ("503 for minutes", page(status=503, retry_after="300"), BLOCKED, 1),
    (
        "503 until a far date",
        page(status=503, retry_after="Wed, 01 Jan 2200 00:00:00 GMT"),
        BLOCKED,
        1,
    ),
    (
        "503 until a past date",
        in_turn(page(status=503, retry_after="Wed, 01 Jan 2020 00:00:00 GMT"), page()),
        ALIVE,
        2,
    ),
    ("429 with nonsense", in_turn(page(status=429, retry_after="soon"), page()), ALIVE, 2),
    ("cloudflare 403", page(status=403, cf_mitigated="challenge"), BLOCKED, 1),
    ("cloudflare 503", page("<title>Just a moment...</title>", 503), BLOCKED, 1),
    ("cloudflare script", page("<script src=/cdn-cgi/challenge-platform/x>", 503), BLOCKED, 1),
    ("aws wall", page(status=202, x_amzn_waf_action="challenge"), BLOCKED, 1),
    ("head refused", get_only, ALIVE, 1),
    ("head lies", head_lies, DEAD, 1),
    ("head hangs", head_hangs, ALIVE, 1),
    ("head resets", head_resets, ALIVE, 1),
    ("wants html accepted", wants_html, ALIVE, 1),
    ("wants a host", echo_host, ALIVE, 1),
    ("body without end", endless(HTML + b"\r\n", b"x" * 4096), ALIVE, 1),
    ("body at a drip", drip(HTML + b"\r\n", b"x"), ALIVE, 1),
    ("long header", page(x_long="a" * 16_300), ALIVE, 1),
    ("many long headers", page(x_a="a" * 16_300, x_b="b" * 16_300, x_c="c" * 16_300), ALIVE, 1),
    ("head without end", endless(HTML, b"X-Y: z\r\n" * 512), UNREACHABLE, 1),
    ("a line that is no header", raw(HTML + b"no header\r\nA b: c\r\n\r\n", close=True), ALIVE, 1),
    ("bare line feeds", raw(b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"), ALIVE, 1),
    ("a folded header", raw(HTML + b"A: b\r\n c\r\nContent-Length:\r\n\t0\r\n\r\n"), ALIVE, 1),
    (
        "two lengths",
        raw(HTML + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        UNREACHABLE,
        1,
    ),
    ("a body that is too short", raw(HTML + b"Content-Length: 99\r\n\r\nhi", close=True), ALIVE, 1),
    ("no reason", raw(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), ALIVE, 1),
    ("a length that is none", raw(HTML + b"Content-Length: two\r\n\r\nhi", close=True), ALIVE, 1),
    ("chunks", raw(HTML + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"), ALIVE, 1),
    ("broken chunks", raw(HTML + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), ALIVE, 1),
    ("early hints", raw(b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + response(200)), ALIVE, 1),
    ("another protocol", raw(b"SSH-2.0-OpenSSH\r\n"), UNREACHABLE, 1),
    ("a status that is none", raw(b"HTTP/1.1 OK\r\n\r\n"), UNREACHABLE, 1),
    ("300 choices", page(status=300), ALIVE, 1),
    ("nowhere", page(status=301), DEAD, 1),
    ("to a script", redirect(302, "javascript:alert(1)"), DEAD, 1),
    ("to a file", redirect(301, "file:///etc/passwd"), DEAD, 1),
    ("to data", redirect(302, "data:text/html,hi"), DEAD, 1),
    ("to no host", redirect(302, "http:///"), DEAD, 1),
    ("to half an address", redirect(302, "http://[::1"), DEAD, 1),
    ("to a name that idna refuses", redirect(302, "http://xn--/"), DEAD, 1),
    ("to a port that is none", redirect(302, "http://127.0.0.1:99999/"), DEAD, 1),
    ("to itself", redirect(302, "/page"), DEAD, 1),
]


@pytest.mark.parametrize(
    ("script", "verdict", "requests"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_a_behaviour_has_its_verdict_and_its_number_of_requests(
    web: Web, script: Script, verdict: Verdict, requests: int
) -> None:
    """A false alarm, a fault that goes unseen, or a server asked more often than needed."""
    site = web.site({"/page": script})

    answer = ask_one(site.url("/page"))

    assert (verdict, requests) == (answer.verdict, site.counts["/page"])
    assert {"GET"} == site.methods


@pytest.mark.parametrize(
    "script",
    [hang, drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")],
    ids=["silence", "head at a drip"],
)
def test_a_page_that_does_not_come_is_unreachable(web: Web, script: Script) -> None:
    """A server holds the run for as long as it likes, or is called dead for being slow."""
    site = web.site({"/page": script})

    answer = ask_one(site.url("/page"), patience=SHORT)

    assert (Verdict.UNREACHABLE, "it did not answer in time") == (answer.verdict, answer.reason)


def test_a_host_where_nobody_listens_is_unreachable(web: Web) -> None:
    """A server that is restarted is called dead."""
    site = web.site()
    web.stop_serving(site)

    assert Verdict.UNREACHABLE is ask_one(site.url()).verdict


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("there", "/a/there"),
        ("/a b", "/a%20b"),
        ("/ü", "/%C3%BC"),
        ("/%C3%BC", "/%C3%BC"),
        ("../x?q=ä", "/x?q=%C3%A4"),
        ("?only=query", "/a/page?only=query"),
        ("  /blanks  ", "/blanks"),
        ("\\back", "/back"),
        ("..\\b?c=\\d", "/b?c=\\d"),
        ("http:rel", "/a/rel"),
        ("\r\n /folded", "/folded"),
        ("/a%2Fb%20c", "/a%2Fb%20c"),
    ],
)
def test_a_location_is_read_as_a_browser_reads_it(web: Web, location: str, path: str) -> None:
    """A relative, raw or padded `Location` leads to the wrong page or to none."""
    site = web.site({"/a/page": redirect(301, location), path: page()})

    answer = ask_one(site.url("/a/page"))

    assert (Verdict.ALIVE, site.url(path)) == (answer.verdict, answer.final)


def test_a_location_may_leave_out_the_scheme(web: Web) -> None:
    """`//host/path` is taken for a path."""
    there = web.site({"/x": page()}, address="127.0.0.2")
    here = web.site({"/": redirect(302, f"//127.0.0.2:{there.port}/x")})

    assert there.url("/x") == ask_one(here.url()).final


def test_the_hops_of_a_mixed_chain_are_told_apart(web: Web) -> None:
    """What is permanent in a chain is lost, or the fragment of a `Location` is."""
    site = web.site(
        {
            "/1": redirect(301, "/2"),
            "/2": redirect(308, "/3#part"),
            "/3": redirect(302, "/4"),
            "/4": redirect(301, "/5"),
            "/5": page(),
        }
    )

    answer = ask_one(site.url("/1"))

    assert (
        Hop(301, site.url("/2")),
        Hop(308, site.url("/3#part")),
        Hop(302, site.url("/4")),
        Hop(301, site.url("/5")),
    ) == answer.hops
    assert [True, True, False, True] == [hop.permanent for hop in answer.hops]


@pytest.mark.parametrize("ways", [("/1",), ("/2", "/1"), ("/2", "/3", "/1")])
def test_a_circle_is_dead_and_asked_once_around(web: Web, ways: tuple[str, ...]) -> None:
    """A circle is gone around until a limit ends it, or nothing is said of its status."""
    site = web.site({at: redirect(302, to) for at, to in zip(("/1", *ways), ways, strict=False)})

    answer = ask_one(site.url("/1"))

    assert (Verdict.DEAD, 302, "it redirects in a circle") == (
        answer.verdict,
        answer.status,
        answer.reason,
    )
    assert len(ways) == len(site.requests)


def test_a_chain_without_end_is_left(web: Web) -> None:
    """Redirects that never repeat hold the run for ever."""

    async def further(request: Request, wire: Wire) -> None:
        at = int(request.path.partition("?")[2] or "0")
        await wire.send(response(302, location=f"/x?{at + 1}"))

    site = web.site({"/x": further})

    assert Verdict.UNREACHABLE is ask_one(site.url("/x")).verdict
    assert len(site.requests) <= 11


def test_a_redirect_that_wants_its_cookie_back_gets_it(web: Web) -> None:
    """A page behind a cookie wall is called dead for redirecting in a circle."""

    async def wall(request: Request, wire: Wire) -> None:
        if "seen=yes" in request.headers.get("cookie", ""):
            await wire.send(response(200))
        else:
            await wire.send(response(302, location="/wall", set_cookie="seen=yes; Path=/"))

    site = web.site({"/wall": wall})

    answer = ask_one(site.url("/wall"))

    assert (Verdict.ALIVE, site.url("/wall"), 2) == (
        answer.verdict,
        answer.final,
        len(site.requests),
    )


def test_a_cookie_that_is_set_on_the_way_is_given_back(web: Web) -> None:
    """A wall that sends everybody by way of another page is taken for a circle."""

    async def wall(request: Request, wire: Wire) -> None:
        if "seen=yes" in request.headers.get("cookie", ""):
            await wire.send(response(200))
        else:
            await wire.send(response(302, location="/set"))

    site = web.site({"/wall": wall, "/set": page("", 302, location="/wall", set_cookie="seen=yes")})

    assert Verdict.ALIVE is ask_one(site.url("/wall")).verdict
    assert {"/wall": 2, "/set": 1} == site.counts


def test_a_cookie_stays_with_its_host_and_its_link(web: Web) -> None:
    """A host learns what another set, or what an earlier link was given."""
    other = web.site({"/": page()}, address="127.0.0.2")
    site = web.site(
        {
            "/a": page("", 302, location=other.url(), set_cookie="secret=1"),
            "/b": page(),
        }
    )

    ask_all(site.url("/a"), site.url("/b"))

    assert all("cookie" not in request.headers for request in (*other.requests, *site.requests))


def test_a_server_is_told_who_asks(web: Web) -> None:
    """Whoever runs the server cannot tell the robot, or finds nobody to ask about it."""
    site = web.site({"/": page()})

    ask_one(site.url())

    agent = site.requests[0].headers["user-agent"]
    assert f"tldr-lint/{__version__}; +https://" in agent


def test_one_malformed_url_does_not_spoil_the_rest(web: Web) -> None:
    """A name that httpx or idna chokes on ends the run."""
    site = web.site({"/": page()})

    asked = ask_all("http://xn--/", site.url())

    assert [Verdict.MALFORMED, Verdict.ALIVE] == [
        answer.verdict for answer in asked.answers.values()
    ]


def test_links_that_differ_in_fragment_or_spelling_share_one_request(web: Web) -> None:
    """A page is asked once for each link to it."""
    site = web.site({"/a%20b": page("<p id=one>")})
    links = [site.url("/a b"), site.url("/a%20b#one"), site.url("/a b#two")]

    asked = ask_all(*links, *(link.replace("http:", "HTTP:") for link in links), anchors=True)

    assert {"/a%20b": 1} == site.counts
    assert 1 == len(asked.answers)


@pytest.mark.parametrize("anchors", [False, True])
def test_a_page_that_many_redirects_lead_to_is_asked_once(web: Web, anchors: bool) -> None:
    """A site's new front page is asked for by each link to an old one, and by its own link."""
    old = {f"/{n}": redirect(301, "/by") for n in range(20)}
    site = web.site({**old, "/by": redirect(302, "/new"), "/new": page("<p id=one>")})
    links = [site.url(path) for path in (*old, "/new")]

    asked = ask_all(*links, anchors=anchors)

    assert dict.fromkeys((*old, "/by", "/new"), 1) == site.counts
    assert {Verdict.ALIVE} == {answer.verdict for answer in asked.answers.values()}
    found = {answer.page.anchors if answer.page else None for answer in asked.answers.values()}
    assert {frozenset({"one"}) if anchors else None} == found


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        (page("<title>Just a moment...</title>"), BLOCKED),
        (page(status=403), BLOCKED),
        (page(status=404), DEAD),
        (page(status=500), UNREACHABLE),
        (close, UNREACHABLE),
    ],
    ids=["wall", "forbidden", "not found", "broken", "closed"],
)
def test_what_a_shared_page_says_holds_for_every_link_to_it(
    web: Web, script: Script, verdict: Verdict
) -> None:
    """The second link to a page is judged by less than the first."""
    site = web.site({"/a": redirect(302, "/x"), "/b": redirect(302, "/x"), "/x": script})

    asked = ask_all(site.url("/a"), site.url("/b"), site.url("/x"), anchors=True)

    assert {verdict} == {answer.verdict for answer in asked.answers.values()}


def test_a_page_seen_with_a_cookie_is_not_what_others_see(web: Web) -> None:
    """A link is judged by what a page said to one that had passed a cookie wall."""

    async def members(request: Request, wire: Wire) -> None:
        await wire.send(response(200 if "in=1" in request.headers.get("cookie", "") else 403))

    enter = page("", 302, location="/members", set_cookie="in=1")
    site = web.site({"/enter": enter, "/members": members})

    asked = ask_all(site.url("/enter"), site.url("/members"))

    assert [ALIVE, BLOCKED] == [answer.verdict for answer in asked.answers.values()]


def test_connections_are_used_again(web: Web) -> None:
    """Each request opens a connection of its own, or more are open than a host is to bear."""
    site = web.site({f"/{n}": page() for n in range(40)})

    ask_all(*(site.url(f"/{n}") for n in range(40)))

    assert 40 == len(site.requests)
    assert site.connections <= 10


def test_a_connection_that_was_closed_while_idle_is_no_failure(web: Web) -> None:
    """A server's habit of closing after each answer is reported as a reset."""
    site = web.site({f"/{n}": raw(response(200), close=True) for n in range(30)})

    asked = ask_all(*(site.url(f"/{n}") for n in range(30)))

    assert {Verdict.ALIVE} == {answer.verdict for answer in asked.answers.values()}


def test_a_bomb_is_not_unpacked(web: Web) -> None:
    """A few kilobytes of gzip become a gigabyte."""
    bomb = gzip.compress(b"<p id=first>" + b" " * 50_000_000)
    site = web.site({"/": raw(response(200, bomb, content_encoding="gzip"))})

    answer = ask_one(site.url(), anchors=True)

    assert Verdict.ALIVE is answer.verdict
    assert answer.page is not None
    assert answer.page.anchors is None


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_a_packed_page_is_read(web: Web, encoding: str) -> None:
    """Anchors of a packed page are not found."""
    body = b"<p id=part>"
    if encoding == "gzip":
        body = gzip.compress(body)
    elif encoding == "deflate":
        body = zlib.compress(body)[2:-4]
    site = web.site({"/": raw(response(200, body, content_encoding=encoding))})

    answer = ask_one(site.url(), anchors=True)

    assert answer.page is not None
    assert frozenset({"part"}) == answer.page.anchors


@pytest.mark.parametrize("accept", [404, 403, 500])
def test_a_status_that_the_contract_accepts_is_alive(web: Web, accept: int) -> None:
    """`accept` is not heeded, or not before the retries."""
    site = web.site({"/": page(status=accept)})

    answer = ask_one(site.url(), settings=LinkSettings(accept=(accept,)))

    assert (Verdict.ALIVE, 1) == (answer.verdict, len(site.requests))
