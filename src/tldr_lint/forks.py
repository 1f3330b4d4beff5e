"""Work spread over processes: a plain fork and a pipe each.

A fork costs a few milliseconds; the standard library's pools cost fifty, and
a hundred where they start interpreters anew. Where there is no fork, or other
threads are running, which a fork would cut off in the middle of anything, one
process does it all.
"""

from __future__ import annotations

import os
import sys

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    _Task = TypeVar("_Task")
    _Sent = TypeVar("_Sent")
    _Made = TypeVar("_Made")

_WORTH_IT = 250_000
"""Characters of text below which a second process costs more than it saves."""
_MOST = 8
_FILE = 200  # Characters that a file costs as much as, beside its own.
_BATCH = 500  # Results that are in memory twice while they go from one process to another.
_LENGTH = 8  # Bytes that tell how long a batch is.


def usual_jobs() -> int:
    """As many processes as there are processors for us."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(len(affinity(0)) if affinity is not None else os.cpu_count() or 1, _MOST)


def spread(
    tasks: Sequence[_Task],
    sizes: Sequence[int],
    jobs: int,
    here: Callable[[_Task], _Made],
    there: Callable[[_Task], _Sent],
    back: Callable[[_Task, _Sent], _Made],
    *,
    lean: bool = False,
) -> list[_Made]:
    """What `here` makes of each task, in order, by at most so many processes.

    `sizes` are the characters of text that each is about. In other processes
    `there` makes what can be sent of it (`marshal`), from which `back` makes the
    same. With `lean` what this one makes of its share is to be no larger than that.
    """
    shares = min(jobs, 1 + sum(sizes) // _WORTH_IT, len(tasks))
    if shares < 2 or not _can_fork():
        return list(map(here, tasks))

    def own(task: _Task) -> _Made:
        return back(task, there(task)) if lean else here(task)

    parts = _shared_out(sizes, shares)
    children = [_start([tasks[at] for at in part], there) for part in parts[1:]]
    found = {at: own(tasks[at]) for at in parts[0]}
    for (pid, pipe), part in zip(children, parts[1:], strict=True):
        sent: list[_Sent] = _finish(pid, pipe)
        found.update((at, back(tasks[at], each)) for at, each in zip(part, sent, strict=False))
        # What a process that came to grief did not send is made up for.
        found.update((at, own(tasks[at])) for at in part if at not in found)
    return [found[at] for at in range(len(tasks))]


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def _shared_out(sizes: Sequence[int], shares: int) -> list[list[int]]:
    """The numbers of the tasks in shares of about one size, the largest first.

    What has been needed for a large one serves the small ones behind it.
    """
    parts: list[list[int]] = [[] for _ in range(shares)]
    totals = [0] * shares
    for at in sorted(range(len(sizes)), key=lambda at: -sizes[at]):
        least = totals.index(min(totals))
        parts[least].append(at)
        totals[least] += sizes[at] + _FILE
    return parts


def _start(tasks: Sequence[_Task], there: Callable[[_Task], object]) -> tuple[int, int]:
    """A process that works on tasks and sends what it made: its number, the pipe's end."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    # From here to the end this is another process, which must not come back.
    code = 1
    try:
        import marshal  # noqa: PLC0415 - several processes only

        os.close(reading)
        made = [
            marshal.dumps([there(task) for task in tasks[at : at + _BATCH]])
            for at in range(0, len(tasks), _BATCH)
        ]
        with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
            for data in made:
                pipe.write(len(data).to_bytes(_LENGTH, "big"))
                pipe.write(data)
        code = 0
    finally:
        os._exit(code)


def _finish(pid: int, reading: int) -> list[_Sent]:
    """What a process sent, one after the other; nothing if it came to grief."""
    import marshal  # noqa: PLC0415 - several processes only

    found: list[_Sent] = []
    with open(reading, "rb") as pipe:
        while length := pipe.read(_LENGTH):
            data = pipe.read(int.from_bytes(length, "big"))
            if len(data) != int.from_bytes(length, "big"):
                break
            # Not for what others wrote; but this is a process of our own.
            found += marshal.loads(data)  # noqa: S302
    _, status = os.waitpid(pid, 0)
    return [] if status else found


def spread_values(
    tasks: Sequence[_Task], sizes: Sequence[int], jobs: int, make: Callable[[_Task], _Made]
) -> list[_Made]:
    """Likewise, where what is made can be sent as it is."""
    return spread(tasks, sizes, jobs, make, make, lambda _, made: made)
