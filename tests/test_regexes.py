"""Regular expressions compiled late: the same as those compiled at once."""

import importlib
import pkgutil
import re
import subprocess
import sys

import pytest

import tldr_lint
from tldr_lint.regexes import regex


def test_every_pattern_of_ours_compiles() -> None:
    """A pattern that is wrong would be found only by the run that first needs it."""
    found = 0
    for module in pkgutil.walk_packages(tldr_lint.__path__, "tldr_lint."):
        # The program itself would run, and the server needs an optional library.
        if module.name.endswith("__main__") or ".server" in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if type(value) is regex:
                found += 1
                assert isinstance(value.pattern, (str, bytes))

    assert found > 50


def test_a_pattern_does_what_a_compiled_one_does() -> None:
    text = "One two\nthree"
    late, early = (
        regex(r"(?P<first>\w)(\w+)", re.IGNORECASE),
        re.compile(r"(?P<first>\w)(\w+)", re.I),
    )

    assert [m.span() for m in late.finditer(text)] == [m.span() for m in early.finditer(text)]
    assert late.sub("x", text) == early.sub("x", text)
    assert late.split(text) == early.split(text)
    assert late.findall(text) == early.findall(text)
    assert late.flags == early.flags
    assert late.groupindex == early.groupindex
    assert regex(r"two").match(text, 4) is not None
    assert regex(r"two").fullmatch(text) is None
    assert regex(r"^three", re.MULTILINE).search(text) is not None


def test_a_wrong_pattern_is_an_error_at_first_use() -> None:
    wrong = regex(r"(")

    with pytest.raises(re.error):
        wrong.match("")


def test_what_a_pattern_does_not_have_is_missing() -> None:
    with pytest.raises(AttributeError):
        regex(r"a").matches  # type: ignore[attr-defined] # noqa: B018


def test_nothing_is_compiled_before_it_is_used() -> None:
    asked = (
        "import sys; from tldr_lint.regexes import regex; regex('a'); print('re' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {asked}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "False"
