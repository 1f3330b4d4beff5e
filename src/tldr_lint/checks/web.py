"""The rules on web pages, without what keeps them: most runs ask nobody, and need not load it."""

from __future__ import annotations

from tldr_lint.checks.web_links import has_odd_address
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tldr_lint.collection import Workspace
    from tldr_lint.rule import Check, Finding


def _of_answers(name: str, module: str = "web_answers") -> Check:
    """A check that goes by answers alone: the function of this name."""

    def check(workspace: Workspace) -> Iterable[Finding]:
        return _loaded(name, module)(workspace) if workspace.answers else ()

    return check


def malformed_url(workspace: Workspace) -> Iterable[Finding]:
    """TL507: every target that begins like a URL is one."""
    if workspace.answers or any(map(has_odd_address, workspace.loud("TL507"))):
        return _loaded("malformed_url", "web_answers")(workspace)
    return ()


def _loaded(name: str, module: str) -> Check:
    from importlib import import_module  # noqa: PLC0415 - start-up

    check: Check = getattr(import_module(f"tldr_lint.checks.{module}"), name)
    return check


_SAFE = frozenset({Applicability.SAFE})
_UNSAFE = frozenset({Applicability.UNSAFE})
_NONE: frozenset[Applicability] = frozenset()

RULES: tuple[Rule, ...] = (
    Rule("TL501", "dead-link", Severity.ERROR, _NONE, _of_answers("dead_link")),
    Rule("TL502", "unreachable-link", Severity.INFO, _NONE, _of_answers("unreachable_link")),
    Rule("TL503", "moved-link", Severity.WARNING, _SAFE, _of_answers("moved_link")),
    Rule("TL504", "dead-fragment", Severity.WARNING, _NONE, _of_answers("dead_fragment")),
    Rule("TL505", "insecure-link", Severity.WARNING, _UNSAFE, _of_answers("insecure_link")),
    Rule(
        "TL506",
        "paper-mismatch",
        Severity.WARNING,
        _NONE,
        _of_answers("paper_mismatch", "web_papers"),
    ),
    Rule("TL507", "malformed-url", Severity.ERROR, _NONE, malformed_url),
    Rule("TL508", "blocked-link", Severity.INFO, _NONE, _of_answers("blocked_link")),
)
