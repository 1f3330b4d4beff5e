"""Fields are found in every place and spelling a contract may name, each where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.contract.model import CollectionContract, Facts, FactsKind
from tldr_lint.facts.front_matter import Fields, FieldValue, toml_fields, yaml_fields
from tldr_lint.facts.header import header_fields
from tldr_lint.facts.item import facts_files, pair_records
from tldr_lint.facts.item import read_records as read
from tldr_lint.layout import COUNT, document_of
from tldr_lint.parse import parse
from tldr_lint.text import Source


def texts(fields: tuple[FieldValue, ...]) -> dict[str, str]:
    return {field.name: field.text for field in fields}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# T\n\nStatus: Accepted\nDate: 2020-01-01\n",
            {"Status": "Accepted", "Date": "2020-01-01"},
        ),
        ("# T\n**Status:** Accepted  \n**Date**: x\\\n", {"Status": "Accepted", "Date": "x"}),
        ("# T\n\n__Status__: a<br>\n*Date:* b\n", {"Status": "a", "Date": "b"}),
        (
            "# T\n\n- Status: a\n* **By:** b, c\n1. When : d\n",
            {"Status": "a", "By": "b, c", "When": "d"},
        ),
        ("# T\n\n> Status: a\n> Date: b\n", {"Status": "a", "Date": "b"}),
        ("# T\n\n```text\nStatus: a\nBy: b\n    c\n```\n", {"Status": "a", "By": "b c"}),
        ("```\nBEP: 3\nTitle: x\n```\n\n# T\n", {"BEP": "3", "Title": "x"}),
        ("# T\n\n    Status: a\n    Date: b\n", {"Status": "a", "Date": "b"}),
        ("# T\n\n- Authors:\n  - a\n  - b\n- Date: c\n", {"Authors": "a, b", "Date": "c"}),
        ("# T\r\n\r\nStatus: a\r\nDate: b\r\n", {"Status": "a", "Date": "b"}),
        ("T\n===\n\nStatus: a\n", {"Status": "a"}),
        ("---\nx: y\n---\n# T\n\nStatus: a\n", {"Status": "a"}),
        ("# T\n\nStatus: a\n\n## S\n\nDate: b\n", {"Status": "a"}),
        ("# T\n\nStatus: a\nStatus: b\n", {"Status": "a"}),
        ("# T: Status: no\n", {}),
        ("# T\n\nThis sentence goes on and on: with a colon.\n", {}),
        ("# T\n\nhttps://example.org and 12:30\n", {}),
        ("# T\n\n**Status: a\n", {}),
        ("# T\n\nUpdated on (UTC): a\n", {"Updated on (UTC)": "a"}),
        ("", {}),
    ],
)
def test_header_lines_in_all_their_spellings(text: str, expected: dict[str, str]) -> None:
    found = header_fields(parse(Source("a.md", text)))

    assert texts(found) == expected
    for field in found:
        written = text[field.span.start : field.span.end]
        assert field.text.split(", ")[0].split()[0] in written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\nC d: e f (g)\n", {"a": "b", "C d": "e f (g)"}),
        ("a: 'x: y'\nb: [1, z]\n", {"a": "x: y", "b": "1, z"}),
        ("a:\n  b: c\n  d:\n    e: f\n", {"a.b": "c", "a.d.e": "f"}),
        ("a: null\nb:\nc: ~\nd: 'null'\n", {"a": "", "b": "", "c": "", "d": "null"}),
        ("a: 0012\nb: 2020-01-01 # c\nc: yes\n", {"a": "0012", "b": "2020-01-01", "c": "yes"}),
        ("a: >\n  x\n  y\n", {"a": "x y"}),
        ("a: &x b\nc: *x\n", {"a": "b", "c": "b"}),
        ("# only a comment\n", {}),
        ("", {}),
        ("é: ü\nb: 'ö'\n", {"é": "ü", "b": "ö"}),
    ],
)
def test_yaml_says_what_a_reader_sees(text: str, expected: dict[str, str]) -> None:
    """Values that become dates, numbers or truth values would differ from what an index repeats."""
    read = yaml_fields(text)

    assert texts(read.fields) == expected
    assert read.problem is None


@pytest.mark.parametrize(
    ("text", "line", "left"),
    [
        ("a: 1\nb: `x`\nc: 3\n", 1, {"a": "1", "c": "3"}),
        ("a: b: c\n", 0, {"a": "b: c"}),
        ("a: [1\nb: 2\n", 1, {"b": "2"}),
        ("- a\n- b\n", 0, {}),
        ("a: !!python/object/apply:os.system [x]\nb: {\n", 2, {}),
    ],
)
def test_what_is_no_yaml_is_placed_and_what_is_whole_is_kept(
    text: str, line: int, left: dict[str, str]
) -> None:
    """One bad line must not hide that the others drift, nor say anything itself."""
    read = yaml_fields(text)

    assert read.problem
    assert read.problem_span is not None
    assert line == text.count("\n", 0, read.problem_span.start)
    assert texts(read.fields) == left


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: &a [x]\n"
        + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(50))
        + "c: [*b1, *b1]\n",
        "a: " + "x" * 300_000 + " # y",
        "a" * 300_000,
        "\t" * 100_000 + ": x",
        "a" + " " * 900_000 + "b",
        "a: b" + " " * 900_000 + "c\n`",
        "a " * 400_000,
        "a: " + "b " * 400_000 + "\n`",
    ],
    ids=[
        "lists",
        "tables",
        "items",
        "keys",
        "aliases",
        "long",
        "word",
        "tabs",
        "gap",
        "value",
        "words",
        "many",
    ],
)
def test_hostile_front_matter_is_read_or_refused(text: str) -> None:
    read = yaml_fields(text)

    assert 2_000 >= len(read.fields)


@pytest.mark.parametrize(
    "line",
    [
        " " * 900_000,
        "a" + " " * 900_000 + "b",
        "Status: a" + " " * 900_000 + "b",
        "**" * 400_000,
        "a " * 400_000 + ":",
        "- " * 50 + "a:" * 300_000,
        "  " + "- " * 40_000,
        "<br" + " " * 900_000,
        "Status: x<br" + " " * 900_000,
    ],
    ids=range(9),
)
def test_hostile_header_lines_are_read_in_linear_time(line: str) -> None:
    document = parse(Source("a.md", "# T\n\nStatus: x\n"))
    facts = [document.values(kind) for kind in range(COUNT)]
    hostile = document_of(Source("a.md", f"# T\n\nStatus: x\n{line}\n"), facts)

    assert texts(header_fields(hostile))["Status"].startswith("x")


@given(st.text("ab:'\"[]{},-#&*!|>%@`\n ~01", max_size=40))
def test_any_text_is_fields_or_a_problem(text: str) -> None:
    read = yaml_fields(text)
    for field in read.fields:
        assert 0 <= field.span.start <= field.span.end <= len(text)

    assert read.problem is None or read.problem_span is not None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("xy01-(.", max_size=5)), max_size=4))
def test_the_short_cut_for_simple_lines_says_what_yaml_says(pairs: list[tuple[str, str]]) -> None:
    """Most front matter never meets the YAML parser, and must mean the same."""
    text = "".join(f"{key}: {value}\n" for key, value in pairs)
    by_parser = yaml_fields(f"{text}# x: y\n'z': 1\n")
    quick = yaml_fields(text)
    last = texts(by_parser.fields)
    last.pop("z", None)

    assert (by_parser.problem is None) <= (texts(quick.fields) == last)


def test_toml_fields_are_placed() -> None:
    text = 'a = 1\n[b]\nc = [1, "x"]\nd = 2020-01-01\ne = true\n'
    read = toml_fields(text)

    assert texts(read.fields) == {"a": "1", "b.c": "1, x", "b.d": "2020-01-01", "b.e": "true"}
    assert [text[f.span.start : f.span.end] for f in read.fields] == [
        "1",
        '[1, "x"]',
        "2020-01-01",
        "true",
    ]
    assert isinstance(toml_fields("a ="), Fields)
    assert "invalid value" in (toml_fields("a =").problem or "")


def records(table: str, *wanted: str) -> list[dict[str, str]]:
    document = parse(Source("a.md", table))
    found = pair_records(document.tables[0], frozenset(wanted))
    return [{name: value.raw for name, value in each.values.items()} for each in found]


def test_a_table_of_two_columns_is_pairs_or_rows() -> None:
    pairs = "| Field | Value |\n|-|-|\n| Status | a |\n| Date | b |\n"
    plain = "| Status | Draft |\n|-|-|\n| Date | b |\n"
    rows = "| Model | Size |\n|-|-|\n| x | 1 |\n| y | 2 |\n"
    blank = "| | |\n|-|-|\n| Status | a |\n"

    assert records(pairs) == [{"status": "a", "date": "b"}]
    assert records(pairs, "status") == [{"status": "a", "date": "b"}]
    assert records(plain, "status", "date") == [{"status": "Draft", "date": "b"}]
    assert records(rows, "model") == [{"model": "x", "size": "1"}, {"model": "y", "size": "2"}]
    assert records(rows) == [{"model": "x", "size": "1"}, {"model": "y", "size": "2"}]
    assert records(blank) == [{"status": "a"}]


def test_facts_stand_in_the_file_that_is_named_or_alone() -> None:
    named = Facts(FactsKind.FILE, "kep.yaml")
    starred = Facts(FactsKind.FILE, "*.toml")
    paths = ["a/x.toml", "a/b.toml", "c/only.toml", "d/one.toml", "d/two.toml"]

    assert facts_files(named, ["a/README.md", "r.md"], paths) == {
        "a/README.md": "a/kep.yaml",
        "r.md": "kep.yaml",
    }
    assert facts_files(starred, ["a/b.md", "c/README.md", "d/README.md"], paths) == {
        "a/b.md": "a/b.toml",
        "c/README.md": "c/only.toml",
        "d/README.md": "d/README.toml",
    }
    assert facts_files(Facts(FactsKind.HEADER), ["a.md"], paths) == {}


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (FactsKind.FRONT_MATTER, "# T\n", "the front matter is not there"),
        (FactsKind.HEADER, "# T\n\nNothing.\n", "no header line `Key: value` below the title"),
        (FactsKind.FILE, "# T\n", "the facts file `a.yaml` is not there"),
    ],
)
def test_facts_that_are_not_there_are_a_problem(kind: FactsKind, text: str, message: str) -> None:
    document = parse(Source("a.md", text))
    found, problem = read(document, CollectionContract("n", (), facts=Facts(kind)), "a.yaml")

    assert found == ()
    assert problem is not None
    assert problem.message == message
