"""The properties of a patient that determine which advice applies (rules C5, E3, E4)."""

from __future__ import annotations

from datetime import datetime

from cds_service.clinical.advice.puncture import Puncture
from cds_service.clinical.advice.seizure_risk import SeizureRisk, seizure_risks
from cds_service.clinical.advice.selection import PatientProfile
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import IMAGING, RAISED_ICP, SEIZURE
from cds_service.clinical.course.instrument import age_at
from cds_service.clinical.course.measurements import SODIUM, number, treated_first
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.history import History
from cds_service.clinical.grading.seizure import events
from cds_service.clinical.tables.advice import ADULT, CHILD
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.treatment.since_dose import since_dose
from cds_service.clinical.treatment.so_far import TreatmentSoFar
from cds_service.clinical.treatment.steroids import is_recent, running_steroids

ON_CORTICOSTEROID, NO_IMPROVEMENT = "on-corticosteroid", "no-improvement"
NO_SEIZURE, SEIZED, SEVERAL_SEIZURES = "no-seizure", "seizure", "several-seizures"
OEDEMA, NOTHING_AGAINST_PUNCTURE = "oedema", "nothing-against-lumbar-puncture"
AFTER_TOCILIZUMAB, ONE_DOSE_SO_FAR = "after-tocilizumab", "one-dose-so-far"
SEVERE_HYPONATRAEMIA = "severe-hyponatraemia"
STATES = frozenset(
    {
        ON_CORTICOSTEROID,
        NO_IMPROVEMENT,
        NO_SEIZURE,
        SEIZED,
        SEVERAL_SEIZURES,
        OEDEMA,
        NOTHING_AGAINST_PUNCTURE,
        AFTER_TOCILIZUMAB,
        ONE_DOSE_SO_FAR,
        SEVERE_HYPONATRAEMIA,
        *SeizureRisk,
    }
)
WEIGHT = Concept("body-weight")


def profile_of(
    chart: Chart, history: History, crs: Crs, treatment: TreatmentSoFar, puncture: Puncture
) -> PatientProfile:
    """The patient as the advice tables see them; if the therapy is unknown, no dose is shown."""
    since, no_seizure = since_dose(chart, history), _no_seizure(chart, history.now)
    risks = seizure_risks(chart, crs.time) if no_seizure else frozenset()
    states = {
        ON_CORTICOSTEROID: _on_corticosteroid(chart, crs.time),
        NO_IMPROVEMENT: treatment.escalate,
        NO_SEIZURE: no_seizure,
        SEIZED: _seized(history.now),
        SEVERAL_SEIZURES: _seizures(chart, history.now) > 1,
        NOTHING_AGAINST_PUNCTURE: not puncture.against,
        OEDEMA: any(domain.name in (IMAGING, RAISED_ICP) and domain.range.lo for domain in history.now.domains),
        AFTER_TOCILIZUMAB: bool(treatment.tocilizumab.total),
        ONE_DOSE_SO_FAR: since.doses == 1,
        SEVERE_HYPONATRAEMIA: any(one.concept == SODIUM for one in treated_first(chart, history.now.time)),
    }
    return PatientProfile(
        crs_floor=crs.range.lo,
        crs_ceiling=crs.range.hi,
        product=chart.course.doses[-1].product if chart.course else None,
        age_group=_age_group(chart, crs.time),
        doses_allowed=chart.course is not None,
        weight=_weight(chart, crs.time),
        states=risks | {state for state, holds in states.items() if holds},
        since_dose=since,
        tocilizumab=treatment.tocilizumab.total,
        therapy_class=chart.course.doses[-1].therapy_class if chart.course else None,
        immunosuppressants=frozenset(one.drug for one in treatment.immunosuppressants if one.recent),
    )


def _on_corticosteroid(chart: Chart, moment: datetime) -> bool:
    """Whether a corticosteroid given for ICANS or CRS in this course is running or was given in the last 24 h."""
    start = chart.course.start if chart.course else None
    given = running_steroids(chart, moment)
    return any(start is None or dose.time >= start or dose.ends_after(start) for dose in given)


def _seizures(chart: Chart, icans: Icans) -> int:
    """The number of seizures in this course; records within a few minutes of each other are one seizure."""
    span = chart.rules.decisions.seizure.one_event
    return len(events(chart.seizures.until(icans.time), chart.rules.grading.seizure, span))


def _seized(icans: Icans) -> bool:
    """Whether a seizure on record still counts (rule D5)."""
    return any(domain.name == SEIZURE and domain.range.hi for domain in icans.domains)


def _no_seizure(chart: Chart, icans: Icans) -> bool:
    """Whether prophylaxis may be considered: no seizure has occurred and no antiseizure drug is being given."""
    names, span = chart.rules.drugs.antiseizure, chart.rules.decisions.steroids.running
    given = any(
        dose.drug in names and is_recent(dose, icans.time, span) for dose in chart.administrations.until(icans.time)
    )
    return not _seized(icans) and not given


def _age_group(chart: Chart, moment: datetime) -> str:
    """Adult or child; empty if the birth date leaves both possible."""
    age = age_at(chart.facts.birth, moment, chart.facts.zone)
    limit = chart.rules.decisions.steroids.adult_from_years
    groups = {ADULT if years >= limit else CHILD for years in age or ()}
    return groups.pop() if len(groups) == 1 else ""


def _weight(chart: Chart, moment: datetime) -> Record | None:
    """The newest weight of the last 30 days, even from before the course; the lower of simultaneous ones (rule P2)."""
    since = moment - chart.rules.decisions.drafts.weight_current
    known = [one for one in chart.facts.of(WEIGHT) if since <= one.time <= moment and not one.comparator]
    return min((one for one in known if one.time == known[-1].time), key=number, default=None)
