"""Paths that are right but for letter case."""

from __future__ import annotations

import re

from tldr_lint.checks.quoting import quoted
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix, Rule, Severity
from tldr_lint.targets import TargetKind, percent_decoded
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.collection import Workspace
    from tldr_lint.uses import Use

_PATH_END = regex(r"[?#]|\Z")
_ENCODED_OR_ONE = regex(r"(?:%[0-9A-Fa-f]{2})+|.", re.DOTALL)


def link_case(workspace: Workspace) -> Iterator[Finding]:
    """TL303: for every path, its letter case is that of the file."""
    tree = workspace.tree
    for use in workspace.reach.doubtful:
        if use.target.kind is not TargetKind.INTERNAL or tree.has(use.target.path):
            continue
        actual = tree.with_other_case(use.target.path)
        if actual is not None:
            yield Finding(
                Place(use.document.path, use.target_span),
                f"`{quoted(use.written)}` is `{quoted(actual)}` but for letter case: "
                "only some computers find it",
                _fix(use, actual),
            )


def _fix(use: Use, actual: str) -> Fix | None:
    """Respell the path, its percent-encoding, query and fragment left as they are.

    There is no fix where the target is written with escapes or entities, since
    what is written there is not the path letter by letter.
    """
    raw = use.document.source[use.target_span]
    if raw != use.written:
        return None
    end = _path_end(raw)
    segments = raw[:end].split("/")
    wanted = actual.split("/")
    for index, position in _origins(segments, len(wanted)):
        segments[index] = _respelt(segments[index], wanted[position])
    respelt = "/".join(segments)
    start = use.target_span.start
    edit = Edit(Place(use.document.path, Span(start, start + end)), respelt)
    return Fix("write the path as the file is named", (edit,))


def _path_end(raw: str) -> int:
    found = _PATH_END.search(raw)
    return found.start() if found is not None else len(raw)


def _origins(segments: list[str], length: int) -> Iterator[tuple[int, int]]:
    """For each written segment that is in the resolved path, where it stands there.

    The last written segments are the last resolved ones; what a `..` takes
    back, and the folder of the document itself, is in no need of repair.
    """
    kept: list[int] = []
    for index, segment in enumerate(segments):
        name = percent_decoded(segment)
        if name == "..":
            kept[-1:] = []
        elif name not in {"", "."}:
            kept.append(index)
    for back, index in enumerate(reversed(kept[-length:]), start=1):
        yield index, length - back


def _respelt(segment: str, wanted: str) -> str:
    """A segment in the wanted letter case, what is percent-encoded still encoded."""
    decoded = percent_decoded(segment)
    if decoded == wanted:
        return segment
    if "%" not in segment:
        return wanted
    from urllib.parse import quote  # noqa: PLC0415 - for what is encoded and wrong

    if len(decoded) != len(wanted):
        return quote(wanted)
    pieces: list[str] = []
    at = 0
    for found in _ENCODED_OR_ONE.finditer(segment):
        old = percent_decoded(found.group())
        new = wanted[at : at + len(old)]
        at += len(old)
        encoded = found.group().startswith("%") and len(found.group()) > 1
        pieces.append(found.group() if old == new else quote(new) if encoded else new)
    return "".join(pieces)


RULES: tuple[Rule, ...] = (
    Rule("TL303", "link-case", Severity.ERROR, frozenset({Applicability.SAFE}), link_case),
)
