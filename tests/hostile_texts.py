"""Texts made to be slow: CommonMark's own pathological cases, and more for what is ours.

Each takes a size and gives about as many bytes. The first group follows
`test/pathological_tests.py` of cmark and the issues of markdown-it, md4c and
cmark-gfm; the rest aims at this program's own expressions and rules.
"""

from collections.abc import Callable, Mapping

Maker = Callable[[int], str]


def repeated(piece: str, before: str = "", after: str = "") -> Maker:
    """A piece, as often as the size takes."""
    return lambda size: before + piece * (size // len(piece.encode())) + after


def mirrored(opening: str, middle: str, closing: str, before: str = "") -> Maker:
    """As many openings as closings around a middle."""

    def make(size: int) -> str:
        count = size // (len(opening) + len(closing))
        return before + opening * count + middle + closing * count

    return make


def numbered(line: str, then: str = "") -> Maker:
    """A line with a number in it, again and again."""

    def make(size: int) -> str:
        count = size // (len(line + then) + 4)
        return "".join(line.format(n) for n in range(count)) + "".join(
            then.format(n) for n in range(count)
        )

    return make


def staircase(line: str) -> Maker:
    """Lists each deeper than the one before."""

    def make(size: int) -> str:
        depth = int(size**0.5)
        return "".join("  " * at + line for at in range(depth))

    return make


def growing(char: str, between: str) -> Maker:
    """Runs of a character, each longer than the one before."""

    def make(size: int) -> str:
        return "".join(between + char * at for at in range(1, int((2 * size) ** 0.5)))

    return make


def square_table(size: int) -> str:
    """A table as wide as it is long, its rows as short as can be."""
    side = size // 6
    return "|a" * side + "\n" + "|-" * side + "\n" + "a\n" * side


def full_table(size: int) -> str:
    """A table as wide as it is long, every cell there."""
    side = int((size / 2) ** 0.5)
    return "|a" * side + "\n" + "|-" * side + "\n" + ("|a" * side + "\n") * side


def many_tables(size: int) -> str:
    """Tables of 255 columns whose 255 rows have one cell each."""
    table = "|a" * 255 + "\n" + "|-" * 255 + "\n" + "a\n" * 255 + "\n"
    return table * (size // len(table) + 1)


def deep_blank_list(size: int) -> str:
    """A list in a list in a list, then blank lines."""
    return "- " * 40 + "x" + "\n" * size


TEXTS: Mapping[str, Maker] = {
    # cmark
    "nested strong emphasis": mirrored("*a **a ", "b", " a** a*"),
    "emphasis closers": repeated("a_ "),
    "emphasis openers": repeated("_a "),
    "link closers": repeated("a]"),
    "link openers": repeated("[a"),
    "mismatched emphasis": repeated("*a_ "),
    "multiples of three": repeated("c* ", "a**b"),
    "links and emphasis": repeated("[ a_"),
    "bracket paren": repeated("[ (]("),
    "image openers": repeated("![[]()"),
    "nested brackets": mirrored("[", "a", "]"),
    "nested quotes": repeated("> ", after="a"),
    "quotes without blanks": repeated(">", after="a"),
    "list staircase": staircase("* a\n"),
    "backtick runs": growing("`", "e"),
    "unclosed link a": repeated("[a](<b"),
    "unclosed link b": repeated("[a](b"),
    "unclosed comments": repeated("<!--", "</"),
    "unclosed instructions": repeated("<?", "a "),
    "unclosed declarations": repeated("<!A ", "a "),
    "unclosed cdata": repeated("<![CDATA[", "a "),
    "blank lines in lists": mirrored("- ", "x", "\n"),
    "blank lines in a deep list": deep_blank_list,
    "quotes then emphasis": mirrored(">", "", "a*"),
    "references": numbered("[{0}]: u\n", "[{0}] "),
    "title on many lines": repeated("b\n", "[a]: /x 'a\n"),
    "half references": repeated("[a]["),
    # Quotes, lists, headings
    "lazy quote": repeated("a\n", "> " * 18 + "a\n"),
    "quote lines": repeated("> a\n"),
    "quotes on one line": repeated("> - ", after="a"),
    "lists on one line": repeated("- ", after="a"),
    "many lists on each line": repeated("- " * 40 + "a\n"),
    "many lists on each line, no text": repeated("- " * 40 + "\n\n"),
    "many quotes on each line": repeated("> " * 40 + "a\n\n"),
    "many quotes and lists on each line": repeated("> - " * 20 + "a\n\n"),
    "rule nearly, many": repeated("- " * 40 + "x" * 400 + "\n"),
    "ordered on one line": repeated("1) ", after="a"),
    "list items": repeated("- a\n"),
    "list items without text": repeated("-\n"),
    "list items apart": repeated("- a\n\n"),
    "list items of two kinds": repeated("+ a\n- a\n"),
    "ordered items": repeated("1. a\n"),
    "tasks": repeated("- [ ] a\n"),
    "nested lists": repeated("- a\n  - b\n    - c\n"),
    "list with lazy lines": repeated("a\n", "- a\n"),
    "list with lazy pipes": repeated("|a\n", "- a\n"),
    "headings": repeated("# a\n"),
    "headings that take numbers": repeated("# a\n# a-1\n"),
    "headings of many levels": repeated("# a\n## a\n### a\n#### a\n##### a\n###### a\n"),
    "hashes": repeated("#"),
    "headings with tails": repeated("# a " + "#" * 50 + "x\n"),
    "setext": repeated("a\n=\n"),
    "setext after lines": repeated("a\n", after="="),
    "paragraph": repeated("a\n"),
    "paragraphs": repeated("a\n\n"),
    "numbers": repeated("1\n"),
    "rules": repeated("---\n"),
    "rules of stars": repeated("* * *\n"),
    "rule nearly": repeated("* ", after="x"),
    "blank lines": repeated("\n"),
    "carriage returns": repeated("\r"),
    "spaces": repeated(" "),
    "tabs": repeated("\t", after="a"),
    "tabs in lists": repeated("-\t", after="a"),
    "letters": repeated("a"),
    "backslashes": repeated("\\"),
    "backslash line ends": repeated("\\\n"),
    "fences": repeated("```\n"),
    "fence of one line": repeated("`"),
    "fences in quotes": repeated("> ```\n"),
    "tildes": repeated("~"),
    "code block": repeated("    a\n"),
    "front matter unclosed": repeated("a: b\n", "---\n"),
    "front matter fences": repeated("---\n\n"),
    "footnotes": numbered("[^{0}]: x\n", "[^{0}] "),
    "footnote in footnote": repeated("[^a]: "),
    "footnote marks": repeated("[^a]"),
    "conflicts": repeated("<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n"),
    "conflict lines": repeated("<<<<<<< a\n"),
    "combining marks": repeated("a\u0301", "# "),
    # Inline
    "links": repeated("[a](b.md) "),
    "links on lines": repeated("[a](b.md)\n\n"),
    "links with anchors": repeated("[a](#b) "),
    "links with code": repeated("[`a`](b.md) "),
    "images": repeated("![a](b.png) "),
    "nested images": mirrored("![", "a", "](b)"),
    "bangs and brackets": repeated("!["),
    "links with titles": repeated('[a](b "c") '),
    "links with open titles": repeated('[a](b "c'),
    "parens in target": repeated("(", "[a]("),
    "angle target": repeated("<", "[a](<"),
    "undefined": repeated("[a][b] "),
    "collapsed": repeated("[a][] "),
    "shortcuts": repeated("[a] "),
    "shortcuts with a definition": repeated("[a] ", "[a]: b\n\n"),
    "shortcuts in code": repeated("[`a`] ", "[`a`]: b\n\n"),
    "definitions alike": repeated("[a]: b\n"),
    "definitions": numbered("[a{0}]: b\n"),
    "definition of lines": repeated("[\n"),
    "label of lines": repeated("a\n", "["),
    "definitions half": repeated("[a]:\n"),
    "definitions and paragraphs": numbered("[a{0}]: b\n\n", "[a{0}][] `x`\n\n"),
    "autolinks": repeated("<http://a.b> "),
    "autolinks open": repeated("<http://a"),
    "mail": repeated("<a@b.c> "),
    "mail open": repeated("<a@b."),
    "bare": repeated("http://a.b "),
    "bare schemes": repeated("http://"),
    "bare www": repeated("www."),
    "bare closers": repeated(")", "http://a.b"),
    "bare openers": repeated("(", "http://a.b"),
    "bare entities": repeated("&a;", "http://a.b"),
    "bare semicolons": repeated(";", "http://a.b/&a"),
    "bare letters semicolon": repeated("a", "http://a.b/&", ";"),
    "bare with code": repeated("http://a.b `c` "),
    "entities": repeated("&amp;"),
    "ampersands": repeated("&"),
    "entity digits": repeated("1", "&#"),
    "code spans": repeated("`a` "),
    "code spans and bare": repeated("`a` http://a.b {x} "),
    "todo": repeated("TODO "),
    "todo and code": repeated("`a` TODO "),
    "to-do halves": repeated("to-"),
    "braces": repeated("{"),
    "double braces": repeated("{{"),
    "fields": repeated("{a}"),
    "fields and code": repeated("{a}`b`"),
    "angles": repeated("<"),
    "angle letters": repeated("<a"),
    "angle words": repeated("<a b "),
    "placeholders": repeated("<A B> "),
    "brackets in words": repeated("a[b][c]"),
    "bracket pairs": repeated("[]"),
    "bracket escapes": repeated("\\[", "["),
    "emphasis in heading": repeated("a_ ", "# "),
    "openers in heading": repeated("*a ", "# "),
    "three in heading": repeated("c* ", "# a**b"),
    "links in heading": repeated("[a](b) ", "# "),
    "brackets in heading": repeated("[a", "# "),
    "images in heading": mirrored("![", "a", "](b)", "# "),
    "strikes in heading": repeated("~~a ", "# "),
    "emphasis in headings": repeated("# *a_ b* **c\n"),
    "emphasis in links": repeated("[*a_ b](c) "),
    "emphasis in cells": repeated("|*a_ b* **c", "|a|\n|-|\n", "\n"),
    "half references in paragraphs": repeated("[a][" * 600 + "\n\n"),
    "half references in headings": repeated("# " + "[a][" * 100 + "\n"),
    "half references in cells": repeated("|" + "[a][" * 100 + "\n", "|a|\n|-|\n"),
    "image openers in paragraphs": repeated("![[]()" * 600 + "\n\n"),
    "open brackets in paragraphs": repeated("[a" * 1_000 + "\n\n"),
    "nested brackets in paragraphs": repeated("[" * 90 + "a" + "]" * 90 + "\n\n"),
    "emphasis in link": repeated("*a_ ", "[", "](b)"),
    "code in heading": growing("`", "e"),
    # HTML
    "tags": repeated("<b>"),
    "anchors": repeated("<a id=x>"),
    "attributes": repeated(" b=c", "<a"),
    "attributes bare": repeated(" b", "<a", "<"),
    "attributes spaced": repeated(" ", "<a", "<"),
    "attributes on lines": repeated("\nb=c", "<a", ">"),
    "attributes and a tick": repeated(" b=c", "` <a", ">"),
    "attribute names": repeated("b", "<a ", "<"),
    "attribute open": repeated("<a b='"),
    "attribute quotes": repeated("'", "<a b="),
    "attribute equals": repeated(" b =", "<a"),
    "html lines": repeated("<div>\n"),
    "html links": repeated("<p><a href=b.md>a</a>\n"),
    "html links open": repeated("<p><a href=b.md>\n"),
    "html images": repeated("<p><img src=b.png>\n"),
    "html headings": repeated("<h1>a</h1>\n"),
    "html headings open": repeated("<h1>\n"),
    "html todo": repeated("<p>TODO\n"),
    "scripts": repeated("<script>"),
    "script lines": repeated("<script>\n"),
    "pre lines": repeated("<pre>\n\n"),
    "comments": repeated("<!-- a -->"),
    "comment lines": repeated("<!-- a -->\n"),
    "comments between blanks": repeated("<!-- a -->\n\n"),
    "comments open": repeated("<!-- a\n\n"),
    "comment dashes": repeated("-", "<!--"),
    "closing tags": repeated("</a>"),
    "closing tags open": repeated("</a"),
    "spaces in closing tags": repeated(" ", "</a", "<"),
    # Tables
    "square table": square_table,
    "full table": full_table,
    "many tables": many_tables,
    "long table": repeated("|a|b|\n", "|a|b|\n|-|-|\n"),
    "long table short rows": repeated("|a\n", "|a|b|\n|-|-|\n"),
    "long table bare rows": repeated("a\n", "a|b\n-|-\n"),
    "tables": repeated("|a|\n|-|\n|b|\n\n"),
    "tables touching": repeated("|a|\n|-|\n"),
    "headers": repeated("|a|\n-\n"),
    "delimiters": repeated("|-"),
    "delimiter rows": repeated("|-|-|\n"),
    "delimiter colons": repeated(":", "|a|\n|"),
    "delimiter spaces": repeated(" ", "|a|\n|-", "x"),
    "delimiter dashes": repeated("-", "|a|\n|", "x"),
    "pipes": repeated("|"),
    "pipe lines": repeated("|\n"),
    "escaped pipes": repeated("\\|", "|a|\n|-|\n|"),
    "pipes in code": repeated("`|`", "|a|\n|-|\n|"),
    "wide header only": repeated("|a"),
    "orphans": repeated("|a|b|\n\n"),
    "orphans after a table": repeated("|a|b|\n\n", "|a|b|\n|-|-|\n\n"),
    "orphans after comments": repeated("<!-- x -->\na|b\n\n", "|a|b|\n|-|-|\n"),
    "cells with links": repeated("|[a](b.md)|<b>x|\n", "|a|b|\n|-|-|\n"),
    "cells with emphasis": repeated("a_ ", "|a|\n|-|\n|"),
    "cells with tags": repeated("<b>", "|a|\n|-|\n|"),
    "cells with lists": repeated("<ul><li>", "|a|\n|-|\n|"),
    "cells with code": repeated("|`a`|b\n", "|a|b|\n|-|-|\n"),
    "tables in quotes": repeated("> |a|\n> |-|\n> |b|\n>\n"),
    "table rows in quotes": repeated("> |a|\n", "> |a|\n> |-|\n"),
    "table then lazy": repeated("a\n", "> |a|\n> |-|\n"),
    # Suppression
    "directives": repeated("<!-- tldr-lint-disable TL202 -->\n"),
    "directives apart": repeated("<!-- tldr-lint-disable TL202 -->\n\n"),
    "directives that close": repeated("<!-- tldr-lint-disable -->\n<!-- tldr-lint-enable -->\n"),
    "directives next table": repeated("<!-- tldr-lint-disable-next-table -->\n\n"),
    "directive of many": repeated(" TL2", "<!-- tldr-lint-disable", " -->\n"),
    "directive unknown": repeated(" x", "<!-- tldr-lint-disable", " -->\n"),
    "directive reason": repeated(" --", "<!-- tldr-lint-disable TL2", " -->\n"),
    "directives in cells": repeated("|a <!-- tldr-lint-disable-line -->|\n", "|a|\n|-|\n"),
    "directives in one row": repeated("|a <!-- tldr-lint-disable-line TL202 -->", "|a|\n|-|\n"),
    "directives of used words": repeated(
        " TL202 TL209", "|a|\n|-|\n|a|b <!-- tldr-lint-disable-line", " -->|\n"
    ),
    "directive spaces": repeated(" ", "<!--", "x"),
}
"""Name → maker."""
