"""Documents of many texts and files, made by several processes."""

from __future__ import annotations

from functools import partial

from tldr_lint.apart import put_together, take_apart
from tldr_lint.checks.alone import look
from tldr_lint.files.read import Unreadable, read
from tldr_lint.forks import spread
from tldr_lint.parse import parse, without_facts
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tldr_lint.apart import Parts
    from tldr_lint.document import Document

    _Sent = tuple[str | int, Parts | None, tuple[bytes | None, str | None, bytes | None]]
    """The text, its hash or why there is none; facts, or none where the cache has them."""


def take_in(source: Source) -> Document:
    """The document of a text, and what it tells by itself of what rules can find in it."""
    return look(parse(source))


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read."""

    path: str
    limit: int
    """Bytes beyond which it is not read."""
    size: int
    """Bytes that it has, as far as is known."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file's document, and where there is a cache what that is to know of it."""

    document: Document
    digest: bytes | None = None
    """What the text is known by; none where there is no text."""
    packed: str | None = None
    """The facts as the cache keeps them, where it did not know them."""
    gist: bytes | None = None
    """What of the text can matter (`cache/gist.py`), where that was worth finding out."""


def read_in_all(
    root: str,
    files: Sequence[File],
    jobs: int,
    *,
    known: Mapping[bytes, str] | None = None,
    lean: bool = False,
) -> list[Taken]:
    """Files in order, read and taken in by at most so many processes.

    `known` is what a cache has: digest → packed facts. With `lean` the texts of
    many files are not kept, but read again where one is needed.
    """
    again = {limit: partial(_text, root, limit) for limit in {file.limit for file in files}}
    reader = _Reader(root, again, known, lean)
    sizes = [file.size for file in files]
    return spread(files, sizes, jobs, reader.here, reader.there, reader.back, lean=lean)


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a file is taken in: here, or in another process and put together again."""

    root: str
    again: Mapping[int, Callable[[str], str | None]]
    """Limit → what reads a text once more, by its path."""
    known: Mapping[bytes, str] | None
    lean: bool

    def here(self, file: File) -> Taken:
        text = read(self.root, file.path, file.limit)
        if isinstance(text, Unreadable):
            return Taken(unreadable(file.path, text.message))
        return self._taken(Source(file.path, text))

    def there(self, file: File) -> _Sent:
        text = read(self.root, file.path, file.limit)
        if isinstance(text, Unreadable):
            return text.message, None, (None, None, None)
        own = self._taken(Source(file.path, text))
        about = (own.digest, own.packed, own.gist)
        if own.digest is not None and own.packed is None:
            return text, (), about
        return hash(text) if self.lean else text, take_apart(own.document, lean=self.lean), about

    def back(self, file: File, sent: _Sent) -> Taken:
        text, parts, about = sent
        if isinstance(text, int):
            source = Source.read_before(file.path, self.again[file.limit], text)
        else:
            source = Source(file.path, text)
        if parts is None:
            return Taken(unreadable(file.path, str(text)))
        if parts:
            return Taken(put_together(source, parts), *about)
        return self._taken(source)

    def _taken(self, source: Source) -> Taken:
        if self.known is None:
            return Taken(take_in(source))
        return _remembered(source, self.known, lean=self.lean)


def _remembered(source: Source, known: Mapping[bytes, str], *, lean: bool) -> Taken:
    """The document of a text, from the cache if that knows it."""
    # Where there is a cache, and only then.
    from tldr_lint.cache.facts import digest  # noqa: PLC0415
    from tldr_lint.cache.gist import gist  # noqa: PLC0415
    from tldr_lint.cache.packed import pack, unpack  # noqa: PLC0415

    name = digest(source.text)
    if name in known:
        return Taken(unpack(source, known[name]), name)
    document = take_in(source)
    return Taken(document, name, pack(document), gist(source.text) if lean else None)


def _text(root: str, limit: int, path: str) -> str | None:
    text = read(root, path, limit)
    return None if isinstance(text, Unreadable) else text


def unreadable(path: str, message: str) -> Document:
    """The document of a file or folder that has no text for us, and why (TL001)."""
    return without_facts(Source(path, ""), message)
