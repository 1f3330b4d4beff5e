"""Text from strangers' files and names, made fit to be shown.

A terminal obeys control sequences, a bidirectional override turns code around,
and a GitHub runner obeys lines of its log. Nothing of this may come from what
is only quoted.
"""

from __future__ import annotations

import re

from tldr_lint.regexes import regex

# C0, DEL, C1, and what is invisible or reorders text: soft hyphen, the Arabic
# letter mark, zero width space, directional marks, line and paragraph
# separator, embeddings, overrides and isolates, byte order mark, interlinear
# marks, lone surrogates and tag characters. The joiners stay: emoji and several
# scripts are spelled with them.
BEYOND_C0 = (
    "\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
"""What is unseen, C0 aside, as the inside of a character class."""

UNSEEN = regex(f"[\x00-\x1f{BEYOND_C0}]")
"""One code point that is not shown as itself."""

# The runner of GitHub looks for `##[command]` anywhere in a line, Azure's for
# `##vso[`, TeamCity's for `##teamcity[`.
_COMMAND = regex(r"##(?=\w*\[)")


def _spell(found: re.Match[str]) -> str:
    code = ord(found.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{{{code:x}}}"


def visible(text: str) -> str:
    r"""The text on one line with everything unseen spelled out: `\x1b`, `\u{202e}`.

    Log commands in the middle of a line are taken apart; a text that goes to
    the start of a line still needs `name`.
    """
    return _COMMAND.sub(r"#\\#", UNSEEN.sub(_spell, text))


def name(path: str) -> str:
    """A file's name fit to begin a line: no command of a runner, no blank to be trimmed."""
    shown = visible(path)
    return f"./{shown}" if shown[:1] in {":", " ", "\xa0", "#"} else shown


def encodable(text: str) -> str:
    """The text with lone surrogates, which no encoding has, as U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def octets(path: str) -> bytes:
    """A file's name in bytes, those that are no UTF-8 included (PEP 383)."""
    kept = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", path)
    return kept.encode("utf-8", "surrogateescape")


def guarded(text: str) -> str:
    """Lines of a diff, fit for a terminal or a runner's log.

    Tabs and carriage returns at the end of a line stay, so that nearly every
    diff stays what `git apply` takes.
    """
    lines = []
    for line in text.split("\n"):
        body = line.rstrip("\r")
        shown = "\t".join(visible(part) for part in body.split("\t"))
        shown = re.sub(r"^(\s*):(?=:)", r"\1:\\", shown)
        lines.append(shown + line[len(body) :])
    return "\n".join(lines)


def xml(text: str) -> str:
    """Text fit for XML 1.0, element or attribute: illegal characters spelled out, marks escaped."""
    return markup(re.sub("[\ufffe\uffff]", _spell, visible(text)))


def markup(text: str) -> str:
    """The five characters that mean something in XML and HTML, as references."""
    for mark, reference in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
    ):
        text = text.replace(mark, reference)
    return text


def markdown(text: str) -> str:
    """Text fit for a cell of a GitHub table: no markup, mention or link of its own.

    References keep the parser from seeing marks. Mentions and issue numbers are
    looked for in the rendered text, where references are gone; an empty comment
    cuts those.
    """
    shown = re.sub(
        r"[\\`*_{}\[\]()<>|~$:.&\"']", lambda found: f"&#{ord(found.group())};", visible(text)
    )
    return re.sub(r"(&#\d+;)|([@#])", lambda found: found[1] or f"{found[2]}<!-- -->", shown)
