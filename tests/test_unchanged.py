"""The proof before a repair: what stands beside an edit is looked at, line by line."""

from __future__ import annotations

import pytest

from tldr_lint.parse import parse
from tldr_lint.text import Edit, Source, splice
from tldr_lint.unchanged import same_elsewhere


def same(text: str, before: str, old: str, new: str) -> bool:
    """Whether all else means the same when `old`, where `before` begins, gives way to `new`."""
    assert text.count(before) == 1
    source = Source("a.md", text)
    start = text.index(before)
    assert text.startswith(old, start)
    edit = Edit(source.place(start, start + len(old)), new)
    changed = parse(Source("a.md", splice(text, [edit])))
    return same_elsewhere(parse(source), changed, [edit])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        ("## One\n", "", "<!--\n"),
        ("\n## Two", "", "\n```"),
        ("text\n", "text\n", "<!--\n"),
        ("\ntext", "\ntext", "\n<!--"),
        ("    code\n", "    code\n", "## One\n"),
    ],
)
def test_whole_lines_do_not_hide_the_next_one(before: str, old: str, new: str, end: str) -> None:
    """A heading that an edit of the line above swallows would pass for edited itself."""
    text = "# Note\n\n## One\n\ntext\n\n## Two\n\n- [a](b.md)\n\n1. a\n\n    code\n    ## not\n"
    text, before, old, new = (each.replace("\n", end) for each in (text, before, old, new))

    assert not same(text, before, old, new)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("text\n", ""),
        ("\n\ntext", ""),
        ("text\n", "other\n> more\n"),
        ("\ntext", "\n## New\n\ntext"),
        ("One", "Other"),
        ("| 1 | 2 |\n", "| 1 | 2 |\n| 3 | 4 |\n"),
        ("| 1 | 2 |\n", ""),
        ("| 1 | 2 |", "| 2 | 1 |  |"),
    ],
)
def test_lines_around_an_edit_do_not_count_as_changed(old: str, new: str, end: str) -> None:
    """No repair at all would be let pass."""
    text = "# Note\n\n## One\n\ntext\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 5 | 6 |\n"
    text, old, new = (each.replace("\n", end) for each in (text, old, new))

    assert same(text, old, old, new)
