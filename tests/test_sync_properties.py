"""Whatever anybody edits on either side: nothing is lost, and repair comes to rest in agreement."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_repository import MemoryRepository
from paper_collection import BIG, TEMPLATE, line, note, table
from test_sync_repositories import CONTRACT
from tldr_lint.checks import RULES
from tldr_lint.engine import selection
from tldr_lint.merge.driver import merge
from tldr_lint.sync.decide import questions

KEYS = "ABCDEFG"
Facts = tuple[str, str]


@dataclass
class Collection:
    """The two sides, before they are written as files."""

    notes: dict[str, tuple[str, Facts]] = field(default_factory=dict)
    """Name of the note → key and facts."""
    rows: list[tuple[str, Facts]] = field(default_factory=list)
    spaced: bool = True

    def row(self, key: str, facts: Facts) -> str:
        written = line((key, *facts))
        return written if self.spaced else written.replace(" | ", "|").replace("| ", "|")

    def files(self) -> dict[str, str]:
        index = "".join(f"- [{name}](notes/{name}.md)\n" for name in sorted(self.notes))
        return {
            "tldr-lint.toml": CONTRACT,
            "README.md": f"# Papers\n\n{index}",
            "notes/TEMPLATE.md": TEMPLATE,
            BIG: table(()) + "".join(self.row(*each) for each in self.rows),
            **{
                f"notes/{name}.md": note(name, (key, *facts))
                for name, (key, facts) in self.notes.items()
            },
        }


@st.composite
def edited(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """The files of a collection in step, and what they are after edits on both sides.

    Every value is another one, so that a lost one shows.
    """
    fresh = (f"{style}{n}{style}" for n, style in enumerate(("", "**", "`") * 99, 100))
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=5))
    now = Collection(spaced=draw(st.booleans()))
    for key in keys:
        facts = (next(fresh), next(fresh))
        now.notes[f"n{key}"] = (key, facts)
        now.rows.append((key, facts))
    before = now.files()
    for _ in range(draw(st.integers(0, 6))):
        edit(draw, now, lambda: next(fresh))
    return before, now.files()


def edit(draw: st.DrawFn, now: Collection, fresh: Callable[[], str]) -> None:
    side = draw(st.sampled_from(["note", "row"]))
    kind = draw(st.sampled_from(["change", "change", "delete", "add", "rename", "move", "both"]))
    key = draw(st.sampled_from(KEYS))
    if kind == "move" and now.rows:
        now.rows.insert(draw(st.integers(0, len(now.rows))), now.rows.pop())
    elif kind == "add":
        if side == "note":
            now.notes.setdefault(f"m{key}", (key, (fresh(), fresh())))
        else:
            now.rows.insert(draw(st.integers(0, len(now.rows))), (key, (fresh(), fresh())))
    elif kind == "both":
        value = (fresh(), fresh())
        now.notes[f"m{key}"] = (key, value)
        now.rows.append((key, value))
    elif side == "note" and now.notes:
        name = draw(st.sampled_from(sorted(now.notes)))
        old, facts = now.notes.pop(name)
        if kind != "delete":
            now.notes[name] = (
                (key, facts) if kind == "rename" else (old, changed(draw, facts, fresh))
            )
    elif side == "row" and now.rows:
        at = draw(st.integers(0, len(now.rows) - 1))
        old, facts = now.rows.pop(at)
        if kind != "delete":
            row = (key, facts) if kind == "rename" else (old, changed(draw, facts, fresh))
            now.rows.insert(at, row)


def changed(draw: st.DrawFn, facts: Facts, fresh: Callable[[], str]) -> Facts:
    return (fresh(), facts[1]) if draw(st.booleans()) else (facts[0], fresh())


def repository(files: Mapping[str, str], base: Mapping[str, str]) -> MemoryRepository:
    made = MemoryRepository(files, None, base)
    made.selection = selection(made.settings, RULES, ("TL4",))
    return made


def values(files: Mapping[str, str]) -> set[str]:
    return {value for text in files.values() for value in re.findall(r"\d+", text)}


@given(edited())
def test_a_safe_repair_loses_no_value_that_stands_nowhere_else(
    both: tuple[dict[str, str], dict[str, str]],
) -> None:
    base, files = both

    after = repository(files, base).repaired()[0].files

    assert values(files) <= values(after) | values(base)


@given(edited())
def test_after_a_repair_both_sides_agree_or_somebody_is_asked(
    both: tuple[dict[str, str], dict[str, str]],
) -> None:
    """What is left after a safe repair is a conflict, or has no base."""
    base, files = both
    after = repository(repository(files, base).repaired()[0].files, base)

    for diagnostic in after.diagnostics():
        if diagnostic.code in {"TL402", "TL403"}:
            assert diagnostic.fix is None or diagnostic.fix.applicability == "unsafe"
        else:
            assert diagnostic.code == "TL404"


@given(edited(), st.booleans())
def test_repairing_twice_is_repairing_once(
    both: tuple[dict[str, str], dict[str, str]], unsafe: bool
) -> None:
    base, files = both
    once = repository(files, base).repaired(unsafe=unsafe)[0].files

    twice = repository(once, base).repaired(unsafe=unsafe)[0].files

    assert once == twice


@given(edited())
def test_rows_not_concerned_keep_their_bytes(
    both: tuple[dict[str, str], dict[str, str]],
) -> None:
    base, files = both
    before = repository(files, base)
    concerned = {
        name
        for diagnostic in before.diagnostics()
        for name in re.findall(r"`([A-G])`", diagnostic.message)
    }

    after = before.repaired()[0].files[BIG].splitlines()

    for row in files[BIG].splitlines():
        if row.split("|")[1].strip() not in concerned:
            assert row in after


@given(edited(), edited())
def test_a_merge_driver_s_merge_loses_no_value(
    one: tuple[dict[str, str], dict[str, str]], other: tuple[dict[str, str], dict[str, str]]
) -> None:
    """Every value that a side added stands in the result, be it between markers."""
    base, ours, theirs = one[0][BIG], one[1][BIG], other[1][BIG]
    known = values({"": base})

    text = merge(base, ours, theirs).text

    assert values({"": ours}) - known <= values({"": text})
    assert values({"": theirs}) - known <= values({"": text})


def calls(work: Callable[[], object]) -> int:
    """How many functions are called: the work done, whatever the machine."""
    count = 0

    def counted(*_event: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("drifting", [False, True])
def test_the_work_grows_with_the_rows_and_not_with_their_square(drifting: bool) -> None:
    def work(size: int) -> int:
        now = Collection()
        for n in range(size):
            facts = (f"x{n}", f"y{n}")
            now.notes[f"n{n:05}"] = (f"M{n}", facts)
            now.rows.append((f"M{n}", (f"z{n}" if drifting else facts[0], facts[1])))
        if drifting:
            now.rows.reverse()
        files = now.files()
        made = repository(files, files)
        workspace = made.workspace(made.documents())
        rules = [rule for rule in RULES if rule.code.startswith("TL4")]
        return calls(
            lambda: (questions(workspace), [list(rule.check(workspace)) for rule in rules])
        )

    assert work(400) < 2.5 * work(200)
