"""What one piece of inline content holds, while it is being gathered."""

from __future__ import annotations

from tldr_lint.records import dataclass, field


@dataclass(frozen=True, slots=True)
class InlineLink:
    """A link or image; offsets are of the content. `label` is set where it goes by reference."""

    start: int
    end: int
    image: bool
    auto: bool
    label_start: int
    label_end: int
    target: str
    target_start: int
    target_end: int
    reference: str | None = None


@dataclass(slots=True)
class InlineFacts:
    """What one piece of inline content holds, as offsets of that content."""

    links: list[InlineLink] = field(default_factory=list)
    bare: list[tuple[int, int]] = field(default_factory=list)
    html: list[tuple[int, int]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    undefined: list[tuple[int, int, str]] = field(default_factory=list)
    markers: list[tuple[int, int]] = field(default_factory=list)
