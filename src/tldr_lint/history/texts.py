"""What old texts of a collection say: the records of notes, the rows of listings."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from tldr_lint.assemble import assemble, item_paths
from tldr_lint.parse import parse
from tldr_lint.records import TYPE_CHECKING, dataclass, field, replace
from tldr_lint.sync.decide import item_rows, table_rows
from tldr_lint.sync.index_drift import index_side, item_side
from tldr_lint.targets import tree as file_tree
from tldr_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tldr_lint.agreed import Cells
    from tldr_lint.collection import Collection
    from tldr_lint.contract.model import CollectionContract, Contract, Listing
    from tldr_lint.document import Document
    from tldr_lint.history.trees import Trees
    from tldr_lint.sync.lines import Column

MOST_BYTES = 64_000_000
"""Bytes of old texts parsed after which no older base is looked for."""

_GLOB = re.compile(r"([*?\[])")

Changed = Mapping[str, tuple[str | None, str | None]]
"""Path → object names of a file's text on the newer side and on the older, where they differ."""


class LimitError(Exception):
    """So much history has been read that the rest is let be; the message says how much."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One roll-up and its collection, as old texts have them; each text is parsed once."""

    contract: Contract
    collection: Collection
    """As it is now."""
    position: int
    columns: tuple[Column, ...]
    trees: Trees
    spent: list[int]
    """The bytes parsed so far: one number, shared by all readers of a walk."""
    fetched: dict[str, bytes | None]
    """Texts that were asked for together and wait to be parsed; shared likewise."""
    _items: dict[str, Mapping[str, tuple[str, Cells]]] = field(default_factory=dict)
    _tables: dict[str, Mapping[str, Cells] | None] = field(default_factory=dict)

    @property
    def index(self) -> Listing | None:
        """The index, if it is one and no roll-up: those are counted from -1 downwards."""
        indexes = self.collection.contract.indexes
        return indexes[~self.position] if self.position < 0 else None

    @property
    def file(self) -> str:
        """The listing's path, as it is now."""
        index = self.index
        return index.file if index else self.collection.rollups[self.position].listing.file

    def items(self, path: str, blob: str | None) -> Mapping[str, tuple[str, Cells]]:
        """Key → path and cells of the records of a note's text."""
        if blob is None:
            return {}
        if blob not in self._items:
            # Wherever it stood, it is read as a note.
            contract = replace(
                self.collection.contract, items=(_GLOB.sub(r"[\1]", path),), excluded=()
            )
            found = self._assembled(replace(contract, rollups=(), indexes=()), path, blob)
            if found is None:
                self._items[blob] = {}
            elif self.index is not None:
                self._items[blob] = item_side(found, self.index)
            else:
                self._items[blob] = item_rows(
                    found, self.columns, self.collection.rollups[self.position].listing
                )
        return self._items[blob]

    def fetch(self, blobs: Iterable[str]) -> None:
        """Have the texts of notes at hand that are not known yet."""
        unknown = [blob for blob in blobs if blob not in self._items and blob not in self.fetched]
        if len(unknown) > 1:
            self.fetched.update(self.trees.objects.read_all(unknown))

    def rows(self, blob: str | None) -> Mapping[str, Cells] | None:
        """Key → cells of the rows of a roll-up's text; none where it has no such table."""
        if blob is None:
            return None
        if blob not in self._tables and self.index is not None:
            document = self._document(self.file, blob)
            known = frozenset(item.path for item in self.collection.items)
            repository = self.contract.repository
            self._tables[blob] = index_side(document, self.index, known, repository)
        elif blob not in self._tables:
            contract = replace(self.collection.contract, items=(), indexes=())
            found = self._assembled(contract, self.file, blob)
            self._tables[blob] = table_rows(found, self.position) if found is not None else None
        return self._tables[blob]

    def was_listing(self, path: str, blob: str) -> bool:
        """Whether a file that is gone may have been the listing under another name.

        A note is none, though its facts table looks like a roll-up: a note
        that was renamed while the roll-up was made would agree with itself.
        """
        if posixpath.splitext(path)[1] != posixpath.splitext(self.file)[1]:
            return False
        if self.index is not None and posixpath.basename(path) != posixpath.basename(self.file):
            return False
        if self.index is None and self.items(path, blob):
            return False
        return bool(self.rows(blob))

    def may_hold_records(self, path: str) -> bool:
        """Whether a file that was somewhere may have been a note."""
        if path in self._listed:
            return False
        return path.endswith(suffixes(self.collection))

    def is_item(self, path: str) -> bool:
        """Whether a path is that of an item, as things are now."""
        return bool(item_paths(self.collection.contract, (path,), self._listed))

    @property
    def _listed(self) -> frozenset[str]:
        contract = self.collection.contract
        files = {listing.file for listing in (*contract.indexes, *contract.rollups)}
        return frozenset(files | ({contract.template} if contract.template else set()))

    def _document(self, path: str, blob: str) -> Document | None:
        """An old text, parsed."""
        content = self.fetched.pop(blob) if blob in self.fetched else self.trees.objects.read(blob)
        if content is None:
            return None
        self.spent[0] += len(content)
        if self.spent[0] > MOST_BYTES:
            megabytes = MOST_BYTES // 1_000_000
            raise LimitError(f"they have not agreed in the newest {megabytes} MB of their texts")
        return parse(Source(path, content.decode("utf-8", "replace")))

    def _assembled(self, contract: CollectionContract, path: str, blob: str) -> Collection | None:
        """The collection that one old text makes, beside the template of today."""
        document = self._document(path, blob)
        if document is None:
            return None
        documents = {path: document}
        if self.collection.template is not None:
            documents.setdefault(self.collection.template.path, self.collection.template)
        whole = replace(self.contract, collections=(contract,))
        return assemble(whole, documents, file_tree(documents)).collections[0]


def records_by_key(reader: Reader, changed: Changed) -> Mapping[str, str]:
    """Key → path of the records that the older side of the changed files holds."""
    found: dict[str, str] = {}
    homes: dict[str, str] = {}
    for path, (newer, older) in sorted(changed.items()):
        if older is None or not reader.may_hold_records(path):
            continue
        if reader.is_item(path):
            homes |= dict.fromkeys(reader.items(path, older), path)
        elif newer is None:
            # Moved here from where no item stands today.
            found |= dict.fromkeys(reader.items(path, older), path)
    return found | homes


def suffixes(collection: Collection) -> tuple[str, ...]:
    """How the names of items end."""
    return tuple({posixpath.splitext(glob)[1] or ".md" for glob in collection.contract.items})
