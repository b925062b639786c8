"""Shapes of an inline SVG, named by what they are drawn as; templates/timeline.svg draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle with a corner at x, y."""

    x: float
    y: float
    width: float
    height: float
    style: str


class Line(NamedTuple):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: str


class Dot(NamedTuple):
    """A point of the record, with the text that a pointer brings up."""

    x: float
    y: float
    style: str
    text: str


class Label(NamedTuple):
    """A text at x, y; `anchor` is SVG's."""

    x: float
    y: float
    text: str
    style: str
    anchor: str = "start"


@dataclass(slots=True)
class Canvas:
    """Shapes in the order in which they are drawn: boxes lowest, labels on top."""

    width: int
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def box(self, left: float, top: float, right: float, bottom: float, style: str) -> None:
        """A rectangle by its edges."""
        self.boxes.append(Box(left, top, round(right - left, 1), round(bottom - top, 1), style))

    def line(self, start: tuple[float, float], end: tuple[float, float], style: str) -> None:
        """A straight line between two points."""
        self.lines.append(Line(*start, *end, style))
