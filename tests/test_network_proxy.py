"""A proxy on loopback: what it is asked, what it is told, and what it is not asked at all."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner

from tldr_lint.answers import Answer, Question, Verdict, web_target
from tldr_lint.cli import main
from tldr_lint.contract.model import LinkSettings
from tldr_lint.network.ask import Asked, Way, ask
from tldr_lint.network.proxy import proxy_of
from web_asking import LOOPBACK, QUICK, names
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Request, Script, Site, Web, Wire, page, redirect, reset


def tunnel(site: Site) -> Script:
    """A way to a site, whatever name it was asked by."""

    async def script(_request: Request, wire: Wire) -> None:
        reader, writer = await asyncio.open_connection(site.address, site.port)
        await wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                with contextlib.suppress(ConnectionError):
                    while data := await source.read(65536):
                        sink.write(data)
                        await sink.drain()
            finally:
                sink.transport.abort()

        await asyncio.gather(pump(wire.reader, writer), pump(reader, wire.writer))

    return script


def refused(status: int) -> Script:
    return page("", status, content_type="text/plain")


def ask_by(proxy: Site, *urls: str, user: str = "", opened: bool = False, **env: str) -> Asked:
    address = f"http://{user}{proxy.address}:{proxy.port}"
    way = Way(LOOPBACK if opened else (), env, names(), QUICK, proxy_of(address))
    return ask([Question(web_target(url).page) for url in urls], LinkSettings(), way)


def answer_by(proxy: Site, url: str, *, user: str = "", opened: bool = False) -> Answer:
    (answer,) = ask_by(proxy, url, user=user, opened=opened).answers.values()
    return answer


@pytest.fixture(name="authority")
def authority_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "root.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
    return authority


def secure_site(web: Web, authority: trustme.CA, name: str, *paths: str) -> Site:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(made)
    return web.site({path: page() for path in paths}, tls=made)


def test_a_proxy_is_asked_for_the_whole_address(web: Web) -> None:
    """The proxy cannot tell which host is meant, or a name that only it knows is looked up here."""
    url = "http://plain.test/a?b=c"
    twin = {"plain.test:443": refused(403)}
    proxy = web.site({url: page(), **twin})

    answer = answer_by(proxy, url)

    assert Verdict.ALIVE is answer.verdict
    first = proxy.requests[0]
    assert ("GET", url, "plain.test") == (first.method, first.path, first.headers["host"])


def test_secure_pages_are_asked_through_a_tunnel(web: Web, authority: trustme.CA) -> None:
    """The proxy reads what is secret, or a tunnel is dug for every page."""
    paths = [f"/{n}" for n in range(20)]
    site = secure_site(web, authority, "good.test", *paths)
    proxy = web.site({"good.test:443": tunnel(site)})

    asked = ask_by(proxy, *(f"https://good.test{path}" for path in paths), user="me:secret@")

    assert {Verdict.ALIVE} == {answer.verdict for answer in asked.answers.values()}
    assert {"CONNECT"} == proxy.methods
    assert len(proxy.requests) <= 10
    assert 20 == len(site.requests)
    assert all("proxy-authorization" not in request.headers for request in site.requests)


def test_a_certificate_is_judged_through_a_tunnel(web: Web, authority: trustme.CA) -> None:
    """A proxy that stands in for the host is believed."""
    site = secure_site(web, authority, "other.test", "/")
    proxy = web.site({"good.test:443": tunnel(site)})

    answer = answer_by(proxy, "https://good.test/")

    assert (Verdict.DEAD, []) == (answer.verdict, site.requests)


def test_the_password_goes_to_the_proxy_alone(web: Web) -> None:
    """A password in the address of the proxy is lost, or goes on to the host."""
    url = "http://plain.test/"
    proxy = web.site({url: page(), "plain.test:443": refused(403)})

    answer_by(proxy, url, user="m%C3%A9:a%3Ab@")

    expected = "Basic bcOpOmE6Yg=="
    assert {expected} == {request.headers["proxy-authorization"] for request in proxy.requests}


@pytest.mark.parametrize("url", ["http://plain.test/", "https://good.test/"])
def test_a_proxy_that_wants_a_password_is_not_the_pages_fault(web: Web, url: str) -> None:
    """A wrong password is remembered as what the page said."""
    proxy = web.site({"http://plain.test/": refused(407), "good.test:443": refused(407)})

    answer = answer_by(proxy, url)

    assert (Verdict.BLOCKED, False) == (answer.verdict, answer.kept)
    assert "password" in answer.reason


@pytest.mark.parametrize(
    ("script", "verdict", "requests"),
    [
        (refused(403), Verdict.BLOCKED, 1),
        (refused(502), Verdict.UNREACHABLE, 3),
        (refused(504), Verdict.UNREACHABLE, 3),
        (reset, Verdict.UNREACHABLE, 3),
    ],
)
def test_a_tunnel_that_is_not_dug_is_no_definite_no(
    web: Web, script: Script, verdict: Verdict, requests: int
) -> None:
    """What the proxy will not or cannot do is reported as a dead link."""
    proxy = web.site({"good.test:443": script})

    answer = answer_by(proxy, "https://good.test/")

    assert (verdict, requests) == (answer.verdict, len(proxy.requests))
    assert "the proxy" in answer.reason


def test_a_proxy_that_is_not_there_is_said_once_for_all(web: Web) -> None:
    """Every page waits for a proxy that nobody runs, or is remembered as unreachable."""
    proxy = web.site()
    web.stop_serving(proxy)

    asked = ask_by(proxy, *(f"http://h{n}.test/" for n in range(30)))

    said = {(a.verdict, a.reason, a.kept) for a in asked.answers.values()}
    assert {(Verdict.UNREACHABLE, "not asked: the proxy cannot be reached", False)} == said


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://[::1]/",
        "http://2130706433/",
        "http://169.254.169.254/latest",
        "http://localhost/",
        "http://intranet/",
        "https://printer.local/",
        "http://a.internal/",
        "http://public.test:22/",
    ],
)
def test_what_the_link_itself_shows_to_be_private_is_not_asked(web: Web, url: str) -> None:
    """A stranger's link reaches, through the proxy, what it may not reach without."""
    proxy = web.site({url: page()})

    answer = answer_by(proxy, url)

    assert (Verdict.BLOCKED, False, 0) == (answer.verdict, answer.kept, proxy.connections)


def test_a_redirect_into_a_private_network_is_not_followed(web: Web) -> None:
    """Only the first address is judged."""
    url = "http://plain.test/"
    proxy = web.site({url: redirect(302, "http://127.0.0.9/")})

    answer = answer_by(proxy, url)

    assert (Verdict.BLOCKED, 1) == (answer.verdict, len(proxy.requests))


def test_an_opened_network_is_asked_for_by_proxy(web: Web) -> None:
    """`--allow-private` says nothing once a proxy is named."""
    proxy = web.site({"http://127.0.0.9/": page()})

    assert Verdict.ALIVE is answer_by(proxy, "http://127.0.0.9/", opened=True).verdict


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://proxy.test:3128", "proxy.test", 3128),
        ("http://proxy.test/", "proxy.test", 80),
        ("http://u:p@[::1]:8080", "::1", 8080),
    ],
)
def test_an_address_names_a_proxy(url: str, host: str, port: int) -> None:
    """A usual way to write a proxy's address is refused."""
    assert (host, port) == (proxy_of(url).host, proxy_of(url).port)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "proxy:3128",
        "https://proxy.test",
        "socks5://proxy.test",
        "http://",
        "http://u:hunter2@proxy.test:none",
        "http://u:hunter2@proxy.test/path",
        "http://u:hunter2@[::1",
    ],
)
def test_a_wrong_address_is_said_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A misspelt proxy is ignored, or its password ends up in a log."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRE_COMMIT", raising=False)
    (tmp_path / "README.md").write_text("# A\n")

    result = CliRunner().invoke(main, ["--links", "--no-cache", f"--proxy={url}"])

    assert 2 == result.exit_code
    assert "`--proxy` names no proxy" in result.stderr
    assert "hunter2" not in result.stderr


def test_the_command_line_asks_through_the_proxy_it_names(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option is taken and forgotten, or a proxy of the environment is used instead."""
    proxy, other = web.site({"http://gone.test/": page(status=404)}), web.site()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRE_COMMIT", raising=False)
    monkeypatch.setenv("HTTP_PROXY", other.url())
    monkeypatch.setenv("http_proxy", other.url())
    (tmp_path / "README.md").write_text("# A\n\n<http://gone.test/>\n")

    result = CliRunner().invoke(main, ["--links", "--no-cache", "--proxy", proxy.url()])

    assert 1 == result.exit_code
    assert "TL501" in result.stdout
    assert (1, 0) == (len(proxy.requests), other.connections)


def test_a_proxy_goes_with_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten `--links` passes unseen."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("# A\n")

    result = CliRunner().invoke(main, ["--proxy", "http://proxy.test"])

    assert (2, True) == (result.exit_code, "goes with `--links`" in result.stderr)
