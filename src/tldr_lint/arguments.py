"""What `check` can be asked for: one table that the command line and its help are made from.

Plain values without click, so that a run that can be answered at once need not
import it.
"""

from __future__ import annotations

import os
from enum import StrEnum

from tldr_lint.records import TYPE_CHECKING, dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Kind(StrEnum):
    """What an option takes."""

    FLAG = "flag"
    WORDS = "words"
    """Codes, names or families, separated by commas; may be repeated, adds up."""
    CHOICE = "choice"
    TEXT = "text"
    PATH = "path"
    FORMATS = "formats"
    """An output format, or `FORMAT=FILE`; may be repeated."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of `check`."""

    name: str
    """The field of `Arguments`."""
    flags: tuple[str, ...]
    kind: Kind
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arguments:
    """A run of `check` as it was asked for; paths are as written."""

    paths: tuple[str, ...] = ()
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    since: str | None = None
    new_only: bool = False
    links: bool = False
    no_links: bool = False
    allow_private: tuple[str, ...] = ()
    proxy: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "warning"
    exit_zero: bool = False
    output_format: tuple[str, ...] = ()
    output_file: str | None = None
    statistics: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    config: str | None = None
    isolated: bool = False
    no_cache: bool = False
    cache_dir: str | None = None
    jobs: str | None = None
    stdin_filename: str | None = None
    watch: bool = False


OPTIONS: tuple[Option, ...] = (
    Option("fix", ("--fix",), Kind.FLAG, "Repair what can be repaired safely."),
    Option(
        "unsafe_fixes",
        ("--unsafe-fixes",),
        Kind.FLAG,
        "With --fix or --diff: repair also what is only probably right.",
    ),
    Option("diff", ("--diff",), Kind.FLAG, "Show the repair as a unified diff, write nothing."),
    Option(
        "since",
        ("--since",),
        Kind.TEXT,
        "Take the merge base of REV and HEAD as the base.",
        metavar="REV",
    ),
    Option(
        "new_only",
        ("--new-only",),
        Kind.FLAG,
        "Report only what the base does not have: HEAD, or what --since says.",
    ),
    Option("links", ("--links",), Kind.FLAG, "Also ask the network what links to the web lead to."),
    Option("no_links", ("--no-links",), Kind.FLAG, "Do not ask the network, even with --links."),
    Option(
        "allow_private",
        ("--allow-private",),
        Kind.WORDS,
        "With --links: let links lead into this private network; may be repeated.",
        metavar="CIDR",
    ),
    Option(
        "proxy",
        ("--proxy",),
        Kind.TEXT,
        "With --links: ask through this HTTP proxy, which then resolves the names.",
        metavar="URL",
    ),
    Option(
        "select",
        ("--select",),
        Kind.WORDS,
        "Run only these rules: codes, names or families (TL2), separated by commas.",
        metavar="CODES",
    ),
    Option("ignore", ("--ignore",), Kind.WORDS, "Do not run these rules.", metavar="CODES"),
    Option(
        "fail_on",
        ("--fail-on",),
        Kind.CHOICE,
        "The least severity that fails the run.",
        choices=("error", "warning"),
    ),
    Option("exit_zero", ("--exit-zero",), Kind.FLAG, "Exit 0 whatever is found."),
    Option(
        "output_format",
        ("--output-format", "--format"),
        Kind.FORMATS,
        "How to report: full, concise, json, json-lines, github, gitlab, sarif, junit, rdjson, "
        "markdown or html; FORMAT=FILE writes to a file, and several may be asked for.",
        metavar="FORMAT",
    ),
    Option(
        "output_file",
        ("--output-file", "-o"),
        Kind.PATH,
        "Write the report to this file instead of to standard output.",
        metavar="F",
    ),
    Option(
        "statistics", ("--statistics",), Kind.FLAG, "Show how often each rule reported instead."
    ),
    Option(
        "quiet", ("--quiet", "-q"), Kind.FLAG, "Say nothing but what was found, and not its sum."
    ),
    Option(
        "verbose",
        ("--verbose", "-v"),
        Kind.FLAG,
        "Say what is done, and show a traceback if we fail.",
    ),
    Option(
        "color",
        ("--color",),
        Kind.CHOICE,
        "Colour the output.",
        choices=("auto", "always", "never"),
    ),
    Option(
        "config",
        ("--config",),
        Kind.PATH,
        "Use this contract instead of the one found.",
        metavar="F",
    ),
    Option("isolated", ("--isolated",), Kind.FLAG, "Read no contract at all."),
    Option("no_cache", ("--no-cache",), Kind.FLAG, "Neither read nor write a cache."),
    Option(
        "cache_dir",
        ("--cache-dir",),
        Kind.PATH,
        "Keep the cache in this folder instead of the user's.",
        metavar="D",
    ),
    Option(
        "jobs",
        ("--jobs", "-j"),
        Kind.TEXT,
        "Parse with so many processes instead of one for each processor.",
        metavar="N",
    ),
    Option(
        "stdin_filename",
        ("--stdin-filename",),
        Kind.TEXT,
        "Check standard input as if it were the text of this file.",
        metavar="F",
    ),
    Option("watch", ("--watch",), Kind.FLAG, "Check again whenever something changes."),
)
"""The options of `check`, in the order `--help` shows them."""


VERBS = ("check", "config", "explain", "init", "merge-driver", "new", "rules", "server")
"""The verbs; a word in front that is one is no path, whatever folder is called like it."""


def plain_arguments(written: Sequence[str]) -> Arguments | None:
    """The arguments of a plain `check`, or none where it takes the whole command line to tell.

    Plain are the options of the table as `--option`, `--option=VALUE` and
    `--option VALUE`, and paths; no verb, no cluster of short options, no `--`,
    nothing that is wrong.
    """
    if written and written[0] in VERBS:
        return None
    options = {flag: option for option in OPTIONS for flag in option.flags}
    paths: list[str] = []
    given: dict[str, list[str]] = {}
    rest = iter(written)
    for word in rest:
        if not word.startswith("-"):
            paths.append(word)
            continue
        flag, equals, value = word.partition("=")
        option = options.get(flag)
        if option is None or (equals and (option.kind is Kind.FLAG or not flag.startswith("--"))):
            return None
        if option.kind is not Kind.FLAG and not equals:
            value = next(rest, "-")
        if value.startswith("-") or (option.kind is Kind.CHOICE and value not in option.choices):
            return None
        given.setdefault(option.name, []).append(value)
    if paths and not os.path.lexists(paths[0]):
        # Perhaps a verb, perhaps one misspelt.
        return None
    kinds = {option.name: option.kind for option in OPTIONS}
    values = {name: _value(kinds[name], each) for name, each in given.items()}
    return Arguments(tuple(paths), **values)  # type: ignore[arg-type]


def _value(kind: Kind, given: list[str]) -> bool | str | tuple[str, ...]:
    match kind:
        case Kind.FLAG:
            return True
        case Kind.WORDS:
            return words(given)
        case Kind.FORMATS:
            return tuple(given)
    return given[-1]


def words(given: Iterable[str]) -> tuple[str, ...]:
    """Words that were given parted by commas, or one by one."""
    return tuple(word.strip() for each in given for word in each.split(",") if word.strip())
