"""Where an item's fields stand → its records, each value with its place.

Facts stand in a table, in front matter, in header lines, or in a YAML or TOML
file beside the item; what is downstream of this does not know which.
"""

from __future__ import annotations

import posixpath

from tldr_lint.contract.model import FactsKind, Pattern
from tldr_lint.contract.pattern import fields_of, match_pattern
from tldr_lint.facts.front_matter import toml_fields, yaml_fields
from tldr_lint.facts.header import header_fields
from tldr_lint.parse import plain
from tldr_lint.record import FactsProblem, Record, Value, column_name, header_names, table_records
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Place, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tldr_lint.contract.model import CollectionContract, Facts, Listing
    from tldr_lint.document import Document
    from tldr_lint.facts.front_matter import FieldValue
    from tldr_lint.table import Table
    from tldr_lint.text import Source

_FIELD_WORDS = frozenset({"", "field", "key", "property", "attribute", "metadata", "meta"})
_VALUE_WORDS = frozenset({"", "value", "values"})


@dataclass(frozen=True, slots=True)
class Beside:
    """The text of a file beside an item; `problem` where it cannot be read."""

    source: Source
    problem: str | None = None


def facts_files(
    facts: Facts | None, items: Iterable[str], paths: Iterable[str]
) -> Mapping[str, str]:
    """Item → the file that holds its facts, if facts stand in files of their own.

    A `*` in the name is the item's stem, or anything where only one file of
    the folder fits. The file need not be there.
    """
    if facts is None or facts.kind is not FactsKind.FILE:
        return {}
    before, star, after = facts.argument.partition("*")
    fitting: dict[str, list[str]] = {}
    for path in paths if star else ():
        folder, name = posixpath.split(path)
        if name.startswith(before) and name.endswith(after):
            fitting.setdefault(folder, []).append(name)
    found: dict[str, str] = {}
    for item in items:
        folder, name = posixpath.split(item)
        wanted = facts.argument.replace("*", posixpath.splitext(name)[0])
        candidates = fitting.get(folder, [])
        only = candidates[0] if len(candidates) == 1 and wanted not in candidates else wanted
        found[item] = posixpath.join(folder, only)
    return found


def read_records(
    document: Document,
    contract: CollectionContract,
    sibling: str | None = None,
    texts: Mapping[str, Beside] | None = None,
) -> tuple[tuple[Record, ...], FactsProblem | None]:
    """The records of an item whose facts stand elsewhere than in a table.

    `sibling` is the item's file of `facts_files`, `texts` the files that were read.
    """
    kind = contract.facts.kind if contract.facts is not None else None
    values: Mapping[str, Value] = {}
    problem = None
    if document.problem is not None:
        return (), None
    if kind is FactsKind.HEADER:
        values = _values(header_fields(document))
        if not values:
            problem = FactsProblem(_head(document), "no header line `Key: value` below the title")
    elif kind is FactsKind.FRONT_MATTER:
        values, problem = _front_matter(document)
    elif kind is FactsKind.FILE and sibling is not None:
        values, problem = _file_beside(document, sibling, (texts or {}).get(sibling))
    records = (_record(values),) if values else ()
    return with_title(document, contract, records), problem


def _front_matter(document: Document) -> tuple[Mapping[str, Value], FactsProblem | None]:
    if document.front_matter is None:
        return {}, FactsProblem(document.source.place(0, 0), "the front matter is not there")
    content = document.front_matter.content
    read = yaml_fields(document.source[content])
    problem = None
    if read.problem is not None:
        span = _shifted(read.problem_span or Span(0, 0), content.start)
        message = f"the front matter cannot be read: {read.problem}"
        problem = FactsProblem(Place(document.path, span), message)
    return _values(read.fields, content.start), problem


def _file_beside(
    document: Document, path: str, found: Beside | None
) -> tuple[Mapping[str, Value], FactsProblem | None]:
    # The place would be in a file that is no document, so it is put into words.
    if found is None:
        return {}, FactsProblem(_head(document), f"the facts file `{path}` is not there")
    if found.problem is not None:
        message = f"the facts file `{path}` cannot be read: {found.problem}"
        return {}, FactsProblem(_head(document), message)
    read = (toml_fields if path.endswith("toml") else yaml_fields)(found.source.text)
    problem = None
    if read.problem is not None:
        line, _ = found.source.position((read.problem_span or Span(0, 0)).start)
        message = f"`{path}` cannot be read, line {line}: {read.problem}"
        problem = FactsProblem(_head(document), message)
    return _values(read.fields, path=path), problem


def _values(
    fields: Iterable[FieldValue], offset: int = 0, path: str | None = None
) -> Mapping[str, Value]:
    return {
        column_name(field.name): Value(field.text, _shifted(field.span, offset), path)
        for field in fields
    }


def _head(document: Document) -> Place:
    title = document.title
    return Place(document.path, title.span) if title is not None else document.source.place(0, 0)


def _shifted(span: Span, offset: int) -> Span:
    return Span(span.start + offset, span.end + offset)


def _record(values: Mapping[str, Value]) -> Record:
    spans = [value.span for value in values.values()]
    return Record(values, Span(min(s.start for s in spans), max(s.end for s in spans)))


def pair_records(table: Table, wanted: Collection[str]) -> tuple[Record, ...]:
    """The record of a table of two columns, field and value; of another table its rows.

    `wanted` are the fields that the contract speaks of, in folded case. A table
    whose header names one of them has rows; one whose first column does has pairs.
    """
    if len(table.header.pieces) != 2:
        return table_records(table)
    header = header_names(table.header)
    rows = [row for row in table.rows if len(row) == 2]
    first = {column_name(row.cells[0].raw) for row in rows}
    begins_in_header = header[0] in wanted and bool(first & set(wanted))
    if not begins_in_header:
        named = bool(first & set(wanted)) and header[1] not in wanted
        if header[0] in wanted or not (named or speaks_of_pairs(table)):
            return table_records(table)
    values: dict[str, Value] = {}
    for row in [table.header, *rows] if begins_in_header else rows:
        name, value = row.cells
        values.setdefault(column_name(name.raw), Value(value.raw, value.span))
    return (Record(values, table.span),) if values else ()


def speaks_of_pairs(table: Table) -> bool:
    """Whether a header says that each row has a field and its value: `Field | Value`."""
    header = header_names(table.header)
    return len(header) == 2 and header[0] in _FIELD_WORDS and header[1] in _VALUE_WORDS


def named_fields(contract: CollectionContract) -> frozenset[str]:
    """The fields that a contract's patterns and `values` speak of, in folded case."""
    listings: Iterable[Listing] = (*contract.indexes, *contract.rollups)
    patterns: Iterator[Pattern | str | None] = (
        pattern
        for listing in listings
        for pattern in (*listing.columns.values(), listing.entry, listing.order)
    )
    found = {
        name.casefold()
        for pattern in (contract.key, *patterns)
        if isinstance(pattern, Pattern)
        for field in fields_of(pattern)
        for name in field.names
    }
    return frozenset(found | {name.casefold() for name in contract.values})


def with_title(
    document: Document, contract: CollectionContract, records: tuple[Record, ...]
) -> tuple[Record, ...]:
    """Records, with what the shape of the title gives: the `name` of `ADR-{number}: {name}`."""
    if contract.title is None:
        return records
    title = document.title
    if title is None:
        return records
    raw = document.source[title.content]
    captured = match_pattern(contract.title, plain(raw))
    if captured is None:
        return records
    given = {}
    for name, text in captured.items():
        at = raw.find(text)
        start = title.content.start + max(at, 0)
        given[name] = Value(text, Span(start, start + (len(text) if at >= 0 else 0)))
    if not records:
        return (_record(given),) if given else ()
    return tuple(Record({**given, **each.values}, each.span, each.row) for each in records)
