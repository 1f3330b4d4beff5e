"""Targets taken apart: one spelling a page, and what is no URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.answers import (
    Answer,
    Page,
    Question,
    Verdict,
    _taken_apart,
    arxiv_id,
    is_below,
    merged,
    web_target,
)


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("http://EXAMPLE.net", "http://example.net/"),
        ("HTTP://example.net:80/A", "http://example.net/A"),
        ("https://example.net:443/", "https://example.net/"),
        ("https://example.net:8443/", "https://example.net:8443/"),
        (" https://a.net/x y ", "https://a.net/x%20y"),
        ("https://a.net/x%20y", "https://a.net/x%20y"),
        ("https://a.net/ü?q=ü b", "https://a.net/%C3%BC?q=%C3%BC%20b"),
        ("https://a.net/a_(b)", "https://a.net/a_(b)"),
        ("https://a.net/%zz", "https://a.net/%zz"),
        ("https://a.net?q", "https://a.net/?q"),
        ("https://a.net./", "https://a.net/"),
        ("https://a.net/b/../c", "https://a.net/c"),
        ("https://a.net/b/./c", "https://a.net/b/c"),
        ("https://a.net/b/%2E%2e/c", "https://a.net/c"),
        ("https://a.net/../../c", "https://a.net/c"),
        ("https://a.net/b/c/..", "https://a.net/b/"),
        ("https://a.net/b/.", "https://a.net/b/"),
        ("https://a.net/..", "https://a.net/"),
        ("https://a.net/b/..\\c", "https://a.net/c"),
        ("https://a.net/.well-known/x", "https://a.net/.well-known/x"),
        ("https://a.net/b...c/...", "https://a.net/b...c/..."),
        ("https://a.net/b//../c", "https://a.net/b/c"),
        ("//a.net/x", "https://a.net/x"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        ("https://arxiv.org/pdf/1706.03762", "https://arxiv.org/abs/1706.03762"),
        ("https://arxiv.org/pdf/1706.03762v5.pdf", "https://arxiv.org/abs/1706.03762v5"),
        ("https://www.arxiv.org/pdf/cs/0112017v1", "https://arxiv.org/abs/cs/0112017v1"),
        ("https://arxiv.org.evil.net/pdf/1706.03762", "https://arxiv.org.evil.net/pdf/1706.03762"),
    ],
)
def test_a_page_has_one_spelling(target: str, page: str) -> None:
    """Two spellings of a page are two requests, or two pages are one."""
    assert (page, "") == (web_target(target).page, web_target(target).problem)
    assert page == web_target(page).page


@pytest.mark.parametrize(
    "target",
    [
        "http://",
        "https:///path",
        "https:/one.net/",
        "https:one.net",
        "http;//one.net",
        "http://a..b/",
        "http://.net/",
        "http://a b/",
        "http://{host}/",
        "http://$HOST/",
        "http://[::1/",
        "http://[zz]/",
        "http://a.net:port/",
        "http://a.net:99999/",
        "http://1.2.3.4.5/",
        "http://256.0.0.1/",
        "http://" + "a" * 64 + ".net/",
        "http://?q",
        "http://#f",
    ],
)
def test_what_is_no_url_is_said_to_be_none(target: str) -> None:
    """A target that no browser opens passes for a URL."""
    found = web_target(target)

    assert found.problem
    assert not found.page


@given(st.text(max_size=60))
def test_no_text_makes_the_taking_apart_fail(text: str) -> None:
    """A strange target ends the run."""
    for head in ("", "http://", "https://a.net/", "//", "http://[", "http://1."):
        found = web_target(head + text)

        assert bool(found.page) != bool(found.problem)


@pytest.mark.parametrize(
    ("url", "identifier"),
    [
        ("https://arxiv.org/abs/1706.03762v5", "1706.03762"),
        ("http://export.arxiv.org/pdf/1706.03762.pdf", "1706.03762"),
        ("https://arxiv.org/abs/cs/0112017", "cs/0112017"),
        ("https://arxiv.org/list/cs.CL/new", ""),
        ("https://elsewhere.net/abs/1706.03762", ""),
    ],
)
def test_an_arxiv_identifier_is_read_without_its_version(url: str, identifier: str) -> None:
    """Versions, abstract and PDF of a paper are taken for several papers."""
    assert identifier == arxiv_id(url)


def test_questions_to_one_page_are_one() -> None:
    """A page is asked twice, or half of what is wanted of it is forgotten."""
    asked = merged([Question("a", anchors=True), Question("b"), Question("a", paper=True)])

    assert (Question("a", anchors=True, paper=True), Question("b")) == asked


def test_an_answer_without_the_page_does_not_answer_for_its_anchors() -> None:
    """A remembered answer stands in for what was never looked at."""
    question = Question("a", anchors=True)

    assert not question.answered_by(Answer("a"))
    assert question.answered_by(Answer("a", page=Page()))
    assert question.answered_by(Answer("a", Verdict.DEAD))


BEGINNINGS = ("http://", "https://", "http://a.b", "https://1.2.3.4", "https://h.net:", "")
PIECES = (
    *(
        "http",
        "://",
        ":",
        "/",
        "//",
        "?",
        "#",
        "a",
        "b.c",
        "arxiv.org",
        "/abs/1706.03762",
        "1",
        "0",
    ),
    *("127", "256", ".", "01", "0x7", "443", "80", "65535", "70000", ":8080", ":0800", "%41", "é"),
    *(
        "/.",
        "/..",
        "%2e",
        " ",
        "\t",
        "[",
        "]",
        "@",
        "\\",
        "|",
        "{",
        "`",
        "'",
        '"',
        "<",
        "-",
        "_",
        "~",
        "xn--",
        "A",
    ),
)


@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_short_way_says_what_the_long_way_says(beginning: str, rest: str) -> None:
    """A target that looks plain is spelled otherwise than one that does not."""
    target = beginning + rest

    assert _taken_apart(target) == web_target(target)


@pytest.mark.parametrize("length", [253, 254, 255])
def test_the_short_way_knows_how_long_a_host_may_be(length: int) -> None:
    """A host that no name server knows is asked for."""
    labels = ".".join(["a" * 62] * 4)
    target = f"https://{labels}{'a' * (length - len(labels))}/"

    assert _taken_apart(target) == web_target(target)


@pytest.mark.parametrize(
    ("host", "below"),
    [("a.net", True), ("b.a.net", True), ("ba.net", False), ("net", False), ("", False)],
)
def test_a_host_is_below_a_name_by_whole_labels(host: str, below: bool) -> None:
    """A stranger's host whose name only ends like a known one is taken for it."""
    assert below == is_below(host, {"a.net"})
