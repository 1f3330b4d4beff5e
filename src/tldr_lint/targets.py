"""Where links lead: the tree of files a workspace has, and link targets resolved against it."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
# Folders that hold people's files on the systems we know: a link that starts
# there was pasted from somebody's disk and can mean nothing in a repository.
_ON_DISK = ("/home/", "/Users/", "/tmp/", "/var/", "/etc/", "/usr/", "/opt/", "/mnt/", "~/")  # noqa: S108
# Pages of the forge beside the files of a repository. From a file at the root
# two steps up lead from `/owner/name/blob/branch/` to `/owner/name/`.
_FORGE_PAGES = frozenset(
    "actions activity archive blame blob branches commit commits compare contributors "
    "discussions edit find fork graphs issues labels merge_requests milestone milestones network "
    "new packages projects pull pulls pulse raw releases search security settings stargazers "
    "tags tree watchers wiki".split()
)
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
    """An absolute path of somebody's disk, or a `file:` URL."""
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
    target = target.strip()
    if not target:
        return Target(TargetKind.EMPTY)
    if _DRIVE.match(target) or target[:5].lower() == "file:":
        return Target(TargetKind.ON_DISK)
    if _SCHEME.match(target) or target.startswith("//"):
        return _absolute(target, repository)
    rest, hash_mark, fragment = target.partition("#")
    rest, _, query = rest.partition("?")
    if "\\" in rest:
        return Target(TargetKind.BACK_SLASH)
    if rest.startswith(_ON_DISK):
        return Target(TargetKind.ON_DISK)
    path = unquote(rest)
    if rest.startswith("/"):
        joined = path.lstrip("/")
    elif not rest:
        joined = document
    else:
        joined = posixpath.join(posixpath.dirname(document), path)
    normal = posixpath.normpath(joined) if joined else ""
    if normal == ".":
        normal = ""
    if normal == ".." or normal.startswith("../"):
        steps = normal.split("/")
        outside = steps[2:]
        forge = steps[:2] == ["..", ".."] and (not outside or outside[0] in _FORGE_PAGES)
        return Target(TargetKind.FORGE if forge else TargetKind.CLIMBS_OUT)
    return Target(
        TargetKind.INTERNAL,
        normal,
        fragment if hash_mark else None,
        query,
        folder=rest.endswith("/"),
    )


def _absolute(target: str, repository: str | None) -> Target:
    if not target.lower().startswith(("http:", "https:", "//")):
        return Target(TargetKind.OTHER)
    rest, hash_mark, fragment = target.partition("#")
    rest, _, query = rest.partition("?")
    if repository:
        inside = _inside(rest, repository)
        if inside is not None:
            path = posixpath.normpath(unquote(inside)) if inside else ""
            return Target(
                TargetKind.INTERNAL,
                path,
                fragment if hash_mark else None,
                query,
                folder=inside.endswith("/"),
            )
    return Target(TargetKind.WEB, rest, fragment if hash_mark else None, query)


def _inside(url: str, repository: str) -> str | None:
    """The path that an absolute URL names inside the repository, on a usual main branch."""
    base = re.sub(r"^https?://(www\.)?", "", repository.rstrip("/").removesuffix(".git"))
    bare = re.sub(r"^https?://(www\.)?", "", url)
    if not bare.lower().startswith(base.lower() + "/"):
        return None
    parts = bare[len(base) + 1 :].split("/", 2)
    if parts[0] == "-":  # GitLab: /-/blob/main/path
        parts = parts[1:] and "/".join(parts[1:]).split("/", 2)
    if len(parts) < 2 or parts[0] not in {"blob", "tree", "raw"} or parts[1] not in _BRANCHES:
        return None
    return parts[2] if len(parts) > 2 else ""


def forge_repository(url: str) -> tuple[str, str] | None:
    """The repository and the path that a forge's address of a file names, if it is one.

    `https://github.com/o/n/blob/main/a/b.md` → (`https://github.com/o/n`, `a/b.md`).
    """
    found = re.match(
        r"(https?://[^/]+/[^/]+/[^/]+)/(?:-/)?(?:blob|tree|raw)/([^/]+)/([^?#]+)", url
    )
    if found is None or found[2] not in _BRANCHES:
        return None
    return found[1], unquote(found[3])


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a workspace, as link targets."""

    files: frozenset[str]
    directories: frozenset[str]
    folded: Mapping[str, str]
    """Path in folded case → path as it is."""
    uncommitted: frozenset[str] = frozenset()
    """Files that exist but that the coming commit will lack (known in the commit hook only)."""

    def has(self, path: str) -> bool:
        """Whether there is a file or folder at exactly this path."""
        return not path or path in self.files or path in self.directories

    def with_other_case(self, path: str) -> str | None:
        """The path that differs from this one in letter case only, if there is one."""
        return self.folded.get(path.casefold())


def tree(files: Iterable[str], uncommitted: Iterable[str] = ()) -> Tree:
    """The tree that a listing of files makes; folders are those the files stand in."""
    listed = frozenset(files)
    directories: set[str] = set()
    for path in listed:
        parent = posixpath.dirname(path)
        while parent and parent not in directories:
            directories.add(parent)
            parent = posixpath.dirname(parent)
    folded = {path.casefold(): path for path in sorted(listed | directories, reverse=True)}
    return Tree(listed, frozenset(directories), folded, frozenset(uncommitted))
