"""`--links` from the command line, against servers on loopback."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from test_startup import loaded
from tldr_lint.cli import main
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Web, hang, in_turn, page, redirect


@pytest.fixture(name="root")
def root_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("GIT_INDEX_FILE", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    return root


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def linked(*arguments: str) -> Result:
    return run("--links", "--allow-private", "127.0.0.0/8", "--format", "json", *arguments)


def codes(result: Result) -> list[str]:
    return [each["code"] for each in json.loads(result.stdout)]


def write(root: Path, *urls: str) -> None:
    lines = "\n".join(f"- <{url}>" for url in urls)
    (root / "README.md").write_text(f"# Links\n\n{lines}\n")


def test_nothing_is_asked_unless_asked_for(web: Web, root: Path) -> None:
    """A plain run reaches for the network."""
    site = web.site({"/": page()})
    write(root, site.url())

    assert 0 == run().exit_code
    assert 0 == run("--links", "--no-links").exit_code
    assert 0 == site.connections


def test_the_report_says_what_the_network_said(web: Web, root: Path) -> None:
    """JSON lacks status, final address or time, or findings are out of order."""
    site = web.site({"/fine": page(), "/r": redirect(302, "/gone"), "/gone": page(status=404)})
    write(root, site.url("/gone"), site.url("/fine"), site.url("/r"), site.url("/403"))
    site.pages["/403"] = page(status=403)

    result = linked()

    assert 1 == result.exit_code
    found = json.loads(result.stdout)
    assert ["TL501", "TL501", "TL508"] == [each["code"] for each in found]
    assert [3, 5, 6] == [each["location"]["row"] for each in found]
    assert [404, 404, 403] == [each["data"]["status"] for each in found]
    assert site.url("/gone") == found[1]["data"]["final_url"]
    assert {"status", "final_url", "time"} == set(found[1]["data"])


def test_what_is_only_information_does_not_fail(web: Web, root: Path) -> None:
    """A bot wall or a flaky host fails a pull request."""
    site = web.site({"/403": page(status=403), "/500": page(status=501)})
    write(root, site.url("/403"), site.url("/500"))

    result = linked()

    assert (0, ["TL508", "TL502"]) == (result.exit_code, codes(result))


def test_private_networks_are_closed_unless_the_command_line_opens_them(
    web: Web, root: Path
) -> None:
    """A stranger's link, or a stranger's contract, reaches the runner's network."""
    site = web.site({"/": page()})
    write(root, site.url())

    result = run("--links", "--format", "json")

    assert (0, ["TL508"]) == (result.exit_code, codes(result))
    assert 0 == site.connections
    assert [] == codes(linked())


def test_a_contract_cannot_open_a_network(web: Web, root: Path) -> None:
    """`allow-private` in a contract is obeyed."""
    write(root, "https://a.net/")
    (root / "tldr-lint.toml").write_text('links = { allow-private = ["127.0.0.0/8"] }\n')

    assert 2 == run("--links").exit_code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--links", "--allow-private", "nonsense"), "names no network"),
        (("--allow-private", "10.0.0.0/8"), "goes with `--links`"),
    ],
)
def test_wrong_usage_is_said(root: Path, arguments: tuple[str, ...], message: str) -> None:
    """A misspelt network is taken for none, or a forgotten `--links` passes."""
    write(root, "https://a.net/")

    result = run(*arguments)

    assert 2 == result.exit_code
    assert message in result.stderr


def test_a_commit_hook_asks_nothing(web: Web, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit waits for the network."""
    site = web.site({"/": page()})
    write(root, site.url())
    monkeypatch.setenv("PRE_COMMIT", "1")

    assert 2 == linked().exit_code
    assert 0 == site.connections


def test_a_second_run_asks_nothing_and_says_the_same(web: Web, root: Path) -> None:
    """The memory is not written, not read, or reports otherwise than the network did."""
    site = web.site({"/": page(), "/gone": page(status=404), "/old": redirect(301, "/")})
    write(root, site.url(), site.url("/gone"), site.url("/old"))

    first, second = linked(), linked()

    assert first.stdout == second.stdout
    assert {"/": 1, "/gone": 1, "/old": 1} == site.counts


def test_a_run_that_asks_loads_only_what_it_asks_with(web: Web, root: Path) -> None:
    """httpx brings its command line along, or pages nobody looks into their parser."""
    site = web.site({"/": page()})
    write(root, site.url())

    names = loaded(root, "--links", "--allow-private=127.0.0.0/8", "--no-cache")

    assert 1 == len(site.requests)
    assert "httpx" in names
    assert set() == names & {"click", "h11", "httpcore", "httpx._main", "rich", "selectolax"}


def test_a_run_that_has_nothing_to_ask_does_not_load_what_it_would_ask_with(
    web: Web, root: Path
) -> None:
    """A second run takes as long to start as the first."""
    site = web.site({"/": page()})
    write(root, site.url())
    linked()

    names = loaded(root, "--links", "--allow-private=127.0.0.0/8")

    assert 1 == len(site.requests)
    assert "sqlite3" in names
    assert set() == names & {"asyncio", "h11", "httpx", "selectolax", "ssl"}


def test_no_cache_remembers_nothing(web: Web, root: Path, tmp_path: Path) -> None:
    """`--no-cache` leaves a file behind, or reads one."""
    site = web.site({"/": page()})
    write(root, site.url())

    linked("--no-cache")
    linked("--no-cache")

    assert 2 == len(site.requests)
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_a_dead_link_is_reported_with_when_it_was_alive(web: Web, root: Path) -> None:
    """The history of a link is kept and never told."""
    site = web.site({"/": in_turn(page(), page(status=410))})
    (root / "tldr-lint.toml").write_text("links = { ttl = 0 }\n")
    write(root, site.url())

    assert [] == codes(linked())
    assert "(alive within the last day)" in json.loads(linked().stdout)[0]["message"]


def test_a_moved_link_is_repaired_with_its_fragment(web: Web, root: Path) -> None:
    """`--fix` does not ask, or loses the fragment."""
    site = web.site({"/old": redirect(301, "/new"), "/new": page("<p id=part>")})
    write(root, site.url("/old#part"), site.url("/old"))

    result = linked("--fix")

    assert 0 == result.exit_code
    text = (root / "README.md").read_text()
    assert f"- <{site.url('/new#part')}>\n- <{site.url('/new')}>" in text
    assert {"/old": 1, "/new": 1} == site.counts


def test_what_is_wrong_with_the_new_address_is_said_in_the_same_run(web: Web, root: Path) -> None:
    """A repair ends as if all were well, and the next run reports what it knew all along."""
    site = web.site({"/old": redirect(301, "/new"), "/new": page("<p id=part>")})
    write(root, site.url("/old#gone"))

    result = linked("--fix")

    assert (1, ["TL504"]) == (result.exit_code, codes(result))
    assert f"- <{site.url('/new#gone')}>" in (root / "README.md").read_text()
    assert {"/old": 1, "/new": 1} == site.counts


def test_a_missing_fragment_is_reported(web: Web, root: Path) -> None:
    """Fragments are not looked for."""
    site = web.site({"/": page("<p id=part>")})
    write(root, site.url("/#part"), site.url("/#prat"), site.url("/#:~:text=x"))

    result = linked()

    assert ["TL504"] == codes(result)
    assert 1 == len(site.requests)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
    )


def test_only_links_on_new_lines_can_fail_a_pull_request(web: Web, root: Path) -> None:
    """A link that died elsewhere fails whoever comes next."""
    site = web.site()
    git(root, "init", "-q")
    write(root, site.url("/old"))
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")

    before = linked("--new-only")
    write(root, site.url("/old"), site.url("/new"))
    after = linked("--new-only")

    assert (0, []) == (before.exit_code, codes(before))
    assert (1, [4]) == (
        after.exit_code,
        [each["location"]["row"] for each in json.loads(after.stdout)],
    )


def test_progress_is_for_terminals_only(web: Web, root: Path) -> None:
    """A log is filled with bars, or standard output with anything but the report."""
    site = web.site({"/": page()})
    write(root, site.url())

    result = linked("--no-cache")

    assert ("[]", "") == (result.stdout.strip(), result.stderr)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tldr_lint", "--links", "--no-cache", *arguments]


def test_progress_shows_a_count_on_a_terminal(web: Web, root: Path) -> None:
    """Whoever waits does not see what for."""
    site = web.site({"/hang": hang, **{f"/{n}": page() for n in range(20)}})
    (root / "tldr-lint.toml").write_text("links = { timeout = 2 }\n")
    write(root, *(site.url(path) for path in site.pages))
    ours, theirs = pty.openpty()

    subprocess.run(
        command("--allow-private", "127.0.0.0/8"),
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=False,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)

    assert re.search(r"\d/21, \d+/s, \d+ s left", shown)


def test_ctrl_c_reports_what_is_known(web: Web, root: Path) -> None:
    """An interrupted run shows a traceback, or nothing of what it found out."""
    silent = web.site({"/": hang}, address="127.0.0.2")
    site = web.site()
    write(root, silent.url(), site.url("/gone"))

    started = subprocess.Popen(
        command("--allow-private", "127.0.0.0/8", "--format", "concise"),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (site.requests and silent.requests):
        time.sleep(0.01)
    time.sleep(0.3)
    started.send_signal(signal.SIGINT)
    stdout, stderr = started.communicate(timeout=60)

    assert 130 == started.returncode
    assert "TL501" in stdout
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
