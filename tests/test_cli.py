"""The command line as people and scripts use it: exit codes, usage errors, formats, streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tldr_lint import __version__
from tldr_lint.checks import RULES
from tldr_lint.cli import main
from tldr_lint.collection import Workspace
from tldr_lint.engine import Reported, Selection, run

CLEAN = "# T\n\nText.\n"
BROKEN = "# T\n\n[l](gone.md)\n"
SHORT_ROW = "# T\n\n| a | b |\n|---|---|\n| 1 |\n"

Result = subprocess.CompletedProcess[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(BROKEN)
    return tmp_path


def tldr_lint(
    folder: Path, *arguments: str, stdin: str | None = None, **environment: str
) -> Result:
    """Run the tool as a process of its own, without the variables that would colour it."""
    kept = {
        k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "PRE_COMMIT"}
    }
    return subprocess.run(
        [sys.executable, "-m", "tldr_lint", *arguments],
        cwd=folder,
        env={**kept, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_file_that_changes_while_it_is_checked_ends_the_run_with_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its places would be those of another text."""
    (folder / "other.md").write_text(CLEAN)

    def changed(workspace: Workspace, chosen: Selection) -> tuple[Reported, ...]:
        (folder / "README.md").write_text(BROKEN * 2)
        return run(workspace, chosen)

    monkeypatch.chdir(folder)
    monkeypatch.setattr("tldr_lint.forks._WORTH_IT", 1)
    monkeypatch.setattr("tldr_lint.session.run", changed)
    result = CliRunner().invoke(main, ["--no-cache", "--jobs", "2"])

    assert result.exit_code == 2
    assert result.output == "error: `README.md` was changed while it was checked: run again\n"


@pytest.mark.parametrize("words", [(), ("--no-cache",), ("--fix",), ("--help",)])
def test_a_working_directory_that_is_gone_is_no_bug_of_ours(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A script that cleans up before it is done would have people report a traceback to us."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'rmdir "$PWD" && exec "$0" -P -m tldr_lint "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, *words],
        cwd=gone,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr
    if "--help" in words:
        assert done.returncode == 0
    else:
        assert done.returncode == 2
        assert "the working directory is gone" in done.stderr


def test_findings_exit_1_and_a_clean_run_0(folder: Path) -> None:
    assert 1 == tldr_lint(folder).returncode
    assert 0 == tldr_lint(folder, "--exit-zero").returncode
    (folder / "README.md").write_text(CLEAN)
    done = tldr_lint(folder)

    assert (0, "") == (done.returncode, done.stderr)
    assert "1 file" in done.stdout


def test_fail_on_and_severity(folder: Path) -> None:
    (folder / "tldr-lint.toml").write_text('severity = { TL301 = "warning" }\n')

    assert 1 == tldr_lint(folder, "--fail-on", "warning").returncode
    assert 0 == tldr_lint(folder, "--fail-on", "error").returncode
    (folder / "tldr-lint.toml").write_text('severity = { TL301 = "info" }\n')
    assert 0 == tldr_lint(folder).returncode


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-file.md"], "no-such-file.md"),
        (["--select", "TL30X"], "did you mean `TL30"),
        (["--ignore", "broken-lnk"], "did you mean `broken-link`"),
        (["--output-format", "jsn"], "did you mean `json`"),
        (["--output-format", "json", "--output-format", "sarif"], "FORMAT=FILE"),
        (["--fix", "--diff"], "one of them"),
        (["--unsafe-fixes"], "--fix"),
        (["--config", "none.toml"], "none.toml"),
        (["--since", "HEAD"], "git repository"),
        (["--nonsense"], "--nonsense"),
        (["chekc"], "did you mean 'check'"),
        (["explain", "TL999"], "TL999"),
        (["explain", "broken-lnk"], "did you mean `broken-link`"),
        (["--stdin-filename", "a.md", "README.md"], "give no paths"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_to_do(
    folder: Path, arguments: list[str], says: str
) -> None:
    done = tldr_lint(folder, *arguments, stdin="")

    assert 2 == done.returncode
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "" == done.stdout


def test_a_wrong_contract_exits_2_and_points(folder: Path) -> None:
    (folder / "tldr-lint.toml").write_text('ignore = ["TL301"]\nselct = ["TL2"]\n')
    done = tldr_lint(folder)

    assert 2 == done.returncode
    assert "tldr-lint.toml:2:1: " in done.stderr
    assert 'selct = ["TL2"]' in done.stderr
    assert "did you mean `select`" in done.stderr


def test_our_own_bug_exits_3_with_a_traceback_only_if_asked_for(folder: Path) -> None:
    crash = (
        "import sys, tldr_lint.session as s\n"
        "def boom(*a): raise ZeroDivisionError('boom')\n"
        "s.run = boom\n"
        "from tldr_lint.cli import main\n"
        "main()\n"
    )

    def run(*arguments: str) -> Result:
        return subprocess.run(
            [sys.executable, "-c", crash, *arguments, "--no-cache"],
            cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    done = run("check")
    assert 3 == done.returncode
    assert "ZeroDivisionError: boom" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in run("check", "--verbose").stderr


def test_concise_lines_can_be_clicked(folder: Path) -> None:
    done = tldr_lint(folder, "--output-format", "concise")

    assert (
        "README.md:3:5: error[TL301] broken-link: `gone.md` does not exist"
        == done.stdout.splitlines()[0]
    )


def test_full_shows_the_line_and_a_caret(folder: Path) -> None:
    done = tldr_lint(folder)

    assert "3 | [l](gone.md)\n  |     ^^^^^^^" in done.stdout
    assert done.stdout.rstrip().endswith("1 finding in 1 file")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_decided_as_everywhere(
    folder: Path, arguments: list[str], environment: dict[str, str], colored: bool
) -> None:
    assert colored == ("\x1b[" in tldr_lint(folder, *arguments, **environment).stdout)


def test_json_is_what_ruff_prints(folder: Path) -> None:
    (folder / "README.md").write_text(SHORT_ROW)
    done = tldr_lint(folder, "--output-format", "json")
    (found,) = json.loads(done.stdout)

    assert {
        "code": "TL202",
        "name": "table-row-length",
        "severity": "error",
        "filename": "README.md",
        "location": {"row": 5, "column": 1},
        "end_location": {"row": 5, "column": 6},
    }.items() <= found.items()
    assert {"message", "fix", "related", "url"} <= found.keys()
    assert "safe" == found["fix"]["applicability"]
    (edit,) = found["fix"]["edits"]
    assert {"filename", "content", "location", "end_location"} == edit.keys()


def test_fix_repairs_and_reports_what_is_left(folder: Path) -> None:
    (folder / "README.md").write_text(SHORT_ROW)
    done = tldr_lint(folder, "--fix")

    assert 0 == done.returncode
    assert "| 1 |  |" in (folder / "README.md").read_text()
    assert "1 finding fixed" in done.stdout


def test_diff_shows_the_repair_and_writes_nothing(folder: Path) -> None:
    (folder / "README.md").write_text(SHORT_ROW)
    done = tldr_lint(folder, "--diff")

    assert 1 == done.returncode
    assert "-| 1 |\n+| 1 |" in done.stdout
    assert SHORT_ROW == (folder / "README.md").read_text()


def test_standard_input_stands_for_a_file(folder: Path) -> None:
    (folder / "README.md").write_text(CLEAN)
    found = tldr_lint(folder, "--stdin-filename", "README.md", "--format", "concise", stdin=BROKEN)
    fixed = tldr_lint(folder, "--stdin-filename", "new.md", "--fix", stdin=SHORT_ROW)

    assert (1, True) == (found.returncode, found.stdout.startswith("README.md:3:5: error[TL301]"))
    assert "| 1 |  |\n" == fixed.stdout.splitlines(keepends=True)[-1]
    assert CLEAN == (folder / "README.md").read_text()
    assert not (folder / "new.md").exists()


def test_quiet_says_nothing_of_a_clean_run(folder: Path) -> None:
    (folder / "README.md").write_text(CLEAN)

    assert "" == tldr_lint(folder, "--quiet").stdout


def test_statistics_count_by_rule(folder: Path) -> None:
    (folder / "README.md").write_text(BROKEN + "\n[m](gone2.md)\n")

    assert "2  TL301" in tldr_lint(folder, "--statistics").stdout


def test_several_formats_in_one_run(folder: Path) -> None:
    done = tldr_lint(
        folder, "--format", "json=out.json", "--format", "sarif=out.sarif", "--format", "concise"
    )

    assert 1 == done.returncode
    assert done.stdout.startswith("README.md:3:5:")
    assert "TL301" == json.loads((folder / "out.json").read_text())[0]["code"]
    assert "2.1.0" == json.loads((folder / "out.sarif").read_text())["version"]


def test_output_file(folder: Path) -> None:
    done = tldr_lint(folder, "--output-format", "json", "--output-file", "out.json")

    assert (1, "") == (done.returncode, done.stdout)
    assert "TL301" == json.loads((folder / "out.json").read_text())[0]["code"]


def test_version_and_help(folder: Path) -> None:
    assert f"tldr-lint {__version__}\n" == tldr_lint(folder, "--version").stdout
    shown = tldr_lint(folder, "--help").stdout
    assert {"check", "explain", "rules", "init", "config", "new"} <= set(shown.split())
    assert "--unsafe-fixes" in tldr_lint(folder, "check", "--help").stdout


def test_every_rule_is_explained_by_code_and_by_name(folder: Path) -> None:
    by_code = tldr_lint(folder, "explain", "tl202")

    assert by_code.stdout.startswith("# table-row-length (TL202)")
    assert by_code.stdout == tldr_lint(folder, "explain", "table-row-length").stdout


def test_the_catalogue_lists_every_rule(folder: Path) -> None:
    shown = tldr_lint(folder, "rules").stdout
    listed = json.loads(tldr_lint(folder, "rules", "--output-format", "json").stdout)

    assert [rule.code for rule in RULES] == [each["code"] for each in listed]
    assert all(rule.code in shown and rule.name in shown for rule in RULES)


def test_paths_outside_the_working_directory_are_their_own_workspace(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "tldr-lint.toml").write_text("ignore = ['TL301']\n")
    (elsewhere / "b.md").write_text(SHORT_ROW)
    done = tldr_lint(folder, "--format", "concise", str(elsewhere))

    assert ["b.md:5:1:"] == [
        line.split("/")[-1].split(" ")[0] for line in done.stdout.splitlines()[:-1]
    ]


def test_without_git_ignored_files_are_not_looked_at(folder: Path) -> None:
    (folder / ".gitignore").write_text("build/\n")
    (folder / "build").mkdir()
    (folder / "build" / "x.md").write_text(BROKEN)
    (folder / "README.md").write_text("# T\n\n[there](build/x.md)\n")

    assert 0 == tldr_lint(folder).returncode


@pytest.mark.parametrize("written", [["check"], ["--quiet"]])
def test_ctrl_c_is_no_finding(monkeypatch: pytest.MonkeyPatch, written: list[str]) -> None:
    """A run cut off through click exits 1, which says that something was found."""

    def interrupted(*_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tldr_lint.command.check", interrupted)
    done = CliRunner().invoke(main, written)

    assert (130, "") == (done.exit_code, done.output)
