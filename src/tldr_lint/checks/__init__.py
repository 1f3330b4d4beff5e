"""The rules: one module a family, their catalogue written once."""

from itertools import chain

from tldr_lint.checks import source, tables, template
from tldr_lint.rule import Rule

RULES: tuple[Rule, ...] = tuple(chain(source.RULES, template.RULES, tables.RULES))
"""Every rule, in the order of the codes."""
