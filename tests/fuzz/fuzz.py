"""Coverage-guided fuzzing of everything that takes strangers' text (atheris, libFuzzer).

    python tests/fuzz/fuzz.py NEW tests/fuzz/corpus -max_total_time=60

The first byte of an input says what it is given to; the rest is the text. A
short run belongs to CI, a long one (hours, `-fork=2 -ignore_crashes=1`) to a
release. Inputs that reach further than the corpus go to the folder `NEW`; one
that fails goes to the working directory, and from there, once mended, to
`corpus/`, which `test_fuzz_corpus.py` replays on every run of the tests.

Where there is no atheris (`pip install -r .ci/fuzz.txt`), the same targets get
the corpus and random mutations of it: no coverage leads such a run anywhere,
but targets that are broken break it too.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import random
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tldr_lint.checks import RULES
from tldr_lint.contract.error import ContractError
from tldr_lint.contract.linear_regex import RegexError, compile_linear
from tldr_lint.contract.model import Contract
from tldr_lint.contract.reader import read_contract
from tldr_lint.engine import repair, run, selection
from tldr_lint.markdown.rows import split_row
from tldr_lint.parse import parse
from tldr_lint.suppress import suppressions
from tldr_lint.text import Source
from tldr_lint.workspace import build, rule_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tldr_lint.document import Document

KNOWN = rule_words(RULES)


_SECONDS = "-max_total_time="
_PIECES = (
    *(b"|", b"\n", b"\r", b"\r\n", b"`", b"\\", b"\\|", b"[", b"](", b")", b"<!--", b"-->", b"#"),
    *(
        b"\n\n",
        b"---",
        b"===",
        b"> ",
        b"- ",
        b"\t",
        b"    ",
        b"<",
        b">",
        b"*",
        b"_",
        b"&amp;",
        b"\x00",
    ),
    *(
        b"\xe2\x80\xa8",
        b"\xef\xbb\xbf",
        b"\xff",
        b"tldr-lint-disable",
        b"{",
        b"}",
        b'"',
        b"=",
        b"\x1b",
    ),
)


def facts(text: str) -> None:
    """Every fact stands inside the text, and a cell where its raw text is."""
    document = parse(Source("a.md", text))
    spans = [
        *(fact.span for fact in document.headings),
        *(fact.span for fact in (*document.links, *document.images)),
        *(fact.span for fact in document.anchors),
        *(fact.span for fact in document.tags),
        *(fact.span for fact in document.markers),
        *(fact.span for fact in document.directives),
        *(fact.span for fact in document.definitions),
    ]
    for table in document.tables:
        for row in (table.header, *table.rows):
            for cell in row.cells:
                assert document.source[cell.span] == cell.raw
                spans.append(cell.span)
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)


def row(text: str) -> None:
    """A row put together again is the row that was split."""
    line = text.split("\n", 1)[0]
    assert split_row(line, 7).raw == line
    assert split_row(line, 7).span.start == 7


def contract(text: str) -> None:
    """A contract is read, or refused with a place."""
    try:
        read_contract(Source("tldr-lint.toml", text), KNOWN)
    except ContractError as error:
        said = str(error)
    else:
        return
    assert "tldr-lint.toml:" in said


def expression(text: str) -> None:
    """A regular expression means what Python says it means, or is refused."""
    pattern, _, subject = text.partition("\n")
    if len(pattern) > 12 or len(subject) > 12:
        return  # Python's own engine could take years.
    try:
        mine = compile_linear(pattern)
    except RegexError:
        return
    assert mine.fullmatch(subject) == (re.fullmatch(pattern, subject) is not None)


def suppression(text: str) -> None:
    """What hides a finding was used, and is not called unused."""
    document = parse(Source("a.md", text))
    found = suppressions(document)
    hidden = [
        rule
        for rule in RULES
        for heading in document.headings
        if found.hides(rule, document.source.place(heading.span.start, heading.span.end))
    ]
    unused = list(found.unused({rule.code: rule for rule in RULES}))
    assert len(unused) <= sum(max(1, len(each.rules)) for each in document.directives)
    assert not hidden or document.directives


def repairs(text: str) -> None:
    """A repair settles, whatever it is given."""
    files = {
        "README.md": parse(Source("README.md", "# x\n\n| a |\n|---|\n| [a](notes/a.md) |\n")),
        "notes/TEMPLATE.md": parse(
            Source("notes/TEMPLATE.md", "# <T>\n\n## Summary\n\n| A | B |\n|---|---|\n|  |  |\n")
        ),
        "notes/a.md": parse(Source("notes/a.md", text)),
    }
    built = build(files, Contract(), KNOWN)
    chosen = selection(built.contract, RULES)
    done = repair(
        built, chosen, lambda changed: build({**files, **changed}, Contract(), KNOWN), unsafe=True
    )
    again: dict[str, Document] = {**done.workspace.documents}
    assert run(build(again, Contract(), KNOWN), chosen) == done.reported


TARGETS: tuple[Callable[[str], None], ...] = (
    facts,
    row,
    contract,
    expression,
    suppression,
    repairs,
)


def one(data: bytes) -> None:
    """Give one input to the target that its first byte names."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:].decode("utf-8", "replace"))


def mutations(corpus: Sequence[bytes], chance: random.Random) -> Iterator[bytes]:
    """Inputs of a corpus, cut, crossed and with bytes changed, without end."""
    while True:
        data = bytearray(chance.choice(corpus))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(1, len(data) + 1) if data else 0
            other = chance.choice(corpus)
            start = chance.randrange(len(other)) if other else 0
            match chance.randrange(4):
                case 0:
                    data[at : at + chance.randint(1, 8)] = b""
                case 1:
                    data[at:at] = other[start : start + chance.randint(1, 64)]
                case 2:
                    data[at : at + 1] = chance.choice(_PIECES)
                case _:
                    data[at:at] = data[at : at + chance.randint(1, 64)]
        yield bytes(data)


def blindly(folders: Iterable[Path], seconds: float, *, seed: int = 0) -> int:
    """Run the targets without coverage: the corpus, then mutations of it; how many inputs.

    Raises:
        AssertionError: a target failed; the input is in the working directory.
    """
    corpus = [path.read_bytes() for each in folders for path in sorted(each.iterdir())]
    end = time.monotonic() + seconds
    count = 0
    for data in itertools.chain(corpus, mutations(corpus, random.Random(seed))):
        if count >= len(corpus) and time.monotonic() >= end:
            break
        try:
            one(data)
        except BaseException:
            name = f"crash-{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"
            Path(name).write_bytes(data)
            sys.stderr.write(f"kept as {name}\n")
            raise
        count += 1
    return count


def main(arguments: Sequence[str]) -> None:
    """Fuzz until told to stop; an input that fails is kept, and ends the run with another code."""
    try:
        atheris = importlib.import_module("atheris")
    except ModuleNotFoundError:
        folders = [Path(each) for each in arguments if not each.startswith("-")]
        told = [each for each in arguments if each.startswith(_SECONDS)]
        seconds = float(told[-1].removeprefix(_SECONDS)) if told else 60.0
        sys.stderr.write("no atheris: random mutations, led by no coverage\n")
        sys.stderr.write(f"{blindly(folders, seconds)} inputs, none failed\n")
        return
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
