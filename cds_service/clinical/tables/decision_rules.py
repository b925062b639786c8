"""The typed form of guidelines/decisions/: one class a section, field names as in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cds_service.clinical.tables.edition import Edition
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.indicator import Indicator
from cds_service.clinical.tables.provenance import Sourced
from cds_service.clinical.tables.vocabulary import RowCondition


@dataclass(frozen=True, slots=True)
class RangeBand(Sourced):
    """A grade range for values `first`..`last`, both included."""

    first: int
    last: int
    range: Range


@dataclass(frozen=True, slots=True)
class CurrentRules(Sourced):
    assessment: timedelta
    assessment_ambulatory: timedelta
    seizure: timedelta
    vital_signs: timedelta
    vasopressor_ended: timedelta


@dataclass(frozen=True, slots=True)
class DoseDayRules(Sourced):
    ice: int
    consciousness: int


@dataclass(frozen=True, slots=True)
class IceRules(Sourced):
    unknown: Range
    one_assessment: timedelta
    same_reading: timedelta


@dataclass(frozen=True, slots=True)
class DoubtRules(Sourced):
    symptoms: frozenset[str]
    rass_from: int
    avpu: str
    gcs_verbal_up_to: int
    unless_device: str


@dataclass(frozen=True, slots=True)
class Band:
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CapdRules(Sourced):
    common: Band
    baseline_below: int
    within_baseline: Range
    above_baseline: Range


@dataclass(frozen=True, slots=True)
class GcsRow(Sourced):
    """A combination of eye, verbal and motor response; None: anything, also missing."""

    range: Range
    eye: tuple[int, int] | None = None
    verbal: tuple[int, int] | None = None
    motor: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class GcsRules:
    items: dict[str, tuple[int, int]]
    rows: tuple[GcsRow, ...]
    totals: tuple[RangeBand, ...]


@dataclass(frozen=True, slots=True)
class RassRules:
    bands: tuple[RangeBand, ...]


@dataclass(frozen=True, slots=True)
class ConsciousnessRules(Sourced):
    unknown: Range
    one_reading: timedelta
    avpu: dict[str, Range]
    rass: RassRules
    gcs: GcsRules


@dataclass(frozen=True, slots=True)
class SeizureRules(Sourced):
    one_event: timedelta


@dataclass(frozen=True, slots=True)
class PersistingRules(Sourced):
    stale_after: timedelta
    history_after: timedelta


@dataclass(frozen=True, slots=True)
class SedationRules(Sourced):
    ended: timedelta
    single_dose: timedelta
    motor_under_blocker: int


@dataclass(frozen=True, slots=True)
class OtherCauseRules(Sourced):
    current: timedelta
    haemorrhage: timedelta
    unlisted: frozenset[str]
    explains: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class CrsRules(Sourced):
    antipyretics: frozenset[str]
    anticytokines: frozenset[str]
    systolic_below: float
    mean_below: float
    child_from_years: int
    child_to_years: int
    child_systolic_base: float
    child_systolic_per_year: float
    hypotension_unknown: Range
    hypotension_drugs_unknown: int
    spo2_at_least: float
    room_air: str
    room_air_low: Range
    room_air_unknown: Range
    no_device_normal: Range
    no_device_low: Range
    no_device_unknown: Range
    support_devices: frozenset[str]
    support_unclear: Range


@dataclass(frozen=True, slots=True)
class TimeRules(Sourced):
    clock_tolerance: timedelta


@dataclass(frozen=True, slots=True)
class RecordRules(Sourced):
    """How far back data matter; those of a therapy and conditions always do."""

    history: timedelta
    vital_signs: timedelta


@dataclass(frozen=True, slots=True)
class TherapyRules(Sourced):
    same_dose: timedelta
    override: timedelta
    course_gap: timedelta


@dataclass(frozen=True, slots=True)
class LateRules(Sourced):
    outside_window_from_day: int
    explained_from_day: int


@dataclass(frozen=True, slots=True)
class CourseRules(Sourced):
    trend_after: timedelta
    due: tuple[timedelta, ...]
    due_ambulatory: timedelta
    overdue: timedelta
    overdue_ambulatory: timedelta
    charted: timedelta


@dataclass(frozen=True, slots=True)
class ImprovementRules(Sourced):
    """Signs that go when ICANS improves: name -> what records call it; `arousal` is told by readings too."""

    remembered: timedelta
    arousal: str
    signs: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class UrgencyRules(Sourced):
    """`by_grade`: of grades 0 to 5. `alerts`: the least of each alert; those of `as_the_grade` may be more urgent."""

    by_grade: tuple[Indicator, ...]
    gcs_critical_up_to: int
    crs_critical_from: int
    as_the_grade: frozenset[str]
    alerts: dict[str, Indicator]


@dataclass(frozen=True, slots=True)
class AttentionRules(Sourced):
    cells_until_day: int
    engager_until_day_of_course: int
    engager_until_day_of_dose: int
    recent: timedelta


@dataclass(frozen=True, slots=True)
class SteroidRules(Sourced):
    episode_ends_after: timedelta
    escalate_from_grade: int
    escalate_after: timedelta
    running: timedelta
    taper_up_to_grade: int
    adult_from_years: int
    dexamethasone_equivalent_mg: dict[str, float]


@dataclass(frozen=True, slots=True)
class ChoiceStep(Sourced):
    """One step of the choice among options: a rule of preference.py, in words, and its reason."""

    prefer: Literal["own", "first-line", "label", "product", "milder"]
    says: str
    reason: str


@dataclass(frozen=True, slots=True)
class SteroidChoice(Sourced):
    """`since_tocilizumab`, `no_better_after`: conditions of rows that time meets, and after how long."""

    high_dose_mg: float
    first_line_up_to_grade: int
    since_tocilizumab: dict[RowCondition, timedelta]
    no_better_after: dict[RowCondition, timedelta]
    step: tuple[ChoiceStep, ...]

    @property
    def timed(self) -> frozenset[RowCondition]:
        """Conditions of the next step that a source names for what has not helped in its time."""
        waited = (name for name, after in self.since_tocilizumab.items() if after)
        return frozenset((*self.no_better_after, *waited))


@dataclass(frozen=True, slots=True)
class NextDoseRules(Sourced):
    over_up_to_grade: int


@dataclass(frozen=True, slots=True)
class OrderRules(Sourced):
    steroid_from_grade: int
    steroid_replaced_by_less_than: float
    depressant_until_day: int
    baseline: timedelta
    dose_just_given: timedelta
    unresolved_until_day: int
    instructions_until_day: int


@dataclass(frozen=True, slots=True)
class SiteDoseRules(Sourced):
    """How far above the highest verified dose one of a site's own protocol may be, and why that far."""

    ceiling_factor: float
    ceiling_reason: str


@dataclass(frozen=True, slots=True)
class DecisionRules:
    """The project's own rules (guidelines/decisions/)."""

    edition: Edition
    time: TimeRules
    record: RecordRules
    therapy: TherapyRules
    current: CurrentRules
    dose_day: DoseDayRules
    ice: IceRules
    doubt: DoubtRules
    capd: CapdRules
    consciousness: ConsciousnessRules
    seizure: SeizureRules
    persisting: PersistingRules
    sedation: SedationRules
    other_cause: OtherCauseRules
    late: LateRules
    course: CourseRules
    improvement: ImprovementRules
    crs: CrsRules
    urgency: UrgencyRules
    attention: AttentionRules
    steroids: SteroidRules
    steroid_choice: SteroidChoice
    next_dose: NextDoseRules
    orders: OrderRules
    site_doses: SiteDoseRules
