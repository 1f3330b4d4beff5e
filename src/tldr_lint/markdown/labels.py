"""Labels of references, as they are compared."""

from __future__ import annotations

from tldr_lint.regexes import regex

# The parser's white space, which is that of JavaScript without the byte order mark.
_WHITE = "\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BLANKS = regex(f"[{_WHITE}]+")


def normal_label(label: str) -> str:
    """A label without what makes no difference: case, and how much white space stands where.

    It is what the parser keeps definitions under (CommonMark 0.31.2, section 4.7).
    """
    return _BLANKS.sub(" ", label).strip(" ").lower().upper()
