"""What a base has already: the workspace at a commit, and the findings that are new since."""

from __future__ import annotations

from collections import Counter

from tldr_lint.assemble import facts_texts
from tldr_lint.engine import run
from tldr_lint.facts.item import Beside
from tldr_lint.files.tree import is_markdown
from tldr_lint.globs import ignore_matcher
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.text import Source
from tldr_lint.workspace import build

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tldr_lint.collection import Workspace
    from tldr_lint.contract.model import Contract
    from tldr_lint.engine import Reported, Selection
    from tldr_lint.history.repository import Repository


def workspace_at(
    repository: Repository, commit: str, settings: Contract, known_rules: Collection[str]
) -> Workspace:
    """The workspace as it stood at a commit, under the settings of today."""
    tree = repository.tree(commit)
    excluded = ignore_matcher(settings.exclude)
    wanted = {path: name for path, name in tree.items() if is_markdown(path) and not excluded(path)}
    blobs = repository.blobs(wanted.values())
    documents = {
        path: parse(Source(path, blobs[name].decode("utf-8", "replace")))
        for path, name in wanted.items()
        if name in blobs
    }
    others = set(tree) - set(documents)
    beside = {path: tree[path] for path in facts_texts(settings, documents, others)}
    blobs = repository.blobs(beside.values())
    texts = {
        path: Beside(Source(path, blobs[name].decode("utf-8", "replace")))
        for path, name in beside.items()
        if name in blobs
    }
    return build(documents, settings, known_rules, paths=others, texts=texts)


def only_new(
    base: Workspace, workspace: Workspace, reported: Iterable[Reported], selection: Selection
) -> tuple[Reported, ...]:
    """The findings that the base does not have, as a multiset of what they say and where."""
    # What had drifted then, and where links lead, is told as it is now.
    base = replace(base, agreed=workspace.agreed, answers=workspace.answers)
    known = Counter(_trace(base, each) for each in run(base, selection))
    kept: list[Reported] = []
    for each in reported:
        trace = _trace(workspace, each)
        if known[trace]:
            known[trace] -= 1
        else:
            kept.append(each)
    return tuple(kept)


def _trace(workspace: Workspace, each: Reported) -> tuple[str, str, str, str]:
    """What makes a finding the same finding though lines above it came or went."""
    place = each.finding.place
    document = workspace.documents.get(place.path)
    line = ""
    if document is not None:
        source = document.source
        line = source[source.line_of(min(place.span.start, len(source.text)))].strip()
    return each.rule.code, place.path, line, each.finding.message
