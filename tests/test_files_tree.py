"""What a workspace holds: with git's names and without, hidden and ignored files left out."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_repository import GitRepository
from tldr_lint.files.tree import WorkingTree, working_tree


def lay(root: Path, *paths: str) -> None:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("x\n")


def test_walk_leaves_out_what_is_hidden_or_ignored(tmp_path: Path) -> None:
    """Notes of a dependency, a build or an editor would be judged."""
    lay(tmp_path, "a.md", "b.MARKDOWN", "c.txt", ".hidden.md", ".venv/x.md", "sub/deep/d.md")
    lay(tmp_path, "build/e.md", "sub/keep.md", "sub/drop.md", "top/f.md", "sub/top/g.md")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfbuild/\r\ndrop.md\r\n/top\r\n# keep.md\r\n")
    (tmp_path / "sub/.gitignore").write_text("!drop.md\nkeep.md\n")

    tree = working_tree(str(tmp_path), None)

    assert list(tree.markdown) == [
        "a.md",
        "b.MARKDOWN",
        "sub/deep/d.md",
        "sub/drop.md",
        "sub/top/g.md",
    ]
    assert {"c.txt", ".hidden.md", "sub/.gitignore"} <= tree.files
    assert tree.files.isdisjoint({".venv/x.md", "build/e.md", "sub/keep.md", "top/f.md"})


NAMES = st.sampled_from(["a", "b", "ab", "a.md", "b.md", "a b.md", "#a", "!b", "[a]", "a*"])
GLOBS = st.lists(
    st.one_of(
        NAMES, st.sampled_from(["*", "**", "?", "[ab]", "[!a]", "*.md", "\\#a", "\\!b", "a\\*"])
    ),
    min_size=1,
    max_size=3,
)
LINES = st.builds(
    lambda negated, lead, steps, tail: f"{negated}{lead}{'/'.join(steps)}{tail}",
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    GLOBS,
    st.sampled_from(["", "", "/", " "]),
)


@settings(max_examples=60, deadline=None)
@given(
    paths=st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=6),
    lines=st.lists(LINES, min_size=1, max_size=4),
    below=st.lists(LINES, max_size=2),
)
def test_ignoring_is_what_git_does(
    tmp_path_factory: pytest.TempPathFactory,
    paths: list[list[str]],
    lines: list[str],
    below: list[str],
) -> None:
    """A collection unpacked from an archive would be judged otherwise than its clone."""
    root = tmp_path_factory.mktemp("walk")
    for steps in paths:
        target = root.joinpath(*steps)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("x")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue
    (root / ".gitignore").write_text("\n".join(lines))
    if (root / "a").is_dir():
        (root / "a/.gitignore").write_text("\n".join(below))
    GitRepository(root).git("init", "-q")
    listed = GitRepository(root).git("ls-files", "-z", "--others", "--exclude-standard")

    assert sorted(filter(None, listed.split("\0"))) == sorted(working_tree(str(root), None).files)


def test_names_of_git_that_are_not_there(tmp_path: Path) -> None:
    """A note deleted but not yet staged would be reported unreadable, and links to it good."""
    lay(tmp_path, "a.md", "sub/b.md", "elsewhere/d.md", "untold.md")
    (tmp_path / "linked").symlink_to("elsewhere")

    tree = working_tree(str(tmp_path), ["a.md", "gone.md", "sub/b.md", "linked/d.md", "no/c.md"])

    assert {"a.md", "sub/b.md"} == tree.files
    assert list(tree.markdown) == ["a.md", "sub/b.md"]
    assert tree.unlisted == {}


def test_links_and_special_files(tmp_path: Path) -> None:
    """A note would be read twice, or a pipe in a note's place go unmentioned."""
    lay(tmp_path, "root/a.md", "root/folder.md/b.md", "outside.md")
    root = tmp_path / "root"
    (root / "same.md").symlink_to("a.md")
    (root / "out.md").symlink_to("../outside.md")
    (root / "none.md").symlink_to("nothing.md")
    (root / "self.md").symlink_to("self.md")
    os.mkfifo(root / "pipe.md")

    tree = working_tree(str(root), None)

    assert list(tree.markdown) == [
        "a.md",
        "folder.md/b.md",
        "none.md",
        "out.md",
        "pipe.md",
        "self.md",
    ]
    assert {"a.md", "folder.md/b.md", "same.md", "out.md", "pipe.md"} == tree.files


def test_folder_that_cannot_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes would be left unchecked without a word."""
    lay(tmp_path, "a.md", "locked/b.md")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert dict(working_tree(str(tmp_path), None).unlisted) == {"locked": "permission denied"}


def test_same_with_and_without_git(tmp_path: Path) -> None:
    """A fresh clone and an unpacked archive would give different results."""
    lay(tmp_path, "a.md", "sub/b.md", "sub/c.png", "\xfc.md", "a b/d.md")
    lay(tmp_path, os.fsdecode(b"caf\xe9.md"), "new\nline.md")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    walked = working_tree(str(tmp_path), None)

    assert walked == working_tree(str(tmp_path), walked.files)
    assert len(walked.files) == 7


def test_pattern_that_explodes_does_not_hang(tmp_path: Path) -> None:
    """A stranger's `.gitignore` would cost the run its ten seconds; a regular expression of
    this shape backtracks some 10^30 times."""
    lay(tmp_path, "a" * 200 + ".md")
    (tmp_path / ".gitignore").write_text("*a" * 60 + "b\n" + "**/" * 200 + "*a*a*a*a*a*ab\n")

    assert isinstance(working_tree(str(tmp_path), None), WorkingTree)


def test_temporary_files_of_ours_are_seen_and_never_listed(tmp_path: Path) -> None:
    """What a killed run left would stay for ever, or be a link's target."""
    stray = ".tldr-lint-0123456789abcdef-0123456789abcdef-fedcba9876543210.tmp"
    lay(tmp_path, f"sub/{stray}", "sub/a.md", ".tldr-lint-short.tmp")

    assert (f"sub/{stray}",) == working_tree(str(tmp_path), None).strays
    assert (f"sub/{stray}",) == working_tree(str(tmp_path), ["sub/a.md"]).strays
    assert f"sub/{stray}" not in working_tree(str(tmp_path), None).files
