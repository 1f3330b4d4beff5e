"""The headings of an item beside those of its template, one group of sisters at a time.

First come the sections at the template's own level; then, below each section
that both have, the sub-sections the template asks for there.
"""

from __future__ import annotations

import re
from collections import Counter
from fnmatch import fnmatchcase

from tldr_lint.checks.moving import attached_start
from tldr_lint.collection import section_level
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection, Item, Workspace
    from tldr_lint.document import Document, Heading, Section

# `<TITLE>`, `{{ title }}`, `{title}`, `[title]`; neither a link nor HTML that styles the heading.
_PLACEHOLDER = regex(
    r"<(?!(?:a|b|br|code|del|em|i|img|ins|kbd|mark|s|small|span|strong|sub|sup|u)\b)"
    r"[A-Za-z][^<>=]*>"
    r"|\{\{[^{}]+\}\}|\{[^{}]+\}|\[[^\[\]]+\](?![(\[])",
    re.ASCII,
)
_OPTIONAL = regex(r"\s*[(\[]\s*optional\s*[)\]]\s*", re.IGNORECASE)
_LOOKS_LIKE = 0.75
# Telling lookalikes apart, or trying placeholders, takes time in the product of both numbers.
_MAX_PAIRS = 1_000
_MAX_PLACEHOLDERS = 32
# A file with more headings is no template that anybody follows.
_MAX_SECTIONS = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A section the template has."""

    section: Section
    title: str
    """As people read it, a remark such as `(optional)` left out."""
    name: str
    required: bool
    literals: tuple[str, ...]
    """The fixed text around placeholders; one literal where there is no placeholder."""
    repeats: bool
    """Whether the template itself has it several times."""
    children: tuple[Wanted, ...]

    def fits(self, name: str) -> bool:
        """Whether a section of this name fills the placeholders."""
        if len(self.literals) == 1:
            return False
        first, *middle, last = self.literals
        if len(name) < len(first) + len(last):
            return False
        if not (name.startswith(first) and name.endswith(last)):
            return False
        at = len(first)
        for literal in middle:
            found = name.find(literal, at, len(name) - len(last))
            if found < 0:
                return False
            at = found + len(literal)
        return True


@dataclass(frozen=True, slots=True)
class _Outline:
    """What the template asks of every item."""

    document: Document
    level: int
    wanted: tuple[Wanted, ...]
    plain: tuple[str, ...] | None
    """The exact texts of an item in perfect order, where no sub-section is asked for."""


@dataclass(frozen=True, slots=True)
class Group:
    """Sister sections of an item beside those the template asks for."""

    item: Item
    template: Document
    parent: Heading | None
    """The item's heading above the sisters."""
    wanted: tuple[Wanted, ...]
    sisters: tuple[Section, ...]
    matched: tuple[int | None, ...]
    """For each sister the index in `wanted`, or nothing."""

    @property
    def first(self) -> dict[int, int]:
        """Index in `wanted` → index of the first sister that is it; placeholders left out."""
        found: dict[int, int] = {}
        for at, index in enumerate(self.matched):
            if index is not None and len(self.wanted[index].literals) == 1:
                found.setdefault(index, at)
        return found

    @property
    def missing(self) -> list[int]:
        """The required sections that no sister is."""
        present = set(self.matched)
        return [
            index
            for index, wanted in enumerate(self.wanted)
            if wanted.required and index not in present
        ]

    @property
    def lookalikes(self) -> dict[int, int]:
        """Index in `wanted` of a missing section → index of the unexpected sister it may be."""
        missing = self.missing
        unexpected = [at for at, index in enumerate(self.matched) if index is None]
        if not missing or not unexpected or len(missing) * len(unexpected) > _MAX_PAIRS:
            return {}
        scored = sorted(
            (-_likeness(self.wanted[index].name, name_of(self.sisters[at].heading)), index, at)
            for index in missing
            for at in unexpected
        )
        found: dict[int, int] = {}
        for score, index, at in scored:
            if -score >= _LOOKS_LIKE and index not in found and at not in found.values():
                found[index] = at
        return found


def groups(workspace: Workspace) -> Iterator[Group]:
    """The groups of all items that do not simply repeat the template's headings."""
    for collection in workspace.collections:
        known = collection.groups
        if known is None:
            known = tuple(_groups(collection))
            # Four rules ask for the same; a collection never changes.
            object.__setattr__(collection, "groups", known)
        # A collection stands above this module and cannot name the type.
        yield from known  # type: ignore[misc]


def _groups(collection: Collection) -> Iterator[Group]:
    outline = _outline(collection)
    if outline is None:
        return
    for item in _judged(collection):
        if outline.plain is not None and outline.plain == item.sections:
            continue
        sections = item.document.sections
        tops = [section for section in sections if section.heading.level == outline.level]
        below = _by_parent(sections)
        yield from _compared(item, outline.document, None, outline.wanted, tops, below)


def has_several_titles(template: Document | None) -> bool:
    """Whether a template uses H1 for its sections: then its items have no one title."""
    if template is None:
        return False
    return sum(heading.level == 1 and not heading.nested for heading in template.headings) > 1


def _judged(collection: Collection) -> Iterator[Item]:
    """The items that are held to the template."""
    held = collection.contract.sections
    if held is False:
        return
    for item in collection.items:
        if item.document.problem is not None:
            continue
        if held == "changed" and collection.changed is not None:
            if item.path in collection.changed:
                yield item
        else:
            yield item


def _outline(collection: Collection) -> _Outline | None:
    template = collection.template
    if template is None or template.problem is not None:
        return None
    sections = template.sections
    level = section_level(template)
    if not level or sum(s.heading.level >= level for s in sections) > _MAX_SECTIONS:
        return None
    tops = [section for section in sections if section.heading.level == level]
    wanted = _wanted(collection, template, tops, _by_parent(sections))
    simple = all(w.required and len(w.literals) == 1 and not w.children for w in wanted)
    plain = tuple([w.section.heading.text for w in wanted]) if simple else None
    return _Outline(template, level, wanted, plain)


def _wanted(
    collection: Collection,
    template: Document,
    sisters: Sequence[Section],
    below: Mapping[int, list[Section]],
) -> tuple[Wanted, ...]:
    names = Counter(name_of(section.heading) for section in sisters)
    found: dict[str | int, Wanted] = {}
    for section in sisters:
        heading = section.heading
        raw = template.source[heading.content].strip()
        literals = tuple(part.casefold() for part in _PLACEHOLDER.split(raw))
        name = name_of(heading)
        plain = len(literals) == 1
        title = _title(heading)
        optional = _says_optional(template, heading) or any(
            fnmatchcase(name, glob.casefold()) for glob in collection.contract.optional
        )
        wanted = Wanted(
            section,
            title,
            name,
            plain and not optional,
            literals,
            names[name] > 1,
            _wanted(collection, template, _below(section, below), below),
        )
        found.setdefault(name if plain else heading.span.start, wanted)
    return tuple(found.values())


def _says_optional(template: Document, heading: Heading) -> bool:
    """Whether the template says so: `(optional)` in the heading, or a comment right above it."""
    above = template.source.text[
        attached_start(template.source, heading.span.start) : heading.span.start
    ]
    return _title(heading) != heading.text or "optional" in above.casefold()


def _by_parent(sections: Sequence[Section]) -> Mapping[int, list[Section]]:
    """Where a heading starts → the sections one step below it."""
    found: dict[int, list[Section]] = {}
    for section in sections:
        if section.parent is not None:
            found.setdefault(section.parent.span.start, []).append(section)
    return found


def _below(section: Section, below: Mapping[int, list[Section]]) -> Sequence[Section]:
    return below.get(section.heading.span.start, ())


def _compared(
    item: Item,
    template: Document,
    parent: Heading | None,
    wanted: tuple[Wanted, ...],
    sisters: Sequence[Section],
    below: Mapping[int, list[Section]],
) -> Iterator[Group]:
    named = {w.name: index for index, w in enumerate(wanted) if len(w.literals) == 1}
    open_ended = [index for index, w in enumerate(wanted) if len(w.literals) > 1]
    open_ended = open_ended[:_MAX_PLACEHOLDERS]
    matched: list[int | None] = []
    for sister in sisters:
        name = name_of(sister.heading)
        index = named.get(name)
        if index is None:
            index = next((at for at in open_ended if wanted[at].fits(name)), None)
        matched.append(index)
    group = Group(item, template, parent, wanted, tuple(sisters), tuple(matched))
    yield group
    for index, at in group.first.items():
        if wanted[index].children:
            section = sisters[at]
            yield from _compared(
                item,
                template,
                section.heading,
                wanted[index].children,
                _below(section, below),
                below,
            )


def _likeness(one: str, other: str) -> float:
    """How much two names look alike, from 0 to 1; letters that changed places count little."""
    if len(one) == len(other) and sorted(one) == sorted(other):
        return 1.0
    if f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} "):
        # `Summary` has become `Summary of results`.
        return _LOOKS_LIKE
    from difflib import SequenceMatcher  # noqa: PLC0415 - for names that are not the same

    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _LOOKS_LIKE or matcher.quick_ratio() < _LOOKS_LIKE:
        return 0.0
    return matcher.ratio()


def name_of(heading: Heading) -> str:
    """What a section is called, for pairing: letter case and `(optional)` aside."""
    return _title(heading).casefold()


def _title(heading: Heading) -> str:
    return _OPTIONAL.sub(" ", heading.text).strip()
