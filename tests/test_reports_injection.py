"""Nothing a file or a name holds is obeyed by what shows a report."""

import io
import json
import re
from html.parser import HTMLParser
from unicodedata import category

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from report_samples import FIRST, report, whole
from test_reports_formats import SCHEMA_OF
from tldr_lint.records import replace
from tldr_lint.reports import FORMATS, render
from tldr_lint.reports.escape import guarded
from tldr_lint.reports.model import Report
from tldr_lint.rule import Diagnostic, Fix, Location, Note, Severity
from tldr_lint.text import Edit

_HOSTILE = st.sampled_from(
    [
        "é",
        "漢",
        "👩‍💻",
        "%0A",
        "::",
        "\n::stop-commands::pwn",
        " ::error::x",
        "##[group]",
        "##vso[task.setvariable]",
        "]]>",
        "|",
        "\x1b[31m",
        "\x1b]8;;http://evil\x1b\\",
        "\x9b31m",
        "\r",
        "\t",
        "\u202e",
        "\u2028",
        "\x7f",
        "\x00",
        "\ud800",
        "\udcff",
        "\ufffe",
        "\U000e0041",
        "<script>alert(1)</script>",
        "<!--",
        "-->",
        '"',
        "'",
        "&amp;",
        "`",
        "```",
        "@user",
        "#1",
        "[x](http://evil)",
        "![x](http://evil)",
        "http://evil.example",
        "www.evil.example",
        "a@evil.example",
        "</details>",
        "</code>",
        "\\",
        ",",
        ";",
        ":",
    ]
)
TEXTS = st.lists(st.one_of(_HOSTILE, st.characters(), st.text(max_size=4)), max_size=8).map("".join)
NAMES = TEXTS.map(lambda text: text.replace("/", "_")).filter(lambda name: name.strip(".") != "")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A run whose every text is a stranger's."""
    source, location, place = whole(draw(NAMES), draw(TEXTS))
    other, said, _ = whole(draw(NAMES) + "2", draw(TEXTS))
    fix = Fix(draw(TEXTS), (Edit(place, draw(TEXTS)),), creates=((draw(NAMES) + "3", draw(TEXTS)),))
    diagnostics = [
        Diagnostic(
            draw(st.sampled_from([location, Location(source.path, FIRST, FIRST)])),
            "TL202",
            "table-row-length",
            draw(st.sampled_from(Severity)),
            draw(TEXTS),
            place,
            draw(st.sampled_from([None, fix, replace(fix, creates=())])),
            draw(st.sampled_from([(), (Note(said, draw(TEXTS)),)])),
            draw(st.sampled_from([(), (("final", draw(TEXTS)),)])),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    run = report(diagnostics, source, other, width=draw(st.integers(20, 200)))
    return replace(run, patch=draw(st.sampled_from(["", f"+{draw(TEXTS)}\n"])))


_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _unseen(text: str) -> set[str]:
    return {char for char in text if category(char) in _UNSEEN or char in _BIDI} - {"\n"}


def _assert_nothing_is_obeyed(run: Report) -> None:
    ours = re.compile(r"::(?:error|warning|notice) title=tldr-lint")
    for name in FORMATS:
        text = render(name, run)

        assert text == "" or text.endswith("\n")
        text.encode("utf-8")
        if name == "markdown":
            # Its diff keeps the line endings of the files, or `git apply` would not take it.
            text = re.sub(r"\r+\n", "\n", text)
        # A tab stands for itself in an annotation's file name and in a diff.
        assert _unseen(text) - ({"\t"} if name in {"github", "markdown"} else set()) == set()
        assert re.search(r"##\w*\[", text) is None
        for line in re.split(r"[\n\r]", text):
            if line.lstrip().startswith("::"):
                assert name == "github"
                assert ours.match(line)


@given(run=reports())
def test_no_format_lets_a_control_character_or_a_log_command_through(run: Report) -> None:
    _assert_nothing_is_obeyed(run)


@pytest.mark.parametrize(
    "text",
    ["::error::x", " ::x::y", "\xa0::x::y", "\n::x::y", "\r::x::y", "##[group]", "\u2028::x::y"],
)
def test_what_a_runner_obeys_is_nowhere_at_the_start_of_a_line(text: str) -> None:
    source, location, place = whole(text, text)
    found = Diagnostic(
        location,
        "TL202",
        "table-row-length",
        Severity.ERROR,
        text,
        place,
        None,
        (Note(location, text),),
    )
    _assert_nothing_is_obeyed(replace(report([found], source), patch=f" {text}\n{text}\n"))


@given(run=reports())
def test_a_structured_format_stays_valid_whatever_it_quotes(run: Report) -> None:
    json.loads(render("json", run))
    for name, validate in SCHEMA_OF.items():
        validate(render(name, run))


@given(run=reports())
def test_json_gives_back_the_very_text(run: Report) -> None:
    found = json.loads(render("json", run))
    lines = [json.loads(line) for line in io.StringIO(render("json-lines", run), newline="\n")]

    assert [d.message for d in run.diagnostics] == [entry["message"] for entry in found]
    assert found == lines


@given(run=reports())
def test_junit_has_one_case_a_finding_whatever_it_quotes(run: Report) -> None:
    root = etree.fromstring(render("junit", run).encode())

    assert len(run.diagnostics) == len(root.findall(".//testcase"))


@given(run=reports())
def test_github_says_one_line_a_finding_and_the_message_comes_back(run: Report) -> None:
    lines = render("github", run).split("\n")[:-1]

    assert len(run.diagnostics) == len(lines)
    for line in lines:
        command, properties, _ = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()  # type: ignore[union-attr]
        names = [part.split("=")[0] for part in properties.split(",")]
        assert names[:5] == ["title", "file", "line", "col", "endLine"]
        assert command in {"error", "warning", "notice"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str | None, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(value for _, value in attrs)))


@given(run=reports())
def test_a_summary_holds_only_our_own_markup(run: Report) -> None:
    html = cmarkgfm.github_flavored_markdown_to_html(
        render("markdown", run), cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    )
    parser = _Tags()
    parser.feed(html)
    ours = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
    ours |= {"details", "summary"}

    assert {tag for tag, _ in parser.seen} - {"a"} <= ours
    assert {values for tag, values in parser.seen if tag == "a"} <= {(run.url(run.diagnostics[0]),)}
    assert len(run.diagnostics) == html.count("<tr>") - 1
    # Mentions and issue numbers are looked for in each piece of rendered text.
    assert None is re.search(
        r"[@#]\w", re.sub(r"<pre.*</pre>|<[^>]*>", "<>", html, flags=re.DOTALL)
    )


@given(text=st.lists(st.tuples(st.sampled_from([" ", "+", "-"]), TEXTS)))
def test_a_guarded_diff_holds_nothing_that_is_obeyed(text: list[tuple[str, str]]) -> None:
    shown = guarded("".join(f"{sign}{line}\n" for sign, line in text))

    assert set() == _unseen(re.sub(r"\r*\n", "\n", shown)) - {"\t"}
    assert None is re.search(r"##\w*\[", shown)
    assert not any(line.lstrip().startswith("::") for line in re.split(r"[\n\r]", shown))
