"""The door to git: what it says of every kind of repository, and that none makes it run code."""

import os
import shutil
from pathlib import Path

import pytest

from git_repository import GitRepository, new_repository
from tldr_lint.history import git as history_git
from tldr_lint.history import objects as history_objects
from tldr_lint.history import repository as history
from tldr_lint.history.git import HistoryError
from tldr_lint.history.process import finish
from tldr_lint.history.repository import (
    Absence,
    Commit,
    Repository,
    RevisionError,
    begin,
    discover,
)
from tldr_lint.history.trees import Trees


@pytest.fixture(autouse=True)
def clean_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the person who runs the tests has a say."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)


def found(path: Path) -> Repository:
    repository = discover(path)
    assert isinstance(repository, Repository), repository
    return repository


def test_a_repository_without_commits_has_files_but_no_head(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    git.write({"a.md": "a"})

    repository = found(tmp_path)

    assert repository.head is None
    assert repository.listing().untracked == {"a.md"}
    assert repository.walk(["*.md"], 10) == ()
    with pytest.raises(RevisionError):
        repository.resolve("HEAD")


def test_a_plain_folder_is_no_repository(tmp_path: Path) -> None:
    assert discover(tmp_path) is Absence.NO_REPOSITORY


def test_a_folder_without_a_trace_of_git_costs_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run on a folder of notes would start git only to hear that there is no repository."""

    def started(*_arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(history, "finished", started)

    assert discover(tmp_path) is Absence.NO_REPOSITORY
    with pytest.raises(AssertionError):
        discover(new_repository(tmp_path / "r").path)


def test_what_git_was_asked_early_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers that git gave while the rest was loaded would be thrown away."""
    git = new_repository(tmp_path / "r")
    git.commit({"a.md": "a", "sub/b.md": "b"})
    git.write({"c.md": "c"})
    monkeypatch.chdir(git.path / "sub")
    begun = begin()
    usual = found(git.path)

    def started(*_arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(history_git, "run", started)
    repository = discover(git.path, begun)
    assert repository == usual
    assert isinstance(repository, Repository)
    listing = repository.listing()

    assert listing.tracked == {"a.md", "sub/b.md"}
    assert listing.untracked == {"c.md"}
    assert begun == {}
    with pytest.raises(AssertionError):
        repository.listing()


def test_what_was_asked_early_of_one_repository_says_nothing_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = new_repository(tmp_path / "here"), new_repository(tmp_path / "there")
    here.write({"a.md": "a"})
    there.write({"b.md": "b"})
    monkeypatch.chdir(here.path)
    begun = begin()

    repository = discover(there.path, begun)

    assert isinstance(repository, Repository)
    assert repository.listing().untracked == {"b.md"}
    for left in begun.values():
        assert finish(left, 10).code == 0


def test_nothing_is_asked_early_where_the_answer_may_be_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit hook is about the index that the commit is made from."""
    monkeypatch.chdir(tmp_path)
    assert begin() == {}

    git = new_repository(tmp_path / "r")
    monkeypatch.chdir(git.path)
    monkeypatch.setenv("GIT_INDEX_FILE", str(git.path / ".git" / "other"))
    assert begin() == {}


def test_without_git_on_the_machine_that_is_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_repository(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert discover(tmp_path) is Absence.NO_GIT


def test_a_git_in_the_checkout_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`PATH=.:…` would let a pull request bring its own git."""
    new_repository(tmp_path)
    (tmp_path / "git").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))

    found(tmp_path)

    assert not (tmp_path / "ran").exists()


def test_a_bare_repository_is_refused_by_name(tmp_path: Path) -> None:
    GitRepository(tmp_path).git("init", "-q", "--bare", "bare.git")

    assert discover(tmp_path / "bare.git") is Absence.BARE


def test_a_work_tree_of_a_bare_repository_is_a_repository(tmp_path: Path) -> None:
    git = new_repository(tmp_path / "first")
    head = git.commit({"a.md": "a"})
    git.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    GitRepository(tmp_path / "bare.git").git("worktree", "add", "-q", str(tmp_path / "tree"))

    repository = found(tmp_path / "tree")

    assert repository.head == head
    assert repository.listing().tracked == {"a.md"}


def test_a_submodule_is_its_own_repository_and_no_file_of_the_outer_one(tmp_path: Path) -> None:
    inner = new_repository(tmp_path / "inner")
    inner_head = inner.commit({"i.md": "i"})
    outer = new_repository(tmp_path / "outer")
    outer.commit({"o.md": "o"})
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    head = outer.commit({})

    assert found(outer.path / "sub").head == inner_head
    assert found(outer.path / "sub").listing().tracked == {"i.md"}
    assert set(found(outer.path).tree(head)) == {".gitmodules", "o.md"}


def test_a_folder_of_a_work_tree_has_paths_of_its_own(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    first = git.commit({"top.md": "t", "sub/a.md": "a"})
    git.commit({"top.md": "changed"})
    git.write({"sub/new.md": "n", "other.md": "o"})

    repository = found(tmp_path / "sub")

    assert repository.prefix == "sub/"
    assert repository.listing().tracked == {"a.md"}
    assert repository.listing().untracked == {"new.md"}
    assert set(repository.tree(first)) == {"a.md"}
    assert [commit.name for commit in repository.walk(["*.md"], 9)] == [first]


def test_a_detached_head_is_a_head(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    first = git.commit({"a.md": "a"})
    git.commit({"a.md": "b"})
    git.git("checkout", "-q", "--detach", first)

    assert found(tmp_path).head == first


def test_a_shallow_clone_says_so_and_names_the_remedy(tmp_path: Path) -> None:
    git = new_repository(tmp_path / "deep")
    first = git.commit({"a.md": "a"})
    git.commit({"a.md": "b"})
    git.git("clone", "-q", "--depth=1", f"file://{git.path}", str(tmp_path / "flat"))

    repository = found(tmp_path / "flat")

    assert repository.shallow
    assert not found(git.path).shallow
    with pytest.raises(RevisionError, match="fetch-depth: 0"):
        repository.resolve(first)


def test_a_repository_of_another_owner_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`safe.directory`: git refuses, and so there is no history rather than a crash."""
    new_repository(tmp_path)
    really = history_git.command
    monkeypatch.setattr(
        history,
        "command",
        lambda git, root, *more: [
            str(shutil.which("env")),
            "GIT_TEST_ASSUME_DIFFERENT_OWNER=1",
            *really(git, root, *more),
        ],
    )

    assert discover(tmp_path) is Absence.NOT_TRUSTED


@pytest.mark.parametrize(
    "revision",
    ["--output=stolen", "-1", "", "nowhere", "HEAD:a.md", "HEAD~9", "a\nb", "HEAD..HEAD"],
)
def test_what_is_no_revision_is_refused(tmp_path: Path, revision: str) -> None:
    git = new_repository(tmp_path)
    git.commit({"a.md": "a"})

    with pytest.raises(RevisionError):
        found(tmp_path).resolve(revision)

    assert [path.name for path in tmp_path.iterdir() if path.name != ".git"] == ["a.md"]


def test_revisions_resolve_and_meet(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    first = git.commit({"a.md": "a"})
    git.git("tag", "-a", "v1", "-m", "tag")
    git.git("checkout", "-q", "-b", "side")
    side = git.commit({"b.md": "b"})
    git.git("checkout", "-q", "main")
    main = git.commit({"c.md": "c"})
    git.git("checkout", "-q", "--orphan", "lonely")
    git.commit({"d.md": "d"})
    git.git("checkout", "-q", "main")
    repository = found(tmp_path)

    assert repository.resolve("v1") == first
    assert repository.resolve("HEAD") == main
    assert repository.resolve(side[:8]) == side
    assert repository.merge_base("side") == first
    assert repository.merge_base("lonely") is None


def test_contents_come_back_byte_for_byte(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    texts = {"a.md": "one\r\ntwo\r\n", "ü/b c.md": "", "line\nbreak.md": "x\n"}
    head = git.commit(dict(texts))
    repository = found(tmp_path)

    tree = repository.tree(head)
    contents = repository.blobs([*tree.values(), "0" * 40])

    assert {path: contents[name].decode() for path, name in tree.items()} == texts
    assert repository.listing().tracked == set(texts)


def test_an_object_beyond_the_limit_is_passed_over_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = new_repository(tmp_path)
    head = git.commit({"big.md": "x" * 3_000_000, "small.md": "s"})
    monkeypatch.setattr(history_objects, "MAX_OBJECT", 1_000_000)
    repository = found(tmp_path)
    tree = repository.tree(head)

    contents = repository.blobs([tree["big.md"], tree["small.md"]])

    assert contents == {tree["small.md"]: b"s"}


def test_names_that_are_no_object_names_are_not_passed_on(tmp_path: Path) -> None:
    new_repository(tmp_path).commit({"a.md": "a"})

    with pytest.raises(ValueError, match="not an object name"):
        found(tmp_path).tree("--help")
    with pytest.raises(ValueError, match="not an object name"):
        found(tmp_path).blobs(["HEAD:a.md"])


def test_a_listing_leaves_ignored_files_out(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    git.commit({".gitignore": "build/\n", "a.md": "a", "gone.md": "g"})
    git.write({"build/x.md": "x", "new.md": "n", "staged.md": "s", "gone.md": None})
    git.git("add", "staged.md")

    listing = found(tmp_path).listing()

    assert listing.tracked == {".gitignore", "a.md", "gone.md", "staged.md"}
    assert listing.untracked == {"new.md"}


def test_the_walk_has_the_commits_that_matter_children_first(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    first = git.commit({"a.md": "1"})
    git.commit({"code.py": "1"})
    git.git("checkout", "-q", "-b", "side")
    side = git.commit({"b.md": "1"})
    git.git("checkout", "-q", "main")
    main = git.commit({"a.md": "2"})
    git.git("merge", "-q", "--no-edit", "side")
    merge = git.git("rev-parse", "HEAD").strip()
    git.commit({"code.py": "2"})

    walk = found(tmp_path).walk(["*.md"], 10)

    assert walk[0] == Commit(merge, (main, side))
    assert walk[-1] == Commit(first, ())
    assert set(walk[1:-1]) == {Commit(main, (first,)), Commit(side, (first,))}
    assert len(found(tmp_path).walk(["*.md"], 2)) == 2


def test_the_walk_follows_a_side_that_the_merge_discarded(tmp_path: Path) -> None:
    """With git's usual simplification the commit at which both sides agreed would be skipped."""
    git = new_repository(tmp_path)
    git.commit({"a.md": "1"})
    git.git("checkout", "-q", "-b", "side")
    side = git.commit({"a.md": "2"})
    git.git("checkout", "-q", "main")
    git.commit({"a.md": "3"})
    git.git("merge", "-q", "--no-edit", "-s", "ours", "side")

    assert side in {commit.name for commit in found(tmp_path).walk(["*.md"], 10)}


# --- Hooks


def hook(git: GitRepository, tmp_path: Path) -> Path:
    """A commit hook that says what `discover(".").listing()` says there."""
    said = tmp_path / "said"
    source = Path(history.__file__).parents[2]
    script = git.path / ".git" / "hooks" / "pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        f"#!/bin/sh\nPYTHONPATH={source} exec python3 -c '\n"
        "from tldr_lint.history.repository import discover\n"
        f'print(*sorted(discover(".").listing().tracked), file=open("{said}", "w"))\'\n'
    )
    script.chmod(0o755)
    return said


def test_in_a_commit_hook_tracked_is_what_the_commit_will_hold(tmp_path: Path) -> None:
    git = new_repository(tmp_path / "r")
    git.commit({"a.md": "a"})
    said = hook(git, tmp_path)
    git.write({"b.md": "b"})
    git.git("add", "b.md")
    git.git("commit", "-q", "-m", "c")

    assert said.read_text() == "a.md b.md\n"


def test_in_the_hook_of_a_partial_commit_the_temporary_index_counts(tmp_path: Path) -> None:
    """`git commit PATH` commits that path only, whatever else is staged."""
    git = new_repository(tmp_path / "r")
    git.commit({"a.md": "a"})
    said = hook(git, tmp_path)
    git.write({"a.md": "changed", "staged.md": "s"})
    git.git("add", "staged.md")
    git.git("commit", "-q", "-m", "c", "a.md")

    assert said.read_text() == "a.md\n"


def test_in_the_hook_of_a_work_tree_that_work_tree_is_meant(tmp_path: Path) -> None:
    """There git sets `GIT_DIR`, which would make any folder the work tree."""
    main = new_repository(tmp_path / "r")
    main.commit({"a.md": "a"})
    said = hook(main, tmp_path)
    main.git("worktree", "add", "-q", str(tmp_path / "tree"))
    tree = GitRepository(tmp_path / "tree")
    tree.commit({"b.md": "b"})

    assert said.read_text() == "a.md b.md\n"


def test_variables_that_mean_another_repository_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_repository(tmp_path / "other")
    other.commit({"other.md": "o"})
    mine = new_repository(tmp_path / "mine")
    head = mine.commit({"mine.md": "m"})
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.path / ".git" / "objects"))

    repository = found(mine.path)

    assert repository.head == head
    assert repository.listing().tracked == {"mine.md"}
    assert set(repository.tree(head)) == {"mine.md"}


# --- Hostile repositories


def trap(tmp_path: Path) -> tuple[Path, str]:
    """A program that leaves a trace, and the place of the trace."""
    program = tmp_path / "trap"
    trace = tmp_path / "ran"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\n')
    program.chmod(0o755)
    return trace, str(program)


HOSTILE = """\
[core]
    fsmonitor = {trap}
    hooksPath = {folder}
    pager = {trap}
    editor = {trap}
    sshCommand = {trap}
    gitProxy = {trap}
    askPass = {trap}
    alternateRefsCommand = {trap}
    untrackedCache = true
[alias]
    rev-parse = !{trap}
    ls-files = !{trap}
    rev-list = !{trap}
[pager]
    rev-list = {trap}
    ls-files = {trap}
    ls-tree = {trap}
[diff]
    external = {trap}
    orderFile = {trap}
[diff "x"]
    command = {trap}
    textconv = {trap}
[filter "x"]
    clean = {trap}
    smudge = {trap}
    process = {trap}
    required = true
[merge "x"]
    driver = {trap}
[gpg]
    program = {trap}
[gpg "ssh"]
    program = {trap}
    defaultKeyCommand = {trap}
[log]
    showSignature = true
[credential]
    helper = !{trap}
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[protocol "file"]
    allow = always
[extensions]
    partialClone = origin
[remote "origin"]
    url = ext::{trap}
    promisor = true
    partialclonefilter = blob:none
    uploadpack = {trap}
    vcs = {trap}
[trace2]
    normalTarget = {folder}/trace2
"""
REPOSITORY = """\
[core]
    repositoryformatversion = 1
    bare = false
"""


def ask_everything(path: Path) -> None:
    repository = found(path)
    repository.listing()
    assert repository.head is not None
    repository.tree(repository.resolve("HEAD"))
    repository.merge_base("main")
    walk = repository.walk(["*.md"], 100)
    names = [commit.name for commit in walk]
    repository.blobs([*names, *repository.tree(names[0]).values(), "12" * 20])


def test_no_configuration_of_the_checkout_runs_anything(tmp_path: Path) -> None:
    git = new_repository(tmp_path / "r")
    git.commit({"a.md": "a", ".gitattributes": "* filter=x diff=x merge=x\n"})
    git.commit({"a.md": "b"})
    trace, program = trap(tmp_path)
    for hook_name in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        shutil.copy(program, git.path / hook_name)
    (git.path / ".git" / "config").write_text(
        REPOSITORY + HOSTILE.format(trap=program, folder=git.path)
    )
    git.write({"a.md": "changed"})

    ask_everything(git.path)

    assert not trace.exists(), trace.read_text()
    assert not (git.path / "trace2").exists()


def test_the_same_configuration_does_run_things_for_git_itself(tmp_path: Path) -> None:
    """Proof that the trap above works: `git status` falls into it."""
    git = new_repository(tmp_path / "r")
    git.commit({"a.md": "a"})
    trace, program = trap(tmp_path)
    (git.path / ".git" / "config").write_text(
        REPOSITORY + HOSTILE.format(trap=program, folder=git.path)
    )

    git.git("ls-files", check=False)
    git.git("cat-file", "-p", "12" * 20, check=False)

    assert "trap" in trace.read_text()


def test_an_embedded_bare_repository_is_not_obeyed(tmp_path: Path) -> None:
    """An ordinary pull request can carry one, as plain files; git would take its configuration."""
    git = new_repository(tmp_path / "r")
    head = git.commit({"a.md": "a"})
    trace, program = trap(tmp_path)
    GitRepository(git.path).git("init", "-q", "--bare", "notes/sub")
    (git.path / "notes/sub/config").write_text(
        REPOSITORY.replace("bare = false", "bare = false\n    worktree = .")
        + HOSTILE.format(trap=program, folder=git.path)
    )
    git.write({"notes/sub/b.md": "b"})

    inside = discover(git.path / "notes" / "sub")
    around = found(git.path)
    ask_everything(git.path)

    assert inside is Absence.BARE
    assert around.head == head
    assert not trace.exists()


def test_a_work_tree_elsewhere_is_refused(tmp_path: Path) -> None:
    """`core.worktree` could have any folder of the machine listed."""
    (tmp_path / "secret").mkdir()
    git = new_repository(tmp_path / "r")
    git.commit({"a.md": "a"})
    git.git("config", "core.worktree", str(tmp_path / "secret"))

    assert discover(git.path) is Absence.ELSEWHERE


def test_a_git_that_never_answers_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that is a pipe nobody writes to blocks whoever opens it."""
    git = new_repository(tmp_path)
    head = git.commit({"a.md": "a"})
    blob = git.git("rev-parse", "HEAD:a.md").strip()
    repository = found(tmp_path)
    path = tmp_path / ".git" / "objects" / blob[:2] / blob[2:]
    path.unlink()
    os.mkfifo(path)

    monkeypatch.setattr(history_git, "TIMEOUT", 0.2)
    monkeypatch.setattr(history_objects, "TIMEOUT", 0.2)

    with repository.objects() as objects, pytest.raises(HistoryError):
        objects.read(blob)

    tree = tmp_path / ".git" / "objects" / head[:2] / head[2:]
    tree.unlink()
    os.mkfifo(tree)
    with pytest.raises(HistoryError, match="longer than"):
        repository.walk(["*.md"], 10)


def test_complaints_of_git_reach_nobodys_terminal_raw(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    head = git.commit({"a.md": "a"})
    repository = found(tmp_path)
    (tmp_path / ".git" / "objects" / head[:2] / head[2:]).unlink()

    with pytest.raises(HistoryError) as error:
        repository.tree(head)

    assert str(error.value).isprintable()
    assert history_git.complaint(b"fatal: \x1b[31mred\nmore") == "git says: ?[31mred"


# --- Trees


def test_what_differs_between_two_trees_is_told_by_path(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    old = git.commit({"a.md": "1", "n/b.md": "1", "n/deep/c.md": "1", "file": "f"})
    new = git.commit(
        {"a.md": "2", "n/b.md": None, "n/deep/d.md": "1", "file": None, "file/now.md": "a folder"}
    )
    repository = found(tmp_path)

    with repository.objects() as objects:
        trees = Trees(objects, "")
        changed = {
            path: (bool(one), bool(two))
            for path, one, two in trees.difference(trees.root(old), trees.root(new))
        }
        below = Trees(objects, "n/")
        assert below.blob(below.root(old), "deep/c.md") == repository.tree(old)["n/deep/c.md"]
        assert below.blob(below.root(old), "deep") is None
        assert Trees(objects, "nowhere/").root(old) is None

    assert changed == {
        "a.md": (True, True),
        "n/b.md": (True, False),
        "n/deep/d.md": (False, True),
        "file": (True, False),
        "file/now.md": (False, True),
    }


def test_a_repository_with_long_object_names_is_read(tmp_path: Path) -> None:
    """SHA-256: names of 64 digits, 32 bytes in a tree."""
    tmp_path.mkdir(exist_ok=True)
    git = GitRepository(tmp_path)
    git.git("init", "-q", "--object-format=sha256", "--template=")
    head = git.commit({"n/a.md": "a"})
    repository = found(tmp_path)

    with repository.objects() as objects:
        trees = Trees(objects, repository.prefix)
        blob = trees.blob(trees.root(head), "n/a.md")

    assert blob == repository.tree(head)["n/a.md"]
    assert len(head) == 64
