"""The picture of a course in words, for users who cannot see it."""

from __future__ import annotations

from cds_service.sandbox.pages.canvas import when
from cds_service.sandbox.pages.steps import Step
from cds_service.sandbox.pages.timeline import Timeline


def described(timeline: Timeline) -> str:
    """Everything that the picture shows."""
    zone = timeline.zone
    doses = ", ".join(f"{dose.text} {when(dose.start, zone)}" for dose in timeline.doses)
    scores = ", ".join(f"{point.text} ({when(point.time, zone)})" for point in timeline.points)
    grades = ", ".join(f"{grade_in_words(step)} from {when(step.time, zone)}" for step in timeline.steps)
    fevers = [f"{one.text} ({when(one.time, zone)})" for one in timeline.temperatures if one.value >= timeline.fever]
    lanes = ", ".join(lane.label for lane in timeline.lanes)
    return (
        f"Therapy: {doses or 'none found'}. {timeline.instrument}: {scores or 'none recorded'}. "
        f"ICANS grade: {grades or 'not gradable'}. "
        f"Temperature of {timeline.fever:g} °C or more: {', '.join(fevers) or 'none'}. "
        f"{f'Also drawn: {lanes}. ' if lanes else ''}Up to {when(timeline.end, zone)}."
    )


def grade_in_words(step: Step) -> str:
    """The grade of a step, and how certain it is."""
    if step.attributed is not None:
        return f"{step.attributed} if nothing else explains it"
    if step.lo is None:
        return "not gradable"
    return str(step.lo) if step.lo == step.hi else f"at least {step.lo}"


def grade_in_short(step: Step) -> str:
    """The same in two or three characters."""
    if step.attributed is not None:
        return f"{step.attributed} ?"
    if step.lo is None:
        return "?"
    return str(step.lo) if step.lo == step.hi else f"\N{GREATER-THAN OR EQUAL TO} {step.lo}"
