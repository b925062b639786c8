"""Fixed sentences for particular situations, and findings that are shown without being graded."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course.concepts import CAPD
from cds_service.clinical.course.consciousness import Scale
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.advice import ADULT
from cds_service.clinical.tables.grade import Certainty, Range
from cds_service.clinical.tables.labels import ASTCT
from cds_service.clinical.tables.vocabulary import Action, TherapyClass
from cds_service.rendering.status_card.treatment import recent_text
from cds_service.rendering.words.view import View

# Advice that does not treat anything now.
UNTREATED = frozenset({Action.MONITOR, *(action for action in Action if action.is_of_next_dose)})


def note_lines(view: View) -> Iterator[str]:
    """One line per note."""
    yield from _about_the_grade(view)
    yield from _about_the_advice(view)
    yield from _context(view)


def _about_the_grade(view: View) -> Iterator[str]:
    evaluation, icans = view.evaluation, view.evaluation.icans
    if icans.certainty is Certainty.AT_LEAST:
        yield view.say("detail.note.minimum")
    if evaluation.therapy is not None and evaluation.therapy.is_late:
        yield view.say("detail.note.window", day=evaluation.day)
    if view.evaluation.icans.arousal and view.evaluation.icans.arousal.scale not in (None, Scale.ASTCT):
        yield view.say("detail.note.scale", scale=view.evaluation.icans.arousal.scale)
    unknown_baseline = evaluation.scores.baseline is None
    if evaluation.instrument == CAPD and view.score and view.score.range == Range(1, 1) and unknown_baseline:
        yield view.say("detail.note.capd")


def _about_the_advice(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    actions = {entry.row.action for entry in evaluation.advice} - UNTREATED
    if Action.TOCILIZUMAB in actions:
        yield view.say("detail.note.tocilizumab-caution")
    elif actions:
        yield view.say(f"detail.note.tocilizumab{'-crs-unknown' if evaluation.profile.crs_may_be else ''}")
    if Action.CORTICOSTEROID in actions and evaluation.profile.age_group != ADULT:
        yield view.say(f"detail.note.{'child' if evaluation.profile.age_group else 'age-unknown'}")
    yield from _about_the_label(view)
    if evaluation.attention is Attention.NO_THERAPY:
        yield view.say(f"detail.note.{'no' if view.therapy_checked else 'unknown'}-therapy")
    dose = evaluation.last_dose
    if dose is not None and dose.therapy_class != TherapyClass.CAR_T and actions:
        yield view.say("detail.note.other-therapy", therapy_class=dose.therapy_class)


def _about_the_label(view: View) -> Iterator[str]:
    """If the label uses another scale, gives no dose or is not available here; only if there is ICANS."""
    label, brand = view.evaluation.label.row, view.evaluation.label.untranscribed
    if not view.evaluation.icans.known_grade:
        return
    if brand:
        yield view.say("labels.untranscribed.text", brand=brand)
    if label is None:
        return
    if not label.doses:
        yield view.say("labels.note.no-doses", brand=label.brand)
    if label.scale != ASTCT and any(entry.label for entry in view.evaluation.advice):
        yield view.say(f"labels.note.{label.scale}", brand=label.brand)


def _context(view: View) -> Iterator[str]:
    """Symptoms, a low Glasgow total, and drugs that may lower ICE and arousal."""
    signs, listed = view.evaluation.signs, view.evaluation.may_lower
    symptoms = [view.say(f"status.value.{record.value}") for record in signs.symptoms]
    if symptoms:
        yield view.say("detail.note.symptoms", symptoms=", ".join(dict.fromkeys(symptoms)))
    if signs.low_glasgow is not None:
        yield view.say("detail.note.glasgow", total=signs.low_glasgow.total, time=view.at(signs.low_glasgow.time))
    if listed:
        yield view.say("detail.note.listed", drugs=", ".join(recent_text(view, one) for one in listed))
