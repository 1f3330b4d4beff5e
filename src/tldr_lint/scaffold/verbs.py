"""The faces of the contract and of new items: `init`, `config` and `new`."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from tldr_lint.contract.error import did_you_mean
from tldr_lint.contract.schema import json_schema
from tldr_lint.contract.writer import write_contract
from tldr_lint.facts.item import Beside
from tldr_lint.files.read import Unreadable, find_home, read
from tldr_lint.files.write import Change, locked, write
from tldr_lint.globs import glob_problem
from tldr_lint.parse import plain
from tldr_lint.records import TYPE_CHECKING, dataclass, replace
from tldr_lint.request import Options, UsageError
from tldr_lint.scaffold.entry import list_item
from tldr_lint.scaffold.item import NewItemError, Wanted, draft
from tldr_lint.scaffold.survey import survey
from tldr_lint.session import Session
from tldr_lint.text import Source, splice
from tldr_lint.workspace import known_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tldr_lint.answers import Page
    from tldr_lint.collection import Collection

_DATA = (".yaml", ".yml", ".toml")
_MOST_BYTES = 1_000_000


def schema_text() -> str:
    """The JSON Schema of a contract."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _home(start: Path) -> Path:
    home = find_home(start)
    return Path(home.contract).parent if home.contract else Path(home.root)


def config_text(start: Path, config: Path | None) -> str:
    """The contract in force, and where from.

    Raises:
        UsageError, ContractError: there is a contract, but it cannot be obeyed.
    """
    session = Session(_home(start), Options(config=config))
    contract = session.workspace.contract
    if session.contract_source is not None:
        head = [f"in force: `{session.contract_source.path}`"]
        if not session.settings.collections:
            head.append("it declares no collection: those below were recognised")
    else:
        head = ["in force: what was recognised, for no contract stands here or above"]
    head.append("what is not shown has its default; the words: docs/contract.md of tldr-lint")
    comments: dict[tuple[str | int, ...], tuple[str, ...]] = {(): tuple(head)}
    if not contract.collections:
        comments[()] = (*head, "", "no collection is known: only links and tables are checked")
    for collection in session.workspace.collections:
        comments["collection", collection.contract.name] = tuple(_seen(collection))
    if session.settings.repository is None and contract.repository is not None:
        comments["repository",] = ("recognised: an index calls its own files by this address",)
    return write_contract(contract, comments)


def _seen(collection: Collection) -> Iterator[str]:
    """What a collection comes to."""
    records = sum(len(item.records) for item in collection.items)
    yield f"{_counted(len(collection.items), 'item')}, {_counted(records, 'row')} of facts"
    for index in collection.indexes:
        listed = len({entry.item for entry in index.entries})
        yield f"`{index.listing.file}` lists {listed} of them"
    for rollup in collection.rollups:
        rows = sum(len(table.rows) for table in rollup.tables)
        there = (
            f"has {_counted(rows, 'row')}" if rollup.document is not None else "is not there yet"
        )
        yield f"`{rollup.listing.file}` {there}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def init_text(start: Path) -> tuple[Path, str]:
    """The contract that `init` writes, and where to.

    Raises:
        UsageError: a contract stands there already.
    """
    home = find_home(start)
    if home.contract is not None:
        there = os.path.relpath(home.contract, start)
        raise UsageError(f"`{there}` is a contract already: `tldr-lint config` shows it")
    root = Path(home.root)
    session = Session(root, Options(isolated=True))
    texts = {}
    for path in session.others:
        if path.endswith(_DATA):
            text = read(str(root), path, _MOST_BYTES)
            if not isinstance(text, Unreadable):
                texts[path] = Beside(Source(path, text))
    found = survey(session.documents, session.others, texts)
    return root / "tldr-lint.toml", write_contract(found.contract, found.comments)


def init(start: Path) -> tuple[str, str]:
    """Write the contract that a repository seems to have; its path and its text.

    Raises:
        UsageError: there is one already, or it cannot be written.
    """
    path, text = init_text(start)
    with locked(str(path.parent)) as lock:
        refused = write(lock, [Change(path.name, None, text)]).refused
    if refused:
        raise UsageError(f"`{path.name}`: {refused[0].message}")
    return os.path.relpath(path, start), text


@dataclass(frozen=True, slots=True)
class NewItem:
    """What `new` was asked for."""

    title: str
    collection: str | None = None
    values: Mapping[str, str] | None = None
    path: str | None = None
    """Where it goes, relative to the root."""
    under: str | None = None
    """The heading of the index to list it below."""
    config: Path | None = None
    url: str | None = None
    """The paper's page: the index links the title to it."""
    year: str | None = None
    """For a field or column `Year`, if there is one."""


def new(start: Path, asked: NewItem) -> tuple[str, ...]:
    """Make an item: its file, its index entry, its roll-up row, together or not at all.

    Returns the paths that were written, the item first.

    Raises:
        UsageError: it cannot be made of what was said, or something is in its way.
        ContractError: the contract cannot be obeyed.
    """
    root = _home(start)
    with locked(str(root)) as lock:
        session = Session(root, Options(config=asked.config, select=("TL401",)))
        before = {path: document.source.text for path, document in session.documents.items()}
        collection = _chosen(session.workspace.collections, asked.collection)
        path, created = _draft(session, collection, asked)
        if path in before or path in session.others or os.path.lexists(root / path):
            raise UsageError(f"`{path}` is there already: nothing is overwritten")
        _list(session, collection.contract.name, path, asked)
        # Its roll-up row is what the fix of TL401 would write, and nothing else's.
        session.options = replace(session.options, paths=(path,))
        outcome = session.repair()
        texts = {each: document.source.text for each, document in session.documents.items()}
        texts |= {each: source.text for each, source in outcome.changed.items()}
        changes = [Change(*each) for each in created]
        changes += [
            Change(each, before.get(each), text)
            for each, text in texts.items()
            if before.get(each) != text
        ]
        refused = write(lock, changes).refused
    if refused:
        raise UsageError(f"`{refused[0].path}`: {refused[0].message}")
    others = sorted(change.path for change in changes if change.path != path)
    return path, *others


def _draft(
    session: Session, collection: Collection, asked: NewItem
) -> tuple[str, list[tuple[str, str | None, str]]]:
    """Put the new item into the session; its path, and the files beside it to create."""
    if asked.path is not None and (wrong := glob_problem(asked.path)) is not None:
        raise UsageError(f"`{asked.path}`: {wrong}")
    columns = [
        plain(cell.raw)
        for index in collection.indexes
        for table in (index.document.tables if index.document is not None else ())
        for cell in table.header.cells
    ]
    today = datetime.now(tz=UTC).date().isoformat()
    wanted = Wanted(asked.title, _values(session, collection, asked), today, asked.path)
    try:
        made = draft(collection, wanted, session.texts, columns)
    except NewItemError as error:
        raise UsageError(str(error)) from error
    created: list[tuple[str, str | None, str]] = []
    if made.beside is not None:
        beside, text = made.beside
        if beside in session.others:
            raise UsageError(f"`{beside}` is there already: nothing is overwritten")
        created.append((beside, None, text))
        session.texts = {**session.texts, beside: Beside(Source(beside, text))}
        session.others |= {beside}
    session.update(made.path, made.text)
    return made.path, created


def _values(session: Session, collection: Collection, asked: NewItem) -> Mapping[str, str]:
    """The values that were set, and the year of the paper where something is called so."""
    values = dict(asked.values or {})
    known = known_fields(session.workspace).get(collection.contract.name, frozenset())
    if asked.year is not None and "year" in known - {name.casefold() for name in values}:
        values["Year"] = asked.year
    return values


def _list(session: Session, name: str, path: str, asked: NewItem) -> None:
    """Put the new item into the indexes of its collection."""
    collection = next(c for c in session.workspace.collections if c.contract.name == name)
    item = next((each for each in collection.items if each.path == path), None)
    if item is None:
        globs = ", ".join(f"`{glob}`" for glob in collection.contract.items)
        raise UsageError(f"`{path}` would be no item of `{name}`: those are {globs}")
    values = _values(session, collection, asked)
    edits = list_item(collection, item, values, asked.under, asked.url)
    for listing in {edit.place.path for edit in edits}:
        own = [edit for edit in edits if edit.place.path == listing]
        session.update(listing, splice(session.documents[listing].source.text, own))


def _chosen(collections: Sequence[Collection], name: str | None) -> Collection:
    names = [collection.contract.name for collection in collections]
    if not collections:
        raise UsageError("there is no collection here: `tldr-lint init` writes a contract")
    if name is None:
        if len(collections) > 1:
            listed = ", ".join(f"`{each}`" for each in names)
            raise UsageError(f"say with --collection which of several is meant: {listed}")
        return collections[0]
    if name not in names:
        raise UsageError(f"there is no collection `{name}`{did_you_mean(name, names)}")
    return collections[names.index(name)]


def asked_page(url: str) -> Page:
    """What the page of a paper says of itself, asked over the network.

    Raises:
        UsageError: the page cannot be read.
    """
    from tldr_lint.answers import Question, Verdict, web_target  # noqa: PLC0415 - with --url only
    from tldr_lint.contract.model import LinkSettings  # noqa: PLC0415 - with --url only
    from tldr_lint.network.ask import Way, ask, environment  # noqa: PLC0415 - with --url only

    target = web_target(url)
    if target.problem:
        raise UsageError(f"`{url}`: {target.problem}")
    way = Way(environment=environment())
    asked = ask([Question(target.page, paper=True)], LinkSettings(), way)
    answer = asked.answers.get(target.page)
    if answer is None or answer.verdict is not Verdict.ALIVE or answer.page is None:
        raise UsageError(f"`{url}` could not be read")
    return answer.page


def with_paper(asked: NewItem, url: str, page: Page) -> NewItem:
    """What was asked for, with the title and the year that a paper's page gives of itself.

    What was given on the command line is kept.

    Raises:
        UsageError: the page does not say which paper it is, and no title was given.
    """
    if not asked.title.strip() and not (page.cited and page.title):
        raise UsageError(f"`{url}` does not say which paper it is: give the title yourself")
    year = str(next(iter(page.years))) if len(page.years) == 1 else None
    return replace(asked, title=asked.title.strip() or page.title, url=url, year=year)
