"""Collections of many kinds, whole: clean as they stand, and each mutation reported where it is.

Each of these folders of `tests/collections/` is a small repository with its contract.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tldr_lint.engine import diagnostics
from tldr_lint.request import Options
from tldr_lint.session import Session

COLLECTIONS = Path(__file__).parent / "collections"
NAMES = ("advisories", "awesome", "decisions", "enhancements", "proposals", "til")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return tmp_path / "repository"


def said(session: Session) -> list[str]:
    outcome = session.check()
    return [
        f"{each.location.path}:{each.location.start.row}:{each.location.start.column} "
        f"{each.code} {each.message}"
        for each in diagnostics(outcome.reported, outcome.sources)
    ]


def replaced(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text("utf-8")
    assert 1 == text.count(old), f"{old!r} stands {text.count(old)} times in {path}"
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_collection_that_keeps_its_contract_is_clean(name: str) -> None:
    """A false alarm on a kind of collection that the documentation shows how to adopt."""
    assert [] == said(Session(COLLECTIONS / name, Options()))


@dataclass(frozen=True)
class Case:
    """What happens to a collection, what is said of it, and what the fix makes of it."""

    name: str
    path: str
    old: str
    new: str
    found: tuple[str, ...]
    fixed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Path → what is replaced by what, beside the mutation, once all fixes are applied."""
    left: tuple[str, ...] = ()


FIRST = "| [001](proposals/prop-001.md) | How proposals are made | @ada | Final |\n"
THIRD = "| [003](proposals/prop-003.md) | Wicks that trim themselves | @brook | Review |\n"

CASES = [
    Case(
        "proposals",
        "proposals/prop-003.md",
        "status: Review",
        "status: Final",
        (
            (
                "README.md:12:72 TL310 column `Status` says `Review`, "
                "but `proposals/prop-003.md` says `Final`"
            ),
        ),
        {"README.md": ("| Review |", "| Final |")},
    ),
    Case(
        "proposals",
        "proposals/prop-002.md",
        'title: "A `flame` header"',
        'title: "A `flame` | `spark` header"',
        (
            (
                "README.md:20:81 TL310 column `Title` says `A flame header`, "
                "but `proposals/prop-002.md` says `A flame | spark header`"
            ),
            (
                "docs/final.md:3:3 TL310 the entry says `A flame header (2023-05-02)`, "
                "but `proposals/prop-002.md` says `A flame | spark header (2023-05-02)`"
            ),
        ),
        {
            "README.md": ("A `flame` header", r"A `flame` \| `spark` header"),
            "docs/final.md": ("A `flame` header", "A `flame` | `spark` header"),
        },
    ),
    Case(
        "proposals",
        "README.md",
        "[003](proposals/prop-003.md)",
        "[3](proposals/prop-003.md)",
        (("README.md:12:3 TL310 column `No` says `3`, but `proposals/prop-003.md` says `003`"),),
        {"README.md": ("[3](", "[003](")},
    ),
    Case(
        "proposals",
        "README.md",
        "**4** proposals",
        "**5** proposals",
        ("README.md:3:13 TL310 it says there are 5, but there are 4",),
        {"README.md": ("**5** proposals", "**4** proposals")},
    ),
    Case(
        "proposals",
        "README.md",
        "There are **4** proposals",
        "There are four proposals",
        (
            (
                "README.md:1:1 TL310 nothing says `There are **4** proposals`, "
                "as the contract asks for"
            ),
        ),
        left=("TL310",),
    ),
    Case(
        "proposals",
        "README.md",
        FIRST + THIRD,
        THIRD + FIRST,
        ("README.md:11:1 TL310 `3` is out of order: it belongs after `1`",),
        {"README.md": (THIRD + FIRST, FIRST + THIRD)},
    ),
    Case(
        "proposals",
        "docs/final.md",
        "- [How proposals are made](../proposals/prop-001.md)\n  (2023-01-09)",
        "- [How proposals\n  are made](../proposals/prop-001.md)\n  (2023-01-10)",
        (
            (
                "docs/final.md:4:3 TL310 the entry says `How proposals are made (2023-01-10)`, "
                "but `proposals/prop-001.md` says `How proposals are made (2023-01-09)`"
            ),
        ),
        {
            "docs/final.md": (
                "[How proposals\n  are made](../proposals/prop-001.md)\n  (2023-01-10)",
                "[How proposals are made](../proposals/prop-001.md) (2023-01-09)",
            )
        },
    ),
    Case(
        "proposals",
        "proposals/prop-004.md",
        "title: ",
        "title: `",
        (
            (
                "proposals/prop-004.md:3:1 TL205 the front matter cannot be read: "
                "found character that cannot start any token"
            ),
        ),
        left=("TL205",),
    ),
    Case(
        "proposals",
        "proposals/prop-003.md",
        "created: 2024-02-11",
        "created: 11 Feb 2024",
        (
            (
                r"proposals/prop-003.md:5:10 TL210 `created` is `11 Feb 2024`, "
                r"which does not match `\d{4}-\d{2}-\d{2}`"
            ),
        ),
        left=("TL210",),
    ),
    Case(
        "enhancements",
        "enhancements/0012-sleep-deeper/enhancement.yaml",
        "stage: beta",
        "stage: stable",
        (
            (
                "enhancements/README.md:5:51 TL310 column `Stage` says `Beta (since 1.4)`, "
                "but `enhancements/0012-sleep-deeper/README.md` says `stable`"
            ),
        ),
        left=("TL310",),
    ),
    Case(
        "enhancements",
        "enhancements/0140-wake-by-smell/enhancement.yaml",
        "owner: { name: Jun }",
        "owner: { name: June }",
        (
            (
                "enhancements/README.md:6:57 TL310 column `Owner` says `Jun`, "
                "but `enhancements/0140-wake-by-smell/README.md` says `June`"
            ),
        ),
        {"enhancements/README.md": ("| Jun |", "| June |")},
    ),
    Case(
        "enhancements",
        "enhancements/README.md",
        "[Sleep deeper](0012-sleep-deeper)",
        "[Sleep deeper](0012-sleep-deeper/enhancement.yaml) <!-- -->",
        ("enhancements/0012-sleep-deeper/README.md:1:1 TL305",),
        left=("TL305",),
    ),
    Case(
        "enhancements",
        "enhancements/0012-sleep-deeper/enhancement.yaml",
        "number: 12",
        "number: [12",
        (
            (
                "enhancements/0012-sleep-deeper/README.md:1:1 TL205 "
                "`enhancements/0012-sleep-deeper/enhancement.yaml` cannot be read, line "
            ),
        ),
        left=("TL205",),
    ),
    Case(
        "decisions",
        "docs/adr/0002-keep-notes-in-git.md",
        "**Status:** Superseded by ADR-0003",
        "**Status:** Abandoned",
        (
            (
                "docs/adr/0002-keep-notes-in-git.md:3:13 TL210 `Status` is `Abandoned`, which does "
                r"not match `Proposed|Accepted|Rejected|Superseded by ADR-\d+`"
            ),
            (
                "docs/adr/README.md:6:59 TL310 column `Status` says `Superseded by ADR-0003`, "
                "but `docs/adr/0002-keep-notes-in-git.md` says `Abandoned`"
            ),
        ),
        {"docs/adr/README.md": ("| Superseded by ADR-0003 |", "| Abandoned |")},
        left=("TL210",),
    ),
    Case(
        "decisions",
        "docs/adr/0003-keep-notes-in-a-drawer.md",
        "Date:   2023-11-30",
        "Date:   2023-12-01",
        (
            (
                "docs/adr/README.md:7:80 TL310 column `Date` says `2023-11-30`, "
                "but `docs/adr/0003-keep-notes-in-a-drawer.md` says `2023-12-01`"
            ),
        ),
        {"docs/adr/README.md": ("| 2023-11-30 |", "| 2023-12-01 |")},
    ),
    Case(
        "decisions",
        "docs/adr/0001-record-decisions.md",
        "# ADR-0001: Record decisions",
        "# ADR-0001: Record all decisions",
        (
            (
                "docs/adr/README.md:5:38 TL310 column `Decision` says `Record decisions`, "
                "but `docs/adr/0001-record-decisions.md` says `Record all decisions`"
            ),
        ),
        {"docs/adr/README.md": ("| Record decisions |", "| Record all decisions |")},
    ),
    Case(
        "decisions",
        "docs/adr/0001-record-decisions.md",
        "# ADR-0001: Record",
        "# ADR 1 Record",
        ("docs/adr/0001-record-decisions.md:1:1 TL110",),
        left=("TL110",),
    ),
    Case(
        "awesome",
        "README.md",
        "- [Bowline tester](tools/bowline-tester.md) - Pulls until something gives.\n"
        "- [Knotty](tools/knotty.md) - Counts crossings.\n",
        "- [Knotty](tools/knotty.md) - Counts crossings.\n"
        "- [Bowline tester](tools/bowline-tester.md) - Pulls until something gives.\n",
        ("README.md:9:3 TL310 `Knotty` is out of order: it belongs after `Bowline tester`",),
        {
            "README.md": (
                (
                    "- [Knotty](tools/knotty.md) - Counts crossings.\n"
                    "- [Bowline tester](tools/bowline-tester.md) - Pulls until something gives.\n"
                ),
                (
                    "- [Bowline tester](tools/bowline-tester.md) - Pulls until something gives.\n"
                    "- [Knotty](tools/knotty.md) - Counts crossings.\n"
                ),
            )
        },
    ),
    Case(
        "awesome",
        "tools/ropeweaver.md",
        "Draws ropes",
        "Draws strings",
        (
            (
                "README.md:14:3 TL310 the entry says "
                "`Ropeweaver - Draws ropes, and nothing else.`, "
                "but `tools/ropeweaver.md` says `Ropeweaver - Draws strings, and nothing else.`"
            ),
        ),
        {"README.md": ("Draws\n  ropes, and nothing", "Draws strings, and nothing")},
    ),
    Case(
        "awesome",
        "books/rope-and-reason.md",
        "2019",
        "1986",
        (
            (
                "README.md:20:3 TL310 the entry says `Rope and Reason, 2019`, "
                "but `books/rope-and-reason.md` says `Rope and Reason, 1986`"
            ),
            "README.md:21:3 TL310 `1987` is out of order: it belongs before `1986`",
        ),
        {
            "README.md": (
                (
                    "- [Rope and Reason](books/rope-and-reason.md), **2019**\n"
                    "- [The Tangled Almanac](books/the-tangled-almanac.md), 1987\n"
                ),
                (
                    "- [The Tangled Almanac](books/the-tangled-almanac.md), 1987\n"
                    "- [Rope and Reason](books/rope-and-reason.md), **2019**\n"
                ),
            )
        },
        left=("TL310",),
    ),
    Case(
        "awesome",
        "README.md",
        "- [Knotty](tools/knotty.md) - Counts crossings.\n",
        "",
        ("tools/knotty.md:1:1 TL305",),
        left=("TL305",),
    ),
    Case(
        "til",
        "git/undo-a-merge.md",
        "# Undo a merge",
        "# Unmake a merge",
        (
            (
                "README.md:8:3 TL310 the entry says `Undo a merge`, "
                "but `git/undo-a-merge.md` says `Unmake a merge`"
            ),
        ),
        {"README.md": ("[Undo a merge]", "[Unmake a merge]")},
    ),
    Case(
        "til",
        "README.md",
        "3 things so far.",
        "1,003 things so far.",
        ("README.md:3:1 TL310 it says there are 1,003, but there are 3",),
        {"README.md": ("1,003 things", "3 things")},
    ),
    Case(
        "advisories",
        "advisories/2024/LAN-2024-0001.md",
        "| Severity | low |",
        "| Severity | medium |",
        (
            (
                "CHANGELOG.md:7:80 TL310 column `Severity` says `low`, "
                "but `advisories/2024/LAN-2024-0001.md` says `medium`"
            ),
            "advisories/all.md:7:19 TL403",
        ),
        {"CHANGELOG.md": ("| low |", "| medium |")},
        left=("TL403",),
    ),
    Case(
        "advisories",
        "CHANGELOG.md",
        "| 9.1 (was 8.7) |",
        "| 9.4 |",
        (
            (
                "CHANGELOG.md:6:88 TL310 column `Score` says `9.4`, "
                "but `advisories/2024/LAN-2024-0002.md` says `9.1`"
            ),
        ),
        left=("TL310",),
    ),
    Case(
        "advisories",
        "CHANGELOG.md",
        "| What | Severity |",
        "| Summary | Severity |",
        (("CHANGELOG.md:3:1 TL310 the index has no column `What`, which the contract asks for"),),
        left=("TL310",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}-{case.old[:30]}" for case in CASES])
def test_a_mutation_is_reported_at_its_place_and_repaired(case: Case, copied: Path) -> None:
    """Drift that is missed, misplaced, or repaired to something else than the contract says."""
    shutil.copytree(COLLECTIONS / case.name, copied)
    replaced(copied, case.path, case.old, case.new)
    before = {path: path.read_text("utf-8") for path in copied.rglob("*") if path.is_file()}
    session = Session(copied, Options())
    found = said(session)

    assert len(case.found) == len(found), found
    for expected in case.found:
        assert any(each.startswith(expected) for each in found), found

    repaired = session.repair()
    for path, (old, new) in case.fixed.items():
        file = copied / path
        before[file] = before[file].replace(old, new)

    assert {
        path.relative_to(copied).as_posix(): text
        for path, text in before.items()
        if path.read_text("utf-8") != text
    } == {path: source.text for path, source in repaired.changed.items()}
    assert list(case.left) == [each.rule.code for each in repaired.reported]


def test_a_finding_in_the_index_is_shown_for_the_item_that_caused_it(copied: Path) -> None:
    """Who lints only the note they changed must see that its index entry is stale now."""
    shutil.copytree(COLLECTIONS / "til", copied)
    replaced(copied, "git/undo-a-merge.md", "# Undo a merge", "# Unmake a merge")

    assert ["TL310"] == [
        each.rule.code
        for each in Session(copied, Options(paths=("git/undo-a-merge.md",))).check().reported
    ]
    assert () == Session(copied, Options(paths=("sql",))).check().reported
