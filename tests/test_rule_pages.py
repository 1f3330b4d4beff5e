"""The pages of the rules are promises: every example of every page is run here."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from memory_repository import MemoryRepository, as_line
from tldr_lint import pages
from tldr_lint.answers import Answer, History, Hop, Page, Verdict
from tldr_lint.checks import RULES
from tldr_lint.document import Document
from tldr_lint.parse import parse
from tldr_lint.rule import Applicability, Rule
from tldr_lint.text import Source

RULE_OF = {rule.code: rule for rule in RULES}
PAGE_NAMES = sorted(
    entry.name for entry in pages.folder().iterdir() if re.match(r"TL\d", entry.name)
)
CATALOGUE_COLUMNS = ["Code", "Name", "Severity", "Fix", "Reported when"]


def page_document(name: str) -> Document:
    text = (pages.folder() / name).read_text(encoding="utf-8")
    return parse(Source(f"rules/{name}", text))


PAGES = {name: pages.take_apart(page_document(name)) for name in PAGE_NAMES}
EXAMPLES = [
    pytest.param(RULE_OF[name[:5]], example, id=f"{name[:5]}: {example.title}")
    for name, page in PAGES.items()
    for example in page.examples
    if name[:5] in RULE_OF
]


def answer_from(table: Mapping[str, Any]) -> Answer:
    """An answer as a page writes it: the fields of `Answer`, as TOML."""
    fields = dict(table)
    fields["verdict"] = Verdict(fields.get("verdict", "alive"))
    fields["hops"] = tuple(Hop(**hop) for hop in fields.get("hops", ()))
    fields["history"] = History(**fields.get("history", {}))
    if "page" in fields:
        page = dict(fields["page"])
        if "anchors" in page:
            page["anchors"] = frozenset(page["anchors"])
        page["years"] = frozenset(page.get("years", ()))
        fields["page"] = Page(**page)
    return Answer(**fields)


def repository(example: pages.Example) -> MemoryRepository:
    tables = tomllib.loads(example.answers).get("answer", ())
    answers = {table["url"]: answer_from(table) for table in tables}
    base = {**example.files, **example.base} if example.base else None
    return MemoryRepository(example.files, answers, base)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_is_reported_as_its_page_says(rule: Rule, example: pages.Example) -> None:
    """A page promises a message, a place, or a silence that the rule does not keep."""
    reported = repository(example).diagnostics()

    assert list(example.report) == [as_line(diagnostic) for diagnostic in reported]
    assert example.bad == any(diagnostic.code == rule.code for diagnostic in reported)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_is_repaired_as_its_page_says(rule: Rule, example: pages.Example) -> None:
    """`--fix` writes another text than the page shows, or touches a file it does not show."""
    fixed = repository(example).repaired()[0].files

    assert dict(example.files) | dict(example.fixed) == fixed

    anyhow = repository(example).repaired(unsafe=True)[0].files

    assert fixed | dict(example.fixed_unsafe) == anyhow


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_safe_repair_leaves_nothing_new_to_report(rule: Rule, example: pages.Example) -> None:
    """`--fix` removes one finding and makes another."""
    before = repository(example)
    after, done = before.repaired()
    left = Counter(diagnostic.code for diagnostic in after.diagnostics())
    found = Counter(diagnostic.code for diagnostic in before.diagnostics())

    assert found - Counter(done.fixed) >= left


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_repairing_twice_is_repairing_once(
    rule: Rule, example: pages.Example, unsafe: bool
) -> None:
    """A second `--fix` still finds work that the first one claims to have done."""
    once, _ = repository(example).repaired(unsafe=unsafe)
    twice, again = once.repaired(unsafe=unsafe)

    assert once.files == twice.files
    assert not again.fixed


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_the_examples_show_every_fix_the_page_declares(name: str) -> None:
    """A page declares a fix that none of its examples shows, or shows one it does not declare."""
    rule = RULE_OF[name[:5]]
    shown: set[Applicability] = set()
    for example in PAGES[name].examples:
        for diagnostic in repository(example).diagnostics():
            if diagnostic.code == rule.code and diagnostic.fix is not None:
                shown.add(diagnostic.fix.applicability)

    assert rule.fixes == shown


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_a_page_says_of_its_rule_what_the_code_says(name: str) -> None:
    """Code, name, severity or fix of a page are not the rule's."""
    page = PAGES[name]
    rule = RULE_OF[name[:5]]
    fixes = ", ".join(sorted(rule.fixes)) or "none"
    expected = {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "fix": fixes,
    }

    assert expected == dict(page.facts)
    assert f"{rule.name} ({rule.code})" == page.title
    assert f"{rule.code}-{rule.name}.md" == name


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_a_page_has_bad_and_good_examples(name: str) -> None:
    """A page shows only one side of its rule."""
    assert {True, False} == {example.bad for example in PAGES[name].examples}


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    """A rule was added without its page, or a page outlived its rule."""
    assert [f"{rule.code}-{rule.name}.md" for rule in RULES] == PAGE_NAMES


def test_the_catalogue_lists_every_page_as_it_is() -> None:
    """`rules/README.md` lacks a rule, or says something else of one than its page."""
    catalogue = page_document("README.md")
    table = catalogue.tables[0]

    assert [cell.raw for cell in table.header.cells] == CATALOGUE_COLUMNS

    expected = [
        [f"[{facts['code']}]({name})", facts["name"], facts["severity"], facts["fix"]]
        for name, facts in ((name, page.facts) for name, page in PAGES.items())
    ]

    assert expected == [[cell.raw for cell in row.cells[:4]] for row in table.rows]
    assert all(row.cells[4].raw for row in table.rows)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_a_page_is_printed_without_its_front_matter(name: str) -> None:
    """`explain` prints the machine's part of a page, or leaves out the severity."""
    rule = RULE_OF[name[:5]]
    printed = pages.printed(rule)

    assert printed.startswith(f"# {rule.name} ({rule.code})\n\nSeverity: {rule.severity.label}.")
    assert f"code: {rule.code}" not in printed
