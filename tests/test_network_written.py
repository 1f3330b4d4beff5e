"""From the text of a note to the request line: what exactly is asked for what is written."""

import gzip
import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tldr_lint.cli import main
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Script, Web, page, raw, response


@pytest.fixture(name="root")
def root_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    for name in ("GIT_INDEX_FILE", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    return root


def linked(*arguments: str) -> Result:
    opened = ("--links", "--no-cache", "--allow-private", "127.0.0.0/8", "--format", "json")
    return CliRunner().invoke(main, [*opened, *arguments])


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("<{site}/plain>", "/plain"),
        ("{site}/bare", "/bare"),
        ("See {site}/bare.", "/bare"),
        ("({site}/in-brackets)", "/in-brackets"),
        ("{site}/a_(b)", "/a_(b)"),
        ("({site}/a_(b))", "/a_(b)"),
        # GitHub decodes no entity in a bare address.
        ("{site}/x?a=1&amp;b=2", "/x?a=1&amp;b=2"),
        ("[t]({site}/x?a=1&amp;b=2)", "/x?a=1&b=2"),
        ("[t]({site}/x?a=1&b=2)", "/x?a=1&b=2"),
        ("[t]({site}/a_(b))", "/a_(b)"),
        ("[t]({site}/a\\_b)", "/a_b"),
        ("[t](<{site}/a b>)", "/a%20b"),
        ("[t](<{site}/a (b)>)", "/a%20(b)"),
        ("[t]({site}/a%20b)", "/a%20b"),
        ("[t]({site}/%E2%82%AC)", "/%E2%82%AC"),
        ("[t]({site}/€?q=ü)", "/%E2%82%AC?q=%C3%BC"),
        ("[t]({site}/&eacute;)", "/%C3%A9"),
        ('[t]({site}/titled "a title")', "/titled"),
        ("[t]({site}/page#part)", "/page"),
        ("[t][r]\n\n[r]: {site}/reference", "/reference"),
        ('<a href="{site}/x?a=1&amp;b=2">t</a>', "/x?a=1&b=2"),
        ("<a href='{site}/a b'>t</a>", "/a%20b"),
        ('<img src="{site}/i.png">', "/i.png"),
        ("![i]({site}/i.png)", "/i.png"),
        ("| t |\n| --- |\n| [t]({site}/a\\|b) |", "/a|b"),
        ("[t]({site}/it's;v=1,2@3+4~5!$*)", "/it's;v=1,2@3+4~5!$*"),
        ("[t]({site}/100%)", "/100%"),
        ("[t]({site})", "/"),
        ("[t]({site}?q)", "/?q"),
        ("[t]({site}/a\\\\b)", "/a/b"),
        ("[t]({site}/a/../up)", "/up"),
        ("[t]({site}/a/%2e%2e/up)", "/up"),
    ],
)
def test_what_is_written_is_asked_as_a_browser_would(
    web: Web, root: Path, written: str, asked: str
) -> None:
    """A link that works for whoever clicks it is reported, or another page is asked for."""
    site = web.site()
    (root / "README.md").write_text(f"# Links\n\n{written.format(site=site.url(''))}\n")

    linked()

    assert [asked] == [request.path for request in site.requests]


def test_what_is_no_link_is_not_asked(web: Web, root: Path) -> None:
    """An address in code or in a comment is reported as dead."""
    site = web.site()
    address = site.url("/x")
    text = f"`{address}`\n\n```\n{address}\n```\n\n<!-- {address} -->\n"
    (root / "README.md").write_text(f"# Links\n\n{text}")

    assert (0, 0) == (linked().exit_code, site.connections)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text/html", b"<title>400 The plain HTTP request was sent to HTTPS port</title>"),
        ("text/plain", b"Client sent an HTTP request to an HTTPS server.\n"),
        ("text/html", b"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />"),
    ],
    ids=["nginx", "go", "apache"],
)
def test_a_port_that_wants_tls_is_said_to_want_it(
    web: Web, root: Path, kind: str, said: bytes
) -> None:
    """Whoever reads `400 Bad Request` looks for the fault in the path."""
    site = web.site({"/": raw(response(400, said, content_type=kind), close=True)})
    (root / "README.md").write_text(f"# Links\n\n<{site.url()}>\n")

    found = json.loads(linked().stdout)

    assert ["TL501"] == [each["code"] for each in found]
    assert "its port wants `https:`" in found[0]["message"]


def test_a_packed_bot_wall_is_seen(web: Web, root: Path) -> None:
    """A challenge that came as gzip is taken for a server that is down, and asked again."""
    wall = gzip.compress(b"<script>window._cf_chl_opt={}</script>")
    site = web.site({"/": raw(response(503, wall, content_encoding="gzip"))})
    (root / "README.md").write_text(f"# Links\n\n<{site.url()}>\n")

    found = json.loads(linked().stdout)

    assert (["TL508"], 1) == ([each["code"] for each in found], len(site.requests))


@pytest.fixture(name="hosts")
def hosts_fixture(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Names with their addresses, as in `/etc/hosts`; no other name can be resolved."""
    known: dict[str, str] = {}

    def getaddrinfo(host: str, port: int, **_how: int) -> list[tuple[object, ...]]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], port))]

    # Not asyncio's: it dials what was found here, which is an address.
    monkeypatch.setattr("tldr_lint.network.address.socket.getaddrinfo", getaddrinfo)
    return known


def paper(title: str, year: int) -> Script:
    return page(
        f'<meta name="citation_title" content="{title}">'
        f'<meta name="citation_date" content="{year}/06/12"><title>{title}</title>'
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| 2017 | [Attention Is All You Need]({url}) |", None),
        ("| 2018 | [Attention is all you need!]({url}) |", None),
        (
            "| 2017 | [Deep Residual Learning for Image Recognition]({url}) |",
            "leads to another paper, `Attention Is All You Need`",
        ),
        (
            "| 2012 | [Attention Is All You Need]({url}) |",
            "the paper is of 2017, its row says 2012",
        ),
    ],
)
def test_a_paper_is_compared_with_what_its_row_says(
    web: Web, root: Path, hosts: dict[str, str], row: str, message: str | None
) -> None:
    """A wrong paper goes unseen on its host, or the right one is called wrong."""
    site = web.site({"/abs/1706.03762": paper("Attention Is All You Need", 2017)})
    hosts["arxiv.org"] = site.address
    url = f"http://arxiv.org:{site.port}/abs/1706.03762"
    table = f"| Year | Paper |\n| --- | --- |\n{row.format(url=url)}\n"
    (root / "README.md").write_text(f"# Papers\n\n{table}")

    found = [each for each in json.loads(linked().stdout) if each["code"] == "TL506"]

    assert ["/abs/1706.03762"] == [request.path for request in site.requests]
    assert f"arxiv.org:{site.port}" == site.requests[0].headers["host"]
    assert (0 if message is None else 1) == len(found)
    assert message is None or message in found[0]["message"]


def test_an_ordinary_page_is_never_taken_for_a_wrong_paper(
    web: Web, root: Path, hosts: dict[str, str]
) -> None:
    """A blog with another title than its link's text is called another paper."""
    site = web.site({"/post": page("<title>My Blog, All Posts And Notes</title>")})
    hosts["blog.test"] = site.address
    link = f"[Attention Is All You Need](http://blog.test:{site.port}/post)"
    (root / "README.md").write_text(f"# Papers\n\n| Paper |\n| --- |\n| {link} |\n")

    assert [] == json.loads(linked().stdout)
    assert 1 == len(site.requests)


def test_a_name_that_does_not_exist_is_a_dead_link_where_others_do(
    web: Web, root: Path, hosts: dict[str, str]
) -> None:
    """A domain that was given up goes unseen, or one name that is missing condemns them all."""
    site = web.site({"/": page()})
    hosts["here.org"] = site.address
    (root / "README.md").write_text(f"# A\n\n<http://here.org:{site.port}/>\n<https://gone.org/>\n")

    found = json.loads(linked().stdout)

    assert ["TL501"] == [each["code"] for each in found]
    assert "there is no host `gone.org`" in found[0]["message"]


@pytest.mark.parametrize(
    "host", ["b\u00fccher.org", "B\u00dcCHER.org", "xn--bcher-kva.org", "\u2603.org", "xn--n3h.org"]
)
def test_a_name_that_is_not_ascii_is_asked_for_as_browsers_do(
    web: Web, root: Path, hosts: dict[str, str], host: str
) -> None:
    """A name with an accent or a symbol is called none, or another one is asked for."""
    site = web.site({"/": page()})
    asked = "xn--n3h.org" if host in {"\u2603.org", "xn--n3h.org"} else "xn--bcher-kva.org"
    hosts[asked] = site.address
    (root / "README.md").write_text(f"# A\n\n<http://{host}:{site.port}/>\n", encoding="utf-8")

    assert [] == json.loads(linked().stdout)
    assert [f"{asked}:{site.port}"] == [each.headers["host"] for each in site.requests]
