"""Run the command over every text made to be slow, and say what each took.

    python benchmarks/pathological.py [--size 1000000] [--only "list items"] [--fix] [--grow]

Each text of `tests/hostile_texts.py` is the only file of a folder of its own,
and the command that is installed for this Python checks it (with `--fix`: and
repairs a copy) in every format asked for, in a process of its own, under a
limit of 1 GiB. Printed are processor seconds, peak memory, the exit code and
what TL001 says, slowest first at the end. `--grow` runs a quarter and a half of
the size too, and marks what grows faster than the text. Exits with 1 where a
run took longer or more than it may, ended in any other way than a check ends,
or printed a traceback.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from hostile_texts import TEXTS

_MOST_SECONDS = 10.0
_ENDED = 60  # Processor seconds.
_MOST_BYTES = 1 << 30
_FORMATS = ("full", "json")
_STEEP = 1.4  # As a power of the size; a linear run with a fixed start-up stays below 1.


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run took."""

    case: str
    seconds: float
    megabytes: float
    code: int
    said: str

    @property
    def bad(self) -> bool:
        """Whether it is more than a hostile file may cost, or no check's end."""
        return self.seconds > _MOST_SECONDS or self.code not in {0, 1} or "Traceback" in self.said

    def __str__(self) -> str:
        mark = "!" if self.bad else " "
        return (
            f"{mark} {self.seconds:6.2f} s {self.megabytes:5.0f} MB  {self.code:3}  "
            f"{self.case:<46} {self.said}"
        )


def measure(case: str, text: str, *words: str) -> Taken:
    """Run the command over one text."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.md").write_text(text, encoding="utf-8", newline="")
        out, err = Path(folder, "out"), Path(folder, "err")
        with out.open("wb") as one, err.open("wb") as other:
            process = subprocess.Popen(
                [sys.executable, "-m", "tldr_lint", "check", "--no-cache", *words],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=one,
                stderr=other,
                env=os.environ | {"NO_COLOR": "1"},
            )
            resource.prlimit(process.pid, resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
            # A run that hangs is ended, but one that is merely too slow is measured.
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (_ENDED, _ENDED))
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        with out.open("rb") as printed:
            head = printed.read(10_000).decode("utf-8", "replace")
        said = re.search(r"(?<=unreadable-file: ).*|(?<=unreadable-file ).*", head)
        error = err.read_text("utf-8", "replace").strip()
        return Taken(
            case,
            used.ru_utime + used.ru_stime,
            used.ru_maxrss / 1024,
            process.returncode,
            error[-300:] or (said[0][:90] if said else ""),
        )


def main() -> int:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("--size", type=int, default=1_000_000, help="bytes of each text")
    asked.add_argument("--only", action="append", default=[], help="texts, by name")
    asked.add_argument("--format", action="append", default=[], help="default: full and json")
    asked.add_argument("--fix", action="store_true", help="repair as well")
    asked.add_argument("--grow", action="store_true", help="a quarter and a half of the size too")
    arguments = asked.parse_args()
    sizes = [arguments.size // 4, arguments.size // 2] * arguments.grow + [arguments.size]
    ways = [("--output-format", each) for each in arguments.format or _FORMATS]
    if arguments.fix:
        ways.append(("--fix", "--unsafe-fixes", "--output-format", "concise"))
    taken: list[Taken] = []
    steep: list[str] = []
    for name in arguments.only or TEXTS:
        for way in ways:
            case = f"{name}: {way[-1] if len(way) == 2 else 'fix'}"
            runs = [measure(case, TEXTS[name](size), *way) for size in sizes]
            taken.append(runs[-1])
            print(runs[-1], flush=True)
            first, last = runs[0].seconds, runs[-1].seconds
            if arguments.grow and last > 1 and last / first > 4**_STEEP:
                steep.append(
                    f"{case}: " + " → ".join(f"{each.seconds:.2f}" for each in runs) + " s"
                )
    print("\nslowest:", *sorted(taken, key=lambda each: -each.seconds)[:15], sep="\n")
    print("\nlargest:", *sorted(taken, key=lambda each: -each.megabytes)[:8], sep="\n")
    print("\nsteeper than the text is long:", *(steep or ["none"]), sep="\n")
    return any(each.bad for each in taken)


if __name__ == "__main__":
    sys.exit(main())
