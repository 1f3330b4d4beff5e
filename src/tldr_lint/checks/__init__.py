"""The rules: one module a theme, their catalogue written once."""

from __future__ import annotations

from itertools import chain

from tldr_lint.checks import (
    cell_html,
    columns,
    facts,
    link_case,
    links,
    listing,
    mismatch,
    orphaned,
    rollup,
    source,
    tables,
    template,
    web,
)
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from tldr_lint.rule import Rule

_FAMILIES = (
    source.RULES,
    template.RULES,
    tables.RULES,
    orphaned.RULES,
    columns.RULES,
    facts.RULES,
    cell_html.RULES,
    links.RULES,
    link_case.RULES,
    listing.RULES,
    rollup.RULES,
    mismatch.RULES,
    web.RULES,
)

RULES: tuple[Rule, ...] = tuple(sorted(chain(*_FAMILIES), key=lambda rule: rule.code))
"""Every rule, in the order of the codes."""
