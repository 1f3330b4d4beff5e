"""A contract is read into one value, or refused with errors that point at what is wrong."""

import json
import tomllib
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.contract.error import ContractError, ContractProblem
from tldr_lint.contract.fit import unknown_fields, unmatched_globs
from tldr_lint.contract.model import Contract, Facts, FactsKind
from tldr_lint.contract.pattern import parse_pattern
from tldr_lint.contract.reader import read_contract
from tldr_lint.contract.schema import json_schema, mismatches
from tldr_lint.text import Source

RULES = frozenset({"TL", "TL1", "TL108", "placeholder-text", "TL2", "TL202", "table-row-length"})

FULL = """\
select = ["TL1", "table-row-length"]
ignore = "TL108"
severity = { TL108 = "info" }
exclude = ["drafts", "*.tmp.md"]
repository = "https://github.com/owner/name"
links = { timeout = 5, per-host = 2, accept = [429], exclude = ["https://x.test/*"], ttl = 60.5 }
max-file-size = 5

[per-file-ignores]
"notes/old-*.md" = ["TL202"]

[collection.adr]
items    = ["adr/[0-9]*.md"]
except   = "adr/0000-*.md"
template = "adr/TEMPLATE.md"
optional = ["Notes*"]
sections = "changed"
facts    = "header"
key      = "{number:04}"
title    = "ADR-{number}: {name}"
values   = { Status = "Proposed|Accepted" }

[[collection.adr.index]]
file     = "README.md"
under    = "Decisions"
columns  = { Title = "[{name}]({path})", Status = "~{Status|State}" }
order    = "-{number}"
counts   = "**{count}** decisions"
once     = false

[[collection.adr.index]]
file     = "docs/index.md"
entry    = "[{h1}]({link})"
complete = false

[collection.adr.rollup]
file     = "adr/all.md"
order    = "index"
"""


def read(text: str, path: str = "tldr-lint.toml") -> Contract:
    found = read_contract(Source(path, text), RULES)
    assert found is not None
    return found


def problems(text: str, path: str = "tldr-lint.toml") -> tuple[ContractProblem, ...]:
    with pytest.raises(ContractError) as caught:
        read_contract(Source(path, text), RULES)
    return caught.value.problems


def test_the_whole_vocabulary_arrives_in_the_value() -> None:
    contract = read(FULL)
    (adr,) = contract.collections
    first, second = adr.indexes
    (rollup,) = adr.rollups

    assert contract.select == ("TL1", "table-row-length")
    assert contract.ignore == ("TL108",)
    assert contract.severity == {"TL108": "info"}
    assert contract.per_file_ignores == {"notes/old-*.md": ("TL202",)}
    assert (
        contract.links.timeout,
        contract.links.per_host,
        contract.links.accept,
        contract.links.ttl,
    ) == (5.0, 2, (429,), 60.5)
    assert (contract.max_file_size, contract.max_listing_size) == (5, 16_000_000)
    assert adr.excluded == ("adr/0000-*.md",)
    assert adr.sections == "changed"
    assert Facts(FactsKind.HEADER) == adr.facts
    assert adr.values["Status"].fullmatch("Accepted")
    assert parse_pattern("{number}") == first.order
    assert first.descending
    assert (first.once, first.complete) == (False, True)
    assert (second.complete, second.file) == (False, "docs/index.md")
    assert rollup.order == "index"


def test_pyproject_counts_only_with_its_table() -> None:
    """A repository's `pyproject.toml` without our table must not be taken for a contract."""
    assert read_contract(Source("pyproject.toml", "[project]\nname = 'tldr-lint'\n"), RULES) is None
    assert read_contract(Source("pyproject.toml", "this is no TOML"), RULES) is None
    assert read("[tool.tldr-lint]\nselect = ['TL2']\n", "pyproject.toml").select == ("TL2",)


def test_a_byte_order_mark_and_crlf_are_read_and_counted_right() -> None:
    found = problems("\ufeffignore = 'TL2'\r\nselect = 'TL9'\r\n")

    assert [(each.line, each.column) for each in found] == [(2, 10)]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("itmes = 1\n", 1, 1, "unknown key `itmes`"),
        (
            '[collection.n]\nitmes = "x"\n',
            2,
            1,
            "unknown key `itmes`, did you mean `items`?",
        ),
        ("[collection.n]\n", 1, 13, "`n` lacks the key `items`"),
        (
            "[collection.n]\nitems = 3\n",
            2,
            9,
            "`items` must be a string or a list of strings, not a whole number",
        ),
        (
            'collection.n = { items = "x", sections = "chnaged" }\n',
            1,
            42,
            "`sections` must be one of `changed`, did you mean `changed`?",
        ),
        (
            "exclude = ['a', 3]\n",
            1,
            17,
            "each element of `exclude` must be a string, not a whole number",
        ),
        ("max-file-size = 0\n", 1, 17, "`max-file-size` must lie between 1 and 1000000000"),
        (
            "max-file-size = true\n",
            1,
            17,
            "`max-file-size` must be a whole number, not true or false",
        ),
        (
            "exclude = 1979-05-27\n",
            1,
            11,
            "`exclude` must be a string or a list of strings, not a date or time",
        ),
        ("links = { timeuot = 3 }\n", 1, 11, "unknown key `timeuot`, did you mean `timeout`?"),
        ("links = { header = {} }\n", 1, 11, "unknown key `header`, did you mean `headers`?"),
        (
            "select = ['TL2', 'table-row-lenght']\n",
            1,
            18,
            "unknown rule `table-row-lenght`, did you mean `table-row-length`?",
        ),
        ("severity = { tl108 = 'info' }\n", 1, 14, "unknown rule `tl108`, did you mean `TL108`?"),
        (
            "severity.TL108 = 'warn'\n",
            1,
            18,
            "`TL108` must be one of `error`, `warning`, `info`, did you mean `warning`?",
        ),
        ("per-file-ignores = { 'a.md' = 'TL99' }\n", 1, 31, "unknown rule `TL99`"),
        (
            "per-file-ignores = { '../a.md' = 'TL2' }\n",
            1,
            22,
            "a path may not climb out of the repository",
        ),
        ("exclude = '/etc/*'\n", 1, 11, "a path must be relative to the root, not absolute"),
        ("exclude = 'C:/x'\n", 1, 11, "a path must be relative to the root, not absolute"),
        ("exclude = 'a\\b'\n", 1, 11, "write folders with `/`, not with a back slash"),
        (
            "repository = 'owner/name'\n",
            1,
            14,
            "this is no address: `https://github.com/owner/name`",
        ),
        ("a = [1\n", 1, 7, "this is no TOML: unclosed array"),
        ("a = 1\na = 2\n", 2, 6, "this is no TOML: cannot overwrite a value"),
        ("a = \n", 1, 5, "this is no TOML: invalid value"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(text: str, line: int, column: int, message: str) -> None:
    (found,) = problems(text)

    assert message == found.message.removesuffix(_nearest_of_no_interest(message, found.message))
    assert (line, column) == (found.line, found.column)
    assert text.split("\n")[line - 1] == found.source_line


def _nearest_of_no_interest(expected: str, said: str) -> str:
    """A suggestion that the expectation does not speak of."""
    return "" if "did you mean" in expected else said.removeprefix(expected)


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ('template = "../T.md"', 12, "a path may not climb out of the repository"),
        ('template = "notes/"', 12, "this names a folder, a file is needed"),
        ('facts = "frontmatter"', 9, "did you mean `front-matter`?"),
        ('facts = "table:"', 9, "`table:` needs the heading of the table: `table:Summary`"),
        ('facts = "../kep.yaml"', 9, "the name of a file beside it"),
        ('key = "Model"', 7, "the pattern has no field; did you mean `{Model}`?"),
        ('title = "ADR-{number: {name}"', 14, "`{` is not closed; a brace itself is written `{{`"),
        ('title = "ADR-{}"', 14, "a field needs a name: `{Title}`, `{h1}`"),
        ('title = "a}b {x}"', 11, "`}` closes nothing; a brace itself is written `}}`"),
        (
            'title = "{number:4}"',
            10,
            "a width is written `{number:04}`, zero and one or two digits",
        ),
        (
            "values = { Year = '(a' }",
            20,
            "bad regular expression: missing ), unterminated subpattern",
        ),
        ("values = { Year = 'a(?=b)' }", 21, "bad regular expression: look-around"),
        (
            "index = { file = 'R.md', counts = 'x' }",
            35,
            "`counts` needs `{count}`, once, and no other field",
        ),
        ("index = { file = 'R.md', order = 'number' }", 34, "did you mean `{number}`?"),
        ("index = { file = 'R.md', order = 'index' }", 34, "only a roll-up can follow it"),
        (
            "index = { file = 'R.md', entry = '{count}' }",
            34,
            "`{count}` has a meaning in `counts` only",
        ),
        ("index = [{ file = 'R.md' }, { file = '/x' }]", 38, "a path must be relative to the root"),
        ("index = '~/x'", 9, "a path must be relative to the root"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_at_its_place(
    line: str, column: int, message: str
) -> None:
    (found,) = problems(f'[collection.n]\nitems = "n/*.md"\n{line}\n')

    assert message in found.message
    assert (3, column) == (found.line, found.column)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = problems('select = "x"\n[collection.n]\nitems = "/a"\ntitle = "b"\n')

    assert [each.line for each in found] == [1, 3, 4]


def test_the_error_shows_the_line_with_a_caret() -> None:
    with pytest.raises(ContractError) as caught:
        read_contract(Source("tldr-lint.toml", "exclude = 3 # no\n"), RULES)

    assert str(caught.value).split("\n")[1:] == ["    exclude = 3 # no", "              ^"]


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 50_000,
        "a = " + "{a=" * 50_000,
        "a" + ".a" * 50_000 + " = 1",
        "x = 1\n" * 300_000,
        "values = '" + "(" * 100_000 + "'",
        "[collection.n]\nitems='n'\nvalues = { a = '" + "(" * 300 + "a" + ")" * 300 + "' }",
        "[collection.n]\nitems='n'\nvalues = { a = '((((a{99}){99}){99}){99}){99}' }",
        "[collection.n]\nitems='n'\ntitle = '" + "{a" * 10_000 + "'",
        "select = " + json.dumps(["TLX" + "y" * 1_000] * 20),
    ],
    ids=["lists", "tables", "dots", "large", "parens", "regex", "repeats", "fields", "words"],
)
def test_a_hostile_contract_is_an_error_and_a_short_one(text: str) -> None:
    """A stranger's contract must neither crash the reader nor flood the terminal."""
    for problem in problems(text):
        assert len(problem.source_line) <= 200


def test_globs_and_files_that_name_nothing_are_found_with_the_nearest_name() -> None:
    text = (
        '[per-file-ignores]\n"old/*.md" = "TL2"\n[collection.n]\n'
        'items = ["nots/*.md", "adr/*.md"]\n'
        'template = "notes/TEMPLAT.md"\nindex = "README.md"\nrollup = "later.md"\n'
    )
    source = Source("tldr-lint.toml", text)
    paths = ["notes/a.md", "notes/TEMPLATE.md", "adr/1.md"]
    found = unmatched_globs(read(text), source, paths)

    assert sorted((each.line, each.column, each.message) for each in found) == [
        (2, 14, "the glob `old/*.md` matches no file"),
        (4, 10, "the glob `nots/*.md` matches no file, did you mean `notes/*.md`?"),
        (5, 12, "there is no file `notes/TEMPLAT.md`, did you mean `notes/TEMPLATE.md`?"),
        (6, 9, "there is no file `README.md`"),
    ]


def test_fields_that_no_item_has_are_found_where_they_are_named() -> None:
    text = (
        '[collection.n]\nitems = "n/*.md"\nkey = "{NEP}"\ntitle = "{number}: {name}"\n'
        'values = { Statsu = "x" }\n'
        'index = { file = "R.md", columns = { A = "{Titel}", B = "{name} {h1}", C = "{x|nep}" } }\n'
    )
    contract, source = read(text), Source("tldr-lint.toml", text)
    found = unknown_fields(contract, source, {"n": ["nep", "Title", "Status"]})

    assert sorted((each.line, each.column, each.message) for each in found) == [
        (5, 21, "no item has a field `Statsu`, did you mean `Status`?"),
        (6, 42, "no item has a field `Titel`, did you mean `Title`?"),
    ]
    assert unknown_fields(contract, source, {}) == ()


def test_the_shipped_schema_is_the_vocabulary() -> None:
    shipped = json.loads(files("tldr_lint").joinpath("contract.schema.json").read_text("utf-8"))

    assert json_schema() == shipped


VALUES = st.recursive(
    st.sampled_from(["README.md", "changed", "error", "TL2", True, 1, 5.5, 0, 429, -1]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "collection",
                    "notes",
                    "items",
                    "index",
                    "rollup",
                    "file",
                    "columns",
                    "order",
                    "once",
                    "sections",
                    "values",
                    "facts",
                    "select",
                    "severity",
                    "per-file-ignores",
                    "links",
                    "accept",
                    "timeout",
                    "per-host",
                    "max-file-size",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(VALUES)
def test_schema_and_validation_accept_the_same(value: object) -> None:
    """An editor that knows the schema must not call right what the tool calls wrong."""
    by_schema = jsonschema.Draft7Validator(dict(json_schema())).is_valid(value)

    assert by_schema == (not list(mismatches(value)))


def test_schema_and_validation_accept_the_full_example() -> None:
    value = tomllib.loads(FULL)

    assert list(mismatches(value)) == []
    jsonschema.validate(value, dict(json_schema()))
