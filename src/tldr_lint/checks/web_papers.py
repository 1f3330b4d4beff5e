"""Links to papers: whether the page is that of the paper the link and its row speak of."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

from tldr_lint.answers import Verdict, arxiv_id
from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.web_moves import is_login
from tldr_lint.checks.web_uses import is_paper_host, paper_uses
from tldr_lint.document import LinkKind
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex
from tldr_lint.rule import Finding, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.answers import Answer, Page
    from tldr_lint.checks.web_uses import PaperUse
    from tldr_lint.collection import Workspace

_LIKE = 0.85
_SHARED_WORDS = 0.75
_FEW_WORDS = 3
_LONGEST = 400
_ARXIV_ID = regex(r"(?<![\d.])\d{4}\.\d{4,5}(?!\d)")
# What stands around a title without being part of it.
_AROUND = regex(
    r"(?i)^\s*\[[\w.:/ -]{1,30}\]\s*|\barxiv:\s*[\w./-]+|\s*[|•·–—]\s[^|•·–—]*$"
    r"|\s-\s(?:acl anthology|nature|pubmed|openreview|ieee .{0,40}|sciencedirect)\s*$"
    r"|\(?\bv(?:ersion\s*)?\d+\)?\s*$"
)
_SUBTITLE = regex(r"\s*[:?!]\s+|\s+[-–—]\s+")
_WORD = regex(r"\w+")
_NO_TITLE = frozenset(
    {
        *("abs", "abstract", "acl", "anthology", "article", "arxiv", "blog", "code", "doi", "et"),
        *("al", "full", "here", "html", "link", "official", "openreview", "page", "paper"),
        *("papers", "pdf", "preprint", "project", "publication", "read", "site", "slides"),
        *("source", "the", "this", "version", "video", "website"),
    }
)


def paper_mismatch(workspace: Workspace) -> Iterator[Finding]:
    """TL506: for every link to a paper, its page is that paper's."""
    if not workspace.answers:
        return
    for each in paper_uses(workspace):
        answer = workspace.answers.get(each.use.target.page)
        if answer is None or answer.verdict is not Verdict.ALIVE or is_login(answer):
            continue
        page = answer.page
        if page is None or not (page.cited or is_paper_host(answer.final or answer.url)):
            continue
        message = _other_paper(each, answer, page)
        related: tuple[Related, ...] = ()
        if not message and _is_other_year(each, answer, page) and each.year_place is not None:
            years = " or ".join(map(str, sorted(page.years)))
            message = f"the paper is of {years}, its row says {each.year}"
            related = (Related(each.year_place, "the row's year"),)
        if message:
            status = (("status", answer.status),) if answer.status is not None else ()
            data = (*status, ("final_url", answer.final or answer.url), ("time", answer.elapsed))
            yield Finding(each.use.place, message, related=related, data=data)


def _other_paper(each: PaperUse, answer: Answer, page: Page) -> str:
    """Which other paper the page is, as a message; nothing where it is the right one."""
    text = each.use.link.text
    there = page.arxiv_id or arxiv_id(answer.final or answer.url)
    named = _ARXIV_ID.findall(text)
    if named and there:
        if there in named or arxiv_id(answer.url) not in {there, ""}:
            return ""
        return f"`{quoted(text)}` leads to arXiv {there}"
    if not page.title or each.use.link.kind in {LinkKind.BARE, LinkKind.AUTOLINK}:
        return ""
    if not (each.in_column or _reads_like_title(text)) or not _may_be_title(text):
        return ""
    if same_title(text, page.title):
        return ""
    return f"`{quoted(text)}` leads to another paper, `{quoted(page.title)}`"


def _is_other_year(each: PaperUse, answer: Answer, page: Page) -> bool:
    """Whether the row's year can be neither that of the first version nor of the publication.

    A preprint is often published in the year after, and a journal's paper was
    often a preprint in the year before.
    """
    if each.year is None or not page.years:
        return False
    first, last = min(page.years), max(page.years)
    if arxiv_id(answer.url):
        return not first <= each.year <= last + 1
    return not first - 1 <= each.year <= last + 1


def same_title(one: str, other: str) -> bool:
    """Whether two titles are one, as a person reads them.

    Letter case, punctuation, accents, sub-titles, versions, a host's name
    around it and a slip of the pen aside.
    """
    first, second = _bare(one), _bare(other)
    if _letters(first) == _letters(second):
        return True
    heads = _letters(_SUBTITLE.split(first)[0]), _letters(_SUBTITLE.split(second)[0])
    if heads[0] == _letters(second) or heads[1] == _letters(first):
        return True
    left, right = _words(first), _words(second)
    few = min(len(left), len(right))
    if few and (set(left) <= set(right) or set(right) <= set(left)):
        return True
    shared = len(set(left) & set(right))
    if few >= _FEW_WORDS and shared >= _SHARED_WORDS * few:
        return True
    return SequenceMatcher(None, _letters(first), _letters(second), False).ratio() >= _LIKE


def _may_be_title(text: str) -> bool:
    """Whether a text says enough to be held against a title."""
    words = _words(_bare(text))
    if text.lower().startswith(("http:", "https:", "10.")) or "et al" in text.lower():
        return False
    telling = [word for word in words if word not in _NO_TITLE and not word.isdigit()]
    return len(telling) >= _FEW_WORDS


def _reads_like_title(text: str) -> bool:
    """Whether a text in prose is written as titles are: four words or more, most with a capital."""
    words = [word for word in text.split() if len(word) > 3]
    capitals = sum(1 for word in words if word[0].isupper())
    return len(text.split()) >= 4 and len(words) >= 2 and capitals >= 0.75 * len(words)


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    before = ""
    while before != plain:
        before, plain = plain, _AROUND.sub(" ", plain).strip()
    return plain


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
