"""The linters that are measured beside ours, and how each is run over a folder."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYPI = ("rumdl", "pymarkdownlnt", "markdownlint-rs")
NPM = (
    "markdownlint-cli2",
    "remark-cli",
    "remark-preset-lint-recommended",
    "@jackchuka/mdschema-linux-x64",
)
_SCHEMA = """structure:
  - heading:
      pattern: "# .*"
    children:
      - heading: "## Summary"
      - heading: "## TL;DR"
      - heading: "## Art"
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """A linter, ready to be run."""

    name: str
    version: str
    command: tuple[str, ...]
    """What checks the working directory, everything on, with no cache."""
    cached: tuple[str, ...] | None
    """The same with a cache in the folder `{cache}`; none if it has no cache."""
    most: int
    """Notes beyond which it is not run: it would take minutes."""
    prepare: Callable[[Path], None] = lambda _folder: None
    """Puts its settings into a collection."""


def _pip(place: Path, python: str, *packages: str) -> Path | None:
    """A virtual environment with packages in it; none if they cannot be installed."""
    environment = place / "bin"
    if not environment.is_dir():
        subprocess.run([python, "-m", "venv", place], check=True, capture_output=True)
    command = [str(environment / "python"), "-m", "pip", "install", "--quiet", *packages]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"not installed: {' '.join(packages)}: {done.stderr.strip()[-300:]}")
        return None
    return environment


def _npm(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    for package in NPM:
        if not (place / "node_modules" / package).is_dir():
            command = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(place), package]
            subprocess.run(command, check=False, capture_output=True)
    return place / "node_modules"


def _said(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    words = done.stdout.split() or done.stderr.split()
    return next((word for word in words if word[:1].isdigit()), "?")


def floor(python: str) -> Tool:
    """An interpreter that does nothing."""
    return Tool("python -c pass", _said(python, "-V"), (python, "-c", "pass"), None, 10**9)


def ours(work: Path, python: str, most: int = 10**9) -> Tool | None:
    """`tldr-lint` from this working tree, installed as a user would."""
    version = _said(python, "-V")
    place = _pip(work / f"ours-{version}", python, str(ROOT))
    if place is None:
        return None
    program = str(place / "tldr-lint")
    return Tool(
        f"tldr-lint, Python {version.rpartition('.')[0]}",
        _said(program, "--version"),
        (program, "--no-cache"),
        (program, "--cache-dir", "{cache}"),
        most,
    )


def peers(work: Path) -> Iterator[Tool]:
    """Those of the peers that can be installed here."""
    for package in PYPI:
        place = _pip(work / package, sys.executable, package)
        if place is not None:
            yield from _from_pypi(package, place)
    if shutil.which("npm") and (node := shutil.which("node")):
        yield from _from_npm(_npm(work / "npm"), node)


def _from_pypi(package: str, place: Path) -> Iterator[Tool]:
    if package == "rumdl":
        program = str(place / "rumdl")
        check = (program, "check")
        yield Tool(
            "rumdl",
            _said(program, "--version"),
            (*check, "--no-cache", "."),
            (*check, "--cache-dir", "{cache}", "."),
            10**9,
        )
    elif package == "pymarkdownlnt":
        program = str(place / "pymarkdown")
        yield Tool("pymarkdown", _said(program, "version"), (program, "scan", "-r", "."), None, 20)
    else:
        program = str(place / "mdlint")
        yield Tool(
            "markdownlint-rs", _said(program, "--version"), (program, "check", "."), None, 1000
        )


def _from_npm(modules: Path, node: str) -> Iterator[Tool]:
    program = modules / "markdownlint-cli2" / "markdownlint-cli2-bin.mjs"
    if program.is_file():
        version = _version(modules / "markdownlint-cli2")
        yield Tool("markdownlint-cli2", version, (node, str(program), "**/*.md"), None, 20)
    program = modules / "remark-cli" / "cli.js"
    if program.is_file():
        preset = modules / "remark-preset-lint-recommended" / "index.js"
        command = (node, str(program), "--quiet", "--no-stdout", f"--use={preset}", ".")
        yield Tool("remark", _version(modules / "remark-cli"), command, None, 20)
    package = modules / "@jackchuka" / "mdschema-linux-x64"
    program = package / "bin" / "mdschema"
    if program.is_file():
        check = (str(program), "check", "notes/*.md")
        yield Tool("mdschema", _version(package), check, None, 1000, _with_schema)


def _version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])


def _with_schema(folder: Path) -> None:
    (folder / ".mdschema.yml").write_text(_SCHEMA, encoding="utf-8")
