"""Regular expressions of a contract match as Python's do, and cannot hang."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.contract.linear_regex import RegexError, compile_linear

PATTERNS = [
    r"\d{4}",
    r"a|b|",
    r"(a+)+$",
    r"[^\W\d_]+",
    r"(?i)draft|final",
    r"a{2,3}b?",
    r"a{,2}",
    r"a{,}",
    r"a{}",
    r"a{x",
    r"(ab|a)(c|bcd)*",
    r"\d{4}-\d\d(-\d\d)?",
    r"^a.*b$",
    r".*\..*",
    r"[]a]+",
    r"[[a]+",
    r"(?P<x>a)(?:b)*?",
    r"(a{0,3}){2}",
    r"((a|)*b)*",
    r"(a?){3}b{2,}",
    r"(?s).",
    r".",
    r"\x61\u0062*",
    "",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text("ab0123cdx]{}[-.D,\n", max_size=8))
def test_matches_what_python_matches(pattern: str, text: str) -> None:
    compiled = compile_linear(pattern)

    assert (re.fullmatch(pattern.removesuffix("$"), text) is not None) == compiled.fullmatch(text)


@given(
    st.recursive(
        st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", "c"]),
        lambda inner: (
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0}"])).map(
                lambda pair: f"(?:{pair[0]}){pair[1]}"
            )
            | st.tuples(inner, inner).map("".join)
            | st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})")
        ),
        max_leaves=6,
    ),
    st.text("abc", max_size=6),
)
def test_any_expression_matches_as_pythons_does(pattern: str, text: str) -> None:
    assert (re.fullmatch(pattern, text) is not None) == compile_linear(pattern).fullmatch(text)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"a*a*a*a*a*a*a*a*b", r"(.*)*x"])
def test_an_expression_that_explodes_elsewhere_answers(pattern: str) -> None:
    """Python's engine would need longer than the age of the universe for these."""
    assert not compile_linear(pattern).fullmatch("a" * 5_000 + "c")


@pytest.mark.parametrize(
    ("pattern", "offset"),
    [
        ("a(?=b)", 1),
        ("(?<!b)a", 0),
        ("(?:a(?i:b))", 4),
        (r"(a)\1", 3),
        (r"a\bc", 1),
        ("a++", 2),
        ("a^b", 1),
        ("a$b", 1),
        ("[", 0),
        ("*a", 0),
        ("a{300}", 1),
        ("((a{99}){99}){99}", 2),
        ("(" * 51 + "a" + ")" * 51, 51),
        ("(" * 5_000 + ")" * 5_000, 0),
        ("a" * 300, 256),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_place(pattern: str, offset: int) -> None:
    with pytest.raises(RegexError) as caught:
        compile_linear(pattern)

    assert offset == caught.value.offset


def test_repeating_nothing_many_times_costs_nothing() -> None:
    assert compile_linear("(((((|){200}){200}){200}){200}){200}").fullmatch("")
