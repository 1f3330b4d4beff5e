"""Globs over repository paths, as `.gitignore` and most linters read them.

`*` and `?` stay within one folder, `**` as a whole segment crosses folders,
`[…]` is a set of characters (gitignore(5), "PATTERN FORMAT"). A glob comes from
a stranger's configuration, so each is compiled to a regular expression whose
stars are atomic: matching costs at most the product of the two lengths.
"""

from __future__ import annotations

import re

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_CLASS = regex(r"\[([!^]?)(\]?[^\]/]*)\]")
_CONTROL = regex(r"[\x00-\x1f\x7f]")
_ABSOLUTE = regex(r"[/~]|[A-Za-z]:")
# A path longer than this is no file anywhere (Linux's PATH_MAX).
_LONGEST_PATH = 4096


def glob_problem(glob: str) -> str | None:
    """What makes a glob unusable, or nothing: it must name paths below the root, with `/`."""
    wrong = (
        (not glob.strip(), "a path may not be empty"),
        (_CONTROL.search(glob), "a path has no control characters"),
        ("\\" in glob, "write folders with `/`, not with a back slash"),
        (_ABSOLUTE.match(glob), "a path must be relative to the root, not absolute"),
        (".." in glob.split("/"), "a path may not climb out of the repository"),
        (len(glob) > _LONGEST_PATH, "a path this long cannot exist"),
    )
    return next((message for holds, message in wrong if holds), None)


def path_matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path, taken whole, is one that any of the globs names: `notes/*.md`."""
    return _matcher([_expression(_clean(glob)) for glob in globs])


def ignore_matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path is covered as `.gitignore` covers it.

    A glob without a slash matches at any depth, and one that names a folder
    covers everything below it.
    """
    expressions = []
    for glob in globs:
        bare = _clean(glob).rstrip("/")
        anchored = bare if "/" in bare else f"**/{bare}"
        expressions += [_expression(anchored), _expression(f"{anchored}/**")]
    return _matcher(expressions)


def _clean(glob: str) -> str:
    return glob.removeprefix("./")


def _matcher(expressions: list[str]) -> Callable[[str], bool]:
    compiled = [re.compile(expression, re.DOTALL) for expression in dict.fromkeys(expressions)]
    if not compiled:
        return lambda _path: False
    if len(compiled) == 1:
        # Asked of every file there is: most collections have one glob.
        only = compiled[0].fullmatch
        return lambda path: only(path) is not None
    return lambda path: any(each.fullmatch(path) is not None for each in compiled)


def _expression(glob: str) -> str:
    # Runs of ordinary segments between `**`; each run is sought lazily and
    # atomically, which finds a match wherever there is one, and never twice.
    runs: list[list[str]] = [[]]
    for segment in glob.split("/"):
        if segment == "**":
            runs.append([])
        else:
            runs[-1].append(segment)
    first, *others = ["/".join(map(_segment, run)) for run in runs]
    if not others:
        return first
    expression = f"{first}/" if runs[0] else ""
    for run in others[:-1]:
        if run:
            expression += rf"(?>(?:[^/]+/)*?{run}/)"
    last = others[-1]
    # `a/**` names what is below `a`, never `a` itself.
    return expression + (rf"(?:[^/]+/)*?{last}" if last else ".+")


def _segment(segment: str) -> str:
    pieces = [""]
    at = 0
    while at < len(segment):
        char = segment[at]
        found = _CLASS.match(segment, at) if char == "[" else None
        if char == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
            at += 1
        elif found is not None and found[2]:
            pieces[-1] += _set(negated=bool(found[1]), members=found[2])
            at = found.end()
        else:
            pieces[-1] += "[^/]" if char == "?" else re.escape(char)
            at += 1
    first, *others = pieces
    if not others:
        return first
    return first + "".join(f"(?>[^/]*?{piece})" for piece in others[:-1]) + f"[^/]*{others[-1]}"


def _set(*, negated: bool, members: str) -> str:
    # A range that runs backwards holds nothing, as in fnmatch; `re` would refuse it.
    ranges = re.sub(
        r"(.)-(.)",
        lambda found: found[0] if found[1] <= found[2] else "",
        members,
        flags=re.DOTALL,
    )
    if not ranges:
        return r"[^/]" if negated else r"(?!)"
    escaped = re.sub(r"([\\\]\[^&~|])", r"\\\1", ranges)
    return rf"(?!/)[{'^' if negated else ''}{escaped}]"
