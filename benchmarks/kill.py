"""Kill `tldr-lint --fix` at random moments and look whether any file is torn, lost or left over.

    python benchmarks/kill.py [TIMES]

Each turn starts a repair of a damaged collection, kills it (SIGKILL) after a
random delay, and checks that every file is wholly old or wholly new. Then a
second run has to finish the work and leave nothing but the notes. A third of
the turns has a second repair running at the same time, and a third somebody who
appends to notes meanwhile: nothing that was appended may be lost.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOTES = 40
COMMAND = [sys.executable, "-P", "-m", "tldr_lint", "--fix", "--no-cache", "--exit-zero", "--quiet"]
NOTE = "# N{0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| M{0} |\n"
REPAIRED = "# N{0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| M{0} |  |\n"


def damaged(folder: Path) -> dict[str, str]:
    """A collection whose notes all have a short row."""
    files = {
        "README.md": "# Papers\n\n| Paper |\n|---|\n"
        + "".join(f"| [N{n}](notes/n{n}.md) |\n" for n in range(NOTES)),
        "notes/TEMPLATE.md": "# <TITLE>\n\n## Summary\n\n| Model | Year |\n|---|---|\n|  |  |\n",
    }
    files |= {f"notes/n{n}.md": NOTE.format(n) for n in range(NOTES)}
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return files


def whole(text: str, number: int, appended: list[str]) -> bool:
    """Whether a note is wholly old or wholly new, with all that was appended to it."""
    wanted = "".join(appended)
    return text in {NOTE.format(number) + wanted, REPAIRED.format(number) + wanted}


def main() -> None:
    """Turn after turn; one line at the end."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    torn = lost = left = killed = partly = 0
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "full")
        damaged(home)
        started = time.monotonic()
        subprocess.run(COMMAND, cwd=home, check=True, capture_output=True)
        usual = time.monotonic() - started
    for turn in range(times):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder, "work")
            files = damaged(home)
            appended: dict[int, list[str]] = {n: [] for n in range(NOTES)}
            runs = [subprocess.Popen(COMMAND, cwd=home, stdout=-3, stderr=-3)]
            if turn % 3 == 1:
                runs.append(subprocess.Popen(COMMAND, cwd=home, stdout=-3, stderr=-3))
            # Most of a run is reading; the moments that matter are in its last third.
            deadline = time.monotonic() + usual * chance.uniform(0.6, 1.1)
            while time.monotonic() < deadline:
                if turn % 3 == 2:
                    number = chance.randrange(NOTES)
                    line = f"\nappended {time.monotonic()}\n"
                    with (home / f"notes/n{number}.md").open("a") as note:
                        note.write(line)
                    appended[number].append(line)
                time.sleep(0.002)
            runs[0].kill()
            killed += runs[0].wait() == -9
            for run in runs[1:]:
                run.wait()
            repaired = 0
            for number in range(NOTES):
                text = (home / f"notes/n{number}.md").read_text()
                repaired += text.startswith(REPAIRED.format(number))
                if turn % 3 == 2:
                    lost += any(line not in text for line in appended[number])
                elif not whole(text, number, appended[number]):
                    torn += 1
            partly += 0 < repaired < NOTES
            subprocess.run(COMMAND, cwd=home, capture_output=True, check=False)
            there = {str(p.relative_to(home)) for p in home.rglob("*") if p.is_file()}
            left += len(there - set(files))
            torn += len(set(files) - there)
    print(
        f"{times} runs, {killed} killed in time, {partly} of them between two files: "
        f"{torn} files torn or gone, {lost} with lost lines, {left} files left over"
    )
    sys.exit(1 if torn or lost or left else 0)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[1] / "src"))
    main()
