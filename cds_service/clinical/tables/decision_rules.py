"""The typed form of guidelines/decisions/: one class per section, field names as in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.names import Concept, Drug
from cds_service.clinical.tables.provenance import Edition, Sourced
from cds_service.clinical.tables.vocabulary import AlertCode, Indicator, Refusal, RowCondition


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


@dataclass(frozen=True, slots=True)
class BaselineRules(Sourced):
    """`look_back`: time before the course. `unusable_up_to`: baseline points with which a score is uninformative."""

    look_back: timedelta
    unusable_up_to: int


@dataclass(frozen=True, slots=True)
class DoubtRules(Sourced):
    """`beside_normal`: how long before a normal score a symptom contradicts it.

    `unless_refused`: the reasons for not scoring that make speech uninformative, except a verbal response together with
    an eye response of up to `verbal_read_up_to_eye`.
    """

    symptoms: frozenset[str]
    rass_from: int
    avpu: str
    gcs_verbal_up_to: int
    unless_device: str
    beside_normal: timedelta
    unless_refused: Refusal
    verbal_read_up_to_eye: int


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
    """A combination of eye, verbal and motor response; None: any value, or none."""

    range: Range
    eye: tuple[int, int] | None = None
    verbal: tuple[int, int] | None = None
    motor: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class GcsRules:
    items: dict[Concept, tuple[int, int]]
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
    avpu_without_speech: dict[str, Range]
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
    may_lower_until: timedelta
    motor_under_blocker: int


@dataclass(frozen=True, slots=True)
class OtherCauseRules(Sourced):
    current: timedelta
    haemorrhage: timedelta
    unlisted: frozenset[str]
    explains: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class CrsRules(Sourced):
    antipyretics: frozenset[Drug]
    anticytokines: frozenset[Drug]
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
    """How far back data matter; data on therapy and conditions always do.

    `open_drip`: how long a drip without a readable end may have run (rule T8).
    """

    history: timedelta
    baseline: timedelta
    vital_signs: timedelta
    open_drip: timedelta


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
    """`due`: intervals by grade. `due_watched`: the maximum for a new grade 1 and during `watched_after_seizure`.

    `check_unknown`: the interval of neurological checks while no grade is known.
    """

    trend_after: timedelta
    due: tuple[timedelta, ...]
    due_ambulatory: timedelta
    due_watched: timedelta
    watched_after_seizure: timedelta
    check_unknown: timedelta
    overdue: timedelta
    overdue_ambulatory: timedelta
    charted: timedelta


@dataclass(frozen=True, slots=True)
class ImprovementRules(Sourced):
    """Signs that resolve as ICANS improves, and the records that show each; `arousal` is also shown by readings."""

    remembered: timedelta
    arousal: str
    signs: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class EmergencyRules(Sourced):
    """`head`, `spine`: motor findings by what is imaged; `pair`: symptoms of which any two together may be a stroke."""

    new: timedelta
    head: frozenset[str]
    spine: frozenset[str]
    pair: frozenset[str]
    pair_within: timedelta


@dataclass(frozen=True, slots=True)
class AskRules(Sourced):
    """`by_icans`, `by_crs`: the code of what each grade asks for; empty if it asks for nothing."""

    by_icans: tuple[str, ...]
    by_crs: tuple[str, ...]
    crs_alone_up_to_icans: int


@dataclass(frozen=True, slots=True)
class UrgencyRules(Sourced):
    """`by_grade`: of ICANS 0 to 5, `by_crs`: of CRS 0 to 4. `grade_1_calm_after`: time since a rise.

    `alerts`: the minimum of each alert; those in `as_the_grade` may be more urgent.
    """

    by_grade: tuple[Indicator, ...]
    by_crs: tuple[Indicator, ...]
    grade_1_calm_after: timedelta
    gcs_critical_up_to: int
    as_the_grade: frozenset[AlertCode]
    alerts: dict[AlertCode, Indicator]


@dataclass(frozen=True, slots=True)
class AttentionRules(Sourced):
    cells_until_day: int
    engager_until_day_of_course: int
    engager_until_day_of_dose: int
    symptoms_until_day: int
    recent: timedelta


@dataclass(frozen=True, slots=True)
class SteroidRules(Sourced):
    episode_ends_after: timedelta
    escalate_from_grade: int
    escalate_after: timedelta
    escalation_factor: float
    reassess_after: timedelta
    running: timedelta
    taper_up_to_grade: int
    adult_from_years: int
    dexamethasone_equivalent_mg: dict[Drug, float]


@dataclass(frozen=True, slots=True)
class ChoiceStep(Sourced):
    """One step of the choice among options: a rule of steroid_choice.py, in words, and its reason."""

    prefer: Literal["own", "label", "product", "milder"]
    says: str
    reason: str


@dataclass(frozen=True, slots=True)
class SteroidChoice(Sourced):
    """`since_tocilizumab`, `no_better_after`: conditions of rows that are met after this time."""

    since_tocilizumab: dict[RowCondition, timedelta]
    no_better_after: dict[RowCondition, timedelta]
    step: tuple[ChoiceStep, ...]

    @property
    def timed(self) -> frozenset[RowCondition]:
        """The conditions of rows that a source gives for patients in whom the previous step has not helped in time."""
        waited = (name for name, after in self.since_tocilizumab.items() if after)
        return frozenset((*self.no_better_after, *waited))


@dataclass(frozen=True, slots=True)
class SeizureRiskRules(Sourced):
    """The diagnoses, and the imaging findings within the time `imaged`, that make seizures more likely."""

    earlier_seizure: frozenset[Concept]
    cns_disease: frozenset[Concept]
    brain_lesion: frozenset[Concept]
    imaging: frozenset[str]
    imaged: timedelta


@dataclass(frozen=True, slots=True)
class DraftRules(Sourced):
    """`corticosteroid_from_grade`: from this ICANS grade, tocilizumab is drafted only with a corticosteroid.

    `puncture_from_grade`: from this grade, a lumbar puncture is considered. `platelets_at_least`: in 10^9/L; with
    fewer, a CT comes first, unless imaged within `imaging_current`. `weight_current`: the maximum age for a dose.
    """

    corticosteroid_from_grade: int
    platelets_at_least: float
    puncture_from_grade: int
    weight_current: timedelta
    imaging_current: timedelta


@dataclass(frozen=True, slots=True)
class TocilizumabDiffersRules(Sourced):
    """`up_to_crs`: beside ICANS some units give no tocilizumab up to this grade of CRS."""

    up_to_crs: int


@dataclass(frozen=True, slots=True)
class NextDoseRules(Sourced):
    over_up_to_grade: int


@dataclass(frozen=True, slots=True)
class OrderRules(Sourced):
    steroid_from_grade: int
    steroid_lower_from_grade: int
    steroid_replaced_by_less_than: float
    depressant_until_day: int
    baseline: timedelta
    dose_just_given: timedelta
    unresolved_until_day: int
    instructions_until_day: int


@dataclass(frozen=True, slots=True)
class SiteDoseRules(Sourced):
    """By what factor a site's own dose may exceed the highest verified one, and why."""

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
    baseline: BaselineRules
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
    emergency: EmergencyRules
    asks: AskRules
    urgency: UrgencyRules
    attention: AttentionRules
    steroids: SteroidRules
    steroid_choice: SteroidChoice
    drafts: DraftRules
    tocilizumab_differs: TocilizumabDiffersRules
    seizure_risk: SeizureRiskRules
    next_dose: NextDoseRules
    orders: OrderRules
    site_doses: SiteDoseRules
