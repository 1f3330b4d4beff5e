"""Where each key and value of a TOML text stands.

`tomllib` says what a text means but not where; a message about a contract
must point. This reads the places out of a text that `tomllib` has accepted,
and so may trust its grammar (TOML 1.0.0).
"""

from __future__ import annotations

import re
from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""Keys and positions in lists, from the top: `("collection", "notes", "items", 0)`."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+(?:[ ]\d\d:[^\s,\]}#]+)?")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = MappingProxyType({"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"})


@dataclass(frozen=True, slots=True)
class Spot:
    """One key with its value: a list's element has no key, a table's header no value."""

    key: Span
    value: Span


def toml_places(text: str) -> Mapping[Path, Spot]:
    """The places of all keys and list elements of a valid TOML text; the first of a path counts."""
    places: dict[Path, Spot] = {}
    for path, spot in _Scanner(text).document():
        places.setdefault(path, spot)
    return places


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def document(self) -> Iterator[tuple[Path, Spot]]:
        base: Path = ()
        counts: dict[Path, int] = {}
        self._skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                listed = self.text.startswith("[[", self.at)
                self.at += 2 if listed else 1
                base = ()
                keys = self._keys()
                for position, (key, span) in enumerate(keys):
                    base = (*base, key)
                    yield base, Spot(span, span)
                    if listed and position == len(keys) - 1:
                        counts[base] = counts.get(base, -1) + 1
                    if base in counts:
                        base = (*base, counts[base])
                        yield base, Spot(span, span)
                self.at += 2 if listed else 1
            else:
                yield from self._pair(base)
            self._skip()

    def _pair(self, base: Path) -> Iterator[tuple[Path, Spot]]:
        keys = self._keys()
        self.at += 1  # the equals sign
        self._skip()
        start = self.at
        path = base
        below = list(self._value((*base, *(key for key, _ in keys))))
        for key, span in keys:
            path = (*path, key)
            yield path, Spot(span, Span(start, self.at))
        yield from below

    def _keys(self) -> list[tuple[str, Span]]:
        keys = []
        while True:
            self._skip()
            start = self.at
            if self.text[start] in "\"'":
                key = self._string()
            else:
                found = _BARE_KEY.match(self.text, start)
                # `tomllib` accepted the text, so a key is here.
                key = found[0] if found is not None else ""
                self.at += max(len(key), 1)
            keys.append((key, Span(start, self.at)))
            self._skip()
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _value(self, path: Path) -> Iterator[tuple[Path, Spot]]:
        char = self.text[self.at]
        if char == "[":
            yield from self._list(path)
        elif char == "{":
            yield from self._inline(path)
        elif char in "\"'":
            self._string()
        else:
            found = _SCALAR.match(self.text, self.at)
            self.at = found.end() if found is not None else self.at + 1

    def _list(self, path: Path) -> Iterator[tuple[Path, Spot]]:
        self.at += 1
        position = 0
        self._skip()
        while self.text[self.at] != "]":
            start = self.at
            element = (*path, position)
            below = list(self._value(element))
            yield element, Spot(Span(start, self.at), Span(start, self.at))
            yield from below
            position += 1
            self._skip(comma=True)
        self.at += 1

    def _inline(self, path: Path) -> Iterator[tuple[Path, Spot]]:
        self.at += 1
        self._skip()
        while self.text[self.at] != "}":
            yield from self._pair(path)
            self._skip(comma=True)
        self.at += 1

    def _string(self) -> str:
        for kind in _STRINGS:
            found = kind.match(self.text, self.at)
            if found is not None:
                self.at = found.end()
                literal = found[0][0] == "'"
                inside = found[0][1:-1]
                return inside if literal else _ESCAPE.sub(_unescaped, inside)
        self.at = len(self.text)
        return ""

    def _skip(self, *, comma: bool = False) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found is not None else self.at
        if comma and self.text.startswith(",", self.at):
            self.at += 1
            self._skip()


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(found[3], found[3])
