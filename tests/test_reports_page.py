"""The HTML report: complete without scripts, closed to the outside, ours alone."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given

from report_samples import at, finding, report
from test_reports_injection import reports
from tldr_lint.answers import Answer, Verdict
from tldr_lint.records import replace
from tldr_lint.reports import render
from tldr_lint.reports.model import Report
from tldr_lint.rule import Note
from tldr_lint.text import Source

NOTE = Source("notes/bert.md", "| BERT | trained on books and Wikipedia |\n")
BIG = Source("notes/bigtable.md", "| BERT | trained on books and the web |\n")


class _Page(HTMLParser):
    """What a browser would make of the page, as far as the tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _drift() -> Report:
    said, _ = at(NOTE, "trained on books and Wikipedia")
    drift = replace(
        finding(
            BIG, "trained on books and the web", code="TL403", related=(Note(said, "the note"),)
        ),
        data=(("base", "0123456789"), ("base_value", "trained on books")),
    )
    return replace(
        report([drift], NOTE, BIG),
        items=("notes/bert.md", "notes/gpt.md"),
        answers={
            "https://b.example/": Answer("https://b.example/"),
            "https://a.example/": Answer("https://a.example/", Verdict.DEAD, "404 Not Found"),
        },
    )


def test_the_matrix_shows_every_item_clean_or_not() -> None:
    text = render("html", _drift())

    assert '<th scope="row">notes/bert.md</th><td data-key="0"><span class="good"' in text
    assert '<th scope="row">notes/gpt.md</th>' in text
    assert '<a class="error" href="#f0"' in text


def test_a_drift_is_shown_side_by_side_with_its_base_and_the_words_that_differ() -> None:
    text = render("html", _drift())

    assert "trained on books and <del>the web</del>" in text
    assert "trained on books and <ins>Wikipedia</ins>" in text
    assert "<p>when they last agreed, in 0123456</p><div>trained on books</div>" in text


def test_links_stand_by_verdict_the_worst_first() -> None:
    text = render("html", _drift())

    assert text.index("https://a.example/") < text.index("https://b.example/")
    assert "404 Not Found" in text


@given(run=reports())
def test_the_page_asks_nobody_and_holds_only_our_markup(run: Report) -> None:
    text = render("html", replace(run, items=(run.diagnostics[0].location.path,)))
    page = _Page(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]

    assert {"script", "style"} == {tag for tag, _ in page.tags if tag in {"script", "style"}}
    assert text.count("<script") == text.count("<style") == 1
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base", "form"}
        assert not {
            name for name in attributes if name.startswith("on") or name in {"src", "style"}
        }
        if tag == "a":
            target = attributes["href"] or ""
            assert target.startswith(("#f", "https://tldr-lint.example/rules/TL202"))


def test_only_this_very_style_and_script_may_run() -> None:
    text = render("html", _drift())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()

        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")


def test_every_reference_leads_to_something_on_the_page() -> None:
    page = _Page(render("html", _drift()))
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    inner = {
        target[1:]
        for tag, attributes in page.tags
        if tag == "a" and (target := attributes["href"] or "").startswith("#")
    }

    assert inner == {"f0"}
    assert inner <= ids


def test_a_clean_run_is_a_page_too() -> None:
    assert "no findings in 1 file" in render("html", report([], NOTE))
