"""What a run loads: nothing that it does not need."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

# Loaded for some runs only; each would cost a plain run more than its rules do.
NOT_FOR_A_PLAIN_RUN = frozenset(
    {
        "asyncio", "click", "concurrent", "email", "h11", "http", "httpx", "importlib.metadata",
        "importlib.resources", "lsprotocol", "multiprocessing", "pathspec", "pygls",
        "selectolax", "socket", "sqlite3", "ssl", "tempfile", "tomllib", "unittest",
        "urllib.request", "watchfiles", "xml", "yaml",
    }
)  # fmt: skip
NOT_OURS = frozenset(
    {
        "tldr_lint.cache.facts", "tldr_lint.contract.fit", "tldr_lint.contract.reader",
        "tldr_lint.contract.schema", "tldr_lint.files.write", "tldr_lint.history.bases",
        "tldr_lint.network.ask", "tldr_lint.pages", "tldr_lint.reports.sarif",
        "tldr_lint.scaffold.verbs", "tldr_lint.server.main",
    }
)  # fmt: skip

LISTED = "; ".join(
    (
        "import sys",
        "before = set(sys.modules)",
        "import atexit, os",
        "atexit.register(lambda: print(*sorted(set(sys.modules) - before), file=sys.stderr))",
        # A run leaves without looking back; here it is looked at.
        "os._exit = sys.exit",
        "from tldr_lint.__main__ import main",
        "main()",
    )
)


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run loads."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path[:] = {sys.path!r}; {LISTED}",
            *arguments,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return set(done.stderr.split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace of one file."""
    place = tmp_path / "work"
    place.mkdir()
    (place / "README.md").write_text("# A\n\nSee [b](b.md).\n")
    return place


def test_a_plain_run_loads_nothing_for_other_runs(folder: Path) -> None:
    names = loaded(folder, "--no-cache")
    roots = {name.partition(".")[0] for name in names}
    outside = roots - sys.stdlib_module_names - {"tldr_lint"}

    assert set() == outside
    assert set() == (names | roots) & NOT_FOR_A_PLAIN_RUN
    assert set() == names & NOT_OURS


def test_a_text_beyond_the_short_cut_loads_the_parser(folder: Path) -> None:
    """Else the test above could pass because no text was read."""
    (folder / "README.md").write_text("# A\n\n> See [b](b.md).\n")

    assert "markdown_it" in loaded(folder, "--no-cache")


def test_a_run_answered_from_memory_loads_next_to_nothing(folder: Path, tmp_path: Path) -> None:
    time.sleep(0.06)
    cache = f"--cache-dir={tmp_path / 'cache'}"
    loaded(folder, cache)

    assert loaded(folder, cache) <= {
        "atexit", "tldr_lint", "tldr_lint.__main__", "tldr_lint.cache", "tldr_lint.cache.run",
        "zlib",
    }  # fmt: skip


def test_a_run_after_a_sentence_more_loads_what_tells_prose(folder: Path, tmp_path: Path) -> None:
    """No parser, no rule and no session."""
    cache = f"--cache-dir={tmp_path / 'cache'}"
    (folder / "b.md").write_text("# B\n\nText.\n")
    time.sleep(0.06)
    loaded(folder, cache)
    (folder / "b.md").write_text("# B\n\nText. A sentence.\n")

    names = {name for name in loaded(folder, cache) if name.startswith(("tldr_lint", "mark"))}
    assert names == {
        "tldr_lint", "tldr_lint.__main__", "tldr_lint.cache", "tldr_lint.cache.gist",
        "tldr_lint.cache.nearly", "tldr_lint.cache.run", "tldr_lint.regexes",
    }  # fmt: skip
