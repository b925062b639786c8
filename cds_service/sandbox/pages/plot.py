"""The picture of a course: scores, grades, temperatures and drugs over one time axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from cds_service.sandbox.pages.canvas import Axis, Canvas, Dot, Label, Scale, when
from cds_service.sandbox.pages.steps import Step
from cds_service.sandbox.pages.timeline import Lane, Point, Timeline
from cds_service.sandbox.pages.words import grade_in_short, grade_in_words

WIDE, NARROW = 640, 356
_LEFT, _RIGHT, _TITLE, _GAP, _FOOT = 34, 52, 18, 18, 52
_SCORES, _GRADES, _TEMPERATURES, _LANE = 136, 84, 84, 18
_TEXT_MIDDLE, _NAME_WIDTH, _LABEL_WIDTH, _MARGIN = 3.5, 6.2, 18.0, 0.02
_FAINT_AFTER = timedelta(days=1)
_GRADE_MAX, _COOL, _HOT = 4, 36.0, 39.5


def plot_of(timeline: Timeline, width: int) -> Canvas:
    """The picture at this width."""
    margin = (timeline.end - timeline.start) * _MARGIN
    axis = Axis(timeline.start - margin, timeline.end + margin, _LEFT, width - _RIGHT, timeline.zone)
    canvas = Canvas(width)
    bottom: float = -_GAP
    if timeline.scored:
        bottom = _draw_scores(canvas, axis, timeline, bottom + _GAP + _TITLE)
        bottom = _draw_grades(canvas, axis, timeline, bottom + _GAP + _TITLE)
    if timeline.temperatures:
        bottom = _draw_temperatures(canvas, axis, timeline, bottom + _GAP + _TITLE)
    if timeline.lanes:
        bottom = _draw_lanes(canvas, axis, timeline, bottom + _GAP)
    _draw_time(canvas, axis, timeline, bottom)
    canvas.height = bottom + _FOOT
    return canvas


def _draw_scores(canvas: Canvas, axis: Axis, timeline: Timeline, top: float) -> float:
    scale = Scale(-0.5, timeline.top + 0.5, top, top + _SCORES)
    canvas.labels.append(Label(_LEFT, top - 6, f"{timeline.instrument} (0-{timeline.maximum})", "title"))
    for band in timeline.bands:
        upper, lower = scale.y(min(band.last, timeline.top) + 0.5), scale.y(band.first - 0.5)
        canvas.box(_LEFT, upper, axis.right, lower, f"band grade-{band.grade}")
        middle = (upper + lower) / 2 + _TEXT_MIDDLE
        canvas.labels.append(Label(axis.right + 5, middle, f"grade {band.grade}", "tick"))
    for value in (0, timeline.top // 2, timeline.top):
        _label_value(canvas, scale, value)
    _draw_points(canvas, axis, scale, timeline)
    return scale.bottom


def _draw_points(canvas: Canvas, axis: Axis, scale: Scale, timeline: Timeline) -> None:
    points = [point for point in timeline.points if axis.holds(point.time)]
    places = [(axis.x(point.time), scale.y(point.value)) for point in points]
    _join(canvas, points, places, "score")
    for point, (x, y) in zip(points, places, strict=True):
        what = f"{timeline.instrument} {point.text}{', before the therapy' if point.baseline else ''}"
        style = "score hollow" if point.baseline else "score"
        canvas.dots.append(Dot(x, y, style, f"{what}: {when(point.time, axis.zone)}"))
    for point, (x, y) in _spaced(points, places):
        above = y - 8 if y - 8 > scale.top + 4 else y + 16
        canvas.labels.append(Label(x, above, point.text, "value", "middle"))


def _draw_grades(canvas: Canvas, axis: Axis, timeline: Timeline, top: float) -> float:
    scale = Scale(0, _GRADE_MAX, top + 4, top + _GRADES)
    canvas.labels.append(Label(_LEFT, top - 4, "ICANS grade", "title"))
    for grade in range(_GRADE_MAX + 1):
        canvas.line((_LEFT, scale.y(grade)), (axis.right, scale.y(grade)), "grid")
        _label_value(canvas, scale, grade)
    ends = [*(step.time for step in timeline.steps[1:]), timeline.end]
    before: Step | None = None
    for step, end in zip(timeline.steps, ends, strict=False):
        if end >= timeline.start:
            _draw_step(canvas, scale, step, (axis.x(step.time), axis.x(end)))
            if before and None not in (before.lo, step.lo):
                x = axis.x(step.time)
                canvas.line((x, scale.y(before.lo or 0)), (x, scale.y(step.lo or 0)), "grade")
            before = step
    _draw_present(canvas, axis, scale, timeline)
    return scale.bottom


def _draw_present(canvas: Canvas, axis: Axis, scale: Scale, timeline: Timeline) -> None:
    """The current grade, which would be hidden if its line has only just begun."""
    if not timeline.steps:
        return
    step, x = timeline.steps[-1], axis.x(timeline.end)
    shown = step.attributed if step.attributed is not None else step.lo
    if shown is not None:
        style = "grade hollow" if step.attributed is not None else "grade"
        canvas.dots.append(Dot(x, scale.y(shown), style, f"now: {grade_in_words(step)}"))
    canvas.labels.append(Label(axis.right + 5, scale.y(shown or 0) + _TEXT_MIDDLE, grade_in_short(step), "present"))


def _draw_step(canvas: Canvas, scale: Scale, step: Step, ends: tuple[float, float]) -> None:
    """The lowest possible grade as a line, the range above as a hatched box, attribution as a dashed line."""
    left, right = ends
    lo = step.lo or 0
    if step.hi > lo:
        canvas.box(left, scale.y(step.hi), right, scale.y(lo), "open")
    if step.lo is not None:
        canvas.line((left, scale.y(lo)), (right, scale.y(lo)), "grade")
    if step.attributed is not None:
        canvas.line((left, scale.y(step.attributed)), (right, scale.y(step.attributed)), "grade attributed")


def _draw_temperatures(canvas: Canvas, axis: Axis, timeline: Timeline, top: float) -> float:
    points = [point for point in timeline.temperatures if axis.holds(point.time)]
    values = [point.value for point in points]
    scale = Scale(min([_COOL, *values]), max([_HOT, *values]), top + 12, top + _TEMPERATURES)
    canvas.labels.append(Label(_LEFT, top - 4, "Temperature (°C)", "title"))
    canvas.line((_LEFT, scale.bottom), (axis.right, scale.bottom), "grid")
    canvas.line((_LEFT, scale.y(timeline.fever)), (axis.right, scale.y(timeline.fever)), "limit")
    for value in (_COOL, timeline.fever):
        _label_value(canvas, scale, value)
    places = [(axis.x(point.time), scale.y(point.value)) for point in points]
    _join(canvas, points, places, "temperature")
    for point, (x, y) in zip(points, places, strict=True):
        style = "fever" if point.value >= timeline.fever else "temperature"
        canvas.dots.append(Dot(x, y, style, f"{point.text} °C: {when(point.time, axis.zone)}"))
    _label_fevers(canvas, points, places, timeline.fever)
    return scale.bottom


def _label_fevers(canvas: Canvas, points: Sequence[Point], places: Sequence[tuple[float, float]], fever: float) -> None:
    """The temperatures of a fever above their dots, unless another dot is in the way."""
    free = [
        index
        for index, place in enumerate(places)
        if points[index].value >= fever and not any(_is_under_label(other, *place) for other in places)
    ]
    for point, (x, y) in _spaced([points[index] for index in free], [places[index] for index in free], 1.7):
        canvas.labels.append(Label(x, y - 7, point.text, "value", "middle"))


def _is_under_label(place: tuple[float, float], x: float, y: float) -> bool:
    """Whether a dot would be behind the temperature written above the one at x, y."""
    return abs(place[0] - x) < _LABEL_WIDTH and y - _LABEL_WIDTH < place[1] < y - _TEXT_MIDDLE


def _draw_lanes(canvas: Canvas, axis: Axis, timeline: Timeline, top: float) -> float:
    """One line per drug or sign; its name is above its marks, so that both fit on a phone."""
    bottom = top
    for lane in timeline.lanes:
        bottom += 2 * _LANE
        canvas.labels.append(Label(_LEFT, bottom - _LANE, lane.label, "lane-name"))
        canvas.line((_LEFT, bottom - 6), (axis.right, bottom - 6), "grid")
        _draw_marks(canvas, axis, lane, bottom - 6)
    return bottom


def _draw_marks(canvas: Canvas, axis: Axis, lane: Lane, y: float) -> None:
    for mark in lane.marks:
        left, right = axis.x(mark.start), axis.x(mark.end)
        if right > left:
            canvas.line((left, y), (right, y), "given")
        if axis.holds(mark.start):
            canvas.dots.append(Dot(left, y, "given", f"{mark.text}: {when(mark.start, axis.zone)}"))


def _draw_time(canvas: Canvas, axis: Axis, timeline: Timeline, bottom: float) -> None:
    for tick in axis.ticks():
        canvas.line((tick.x, _TITLE), (tick.x, bottom + 4), "midnight" if tick.midnight else "hour")
        style = "tick day" if tick.midnight else "tick"
        canvas.labels.append(Label(tick.x, bottom + 17, tick.text, style, "middle"))
        day = timeline.day_at(tick.moment) if tick.midnight else None
        if day is not None:
            canvas.labels.append(Label(tick.x, bottom + 31, f"day {day}", "tick", "middle"))
    for dose in timeline.doses:
        if axis.holds(dose.start):
            x = axis.x(dose.start)
            canvas.line((x, _TITLE - 4), (x, bottom + 4), "dose")
            canvas.labels.append(Label(x, bottom + 46, dose.text, "dose-name", _anchor(axis, x, dose.text)))
    now = axis.x(timeline.end)
    canvas.line((now, _TITLE - 4), (now, bottom + 4), "now")
    canvas.labels.append(Label(axis.right, bottom + 46, f"now, {when(timeline.end, axis.zone)}", "tick", "end"))


def _join(canvas: Canvas, points: Sequence[Point], places: Sequence[tuple[float, float]], style: str) -> None:
    """Lines between points; faint across a gap long enough for the value to have changed unnoticed."""
    for (earlier, start), (later, end) in pairwise(zip(points, places, strict=True)):
        canvas.line(start, end, f"{style} faint" if later.time - earlier.time > _FAINT_AFTER else style)


def _anchor(axis: Axis, x: float, text: str) -> str:
    return "start" if x - len(text) * _NAME_WIDTH / 2 < axis.left else "middle"


def _label_value(canvas: Canvas, scale: Scale, value: float) -> None:
    canvas.labels.append(Label(_LEFT - 6, scale.y(value) + _TEXT_MIDDLE, f"{value:g}", "tick", "end"))


class _Labelled(NamedTuple):
    """A point to label, and its place on the canvas."""

    point: Point
    place: tuple[float, float]


def _spaced(points: Sequence[Point], places: Sequence[tuple[float, float]], room: float = 1.0) -> Iterator[_Labelled]:
    """The points to label: no repeated value and no overlapping labels; the newest takes precedence."""
    limit = float("inf")
    for index in reversed(range(len(points))):
        changed = index in (0, len(points) - 1) or points[index].text != points[index - 1].text
        if changed and limit - places[index][0] >= _LABEL_WIDTH * room:
            limit = places[index][0]
            yield _Labelled(points[index], places[index])
