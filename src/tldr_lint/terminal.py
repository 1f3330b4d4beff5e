"""What the terminal at the other end takes: its width, colours, hyperlinks."""

from __future__ import annotations

import os

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


def width() -> int:
    """Columns to fit quoted source into: the terminal's, 100 where there is none."""
    import shutil  # noqa: PLC0415 - a run with nothing to show need not load it

    return max(40, shutil.get_terminal_size((100, 24)).columns)


def colored(asked: str, stream: TextIO) -> bool:
    """Whether to colour: the option, then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM."""
    if asked != "auto":
        return asked == "always"
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if environment.get(name, "0") not in {"", "0"}:
            return True
    if environment.get("CLICOLOR") == "0" or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def takes_hyperlinks(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is one of those known to understand OSC 8."""
    if environment.get("TERM_PROGRAM") in {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"}:
        return True
    return (
        "kitty" in environment.get("TERM", "")
        or bool(environment.get("WT_SESSION"))
        or environment.get("VTE_VERSION", "0") >= "5000"
    )
