"""What a document tells by itself of what rules can find in it, whatever stands around it.

Most documents give most rules nothing to say, and to see it takes a look at
facts that nobody else asks for. That look is taken where the document is read:
by several processes at once, and only once for as long as the cache knows it.
A rule that finds nothing by the look here finds nothing in any workspace; what
it finds otherwise is for the rule to say.
"""

from __future__ import annotations

from types import MappingProxyType

from tldr_lint.checks.cell_html import unbalanced
from tldr_lint.checks.facts import blanks
from tldr_lint.checks.glance import may_be_loud
from tldr_lint.checks.tables import code_over_pipes, mismatched, uneven
from tldr_lint.checks.template import bare, skips
from tldr_lint.checks.titles import below_title, is_ill_titled
from tldr_lint.checks.web_links import has_odd_address
from tldr_lint.layout import SILENT
from tldr_lint.markdown.conflicts import conflicts
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tldr_lint.document import Document


def look(document: Document) -> Document:
    """The document, now that its `loud` is known."""
    loud = [code for code in may_be_loud(document) if LOOKS[code](document)]
    object.__setattr__(document, "loud", frozenset(loud) if loud else SILENT)
    return document


def _any(found: Callable[[Document], Iterable[object]]) -> Callable[[Document], bool]:
    """Whether there is one of something, which is never false itself."""
    return lambda document: any(found(document))


LOOKS: Mapping[str, Callable[[Document], object]] = MappingProxyType(
    {
        "TL001": lambda document: document.problem is not None,
        "TL002": lambda document: document.directives,
        "TL004": conflicts,
        "TL101": is_ill_titled,
        "TL102": lambda document: below_title(document) is not None,
        "TL107": _any(bare),
        "TL108": lambda document: document.markers,
        "TL109": _any(skips),
        "TL201": _any(mismatched),
        "TL202": _any(uneven),
        "TL207": _any(unbalanced),
        "TL209": lambda document: any(map(any, map(blanks, document.tables))),
        "TL211": lambda document: document.orphans,
        "TL212": _any(code_over_pipes),
        "TL309": lambda document: document.undefined,
        "TL507": has_odd_address,
    }
)
"""Code → whether a document may give a rule something to say."""
