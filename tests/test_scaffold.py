"""`init`, `config` and `new`, from the command line, in real folders."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tldr_lint.answers import Page
from tldr_lint.cli import main
from tldr_lint.contract.model import Contract
from tldr_lint.contract.reader import read_contract
from tldr_lint.records import replace
from tldr_lint.request import Options, UsageError
from tldr_lint.scaffold.verbs import NewItem, new, with_paper
from tldr_lint.session import KNOWN_RULES, Session
from tldr_lint.text import Source

COLLECTIONS = Path(__file__).parent / "collections"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


def copy(name: str, root: Path, *without: str) -> None:
    shutil.copytree(COLLECTIONS / name, root, dirs_exist_ok=True)
    for each in without:
        (root / each).unlink()


def contract_of(root: Path) -> Contract:
    source = Source("tldr-lint.toml", (root / "tldr-lint.toml").read_text("utf-8"))
    contract = read_contract(source, KNOWN_RULES)
    assert contract is not None
    return contract


# init


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "proposals",
            [
                'items    = "proposals/prop-*.md"',
                'template = "proposals/template.md"',
                'facts    = "front-matter"',
                'key      = "{prop}"',
                'file    = "README.md"',
                'columns = { Title = "~{h1}", No = "[{prop:03}]({path})", Status = "{Status}" }',
            ],
        ),
        (
            "decisions",
            [
                'items    = "docs/adr/[0-9]*.md"',
                'template = "docs/adr/template.md"',
                'optional = "Links"',
                'facts    = "header"',
            ],
        ),
        ("til", ['items = "*/*.md"', 'file  = "README.md"', 'entry = "[{h1}]({path})"']),
        (
            "advisories",
            [
                "[collection.advisories]",
                'items = "advisories/2024/LAN-*.md"',
                'facts = "table:Advisory"',
                'key = "{id}"',
                'file = "CHANGELOG.md"',
            ],
        ),
    ],
)
def test_init_recognises_a_repository_without_its_contract(
    name: str, lines: list[str], repository: Path
) -> None:
    """What a maintainer must write by hand, or worse, what init gets wrong."""
    contract = next(each.name for each in (COLLECTIONS / name).iterdir() if "toml" in each.name)
    copy(name, repository, contract)
    code, output = run("init")

    assert 0 == code, output
    written = (repository / "tldr-lint.toml").read_text("utf-8")
    for line in lines:
        assert " ".join(line.split()) in [" ".join(e.split()) for e in written.split("\n")], written
    contract_of(repository)


def test_init_writes_what_our_own_repository_uses(repository: Path) -> None:
    for name in ("notes", "rules", "assets"):
        shutil.copytree(ROOT / name, repository / name)
    shutil.copy(ROOT / "README.md", repository)
    code, output = run("init")
    ours, found = contract_of(ROOT), contract_of(repository)

    assert 0 == code, output
    for own, other in zip(ours.collections, found.collections, strict=True):
        assert (own.name, own.template, own.facts, own.key, own.rollups) == (
            other.name,
            other.template,
            other.facts,
            other.key,
            other.rollups,
        )
        assert [each.file for each in own.indexes] == [each.file for each in other.indexes]
        for index, same in zip(own.indexes, other.indexes, strict=True):
            # It may see more that agrees than we hold ourselves to.
            assert {(n.casefold(), p.raw.casefold()) for n, p in index.columns.items()} <= {
                (n.casefold(), p.raw.casefold()) for n, p in same.columns.items()
            }


def test_init_overwrites_no_contract(repository: Path) -> None:
    copy("til", repository)
    before = (repository / "pyproject.toml").read_bytes()
    code, output = run("init")

    assert 2 == code
    assert "`pyproject.toml` is a contract already" in output
    assert before == (repository / "pyproject.toml").read_bytes()
    assert not (repository / "tldr-lint.toml").exists()


def test_init_can_show_without_writing(repository: Path) -> None:
    copy("til", repository, "pyproject.toml")
    code, output = run("init", "--print")

    assert 0 == code
    assert 'items = "*/*.md"' in output
    assert not (repository / "tldr-lint.toml").exists()


def test_what_init_only_proposes_can_be_uncommented(repository: Path) -> None:
    """A line that is wrong where it stands is worse than none."""
    for number in range(1, 21):
        status = "Final" if number % 3 else "Draft"
        path = repository / f"p/{number:02}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\nstatus: {status}\n---\n\n# P {number}\n\nText.\n", "utf-8")
    lines = [f"- [P {number}](p/{number:02}.md)\n" for number in range(1, 21)]
    (repository / "README.md").write_text("# P\n\n" + "".join(lines), "utf-8")
    code, output = run("init")
    contract = repository / "tldr-lint.toml"
    text = contract.read_text("utf-8")
    contract.write_text(text.replace("# values =", "values ="), "utf-8")
    (found,) = contract_of(repository).collections

    assert 0 == code, output
    assert "Draft|Final" == found.values["status"].pattern
    clean(repository)


def test_init_of_an_empty_repository_says_that_there_is_nothing(repository: Path) -> None:
    code, output = run("init")

    assert (0, True) == (code, "no collections" in output)
    assert () == contract_of(repository).collections


# config


def test_config_shows_the_contract_in_force_so_that_it_can_be_read_again(repository: Path) -> None:
    copy("proposals", repository)
    code, output = run("config")
    shown = read_contract(Source("tldr-lint.toml", output), KNOWN_RULES)

    assert 0 == code
    assert output.startswith("# in force: `tldr-lint.toml`\n")
    assert "# 4 items, 4 rows of facts\n" in output
    assert shown is not None
    assert contract_of(repository) == replace(shown, path="tldr-lint.toml")


def test_config_says_what_was_recognised(repository: Path) -> None:
    copy("papers", repository)
    code, output = run("config")

    assert 0 == code
    assert "what was recognised, for no contract stands here or above" in output
    assert "[collection.notes.rollup]" in output


def test_config_prints_the_schema() -> None:
    code, output = run("config", "--schema")

    assert 0 == code
    assert "collection" in json.loads(output)["properties"]


def test_a_wrong_contract_is_said_with_its_place(repository: Path) -> None:
    (repository / "tldr-lint.toml").write_text("[collection.a]\nitmes = 3\n", "utf-8")
    code, output = run("config")

    assert 2 == code
    assert "tldr-lint.toml:2:1: unknown key `itmes`, did you mean `items`?" in output


# new


def clean(root: Path) -> None:
    found = Session(root, Options(ignore=("TL107",))).check().reported
    assert [] == [(each.rule.code, each.finding.message) for each in found]


def test_new_makes_a_proposal_and_lists_it(repository: Path) -> None:
    copy("proposals", repository)
    (repository / "README.md").write_text(
        (repository / "README.md").read_text("utf-8").replace("**4** proposals", "**5** proposals"),
        "utf-8",
    )
    title = "Lamps: one | two"
    code, output = run("new", title, "--set", "status=Review", "--set", "created=2024-05-06")

    assert (0, "proposals/prop-005.md\nREADME.md\n") == (code, output)
    assert (
        "---\nprop: 5\ntitle: 'Lamps: one | two'\nstatus: Review\ncreated: 2024-05-06\n---\n\n"
        "# Lamps: one | two\n\n## Abstract\n\n## Motivation\n\n## Specification\n"
    ) == (repository / "proposals/prop-005.md").read_text("utf-8")
    assert (
        (repository / "README.md")
        .read_text("utf-8")
        .endswith("| Draft |\n| [005](proposals/prop-005.md) | Lamps: one \\| two | | Review |\n")
    )
    clean(repository)


def test_new_puts_an_entry_where_the_order_has_it(repository: Path) -> None:
    copy("til", repository)
    before = (repository / "README.md").read_text("utf-8")
    (repository / "README.md").write_text(before.replace("3 things", "4 things"), "utf-8")
    (repository / "template.md").write_text("# <title>\n\nTODO\n", "utf-8")
    contract = (repository / "pyproject.toml").read_text("utf-8")
    (repository / "pyproject.toml").write_text(
        contract.replace('items = "*/*.md"', 'items = "*/*.md"\ntemplate = "template.md"'), "utf-8"
    )
    code, output = run("new", "Log a line", "--path", "git/log-a-line.md", "--under", "git")

    assert (0, "git/log-a-line.md\nREADME.md\n") == (code, output)
    assert (
        "- [Blame without white space](git/blame-without-white-space.md)\n"
        "- [Log a line](git/log-a-line.md)\n"
        "- [Undo a merge](git/undo-a-merge.md)\n"
    ) in (repository / "README.md").read_text("utf-8")


def test_new_makes_a_folder_with_its_facts_file(repository: Path) -> None:
    copy("enhancements", repository)
    code, output = run("new", "Snore: softly", "--set", "stage=beta")

    assert 0 == code, output
    assert [
        "enhancements/0141-snore-softly/README.md",
        "enhancements/0141-snore-softly/enhancement.yaml",
        "enhancements/README.md",
    ] == output.split()
    made = repository / "enhancements/0141-snore-softly"
    assert "title: 'Snore: softly'\nnumber: 141\nowner:\n  name:\nstage: beta\n" == (
        made / "enhancement.yaml"
    ).read_text("utf-8")
    assert (made / "README.md").read_text("utf-8").startswith("# Snore: softly\n")
    assert (
        (repository / "enhancements/README.md")
        .read_text("utf-8")
        .endswith("| 141 | [Snore: softly](0141-snore-softly/README.md) | | beta |\n")
    )


def test_new_gives_a_decision_its_shape(repository: Path) -> None:
    copy("decisions", repository)
    code, output = run("new", "Use lamps", "--set", "Date=2024-01-01")

    assert 0 == code, output
    text = (repository / "docs/adr/0004-use-lamps.md").read_text("utf-8")
    assert text.startswith("# ADR-0004: Use lamps\n\n- Status: Proposed\n- Date: 2024-01-01\n")
    assert (
        (repository / "docs/adr/README.md")
        .read_text("utf-8")
        .endswith("| [0004](0004-use-lamps.md) | Use lamps | Proposed | 2024-01-01 |\n")
    )


def test_new_puts_a_note_into_the_roll_up(repository: Path) -> None:
    copy("papers", repository)
    code, output = run(
        "new", "Wick: A Small Model", "--set", "Model Name=Wick", "--set", "Year=2024"
    )
    written = output.split()

    assert 0 == code, output
    assert "notes/wick-a-small-model.md" == written[0]
    assert "notes/bigtable.md" in written
    assert "| Wick |" in (repository / "notes/bigtable.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--path", "proposals/prop-001.md"], "is there already: nothing is overwritten"),
        (["--path", "../out.md"], "a path may not climb out of the repository"),
        (["--path", "elsewhere.md"], "would be no item of `proposals`"),
        (["--set", "sttaus=Draft"], "nothing has a field `sttaus`, did you mean `status`?"),
        (["--set", "status"], "--set takes FIELD=VALUE"),
        (["--collection", "proposal"], "there is no collection `proposal`, did you mean"),
    ],
)
def test_new_refuses_what_it_cannot_do_and_writes_nothing(
    arguments: list[str], message: str, repository: Path
) -> None:
    copy("proposals", repository)
    before = {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}
    code, output = run("new", "A title", *arguments)

    assert 2 == code
    assert message in output
    assert before == {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}


def test_new_takes_title_and_year_from_a_papers_page(repository: Path) -> None:
    copy("papers", repository)
    page = Page(title="Wick: A Small Model", cited=True, years=frozenset({2024}))
    url = "https://example.org/wick"
    asked = with_paper(NewItem("", values={"Model Name": "Wick"}), url, page)
    path, *others = new(repository, asked)
    readme = (repository / "README.md").read_text("utf-8")

    assert "notes/wick-a-small-model.md" == path
    assert (repository / path).read_text("utf-8").startswith("# Wick: A Small Model\n")
    assert "[Wick: A Small Model](https://example.org/wick)" in readme
    assert (
        "| 2024 |"
        in readme.split("Wick: A Small Model")[0].split("\n")[-1]
        + readme.split("Wick: A Small Model")[1]
    )
    assert ["README.md", "notes/bigtable.md"] == others


def test_a_page_that_is_no_paper_names_no_item() -> None:
    page = Page(title="Welcome", cited=False)

    assert "Given" == with_paper(NewItem("Given"), "https://example.org", page).title
    with pytest.raises(UsageError):
        with_paper(NewItem(""), "https://example.org", page)


def test_new_needs_a_title(repository: Path) -> None:
    copy("proposals", repository)

    assert 2 == run("new")[0]
    assert 2 == run("new", "  ")[0]
    assert 2 == run("new", "!!!", "--collection", "proposals", "--path", "x/../y.md")[0]
