"""Each key and value of a contract is found where it is written."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.contract.toml_places import Path, toml_places

TEXT = """\
# comment = 1
top = "a # no comment"
'quo\\ted'."k\\u0065y" = 1979-05-27 07:32:00 # date
multi = \"\"\"
x = "1"
\"\"\"
literal = '''it''''
[collection.notes] # here
items = [ # [
  "a",
  { b = [1, 2], c.d = true }, # ]
  'c',
]
[[collection.notes.index]]
file = "1"
[[collection.notes.index]]
file = "2"
[collection.notes.index.columns]
"NEP #" = '{NEP}'
"""


def test_every_kind_of_key_and_value_is_placed() -> None:
    places = toml_places(TEXT)
    written = {
        path: (TEXT[spot.key.start : spot.key.end], TEXT[spot.value.start : spot.value.end])
        for path, spot in places.items()
    }
    notes: Path = ("collection", "notes")

    assert written[("top",)] == ("top", '"a # no comment"')
    assert written[("quo\\ted", "key")] == ('"k\\u0065y"', "1979-05-27 07:32:00")
    assert written[("literal",)][1] == "'''it''''"
    assert written[(*notes, "items", 2)][1] == "'c'"
    assert written[(*notes, "items", 1, "b", 1)][1] == "2"
    assert written[(*notes, "items", 1, "c", "d")][1] == "true"
    assert written[(*notes, "index", 1, "file")][1] == '"2"'
    assert written[(*notes, "index", 1, "columns", "NEP #")][1] == "'{NEP}'"


def _paths(value: object, path: Path = ()) -> set[Path]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return {(*path, key) for key, _ in inner}.union(
        *(_paths(each, (*path, key)) for key, each in inner)
    )


def test_the_places_are_exactly_those_that_tomllib_sees() -> None:
    assert _paths(tomllib.loads(TEXT)) == set(toml_places(TEXT))


PIECES = st.lists(
    st.sampled_from(
        [
            "[",
            "]",
            "{",
            "}",
            "=",
            ",",
            ".",
            "\n",
            "#",
            '"',
            "'",
            '"""',
            "'''",
            "\\",
            "a",
            "b",
            "1",
            "a=1\n",
            "[a]\n",
            "[[b]]\n",
            "a=[",
            "a={b=",
            "'x'",
            '"\\n"',
            " ",
            "1979-05-27 07:32:00",
        ]
    ),
    max_size=25,
)


@given(PIECES.map("".join))
def test_any_valid_text_has_all_its_places(text: str) -> None:
    """A key that is not placed would be reported at the wrong line."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    assert _paths(value) == set(toml_places(text))
