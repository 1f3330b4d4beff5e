"""Whatever a contract demands of whatever stands there: repair settles, and does it once."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.checks import RULES
from tldr_lint.collection import Workspace
from tldr_lint.contract.error import ContractError
from tldr_lint.contract.reader import read_contract
from tldr_lint.contract.writer import write_contract
from tldr_lint.document import Document
from tldr_lint.engine import repair, selection
from tldr_lint.parse import parse
from tldr_lint.text import Source
from tldr_lint.workspace import build, known_fields, rule_words

KNOWN = rule_words(RULES)
PATTERNS = st.sampled_from(
    [
        *("{h1}", "[{h1}]({path})", "~{Status}", "{Status|x}", "{number:03}", "a|b {Status}"),
        *("{{x}} {h2}", "`{h1}`", "<{h1}>", "[x](http://y/{Status})", "[{h1}][ref]", "{link}"),
        *("![{h1}]({link})", "{path}", "({stem})", "[{h1}](./{path}) x", "[{h1}](/{path}#z)"),
        *("|{h1}", "[{h1}", "- {h1}", "# {h1}", " {h1} ", "{Status}{number}", "~[{h1}]({stem}.md)"),
    ]
)
ITEMS = st.sampled_from(
    [
        "# A\n\nStatus: x\n",
        "---\nStatus: y\ntitle: q | r\n---\n# B [l](n2.md)\n\n- Status: z\n",
        "# C `c|d`\n\n## Summary\n\n| Status | X |\n|-|-|\n| a\\|b | |\n| c | d |\n",
        "",
        "---\n[\n---\n",
        "Status: \n\n* Title: *x*\n",
        "# T\r\n\r\nStatus: x\r\n",
    ]
)
INDEXES = st.sampled_from(
    [
        "| A | B |\n|-|-|\n| [A](n/1.md) | x |\n| [B](n/2.md) |\n|[C](n/3.md)||x|\n",
        "- [A](n/1.md)\n- [B](n/2.md) more\n  text\n\n1. [C](n/3.md)\n   - [A](n/1.md)\n",
        "> - [A](n/1.md)\n> - [B](n/2.md)\n",
        "| A |\n|-|\n| [A](n/3.md) |\n| [A](n/1.md) [B](n/2.md) |\n\n# S\n\n| B |\n|-|\n| a |",
        "- [x] [A](n/1.md)\r\n- [B](n/2.md)\r\n",
        "3 n **4** n",
        "",
    ]
)


@given(
    facts=st.sampled_from(["header", "front-matter", "table:Summary", "x.yaml"]),
    cell=PATTERNS,
    entry=PATTERNS,
    order=PATTERNS,
    title=st.none() | PATTERNS,
    extra=st.sampled_from(["", 'counts = "{count} n"\n', 'under = "S"\n', "once = false\n"]),
    items=st.tuples(ITEMS, ITEMS, ITEMS),
    index=st.tuples(INDEXES, st.sampled_from(["", "\n", "\n\n"]), INDEXES),
)
def test_repair_settles_whatever_the_contract_demands(
    facts: str,
    cell: str,
    entry: str,
    order: str,
    title: str | None,
    extra: str,
    items: tuple[str, str, str],
    index: tuple[str, str, str],
) -> None:
    """A fix that does not meet its own demand would be offered again and again."""
    text = (
        f"[collection.n]\nitems = 'n/*.md'\nfacts = '{facts}'\n"
        + (f"title = '{title}'\n" if title is not None else "")
        + f"[collection.n.index]\nfile = 'README.md'\ncolumns = {{ A = '{cell}' }}\n"
        + f"entry = '{entry}'\norder = '-{order}'\n{extra}"
    )
    contract = read_contract(Source("tldr-lint.toml", text), KNOWN)
    assert contract is not None
    sources = {f"n/{number}.md": each for number, each in enumerate(items, start=1)}
    sources["README.md"] = "".join(index)
    documents = {path: parse(Source(path, each)) for path, each in sources.items()}

    def built(changed: Mapping[str, Document]) -> Workspace:
        return build({**documents, **changed}, contract, KNOWN)

    known_fields(built({}))
    chosen = selection(contract, RULES)
    once = repair(built({}), chosen, built)
    documents |= {path: parse(source) for path, source in once.changed.items()}

    assert {} == repair(built({}), chosen, built).changed


TEXTS = st.text("ab{}|:~`'\"\\ #=é\n*/.-0", max_size=8)


@given(items=TEXTS, key=TEXTS, heading=TEXTS, column=TEXTS, pattern=TEXTS)
def test_a_contract_that_is_read_is_written_so_that_it_reads_the_same(
    items: str, key: str, heading: str, column: str, pattern: str
) -> None:
    """`init` and `config` must print what means what is in force."""
    quoted = [
        '"' + each.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        for each in (f"a{items}", f"{{k}}{key}", heading, column, pattern)
    ]
    text = (
        "[collection.n]\nitems = {}\nkey = {}\n[collection.n.index]\nfile = 'R.md'\n"
        "under = {}\ncolumns = {{ {} = {} }}\n"
    ).format(*quoted)
    try:
        contract = read_contract(Source("tldr-lint.toml", text), KNOWN)
    except ContractError:
        return
    assert contract is not None

    assert contract == read_contract(Source("tldr-lint.toml", write_contract(contract, {})), KNOWN)
