"""Measure `tldr-lint` beside its peers, and write what was measured.

    python benchmarks/run.py [--pairs 9] [--notes 20,1000,10000] [--python python3.12]…

Whole processes are measured, one at a time, all tools of a case in turn and
then again, so that what else the machine does meets all of them alike; what is
compared is the ratio of two runs of the same turn. Writes `RESULTS.md` and
`RESULTS.svg` beside this file. No figure in them is written by hand.
"""

import argparse
import gc
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from chart import chart
from generate import generate
from peers import Tool, floor, ours, peers

HERE = Path(__file__).resolve().parent
# What the issue on speed asks for: case, notes, peer, the most our wall time may be of theirs.
GOALS = (
    ("cold", 20, "rumdl", 4.0),
    ("cold", 20, "markdownlint-cli2", 0.1),
    ("cold", 20, "pymarkdown", 0.1),
    ("cold", 1000, "rumdl", 1.4),
    ("cold", 10_000, "rumdl", 1.0),
    ("warm", 20, "python -c pass", 5.0),
    ("warm", 1000, "rumdl", 0.6),
    ("warm", 10_000, "rumdl", 0.2),
    ("one file changed", 10_000, "rumdl", 0.6),
)
MEMORY_GOAL = 0.7


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of a process."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, children included."""


@dataclass(slots=True)
class Case:
    """One state of one collection, and every tool's runs over it, turn by turn."""

    name: str
    notes: int
    runs: dict[str, list[Measured]] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    """Peak bytes, all processes of a run together."""

    def wall(self, tool: str) -> float:
        """The median, in seconds."""
        return statistics.median(run.wall for run in self.runs[tool])

    def cpu(self, tool: str) -> float:
        """The median, in seconds."""
        return statistics.median(run.cpu for run in self.runs[tool])

    def ratio(self, tool: str, other: str) -> float:
        """The median over the turns of one tool's wall time by another's."""
        pairs = zip(self.runs[tool], self.runs[other], strict=True)
        return statistics.median(one.wall / two.wall for one, two in pairs)


def measure(command: Sequence[str], folder: Path) -> Measured:
    """Run a process to its end, its output thrown away."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = 0
    return Measured(wall, usage.ru_utime + usage.ru_stime)


def peak(command: Sequence[str], folder: Path) -> int:
    """The most memory a run and its children hold at once, in bytes.

    Pages that two processes share count once (`Pss`), where the system tells;
    else the largest process counts.
    """
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_shared_out, _family(process.pid))))
        time.sleep(0.004)
    return most


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return
    for child in children.split():
        yield from _family(int(child))


def _shared_out(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def commit(folder: Path) -> None:
    """Make a repository of a collection, as nearly every collection is one."""
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "A collection")):
        identity = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org")
        subprocess.run(("git", *identity, *arguments), cwd=folder, check=True)


def change_one(folder: Path, turn: int) -> None:
    """Add a sentence to one note, another in each turn."""
    notes = sorted((folder / "notes").glob("*-*.md"))
    with notes[(turn * 37) % len(notes)].open("a", encoding="utf-8") as note:
        note.write(f"\nA sentence that turn {turn} added.\n")


def cached(tool: Tool, cache: Path) -> tuple[str, ...]:
    """A tool's command with its own cache, or as it is where it has none."""
    return tuple(part.format(cache=cache) for part in tool.cached or tool.command)


def run_case(case: Case, tools: Sequence[Tool], work: Path, pairs: int, *, memory: bool) -> None:
    """Every tool in turn, `pairs` times, each over a copy of the collection of its own."""
    folders: dict[str, Path] = {}
    commands: dict[str, tuple[str, ...]] = {}
    for tool in tools:
        folder = folders[tool.name] = work / "copies" / tool.name.replace(" ", "-")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(work / f"notes-{case.notes}", folder)
        tool.prepare(folder)
        cache = work / "caches" / tool.name.replace(" ", "-")
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        commands[tool.name] = tool.command if case.name == "cold" else cached(tool, cache)
    # What was written a moment ago is not relied on by any cache.
    time.sleep(2.5)
    for tool in tools:
        # Once for nothing: caches are filled, the system has the files in memory.
        measure(commands[tool.name], folders[tool.name])
        measure(commands[tool.name], folders[tool.name])
    for turn in range(pairs):
        for tool in (*tools[turn % len(tools) :], *tools[: turn % len(tools)]):
            if case.name == "one file changed":
                change_one(folders[tool.name], turn)
            done = measure(commands[tool.name], folders[tool.name])
            case.runs.setdefault(tool.name, []).append(done)
    if memory:
        for tool in tools:
            case.memory[tool.name] = peak(commands[tool.name], folders[tool.name])
    shutil.rmtree(work / "copies")


def cases(sizes: Sequence[int]) -> list[Case]:
    """Cold and warm for every size, and one file changed for all but the smallest."""
    found = [Case(name, notes) for notes in sizes for name in ("cold", "warm")]
    return found + [Case("one file changed", notes) for notes in sizes[1:]]


def chosen(case: Case, tools: Sequence[Tool]) -> list[Tool]:
    """The tools that take part in a case: warm, only those that have a cache."""
    return [
        tool
        for tool in tools
        if case.notes <= tool.most
        and (case.name == "cold" or tool.cached is not None or tool.name == "python -c pass")
    ]


def report(done: Sequence[Case], tools: Sequence[Tool], ours_name: str) -> str:
    """All that was measured, as Markdown."""
    measured = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} by `benchmarks/run.py`: "
        f"{os.cpu_count()} processors, {_processor()}, {platform.system()}; "
        "times are medians."
    )
    lines = [
        "# Results",
        "",
        measured,
        "A ratio is the median over the turns of our wall time by theirs in the same turn.",
        "",
        "![Wall time of a cold run](RESULTS.svg)",
        "",
        "## Goals",
        "",
        "| Case | Notes | Beside | At most | Measured | Reached |",
        "| --- | ---: | --- | ---: | ---: | --- |",
        *_goals(done, ours_name),
        "",
    ]
    for case in done:
        lines += [
            f"## {case.name.capitalize()}, {case.notes:,} notes",
            "",
            f"{len(case.runs[ours_name])} turns.",
            "",
            "| Tool | Wall, ms | CPU, ms | Ours by theirs | Peak memory, MB |",
            "| --- | ---: | ---: | ---: | ---: |",
            *_rows(case, ours_name),
            "",
        ]
    lines += ["## Versions", "", "| Tool | Version |", "| --- | --- |"]
    lines += [f"| {tool.name} | {tool.version} |" for tool in tools]
    return "\n".join(lines) + "\n"


def _goals(done: Sequence[Case], ours_name: str) -> Iterator[str]:
    for name, notes, other, most in GOALS:
        case = next((c for c in done if c.name == name and c.notes == notes), None)
        if case is not None and other in case.runs:
            ratio = case.ratio(ours_name, other)
            reached = "yes" if ratio <= most else "no"
            yield f"| {name} | {notes:,} | {other} | {most} | {ratio:.2f} | {reached} |"
    for case in done:
        if case.notes == 10_000 and case.name != "one file changed" and "rumdl" in case.memory:
            ratio = case.memory[ours_name] / case.memory["rumdl"]
            reached = "yes" if ratio <= MEMORY_GOAL else "no"
            yield (
                f"| peak memory, {case.name} | {case.notes:,} | rumdl "
                f"| {MEMORY_GOAL} | {ratio:.2f} | {reached} |"
            )


def _rows(case: Case, ours_name: str) -> Iterator[str]:
    for tool in sorted(case.runs, key=case.wall):
        memory = f"{case.memory[tool] / 1e6:.0f}" if case.memory.get(tool) else "–"
        ratio = "" if tool == ours_name else f"{case.ratio(ours_name, tool):.2f}"
        yield (
            f"| {tool} | {case.wall(tool) * 1000:.0f} | {case.cpu(tool) * 1000:.0f} "
            f"| {ratio} | {memory} |"
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=9, help="turns a case")
    parser.add_argument("--large-pairs", type=int, help="turns a case of 10,000 notes and more")
    parser.add_argument("--notes", default="20,1000,10000", help="sizes of collections")
    parser.add_argument("--python", action="append", default=[], help="one more interpreter")
    parser.add_argument("--beside", action="append", help="measure beside this peer only")
    parser.add_argument("--work", type=Path, help="keep what is installed in this folder")
    parser.add_argument("--no-memory", action="store_true", help="do not measure memory")
    return parser.parse_args()


def main() -> None:
    """Run from the command line."""
    options = asked()
    sizes = [int(size) for size in options.notes.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        work = (options.work or Path(folder)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        own = ours(work, sys.executable)
        if own is None:
            sys.exit("tldr-lint itself could not be installed")
        others = [ours(work, python, most=1000) for python in options.python]
        wanted = [tool for tool in peers(work) if tool.name in (options.beside or [tool.name])]
        tools = [floor(sys.executable), own, *filter(None, others), *wanted]
        print("measuring", ", ".join(f"{tool.name} {tool.version}" for tool in tools))
        for size in sizes:
            # A run that was ended early left its own.
            shutil.rmtree(work / f"notes-{size}", ignore_errors=True)
            generate(work / f"notes-{size}", size)
            commit(work / f"notes-{size}")
        gc.disable()
        done = cases(sizes)
        for case in done:
            print(case.name, case.notes, flush=True)
            tools_of_case = chosen(case, tools)
            large = case.notes >= 10_000 and options.large_pairs
            pairs = options.large_pairs if large else options.pairs
            run_case(case, tools_of_case, work, pairs, memory=not options.no_memory)
            write(done, tools, own.name)
        for size in sizes:
            shutil.rmtree(work / f"notes-{size}")


def write(done: Sequence[Case], tools: Sequence[Tool], ours_name: str) -> None:
    """Write the results as far as they go."""
    known = [case for case in done if case.runs]
    (HERE / "RESULTS.md").write_text(report(known, tools, ours_name), encoding="utf-8")
    bars = {
        f"{case.name}, {case.notes:,} notes": {tool: case.wall(tool) for tool in case.runs}
        for case in known
    }
    (HERE / "RESULTS.svg").write_text(chart(bars, ours_name), encoding="utf-8")


if __name__ == "__main__":
    main()
