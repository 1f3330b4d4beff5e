"""Runs that are cut off, crowded or shut out: nothing lost, nothing left, a code that says so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hostile_runs import NOTE, TEMPLATE, collection, command, environment, run

SHORT = "# {0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| {0} |\n"
REPAIRED = "# {0}\n\n## Summary\n\n| Model | Year |\n|---|---|\n| {0} |  |\n"


def damaged(folder: Path, count: int) -> Path:
    return collection(folder, {f"n{at}": SHORT.format(f"n{at}") for at in range(count)})


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_repair_leaves_each_file_whole(tmp_path: Path, number: signal.Signals) -> None:
    """A note would be torn, or a temporary file stay beside it for ever.

    `benchmarks/kill.py` does the same some hundred times at random moments;
    here the moment is when the first note has been written.
    """
    count = 60
    damaged(tmp_path, count)
    before = names(tmp_path)
    with subprocess.Popen(
        command("--fix", "--quiet"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        first = tmp_path / "notes/n0.md"
        while process.poll() is None and first.read_text() != REPAIRED.format("n0"):
            time.sleep(0.0005)
        process.send_signal(number)
        _, said = process.communicate()

    texts = [(tmp_path / f"notes/n{at}.md").read_text() for at in range(count)]
    assert all(
        text in {SHORT.format(f"n{at}"), REPAIRED.format(f"n{at}")} for at, text in enumerate(texts)
    )
    assert b"Traceback" not in said
    if number != signal.SIGKILL:
        assert names(tmp_path) == before
        # It may have been done before the signal came.
        assert process.returncode in {128 + number, 1}

    assert run(tmp_path, "--fix").code == 1
    assert names(tmp_path) == before
    assert [(tmp_path / f"notes/n{at}.md").read_text() for at in range(count)] == [
        REPAIRED.format(f"n{at}") for at in range(count)
    ]


def test_two_repairs_at_once(tmp_path: Path) -> None:
    """Each would overwrite what the other wrote, or call it changed."""
    damaged(tmp_path, 20)
    before = names(tmp_path)
    runs = [
        subprocess.Popen(
            command("--fix", "--output-format", "concise"),
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    said = [process.communicate() for process in runs]

    assert [process.returncode for process in runs] == [1, 1, 1]
    assert [err for _, err in said] == [b"", b"", b""]
    assert names(tmp_path) == before
    assert all(
        (tmp_path / f"notes/n{at}.md").read_text() == REPAIRED.format(f"n{at}") for at in range(20)
    )


def test_somebody_appends_meanwhile(tmp_path: Path) -> None:
    """What an editor saved while a repair was under way would be lost."""
    damaged(tmp_path, 20)
    process = subprocess.Popen(
        command("--fix", "--quiet"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lines: list[str] = []
    note = tmp_path / "notes/n7.md"
    while process.poll() is None:
        lines.append(f"\nline {len(lines)}\n")
        with note.open("a") as file:
            file.write(lines[-1])
        time.sleep(0.001)

    text = note.read_text()
    assert text.startswith((SHORT.format("n7"), REPAIRED.format("n7")))
    assert [line for line in lines if line not in text] == []


def test_closed_and_full_standard_output(tmp_path: Path) -> None:
    """A pager that is left, or a full disk, would be a traceback or pass for a clean run."""
    damaged(tmp_path, 3)
    closed = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command()],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        check=False,
    )
    with Path("/dev/full").open("wb") as full:
        filled = subprocess.run(
            command(), cwd=tmp_path, env=environment(), stdout=full, stderr=-1, check=False
        )
    reading, writing = os.pipe()
    os.close(reading)
    left = subprocess.run(
        command(), cwd=tmp_path, env=environment(), stdout=writing, stderr=-1, check=False
    )
    os.close(writing)
    runs = (closed, filled, left)

    assert [run.returncode for run in runs] == [2, 2, 2]
    assert [b"Traceback" in run.stderr or b"ignored" in run.stderr for run in runs] == [False] * 3


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LANG": "x"}])
def test_any_locale(tmp_path: Path, locale: dict[str, str]) -> None:
    """A runner in the C locale could not print a name with an umlaut."""
    collection(tmp_path, {"ü": None, "n": "# n\n\n[x](gone-ü.md)\n"})

    ran = run(tmp_path, env=locale | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})

    assert ran.code == 1
    assert "gone-ü.md" in ran.text
    assert ran.err == b""


CASES: dict[str, bytes] = {
    "latin": b"# caf\xe9\n",
    "wide": "# T\n".encode("utf-16"),
    "null": b"# a\0b\n",
    "escape": b"# a\x1b]0;pwned\x07b\n",
    "surrogate": b"# \xed\xa0\x80\n",
}


def test_unreadable_files_are_named_left_alone_and_the_rest_is_checked(tmp_path: Path) -> None:
    """One bad file would end the run, or be re-encoded by a repair."""
    collection(tmp_path, {**CASES, "short": SHORT.format("short"), "empty": b""})
    os.mkfifo(tmp_path / "notes/pipe.md")
    (tmp_path / "notes/folder.md").mkdir()
    (tmp_path / "notes/loop.md").symlink_to("loop.md")
    (tmp_path / "notes/zero.md").symlink_to("/dev/zero")

    checked = run(tmp_path, "--output-format", "concise")
    repaired = run(tmp_path, "--fix", "--unsafe-fixes", "--output-format", "concise")

    for name in (*CASES, "pipe", "loop", "zero"):
        assert f"notes/{name}.md:1:" in checked.text, name
    assert checked.text.count("[TL001]") == len(CASES) + 3
    assert "notes/short.md:7:1: error[TL202]" in checked.text
    assert (checked.code, repaired.code) == (1, 1)
    assert checked.err + repaired.err == b""
    assert {name: (tmp_path / f"notes/{name}.md").read_bytes() for name in CASES} == CASES
    assert (tmp_path / "notes/short.md").read_text() == REPAIRED.format("short")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("final", [True, False])
def test_repair_keeps_mark_and_endings(tmp_path: Path, ending: str, mark: str, final: bool) -> None:
    """Every line would show up in the diff of a repair that touches one."""
    old = mark + SHORT.format("n").rstrip("\n").replace("\n", ending) + ending * final
    new = mark + REPAIRED.format("n").rstrip("\n").replace("\n", ending) + ending * final
    collection(tmp_path, {"n": old})

    run(tmp_path, "--fix", "--select", "TL202")

    assert (tmp_path / "notes/n.md").read_bytes() == new.encode()


def test_file_that_cannot_be_written_is_said_and_kept(tmp_path: Path) -> None:
    """A repair that could not be made would pass for one that was."""
    damaged(tmp_path, 3)
    (tmp_path / "notes/n0.md").chmod(0o444)
    os.link(tmp_path / "notes/n1.md", tmp_path / "elsewhere")

    ran = run(tmp_path, "--fix", "--output-format", "concise")

    assert ran.code == 2
    assert b"`notes/n0.md`: it is read-only" in ran.err
    assert b"`notes/n1.md`: it has 2 names (hard links)" in ran.err
    assert (tmp_path / "notes/n0.md").read_text() == SHORT.format("n0")
    assert (tmp_path / "notes/n2.md").read_text() == REPAIRED.format("n2")


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A name with a line break, a command of a runner or no UTF-8 would break the run or speak."""
    bad = [
        "new\nline",
        "::stop-commands::x",
        "\x1b[31mred",
        "caf\udce9",
        " lead",
        "\u202ertl",
        "##[error]x",
    ]
    collection(tmp_path, {name: SHORT.format("x") for name in bad})

    for form in (
        "full",
        "concise",
        "github",
        "json",
        "sarif",
        "junit",
        "markdown",
        "gitlab",
        "rdjson",
    ):
        ran = run(tmp_path, "--output-format", form)
        assert ran.code == 1, (form, ran.err)
        assert ran.err == b"", form
        assert b"\x1b" not in ran.out
        lines = ran.text.split("\n")
        assert not [line for line in lines if line.lstrip().startswith("::stop")], form
        assert not [line for line in lines if "##[error]" in line], form
    run(tmp_path, "--fix", "--select", "TL202")
    assert {(tmp_path / f"notes/{name}.md").read_text() for name in bad} == {REPAIRED.format("x")}


def test_words_used_here() -> None:
    """The notes these tests damage are sound before."""
    assert SHORT.format("x") != NOTE.format("x")
    assert "| Model | Year |" in TEMPLATE
    assert sys.executable == command()[0]
