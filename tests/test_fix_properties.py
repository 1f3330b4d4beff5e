"""What every fix of every rule promises, on random collections with random damage.

The judge of what a page shows is another parser: cmark-gfm, GitHub's own.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from damaged_collections import damaged
from memory_repository import MemoryRepository
from tldr_lint.checks import RULES
from tldr_lint.engine import Repair, Reported, repair, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tldr_lint.collection import Workspace
    from tldr_lint.document import Document
    from tldr_lint.rule import Fix
    from tldr_lint.text import Edit

EXAMPLES = os.environ.get("TLDR_LINT_EXAMPLES")
FEWER = settings(max_examples=max(1, settings().max_examples // 4), derandomize=EXAMPLES is None)
"""An example here is a whole collection, checked and repaired several times; new ones are tried
where somebody asks for many."""

Counts = Counter[tuple[str, str]]

ROWS = frozenset({"TL202", "TL206", "TL207", "TL208", "TL209", "TL210", "TL212", "TL310"})
SIDES = frozenset({"TL401", "TL402", "TL403", "TL404", "TL405", "TL406"})
UNCOVERS: Mapping[str, frozenset[str]] = {
    # One cause is reported once: what a more basic fault hides is said when that is repaired.
    "TL102": frozenset({"TL110"}),
    "TL103": frozenset({"TL105", "TL106", "TL107"}),
    "TL201": ROWS | SIDES | {"TL203", "TL204", "TL205", "TL211"},
    "TL202": SIDES | {"TL204", "TL209"},
    "TL211": ROWS | SIDES | {"TL204"},
    # Which rows are cut off from a roll-up is told by its columns.
    "TL406": frozenset({"TL401", "TL402"}),
    # A link that both sides repeat is two findings: one repaired alone parts the sides.
    "TL503": SIDES,
    "TL505": SIDES,
}
"""Code → the rules that its fix may bring to speak, for they were silent about what it mends."""
COPIES = frozenset({"TL103", "TL310", "TL401", "TL403"})
"""Fixes that copy what somebody wrote, with all that is wrong with it."""


def found(repository: MemoryRepository) -> tuple[Reported, ...]:
    return run(repository.workspace(repository.documents()), repository.selection)


def counts(reported: Sequence[Reported]) -> Counts:
    return Counter((each.rule.code, each.finding.place.path) for each in reported)


def applied(repository: MemoryRepository, fix: Fix) -> tuple[MemoryRepository, Repair]:
    """The repository with one fix applied, unless the engine refuses it."""
    documents = repository.documents()
    workspace = repository.workspace(documents)
    rounds: list[int] = []

    def rebuild(changed: Mapping[str, Document]) -> Workspace:
        rounds.append(len(changed))
        return repository.workspace(documents | dict(changed))

    def wanted(each: Reported) -> bool:
        # What it does to one place may be what another one does to the next text.
        return not rounds and each.finding.fix == fix

    done = repair(workspace, repository.selection, rebuild, unsafe=True, wanted=wanted)
    changed = {path: source.text for path, source in done.changed.items()}
    return MemoryRepository(repository.files | changed, repository.answers, repository.base), done


def added(
    before: Sequence[Reported],
    claimed: Sequence[Reported],
    after: Sequence[Reported],
    text: Mapping[str, str],
) -> Counts:
    """The findings that are there after a fix and have no right to be; `text` is by path."""
    fix, code = claimed[0].finding.fix, claimed[0].rule.code
    assert fix is not None
    allowed = UNCOVERS.get(code, frozenset())
    if code == "TL003" and in_a_table(text, fix.edits[0]):
        # The comment had broken a table, which says nothing until it is one.
        allowed = UNCOVERS["TL201"]
    left = [each for each in after if each.rule.code not in allowed]
    if code in COPIES:
        copies = inserted(fix)
        left = [
            each
            for each in left
            if not any(
                each.finding.place.path == path and start <= each.finding.place.span.start <= end
                for path, start, end in copies
            )
        ]
    return counts(left) - (counts(before) - counts(claimed))


def in_a_table(texts: Mapping[str, str], edit: Edit) -> bool:
    """Whether a line right above or below an edit, or its own, holds a pipe."""
    text, span = texts[edit.place.path], edit.place.span
    above, below = ENDING.split(text[: span.start])[-2:], ENDING.split(text[span.end :])[:2]
    return any("|" in line for line in (*above, *below))


def inserted(fix: Fix) -> list[tuple[str, int, int]]:
    """Where the texts stand that a fix has put in."""
    places = [(path, 0, len(text)) for path, text in fix.creates]
    shift: Counter[str] = Counter()
    for edit in sorted(fix.edits):
        path, span = edit.place.path, edit.place.span
        start = span.start + shift[path]
        places.append((path, start, start + len(edit.text)))
        shift[path] += len(edit.text) - (span.end - span.start)
    return places


ENDING = re.compile(r"\r\n|\r|\n")
FRONT_MATTER = re.compile(r"(\ufeff?)---\n(?:.*\n)*?---\n")
BLOCK = re.compile(r'<(\w+)([^<>]*?) data-sourcepos="(\d+):\d+-(\d+):(\d+)"([^<>]*)>')
TARGET = re.compile(r'(href|src)="[^"]*"')
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_SOURCEPOS | Options.CMARK_OPT_FOOTNOTES
HEADING = re.compile(r"h\d")
CONTAINERS = {"ul", "ol", "li", "blockquote"}
PARTS_OF_TABLES = {"thead", "tbody", "tr", "th", "td"}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
RAW = re.compile(r"(?<=</h\d>)|(?<=</pre>)|(?<=</table>)|(?<=</p>)|(?<= />)")
CLOSING = re.compile(r"</(?:ul|ol|li|blockquote)>")


def normal(text: str) -> str:
    """With the one line ending that offsets are counted in below."""
    return ENDING.sub("\n", text)


def shown(text: str, touched: set[float], around: float = 0) -> list[str]:
    """What GitHub shows, block by block, without the tables and lines that were touched.

    With them go the paragraphs and tables up to so many lines around.

    Each block comes with the containers it stands in; comments show nothing.
    Raw HTML has no place, and goes with the block before it.
    """
    front = FRONT_MATTER.match(text)
    if front is not None:
        text = "\n" * front[0].count("\n") + text[front.end() :]
    html = cmarkgfm.github_flavored_markdown_to_html(text.removeprefix("\ufeff"), OPTIONS)
    starts = list(BLOCK.finditer(html))
    pieces: list[str] = []
    within: list[str] = []
    first, last = 0.0, 0.0
    for at, start in enumerate(starts):
        name = start[1]
        if name not in PARTS_OF_TABLES:
            first = float(start[3])
            # A block that ends at column 0 ended on the line before.
            last = float(start[4]) - (start[5] == "0" and start[4] != start[3])
        if name in CONTAINERS:
            last = first
        end = starts[at + 1].start() if at + 1 < len(starts) else len(html)
        said = html[start.end() : end]
        more = 0 if HEADING.fullmatch(name) else around
        if not any(first - more <= line <= last + more for line in touched):
            kept = COMMENT.sub("", CLOSING.sub("", said)).strip()
            pieces.append(f"{' '.join(within)} <{name}{start[2]}{start[6]}>{kept}")
        if name in CONTAINERS:
            within.append(name)
        for _ in CLOSING.finditer(said):
            del within[-1:]
    return pieces


def raw_apart(pieces: list[str]) -> list[str]:
    """The pieces in no order, raw HTML apart from the blocks it stands behind."""
    return sorted(part.strip() for piece in pieces for part in RAW.split(piece))


def touched(text: str, start: int, end: int, other: str) -> set[float]:
    """The lines that differ where a piece of the text took, or takes, the place of another.

    Between two lines stands half a line, where whole lines were taken out.
    """
    piece = text[start:end]
    if all(not each or each[0] == "\n" or each[-1] == "\n" for each in (piece, other)):
        start += len(piece) - len(piece.lstrip("\n"))
        end -= len(piece) - len(piece.rstrip("\n"))
        if start >= end:
            line = text.count("\n", 0, start) + 1
            return {line + 0.5 if text[start - 1 : start] not in {"", "\n"} else line - 0.5}
    first = text.count("\n", 0, start) + 1
    return {float(line) for line in range(first, first + text.count("\n", start, end) + 1)}


def both_sides(
    old: str, new: str, edits: Sequence[Edit]
) -> tuple[tuple[str, set[float]], tuple[str, set[float]]]:
    """Both texts with the lines that the edits touched; the rest is the same, byte by byte."""
    before: set[float] = set()
    after: set[float] = set()
    at = shift = 0
    for edit in sorted(edits):
        span = edit.place.span
        start = span.start + shift
        assert old[at : span.start] == new[at + shift : start]
        assert edit.text == new[start : start + len(edit.text)]
        removed, added = normal(old[span.start : span.end]), normal(edit.text)
        head, new_head = normal(old[: span.start]), normal(new[:start])
        before |= touched(
            head + removed + normal(old[span.end :]), len(head), len(head + removed), added
        )
        after |= touched(
            new_head + added + normal(new[start + len(edit.text) :]),
            len(new_head),
            len(new_head + added),
            removed,
        )
        at = span.end
        shift += len(edit.text) - (span.end - span.start)
    assert old[at:] == new[at + shift :]
    return (normal(old), before), (normal(new), after)


@st.composite
def single_fixes(draw: st.DrawFn) -> tuple[MemoryRepository, list[Reported], Fix]:
    """A damaged collection, what is found in it, and one of the fixes that are offered."""
    repository = draw(damaged())
    reported = found(repository)
    codes = sorted({each.rule.code for each in reported if each.finding.fix is not None})
    assume(codes)
    code = draw(st.sampled_from(codes))
    fixes = [
        each.finding.fix
        for each in reported
        if each.finding.fix is not None and each.rule.code == code
    ]
    return repository, list(reported), draw(st.sampled_from(fixes))


@FEWER
@given(single_fixes())
def test_a_fix_removes_its_findings_and_adds_none(
    given_: tuple[MemoryRepository, list[Reported], Fix],
) -> None:
    """A repair that does not repair, or makes new work, is no repair."""
    repository, reported, fix = given_
    after, done = applied(repository, fix)
    if not done.changed:
        return
    claimed = [each for each in reported if each.finding.fix == fix]
    assert len(claimed) == sum(done.fixed.values())
    assert added(reported, claimed, found(after), repository.files) == Counter()


RESHAPED = {"TL201": 2.5, "TL211": 2.5, "TL401": 0.5, "TL402": 0.5}
"""How many lines around what such a fix touches are the table that it mends, or adds a row to."""
LIST = re.compile(r" <[uo]l[^<>]*>$")
RELINKED = {"TL303", "TL503", "TL505"}


def shown_on_both_sides(
    before: MemoryRepository, after: MemoryRepository, path: str, claimed: Sequence[Reported]
) -> tuple[list[str], list[str]]:
    """What is shown before and after a fix, without the tables and lines that it touches."""
    fix, code = claimed[0].finding.fix, claimed[0].rule.code
    assert fix is not None
    edits = [edit for edit in fix.edits if edit.place.path == path]
    (old, removed), (new, put) = both_sides(before.files[path], after.files[path], edits)
    if code == "TL105":
        # Whole sections move, and all that is in them stays what it is.
        return raw_apart(shown(old, set())), raw_apart(shown(new, set()))
    if code == "TL211":
        # The rows were a paragraph, and are a part of the table above now.
        rows = before.documents()[path].source
        removed |= {float(rows.position(each.finding.place.span.start)[0]) for each in claimed}
    around = RESHAPED.get(code, 0)
    if code == "TL003" and in_a_table(before.files, edits[0]):
        # The comment stood in a table and had broken it.
        around = 1.5
    one, other = shown(old, removed, around), shown(new, put, around)
    if code in RELINKED:
        one, other = ([TARGET.sub("", each) for each in side] for side in (one, other))
    if code == "TL310":
        # Where the first entry moves, the list begins at another one.
        one, other = ([p for p in side if not LIST.search(p)] for side in (one, other))
    return one, other


@FEWER
@given(single_fixes())
def test_what_a_fix_does_not_touch_is_shown_as_before(
    given_: tuple[MemoryRepository, list[Reported], Fix],
) -> None:
    """A repair here would change what the page says there, or bytes that nobody was told about."""
    repository, reported, fix = given_
    after, done = applied(repository, fix)
    claimed = [each for each in reported if each.finding.fix == fix]
    for path in done.changed.keys() & repository.files.keys():
        one, other = shown_on_both_sides(repository, after, path, claimed)
        assert one == other


@FEWER
@given(damaged(), st.booleans())
def test_repair_settles(repository: MemoryRepository, unsafe: bool) -> None:
    """A second `--fix` would change files again, or find what the first had called repaired."""
    after, done = repository.repaired(unsafe=unsafe)
    again = after.repaired(unsafe=unsafe)[1]

    assert again.changed == {}
    assert again.fixed == {}
    assert counts(done.reported) == counts(found(after))
    for path, text in repository.files.items():
        new = after.files[path]
        assert text.startswith("\ufeff") == new.startswith("\ufeff")
        assert set(ENDING.findall(new)) <= set(ENDING.findall(text) or ["\n"])
        assert text.endswith(("\r", "\n")) == new.endswith(("\r", "\n")) or not text


@FEWER
@given(damaged(), st.booleans())
def test_repair_adds_nothing(repository: MemoryRepository, unsafe: bool) -> None:
    """Several fixes at once would do what none of them does alone."""
    done = repository.repaired(unsafe=unsafe)[1]
    allowed = {each for code in done.fixed for each in UNCOVERS.get(code, frozenset())}
    if "TL003" in done.fixed:
        allowed |= UNCOVERS["TL201"]
    assume(not COPIES & done.fixed.keys())

    new = counts(done.reported) - counts(found(repository))

    assert {key: n for key, n in new.items() if key[0] not in allowed} == {}


def test_every_rule_with_a_fix_is_tried() -> None:
    """The properties above would hold of a generator that damages nothing."""
    tried: Counter[str] = Counter()

    @settings(derandomize=True, max_examples=400, phases=[Phase.generate])
    @given(damaged())
    def look(repository: MemoryRepository) -> None:
        tried.update(each.rule.code for each in found(repository) if each.finding.fix is not None)

    look()

    assert {rule.code for rule in RULES if rule.fixes} <= tried.keys()
