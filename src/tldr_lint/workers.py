"""Parsing spread over processes: a plain fork and a pipe each.

A fork costs a few milliseconds; the standard library's pools cost fifty, and
a hundred where they start interpreters anew. Where there is no fork, or other
threads are running, which a fork would cut off in the middle of anything, one
process does it all.
"""

from __future__ import annotations

import os
import sys

from tldr_lint.checks.alone import look
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tldr_lint.document import Document
    from tldr_lint.text import Source

_WORTH_IT = 250_000
"""Characters of text below which a second process costs more than it saves."""
_MOST = 8


def usual_jobs() -> int:
    """As many processes as there are processors for us."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(len(affinity(0)) if affinity is not None else os.cpu_count() or 1, _MOST)


def take_in(source: Source) -> Document:
    """The document of a text, and what it tells by itself of what rules can find in it."""
    return look(parse(source))


def take_in_all(sources: Sequence[Source], jobs: int) -> tuple[Document, ...]:
    """The documents of texts, in order, made by at most so many processes."""
    size = sum(len(source.text) for source in sources)
    shares = min(jobs, 1 + size // _WORTH_IT, len(sources))
    if shares < 2 or not _can_fork():
        return tuple(map(take_in, sources))
    from tldr_lint.cache.packed import put_together  # noqa: PLC0415 - several processes only

    parts = _shared_out(sources, shares)
    children = [_start([sources[at] for at in part]) for part in parts[1:]]
    found: dict[int, Document] = {at: take_in(sources[at]) for at in parts[0]}
    for (pid, pipe), part in zip(children, parts[1:], strict=True):
        taken = _finish(pid, pipe, len(part))
        for number, at in enumerate(part):
            source = sources[at]
            found[at] = put_together(source, taken[number], parse) if taken else take_in(source)
    return tuple(found[at] for at in range(len(sources)))


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def _shared_out(sources: Sequence[Source], shares: int) -> list[list[int]]:
    """The numbers of the texts in shares of about one size, the largest given out first."""
    parts: list[list[int]] = [[] for _ in range(shares)]
    sizes = [0] * shares
    for at in sorted(range(len(sources)), key=lambda at: -len(sources[at].text)):
        least = sizes.index(min(sizes))
        parts[least].append(at)
        sizes[least] += len(sources[at].text) + 200
    return [sorted(part) for part in parts]


def _start(sources: Sequence[Source]) -> tuple[int, int]:
    """A process that reads texts and writes their facts into a pipe: its number, the pipe's end."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    # From here to the end this is another process, which must not come back.
    code = 1
    try:
        import marshal  # noqa: PLC0415 - where there are several processes

        from tldr_lint.cache.packed import take_apart  # noqa: PLC0415

        os.close(reading)
        data = marshal.dumps([take_apart(take_in(source)) for source in sources])
        with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
            pipe.write(data)
        code = 0
    finally:
        os._exit(code)


def _finish(pid: int, reading: int, count: int) -> list[tuple[bytes, ...]]:
    """What a process found, the parts of a document a source; nothing if it came to grief."""
    import marshal  # noqa: PLC0415 - where there are several processes

    with open(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status:
        return []
    # Not for what others wrote; but this is a process of our own.
    found: list[tuple[bytes, ...]] = marshal.loads(data)  # noqa: S302
    return found if len(found) == count else []
