"""What the network said of a URL, as plain values that rules can read.

Nothing here asks anybody anything: a `Question` is what the rules want to
know of one page, an `Answer` is what was found out. Between them stands the
page's address, spelled in one way (`web_target`), so that links that differ
in fragment or spelling share one request.
"""

from __future__ import annotations

import functools
from enum import StrEnum
from urllib.parse import SplitResult, quote, urlsplit

from tldr_lint.records import TYPE_CHECKING, dataclass, replace
from tldr_lint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

# Characters that stand for themselves in a path or a query (WHATWG URL,
# "path percent-encode set" and "special-query percent-encode set"); everything
# else is percent-encoded, and what is encoded already is left so.
_SAFE_PATH = "!$%&'()*+,/:;=@[]|^~_-."
_SAFE_QUERY = "!$%&()*+,/:;=@[]|^~_-.?{}`\\"
_DROPPED = regex(r"[\t\r\n]+")
_LABEL = regex(r"[^\x00-\x2c\x2e\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]{1,63}")
_NUMBER = regex(r"\d+|0[xX][0-9a-fA-F]*")
_NEARLY_HTTP = regex(r"(?i)(https?)(?::/?|;//|//:|:///+)(?=[^/])")
_ARXIV = regex(
    r"(?i)/(?:abs|pdf)/((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(v\d+)?)(?:\.pdf)?/?"
)
_ARXIV_HOSTS = frozenset({"arxiv.org", "www.arxiv.org", "export.arxiv.org"})
_DOT = regex(r"(?i)/(?:\.|%2e)")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# A target that is spelled as `web_target` spells it, fragment and a missing first slash aside.
# Ports of five digits that are none, and the schemes' own, are for the long way.
_SPELLED = regex(
    r"(https?://(?![^/:?#]{254})"
    r"((?:[a-z0-9_-]{1,63}\.){0,8}[a-z][a-z0-9_-]{0,62}"
    rf"|(?:{_OCTET}\.){{3}}{_OCTET})"
    r"(?::[1-5]?[1-9]\d{3})?)"
    r"(/[!$%&'()*+,/:;=@\[\]|^~_.A-Za-z0-9-]*)?"
    r"(\?[!$%&()*+,/:;=@\[\]|^~_.?{}`\\A-Za-z0-9-]+)?"
    r"(?:#([!-~]*))?"
)


class Verdict(StrEnum):
    """What is known of a page."""

    ALIVE = "alive"
    DEAD = "dead"
    """A definite no: 404, 410, no such host."""
    UNREACHABLE = "unreachable"
    """Nobody can say: time-outs, resets, 5xx after retries."""
    BLOCKED = "blocked"
    """The host does not tell us, or was not asked: 401, 403, 429, a bot wall, a private address."""
    MALFORMED = "malformed"
    """Not a URL."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the status that sent us on, and where to (fragment included)."""

    status: int
    target: str

    @property
    def permanent(self) -> bool:
        """Whether the old address may be forgotten (RFC 9110, 15.4.2 and 15.4.9)."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in a page, as far as a rule asks for it."""

    anchors: frozenset[str] | None = None
    """Every `id` and `<a name>`; none where the page's fragments cannot be checked."""
    title: str = ""
    """`citation_title`, else `og:title`, else `<title>`."""
    cited: bool = False
    """Whether the page calls itself a paper (`citation_title`)."""
    years: frozenset[int] = frozenset()
    """The years of `citation_date` and its like."""
    arxiv_id: str = ""
    """`citation_arxiv_id`, without version."""


@dataclass(frozen=True, slots=True)
class History:
    """What earlier runs saw of a URL; times in seconds since the epoch."""

    last_alive: float | None = None
    failing_since: float | None = None
    """The first of the runs in a row that could not reach it."""
    failed_runs: int = 0
    """How many such runs there were, this one included."""
    host_alive: float | None = None
    """When anything on its host last answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one URL (without fragment)."""

    url: str
    verdict: Verdict = Verdict.ALIVE
    reason: str = ""
    """Half a sentence for people: `404 Not Found`, `timed out after 10 s`."""
    status: int | None = None
    final: str = ""
    """Where the redirects end; the URL itself where there are none."""
    hops: tuple[Hop, ...] = ()
    elapsed: float = 0.0
    """Seconds that the asking took, waiting in line aside."""
    asked_at: float = 0.0
    """Seconds since the epoch."""
    page: Page | None = None
    """What stands in the page; none where nobody needed to know."""
    secure: bool = False
    """For an `http:` URL: whether the same page answers on `https:`."""
    etag: str = ""
    modified: str = ""
    """The `Last-Modified` validator, as sent."""
    history: History = History()
    kept: bool = True
    """Whether it is to be remembered: not what says more of the run than of the page."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer of an earlier run."""

    answer: Answer
    fresh: bool
    """Whether its time to live is not over."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules want to know of one page."""

    url: str
    """As `WebTarget.page`."""
    anchors: bool = False
    """Whether a link has a fragment to be looked for."""
    paper: bool = False
    """Whether the page's title and date are to be compared."""

    def answered_by(self, answer: Answer) -> bool:
        """Whether an answer, perhaps to an earlier question, says all that is asked."""
        needs_page = self.anchors or self.paper
        return answer.verdict is not Verdict.ALIVE or not needs_page or answer.page is not None


@dataclass(frozen=True, slots=True)
class WebTarget:
    """An http or https link target taken apart."""

    page: str
    """The address to ask, without fragment, spelled in one way; empty if there is a problem."""
    fragment: str | None = None
    """As written; none where there is no `#`."""
    problem: str = ""
    """Why it is no URL, as half a sentence; empty where it is one."""


@functools.lru_cache(maxsize=65_536)
def web_target(target: str) -> WebTarget:
    """Take an http or https target apart, as a browser would read it.

    Scheme and host without letter case, the scheme's own port left out, white
    space and other characters percent-encoded, what is encoded left alone
    (WHATWG URL Standard, section 4.4). An arXiv PDF shares the page of its
    abstract: the two are one paper.
    """
    # Nearly all there are.
    spelled = _SPELLED.fullmatch(target)
    if spelled is None or spelled[2] in _ARXIV_HOSTS:
        return _taken_apart(target)
    path = spelled[3] or "/"
    if _DOT.search(path):
        return _taken_apart(target)
    return WebTarget(f"{spelled[1]}{path}{spelled[4] or ''}", spelled[5])


def _taken_apart(target: str) -> WebTarget:
    text = _DROPPED.sub("", target.strip("".join(map(chr, range(0x21)))))
    if text.startswith("//"):
        text = f"https:{text}"
    text, hash_mark, tail = text.partition("#")
    fragment = tail if hash_mark else None
    if (nearly := _NEARLY_HTTP.match(text)) and not text[len(nearly[1]) :].startswith("://"):
        return WebTarget("", fragment, f"must begin with `{nearly[1].lower()}://`")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        bad_brackets = "[" in text.partition("://")[2].partition("/")[0]
        reason = "its IPv6 address is not one" if bad_brackets else "its port is not a number"
        return WebTarget("", fragment, reason)
    problem = _host_problem(parts)
    if problem:
        return WebTarget("", fragment, problem)
    return WebTarget(_spell(parts, port), fragment)


def _host_problem(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"}:
        return f"`{parts.scheme}` is not a scheme of the web"
    if not host:
        return "it has no host"
    if ":" in host:
        return ""
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return f"`{host}` is not a host name"
    if _NUMBER.fullmatch(labels[-1]) and not _is_ipv4(labels):
        return f"`{host}` is not an address"
    return ""


def _is_ipv4(labels: list[str]) -> bool:
    """Whether the labels spell an IPv4 address in any way a browser reads (WHATWG URL, 3.5)."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        return False
    if any(len(label) > 40 for label in labels):  # more digits than an address has
        return False
    try:
        numbers = [_ipv4_number(label) for label in labels]
    except ValueError:
        return False
    return all(n < 256 for n in numbers[:-1]) and numbers[-1] < 256 ** (5 - len(numbers))


def _ipv4_number(label: str) -> int:
    if label[:2].lower() == "0x":
        return int(label[2:] or "0", 16)
    return int(label, 8) if len(label) > 1 and label.startswith("0") else int(label)


def _spell(parts: SplitResult, port: int | None) -> str:
    host = (parts.hostname or "").removesuffix(".")
    labels = host.split(".")
    if ":" in host:
        host = f"[{host}]"
    elif _is_ipv4(labels):
        *first, last = map(_ipv4_number, labels)
        packed = bytes(first) + last.to_bytes(4 - len(first), "big")
        host = ".".join(map(str, packed))
    userinfo, at, _ = parts.netloc.rpartition("@")
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        host = f"{host}:{port}"
    path = quote(_without_dots(parts.path.replace("\\", "/")) or "/", safe=_SAFE_PATH)
    query = f"?{quote(parts.query, safe=_SAFE_QUERY)}" if parts.query else ""
    if host in _ARXIV_HOSTS and (paper := _ARXIV.fullmatch(path)) and not query:
        host, path = "arxiv.org", f"/abs/{paper[1]}"
    return f"{parts.scheme}://{userinfo}{at}{host}{path}{query}"


def _without_dots(path: str) -> str:
    """A path without `.` and `..`, encoded ones included (WHATWG URL, 4.4, "path state")."""
    if not _DOT.search(path):
        return path
    kept: list[str] = []
    dots = 0
    for segment in path.removeprefix("/").split("/"):
        plain = segment.lower().replace("%2e", ".")
        dots = len(plain) if plain in {".", ".."} else 0
        if dots == 0:
            kept.append(segment)
        elif dots == 2:
            del kept[-1:]
    # What ends in dots is a folder.
    return f"/{'/'.join(kept)}{'/' if dots and kept else ''}"


def arxiv_id(url: str) -> str:
    """The arXiv identifier that a URL of arXiv names, without version; else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    found = _ARXIV.fullmatch(parts.path)
    if found is None or parts.hostname not in _ARXIV_HOSTS:
        return ""
    return found[1].removesuffix(found[2] or "").lower()


@functools.lru_cache(maxsize=65_536)
def parts_of(url: str) -> SplitResult:
    """A URL spelled by `web_target`, taken apart; many at a time are asked for again and again."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


@functools.lru_cache(maxsize=65_536)
def host_of(url: str) -> str:
    """The host of a URL spelled by `web_target`, without port; empty if it has none."""
    return parts_of(url).hostname or ""


def passed(answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """The answers, and what they say of the pages that their redirects led by way of.

    A link that is rewritten to one of these is judged without being asked for anew.
    """
    found = dict(answers)
    for answer in answers.values():
        for at, hop in enumerate(answer.hops, 1):
            page = hop.target.partition("#")[0]
            if page not in found:
                found[page] = replace(answer, url=page, hops=answer.hops[at:], secure=False)
    return found


def is_below(host: str, names: Container[str]) -> bool:
    """Whether a host is one of these names, or of a name below one of them."""
    while host:
        if host in names:
            return True
        host = host.partition(".")[2]
    return False


def merged(questions: Iterable[Question]) -> tuple[Question, ...]:
    """One question a page, in the order in which the pages were first asked for."""
    found: dict[str, Question] = {}
    for question in questions:
        before = found.get(question.url)
        if before is None:
            found[question.url] = question
        else:
            found[question.url] = Question(
                question.url,
                anchors=before.anchors or question.anchors,
                paper=before.paper or question.paper,
            )
    return tuple(found.values())
