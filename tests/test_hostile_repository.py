"""A repository that means harm: nothing in it is run, nothing outside of it is read or written."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from git_repository import GitRepository
from hostile_runs import NOTE, collection, command, environment, run, run_command

BOMB = "import pathlib; pathlib.Path({!r}).write_text(__name__)\n"


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A file that comes to be if anything of a repository is run; outside of the repository."""
    return tmp_path / "sprung"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return collection(folder, {"a": NOTE.format("a") + "\n[x](gone.md)\n"})


def script(folder: Path, trap: Path) -> Path:
    """A program that springs the trap and passes on what it gets."""
    file = folder / "run-me"
    file.write_text(f"#!/bin/sh\necho run > '{trap}'\ncat\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


@pytest.mark.parametrize(
    "words",
    [
        [sys.executable, "-m", "tldr_lint", "--no-cache"],
        [sys.executable, "-m", "tldr_lint", "rules"],
        [sys.executable, "-P", "-m", "tldr_lint", "--no-cache", "--fix"],
    ],
    ids=["module", "click", "safe path"],
)
def test_no_module_of_the_repository_is_imported(root: Path, trap: Path, words: list[str]) -> None:
    """`python -m` looks into the working directory first: a pull request's `click.py` would run."""
    names = ["markdown_it", "click", "json", "tomllib", "yaml", "bisect", "sqlite3", "hashlib"]
    for name in (*names, "sitecustomize_", "mdit_py_plugins", "selectolax", "httpx"):
        (root / f"{name}.py").write_text(BOMB.format(str(trap)))

    ran = run_command(root, words)

    assert ran.code in {0, 1}, ran.err
    assert not trap.exists()


SETTINGS = (
    "core.fsmonitor",
    "core.hooksPath",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "diff.external",
    "diff.x.textconv",
    "diff.x.command",
    "filter.x.clean",
    "filter.x.smudge",
    "filter.x.process",
    "merge.x.driver",
    "credential.helper",
    "gpg.program",
    "alias.ls-files",
    "uploadpack.packObjectsHook",
)


@pytest.mark.parametrize("arguments", [(), ("--fix",), ("--new-only",), ("--since", "HEAD")])
def test_configuration_of_the_repository_runs_nothing(
    root: Path, trap: Path, arguments: tuple[str, ...]
) -> None:
    """A repository unpacked with its `.git` can name programs for git to run."""
    repository = GitRepository(root)
    repository.git("init", "-q")
    repository.commit({".gitattributes": "*.md filter=x diff=x merge=x\n"})
    bomb = script(root, trap)
    for name in SETTINGS:
        value = str(root / "hooks") if name == "core.hooksPath" else str(bomb)
        repository.git("config", name, value)
    for hooks in (root / "hooks", root / ".git/hooks"):
        hooks.mkdir(exist_ok=True)
        for name in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
            (hooks / name).write_text(bomb.read_text())
            (hooks / name).chmod(0o755)
    (root / "notes/a.md").write_text(NOTE.format("b"))

    ran = run(root, *arguments)

    assert ran.code in {0, 1}, ran.err
    assert not trap.exists()


def test_embedded_bare_repository(root: Path, trap: Path) -> None:
    """An ordinary pull request can carry a bare repository, configuration and all."""
    bomb = script(root, trap)
    inner = root / "notes/sub"
    for path, text in {
        "HEAD": "ref: refs/heads/main\n",
        "config": f"[core]\n bare = false\n worktree = ..\n fsmonitor = {bomb}\n",
        "objects/x": "",
        "refs/heads/x": "",
        "n.md": "# n\n",
    }.items():
        (inner / path).parent.mkdir(parents=True, exist_ok=True)
        (inner / path).write_text(text)
    GitRepository(root).git("init", "-q")

    inside = run(inner)
    outside = run(root)

    assert (inside.code, outside.code) == (1, 1), inside.err + outside.err
    assert not trap.exists()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("index", b"DIRC\0\0\0\2\xff\xff\xff\xff"),
        ("HEAD", b"\xff\xfe"),
        ("config", b"[core\n"),
        ("packed-refs", b"\0" * 100),
    ],
)
def test_damaged_repository(root: Path, file: str, content: bytes) -> None:
    """A `.git` that git cannot read would be a traceback."""
    repository = GitRepository(root)
    repository.git("init", "-q")
    repository.commit({})
    (root / ".git" / file).write_bytes(content)

    ran = run(root)

    assert ran.code in {1, 2}, ran.err
    assert b"Traceback" not in ran.err


def test_environment_of_git_is_not_believed(root: Path, trap: Path, tmp_path: Path) -> None:
    """Inside a hook of another repository git's variables would lead there, or run programs."""
    GitRepository(root).git("init", "-q")
    GitRepository(root).commit({})
    bomb = str(script(tmp_path, trap))
    other = tmp_path / "other"
    other.mkdir()
    GitRepository(other).git("init", "-q")

    ran = run(
        root,
        env={
            "GIT_DIR": str(other / ".git"),
            "GIT_WORK_TREE": str(other),
            "GIT_EXTERNAL_DIFF": bomb,
            "GIT_SSH_COMMAND": bomb,
            "GIT_PAGER": bomb,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "core.fsmonitor",
            "GIT_CONFIG_VALUE_0": bomb,
        },
    )

    assert "notes/a.md" in ran.text
    assert not trap.exists()


@pytest.mark.parametrize("revision", ["--output=sprung", "-O", "HEAD:notes", "a\nb", "", "@{-1}"])
def test_revision_is_no_option(root: Path, trap: Path, revision: str) -> None:
    """A base named on a command line built from a branch's name could write a file."""
    GitRepository(root).git("init", "-q")
    GitRepository(root).commit({})
    before = sorted(path.name for path in root.iterdir())

    ran = run(root, f"--since={revision}")

    assert ran.code == 2, ran.err
    assert sorted(path.name for path in root.iterdir()) == before


LINKS = (
    "../secret.md",
    "/../secret.md",
    "..%2fsecret.md",
    "%2e%2e/secret.md",
    "notes/../../secret.md",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\secret",
    "..\\secret.md",
    "way/secret.md",
)


def test_links_tell_nothing_of_what_is_outside(root: Path, tmp_path: Path) -> None:
    """Whether a file exists outside would show in what is reported: a pull request could ask."""
    page = "# x\n\n" + "".join(f"[{n}]({link})\n\n" for n, link in enumerate(LINKS))
    (root / "page.md").write_text(page)
    (root / "way").symlink_to(tmp_path)

    without = run(root, "--output-format", "json")
    (tmp_path / "secret.md").write_text("# secret heading\n")
    with_it = run(root, "--output-format", "json")

    assert without.out == with_it.out
    assert without.text.count('"TL30') >= len(LINKS) - 1


@pytest.mark.parametrize(
    "contract",
    [
        'exclude = ["../**"]\n',
        '[collection.n]\nitems = "../*.md"\n',
        '[collection.n]\nitems = "/etc/*"\n',
        '[collection.n]\nitems = "notes/*.md"\nfacts = "../../secret.yaml"\n',
        '[collection.n]\nitems = "notes/*.md"\n[collection.n.index]\nfile = "../secret.md"\n',
        '[collection.n]\nitems = "notes/*.md"\ntemplate = "/etc/passwd"\n',
        "a = " + "[" * 5_000 + "]" * 5_000 + "\n",
        "a." * 20_000 + "b = 1\n",
        'plugins = ["./evil.py"]\n',
        "\ufeffselect = 7\n",
        'values = { X = "(' + "(" * 3_000 + '" }\n',
        "[collection.n]\n" + 'items = ["' + "**/" * 1_000 + '*.md"]\n',
        "\x00",
        "é = 'x'\n" * 2,
    ],
)
def test_hostile_contract(root: Path, contract: str) -> None:
    """A contract could lead out of the repository, exhaust the reader, or name code to run."""
    (root / "tldr-lint.toml").write_text(contract, encoding="utf-8")
    (root / "evil.py").write_text("raise SystemExit(9)\n")

    ran = run(root)

    assert ran.code in {1, 2}, ran.err
    assert ran.code == 2 or "**/" in contract
    assert b"Traceback" not in ran.err
    assert b"root:" not in ran.out + ran.err


def test_contract_that_is_a_link(root: Path, tmp_path: Path) -> None:
    """Lines of a file outside would be shown as the offending ones."""
    secret = tmp_path / "secret.toml"
    secret.write_text("password = hunter2\n")
    (root / "tldr-lint.toml").symlink_to(secret)

    ran = run(root)

    assert ran.code == 2
    assert b"hunter2" not in ran.out + ran.err
    assert b"symbolic link" in ran.err


@pytest.mark.parametrize(
    "junk", [b"", b"junk", b"\0" * 5_000, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_damaged_cache_is_as_good_as_none(root: Path, tmp_path: Path, junk: bytes) -> None:
    """A cache somebody tampered with would decide what is reported, or end the run."""
    words = [word for word in command("--output-format", "concise") if word != "--no-cache"]
    words += ["--cache-dir", str(tmp_path / "cache")]
    clean = run(root, "--output-format", "concise")
    run_command(root, words)
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(junk)

    assert run_command(root, words).out == clean.out
    assert run_command(root, words).out == clean.out


def test_cache_is_not_written_through_a_link_of_the_repository(root: Path, tmp_path: Path) -> None:
    """`--cache-dir .cache` of a workflow would write wherever a pull request's link leads."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (root / ".cache").symlink_to(victim)
    words = [word for word in command() if word != "--no-cache"]

    ran = run_command(root, [*words, "--cache-dir", ".cache"])

    assert ran.code in {1, 2}, ran.err
    assert list(victim.iterdir()) == []


def test_runs_here_are_not_clean() -> None:
    """The collection of these tests has a finding: an empty answer would prove nothing."""
    assert (
        subprocess.run([sys.executable, "-c", ""], env=environment(), check=False).returncode == 0
    )
    assert os.sep == "/"
