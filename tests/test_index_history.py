"""An index and its items in step: history says which of the two has moved."""

from pathlib import Path

import pytest

from git_repository import GitRepository
from tldr_lint.request import Options
from tldr_lint.session import Session

CONTRACT = """\
[collection.proposals]
items    = "p/*.md"
template = "template.md"
sections = "changed"
facts    = "front-matter"

[[collection.proposals.index]]
file     = "README.md"
columns  = { Title = "[{title}]({path})", Status = "{status}" }

[[collection.proposals.index]]
file     = "list.md"
entry    = "{title} is [{status}]({path})"
"""
ITEM = "---\ntitle: {title}\nstatus: {status}\n---\n\n# {title}\n\n## Why\n\nSo.\n"
README = "# All\n\n| Title | Status |\n| --- | --- |\n| [Lamps](p/a.md) | {status} |\n"
LIST = "# List\n\n- Lamps is [{status}](p/a.md)\n"


def files(item: str = "Draft", index: str = "Draft", entry: str = "Draft") -> dict[str, str | None]:
    return {
        "tldr-lint.toml": CONTRACT,
        "template.md": "# <title>\n\n## Why\n",
        "p/a.md": ITEM.format(title="Lamps", status=item),
        "README.md": README.format(status=index),
        "list.md": LIST.format(status=entry),
    }


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    made = GitRepository(tmp_path)
    made.git("init", "-q")
    return made


def repaired(repository: GitRepository) -> tuple[dict[str, str], list[str]]:
    """The files that a repair changes, and what is left."""
    outcome = Session(repository.path, Options()).repair()
    return (
        {path: source.text for path, source in outcome.changed.items()},
        [each.finding.message for each in outcome.reported],
    )


def test_only_the_item_has_moved(repository: GitRepository) -> None:
    repository.commit(files())
    repository.commit(files(item="Final"))

    assert repaired(repository) == (
        {"README.md": README.format(status="Final"), "list.md": LIST.format(status="Final")},
        [],
    )


def test_only_the_index_has_moved(repository: GitRepository) -> None:
    """An editor's work in the index must not be overwritten by what the item said before."""
    repository.commit(files())
    repository.commit(files(index="Final", entry="Final"))
    changed, left = repaired(repository)

    assert changed == {"p/a.md": ITEM.format(title="Lamps", status="Final")}
    assert left == []


def test_only_an_entry_has_moved(repository: GitRepository) -> None:
    """A text of several fields cannot be taken apart: people decide."""
    repository.commit(files())
    repository.commit(files(entry="Final"))

    assert repaired(repository) == (
        {},
        [
            (
                "the entry says `Lamps is Final`, but `p/a.md` says `Lamps is Draft`; "
                "the index alone has changed since they agreed"
            )
        ],
    )


def test_both_have_moved_apart(repository: GitRepository) -> None:
    repository.commit(files())
    repository.commit(files(item="Final", index="Withdrawn", entry="Final"))

    assert repaired(repository) == (
        {},
        [
            (
                "column `Status` says `Withdrawn`, but `p/a.md` says `Final`; "
                "both have changed since they agreed"
            )
        ],
    )


def test_what_is_not_committed_is_compared_with_the_last_commit(
    repository: GitRepository,
) -> None:
    repository.commit(files())
    repository.write(files(index="Final"))
    changed, left = repaired(repository)

    assert changed == {
        "p/a.md": ITEM.format(title="Lamps", status="Final"),
        "list.md": LIST.format(status="Final"),
    }
    assert left == []


def test_they_have_never_agreed(repository: GitRepository) -> None:
    """Without a base the contract decides: the index says what the item says."""
    repository.commit(files(index="Final"))

    assert repaired(repository) == ({"README.md": README.format(status="Draft")}, [])


def test_only_changed_items_are_held_to_the_template(repository: GitRepository) -> None:
    """A section added to the template must not fail every old item."""
    repository.commit(files())
    repository.commit({"template.md": "# <title>\n\n## Why\n\n## How\n"})

    assert [] == [e.rule.code for e in Session(repository.path, Options()).check().reported]

    text = repository.read("p/a.md")
    repository.write({"p/a.md": text.replace("So.", "Thus.")})

    assert ["TL103"] == [e.rule.code for e in Session(repository.path, Options()).check().reported]


def test_without_git_no_item_is_known_to_have_changed(tmp_path: Path) -> None:
    GitRepository(tmp_path).write(files() | {"template.md": "# <title>\n\n## Why\n\n## How\n"})

    assert () == Session(tmp_path, Options()).check().reported
