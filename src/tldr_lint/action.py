"""The GitHub Action's run step: inputs from the environment, annotations, summary and outputs out.

Everything that a workflow or a pull request says comes in through `INPUT_*`
and `EVENT_*` variables (`action.yml`), never through a shell; what goes out
goes to the files that `GITHUB_STEP_SUMMARY` and `GITHUB_OUTPUT` name.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from pathlib import Path

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARY_LIMIT = 1024 * 1024
"""Bytes of a step's summary that GitHub shows; it refuses a longer one whole."""


class InputError(ValueError):
    """An input of the action that means nothing."""


def main() -> int:
    """Run tldr-lint as the inputs say; its exit code, or 2 for an input that means nothing."""
    environment = os.environ
    with tempfile.TemporaryDirectory(dir=environment.get("RUNNER_TEMP")) as folder:
        found, summary = Path(folder, "findings.json"), Path(folder, "summary.md")
        try:
            arguments = command(environment, found, summary)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)  # noqa: T201 - this is a command line
            return 2
        code = _run(arguments)
        if summary.exists():
            _publish(environment, summary.read_bytes())
        if found.exists():
            _output(environment, json.loads(found.read_text("utf-8")), code)
    return 0 if code == 1 and _input(environment, "FAIL_ON") == "never" else code


def command(environment: Mapping[str, str], found: Path, summary: Path) -> list[str]:
    """The arguments of `tldr-lint` that the inputs ask for.

    Args:
        environment: the variables of the step.
        found: where the findings go, as JSON.
        summary: where the summary goes, as Markdown.

    Raises:
        InputError: an input means nothing, or is too dangerous for the event.
    """
    arguments = ["check", "--output-format", "github"]
    for name, path in (
        ("json", str(found)),
        ("markdown", str(summary)),
        ("sarif", _input(environment, "SARIF_FILE")),
    ):
        if path:
            arguments += ["--output-format", f"{name}={path}"]
    config = _input(environment, "CONFIG")
    if config:
        arguments += ["--config", config]
    fail_on = _choice(environment, "FAIL_ON", ("warning", "error", "never"))
    if fail_on != "never":
        arguments += ["--fail-on", fail_on]
    arguments += _comparison(environment)
    if _choice(environment, "LINKS", ("false", "true")) == "true":
        # A stranger's links, asked with the secrets of the base repository at hand.
        if environment.get("GITHUB_EVENT_NAME") == "pull_request_target":
            raise InputError("`links` is not for `pull_request_target`: use `pull_request`")
        arguments += ["--links"]
    try:
        arguments += shlex.split(_input(environment, "ARGS"))
    except ValueError as error:
        raise InputError(f"`args` cannot be split: {error}") from error
    paths = [line.strip() for line in _input(environment, "PATHS").splitlines()]
    return [*arguments, "--", *(path for path in paths if path)]


def _comparison(environment: Mapping[str, str]) -> list[str]:
    """`--since` and `--new-only`: a pull request is compared with its base."""
    base = _input(environment, "BASE") or environment.get("EVENT_BASE", "")
    wanted = _choice(environment, "NEW_ONLY", ("auto", "true", "false"))
    arguments = [f"--since={base}"] if base else []
    if wanted == "true" or (wanted == "auto" and environment.get("EVENT_BASE")):
        arguments.append("--new-only")
    return arguments


def _input(environment: Mapping[str, str], name: str) -> str:
    return environment.get(f"INPUT_{name}", "").strip()


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """An input that is one of a few words; the first where it is empty."""
    value = _input(environment, name).lower() or choices[0]
    if value not in choices:
        shown = name.lower().replace("_", "-")
        raise InputError(f"`{shown}` must be one of {', '.join(choices)}, not `{value}`")
    return value


def _run(arguments: list[str]) -> int:
    from tldr_lint.cli import main as run  # noqa: PLC0415 - after the inputs are understood

    try:
        run(arguments, prog_name="tldr-lint")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(bool(done.code))
    return 0


def _publish(environment: Mapping[str, str], summary: bytes) -> None:
    copy = _input(environment, "MARKDOWN_FILE")
    if copy:
        Path(copy).write_bytes(summary)
    target = environment.get("GITHUB_STEP_SUMMARY")
    if not target:
        return
    with Path(target).open("ab") as file:
        if file.tell() + len(summary) > SUMMARY_LIMIT:
            summary = b"## tldr-lint\n\nThe summary is too long to be shown: see the log.\n"
        file.write(summary)


def _output(environment: Mapping[str, str], found: list[dict[str, object]], code: int) -> None:
    target = environment.get("GITHUB_OUTPUT")
    if not target:
        return
    severities = [finding["severity"] for finding in found]
    fixes = [finding["fix"] for finding in found]
    outputs = {
        "findings": len(found),
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "fixable": sum(isinstance(fix, dict) and fix["applicability"] == "safe" for fix in fixes),
        "exit-code": code,
    }
    with Path(target).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in outputs.items())


if __name__ == "__main__":
    sys.exit(main())
