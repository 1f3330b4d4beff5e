"""Records do what `dataclasses` would make them do with the same arguments."""

# mypy: disable-error-code="attr-defined, call-arg, comparison-overlap, misc"
# mypy: disable-error-code="operator, type-var, unreachable"
# To a type checker these classes are no records: it cannot know what the parameter decorates with.

import dataclasses
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint import records


@pytest.fixture(params=["the first", "later ones", "dataclasses"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Ours and the standard library's: what is asserted of one is true of the other.

    The first records of a class are made without a constructor of its own.
    """
    if request.param == "later ones":
        monkeypatch.setattr(records, "_FEW", 0)
    return dataclasses if request.param == "dataclasses" else records


def ours(**options: bool) -> Callable[[type], type]:
    return records.dataclass(slots=True, **options)


def test_a_frozen_record_is_made_compared_shown_and_kept(library: ModuleType) -> None:
    @library.dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2
        note: str = library.field(default="n", compare=False, repr=False)

    one = Point(1)

    assert (one.x, one.y, one.note) == (1, 2, "n")
    assert one == Point(x=1, note="other")
    assert hash(one) == hash(Point(1, note="other"))
    assert one != Point(2)
    assert one != (1, 2)
    assert repr(one).endswith("Point(x=1, y=2)")
    with pytest.raises(AttributeError):
        one.x = 3
    with pytest.raises(AttributeError):
        del one.x
    with pytest.raises((AttributeError, TypeError)):
        one.z = 3
    with pytest.raises(TypeError):
        Point()
    with pytest.raises(TypeError):
        Point(1, 2, "n", 4)
    with pytest.raises(TypeError):
        Point(1, z=4)
    match one:
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_a_record_that_changes_has_no_hash(library: ModuleType) -> None:
    @library.dataclass(slots=True)
    class Basket:
        name: str
        things: list[int] = library.field(default_factory=list)

    one, other = Basket("a"), Basket("a")
    one.things.append(1)
    one.name = "b"

    assert other.things == []
    assert one == Basket("b", [1])
    assert one != other
    with pytest.raises(TypeError):
        hash(one)
    with pytest.raises(AttributeError):
        one.other = 1


def test_records_without_equality_are_themselves(library: ModuleType) -> None:
    @library.dataclass(slots=True, eq=False)
    class Own:
        x: int

    one = Own(1)

    assert one != Own(1)
    assert {one: 1}[one] == 1


def test_ordered_records_are_sorted_by_their_fields(library: ModuleType) -> None:
    @library.dataclass(frozen=True, slots=True, order=True)
    class Place:
        path: str
        at: int

    some = [Place("b", 1), Place("a", 2), Place("a", 1)]

    assert sorted(some) == [Place("a", 1), Place("a", 2), Place("b", 1)]
    assert Place("a", 1) <= Place("a", 1) < Place("a", 2) > Place("a", 1) >= Place("a", 1)
    with pytest.raises(TypeError):
        _ = Place("a", 1) < ("a", 1)


def test_what_is_found_once_is_found_when_the_record_is_made(library: ModuleType) -> None:
    @library.dataclass(frozen=True, slots=True)
    class Text:
        text: str
        size: int = library.field(init=False, repr=False, compare=False)
        later: object = library.field(default=None, init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "size", len(self.text))

        @property
        def twice(self) -> str:
            return self.text * 2

    one = Text("abc")

    assert (one.size, one.later, one.twice) == (3, None, "abcabc")
    assert library.replace(one, text="ab").size == 2
    with pytest.raises(ValueError, match="later"):
        library.replace(one, later=1)
    with pytest.raises(TypeError):
        Text("abc", 3)


def test_a_copy_differs_where_it_was_asked_to(library: ModuleType) -> None:
    @library.dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2

    assert library.replace(Point(1), y=3) == Point(1, 3)
    with pytest.raises(TypeError):
        library.replace(Point(1), z=3)


def test_a_record_says_itself_how_it_is_shown(library: ModuleType) -> None:
    @library.dataclass(frozen=True, slots=True)
    class Secret:
        token: str

        def __repr__(self) -> str:
            return "Secret()"

    assert repr(Secret("t")) == "Secret()"


@given(st.lists(st.tuples(st.integers(), st.text()), max_size=8))
def test_order_equality_and_hash_are_those_of_tuples(values: list[tuple[int, str]]) -> None:
    made = ours(frozen=True, order=True)(
        type("Pair", (), {"__annotations__": {"a": int, "b": str}})
    )
    pairs = [made(*value) for value in values]

    assert [(p.a, p.b) for p in sorted(pairs)] == sorted(values)
    assert len(set(pairs)) == len(set(values))


def test_only_what_has_slots_is_a_record() -> None:
    with pytest.raises(TypeError, match="slots"):
        records.dataclass(frozen=True)
