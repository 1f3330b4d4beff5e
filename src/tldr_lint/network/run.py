"""One run: every question into its host's lane, and the clock over all of them."""

from __future__ import annotations

import asyncio
import gc
import re
import signal
import time
from collections import deque
from contextlib import contextmanager

import httpx

from tldr_lint import __version__
from tldr_lint.answers import Answer, Verdict, host_of
from tldr_lint.network.address import Resolver, literal
from tldr_lint.network.ask import Asked, Patience, Progress, secret_variable
from tldr_lint.network.asker import Asker
from tldr_lint.network.request import Keys, Requester
from tldr_lint.network.transport import Transport
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from tldr_lint.answers import Question
    from tldr_lint.contract.model import LinkSettings
    from tldr_lint.network.ask import Way

# Who asks, and where to complain of it; without the first word many servers answer no robot.
_HOME = "https://github.com/tldr-lint/tldr-lint"
_USER_AGENT = f"Mozilla/5.0 (compatible; tldr-lint/{__version__}; +{_HOME})"
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_FRAMING = frozenset(
    {
        *("connection", "content-length", "cookie", "expect", "host", "proxy-authorization"),
        *("te", "transfer-encoding", "upgrade"),
    }
)
_GITHUB = ("github.com", "api.github.com")


class _NoCookies(httpx.Cookies):
    """Keeps nothing: what a host sets goes back to it within one URL's redirects alone."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave the response's cookies where they are."""


class _Client(httpx.AsyncClient):
    """A client without a jar, which costs it more than a tenth of a request's time."""

    @property  # type: ignore[misc]
    def cookies(self) -> httpx.Cookies:
        """No cookies."""
        return _NoCookies()


@dataclass(slots=True)
class _Run:
    """The state of one run."""

    asker: Asker
    known: Mapping[str, Answer]
    total: int
    on_progress: Callable[[Progress], None]
    started: float
    answers: dict[str, Answer] = field(default_factory=dict)

    async def serve(self, questions: deque[Question]) -> None:
        """Answer questions of one host, one after the other, until there are none."""
        while questions:
            question = questions.popleft()
            answer = await self.asker.ask(question, self.known.get(question.url))
            self.answers[question.url] = answer
            elapsed = asyncio.get_running_loop().time() - self.started
            self.on_progress(Progress(len(self.answers), self.total, elapsed))


def run(
    questions: Sequence[Question],
    known: Mapping[str, Answer],
    settings: LinkSettings,
    way: Way,
    on_progress: Callable[[Progress], None],
) -> Asked:
    """Ask the network. `known` are older answers, whose validators are sent along."""
    done: list[Asked] = []
    with _frozen():
        # Not as the result of the task: on its way out asyncio asks the signal module for a
        # handler that holds the task, which spells out all of it for an error nobody sees.
        asyncio.run(_run(questions, known, settings, way, on_progress, done.append))
    return done[0]


@contextmanager
def _frozen() -> Iterator[None]:
    """What was there before the run is not looked through for garbage again and again.

    What the run makes is, even where a run collects nothing else: hostile
    pages would pile up.
    """
    collects = gc.isenabled()
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.unfreeze()
        if not collects:
            gc.disable()


async def _run(
    questions: Sequence[Question],
    known: Mapping[str, Answer],
    settings: LinkSettings,
    way: Way,
    on_progress: Callable[[Progress], None],
    on_end: Callable[[Asked], None],
) -> None:
    patience = way.patience or Patience(total=settings.timeout, head=settings.timeout / 2)
    resolver = Resolver(way.allow_private, way.lookup)
    places = _places(settings.concurrency)
    transport = Transport(resolver, way.proxy, min(5.0, patience.head), idle=2 * places)
    async with _Client(transport=transport, trust_env=False) as client:
        keys = Keys(_secrets(settings, way.environment), lambda host: _is_opened(host, way))
        asker = Asker(
            Requester(client, keys, _USER_AGENT),
            patience,
            settings.accept,
            settings.per_host,
            asyncio.Semaphore(places),
            frozenset(each.url for each in questions if each.anchors or each.paper),
        )
        loop = asyncio.get_running_loop()
        state = _Run(asker, known, len(questions), on_progress, loop.time())
        interrupted = await _work(state, questions, patience.budget)
    resolver.close()
    answers = {url: _sobered(answer, resolver) for url, answer in state.answers.items()}
    if not interrupted:
        for question in questions:
            answers.setdefault(question.url, _out_of_time(question.url, patience.budget))
    traffic = transport.traffic
    on_end(Asked(answers, interrupted, traffic.requests, traffic.connections))


def _places(wanted: int) -> int:
    """Requests at a time: as wanted, if three times as many files may be open."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return wanted
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(8, (soft - 64) // 3))


async def _work(state: _Run, questions: Sequence[Question], budget: float) -> bool:
    """Serve all questions; whether Ctrl-C ended that early."""
    queues: dict[str, deque[Question]] = {}
    for question in questions:
        queues.setdefault(state.asker.lane(question.url).host, deque()).append(question)
    stop = asyncio.Event()
    with _interruptible(stop):
        # The host with most pages decides how long the run takes: it goes first.
        workers = [
            asyncio.ensure_future(state.serve(queue))
            for queue in sorted(queues.values(), key=len, reverse=True)
            for _ in range(min(state.asker.width, len(queue)))
        ]
        stopped = asyncio.ensure_future(stop.wait())
        everything = asyncio.gather(*workers)
        try:
            ends: set[asyncio.Future[object]] = {stopped, everything}  # type: ignore[arg-type]
            await asyncio.wait(ends, timeout=budget, return_when=asyncio.FIRST_COMPLETED)
            if everything.done():
                everything.result()
        finally:
            stopped.cancel()
            everything.cancel()
            await asyncio.gather(*workers, everything, stopped, return_exceptions=True)
    return stop.is_set()


@contextmanager
def _interruptible(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C sets the event instead of raising; a second one does what it did before."""
    loop = asyncio.get_running_loop()
    try:
        before = signal.getsignal(signal.SIGINT)

        def interrupt(_number: int, _frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, before)
            loop.call_soon_threadsafe(stop.set)

        signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # not the main thread: an editor's server, which has no Ctrl-C
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _secrets(
    settings: LinkSettings, environment: Mapping[str, str]
) -> Mapping[str, Mapping[str, str]]:
    """Host → header → value, from the environment alone.

    A contract may be a stranger's, so it cannot say which secret goes where:
    the variable's own name says the one host that its value is for.
    """
    found: dict[str, dict[str, str]] = {}
    for host, headers in settings.headers.items():
        wanted = secret_variable(host)
        for name, variable in headers.items():
            value = environment.get(variable, "").strip()
            if value and variable == wanted and _is_header(name, value):
                found.setdefault(host.lower(), {})[name] = value
    token = environment.get("GITHUB_TOKEN", "").strip()
    if _is_header("Authorization", token):
        for host in _GITHUB:
            found.setdefault(host, {}).setdefault("Authorization", f"Bearer {token}")
    return found


def _is_header(name: str, value: str) -> bool:
    """Whether a header can be sent: one line, and none of those that frame the request."""
    return (
        _HEADER_NAME.fullmatch(name) is not None
        and name.lower() not in _FRAMING
        and bool(value)
        and value.isascii()
        and value.isprintable()
    )


def _is_opened(host: str, way: Way) -> bool:
    address = literal(host)
    # What goes over plain http to a proxy, the proxy can read.
    return (
        way.proxy is None
        and address is not None
        and any(
            address.version == network.version and address in network
            for network in way.allow_private
        )
    )


def _sobered(answer: Answer, resolver: Resolver) -> Answer:
    """The answer; "no such host" is none from a machine that finds no host at all."""
    host = host_of(answer.final or answer.url)
    if answer.status is None and host in resolver.missing and not resolver.is_certain(host):
        reason = f"`{host}` could not be resolved, and nor could any other name"
        return replace(answer, verdict=Verdict.UNREACHABLE, reason=reason, kept=False)
    return answer


def _out_of_time(url: str, budget: float) -> Answer:
    reason = f"not asked: the run's {budget:.0f} s were up"
    return Answer(url, Verdict.UNREACHABLE, reason, asked_at=time.time(), kept=False)
