"""Make a collection of any size, always the same one for the same arguments.

    python benchmarks/generate.py DIRECTORY --notes 1000 [--defects 50] [--seed 1]

The collection has the layout that needs no configuration: `notes/` with a
template, one note a paper with a Summary table of 13 columns, a big table that
repeats every row, a README that lists every note, and two images a note (one
byte each: only that they are there counts). Every rule is content with it,
except where a defect was planted.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

COLUMNS = (
    "Model Name",
    "Model Type (Encoder-Decoder, etc.)",
    "Pre-train Objective",
    "Tokenization",
    "Vocab Size",
    "OOV Handling",
    "Embeddings",
    "Attention",
    "Activations",
    "Parameters",
    "Training",
    "Pre-Train Data",
    "Batch Size",
)
INDEX_COLUMNS = ("Model", "Year", "Institute", "Paper", "Notes", "Code")

_SYLLABLES = ("ba", "cor", "del", "fen", "gral", "hy", "kin", "lum", "mor", "nex", "pol", "qui",
              "ral", "sen", "tor", "ur", "vex", "wil", "xan", "yor", "zet")  # fmt: skip
_NOUNS = ("attention", "benchmark", "corpus", "decoder", "embedding", "encoder", "gradient",
          "head", "layer", "loss", "model", "objective", "parameter", "representation",
          "sequence", "token", "vocabulary", "weight", "window", "transfer")  # fmt: skip
_VERBS = ("aligns", "compares", "compresses", "drops", "extends", "learns", "masks", "mixes",
          "predicts", "prunes", "reuses", "scales", "shares", "splits")  # fmt: skip
_ADJECTIVES = ("bidirectional", "causal", "dense", "frozen", "hidden", "large", "learned",
               "linear", "long", "masked", "noisy", "rotary", "small", "sparse")  # fmt: skip
_INSTITUTES = ("Northfield Lab", "Harbour Institute", "Ridge University", "Open Language Group")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the collection, before it is written down as Markdown."""

    number: int
    model: str
    title: str
    year: int
    institute: str
    cells: tuple[str, ...]
    body: str

    @property
    def stem(self) -> str:
        """The name of its note, without suffix."""
        return f"{self.model.lower()}"

    @property
    def arxiv(self) -> str:
        """The address of the paper."""
        month = f"{self.year % 100:02}{1 + self.number % 12:02}"
        return f"https://arxiv.org/abs/{month}.{self.number:05}"

    @property
    def code(self) -> str:
        """The address of its code."""
        return f"https://github.com/example/{self.stem}"


def papers(notes: int, seed: int) -> Iterator[Paper]:
    """The papers of a collection, in the order the index lists them."""
    for number in range(notes):
        # One generator a paper: a larger collection begins with the papers of the smaller one.
        draw = random.Random(f"{seed}:{number}")
        model = f"{''.join(draw.sample(_SYLLABLES, 3)).capitalize()}-{number}"
        title = f"{model}: {_phrase(draw).capitalize()} that {_clause(draw)}"
        yield Paper(
            number,
            model,
            title,
            2017 + number % 8,
            draw.choice(_INSTITUTES),
            _cells(draw, model),
            _body(draw, f"{model.lower()}"),
        )


def _phrase(draw: random.Random) -> str:
    return f"{draw.choice(_ADJECTIVES)} {draw.choice(_NOUNS)} {draw.choice(_NOUNS)}"


def _clause(draw: random.Random) -> str:
    return f"{draw.choice(_VERBS)} the {draw.choice(_ADJECTIVES)} {draw.choice(_NOUNS)}"


def _sentence(draw: random.Random) -> str:
    text = f"The {_phrase(draw)} {_clause(draw)} and {_clause(draw)}"
    if draw.random() < 0.4:
        text += f", so that each {draw.choice(_NOUNS)} {_clause(draw)}"
    return f"{text}."


def _bullets(draw: random.Random, count: int) -> str:
    items = (
        f"<li> **{_phrase(draw).capitalize()}**: {_clause(draw)} "
        f"({draw.randint(2, 96)}% of the {draw.choice(_NOUNS)}) </li>"
        for _ in range(count)
    )
    return f"<ul>{''.join(items)}</ul>"


def _coloured(text: str) -> str:
    return f'<span style="color:blue"> {text} </span>'


def _cells(draw: random.Random, model: str) -> tuple[str, ...]:
    layers, heads = draw.choice((6, 12, 24, 48)), draw.choice((8, 12, 16, 32))
    rich = draw.random() < 0.5
    return (
        _coloured(model) if rich else model,
        draw.choice(("Encoder-Only", "Decoder-Only", "Encoder-Decoder")),
        _bullets(draw, 2) if rich else f"{_phrase(draw)}; {_clause(draw)}",
        f"[{_phrase(draw)}](https://example.org/tokenizers/{draw.randint(1, 40)})",
        f"{draw.randint(20, 256)}k tokens",
        f"{_clause(draw)} until each {draw.choice(_NOUNS)} is known",
        f"Sum of **{draw.choice(_NOUNS)}** and *{_phrase(draw)}*",
        f"{draw.choice(_ADJECTIVES)} dot-product self-attention, `{heads}` heads",
        draw.choice(("GeLU", "ReLU", "SwiGLU")),
        f"{layers} layers, {heads} heads, hidden size {heads * 64} -> ~{layers * heads} MM params",
        _bullets(draw, 2) if rich else f"Adam, {draw.randint(1, 9)}e-4; {_clause(draw)}",
        f"{_phrase(draw)} (~{draw.randint(1, 900)} GB)",
        f"{2 ** draw.randint(5, 11)} sequences of {2 ** draw.randint(7, 12)}",
    )


def _body(draw: random.Random, stem: str) -> str:
    parts: list[str] = []
    for _ in range(draw.randint(3, 5)):
        sentences = [_sentence(draw) for _ in range(draw.randint(3, 6))]
        parts.append(" ".join(sentences))
    parts.append("\n".join(f"- {_sentence(draw)}" for _ in range(draw.randint(3, 6))))
    tldr = "\n\n".join(parts)
    figures = "\n".join(
        f"### Fig {number}: {_phrase(draw).capitalize()}\n\n{_sentence(draw)}\n\n"
        f"![{_phrase(draw)}](../assets/{stem}_fig{number}.png)\n\n(from the original paper)\n"
        for number in (1, 2)
    )
    return f"## TL;DR\n\n{tldr}\n\n## Art\n\n{figures}"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(columns: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join((_row(columns), _row(("---",) * len(columns)), *rows))


def note(paper: Paper) -> str:
    """The text of a note."""
    summary = _table(COLUMNS, [_row(paper.cells)])
    return f"# {paper.title}\n\n## Summary\n\n{summary}\n\n{paper.body}"


def template() -> str:
    """The text of the template."""
    return f"# <TITLE>\n\n## Summary\n\n{_table(COLUMNS, [])}\n\n## TL;DR\n\n## Art\n"


def index(listed: list[Paper]) -> str:
    """The text of the README."""
    rows = [
        _row(
            (
                paper.model,
                str(paper.year),
                paper.institute,
                f"[{paper.title}]({paper.arxiv})",
                f"[{paper.model} notes](notes/{paper.stem}.md)",
                f"[code]({paper.code})",
            )
        )
        for paper in listed
    ]
    listing = _table(INDEX_COLUMNS, rows)
    return f"# Papers\n\nEvery note, and [one table](notes/bigtable.md).\n\n{listing}\n"


def rollup(listed: list[Paper]) -> str:
    """The text of the big table."""
    return f"# All in one table\n\n{_table(COLUMNS, [_row(paper.cells) for paper in listed])}\n"


Defect = Callable[[Paper], Paper]
"""Makes a paper whose *note* is faulty; index and big table keep the sound one."""


def _short_row(paper: Paper) -> Paper:
    return replace(paper, cells=paper.cells[:-1])


def _drifted_cell(paper: Paper) -> Paper:
    return replace(paper, cells=(*paper.cells[:8], "Mish", *paper.cells[9:]))


def _missing_image(paper: Paper) -> Paper:
    return replace(paper, body=paper.body.replace("_fig2.png", "_fig3.png"))


def _missing_section(paper: Paper) -> Paper:
    return replace(paper, body=paper.body.replace("## Art\n", ""))


def _broken_link(paper: Paper) -> Paper:
    return replace(paper, body=f"{paper.body}\nSee [the next one](nowhere.md).\n")


def _other_title(paper: Paper) -> Paper:
    return replace(paper, title=f"{paper.title} again")


def _left_over(paper: Paper) -> Paper:
    return replace(paper, body=f"{paper.body}\nTODO\n")


DEFECTS: tuple[Defect, ...] = (
    _short_row,
    _drifted_cell,
    _missing_image,
    _missing_section,
    _broken_link,
    _other_title,
    _left_over,
)
"""What can be planted: TL202, TL403, TL304 (and TL307), TL103, TL301, TL110, TL108."""


def generate(root: Path, notes: int, *, defects: int = 0, seed: int = 1) -> None:
    """Write a collection; `defects` notes, spread evenly, get one fault each, in turn."""
    for folder in ("notes", "assets"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    listed = list(papers(notes, seed))
    faulty = {number * notes // defects: number for number in range(min(defects, notes))}
    for paper in listed:
        planted = faulty.get(paper.number)
        written = paper if planted is None else DEFECTS[planted % len(DEFECTS)](paper)
        _write(root / "notes" / f"{paper.stem}.md", note(written))
        for number in (1, 2):
            (root / "assets" / f"{paper.stem}_fig{number}.png").write_bytes(b".")
    _write(root / "notes" / "TEMPLATE.md", template())
    _write(root / "notes" / "bigtable.md", rollup(listed))
    _write(root / "README.md", index(listed))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--defects", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    generate(asked.directory, asked.notes, defects=asked.defects, seed=asked.seed)


if __name__ == "__main__":
    main()
