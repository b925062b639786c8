"""CRS, the course so far, and treatment, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical import charted
from cds_service.clinical.crs import Basis
from cds_service.clinical.grade import Certainty
from cds_service.clinical.steroids import dexamethasone_equivalent
from cds_service.rendering.view import View


def course_sentences(view: View) -> Iterator[str]:
    """One paragraph."""
    yield " ".join(f"{sentence}." for sentence in (*_crs(view), *_grades(view), *_treatment(view)))


def _crs(view: View) -> Iterator[str]:
    crs = view.evaluation.crs
    key = "none" if crs.certainty is Certainty.EXACT and not crs.grade else str(crs.certainty)
    basis = ", ".join(_basis(view, part) for part in crs.basis)
    yield view.say(f"detail.crs.{key}", grade=crs.grade, hi=crs.range.hi, basis=basis)
    record = view.evaluation.charted_crs
    if record is not None:
        yield view.say("detail.charted.crs", grade=int(record.value), time=view.at(record.time))


def _basis(view: View, part: Basis) -> str:
    name = view.wording.word(f"status.domain.{part.name}")
    if not part.value:
        return f"{name} {view.wording.word('status.value.not-recorded')}"
    time = f" at {view.at(part.time)}" if part.time else ""
    return f"{name} {view.wording.word(f'status.value.{part.value}')}{time}"


def _grades(view: View) -> Iterator[str]:
    evaluation, history = view.evaluation, view.evaluation.history
    peak, baseline = history.peak, evaluation.chart.baseline.get(evaluation.instrument or "")
    if peak is not None and peak.all.lo:
        yield view.say("detail.course.peak", grade=peak.all.lo, time=view.at(peak.time))
    if evaluation.icans.grade is None and history.last_known is not None:
        known = history.last_known
        yield view.say("detail.course.last-known", grade=known.known_grade, time=view.at(known.time))
    if baseline is not None:
        yield view.say("detail.course.baseline", instrument=view.instrument, points=baseline.points)
    record = evaluation.charted_icans
    if record is not None and not charted.differs(record, evaluation.icans):
        yield view.say("detail.charted.same", grade=int(record.value), time=view.at(record.time))


def _treatment(view: View) -> Iterator[str]:
    given = view.evaluation.steroid
    if given is None:
        return
    last = view.at(given.doses[-1].time)
    yield view.say("detail.steroid.given", time=view.at(given.started), doses=len(given.doses), last=last)
    equivalents = view.evaluation.chart.rules.decisions.steroids.dexamethasone_equivalent_mg
    total = dexamethasone_equivalent(given.given_recently, equivalents)
    if total is not None:
        yield view.say("detail.steroid.equivalent", mg=f"{total:.3g}")
