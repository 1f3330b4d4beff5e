"""Whether a contract fits its repository: its globs match, its files are there, its fields known.

These errors need the workspace, so they are found after the contract is read;
they point into its text all the same.
"""

from __future__ import annotations

import posixpath

from tldr_lint.contract.error import did_you_mean, nearest, problem_at
from tldr_lint.contract.model import Pattern
from tldr_lint.contract.pattern import BUILT_INS, fields_of
from tldr_lint.globs import ignore_matcher, path_matcher
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tldr_lint.contract.error import ContractProblem
    from tldr_lint.contract.model import CollectionContract, Contract
    from tldr_lint.contract.toml_places import Path
    from tldr_lint.text import Place, Source


def unmatched_globs(
    contract: Contract, source: Source, paths: Collection[str]
) -> tuple[ContractProblem, ...]:
    """The globs and files of a contract that name none of a repository's files.

    `exclude` may name what is not there (a build's output); a roll-up that is
    missing is built.
    """
    return tuple(
        problem_at(source, contract.places.get(path), message)
        for path, message in _unmatched(contract, paths)
    )


def _unmatched(contract: Contract, paths: Collection[str]) -> Iterator[tuple[Path, str]]:
    for collection in contract.collections:
        base: Path = ("collection", collection.name)
        for key, globs in (("items", collection.items), ("except", collection.excluded)):
            for position, glob in enumerate(globs):
                if not any(map(path_matcher([glob]), paths)):
                    message = f"the glob `{glob}` matches no file{_near_path(glob, paths)}"
                    yield _element(contract, (*base, key), position), message
        if collection.template is not None and collection.template not in paths:
            yield (*base, "template"), _no_file(collection.template, paths)
        for position, listing in enumerate(collection.indexes):
            if listing.file not in paths:
                place = _element(contract, (*base, "index"), position)
                inner = (*place, "file")
                yield (
                    inner if inner in contract.places else place,
                    _no_file(listing.file, paths),
                )
    for glob in contract.per_file_ignores:
        if not any(map(ignore_matcher([glob]), paths)):
            message = f"the glob `{glob}` matches no file{_near_path(glob, paths)}"
            yield ("per-file-ignores", glob), message


def _element(contract: Contract, path: Path, position: int) -> Path:
    """Where an element is written: in a list, or alone."""
    element = (*path, position)
    return element if element in contract.places else path


def _no_file(file: str, paths: Collection[str]) -> str:
    return f"there is no file `{file}`{_near_path(file, paths)}"


def _near_path(glob: str, paths: Collection[str]) -> str:
    """The nearest thing that is there: the folder if that is misspelt, else the file."""
    folder, _, name = glob.rpartition("/")
    folders = {posixpath.dirname(path) for path in paths}
    fixed = [part for part in (folder.split("/") if folder else []) if "*" not in part]
    if folder and folder not in folders and len(fixed) == len(folder.split("/")):
        near = nearest(folder, folders - {""})
        return f", did you mean `{near}/{name}`?" if near is not None else ""
    return did_you_mean(glob, paths)


def unknown_fields(
    contract: Contract, source: Source, fields: Mapping[str, Collection[str]]
) -> tuple[ContractProblem, ...]:
    """The patterns of a contract that name a field which no item has.

    `fields` holds, for each collection by name, the names of all fields that
    any item, the template or a table of an index has, as written. A collection
    that is not in it (its items could not be read) is not judged.
    """
    found = []
    for collection in contract.collections:
        known = fields.get(collection.name)
        if known is None:
            continue
        folded = {*BUILT_INS, "title", *_captured(collection)}
        folded |= {name.casefold() for name in known}
        for names, place in _named(contract, collection):
            if not any(name.casefold() in folded for name in names):
                near = did_you_mean(names[0], {*known, *BUILT_INS})
                message = f"no item has a field `{names[0]}`{near}"
                found.append(problem_at(source, place, message))
    return tuple(found)


def _captured(collection: CollectionContract) -> Iterator[str]:
    """The fields that the shape of the title gives: the `name` of `ADR-{number}: {name}`."""
    if collection.title is not None:
        for field in fields_of(collection.title):
            yield from (name.casefold() for name in field.names)


def _named(
    contract: Contract, collection: CollectionContract
) -> Iterator[tuple[tuple[str, ...], Place | None]]:
    """The fields that a collection's patterns and `values` name, each with its alternatives."""
    for pattern in _patterns(collection):
        for field in fields_of(pattern):
            yield field.names, pattern.place
    for name in collection.values:
        yield (name,), contract.places.get(("collection", collection.name, "values", name))


def _patterns(collection: CollectionContract) -> Iterator[Pattern]:
    if collection.key is not None:
        yield collection.key
    for listing in (*collection.indexes, *collection.rollups):
        yield from listing.columns.values()
        if listing.entry is not None:
            yield listing.entry
        if isinstance(listing.order, Pattern):
            yield listing.order
