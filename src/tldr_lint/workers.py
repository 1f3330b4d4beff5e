"""Documents of many texts and files, made by several processes."""

from __future__ import annotations

from functools import partial

from tldr_lint.checks.alone import look
from tldr_lint.files.read import Unreadable, read
from tldr_lint.forks import spread
from tldr_lint.parse import parse, without_facts
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tldr_lint.document import Document

    _Parts = Sequence[bytes | bool]


def take_in(source: Source) -> Document:
    """The document of a text, and what it tells by itself of what rules can find in it."""
    return look(parse(source))


def take_in_all(sources: Sequence[Source], jobs: int) -> list[Document]:
    """The documents of texts, in order, made by at most so many processes."""

    def there(source: Source) -> _Parts:
        return _apart(take_in(source))

    sizes = [len(source.text) for source in sources]
    return spread(sources, sizes, jobs, take_in, there, _together)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read."""

    path: str
    limit: int
    """Bytes beyond which it is not read."""
    size: int
    """Bytes that it has, as far as is known."""


def read_in_all(
    root: str, files: Sequence[File], jobs: int, *, lean: bool = False
) -> list[Document]:
    """The documents of files, in order, read and made by at most so many processes.

    With `lean` the texts of many files are not kept, but read again where one is needed.
    """
    again = {limit: partial(_text, root, limit) for limit in {file.limit for file in files}}

    def here(file: File) -> Document:
        text = read(root, file.path, file.limit)
        if isinstance(text, Unreadable):
            return unreadable(file.path, text.message)
        return take_in(Source(file.path, text))

    def there(file: File) -> tuple[str | int, _Parts | None]:
        text = read(root, file.path, file.limit)
        if isinstance(text, Unreadable):
            return text.message, None
        return hash(text) if lean else text, _apart(take_in(Source(file.path, text)), lean=lean)

    def back(file: File, found: tuple[str | int, _Parts | None]) -> Document:
        text, parts = found
        if parts is None:
            return unreadable(file.path, str(text))
        if isinstance(text, int):
            return _together(Source.read_before(file.path, again[file.limit], text), parts)
        return _together(Source(file.path, text), parts)

    sizes = [file.size for file in files]
    return spread(files, sizes, jobs, here, there, back, lean=lean)


def _text(root: str, limit: int, path: str) -> str | None:
    text = read(root, path, limit)
    return None if isinstance(text, Unreadable) else text


def _apart(document: Document, *, lean: bool = False) -> _Parts:
    from tldr_lint.cache.packed import take_apart  # noqa: PLC0415 - several processes only

    return take_apart(document, lean=lean)


def _together(source: Source, parts: _Parts) -> Document:
    from tldr_lint.cache.packed import put_together  # noqa: PLC0415 - several processes only

    return put_together(source, parts)


def unreadable(path: str, message: str) -> Document:
    """The document of a file or folder that has no text for us, and why (TL001)."""
    return without_facts(Source(path, ""), message)
