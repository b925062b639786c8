"""The status of a patient at a moment: what an answer says whatever the occasion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from cds_service.clinical.advice.offered import ConditionalAdvice
from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice, PatientProfile
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.course.current_signs import CurrentSigns
from cds_service.clinical.course.therapy import ENGAGER, Dose
from cds_service.clinical.course.therapy_so_far import TherapySoFar
from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.received import Received
from cds_service.clinical.grading.comparison import Improved, ScoreComparison
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.crs_course import CrsCourse
from cds_service.clinical.grading.history import History
from cds_service.clinical.grading.icans import Icans
from cds_service.clinical.grading.open_domains import OpenDomain
from cds_service.clinical.grading.unread import Unread
from cds_service.clinical.look_alikes.summary import LookAlikes
from cds_service.clinical.risk.summary import Risk
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.urgency import Urgency
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.treatment.so_far import TreatmentSoFar


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The grades of ICANS and CRS at `as_of`, the course, what is advised, and what is not known.

    `zone`: that of the ward. `language`: the patient's; empty where it is not known. `edition`: of the table that
    graded. `grade_before`: what `trend` compares the grade with. `crs_leads`: the CRS alone makes the status card
    critical; then it is named first.
    """

    as_of: datetime
    zone: tzinfo
    language: str
    deceased: bool
    received: Received
    therapy: TherapySoFar | None
    instrument: str | None
    edition: str
    history: History
    trend: str | None
    grade_before: int | None
    scores: ScoreComparison
    signs: CurrentSigns
    improved: tuple[Improved, ...]
    crs: Crs
    crs_course: CrsCourse
    charted_icans: ChartedGrade | None
    charted_crs: ChartedGrade | None
    next_assessment: datetime | None
    overdue: bool
    attention: Attention
    urgency: Urgency
    crs_leads: bool
    treatment: TreatmentSoFar
    profile: PatientProfile
    label: ProductLabel | None
    next_dose_told: bool
    advice: tuple[Advice, ...]
    if_confirmed: ConditionalAdvice | None
    recommendations: tuple[Recommendation, ...]
    look_alikes: LookAlikes
    open_domains: tuple[OpenDomain, ...]
    unread: Unread
    risk: Risk
    gaps: tuple[Gap, ...]

    @property
    def icans(self) -> Icans:
        """The present ICANS grade."""
        return self.history.now

    @property
    def age_group(self) -> str:
        """Adult, child, or empty where the birth date leaves both possible."""
        return self.profile.age_group

    @property
    def next_dose_open(self) -> bool:
        """Whether there was ICANS since the last dose of an engager of whose next dose no table here says anything."""
        engager = self.last_dose is not None and self.last_dose.therapy_class == ENGAGER
        since = self.icans.known_grade or self.profile.since_dose.highest
        return bool(engager and since and not self.next_dose_told)

    @property
    def last_dose(self) -> Dose | None:
        """The newest dose of the present course."""
        return self.therapy.last if self.therapy else None

    @property
    def day(self) -> int | None:
        """Calendar days since the newest dose."""
        return self.therapy.day if self.therapy else None
