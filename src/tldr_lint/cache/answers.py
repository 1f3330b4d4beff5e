"""The memory of answers: verdicts with time, validators and history, in one SQLite file.

The file may be shared between branches and restored between runs of a CI: an
entry is about a URL alone, says when it was made, and gives way to a younger
one. It holds plain values only, and whatever is not as written here is
forgotten rather than believed.
"""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing, contextmanager
from math import isfinite
from typing import Protocol

from tldr_lint.answers import Answer, History, Hop, Page, Remembered, Verdict, host_of
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeGuard

FILE = "answers.sqlite3"
"""The file's name within the cache folder."""

_VERSION = 1
_SCHEMA = (
    (
        "CREATE TABLE answers (url TEXT PRIMARY KEY, answer TEXT NOT NULL, "
        "asked_at REAL NOT NULL, expires REAL NOT NULL, last_alive REAL, failing_since REAL, "
        "failed_runs INTEGER NOT NULL) WITHOUT ROWID"
    ),
    "CREATE TABLE hosts (host TEXT PRIMARY KEY, alive REAL NOT NULL) WITHOUT ROWID",
)
_HOUR = 3600.0
_DAY = 24 * _HOUR
_REDIRECT_TTL = _DAY
_BAD_NEWS_TTL = _HOUR
_BLOCKED_TTL = 6 * _HOUR
_JITTER = 0.2  # of a time to live, so that what was learnt together is not forgotten together
_KEPT = 180 * _DAY
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_WAIT = 5.0  # seconds for another run to finish writing
_LARGEST_ANSWER = 4_000_000  # characters


class Jitter(Protocol):
    """A source of chance (`random.Random`)."""

    def uniform(self, a: float, b: float, /) -> float:
        """A number between two."""


@dataclass(slots=True)
class AnswerMemory:
    """What outlives a run. Never raises for the state of its file: it knows nothing then."""

    path: Path
    ttl: float
    """Seconds for which good news are believed."""
    jitter: Jitter = field(default_factory=random.Random)
    problem: str = ""
    """Why the file could not be used, as half a sentence; empty where it could."""

    def recall(self, urls: Iterable[str], now: float) -> Mapping[str, Remembered]:
        """What is known of these URLs."""
        found: dict[str, Remembered] = {}
        if not self.path.exists():
            return found
        with self._opened() as database:
            if database is None:
                return found
            rows = database.execute(
                "SELECT url, answer, asked_at, expires, last_alive, failing_since, failed_runs "
                "FROM answers WHERE url IN (SELECT value FROM json_each(?))",
                (json.dumps([*urls]),),
            )
            for url, text, asked_at, expires, *past in rows:
                history = _past(*past)
                if history is None or not _is_time(asked_at) or not _is_time(expires):
                    continue
                answer = _decoded(text, url, asked_at, history)
                if answer is not None:
                    # An entry of the future is a clock that was wrong, or a forgery.
                    fresh = asked_at <= now < expires <= asked_at + 2 * max(self.ttl, _DAY)
                    found[url] = Remembered(answer, fresh)
        return found

    def hosts(self, hosts: Iterable[str]) -> Mapping[str, float]:
        """When each of these hosts last answered, as far as is known."""
        found: dict[str, float] = {}
        with self._opened() as database:
            if database is not None:
                rows = database.execute(
                    "SELECT host, alive FROM hosts WHERE host IN (SELECT value FROM json_each(?))",
                    (json.dumps([*hosts]),),
                )
                found.update((host, alive) for host, alive in rows if _is_time(alive))
        return found

    def remember(self, answers: Iterable[Answer], now: float) -> Mapping[str, Answer]:
        """Keep answers; the same answers with their history, by URL."""
        given = {answer.url: answer for answer in answers}
        before = self.recall(given, now)
        told = {
            url: replace(answer, history=_history(answer, before.get(url), now))
            for url, answer in given.items()
        }
        with self._opened() as database:
            if database is not None:
                database.executemany(
                    "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE "
                    "SET answer = excluded.answer, asked_at = excluded.asked_at, "
                    "expires = excluded.expires, last_alive = excluded.last_alive, "
                    "failing_since = excluded.failing_since, failed_runs = excluded.failed_runs "
                    "WHERE excluded.asked_at >= answers.asked_at",
                    (self._row(answer, now) for answer in told.values() if answer.kept),
                )
                alive = {
                    host_of(url)
                    for answer in told.values()
                    if answer.status is not None
                    for url in (answer.final or answer.url,)
                }
                database.executemany(
                    "INSERT INTO hosts VALUES (?, ?) ON CONFLICT (host) DO UPDATE "
                    "SET alive = max(alive, excluded.alive)",
                    ((host, now) for host in sorted(alive)),
                )
                database.execute("DELETE FROM answers WHERE asked_at < ?", (now - _KEPT,))
                database.commit()
        return told

    def _row(self, answer: Answer, now: float) -> tuple[str | float | int | None, ...]:
        history = answer.history
        ttl = self._ttl(answer) * self.jitter.uniform(1 - _JITTER, 1 + _JITTER)
        return (
            answer.url,
            _encoded(answer),
            now,
            now + ttl,
            history.last_alive,
            history.failing_since,
            history.failed_runs,
        )

    def _ttl(self, answer: Answer) -> float:
        match answer.verdict:
            case Verdict.ALIVE:
                return min(self.ttl, _REDIRECT_TTL) if answer.hops else self.ttl
            case Verdict.BLOCKED:
                return min(self.ttl, _BLOCKED_TTL)
            case _:
                return min(self.ttl, _BAD_NEWS_TTL)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection | None]:
        """The database, made anew where it is damaged; none where it cannot be used."""
        if self.problem:
            yield None
            return
        try:
            database = self._connect()
        except (OSError, sqlite3.Error) as error:
            self.problem = f"the memory of answers cannot be used: {error}"
            yield None
            return
        damaged = False
        with closing(database):
            try:
                yield database
            except sqlite3.Error as error:
                damaged = error.sqlite_errorcode in _DAMAGED
                if not damaged:
                    self.problem = f"the memory of answers cannot be used: {error}"
        if damaged:
            self.path.unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        if self.path.is_symlink():
            raise OSError("it is a symbolic link")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        database = self._if_ours()
        if database is None:
            self.path.unlink(missing_ok=True)
            database = self._if_ours()
        if database is None:
            raise OSError("it cannot be made anew")
        return database

    def _if_ours(self) -> sqlite3.Connection | None:
        """A connection to a file that is new or holds our tables and nothing else, else none."""
        database = sqlite3.connect(self.path, timeout=_WAIT)
        try:
            if _is_ours(database):
                return database
        except sqlite3.OperationalError:
            database.close()
            raise
        except sqlite3.DatabaseError:
            pass  # not a database: none of ours either
        database.close()
        return None


def _is_ours(database: sqlite3.Connection) -> bool:
    database.execute("PRAGMA trusted_schema = OFF")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.OperationalError("a newer version wrote it")
    stands = [row[0] for row in database.execute("SELECT sql FROM sqlite_master")]
    if stands:
        return sorted(map(str, stands)) == sorted(_SCHEMA)
    with database:
        for statement in _SCHEMA:
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {_VERSION}")
    return True


def _history(answer: Answer, before: Remembered | None, now: float) -> History:
    past = before.answer.history if before is not None else History()
    match answer.verdict:
        case Verdict.ALIVE:
            return History(last_alive=now)
        case Verdict.BLOCKED | Verdict.MALFORMED:
            return past
        case _:
            since = past.failing_since if past.failing_since is not None else now
            return History(past.last_alive, since, past.failed_runs + 1)


def _encoded(answer: Answer) -> str:
    fields = {
        "verdict": answer.verdict,
        "reason": answer.reason,
        "status": answer.status,
        "final": answer.final,
        "hops": [{"status": hop.status, "target": hop.target} for hop in answer.hops],
        "elapsed": answer.elapsed,
        "page": _encoded_page(answer.page) if answer.page is not None else None,
        "secure": answer.secure,
        "etag": answer.etag,
        "modified": answer.modified,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _encoded_page(page: Page) -> dict[str, object]:
    return {
        "anchors": sorted(page.anchors) if page.anchors is not None else None,
        "title": page.title,
        "cited": page.cited,
        "years": sorted(page.years),
        "arxiv_id": page.arxiv_id,
    }


def _decoded(text: object, url: str, asked_at: float, history: History) -> Answer | None:
    """An answer as it was kept; none where the text is none of ours."""
    if not isinstance(text, str) or len(text) > _LARGEST_ANSWER:
        return None
    try:
        fields = json.loads(text)
        hops = tuple(Hop(int(hop["status"]), str(hop["target"])) for hop in fields["hops"])
        page = _page(fields["page"])
        status = fields["status"]
        elapsed = float(fields["elapsed"])
        if not isfinite(elapsed):
            return None
        return Answer(
            url,
            Verdict(fields["verdict"]),
            str(fields["reason"]),
            int(status) if status is not None else None,
            str(fields["final"]),
            hops,
            elapsed,
            asked_at,
            page,
            secure=fields["secure"] is True,
            etag=str(fields["etag"]),
            modified=str(fields["modified"]),
            history=history,
        )
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None


def _page(fields: Mapping[str, object] | None) -> Page | None:
    if fields is None:
        return None
    anchors, years = fields["anchors"], fields["years"]
    if not isinstance(years, list) or not (anchors is None or isinstance(anchors, list)):
        raise TypeError("anchors and years are lists")
    return Page(
        frozenset(map(str, anchors)) if anchors is not None else None,
        str(fields["title"]),
        fields["cited"] is True,
        frozenset(map(int, years)),
        str(fields["arxiv_id"]),
    )


def _past(last_alive: object, failing_since: object, failed_runs: object) -> History | None:
    """A history as it was kept; none where it is none of ours."""
    if not isinstance(failed_runs, int):
        return None
    if last_alive is not None and not _is_time(last_alive):
        return None
    if failing_since is not None and not _is_time(failing_since):
        return None
    return History(last_alive, failing_since, failed_runs)


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, float) and isfinite(value)
