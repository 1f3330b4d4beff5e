"""JSON that is safe wherever it is shown: the one way all JSON formats are written."""

from __future__ import annotations

import json
import re

from tldr_lint.reports.escape import BEYOND_C0

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

# `json` escapes C0 only. What else is unseen, or would be obeyed in a log
# (`##[…`), is spelled as an escape, which every parser reads as the same text.
_COMMAND = re.compile(r"##(?=\w*\[)")
_UNSEEN = re.compile(f"[{BEYOND_C0}]")


def dump(value: Value, *, indent: int | None = 2) -> str:
    """A value as JSON text, without a final newline; everything unseen is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _COMMAND.sub(r"#\\u0023", _UNSEEN.sub(_escape, text))


def _escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
