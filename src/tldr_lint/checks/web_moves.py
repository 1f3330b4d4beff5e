"""Where a link has moved for good, and how the new address is written in its place."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from tldr_lint.answers import Verdict, host_of, is_below
from tldr_lint.document import LinkKind
from tldr_lint.records import TYPE_CHECKING, dataclass
from tldr_lint.regexes import regex
from tldr_lint.text import Edit, Place, Span

if TYPE_CHECKING:
    from tldr_lint.answers import Answer
    from tldr_lint.checks.web_uses import WebUse

# Names that are kept for ever and resolved anew each time: the redirect is their purpose.
_PERSISTENT = frozenset(
    {
        "ark.org",
        "doi.org",
        "handle.net",
        "identifiers.org",
        "n2t.net",
        "purl.org",
        "w3id.org",
    }
)
_LOGIN_HOST = regex(r"(?:accounts?|auth|id|idp|login|signin|sso|passport)\..+")
_LOGIN_PATH = regex(
    r"(?i).*/(?:auth|authorize|cas|log-?in|logon|oauth2?|saml2?|sign[-_]?in|sso|wp-login\.php"
    r"|sessions?/new)(?:[/.].*)?"
)
# Languages that sites are translated into: not every two letters are one.
_LANGUAGE = (
    r"(?:ar|bg|bn|ca|cn|cs|da|de|el|en|es|et|eu|fa|fi|fr|gl|he|hi|hr|hu|id|it|ja|jp|ko|kr|lt|lv|ms"
    r"|nb|nl|no|pl|pt|ro|ru|sk|sl|sr|sv|th|tr|tw|uk|us|vi|zh)"
)
_FRONT = regex(
    rf"(?i)/(?:{_LANGUAGE}(?:[-_][a-z]{{2}})?/?)?(?:(?:index|home|default)(?:\.\w+)?/?)?"
)
_ENTITY = regex(r"&(?=#?\w+;)")
_UNSAFE_END = frozenset("?!.,:*_~)'\";&")


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect: the address to write, or why none is offered."""

    target: str
    refused: str = ""
    """Half a sentence; empty where the address may be written."""


def move_of(use: WebUse, answer: Answer) -> Move | None:
    """Where a link has moved for good; none where it has not, or ends before a log-in.

    Only the leading permanent hops count: what lies behind a temporary one may
    be elsewhere tomorrow. The link's fragment is kept.
    """
    if answer.verdict is not Verdict.ALIVE or not answer.hops or is_login(answer):
        return None
    at = answer.url
    for hop in answer.hops:
        if not hop.permanent or is_below(host_of(at), _PERSISTENT):
            break
        if at.startswith("https:") and hop.target.startswith("http:"):
            break
        at = hop.target
    page, _, own = at.partition("#")
    if unquote(page) == unquote(answer.url):
        return None
    if _is_shared(use) and not only_secured(answer.url, page):
        return None
    fragment = use.target.fragment or own
    target = f"{page}#{fragment}" if fragment else page
    lost = [url for url in (page, answer.final or page) if _is_front(url)]
    if lost and not _is_front(answer.url):
        return Move(target, f"`{host_of(lost[0])}`'s front page: the page itself is probably gone")
    return Move(target)


def is_login(answer: Answer) -> bool:
    """Whether a link that is no log-in page ends at one: nothing is known of its page then."""
    final = answer.final or answer.url
    moved = final != answer.url
    return moved and _asks_for_login(final) and not _asks_for_login(answer.url)


def only_secured(old: str, new: str) -> bool:
    """Whether two URLs differ in `http` and `https` alone."""
    return old.startswith("http:") and new == f"https{old[4:]}"


def secured(use: WebUse) -> tuple[Edit, ...]:
    """The edit that makes `http:` of a target `https:` and leaves the rest as written."""
    raw = use.document.source[use.link.target_span]
    start = use.link.target_span.start
    at = raw.lower().find("http:")
    if at in {0, 1}:
        end = start + at + len("http")
        return (Edit(Place(use.document.path, Span(end, end)), "s"),)
    if raw.lower().startswith("www."):
        return (Edit(Place(use.document.path, Span(start, start)), "https://"),)
    return ()


def rewritten(use: WebUse, target: str) -> tuple[Edit, ...]:
    """The edit that puts another address in place of a target; none where it cannot be written."""
    page = target.partition("#")[0]
    if only_secured(use.target.page, page) or _is_shared(use):
        return secured(use)
    kind = use.link.kind
    text = re.sub(r"[\s<>\"|\\`]", lambda found: f"%{ord(found[0]):02X}", target)
    if kind is LinkKind.HTML:
        text = text.replace("'", "%27").replace("&", "&amp;")
    elif kind is LinkKind.BARE:
        if text[-1] in _UNSAFE_END or text.count("(") != text.count(")"):
            return ()
    else:
        text = _ENTITY.sub("&amp;", text)
        if not _balanced(text):
            text = text.replace("(", "%28").replace(")", "%29")
    raw = use.document.source[use.link.target_span]
    if raw.startswith("<") and raw.endswith(">"):
        text = f"<{text}>"
    return (Edit(use.place, text),)


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def _is_shared(use: WebUse) -> bool:
    """Whether the page that was asked is not the one written, but stands for it (arXiv's PDFs)."""
    return "arxiv.org/pdf/" in use.link.target.lower()


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return _FRONT.fullmatch(parts.path) is not None and not parts.query


def _asks_for_login(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return bool(_LOGIN_HOST.fullmatch(host) or _LOGIN_PATH.fullmatch(parts.path))
