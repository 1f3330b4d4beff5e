"""The agreed base on random histories, beside what a search of all commits says."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from git_repository import GitRepository, new_repository
from paper_collection import BIG, GPT, README, T5, collection, note, table
from tldr_lint.request import Options
from tldr_lint.session import Session


@dataclass(frozen=True)
class Made:
    """A commit of a made-up history: what both sides say, and the commits it comes from."""

    note: str
    table: str
    parents: tuple[int, ...]
    path: str
    """Where the note stands: it is renamed now and then."""
    remark: str


def history(chance: random.Random) -> list[Made]:
    """Commits with branches and merges in which either side moves, both, or none."""
    made: list[Made] = []
    for number in range(chance.randint(2, 9)):
        parents: tuple[int, ...] = ()
        if number:
            first = number - 1 if chance.random() < 0.5 else chance.randrange(number)
            second = chance.randrange(number) if chance.random() < 0.4 else first
            parents = tuple(dict.fromkeys((first, second)))
        if not parents or chance.random() < 0.75:
            one, other = chance.choice("123"), chance.choice("123")
        else:
            taken = made[chance.choice(parents)]
            one, other = taken.note, taken.table
        other = one if chance.random() < 0.3 else other
        path = f"notes/bert{chance.choice(['', '-again'])}.md"
        made.append(Made(one, other, parents, path, chance.choice(["", f"\n{number}\n"])))
    return made


def commit(git: GitRepository, made: list[Made], chance: random.Random) -> None:
    """Put a history into git by one process; the clocks of its authors are wrong."""
    stream = b""
    for number, each in enumerate(made, 1):
        time = 1_700_000_000 + chance.randrange(1000)
        stream += b"commit refs/heads/main\nmark :%d\n" % number
        stream += b"committer A <a@example.org> %d +0000\ndata 1\nc\n" % time
        for word, parent in zip((b"from", b"merge"), each.parents, strict=False):
            stream += b"%s :%d\n" % (word, parent + 1)
        stream += b"deleteall\n"
        files = collection(table((("BERT", each.table, "Books"), GPT, T5)))
        files |= {"notes/bert.md": None, each.path: note("B", ("BERT", each.note, "Books"))}
        files["README.md"] = README.replace("notes/bert.md", each.path) + each.remark
        for path, text in files.items():
            if text is not None:
                content = text.encode()
                stream += b"M 100644 inline %s\n" % path.encode()
                stream += b"data %d\n%s\n" % (len(content), content)
    git.git("fast-import", "--quiet", given=stream)
    git.git("reset", "-q", "--hard", "refs/heads/main")


def ancestors(made: list[Made], number: int) -> set[int]:
    found: set[int] = set()
    waiting = [number]
    while waiting:
        for parent in made[waiting.pop()].parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


@pytest.mark.parametrize("seed", range(16))
def test_the_bases_are_the_newest_agreements_of_all_lines(tmp_path: Path, seed: int) -> None:
    """A base that is older than another, or one of another line left out, tells a wrong side."""
    chance = random.Random(seed)
    made = history(chance)
    if made[-1].note == made[-1].table:
        made.append(Made("1", "2", (len(made) - 1,), made[-1].path, ""))
    git = new_repository(tmp_path)
    commit(git, made, chance)
    reachable = ancestors(made, len(made) - 1)
    agreeing = [number for number in reachable if made[number].note == made[number].table]
    newest = [n for n in agreeing if not any(n in ancestors(made, later) for later in agreeing)]

    agreed = Session(tmp_path, Options(select=("TL4",))).workspace.agreed
    [answer] = [answer for question, answer in agreed.items() if question.column == "parameters"]

    assert {made[number].note for number in newest} == {
        base.table["parameters"] for base in answer.bases if base.table is not None
    }
    assert len(answer.bases) <= len(newest)


def test_the_roll_up_s_file_is_watched_too(tmp_path: Path) -> None:
    """A roll-up whose name does not end as those of the notes do."""
    contract = (
        '[collection.notes]\nitems = "notes/*.md"\ntemplate = "notes/TEMPLATE.md"\n'
        'facts = "table:Summary"\nkey = "{Model Name}"\n'
        '[collection.notes.rollup]\nfile = "notes/all.markdown"\n'
    )
    bert = ("BERT", "340M", "Books")
    files = {**collection(), BIG: None, "notes/all.markdown": table((bert, GPT, T5))}
    git = new_repository(tmp_path)
    git.commit({**files, "tldr-lint.toml": contract})
    git.commit({"notes/all.markdown": table((("BERT", "1M", "Books"), GPT, T5))})

    reported = Session(tmp_path, Options(select=("TL403",))).check().reported

    assert ["notes/bert.md"] == [each.finding.place.path for each in reported]
