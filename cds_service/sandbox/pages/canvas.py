"""The canvas of the chart picture: shapes, axes, and the moments that are labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
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
    """A point of the record, with its tooltip."""

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
    """Shapes in drawing order: boxes at the bottom, labels on top."""

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


# Natural steps between labels.
_STEPS = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336)
_SPACE_A_LABEL = 50.0


class Tick(NamedTuple):
    """A labelled moment."""

    moment: datetime
    x: float
    text: str
    midnight: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` at `left` to `end` at `right`, in the ward's zone."""

    start: datetime
    end: datetime
    left: float
    right: float
    zone: tzinfo

    def x(self, moment: datetime) -> float:
        """The position of a moment; one outside the axis is placed at its edge."""
        share = (moment - self.start) / (self.end - self.start)
        return round(self.left + (self.right - self.left) * min(max(share, 0.0), 1.0), 1)

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is on the axis."""
        return self.start <= moment <= self.end

    def ticks(self) -> Iterator[Tick]:
        """As many labels as fit: midnights with their date, and times of day in between."""
        step = self._hours_between()
        local = self.start.astimezone(self.zone)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        number = 0
        while True:
            wall = day + timedelta(hours=number * step)
            moment = wall.replace(tzinfo=self.zone)
            number += 1
            if moment > self.end:
                return
            if moment >= self.start:
                midnight = not wall.hour
                yield Tick(moment, self.x(moment), f"{wall.day} {wall:%b}" if midnight else f"{wall:%H:%M}", midnight)

    def _hours_between(self) -> int:
        hours = (self.end - self.start) / timedelta(hours=1)
        room = (self.right - self.left) / _SPACE_A_LABEL
        return next((step for step in _STEPS if hours / step <= room), _STEPS[-1])


class Scale(NamedTuple):
    """The vertical scale of a panel: `low` at `bottom`, `high` at `top`."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        """The position of a value."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def when(moment: datetime, zone: tzinfo) -> str:
    """A moment as written in the picture's texts."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %H:%M}"
