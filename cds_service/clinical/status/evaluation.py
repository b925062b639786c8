"""The evaluation: the status of a patient at a moment, independent of the occasion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import NamedTuple

from cds_service.clinical.advice.offered import ConditionalAdvice
from cds_service.clinical.advice.puncture import Puncture
from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice, PatientProfile
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.course.concepts import DomainName
from cds_service.clinical.course.current_signs import CurrentSigns
from cds_service.clinical.course.therapy import Dose
from cds_service.clinical.course.therapy_so_far import TherapySoFar
from cds_service.clinical.facts.gap import Gap, UnreadProduct
from cds_service.clinical.facts.patient import Received
from cds_service.clinical.grading.comparison import Improved, ScoreComparison
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.crs_course import CrsCourse, CrsReading, LowPressure, SupportWithoutFever
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.gaps import PastFinding, Unread
from cds_service.clinical.grading.history import History, Trend
from cds_service.clinical.grading.open_domains import OpenDomain
from cds_service.clinical.look_alikes.causes import LookAlikes
from cds_service.clinical.look_alikes.delayed import DelayedSign
from cds_service.clinical.risk.summary import Risk
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.due import Due
from cds_service.clinical.status.emergency import Emergencies
from cds_service.clinical.status.urgency import Urgency
from cds_service.clinical.tables.guideline import DrugEvidence
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.clinical.treatment.may_lower import MayLower
from cds_service.clinical.treatment.so_far import TreatmentSoFar


class Person(NamedTuple):
    """`language`: empty if unknown."""

    language: str
    deceased: bool


class Earlier(NamedTuple):
    """What was there before: the grade with which the trend compares, findings too old to count, signs now improved."""

    grade: int | None
    no_longer_counted: tuple[PastFinding, ...]
    improved: tuple[Improved, ...]


class CrsContext(NamedTuple):
    """The course of CRS, what is in use or low although no fever is known, and the readings that are missing.

    `tocilizumab_differs`: beside ICANS, practice differs on tocilizumab at this grade (rule P1).
    """

    course: CrsCourse
    low_pressure: LowPressure | None
    support: SupportWithoutFever | None
    missing: tuple[CrsReading, ...]
    tocilizumab_differs: bool


class LabelInUse(NamedTuple):
    """The label of the product, as a row of the tables.

    `untranscribed`: the brand of one that is not in the tables, otherwise empty. `covers_next_dose`: whether any table
    has advice on the next dose of the product.
    """

    row: ProductLabel | None
    untranscribed: str
    covers_next_dose: bool


class Alternatives(NamedTuple):
    """Advice that does not apply as things stand.

    `without_crs`: if there is CRS, the corticosteroid of the guideline's row for this grade without it. `if_confirmed`:
    the advice for a grade that is not certain.
    """

    without_crs: tuple[Advice, ...]
    if_confirmed: ConditionalAdvice | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The grades of ICANS and CRS at `as_of`, the course, the advice, and what is not known.

    `zone`: the ward's. `edition`: that of the grading table. `may_lower`: drugs that may lower ICE and arousal.
    `crs_leads`: CRS alone makes the status card critical and is therefore named first. `crs_advice`: by CRS grade
    alone. `prophylaxis_evidence`: on drugs that prevent seizures.
    """

    as_of: datetime
    zone: tzinfo
    person: Person
    received: Received
    therapy: TherapySoFar | None
    unread_therapies: tuple[UnreadProduct, ...]
    instrument: DomainName | None
    edition: str
    history: History
    trend: Trend | None
    earlier: Earlier
    scores: ScoreComparison
    signs: CurrentSigns
    emergencies: Emergencies
    crs: Crs
    crs_context: CrsContext
    charted_icans: ChartedGrade | None
    charted_crs: ChartedGrade | None
    due: Due | None
    overdue: bool
    attention: Attention
    urgency: Urgency
    crs_leads: bool
    treatment: TreatmentSoFar
    may_lower: tuple[MayLower, ...]
    profile: PatientProfile
    label: LabelInUse
    advice: tuple[Advice, ...]
    crs_advice: tuple[Advice, ...]
    puncture: Puncture
    alternatives: Alternatives
    prophylaxis_evidence: tuple[DrugEvidence, ...]
    recommendations: tuple[Recommendation, ...]
    look_alikes: LookAlikes
    delayed: tuple[DelayedSign, ...]
    open_domains: tuple[OpenDomain, ...]
    unread: Unread
    risk: Risk
    gaps: tuple[Gap, ...]

    @property
    def icans(self) -> Icans:
        """The present ICANS grade."""
        return self.history.now

    @property
    def next_assessment(self) -> datetime | None:
        """When the next assessment is due by the interval of the grade alone."""
        return self.due.by_interval if self.due else None

    @property
    def age_group(self) -> str:
        """Adult or child; empty if the birth date leaves both possible."""
        return self.profile.age_group

    @property
    def next_dose_open(self) -> bool:
        """Whether there was ICANS since the last dose of an engager for whose next dose no table has advice."""
        engager = self.last_dose is not None and self.last_dose.therapy_class == TherapyClass.ENGAGER
        since = self.icans.known_grade or self.profile.since_dose.highest
        return bool(engager and since and not self.label.covers_next_dose)

    @property
    def last_dose(self) -> Dose | None:
        """The newest dose of the present course."""
        return self.therapy.last if self.therapy else None

    @property
    def day(self) -> int | None:
        """Calendar days since the newest dose."""
        return self.therapy.day if self.therapy else None
