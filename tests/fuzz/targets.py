"""What the fuzzer feeds: everything that takes strangers' text.

The first byte of an input says what it is given to; the rest is the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tldr_lint.checks import RULES
from tldr_lint.contract.error import ContractError
from tldr_lint.contract.linear_regex import RegexError, compile_linear
from tldr_lint.contract.model import Contract
from tldr_lint.contract.reader import read_contract
from tldr_lint.engine import repair, run, selection
from tldr_lint.parse import parse
from tldr_lint.suppress import suppressions
from tldr_lint.table import cut
from tldr_lint.text import Source
from tldr_lint.workspace import build, rule_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tldr_lint.document import Document

KNOWN = rule_words(RULES)


def facts(text: str) -> None:
    """Every fact stands inside the text, and a cell where its raw text is."""
    document = parse(Source("a.md", text))
    spans = [
        *(fact.span for fact in document.headings),
        *(fact.span for fact in (*document.links, *document.images)),
        *(fact.span for fact in document.anchors),
        *(fact.span for fact in document.tags),
        *(fact.span for fact in document.markers),
        *(fact.span for fact in document.directives),
        *(fact.span for fact in document.definitions),
    ]
    for table in document.tables:
        for row in (table.header, *table.rows):
            for cell in row.cells:
                assert document.source[cell.span] == cell.raw
                spans.append(cell.span)
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)


def row(text: str) -> None:
    """A row put together again is the row that was cut."""
    line = text.split("\n", 1)[0]
    lead, pieces, tail = cut(line)
    assert f"{lead}{'|'.join(pieces)}{tail}" == line


def contract(text: str) -> None:
    """A contract is read, or refused with a place."""
    try:
        read_contract(Source("tldr-lint.toml", text), KNOWN)
    except ContractError as error:
        said = str(error)
    else:
        return
    assert "tldr-lint.toml:" in said


def expression(text: str) -> None:
    """A regular expression means what Python says it means, or is refused."""
    pattern, _, subject = text.partition("\n")
    if len(pattern) > 12 or len(subject) > 12:
        return  # Python's own engine could take years.
    try:
        mine = compile_linear(pattern)
    except RegexError:
        return
    assert mine.fullmatch(subject) == (re.fullmatch(pattern, subject) is not None)


def suppression(text: str) -> None:
    """What hides a finding was used, and is not called unused."""
    document = parse(Source("a.md", text))
    found = suppressions(document)
    hidden = [
        rule
        for rule in RULES
        for heading in document.headings
        if found.hides(rule, document.source.place(heading.span.start, heading.span.end))
    ]
    unused = list(found.unused({rule.code: rule for rule in RULES}))
    assert len(unused) <= sum(max(1, len(each.rules)) for each in document.directives)
    assert not hidden or document.directives


def repairs(text: str) -> None:
    """A repair settles, whatever it is given."""
    files = {
        "README.md": parse(Source("README.md", "# x\n\n| a |\n|---|\n| [a](notes/a.md) |\n")),
        "notes/TEMPLATE.md": parse(
            Source("notes/TEMPLATE.md", "# <T>\n\n## Summary\n\n| A | B |\n|---|---|\n|  |  |\n")
        ),
        "notes/a.md": parse(Source("notes/a.md", text)),
    }
    built = build(files, Contract(), KNOWN)
    chosen = selection(built.contract, RULES)
    done = repair(
        built, chosen, lambda changed: build({**files, **changed}, Contract(), KNOWN), unsafe=True
    )
    again: dict[str, Document] = {**done.workspace.documents}
    assert run(build(again, Contract(), KNOWN), chosen) == done.reported


TARGETS: tuple[Callable[[str], None], ...] = (
    facts,
    row,
    contract,
    expression,
    suppression,
    repairs,
)


def one(data: bytes) -> None:
    """Give one input to the target that its first byte names."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:].decode("utf-8", "replace"))
