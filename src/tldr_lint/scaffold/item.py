"""A new item from its collection's template: where it goes, and what it says.

Pure: the text is made here, `scaffold/verbs.py` writes it.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import Counter

from tldr_lint.collection import facts_table
from tldr_lint.contract.error import did_you_mean
from tldr_lint.contract.model import FactsKind, Field
from tldr_lint.contract.pattern import fields_of, match_pattern, render
from tldr_lint.facts.front_matter import toml_fields, yaml_fields
from tldr_lint.facts.header import header_fields
from tldr_lint.facts.item import facts_files
from tldr_lint.parse import plain
from tldr_lint.record import column_name
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Edit, Place, Span, splice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.collection import Collection
    from tldr_lint.document import Document
    from tldr_lint.facts.front_matter import FieldValue
    from tldr_lint.facts.item import Beside
    from tldr_lint.table import Table
    from tldr_lint.text import Source

_WILD = re.compile(r"\*+|\?|\[[^\]]*\]")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_SLUG = 60
_USUAL_WIDTH = 4
_PLAIN_YAML = re.compile(r"[A-Za-z0-9][\w ./()@+-]*")


class NewItemError(ValueError):
    """A new item cannot be made of what was said."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new item is to be."""

    title: str
    values: Mapping[str, str]
    """Field as written → value."""
    today: str
    """ISO 8601, for items whose names begin with a date."""
    path: str | None = None
    """Where it goes; none to derive it from the others' names."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The new files of an item: its own, and the one that holds its facts if that is apart."""

    path: str
    text: str
    beside: tuple[str, str] | None = None


def draft(
    collection: Collection, wanted: Wanted, texts: Mapping[str, Beside], columns: Sequence[str]
) -> Draft:
    """A new item of a collection.

    `columns` are those of the indexes: values may be meant for them.

    Raises:
        NewItemError: there is no template, no name can be found, or nothing has such a field.
    """
    template = collection.template
    if template is None or template.problem is not None:
        name = collection.contract.name
        raise NewItemError(f"the collection `{name}` has no template to start from")
    path, number = _path(collection, wanted)
    given = {name.casefold(): (name, value) for name, value in wanted.values.items()}
    title = _title(collection, wanted, number)
    values = {name: value for name, (_, value) in given.items()} | {"title": wanted.title}
    values |= {
        name: number if zeros else number.lstrip("0")
        for name, zeros in _numbers(collection)
        if number and name not in given
    }
    edits, used = _facts_edits(collection, template, values)
    beside = _beside(collection, path, values, texts)
    if beside is not None:
        used |= beside[2]
    heading = template.title
    if heading is not None:
        edits.append(Edit(template.source.place(heading.content.start, heading.content.end), title))
    elif "title" not in used:
        front_matter = template.front_matter
        at = front_matter.span.end if front_matter is not None else 0
        newline = template.source.newline(at)
        gap = "" if at == 0 or template.source.text[:at].endswith(("\n", "\r")) else newline
        edits.append(Edit(template.source.place(at, at), f"{gap}# {title}{newline}{newline}"))
    known = {column_name(name) for name in columns} | used | {"title"}
    for folded, (name, _) in given.items():
        if folded not in known:
            raise NewItemError(f"nothing has a field `{name}`{did_you_mean(name, known)}")
    text = splice(template.source.text, edits)
    return Draft(path, text, (beside[0], beside[1]) if beside is not None else None)


def _path(collection: Collection, wanted: Wanted) -> tuple[str, str]:
    """Where the item goes, and its number if the items of the collection have numbers."""
    if wanted.path is not None:
        digits = re.search(r"\d+", posixpath.basename(wanted.path))
        return wanted.path, digits[0] if digits is not None else ""
    glob = next((each for each in collection.contract.items if "*" in each), None)
    segments = [each for each in (glob or "").split("/") if each != "**"]
    free = [at for at, each in enumerate(segments) if _WILD.search(each)]
    if len(free) != 1:
        raise NewItemError("its name does not follow from `items`: say where it goes with --path")
    at = free[0]
    pieces = _WILD.split(segments[at])
    prefix, suffix = pieces[0], pieces[-1]
    names = [item.path.split("/")[at] for item in collection.items if item.path.count("/") >= at]
    name, number = _name(prefix, suffix, names, wanted, numbered="[0-9" in segments[at])
    return "/".join([*segments[:at], name, *segments[at + 1 :]]), number


def _name(
    prefix: str, suffix: str, names: Sequence[str], wanted: Wanted, *, numbered: bool
) -> tuple[str, str]:
    bare = [name.removeprefix(prefix).removesuffix(suffix) for name in names]
    most = max(len(bare) * 0.8, 1)
    if sum(_DATED.match(each) is not None for each in bare) >= most:
        return f"{prefix}{wanted.today}-{slug(wanted.title)}{suffix}", ""
    found = [match for each in bare if (match := re.match(r"(\d+)([^\d].*)?\Z", each))]
    if len(found) < most and not (numbered and not bare):
        return f"{prefix}{slug(wanted.title)}{suffix}", ""
    width = Counter(len(each[1]) for each in found).most_common(1)[0][0] if found else _USUAL_WIDTH
    number = str(max((int(each[1]) for each in found if len(each[1]) <= 9), default=0) + 1)
    joint = Counter(each[2][0] if each[2] else "" for each in found).most_common(1)
    glue = joint[0][0] if joint else "-"
    rest = f"{glue}{slug(wanted.title)}" if glue else ""
    return f"{prefix}{number.rjust(width, '0')}{rest}{suffix}", number.rjust(width, "0")


def slug(title: str) -> str:
    """A title as a file name: lower case, words joined by hyphens.

    Raises:
        NewItemError: nothing of it can stand in a name.
    """
    bare = unicodedata.normalize("NFKD", plain(title)).casefold()
    ascii_only = bare.encode("ascii", "ignore").decode()
    text = ascii_only if re.search(r"[a-z0-9]", ascii_only) else unicodedata.normalize("NFC", bare)
    words = re.findall(r"[^\W_]+", text.replace("'", ""))
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word
        if found and len(longer) > _LONGEST_SLUG:
            break
        found = longer[:_LONGEST_SLUG]
    if not found:
        raise NewItemError("no file name can be made of this title: say where it goes with --path")
    return found


def _title(collection: Collection, wanted: Wanted, number: str) -> str:
    """The heading of the item, in the shape that the contract asks for."""
    shape = collection.contract.title
    title = " ".join(wanted.title.split())
    if shape is None:
        return title
    zeros = any(
        found.get("number", "").startswith("0")
        for item in collection.items
        if item.title is not None and (found := match_pattern(shape, item.title.text)) is not None
    )
    fields = {name.casefold(): value for name, value in wanted.values.items()}
    counted = number if zeros else number.lstrip("0")
    for field in fields_of(shape):
        names = [name.casefold() for name in field.names]
        if "number" not in names and not any(name in fields for name in names):
            fields[names[0]] = title
            break
    rendered = render(shape, fields, {"number": counted, "h1": title})
    if rendered is None:
        raise NewItemError(f"the title is written `{shape.raw}`: set its fields with --set")
    return rendered


def _numbers(collection: Collection) -> Iterator[tuple[str, bool]]:
    """The fields that repeat the item's number, and whether with zeros before it.

    They are the fields of the key that are numbers in every other item.
    """
    if collection.contract.key is None:
        return
    for field in fields_of(collection.contract.key):
        for name in map(str.casefold, field.names):
            records = (record for item in collection.items for record in item.records)
            said = [each.values[name].raw.strip() for each in records if name in each.values]
            if said and all(value.isdigit() for value in said):
                yield name, any(value.startswith("0") for value in said)


def _facts_edits(
    collection: Collection, template: Document, values: Mapping[str, str]
) -> tuple[list[Edit], set[str]]:
    """What to change of the template's facts, and the fields it has."""
    facts = collection.contract.facts
    kind = facts.kind if facts is not None else None
    if facts is not None and kind is FactsKind.TABLE:
        table = facts_table(template, facts.argument)
        return _table_edits(collection, template, table, values) if table else ([], set())
    fields: tuple[FieldValue, ...] = ()
    offset = 0
    if kind is FactsKind.FRONT_MATTER and template.front_matter is not None:
        offset = template.front_matter.content.start
        fields = yaml_fields(template.source[template.front_matter.content]).fields
    elif kind is FactsKind.HEADER:
        fields = header_fields(template)
    quote = _yaml if kind is FactsKind.FRONT_MATTER else str
    edits = [
        _written(template.source, _moved(field.span, offset), quote(values[field.name.casefold()]))
        for field in fields
        if field.name.casefold() in values
    ]
    return edits, {field.name.casefold() for field in fields}


def _moved(span: Span, offset: int) -> Span:
    return Span(span.start + offset, span.end + offset)


def _written(source: Source, span: Span, value: str) -> Edit:
    """A value put in place of another, or behind the colon where there was none."""
    lead = " " if span.start == span.end and source.text[: span.start].endswith(":") else ""
    return Edit(Place(source.path, span), f"{lead}{value}")


def _yaml(value: str) -> str:
    """A value as YAML: as it is where nobody can mistake it, else quoted."""
    words = {"true", "false", "yes", "no", "on", "off", "null"}
    if _PLAIN_YAML.fullmatch(value) and value.casefold() not in words and value == value.strip():
        return value
    return "'" + value.replace("'", "''").replace("\n", " ") + "'"


def _table_edits(
    collection: Collection, template: Document, table: Table, values: Mapping[str, str]
) -> tuple[list[Edit], set[str]]:
    names = [column_name(cell.raw) for cell in table.header.cells]
    pairs = {column_name(row.cells[0].raw): row for row in table.rows if len(row) == 2}
    if len(names) == 2 and pairs and not set(names) & set(values):
        edits = []
        for name, row in pairs.items():
            if name in values:
                span = row.cells[1].span
                edits.append(Edit(template.source.place(span.start, span.end), values[name]))
        return edits, set(pairs)
    cells = dict(values)
    if collection.contract.key is not None:
        for part in collection.contract.key.parts:
            if isinstance(part, Field):
                cells.setdefault(part.names[0].casefold(), values["title"])
    if not set(cells) & set(names):
        return [], set(names)
    row_text = table_row(tuple(cells.get(name, "") for name in names))
    source = template.source
    old = table.rows[0].span if table.rows else None
    if old is not None:
        # The template's row is an example.
        return [Edit(source.place(old.start, old.end), row_text)], set(names)
    end = source.line_of(table.delimiter.span.start).end
    return [Edit(source.place(end, end), f"{source.newline(end)}{row_text}")], set(names)


def table_row(cells: Sequence[str]) -> str:
    """A row of a table; pipes are escaped, line endings become blanks."""
    texts = (re.sub(r"(?<!\\)\|", r"\\|", " ".join(cell.split())) for cell in cells)
    return "".join(f"| {text} " if text else "| " for text in texts) + "|"


def _beside(
    collection: Collection, path: str, values: Mapping[str, str], texts: Mapping[str, Beside]
) -> tuple[str, str, set[str]] | None:
    """The file that holds the item's facts: path, text, fields."""
    facts = collection.contract.facts
    template = collection.contract.template
    where = facts_files(facts, [path, *([template] if template else [])], texts)
    if path not in where:
        return None
    shape = texts.get(where.get(template or "", ""))
    if shape is None or shape.problem is not None:
        shown = {name: value for name, value in values.items() if value}
        toml = where[path].endswith("toml")
        lines = [f"{n} = {_toml(v)}" if toml else f"{n}: {_yaml(v)}" for n, v in shown.items()]
        return where[path], "\n".join(lines) + "\n", set(shown)
    toml = where[path].endswith("toml")
    fields = (toml_fields if toml else yaml_fields)(shape.source.text).fields
    quote = _toml if toml else _yaml
    edits = [
        _written(shape.source, field.span, quote(values[name]))
        for field in fields
        if (name := field.name.casefold()) in values
    ]
    known = {field.name.casefold() for field in fields}
    return where[path], splice(shape.source.text, edits), known


def _toml(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
