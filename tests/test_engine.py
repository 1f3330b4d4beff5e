"""The engine: which rules run, how fixes go together, what repair may never do."""

from collections.abc import Callable, Iterator

import pytest

from tldr_lint.collection import Workspace
from tldr_lint.contract.model import Contract
from tldr_lint.document import Document
from tldr_lint.engine import CycleError, Repair, RuleError, Selection, repair, run, selection
from tldr_lint.parse import parse
from tldr_lint.rule import Applicability, Check, Finding, Fix, Rule, Severity
from tldr_lint.text import Edit, Place, Source, Span
from tldr_lint.workspace import build

BOTH = frozenset(Applicability)


def rule(code: str, check: Check) -> Rule:
    return Rule(code, f"rule-{code[2:]}", Severity.WARNING, BOTH, check)


def workspace(**texts: str) -> Workspace:
    return rebuilt(
        {f"{name}.md": parse(Source(f"{name}.md", text)) for name, text in texts.items()}
    )


def rebuilt(documents: dict[str, Document]) -> Workspace:
    return build(documents, Contract(), ())


def repaired(start: Workspace, *rules: Rule, unsafe: bool = False) -> Repair:
    return repair(
        start,
        selection(Contract(), rules),
        lambda changed: rebuilt({**start.documents, **changed}),
        unsafe=unsafe,
    )


def replace(old: str, new: str, path: str = "a.md", safe: bool = True) -> Check:
    """A rule that finds each `old` in a file and would have it be `new`."""

    def check(found: Workspace) -> Iterator[Finding]:
        text = found.documents[path].source.text
        at = text.find(old)
        while at >= 0:
            place = Place(path, Span(at, at + len(old)))
            how = Applicability.SAFE if safe else Applicability.UNSAFE
            yield Finding(place, f"{old} at {at}", Fix("replace", (Edit(place, new),), how))
            at = text.find(old, at + len(old))

    return check


def text_of(done: Repair, path: str = "a.md") -> str:
    return done.workspace.documents[path].source.text


def test_repair_applies_what_is_safe_and_reports_the_rest() -> None:
    start = workspace(a="one two\n")
    done = repaired(
        start, rule("TL901", replace("one", "1")), rule("TL902", replace("two", "2", safe=False))
    )

    assert "1 two\n" == text_of(done)
    assert ["TL902"] == [each.rule.code for each in done.reported]
    assert {"TL901": 1} == dict(done.fixed)
    assert "1 2\n" == text_of(
        repaired(
            start,
            rule("TL901", replace("one", "1")),
            rule("TL902", replace("two", "2", safe=False)),
            unsafe=True,
        )
    )


def test_touching_edits_wait_for_the_next_round() -> None:
    """`ab` and `bc` overlap in `abc`: both at once would garble it."""
    done = repaired(
        workspace(a="abcd\n"),
        rule("TL901", replace("ab", "x")),
        rule("TL902", replace("bc", "y")),
        rule("TL903", replace("cd", "z")),
    )

    assert "xz\n" == text_of(done)


def test_a_fix_over_two_files_is_applied_whole_or_not_at_all() -> None:
    def check(found: Workspace) -> Iterator[Finding]:
        here, there = (found.documents[p].source.text.find("move") for p in ("a.md", "b.md"))
        if here >= 0 and there >= 0:
            edits = (
                Edit(Place("a.md", Span(here, here + 4)), "moved"),
                Edit(Place("b.md", Span(there, there + 4)), "gone"),
            )
            yield Finding(edits[1].place, "two files", Fix("move", edits))

    start = workspace(a="move it\n", b="move\n")
    blocked = rule("TL900", replace("move it", "stay"))
    done = repaired(start, blocked, rule("TL901", check))

    assert ("stay\n", "move\n") == (text_of(done), text_of(done, "b.md"))
    whole = repaired(start, rule("TL901", check))
    assert ("moved it\n", "gone\n") == (text_of(whole), text_of(whole, "b.md"))
    assert (frozenset({"a.md", "b.md"}),) == whole.groups


def test_files_that_a_chain_of_fixes_joins_are_one_group() -> None:
    """Files of one repair are written apart: if one cannot be written, the others say otherwise."""

    def both(one: str, other: str, word: str) -> Check:
        def check(found: Workspace) -> Iterator[Finding]:
            ats = [(p, found.documents[p].source.text.find(word)) for p in (one, other)]
            if all(at >= 0 for _, at in ats):
                edits = [Edit(Place(p, Span(at, at + len(word))), "-") for p, at in ats]
                yield Finding(edits[0].place, word, Fix(word, tuple(edits)))

        return check

    done = repaired(
        workspace(a="one\n", b="one two\n", c="three two\n", d="three\n", e="four\n", f="four\n"),
        rule("TL901", both("a.md", "b.md", "one")),
        rule("TL902", both("c.md", "d.md", "three")),
        rule("TL903", both("e.md", "f.md", "four")),
        rule("TL904", both("b.md", "c.md", "two")),
    )

    expected = {frozenset({"a.md", "b.md", "c.md", "d.md"}), frozenset({"e.md", "f.md"})}
    assert expected == set(done.groups)
    assert 2 == len(done.groups)


def test_fixes_that_undo_each_other_are_a_loud_error_naming_the_codes() -> None:
    with pytest.raises(CycleError, match="TL901, TL902"):
        repaired(
            workspace(a="tick\n"),
            rule("TL901", replace("tick", "tock")),
            rule("TL902", replace("tock", "tick")),
        )


def test_thousands_of_fixes_that_touch_each_other_come_to_rest() -> None:
    """Every other one goes in a round, and after ten rounds the tool called that its own bug."""
    lines = "x\n" * 5_000

    def each_line(here: Workspace) -> Iterator[Finding]:
        text = here.documents["a.md"].source.text
        for at in range(0, len(text), 2):
            place = Place("a.md", Span(at, at + 2))
            yield Finding(place, "a line", Fix("remove it", (Edit(place, ""),)))

    done = repaired(workspace(a=lines), rule("TL901", each_line))

    assert done.changed["a.md"].text == ""
    assert done.fixed == {"TL901": 5_000}


def test_a_fix_that_never_comes_to_rest_is_a_loud_error() -> None:
    with pytest.raises(CycleError, match="TL901"):
        repaired(workspace(a="x\n"), rule("TL901", replace("x", "xx")))


@pytest.mark.parametrize("harm", ["```", "<!--", "<div>", "| a |\n|---|"])
def test_a_fix_that_changes_the_meaning_of_something_else_is_refused(harm: str) -> None:
    """The link below would become code, a comment, a tag's content or a row."""
    text = "word\n\n[l](t.md)\n"
    done = repaired(workspace(a=text), rule("TL901", replace("word\n\n", f"{harm}\n")))

    assert text == text_of(done)
    assert ["TL901"] == [each.rule.code for each in done.reported]


def test_harmless_fixes_survive_a_harmful_one_beside_them() -> None:
    done = repaired(
        workspace(a="one\n\ntwo\n\n# T\n"),
        rule("TL901", replace("one", "```")),
        rule("TL902", replace("two", "2")),
    )

    assert "one\n\n2\n\n# T\n" == text_of(done)


def test_a_fix_can_create_a_file_but_never_over_another() -> None:
    def check(found: Workspace) -> Iterator[Finding]:
        place = Place("a.md", Span(0, 0))
        for path in ("b.md", "c.md"):
            if path == "b.md" or path not in found.documents:
                yield Finding(place, path, Fix("create", (), creates=((path, "# New\n"),)))

    done = repaired(workspace(a="x\n", b="# Old\n"), rule("TL901", check))

    assert {"c.md": "# New\n"} == {path: source.text for path, source in done.changed.items()}


def test_a_rule_that_fails_is_named() -> None:
    def check(found: Workspace) -> Iterator[Finding]:
        yield Finding(Place("a.md", Span(0, 0)), found.documents["no such file"].path)

    with pytest.raises(RuleError, match="TL901 failed: KeyError"):
        run(workspace(a=""), selection(Contract(), [rule("TL901", check)]))


def quiet(_found: Workspace) -> Iterator[Finding]:
    return iter(())


RULES = [rule(code, quiet) for code in ("TL101", "TL202", "TL203")]


@pytest.mark.parametrize(
    ("contract", "select", "ignore", "codes"),
    [
        (Contract(), (), (), ["TL101", "TL202", "TL203"]),
        (Contract(select=("TL2",)), (), (), ["TL202", "TL203"]),
        (Contract(ignore=("TL2",)), (), (), ["TL101"]),
        (Contract(select=("TL202",), ignore=("TL2",)), (), (), ["TL202"]),
        (Contract(ignore=("TL202",)), ("TL2",), (), ["TL202", "TL203"]),
        (Contract(select=("TL101",)), ("rule-203",), (), ["TL203"]),
        (Contract(), ("TL2",), ("tl203",), ["TL202"]),
        (Contract(select=("TL1",)), (), ("TL101",), []),
    ],
)
def test_the_longer_name_wins_and_the_command_line_before_the_contract(
    contract: Contract, select: tuple[str, ...], ignore: tuple[str, ...], codes: list[str]
) -> None:
    chosen: Selection = selection(contract, RULES, select, ignore)

    assert codes == [each.code for each in chosen.rules]


def test_severities_per_file_ignores_and_exclude() -> None:
    contract = Contract(
        severity={"TL9": "error", "TL902": "info"},
        per_file_ignores={"b.md": ("TL901",)},
        exclude=("c.md",),
    )
    rules = [
        rule(code, each) for code, each in {"TL901": everywhere(), "TL902": everywhere()}.items()
    ]
    found = run(workspace(a="x", b="x", c="x"), selection(contract, rules))

    assert [
        ("a.md", "TL901", Severity.ERROR),
        ("a.md", "TL902", Severity.INFO),
        ("b.md", "TL902", Severity.INFO),
    ] == [(each.finding.place.path, each.rule.code, each.severity) for each in found]


def everywhere() -> Callable[[Workspace], Iterator[Finding]]:
    def check(found: Workspace) -> Iterator[Finding]:
        for path in found.documents:
            yield Finding(Place(path, Span(0, 1)), "here")

    return check


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("X\n<!-- tldr-lint-disable TL901 -->\nX\n<!-- tldr-lint-enable TL901 -->\nX\n", [1, 5]),
        ("X\n<!-- tldr-lint-disable -->\nX\n", [1]),
        ("<!-- tldr-lint-disable-next-line tl901 -- reason TL902 -->\nX\nX\n", [3]),
        ("X <!-- tldr-lint-disable-line rule-901 -->\nX\n", [2]),
        ("X\n\n<!-- tldr-lint-disable-file TL9 -->\n\nX\n", []),
        ("<!-- tldr-lint-disable TL902 -->\nX\n", [2]),
        ("```\n<!-- tldr-lint-disable -->\n```\n\nX\n", [5]),
        ("X\n\n<!-- tldr-lint-disable-next-table TL901 -->\n\n| X |\n|---|\n| X |\n\nX\n", [1, 9]),
        ("| X |\n|---|\n| X <!-- tldr-lint-disable-line TL901 --> |\n| X |\n", [1, 4]),
        ("<!-- tldr-lint-disable TL901, TL902 -->\nX\n<!-- tldr-lint-enable TL901 -->\nX\n", [4]),
    ],
)
def test_suppressions_cover_what_they_say(text: str, lines: list[int]) -> None:
    found = workspace(a=text)
    source = found.documents["a.md"].source
    reported = run(found, selection(Contract(), [rule("TL901", replace("X", "y"))]))

    assert lines == [source.position(each.finding.place.span.start)[0] for each in reported]


def test_a_suppressed_finding_is_not_fixed() -> None:
    done = repaired(
        workspace(a="one <!-- tldr-lint-disable-line TL901 -->\none\n"),
        rule("TL901", replace("one", "1")),
    )

    assert "one <!-- tldr-lint-disable-line TL901 -->\n1\n" == text_of(done)
