"""The facts of items: they are there, unique, filled in, and of the right shape."""

from __future__ import annotations

import re
from collections import Counter
from fnmatch import fnmatchcase

from tldr_lint.checks.quoting import quoted
from tldr_lint.contract.pattern import fields_of
from tldr_lint.parse import plain
from tldr_lint.record import column_name, header_names, raw_cell
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.rule import Finding, Related, Rule, Severity
from tldr_lint.sync.pairing import comparisons, record_keys
from tldr_lint.text import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection, Index, Item, Workspace
    from tldr_lint.contract.model import Pattern
    from tldr_lint.document import Document, Section
    from tldr_lint.record import Record
    from tldr_lint.sync.lines import Line
    from tldr_lint.table import Row, Table

_SHOWS_NOTHING = regex(
    r"(?:\s|&nbsp;?|&#160;|&#x[aA]0;|<br\s*/?>|</?(?:span|b|i|em|strong|p|div|font|center)\b[^<>]*>"
    r"|<!--(?:(?!-->).)*-->)*",
    re.IGNORECASE,
)
_FOUR_DIGITS = regex(r"[0-9]{4}")
_YEAR = "year"


def missing_table(workspace: Workspace) -> Iterator[Finding]:
    """TL205: every item has its facts table, or its facts where else they are to stand."""
    for collection in workspace.collections:
        heading = collection.facts_heading
        for item in collection.items:
            if item.facts_table is not None and item.problem is None:
                continue
            if item.document.problem is not None:
                continue
            if item.problem is not None:
                yield Finding(item.problem.place, item.problem.message)
            elif heading is not None and item.facts_table is None:
                yield from _missing_table(collection, item.document, heading)


def empty_table(workspace: Workspace) -> Iterator[Finding]:
    """TL206: every facts table has a row."""
    for collection in workspace.collections:
        for item in collection.items:
            table = item.facts_table
            if table is None or table.rows:
                continue
            section = _section_around(item.document, table.span.start)
            if section is not None and _has_orphans(item.document, section):
                # TL211 says where the rows are.
                continue
            yield Finding(
                Place(item.path, table.header.span), "the facts table has a header and no row"
            )


def duplicate_key(workspace: Workspace) -> Iterator[Finding]:
    """TL208: for every two rows of facts, and every two rows of a roll-up, the keys differ."""
    lines_by_rollup = {id(each.rollup): each.lines for each in comparisons(workspace)}
    for collection in workspace.collections:
        pattern = collection.contract.key
        if pattern is None:
            continue
        names = _field_names(pattern)
        own = Counter(record_keys(collection))
        del own[None]
        if len(own) < own.total():
            records = ((item, record) for item in collection.items for record in item.records)
            keyed = zip(record_keys(collection), records, strict=True)
            twice = (
                _in_item(key, *each, names)
                for key, each in keyed
                if key is not None and own[key] > 1
            )
            for keys in _by_key(twice):
                for again in keys[1:]:
                    yield _duplicate(again, keys[0])
        for rollup in collection.rollups:
            lines = lines_by_rollup.get(id(rollup), ())
            if rollup.document is None or len({line.key for line in lines}) == len(lines):
                continue
            path = rollup.document.path
            for keys in _by_key(_in_rollup(path, line, names) for line in lines):
                # Two notes with one key have two rows, and only the notes are wrong.
                for again in keys[max(1, own[keys[0].key]) :]:
                    yield _duplicate(again, keys[0])


def empty_cell(workspace: Workspace) -> Iterator[Finding]:
    """TL209: no cell of a facts row or of a roll-up row is blank."""
    for collection in workspace.collections:
        for item in workspace.loud_items(collection, "TL209"):
            if item.facts_table is not None:
                pairs = holds_pairs(item)
                yield from _empty_cells(item.path, item.facts_table, pairs=pairs)
        for rollup in collection.rollups:
            if rollup.document is not None and rollup.document.may_hold("TL209"):
                for table in rollup.tables:
                    yield from _empty_cells(rollup.document.path, table, pairs=False)


def column_value(workspace: Workspace) -> Iterator[Finding]:
    """TL210: every value of a field that the contract describes is as described."""
    for collection in workspace.collections:
        described = {
            name.casefold(): _Described(name, f"does not match `{regex.pattern}`", regex.matcher())
            for name, regex in collection.contract.values.items()
        }
        for item in collection.items if described else ():
            yield from _wrong_facts(item, described)
        declared = frozenset(described)
        described.setdefault(_YEAR, _Described("Year", "is not four digits", _is_year))
        for index in collection.indexes:
            yield from _wrong_cells(index, described, declared)


# Facts tables


def holds_pairs(item: Item) -> bool:
    """Whether an item's facts table has a field and its value in each row."""
    table = item.facts_table
    if table is None or len(table.header.pieces) != 2 or not table.rows:
        return False
    return any(record.row is None for record in item.records)


def _missing_table(collection: Collection, document: Document, heading: str) -> Iterator[Finding]:
    wanted = heading.casefold()
    own = [s for s in document.sections if s.heading.text.casefold() == wanted]
    if any(_has_orphans(document, section) for section in own):
        # TL211 says what became of the table.
        return
    if own:
        place = Place(document.path, own[0].heading.span)
        yield Finding(place, f"no facts table stands under `{own[0].heading.text}`")
    elif not _section_is_asked_for(collection, wanted):
        title = document.title
        place = document.source.place(0, 0) if title is None else Place(document.path, title.span)
        yield Finding(place, f"no section `{heading}` with the facts table")


def _section_is_asked_for(collection: Collection, heading: str) -> bool:
    """Whether the absence of the section is TL103's to report, or allowed."""
    contract, template = collection.contract, collection.template
    if any(fnmatchcase(heading, glob.casefold()) for glob in contract.optional):
        return True
    return (
        contract.sections is not False
        and template is not None
        and any(h.text.casefold() == heading for h in template.headings)
    )


def _section_around(document: Document, offset: int) -> Section | None:
    found = None
    for section in document.sections:
        if section.body.start <= offset < section.body.end:
            found = section
    return found


def _has_orphans(document: Document, section: Section) -> bool:
    return any(rows[0].span in section.span for rows in document.orphans)


# Keys


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A row with a key, and where the key stands."""

    key: str
    place: Place
    raw: str


def _in_item(key: str, item: Item, record: Record, names: Sequence[str]) -> _Keyed:
    value = next((record.values[name] for name in names if name in record.values), None)
    if value is None:
        return _Keyed(key, Place(item.path, record.span), key)
    return _Keyed(key, Place(value.path or item.path, value.span), value.raw)


def _in_rollup(path: str, line: Line, names: Sequence[str]) -> _Keyed:
    row = line.row
    at = next((line.names.index(name) for name in names if name in line.names[: len(row)]), -1)
    if at < 0:
        return _Keyed(line.key, Place(path, row.span), line.key)
    return _Keyed(line.key, Place(path, row.spans[at]), row.texts[at])


def _field_names(pattern: Pattern) -> tuple[str, ...]:
    return tuple(name.casefold() for field in fields_of(pattern) for name in field.names)


def _by_key(keys: Iterable[_Keyed]) -> Iterable[list[_Keyed]]:
    found: dict[str, list[_Keyed]] = {}
    for keyed in keys:
        found.setdefault(keyed.key, []).append(keyed)
    return found.values()


def _duplicate(again: _Keyed, first: _Keyed) -> Finding:
    return Finding(
        again.place,
        f"`{quoted(plain(again.raw))}` is the key of another row already",
        related=(Related(first.place, "the first row with this key"),),
    )


# Cells


def blanks(table: Table) -> Iterator[tuple[Row, list[int]]]:
    """The rows with a blank cell that are not too long, and the places of those cells."""
    width = len(table.header)
    for row in table.rows:
        if len(row) > width:
            # The blank cell may be the one that is too many (TL202).
            continue
        blank = [
            index
            for index, piece in enumerate(row.pieces)
            if not (raw := piece.strip()) or (raw[0] in "<&" and _SHOWS_NOTHING.fullmatch(raw))
        ]
        if blank:
            yield row, blank


def _empty_cells(path: str, table: Table, *, pairs: bool) -> Iterator[Finding]:
    width = len(table.header)
    for row, blank in blanks(table):
        if len(blank) == width:
            yield Finding(Place(path, row.span), "every cell of the row is blank")
            continue
        header, cells = table.header.cells, row.cells
        for index in blank:
            name = quoted(plain(cells[0].raw if pairs else header[index].raw))
            kind = "the value of" if pairs else "the cell of column"
            cell = f"{kind} `{name}`" if name else f"cell {index + 1}"
            yield Finding(Place(path, cells[index].span), f"{cell} is blank")


@dataclass(frozen=True, slots=True)
class _Described:
    """A field whose values must have a shape."""

    name: str
    wrong: str
    fits: Callable[[str], bool]


def _is_year(text: str) -> bool:
    return _FOUR_DIGITS.fullmatch(text) is not None


def _wrong_facts(item: Item, described: Mapping[str, _Described]) -> Iterator[Finding]:
    for record in item.records:
        for name, field in described.items():
            value = record.values.get(name)
            if value is not None and (text := plain(value.raw)) and not field.fits(text):
                yield _wrong(Place(value.path or item.path, value.span), field, text)


def _wrong_cells(
    index: Index, described: Mapping[str, _Described], declared: frozenset[str]
) -> Iterator[Finding]:
    """Values in the tables of an index that hold an entry, rows without an item included."""
    if index.document is None:
        return
    # A column that repeats a described field is the item's to be right or wrong in.
    repeated = {
        column_name(name)
        for name, each in index.listing.columns.items()
        if each.loose or any(n.casefold() in declared for f in fields_of(each) for n in f.names)
    }
    for table in index.tables:
        for at, name in enumerate(header_names(table.header)):
            field = described.get(name)
            if field is None or name in repeated:
                continue
            # Most rows say what others say: a year, a kind.
            right: set[str] = set()
            for row in table.rows:
                raw = raw_cell(row, at) or ""
                if raw in right:
                    continue
                text = plain(raw.strip())
                if text and not field.fits(text):
                    yield _wrong(Place(index.document.path, row.cell(at).span), field, text)
                else:
                    right.add(raw)


def _wrong(place: Place, field: _Described, text: str) -> Finding:
    return Finding(place, f"`{field.name}` is `{quoted(text)}`, which {field.wrong}")


RULES: tuple[Rule, ...] = (
    Rule("TL205", "missing-summary-table", Severity.ERROR, frozenset(), missing_table),
    Rule("TL206", "empty-summary", Severity.INFO, frozenset(), empty_table),
    Rule("TL208", "duplicate-key", Severity.ERROR, frozenset(), duplicate_key),
    Rule("TL209", "empty-cell", Severity.WARNING, frozenset(), empty_cell),
    Rule("TL210", "column-value", Severity.ERROR, frozenset(), column_value),
)
