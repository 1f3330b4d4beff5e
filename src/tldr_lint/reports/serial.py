"""JSON that is safe wherever it is shown: the one way all JSON formats are written."""

from __future__ import annotations

import json
import re

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import BEYOND_C0

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

# `json` escapes C0 only. What else is unseen, or would be obeyed in a log
# (`##[…`), is spelled as an escape, which every parser reads as the same text.
_COMMAND = re.compile(r"##(?=\w*\[)")
_UNSEEN = re.compile(f"[{BEYOND_C0}]")


def dump(value: Value, *, indent: int | None = 2) -> str:
    """A value as JSON text, without a final newline; everything unseen is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _COMMAND.sub(r"#\\u0023", _UNSEEN.sub(_escape, text))


def array(values: Iterable[Value], depth: int = 0) -> Iterator[str]:
    """What `dump` makes of a list, piece by piece; `depth` is that of the list in what holds it."""
    outer = "\n" + "  " * depth
    inner = f"{outer}  "
    before = "["
    for value in values:
        yield before + inner + dump(value).replace("\n", inner)
        before = ","
    yield "[]" if before == "[" else f"{outer}]"


def around(
    value: Mapping[str, Value], name: str, values: Iterable[Value], depth: int
) -> Iterator[str]:
    """What `dump` makes of a value in which the list called `name`, `depth` deep, is yet empty.

    It is the only empty one of that name; in a text the quotes would be escaped.
    """
    head, _, tail = dump(dict(value)).rpartition(f'"{name}": []')
    yield f'{head}"{name}": '
    yield from array(values, depth)
    yield tail


def _escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
