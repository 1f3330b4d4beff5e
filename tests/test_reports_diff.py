"""A diff is what `git apply` turns the old files into the new ones with, byte for byte."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tldr_lint.reports import diff
from tldr_lint.text import Source


def _sources(files: Mapping[str, str]) -> dict[str, Source]:
    return {path: Source(path, text) for path, text in files.items()}


def _apply(root: Path, before: Mapping[str, str], patch: str) -> dict[str, str]:
    """What git makes of the files with the patch."""
    subprocess.run(["git", "init", "-q", root], check=True)
    for path, text in before.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=root, input=patch.encode(), check=True
    )
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a.md": "1\n2\n3\n"}, {"a.md": "1\nx\n3\n"}),
        ({"a.md": "1\r\n2\r\n"}, {"a.md": "1\r\nx\r\n"}),
        ({"a.md": "1\r2\r3"}, {"a.md": "1\rx\r3"}),
        ({"a.md": "1\n2"}, {"a.md": "1\n2\n"}),
        ({"a.md": "1\n2\n"}, {"a.md": "1\n2"}),
        ({"a.md": "\ufeff1\n"}, {"a.md": "\ufeff2\n"}),
        ({"a.md": "\u2028\x0c\n1\n"}, {"a.md": "\u2028\x0c\n2\n"}),
        ({"a.md": "1\n"}, {"a.md": "1\n", "notes/new.md": "| a |\n"}),
        ({"a.md": "1\n"}, {"a.md": "1\n", "empty.md": ""}),
        ({"a.md": "1\n", "b.md": "2"}, {"a.md": "1\n"}),
        ({"a.md": "1\n"}, {"a.md": ""}),
        ({"a.md": ""}, {"a.md": "1"}),
        ({"notes/na me.md": "1\n"}, {"notes/na me.md": "2\n"}),
        ({'notes/bért"\\\t.md': "1\n"}, {'notes/bért"\\\t.md': "2\n"}),
        ({"a.md": "x\n" * 50 + "1\n" + "x\n" * 50}, {"a.md": "y\n" + "x\n" * 49 + "x\n" * 50}),
        ({"a.md": "-- x\n++ y\n"}, {"a.md": "++ y\n-- z\n"}),
    ],
)
def test_git_applies_it(tmp_path: Path, before: dict[str, str], after: dict[str, str]) -> None:
    assert after == _apply(tmp_path, before, diff.render(_sources(before), _sources(after)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    lines=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=30),
    ends=st.tuples(st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans()),
)
def test_git_applies_any_change(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[str, str]],
    ends: tuple[str, bool, bool],
) -> None:
    before = ends[0].join(line for line, _ in lines) + ends[0] * ends[1]
    after = ends[0].join(line for _, line in lines) + ends[0] * ends[2]
    patch = diff.render(_sources({"a.md": before}), _sources({"a.md": after}))
    if before == after:
        assert patch == ""
        return

    assert {"a.md": after} == _apply(tmp_path_factory.mktemp("tree"), {"a.md": before}, patch)


def test_nothing_changed_is_no_diff() -> None:
    assert diff.render(_sources({"a.md": "1\n"}), _sources({"a.md": "1\n"})) == ""


def test_paths_start_at_the_repository() -> None:
    patch = diff.render(_sources({"a.md": "1\n"}), _sources({"a.md": "2\n"}), above="papers")

    assert patch.startswith(
        "diff --git a/papers/a.md b/papers/a.md\n"
        "--- a/papers/a.md\n+++ b/papers/a.md\n@@ -1 +1 @@\n"
    )


def test_a_guarded_diff_is_the_same_but_for_what_would_be_obeyed() -> None:
    before = _sources({"a.md": " ::stop-commands::x\r\n##[group]\r\n\tplain\r\n1\r\n"})
    after = _sources({"a.md": " ::stop-commands::x\r\n##[group]\r\n\tplain\r\n\x9b2\r\n"})

    assert (
        diff.render(before, after, guard=True)
        == "diff --git a/a.md b/a.md\n--- a/a.md\n+++ b/a.md\n@@ -1,4 +1,4 @@\n"
        "  :\\:stop-commands::x\r\n #\\#[group]\r\n \tplain\r\n-1\r\n+\\x9b2\r\n"
    )
