"""Inline content by the parser's own rules, which are wrapped to note their places.

The rules that yield no facts (emphasis, entities, line breaks) are off.
"""

from __future__ import annotations

import functools
import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import autolink as stock_autolink
from markdown_it.rules_inline import backtick as stock_backticks
from markdown_it.rules_inline import html_inline as stock_html
from markdown_it.rules_inline import image as stock_image
from markdown_it.rules_inline import link as stock_link

from tldr_lint.markdown.labels import normal_label
from tldr_lint.markdown.pieces import InlineFacts, InlineLink
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.token import Token

_WORD_BEFORE = re.compile(r"[\w\]]\Z")


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


def full_facts(content: str, references: Mapping[str, str]) -> InlineFacts:
    """The facts of content in which anything may stand; `references` as for `inline_facts`."""
    facts = InlineFacts()
    parser = _facts_parser()
    env: dict[str, object] = {"facts": facts, "references": StockReferences(references)}
    tokens: list[Token] = []
    parser.inline.tokenize(StateInline(content, parser, env, tokens))
    facts.links.sort(key=lambda link: (link.start, -link.end))
    return facts


def _facts(state: StateInline) -> InlineFacts:
    found = state.env["facts"]
    assert isinstance(found, InlineFacts)  # noqa: S101 - put there by full_facts
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
    found = _located(state, start, end, bracket + 1, label_end, image=image)
    if found is None:
        del facts.links[held[0] :], facts.html[held[1] :]
        del facts.code[held[2] :], facts.undefined[held[3] :]
        state.pos = start
        return False
    facts.links.append(found)
    return True


def _located(
    state: StateInline, start: int, end: int, label_start: int, label_end: int, *, image: bool
) -> InlineLink | None:
    """The parts of a link, or none if it is none.

    Where a target breaks off, as in `[a](<b>.[c]`, the stock rule goes on from there and takes
    what follows for the label, which it is not (CommonMark 0.31.2, section 6.3).
    """
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
    if end > at and src[at] != "[":
        return None
    label = src[label_start:label_end]
    if end > at + 2:
        label = src[at + 1 : end - 1]
    reference = normal_label(label)
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
    if normal_label(wanted) not in state.env["references"]:
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
