"""From a note to a finding and its repair, through real sockets: one note, one answer each."""

import json
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest
from click.testing import CliRunner, Result

from tldr_lint.answers import Question, Verdict
from tldr_lint.cli import main
from tldr_lint.contract.model import LinkSettings
from tldr_lint.network.ask import Way, ask
from web_asking import LOOPBACK, QUICK, ask_one
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import (
    Request,
    Script,
    Site,
    Web,
    Wire,
    hang,
    in_turn,
    page,
    raw,
    redirect,
    response,
)


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


def note(root: Path, *links: str, contract: str = "") -> None:
    (root / "README.md").write_text("# Links\n\n" + "\n".join(f"- [x]({x})" for x in links) + "\n")
    (root / "tldr-lint.toml").write_text(contract)


def found(result: Result) -> list[tuple[str, bool]]:
    """Code, and whether there is a fix."""
    return [(each["code"], each["fix"] is not None) for each in json.loads(result.stdout)]


ROUTES: dict[str, Script] = {
    "/": page("front"),
    "/new": page("<p id=part>new"),
    "/log-in": page("who are you"),
    "/permanent": redirect(301, "/new"),
    "/for-good": redirect(308, "/new"),
    "/found": redirect(302, "/new"),
    "/see-other": redirect(303, "/new"),
    "/temporary": redirect(307, "/new"),
    "/to-front": redirect(301, "/"),
    "/to-log-in": redirect(301, "/log-in?next=/to-log-in"),
    "/today-log-in": redirect(302, "/log-in"),
    "/by-way-of-front": redirect(301, "/found-front"),
    "/found-front": redirect(302, "/"),
    "/to-gone": redirect(301, "/gone"),
    "/to-wall": redirect(301, "/wall"),
    "/wall": page(status=403),
    "/mixed": redirect(301, "/mixed-2"),
    "/mixed-2": redirect(302, "/mixed-3"),
    "/mixed-3": redirect(301, "/new"),
    "/mixed-first": redirect(302, "/permanent"),
    "/marked": redirect(301, "/new#part"),
}


@pytest.mark.parametrize(
    ("path", "expected", "after"),
    [
        ("/permanent", [("TL503", True)], "/new"),
        ("/permanent#part", [("TL503", True)], "/new#part"),
        ("/for-good", [("TL503", True)], "/new"),
        ("/found", [], "/found"),
        ("/see-other", [], "/see-other"),
        ("/temporary", [], "/temporary"),
        ("/to-front", [("TL503", False)], "/to-front"),
        ("/to-log-in", [("TL508", False)], "/to-log-in"),
        ("/today-log-in", [("TL508", False)], "/today-log-in"),
        ("/by-way-of-front", [("TL503", False)], "/by-way-of-front"),
        ("/to-gone", [("TL501", False)], "/to-gone"),
        ("/to-wall", [("TL508", False)], "/to-wall"),
        ("/mixed#part", [("TL503", True)], "/mixed-2#part"),
        ("/mixed-first", [], "/mixed-first"),
        ("/marked", [("TL503", True)], "/new#part"),
        ("/marked#part", [("TL503", True)], "/new#part"),
    ],
)
def test_a_redirect_is_reported_and_repaired_as_far_as_it_is_for_good(
    web: Web, root: Path, path: str, expected: list[tuple[str, bool]], after: str
) -> None:
    """A fix follows what is temporary, leads to a log-in or front page, or loses the fragment."""
    site = web.site(ROUTES)
    note(root, site.url(path))

    result = linked()

    assert expected == found(result)
    assert {1} == set(site.counts.values())
    linked("--fix")
    assert f"]({site.url(after)})" in (root / "README.md").read_text()


PAGE = (
    "<h1 id=intro>I</h1><a name=old></a><h2 id=user-content-usage>U</h2><p id='caf&eacute;'>"
    "<input name=field><p id='a b'>" + "text " * 99
)
SHELL = "<div id=root></div><script src=x></script>"


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ("/page#intro", False),
        ("/page#old", False),
        ("/page#usage", False),
        ("/page#user-content-usage", False),
        ("/page#caf%C3%A9", False),
        ("/page#café", False),
        ("/page#a%20b", False),
        ("/page#", False),
        ("/page#top", False),
        ("/page#nowhere", True),
        ("/page#field", True),
        ("/page#Intro", True),
        ("/page#:~:text=word", False),
        ("/page#intro:~:text=word", False),
        ("/page#nowhere:~:text=word", True),
        ("/page#/route", False),
        ("/page#!/route", False),
        ("/page#!route", False),
        ("/shell#there", False),
        ("/paper.pdf#page=3", False),
        ("/paper.pdf#section.1", False),
        ("/by-type#page=3", False),
        ("/by-type#section.1", False),
        ("/packed#intro", False),
        ("/moved#intro", False),
        ("/moved#nowhere", True),
    ],
)
def test_a_fragment_is_looked_for_where_it_can_be_found(
    web: Web, root: Path, target: str, missing: bool
) -> None:
    """A fragment that is there is reported, one that is not passes, or one nobody can check is."""
    pdf = raw(response(200, b"%PDF-1.7", content_type="application/pdf"))
    pages = {"/page": page(PAGE), "/shell": page(SHELL), "/paper.pdf": pdf, "/by-type": pdf}
    packed = raw(response(200, PAGE.encode(), content_encoding="br"))
    site = web.site({**pages, "/packed": packed, "/moved": redirect(302, "/page")})
    note(root, site.url(target))

    assert ([("TL504", False)] if missing else []) == found(linked())
    assert {1} == set(site.counts.values())


def test_what_the_contract_says_of_links_is_heeded(
    web: Web, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of `links` is read and goes nowhere."""
    seen: list[int] = [0, 0]

    async def counted(request: Request, wire: Wire) -> None:
        seen[0] += 1
        seen[1] = max(seen)
        status = 200 if request.headers.get("x-token") == "t0ken" else 401
        await wire.send(response(status))
        seen[0] -= 1

    pages = {f"/{n}": counted for n in range(8)}
    site = web.site({**pages, "/999": page(status=999), "/private/x": page(status=404)})
    silent = web.site({"/": hang}, address="127.0.0.2")
    monkeypatch.setenv("TLDR_LINT_127_0_0_1", "t0ken")
    contract = f"""
[links]
exclude = ["{site.url("/private/*")}"]
accept = [999]
timeout = 1
concurrency = 2
per-host = 1
headers = {{ "127.0.0.1" = {{ X-Token = "TLDR_LINT_127_0_0_1" }} }}
"""
    note(root, *(site.url(path) for path in site.pages), silent.url(), contract=contract)

    result = linked()

    assert [("TL502", False)] == found(result)
    assert 0 == site.counts["/private/x"]
    assert 1 == seen[1]
    assert 1 == silent.connections
    assert "x-token" not in silent.requests[0].headers


def test_a_header_that_is_not_sent_is_said_to_be_none(web: Web, root: Path) -> None:
    """Whoever calls a variable by another name waits in vain for the page to open."""
    site = web.site({"/": page()})
    headers = '{ "127.0.0.1" = { X-A = "MY_TOKEN" }, "\\u001b[1m" = { X-B = "B" } }'
    note(root, site.url(), contract=f"links = {{ headers = {headers} }}\n")

    result = linked()

    assert "must be called `TLDR_LINT_127_0_0_1`" in result.stderr
    assert "`X-B` is not sent to" in result.stderr
    assert "\x1b" not in result.stderr
    assert (0, 1) == (result.exit_code, len(site.requests))


def test_five_hundred_pages_of_which_one_is_dead(web: Web, root: Path) -> None:
    """One page in many is missed, or all are asked for more than once."""
    site = web.site({f"/{n}": page() for n in range(500) if n != 321})
    links = [site.url(f"/{n}") for n in range(500)]
    note(root, *links, *(f"{link}#" for link in links))
    (root / "other.md").write_text("# Other\n\n" + "\n".join(f"<{link}>\n" for link in links))

    result = linked()

    places = [(e["filename"], e["location"]["row"]) for e in json.loads(result.stdout)]
    assert [("README.md", 324), ("README.md", 824), ("other.md", 645)] == places
    assert (500, {1}) == (len(site.counts), set(site.counts.values()))


def test_the_host_with_most_pages_is_asked_first(web: Web) -> None:
    """The host that decides how long a run takes is begun with when all others are done."""
    order: list[str] = []

    def noted(name: str) -> Script:
        async def script(_request: Request, wire: Wire) -> None:
            order.append(name)
            await wire.send(response(200))

        return script

    def site(name: str, last: int, count: int) -> Site:
        return web.site({f"/{n}": noted(name) for n in range(count)}, address=f"127.0.0.{last}")

    sites = [site("small", 2, 1), site("great", 3, 9), site("middle", 4, 3)]
    questions = [Question(each.url(path)) for each in sites for path in each.pages]

    ask(questions, LinkSettings(concurrency=1, per_host=1), Way(LOOPBACK, {}, None, QUICK))

    assert "great" == order[0]
    assert order.index("middle") < order.index("small")


def test_a_date_to_be_asked_again_at_is_waited_for(web: Web) -> None:
    """`Retry-After` with a date is read as nothing, and the page asked before its time."""
    asked: list[float] = []

    async def busy(_request: Request, wire: Wire) -> None:
        asked.append(time())
        until = formatdate(int(asked[0]) + 2, usegmt=True)
        await wire.send(response(503, retry_after=until) if len(asked) == 1 else response(200))

    site = web.site({"/": busy})

    assert Verdict.ALIVE is ask_one(site.url()).verdict
    assert 2 == len(asked)
    assert asked[1] > int(asked[0]) + 1.9


DAY = 86_400.0


@pytest.mark.parametrize(
    ("days", "answered_on", "severity"),
    [
        ((0, 1, 2), None, "info"),
        ((0, 4), None, "info"),
        ((0, 2, 4), None, "warning"),
        ((0, 2, 4), -10, "info"),
        ((0, 2, 4), -40, "warning"),
    ],
    ids=["two days", "two runs", "lost", "the host answered lately", "the host answered long ago"],
)
def test_a_link_that_stays_out_of_reach_becomes_a_warning(
    web: Web,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: tuple[int, ...],
    answered_on: int | None,
    severity: str,
) -> None:
    """A host's bad day fails a pull request, or a host that is gone is never more than a note."""
    site = web.site({"/": page(), "/lost": hang})
    contract = "links = { timeout = 1 }\n"
    today = [2e9]
    monkeypatch.setattr("time.time", lambda: today[0])
    command = ["--links", "--cache-dir", "memory", "--allow-private", "127.0.0.0/8"]
    if answered_on is not None:
        today[0] = 2e9 + answered_on * DAY
        note(root, site.url(), contract=contract)
        CliRunner().invoke(main, command)
    note(root, site.url("/lost"), contract=contract)

    for day in days:
        today[0] = 2e9 + day * DAY
        result = CliRunner().invoke(main, [*command, "--format", "json"])

    (last,) = json.loads(result.stdout)
    assert ("TL502", severity) == (last["code"], last["severity"])
    assert int(severity == "warning") == result.exit_code
    assert len(days) == site.counts["/lost"]


def test_a_dead_link_says_in_days_when_it_was_alive(
    web: Web, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks for what a link once showed is not told how old a copy must be."""
    site = web.site({"/": in_turn(page(), page(status=404))})
    today = [2e9]
    monkeypatch.setattr("time.time", lambda: today[0])
    command = ["--links", "--cache-dir", "memory", "--allow-private", "127.0.0.0/8"]
    note(root, site.url())

    CliRunner().invoke(main, command)
    today[0] += 12 * DAY
    result = CliRunner().invoke(main, [*command, "--format", "concise"])

    assert "is dead: 404 Not Found (alive 12 days ago)" in result.stdout
    assert 2 == len(site.requests)
