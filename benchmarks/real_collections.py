"""Run the tool over every collection of a folder, with and without repair, and count findings.

    python benchmarks/real_collections.py FOLDER [--json FILE] [--compare FILE]

FOLDER holds one collection in each sub-folder; none is shipped. Each is copied
first and never touched. What must hold of every one is checked: no traceback,
an exit code that is promised, a repair that settles, files that keep their
encoding, line endings and final newline, notes that nobody asked to repair
untouched, no temporary file left, and no rule reports more after a repair than
before it (but for what a repair brings to light, which is listed). The table of
counts by rule can be kept as JSON and compared with that of another version.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

UNCOVERED = {
    "TL102": {"TL110"},
    "TL103": {"TL107", "TL108", "TL209"},
    "TL201": {"TL202", "TL207", "TL208", "TL209", "TL210", "TL401", "TL402", "TL403", "TL404"},
    "TL202": {"TL209", "TL402", "TL403", "TL404"},
    "TL211": {"TL202", "TL207", "TL208", "TL209", "TL210", "TL401", "TL402", "TL403", "TL404"},
    "TL401": {"TL207", "TL209", "TL301", "TL304", "TL309"},
}
"""Code → the rules that may have more to say when its findings are repaired: a table that is none
is judged by nobody, a blank fact that is copied is blank in both places."""

COMMAND = [sys.executable, "-P", "-m", "tldr_lint", "--no-cache", "--output-format", "json"]


@dataclass(slots=True)
class Result:
    """What came of one collection."""

    seconds: float = 0.0
    before: Counter[str] = field(default_factory=Counter)
    safe: Counter[str] = field(default_factory=Counter)
    unsafe: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def lint(folder: Path, result: Result, *arguments: str) -> Counter[str]:
    """One run; its findings by rule, its misbehaviour noted."""
    done = subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, check=False)
    said = " ".join(arguments) or "check"
    if done.returncode not in {0, 1} or b"Traceback" in done.stderr:
        result.faults.append(f"{said}: exit {done.returncode}: {done.stderr[-300:].decode()}")
        return Counter()
    return Counter(finding["code"] for finding in json.loads(done.stdout))


def texts(folder: Path) -> dict[str, bytes]:
    """Every regular file outside of `.git`."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and ".git" not in path.relative_to(folder).parts
    }


def shape(data: bytes) -> tuple[bool, bool, bool]:
    """What of a text no repair may change: mark, final newline, and whether CRLF is in use."""
    return data.startswith(b"\xef\xbb\xbf"), data.endswith((b"\n", b"\r")), b"\r\n" in data


def examine(source: Path) -> Result:
    """Check, repair safely, repair unsafely; each on a copy."""
    result = Result()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, source.name)
        shutil.copytree(source, folder, symlinks=True)
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o200)
        original = texts(folder)
        started = time.monotonic()
        result.before = lint(folder, result)
        result.seconds = time.monotonic() - started
        if texts(folder) != original:
            result.faults.append("check: it changed files")
        for counts, options in ((result.safe, ()), (result.unsafe, ("--unsafe-fixes",))):
            counts.update(lint(folder, result, "--fix", *options))
            once = texts(folder)
            gone_codes = {code for code in result.before if counts[code] < result.before[code]}
            light = set().union(*(UNCOVERED.get(code, set()) for code in gone_codes))
            for code in sorted(counts):
                if counts[code] > result.before[code] and code not in light:
                    rise = f"{result.before[code]} → {counts[code]}"
                    result.faults.append(f"--fix {' '.join(options)}: {code} {rise}")
            if lint(folder, result) != counts:
                result.faults.append(f"--fix {' '.join(options)}: says otherwise than check does")
            lint(folder, result, "--fix", *options)
            if texts(folder) != once:
                result.faults.append(f"--fix {' '.join(options)}: it does not settle")
            for path in original.keys() & once.keys():
                if original[path] != once[path] and shape(original[path]) != shape(once[path]):
                    result.faults.append(f"{path}: mark, line ending or final newline changed")
            gone = original.keys() - once.keys()
            left = [path for path in once if Path(path).name.startswith(".tldr-lint-")]
            result.faults += [f"{path}: it is gone" for path in sorted(gone)]
            result.faults += [f"{path}: it was left behind" for path in left]
    return result


def show(results: Mapping[str, Result]) -> None:
    """The table: a row a rule, three columns a collection."""
    codes = sorted({code for result in results.values() for code in result.before})
    print("| rule | " + " | ".join(results) + " |")
    print("|---|" + "---|" * len(results))
    for code in codes:
        cells = [f"{r.before[code]} → {r.safe[code]} → {r.unsafe[code]}" for r in results.values()]
        print(f"| {code} | " + " | ".join(cells) + " |")
    print("| seconds | " + " | ".join(f"{r.seconds:.2f}" for r in results.values()) + " |")
    for name, result in results.items():
        for fault in result.faults:
            print(f"FAULT {name}: {fault}", file=sys.stderr)


def compare(old: Mapping[str, Mapping[str, int]], new: Mapping[str, Mapping[str, int]]) -> None:
    """Every count that is another one than it was."""
    for name in sorted(old.keys() | new.keys()):
        before, now = old.get(name, {}), new.get(name, {})
        for code in sorted(before.keys() | now.keys()):
            if before.get(code, 0) != now.get(code, 0):
                print(f"{name} {code}: {before.get(code, 0)} → {now.get(code, 0)}")


def main() -> None:
    """Read the arguments, examine, show; exit 1 if anything misbehaved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--compare", type=Path)
    arguments = parser.parse_args()
    results = {
        path.name: examine(path) for path in sorted(arguments.folder.iterdir()) if path.is_dir()
    }
    show(results)
    counts = {name: dict(result.before) for name, result in results.items()}
    if arguments.compare is not None:
        compare(json.loads(arguments.compare.read_text()), counts)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n")
    sys.exit(any(result.faults for result in results.values()))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[1] / "src"))
    main()
