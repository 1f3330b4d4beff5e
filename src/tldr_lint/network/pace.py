"""How fast, and how long, one host is asked: its lane.

Everything a host does to us stays in its lane: it is slowed when it says
so, left when it does not answer, and no other host waits for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import MappingProxyType

from tldr_lint.answers import Verdict
from tldr_lint.records import dataclass, field

# Hosts that ask robots to go gently: requests a second. arXiv's terms name four.
_GENTLE = MappingProxyType(
    {
        "arxiv.org": 4.0,
        "acm.org": 4.0,
        "archive.org": 4.0,
        "doi.org": 5.0,
        "openreview.net": 4.0,
        "semanticscholar.org": 4.0,
        "scholar.google.com": 1.0,
        "wikipedia.org": 5.0,
    }
)
_PROBES = 2  # requests at a time until a host has answered once
_SILENT = 2  # time-outs without any answer that give a host up
_TIMEOUTS = 4  # time-outs in a row that give up a host which did answer
_BLOCKS = 3  # blocked answers in a row that end the asking
_PAUSES = 3  # pauses in a row, with no page between them, that are worth waiting for
_MORE_PAUSES = 5  # the same where the host has shown a page before
_GLANCE = 0.5  # seconds, after which who waits sees that the host was left
_BROKEN = 3  # pages in a row that no further try helped, after which none is tried again
_START = 4.0  # requests a second, below which a host's first 429 does not take it
_FLOOR = 0.5  # the same for all that follow
_WINDOW = 1.0  # seconds over which a host's own rate is measured
_ENOUGH = 8  # answers within the window that make a measurement
_CAUTION = 0.94  # of the rate that a host was seen to allow: where it goes on
_CEILING = 0.96  # of the same: what it does not pass soon
_SEARCH = 1.5  # growth of the rate in a second without a 429
_GROWTH = 1.002  # growth of the ceiling


class LaneEndedError(Exception):
    """The host is not asked any more; the verdict and the reason stand for its other pages."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


@dataclass(slots=True)
class Lane:
    """One host's pace; times are the event loop's."""

    host: str
    width: int
    """Requests at a time, once it has answered."""
    rate: float = 0.0
    """Requests a second; 0 while nothing limits them."""
    answered: bool = False
    ended: LaneEndedError | None = None
    _inside: int = 0
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    _ceiling: float = float("inf")
    _seen: float = 0.0
    _rate_before: float = 0.0
    _next_start: float = 0.0
    _paused_until: float = 0.0
    _slowed_at: float = float("-inf")
    _grown_at: float = 0.0
    _pauses: int = 0
    _starts: deque[float] = field(default_factory=lambda: deque(maxlen=256))
    _refused: deque[float] = field(default_factory=lambda: deque(maxlen=256))
    _blocks: int = 0
    _timeouts: int = 0
    _silences: int = 0
    _failures: int = 0
    _served: bool = False

    async def enter(self) -> float:
        """Wait for a place and for the pace; the loop time at which the request may start.

        Raises:
            LaneEndedError: the host is not asked any more.
        """
        self._check()
        while self._inside >= self._limit:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            await place
            self._check()
        self._inside += 1
        try:
            return await self._wait_for_turn()
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Free the place."""
        self._inside -= 1
        self._wake()

    def fine(self, now: float) -> None:
        """The host answered, whatever it said of the page."""
        self.answered = self._served = True
        self._blocks = self._timeouts = self._pauses = self._failures = 0
        if self.rate and now - max(self._slowed_at, self._grown_at) >= _WINDOW:
            self._grown_at = now
            self._ceiling *= _GROWTH
            self.rate = min(self.rate * _SEARCH, self._ceiling)
        self._wake()

    def failed(self) -> None:
        """The host answered, but with an error of its own."""
        self.answered = True
        self._timeouts = 0
        self._wake()

    def exhausted(self) -> None:
        """All tries for one page failed."""
        self._failures += 1

    @property
    def is_broken(self) -> bool:
        """Whether the host has no page to show today, so that a second try is in vain."""
        return self._failures >= _BROKEN

    def slow_down(
        self, started: float, now: float, wait: float | None, verdict: Verdict, *, rated: bool
    ) -> None:
        """A 429, or a 503: pause; where it speaks of a rate, go on at the one it allowed.

        A request that started before the last slowing is no new sign, but it
        shows that one fewer was let in than was thought. Where no pause helps, the host is
        left with `verdict`.
        """
        self.answered = True
        self._timeouts = 0
        self._refused.append(started)
        if started < self._slowed_at:
            self._paused_until = max(self._paused_until, now + (wait or 0.0))
            if rated and self._seen > 0:
                self._settle(self._seen - 1)
            return
        self._slowed_at = now
        self._pauses += 1
        if self._pauses > (_MORE_PAUSES if self._served else _PAUSES):
            self._end(verdict, f"not asked: `{self.host}` was busy {self._pauses} times in a row")
            return
        pause = wait if wait is not None else min(8.0, 0.5 * 2**self._pauses)
        self._paused_until = max(self._paused_until, now + pause)
        if rated:
            begun = sum(1 for at in self._starts if at > now - _WINDOW)
            refused = sum(1 for at in self._refused if at > now - _WINDOW)
            self._rate_before = self.rate
            self._settle(max(0, begun - refused) / _WINDOW)
        self._wake()

    def _settle(self, seen: float) -> None:
        """Take the rate that the host was just seen to allow."""
        self._seen = seen
        before = self._rate_before
        if before:
            self.rate = max(_FLOOR, min(max(seen * _CAUTION, before / 2), before))
        else:
            self.rate = max(_START, seen * _CAUTION)
        if before or seen >= _ENOUGH:
            self._ceiling = max(self.rate, seen * _CEILING)

    def blocked(self) -> None:
        """The host refused a page for good."""
        self.answered = True
        self._timeouts = 0
        self._blocks += 1
        if self._blocks >= _BLOCKS:
            self._end(Verdict.BLOCKED, f"not asked: `{self.host}` refused {_BLOCKS} times in a row")
        self._wake()

    def timed_out(self) -> None:
        """A request had no answer in time."""
        self._timeouts += 1
        if self._timeouts >= (_TIMEOUTS if self.answered else _SILENT):
            self._end(
                Verdict.UNREACHABLE,
                f"not asked: `{self.host}` did not answer {self._timeouts} times in a row",
            )

    def ended_silent(self, reason: str) -> None:
        """All tries for one URL were refused or reset."""
        self._silences += 1
        if not self.answered and self._silences >= _SILENT:
            self._end(Verdict.UNREACHABLE, f"not asked: {reason} for every page of `{self.host}`")

    def unusable(self, verdict: Verdict, reason: str) -> None:
        """Nothing on the host can be asked: no address, a private one, no connection at all."""
        self._end(verdict, reason)

    @property
    def _limit(self) -> int:
        if not self.answered:
            return min(_PROBES - self._timeouts, self.width)
        # No more under way than it takes to know that the host refuses everything.
        return min(_BLOCKS - self._blocks, self.width) if self._blocks else self.width

    def _check(self) -> None:
        if self.ended is not None:
            raise LaneEndedError(self.ended.verdict, self.ended.reason)

    def _end(self, verdict: Verdict, reason: str) -> None:
        if self.ended is None:
            self.ended = LaneEndedError(verdict, reason)
        for place in self._waiting:
            if not place.done():
                place.set_result(None)
        self._waiting.clear()

    def _wake(self) -> None:
        free = self._limit - self._inside
        while free > 0 and self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1

    async def _wait_for_turn(self) -> float:
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            start = max(now, self._paused_until)
            if self.rate:
                start = max(start, self._next_start)
                self._next_start = start + 1 / self.rate
            while (left := start - loop.time()) > 0:
                await asyncio.sleep(min(left, _GLANCE))
                self._check()
            self._check()
            if self._paused_until <= loop.time():
                self._starts.append(loop.time())
                return self._starts[-1]


def lane_for(host: str, width: int) -> Lane:
    """A fresh lane; gentle from the start for the hosts that ask for it."""
    for name, rate in _GENTLE.items():
        if host == name or host.endswith(f".{name}"):
            return Lane(host, min(2, width), rate)
    return Lane(host, width)
