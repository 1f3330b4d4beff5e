"""What is wrong with a contract: file, line, column, the line itself, the nearest valid word."""

from __future__ import annotations

from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from tldr_lint.text import Place, Source

_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class ContractProblem:
    """One thing that is wrong with a contract, where it is written."""

    path: str
    line: int
    """From 1."""
    column: int
    """From 1, in code points."""
    width: int
    """Code points from `column` on that are meant, on this line."""
    source_line: str
    """The line as written, cut after 200 code points."""
    message: str
    """One sentence, the nearest valid word included."""


class ContractError(Exception):
    """A contract that cannot be obeyed; it says everything that is wrong with it."""

    def __init__(self, problems: Collection[ContractProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        super().__init__("\n".join(map(_shown, self.problems)))


def _shown(problem: ContractProblem) -> str:
    said = f"{problem.path}:{problem.line}:{problem.column}: {problem.message}"
    room = len(problem.source_line) - problem.column + 1
    if room < 0:
        return f"{said}\n    {problem.source_line}"
    caret = " " * (problem.column - 1) + "^" * min(problem.width, max(room, 1))
    return f"{said}\n    {problem.source_line}\n    {caret}"


def problem_at(source: Source, place: Place | None, message: str) -> ContractProblem:
    """A problem of a contract at a place of its text, or at its start."""
    span = place.span if place is not None else Span(0, 0)
    line, column = source.position(span.start)
    whole = source.line_span(line)
    width = max(1, min(span.end, whole.end) - span.start)
    shown = source[whole].removeprefix("\ufeff")
    if len(shown) > _LONGEST_LINE:
        shown = shown[: _LONGEST_LINE - 1] + "…"
    return ContractProblem(source.path, line, column, width, shown, message)


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that a misspelt one is closest to, letter case aside, if any is close."""
    from difflib import get_close_matches  # noqa: PLC0415 — needed for errors only

    folded = {each.casefold(): each for each in sorted(known, reverse=True)}
    found = get_close_matches(word[:200].casefold(), folded, n=1)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`, did you mean …?` with the nearest known word, or nothing."""
    near = nearest(word, known)
    return f", did you mean `{near}`?" if near is not None else ""
