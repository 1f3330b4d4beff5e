"""Documents come back from text as they were."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markdown_samples import documents
from tldr_lint.apart import put_together, take_apart
from tldr_lint.cache.packed import pack, unpack
from tldr_lint.checks.alone import look
from tldr_lint.document import Document
from tldr_lint.layout import HEADINGS, LOUD
from tldr_lint.parse import parse
from tldr_lint.text import Source


def unpacked(source: Source, packed: str) -> Document:
    """What is unpacked of sound facts, which are believed."""

    def never(_source: Source) -> Document:
        raise AssertionError("sound facts were not believed")

    with patch("tldr_lint.cache.packed.parse", never):
        document = unpack(source, packed)
        for name in Document.__match_args__:
            getattr(document, name)
    return document


@given(documents())
def test_what_is_unpacked_is_what_was_packed(text: str) -> None:
    source = Source("a.md", text)
    document = parse(source)
    other = unpacked(source, pack(document))

    assert document == other
    assert document.title == other.title
    assert document.sections == other.sections


@given(documents())
def test_what_is_put_together_is_what_was_taken_apart(text: str) -> None:
    source = Source("a.md", text)
    document = look(parse(source))
    other = put_together(source, take_apart(document))

    assert document == other
    assert document.title == other.title
    assert document.loud == other.loud


@pytest.mark.parametrize("text", ["# A\n\ntext\n", "# A\n\nTODO\n"])
def test_what_a_document_tells_by_itself_is_packed_with_it(text: str) -> None:
    """In the cache it is what spares most files of a run to be looked at."""
    source = Source("a.md", text)
    document = parse(source)

    assert unpacked(source, pack(document)).loud is None
    assert unpacked(source, pack(look(document))).loud == look(document).loud


@given(documents(), st.data())
def test_damaged_text_is_parsed_instead(text: str, data: st.DataObject) -> None:
    source = Source("a.md", text)
    document = parse(source)
    packed = pack(document)
    cut = data.draw(st.integers(0, len(packed) - 1))

    assert document == unpack(source, packed[:cut])


def test_text_of_another_shape_is_parsed_instead() -> None:
    source = Source("a.md", "# A\n\n[a](b)\n")

    lines = len(pack(parse(source)).split("\n")) - 1
    for other in ("{}", "[]", "0", '"x"', "[[1]]\n" * lines + ".", "0\n" * lines + "."):
        assert parse(source) == unpack(source, other)


@pytest.mark.parametrize("wrong", ["[[1]]", "0", "[0]", "{", '"x"'])
def test_values_of_another_shape_are_parsed_instead(wrong: str) -> None:
    """A stranger's cache makes a rule fail that asks for plain values."""
    source = Source("a.md", "# A\n\n[a](b) ![c](d)\n\n[e]: f\n\n|a|b|\n|-|-|\n|c|d|\n")
    document = parse(source)
    lines = pack(document).split("\n")
    other = unpack(source, "\n".join([wrong if line and line != "." else line for line in lines]))

    assert [list(document.values(kind)) for kind in range(HEADINGS, LOUD)] == [
        list(other.values(kind)) for kind in range(HEADINGS, LOUD)
    ]


def test_a_fact_is_made_once() -> None:
    source = Source("a.md", "# A\n\n[a](b)\n")
    document = unpacked(source, pack(parse(source)))

    assert document.links is document.links
