"""A repair as a unified diff that `git apply` takes."""

from __future__ import annotations

from difflib import SequenceMatcher
from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import guarded, octets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tldr_lint.text import Source

_CONTEXT = 3
_ESCAPES = MappingProxyType(
    {
        0x07: "a",
        0x08: "b",
        0x09: "t",
        0x0A: "n",
        0x0B: "v",
        0x0C: "f",
        0x0D: "r",
        0x22: '"',
        0x5C: "\\",
    }
)


def render(
    before: Mapping[str, Source],
    after: Mapping[str, Source],
    *,
    above: str = "",
    guard: bool = False,
) -> str:
    """What turns the files of `before` into those of `after`; empty if nothing does.

    A path only in `after` is a new file, one only in `before` is deleted.

    Args:
        before: path → text as it is.
        after: path → text as it will be.
        above: the workspace root's path inside its repository, where `git apply` counts from.
        guard: spell out what a terminal or a runner's log would obey. In the
            rare file that holds such a thing the diff is then no longer one to apply.
    """
    pieces = [
        _file(f"{above.strip('/')}/{path}".lstrip("/"), before.get(path), after.get(path))
        for path in sorted({*before, *after})
    ]
    text = "".join(pieces)
    return guarded(text) if guard else text


def _file(path: str, old: Source | None, new: Source | None) -> str:
    before, after = old.text if old else "", new.text if new else ""
    if old is not None and new is not None and before == after:
        return ""
    one, other = _name(f"a/{path}"), _name(f"b/{path}")
    lines = [f"diff --git {one} {other}"]
    if old is None:
        lines.append("new file mode 100644")
    if new is None:
        lines.append("deleted file mode 100644")
    hunks = _hunks(_split(before), _split(after))
    if hunks:
        # A name with a blank in it ends in a tab, as git writes it.
        tab = "\t" if " " in path and not one.startswith('"') else ""
        lines.append("--- /dev/null" if old is None else f"--- {one}{tab}")
        lines.append("+++ /dev/null" if new is None else f"+++ {other}{tab}")
    return "".join(f"{line}\n" for line in lines) + hunks


def _name(path: str) -> str:
    """A path as git quotes it (`core.quotePath`): in C style where a byte is not plain ASCII."""
    raw = octets(path)
    if all(0x20 <= byte < 0x7F and byte not in {0x22, 0x5C} for byte in raw):
        return path
    quoted = "".join(
        f"\\{_ESCAPES[byte]}"
        if byte in _ESCAPES
        else chr(byte)
        if 0x20 <= byte < 0x7F
        else f"\\{byte:03o}"
        for byte in raw
    )
    return f'"{quoted}"'


def _split(text: str) -> list[str]:
    """Lines as git counts them, at LF only, their endings kept."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _hunks(before: list[str], after: list[str]) -> str:
    matcher = SequenceMatcher(None, before, after)
    pieces: list[str] = []
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        a, b, c, d = group[0][1], group[-1][2], group[0][3], group[-1][4]
        pieces.append(f"@@ -{_range(a, b)} +{_range(c, d)} @@\n")
        for tag, first, last, other_first, other_last in group:
            if tag == "equal":
                pieces += (_line(" ", line) for line in before[first:last])
                continue
            pieces += (_line("-", line) for line in before[first:last])
            pieces += (_line("+", line) for line in after[other_first:other_last])
    return "".join(pieces)


def _range(start: int, stop: int) -> str:
    length = stop - start
    first = start + 1 if length else start
    return f"{first}" if length == 1 else f"{first},{length}"


def _line(sign: str, line: str) -> str:
    end = "" if line.endswith("\n") else "\n\\ No newline at end of file\n"
    return f"{sign}{line}{end}"
