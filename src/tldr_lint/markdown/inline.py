"""Inline content: the links, images, tags and markers in it, and the text it renders to.

Content in which nothing overlaps is read off by `markdown/plain.py`. The rest
goes through the stock inline parser, whose rules are wrapped to note where they
began and ended; the rules that yield no facts (emphasis, entities, line breaks)
are off there.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import autolink as stock_autolink
from markdown_it.rules_inline import backtick as stock_backticks
from markdown_it.rules_inline import html_inline as stock_html
from markdown_it.rules_inline import image as stock_image
from markdown_it.rules_inline import link as stock_link

from tldr_lint.markdown.limits import Budget
from tldr_lint.markdown.plain import LABEL, NAME, TARGET, URL, plain_facts, reference
from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.token import Token

    from tldr_lint.markdown.plain import Plain

_CODE = re.compile(r"`[^`]*`")
_WORD_BEFORE = re.compile(r"[\w\]]\Z")

_BARE_URL = re.compile(
    r"(?<![A-Za-z0-9/@.:\-])(?:https?://|www\.)[A-Za-z0-9._\-]*[A-Za-z0-9][^\s<]*", re.IGNORECASE
)
_ENTITY_NAME = re.compile(r"[A-Za-z0-9]+")
_MARKER = re.compile(
    r"\b(?:TODO|TO-DO|To-Do|To-do|ToDo|TBD)\b(?!-)"
    r"|<[A-Za-z][^<>\n]*>|\{\{[^{}\n]+\}\}|\{[^{}\n]+\}|\[[^\[\]\n]+\](?![(\[:])"
)


@dataclass(frozen=True, slots=True)
class InlineLink:
    """A link or image; offsets are of the content. `label` is set where it goes by reference."""

    start: int
    end: int
    image: bool
    auto: bool
    label_start: int
    label_end: int
    target: str
    target_start: int
    target_end: int
    reference: str | None = None


@dataclass(slots=True)
class InlineFacts:
    """What one piece of inline content holds, as offsets of that content."""

    links: list[InlineLink] = field(default_factory=list)
    bare: list[tuple[int, int]] = field(default_factory=list)
    html: list[tuple[int, int]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    undefined: list[tuple[int, int, str]] = field(default_factory=list)
    markers: list[tuple[int, int]] = field(default_factory=list)


class StockReferences:
    """References as the stock rules look them up.

    They are made one by one when asked for: a file may hold thousands, and as many paragraphs.
    """

    __slots__ = ("_targets",)

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = targets

    def __contains__(self, label: object) -> bool:
        """Whether a normalised label is defined."""
        return label in self._targets

    def __getitem__(self, label: str) -> Mapping[str, str]:
        """The definition of a label, as the stock rule for definitions would have kept it."""
        return {"href": self._targets[label], "title": ""}

    def get(self, label: str, default: None) -> Mapping[str, str] | None:
        """The definition of a label, or the default."""
        return self[label] if label in self._targets else default


def inline_facts(
    content: str, references: Mapping[str, str], budget: Budget | None = None
) -> InlineFacts:
    """The facts of one piece of inline content.

    `references` maps normalised labels to targets.

    Raises:
        TooCostlyError: the file's budget is spent.
    """
    plain = plain_facts(content, 0, len(content), cells=False)
    if plain is None:
        (budget or Budget()).inline(content)
        facts = _slow(content, references)
    else:
        facts = _fast(content, plain, references)
    _bare_urls(content, facts)
    _markers(content, facts)
    return facts


def _fast(content: str, plain: Plain, references: Mapping[str, str]) -> InlineFacts:
    facts = InlineFacts()
    for found in plain.matches:
        start, end = found.span()
        if found[LABEL] is not None:
            label, target, place = reference(found, references), found[TARGET], found.span(TARGET)
            image = start > 0 and content[start - 1] == "!"
            start -= image
            if label is not None:
                target, place = references[label], (start, end)
            if target is not None:
                inside = found.span(LABEL)
                facts.links.append(
                    InlineLink(start, end, image, False, *inside, target, *place, label)
                )
            elif "`" in found[LABEL]:
                facts.code += [
                    (start + image + code.start(), start + image + code.end())
                    for code in _CODE.finditer(found[0])
                ]
        elif found[NAME] is not None:
            facts.html.append((start, end))
        elif found[URL] is not None:
            inside = found.span(URL)
            facts.links.append(InlineLink(start, end, False, True, *inside, found[URL], *inside))
        elif content[start] == "`":
            facts.code.append((start, end))
    return facts


def _slow(content: str, references: Mapping[str, str]) -> InlineFacts:
    facts = InlineFacts()
    parser = _facts_parser()
    env: dict[str, object] = {"facts": facts, "references": StockReferences(references)}
    tokens: list[Token] = []
    parser.inline.tokenize(StateInline(content, parser, env, tokens))
    facts.links.sort(key=lambda link: (link.start, -link.end))
    return facts


def _facts(state: StateInline) -> InlineFacts:
    found = state.env["facts"]
    assert isinstance(found, InlineFacts)  # noqa: S101 - put there by _slow
    return found


def _link(state: StateInline, silent: bool) -> bool:
    return _bracketed(state, silent, image=False)


def _image(state: StateInline, silent: bool) -> bool:
    return _bracketed(state, silent, image=True)


def _bracketed(state: StateInline, silent: bool, *, image: bool) -> bool:
    start = state.pos
    maximum = state.posMax
    bracket = start + image
    if not state.src.startswith("![" if image else "[", start):
        return False
    # An alternative text is parsed in a state of its own, whose offsets mean nothing here.
    facts = _facts(state)
    held = len(facts.links), len(facts.html), len(facts.code), len(facts.undefined)
    ok = (stock_image if image else stock_link)(state, silent)
    if silent:
        return ok
    if not ok:
        if not image:
            _note_undefined(state, start, maximum)
        return False
    if image:
        del facts.links[held[0] :], facts.html[held[1] :]
        del facts.code[held[2] :], facts.undefined[held[3] :]
    end = state.pos
    # The label's end is asked for again: the rule that knew it kept it to itself.
    state.pos = start
    label_end = state.md.helpers.parseLinkLabel(state, bracket, not image)
    state.pos = end
    facts.links.append(_located(state, start, end, bracket + 1, label_end, image=image))
    return True


def _located(
    state: StateInline, start: int, end: int, label_start: int, label_end: int, *, image: bool
) -> InlineLink:
    src = state.src
    at = label_end + 1
    if src[at : at + 1] == "(" and end > at and src[end - 1] == ")":
        at += 1
        while at < end and src[at] in " \t\n":
            at += 1
        found = state.md.helpers.parseLinkDestination(src, at, end)
        bracketed = src[at : at + 1] == "<"
        stop = found.pos if found.ok else at
        return InlineLink(
            start,
            end,
            image,
            auto=False,
            label_start=label_start,
            label_end=label_end,
            target=found.str if found.ok else "",
            target_start=at + bracketed,
            target_end=max(stop - bracketed, at + bracketed),
        )
    label = src[label_start:label_end]
    if src[at : at + 1] == "[" and end > at + 2:
        label = src[at + 1 : end - 1]
    reference = normalizeReference(label)
    return InlineLink(
        start,
        end,
        image,
        auto=False,
        label_start=label_start,
        label_end=label_end,
        target=state.env["references"][reference]["href"],
        target_start=start,
        target_end=end,
        reference=reference,
    )


def _note_undefined(state: StateInline, start: int, maximum: int) -> None:
    """Note `[text][label]` and `[label][]` that lead nowhere.

    `a[i][j]` is an index, not a link; a label that begins with `^` is a footnote.
    """
    src = state.src
    state.pos = start
    label_end = state.md.helpers.parseLinkLabel(state, start, False)
    state.pos = start
    if label_end < 0 or src[label_end + 1 : label_end + 2] != "[":
        return
    close = src.find("]", label_end + 2, maximum)
    if close < 0:
        return
    text, label = src[start + 1 : label_end], src[label_end + 2 : close]
    wanted = label or text
    if (
        "[" in label
        or not wanted.strip()
        or not text.strip()
        or (label and not label.strip())
        or wanted.startswith("^")
        or text.startswith("^")
        or _WORD_BEFORE.search(src, max(0, start - 1), start)
    ):
        return
    if normalizeReference(wanted) not in state.env["references"]:
        _facts(state).undefined.append((start, close + 1, wanted))


def _autolink(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not stock_autolink(state, silent):
        return False
    if not silent:
        end = state.pos
        target = state.src[start + 1 : end - 1]
        if "@" in target and ":" not in target:
            target = f"mailto:{target}"
        _facts(state).links.append(
            InlineLink(
                start,
                end,
                image=False,
                auto=True,
                label_start=start + 1,
                label_end=end - 1,
                target=target,
                target_start=start + 1,
                target_end=end - 1,
            )
        )
    return True


def _html(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not stock_html(state, silent):
        return False
    if not silent:
        _facts(state).html.append((start, state.pos))
    return True


def _backticks(state: StateInline, silent: bool) -> bool:
    start = state.pos
    count = len(state.tokens)
    if not stock_backticks(state, silent):
        return False
    if not silent and len(state.tokens) > count and state.tokens[-1].type == "code_inline":
        _facts(state).code.append((start, state.pos))
    return True


def _covered(facts: InlineFacts, *, targets_only: bool) -> list[tuple[int, int]]:
    """The ranges that are not text, disjoint: code, HTML, and links or just their targets."""
    found = facts.code + facts.html
    for link in facts.links:
        if not targets_only or link.auto:
            found.append((link.start, link.end))
        else:
            found.append((link.label_end, link.end))
            if link.image:
                found.append((link.start, link.label_end))
    found.sort()
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _outside(start: int, end: int, covered: list[tuple[int, int]]) -> bool:
    before = bisect_left(covered, (end, 0)) - 1
    return before < 0 or covered[before][1] <= start


def _bare_urls(content: str, facts: InlineFacts) -> None:
    """GFM's extended autolinks (GFM 0.29, section 6.9): `http(s)://…` and `www.…` in text."""
    covered: list[tuple[int, int]] | None = None
    for found in _BARE_URL.finditer(content):
        if covered is None:
            covered = _covered(facts, targets_only=False)
        start, end = found.span()
        if not _outside(start, start + 1, covered):
            continue
        # A code span or tag ends the URL where it begins.
        following = bisect_left(covered, (start, 0))
        if following < len(covered):
            end = min(end, covered[following][0])
        end = _url_end(content, start, end)
        if "." in content[start:end] or "localhost" in content[start:end]:
            facts.bare.append((start, end))


def _url_end(content: str, start: int, end: int) -> int:
    """Where a bare URL ends once punctuation that belongs to the sentence is cut off."""
    surplus: int | None = None
    while end > start:
        last = content[end - 1]
        if last in "?!.,:*_~'\"":
            end -= 1
        elif last == ")":
            if surplus is None:
                surplus = content.count(")", start, end) - content.count("(", start, end)
            if surplus <= 0:
                return end
            surplus -= 1
            end -= 1
        elif last == ";" and (tail := content.rfind("&", start, end - 2)) >= 0:
            if not _ENTITY_NAME.fullmatch(content, tail + 1, end - 1):
                return end
            end = tail
        else:
            return end
    return end


def _markers(content: str, facts: InlineFacts) -> None:
    covered: list[tuple[int, int]] | None = None
    tags: frozenset[tuple[int, int]] = frozenset()
    for found in _MARKER.finditer(content):
        if covered is None:
            covered = _covered(facts, targets_only=True)
            tags = frozenset(facts.html)
        start, end = found.span()
        if (start, end) in tags or _outside(start, end, covered):
            facts.markers.append((start, end))


@functools.cache
def _facts_parser() -> MarkdownIt:
    """The parser whose rules note their places; only rules that can yield a fact are on."""
    parser = MarkdownIt("commonmark", {"maxNesting": 100})
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    inline = parser.inline
    for name, rule in {
        "link": _link,
        "image": _image,
        "autolink": _autolink,
        "html_inline": _html,
        "backticks": _backticks,
    }.items():
        inline.ruler.at(name, rule)
    inline.ruler.disable(["emphasis", "entity", "newline"])
    inline.terminator_re = re.compile(r"[!<\[\]\\`]")
    return parser
