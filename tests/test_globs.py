"""Globs name what `.gitignore` would, and match in bounded time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.globs import ignore_matcher, path_matcher


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("notes/*.md", "notes/a.md", True),
        ("notes/*.md", "notes/x/a.md", False),
        ("./notes/*.md", "notes/a.md", True),
        ("*.md", "x/a.md", False),
        ("**/*.md", "a.md", True),
        ("**/*.md", "x/y/a.md", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/**/b", "a/b", True),
        ("a/**/x/**/b", "a/q/x/b", True),
        ("a/**/x/**/b", "a/q/y/b", False),
        ("a/**", "a", False),
        ("a/**", "a/b/c", True),
        ("**", "a/b", True),
        ("x**y", "xaay", True),
        ("x**y", "xa/y", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[0-9][0-9]-*.md", "12-a.md", True),
        ("[!0-9]*", "1", False),
        ("[]a]", "]", True),
        ("[z-a]", "b", False),
        ("[!z-a]", "b", True),
        ("a[.md", "a[.md", True),
        ("a[^b/]c", "a[^b/]c", True),
        ("{a}.md", "{a}.md", True),
    ],
)
def test_a_glob_names_whole_paths(glob: str, path: str, expected: bool) -> None:
    assert expected == path_matcher([glob])(path)


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("drafts", "x/drafts/a.md", True),
        ("drafts/", "drafts/a.md", True),
        ("*.md", "a/b/c.md", True),
        ("a/b", "a/b/c", True),
        ("a/b", "x/a/b", False),
        ("README.md", "notes/README.md", True),
    ],
)
def test_an_exclusion_covers_as_gitignore_does(glob: str, path: str, expected: bool) -> None:
    assert expected == ignore_matcher([glob])(path)


def _plainly(glob: list[str], path: list[str]) -> bool:
    """The meaning of a glob, written for reading and not for speed."""
    if not glob:
        return not path
    if glob[0] == "**":
        if len(glob) == 1:
            return bool(path)
        return any(_plainly(glob[1:], path[at:]) for at in range(len(path) + 1))
    segment = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in glob[0])
    return (
        bool(path) and re.fullmatch(segment, path[0]) is not None and _plainly(glob[1:], path[1:])
    )


@given(
    st.lists(st.text("ab*?", min_size=1, max_size=4), min_size=1, max_size=5),
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5),
)
def test_the_fast_way_means_what_the_plain_way_means(glob: list[str], path: list[str]) -> None:
    assert _plainly(glob, path) == path_matcher(["/".join(glob)])("/".join(path))


@pytest.mark.parametrize(
    "glob",
    [
        "a*" * 200 + "b",
        "**/a*/" * 100 + "b",
        "**/" * 500 + "b",
        "**/a/" * 200 + "b",
        "[a]*" * 99 + "b",
    ],
)
def test_a_hostile_glob_answers(glob: str) -> None:
    """With backtracking stars these would not finish."""
    matches = path_matcher([glob])

    assert not any(matches(path) for path in ("a" * 4_000, "a/" * 2_000 + "a", "aaa/" * 1_000))
