"""The pages of the rules: find one, print it, take its examples apart.

A page is prose for people and a test for the machine. The folder `rules/` of
the repository is shipped inside the wheel; an editable install finds it where
it is.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING, dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from tldr_lint.document import Document
    from tldr_lint.rule import Rule

_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*(.*)")
_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})")
_KINDS = frozenset({"fixed", "fixed-unsafe", "base"})
_FLAGS = frozenset({"crlf", "bom", "escaped"})


class PageError(ValueError):
    """A page is missing, or is not written the way pages are."""


@dataclass(frozen=True, slots=True)
class Example:
    """A small repository, what is reported about it, and what the repairs make of it.

    Files that `fixed` does not name stay as they are under `--fix`; likewise
    `fixed_unsafe` under `--fix --unsafe-fixes`, which applies the safe fixes too.
    """

    title: str
    line: int
    """The line of the page that the example's heading stands on."""
    bad: bool
    files: Mapping[str, str]
    report: tuple[str, ...] = ()
    """`path:line:column: CODE message`, sorted as reports are."""
    fixed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fixed_unsafe: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    base: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Files that said something else at the one commit there is; without any there is no git."""
    answers: str = ""
    """What the network said, as TOML, where that matters."""


@dataclass(frozen=True, slots=True)
class Page:
    """A rule's page, taken apart."""

    facts: Mapping[str, str]
    """The front matter: `code`, `name`, `severity`, `fix`."""
    title: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """One fenced block of an example."""

    path: str
    """What stands behind the language in the info string, flags left out."""
    kind: str
    """Nothing for a file as it is, else one of `_KINDS`."""
    text: str


def folder() -> Traversable:
    """The folder of the pages: inside the installed package, else beside the sources.

    Raises:
        PageError: neither is there.
    """
    shipped = resources.files("tldr_lint") / "rules"
    if shipped.is_dir():
        return shipped
    beside = Path(__file__).parents[2] / "rules"
    if beside.is_dir():
        return beside
    raise PageError("the rules' pages are not installed")


def read(rule: Rule) -> str:
    """The page of a rule, as written.

    Raises:
        PageError: the rule has no page.
    """
    page = folder() / f"{rule.code}-{rule.name}.md"
    if not page.is_file():
        raise PageError(f"{rule.code} has no page")
    return page.read_text(encoding="utf-8")


def printed(rule: Rule) -> str:
    """The page of a rule for reading: the front matter becomes one line below the title.

    Raises:
        PageError: the rule has no page.
    """
    text = read(rule)
    if text.startswith("---\n"):
        text = text.partition("\n---\n")[2]
    title, _, rest = text.strip().partition("\n")
    fixes = " and ".join(sorted(rule.fixes)) or "none"
    return f"{title}\n\nSeverity: {rule.severity.label}. Fix: {fixes}.\n\n{rest.strip()}\n"


def take_apart(page: Document) -> Page:
    """The front matter and the examples of a page.

    Raises:
        PageError: the page is not written the way pages are; the message names the line.
    """
    if page.front_matter is None:
        raise PageError(f"{page.path}:1: front matter is missing")
    facts: dict[str, str] = {}
    for line in page.source[page.front_matter.content].splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise PageError(f"{page.path}:1: front matter line without a colon: {line}")
        facts[name.strip()] = value.strip()
    title = page.title
    if title is None:
        raise PageError(f"{page.path}:1: title is missing")
    return Page(MappingProxyType(facts), title.text, tuple(_examples(page)))


def _examples(page: Document) -> Iterator[Example]:
    for section in page.sections:
        parent = section.parent
        if parent is None or parent.text not in {"Bad", "Good"}:
            continue
        line = page.source.position(section.heading.span.start)[0]
        where = f"{page.path}:{line}"
        blocks = [_block(page.source[span], where) for span in page.code if span in section.span]
        named = [block for block in blocks if block.path not in {"report", "answers"}]
        if not any(block.kind == "" for block in named):
            raise PageError(f"{where}: the example shows no file")
        report = "".join(block.text for block in blocks if block.path == "report")
        yield Example(
            title=section.heading.text,
            line=line,
            bad=parent.text == "Bad",
            files=_texts(named, ""),
            report=tuple(report.splitlines()),
            fixed=_texts(named, "fixed"),
            fixed_unsafe=_texts(named, "fixed-unsafe"),
            base=_texts(named, "base"),
            answers="".join(block.text for block in blocks if block.path == "answers"),
        )


def _texts(blocks: list[_Block], kind: str) -> Mapping[str, str]:
    return MappingProxyType({block.path: block.text for block in blocks if block.kind == kind})


def _block(raw: str, where: str) -> _Block:
    """A fenced block as written, fences included, taken apart."""
    first, _, rest = raw.partition("\n")
    found = _FENCE.fullmatch(first.strip())
    if found is None:
        raise PageError(f"{where}: an example's files stand in fenced blocks")
    fence, info = found.groups()
    closing = rest.rstrip().rpartition("\n")[2].strip()
    if not closing.startswith(fence) or closing.strip(fence[0]):
        raise PageError(f"{where}: a fenced block is not closed")
    text = rest[: rest.rstrip().rindex(closing)]
    words = info.split(" ")[1:]
    kind = ""
    flags: set[str] = set()
    while words and words[-1] in _KINDS | _FLAGS:
        word = words.pop()
        if word in _KINDS:
            kind = word
        flags.add(word)
    if not words:
        raise PageError(f"{where}: a fenced block names no file")
    if "escaped" in flags:
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    if "crlf" in flags:
        text = text.replace("\n", "\r\n")
    if "bom" in flags:
        text = "\ufeff" + text
    return _Block(" ".join(words), kind, text)
