"""Text → contract, or errors that point: file, line, column and the nearest valid word.

A contract is untrusted input: it can name no path outside the root, start no
program, and hang nothing (`globs.py`, `contract/linear_regex.py`).
"""

from __future__ import annotations

import re
from types import MappingProxyType

from tldr_lint.contract.error import ContractError, did_you_mean, problem_at
from tldr_lint.contract.linear_regex import RegexError, compile_linear
from tldr_lint.contract.model import (
    CollectionContract,
    Contract,
    Facts,
    FactsKind,
    LinkSettings,
    Listing,
)
from tldr_lint.contract.pattern import PatternError, fields_of, parse_pattern
from tldr_lint.contract.schema import mismatches
from tldr_lint.contract.toml_places import toml_places
from tldr_lint.globs import glob_problem
from tldr_lint.records import TYPE_CHECKING, dataclass, field
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Literal

    from tldr_lint.contract.error import ContractProblem
    from tldr_lint.contract.linear_regex import LinearRegex
    from tldr_lint.contract.model import Pattern
    from tldr_lint.contract.toml_places import Path, Spot
    from tldr_lint.text import Source

CONTRACT_FILES = ("tldr-lint.toml", ".tldr-lint.toml", "pyproject.toml")
"""Where a contract may stand, the first that is there counts."""

_TABLE_IN_PYPROJECT = ("tool", "tldr-lint")
_LARGEST = 1_000_000
_MOST_DOTS = 100
_NOT_IN_DOTTED_KEY = re.compile(r"[^\w\"'. \t-]+")
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_FACTS_WORDS = ("front-matter", "header", "table:Summary")
_SIBLING = re.compile(r"[^/\\]+\.(?:ya?ml|toml)", re.IGNORECASE)


def read_contract(source: Source, rules: Collection[str]) -> Contract | None:
    """The contract that a configuration file declares, or nothing if it declares none.

    `rules` are the words that may name rules: codes, names and families. A
    `pyproject.toml` declares a contract only in its table `tool.tldr-lint`.

    Raises:
        ContractError: the text is no TOML, or says what no contract can say.
    """
    in_pyproject = source.path.rpartition("/")[2] == "pyproject.toml"
    if in_pyproject and "tldr-lint" not in source.text:
        return None
    value = parse_toml(source)
    base: Path = ()
    if in_pyproject:
        base = _TABLE_IN_PYPROJECT
        tool = value.get("tool")
        if not isinstance(tool, dict) or "tldr-lint" not in tool:
            return None
        value = tool["tldr-lint"]
    spots = toml_places(source.text.replace("\ufeff", " ", 1))
    reading = _Reading(source, base, spots, frozenset(rules))
    wrong = list(mismatches(value))
    for each in wrong:
        message = each.message + did_you_mean(each.word, each.known)
        reading.report(each.path, message, at_key=each.at_key)
    if not wrong and isinstance(value, dict):
        contract = reading.contract(value)
        if not reading.problems:
            return contract
    raise ContractError(reading.problems)


def parse_toml(source: Source) -> Mapping[str, object]:
    """What a TOML text says.

    Raises:
        ContractError: it is no TOML, too large or nested too deeply.
    """
    import tomllib  # noqa: PLC0415 — a repository without a contract need not pay for it

    if len(source.text) > _LARGEST:
        raise ContractError([problem_at(source, None, "a file this large cannot be meant")])
    # `tomllib` takes minutes for a key with very many dots.
    if any(run.count(".") > _MOST_DOTS for run in _NOT_IN_DOTTED_KEY.split(source.text)):
        raise ContractError([problem_at(source, None, "the values are nested too deeply")])
    try:
        value: Mapping[str, object] = tomllib.loads(source.text.removeprefix("\ufeff"))
    except RecursionError as problem:
        message = "the values are nested too deeply"
        raise ContractError([problem_at(source, None, message)]) from problem
    except tomllib.TOMLDecodeError as problem:
        found = _TOML_PLACE.search(str(problem))
        at = len(source.text.rstrip())
        if found is not None and found[1]:
            at = source.starts[int(found[1]) - 1] + int(found[2]) - 1
        what = _TOML_PLACE.sub("", str(problem))
        message = f"this is no TOML: {what[:1].lower()}{what[1:]}"
        raise ContractError([problem_at(source, source.place(at, at), message)]) from problem
    return value


@dataclass(slots=True)
class _Reading:
    """A contract being read: what is wrong is gathered, so that all of it is said at once."""

    source: Source
    base: Path
    spots: Mapping[Path, Spot]
    rules: frozenset[str]
    problems: list[ContractProblem] = field(default_factory=list)

    def report(
        self, path: Path, message: str, *, at_key: bool = False, offset: int | None = None
    ) -> None:
        place = self.place(path, at_key=at_key)
        if offset is not None and place is not None:
            # A string with an escape is longer written than read: then its start must do.
            raw = self.source[place.span]
            quote = 3 if raw.startswith(('"""', "'''")) else 1
            if "\\" not in raw:
                start = min(place.span.start + quote + offset, place.span.end)
                place = self.source.place(start, place.span.end - quote)
        self.problems.append(problem_at(self.source, place, message))

    def place(self, path: Path, *, at_key: bool = False) -> Place | None:
        full = (*self.base, *path)
        while full and full not in self.spots:
            full, at_key = full[:-1], True
        spot = self.spots.get(full)
        if spot is None:
            return None
        return Place(self.source.path, spot.key if at_key else spot.value)

    def contract(self, value: Mapping[str, object]) -> Contract:
        links = _table(value, "links")
        defaults = LinkSettings()
        collections = tuple(
            self.collection(name, _table(_table(value, "collection"), name))
            for name in _table(value, "collection")
        )
        plain = Contract()
        return Contract(
            path=self.source.path,
            collections=collections,
            select=self.codes(value, ("select",)),
            ignore=self.codes(value, ("ignore",)),
            severity=MappingProxyType(
                {
                    self.code(word, ("severity", word), at_key=True): str(severity)
                    for word, severity in _table(value, "severity").items()
                }
            ),
            per_file_ignores=MappingProxyType(
                {
                    self.glob(glob, ("per-file-ignores", glob), at_key=True): self.codes(
                        _table(value, "per-file-ignores"), ("per-file-ignores", glob)
                    )
                    for glob in _table(value, "per-file-ignores")
                }
            ),
            exclude=self.globs(value, ("exclude",)),
            repository=self.repository(value),
            links=LinkSettings(
                exclude=_texts(links.get("exclude")),
                accept=tuple(_whole(each, 0) for each in _list(links.get("accept"))),
                timeout=_amount(links.get("timeout"), defaults.timeout),
                concurrency=_whole(links.get("concurrency"), defaults.concurrency),
                per_host=_whole(links.get("per-host"), defaults.per_host),
                ttl=_amount(links.get("ttl"), defaults.ttl),
                headers=MappingProxyType(
                    {
                        host: MappingProxyType(
                            {name: str(variable) for name, variable in _table(named, host).items()}
                        )
                        for named in (_table(links, "headers"),)
                        for host in named
                    }
                ),
            ),
            max_file_size=_whole(value.get("max-file-size"), plain.max_file_size),
            max_listing_size=_whole(value.get("max-listing-size"), plain.max_listing_size),
            places=MappingProxyType(
                {
                    path[len(self.base) :]: Place(self.source.path, spot.value)
                    for path, spot in self.spots.items()
                    if path[: len(self.base)] == self.base
                }
            ),
        )

    def collection(self, name: str, value: Mapping[str, object]) -> CollectionContract:
        path = ("collection", name)
        sections = value.get("sections", True)
        values = _table(value, "values")
        return CollectionContract(
            name=name,
            items=self.globs(value, (*path, "items")),
            excluded=self.globs(value, (*path, "except")),
            template=self.file(value, (*path, "template")),
            optional=_texts(value.get("optional")),
            sections="changed" if sections == "changed" else bool(sections),
            facts=self.facts(value, (*path, "facts")),
            key=self.pattern(value, (*path, "key"), needs_field=True),
            title=self.pattern(value, (*path, "title"), needs_field=True),
            values=MappingProxyType(
                {
                    each: regex
                    for each in values
                    if (regex := self.regex(str(values[each]), (*path, "values", each))) is not None
                }
            ),
            indexes=self.listings(value, (*path, "index")),
            rollups=self.listings(value, (*path, "rollup")),
            place=self.place(path, at_key=True),
        )

    def listings(self, value: Mapping[str, object], path: Path) -> tuple[Listing, ...]:
        given = value.get(str(path[-1]))
        if isinstance(given, list):
            return tuple(
                self.listing(each, (*path, position)) for position, each in enumerate(given)
            )
        return (self.listing(given, path),) if given is not None else ()

    def listing(self, value: object, path: Path) -> Listing:
        place = self.place(path, at_key=True)
        if not isinstance(value, dict):
            file = str(value)
            return Listing(self.glob(file, path, is_file=True), place=place)
        columns = _table(value, "columns")
        order, descending = self.order(value, (*path, "order"))
        return Listing(
            file=self.file(value, (*path, "file")) or "",
            under=_text(value.get("under")),
            columns=MappingProxyType(
                {
                    name: pattern
                    for name in columns
                    if (pattern := self.pattern(columns, (*path, "columns", name))) is not None
                }
            ),
            entry=self.pattern(value, (*path, "entry"), needs_field=True),
            order=order,
            descending=descending,
            counts=self.counts(value, (*path, "counts")),
            complete=bool(value.get("complete", True)),
            once=bool(value.get("once", True)),
            place=place,
        )

    def order(
        self, value: Mapping[str, object], path: Path
    ) -> tuple[Pattern | Literal["index"] | None, bool]:
        raw = _text(value.get("order"))
        if raw == "index":
            if "rollup" not in path:
                self.report(path, "an index sets the order: only a roll-up can follow it")
            return "index", False
        descending = raw is not None and raw.startswith("-")
        pattern = self.pattern(value, path, needs_field=True, skip=1 if descending else 0)
        return pattern, descending

    def counts(self, value: Mapping[str, object], path: Path) -> Pattern | None:
        pattern = self.pattern(value, path)
        names = [each.names for each in fields_of(pattern)] if pattern is not None else []
        if pattern is not None and names != [("count",)]:
            self.report(path, "`counts` needs `{count}`, once, and no other field")
        return pattern

    def pattern(
        self, value: Mapping[str, object], path: Path, *, needs_field: bool = False, skip: int = 0
    ) -> Pattern | None:
        raw = _text(value.get(str(path[-1])))
        if raw is None:
            return None
        try:
            pattern = parse_pattern(raw[skip:], self.place(path))
        except PatternError as problem:
            self.report(path, str(problem), offset=problem.offset + skip)
            return None
        if needs_field and not any(fields_of(pattern)):
            self.report(path, f"the pattern has no field; did you mean `{{{raw[skip:].strip()}}}`?")
        for each in fields_of(pattern):
            if "count" in each.names and path[-1] != "counts":
                self.report(path, "`{count}` has a meaning in `counts` only")
        return pattern

    def regex(self, raw: str, path: Path) -> LinearRegex | None:
        try:
            return compile_linear(raw)
        except RegexError as problem:
            self.report(path, f"bad regular expression: {problem}", offset=problem.offset)
            return None

    def facts(self, value: Mapping[str, object], path: Path) -> Facts | None:
        raw = _text(value.get("facts"))
        if raw is None:
            return None
        word, colon, heading = raw.partition(":")
        if word == "table" and colon:
            if not heading.strip():
                self.report(path, "`table:` needs the heading of the table: `table:Summary`")
            return Facts(FactsKind.TABLE, heading.strip())
        if raw in ("front-matter", "header"):
            return Facts(FactsKind(raw))
        if not _SIBLING.fullmatch(raw):
            expected = "`table:HEADING`, `front-matter`, `header` or the name of a file beside it"
            near = did_you_mean(raw, _FACTS_WORDS)
            self.report(path, f"facts stand in {expected} (YAML or TOML){near}")
        return Facts(FactsKind.FILE, raw)

    def repository(self, value: Mapping[str, object]) -> str | None:
        raw = _text(value.get("repository"))
        if raw is not None and not re.fullmatch(r"https?://[^/\s]+/[^\s?#]+", raw):
            self.report(("repository",), "this is no address: `https://github.com/owner/name`")
        return raw

    def codes(self, value: Mapping[str, object], path: Path) -> tuple[str, ...]:
        given = value.get(str(path[-1]))
        if isinstance(given, str):
            return (self.code(given, path),)
        return tuple(
            self.code(str(each), (*path, position)) for position, each in enumerate(_list(given))
        )

    def code(self, word: str, path: Path, *, at_key: bool = False) -> str:
        if word not in self.rules:
            near = did_you_mean(word, self.rules)
            self.report(path, f"unknown rule `{word}`{near}", at_key=at_key)
        return word

    def globs(self, value: Mapping[str, object], path: Path) -> tuple[str, ...]:
        given = value.get(str(path[-1]))
        if isinstance(given, str):
            return (self.glob(given, path),)
        return tuple(
            self.glob(str(each), (*path, position)) for position, each in enumerate(_list(given))
        )

    def file(self, value: Mapping[str, object], path: Path) -> str | None:
        raw = _text(value.get(str(path[-1])))
        return self.glob(raw, path, is_file=True) if raw is not None else None

    def glob(self, raw: str, path: Path, *, at_key: bool = False, is_file: bool = False) -> str:
        wrong = glob_problem(raw)
        if wrong is None and is_file and raw.endswith("/"):
            wrong = "this names a folder, a file is needed"
        if wrong is not None:
            self.report(path, wrong, at_key=at_key)
        return raw.removeprefix("./")


def _table(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, _list(value)))


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def _amount(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default
