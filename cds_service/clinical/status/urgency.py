"""The urgency of each card, with its reasons (table U). No other module determines urgency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.course.consciousness import UNAROUSABLE
from cds_service.clinical.course.current_signs import CurrentSigns
from cds_service.clinical.course.doubt import SignKind
from cds_service.clinical.course.therapy_so_far import unread_products
from cds_service.clinical.facts.occasion import Unjudged
from cds_service.clinical.grading.attribution import HAEMORRHAGE
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.crs_course import LowPressure, SupportWithoutFever
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.history import History, Trend
from cds_service.clinical.grading.unread_findings import unread_domains
from cds_service.clinical.look_alikes.causes import LookAlikes
from cds_service.clinical.look_alikes.delayed import DelayedSign
from cds_service.clinical.status.emergency import Emergencies
from cds_service.clinical.tables.decision_rules import UrgencyRules
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.vocabulary import AlertCode, Indicator
from cds_service.clinical.treatment.so_far import TreatmentSoFar

TABLE = "U"


class Row(StrEnum):
    """A row of table U, as docs/decision-rules.md names it."""

    EXACT_0 = "exact-0"
    EXACT_1 = "exact-1"
    EXACT_2 = "exact-2"
    EXACT_3 = "exact-3"
    EXACT_4 = "exact-4"
    AT_LEAST_1 = "at-least-1"
    AT_LEAST_2 = "at-least-2"
    AT_LEAST_3 = "at-least-3"
    NEEDS_ATTRIBUTION = "needs-attribution"
    CANNOT_GRADE = "cannot-grade"
    LAST_KNOWN = "last-known"
    SYMPTOM = "symptom"
    CORTICOSTEROID = "corticosteroid"
    SEDATED = "sedated"
    OVERDUE = "overdue"
    CHARTED_ICANS = "charted-icans"
    CHARTED_CRS = "charted-crs"
    CRS_2 = "crs-2"
    CRS_3 = "crs-3"
    CRS_4 = "crs-4"
    CRS_UNKNOWN = "crs-unknown"
    GLASGOW = "glasgow"
    Q1 = "Q1"
    Q2 = "Q2"
    Q3 = "Q3"
    Q4 = "Q4"
    Q5 = "Q5"
    Q6 = "Q6"
    C7 = "C7"
    N = "N"
    T8 = "T8"
    UNREAD = "unread"
    FAILED = "failed"
    IEC_HS = "iec-hs"
    ALERT = "alert"
    ALERT_GRADE = "alert-grade"
    UNJUDGED = "unjudged"

    @property
    def rule(self) -> str:
        """The row with its table, "U:exact-2"; a row that is a rule by itself has the rule's name, "Q1"."""
        return str(self) if self in _RULES else f"{TABLE}:{self}"


_RULES = frozenset({Row.Q1, Row.Q2, Row.Q3, Row.Q4, Row.Q5, Row.Q6, Row.C7, Row.N, Row.T8})


class Reason(NamedTuple):
    """A row that applies, and why: by a grade, a trend or a code; never text from a record.

    `measured`: the value of a record that the code names, such as a sodium. It is in the answer, and never in the log.
    """

    row: Row
    code: str
    measured: str = ""

    @property
    def value(self) -> str:
        """The code and what was measured, as the answer names it."""
        return " ".join(filter(None, (self.code, self.measured)))

    @property
    def rule(self) -> str:
        """The row as the answer and the decision log name it."""
        return self.row.rule


@dataclass(frozen=True, slots=True)
class Urgency:
    """An indicator and every row that calls for it; rows that call for less are not named."""

    indicator: Indicator
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        """Raise ValueError if there is no reason."""
        if not self.reasons:
            raise ValueError(f"no reason for {self.indicator.value}")


class Situation(NamedTuple):
    """What the urgency of the status card depends on; `overdue_for`: None unless an assessment is overdue."""

    chart: Chart
    history: History
    crs: Crs
    trend: Trend | None
    treatment: TreatmentSoFar
    signs: CurrentSigns
    emergencies: Emergencies
    low_pressure: LowPressure | None
    support: SupportWithoutFever | None
    look_alikes: LookAlikes
    delayed: tuple[DelayedSign, ...]
    charted_icans: ChartedGrade | None
    charted_crs: ChartedGrade | None
    overdue_for: timedelta | None

    @property
    def rules(self) -> UrgencyRules:
        """The numbers of table U."""
        return self.chart.rules.decisions.urgency


class _Demand(NamedTuple):
    """The indicator that a row calls for."""

    indicator: Indicator
    reason: Reason


def of_status(situation: Situation) -> Urgency:
    """The highest urgency that the grades, the charted grades, the airway or missing data call for."""
    parts = (_icans, _charted, _crs, _glasgow, _emergencies, _low_pressure, _delayed, _unread, _iec_hs, _failed)
    return _highest(demand for part in parts for demand in part(situation))


def of_alert(code: AlertCode, now: Icans, rules: UrgencyRules) -> Urgency:
    """The urgency of an alert by the table; for some alerts, that of the grade if it is higher."""
    demands = [_demand(rules.alerts[code], Row.ALERT, code)]
    if code in rules.as_the_grade and now.known_grade:
        demands.append(_demand(rules.by_grade[now.known_grade], Row.ALERT_GRADE, now.known_grade))
    return _highest(demands)


def of_unjudged(orders: Iterable[Unjudged]) -> Urgency:
    """The urgency of the card about unjudged orders, of which there is at least one."""
    return _highest(_demand(Indicator.WARNING, Row.UNJUDGED, one.reason) for one in orders)


def crs_leads(now: Icans, graded: Crs, rules: UrgencyRules) -> bool:
    """Whether CRS rather than ICANS makes the status card critical."""
    return rules.by_crs[graded.range.lo].is_highest and not rules.by_grade[now.known_grade or 0].is_highest


def _highest(demands: Iterable[_Demand]) -> Urgency:
    known = tuple(demands)
    indicator = max(demand.indicator for demand in known)
    reasons = (demand.reason for demand in known if demand.indicator is indicator)
    return Urgency(indicator, tuple(dict.fromkeys(reasons)))


def _demand(indicator: Indicator, row: Row, code: object, measured: str = "") -> _Demand:
    return _Demand(indicator, Reason(row, str(code), measured))


def _icans(situation: Situation) -> Iterator[_Demand]:
    now, by_grade = situation.history.now.beyond_baseline, situation.rules.by_grade
    if now.certainty is Certainty.NEEDS_ATTRIBUTION:
        bled = situation.emergencies.bleeding is not None
        yield _demand(Indicator.CRITICAL if bled else by_grade[now.all.lo], Row.NEEDS_ATTRIBUTION, now.all.lo)
    elif now.grade is None:
        doubts = tuple(_doubts(situation))
        yield from doubts or (_demand(Indicator.INFO, Row.CANNOT_GRADE, now.all.hi),)
    elif (row := Row(f"{now.certainty}-{now.grade}")) is Row.EXACT_1:
        indicator = Indicator.INFO if _is_calm(situation) else Indicator.WARNING
        yield _demand(indicator, row, situation.trend or now.grade)
    else:
        yield _demand(by_grade[now.grade], row, now.grade)


def _is_calm(situation: Situation) -> bool:
    """A grade 1 that is improving, or that is the highest so far and has not risen recently."""
    history, rules = situation.history, situation.rules
    at_worst_mild = history.highest_known <= 1 and not history.rose_within(rules.grade_1_calm_after)
    return situation.trend == Trend.IMPROVING or at_worst_mild


def _doubts(situation: Situation) -> Iterator[_Demand]:
    """Reasons for more than a reminder when ICANS cannot be graded."""
    known = situation.history.last_known
    if known and known.known_grade:
        yield _demand(situation.rules.by_grade[known.known_grade], Row.LAST_KNOWN, known.known_grade)
    for sign in sorted({doubt.sign for doubt in situation.signs.doubts}, key=lambda sign: sign.code):
        by = (sign.value, "") if sign.kind is SignKind.SYMPTOM else (sign.kind, sign.value)
        yield _demand(Indicator.WARNING, Row.SYMPTOM, *by)
    steroid = situation.treatment.steroid
    for drug in sorted({dose.drug for dose in steroid.given_recently} if steroid else ()):
        yield _demand(Indicator.WARNING, Row.CORTICOSTEROID, drug)
    if situation.signs.sedation is not None:
        yield _demand(Indicator.WARNING, Row.SEDATED, situation.signs.sedation.given.drug)
    if situation.overdue_for is not None:
        yield _demand(Indicator.WARNING, Row.OVERDUE, situation.overdue_for // timedelta(hours=1))


def _charted(situation: Situation) -> Iterator[_Demand]:
    """Never below an ICANS or CRS grade charted in the last 12 h (rule G4)."""
    scales = ((Row.CHARTED_ICANS, situation.charted_icans), (Row.CHARTED_CRS, situation.charted_crs))
    for row, charted in scales:
        if charted is not None and charted.is_recent and charted.grade:
            yield _demand(situation.rules.by_grade[charted.grade], row, charted.grade)


def _crs(situation: Situation) -> Iterator[_Demand]:
    graded = situation.crs
    indicator = situation.rules.by_crs[graded.range.lo]
    if indicator > Indicator.INFO:
        yield _demand(indicator, Row(f"crs-{graded.range.lo}"), graded.range.lo)
    for support in situation.support.support if situation.support else ():
        yield _demand(Indicator.WARNING, Row.CRS_UNKNOWN, support)


def _glasgow(situation: Situation) -> Iterator[_Demand]:
    """The newest current Glasgow total, unless the patient is sedated."""
    low = situation.signs.low_glasgow
    if low is not None and situation.signs.sedation is None:
        yield _demand(Indicator.CRITICAL, Row.GLASGOW, "", str(low.total))


def _emergencies(situation: Situation) -> Iterator[_Demand]:
    """Emergencies, even if nothing about them is left to ask for (rules Q1 to Q6)."""
    found = situation.emergencies
    if found.coma is not None:
        glasgow = found.coma.glasgow
        by_sum = glasgow is not None and found.coma.arousal is None
        by = ("", str(glasgow.total)) if glasgow and by_sum else (UNAROUSABLE, "")
        yield _demand(Indicator.CRITICAL, Row.Q1, *by)
    if found.seizure is not None:
        yield _demand(Indicator.CRITICAL, Row.Q2, found.seizure.kind)
    for sign in found.deficit.signs if found.deficit else ():
        yield _demand(Indicator.CRITICAL, Row.Q3, sign.value)
    if found.bleeding is not None:
        yield _demand(Indicator.CRITICAL, Row.Q4, HAEMORRHAGE)
    for domain in found.pressure.domains if found.pressure else ():
        yield _demand(Indicator.CRITICAL, Row.Q5, domain.value)
    for value in found.low.values if found.low else ():
        yield _demand(Indicator.WARNING, Row.Q6, value.concept, f"{value.value:g}")


def _delayed(situation: Situation) -> Iterator[_Demand]:
    """Signs of neurotoxicity other than ICANS (rule N)."""
    for sign in situation.delayed:
        yield _demand(Indicator.WARNING, Row.N, sign.record.value)


def _low_pressure(situation: Situation) -> Iterator[_Demand]:
    """Hypotension not explained by fever, from the blood pressure or else the vasopressors (rule C7)."""
    low = situation.low_pressure
    if low is None:
        return
    if low.pressure is not None:
        yield _demand(Indicator.WARNING, Row.C7, low.pressure.concept, f"{low.pressure.value:g}")
        return
    for drug in low.vasopressors:
        yield _demand(Indicator.WARNING, Row.C7, drug)


def _unread(situation: Situation) -> Iterator[_Demand]:
    """A therapy that is recorded but cannot be read, by its product or else its class; a finding, by its domain."""
    for therapy in unread_products(situation.chart):
        yield _demand(Indicator.WARNING, Row.T8, therapy.name)
    for name in unread_domains(situation.chart, situation.history.now.time):
        yield _demand(Indicator.WARNING, Row.UNREAD, name)


def _iec_hs(situation: Situation) -> Iterator[_Demand]:
    """Values that call for a haemophagocytic syndrome work-up (rule L5)."""
    for record in situation.look_alikes.iec_hs:
        yield _demand(Indicator.WARNING, Row.IEC_HS, record.concept)


def _failed(situation: Situation) -> Iterator[_Demand]:
    for source in sorted(situation.chart.facts.failed):
        yield _demand(Indicator.WARNING, Row.FAILED, source)
