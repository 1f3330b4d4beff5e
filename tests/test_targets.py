"""Where link targets lead, before anybody looks whether anything is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.targets import Target, TargetKind, forge_repository, resolve, tree

REPOSITORY = "https://github.com/ada/notes"


@pytest.mark.parametrize(
    ("document", "written", "path"),
    [
        ("README.md", "notes/bert.md", "notes/bert.md"),
        ("README.md", "./notes//bert.md", "notes/bert.md"),
        ("notes/bert.md", "t5.md", "notes/t5.md"),
        ("notes/bert.md", "../README.md", "README.md"),
        ("notes/bert.md", "..", ""),
        ("notes/bert.md", "/README.md", "README.md"),
        ("notes/bert.md", "/", ""),
        ("notes/bert.md", "my%20note.md", "notes/my note.md"),
        ("notes/bert.md", "my note.md", "notes/my note.md"),
        ("notes/bert.md", "50%.md", "notes/50%.md"),
        ("notes/bert.md", "?plain=1", "notes/bert.md"),
        ("notes/bert.md", "  t5.md ", "notes/t5.md"),
        ("notes/bert.md", "%2e%2e/README.md", "README.md"),
        ("a/b/c.md", "../../d/e.md", "d/e.md"),
    ],
)
def test_a_path_is_taken_as_the_forge_takes_it(document: str, written: str, path: str) -> None:
    """A link that works on GitHub is called broken, or the other way round."""
    target = resolve(document, written)

    assert (TargetKind.INTERNAL, path) == (target.kind, target.path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("#limits", Target(TargetKind.INTERNAL, "a.md", "limits")),
        ("#", Target(TargetKind.INTERNAL, "a.md", "")),
        ("b.md#x%20y", Target(TargetKind.INTERNAL, "b.md", "x%20y")),
        ("b.md#x#y", Target(TargetKind.INTERNAL, "b.md", "x#y")),
        ("b.md?raw=true#x?y", Target(TargetKind.INTERNAL, "b.md", "x?y", "raw=true")),
        ("b/", Target(TargetKind.INTERNAL, "b", None, "", folder=True)),
    ],
)
def test_query_and_fragment_are_cut_off(written: str, expected: Target) -> None:
    """A `?` or `#` is taken for a part of the path, or a path for a fragment."""
    assert expected == resolve("a.md", written)


@pytest.mark.parametrize(
    ("document", "written", "kind"),
    [
        ("a.md", "", TargetKind.EMPTY),
        ("a.md", "   ", TargetKind.EMPTY),
        ("a.md", "https://example.org/x", TargetKind.WEB),
        ("a.md", "HTTP://example.org", TargetKind.WEB),
        ("a.md", "//example.org/x", TargetKind.WEB),
        ("a.md", "mailto:ada@example.org", TargetKind.OTHER),
        ("a.md", "data:image/png;base64,AAAA", TargetKind.OTHER),
        ("a.md", "../b.md", TargetKind.CLIMBS_OUT),
        ("a.md", "../../../other/README.md", TargetKind.CLIMBS_OUT),
        ("a.md", "..%2F..%2Fetc%2Fpasswd", TargetKind.CLIMBS_OUT),
        ("n/a.md", "/../b.md", TargetKind.CLIMBS_OUT),
        ("n/a.md", "../../b.md", TargetKind.CLIMBS_OUT),
        ("a.md", "../../issues", TargetKind.FORGE),
        ("a.md", "../../issues/12", TargetKind.FORGE),
        ("a.md", "../..", TargetKind.FORGE),
        ("n/a.md", "../../issues", TargetKind.FORGE),
        ("n/a.md", "../../../pulls?q=is:open", TargetKind.FORGE),
        ("a.md", "../issues", TargetKind.CLIMBS_OUT),
        ("a.md", "C:\\notes\\a.md", TargetKind.ON_DISK),
        ("a.md", "c:/notes/a.md", TargetKind.ON_DISK),
        ("a.md", "file:///srv/a.md", TargetKind.ON_DISK),
        ("a.md", "/home/ada/a.md", TargetKind.ON_DISK),
        ("a.md", "~/a.md", TargetKind.ON_DISK),
        ("a.md", "notes\\a.md", TargetKind.BACK_SLASH),
        ("a.md", "b.md#x\\y", TargetKind.INTERNAL),
        ("a.md", "home/ada.md", TargetKind.INTERNAL),
    ],
)
def test_what_is_no_path_of_the_repository_is_told_apart(
    document: str, written: str, kind: TargetKind
) -> None:
    """A page of the forge is called broken, or a path out of the repository is followed."""
    assert kind is resolve(document, written).kind


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (f"{REPOSITORY}/blob/main/n/a%20b.md#x", "n/a b.md"),
        (f"{REPOSITORY}/tree/master/n/", "n"),
        (f"{REPOSITORY}/raw/HEAD/a.png", "a.png"),
        (f"{REPOSITORY}/blob/main", ""),
        ("http://www.GitHub.com/Ada/Notes/blob/main/a.md", "a.md"),
        ("https://raw.githubusercontent.com/ada/notes/main/a.png", "a.png"),
        ("https://raw.githubusercontent.com/ada/notes/refs/heads/main/a.png", "a.png"),
    ],
)
def test_an_address_of_the_own_repository_is_a_path(written: str, path: str) -> None:
    """A note that is linked by its full address counts as unlisted."""
    for repository in (REPOSITORY, f"{REPOSITORY}/", f"{REPOSITORY}.git"):
        target = resolve("n/x.md", written, repository)

        assert (TargetKind.INTERNAL, path) == (target.kind, target.path)


@pytest.mark.parametrize(
    "written",
    [
        REPOSITORY,
        f"{REPOSITORY}/issues/1",
        f"{REPOSITORY}/blob/v1.0/a.md",
        f"{REPOSITORY}-old/blob/main/a.md",
        f"{REPOSITORY}/blob/main/../../a.md",
        "https://github.com/grace/notes/blob/main/a.md",
    ],
)
def test_other_addresses_stay_on_the_web(written: str) -> None:
    """A page of another branch or repository is looked for in the work tree."""
    assert resolve("a.md", written, REPOSITORY).kind is TargetKind.WEB


def test_gitlab_puts_a_dash_before_its_pages() -> None:
    """Absolute links to a GitLab repository are not known for its own."""
    target = resolve(
        "a.md", "https://gitlab.com/ada/n/-/blob/main/b.md", "https://gitlab.com/ada/n"
    )

    assert (target.kind, target.path) == (TargetKind.INTERNAL, "b.md")


def test_the_address_of_a_file_names_its_repository() -> None:
    """The repository's address cannot be told from links to its files."""
    assert forge_repository(f"{REPOSITORY}/blob/main/n/a%20b.md#x") == (REPOSITORY, "n/a b.md")
    assert forge_repository(f"{REPOSITORY}/issues/1") is None
    assert forge_repository(f"{REPOSITORY}/blob/v1/a.md") is None


@given(
    st.text(alphabet="ab/.", min_size=1, max_size=12).map(lambda folder: f"{folder}/x.md"),
    st.text(max_size=30),
)
def test_no_internal_path_leaves_the_root(document: str, written: str) -> None:
    """A target with enough dots or percent signs reads a file outside of the repository."""
    document = "/".join(part for part in document.split("/") if part not in {"", ".", ".."})
    target = resolve(document, written, REPOSITORY)

    if target.kind is TargetKind.INTERNAL:
        assert ".." not in target.path.split("/")
        assert not target.path.startswith("../")


def test_a_tree_knows_folders_and_other_letter_case() -> None:
    """A link to a folder is broken, or one in another letter case has no suggestion."""
    found = tree(["README.md", "notes/deep/Bert.md"])

    assert all(map(found.has, ["", "notes", "notes/deep", "notes/deep/Bert.md"]))
    assert not found.has("notes/deep/bert.md")
    assert found.with_other_case("NOTES/deep/bert.md") == "notes/deep/Bert.md"
    assert found.with_other_case("Notes") == "notes"
    assert found.with_other_case("notes/t5.md") is None


def test_of_several_letter_cases_always_the_same_is_meant() -> None:
    """The fix of TL303 depends on the order in which files are listed."""
    one, other = tree(["a/X.md", "a/x.MD"]), tree(["a/x.MD", "a/X.md"])

    assert one.with_other_case("a/x.md") == other.with_other_case("a/x.md")


@given(
    st.lists(st.sampled_from(["a", "b-c", ".d", "e.f"]), max_size=3),
    st.lists(st.sampled_from(["..", "a", "b-c", "x.md", "ü", "."]), min_size=1, max_size=5),
)
def test_a_plain_path_leads_where_any_other_spelling_of_it_does(
    folders: list[str], steps: list[str]
) -> None:
    """What is looked at less closely, because it is plain, leads elsewhere."""
    document, target = "/".join([*folders, "n.md"]), "/".join(steps)

    assert resolve(document, f"./{target}") == resolve(document, target)
