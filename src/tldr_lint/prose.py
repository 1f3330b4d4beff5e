"""Which files' prose had no part in what a run said: what `cache/gist.py` leaves out of a text.

Rules go by facts, and prose holds none. There are these exceptions: a file in
which something was found, for the places move; listings, whose sentences may
count (TL310), and templates, whose sections go into repairs; items with header
lines; and where history is asked, which compares whole files.
"""

from __future__ import annotations

from tldr_lint.cache.gist import LONGEST
from tldr_lint.contract.model import FactsKind
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.sync.changed import asks_for_changes
from tldr_lint.sync.decide import questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection
    from tldr_lint.engine import Reported
    from tldr_lint.session import Session


def free_texts(
    session: Session, reported: Sequence[Reported], *, patched: bool
) -> Mapping[str, str | bytes]:
    """The texts whose prose decided nothing, or their gists, by absolute path.

    `reported` is what was said, and where `patched`, what all repairs come to as well.
    """
    workspace, settings = session.workspace, session.settings
    if (
        # Repairs make work for others, and may in the end touch any file.
        (patched and reported)
        # Such a text may become too large.
        or min(settings.max_file_size, settings.max_listing_size) < LONGEST
        or asks_for_changes(workspace)
        or (session.repository is not None and any(True for _ in questions(workspace)))
    ):
        return {}
    bound = {path for each in reported for path in _touched(each)}
    for collection in workspace.collections:
        bound.update(_speaking(collection))
    return {
        f"{session.root}/{path}": session.gists.get(path) or document.source.text
        for path, document in workspace.documents.items()
        if path not in bound and document.problem is None and not document.directives
    }


def _touched(each: Reported) -> Iterator[str]:
    """The files that something said about a finding is about."""
    finding = each.finding
    yield finding.place.path
    for note in finding.related:
        yield note.place.path
    for edit in finding.fix.edits if finding.fix is not None else ():
        yield edit.place.path


def _speaking(collection: Collection) -> Iterator[str]:
    """The files of a collection of which more is read than facts."""
    contract = collection.contract
    yield from (listing.file for listing in (*contract.indexes, *contract.rollups))
    if collection.template is not None:
        yield collection.template.path
    if contract.facts is not None and contract.facts.kind is FactsKind.HEADER:
        yield from (item.path for item in collection.items)
