"""Patterns: what a cell, entry, title or key must say, as text with fields in it.

`[{Title}]({path})` is parsed once, then rendered for each item, matched
against a title, or compared with what is there. Source of the syntax: the
contract reference, `docs/contract.md`.
"""

from __future__ import annotations

import re
import unicodedata

from tldr_lint.contract.model import Field, Pattern
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tldr_lint.text import Place

BUILT_INS = ("h1", "h2", "stem", "number", "path", "link", "count")
"""What every item has, in lower case; a field of the same name is meant with another spelling."""

# An item that says its number knows it better than its file's name does.
_GIVEN = frozenset(BUILT_INS) - {"number"}
_WIDTH = regex(r":0(\d{1,2})$")
_REMARK = regex(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_WORD = regex(r"[-+−]?\d[\d,]*(?:\.\d+)?|\w+")
_DIGITS = regex(r"[-+]?\d+(?:\.\d+)?")
_THOUSANDS = regex(r"(?<=\d),(?=\d{3})")
_BETWEEN_DIGITS = regex(r"(?<=\d)[\W_]+(?=\d)")
_NOT_WORD = regex(r"[^\w٫]+|_+")
_DEEPEST_REMARK = 5
# A number longer than this is an identifier; rounding it would cost and mean nothing.
_LONGEST_NUMBER = 30


class PatternError(ValueError):
    """A pattern that cannot be read."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset
        """Where in the pattern, in code points from 0."""


def parse_pattern(raw: str, place: Place | None = None) -> Pattern:
    """Read a pattern; `{{` and `}}` stand for the braces themselves.

    Raises:
        PatternError: a brace is not closed, or a field has no name or a wrong width.
    """
    parts: list[str | Field] = []
    text = ""
    at = 1 if raw.startswith("~") else 0
    while at < len(raw):
        char = raw[at]
        if raw.startswith(("{{", "}}"), at):
            text += char
            at += 2
        elif char == "}":
            raise PatternError("`}` closes nothing; a brace itself is written `}}`", at)
        elif char == "{":
            end = raw.find("}", at)
            if end < 0:
                raise PatternError("`{` is not closed; a brace itself is written `{{`", at)
            if text:
                parts.append(text)
                text = ""
            parts.append(_field(raw[at + 1 : end], at))
            at = end + 1
        else:
            text += char
            at += 1
    if text:
        parts.append(text)
    return Pattern(raw, raw.startswith("~"), tuple(parts), place)


def _field(inside: str, at: int) -> Field:
    width = _WIDTH.search(inside)
    names = inside[: width.start()] if width is not None else inside
    if width is None and re.search(r":\d+$", inside):
        raise PatternError("a width is written `{number:04}`, zero and one or two digits", at)
    alternatives = tuple(name.strip().rstrip("\\").strip() for name in names.split("|"))
    if not all(alternatives):
        raise PatternError("a field needs a name: `{Title}`, `{h1}`", at)
    if any("{" in name for name in alternatives):
        raise PatternError("`{` is not closed; a brace itself is written `{{`", at)
    return Field(alternatives, int(width[1]) if width is not None else 0)


def fields_of(pattern: Pattern) -> Iterator[Field]:
    """The fields of a pattern, in order."""
    return (part for part in pattern.parts if isinstance(part, Field))


def look_up(field: Field, fields: Mapping[str, str], built_ins: Mapping[str, str]) -> str | None:
    """What a field says for an item, or nothing where the item lacks it or leaves it blank.

    `fields` is keyed by names in folded case, `built_ins` by names as in
    `BUILT_INS`. A built-in is meant where it is written in lower case, but for
    `{number}`, where an item's own field goes first.
    """
    for name in field.names:
        own = fields.get(name.casefold(), "").strip()
        given = built_ins.get(name.casefold(), "")
        found = (given or own) if name in _GIVEN else (own or given)
        if found:
            return _padded(found, field.width)
    return None


def _padded(value: str, width: int) -> str:
    if width and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
        return value.lstrip("0").rjust(width, "0")
    return value


def render(pattern: Pattern, fields: Mapping[str, str], built_ins: Mapping[str, str]) -> str | None:
    """What a pattern demands for an item, or nothing where the item lacks one of its fields."""
    pieces = []
    for part in pattern.parts:
        piece = part if isinstance(part, str) else look_up(part, fields, built_ins)
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def match_pattern(pattern: Pattern, text: str) -> Mapping[str, str] | None:
    """What each field of a pattern stands for in a text that has its shape, or nothing.

    Fields are keyed by their first name in folded case. Each takes as little
    as it can; a `{number}` takes digits only.
    """
    wanted = _folded(pattern, text)
    found: dict[str, str] = {}
    at = 0
    waiting: Field | None = None
    for position, part in enumerate((*pattern.parts, "")):
        if isinstance(part, Field):
            if waiting is None:
                waiting = part
            continue
        literal = _folded(pattern, part)
        last = position == len(pattern.parts)
        if waiting is None:
            if not wanted.startswith(literal, at):
                return None
            start = at
        elif last:
            start = len(text)
        elif position == len(pattern.parts) - 1:
            # Nothing but this literal may follow: the field takes all before the end.
            start = len(text) - len(literal) if wanted.endswith(literal) else -1
        else:
            start = wanted.find(literal, at + 1)
        if waiting is not None:
            value = text[at:start].strip() if start > at else ""
            if not value or ("number" in waiting.names and not value.isdigit()):
                return None
            found[waiting.names[0].casefold()] = value
            waiting = None
        at = start + len(literal)
    return found if at == len(text) else None


def _folded(pattern: Pattern, text: str) -> str:
    # `lower`, unlike `casefold`, keeps the length of nearly every text; where it
    # does not, offsets would lie, so the text is compared as it is.
    folded = text.lower() if pattern.loose else text
    return folded if len(folded) == len(text) else text


def loosely_same(one: str, other: str) -> bool:
    """Whether two rendered texts say the same to a reader who does not mind how.

    Letter case, white space, punctuation, bracketed remarks and the rounding of
    numbers are aside; `~` in a pattern asks for this.
    """
    left, right = _folded_text(one), _folded_text(other)
    unremarked = (_unremarked(left), _unremarked(right))
    for first, second in ((left, right), *([unremarked] if all(unremarked) else [])):
        if _squashed(first) == _squashed(second) and (_squashed(first) or first == second):
            return True
        if _same_words(_WORD.findall(first), _WORD.findall(second)):
            return True
    return False


def _folded_text(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _unremarked(text: str) -> str:
    for _ in range(_DEEPEST_REMARK):
        shorter = _REMARK.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text.strip()


def _squashed(text: str) -> str:
    # 1.5 is not 15: what parts two numbers stays, as a point.
    return _NOT_WORD.sub("", _BETWEEN_DIGITS.sub("٫", _THOUSANDS.sub("", text)))


def _same_words(one: list[str], other: list[str]) -> bool:
    return bool(one) and len(one) == len(other) and all(map(_same_word, one, other))


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    left, right = (word.replace(",", "").replace("−", "-") for word in (one, other))
    if max(len(left), len(right)) > _LONGEST_NUMBER:
        return False
    if not (_DIGITS.fullmatch(left) and _DIGITS.fullmatch(right)):
        return False
    from decimal import Decimal  # noqa: PLC0415 - for numbers that are written differently only

    first, second = Decimal(left), Decimal(right)
    if _decimals(left) == _decimals(right):
        return first == second
    # The one with fewer decimals is the rounded one, half a step off at most.
    step = Decimal(1).scaleb(-min(_decimals(left), _decimals(right)))
    return abs(first - second) * 2 <= step


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])
