"""Contract → text: what `init` writes and `config` prints, readable by `contract/reader.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tldr_lint.contract.model import Contract, FactsKind, LinkSettings, Pattern
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.contract.model import CollectionContract, Facts, Listing
    from tldr_lint.contract.toml_places import Path

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDEST = 96


def write_contract(contract: Contract, comments: Mapping[Path, tuple[str, ...]]) -> str:
    """A contract as TOML, what is said by default left out.

    `comments` are lines to stand above a key or a table; the key `()` is the
    head of the file.
    """
    lines = [f"# {line}".rstrip() for line in comments.get((), ())]
    settings = list(_settings(contract, comments))
    if settings:
        lines += ["", *settings] if lines else settings
    for collection in contract.collections:
        lines += ["", *_collection(collection, comments)]
    return "\n".join(lines).strip("\n") + "\n"


def _settings(contract: Contract, comments: Mapping[Path, tuple[str, ...]]) -> Iterator[str]:
    plain = Contract()
    given: tuple[tuple[str, object, object], ...] = (
        ("select", contract.select, ()),
        ("ignore", contract.ignore, ()),
        ("severity", contract.severity, {}),
        ("exclude", contract.exclude, ()),
        ("repository", contract.repository, None),
        ("max-file-size", contract.max_file_size, plain.max_file_size),
        ("max-listing-size", contract.max_listing_size, plain.max_listing_size),
        ("links", _links(contract.links), {}),
    )
    yield from _keys((), given, comments)
    if contract.per_file_ignores:
        yield ""
        yield "[per-file-ignores]"
        for glob, words in contract.per_file_ignores.items():
            yield f"{_key(glob)} = {_value(words)}"


def _links(links: LinkSettings) -> Mapping[str, object]:
    plain = LinkSettings()
    given = {
        "exclude": (links.exclude, plain.exclude),
        "accept": (links.accept, plain.accept),
        "timeout": (links.timeout, plain.timeout),
        "concurrency": (links.concurrency, plain.concurrency),
        "per-host": (links.per_host, plain.per_host),
        "ttl": (links.ttl, plain.ttl),
    }
    return {name: value for name, (value, default) in given.items() if value != default}


def _collection(
    collection: CollectionContract, comments: Mapping[Path, tuple[str, ...]]
) -> Iterator[str]:
    path: Path = ("collection", collection.name)
    given: tuple[tuple[str, object, object], ...] = (
        ("items", _one_or_many(collection.items), None),
        ("except", _one_or_many(collection.excluded), ()),
        ("template", collection.template, None),
        ("optional", _one_or_many(collection.optional), ()),
        ("sections", collection.sections, True),
        ("facts", _facts(collection.facts), None),
        ("key", collection.key.raw if collection.key is not None else None, None),
        ("title", collection.title.raw if collection.title is not None else None, None),
        ("values", {name: regex.pattern for name, regex in collection.values.items()}, {}),
    )
    yield from _above(path, comments)
    yield f"[collection.{_key(collection.name)}]"
    yield from _keys(path, given, comments)
    for kind, listings in (("index", collection.indexes), ("rollup", collection.rollups)):
        for position, listing in enumerate(listings):
            yield ""
            several = len(listings) > 1
            inner: Path = (*path, kind, position) if several else (*path, kind)
            yield from _above(inner, comments)
            name = f"collection.{_key(collection.name)}.{kind}"
            yield f"[[{name}]]" if several else f"[{name}]"
            yield from _keys(inner, _listing(listing), comments)


def _listing(listing: Listing) -> tuple[tuple[str, object, object], ...]:
    order = listing.order.raw if isinstance(listing.order, Pattern) else listing.order
    return (
        ("file", listing.file, None),
        ("under", listing.under, None),
        ("columns", {name: pattern.raw for name, pattern in listing.columns.items()}, {}),
        ("entry", listing.entry.raw if listing.entry is not None else None, None),
        ("order", f"-{order}" if listing.descending else order, None),
        ("counts", listing.counts.raw if listing.counts is not None else None, None),
        ("complete", listing.complete, True),
        ("once", listing.once, True),
    )


def _keys(
    path: Path,
    given: tuple[tuple[str, object, object], ...],
    comments: Mapping[Path, tuple[str, ...]],
) -> Iterator[str]:
    said = [(name, value) for name, value, default in given if value != default]
    width = max((len(name) for name, _ in said), default=0)
    for name, value in said:
        yield from _above((*path, name), comments)
        yield f"{name:{width}} = {_value(value)}"


def _above(path: Path, comments: Mapping[Path, tuple[str, ...]]) -> Iterator[str]:
    for line in comments.get(path, ()):
        yield f"# {line}".rstrip()


def _one_or_many(texts: tuple[str, ...]) -> object:
    return texts[0] if len(texts) == 1 else texts


def _facts(facts: Facts | None) -> str | None:
    if facts is None:
        return None
    if facts.kind is FactsKind.TABLE:
        return f"table:{facts.argument}"
    return facts.argument if facts.kind is FactsKind.FILE else facts.kind.value


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case tuple() | list():
            inside = [_value(each) for each in value]
            short = f"[{', '.join(inside)}]"
            if len(short) <= _WIDEST:
                return short
            return "[\n" + "".join(f"  {each},\n" for each in inside) + "]"
        case Mapping():
            inside = [f"{_key(str(name))} = {_value(each)}" for name, each in value.items()]
            return f"{{ {', '.join(inside)} }}"
        case _:
            return str(value)


def _text(text: str) -> str:
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
