"""What is read out of a page, and that no page can make the reading long."""

import gzip

import pytest

from tldr_lint.answers import Verdict
from tldr_lint.network.coding import PAGE_LIMIT, unpacked
from tldr_lint.network.page import _laid_flat, read_page
from web_asking import ask_one
from web_asking import web_fixture as web_fixture  # noqa: PLC0414 (a fixture)
from web_server import Web, page, raw, redirect, response


def anchors(body: str) -> frozenset[str] | None:
    return read_page(body.encode(), "text/html; charset=utf-8", whole=True).anchors


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1 id=one>", {"one"}),
        ("<h1 ID='One'>", {"One"}),
        ('<h1 title="a > b" id="x">', {"x"}),
        ("<h1 id = spaced >", {"spaced"}),
        ("<h1\nid=line\n>", {"line"}),
        ("<p id='r&eacute;sum&eacute;'>", {"résumé"}),
        ("<p id='a&amp;b'>", {"a&b"}),
        ("<a name=old>", {"old"}),
        ("<a name=old id=new>", {"old", "new"}),
        ("<input name=field><meta name=description>", set()),
        ("<!-- <p id=no> --><p id=yes>", {"yes"}),
        ("<!--><p id=yes><!-- -->", {"yes"}),
        ("<!-- --!><p id=yes>", {"yes"}),
        ("<script>'<p id=no>'</script><p id=yes>", {"yes"}),
        ("<style>/*<p id=no>*/</style>", set()),
        ("<textarea id=t><p id=no></textarea>", {"t"}),
        ("<title><p id=no></title>", set()),
        ("<div id=a/><div id=b>", {"a", "b"}),
        ("<svg><path id=p /></svg>", {"p"}),
        ("<p it's><b id=after>", {"after"}),
        ("<p data-id=no data-name=no>", set()),
        ("</p id=no>", set()),
        ("<p id=''>", set()),
        ("<p id=unclosed", {"unclosed"}),
        ("<table><tr><td id=cell>", {"cell"}),
        ("<li id=" + "x" * 300 + ">", {"x" * 300}),
    ],
)
def test_the_anchors_of_a_page_are_those_a_browser_finds(body: str, expected: set[str]) -> None:
    """An anchor is missed, or read where there is none."""
    assert frozenset(expected) == anchors(body)


@pytest.mark.parametrize(
    "body",
    [
        "<div id=root></div><script src=x></script>",
        "<div id=app>Loading…</div><script>x</script>",
        "<body><div id=__next></div><script>y</script>",
    ],
)
def test_the_shell_of_a_program_has_no_anchors_to_be_missed(body: str) -> None:
    """A page that a script draws is said to lack what it will have."""
    assert anchors(body) is None


def test_a_program_that_was_drawn_on_the_server_has_anchors() -> None:
    """A mount point alone hides a whole page."""
    body = "<div id=root><h1 id=there>" + "Text of the page. " * 50 + "</div><script></script>"

    assert frozenset({"root", "there"}) == anchors(body)


def test_a_page_that_was_cut_has_no_anchors_to_be_missed() -> None:
    """What stands behind the limit is said not to be there."""
    assert read_page(b"<p id=one>", "text/html", whole=False).anchors is None


@pytest.mark.parametrize(
    ("body", "kind", "anchor"),
    [
        ("<p id=é>".encode("latin-1"), "text/html; charset=iso-8859-1", "é"),
        ("<meta charset=windows-1251><p id=ж>".encode("cp1251"), "text/html", "ж"),
        ("<p id=é>".encode(), "text/html", "é"),
        ("<p id=é>".encode(), "text/html; charset=punycode", "é"),
        ("<p id=é>".encode(), "text/html; charset=no-such", "é"),
    ],
)
def test_a_page_is_read_in_its_encoding(body: bytes, kind: str, anchor: str) -> None:
    """An anchor with an accent is not found, or a codec that hangs is obeyed."""
    assert read_page(body, kind, whole=True).anchors == frozenset({anchor})


def test_what_a_page_says_of_its_paper_is_read() -> None:
    """Title, dates or identifier of a paper are overlooked."""
    found = read_page(
        b"""<title>A site</title><meta property="og:title" content="Another">
        <meta content="Attention  Is All\nYou Need" name="citation_title">
        <meta name="citation_date" content="2017/06/12">
        <META NAME="citation_online_date" CONTENT="2 Aug 2023">
        <meta name="citation_arxiv_id" content="1706.03762v7">""",
        "text/html",
        whole=True,
    )

    assert ("Attention Is All You Need", True) == (found.title, found.cited)
    assert (frozenset({2017, 2023}), "1706.03762") == (found.years, found.arxiv_id)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b'<title>A</title><meta property="og:title" content="B">', "B"),
        (b"<title>\n A &amp; B </title><title>C</title>", "A & B"),
        (b"<p>none", ""),
    ],
)
def test_a_page_that_cites_nothing_has_its_own_title(body: bytes, title: str) -> None:
    """`og:title` and `<title>` are mixed up."""
    found = read_page(body, "text/html", whole=True)

    assert (title, False) == (found.title, found.cited)


HOSTILE = {
    "nested": b"<div>",
    "nested with ids": b"<div id=x>",
    "self-closed": b"<div/>",
    "formatting": b"<b a><p>",
    "links": b"<a>",
    "selects": b"<select><b>",
    "tables in tables": b"<table><a>",
    "foreign": b"<svg><title><x/>",
    "comments": b"<!--",
    "half comments": b"<!--->",
    "brackets": b"<",
    "attributes": b"<a x=1 ",
    "open quotes": b'<a b="',
    "closing": b"</p>",
    "titles": b"<title ",
    "scripts": b"<script>",
    "charsets": b"<meta charset=",
    "entities": b"<p id=&am",
    "equals": b"<a =",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_is_laid_flat_before_it_is_parsed(piece: bytes) -> None:
    """A page nests elements, or heaps up attributes, until the parser takes for ever."""
    body = (piece * (PAGE_LIMIT // len(piece) + 1))[:PAGE_LIMIT]

    tags, _, _ = _laid_flat(body)
    found = read_page(body, "text/html", whole=True)

    assert all(tag.startswith((b"<br ", b"<meta ", b"<title>")) for tag in tags)
    assert all(len(tag) < 10_000 for tag in tags)
    assert found.anchors is None or len(found.anchors) < 10


def test_nothing_beyond_the_limit_is_unpacked() -> None:
    """A bomb is unpacked and then cut."""
    packed = gzip.compress(b"x" * (3 * PAGE_LIMIT))

    assert unpacked(packed, "gzip") == (b"x" * PAGE_LIMIT, False)
    assert unpacked(packed * 100, "gzip") == (b"x" * PAGE_LIMIT, False)
    assert unpacked(b"not packed", "gzip") is None
    assert unpacked(packed, "br") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (gzip.compress(b"<p id=a>") + gzip.compress(b"<p id=b>"), {"a", "b"}),
        (gzip.compress(b"<p id=a>") + bytes(512), {"a"}),
        (gzip.compress(b"<p id=a>" * 99)[:-12], None),
        (gzip.compress(b"") * 50_000, None),
        (b"<p id=a>", None),
    ],
    ids=["two streams", "padding", "cut off", "streams without end", "not packed at all"],
)
def test_a_packed_page_is_read_to_its_end_or_not_judged(
    web: Web, body: bytes, expected: set[str] | None
) -> None:
    """What stands behind the place where the unpacking stopped is said not to be there."""
    site = web.site({"/": raw(response(200, body, content_encoding="gzip"))})

    answer = ask_one(site.url(), anchors=True)

    assert answer.page is not None
    assert answer.page.anchors == (None if expected is None else frozenset(expected))
    assert 1 == len(site.requests)


def test_a_page_that_is_no_html_has_no_anchors_to_be_missed(web: Web) -> None:
    """A PDF is searched for an `id`."""
    pdf = raw(response(200, b"%PDF-1.7", content_type="application/pdf"))
    site = web.site({"/": pdf})

    answer = ask_one(site.url(), anchors=True)

    assert answer.page is not None
    assert answer.page.anchors is None


def test_the_body_is_left_where_nobody_needs_it(web: Web) -> None:
    """A page is read to its end for a link that has no fragment."""
    site = web.site({"/": page("<p id=one>")})

    assert ask_one(site.url()).page is None


def test_the_anchors_are_those_of_the_page_at_the_end(web: Web) -> None:
    """Fragments are looked for in the page that redirects."""
    site = web.site({"/": redirect(301, "/there"), "/there": page("<p id=there>")})

    answer = ask_one(site.url(), anchors=True)

    assert Verdict.ALIVE is answer.verdict
    assert answer.page is not None
    assert frozenset({"there"}) == answer.page.anchors
