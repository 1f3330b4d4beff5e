"""The vocabulary of a contract, written once: what may be said, and in which shape.

`contract/reader.py` validates with it, and the JSON Schema that ships with the
package is made from it, so the two cannot part.
"""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from tldr_lint.contract.toml_places import Path


@dataclass(frozen=True, slots=True)
class Text:
    """A string, perhaps one of a few words."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, whole unless `fraction`."""

    least: int
    most: int
    fraction: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose keys are the user's own words."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Group:
    """A table with known keys."""

    keys: Mapping[str, Key]
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes, each of another TOML type."""

    of: tuple[Shape, ...]


Shape: TypeAlias = Text | Flag | Number | Many | Named | Group | Either


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table, with what it is for."""

    shape: Shape
    about: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a value leaves the vocabulary, and how."""

    path: Path
    message: str
    at_key: bool = False
    """Whether the key is wrong, not its value."""
    word: str = ""
    """What was written, where a nearest word can be offered."""
    known: tuple[str, ...] = ()


_TEXTS = Either((Text(), Many(Text())))
_LISTING = Group(
    {
        "file": Key(Text(), "The Markdown file, relative to the root."),
        "under": Key(
            Text(), "Only what stands below a heading of this text counts; it may stand repeatedly."
        ),
        "columns": Key(Named(Text()), "Column → the pattern that each cell must follow."),
        "entry": Key(Text(), "The pattern that each list entry must follow."),
        "order": Key(
            Text(), "A pattern to sort by, `-` before it for descending; or `index` in a roll-up."
        ),
        "counts": Key(Text(), "A pattern with `{count}` that the file must say: `{count} notes`."),
        "complete": Key(Flag(), "Whether every item must be listed; the default is true."),
        "once": Key(Flag(), "Whether an item may be listed only once; the default is true."),
    },
    required=("file",),
)
_LISTINGS = Either((Text(), _LISTING, Many(Either((Text(), _LISTING)))))
_COLLECTION = Group(
    {
        "items": Key(_TEXTS, "Globs of the files that are items, relative to the root."),
        "except": Key(_TEXTS, "Globs of files that `items` names but that are none."),
        "template": Key(Text(), "The file whose sections and columns every item follows."),
        "optional": Key(_TEXTS, "Globs of headings that may be absent from an item."),
        "sections": Key(
            Either((Flag(), Text(("changed",)))),
            "Whether items are held to the template's sections; `changed`: only changed items.",
        ),
        "facts": Key(
            Text(),
            "Where an item's fields stand: `table:HEADING`, `front-matter`, `header`, or the name "
            "of a YAML or TOML file beside the item.",
        ),
        "key": Key(Text(), "The pattern that is unique, and pairs items with roll-up rows."),
        "title": Key(Text(), "The pattern that the first heading follows: `ADR-{number}: {name}`."),
        "values": Key(Named(Text()), "Field → regular expression that its whole value must match."),
        "index": Key(_LISTINGS, "Where every item is linked, once."),
        "rollup": Key(_LISTINGS, "Where every item's facts are repeated."),
    },
    required=("items",),
)
_LINKS = Group(
    {
        "exclude": Key(_TEXTS, "Globs of URLs that are never asked."),
        "accept": Key(Many(Number(100, 999)), "Further status codes that count as alive."),
        "timeout": Key(Number(1, 600, fraction=True), "Seconds for one URL, all told."),
        "concurrency": Key(Number(1, 1000), "Requests under way at a time."),
        "per-host": Key(Number(1, 100), "Requests under way at a time to one host."),
        "ttl": Key(
            Number(0, 366 * 86400, fraction=True), "Seconds for which a good answer is believed."
        ),
        "headers": Key(
            Named(Named(Text())),
            "Host → header → the environment variable that holds its value.",
        ),
    }
)
VOCABULARY = Group(
    {
        "collection": Key(Named(_COLLECTION), "The collections, by name."),
        "select": Key(_TEXTS, "The rules that run: codes, names or families."),
        "ignore": Key(_TEXTS, "The rules that do not run."),
        "severity": Key(
            Named(Text(("error", "warning", "info"))), "Code, name or family → severity."
        ),
        "per-file-ignores": Key(Named(_TEXTS), "Glob → rules that are not reported there."),
        "exclude": Key(_TEXTS, "Globs of files that are not looked at."),
        "repository": Key(
            Text(), "The repository's address: absolute links to it are checked as relative ones."
        ),
        "links": Key(_LINKS, "How `--links` asks the network."),
        "max-file-size": Key(
            Number(1, 1_000_000_000), "Bytes above which an item is not read; 1,000,000 if unsaid."
        ),
        "max-listing-size": Key(
            Number(1, 1_000_000_000),
            "Bytes above which an index or roll-up is not read; 16,000,000 if unsaid.",
        ),
    }
)
"""The whole of `tldr-lint.toml`, and of `[tool.tldr-lint]` in `pyproject.toml`."""


def mismatches(value: object, shape: Shape = VOCABULARY, path: Path = ()) -> Iterator[Mismatch]:
    """Where a value, as `tomllib` gives it, does not have a shape."""
    if isinstance(shape, Either):
        shape = next((each for each in shape.of if _fits(value, each)), shape)
    if not _fits(value, shape) or isinstance(shape, Either):
        yield _wrong_type(value, shape, path)
    elif isinstance(value, dict):
        yield from _in_table(value, shape, path)
    elif isinstance(value, list) and isinstance(shape, Many):
        for position, each in enumerate(value):
            yield from mismatches(each, shape.of, (*path, position))
    else:
        yield from _in_scalar(value, shape, path)


def _in_scalar(value: object, shape: Shape, path: Path) -> Iterator[Mismatch]:
    match shape, value:
        case Number(), int() | float() if not shape.least <= value <= shape.most:
            message = f"{_name(path)} must lie between {shape.least} and {shape.most}"
            yield Mismatch(path, message)
        case Text(), str() if shape.words and value not in shape.words:
            words = ", ".join(f"`{word}`" for word in shape.words)
            message = f"{_name(path)} must be one of {words}"
            yield Mismatch(path, message, word=value, known=shape.words)


def _in_table(value: Mapping[str, object], shape: Shape, path: Path) -> Iterator[Mismatch]:
    if isinstance(shape, Named):
        for name, each in value.items():
            yield from mismatches(each, shape.of, (*path, name))
    elif isinstance(shape, Group):
        yield from _group(value, shape, path)


def _group(value: Mapping[str, object], shape: Group, path: Path) -> Iterator[Mismatch]:
    for name, each in value.items():
        key = shape.keys.get(name)
        if key is None:
            yield Mismatch(
                (*path, name),
                f"unknown key `{name}`",
                at_key=True,
                word=name,
                known=tuple(shape.keys),
            )
        else:
            yield from mismatches(each, key.shape, (*path, name))
    # A misspelt key is probably the one that is missing; it is said once.
    for name in shape.required if value.keys() <= shape.keys.keys() else ():
        if name not in value:
            yield Mismatch(path, f"{_name(path)} lacks the key `{name}`", at_key=True)


def _fits(value: object, shape: Shape) -> bool:
    match shape:
        case Text():
            return isinstance(value, str)
        case Flag():
            return isinstance(value, bool)
        case Number():
            kinds = (int, float) if shape.fraction else (int,)
            return isinstance(value, kinds) and not isinstance(value, bool)
        case Many():
            return isinstance(value, list)
        case Either():
            return any(_fits(value, each) for each in shape.of)
        case _:
            return isinstance(value, dict)


def _wrong_type(value: object, shape: Shape, path: Path) -> Mismatch:
    return Mismatch(path, f"{_name(path)} must be {_called(shape)}, not {_type_of(value)}")


def _name(path: Path) -> str:
    keys = [part for part in path if isinstance(part, str)]
    called = f"`{keys[-1]}`" if keys else "the contract"
    return f"each element of {called}" if path and isinstance(path[-1], int) else called


def _called(shape: Shape) -> str:
    match shape:
        case Text():
            return " or ".join(f'"{word}"' for word in shape.words) or "a string"
        case Flag():
            return "true or false"
        case Number():
            return "a number" if shape.fraction else "a whole number"
        case Many():
            return "a list" if isinstance(shape.of, Either) else f"a list of {_plural(shape.of)}"
        case Either():
            return " or ".join(map(_called, shape.of))
        case _:
            return "a table"


def _plural(shape: Shape) -> str:
    return {"a string": "strings", "a whole number": "whole numbers"}.get(_called(shape), "values")


def _type_of(value: object) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (str, "a string"),
        (int, "a whole number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "a table"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "a date or time")


def json_schema() -> Mapping[str, object]:
    """The vocabulary as JSON Schema, draft 7, which editors know best."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "tldr-lint.toml",
        "description": "The contract of a repository's collections of Markdown notes.",
        **_schema(VOCABULARY),
    }


def _schema(shape: Shape) -> Mapping[str, object]:
    match shape:
        case Text():
            return {"type": "string", **({"enum": list(shape.words)} if shape.words else {})}
        case Flag():
            return {"type": "boolean"}
        case Number():
            kind = "number" if shape.fraction else "integer"
            return {"type": kind, "minimum": shape.least, "maximum": shape.most}
        case Many():
            return {"type": "array", "items": _schema(shape.of)}
        case Named():
            return {"type": "object", "additionalProperties": _schema(shape.of)}
        case Either():
            return {"anyOf": [_schema(each) for each in shape.of]}
        case Group():
            properties = {
                name: {"description": key.about, **_schema(key.shape)}
                for name, key in shape.keys.items()
            }
            return {
                "type": "object",
                "additionalProperties": False,
                "properties": properties,
                **({"required": list(shape.required)} if shape.required else {}),
            }
