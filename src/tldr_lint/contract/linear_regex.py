"""Regular expressions that cannot hang: matched whole, in time linear in the text.

`values` of a contract holds regular expressions written by whoever opened the
pull request, and Python's own engine can be made to backtrack for years by
thirty characters. This engine walks all alternatives side by side (Thompson,
"Regular Expression Search Algorithm", CACM 11(6), 1968), so its cost is the
product of the two lengths and no more. What cannot be matched that way
(look-around, back-references, possessive and atomic groups) is refused.
Native linear engines exist, but a wheel for every platform is a high price for
two hundred lines.
"""

from __future__ import annotations

import re
import warnings

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MOST_STATES = 256
_DEEPEST = 50
_LONGEST = 2_000
_FLAGS = re.compile(r"\(\?([aisu]+)\)")
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")
_QUANTIFIER = re.compile(r"[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\}")
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[dDwWsSnrtfva]|[^A-Za-z0-9])", re.DOTALL
)


class RegexError(ValueError):
    """A regular expression that is wrong, or that cannot be matched in linear time."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset
        """Where in the expression, in code points from 0."""


@dataclass(frozen=True, slots=True)
class LinearRegex:
    """A compiled expression; two are equal if they are written the same.

    The automaton is Glushkov's: a state is a character of the expression, a
    set of states is the bits of one integer.
    """

    pattern: str
    characters: tuple[re.Pattern[str], ...] = field(compare=False, repr=False)
    """For each state, what one character must match to enter it."""
    shape: _Shape = field(compare=False, repr=False)
    follow: tuple[int, ...] = field(compare=False, repr=False)
    """For each state, the states that may come next."""

    def fullmatch(self, text: str) -> bool:
        """Whether the whole text matches."""
        return self.matcher()(text)

    def matcher(self) -> Callable[[str], bool]:
        """A `fullmatch` that remembers its tables, for matching many texts."""
        # Eight states are moved at once: what follows any set of them is looked up.
        tables = [
            [_union(self.follow[at : at + 8], chosen) for chosen in range(256)]
            for at in range(0, len(self.follow), 8)
        ]
        entered: dict[str, int] = {}

        def fullmatch(text: str) -> bool:
            if not text:
                return self.shape.nullable
            live = 0
            following = self.shape.first
            for char in text:
                mask = entered.get(char)
                if mask is None:
                    mask = entered[char] = self._entered_by(char)
                live = following & mask
                if not live:
                    return False
                following = 0
                for table, chosen in zip(tables, live.to_bytes(len(tables), "little"), strict=True):
                    following |= table[chosen]
            return bool(live & self.shape.last)

        return fullmatch

    def _entered_by(self, char: str) -> int:
        return sum(1 << at for at, one in enumerate(self.characters) if one.match(char))


def _union(follow: tuple[int, ...], chosen: int) -> int:
    found = 0
    for at, states in enumerate(follow):
        if chosen >> at & 1:
            found |= states
    return found


def compile_linear(pattern: str) -> LinearRegex:
    """Compile an expression in Python's syntax (`re`, "Regular Expression Syntax").

    Raises:
        RegexError: it is malformed, too large, or needs backtracking.
    """
    if len(pattern) > _LONGEST:
        raise RegexError("the expression is too large", 0)
    try:
        with warnings.catch_warnings():
            # A `[` in a set may mean something else one day; here it never will.
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except re.error as problem:
        raise RegexError(problem.msg, problem.pos or 0) from problem
    except (RecursionError, OverflowError) as problem:
        raise RegexError("the expression is nested too deeply or too large", 0) from problem
    leading = _FLAGS.match(pattern)
    flags = re.NOFLAG
    for letter in leading[1] if leading is not None else "":
        flags |= re.RegexFlag[letter.upper()]
    node = _Reader(pattern, leading.end() if leading is not None else 0, flags).alternatives(0)
    characters: list[re.Pattern[str]] = []
    follow: list[int] = []
    shape = _shape(node, characters, follow)
    return LinearRegex(pattern, tuple(characters), shape, tuple(follow))


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of an expression, repeated `least` to `most` times."""

    children: tuple[_Node, ...] = ()
    """Alternatives, if `either`, else what follows one another."""
    either: bool = False
    one: re.Pattern[str] | None = None
    least: int = 1
    most: int | None = 1
    """None for no limit."""
    offset: int = 0


class _Reader:
    """Reads an expression that `re` accepts into nodes, or says what it cannot take."""

    def __init__(self, pattern: str, at: int, flags: re.RegexFlag) -> None:
        self.pattern = pattern
        self.begin = at
        self.at = at
        self.flags = flags

    def alternatives(self, depth: int) -> _Node:
        if depth > _DEEPEST:
            raise RegexError("the expression is nested too deeply", self.at)
        branches = [self._sequence(depth)]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            branches.append(self._sequence(depth))
        return _Node(tuple(branches), either=True, offset=self.at)

    def _sequence(self, depth: int) -> _Node:
        nodes = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            nodes.append(self._repeated(self._piece(depth)))
        return _Node(tuple(nodes), offset=self.at)

    def _piece(self, depth: int) -> _Node:
        start = self.at
        char = self.pattern[start]
        if char == "(":
            opening = _GROUP.match(self.pattern, start)
            if opening is None:
                raise RegexError(
                    "look-around, conditions, comments and scoped flags are not known here", start
                )
            self.at = opening.end()
            node = self.alternatives(depth + 1)
            self.at += 1
            return node
        if char in "^$":
            return self._anchor(start)
        found = {"[": _SET, "\\": _ESCAPE}.get(char, re.compile(r".", re.DOTALL)).match(
            self.pattern, start
        )
        if found is None:
            raise RegexError("back-references and word boundaries are not known here", start)
        self.at = found.end()
        single = found[0] if char in ".[\\" else re.escape(char)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return _Node(one=re.compile(single, self.flags), offset=start)

    def _anchor(self, start: int) -> _Node:
        # The whole text must match anyway, so an anchor can only say what holds.
        self.at += 1
        at_start = self.pattern[start] == "^" and start == self.begin
        if not at_start and (self.pattern[start] == "^" or self.at < len(self.pattern)):
            raise RegexError("an anchor can stand only at an end of the whole", start)
        return _Node(offset=start)

    def _repeated(self, node: _Node) -> _Node:
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None or found[0] == "{}":
            return node
        self.at = found.end()
        if self.pattern.startswith("+", self.at):
            raise RegexError("possessive repetition is not known here", self.at)
        if self.pattern.startswith("?", self.at):
            # Lazy or greedy: the whole text matches or it does not.
            self.at += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(found[0], (0, None))
        if found[0].startswith("{"):
            least = int(found["least"] or 0)
            most = int(found["most"]) if found["most"] else (None if found["comma"] else least)
        return _Node((node,), least=least, most=most, offset=found.start())


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a piece of the automaton shows to its neighbours (Glushkov, 1961)."""

    nullable: bool = True
    """Whether it matches nothing at all."""
    first: int = 0
    """The states it can begin with."""
    last: int = 0
    """The states it can end with."""


def _shape(node: _Node, characters: list[re.Pattern[str]], follow: list[int]) -> _Shape:
    if node.one is not None:
        if len(characters) >= _MOST_STATES:
            raise RegexError("the expression is too large", node.offset)
        characters.append(node.one)
        follow.append(0)
        state = 1 << (len(characters) - 1)
        return _Shape(nullable=False, first=state, last=state)
    if node.either:
        shapes = [_shape(child, characters, follow) for child in node.children]
        return _Shape(
            any(shape.nullable for shape in shapes),
            _all(shape.first for shape in shapes),
            _all(shape.last for shape in shapes),
        )
    whole = _Shape()
    for child in node.children:
        whole = _repeat(child, whole, characters, follow)
    return whole


def _repeat(
    node: _Node, before: _Shape, characters: list[re.Pattern[str]], follow: list[int]
) -> _Shape:
    """What stands before, followed by a node as often as it may be repeated."""
    single = _Node(node.children, node.either, node.one, offset=node.offset)
    copies = max(node.least, node.most or 0, 1 if node.most is None else 0)
    if copies > _MOST_STATES:
        raise RegexError("the expression is too large", node.offset)
    for copy in range(copies):
        shape = _shape(single, characters, follow)
        if not shape.first:
            # Nothing, however often: repeating it would only cost time.
            break
        if node.most is None and copy == copies - 1:
            _connect(shape.last, shape.first, follow)
        if copy >= node.least:
            shape = _Shape(nullable=True, first=shape.first, last=shape.last)
        before = _join(before, shape, follow)
    return before


def _join(one: _Shape, other: _Shape, follow: list[int]) -> _Shape:
    _connect(one.last, other.first, follow)
    return _Shape(
        one.nullable and other.nullable,
        one.first | other.first if one.nullable else one.first,
        one.last | other.last if other.nullable else other.last,
    )


def _connect(from_states: int, to_states: int, follow: list[int]) -> None:
    while from_states:
        lowest = from_states & -from_states
        follow[lowest.bit_length() - 1] |= to_states
        from_states ^= lowest


def _all(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
