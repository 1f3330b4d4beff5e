"""The house: which module may import which, which doors lead outside, what may not be there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "tldr_lint"

ORDER = (
    "records regexes",
    "text globs",
    "table",
    "document",
    "layout",
    "markdown parse",
    "contract",
    "answers agreed targets",
    "uses record",
    "collection",
    "facts assemble",
    "recognise torn",
    "sync",
    "rule",
    "workspace suppress",
    "checks",
    "unchanged tally engine",
    "pages",
    "reports",
    "files forks apart",
    "history network cache workers",
    "request baseline",
    "contract_file",
    "session",
    "prose arguments home terminal asking merge scaffold watch command output",
    "cli server",
    "action __main__",
)
"""Reading order: what stands on a line imports only what stands on that line or above."""

DOORS = {
    "markdown_it": {"markdown", "parse"},
    "mdit_py_plugins": {"markdown"},
    "subprocess": {"history"},
    "httpx": {"network"},
    "selectolax": {"network"},
    "socket": {"network"},
    "ssl": {"network"},
    "sqlite3": {"cache"},
    "click": {"cli"},
    "pygls": {"server"},
    "lsprotocol": {"server"},
    "watchfiles": {"watch"},
}
"""Library → the only modules and packages that may import it."""

PURE = frozenset(
    {
        *(
            "records",
            "regexes",
            "text",
            "globs",
            "table",
            "document",
            "layout",
            "markdown",
            "parse",
            "contract",
            "answers",
            "agreed",
            "targets",
        ),
        *("uses", "record", "collection", "facts", "assemble", "recognise", "workspace"),
        *("sync", "rule", "suppress", "checks", "unchanged", "tally", "engine", "reports"),
    }
)
"""Same input, same output: no file, process, network, clock or chance."""

OUTSIDE = frozenset(
    {
        *("os", "pathlib", "io", "shutil", "subprocess", "socket", "time", "datetime", "random"),
        *("tempfile", "sqlite3", "httpx", "asyncio", "threading"),
    }
)


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The name of a module, or of the package it is in."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "tldr_lint":
                yield from (f"tldr_lint.{alias.name}" for alias in node.names)


EVERY = pytest.mark.parametrize("path", modules(), ids=name_of)


@EVERY
def test_each_outside_library_has_one_door(path: Path) -> None:
    for name in imports(parsed(path)):
        library = name.partition(".")[0]
        assert room(path) in DOORS.get(library, {room(path)}), f"{path.name} imports {library}"


@pytest.mark.parametrize("path", [p for p in modules() if room(p) in PURE], ids=name_of)
def test_pure_modules_touch_nothing_outside(path: Path) -> None:
    assert set() == {name.partition(".")[0] for name in imports(parsed(path))} & OUTSIDE


@EVERY
def test_no_module_holds_a_mutable_value(path: Path) -> None:
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    for node in parsed(path).body:
        assert not isinstance(getattr(node, "value", None), mutable), f"line {node.lineno}"


@EVERY
def test_any_is_no_type_of_ours(path: Path) -> None:
    names = {node.id for node in ast.walk(parsed(path)) if isinstance(node, ast.Name)}

    assert "Any" not in names


@EVERY
def test_importing_does_nothing(path: Path) -> None:
    """Definitions and values only; the command line alone is put together as it is imported."""
    quiet = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    values = (ast.Assign, ast.AnnAssign, ast.If)
    for node in parsed(path).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert docstring or isinstance(node, (*quiet, *values)) or path.name == "cli.py"


@EVERY
def test_no_module_is_a_drawer(path: Path) -> None:
    assert path.stem not in {"util", "utils", "helper", "helpers", "common", "misc"}


@EVERY
def test_imports_go_up_the_house_only(path: Path) -> None:
    line_of = {name: at for at, line in enumerate(ORDER) for name in line.split()}
    own = line_of.get(room(path), -1)
    above = {name.split(".")[1] for name in imports(parsed(path)) if name.startswith("tldr_lint.")}

    assert set() == {name for name in above if line_of.get(name, -1) > own >= 0}


def test_the_order_knows_every_room() -> None:
    assert {room(path) for path in modules()} - {"__init__"} == set(" ".join(ORDER).split())
