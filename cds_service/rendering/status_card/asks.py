"""What to do next, in a few words each, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.grading.concern import Concern
from cds_service.clinical.grading.icans import Domain
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables import next_dose
from cds_service.clinical.tables.advice import AFTER_TOCILIZUMAB, LATER
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.status_card.crs import crs_asks
from cds_service.rendering.status_card.look_alikes import first_texts
from cds_service.rendering.words.view import View

# Only being unarousable is worse than grade 3: then the one thing to find out is whether the patient can be woken.
_ALL_BUT_COMA = 3
# Asks for a score now.
ASSESSING = ("assess", "assess-score")


def asks_of(view: View) -> Iterator[str]:
    """A cause that is treated at once, then settle what is open, then treat, then look again."""
    first = first_texts(view)
    if first:
        yield view.say("status.ask.first", what=", ".join(first))
    if view.evaluation.attention is Attention.NO_THERAPY and view.therapy_checked:
        yield view.say("status.ask.therapy")
    yield from _settling(view)
    if view.evaluation.attention is not Attention.NO_THERAPY:
        yield from _treating(view)
    yield from _next(view)


def settling_key(view: View) -> str:
    """What would settle the grade: a key of the asks; empty where nothing is open, or not by looking now."""
    icans = view.evaluation.icans
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        return "causes"
    if icans.certainty is Certainty.EXACT:
        return ""
    if view.spell:
        return "" if icans.grade else "sedated"
    score, arousal = _is_open(view.score) and not needs_birth_date(view), _is_open(view.arousal)
    if arousal and icans.all.lo >= _ALL_BUT_COMA:
        return "arousal"
    if score and arousal:
        return "assess"
    return "assess-score" if score else "assess-arousal" if arousal else ""


def needs_birth_date(view: View) -> bool:
    """Whether scores are there, and only the birth date would say which counts (rule T7)."""
    return view.score is not None and view.score.concern is Concern.BIRTH_DATE


def _settling(view: View) -> Iterator[str]:
    key = settling_key(view)
    if needs_birth_date(view):
        yield view.say("status.ask.birth-date")
    if key:
        yield view.say(f"status.ask.{key}", instrument=view.instrument)
    if key in ASSESSING and view.evaluation.instrument is None:
        yield view.say("status.ask.birth-date")


def _is_open(domain: Domain | None) -> bool:
    return domain is not None and domain.range.lo != domain.range.hi


def _treating(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    if view.evaluation.crs_leads:
        yield from crs_asks(view)
    wanted = [key for key, holds in _treatments(view).items() if holds]
    if wanted:
        yield view.say(f"status.ask.{'-'.join(wanted)}")
    for action in (next_dose.STOP, next_dose.WITHHOLD):
        if action in evaluation.recommendations:
            running = any(one.row.action == action and _is_infused(one) for one in evaluation.advice)
            yield view.say(f"status.ask.{action}{'-infusion' if running else ''}")
    if not view.evaluation.crs_leads:
        yield from crs_asks(view)


def _is_infused(entry: Advice) -> bool:
    """Whether the therapy runs for days: there is a dose to interrupt, not a next one."""
    return entry.row.next_dose is not None and entry.row.next_dose.interrupt


def _treatments(view: View) -> dict[str, bool]:
    """ICU and one thing about the corticosteroid; their keys joined name the phrase."""
    evaluation, treatment = view.evaluation, view.evaluation.treatment
    rows = [entry.row for entry in evaluation.advice if entry.row.action == "corticosteroid"]
    now = [row for row in rows if row.strength != "may" and row.condition not in LATER]
    after = [row for row in rows if row.condition in AFTER_TOCILIZUMAB and treatment.tocilizumab.total]
    prompted = treatment.escalate or treatment.taper
    return {
        "icu": "icu" in evaluation.recommendations,
        "escalate": treatment.escalate,
        "taper": treatment.taper and not treatment.escalate,
        "running": treatment.on_corticosteroid and not prompted and bool(rows),
        "steroid": bool(now or after) and not treatment.on_corticosteroid and not prompted and not _is_usual(view),
    }


def _is_usual(view: View) -> bool:
    """Whether the grade is but a score that is no worse than before the therapy."""
    icans = view.evaluation.icans
    return view.evaluation.scores.at_baseline and icans.score is not None and icans.decided_by == (icans.score.name,)


def _next(view: View) -> Iterator[str]:
    """The next score; under sedation none is due (rule A1), and what is asked for now has no later time."""
    due, key = view.evaluation.next_assessment, settling_key(view)
    if view.spell:
        if key != "sedated":
            yield view.say("status.ask.lightened")
    elif due is not None and due > view.evaluation.as_of and key not in ASSESSING:
        yield view.say("status.ask.next", instrument=view.instrument, time=view.at_briefly(due))
    elif due is not None and not key:
        yield view.say("status.ask.overdue", instrument=view.instrument)
