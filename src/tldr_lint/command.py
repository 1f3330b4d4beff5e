"""What `tldr-lint check` does with its arguments: a session, a report, an exit code."""

from __future__ import annotations

import os
import sys

from tldr_lint import __version__
from tldr_lint.cache.run import leads_astray, user_folder
from tldr_lint.cache.trace import keep_answer
from tldr_lint.checks import RULES
from tldr_lint.contract.error import ContractError
from tldr_lint.engine import CycleError, RuleError, diagnostics
from tldr_lint.history.git import HistoryError
from tldr_lint.home import folder_of, workspace_of
from tldr_lint.output import emit, formats_of, show
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.escape import visible
from tldr_lint.reports.model import Report, RuleInfo
from tldr_lint.request import Options, UsageError
from tldr_lint.rule import Severity
from tldr_lint.session import Session, in_hook
from tldr_lint.terminal import colored
from tldr_lint.text import ChangedError, Source

if TYPE_CHECKING:
    from tldr_lint.arguments import Arguments
    from tldr_lint.cache.trace import Asking
    from tldr_lint.history.git import Begun
    from tldr_lint.request import Outcome

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_BUG = 3
EXIT_INTERRUPTED = 130
"""Ctrl-C ended the asking: what is reported is not all there may be."""

HOME = "https://github.com/tldr-lint/tldr-lint"
"""The tool's own address, to which reports link."""


def check(arguments: Arguments, asking: Asking | None = None, begun: Begun | None = None) -> int:
    """Run `check` and say what came of it; the exit code.

    `asking` is how the answer is kept for a run that finds nothing changed, `begun` what git was
    asked already.
    """
    try:
        return _check(arguments, asking, begun)
    except (UsageError, ContractError, HistoryError, ChangedError) as error:
        _complain(arguments, str(error))
        return EXIT_USAGE
    except (RuleError, CycleError) as error:
        return _own_bug(arguments, str(error))
    except Exception as error:  # noqa: BLE001 - whatever else comes up is a bug of ours
        return _own_bug(arguments, f"{type(error).__name__}: {error}")


def _own_bug(arguments: Arguments, message: str) -> int:
    _complain(arguments, f"{message}\nthis is a bug in tldr-lint, please report it: {HOME}/issues")
    if arguments.verbose:
        import traceback  # noqa: PLC0415 - for our own bugs only

        traceback.print_exc()
    return EXIT_BUG


def _complain(arguments: Arguments, message: str) -> None:
    red, plain = ("\x1b[1;31m", "\x1b[0m") if colored(arguments.color, sys.stderr) else ("", "")
    for number, line in enumerate(message.split("\n")):
        head = f"{red}error{plain}: " if number == 0 else ""
        print(head + visible(line), file=sys.stderr)  # noqa: T201 - this is the command line


def _check(arguments: Arguments, asking: Asking | None, begun: Begun | None) -> int:
    formats = formats_of(arguments)
    _check_usage(arguments)
    root, paths = workspace_of(arguments)
    failures: tuple[str, ...] = ()
    if arguments.fix and arguments.stdin_filename is None:
        session, outcome, failures = _repaired(arguments, root, paths)
    else:
        session, outcome = _run(arguments, root, paths, begun)
    if arguments.stdin_filename is not None and (arguments.fix or arguments.diff):
        return _filter(arguments, session, outcome, paths[0])
    if arguments.diff:
        return _show_diff(arguments, session, outcome)
    report = _report(arguments, session, outcome)
    said = show(arguments, report, formats)
    for failure in failures:
        _complain(arguments, failure)
    if failures:
        return EXIT_USAGE
    if session.interrupted:
        return EXIT_INTERRUPTED
    code = EXIT_FINDINGS if _fails(arguments, report) else EXIT_CLEAN
    if asking is not None and said is not None and _rests_on_files_alone(arguments, formats):
        folders = {os.path.realpath(folder_of(path)) for path in arguments.paths}
        trace = session.trace((os.path.realpath("."), *folders))
        from tldr_lint.prose import free_texts  # noqa: PLC0415 - only where an answer is kept

        patched = any(name == "markdown" for name, _ in formats)
        free = free_texts(session, outcome.reported, patched=patched)
        keep_answer(asking, trace, said, code, free)
    return code


def _rests_on_files_alone(arguments: Arguments, formats: list[tuple[str, str | None]]) -> bool:
    """Whether a run does nothing but look at files and say on standard output what it found."""
    more = (
        arguments.fix,
        arguments.diff,
        arguments.links,
        arguments.verbose,
        arguments.since,
        arguments.new_only,
        arguments.config,
        arguments.stdin_filename,
    )
    # Where a path leads through a symbolic link, the link would have to be watched too.
    straight = all(os.path.realpath(path) == os.path.abspath(path) for path in arguments.paths)
    return straight and not any(more) and all(target is None for _, target in formats)


def _repaired(
    arguments: Arguments, root: str, paths: tuple[str, ...]
) -> tuple[Session, Outcome, tuple[str, ...]]:
    """Check, repair and write; what could not be written, a sentence each."""
    from tldr_lint.files.write import LockedError, locked  # noqa: PLC0415 - repairs only

    try:
        # Held from before the files are read, so that of two runs one sees what the other did.
        with locked(str(root)) as lock:
            session, outcome = _run(arguments, root, paths)
            return session, outcome, session.write(lock, outcome)
    except LockedError as error:
        raise UsageError(str(error)) from error


def _check_usage(arguments: Arguments) -> None:
    if arguments.fix and arguments.diff:
        raise UsageError("`--fix` writes and `--diff` shows: ask for one of them")
    if arguments.cache_dir and leads_astray(arguments.cache_dir):
        raise UsageError("`--cache-dir` leads through a symbolic link of this folder")
    if arguments.unsafe_fixes and not (arguments.fix or arguments.diff):
        raise UsageError("`--unsafe-fixes` goes with `--fix` or `--diff`")
    if arguments.allow_private and not arguments.links:
        raise UsageError("`--allow-private` goes with `--links`")
    if arguments.proxy and not arguments.links:
        raise UsageError("`--proxy` goes with `--links`")
    if arguments.links and in_hook():
        raise UsageError("a commit hook does not ask the network: leave out `--links`")


def _show_diff(arguments: Arguments, session: Session, outcome: Outcome) -> int:
    from tldr_lint.reports import diff as diff_report  # noqa: PLC0415 - start-up

    before = {
        path: session.documents[path].source for path in outcome.changed.keys() & session.documents
    }
    # A runner obeys what stands in its log as a terminal obeys what it is shown.
    guard = sys.stdout.isatty() or os.environ.get("GITHUB_ACTIONS") == "true"
    diff = diff_report.render(before, outcome.changed, above=_above(session), guard=guard)
    emit(iter((diff,)), None)
    return EXIT_FINDINGS if outcome.changed and not arguments.exit_zero else EXIT_CLEAN


def _fails(arguments: Arguments, report: Report) -> bool:
    least = Severity[arguments.fail_on.upper()]
    return not arguments.exit_zero and any(d.severity >= least for d in report.diagnostics)


def _run(
    arguments: Arguments, root: str, paths: tuple[str, ...], begun: Begun | None = None
) -> tuple[Session, Outcome]:
    options = Options(
        config=arguments.config or None,
        isolated=arguments.isolated,
        select=arguments.select,
        ignore=arguments.ignore,
        paths=paths,
        since=arguments.since,
        new_only=arguments.new_only,
        hook=in_hook(),
        cache=None if arguments.no_cache else arguments.cache_dir or user_folder(),
        jobs=_jobs(arguments),
        lean=not (
            arguments.fix
            or arguments.diff
            or arguments.links
            or arguments.stdin_filename is not None
        ),
    )
    session = Session(root, options, begun)
    if arguments.stdin_filename is not None:
        try:
            text = sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"standard input is not UTF-8 (byte {error.start})") from error
        session.update(paths[0], text)
    if arguments.links and not arguments.no_links:
        from tldr_lint.asking import ask_web  # noqa: PLC0415 - only when the network is asked

        ask_web(session, arguments)
    if arguments.fix or arguments.diff:
        return session, session.repair(unsafe=arguments.unsafe_fixes)
    return session, session.check()


def _jobs(arguments: Arguments) -> int | None:
    if arguments.jobs is None:
        return None
    if not arguments.jobs.isascii() or not arguments.jobs.isdigit() or int(arguments.jobs) < 1:
        raise UsageError(f"`--jobs {arguments.jobs}`: give a number of processes, 1 or more")
    return int(arguments.jobs)


def _filter(arguments: Arguments, session: Session, outcome: Outcome, path: str) -> int:
    """`--fix` and `--diff` of standard input: the text, repaired, or what would change."""
    if arguments.diff:
        return _show_diff(arguments, session, outcome)
    emit(iter((outcome.changed.get(path, session.documents[path].source).text,)), None)
    report = _report(arguments, session, outcome)
    return EXIT_FINDINGS if _fails(arguments, report) else EXIT_CLEAN


def _report(arguments: Arguments, session: Session, outcome: Outcome) -> Report:
    asked = {each.partition("=")[0] for each in arguments.output_format}
    paths = (item.path for each in session.workspace.collections for item in each.items)
    return Report(
        diagnostics=diagnostics(outcome.reported, outcome.sources),
        sources=outcome.sources,
        checked=outcome.checked,
        fixed=sum(outcome.fixed.values()),
        older=outcome.older,
        root=session.root.replace(os.sep, "/"),
        cwd=os.getcwd().replace(os.sep, "/"),
        above=_above(session),
        changed=_changed(session) if "github" in asked else frozenset(),
        rules=_rule_infos() if "sarif" in asked else (),
        items=tuple(sorted(paths)) if "html" in asked else (),
        answers=session.workspace.answers if "html" in asked else {},
        patch=_patch(session) if "markdown" in asked and not arguments.fix else "",
        docs=f"{HOME}/blob/main/rules/",
        home=HOME,
        version=__version__,
    )


def _above(session: Session) -> str:
    """The root's path inside its repository."""
    return session.repository.prefix if session.repository is not None else ""


def _changed(session: Session) -> frozenset[str]:
    """The files that are not as they were at the base, if one was named."""
    from hashlib import sha1, sha256  # noqa: PLC0415 - for annotations only

    since, repository = session.options.since, session.repository
    base = repository.merge_base(since) if repository and since else None
    if repository is None or base is None:
        return frozenset()
    tree = repository.tree(base)
    # The name of a blob (gitformat-pack(5)); no secret hangs on it.
    digest = sha1 if len(base) == 40 else sha256
    changed: set[str] = set()
    for path, document in session.documents.items():
        data = document.source.text.encode("utf-8", "surrogatepass")
        blob = digest(b"blob %d\0" % len(data) + data, usedforsecurity=False)
        if tree.get(path) != blob.hexdigest():
            changed.add(path)
    return frozenset(changed)


def _patch(session: Session) -> str:
    """What `--fix` would do, as a diff."""
    from tldr_lint.reports import diff as diff_report  # noqa: PLC0415 - start-up

    changed = session.repair().changed
    before = {path: session.documents[path].source for path in changed.keys() & session.documents}
    return diff_report.render(before, changed, above=_above(session))


def catalogue() -> Report:
    """The catalogue of rules as a report without findings."""
    return Report(
        rules=_rule_infos(), docs=f"{HOME}/blob/main/rules/", home=HOME, version=__version__
    )


def _rule_infos() -> tuple[RuleInfo, ...]:
    from tldr_lint import pages  # noqa: PLC0415 - start-up

    infos: list[RuleInfo] = []
    for rule in RULES:
        text = pages.read(rule)
        page = parse(Source(f"{rule.code}.md", text))
        summary = next(
            (
                " ".join(page.source[section.body].strip().split("\n\n")[0].split())
                for section in page.sections
                if section.heading.text == "What it does"
            ),
            "",
        )
        infos.append(
            RuleInfo(rule.code, rule.name, rule.severity, rule.fixes, summary, pages.printed(rule))
        )
    return tuple(infos)
