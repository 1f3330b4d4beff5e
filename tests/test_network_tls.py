"""TLS on loopback, with a certificate authority of our own."""

import datetime
import ssl
from pathlib import Path

import pytest
import trustme

from tldr_lint.answers import Verdict
from web_asking import SHORT, ask_all, ask_one, names
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Site, Web, page, redirect


@pytest.fixture(name="authority")
def authority_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "root.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
    return authority


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


def secure_site(web: Web, authority: trustme.CA, name: str, **pages: str) -> Site:
    found = {f"/{path}": page(body) for path, body in pages.items()}
    return web.site(found, tls=context(authority.issue_cert(name)))


def test_a_trusted_certificate_is_accepted_and_connections_are_used_again(
    web: Web, authority: trustme.CA
) -> None:
    """Every request shakes hands anew, or our own authority is not trusted."""
    site = secure_site(web, authority, "good.test", **{str(n): "hi" for n in range(20)})

    asked = ask_all(
        *(f"https://good.test/{n}" for n in range(20)), lookup=names(good_test={"https": site})
    )

    assert {Verdict.ALIVE} == {answer.verdict for answer in asked.answers.values()}
    assert 20 == len(site.requests)
    assert site.connections <= 10
    assert {"good.test"} == {request.headers["host"] for request in site.requests}


def test_the_name_is_asked_for_although_the_address_is_dialled(
    web: Web, authority: trustme.CA
) -> None:
    """A server with several names cannot tell which one is meant (SNI)."""
    seen: list[str | None] = []
    made = context(authority.issue_cert("good.test"))
    made.sni_callback = lambda _socket, name, _context: seen.append(name)
    site = web.site({"/page": page()}, tls=made)

    ask_one("https://good.test/page", lookup=names(good_test={"https": site}))

    assert ["good.test"] == seen


def test_an_expired_certificate_is_a_definite_no(web: Web, authority: trustme.CA) -> None:
    """A page that every browser refuses is called alive, or asked for again and again."""
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    site = web.site(tls=context(authority.issue_cert("old.test", not_after=past)))

    answer = ask_one("https://old.test/", lookup=names(old_test={"https": site}))

    assert (Verdict.DEAD, "its certificate has expired") == (answer.verdict, answer.reason)
    assert [] == site.requests


def test_a_certificate_of_another_name_is_a_definite_no(web: Web, authority: trustme.CA) -> None:
    """A connection that was made for one name is used for another on the same address."""
    site = secure_site(web, authority, "good.test", page="hi")
    lookup = names(good_test={"https": site}, other_test={"https": site})

    asked = ask_all("https://good.test/page", "https://other.test/page", lookup=lookup)

    assert [Verdict.ALIVE, Verdict.DEAD] == [a.verdict for a in asked.answers.values()]
    assert 1 == len(site.requests)


def test_a_certificate_of_an_unknown_authority_is_no_verdict(
    web: Web, authority: trustme.CA
) -> None:
    """What our roots lack is reported as the page's fault."""
    site = web.site({"/": page()}, tls=context(trustme.CA().issue_cert("odd.test")))

    answer = ask_one("https://odd.test/", lookup=names(odd_test={"https": site}))

    assert Verdict.UNREACHABLE is answer.verdict
    assert [] == site.requests


def test_a_self_signed_certificate_is_a_definite_no(
    web: Web, authority: trustme.CA, tmp_path: Path
) -> None:
    """A certificate that nobody vouches for is accepted, or taken for a fault that may pass."""
    alone = trustme.CA()
    alone.private_key_pem.write_to_path(tmp_path / "key.pem")
    alone.cert_pem.write_to_path(tmp_path / "certificate.pem")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    site = web.site({"/": page()}, tls=made)

    answer = ask_one("https://self.test/", lookup=names(self_test={"https": site}))

    assert (Verdict.DEAD, "its certificate is self-signed") == (answer.verdict, answer.reason)


def test_a_plain_port_does_not_speak_tls(web: Web, authority: trustme.CA) -> None:
    """`https:` to a port that speaks plain HTTP hangs or ends the run."""
    site = web.site({"/": page()})

    answer = ask_one(f"https://127.0.0.1:{site.port}/", patience=SHORT)

    assert answer.verdict in {Verdict.DEAD, Verdict.UNREACHABLE}
    assert [] == site.requests


@pytest.mark.parametrize(
    ("http", "https", "same"),
    [
        ("<title>One</title>text", "<title>One</title>text", True),
        ("<title>One</title>at 12:01", "<title>One</title>at 12:02", True),
        ("<title>One</title>", "<title>Welcome to nginx</title>", False),
        ("<p>one", "<p>another", False),
    ],
)
def test_https_counts_only_where_the_same_page_answers(
    web: Web, authority: trustme.CA, http: str, https: str, same: bool
) -> None:
    """A host's default page on 443 is taken for the page."""
    plain = web.site({"/page": page(http)})
    secure = secure_site(web, authority, "both.test", page=https)

    answer = ask_one(
        "http://both.test/page", lookup=names(both_test={"http": plain, "https": secure})
    )

    assert (Verdict.ALIVE, same) == (answer.verdict, answer.secure)
    assert (1, 1) == (len(plain.requests), len(secure.requests))


def test_https_that_leads_back_to_http_is_not_the_same_page(
    web: Web, authority: trustme.CA
) -> None:
    """A fix writes `https:` although the host sends everybody back."""
    plain = web.site({"/": page()})
    tls = context(authority.issue_cert("back.test"))
    secure = web.site({"/": redirect(302, "http://back.test/")}, tls=tls)

    answer = ask_one("http://back.test/", lookup=names(back_test={"http": plain, "https": secure}))

    assert (Verdict.ALIVE, False) == (answer.verdict, answer.secure)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_https_of_where_a_redirect_leads_says_nothing_of_the_link(
    web: Web, authority: trustme.CA, scheme: str
) -> None:
    """A fix writes `https:` before a host that nobody asked over it."""
    plain = web.site({"/": page("<title>There</title>")})
    secure = secure_site(web, authority, "there.test", **{"": "<title>There</title>"})
    away = redirect(302, "http://there.test/")
    tls = context(authority.issue_cert("here.test"))
    here = {"http": web.site({"/": away}), "https": web.site({"/": away}, tls=tls)}

    answer = ask_one(
        f"{scheme}://here.test/",
        lookup=names(here_test=here, there_test={"http": plain, "https": secure}),
    )

    assert (Verdict.ALIVE, False) == (answer.verdict, answer.secure)
    assert [1, 1, 0] == [len(site.requests) for site in (here[scheme], plain, secure)]


def test_a_host_without_https_is_still_asked_for_all_its_pages(web: Web) -> None:
    """That `https:` does not answer is held against the pages on `http:`."""
    plain = web.site({f"/{n}": page() for n in range(12)})

    asked = ask_all(
        *(f"http://plain.test/{n}" for n in range(12)), lookup=names(plain_test={"http": plain})
    )

    assert {(Verdict.ALIVE, False)} == {(a.verdict, a.secure) for a in asked.answers.values()}
    assert 12 == len(plain.requests)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://github.com/page", True),
        ("https://api.github.com/page", True),
        ("https://github.com.evil.test/page", False),
        ("https://evil-github.com/page", False),
        ("https://gist.github.com/page", False),
        ("http://github.com/page", False),
    ],
)
def test_the_token_goes_to_github_alone(
    web: Web, authority: trustme.CA, url: str, sent: bool
) -> None:
    """A host whose name only looks like GitHub's is given the token."""
    hosts = ("github.com", "api.github.com", "github.com.evil.test", "evil-github.com")
    tls = context(authority.issue_cert(*hosts, "gist.github.com"))
    secure = web.site({"/page": page()}, tls=tls)
    plain = web.site({"/page": page()})
    both = {"http": plain, "https": secure}
    lookup = names(**dict.fromkeys((*hosts, "gist.github.com"), both))

    ask_one(url, lookup=lookup, environment={"GITHUB_TOKEN": "t0ken"})

    first = (plain if url.startswith("http:") else secure).requests[0]
    assert sent == (first.headers.get("authorization") == "Bearer t0ken")
    assert all("authorization" not in request.headers for request in plain.requests)


def test_the_token_does_not_follow_a_redirect(web: Web, authority: trustme.CA) -> None:
    """GitHub sends us elsewhere, and the token comes along."""
    away = web.site({"/": page()}, address="127.0.0.2")
    tls = context(authority.issue_cert("github.com"))
    site = web.site({"/": redirect(302, away.url())}, tls=tls)

    ask_one(
        "https://github.com/",
        lookup=names(github_com={"https": site}),
        environment={"GITHUB_TOKEN": "t0ken"},
    )

    assert "authorization" in site.requests[0].headers
    assert "authorization" not in away.requests[0].headers
