"""Patience: what a host asks for is given, and no other host waits for it."""

import asyncio
import os
import signal
import threading
from collections import Counter

import pytest

from tldr_lint.answers import Answer, Question, Verdict
from tldr_lint.contract.model import LinkSettings
from tldr_lint.network.ask import Patience, Progress, Way, ask
from tldr_lint.network.pace import lane_for
from web_asking import LOOPBACK, QUICK, SHORT, ask_all
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Request, Script, Site, Web, Wire, hang, in_turn, page, redirect, response


def pages(count: int, script: Script) -> dict[str, Script]:
    return {f"/{n}": script for n in range(count)}


def urls(site: Site, count: int) -> list[str]:
    return [site.url(f"/{n}") for n in range(count)]


def verdicts(answers: dict[str, Answer]) -> Counter[Verdict]:
    return Counter(answer.verdict for answer in answers.values())


@pytest.mark.parametrize("per_host", [1, 10])
@pytest.mark.parametrize(
    "script",
    [page(status=403), page(status=999), page(status=429, retry_after="300")],
    ids=["forbidden", "linkedin", "for minutes"],
)
def test_three_blocked_answers_in_a_row_end_the_asking(
    web: Web, script: Script, per_host: int
) -> None:
    """A host that wants no robots is asked for each of its hundred pages, or ten at a time."""
    site = web.site(pages(100, script))

    asked = ask_all(*urls(site, 100), settings=LinkSettings(per_host=per_host))

    assert {Verdict.BLOCKED: 100} == verdicts(dict(asked.answers))
    assert 3 == len(site.requests)


@pytest.mark.parametrize(
    ("status", "verdict"), [(429, Verdict.BLOCKED), (503, Verdict.UNREACHABLE)]
)
def test_a_host_that_no_pause_helps_is_left(web: Web, status: int, verdict: Verdict) -> None:
    """A host that is always busy is waited for longer and longer, for each of its pages."""
    site = web.site(pages(50, page(status=status, retry_after="0")))

    asked = ask_all(*urls(site, 50))

    assert {verdict: 50} == verdicts(dict(asked.answers))
    assert len(site.requests) <= 20


@pytest.mark.parametrize(("served", "pauses"), [(False, 3), (True, 5)])
def test_a_host_that_showed_a_page_is_waited_for_longer(served: bool, pauses: int) -> None:
    """A host that allows so many pages in ten seconds is left before they are over."""
    lane = lane_for("slow.test", 4)
    if served:
        lane.fine(0.0)

    ended = []
    for at in range(1, 10):
        lane.slow_down(at * 10.0, at * 10.0 + 1, None, Verdict.BLOCKED, rated=True)
        ended.append(lane.ended is not None)

    assert [False] * pauses + [True] * (9 - pauses) == ended


@pytest.mark.parametrize("per_host", [1, 10])
def test_a_host_that_fails_for_every_page_is_asked_once_for_each(web: Web, per_host: int) -> None:
    """A host that is broken gets three times the requests of one that works."""
    site = web.site(pages(50, page(status=500)))

    asked = ask_all(*urls(site, 50), settings=LinkSettings(per_host=per_host))

    assert {Verdict.UNREACHABLE: 50} == verdicts(dict(asked.answers))
    assert len(site.requests) <= 50 + 2 * (2 + per_host)


def test_failures_among_others_are_tried_again(web: Web) -> None:
    """Three broken pages on a host are taken for a host that is broken."""
    flaky = {f"/{n}": in_turn(page(status=500), page()) for n in range(0, 20, 2)}
    broken = {f"/{n}": page(status=500) for n in range(1, 20, 2)}
    site = web.site({**flaky, **broken})

    asked = ask_all(*urls(site, 20), settings=LinkSettings(per_host=1))

    assert {Verdict.UNREACHABLE: 10, Verdict.ALIVE: 10} == verdicts(dict(asked.answers))
    assert {f"/{n}": 3 if n % 2 else 2 for n in range(20)} == site.counts


def test_blocked_answers_among_others_end_nothing(web: Web) -> None:
    """Three private pages on a host are taken for a host that wants no robots."""
    mixed = {f"/{n}": page(status=403 if n % 2 else 200) for n in range(20)}
    site = web.site(mixed)

    ask_all(*urls(site, 20), settings=LinkSettings(per_host=1))

    assert 20 == len(site.requests)


def test_two_time_outs_without_any_answer_give_a_host_up(web: Web) -> None:
    """A dead host is waited for once for each of its links."""
    silent = web.site(pages(50, hang), address="127.0.0.2")
    fine = web.site(pages(50, page()))

    asked = ask_all(*urls(silent, 50), *urls(fine, 50), patience=SHORT)

    assert {Verdict.UNREACHABLE: 50, Verdict.ALIVE: 50} == verdicts(dict(asked.answers))
    assert 2 == len(silent.requests)


def test_a_page_that_hangs_does_not_give_up_a_host_that_answers(web: Web) -> None:
    """One slow page costs all other pages of its host their verdict."""
    site = web.site({**pages(20, page()), "/0": hang})

    asked = ask_all(*urls(site, 20), patience=SHORT)

    assert {Verdict.UNREACHABLE: 1, Verdict.ALIVE: 19} == verdicts(dict(asked.answers))


def test_a_host_that_allows_so_many_a_second_is_not_overrun(web: Web) -> None:
    """429 is answered with more of the same, or taken for a verdict."""
    starts: list[float] = []

    async def limited(_request: Request, wire: Wire) -> None:
        now = asyncio.get_running_loop().time()
        recent = [at for at in starts if at > now - 0.5]
        if len(recent) >= 10:
            await wire.send(response(429, retry_after="1"))
        else:
            starts.append(now)
            await wire.send(response(200))

    site = web.site(pages(40, limited))

    asked = ask_all(*urls(site, 40))

    assert {Verdict.ALIVE: 40} == verdicts(dict(asked.answers))
    assert len(site.requests) <= 40 + 12


def test_a_host_that_asks_to_wait_holds_up_no_other(web: Web) -> None:
    """A pause for one host is a pause for all: the others are not done before it is over."""
    done: list[str] = []

    async def busy(_request: Request, wire: Wire) -> None:
        if not done or len(done) < 60:
            await wire.send(response(429, retry_after="1"))
        else:
            await wire.send(response(200))

    slow = web.site({"/": busy}, address="127.0.0.2")
    fine = web.site(pages(60, page()))
    counted: list[int] = []

    def note(progress: Progress) -> None:
        counted.append(progress.done)
        done.append("one")

    asked = ask(
        [Question(url) for url in (slow.url(), *urls(fine, 60))],
        LinkSettings(),
        Way(LOOPBACK, {}, None, QUICK),
        None,
        note,
    )

    assert {Verdict.ALIVE: 61} == verdicts(dict(asked.answers))
    assert list(range(1, 62)) == counted


def test_no_host_has_more_requests_under_way_than_it_is_to_bear(web: Web) -> None:
    """`per-host` is not heeded."""
    under_way: list[int] = [0, 0]

    async def count(_request: Request, wire: Wire) -> None:
        under_way[0] += 1
        under_way[1] = max(under_way)
        await asyncio.sleep(0.01)
        under_way[0] -= 1
        await wire.send(response(200))

    site = web.site(pages(30, count))

    ask_all(*urls(site, 30), settings=LinkSettings(per_host=3))

    assert under_way[1] <= 3
    assert site.connections <= 3


def test_all_hosts_together_have_no_more_requests_than_allowed(web: Web) -> None:
    """`concurrency` is not heeded."""
    under_way: list[int] = [0, 0]

    async def count(_request: Request, wire: Wire) -> None:
        under_way[0] += 1
        under_way[1] = max(under_way)
        await asyncio.sleep(0.01)
        under_way[0] -= 1
        await wire.send(response(200))

    sites = [web.site(pages(4, count), address=f"127.0.0.{n}") for n in range(2, 12)]

    ask_all(*(url for site in sites for url in urls(site, 4)), settings=LinkSettings(concurrency=5))

    assert under_way[1] <= 5


@pytest.mark.parametrize("host", ["arxiv.org", "export.arxiv.org", "doi.org"])
def test_hosts_that_ask_for_it_are_asked_gently(host: str) -> None:
    """arXiv is asked as fast as anybody."""
    lane = lane_for(host, 8)

    assert 0 < lane.rate <= 5
    assert lane.width <= 2


@pytest.mark.parametrize("host", ["notarxiv.org", "arxiv.org.evil.test"])
def test_a_host_that_only_looks_gentle_is_not(host: str) -> None:
    """Hosts are matched by a piece of their name."""
    assert 0 == lane_for(host, 8).rate


def test_the_run_ends_when_its_time_is_up(web: Web) -> None:
    """A run goes on for as long as hosts like."""
    site = web.site(pages(10, hang))
    impatient = Patience(total=30.0, head=30.0, budget=0.3)

    asked = ask_all(*urls(site, 10), patience=impatient)

    assert {Verdict.UNREACHABLE: 10} == verdicts(dict(asked.answers))
    assert not any(answer.kept for answer in asked.answers.values())


def test_the_run_ends_for_those_who_wait_for_one_page_too(web: Web) -> None:
    """Links that lead to one page wait for it when the run is over, or end it with an error."""
    links = {f"/{n}": redirect(302, "/x") for n in range(10)}
    site = web.site({**links, "/x": hang})
    impatient = Patience(total=30.0, head=30.0, budget=0.3)

    asked = ask_all(*map(site.url, links), patience=impatient)

    assert {Verdict.UNREACHABLE: 10} == verdicts(dict(asked.answers))
    assert 1 == site.counts["/x"]


def test_ctrl_c_returns_what_is_known(web: Web) -> None:
    """An interrupted run forgets what it found out, or goes on."""
    fine = web.site(pages(5, page()))
    silent = web.site({"/": hang}, address="127.0.0.2")
    before = signal.getsignal(signal.SIGINT)

    def interrupt(progress: Progress) -> None:
        if progress.done == 5:
            threading.Timer(0, os.kill, (os.getpid(), signal.SIGINT)).start()

    asked = ask(
        [Question(url) for url in (silent.url(), *urls(fine, 5))],
        LinkSettings(),
        Way(LOOPBACK, {}, None, Patience(total=30.0, head=30.0)),
        None,
        interrupt,
    )

    assert asked.interrupted
    assert set(urls(fine, 5)) == set(asked.answers)
    assert before == signal.getsignal(signal.SIGINT)


def test_idle_connections_of_many_hosts_are_not_all_kept(web: Web) -> None:
    """A thousand hosts use up the files that the system lets us open."""
    sites = [web.site(pages(2, page()), address=f"127.0.1.{n}") for n in range(1, 31)]

    asked = ask_all(
        *(url for site in sites for url in urls(site, 2)), settings=LinkSettings(concurrency=4)
    )

    assert {Verdict.ALIVE: 60} == verdicts(dict(asked.answers))
    assert {2} == {len(site.requests) for site in sites}
