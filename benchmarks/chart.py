"""Bars as SVG, readable on a light and on a dark page."""

from collections.abc import Mapping
from html import escape

_WIDTH, _LEFT, _BAR, _GAP, _HEAD = 760, 190, 16, 6, 34
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.head { font-weight: 600; }
.bar { fill: #8c959f; }
.ours { fill: #1f6feb; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .bar { fill: #6e7681; } }
"""


def chart(groups: Mapping[str, Mapping[str, float]], ours: str) -> str:
    """One group of bars for each case, seconds by tool, the shortest first; ours stands out.

    Each group has a scale of its own, from nothing to its longest bar.
    """
    parts: list[str] = []
    y = 4
    for title, bars in groups.items():
        parts.append(f'<text class="head" x="4" y="{y + 20}">{escape(title)}</text>')
        y += _HEAD
        longest = max(bars.values())
        for tool, seconds in sorted(bars.items(), key=lambda bar: bar[1]):
            width = max(1.0, seconds / longest * (_WIDTH - _LEFT - 90))
            kind = "bar ours" if tool == ours else "bar"
            middle = y + _BAR - 3
            parts += [
                f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{escape(tool)}</text>',
                f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}"/>',
                f'<text x="{_LEFT + width + 6:.1f}" y="{middle}">{_time(seconds)}</text>',
            ]
            y += _BAR + _GAP
        y += 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" role="img">'
        f"<title>Wall time by case and tool</title><style>{_STYLE}</style>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
