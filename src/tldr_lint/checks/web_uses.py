"""The links to the outside: each place once, and what the rules want to know of its page."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from bisect import bisect_left
from typing import cast
from urllib.parse import unquote, urlsplit

from tldr_lint.answers import Question, host_of, is_below, merged, web_target
from tldr_lint.checks.web_links import is_plain_url, web_links
from tldr_lint.contract.model import Field
from tldr_lint.record import column_name
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.answers import WebTarget
    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document, Link
    from tldr_lint.table import Row, Table
    from tldr_lint.text import Span

_PAPER_COLUMNS = frozenset(
    {"article", "link", "paper", "paper title", "papers", "publication", "title"}
)
_YEAR_COLUMNS = frozenset({"date", "published", "year"})
_PAPER_HOSTS = frozenset(
    {
        "aclanthology.org",
        "arxiv.org",
        "biorxiv.org",
        "dl.acm.org",
        "doi.org",
        "ieeexplore.ieee.org",
        "jmlr.org",
        "link.springer.com",
        "medrxiv.org",
        "nature.com",
        "neurips.cc",
        "nips.cc",
        "openaccess.thecvf.com",
        "openreview.net",
        "proceedings.mlr.press",
        "pubmed.ncbi.nlm.nih.gov",
        "sciencedirect.com",
        "semanticscholar.org",
    }
)
# Set aside for documentation (RFC 2606): what is written there is an example.
_EXAMPLE_HOSTS = frozenset({"example.com", "example.net", "example.org", "example.edu"})
_OF_THE_VIEWER = regex(r"(?i)(?:page|search|zoom|view|nameddest|t|xywh|svgview)[=(].*")
_OF_GITHUB = regex(
    r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|diff-.*|(?:issue|issuecomment|discussion|pullrequest"
    r"|commitcomment|event|ref|r|discussioncomment).*\d"
)
_BUILT_INS = frozenset({"h1", "link", "path"})
_A_YEAR = regex(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class WebUse:
    """A link or image that leads to the web; of links that share a definition the first."""

    document: Document
    link: Link
    target: WebTarget

    @property
    def place(self) -> Place:
        """Where the target is written."""
        return Place(self.document.path, self.link.target_span)

    @property
    def fragment(self) -> str:
        """The fragment to be looked for in the page, decoded; empty where none can be.

        What follows `:~:` asks the browser to search (text fragments); what
        begins with `/` or `!` is a route of a program in the page; pages of a
        PDF and lines of a file on the forge are no anchors.
        """
        mark = (self.target.fragment or "").partition(":~:")[0]
        if not mark or mark[0] in "/!" or mark.lower() == "top" or _OF_THE_VIEWER.fullmatch(mark):
            return ""
        path = urlsplit(self.link.target).path.lower()
        if path.endswith(".pdf") or "/pdf/" in path:
            return ""
        host = host_of(self.target.page)
        if host in {"github.com", "gitlab.com"} and _OF_GITHUB.fullmatch(mark):
            return ""
        return unquote(mark)


@dataclass(frozen=True, slots=True)
class PaperUse:
    """A link that should lead to a paper, and what stands beside it."""

    use: WebUse
    in_column: bool
    """Whether it stands in a column of papers, so that its text is the paper's title."""
    year: int | None
    year_place: Place | None


def web_uses(workspace: Workspace) -> Iterator[WebUse]:
    """Every link and image that leads to the web, in file order."""
    for document, link in web_links(workspace):
        target = web_target(link.target)
        yield WebUse(document, link, target)


def malformed_uses(workspace: Workspace) -> Iterator[WebUse]:
    """Those whose target is not a URL."""
    for document, link in web_links(workspace):
        if not is_plain_url(link.target):
            target = web_target(link.target)
            if target.problem:
                yield WebUse(document, link, target)


def paper_uses(workspace: Workspace) -> tuple[PaperUse, ...]:
    """The links that lead to papers: in a column of papers, or to a host that has nothing else."""
    if workspace.papers is None:
        object.__setattr__(workspace, "papers", tuple(_paper_uses(workspace)))
    return cast("tuple[PaperUse, ...]", workspace.papers)


def _paper_uses(workspace: Workspace) -> Iterator[PaperUse]:
    columns = _contract_columns(workspace)
    cells: dict[str, dict[int, tuple[int | None, Place | None]]] = {}
    for use in web_uses(workspace):
        document = use.document
        if document.path not in cells:
            cells[document.path] = _cells_with_papers(document, columns)
        cell = cells[document.path].get(use.link.span.start)
        if cell is not None:
            yield PaperUse(use, True, *cell)
        elif is_paper_host(use.target.page):
            yield PaperUse(use, False, None, None)


def _contract_columns(workspace: Workspace) -> frozenset[tuple[str, str]]:
    """File and name of every index column that a contract says holds a paper's title."""
    return frozenset(
        (listing.file, column_name(column))
        for collection in workspace.contract.collections
        for listing in collection.indexes
        for column, pattern in listing.columns.items()
        if any(isinstance(p, Field) and not _BUILT_INS.isdisjoint(p.names) for p in pattern.parts)
    )


def _cells_with_papers(
    document: Document, columns: frozenset[tuple[str, str]]
) -> dict[int, tuple[int | None, Place | None]]:
    """Start of a link in a column of papers → the year in its row, and where that stands."""
    links = [*document.links, *document.images]
    starts = sorted(link.span.start for link in links if link.target[:4].lower() == "http")
    found: dict[int, tuple[int | None, Place | None]] = {}
    for table in document.tables:
        names = [column_name(raw) for raw in table.header.texts]
        papers = {
            at
            for at, name in enumerate(names)
            if name in _PAPER_COLUMNS or (document.path, name) in columns
        }
        span = table.span
        within = starts[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        if not papers or not within:
            continue
        years = {at for at, name in enumerate(names) if name in _YEAR_COLUMNS}
        for row, in_row in _rows_with(table, within):
            spans = row.spans
            year = _year(document, row, spans, years)
            for at in papers:
                if at < len(spans):
                    cell = spans[at]
                    found |= {each: year for each in in_row if cell.start <= each < cell.end}
    return found


def _rows_with(table: Table, starts: list[int]) -> Iterator[tuple[Row, list[int]]]:
    left = list(reversed(starts))
    for row in table.rows:
        span = row.span
        at: list[int] = []
        while left and left[-1] < span.end:
            start = left.pop()
            if start >= span.start:
                at.append(start)
        if at:
            yield row, at


def _year(
    document: Document, row: Row, spans: tuple[Span, ...], columns: set[int]
) -> tuple[int | None, Place | None]:
    """The year in a row, and the cell it stands in."""
    for at, span in enumerate(spans):
        if at in columns and (found := _A_YEAR.search(row.texts[at])) is not None:
            return int(found[0]), Place(document.path, span)
    return None, None


def is_paper_host(url: str) -> bool:
    """Whether a URL's host publishes papers and nothing else."""
    return is_below(host_of(url), _PAPER_HOSTS)


def is_pdf(url: str) -> bool:
    """Whether a URL's path names a PDF."""
    return posixpath.splitext(urlsplit(url).path)[1].lower() == ".pdf"


def questions(workspace: Workspace) -> tuple[Question, ...]:
    """What the rules want to know of the web: one question a page, in file order.

    What the contract excludes is not asked, nor are the hosts that stand in
    documentation as examples.
    """
    excluded = [re.compile(fnmatch.translate(glob)) for glob in workspace.contract.links.exclude]
    papers = {
        (each.use.document.path, each.use.link.target_span.start) for each in paper_uses(workspace)
    }
    asked: list[Question] = []
    for use in web_uses(workspace):
        page = use.target.page
        if not page or is_below(host_of(page), _EXAMPLE_HOSTS):
            continue
        if any(glob.match(page) or glob.match(use.link.target) for glob in excluded):
            continue
        key = (use.document.path, use.link.target_span.start)
        paper = key in papers and not is_pdf(page)
        asked.append(Question(page, anchors=bool(use.fragment), paper=paper))
    return merged(asked)
