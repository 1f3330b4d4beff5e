"""The file that holds the contract, found and read."""

from __future__ import annotations

import os

from tldr_lint.contract.model import Contract
from tldr_lint.files.read import CONTRACT_FILES, SHARED_CONTRACT_FILE, Unreadable, read
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.request import UsageError
from tldr_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Collection

    from tldr_lint.request import Options

_LARGEST = 1_000_000
"""Bytes beyond which a file is no contract."""


def contract_in(
    root: str, options: Options, known_rules: Collection[str]
) -> tuple[Source | None, Contract]:
    """The contract that a workspace obeys, with the file that declares it, if one does.

    `known_rules` are the words that may name rules.

    Raises:
        ContractError: it cannot be obeyed.
        UsageError: the file that was named is not there, or cannot be read.
    """
    if options.isolated:
        return None, Contract()
    if options.config is not None:
        source = _contract_text(*os.path.split(os.fspath(options.config).rstrip("/")))
        if source is None:
            raise UsageError(f"there is no file `{options.config}`")
        contract = _contract(source, known_rules)
        if contract is None:
            raise UsageError(f"`{options.config}` has no table `tool.tldr-lint`")
        return source, contract
    for name in (*CONTRACT_FILES, SHARED_CONTRACT_FILE):
        source = _contract_text(root, name)
        contract = _contract(source, known_rules) if source is not None else None
        if contract is not None:
            return source, contract
    return None, Contract()


def _contract(source: Source, known_rules: Collection[str]) -> Contract | None:
    """The contract that a file declares.

    A shared file without a word of ours needs no reader to be told from a contract.
    """
    if source.path == SHARED_CONTRACT_FILE and "tldr-lint" not in source.text:
        return None
    # As much to load as the parser, and most workspaces declare nothing.
    from tldr_lint.contract.reader import read_contract  # noqa: PLC0415

    return read_contract(source, known_rules)


def _contract_text(folder: str, name: str) -> Source | None:
    if not os.path.lexists(os.path.join(folder, name)):
        return None
    found = read(folder or os.curdir, name, _LARGEST)
    if isinstance(found, Unreadable):
        raise UsageError(f"`{name}`: {found.message}")
    return Source(name, found)
