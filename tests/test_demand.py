"""What patterns demand of an index: texts, links, and what a fix writes."""

import pytest

from tldr_lint.collection import Collection, Item
from tldr_lint.contract.model import CollectionContract, Listing
from tldr_lint.contract.pattern import parse_pattern
from tldr_lint.parse import parse, plain
from tldr_lint.record import Record, Value, column_name
from tldr_lint.sync.demand import Said, demand, expected_texts, meets, said_by, says, written
from tldr_lint.text import Source, Span


def said(
    fields: dict[str, str], *, path: str = "adr/0007-use-it.md", listing: str = "README.md"
) -> Said:
    values = {column_name(name): Value(text, Span(0, 0)) for name, text in fields.items()}
    document = parse(Source(path, "# Use `it` now\n\n## Why\n"))
    item = Item(document, None, (Record(values, Span(0, 0)),) if values else (), "", ())
    contract = CollectionContract("n", ("adr/*.md",))
    collection = Collection(contract, (item,), None, None, (), ())
    (only,) = said_by(collection, Listing(listing))(item)
    return only


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        ("[{h1}]({path})", "[Use it **now**](./adr/0007-use-it.md)"),
        ("[{h1}]({path})", "[Use `it` now](https://github.com/o/n/blob/main/adr/0007-use-it.md)"),
        ("{number}", "7"),
        ("{number}", "0007"),
        ("{number:02}", "07"),
        ("[{number}]({link}): {Status}", "[0007](/adr/0007-use-it.md): *Final*"),
        ("~{Status}", "final (since May)"),
        ("{Nothing}", "whatever"),
        ("{link}", "[any text](adr/0007-use-it.md)"),
        ("{link} ({Status})", "[Use it now](adr/0007-use-it.md) (Final)"),
        ("[x](https://a.test/{Status})", "[x](https://a.test/Final)"),
        ("{Both} a\\|b", r"p \| q a\\|b"),
        ("{title}", "Use it now"),
        ("{h2}: {stem}", "Why: 0007-use-it"),
        ("{path}", "adr/0007-use-it.md"),
    ],
)
def test_a_cell_that_meets_its_demand(pattern: str, cell: str) -> None:
    wanted = demand(parse_pattern(pattern))
    who = said({"Status": "Final", "Both": "p | q"})
    expected = expected_texts(wanted, who)
    repository = "https://github.com/o/n"

    assert not expected or says(wanted, expected, plain(cell))
    assert not expected or meets(wanted, who, cell, "README.md", repository)


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        ("[{h1}]({path})", "[Use it now](adr/0008.md)"),
        ("[{h1}]({path})", "Use it now"),
        ("{number:02}", "7"),
        ("{Status}", "final"),
        ("{link}", "no link"),
        ("[x](https://a.test/{Status})", "[x](https://a.test/Draft)"),
    ],
)
def test_a_cell_that_does_not(pattern: str, cell: str) -> None:
    wanted = demand(parse_pattern(pattern))

    assert not meets(wanted, said({"Status": "Final"}), cell, "README.md", None)


@pytest.mark.parametrize(
    ("pattern", "listing", "expected"),
    [
        ("[{h1}]({path})", "README.md", "[Use `it` now](adr/0007-use-it.md)"),
        ("[{h1}]({path})", "docs/all.md", "[Use `it` now](../adr/0007-use-it.md)"),
        ("[{h1}](/{path})", "docs/all.md", "[Use `it` now](/adr/0007-use-it.md)"),
        ("[{h1}](./{link})", "README.md", "[Use `it` now](./adr/0007-use-it.md)"),
        ("{Both}|", "README.md", r"p \| q\|"),
        ("{link}", "adr/README.md", "[Use `it` now](0007-use-it.md)"),
        ("{Nothing}", "README.md", None),
    ],
)
def test_what_a_fix_writes(pattern: str, listing: str, expected: str | None) -> None:
    who = said({"Both": "p | q"}, listing=listing)

    assert written(demand(parse_pattern(pattern)), who, in_table=True) == expected


def test_a_name_with_blanks_is_linked_as_an_address() -> None:
    who = said({}, path="adr/7 use (it).md")

    assert written(demand(parse_pattern("[x]({path})")), who, in_table=True) == (
        "[x](adr/7%20use%20%28it%29.md)"
    )


def test_a_fix_keeps_the_spelling_of_a_link_that_leads_there() -> None:
    kept = "https://github.com/o/n/blob/main/adr/0007-use-it.md"
    wanted = demand(parse_pattern("[{h1}]({path})"))

    assert written(wanted, said({}), in_table=True, kept=kept) == f"[Use `it` now]({kept})"
