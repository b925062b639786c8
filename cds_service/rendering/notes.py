"""Fixed sentences that a situation asks for, and findings that are shown without being graded."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.attention import Attention
from cds_service.clinical.grade import Certainty, Range
from cds_service.clinical.instrument import CAPD
from cds_service.rendering.view import View


def note_lines(view: View) -> Iterator[str]:
    """One line a note."""
    evaluation, icans = view.evaluation, view.evaluation.icans
    if icans.certainty is Certainty.AT_LEAST:
        yield view.say("detail.note.minimum")
    if icans.all.lo:
        yield view.say(f"detail.note.tocilizumab{'-caution' if evaluation.crs.range.lo else ''}")
    if evaluation.day is not None and evaluation.day >= evaluation.chart.rules.decisions.late.outside_window_from_day:
        yield view.say("detail.note.window", day=evaluation.day)
    if view.arousal and view.arousal.scale not in ("", "ASTCT"):
        yield view.say("detail.note.scale", scale=view.arousal.scale)
    if evaluation.instrument == CAPD and view.score and view.score.range == Range(1, 1):
        yield view.say("detail.note.capd")
    if evaluation.attention is Attention.NO_THERAPY:
        yield view.say("detail.note.no-therapy")
    yield from _context(view)


def _context(view: View) -> Iterator[str]:
    """Symptoms that are no grade, and drugs that explain nothing by themselves."""
    symptoms = [str(record.value) for record in view.newest("neuro-symptom")]
    others = [str(record.value) for record in view.newest("motor-finding") if record.value != "none"]
    graded = view.evaluation.chart.rules.grading.motor
    named = dict.fromkeys(text.replace("-", " ") for text in (*symptoms, *(o for o in others if o not in graded)))
    if named:
        yield view.say("detail.note.symptoms", symptoms=", ".join(named))
