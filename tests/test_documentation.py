"""README, docs, rule pages, changelog, help and code tell one story."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tldr_lint import __version__
from tldr_lint.arguments import OPTIONS, VERBS
from tldr_lint.checks import RULES
from tldr_lint.cli import main
from tldr_lint.reports import FORMATS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("rules/*.md")])
COMMAND = re.compile(r"(?:^|[`/\s])tldr-lint((?: +[^`|\n#;&>]+)?)", re.MULTILINE)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")

EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def flags_of(verb: str) -> set[str]:
    """The long options that a verb's help shows."""
    shown = CliRunner().invoke(main, [verb, "--help"]).output
    return set(FLAG.findall(shown)) | {"--help", "--version"}


KNOWN = {verb: flags_of(verb) for verb in VERBS}


@EVERY_PAGE
def test_every_command_that_is_written_down_exists(page: Path) -> None:
    """A page tells people to type an option or a verb that is not there."""
    text = page.read_text(encoding="utf-8")
    code = "\n".join(
        [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"```\w*\n(.*?)```", text, re.S)]
    )
    for found in COMMAND.finditer(code):
        words = found[1].split()
        verb = words[0] if words and words[0] in VERBS else "check"
        assert set() == set(FLAG.findall(found[1])) - KNOWN[verb], found[0]


@EVERY_PAGE
def test_every_rule_that_is_named_exists(page: Path) -> None:
    codes = {rule.code for rule in RULES}
    named = set(re.findall(r"\bTL\d{3}\b", page.read_text(encoding="utf-8")))

    assert named <= codes | {"TL999", "TL000"}


def test_help_shows_every_option_and_every_format() -> None:
    shown = CliRunner().invoke(main, ["check", "--help"]).output

    assert {flag for option in OPTIONS for flag in option.flags if flag.startswith("--")} <= set(
        FLAG.findall(shown)
    )
    words = " ".join(shown.split()).replace("- ", "-")  # help is wrapped at hyphens, too
    assert [] == [name for name in FORMATS if re.search(rf"\b{name}\b", words) is None]


def test_the_version_stands_in_one_place_and_heads_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)

    assert "version" in project["dynamic"]
    assert newest is not None
    assert __version__ == newest[1]


def test_the_readme_leads_to_every_page_of_the_documentation() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [] == [
        page.name for page in ROOT.glob("docs/*.md") if f"(docs/{page.name})" not in readme
    ]


def test_the_readme_s_commands_are_those_of_continuous_integration() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    for piece in ("--editable '.[dev]'", "pytest --numprocesses auto"):
        assert piece in readme
        assert piece in script
