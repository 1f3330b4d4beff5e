"""A small collection of notes and their roll-up, and how a test looks at what becomes of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from git_repository import GitRepository, new_repository
from tldr_lint.files.write import locked
from tldr_lint.request import Options, Outcome
from tldr_lint.session import Session

COLUMNS = ("Model Name", "Parameters", "Data")
Row = Sequence[str]


def line(cells: Row) -> str:
    """A row as most people write it."""
    return f"| {' | '.join(cells)} |\n"


def table(rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> str:
    """A table with its header."""
    return line(columns) + line(["---"] * len(columns)) + "".join(map(line, rows))


def note(title: str, *rows: Row, columns: Sequence[str] = COLUMNS) -> str:
    """A note with its facts."""
    return f"# {title}\n\n## Summary\n\n{table(rows, columns)}\n## TL;DR\n\nWhat it does.\n"


BERT = ("BERT", "340M", "Books")
GPT = ("GPT", "117M", "BooksCorpus")
T5 = ("T5", "11B", "C4")
BIG = "notes/bigtable.md"
TEMPLATE = f"# <TITLE>\n\n## Summary\n\n{table(())}\n## TL;DR\n"
README = "# Papers\n\n- [B](notes/bert.md)\n- [G](notes/gpt.md)\n- [T](notes/t5.md)\n"


def collection(big: str | None = None) -> dict[str, str | None]:
    """Three notes, all in step."""
    return {
        "README.md": README,
        "notes/TEMPLATE.md": TEMPLATE,
        "notes/bert.md": note("B", BERT),
        "notes/gpt.md": note("G", GPT),
        "notes/t5.md": note("T", T5),
        BIG: table((BERT, GPT, T5)) if big is None else big,
    }


def started(path: Path, files: Mapping[str, str | None] | None = None) -> GitRepository:
    """A repository whose first commit is the collection, with changes to it."""
    git = new_repository(path)
    git.commit({**collection(), **(files or {})})
    return git


def check(git: GitRepository, *, since: str | None = None, select: str = "TL4") -> Outcome:
    """What is reported of the rules on the roll-up."""
    return Session(git.path, Options(select=(select,), since=since)).check()


def said(outcome: Outcome) -> list[str]:
    """`path:line CODE message` of what is reported."""
    found = []
    for each in outcome.reported:
        place = each.finding.place
        source = outcome.sources.get(place.path)
        row = source.position(place.span.start)[0] if source is not None else 1
        found.append(f"{place.path}:{row} {each.rule.code} {each.finding.message}")
    return found


def codes(outcome: Outcome) -> list[str]:
    """The codes of what is reported."""
    return [each.rule.code for each in outcome.reported]


def repair(git: GitRepository, *, unsafe: bool = False, since: str | None = None) -> Outcome:
    """Repair on disk, as `--fix` does."""
    with locked(str(git.path)) as lock:
        session = Session(git.path, Options(select=("TL4",), since=since))
        outcome = session.repair(unsafe=unsafe)
        assert session.write(lock, outcome) == ()
    return outcome
