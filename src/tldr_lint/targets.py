"""Where links lead: the tree of files a workspace has, and link targets resolved against it."""

from __future__ import annotations

import posixpath
import re
from enum import StrEnum

from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WEB = ("http:", "https:")
"""What begins with these leads to the web: the bulk of all links, which need no taking apart."""

# RFC 3986, section 3.1, and a reference that borrows its page's scheme (section 4.2).
_ABSOLUTE = regex(r"[A-Za-z][A-Za-z0-9+.\-]*:|//")
# A path that needs no taking apart: nearly all there are.
_PLAIN_PATH = regex(r"(?:\.\./)*+[\w-][\w.-]*+(?:/[\w-][\w.-]*+)*+")
_DRIVE = regex(r"[A-Za-z]:[\\/]|file:", re.IGNORECASE)
# Folders that hold people's files on the systems we know: a link that starts
# there was pasted from somebody's disk and can mean nothing in a repository.
_ON_DISK = ("/home/", "/Users/", "/tmp/", "/var/", "/etc/", "/usr/", "/opt/", "/mnt/", "~/")  # noqa: S108
# Pages of the forge beside the files of a repository. From a file at the root
# two steps up lead from `/owner/name/blob/branch/` to `/owner/name/`.
_FORGE_PAGES = (
    "- actions activity archive blame blob branches commit commits compare contributors "
    "discussions edit find fork graphs issues labels merge_requests milestone milestones network "
    "new packages projects pull pulls pulse raw releases search security settings stargazers "
    "tags tree watchers wiki"
)
_FILE_PAGES = frozenset({"blob", "tree", "raw"})
_FORGE_FILE = regex(r"(https?://[^/]+/[^/]+/[^/]+)/(?:-/)?(?:blob|tree|raw)/([^/]+)/([^?#]+)")
FORGE_FILES = ("/blob/", "/tree/", "/raw/")
"""One of these stands in every address of a file on a forge."""
_RAW_HOST = "raw.githubusercontent.com/"
_BRANCHES = frozenset({"main", "master", "HEAD", "trunk", "develop"})


class TargetKind(StrEnum):
    """What a link's target is, before anybody looks whether it is there."""

    EMPTY = "empty"
    """`[text]()`: no target at all."""
    INTERNAL = "internal"
    """A path in the repository, perhaps with a fragment."""
    FORGE = "forge"
    """A page of the forge, such as `../../issues`: let be."""
    WEB = "web"
    """An http or https URL."""
    OTHER = "other"
    """Another scheme, such as `mailto:`: let be."""
    CLIMBS_OUT = "climbs out"
    """A relative path that leaves the repository."""
    ON_DISK = "on disk"
    """An absolute path of somebody's disk, or a `file:` URL.

    A `path` is given where the same spelling may be meant from the root: a
    repository can have a folder `home/` or `opt/` of its own.
    """
    BACK_SLASH = "back slash"
    """A path written with back slashes."""


@dataclass(frozen=True, slots=True)
class Target:
    """A link's target, taken apart: percent-decoding done, query and fragment cut off."""

    kind: TargetKind
    path: str = ""
    """For an internal target the normalised path from the root, `` for the root itself."""
    fragment: str | None = None
    """As written, still percent-encoded; none where there is no `#`."""
    query: str = ""
    folder: bool = False
    """Whether the path was written with a closing `/`."""


def resolve(document: str, target: str, repository: str | None = None) -> Target:
    """A link target as it is meant in a document.

    `document` is the path of the file the link stands in; `repository` the
    address of the repository on its forge (`https://github.com/owner/name`),
    absolute links to which are internal where they name a usual main branch.
    """
    path = plain_paths(document.rpartition("/")[0])(target)
    if path is not None:
        return Target(TargetKind.INTERNAL, path)
    target = target.strip()
    if not target:
        return Target(TargetKind.EMPTY)
    if _ABSOLUTE.match(target):
        if _DRIVE.match(target):
            return Target(TargetKind.ON_DISK)
        return _absolute(target, repository)
    rest, fragment, query = _parts(target)
    if "\\" in rest:
        return Target(TargetKind.BACK_SLASH)
    path = percent_decoded(rest)
    if rest.startswith("/"):
        joined = path.lstrip("/")
    elif not rest:
        joined = document
    else:
        joined = posixpath.join(posixpath.dirname(document), path)
    normal = _normal(joined)
    if normal == ".." or normal.startswith("../"):
        forge = _leads_to_forge(normal, path)
        return Target(TargetKind.FORGE if forge else TargetKind.CLIMBS_OUT)
    kind = TargetKind.ON_DISK if rest.startswith(_ON_DISK) else TargetKind.INTERNAL
    return Target(kind, normal, fragment, query, folder=rest.endswith("/"))


def plain_paths(home: str) -> Callable[[str], str | None]:
    """A function that says where a link of a page in a folder leads, if that is beyond doubt.

    It knows paths and nothing else, and gives none where it takes a closer look (`resolve`).
    """
    prefix = f"{home}/" if home else ""
    is_plain = _PLAIN_PATH.fullmatch
    if "./" in prefix or "//" in prefix:
        return lambda _target: None

    def path(target: str) -> str | None:
        if is_plain(target) is None:
            return None
        if target[0] != ".":
            return prefix + target
        folder = home
        while folder and target.startswith("../"):
            folder, target = folder.rpartition("/")[0], target[3:]
        if target.startswith("../"):
            return None
        return f"{folder}/{target}" if folder else target

    return path


def _parts(target: str) -> tuple[str, str | None, str]:
    """Path, fragment and query; no fragment where there is no `#`."""
    rest, hash_mark, fragment = target.partition("#")
    rest, _, query = rest.partition("?")
    return rest, fragment if hash_mark else None, query


def _normal(path: str) -> str:
    """A path without `.`, `..` and doubled slashes; nothing for the root itself."""
    normal = posixpath.normpath(path) if path else ""
    return "" if normal == "." else normal


def _leads_to_forge(normal: str, written: str) -> bool:
    """Whether a path that leaves the repository is meant for a page of its forge.

    Strictly only a path that ends two steps above the root is one. But people
    write `../../issues` from any folder, and the forge's front page forgives it.
    """
    steps = normal.split("/")
    outside = [step for step in steps if step != ".."]
    if not outside:
        return steps == ["..", ".."]
    return outside[0] in _FORGE_PAGES.split() and (
        steps[:3] == ["..", "..", outside[0]] or written.startswith("../../")
    )


def percent_decoded(text: str) -> str:
    """A text with its percent-encoded bytes decoded (RFC 3986, section 2.1)."""
    if "%" not in text:
        return text
    from urllib.parse import unquote  # noqa: PLC0415 - loads as much as a small run, seldom asked

    return unquote(text)


def _absolute(target: str, repository: str | None) -> Target:
    if not target.lower().startswith(("http:", "https:", "//")):
        return Target(TargetKind.OTHER)
    rest, fragment, query = _parts(target)
    inside = _inside(rest, repository) if repository else None
    if inside is None:
        return Target(TargetKind.WEB, rest, fragment, query)
    path = _normal(percent_decoded(inside).lstrip("/"))
    if path == ".." or path.startswith("../"):
        return Target(TargetKind.WEB, rest, fragment, query)
    return Target(TargetKind.INTERNAL, path, fragment, query, folder=inside.endswith("/"))


def _inside(url: str, repository: str) -> str | None:
    """The path that an absolute URL names inside the repository, on a usual main branch."""
    base = _address(repository.rstrip("/").removesuffix(".git"))
    bare = _address(url)
    raw = base.lower().startswith("github.com/") and bare.lower().startswith(_RAW_HOST)
    if raw:
        base = _RAW_HOST + base.partition("/")[2]
    if not bare.lower().startswith(f"{base.lower()}/"):
        return None
    rest = bare[len(base) + 1 :]
    if raw:
        branch, _, path = rest.removeprefix("refs/heads/").partition("/")
        return path if branch in _BRANCHES else None
    # GitLab puts `-/` before its pages.
    page, _, behind = rest.removeprefix("-/").partition("/")
    branch, _, path = behind.partition("/")
    return path if page in _FILE_PAGES and branch in _BRANCHES else None


def _address(url: str) -> str:
    return re.sub(r"^(?:https?:)?//(?:www\.)?", "", url, flags=re.IGNORECASE)


def forge_repository(url: str) -> tuple[str, str] | None:
    """The repository and the path that a forge's address of a file names, if it is one.

    `https://github.com/o/n/blob/main/a/b.md` → (`https://github.com/o/n`, `a/b.md`).
    """
    found = _FORGE_FILE.match(url) if any(page in url for page in FORGE_FILES) else None
    if found is None or found[2] not in _BRANCHES:
        return None
    return found[1], percent_decoded(found[3])


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a workspace, as link targets."""

    files: frozenset[str]
    directories: frozenset[str]
    uncommitted: frozenset[str] = frozenset()
    """Files that exist but that the coming commit will lack (known in the commit hook only)."""
    _folded: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Path in folded case → path as it is, once somebody has asked."""

    def has(self, path: str) -> bool:
        """Whether there is a file or folder at exactly this path."""
        return not path or path in self.files or path in self.directories

    def with_other_case(self, path: str) -> str | None:
        """The path that differs from this one in letter case only, if there is one."""
        if not self._folded:
            paths = sorted(self.files | self.directories, reverse=True)
            self._folded.update((path.casefold(), path) for path in paths)
        return self._folded.get(path.casefold())


def tree(files: Iterable[str], uncommitted: Iterable[str] = ()) -> Tree:
    """The tree that a listing of files makes; folders are those the files stand in."""
    listed = frozenset(files)
    directories: set[str] = set()
    for folder in {path.rpartition("/")[0] for path in listed}:
        parent = folder
        while parent and parent not in directories:
            directories.add(parent)
            parent = parent.rpartition("/")[0]
    return Tree(listed, frozenset(directories), frozenset(uncommitted))
