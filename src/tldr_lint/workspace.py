"""Documents and settings → the workspace all rules see, whatever they were read from.

The session, the rule pages and the tests all build their workspace here, so
what is true of one is true of the others.
"""

from __future__ import annotations

from tldr_lint.assemble import assemble, column_names
from tldr_lint.facts.item import read_records
from tldr_lint.recognise import recognise, with_address
from tldr_lint.records import TYPE_CHECKING, replace
from tldr_lint.targets import tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tldr_lint.collection import Workspace
    from tldr_lint.contract.model import Contract
    from tldr_lint.document import Document
    from tldr_lint.facts.item import Beside
    from tldr_lint.rule import Rule


def build(
    documents: Mapping[str, Document],
    settings: Contract,
    known_rules: Collection[str],
    *,
    paths: Iterable[str] = (),
    uncommitted: Iterable[str] = (),
    texts: Mapping[str, Beside] | None = None,
) -> Workspace:
    """The workspace of a repository.

    `settings` are what the repository declares; where they declare no
    collection, the collections are recognised. `paths` are the files that are
    not Markdown; `uncommitted` those that exist but that the coming commit
    will lack; `texts` are the files beside items that hold their facts.
    """
    recognised = with_address if settings.collections else recognise
    contract = recognised(documents, settings)
    whole = tree([*documents, *paths], uncommitted)
    return replace(assemble(contract, documents, whole, texts), known_rules=frozenset(known_rules))


def known_fields(workspace: Workspace) -> Mapping[str, frozenset[str]]:
    """Collection → the fields that its items, template or indexes have, in folded case.

    A collection is left out where nobody can tell, because its items cannot be
    read.
    """
    found: dict[str, frozenset[str]] = {}
    for collection in workspace.collections:
        tables = [item.facts_table for item in collection.items]
        tables += [collection.template_table]
        tables += [table for index in collection.indexes for table in index.tables]
        tables += [table for rollup in collection.rollups for table in rollup.tables]
        names = {
            name
            for table in {id(table): table for table in tables if table is not None}.values()
            for name in column_names(table)
        }
        records = [record for item in collection.items for record in item.records]
        if collection.template is not None:
            # A field that only the template has yet is no slip of the pen.
            records += read_records(collection.template, collection.contract)[0]
        names.update(name for record in records for name in record.values)
        unreadable = any(item.problem or item.document.problem for item in collection.items)
        if records or names or not unreadable:
            found[collection.contract.name] = frozenset(names)
    return found


def rule_words(rules: Iterable[Rule]) -> frozenset[str]:
    """Every word that may name rules: codes, names, and families such as `TL2` and `TL20`."""
    words: set[str] = set()
    for rule in rules:
        words |= {rule.code, rule.name, rule.code[:2], rule.code[:3], rule.code[:4]}
    return frozenset(words)
