"""Taking a rule's page apart: blocks, flags, and pages that are not written as pages are."""

from pathlib import Path

import pytest

from tldr_lint import pages
from tldr_lint.checks import RULES
from tldr_lint.parse import parse
from tldr_lint.rule import Rule, Severity
from tldr_lint.text import Source

HEAD = "---\ncode: TL999\nname: a-rule\nseverity: error\nfix: none\n---\n\n# a-rule (TL999)\n\n"


def take_apart(body: str, head: str = HEAD) -> pages.Page:
    return pages.take_apart(parse(Source("rules/TL999-a-rule.md", head + body)))


def example(blocks: str) -> pages.Example:
    (found,) = take_apart(f"## Bad\n\n### Wrong\n\n{blocks}").examples
    return found


def test_the_front_matter_and_the_title_are_read() -> None:
    """What a page says of its rule is lost."""
    page = take_apart("")

    assert page.title == "a-rule (TL999)"
    assert dict(page.facts) == {
        "code": "TL999",
        "name": "a-rule",
        "severity": "error",
        "fix": "none",
    }


def test_examples_stand_below_bad_and_good_only() -> None:
    """A block in another section becomes an example, or an example its neighbour's."""
    block = "```markdown a.md\nx\n```\n"
    found = take_apart(
        f"## Why\n\n### No\n\n{block}\n## Bad\n\n### One\n\n{block}\n## Good\n\n### Two\n\n{block}"
    ).examples

    assert [(each.title, each.bad, each.line) for each in found] == [
        ("One", True, 20),
        ("Two", False, 28),
    ]


def test_every_kind_of_block_goes_to_its_place() -> None:
    """A repaired text is taken for the file, or the report for a file."""
    found = example(
        "```markdown a.md\nold\n```\n\n~~~text assets/my image.png\n~~~\n\n"
        "```text report\na.md:1:1: TL999 wrong\n```\n\n```toml answers\n[[answer]]\n```\n\n"
        "```markdown a.md fixed\nnew\n```\n\n```markdown a.md fixed-unsafe\nnewer\n```\n"
    )

    assert dict(found.files) == {"a.md": "old\n", "assets/my image.png": ""}
    assert found.report == ("a.md:1:1: TL999 wrong",)
    assert found.answers == "[[answer]]\n"
    assert dict(found.fixed) == {"a.md": "new\n"}
    assert dict(found.fixed_unsafe) == {"a.md": "newer\n"}


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("crlf", "a\\x00\r\n"),
        ("bom", "\ufeffa\\x00\n"),
        ("escaped", "a\x00\n"),
        ("escaped crlf bom", "\ufeffa\x00\r\n"),
    ],
)
def test_flags_say_how_a_text_is_stored(flags: str, text: str) -> None:
    """A page cannot show a file with other line endings, a mark or a control character."""
    assert example(f"```markdown a.md {flags}\na\\x00\n```\n").files["a.md"] == text


def test_a_fence_within_a_longer_fence_is_text() -> None:
    """An example cannot show a file with a code block."""
    found = example("````markdown a.md\n```python\nx\n```\n````\n")

    assert found.files["a.md"] == "```python\nx\n```\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("## Bad\n\n### Wrong\n\nNo block.\n", "shows no file"),
        ("## Bad\n\n### Wrong\n\n```markdown\nx\n```\n", "names no file"),
        ("## Bad\n\n### Wrong\n\n```markdown a.md fixed\nx\n```\n", "shows no file"),
        ("## Bad\n\n### Wrong\n\n```markdown a.md\nx\n", "is not closed"),
        ("## Bad\n\n### Wrong\n\n    indented\n", "in fenced blocks"),
    ],
)
def test_a_page_written_otherwise_is_refused_with_its_line(body: str, message: str) -> None:
    """A slip in a page leaves an example out without a word."""
    with pytest.raises(pages.PageError, match=rf"rules/TL999-a-rule\.md:12: .*{message}"):
        take_apart(body)


@pytest.mark.parametrize(
    "head", ["# a-rule (TL999)\n", "---\ncode TL999\n---\n\n# a\n", "---\n---\n"]
)
def test_a_page_without_its_head_is_refused(head: str) -> None:
    """A page without front matter or title passes for one."""
    with pytest.raises(pages.PageError, match=r"rules/TL999-a-rule\.md:1: "):
        take_apart("", head)


def test_a_rule_without_a_page_is_told() -> None:
    """`explain` of a rule from a plug-in ends in a traceback."""
    rule = Rule("TL999", "a-rule", Severity.ERROR, frozenset(), lambda _: ())

    with pytest.raises(pages.PageError, match="TL999 has no page"):
        pages.printed(rule)


def test_the_pages_beside_the_sources_are_found() -> None:
    """An editable install finds no pages, or those of another install."""
    beside = Path(pages.__file__).parents[2] / "rules"

    assert pages.read(RULES[0]) == (beside / f"{RULES[0].code}-{RULES[0].name}.md").read_text()
