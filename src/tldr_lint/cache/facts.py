"""Facts by content: what a text says is found out once.

One SQLite file for each workspace in the user's cache folder, never in the
repository. A row holds a text's digest and its packed facts (`cache/packed.py`), so
that a file that was moved or put back is known, and no clock has to be
trusted. Whatever is wrong with the file (damaged, newer, locked, read-only,
somebody else's, the disk full), nothing is known and nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import zlib
from pathlib import Path

from tldr_lint.cache.packed import FORMAT
from tldr_lint.cache.run import program
from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


_PATIENCE = 0.2
"""Seconds to wait for another run that writes."""
_SPARE = 1_000
"""Rows of texts that are not there any more which are kept all the same."""


def digest(text: str) -> bytes:
    """What a text is known by."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=20).digest()


class FactsCache:
    """The facts that runs over one workspace left."""

    def __init__(self, folder: str, root: str) -> None:
        """Look in a cache folder for what is known of the workspace at `root`."""
        name = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
        self._file = Path(folder, f"facts-{name}.db")
        self._key = "\0".join((str(FORMAT), *program()))

    def load(self) -> Mapping[bytes, str]:
        """Everything that is known: digest → packed facts."""
        if not self._is_ours():
            return {}
        try:
            with self._opened() as database:
                if database.execute("SELECT key FROM program").fetchall() != [(self._key,)]:
                    return {}
                rows = database.execute("SELECT digest, facts, sum FROM facts").fetchall()
        except (sqlite3.Error, OSError):
            return {}
        return {
            name: facts
            for name, facts, checksum in rows
            if isinstance(name, bytes)
            and isinstance(facts, str)
            and zlib.crc32(facts.encode("utf-8", "surrogatepass")) == checksum
        }

    def keep(self, new: Mapping[bytes, str], used: Collection[bytes]) -> None:
        """Add what was found out; `used` are the digests of all texts that are there now."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Not by SQLite, which would let the group write it where the umask says so.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            os.close(os.open(self._file, flags, 0o600))
            if not self._is_ours():
                return
            with self._opened() as database, database:
                self._write(database, new, used)
        except sqlite3.DatabaseError as error:
            # What is no database will not become one; what is merely busy will be free again.
            if not isinstance(error, sqlite3.OperationalError):
                with contextlib.suppress(OSError):
                    self._file.unlink()
        except OSError:
            return

    def _write(
        self, database: sqlite3.Connection, new: Mapping[bytes, str], used: Collection[bytes]
    ) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("CREATE TABLE IF NOT EXISTS program (key TEXT)")
        database.execute(
            "CREATE TABLE IF NOT EXISTS facts (digest BLOB PRIMARY KEY, facts TEXT, sum INTEGER)"
        )
        if database.execute("SELECT key FROM program").fetchall() != [(self._key,)]:
            database.execute("DELETE FROM program")
            database.execute("DELETE FROM facts")
            database.execute("INSERT INTO program VALUES (?)", (self._key,))
        database.executemany(
            "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)",
            ((name, facts, zlib.crc32(facts.encode())) for name, facts in new.items()),
        )
        (count,) = database.execute("SELECT count(*) FROM facts").fetchone()
        if count > 2 * len(used) + _SPARE:
            known = {name for (name,) in database.execute("SELECT digest FROM facts")}
            gone = ((name,) for name in known.difference(used))
            database.executemany("DELETE FROM facts WHERE digest = ?", gone)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        # Without an isolation level the transactions are those that are written here.
        database = sqlite3.connect(self._file, timeout=_PATIENCE, isolation_level=None)
        try:
            yield database
        finally:
            database.close()

    def _is_ours(self) -> bool:
        """Whether the file is there, is no link, and nobody else could have written it."""
        try:
            about = self._file.lstat()
        except OSError:
            return False
        owner = getattr(os, "geteuid", lambda: about.st_uid)()
        return (
            about.st_uid == owner
            and not about.st_mode & 0o022
            and self._file.is_file()
            and (not self._file.is_symlink())
        )
