"""HTML for people who would rather look than read: one page that asks nobody for anything.

A matrix of files and rules, the findings with their source, each drift as a
word diff side by side, and the links by verdict. Everything is there without
scripts; a script adds sorting and filtering. Only the style and the script
written here are allowed to run (Content Security Policy, by hash).
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from types import MappingProxyType

from tldr_lint.answers import Verdict
from tldr_lint.records import TYPE_CHECKING
from tldr_lint.reports.concise import place
from tldr_lint.reports.escape import markup, visible
from tldr_lint.reports.model import closing, count
from tldr_lint.reports.page_assets import SCRIPT, STYLE
from tldr_lint.reports.words import differing
from tldr_lint.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tldr_lint.reports.model import Report
    from tldr_lint.reports.words import Ranges
    from tldr_lint.rule import Diagnostic, Location

_QUOTED = 160
"""Characters of a marked text that are quoted."""

_CONTEXT = 40
"""Characters quoted on either side of it."""

_CLEAN = 2_000
"""Clean files that the matrix lists; thousands of green rows help nobody."""


def render(report: Report) -> Iterator[str]:
    """The whole page."""
    policy = (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            "<title>tldr-lint</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            f"<header><h1>tldr-lint</h1><p>{_text(closing(report))}</p>",
            '<button type="button" id="theme">Light / dark</button></header>',
            *_controls(report),
            "",
        ]
    )
    for section in (_matrix(report), _findings(report), _drifts(report), _links(report)):
        yield from (f"{line}\n" for line in section)
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return markup(visible(text))


def _controls(report: Report) -> list[str]:
    lines = [
        '<div class="controls" role="search">',
        '<input type="search" id="search" aria-label="Filter" placeholder="Filter (press /)">',
    ]
    for severity in sorted(Severity, reverse=True):
        number = sum(d.severity is severity for d in report.diagnostics)
        lines.append(
            f'<label class="{severity.label}"><input type="checkbox" name="severity" '
            f'value="{severity.label}" checked> {count(number, severity.label)}</label>'
        )
    return [*lines, '<span id="hits" class="mild" role="status"></span>', "</div>"]


def _head(names: tuple[str, ...]) -> str:
    cells = "".join(f'<th scope="col"><button type="button">{name}</button></th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _matrix(report: Report) -> list[str]:
    """Files by rules: how often each rule reported in each file."""
    found: dict[str, dict[str, list[tuple[int, Diagnostic]]]] = {path: {} for path in report.items}
    for at, diagnostic in enumerate(report.diagnostics):
        row = found.setdefault(diagnostic.location.path, {})
        row.setdefault(diagnostic.code, []).append((at, diagnostic))
    if not found:
        return []
    names = {d.code: d.name for d in report.diagnostics}
    codes = sorted(names)
    heads = "".join(
        f'<th scope="col" title="{names[code]}"><button type="button">{code}</button></th>'
        for code in codes
    )
    lines = [
        "<h2>Files and checks</h2>",
        '<div class="scroll" tabindex="0" role="region" aria-label="Files and checks">',
        '<table class="matrix">',
        '<thead><tr><th scope="col"><button type="button">File</button></th>',
        f'<th scope="col"><button type="button">All</button></th>{heads}</tr></thead><tbody>',
    ]
    clean = 0
    for path, row in sorted(found.items(), key=lambda entry: (not entry[1], entry[0])):
        clean += not row
        if clean > _CLEAN:
            continue
        total = sum(map(len, row.values()))
        cells = "".join(_matrix_cell(row.get(code, [])) for code in codes)
        all_cell = f'<td data-key="{total}">{total or _GOOD}</td>'
        lines.append(f'<tr><th scope="row">{_text(report.shown(path))}</th>{all_cell}{cells}</tr>')
    lines.append("</tbody></table></div>")
    if clean > _CLEAN:
        lines.append(f'<p class="mild">{count(clean - _CLEAN, "more clean file")}.</p>')
    return lines


_GOOD = '<span class="good" title="nothing found">✓</span>'


def _matrix_cell(found: list[tuple[int, Diagnostic]]) -> str:
    if not found:
        return '<td class="mild" data-key="0">·</td>'
    worst = max(diagnostic.severity for _, diagnostic in found)
    at, first = found[0]
    label = f"{count(len(found), 'finding')} of {first.code} {first.name}"
    return (
        f'<td data-key="{len(found)}"><a class="{worst.label}" href="#f{at}" '
        f'aria-label="{label}">{len(found)}</a></td>'
    )


def _findings(report: Report) -> Iterator[str]:
    if not report.diagnostics:
        return
    yield "<h2>Findings</h2>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Findings"><table>' + _head(
        ("Severity", "Rule", "Place", "Finding")
    )
    yield '<tbody id="findings">'
    for at, found in enumerate(report.diagnostics):
        yield _finding(report, at, found)
    yield "</tbody></table></div>"


def _finding(report: Report, at: int, diagnostic: Diagnostic) -> str:
    label = diagnostic.severity.label
    url = report.url(diagnostic)
    code = f'<a href="{_text(url)}">{diagnostic.code}</a>' if url else diagnostic.code
    shown = _source(report, diagnostic.location)
    fix = diagnostic.fix
    help_ = (
        f'<div class="mild">fix: {_text(fix.message)} ({fix.applicability})</div>' if fix else ""
    )
    return (
        f'<tr id="f{at}" data-severity="{label}">'
        f'<td class="{label}" data-key="{-diagnostic.severity}">{label}</td>'
        f"<td>{code} {diagnostic.name}</td>"
        f'<td class="place"><code>{_text(place(report, diagnostic.location))}</code></td>'
        f"<td>{_message(diagnostic.message)}{help_}{shown}</td></tr>"
    )


def _message(message: str) -> str:
    """A message, what it quotes in back ticks as code."""
    pieces = [_text(piece) for piece in message.split("`")]
    if len(pieces) % 2 == 0:
        return _text(message)
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


def _source(report: Report, location: Location) -> str:
    line = report.line(location.path, location.start.row)
    if not line:
        return ""
    start, end = location.start.column - 1, location.end.column - 1
    if location.end.row != location.start.row:
        end = len(line)
    marked = line[start:end]
    if len(marked) > _QUOTED:
        marked = f"{marked[: _QUOTED // 2]}…{marked[-_QUOTED // 2 :]}"
    before = ("…" if start > _CONTEXT else "") + line[max(0, start - _CONTEXT) : start]
    after = line[end : end + _CONTEXT] + ("…" if len(line) > end + _CONTEXT else "")
    return f"<pre>{_text(before)}<mark>{_text(marked)}</mark>{_text(after)}</pre>"


def _drifts(report: Report) -> list[str]:
    """Findings about two places that should say the same, as word diffs side by side."""
    lines: list[str] = []
    for at, diagnostic in enumerate(report.diagnostics):
        if not diagnostic.related:
            continue
        note = diagnostic.related[0]
        here = _quoted(report, diagnostic.location)
        there = _quoted(report, note.location)
        facts = dict(diagnostic.data)
        base = facts.get("base_value")
        ranges = differing(here, there)
        if not here or not there or (ranges is None and not diagnostic.code.startswith("TL40")):
            continue
        whole = ((0, len(here)),), ((0, len(there)),)
        ours, theirs = ranges or whole
        sides = [
            _side(place(report, diagnostic.location), _marked(here, ours, "del")),
            _side(f"{place(report, note.location)}: {note.message}", _marked(there, theirs, "ins")),
        ]
        if base is not None:
            when = f"when they last agreed, in {str(facts.get('base', ''))[:7]}"
            sides.insert(1, _side(when, _text(str(base))))
        lines.append(
            f'<article data-severity="{diagnostic.severity.label}"><h3>'
            f'<a href="#f{at}">{diagnostic.code}</a> {_message(diagnostic.message)}</h3>'
            f'<div class="sides">{"".join(sides)}</div></article>'
        )
    return ["<h2>Where two places differ</h2>", *lines] if lines else []


def _quoted(report: Report, location: Location) -> str:
    line = report.line(location.path, location.start.row)
    if line is None or location.end.row != location.start.row:
        return ""
    return line[location.start.column - 1 : location.end.column - 1]


def _side(title: str, html: str) -> str:
    return f"<div><p>{_text(title)}</p><div>{html}</div></div>"


def _marked(text: str, ranges: Ranges, tag: str) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in ranges:
        pieces.append(_text(text[at:start]))
        if start < end:
            pieces.append(f"<{tag}>{_text(text[start:end])}</{tag}>")
        at = end
    pieces.append(_text(text[at:]))
    return "".join(pieces)


_VERDICTS = MappingProxyType(
    {
        Verdict.DEAD: "error",
        Verdict.MALFORMED: "error",
        Verdict.UNREACHABLE: "info",
        Verdict.BLOCKED: "info",
        Verdict.ALIVE: "good",
    }
)


def _links(report: Report) -> list[str]:
    if not report.answers:
        return []
    order = list(_VERDICTS)
    ranked = sorted(
        report.answers.items(), key=lambda entry: (order.index(entry[1].verdict), entry[0])
    )
    lines = [
        "<h2>Links by verdict</h2>",
        '<div class="scroll" tabindex="0" role="region" aria-label="Links"><table>'
        + _head(("Verdict", "Link", "Answer")),
        '<tbody id="links">',
    ]
    for url, answer in ranked:
        moved = f" → {answer.final}" if answer.final not in {"", url} else ""
        reason = answer.reason or (str(answer.status) if answer.status is not None else "")
        lines.append(
            f'<tr><td class="{_VERDICTS[answer.verdict]}" data-key="{order.index(answer.verdict)}">'
            f"{answer.verdict}</td><td><code>{_text(url)}</code></td>"
            f"<td>{_text(reason + moved)}</td></tr>"
        )
    return [*lines, "</tbody></table></div>"]
