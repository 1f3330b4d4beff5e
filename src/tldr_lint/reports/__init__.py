"""Diagnostics as text: one pure function from a `Report` to pieces of text for each format.

Each format lives in a module of its own, imported only when it is asked for;
each has its own unit of position and its own escaping, both named in its
docstring together with the standard they come from.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

from tldr_lint.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tldr_lint.reports.model import Report

FORMATS = (
    "full",
    "concise",
    "json",
    "json-lines",
    "github",
    "gitlab",
    "sarif",
    "junit",
    "rdjson",
    "markdown",
    "html",
)
"""The names `--output-format` takes."""

_MODULES = MappingProxyType(
    {
        "full": "full",
        "concise": "concise",
        "json": "structured",
        "json-lines": "lines",
        "github": "github",
        "gitlab": "gitlab",
        "sarif": "sarif",
        "junit": "junit",
        "rdjson": "rdjson",
        "markdown": "markdown",
        "html": "page",
    }
)


def render(name: str, report: Report) -> str:
    """A report in the format called `name`: empty, or ending in a newline.

    The result can always be encoded as UTF-8, whatever the files and their
    names held.

    Raises:
        ValueError: there is no such format.
    """
    return "".join(pieces(name, report))


def pieces(name: str, report: Report) -> Iterator[str]:
    """The same piece by piece: a report of many findings is many times what is reported on.

    Raises:
        ValueError: there is no such format.
    """
    if name not in _MODULES:
        raise ValueError(f"unknown output format `{name}`")
    module = import_module(f"tldr_lint.reports.{_MODULES[name]}")
    renderer: Callable[[Report], Iterator[str]] = module.render
    return renderer(report)
