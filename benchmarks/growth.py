"""Measure how time and memory grow with a collection: at a size, twice and four times the size.

    python benchmarks/growth.py [--notes 1000] [--write]

Processor time and peak memory of whole processes without a cache: a report on
a healthy collection, `--fix --unsafe-fixes` with a fault in every fifth note,
a report after the facts of every tenth note were changed since the last
commit (each one is looked up in the history), and a report on one table of
2, 4 and 8 MB. What is linear takes the same time a note at every size.
`--write` puts the table into the section `## Growth` of `benchmarks/README.md`.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from generate import generate
from run import commit, measure, peak
from sections import measured_by, put

OURS = (sys.executable, "-P", "-m", "tldr_lint", "--no-cache")


def healthy(root: Path, notes: int) -> None:
    """A collection with nothing wrong in it."""
    generate(root, notes)
    commit(root)


def faulty(root: Path, notes: int) -> None:
    """A collection with a fault in every fifth note."""
    generate(root, notes, defects=notes // 5)
    commit(root)


def drifted(root: Path, notes: int) -> None:
    """A collection in which every tenth note says something else than when it was committed."""
    healthy(root, notes)
    for number, path in enumerate(sorted((root / "notes").glob("*-*.md"))):
        if number % 10 == 0:
            text = path.read_text("utf-8")
            path.write_text(text.replace("Encoder-Decoder |", "Decoder |"), encoding="utf-8")
    done = subprocess.run(("git", "diff", "--quiet"), cwd=root, check=False)
    if done.returncode != 1:
        raise SystemExit("no note was changed")


def one_table(root: Path, notes: int) -> None:
    """One file with a table of two thousand bytes a note."""
    root.mkdir()
    columns = [f"Column {number}" for number in range(20)]
    lines = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    lines += [
        f"| {' | '.join(f'{column} of row {row} '.ljust(97, 'x') for column in columns)} |"
        for row in range(notes)
    ]
    (root / "README.md").write_text("# Table\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    commit(root)


CASES: tuple[tuple[str, Callable[[Path, int], None], tuple[str, ...]], ...] = (
    ("report", healthy, ()),
    ("repair", faulty, ("--fix", "--unsafe-fixes")),
    ("history", drifted, ()),
    ("one table", one_table, ()),
)


def row(name: str, make: Callable[[Path, int], None], options: Sequence[str], notes: int) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "notes"
        make(root, notes)
        # A repair is measured by what it does to a copy, so that memory is measured on the same.
        copy = root.with_name("copy")
        subprocess.run(("cp", "-a", root, copy), check=True)
        seconds = measure((*OURS, *options), root).cpu
        megabytes = peak((*OURS, *options), copy) / 1e6
    return (
        f"| {name} | {notes:,} | {seconds:.2f} | {1000 * seconds / notes:.2f} | {megabytes:.0f} |"
    )


def text(rows: Sequence[str], notes: int) -> str:
    """The section of the README."""
    lines = (
        "Processor time and peak memory as a collection grows, without a cache; what each case",
        "is, `growth.py` says.",
        measured_by(f"growth.py --notes {notes}"),
        "",
        "| Case | Notes | CPU, s | CPU a note, ms | Peak memory, MB |",
        "| --- | ---: | ---: | ---: | ---: |",
        *rows,
    )
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows = []
    for case in CASES:
        for factor in (1, 2, 4):
            rows.append(row(*case, arguments.notes * factor))
            print(rows[-1], flush=True)
    if arguments.write:
        put("Growth", text(rows, arguments.notes))


if __name__ == "__main__":
    main()
