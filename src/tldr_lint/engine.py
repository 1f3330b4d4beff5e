"""Running rules, honouring suppressions and severities, and repairing to a fixed point.

Pure: the workspace comes in, diagnostics and changed texts go out. Reading,
writing and asking history or the network is the session's.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Mapping

from tldr_lint.checks.source import RULES
from tldr_lint.collection import Workspace
from tldr_lint.document import Document
from tldr_lint.globs import ignore_matcher
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.rule import Applicability, Diagnostic, Finding, Location, Note, Position, Severity
from tldr_lint.suppress import names, suppressions
from tldr_lint.tally import Tally
from tldr_lint.text import ChangedError, Place, Source, Span, splice
from tldr_lint.unchanged import same_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tldr_lint.contract.model import Contract
    from tldr_lint.rule import Fix, Rule
    from tldr_lint.suppress import Suppressions
    from tldr_lint.text import Edit

MAX_ROUNDS = 10
"""Rounds of repair after which fixes that keep making work for each other are called a cycle.

Rounds that leave much less to do than there was are not counted: of thousands of fixes that touch
each other every other one goes first, and they come to rest.
"""

_MUCH_LESS = 0.75
_UNREADABLE = next(rule for rule in RULES if rule.code == "TL001")
_UNUSED = "TL003"


class RuleError(Exception):
    """A rule failed: our own bug. `code` names it, the cause is chained."""

    def __init__(self, code: str, cause: Exception) -> None:
        super().__init__(f"{code} failed: {type(cause).__name__}: {cause}")
        self.code = code


class CycleError(Exception):
    """Fixes undo each other, or never come to rest; `codes` names their rules."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(sorted(set(codes)))
        super().__init__(f"the fixes of {', '.join(self.codes)} keep undoing each other")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run, where, and how much each weighs."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity]
    """Code → severity, where it is not the rule's own."""
    per_file: tuple[tuple[Callable[[str], bool], tuple[str, ...]], ...]
    excluded: Callable[[str], bool]
    """Whether a file is not looked at, not even to say that nobody shows it."""

    def ignored(self, rule: Rule, path: str) -> bool:
        """Whether a rule is off for a file."""
        return self.excluded(path) or any(
            matches(path) and any(names(word, rule) for word in words)
            for matches, words in self.per_file
        )


def selection(
    contract: Contract,
    rules: Sequence[Rule],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Selection:
    """The rules to run: `select` and `ignore` of the command line before those of the contract.

    The longer name wins: `ignore = ["TL2"]` with `select = ["TL202"]` runs TL202.
    """
    wanted = tuple(select) or contract.select
    unwanted = (*contract.ignore, *ignore) if not select else tuple(ignore)

    def chosen(rule: Rule) -> bool:
        on = max((_weight(word, rule) for word in wanted), default=0) if wanted else 1
        off = max((_weight(word, rule) for word in unwanted), default=0)
        return on > off

    severities = {
        rule.code: Severity[level.upper()]
        for rule in rules
        for word, level in sorted(contract.severity.items(), key=lambda kv: _weight(kv[0], rule))
        if names(word, rule)
    }
    per_file = tuple(
        (ignore_matcher([glob]), words) for glob, words in contract.per_file_ignores.items()
    )
    excluded = ignore_matcher(contract.exclude)
    return Selection(tuple(filter(chosen, rules)), severities, per_file, excluded)


def _weight(word: str, rule: Rule) -> int:
    """How exactly a word names a rule: 0 not at all; a family by its length; a name like a code."""
    if not names(word, rule):
        return 0
    return len(rule.code) if word.casefold() == rule.name else len(word)


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding of a rule that is neither suppressed nor ignored."""

    rule: Rule
    finding: Finding
    severity: Severity


def run(workspace: Workspace, chosen: Selection) -> tuple[Reported, ...]:
    """Everything the chosen rules find, in order of place and code.

    Raises:
        RuleError: a rule failed.
    """
    hidden: dict[str, Suppressions] = {}
    tally = Tally()
    found: list[Reported] = []
    unused: Rule | None = None
    for rule in chosen.rules:
        if rule.code == _UNUSED:
            unused = rule
        found += _kept(workspace, chosen, hidden, tally, rule, _findings(rule, workspace))
    if unused is not None:
        ran = {rule.code: rule for rule in chosen.rules if _has_run(rule, workspace)}
        for document in workspace.loud("TL002"):
            if document.directives:
                own = hidden.get(document.path) or suppressions(document)
                idle = tuple(own.unused(ran))
                found += _kept(workspace, chosen, hidden, tally, unused, idle)
    found += _overfull(chosen, tally)
    found.sort(key=lambda each: (each.finding.place, each.rule.code, each.finding.message))
    return tuple(found)


def _overfull(chosen: Selection, tally: Tally) -> Iterator[Reported]:
    """For each file with more findings than are kept, one that says so; for all others one.

    It is said whether or not its rule was chosen: a list that is not whole has to say so.
    """
    rule = _UNREADABLE
    severity = chosen.severities.get(rule.code) or rule.severity
    for path, what in tally.cut():
        finding = Finding(Place(path, Span(0, 0)), f"more than {what}: the rest is left out")
        yield Reported(rule, finding, severity)


def _findings(rule: Rule, workspace: Workspace) -> Iterator[Finding]:
    try:
        yield from rule.check(workspace)
    except ChangedError:
        # Somebody else's doing, not the rule's.
        raise
    except Exception as error:
        raise RuleError(rule.code, error) from error


def _has_run(rule: Rule, workspace: Workspace) -> bool:
    # Rules on web pages have nothing to say in a run that did not ask the network.
    return not rule.code.startswith("TL5") or bool(workspace.answers)


def _kept(
    workspace: Workspace,
    chosen: Selection,
    hidden: dict[str, Suppressions],
    tally: Tally,
    rule: Rule,
    findings: Iterable[Finding],
) -> Iterator[Reported]:
    severity = chosen.severities.get(rule.code)
    for finding in findings:
        path = finding.place.path
        if chosen.ignored(rule, path):
            continue
        document = workspace.documents.get(path)
        if document is not None and document.directives:
            if path not in hidden:
                hidden[path] = suppressions(document)
            if hidden[path].hides(rule, finding.place):
                continue
        if tally.takes(path, rule.code):
            yield Reported(rule, finding, severity or finding.severity or rule.severity)


def diagnostics(
    reported: Iterable[Reported], sources: Mapping[str, Source]
) -> tuple[Diagnostic, ...]:
    """Findings as people read them, with lines and columns."""
    return tuple(
        Diagnostic(
            _location(each.finding.place, sources),
            each.rule.code,
            each.rule.name,
            each.severity,
            each.finding.message,
            each.finding.place,
            each.finding.fix,
            tuple(
                Note(_location(note.place, sources), note.message) for note in each.finding.related
            ),
            each.finding.data,
        )
        for each in reported
    )


def _location(place: Place, sources: Mapping[str, Source]) -> Location:
    source = sources.get(place.path)
    if source is None:
        return Location(place.path, Position(1, 1), Position(1, 1))
    start = Position(*source.position(place.span.start))
    end = start
    if place.span.end != place.span.start:
        end = Position(*source.position(place.span.end))
    return Location(place.path, start, end)


@dataclass(frozen=True, slots=True)
class Repair:
    """What repairing came to."""

    workspace: Workspace
    """As it is after the repair."""
    reported: tuple[Reported, ...]
    """What is left."""
    changed: Mapping[str, Source]
    """Files whose text changed, and files that were created, by path."""
    fixed: Mapping[str, int]
    """Code → how many findings were repaired."""
    groups: tuple[frozenset[str], ...]
    """The changed files, those together that some fix changed together."""


Rebuild = Callable[[Mapping[str, Document]], Workspace]
"""Makes the workspace in which some files are other documents than on disk."""


def repair(
    workspace: Workspace,
    chosen: Selection,
    rebuild: Rebuild,
    *,
    unsafe: bool = False,
    wanted: Callable[[Reported], bool] = lambda _reported: True,
) -> Repair:
    """Apply fixes round by round until none is left to apply.

    A fix is applied whole or not at all; of fixes that touch each other the
    first in order goes, the others wait for the next round. A fix that would
    make anything outside its edits mean something else is not applied.

    Raises:
        CycleError: the fixes come back to a text there was before, or do not come to rest.
        RuleError: a rule failed.
    """
    changed: dict[str, Document] = {}
    fixed: Counter[str] = Counter()
    refused: set[Fix] = set()
    groups: dict[str, set[str]] = {}
    states: list[frozenset[Source]] = [frozenset()]
    rounds: list[tuple[str, ...]] = []
    reported = run(workspace, chosen)
    before, counted = 0, 0
    while counted < MAX_ROUNDS:
        usable: dict[Fix, list[Reported]] = {}
        for each in reported:
            fix = each.finding.fix
            if (
                fix is not None
                and fix not in refused
                and (unsafe or fix.applicability is Applicability.SAFE)
                and wanted(each)
            ):
                usable.setdefault(fix, []).append(each)
        counted += len(usable) > before * _MUCH_LESS
        before = len(usable)
        applied, documents = _round(workspace, list(usable), refused)
        if not applied:
            sources = {path: document.source for path, document in changed.items()}
            together = {id(group): frozenset(group) for group in groups.values()}
            return Repair(workspace, reported, sources, fixed, tuple(together.values()))
        codes = tuple(each.rule.code for fix in applied for each in usable[fix])
        fixed.update(codes)
        rounds.append(codes)
        changed.update(documents)
        for fix in applied:
            _join(groups, fix)
        state = frozenset(document.source for document in changed.values())
        if state in states:
            raise CycleError(code for codes in rounds[states.index(state) :] for code in codes)
        states.append(state)
        workspace = rebuild(changed)
        reported = run(workspace, chosen)
    raise CycleError(code for codes in rounds[-2:] for code in codes)


def _join(groups: dict[str, set[str]], fix: Fix) -> None:
    """Put the files of a fix into one group, together with the groups they were in.

    `groups` holds every file's group. The smaller ones go into the largest, so
    that no number of fixes takes longer than in proportion.
    """
    paths = sorted({*(e.place.path for e in fix.edits), *(path for path, _ in fix.creates)})
    nothing: set[str] = set()
    largest = max((groups[path] for path in paths if path in groups), key=len, default=nothing)
    for path in paths:
        group = groups.get(path, {path})
        if group is not largest:
            largest |= group
            groups.update(dict.fromkeys(group, largest))


def _round(
    workspace: Workspace, usable: list[Fix], refused: set[Fix]
) -> tuple[list[Fix], dict[str, Document]]:
    """One round: fixes that can be applied together, and the documents they make.

    Those that would change the meaning of something else are added to `refused`.
    """
    while True:
        together = _together(workspace, [fix for fix in usable if fix not in refused])
        edits: dict[str, list[Edit]] = {}
        for fix in together:
            for edit in fix.edits:
                edits.setdefault(edit.place.path, []).append(edit)
        documents = {
            path: parse(Source(path, splice(workspace.documents[path].source.text, own)))
            for path, own in edits.items()
        }
        harmed = {
            path
            for path, own in edits.items()
            if not same_elsewhere(workspace.documents[path], documents[path], own)
        }
        if not harmed:
            created = {path: text for fix in together for path, text in fix.creates}
            documents |= {path: parse(Source(path, text)) for path, text in created.items()}
            return together, documents
        suspects = [fix for fix in together if any(e.place.path in harmed for e in fix.edits)]
        guilty = {fix for fix in suspects if _harms(workspace, fix)}
        # Where only several together do harm, one of them goes first.
        refused.update(guilty or suspects[1:])


def _harms(workspace: Workspace, fix: Fix) -> bool:
    for path in {edit.place.path for edit in fix.edits}:
        own = [edit for edit in fix.edits if edit.place.path == path]
        old = workspace.documents[path]
        if not same_elsewhere(old, parse(Source(path, splice(old.source.text, own))), own):
            return True
    return False


def _together(workspace: Workspace, fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes whose edits neither overlap nor touch, the first in order before the others."""
    taken: dict[str, list[Span]] = {}
    created: set[str] = set()
    chosen: list[Fix] = []
    for fix in fixes:
        paths = {path for path, _ in fix.creates}
        if paths & created or any(workspace.tree.has(path) for path in paths):
            continue
        if any(edit.place.path not in workspace.documents for edit in fix.edits):
            continue
        spans = [(edit.place.path, edit.place.span) for edit in fix.edits]
        if any(_touches(taken.get(path, []), span) for path, span in spans):
            continue
        for path, span in spans:
            insort(taken.setdefault(path, []), span)
        created |= paths
        chosen.append(fix)
    return chosen


def _touches(taken: list[Span], span: Span) -> bool:
    at = bisect_right(taken, span)
    return (at > 0 and taken[at - 1].end >= span.start) or (
        at < len(taken) and taken[at].start <= span.end
    )
