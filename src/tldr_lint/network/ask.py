"""URLs → answers, politely, safely, remembered: the one way to the outside.

What the memory still knows is not asked again; httpx and what belongs to it
are imported only when something is.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from types import MappingProxyType
from typing import Protocol

from tldr_lint.answers import host_of, merged
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tldr_lint.answers import Answer, Question, Remembered
    from tldr_lint.contract.model import LinkSettings
    from tldr_lint.network.address import Lookup, Network
    from tldr_lint.network.proxy import Proxy

_HOST = regex(r"([A-Za-z0-9.-]+)(?::\d{1,5})?")
_OUR_VARIABLES = "TLDR_LINT_"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    done: int
    total: int
    elapsed: float
    """Seconds."""

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.done / self.elapsed if self.elapsed > 0 else 0.0

    @property
    def left(self) -> float | None:
        """The seconds that the rest should take; none as long as nothing is done."""
        return (self.total - self.done) / self.rate if self.rate else None


class Memory(Protocol):
    """What outlives a run (`cache/answers.py`)."""

    def recall(self, urls: Iterable[str], now: float) -> Mapping[str, Remembered]:
        """What is known of these URLs."""

    def hosts(self, hosts: Iterable[str]) -> Mapping[str, float]:
        """When each of these hosts last answered, as far as is known."""

    def remember(self, answers: Iterable[Answer], now: float) -> Mapping[str, Answer]:
        """Keep answers; the same answers with their history, by URL."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take; seconds, where nothing else is said."""

    total: float = 20.0
    """For one URL, waiting in its host's lane aside."""
    head: float = 10.0
    """For the head of one answer."""
    back_off: float = 0.5
    """Before the first retry; doubled for each that follows, and jittered."""
    retries: int = 2
    longest_wait: float = 15.0
    """A longer `Retry-After` is not waited for."""
    budget: float = 600.0
    """For the whole run."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the network is reached, apart from what a contract may say."""

    allow_private: tuple[Network, ...] = ()
    """Networks that the command line opened."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Where secrets for hosts come from."""
    lookup: Lookup | None = None
    """Stands in for the system's name resolution."""
    patience: Patience | None = None
    """In place of what follows from the contract's `timeout`."""
    proxy: Proxy | None = None
    """Asked in place of the hosts themselves; none of the environment's ever is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run found out."""

    answers: Mapping[str, Answer]
    """By URL; a URL that was not asked any more is not in it."""
    interrupted: bool = False
    """Whether Ctrl-C ended it: the answers are those known by then."""
    requests: int = 0
    connections: int = 0


def ask(
    questions: Iterable[Question],
    settings: LinkSettings,
    way: Way,
    memory: Memory | None = None,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> Asked:
    """Answer every question, from memory where it is fresh, else from the network.

    Never raises for what a host does. Ctrl-C ends the asking early.
    """
    wanted = merged(questions)
    now = time.time()
    known = memory.recall((question.url for question in wanted), now) if memory else {}
    answers: dict[str, Answer] = {}
    left: list[Question] = []
    for question in wanted:
        before = known.get(question.url)
        if before is not None and before.fresh and _still_holds(before.answer, question, settings):
            answers[question.url] = before.answer
        else:
            left.append(question)
    if not left:
        return Asked(_with_hosts(answers, memory))
    with _without_its_command_line():
        from tldr_lint.network.run import run  # noqa: PLC0415 (httpx: only when something is asked)

    older = {url: remembered.answer for url, remembered in known.items()}
    asked = run(left, older, settings, way, on_progress)
    found = asked.answers
    if memory is not None:
        found = memory.remember(found.values(), now)
    answers = _with_hosts(answers | dict(found), memory)
    answers = {q.url: answers[q.url] for q in wanted if q.url in answers}
    return replace(asked, answers=answers)


@contextmanager
def _without_its_command_line() -> Iterator[None]:
    """Import httpx without its own command line, which takes as long to load as all the rest.

    httpx goes without where `httpx._main` cannot be imported, which is what
    None in its place says (the import system, 5.3.1).
    """
    ours = "httpx" not in sys.modules and "httpx._main" not in sys.modules
    if ours:
        sys.modules["httpx._main"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if ours:
            del sys.modules["httpx._main"]


def _still_holds(answer: Answer, question: Question, settings: LinkSettings) -> bool:
    """Whether a remembered answer answers this question, under the settings of this run."""
    if not question.answered_by(answer):
        return False
    if answer.verdict == "alive":
        return answer.status is None or answer.status < 400 or answer.status in settings.accept
    return answer.status not in settings.accept


def _with_hosts(answers: dict[str, Answer], memory: Memory | None) -> dict[str, Answer]:
    """The answers; those that nobody could give with when anything on the host last answered."""
    lost = {url: answer for url, answer in answers.items() if answer.verdict == "unreachable"}
    if memory is None or not lost:
        return answers
    alive = memory.hosts({host_of(url) for url in lost})
    return answers | {
        url: replace(answer, history=replace(answer.history, host_alive=alive.get(host_of(url))))
        for url, answer in lost.items()
    }


def secret_variable(host: str) -> str | None:
    """The environment variable whose value may be sent to a host; none for an odd host.

    `wiki.company.test` → `TLDR_LINT_WIKI_COMPANY_TEST`, a hyphen is two
    underscores: no two hosts share a variable, and all ports of one do.
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return None
    return _OUR_VARIABLES + found[1].upper().replace("-", "__").replace(".", "_")


def environment() -> Mapping[str, str]:
    """The process's environment, where secrets for hosts stand."""
    return MappingProxyType(dict(os.environ))
