"""Texts made to be slow end in time: each is read, or reported as too costly."""

import subprocess
import sys
from pathlib import Path

import pytest

from hostile_runs import command, environment, limit, run
from hostile_texts import TEXTS
from tldr_lint.markdown.limits import MAX_STEPS
from tldr_lint.parse import parse
from tldr_lint.tally import MAX_OF_A_RULE
from tldr_lint.text import Source

SIZE = 10_000
NAMES = sorted(TEXTS)
GROUPS = [NAMES[at::8] for at in range(8)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: str(names[0]))
def test_slow_texts_end_in_time(tmp_path: Path, names: list[str]) -> None:
    """A pull request could hang the check. The kernel ends a run that takes a minute of work
    or a gigabyte; all of these together take a few seconds."""
    (tmp_path / "README.md").write_text("# x\n")
    for number, name in enumerate(names):
        (tmp_path / f"{number}.md").write_text(TEXTS[name](SIZE), encoding="utf-8", newline="")

    ran = run(tmp_path, "--output-format", "concise")

    assert ran.code in {0, 1}, ran.err[-500:]
    assert b"Traceback" not in ran.err


def costly(text: str) -> str:
    document = parse(Source("a.md", text))
    return document.problem.message if document.problem is not None else ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("> " * 40 + "a\n" + "a\n" * 20_000, "could belong to several quotes"),
        ("a < b\n\n" * (MAX_STEPS // 4 + 1), "too many blocks"),
        ("# a\n" * (MAX_STEPS // 4 + 10), "too many blocks"),
        (("[a [b](c)](d) " * 1_000 + "\n\n") * 80, "too much markup"),
        ("[a\\" * 6_000, "6,000 opening brackets in one paragraph"),
        ("|a" * 1_001 + "\n", "a line of 1,001 pipes, of at most 1,000"),
        ("\n" * 300_001, "300,001 lines, of at most 300,000"),
        ("a\n" + "b" * 1_000_001, "a line of 1,000,001 characters"),
        ("- a\n" * (MAX_STEPS // 4 + 10), "too many blocks"),
        (("- " * 40 + "a\n") * 2_000, "too many blocks"),
        ("<a@b.c> " * 100_000, "too much markup"),
        (("[a][" * 600 + "\n\n") * 20, "too much markup"),
        ("- " * 60 + "a\n\n# lost\n", "deep"),
        ("> " * 120 + "a\n", "deep"),
    ],
    ids=lambda each: each if len(each) < 60 else "",
)
def test_costly_text_is_reported(text: str, said: str) -> None:
    """A text that nobody can wait for would be read all the same, or left out without a word."""
    assert said in costly(text)


def big(rows: int) -> str:
    return "# T\n\n|A|B|\n|-|-|\n" + "| [`a`](b.md) <b>x</b> | 1 \\| 2 |\n" * rows


@pytest.mark.parametrize(
    "text",
    [big(10_000), "- [a](b.md) and more\n" * 10_000, "A line.\n\n" * 20_000, "> a\n" * 20_000],
    ids=["table", "list", "paragraphs", "quote"],
)
def test_large_honest_text_is_read(text: str) -> None:
    """A guard that is too narrow would refuse the very files the tool was made for."""
    assert costly(text) == ""


def test_wide_and_long_table_keeps_its_cells() -> None:
    """The parser ends a table after 65,536 cells it had to add; the rows behind would be text."""
    text = "|a" * 200 + "\n" + "|-" * 200 + "\n" + "a\n" * 2_000
    document = parse(Source("a.md", text))

    assert document.problem is None
    assert len(document.tables[0].rows) == 2_000
    assert len(document.tables[0].header) == 200


@pytest.mark.parametrize("chosen", [(), ("--select", "TL202"), ("--ignore", "TL001")])
def test_flood_of_findings_is_cut_and_said(tmp_path: Path, chosen: tuple[str, ...]) -> None:
    """A file of one fault a line would fill the runner's memory and log.

    And whoever asked for one rule alone would take a list that was cut for whole.
    """
    (tmp_path / "a.md").write_text("# T\n\n|A|B|\n|-|-|\n" + "|a\n" * (MAX_OF_A_RULE + 10))

    ran = run(tmp_path, *chosen, "--output-format", "concise")

    assert ran.code == 1
    assert ran.text.count("[TL202]") == MAX_OF_A_RULE
    assert f"more than {MAX_OF_A_RULE:,} findings of TL202: the rest is left out" in ran.text


def test_large_file_is_named_and_the_rest_checked(tmp_path: Path) -> None:
    """Fifty megabytes would be read to the end, or end the run."""
    with (tmp_path / "big.md").open("wb") as file:
        file.truncate(50_000_000)
    (tmp_path / "other.md").write_text("[a](gone.md)\n")

    ran = run(tmp_path, "--output-format", "concise")

    assert "big.md:1:1" in ran.text
    assert "larger than the limit: 50,000,000 of at most 16,000,000 bytes" in ran.text
    assert "TL301" in ran.text


def test_directives_by_the_thousand_hide_what_they_name() -> None:
    """Suppressions would cost the product of their number and that of the findings."""
    lines = "<!-- tldr-lint-disable TL202 -->\n\n" * 20_000
    code = (
        "import sys; from tldr_lint.parse import parse; from tldr_lint.text import Source\n"
        "from tldr_lint.workspace import build, rule_words\n"
        "from tldr_lint.checks import RULES; from tldr_lint.engine import run, selection\n"
        "from tldr_lint.contract.model import Contract\n"
        "text = sys.stdin.read()\n"
        "built = build({'a.md': parse(Source('a.md', text))}, Contract(), rule_words(RULES))\n"
        "print(sum(r.rule.code == 'TL202' for r in run(built, selection(built.contract, RULES))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=lines + "|A|B|\n|-|-|\n" + "|a|\n" * 20_000,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        preexec_fn=limit,
    )

    assert done.stdout == "0\n", done.stderr[-500:]


@pytest.mark.parametrize("size", [1_000, 50_000])
def test_pattern_of_a_contract_that_explodes(tmp_path: Path, size: int) -> None:
    """`values` of a stranger's contract would backtrack for years."""
    note = f"# N\n\n## Summary\n\n| Model | Year |\n|---|---|\n| {'a' * size}b | 2020 |\n"
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/n.md").write_text(note)
    (tmp_path / "tldr-lint.toml").write_text(
        '[collection.notes]\nitems = "notes/*.md"\nfacts = "table:Summary"\n'
        'values = { Model = "(a|a|aa)*(a*)*c" }\n'
    )

    ran = run(tmp_path, "--output-format", "concise")

    assert "TL210" in ran.text, ran.err


def test_limits_end_a_run_that_hangs(tmp_path: Path) -> None:
    """The tests above would prove nothing if the limits did not bite."""
    done = subprocess.run(
        [sys.executable, "-c", "x = bytearray(2 << 30)"],
        check=False,
        preexec_fn=limit,
        capture_output=True,
    )

    assert b"MemoryError" in done.stderr
    assert command()[0] == sys.executable
