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
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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


def blindly(
    target: Callable[[bytes], None], folders: Iterable[Path], seconds: float, *, seed: int = 0
) -> int:
    """Run a target without coverage: the corpus, then mutations of it; how many inputs.

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
            target(data)
        except BaseException:
            name = f"crash-{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"
            Path(name).write_bytes(data)
            sys.stderr.write(f"kept as {name}\n")
            raise
        count += 1
    return count


def targets() -> Callable[[bytes], None]:
    """The targets, and with them all of the program, loaded now."""
    module = importlib.import_module("targets" if __name__ == "__main__" else "fuzz.targets")
    return cast("Callable[[bytes], None]", module.one)


def main(arguments: Sequence[str]) -> None:
    """Fuzz until told to stop; an input that fails is kept, and ends the run with another code."""
    try:
        atheris = importlib.import_module("atheris")
    except ModuleNotFoundError:
        folders = [Path(each) for each in arguments if not each.startswith("-")]
        told = [each for each in arguments if each.startswith(_SECONDS)]
        seconds = float(told[-1].removeprefix(_SECONDS)) if told else 60.0
        sys.stderr.write("no atheris: random mutations, led by no coverage\n")
        count = blindly(targets(), folders, seconds)
        sys.stderr.write(f"{count} inputs, none failed\n")
        return
    # Coverage of our own code and the parser's; all other modules would take a minute to prepare.
    with atheris.instrument_imports(include=["tldr_lint", "markdown_it", "mdit_py_plugins"]):
        target = targets()
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
