"""The title of an item, by itself and beside the index: TL101, TL102, TL110."""

from __future__ import annotations

import re

from tldr_lint.checks.listed import agrees, index_titles
from tldr_lint.checks.outline import has_several_titles
from tldr_lint.checks.quoting import quoted
from tldr_lint.contract.pattern import loosely_same, match_pattern
from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.rule import Applicability, Finding, Fix, Related
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tldr_lint.checks.listed import Listed
    from tldr_lint.collection import Collection, Item, Workspace
    from tldr_lint.contract.model import Pattern
    from tldr_lint.document import Document, Heading

_LINE_END = regex(r"\r\n|\r|\n")
_WORD = regex(r"[^\W_]+")
_DIGITS = regex(r"[0-9]+")
_FRONT_MATTER_TITLE = regex(r"^[ \t]*[\"']?title[\"']?[ \t]*:[ \t]*\S", re.I | re.M)
# A title that ends on one of these goes on.
_CONNECTIVES = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "based",
        "between",
        "beyond",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "its",
        "of",
        "on",
        "or",
        "over",
        "the",
        "their",
        "through",
        "to",
        "toward",
        "towards",
        "under",
        "using",
        "versus",
        "via",
        "vs",
        "with",
        "within",
        "without",
    )
)
_SMALL_WORDS = _CONNECTIVES | frozenset({"but", "et", "nor", "per", "than", "that"})
_MOST_CUT_LINES = 3
_MOST_SHOWN = 6
_MOST_CUT_WORDS = 12
# Titles are cut where a line got too long; below this width the next line is a subtitle.
_WRAP_WIDTH = 50


def missing_title(workspace: Workspace) -> Iterator[Finding]:
    """TL101: every item's first heading is its one H1."""
    for collection in workspace.collections:
        if has_several_titles(collection.template):
            continue
        for item in workspace.loud_items(collection, "TL101"):
            document = item.document
            if document.problem is None and is_ill_titled(document):
                yield from _title_faults(document)


def is_ill_titled(document: Document) -> bool:
    """Whether something else than one H1, before all other headings, may be a document's title."""
    headings = document.headings
    begins_well = bool(headings) and headings[0].level == 1 and not headings[0].nested
    return not begins_well or any(h.level == 1 and not h.nested for h in headings[1:])


def _title_faults(document: Document) -> Iterator[Finding]:
    source = document.source
    headings = [heading for heading in document.headings if not heading.nested]
    titles = [heading for heading in headings if heading.level == 1]
    named = _named_in_front_matter(document)
    if not titles and not named:
        if headings:
            yield Finding(
                Place(document.path, headings[0].span),
                f"the file has no title: its first heading is an H{headings[0].level}",
            )
        else:
            yield Finding(source.place(0, 0), "the file has no title")
    elif titles and headings[0] is not titles[0] and not named:
        yield Finding(
            Place(document.path, headings[0].span),
            f"an H{headings[0].level} stands before the title",
            related=(Related(Place(document.path, titles[0].span), "the title"),),
        )
    if len(titles) > 1:
        yield Finding(
            Place(document.path, titles[1].span),
            "a second H1: a file has one title",
            related=(
                Related(Place(document.path, titles[0].span), "the title"),
                *(
                    Related(Place(document.path, h.span), "one more H1")
                    for h in titles[2:_MOST_SHOWN]
                ),
            ),
        )


def _named_in_front_matter(document: Document) -> bool:
    front_matter = document.front_matter
    return (
        front_matter is not None
        and _FRONT_MATTER_TITLE.search(document.source[front_matter.content]) is not None
    )


def broken_title(workspace: Workspace) -> Iterator[Finding]:
    """TL102: no item's title goes on as a paragraph on the line below it."""
    for collection in workspace.collections:
        suspects = [
            item
            for item in workspace.loud_items(collection, "TL102")
            if below_title(item.document) is not None
        ]
        if not suspects:
            continue
        titles = index_titles(collection)
        for item in suspects:
            if item.path in titles.agreeing:
                continue
            cut = _cut(item, titles.others.get(item.path, ()))
            if cut is not None:
                yield _broken(item.document, cut)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A title and the lines below it that belong to it."""

    title: Heading
    below: Span
    """The whole paragraph."""
    lines: tuple[Span, ...]
    applicability: Applicability
    """How sure it is."""


def below_title(document: Document) -> Span | None:
    """The paragraph that begins on the line below a document's title, if one does."""
    title = document.title
    return title.below if title is not None and title.style == "atx" else None


def _cut(item: Item, listed: tuple[Listed, ...]) -> _Cut | None:
    """How an item's title is cut, if it is."""
    title = item.document.title
    below = below_title(item.document)
    if title is None or below is None or _is_placeholder(item, title):
        return None
    if any(loosely_same(title.text, entry.text) for entry in listed):
        return None
    source = item.document.source
    lines = _line_spans(item.document, below)
    for count in range(1, min(len(lines), _MOST_CUT_LINES) + 1):
        joined = plain(_joined(item.document, title, lines[:count]))
        if any(loosely_same(joined, entry.text) for entry in listed):
            return _Cut(title, below, tuple(lines[:count]), Applicability.SAFE)
    if len(lines) == 1 and _goes_on(title.text, source[lines[0]], listed):
        return _Cut(title, below, tuple(lines), Applicability.UNSAFE)
    return None


def _goes_on(title: str, line: str, listed: tuple[Listed, ...]) -> bool:
    """Whether a line below a title that no index knows reads like its second half."""
    words = _WORD.findall(line)
    if not words or len(line.split()) > _MOST_CUT_WORDS or line[-1] in ".!?:;":
        return False
    if not line[0].isalnum():
        return False
    last = _WORD.findall(title)[-1:]
    if title[-1:] in {"-", ",", ":", "–", "—"} or (last and last[0].casefold() in _CONNECTIVES):
        return True
    if any(_begins(entry.text, title) for entry in listed):
        return True
    return (
        not listed
        and len(title) >= _WRAP_WIDTH
        and all(word[0].isupper() or word in _SMALL_WORDS for word in words)
    )


def _begins(text: str, start: str) -> bool:
    words, first = _words(text), _words(start)
    return len(first) < len(words) and words[: len(first)] == first


def _broken(document: Document, cut: _Cut) -> Finding:
    source = document.source
    title, lines = cut.title, cut.lines
    start, end = title.content.end, lines[-1].end
    joined = _joined(document, title, lines)[len(source[title.content]) :]
    marks = source.text[title.content.end : title.span.end]
    rest = source.newline(end) if source.text[end : cut.below.end].strip() else ""
    return Finding(
        Place(document.path, title.span),
        f"the title is cut in two: `{quoted(source[lines[0]])}` below it is a paragraph",
        Fix(
            "join the lines of the title",
            (Edit(source.place(start, source.line_of(end).end), f"{joined}{marks}{rest}"),),
            cut.applicability,
        ),
        (Related(source.place(lines[0].start, end), "the title goes on here"),),
    )


def _joined(document: Document, title: Heading, lines: Sequence[Span]) -> str:
    """The raw text of a title and the lines it goes on in."""
    joined = document.source[title.content].rstrip()
    for line in lines:
        glue = "" if re.search(r"\w-\Z", joined) else " "
        joined = f"{joined}{glue}{document.source[line]}"
    return joined


def _line_spans(document: Document, below: Span) -> list[Span]:
    """The lines of a paragraph, without the blanks and hard breaks around them."""
    found: list[Span] = []
    at = below.start
    text = document.source[below]
    for line in _LINE_END.split(text):
        bare = line.rstrip(" \t").removesuffix("\\").rstrip(" \t")
        start = at + len(bare) - len(bare.lstrip(" \t"))
        found.append(Span(start, at + len(bare)))
        at += len(line)
        ending = _LINE_END.match(document.source.text, at)
        at = ending.end() if ending is not None else at
    return found


def title_mismatch(workspace: Workspace) -> Iterator[Finding]:
    """TL110: every item's title is what the index beside its link says."""
    for collection in workspace.collections:
        if (shape := collection.contract.title) is not None:
            for item in collection.items:
                yield from _misshapen(item, shape)
        titles = index_titles(collection)
        if not titles.others:
            continue
        for item in collection.items:
            listed = titles.others.get(item.path)
            title = item.title
            if listed is None or title is None or item.document.problem is not None:
                continue
            wrong = [entry for entry in listed if not agrees(title.text, entry.text)]
            if wrong and _is_judged(collection, item, title, listed):
                alone = len(wrong) == len(listed) and item.path not in titles.agreeing
                yield _mismatch(item, title, wrong[0], alone=alone)


def _is_judged(
    collection: Collection, item: Item, title: Heading, listed: tuple[Listed, ...]
) -> bool:
    """Whether no more basic rule explains that a title differs from the index's."""
    if _is_placeholder(item, title) or has_several_titles(collection.template):
        return False
    if title.level != 1 and (
        collection.template is not None
        or _named_in_front_matter(item.document)
        or not _leads(item, title)
    ):
        return False
    return below_title(item.document) is None or _cut(item, listed) is None


def _leads(item: Item, heading: Heading) -> bool:
    """Whether nothing stands before a heading but front matter: else it may be no title."""
    front_matter = item.document.front_matter
    start = front_matter.span.end if front_matter is not None else 0
    return item.document.is_blank(Span(start, heading.span.start))


def _mismatch(item: Item, title: Heading, listed: Listed, *, alone: bool) -> Finding:
    here = Place(item.path, title.span)
    stem = _words(_stem(item))
    if not alone or _shared(stem, _words(title.text)) > _shared(stem, _words(listed.text)):
        return Finding(
            listed.place,
            f"the title of `{item.path}` is `{quoted(title.text)}`",
            related=(Related(here, "the item's title"),),
        )
    return Finding(
        here,
        f"the index calls this `{quoted(listed.text)}`",
        related=(Related(listed.place, "the title in the index"),),
    )


def _misshapen(item: Item, shape: Pattern) -> Iterator[Finding]:
    """Where the title has not the shape that the contract gives."""
    title = item.document.title
    if title is None or _is_placeholder(item, title):
        return
    place = Place(item.path, title.span)
    found = match_pattern(shape, title.text)
    if found is None:
        yield Finding(place, f"the title has not the shape `{shape.raw}`")
        return
    own = _DIGITS.findall(_stem(item))
    number = found.get("number")
    # A name with several numbers in it may say a date too.
    if number is not None and len(own) == 1 and number.lstrip("0") != own[0].lstrip("0"):
        yield Finding(place, f"the title's number is {quoted(number)}, the file's is {own[0]}")


def _stem(item: Item) -> str:
    return item.path.rpartition("/")[2].rpartition(".")[0]


def _is_placeholder(item: Item, title: Heading) -> bool:
    return any(marker.span in title.span for marker in item.document.markers)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _shared(stem: list[str], words: list[str]) -> int:
    """How many words of a file's name stand in a title, abbreviated or not."""
    return sum(any(word.startswith(part) for word in words) for part in stem)
