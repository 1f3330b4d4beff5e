"""What stands in a page: its anchors, and what it says of itself as a paper.

The pages are strangers'. Every parser that builds HTML's tree can be made to
take quadratic time and many times the page's memory, by nesting, by unclosed
formatting, by attributes without end; the one behind `selectolax` took 90 s
for a megabyte of `<div>`. What is asked of a page needs no tree, so the tags
that matter are first laid side by side, in one linear pass, and then parsed.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from tldr_lint.answers import Page

_HEAD = 2048  # bytes in which a page names its encoding
_TAGS = 8_000  # tags kept of one page
_TAG_LIMIT = 8192  # bytes: attributes are compared pairwise
_SHELL_TEXT = 250  # characters, below which a page with a mount point shows nothing of its own
_ATTRIBUTES = rb"""(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?)*+"""
# Each alternative runs to the end of the page where it is not closed, so that
# nothing is read twice.
_TOKEN = re.compile(
    rb"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rb"|<(script|style|textarea|title|xmp)(?=[\s/>])(" + _ATTRIBUTES + rb")(?:>|\Z)"
    rb"(.*?)(?:</\1(?=[\s/>])|\Z)"
    rb"|</?+([a-zA-Z][^\s/>]*+)(" + _ATTRIBUTES + rb")(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_NAMED = re.compile(rb"(?i)\b(?:id|name)\s*=")
_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}charset=["']?\s*([\w-]{1,32})""")
_ENCODINGS = re.compile(
    r"(?i)utf-?8|utf-16(le|be)?|us-ascii|latin-?1|iso-8859-([1-9]|1[013-6])|windows-125[0-8]"
    r"|shift[-_]jis|euc-(jp|kr)|gb(k|2312|18030)|big5|koi8-[ru]"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATES = (
    "citation_date",
    "citation_publication_date",
    "citation_online_date",
    "citation_year",
)
_MOUNTS = frozenset({"root", "app", "__next", "__nuxt", "___gatsby", "svelte"})
_VERSION = re.compile(r"v\d+\Z")


def decoded(text: bytes, content_type: str, page: bytes) -> str:
    """A piece of a page as text, in the encoding that the page's head or the page itself names.

    UTF-8 where they name none, or none that a page may have: Python knows
    codecs that take quadratic time.
    """
    named = re.search(r"charset=[\"']?([\w-]+)", content_type)
    within = _CHARSET.search(page, 0, _HEAD)
    name = named[1] if named else within[1].decode("ascii") if within else "utf-8"
    return text.decode(name if _ENCODINGS.fullmatch(name) else "utf-8", "replace")


def read_page(body: bytes, content_type: str, *, whole: bool) -> Page:
    """What a page says; `whole` is false where it was cut off.

    Its anchors are not known where it was cut, or is the empty shell of a
    program that draws the page in the browser.
    """
    tags, shows_text, scripted = _laid_flat(body)
    whole = whole and len(tags) <= _TAGS
    flat = decoded(b"".join(tags[:_TAGS]), content_type, body)
    tree = LexborHTMLParser(flat)
    anchors = {node.attributes.get("id") or "" for node in tree.css("[id]")}
    anchors |= {node.attributes.get("name") or "" for node in tree.css("[data-tag=a][name]")}
    anchors.discard("")
    is_shell = scripted and not shows_text and not anchors.isdisjoint(_MOUNTS)
    meta: dict[str, list[str]] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        if name.startswith(("citation_", "og:title")):
            meta.setdefault(name, []).append(attributes.get("content") or "")
    title = tree.css_first("title")
    cited = _first(meta, "citation_title")
    dates = [value for name in _DATES for value in meta.get(name, [])]
    return Page(
        anchors=None if not whole or is_shell else frozenset(anchors),
        title=cited or _first(meta, "og:title") or (_flat(title.text()) if title else ""),
        cited=bool(cited),
        years=frozenset(int(year) for date in dates for year in _YEAR.findall(date)),
        arxiv_id=_VERSION.sub("", _first(meta, "citation_arxiv_id").lower()),
    )


def _laid_flat(body: bytes) -> tuple[list[bytes], bool, bool]:
    """The page's title and the tags that name something, none inside another.

    Also whether the page shows any text to speak of, and whether it runs a script.
    """
    kept: list[bytes] = []
    shown = at = 0
    scripted = titled = False
    for token in _TOKEN.finditer(body):
        if len(kept) > _TAGS:
            break
        if shown < _SHELL_TEXT:
            shown += len(body[at : token.start()].strip())
        at = token.end()
        name = (token[1] or token[4] or b"").lower()
        scripted = scripted or name == b"script"
        if name == b"title" and not titled:
            titled = True
            kept.append(b"<title>" + token[3][:_TAG_LIMIT] + b"</title>")
        attributes = token[2] if token[1] else token[5]
        if body[token.start() + 1 : token.start() + 2] == b"/" or not attributes:
            continue
        if len(attributes) < _TAG_LIMIT and (name == b"meta" or _NAMED.search(attributes)):
            # An element that holds nothing, whatever it was: no tag nests in it.
            element = b"meta" if name == b"meta" else b"br"
            tag = b"a" if name == b"a" else b"x"
            kept.append(b"<%s data-tag=%s %s>" % (element, tag, attributes.rstrip(b"/")))
    return kept, shown >= _SHELL_TEXT, scripted


def _first(meta: dict[str, list[str]], name: str) -> str:
    return next((flat for value in meta.get(name, []) if (flat := _flat(value))), "")


def _flat(text: str) -> str:
    return " ".join(text.split())[:500]
