"""Patterns are read, rendered, matched and compared as the contract reference says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.contract.model import Field
from tldr_lint.contract.pattern import (
    PatternError,
    loosely_same,
    match_pattern,
    parse_pattern,
    render,
)

FIELDS = {"title": "Fast “things”", "gops": "3.5", "nep": "21", "path": "own", "empty": " "}
BUILT_INS = {"h1": "Heading", "path": "notes/a.md", "number": "0007", "stem": "0007-a"}


def test_a_pattern_is_taken_apart() -> None:
    pattern = parse_pattern(r"~[{A|B\|c}]({number:04}) {{x}}")

    assert pattern.loose
    assert ("[", Field(("A", "B", "c")), "](", Field(("number",), 4), ") {x}") == pattern.parts


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("{TITLE}", "Fast “things”"),
        ("{GFLOPs|GOps} G", "3.5 G"),
        ("{NEP:04}", "0021"),
        ("{number:02}", "07"),
        ("{number}", "0007"),
        ("{title:04}", "Fast “things”"),
        ("{path}", "notes/a.md"),
        ("{Path}", "own"),
        ("{H1}", "Heading"),
        ("{missing}", None),
        ("{stem}", "0007-a"),
        ("x {empty}", None),
        ("{missing|h1}", "Heading"),
        ("plain", "plain"),
    ],
)
def test_a_pattern_is_rendered_for_an_item(raw: str, expected: str | None) -> None:
    """A field that the item lacks makes no demand."""
    assert expected == render(parse_pattern(raw), FIELDS, BUILT_INS)


@pytest.mark.parametrize(
    ("raw", "text", "expected"),
    [
        ("ADR-{number}: {name}", "ADR-0001: Use it", {"number": "0001", "name": "Use it"}),
        ("ADR-{number}: {name}", "ADR-x: Use it", None),
        ("ADR-{number}: {name}", "ADR-1 Use it", None),
        ("ADR-{number}: {name}", "ADR-1: ", None),
        ("~adr {number}. {name}", "ADR 1. X", {"number": "1", "name": "X"}),
        ("{name} ({Year})", "A (b) (2020)", {"name": "A", "year": "b) (2020"}),
        ("{name}!", "a!b!", {"name": "a!b"}),
        ("{name}!", "!", None),
        ("fixed", "fixed", {}),
        ("fixed", "fixed more", None),
    ],
)
def test_a_title_is_matched_to_its_shape(
    raw: str, text: str, expected: dict[str, str] | None
) -> None:
    assert expected == match_pattern(parse_pattern(raw), text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pre-Training", "pretraining"),
        ("Fungible Token (Deprecated)", "Fungible Token"),
        ("A Title [arXiv] [code (soon)]", "a title"),
        ("79.26 %", "79.3"),
        ("1,234 M", "1234M"),
        ("3", "2.6"),
        ("−1.5", "-1.50"),
        ("ﬁne", "fine"),
        ("(all in brackets)", "all in brackets"),
        ("C'est l’été", "c’est l'été"),
        ("?", "?"),
    ],
)
def test_loosely_the_same(one: str, other: str) -> None:
    assert loosely_same(one, other)
    assert loosely_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5 B", "15 B"),
        ("79.3", "79.2"),
        ("2.4", "3"),
        ("GPT-2", "GPT-3"),
        ("Fungible Token", "Non Fungible Token"),
        ("?", "-"),
        ("9" * 40, "9" * 39 + "8"),
        ("(a)", "(b)"),
        ("", "a"),
    ],
)
def test_loosely_different(one: str, other: str) -> None:
    assert not loosely_same(one, other)
    assert not loosely_same(other, one)


@given(st.text("{}|:04~ab\\", max_size=12))
def test_any_text_is_a_pattern_or_an_error_inside_it(raw: str) -> None:
    """A pattern that is read keeps all its text; one that is not is pointed at."""
    offset = None
    try:
        pattern = parse_pattern(raw)
    except PatternError as problem:
        offset = problem.offset
    else:
        assert all(isinstance(part, Field) or part for part in pattern.parts)

    assert offset is None or 0 <= offset < len(raw)


@given(st.text(max_size=30), st.text(max_size=30))
def test_loose_comparison_is_symmetric_and_total(one: str, other: str) -> None:
    assert loosely_same(one, other) == loosely_same(other, one)
    assert loosely_same(one, one)
