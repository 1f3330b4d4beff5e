"""The command line: arguments in, a report and an exit code out.

Exit codes: 0 nothing left at or above `--fail-on`; 1 something left; 2 wrong
usage, wrong contract, missing path, or a file that could not be written; 3 our
own bug.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from types import MappingProxyType
from typing import NoReturn

import click

from tldr_lint import __version__
from tldr_lint.arguments import OPTIONS, Arguments, Kind, words
from tldr_lint.cache.trace import Asking
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

    from tldr_lint.arguments import Option

_LISTED = ("text", "json")


class _Verbs(click.Group):
    """A group whose default verb is `check`: what is no verb is a path or an option of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default verb in front where none is given."""
        own = {"--help", "-h", "--version", "-V"}
        if not args and ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        if not args or (args[0] not in self.commands and args[0] not in own):
            if args and not args[0].startswith("-") and not os.path.lexists(args[0]):
                self._perhaps_misspelt(ctx, args[0])
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What may come first: a verb, or an option or path of the default one."""
        verb = self.commands["check"]
        within = click.Context(verb, info_name="check", parent=ctx, resilient_parsing=True)
        own = verb if incomplete.startswith("-") else verb.params[0]
        return [*super().shell_complete(ctx, incomplete), *own.shell_complete(within, incomplete)]

    def invoke(self, ctx: click.Context) -> object:
        """Run a verb; Ctrl-C ends it as a shell says, not with the code that means findings."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(130)

    def _perhaps_misspelt(self, ctx: click.Context, word: str) -> None:
        from difflib import get_close_matches  # noqa: PLC0415 - needed for errors only

        near = get_close_matches(word, self.commands, n=1)
        if near and "/" not in word and "." not in word:
            ctx.fail(f"there is no verb and no file '{word}', did you mean '{near[0]}'?")


def _formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from tldr_lint.reports import FORMATS  # noqa: PLC0415 - for completion in a shell only

    return [name for name in FORMATS if name.startswith(incomplete)]


def _codes(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from tldr_lint.checks import RULES  # noqa: PLC0415 - for completion in a shell only

    words = (word for rule in RULES for word in (rule.code, rule.name))
    return [word for word in words if word.lower().startswith(incomplete.lower())]


_COMPLETIONS = MappingProxyType({Kind.FORMATS: _formats, Kind.WORDS: _codes})


def _parameter(option: Option) -> click.Option:
    """An option of the table as click's."""
    default = getattr(Arguments(), option.name)
    several = option.kind in {Kind.WORDS, Kind.FORMATS}
    kinds = {Kind.CHOICE: click.Choice(option.choices), Kind.PATH: click.Path()}
    return click.Option(
        [*option.flags, option.name],
        is_flag=option.kind is Kind.FLAG,
        multiple=several,
        type=kinds.get(option.kind),
        shell_complete=_COMPLETIONS.get(option.kind),
        default=() if several else default,
        show_default=option.kind is Kind.CHOICE,
        metavar=option.metavar,
        help=option.help,
    )


def _check(paths: tuple[str, ...], **options: object) -> None:
    from tldr_lint.command import check  # noqa: PLC0415 - a run of another verb need not load it

    for name in ("select", "ignore", "allow_private"):
        value = options[name]
        options[name] = words(value) if isinstance(value, tuple) else ()
    arguments = Arguments(paths, **options)  # type: ignore[arg-type]
    context = click.get_current_context()
    asking = context.find_object(Asking)
    context.exit(_watch(arguments) if arguments.watch else check(arguments, asking))


def _watch(arguments: Arguments) -> int:
    try:
        from tldr_lint.watch import check_forever  # noqa: PLC0415 - the extra `watch` only
    except ModuleNotFoundError as error:
        if error.name != "watchfiles":
            raise
        _fail("`--watch` needs an extra: install `tldr-lint[watch]`")
    return check_forever(arguments)


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Without a verb `check` is meant: `tldr-lint --fix notes`.",
)
@click.version_option(__version__, "-V", "--version", message="tldr-lint %(version)s")
def main() -> None:
    """Keep a collection of Markdown notes true to itself.

    Template, notes, index, roll-up table and links must agree with each other
    and with the web; what can be repaired, `--fix` repairs.
    """


main.add_command(
    click.Command(
        "check",
        callback=_check,
        params=[click.Argument(["paths"], nargs=-1, type=click.Path()), *map(_parameter, OPTIONS)],
        help="""Check a collection, and repair it with --fix (the default verb).

        PATHS narrow what is reported; facts are always those of the whole workspace.
        """,
    )
)


@main.command()
@click.argument("code", shell_complete=_codes)
def explain(code: str) -> None:
    """Print the page of a rule, named by its code or its name."""
    from tldr_lint import pages  # noqa: PLC0415 - start-up
    from tldr_lint.checks import RULES  # noqa: PLC0415 - start-up
    from tldr_lint.contract.error import did_you_mean  # noqa: PLC0415 - start-up

    wanted = code.casefold()
    for rule in RULES:
        if wanted in {rule.code.casefold(), rule.name}:
            click.echo(pages.printed(rule), nl=False)
            return
    known = {word for rule in RULES for word in (rule.code, rule.name)}
    _fail(f"there is no rule '{code}'{did_you_mean(code, known)}")


@main.command()
@click.option("--output-format", "--format", type=click.Choice(_LISTED), default="text")
def rules(output_format: str) -> None:
    """List the rules: code, name, severity, fix, and when each reports."""
    from tldr_lint.command import catalogue  # noqa: PLC0415 - start-up
    from tldr_lint.reports import catalogue as report  # noqa: PLC0415 - start-up

    shown = report.json(catalogue()) if output_format == "json" else report.text(catalogue())
    click.echo(shown, nl=False)


@main.command()
@click.option("--print", "only_print", is_flag=True, help="Show it, and write nothing.")
def init(only_print: bool) -> None:
    """Recognise the collections of this repository, and write them as a contract.

    The contract is `tldr-lint.toml`; its comments say what was seen, and what
    is a guess.
    """
    from pathlib import Path  # noqa: PLC0415 - start-up

    from tldr_lint.scaffold import verbs as scaffold  # noqa: PLC0415 - start-up

    with _usage():
        if only_print:
            click.echo(scaffold.init_text(Path.cwd())[1], nl=False)
            return
        path, text = scaffold.init(Path.cwd())
        found = text.count("\n[collection.") - text.count(".index]") - text.count(".rollup]")
        collections = "one collection" if found == 1 else f"{found or 'no'} collections"
        click.echo(f"wrote `{path}`: {collections}; read its comments, then run `tldr-lint`")


@main.command()
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a contract instead.")
@click.option("--config", metavar="FILE", help="The contract to show in place of the one found.")
def config(schema: bool, config: str | None) -> None:
    """Show the contract in force, and where it comes from."""
    from pathlib import Path  # noqa: PLC0415 - start-up

    from tldr_lint.scaffold import verbs as scaffold  # noqa: PLC0415 - start-up

    with _usage():
        if schema:
            click.echo(scaffold.schema_text(), nl=False)
        else:
            path = Path(config) if config is not None else None
            click.echo(scaffold.config_text(Path.cwd(), path), nl=False)


@main.command()
@click.argument("title", required=False)
@click.option("--collection", metavar="NAME", help="The collection it is an item of.")
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="What a field says.")
@click.option("--url", help="The paper's page: title and year are taken from it.")
@click.option("--under", metavar="HEADING", help="The heading of the index to list it below.")
@click.option("--path", metavar="FILE", help="Where it goes, if not where its name says.")
@click.option("--config", metavar="FILE", help="The contract to use in place of the one found.")
def new(
    title: str | None,
    collection: str | None,
    fields: tuple[str, ...],
    url: str | None,
    under: str | None,
    path: str | None,
    config: str | None,
) -> None:
    """Make an item from the template, list it in the index, and repeat it in the roll-up.

    All of it is written, or nothing; no file that is there is overwritten.
    """
    from pathlib import Path  # noqa: PLC0415 - start-up

    from tldr_lint.scaffold import verbs as scaffold  # noqa: PLC0415 - start-up

    values: dict[str, str] = {}
    for each in fields:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            _fail(f"--set takes FIELD=VALUE, not '{each}'")
        values[name.strip()] = value.strip()
    with _usage():
        asked = scaffold.NewItem(
            title or "", collection, values, path, under, Path(config) if config else None
        )
        if url is not None:
            asked = scaffold.with_paper(asked, url, scaffold.asked_page(url))
        if not asked.title.strip():
            _fail("a title is needed, or the --url of a paper that has one")
        for written in scaffold.new(Path.cwd(), asked):
            click.echo(written)


@contextmanager
def _usage() -> Iterator[None]:
    """What a user got wrong is said in words, with exit code 2."""
    from tldr_lint.contract.error import ContractError  # noqa: PLC0415 - start-up
    from tldr_lint.files.write import LockedError  # noqa: PLC0415 - start-up
    from tldr_lint.reports.escape import visible  # noqa: PLC0415 - start-up
    from tldr_lint.request import UsageError  # noqa: PLC0415 - start-up

    try:
        yield
    except (ContractError, LockedError, UsageError) as error:
        lines = "\n".join(map(visible, str(error).split("\n")))
        click.echo(f"error: {lines}", err=True)
        raise SystemExit(2) from error


@main.command("merge-driver")
@click.argument("base")
@click.argument("ours")
@click.argument("theirs")
@click.argument("marker_size", type=click.IntRange(1, 100), default=7)
@click.argument("path", required=False)
def merge_driver(base: str, ours: str, theirs: str, marker_size: int, path: str | None) -> None:
    """Merge a roll-up or an index row by row and cell by cell, for git.

    Git calls it, once it is told to:

    \b
    echo 'notes/bigtable.md merge=tldr-lint' >> .gitattributes
    git config merge.tldr-lint.driver 'tldr-lint merge-driver %O %A %B %L %P'

    The result is written to OURS. The exit code is 1 where conflicts are left.
    """  # noqa: D301 - click takes this for a paragraph to leave as it is
    from tldr_lint.merge.driver import merge_files  # noqa: PLC0415 - start-up
    from tldr_lint.reports.escape import visible  # noqa: PLC0415 - start-up

    left = merge_files(base, ours, theirs, marker_size)
    if isinstance(left, str):
        click.echo(f"error: {visible(path or ours)} is not merged: {visible(left)}", err=True)
    click.get_current_context().exit(1 if left else 0)


@main.command()
def server() -> None:
    """Speak the Language Server Protocol over standard input and output, for editors."""
    try:
        from tldr_lint.server.main import serve  # noqa: PLC0415 - the extra `server` only
    except ModuleNotFoundError as error:
        if error.name not in {"pygls", "lsprotocol"}:
            raise
        _fail("the language server needs an extra: install `tldr-lint[server]`")
    serve()


def _fail(message: str) -> NoReturn:
    raise click.UsageError(message)
