"""The course in words: CRS beside ICANS, the history of grades, hypotension without fever (rules C1, C4, C5, C7)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.facts.patient import Measured
from cds_service.clinical.grading import crs as cytokine
from cds_service.clinical.grading.comparison import Improved
from cds_service.clinical.grading.crs import Basis, Vasopressors
from cds_service.clinical.grading.crs_course import LowPressure
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.words.advice import advice_lines
from cds_service.rendering.words.values import basis_text, number_text
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import bullets


def course_sentences(view: View) -> Iterator[str]:
    """One paragraph."""
    sentences = (*_crs(view), *_grades(view), *_baseline(view), *_improved(view), *_doses(view))
    yield " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences)


def _crs(view: View) -> Iterator[str]:
    crs = view.evaluation.crs
    resolved = crs.certainty is Certainty.EXACT and not crs.grade
    key = ("resolved" if crs.gate == cytokine.OPEN else "none") if resolved else str(crs.certainty)
    basis = ", ".join(_basis(view, part) for part in crs.basis)
    yield view.say(f"detail.crs.{key}", grade=crs.grade, hi=crs.range.hi, trend=_crs_trend(view), basis=basis)
    peak, onset = view.evaluation.crs_context.course.peak, view.evaluation.crs_context.course.onset
    if peak is not None and onset is not None:
        key = "peak" if peak.time == onset else "peak-later"
        yield view.say(f"detail.crs.{key}", grade=peak.range.lo, time=view.at(peak.time), onset=view.at(onset))
    record = view.evaluation.charted_crs
    if record is not None and not record.differs:
        yield view.say("detail.charted.crs", grade=record.grade, time=view.at(record.time))


def crs_deciding(view: View) -> str:
    """The CRS grade with the fever and the findings that decide it, in short."""
    crs = view.evaluation.crs
    found = ", ".join(_briefly(view, part) for part in crs.basis if part.value and _decides(part, crs.range.lo))
    return view.say(f"detail.crs.{crs.certainty}", grade=crs.range.lo, hi=crs.range.hi, trend="", basis=found)


def _decides(part: Basis, grade: int) -> bool:
    return bool(part.range.lo) and (part.name == cytokine.FEVER or part.range.lo == grade)


def _briefly(view: View, part: Basis) -> str:
    if isinstance(part.value, Vasopressors):
        return view.say("detail.crs.vasopressors", drugs=basis_text(view, part))
    value = basis_text(view, part)
    return f"{view.say('status.basis.fever')} {value}" if part.name == cytokine.FEVER else value


def _crs_trend(view: View) -> str:
    course = view.evaluation.crs_context.course
    return view.say(f"detail.crs-trend.{course.trend}", before=course.before) if course.trend else ""


def _basis(view: View, part: Basis) -> str:
    fever = part.name == cytokine.FEVER and not part.range.lo
    name = view.say(f"status.basis.{'temperature' if fever else part.name}")
    if not part.value:
        return f"{name} {view.say('status.value.not-recorded')}"
    value = basis_text(view, part)
    if isinstance(part.value, Vasopressors):
        return view.say("detail.crs.vasopressors", drugs=value)
    named = f"{name} {value}" if part.name == cytokine.FEVER else value
    return named + (f" ({view.at(part.time)})" if part.time else "")


def _grades(view: View) -> Iterator[str]:
    evaluation, history = view.evaluation, view.evaluation.history
    peak, record = history.peak, evaluation.charted_icans
    if peak is not None and peak.all.lo:
        onset = view.at(history.onset) if history.onset else ""
        yield view.say("detail.course.peak", grade=peak.all.lo, time=view.at(peak.time), onset=onset)
    if history.last_known is not None and history.last_known is not history.now and evaluation.icans.grade is None:
        known = history.last_known
        yield view.say("detail.course.last-known", grade=known.known_grade, time=view.at(known.time))
    if record is not None and not record.differs:
        yield view.say("detail.charted.same", grade=record.grade, time=view.at(record.time))


def _baseline(view: View) -> Iterator[str]:
    scores = view.evaluation.scores
    if scores.baseline is not None:
        key = "at-baseline" if scores.at_baseline else "baseline"
        now = scores.present.points if scores.present else view.say("status.value.not-recorded")
        yield view.say(f"detail.course.{key}", instrument=view.instrument, points=scores.baseline.points, now=now)
    if scores.lost and scores.earlier is not None:
        names = ", ".join(view.say(f"status.item.{item}") for item in scores.lost)
        since = view.at(scores.earlier.time)
        yield view.say("detail.course.items-lost", instrument=view.instrument, time=since, items=names)


def _improved(view: View) -> Iterator[str]:
    """Signs of the leaflet that have resolved: less confusion, sleepiness, tremor, headache."""
    improved, score = view.evaluation.earlier.improved, view.score
    if improved and score is not None and score.time is not None:
        signs = ", ".join(_gone(view, one) for one in improved)
        yield view.say("detail.course.improved", time=view.at(score.time), signs=signs)


def _gone(view: View, one: Improved) -> str:
    sign = view.say(f"status.value.{one.sign}")
    return view.say("detail.course.improved-sign", sign=sign, time=view.at(one.last))


def _doses(view: View) -> Iterator[str]:
    """If a therapy was given in several doses, also the day since the first."""
    therapy = view.evaluation.therapy
    if therapy is not None and therapy.doses > 1:
        yield view.say("detail.course.doses", doses=therapy.doses, first=therapy.first_day)


def crs_grade(view: View) -> str:
    """The grade and whether it is only a floor; empty if there is none."""
    crs = view.evaluation.crs
    return view.say(f"status.crs.{'exact' if crs.certainty is Certainty.EXACT else 'at-least'}", grade=crs.range.lo)


def crs_lines(view: View) -> Iterator[str]:
    """Hypotension without fever, and what is needed to decide if vasopressors or a ventilator are for CRS."""
    low = view.evaluation.crs_context.low_pressure
    if low is not None:
        yield view.say(f"detail.low-pressure.{low.act}", what=low_pressure_text(view, low))
    support = view.evaluation.crs_context.support
    if support is not None:
        yield view.say(f"detail.now.{support.lacks}")


def low_pressure_text(view: View, low: LowPressure) -> str:
    """The pressure with its time, else what supports it: "Systolic 72 mmHg (09:00)"."""
    if low.pressure is None:
        drugs = ", ".join(map(view.drug, low.vasopressors))
        return view.say("detail.low-pressure.vasopressors", drugs=drugs)
    value = number_text(Measured.of(low.pressure, "mm[Hg]"))
    return view.say(f"detail.low-pressure.{low.pressure.concept}", value=value, time=view.at(low.pressure.time))


def crs_options(view: View) -> Iterator[str]:
    """The advice by CRS grade alone (rule C6), under a title."""
    entries, grade = view.evaluation.crs_advice, view.evaluation.crs.range.lo
    has_doses = any(regimen.has_dose for entry in entries for regimen in entry.regimens)
    key = "crs" if has_doses or not any(entry.regimens for entry in entries) else "crs-class"
    yield from bullets(view.say(f"detail.section.{key}", grade=grade), advice_lines(view, entries)) if entries else ()
