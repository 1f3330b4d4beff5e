"""Two names of a header change places, and the cells below do not."""

from __future__ import annotations

import pytest

from memory_repository import MemoryRepository
from paper_collection import BIG, README, TEMPLATE, note, table

ROWS = {"bert": ("BERT", "340M", "Books"), "gpt": ("GPT", "117M", "C4"), "t5": ("T5", "11B", "C4")}
SOUND = {
    "README.md": README,
    "notes/TEMPLATE.md": TEMPLATE,
    BIG: table(list(ROWS.values())),
    **{f"notes/{name}.md": note(name[0].upper(), row) for name, row in ROWS.items()},
}


@pytest.mark.parametrize("base", [SOUND, None])
@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize(("path", "code"), [("notes/bert.md", "TL204"), (BIG, "TL406")])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Parameters | Data", "Data | Parameters"),
        ("Model Name | Parameters", "Parameters | Model Name"),
    ],
)
def test_only_the_names_go_back(
    one: str, other: str, path: str, code: str, unsafe: bool, base: dict[str, str] | None
) -> None:
    """Moved with their columns, facts would stand below the wrong names, on both sides at last."""
    files = {**SOUND, path: SOUND[path].replace(one, other, 1)}
    repository = MemoryRepository(files, None, base)

    assert [diagnostic.code for diagnostic in repository.diagnostics()] == [code]
    assert repository.repaired(unsafe=unsafe)[0].files == SOUND
