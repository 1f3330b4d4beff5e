"""The sections of an item against those of its template: TL103 to TL106.

An item and its template are compared one group of sisters at a time: first
the sections at the template's own level, then, below each section that both
have, the sub-sections the template asks for there.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from tldr_lint.checks.moving import attached_start, move_section
from tldr_lint.checks.outline import groups, name_of
from tldr_lint.checks.quoting import quoted
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability, Finding, Fix, Related
from tldr_lint.sync.pairing import comparisons
from tldr_lint.text import Edit, Place, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.checks.outline import Group
    from tldr_lint.collection import Item, Workspace
    from tldr_lint.document import Document, Heading, Section

# More sections out of order than this are a file written after another template.
_MOST_MOVED = 50
_PROBE = "\n\n# x\n"


def missing_section(workspace: Workspace) -> Iterator[Finding]:
    """TL103: for every section of the template, each item has it."""
    left_over = _with_rows_left_over(workspace)
    for group in groups(workspace):
        lookalikes = group.lookalikes
        missing = group.missing
        elsewhere = _at_any_level(group) if missing else {}
        for index in missing:
            if index in lookalikes:
                yield _misnamed(group, index, group.sisters[lookalikes[index]].heading)
            elif (heading := elsewhere.get(group.wanted[index].name)) is not None:
                # As a second H1 it is TL101's.
                if heading.level > 1:
                    yield _at_wrong_level(group, index, heading)
            else:
                holds_facts = group.wanted[index].name == left_over.get(group.item.path)
                yield _absent(group, index, mendable=not holds_facts)


def at_wrong_level(workspace: Workspace) -> frozenset[Place]:
    """The headings that TL103 calls sections of the template at another level."""
    found: set[Place] = set()
    for group in groups(workspace):
        missing = group.missing
        elsewhere = _at_any_level(group) if missing else {}
        for index in set(missing) - group.lookalikes.keys():
            heading = elsewhere.get(group.wanted[index].name)
            if heading is not None:
                found.add(_place(group.item, heading))
    return frozenset(found)


def _with_rows_left_over(workspace: Workspace) -> Mapping[str, str]:
    """Item without a facts section → that section's name, where a roll-up has rows left over.

    They may be the item's. An empty section would say that it has no facts any
    more, and its rows would go with it.
    """
    found: dict[str, str] = {}
    for comparison in comparisons(workspace):
        heading = comparison.collection.facts_heading
        if heading is not None and comparison.orphans:
            found |= dict.fromkeys(comparison.lost, heading.casefold())
    return found


def unexpected_section(workspace: Workspace) -> Iterator[Finding]:
    """TL104: every section at the template's level stands in the template."""
    for group in groups(workspace):
        if group.parent is not None:
            continue
        explained = set(group.lookalikes.values())
        title = group.item.title
        for at, index in enumerate(group.matched):
            heading = group.sisters[at].heading
            if index is None and at not in explained and heading != title:
                yield Finding(
                    _place(group.item, heading),
                    f"section `{quoted(heading.text)}` is not in the template",
                )


def section_order(workspace: Workspace) -> Iterator[Finding]:
    """TL105: sections stand in the template's order."""
    for group in groups(workspace):
        first = group.first
        standing = sorted(first, key=first.__getitem__)
        if standing != sorted(standing):
            yield from _misplaced(group, standing, [group.sisters[first[i]] for i in standing])


def _misplaced(
    group: Group, standing: Sequence[int], sisters: Sequence[Section]
) -> Iterator[Finding]:
    """As few sections as would have to move: those not in the longest ordered part."""
    kept = _longest_ordered(standing)
    rank = {index: at for at, index in enumerate(standing)}
    moved = [index for index in standing if index not in kept]
    in_order = sorted(kept)
    # What swallows all behind it would swallow other sections in another place.
    mendable = len(moved) <= _MOST_MOVED and not _is_left_open(group.item.document)
    for index in moved:
        at = bisect_left(in_order, index)
        side, anchor = ("behind", in_order[at - 1]) if at else ("before", in_order[0])
        heading = sisters[rank[index]].heading
        neighbour = sisters[rank[anchor]].heading
        fix = None
        if mendable:
            target = rank[anchor] + (side == "behind")
            fix = move_section(group.item.document, sisters, rank[index], target)
        yield Finding(
            _place(group.item, heading),
            f"section `{quoted(heading.text)}` is out of the template's order: "
            f"it belongs {side} `{quoted(neighbour.text)}`",
            fix,
            (Related(_place(group.item, neighbour), f"the template has it {side} this section"),),
        )


def duplicate_section(workspace: Workspace) -> Iterator[Finding]:
    """TL106: no section of the template stands twice."""
    for group in groups(workspace):
        first = group.first
        for at, index in enumerate(group.matched):
            if index is None or group.wanted[index].repeats:
                continue
            if first.get(index, at) != at:
                heading = group.sisters[at].heading
                yield Finding(
                    _place(group.item, heading),
                    f"section `{quoted(heading.text)}` stands twice",
                    related=(
                        Related(
                            _place(group.item, group.sisters[first[index]].heading),
                            "the first one",
                        ),
                    ),
                )


def _absent(group: Group, index: int, *, mendable: bool) -> Finding:
    wanted = group.wanted[index]
    source = group.item.document.source
    heading = group.parent or group.item.title
    under = f" under `{quoted(group.parent.text)}`" if group.parent is not None else ""
    place = _place(group.item, heading) if heading is not None else source.place(0, 0)
    return Finding(
        place,
        f"section `{quoted(wanted.title)}` of the template is missing{under}",
        _insertion(group, index) if mendable else None,
        (_in_template(group, index),),
    )


def _misnamed(group: Group, index: int, heading: Heading) -> Finding:
    wanted = group.wanted[index]
    return Finding(
        _place(group.item, heading),
        f"section `{quoted(heading.text)}` is not in the template, "
        f"did you mean `{quoted(wanted.title)}`?",
        Fix(
            f"rename the section to `{quoted(wanted.title)}`",
            (Edit(Place(group.item.path, heading.content), wanted.title),),
            Applicability.UNSAFE,
        ),
        (_in_template(group, index),),
    )


def _at_any_level(group: Group) -> Mapping[str, Heading]:
    """Name → the first heading that has it: a missing section may stand at another level."""
    found: dict[str, Heading] = {}
    if group.parent is None:
        for heading in group.item.document.headings:
            if not heading.nested and heading is not group.item.title:
                found.setdefault(name_of(heading), heading)
    return found


def _at_wrong_level(group: Group, index: int, heading: Heading) -> Finding:
    level = group.wanted[index].section.heading.level
    start = heading.span.start
    fix = None
    if heading.style == "atx":
        fix = Fix(
            f"make it an H{level}",
            (Edit(Place(group.item.path, Span(start, start + heading.level)), "#" * level),),
            Applicability.UNSAFE,
        )
    return Finding(
        _place(group.item, heading),
        f"section `{quoted(heading.text)}` is an H{heading.level}, the template's is an H{level}",
        fix,
        (_in_template(group, index),),
    )


def _insertion(group: Group, index: int) -> Fix | None:
    """Put the template's section where the template's order has it.

    There is no fix where code or HTML that nobody closed swallows the rest of the file.
    """
    document = group.item.document
    source = document.source
    first = group.first
    later = [at for other, at in first.items() if other > index]
    earlier = [at for other, at in first.items() if other < index]
    following: int | None = None
    if earlier:
        behind = max(earlier)
        known = set(first.values())
        following = next((at for at in range(behind + 1, len(group.sisters)) if at in known), None)
    elif later:
        following = min(later)
    if following is not None:
        at = attached_start(source, group.sisters[following].heading.span.start)
    else:
        at = _end_of(group)
    if at == len(source.text) and _is_left_open(document):
        return None
    wanted = group.wanted[index].section
    newline = source.newline(at)
    above = source.text[:at]
    pieces = [newline * _missing_breaks(above)]
    pieces.append(newline.join(_lines(group.template.source[wanted.span])))
    if at < len(source.text):
        pieces.append(newline * 2)
    elif not above.strip("\ufeff \t") or above.endswith(("\r", "\n")):
        # Without a line ending there, the file is to end without one.
        pieces.append(newline)
    return Fix(
        f"add section `{quoted(group.wanted[index].title)}` from the template",
        (Edit(source.place(at, at), "".join(pieces)),),
        Applicability.UNSAFE,
    )


def _is_left_open(document: Document) -> bool:
    """Whether something that was never closed, code or HTML, would swallow what comes behind it."""
    source = document.source
    probed = parse(Source(source.path, f"{source.text}{_PROBE}"))
    last = probed.headings[-1] if probed.headings else None
    return last is None or last.nested or last.span.start < len(source.text)


def _end_of(group: Group) -> int:
    """Where the sisters end, and another may follow."""
    document = group.item.document
    if group.parent is not None:
        limit, start = group.parent.level, group.parent.span.start
    else:
        title = group.item.title
        limit = group.wanted[0].section.heading.level - 1
        start = title.span.start if title is not None else 0
    following = (
        heading.span.start
        for heading in document.headings
        if heading.level <= limit and not heading.nested and heading.span.start > start
    )
    end = next(following, None)
    if end is None:
        return len(document.source.text)
    return attached_start(document.source, end)


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.rstrip(" \t\r\n"))


def _missing_breaks(above: str) -> int:
    """How many line breaks part a text from a heading with a blank line between."""
    if not above.strip("\ufeff \t\r\n"):
        return 0
    gap = above[len(above.rstrip(" \t\r\n")) :]
    return max(0, 2 - len(re.findall(r"\r\n|\r|\n", gap)))


def _in_template(group: Group, index: int) -> Related:
    heading = group.wanted[index].section.heading
    return Related(Place(group.template.path, heading.span), "the template has it here")


def _longest_ordered(values: Sequence[int]) -> set[int]:
    """The longest increasing subsequence; of several, one that keeps what stands first."""
    piles: list[int] = []
    tops: list[int] = []
    below: dict[int, int | None] = {}
    for value in reversed(values):
        at = bisect_left(tops, -value)
        below[value] = piles[at - 1] if at else None
        piles[at : at + 1] = [value]
        tops[at : at + 1] = [-value]
    kept: set[int] = set()
    value_on_top: int | None = piles[-1]
    while value_on_top is not None:
        kept.add(value_on_top)
        value_on_top = below[value_on_top]
    return kept


def _place(item: Item, heading: Heading) -> Place:
    return Place(item.path, heading.span)
