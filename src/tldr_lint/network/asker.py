"""One page asked to the end: redirects, retries, walls, and what stands in it.

A page is asked with GET, once: HEAD is refused, left hanging or answered with
another status than GET by more servers than its saved bytes are worth. Of a
body no rule needs, nothing is read but what keeps the connection alive.
"""

from __future__ import annotations

import asyncio
import random
import time

from tldr_lint.answers import Answer, Hop, Page, Verdict, host_of, parts_of
from tldr_lint.network.address import (
    LookupFailedError,
    MalformedHostError,
    NoSuchHostError,
    RefusedError,
    literal,
)
from tldr_lint.network.judge import (
    MAYBE,
    REDIRECTS,
    cookie_pairs,
    judge,
    phrase,
    redirect_target,
    retry_after,
)
from tldr_lint.network.pace import LaneEndedError, lane_for
from tldr_lint.network.proxy import ProxyError
from tldr_lint.network.request import GivenUpError, TransientError
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from tldr_lint.answers import Question
    from tldr_lint.network.ask import Patience
    from tldr_lint.network.judge import Reply
    from tldr_lint.network.pace import Lane
    from tldr_lint.network.request import Requester

_MAX_HOPS = 10
_MIN_LEFT = 1.0  # seconds, below which nothing is tried again


@dataclass(slots=True)
class _Clock:
    """The seconds one URL may still take; time spent in lanes is not its fault."""

    left: float

    def spend(self, seconds: float) -> None:
        self.left -= seconds


@dataclass(slots=True)
class _Trip:
    """The way from a URL to its final reply."""

    url: str
    hops: list[Hop] = field(default_factory=list)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    """Host → name → value: what a host set goes back to it alone."""
    reply: Reply | None = None
    twin: bool = False
    """Whether it only asks for the `https:` twin of an `http:` page."""


@dataclass(slots=True)
class Asker:
    """Asks pages, each host in its lane."""

    requester: Requester
    patience: Patience
    accept: tuple[int, ...]
    width: int
    """Requests at a time to one host."""
    places: asyncio.Semaphore
    """Requests at a time to all hosts."""
    looked_into: Container[str] = frozenset()
    """Pages of which some link needs the body."""
    jitter: Callable[[], float] = random.random
    lanes: dict[str, Lane] = field(default_factory=dict)
    replies: dict[tuple[str, bool], asyncio.Future[Reply | None]] = field(default_factory=dict)
    """What pages said, by URL and whether their body was read; none where they said nothing."""

    def lane(self, url: str, *, twin: bool = False) -> Lane:
        """The lane of a URL's host; another port is another host's, http and https are one.

        Unless it is a `twin`: that `https:` hangs where nobody promised it
        says nothing of the pages on `http:`.
        """
        name = parts_of(url).netloc.rpartition("@")[2]
        if twin:
            name = f"{name} (https)"
        if name not in self.lanes:
            self.lanes[name] = lane_for(name, self.width)
        return self.lanes[name]

    async def ask(self, question: Question, known: Answer | None) -> Answer:
        """The answer to one question; `known` is an older answer, whose validators are sent."""
        trip = _Trip(question.url)
        clock = _Clock(self.patience.total)
        try:
            answer = await self._travel(question, trip, known, clock)
            # Only the page itself: where http sends us on, its twin may send us elsewhere.
            stayed = answer.verdict is Verdict.ALIVE and trip.url == question.url
            if stayed and await self._is_secure(trip, clock):
                answer = replace(answer, secure=True)
        except (GivenUpError, LaneEndedError) as end:
            verdict = end.verdict
            if verdict is Verdict.MALFORMED and trip.hops:
                verdict = Verdict.DEAD  # the link is a URL: it is its redirect that is none
            status = end.status if isinstance(end, GivenUpError) else None
            # What the run's own way to the network refuses says nothing of the page.
            ours = isinstance(end.__cause__, RefusedError | ProxyError)
            answer = Answer(question.url, verdict, end.reason, status, kept=not ours)
        return replace(
            answer,
            final=trip.url,
            hops=tuple(trip.hops),
            elapsed=round(self.patience.total - clock.left, 3),
            asked_at=time.time(),
        )

    async def _travel(
        self, question: Question, trip: _Trip, known: Answer | None, clock: _Clock
    ) -> Answer:
        seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        while True:
            state = (trip.url, tuple(trip.cookies.get(host_of(trip.url), {}).items()))
            if state in seen:
                status = trip.hops[-1].status
                raise GivenUpError(Verdict.DEAD, "it redirects in a circle", status)
            seen.add(state)
            compared = trip.url == question.url and _may_be_secured(trip.url)
            wants_body = question.anchors or question.paper or compared
            validators = _validators(known, question) if not trip.hops else {}
            if trip.cookies or validators or compared:
                reply = await self._reply(trip, clock, wants_body, validators)
            else:
                wants_body = wants_body or trip.url in self.looked_into
                reply = await self._shared(trip, clock, wants_body)
            self._keep_cookies(trip, reply)
            if reply.status not in REDIRECTS or reply.location is None:
                trip.reply = reply
                return self._weigh(question, reply, known)
            target = redirect_target(trip.url, reply.location)
            if target.problem:
                reason = f"{phrase(reply.status)}: {target.problem}"
                raise GivenUpError(Verdict.DEAD, reason, reply.status)
            if len(trip.hops) >= _MAX_HOPS:
                reason = f"it redirects more than {_MAX_HOPS} times"
                raise GivenUpError(Verdict.UNREACHABLE, reason, reply.status)
            mark = f"#{target.fragment}" if target.fragment else ""
            trip.hops.append(Hop(reply.status, target.page + mark))
            trip.url = target.page

    def _weigh(self, question: Question, reply: Reply, known: Answer | None) -> Answer:
        if reply.status == 304 and known is not None:
            return replace(known, url=question.url)
        verdict, reason = judge(reply, self.accept)
        wanted = verdict is Verdict.ALIVE and (question.anchors or question.paper)
        return Answer(
            question.url,
            verdict,
            reason,
            reply.status,
            page=(reply.page or Page()) if wanted else None,
            etag=reply.headers.get("etag", "")[:200],
            modified=reply.headers.get("last-modified", "")[:100],
        )

    async def _is_secure(self, trip: _Trip, clock: _Clock) -> bool:
        """Whether the page that answered on http is there on https as well."""
        if not _may_be_secured(trip.url) or trip.reply is None or clock.left < _MIN_LEFT:
            return False
        twin = _Trip(f"https{trip.url[4:]}", twin=True)
        try:
            reply = await self._reply(twin, clock, wants_body=True, validators={})
        except (GivenUpError, LaneEndedError):
            return False
        return judge(reply, ())[0] is Verdict.ALIVE and _same_page(trip.reply, reply)

    def _keep_cookies(self, trip: _Trip, reply: Reply) -> None:
        for name, value in cookie_pairs(reply.cookies):
            jar = trip.cookies.setdefault(host_of(trip.url), {})
            if len(jar) < 50:
                jar[name] = value

    async def _shared(self, trip: _Trip, clock: _Clock, wants_body: bool) -> Reply:
        """One reply for all trips that lead through a page and say nothing of themselves."""
        for with_body in (True, wants_body):
            under_way = self.replies.get((trip.url, with_body))
            if under_way is not None and (shared := await under_way) is not None:
                return shared
        promise: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.replies[trip.url, wants_body] = promise
        reply: Reply | None = None
        try:
            reply = await self._reply(trip, clock, wants_body, {})
        finally:
            if not promise.done():  # else who waited was cancelled, as all are
                promise.set_result(reply.slim if reply is not None else None)
        return reply

    async def _reply(
        self, trip: _Trip, clock: _Clock, wants_body: bool, validators: Mapping[str, str]
    ) -> Reply:
        """One reply, asked for again while there is hope and time."""
        lane = self.lane(trip.url, twin=trip.twin)
        tries = 0
        while True:
            tries += 1
            try:
                started, reply = await self._once(trip, lane, clock, wants_body, validators)
            except TransientError as problem:
                self._give_up_or_not(lane, problem, tries)
                wait: float | None = None
            else:
                wait = self._wait_for_better(lane, reply, started)
                retries = self.patience.retries + (reply.status == 429)
                hopeless = tries > retries or lane.is_broken or lane.ended is not None
                if wait is None or hopeless:
                    if wait is not None:
                        lane.exhausted()
                    self._take_note(lane, reply)
                    return reply
            pause = self.patience.back_off * 2 ** (tries - 1) * (0.5 + self.jitter())
            await self._pause(max(pause, wait or 0.0), clock, asked=bool(wait))

    def _wait_for_better(self, lane: Lane, reply: Reply, started: float) -> float | None:
        """The seconds after which a reply may be a better one; none for a final reply.

        Raises:
            GivenUpError: the host asks for more patience than we have.
        """
        if reply.status not in MAYBE and reply.status != 429:
            return None
        if reply.walled or reply.status in self.accept:
            return None
        if reply.status not in {429, 503}:
            lane.failed()
            return 0.0
        asked = retry_after(reply.headers, time.time())
        if asked is not None and asked > self.patience.longest_wait:
            lane.blocked()
            reason = f"{phrase(reply.status)}, to be asked again in {asked:.0f} s"
            raise GivenUpError(Verdict.BLOCKED, reason, reply.status)
        rated = reply.status == 429 or asked is not None
        verdict, _ = judge(reply, self.accept)
        lane.slow_down(started, asyncio.get_running_loop().time(), asked, verdict, rated=rated)
        return asked or 0.0

    def _give_up_or_not(self, lane: Lane, problem: TransientError, tries: int) -> None:
        """Whether a failed request is worth another: silence of a silent host is not."""
        if problem.timed_out:
            hopeless = not lane.answered or tries > 1
        else:
            hopeless = tries > self.patience.retries or lane.is_broken
            if hopeless:
                lane.exhausted()
                lane.ended_silent(str(problem))
        if hopeless:
            raise GivenUpError(Verdict.UNREACHABLE, str(problem)) from problem

    async def _pause(self, seconds: float, clock: _Clock, *, asked: bool) -> None:
        if clock.left - seconds < min(_MIN_LEFT, self.patience.total / 4):
            if asked:
                raise GivenUpError(Verdict.BLOCKED, "the host asks to be asked later")
            raise GivenUpError(Verdict.UNREACHABLE, "the time was up before it answered")
        clock.spend(seconds)
        await asyncio.sleep(seconds)

    def _take_note(self, lane: Lane, reply: Reply) -> None:
        verdict, _ = judge(reply, self.accept)
        if verdict is Verdict.BLOCKED:
            lane.blocked()
        elif verdict is not Verdict.UNREACHABLE:
            lane.fine(asyncio.get_running_loop().time())

    async def _once(
        self,
        trip: _Trip,
        lane: Lane,
        clock: _Clock,
        wants_body: bool,
        validators: Mapping[str, str],
    ) -> tuple[float, Reply]:
        """One request; the loop time at which it started, and its reply."""
        loop = asyncio.get_running_loop()
        started = await lane.enter()
        try:
            async with self.places:
                begun = loop.time()
                try:
                    deadline = begun + max(0.0, min(clock.left, self.patience.head))
                    cookies = trip.cookies.get(host_of(trip.url), {})
                    request = self.requester.request(trip.url, cookies, validators, deadline)
                    reply = await self.requester.exchange(request, wants_body=wants_body)
                finally:
                    clock.spend(loop.time() - begun)
        except TransientError as problem:
            if problem.timed_out:
                lane.timed_out()
            raise
        except GivenUpError as end:
            # What is true of the name is true of every page on it.
            if isinstance(end.__cause__, NoSuchHostError | MalformedHostError | LookupFailedError):
                lane.unusable(end.verdict, end.reason)
            raise
        finally:
            lane.leave()
        return started, reply


def _validators(known: Answer | None, question: Question) -> dict[str, str]:
    if known is None or known.hops or not question.answered_by(known):
        return {}
    if known.verdict is not Verdict.ALIVE:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {
        name: value
        for name, value in headers.items()
        if value and value.isascii() and value.isprintable()
    }


def _may_be_secured(url: str) -> bool:
    """Whether `https:` in place of `http:` would name a place: the usual port of a named host."""
    parts = parts_of(url)
    return parts.scheme == "http" and parts.port is None and literal(parts.hostname or "") is None


def _same_page(one: Reply, other: Reply) -> bool:
    if one.status != other.status or one.page is None or other.page is None:
        return False
    sizes = sorted((len(one.start), len(other.start)))
    same_title = bool(one.page.title) and one.page.title == other.page.title
    return one.start == other.start or (same_title and sizes[0] * 2 > sizes[1])
