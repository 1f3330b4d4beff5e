"""Records of table rows: what is made when it is asked for is what would have stood there."""

from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.record import Record, Value
from tldr_lint.table import Row

NAMES = st.lists(st.sampled_from(["model", "year", "data", ""]), min_size=1, max_size=4)
PIECES = st.lists(st.sampled_from([" a ", "", "  ", "b", "\tc"]), min_size=1, max_size=5)


@given(NAMES, PIECES)
def test_a_row_says_what_its_values_say(names: list[str], pieces: list[str]) -> None:
    """A column that stands twice, or a row too short or too long, gives a field another value."""
    row = Row(7, "|", tuple(pieces), "|")
    values = {
        name: Value(raw, span) for name, raw, span in zip(names, row.texts, row.spans, strict=False)
    }
    record = Record.of_row(tuple(names), row)

    for name in ["model", "year", "data", "", "none"]:
        expected = values[name].raw if name in values else None
        assert expected == record.raw(name) == Record(values, row.span, row).raw(name)
    assert Record(values, row.span, row) == record
