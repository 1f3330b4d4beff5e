"""A submodule is another repository, with configuration of its own: it is neither asked nor read.

What a superproject records of it is a commit's name; whatever else is in its
folder came from elsewhere.
"""

import stat
from pathlib import Path

import pytest

from git_repository import GitRepository
from hostile_runs import NOTE, collection, run

RUNS: tuple[tuple[str, ...], ...] = (
    (),
    ("--fix", "--unsafe-fixes"),
    ("--new-only",),
    ("--since", "HEAD"),
)
EVERY_RUN = pytest.mark.parametrize("arguments", RUNS, ids=lambda words: " ".join(words) or "check")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A file that comes to be if anything of a submodule is run; outside of the repository."""
    return tmp_path / "sprung"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a finding, and a commit to compare with."""
    folder = tmp_path / "root"
    folder.mkdir()
    collection(folder, {"a": NOTE.format("a") + "\n[x](gone.md)\n"})
    repository = GitRepository(folder)
    repository.git("init", "-q")
    repository.commit({})
    return folder


def program(folder: Path, trap: Path) -> Path:
    """A program that springs the trap and passes on what it gets."""
    file = folder / "run-me"
    file.write_text(f"#!/bin/sh\necho run > '{trap}'\ncat\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def submodule(root: Path, at: str, tmp_path: Path) -> GitRepository:
    """A submodule checked out in a folder of the repository, and committed."""
    origin = GitRepository(tmp_path / "origin")
    origin.path.mkdir()
    origin.git("init", "-q")
    origin.commit({"own.md": "# own\n\n[x](own-gone.md)\n", ".gitattributes": "*.md filter=x\n"})
    outer = GitRepository(root)
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(origin.path), at)
    outer.commit({})
    return GitRepository(root / at)


@EVERY_RUN
def test_configuration_and_hooks_of_a_submodule_run_nothing(
    root: Path, trap: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """git looks into submodules for changes, and obeys what their configuration names."""
    inner = submodule(root, "notes/sub", tmp_path)
    bomb = program(tmp_path, trap)
    hooks = Path(inner.git("rev-parse", "--absolute-git-dir").strip()) / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "post-checkout", "reference-transaction", "pre-commit"):
        (hooks / name).write_text(bomb.read_text())
        (hooks / name).chmod(0o755)
    for name in ("core.fsmonitor", "filter.x.clean", "filter.x.smudge", "diff.external"):
        inner.git("config", name, str(bomb))
    own = "# changed\n\n[x](own-gone.md)\n"
    (inner.path / "own.md").write_text(own)
    trap.unlink(missing_ok=True)

    ran = run(root, *arguments, "--output-format", "concise")

    assert not trap.exists()
    assert ran.code in {0, 1}, ran.err
    assert "own-gone" not in ran.text
    assert (inner.path / "own.md").read_text() == own


@EVERY_RUN
@pytest.mark.parametrize(
    "declared",
    [
        '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "echo run > TRAP"\n\tupdate = !sh TRAP\n',
        '[submodule "../../x"]\n\tpath = ../outside\n\turl = --upload-pack=TRAP\n',
        '[submodule "x"]\n\tpath = -x\n\turl = -u./TRAP\n\tfetchRecurseSubmodules = true\n',
        '[submodule "x"]\n\tpath = .git\n\turl = file:///TRAP\n',
        '[submodule "x"]\n\tpath = "a\\nb"\n\turl = "\\u001b]0;x"\n',
        "[submodule\n",
        "\0\xff",
    ],
    ids=["command", "path outside", "options", "own git", "controls", "broken", "no text"],
)
def test_odd_declarations_of_submodules(
    root: Path, trap: Path, arguments: tuple[str, ...], declared: str
) -> None:
    """`.gitmodules` is a stranger's text: addresses that are commands, paths that lead out."""
    text = declared.replace("TRAP", str(trap))
    repository = GitRepository(root)
    commit = repository.git("rev-parse", "HEAD").strip()
    (root / ".gitmodules").write_text(text, encoding="latin-1")
    repository.git("add", ".gitmodules", check=False)
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},x")

    ran = run(root, *arguments, "--output-format", "concise")

    assert not trap.exists()
    assert not (root.parent / "outside").exists()
    assert b"Traceback" not in ran.err
    assert ran.code == (0 if "--new-only" in arguments else 1), ran.err
    assert b"\x1b" not in ran.out + ran.err


@EVERY_RUN
def test_submodule_whose_path_is_a_link(
    root: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """A link where a submodule should be would lead a reader, or a repair, out of the root."""
    victim = tmp_path / "victim"
    victim.mkdir()
    text = "# v\n\n## Summary\n\n| Model | Year |\n|---|---|\n| secret |\n"
    (victim / "v.md").write_text(text)
    repository = GitRepository(root)
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},notes/sub")
    (root / "notes/sub").symlink_to(victim)

    ran = run(root, *arguments, "--output-format", "concise")

    assert ran.code in {0, 1}, ran.err
    assert b"secret" not in ran.out + ran.err
    assert "v.md" not in ran.text
    assert (victim / "v.md").read_text() == text


def test_submodule_is_there_for_links_and_its_files_are_not_checked(
    root: Path, tmp_path: Path
) -> None:
    """A link into a submodule's folder would be called broken, or its files ours to judge."""
    submodule(root, "sub", tmp_path)
    (root / "page.md").write_text("# p\n\n[a](sub/own.md) [b](sub) [c](sub/none.md)\n")

    ran = run(root, "--output-format", "concise")

    assert "sub/none.md" in ran.text
    assert "own-gone" not in ran.text
    assert ran.text.count("page.md:") == 1
