"""The memory of answers: what it keeps, for how long, and what it survives."""

import random
import sqlite3
from pathlib import Path

import pytest

from tldr_lint.answers import Answer, History, Hop, Page, Verdict
from tldr_lint.cache.answers import AnswerMemory
from tldr_lint.contract.model import LinkSettings
from tldr_lint.records import replace
from web_asking import ask_one
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Request, Script, Web, Wire, close, page, redirect, response

HOUR = 3600.0
DAY = 24 * HOUR
NOW = 1_000_000_000.0


def memory(tmp_path: Path, ttl: float = 3 * DAY) -> AnswerMemory:
    return AnswerMemory(tmp_path / "cache" / "answers.sqlite3", ttl, random.Random(1))


def full(url: str = "https://a.net/x") -> Answer:
    return Answer(
        url,
        Verdict.ALIVE,
        "why",
        200,
        "https://b.net/y",
        (Hop(301, "https://b.net/y#z"),),
        1.25,
        NOW,
        Page(frozenset({"é", "b"}), "Title", cited=True, years=frozenset({2017}), arxiv_id="1"),
        secure=True,
        etag='"e"',
        modified="yesterday",
    )


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    """A field of an answer is lost on the way through the file."""
    memory(tmp_path).remember([full()], NOW)

    back = memory(tmp_path).recall([full().url, "https://other.net/"], NOW)

    assert {full().url} == set(back)
    assert replace(full(), history=History(last_alive=NOW)) == back[full().url].answer
    assert back[full().url].fresh


@pytest.mark.parametrize(
    ("verdict", "hops", "fresh_for", "stale_after"),
    [
        (Verdict.ALIVE, (), 2 * DAY, 4 * DAY),
        (Verdict.ALIVE, (Hop(302, "https://b.net/"),), 0.7 * DAY, 1.3 * DAY),
        (Verdict.DEAD, (), 0.7 * HOUR, 1.3 * HOUR),
        (Verdict.UNREACHABLE, (), 0.7 * HOUR, 1.3 * HOUR),
        (Verdict.BLOCKED, (), 4 * HOUR, 8 * HOUR),
    ],
)
def test_good_news_live_longer_than_bad(
    tmp_path: Path, verdict: Verdict, hops: tuple[Hop, ...], fresh_for: float, stale_after: float
) -> None:
    """A fixed page is called dead for days, or a live one asked for in each run."""
    kept = memory(tmp_path)
    kept.remember([Answer("https://a.net/", verdict, hops=hops)], NOW)

    assert kept.recall(["https://a.net/"], NOW + fresh_for)["https://a.net/"].fresh
    assert not kept.recall(["https://a.net/"], NOW + stale_after)["https://a.net/"].fresh


def test_what_was_learnt_together_is_not_forgotten_together(tmp_path: Path) -> None:
    """All links are asked again in the same run."""
    kept = memory(tmp_path)
    urls = [f"https://a.net/{n}" for n in range(50)]
    kept.remember([Answer(url) for url in urls], NOW)

    fresh = [each.fresh for each in kept.recall(urls, NOW + 3 * DAY).values()]

    assert 0 < sum(fresh) < 50


def test_the_history_tells_when_a_page_was_last_alive(tmp_path: Path) -> None:
    """A dead link is reported without what is known of it."""
    kept = memory(tmp_path)
    kept.remember([full()], NOW)

    dead = Answer(full().url, Verdict.DEAD)
    first = kept.remember([dead], NOW + 2 * DAY)[dead.url].history
    second = kept.remember([dead], NOW + 5 * DAY)[dead.url].history

    assert History(NOW, NOW + 2 * DAY, 1) == first
    assert History(NOW, NOW + 2 * DAY, 2) == second


def test_a_live_page_has_no_failures(tmp_path: Path) -> None:
    """Failures of long ago count with those of today."""
    kept = memory(tmp_path)
    kept.remember([Answer("https://a.net/", Verdict.UNREACHABLE)], NOW)
    kept.remember([Answer("https://a.net/")], NOW + DAY)

    again = kept.remember([Answer("https://a.net/", Verdict.UNREACHABLE)], NOW + 2 * DAY)

    assert History(NOW + DAY, NOW + 2 * DAY, 1) == again["https://a.net/"].history


def test_what_says_more_of_the_run_than_of_the_page_is_not_kept(tmp_path: Path) -> None:
    """A private address that this run refused is refused in the next, which opened it."""
    kept = memory(tmp_path)
    kept.remember([Answer("https://a.net/", Verdict.BLOCKED, kept=False)], NOW)

    assert {} == kept.recall(["https://a.net/"], NOW)


def test_an_older_answer_does_not_replace_a_younger_one(tmp_path: Path) -> None:
    """Two runs at a time: the one that ends last wins, though it asked first."""
    kept = memory(tmp_path)
    kept.remember([Answer("https://a.net/", Verdict.DEAD)], NOW + 10)
    kept.remember([Answer("https://a.net/")], NOW)

    assert (
        Verdict.DEAD is kept.recall(["https://a.net/"], NOW + 20)["https://a.net/"].answer.verdict
    )


def test_an_answer_of_the_future_is_not_believed(tmp_path: Path) -> None:
    """A clock that was wrong, or a forged file, silences a link for years."""
    kept = memory(tmp_path)
    kept.remember([Answer("https://a.net/")], NOW + 400 * DAY)

    assert not kept.recall(["https://a.net/"], NOW)["https://a.net/"].fresh


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"verdict":"alive"}', "null", "1e999", "[" * 100_000],
)
def test_an_entry_that_is_none_of_ours_is_forgotten(tmp_path: Path, text: str) -> None:
    """A forged entry ends the run, or is believed in part."""
    kept = memory(tmp_path)
    kept.remember([full()], NOW)
    with sqlite3.connect(kept.path) as database:
        database.execute("UPDATE answers SET answer = ?", (text,))
    database.close()

    assert {} == kept.recall([full().url], NOW)


@pytest.mark.parametrize(
    "forged",
    [
        "answer = replace(answer, '1.25', '1e999')",
        "answer = replace(answer, '200', '1e999')",
        "answer = replace(answer, '2017', '1e999')",
        "last_alive = 'yesterday'",
        "failing_since = -1e999",
        "failed_runs = 'many'",
        "expires = 1e999",
    ],
)
def test_a_number_that_is_none_of_ours_is_forgotten(tmp_path: Path, forged: str) -> None:
    """A forged number comes up where somebody counts days, and the run ends as our own bug."""
    kept = memory(tmp_path)
    kept.remember([full()], NOW)
    with sqlite3.connect(kept.path) as database:
        database.execute(f"UPDATE answers SET {forged}")
    database.close()

    assert {} == kept.recall([full().url], NOW)


def test_when_a_host_last_answered_is_told_of_a_remembered_answer_too(
    web: Web, tmp_path: Path
) -> None:
    """A link that could not be reached is a warning in the second run and was none in the first."""
    site = web.site({"/": page(), "/500": page(status=501)})
    ask_one(site.url(), memory=memory(tmp_path))

    first = ask_one(site.url("/500"), memory=memory(tmp_path))
    second = ask_one(site.url("/500"), memory=memory(tmp_path))

    assert first.history.host_alive is not None
    assert first.history == second.history


def test_a_file_that_is_no_data_base_is_made_anew(tmp_path: Path) -> None:
    """A damaged file ends the run, or is never replaced."""
    kept = memory(tmp_path)
    kept.path.parent.mkdir()
    kept.path.write_bytes(b"garbage" * 1000)

    kept.remember([full()], NOW)

    assert {full().url} == set(memory(tmp_path).recall([full().url], NOW))


def test_a_file_that_is_damaged_within_is_made_anew(tmp_path: Path) -> None:
    """A file that begins as it should and breaks off later is never of use again."""
    kept = memory(tmp_path)
    urls = [f"https://a.net/{n}" for n in range(500)]
    kept.remember([Answer(url) for url in urls], NOW)
    data = kept.path.read_bytes()
    kept.path.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))

    assert {} == kept.recall(urls, NOW)
    memory(tmp_path).remember([full()], NOW)

    assert {full().url} == set(memory(tmp_path).recall([full().url], NOW))


@pytest.mark.parametrize("kind", ["locked", "folder", "file in place of the folder"])
def test_a_run_goes_on_without_a_memory_that_cannot_be_used(
    web: Web, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A memory that another run holds, or that cannot be made, ends the run or is waited for."""
    site = web.site({"/": page()})
    kept = memory(tmp_path)
    held: sqlite3.Connection | None = None
    monkeypatch.setattr("tldr_lint.cache.answers._WAIT", 0.01)
    if kind == "locked":
        kept.remember([full()], NOW)
        held = sqlite3.connect(kept.path, isolation_level=None)
        held.execute("BEGIN EXCLUSIVE")
    elif kind == "folder":
        kept.path.mkdir(parents=True)
    else:
        kept.path.parent.write_text("a file")

    answer = ask_one(site.url(), memory=kept)

    if held is not None:
        held.close()
    assert (Verdict.ALIVE, 1) == (answer.verdict, len(site.requests))
    assert "cannot be used" in kept.problem


def test_a_data_base_of_somebody_else_is_made_anew(tmp_path: Path) -> None:
    """A view or trigger that a stranger put into the file is run."""
    kept = memory(tmp_path)
    kept.path.parent.mkdir()
    with sqlite3.connect(kept.path) as database:
        database.execute("CREATE TABLE answers (url, answer)")
    database.close()

    kept.remember([full()], NOW)

    assert {full().url} == set(memory(tmp_path).recall([full().url], NOW))


def test_the_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older version destroys what a newer one knows."""
    kept = memory(tmp_path)
    kept.remember([full()], NOW)
    with sqlite3.connect(kept.path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = kept.path.read_bytes()

    assert {} == kept.recall([full().url], NOW)
    assert "newer" in kept.problem
    assert before == kept.path.read_bytes()


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    """A repository's link makes us write where it points."""
    target = tmp_path / "precious"
    target.write_text("precious")
    kept = memory(tmp_path)
    kept.path.parent.mkdir()
    kept.path.symlink_to(target)

    told = kept.remember([full()], NOW)

    assert {full().url} == set(told)
    assert "precious" == target.read_text()


def test_a_second_run_asks_nothing(web: Web, tmp_path: Path) -> None:
    """The memory is not looked at, or not written."""
    site = web.site({"/": page("<p id=one>")})

    first = ask_one(site.url(), memory=memory(tmp_path), anchors=True)
    second = ask_one(site.url(), memory=memory(tmp_path), anchors=True)

    assert 1 == len(site.requests)
    assert first.page == second.page


@pytest.mark.parametrize(
    ("before", "after", "verdicts", "requests"),
    [
        ((), (404,), [Verdict.DEAD, Verdict.ALIVE], 2),
        ((404,), (), [Verdict.ALIVE, Verdict.DEAD], 2),
        ((404,), (404, 403), [Verdict.ALIVE, Verdict.ALIVE], 1),
        ((), (403,), [Verdict.DEAD, Verdict.DEAD], 1),
    ],
)
def test_what_the_contract_accepts_holds_for_what_is_remembered(
    web: Web,
    tmp_path: Path,
    before: tuple[int, ...],
    after: tuple[int, ...],
    verdicts: list[Verdict],
    requests: int,
) -> None:
    """A status that was accepted, or is no more, takes days to show."""
    site = web.site({"/": page(status=404)})

    found = [
        ask_one(site.url(), memory=memory(tmp_path), settings=LinkSettings(accept=accept)).verdict
        for accept in (before, after)
    ]

    assert (verdicts, requests) == (found, len(site.requests))


@pytest.mark.parametrize(
    "script",
    [
        redirect(302, "/"),
        redirect(301, "javascript:x"),
        page("<title>Just a moment...</title>"),
        page(status=403),
        page(status=404),
        page(status=500),
        page(status=204),
        close,
        redirect(302, "http://no-such-host.invalid/"),
    ],
    ids=["circle", "to a script", "wall", "403", "404", "500", "204", "closed", "to no host"],
)
def test_whatever_was_found_out_is_remembered(web: Web, tmp_path: Path, script: Script) -> None:
    """What a page did is found out anew in each run."""
    site = web.site({"/": script})

    first = ask_one(site.url(), memory=memory(tmp_path), anchors=True)
    requests = len(site.requests)
    second = ask_one(site.url(), memory=memory(tmp_path), anchors=True)

    assert requests == len(site.requests)
    assert (first.verdict, first.reason, first.status) == (
        second.verdict,
        second.reason,
        second.status,
    )


def test_a_remembered_page_is_asked_for_a_fragment_nobody_looked_for(
    web: Web, tmp_path: Path
) -> None:
    """A new link with a fragment is never checked while the page is remembered."""
    site = web.site({"/": page("<p id=one>")})

    ask_one(site.url(), memory=memory(tmp_path))
    answer = ask_one(site.url(), memory=memory(tmp_path), anchors=True)

    assert answer.page is not None
    assert (frozenset({"one"}), 2) == (answer.page.anchors, len(site.requests))


def test_an_answer_that_is_too_old_is_asked_for_on_condition(web: Web, tmp_path: Path) -> None:
    """A page that did not change is sent again, or its anchors are lost with a 304."""

    async def conditional(request: Request, wire: Wire) -> None:
        if request.headers.get("if-none-match") == '"v1"':
            await wire.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        else:
            await wire.send(response(200, b"<p id=one>", etag='"v1"'))

    site = web.site({"/": conditional})
    ask_one(site.url(), memory=memory(tmp_path, ttl=0), anchors=True)

    answer = ask_one(site.url(), memory=memory(tmp_path, ttl=0), anchors=True)

    assert '"v1"' == site.requests[1].headers["if-none-match"]
    assert answer.page is not None
    assert (Verdict.ALIVE, frozenset({"one"})) == (answer.verdict, answer.page.anchors)


def test_a_date_of_change_is_a_condition_too(web: Web, tmp_path: Path) -> None:
    """A server that knows no `ETag` sends the page again each time."""
    date = "Tue, 01 Jul 2025 10:00:00 GMT"

    async def conditional(request: Request, wire: Wire) -> None:
        same = request.headers.get("if-modified-since") == date
        await wire.send(response(304 if same else 200, last_modified=date))

    site = web.site({"/": conditional})
    ask_one(site.url(), memory=memory(tmp_path, ttl=0))

    answer = ask_one(site.url(), memory=memory(tmp_path, ttl=0))

    assert [None, date] == [each.headers.get("if-modified-since") for each in site.requests]
    assert (Verdict.ALIVE, 200) == (answer.verdict, answer.status)


def test_a_validator_that_cannot_be_sent_back_is_not(web: Web, tmp_path: Path) -> None:
    """A server's odd `ETag` makes its page unaskable for as long as it is remembered."""
    site = web.site({"/": page("<p id=one>", etag='"\u00fc"')})

    for _ in range(2):
        answer = ask_one(site.url(), memory=memory(tmp_path, ttl=0))

    assert Verdict.ALIVE is answer.verdict
    assert "if-none-match" not in site.requests[1].headers
