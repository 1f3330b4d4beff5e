"""Arguments read without click are those that click reads."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tldr_lint.arguments import OPTIONS, VERBS, Arguments, plain_arguments
from tldr_lint.cli import main

FLAGS = [flag for option in OPTIONS for flag in option.flags]
WORDS = [
    "notes",
    "README.md",
    "gone",
    "TL2",
    "TL2,TL3",
    "error",
    "json",
    "check",
    "rules",
    "-",
    "--",
]


def by_click(written: list[str]) -> Arguments | None:
    """The arguments that the command line hands on; none where it hands on none."""
    with patch("tldr_lint.command.check", return_value=0) as check:
        CliRunner().invoke(main, written)
    return check.call_args.args[0] if check.call_args else None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(FLAGS),
            st.sampled_from(WORDS),
            st.tuples(st.sampled_from(FLAGS), st.sampled_from(WORDS)).map("=".join),
            st.sampled_from(["-qv", "--bogus", "-h", "--version", "--fail-on=never", ""]),
        ),
        max_size=5,
    )
)
def test_plain_arguments_are_what_click_reads(
    tmp_path_factory: pytest.TempPathFactory, written: list[str]
) -> None:
    place = tmp_path_factory.getbasetemp() / "arguments"
    (place / "notes").mkdir(parents=True, exist_ok=True)
    (place / "rules").mkdir(exist_ok=True)
    (place / "README.md").touch()
    before = Path.cwd()
    os.chdir(place)
    try:
        plain = plain_arguments(written)
        if plain is not None and not plain.watch:
            assert by_click(written) == plain
    finally:
        os.chdir(before)


def test_nearly_everything_people_write_is_plain() -> None:
    for written in ([], ["--select", "TL2"], ["--fix", "-q"], ["--format=json"]):
        assert plain_arguments(written) is not None


def test_a_verb_is_no_path_whatever_folder_is_called_like_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in VERBS:
        (tmp_path / verb).mkdir()
        assert plain_arguments([verb]) is None

    assert set(main.commands) == set(VERBS)
