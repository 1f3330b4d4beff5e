"""The action's steps, run for real as a runner would run them; and what judges workflows."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from test_hook import NOTES
from tldr_lint.action import SUMMARY_LIMIT, InputError, _publish, command

PROJECT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent
WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))

ACTION: dict[str, Any] = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))


@dataclass
class Runner:
    """As much of a runner as a composite action needs."""

    workspace: Path
    temp: Path
    event: str = "push"
    base: str = ""
    log: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, **inputs: str) -> int:
        """Run the action's steps in order, up to the first that fails; the exit code."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        values = {name: about["default"] for name, about in ACTION["inputs"].items()} | given
        assert set(given) <= set(ACTION["inputs"])
        for number, step in enumerate(ACTION["runs"]["steps"]):
            code = self._step(str(step.get("id", number)), step, values)
            if code:
                return code
        return 0

    def result(self) -> dict[str, str]:
        """The outputs as a workflow gets them."""
        return {name: self._expand(about["value"], {}) for name, about in ACTION["outputs"].items()}

    def _step(self, name: str, step: Mapping[str, Any], inputs: Mapping[str, str]) -> int:
        files = {
            variable: self.temp / f"{variable}-{name}"
            for variable in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        for path in files.values():
            path.write_text("")
        script = self.temp / "script.sh"
        script.write_text(step["run"])
        assert step["shell"] == "bash"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON"))},
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(PROJECT),
                "GITHUB_EVENT_NAME": self.event,
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temp),
                **{k: str(v) for k, v in files.items()},
                **{k: self._expand(v, inputs) for k, v in step.get("env", {}).items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.log += done.stdout
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
        self.outputs[name] = dict(line.split("=", 1) for line in lines)
        return done.returncode

    def _expand(self, text: str, inputs: Mapping[str, str]) -> str:
        """The expressions that the action uses: inputs, outputs of steps, the event's base."""

        def value(found: re.Match[str]) -> str:
            kind, _, rest = found[1].partition(".")
            if kind == "inputs":
                return inputs[rest]
            if kind == "steps":
                step, _, output = rest.partition(".outputs.")
                return self.outputs[step][output]
            assert found[1] == "github.event.pull_request.base.sha"
            return self.base

        return re.sub(r"\$\{\{ (.+?) \}\}", value, text)


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the action's first step leaves behind, made by that very step, once."""
    folder = tmp_path_factory.mktemp("installed")
    runner = Runner(folder, folder)
    step = ACTION["runs"]["steps"][0]
    code = runner._step("install", step, {"python": sys.executable})
    assert code == 0, runner.log
    return folder / "tldr-lint"


@pytest.fixture
def runner(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner in a clean collection, with the tool installed as the first step does it."""
    temp, workspace = tmp_path / "temp", tmp_path / "work space"
    temp.mkdir()
    (temp / "tldr-lint").symlink_to(installed)
    for path, text in NOTES.items():
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / path).write_text(text, "utf-8")
    _git(workspace, "init", "-q", "-b", "main")
    _git(workspace, "add", "-A")
    _git(workspace, "commit", "-q", "-m", "first")
    # The first step is what `installed` ran.
    monkeypatch.setitem(ACTION["runs"], "steps", ACTION["runs"]["steps"][1:])
    return Runner(workspace, temp)


def _break(runner: Runner) -> None:
    path = runner.workspace / "notes/gpt.md"
    path.write_text(NOTES["notes/gpt.md"].replace("| GPT | 2018 |", "| GPT |") + "\n[x](gone.md)\n")


def test_a_clean_collection_passes_with_a_summary_and_outputs(runner: Runner) -> None:
    assert runner.run() == 0, runner.log
    assert runner.result() == {
        "findings": "0",
        "errors": "0",
        "warnings": "0",
        "fixable": "0",
        "exit-code": "0",
    }
    assert runner.summary.startswith("## tldr-lint\n\nno findings in 5 files.")


def test_findings_are_annotated_counted_and_their_fix_can_be_pasted(runner: Runner) -> None:
    _break(runner)

    assert runner.run() == 1
    assert "::error title=tldr-lint (TL301 broken-link),file=notes/gpt.md,line=9," in runner.log
    assert "::error title=tldr-lint (TL202 table-row-length),file=notes/gpt.md" in runner.log
    outputs = runner.result()
    assert int(outputs["findings"]) >= 2
    assert outputs["exit-code"] == "1"
    assert "| ❌ error | <code>notes/gpt" in runner.summary
    patch = re.search(r"```diff\n(.*?)```", runner.summary, re.DOTALL)
    assert patch is not None
    subprocess.run(
        ["git", "apply", "-"], cwd=runner.workspace, input=patch[1], text=True, check=True
    )
    assert "| GPT |  |" in (runner.workspace / "notes/gpt.md").read_text("utf-8")


def test_a_pull_request_is_told_only_what_it_breaks_its_files_first(runner: Runner) -> None:
    readme = runner.workspace / "README.md"
    readme.write_text(NOTES["README.md"] + "\n[old](old.md)\n")
    _git(runner.workspace, "commit", "-q", "-a", "-m", "broken before")
    runner.event, runner.base = "pull_request", _git(runner.workspace, "rev-parse", "HEAD")
    _break(runner)
    _git(runner.workspace, "commit", "-q", "-a", "-m", "change")

    assert runner.run() == 1
    assert "gone.md" in runner.log
    assert "old.md" not in runner.log
    assert "1 older finding not shown" in runner.summary
    assert runner.run(new_only="false") == 1
    assert "old.md" in runner.log
    annotated = re.findall(r"^::error .*?file=([^,]*),", runner.log, re.MULTILINE)
    assert annotated[-1] == "README.md"


def test_a_base_that_was_not_fetched_is_explained(runner: Runner) -> None:
    runner.event, runner.base = "pull_request", "0123456789" * 4

    assert runner.run() == 2
    assert "names no commit" in runner.log


def test_what_fails_the_step_can_be_chosen(runner: Runner) -> None:
    _break(runner)

    assert runner.run(fail_on="never") == 0
    assert runner.result()["exit-code"] == "1"
    assert runner.run(fail_on="sometimes") == 2
    assert "`fail-on` must be one of warning, error, never" in runner.log


def test_sarif_and_the_summary_go_where_they_are_asked_for(runner: Runner) -> None:
    _break(runner)
    runner.run(sarif_file="out.sarif", markdown_file="out.md")

    sarif = json.loads((runner.workspace / "out.sarif").read_text("utf-8"))
    assert "TL301" in {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert (runner.workspace / "out.md").read_text("utf-8") == runner.summary


def test_inputs_are_words_and_never_commands(runner: Runner) -> None:
    marker = runner.temp / "ran"
    hostile = f'"; touch {marker}; $(touch {marker}) `touch {marker}` #'

    assert runner.run(paths=hostile) == 2
    assert runner.run(config=hostile) == 2
    assert runner.run(args=f"--select '$(touch {marker})'") == 2
    assert runner.run(paths="--help") == 2
    assert not marker.exists()


def test_paths_and_arguments_narrow_the_run(runner: Runner) -> None:
    _break(runner)

    assert runner.run(paths="notes/bert.md\nREADME.md") == 0
    assert runner.run(args="--select TL202 --quiet") == 1
    assert "TL301" not in runner.log


def test_modules_of_the_checked_repository_are_not_run(runner: Runner) -> None:
    for name in ("click", "markdown_it", "json", "tempfile", "tldr_lint"):
        (runner.workspace / f"{name}.py").write_text("raise SystemExit('hijacked')\n")

    assert runner.run() == 0, runner.log


def test_links_of_strangers_are_not_asked_with_secrets_at_hand(tmp_path: Path) -> None:
    environment = {"INPUT_LINKS": "true", "GITHUB_EVENT_NAME": "pull_request_target"}
    with pytest.raises(InputError, match="`links` is not for `pull_request_target`"):
        command(environment, tmp_path, tmp_path)

    assert "--links" in command({"INPUT_LINKS": "true"}, tmp_path, tmp_path)
    assert "--links" not in command({}, tmp_path, tmp_path)


def test_no_step_of_ours_puts_an_expression_into_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"]]
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            scripts += [step["run"] for step in job["steps"] if "run" in step]

    assert len(scripts) >= 4
    assert not [script for script in scripts if "${{" in script]


def test_every_action_is_pinned_and_every_token_starts_with_nothing() -> None:
    assert len(WORKFLOWS) >= 4
    for path in WORKFLOWS:
        text = path.read_text("utf-8")
        assert yaml.safe_load(text)["permissions"] == {}
        for used in re.findall(r"uses: (\S+)", text):
            assert used == "./" or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used)


@pytest.mark.parametrize(
    "arguments",
    [
        ("actionlint", *map(str, WORKFLOWS)),
        ("zizmor", "--offline", "--quiet", "--persona=pedantic", str(PROJECT)),
        (
            "check-jsonschema",
            "--builtin-schema=vendor.github-workflows",
            *map(str, WORKFLOWS),
        ),
        ("check-jsonschema", "--builtin-schema=vendor.github-actions", str(PROJECT / "action.yml")),
        (
            "check-jsonschema",
            "--builtin-schema=vendor.dependabot",
            str(PROJECT / ".github/dependabot.yml"),
        ),
    ],
)
def test_those_who_judge_workflows_find_nothing(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [TOOLS / arguments[0], *arguments[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


# A `gh` that keeps one issue's number in a file and writes down what it was asked.
GH = """\
#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$GH_LOG"
if [ "$1 $2" = "issue list" ]; then cat "$GH_ISSUE"; fi
"""


@pytest.mark.parametrize(
    ("issue", "findings", "expected"),
    [
        ("", "3", "issue create --title Links that lead nowhere --body-file links.md"),
        ("7", "3", "issue edit 7 --body-file links.md"),
        ("7", "0", "issue close 7 --comment All links are alive again."),
        ("", "0", None),
    ],
)
def test_one_issue_holds_the_dead_links(
    tmp_path: Path, issue: str, findings: str, expected: str | None
) -> None:
    gh = tmp_path / "gh"
    gh.write_text(GH)
    gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "issue").write_text(issue)
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "GH_LOG": str(tmp_path / "log"),
        "GH_ISSUE": str(tmp_path / "issue"),
    }
    subprocess.run(
        [PROJECT / ".github/links-issue", "links.md", findings], env=environment, check=True
    )
    asked = (tmp_path / "log").read_text().splitlines()

    # The first question spans two lines of the script, and one of the log.
    assert asked[0].startswith("issue list --state open")
    assert asked[1:] == ([expected] if expected else [])


def test_the_summary_stays_within_what_github_shows(
    tmp_path: Path,
) -> None:
    target = tmp_path / "summary"
    target.write_text("x" * (SUMMARY_LIMIT - 10))
    _publish({"GITHUB_STEP_SUMMARY": str(target)}, b"y" * 100)

    assert target.read_text().endswith("too long to be shown: see the log.\n")


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_the_page_on_the_action_lists_what_the_action_has(kind: str) -> None:
    page = (PROJECT / "docs/action.md").read_text("utf-8")
    section = page.split(f"## {kind.title()}\n")[1].split("\n## ")[0]
    listed = re.findall(
        r"`([\w-]+)`", "\n".join(re.findall(r"^\| (.*?) \|", section, re.MULTILINE))
    )

    assert listed == list(ACTION[kind])


@pytest.mark.parametrize("name", ["action", "pre-commit"])
def test_examples_in_the_pages_are_yaml_that_stands(name: str, tmp_path: Path) -> None:
    page = (PROJECT / f"docs/{name}.md").read_text("utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)

    assert examples
    for example in examples:
        loaded = yaml.safe_load(example)
        if isinstance(loaded, dict) and "jobs" in loaded:
            path = tmp_path / "workflow.yml"
            path.write_text(example)
            done = subprocess.run(
                [TOOLS / "actionlint", str(path)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout
            inputs = [
                step["with"]
                for job in loaded["jobs"].values()
                for step in job["steps"]
                if step["uses"].startswith("tldr-lint/") and "with" in step
            ]
            assert all(set(given) <= set(ACTION["inputs"]) for given in inputs)
