"""Running one process: everything it says, how it ended, and never for too long."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tldr_lint.history.process import Finished, run

PYTHON = sys.executable


def script(text: str, seconds: float = 60.0) -> Finished:
    return run([PYTHON, "-I", "-S", "-c", text], {}, seconds)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_both_streams_and_the_exit_code_come_back() -> None:
    done = script("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")

    assert Finished(3, b"out\n", b"err\n") == done


def test_more_than_a_pipe_holds_comes_back_from_both_streams() -> None:
    """A reader that waits for one stream while the other is full would wait for ever."""
    done = script(
        "import sys\n"
        "for _ in range(300):\n"
        "    sys.stdout.write('o' * 10_000); sys.stdout.flush()\n"
        "    sys.stderr.write('e' * 10_000); sys.stderr.flush()\n"
    )

    assert Finished(0, b"o" * 3_000_000, b"e" * 3_000_000) == done


def test_nothing_is_there_to_be_read() -> None:
    assert script("import sys; print(repr(sys.stdin.read()))").stdout == b"''\n"


def test_only_the_environment_given_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    text = "import os; print(sorted(set(os.environ) - {'LC_CTYPE', '__CF_USER_TEXT_ENCODING'}))"

    assert run([PYTHON, "-I", "-S", "-c", text], {"A": "b"}, 60.0).stdout == b"['A']\n"


def test_a_process_ended_by_a_signal_has_a_negative_code() -> None:
    done = script("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")

    assert done.code == -signal.SIGTERM


def test_a_program_that_is_not_there_is_an_error_and_leaves_nothing_open() -> None:
    before = open_descriptors()

    with pytest.raises(FileNotFoundError):
        run(["/nowhere/git"], {}, 60.0)

    assert open_descriptors() == before


@pytest.mark.parametrize(
    "text",
    [
        "import time; print(os.getpid(), flush=True); time.sleep(600)",
        "import time; print(os.getpid(), flush=True); os.close(1); os.close(2); time.sleep(600)",
    ],
    ids=["silent", "with its streams closed"],
)
def test_a_process_that_takes_too_long_is_ended(text: str, tmp_path: Path) -> None:
    """It would go on in the background, holding locks of the repository."""
    named = tmp_path / "pid"
    before = open_descriptors()

    with pytest.raises(TimeoutError):
        script(f"import os; open({str(named)!r}, 'w').write(str(os.getpid())); {text}", 1.0)

    with pytest.raises(ProcessLookupError):
        os.kill(int(named.read_text()), 0)
    assert open_descriptors() == before


def test_our_own_descriptors_are_not_handed_on() -> None:
    ours, other = os.pipe()
    try:
        text = f"import os\ntry:\n    os.fstat({other})\nexcept OSError:\n    print('closed')"
        assert script(text).stdout == b"closed\n"
    finally:
        os.close(ours)
        os.close(other)


def test_a_caller_that_ignores_its_children_still_gets_what_they_said() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert Finished(0, b"out\n", b"") == script("print('out')")
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_an_interruption_ends_the_process_too(tmp_path: Path) -> None:
    named = tmp_path / "pid"

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with pytest.raises(KeyboardInterrupt):
            script(
                f"import os, time; open({str(named)!r}, 'w').write(str(os.getpid()));"
                "time.sleep(600)"
            )
    finally:
        signal.signal(signal.SIGALRM, before)

    with pytest.raises(ProcessLookupError):
        os.kill(int(named.read_text()), 0)
