"""The hooks that `.pre-commit-hooks.yaml` declares, run by the real pre-commit on real commits."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PRE_COMMIT = (sys.executable, "-P", "-m", "pre_commit")

HEADER = "| Model Name | Year |\n| --- | --- |\n"
NOTES = {
    "README.md": "# Papers\n\n"
    "| Paper | Year |\n| --- | --- |\n"
    "| [BERT](notes/bert.md) | 2018 |\n"
    "| [GPT](notes/gpt.md) | 2018 |\n",
    "notes/TEMPLATE.md": f"# <TITLE>\n\n## Summary\n\n{HEADER}",
    "notes/bert.md": f"# BERT\n\n## Summary\n\n{HEADER}| BERT | 2018 |\n",
    "notes/gpt.md": f"# GPT\n\n## Summary\n\n{HEADER}| GPT | 2018 |\n",
    "notes/bigtable.md": f"# Big table\n\n{HEADER}| BERT | 2018 |\n| GPT | 2018 |\n",
}


@dataclass(frozen=True)
class Tree:
    """A work tree whose commits run our hook."""

    path: Path
    environment: Mapping[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the tree, its output in one."""
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def git(self, *arguments: str) -> str:
        """A git command that must succeed."""
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.path / path).parent.mkdir(parents=True, exist_ok=True)
        (self.path / path).write_text(text, "utf-8")

    def commit(self, *arguments: str) -> tuple[int, str]:
        """Try to commit; the exit code and what was said."""
        done = self.run("git", "commit", "-m", "change", *arguments)
        return done.returncode, done.stdout


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # What prek installs with brings certificates of its own; a registry inside a company is
    # vouched for by those of the system.
    kept |= dict.fromkeys(("PREK_NATIVE_TLS", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"), "true")
    return kept | {
        "PRE_COMMIT_HOME": str(home),
        "PREK_HOME": str(home / "prek"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "NO_COLOR": "1",
    }


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, str]]:
    """This project as a repository that a hook can be taken from, its work tree as it is."""
    folder = tmp_path_factory.mktemp("tool")
    environment = _environment(tmp_path_factory.mktemp("pre-commit"))
    names = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "src", "rules")
    for name in names:
        source = PROJECT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    tree = Tree(folder, environment)
    tree.git("init", "-q")
    tree.git("add", "-A")
    tree.git("commit", "-q", "-m", "tool")
    return folder, environment


@pytest.fixture
def tree(tool: tuple[Path, Mapping[str, str]], tmp_path: Path) -> Tree:
    """A clean collection whose commits run the hook."""
    folder, environment = tool
    tree = Tree(tmp_path / "notes of mine", environment)
    tree.path.mkdir()
    tree.git("init", "-q", "-b", "main")
    revision = Tree(folder, environment).git("rev-parse", "HEAD").strip()
    tree.write(
        ".pre-commit-config.yaml",
        f"repos:\n- repo: {folder}\n  rev: {revision}\n  hooks:\n  - id: tldr-lint\n",
    )
    for path, text in NOTES.items():
        tree.write(path, text)
    tree.git("add", "-A")
    tree.git("commit", "-q", "-m", "first")
    done = tree.run(*PRE_COMMIT, "install")
    assert done.returncode == 0, done.stdout
    return tree


def test_a_clean_commit_passes(tree: Tree) -> None:
    tree.write("notes/bert.md", NOTES["notes/bert.md"] + "\nMore.\n")

    code, said = tree.commit("-a")

    assert code == 0, said
    assert "Passed" in said


def test_a_commit_that_only_deletes_a_note_is_checked(tree: Tree) -> None:
    tree.git("rm", "-q", "notes/gpt.md")

    code, said = tree.commit()

    assert code == 1
    assert "README.md:6:9: error[TL301] broken-link" in said


def test_a_commit_that_only_adds_an_image_is_checked(tree: Tree) -> None:
    tree.write("assets/unused.png", "x")
    tree.git("add", "assets")

    code, said = tree.commit()

    assert code == 1
    assert "TL307" in said


def test_what_was_wrong_before_is_counted_and_does_not_stop_a_commit(tree: Tree) -> None:
    tree.write("notes/bert.md", NOTES["notes/bert.md"] + "\n[gone](gone.md)\n")
    tree.git("commit", "-q", "-a", "--no-verify", "-m", "broken")
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"] + "\nFine.\n")

    code, said = tree.commit("-a", "--verbose")
    shown = tree.run(*PRE_COMMIT, "run", "--verbose", "tldr-lint").stdout

    assert code == 0, said
    assert "1 older finding not shown" in shown


def test_what_is_new_stops_a_commit_beside_what_is_old(tree: Tree) -> None:
    tree.write("notes/bert.md", NOTES["notes/bert.md"] + "\n[gone](gone.md)\n")
    tree.git("commit", "-q", "-a", "--no-verify", "-m", "broken")
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"] + "\n[also gone](also-gone.md)\n")

    code, said = tree.commit("-a")

    assert code == 1
    assert "notes/gpt.md:9:" in said
    assert "notes/bert.md:9:" not in said
    assert "1 older finding not shown" in said


def test_a_target_that_is_there_but_not_staged_will_not_be_in_the_commit(tree: Tree) -> None:
    tree.write("notes/extra/new.md", "# New\n")
    tree.write("notes/bert.md", NOTES["notes/bert.md"] + "\n[new](extra/new.md)\n")

    code, said = tree.commit("-a")

    assert code == 1
    assert "TL301" in said

    tree.git("add", "notes/extra/new.md")
    code, said = tree.commit("-a")

    assert code == 0, said


def test_only_what_is_staged_counts(tree: Tree) -> None:
    tree.write("notes/bert.md", NOTES["notes/bert.md"] + "\nStaged.\n")
    tree.git("add", "notes/bert.md")
    tree.write("notes/bert.md", NOTES["notes/bert.md"] + "\n[gone](gone.md)\n")

    code, said = tree.commit()

    assert code == 0, said
    assert "[gone](gone.md)" in (tree.path / "notes/bert.md").read_text("utf-8")


def test_a_big_table_that_is_staged_without_its_note_is_out_of_step(tree: Tree) -> None:
    tree.write("notes/bigtable.md", NOTES["notes/bigtable.md"].replace("GPT | 2018", "GPT | 2019"))
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"].replace("GPT | 2018", "GPT | 2019"))
    tree.git("add", "notes/bigtable.md")

    code, said = tree.commit()

    assert code == 1
    assert "TL403" in said

    tree.git("add", "notes/gpt.md")
    code, said = tree.commit()

    assert code == 0, said


def test_a_commit_of_all_is_judged_by_the_index_it_makes(tree: Tree) -> None:
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"] + "\n[gone](gone.md)\n")

    code, said = tree.commit("-a")

    assert code == 1
    assert "notes/gpt.md:9:" in said


def test_a_commit_of_one_path_is_judged_by_the_index_it_makes(tree: Tree) -> None:
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"] + "\n[new](new.md)\n")
    tree.write("notes/new.md", "# New\n")
    tree.write("README.md", NOTES["README.md"] + "| [New](notes/new.md) | 2020 |\n")
    tree.git("add", "-N", "notes/new.md")

    code, said = tree.commit("notes/gpt.md")

    assert code == 1
    assert "TL301" in said


def test_a_linked_work_tree_is_checked_like_any_other(tree: Tree, tmp_path: Path) -> None:
    tree.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    linked = Tree(tmp_path / "linked", tree.environment)
    linked.write("notes/bert.md", NOTES["notes/bert.md"] + "\n[gone](gone.md)\n")

    code, said = linked.commit("-a")

    assert code == 1
    assert "notes/bert.md:9:" in said


def test_try_repo_runs_the_fixing_hook_and_its_repair_stops_the_commit(
    tree: Tree, tool: tuple[Path, Mapping[str, str]]
) -> None:
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"].replace("| GPT | 2018 |", "| GPT |"))
    tree.git("add", "-A")

    done = tree.run(*PRE_COMMIT, "try-repo", str(tool[0]), "tldr-lint-fix", "--verbose")

    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert "| GPT |  |" in (tree.path / "notes/gpt.md").read_text("utf-8")


def test_prek_runs_the_same_hook(tree: Tree) -> None:
    tree.write("notes/gpt.md", NOTES["notes/gpt.md"] + "\n[gone](gone.md)\n")
    tree.git("add", "-A")

    done = tree.run(sys.executable, "-P", "-m", "prek", "run")

    assert done.returncode == 1
    assert "notes/gpt.md:9:8: error[TL301] broken-link" in done.stdout


@pytest.mark.parametrize("program", ["pre_commit", "prek"])
def test_the_manifest_is_valid(tree: Tree, program: str) -> None:
    done = tree.run(
        sys.executable,
        "-P",
        "-m",
        program,
        "validate-manifest",
        str(PROJECT / ".pre-commit-hooks.yaml"),
    )

    assert done.returncode == 0, done.stdout
