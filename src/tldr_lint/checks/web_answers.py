"""Links to the web, judged by the answers that were got for them: what keeps `web.RULES`."""

from __future__ import annotations

from tldr_lint.answers import Verdict, host_of
from tldr_lint.checks.nearest import Guesses
from tldr_lint.checks.quoting import quoted
from tldr_lint.checks.web_moves import is_login, move_of, only_secured, rewritten, secured
from tldr_lint.checks.web_uses import malformed_uses, web_uses
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.rule import Applicability, Finding, Fix, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.answers import Answer
    from tldr_lint.checks.web_uses import WebUse
    from tldr_lint.collection import Workspace

_DAY = 86_400.0
_FAILED_RUNS = 3
_FAILED_DAYS = 3
_HOST_DAYS = 30


def dead_link(workspace: Workspace) -> Iterator[Finding]:
    """TL501: for every link, nobody said a definite no."""
    for use, answer in _answered(workspace, Verdict.DEAD):
        yield _finding(use, answer, f"is dead: {answer.reason}{_by_way_of(answer)}{_last(answer)}")


def unreachable_link(workspace: Workspace) -> Iterator[Finding]:
    """TL502: for every link, somebody answered."""
    for use, answer in _answered(workspace, Verdict.UNREACHABLE):
        finding = _finding(use, answer, f"could not be reached: {answer.reason}{_last(answer)}")
        if _is_lasting(answer):
            runs = answer.history.failed_runs
            yield Finding(
                finding.place,
                f"{finding.message}, in {runs} runs over {_days(answer)} days",
                severity=Severity.WARNING,
                data=finding.data,
            )
        else:
            yield finding


def moved_link(workspace: Workspace) -> Iterator[Finding]:
    """TL503: for every link, no permanent redirect leads from it to a live page."""
    for use, answer in _answered(workspace, Verdict.ALIVE):
        move = move_of(use, answer)
        if move is None:
            continue
        if move.refused:
            yield _finding(use, answer, f"redirects for good to {move.refused}")
            continue
        edits = rewritten(use, move.target)
        fix = Fix("write the new address", edits) if edits else None
        yield _finding(use, answer, f"has moved for good to `{quoted(move.target)}`", fix)


def dead_fragment(workspace: Workspace) -> Iterator[Finding]:
    """TL504: for every link with a fragment, the live page has it."""
    guesses = Guesses()
    for use, answer in _answered(workspace, Verdict.ALIVE):
        fragment = use.fragment
        anchors = answer.page.anchors if answer.page is not None else None
        if not fragment or anchors is None or is_login(answer):
            continue
        wanted = {fragment, use.target.fragment or fragment, f"user-content-{fragment}"}
        if host_of(answer.final or answer.url) == "github.com":
            wanted |= {fragment.lower(), f"user-content-{fragment.lower()}"}
        if wanted.isdisjoint(anchors):
            near = guesses.nearest(fragment, anchors)
            hint = f"; did you mean `#{quoted(near.removeprefix('user-content-'))}`" if near else ""
            where = f"`{quoted(answer.final or answer.url)}`"
            message = f"`#{quoted(fragment)}` is not on {where}{hint}"
            yield Finding(use.place, message, data=_data(answer))


def insecure_link(workspace: Workspace) -> Iterator[Finding]:
    """TL505: for every `http:` link, the same page does not answer on `https:`."""
    for use, answer in _answered(workspace, Verdict.ALIVE):
        if move_of(use, answer) is not None or is_login(answer):
            continue
        sent_on = bool(answer.hops) and only_secured(
            answer.url, answer.hops[0].target.partition("#")[0]
        )
        if answer.secure or sent_on:
            edits = secured(use)
            fix = Fix("write `https:`", edits, Applicability.UNSAFE) if edits else None
            yield _finding(use, answer, "answers on `https:` as well", fix)


def malformed_url(workspace: Workspace) -> Iterator[Finding]:
    """TL507: every target that begins like a URL is one."""
    for use in malformed_uses(workspace):
        shown = quoted(use.link.target)
        yield Finding(use.place, f"`{shown}` is not a URL: {use.target.problem}")
    for use, answer in _answered(workspace, Verdict.MALFORMED):
        yield _finding(use, answer, f"is not a URL: {answer.reason}")


def blocked_link(workspace: Workspace) -> Iterator[Finding]:
    """TL508: for every link, the host let us see whether the page is there."""
    for use, answer in _answered(workspace):
        if answer.verdict is Verdict.BLOCKED:
            yield _finding(use, answer, f"could not be verified: {answer.reason}{_last(answer)}")
        elif answer.verdict is Verdict.ALIVE and is_login(answer):
            yield _finding(use, answer, "could not be verified: it leads to a log-in page")


def _answered(
    workspace: Workspace, verdict: Verdict | None = None
) -> Iterator[tuple[WebUse, Answer]]:
    """The links that an answer is known for, perhaps those of one verdict only."""
    if not workspace.answers:
        return
    for use in web_uses(workspace):
        answer = workspace.answers.get(use.target.page)
        if answer is not None and (verdict is None or answer.verdict is verdict):
            yield use, answer


def _finding(use: WebUse, answer: Answer, says: str, fix: Fix | None = None) -> Finding:
    return Finding(use.place, f"`{quoted(use.link.target)}` {says}", fix, data=_data(answer))


def _data(answer: Answer) -> tuple[tuple[str, str | int | float], ...]:
    status = (("status", answer.status),) if answer.status is not None else ()
    final = answer.final or answer.url
    return (*status, ("final_url", final), ("time", answer.elapsed))


def _by_way_of(answer: Answer) -> str:
    final = answer.final or answer.url
    return f", at `{quoted(final)}`" if answer.hops and final != answer.url else ""


def _last(answer: Answer) -> str:
    """When it was last alive, as far as anybody remembers."""
    alive = answer.history.last_alive
    if alive is None:
        return ""
    days = round((answer.asked_at - alive) / _DAY)
    if days < 1:
        return " (alive within the last day)"
    return f" (alive {days} day{'s' if days > 1 else ''} ago)"


def _is_lasting(answer: Answer) -> bool:
    """Whether a link has been out of reach for so long that somebody should look."""
    history = answer.history
    if history.failed_runs < _FAILED_RUNS or _days(answer) < _FAILED_DAYS:
        return False
    seen = history.host_alive
    return seen is None or answer.asked_at - seen > _HOST_DAYS * _DAY


def _days(answer: Answer) -> int:
    since = answer.history.failing_since
    return int((answer.asked_at - since) / _DAY) if since is not None else 0
