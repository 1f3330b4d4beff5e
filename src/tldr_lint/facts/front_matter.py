"""Fields of a YAML or TOML text, each where it stands: front matter, and files beside an item.

Values are text as a reader sees it, never typed: `2022-03-03` is no date and
`0021` no number, for an index repeats what is written. Nested tables give
dotted names, lists their elements with commas between.
"""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Words and the blanks between them are told apart, so that no line is tried in many ways.
_KEY = r"([A-Za-z][\w-]*+(?:[ ]++[\w-]++)*+)[ \t]*+:"
_SIMPLE = regex(rf"{_KEY}(?:[ \t]++([^\s#&*!|>'\"%@`{{}}\[\],?:-][^\r\n]*+)?)?")
_SALVAGED = regex(rf"{_KEY}[ \t]++(\S[^\r\n]*+)")
_LINE_END = regex(r"\r\n|\r|\n")
# Longer than any front matter that people write; YAML costs more than Markdown.
_LARGEST = 200_000
_DEEPEST = 8
_MOST_FIELDS = 2_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field: its name as written, its value as a reader sees it, and where the value stands."""

    name: str
    text: str
    span: Span
    """In the text that was read."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a text says; where it cannot be read, what could be saved, and what is wrong."""

    fields: tuple[FieldValue, ...]
    problem: str | None = None
    problem_span: Span | None = None


def yaml_fields(text: str) -> Fields:
    """The fields of a YAML mapping."""
    simple = _simple_fields(text)
    if simple is not None:
        return Fields(simple)
    if len(text) > _LARGEST:
        return Fields((), f"it is longer than {_LARGEST:,} characters")
    import yaml  # noqa: PLC0415 - most texts are simple, and YAML is slow to import

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, loader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        at = min(mark.index, len(text)) if mark is not None else 0
        what = problem.problem or problem.context or "it is no YAML"
        return Fields(_salvaged(text), what, _line_around(text, at))
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        return Fields(_salvaged(text), str(problem).partition("\n")[0], _line_around(text, 0))
    if node is None:
        return Fields(())
    if not isinstance(node, yaml.MappingNode):
        return Fields((), "it is no list of `key: value`", _line_around(text, 0))
    found: list[FieldValue] = []
    for field in _yaml_mapping(node, "", 0):
        found.append(field)
        if len(found) >= _MOST_FIELDS:
            break
    return Fields(tuple(found))


def _yaml_mapping(node: object, prefix: str, depth: int) -> Iterator[FieldValue]:
    import yaml  # noqa: PLC0415

    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name = f"{prefix}{key.value}"
        span = Span(value.start_mark.index, value.end_mark.index)
        if isinstance(value, yaml.ScalarNode):
            plain = not value.style
            text = "" if plain and value.value in _NULLS else value.value.strip()
            yield FieldValue(name, text, span)
        elif isinstance(value, yaml.SequenceNode):
            texts = [each.value for each in value.value if isinstance(each, yaml.ScalarNode)]
            yield FieldValue(name, ", ".join(texts), span)
        elif depth < _DEEPEST:
            yield from _yaml_mapping(value, f"{name}.", depth + 1)


def _simple_fields(text: str) -> tuple[FieldValue, ...] | None:
    """The fields of a text whose every line is `key: value` beyond doubt, or nothing."""
    found: list[FieldValue] = []
    at = 0
    for line in _LINE_END.split(text):
        if line.strip():
            simple = _SIMPLE.fullmatch(line)
            if simple is None:
                return None
            value = (simple[2] or "").rstrip()
            if ": " in value or ":\t" in value or " #" in value or value.endswith(":"):
                return None
            start = at + (simple.start(2) if value else len(line.rstrip()))
            said = "" if value in _NULLS else value
            found.append(FieldValue(simple[1], said, Span(start, start + len(value))))
        at += len(line)
        ending = _LINE_END.match(text, at)
        at = ending.end() if ending is not None else at
    return tuple(found)


def _salvaged(text: str) -> tuple[FieldValue, ...]:
    """The fields whose lines can be told apart though the whole is no YAML.

    One bad line must not hide that the others drift.
    """
    found: list[FieldValue] = []
    at = 0
    for line in _LINE_END.split(text):
        field = _SALVAGED.match(line)
        if field is not None:
            value, start = field[2].rstrip(" \t"), at + field.start(2)
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            if quoted:
                value, start = value[1:-1], start + 1
            # A value that begins like this may be what is wrong: it says nothing for sure.
            if quoted or value[0] not in "[]{}&*!|>%@`'\",#?":
                found.append(FieldValue(field[1], value, Span(start, start + len(value))))
        at += len(line)
        ending = _LINE_END.match(text, at)
        at = ending.end() if ending is not None else at
    return tuple(found[:_MOST_FIELDS])


def _line_around(text: str, at: int) -> Span:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    ending = _LINE_END.search(text, start)
    return Span(start, ending.start() if ending is not None else len(text))


def toml_fields(text: str) -> Fields:
    """The fields of a TOML text."""
    from tldr_lint.contract.error import ContractError  # noqa: PLC0415 - with TOML only
    from tldr_lint.contract.reader import parse_toml  # noqa: PLC0415
    from tldr_lint.contract.toml_places import toml_places  # noqa: PLC0415
    from tldr_lint.text import Source  # noqa: PLC0415

    source = Source("", text)
    try:
        value = parse_toml(source)
    except ContractError as error:
        problem = error.problems[0]
        at = source.starts[problem.line - 1]
        return Fields((), problem.message, _line_around(text, at))
    places = toml_places(text)
    found = []
    for path, said in _toml_table(value, ()):
        spot = places.get(path)
        if spot is not None:
            found.append(FieldValue(".".join(path), said, spot.value))
    return Fields(tuple(found[:_MOST_FIELDS]))


def _toml_table(
    table: Mapping[str, object], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            if len(path) < _DEEPEST:
                yield from _toml_table(value, (*path, name))
        elif isinstance(value, list):
            yield (*path, name), ", ".join(_said(each) for each in value if _is_scalar(each))
        else:
            yield (*path, name), _said(value)


def _is_scalar(value: object) -> bool:
    return not isinstance(value, dict | list)


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
