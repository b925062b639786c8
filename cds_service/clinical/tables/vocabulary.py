"""The closed vocabularies of the tables: actions, strengths, conditions, indicators, units of laboratory values."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from functools import total_ordering


class TherapyClass(StrEnum):
    """What kind of therapy may cause ICANS."""

    CAR_T = "CAR-T"
    TCR_T = "TCR-T"
    ENGAGER = "T-cell engager"


class Action(StrEnum):
    """What a row advises."""

    MONITOR = "monitor-neuro"
    SUPPORTIVE_CARE = "supportive-care"
    ASPIRATION_PRECAUTIONS = "aspiration-precautions"
    HEAD_UP = "head-up"
    SWALLOW_CHECK = "swallow-check"
    DEPRESSANTS = "depressants"
    GM_CSF = "gm-csf"
    OBSERVE = "observe"
    NO_DRIVING = "no-driving"
    CORRECT_HYPONATRAEMIA = "correct-hyponatraemia"
    NEUROLOGY = "neurology-consult"
    LABORATORY = "laboratory"
    EEG = "eeg"
    EEG_DAILY = "eeg-daily"
    MRI = "mri"
    CT = "ct"
    NEUROIMAGING = "neuroimaging"
    LUMBAR_PUNCTURE = "lumbar-puncture"
    FUNDOSCOPY = "fundoscopy"
    ADMISSION = "admission"
    ICU = "icu"
    AIRWAY = "airway"
    SEIZURE_TREATMENT = "seizure-treatment"
    ICP_MANAGEMENT = "icp-management"
    ANTISEIZURE = "antiseizure"
    ANTIFUNGAL_PROPHYLAXIS = "antifungal-prophylaxis"
    TOCILIZUMAB = "tocilizumab"
    CORTICOSTEROID = "corticosteroid"
    CRS_CORTICOSTEROID = "crs-corticosteroid"
    CRS_SUPPORTIVE_CARE = "crs-supportive-care"
    CRS_AS_GRADE_2 = "crs-as-grade-2"
    LOOK_FOR_INFECTION = "look-for-infection"
    EMPIRIC_ANTIBIOTICS = "empiric-antibiotics"
    G_CSF = "g-csf"
    FLUIDS_OR_OXYGEN = "fluids-or-oxygen"
    VASOPRESSORS = "vasopressors"
    MECHANICAL_VENTILATION = "mechanical-ventilation"
    ECHOCARDIOGRAM = "echocardiogram"
    REFRACTORY_OPTIONS = "refractory-options"
    OEDEMA_OPTIONS = "oedema-options"
    WITHHOLD = "withhold-next-dose"
    STOP = "stop-therapy"
    RESUME = "resume-next-dose"
    CONTINUE = "continue-therapy"

    @property
    def is_of_next_dose(self) -> bool:
        """Whether it concerns the next dose of a therapy that is given more than once."""
        return self in (Action.WITHHOLD, Action.STOP, Action.RESUME, Action.CONTINUE)


class Strength(StrEnum):
    """How strongly a source recommends it; AVOID: it advises against it."""

    ADVISED = "advised"
    CONSIDER = "consider"
    STRONGLY_CONSIDER = "strongly-consider"
    MAY = "may"
    AVOID = "avoid"


class RowCondition(StrEnum):
    """A condition for a row besides the grade; it is stated with the row, for the reader to judge."""

    HIGH_RISK = "high-risk"
    PRODUCT_KNOWN_FOR_ICANS = "product-known-for-icans"
    EARLIER_SEIZURE = "earlier-seizure"
    CNS_DISEASE = "cns-disease"
    BRAIN_LESION = "brain-lesion"
    MRI_NOT_POSSIBLE = "mri-not-possible"
    WITH_TOCILIZUMAB = "with-tocilizumab"
    WITH_FIRST_TOCILIZUMAB = "with-first-tocilizumab"
    FROM_SECOND_TOCILIZUMAB = "from-second-tocilizumab"
    REFRACTORY_TO_TOCILIZUMAB = "refractory-to-tocilizumab"
    NO_BETTER_24_H_AFTER_TOCILIZUMAB = "no-better-24-h-after-tocilizumab"
    NO_BETTER_24_H = "no-better-24-h"
    NO_BETTER_48_H = "no-better-48-h"
    ANOTHER_24_H_OR_RAPID = "another-24-h-or-rapid"
    HYPOTENSION_PERSISTS = "hypotension-persists"
    FEVER_3_DAYS_OR_REFRACTORY = "fever-3-days-or-refractory"
    NEUTROPENIA = "neutropenia"
    IF_PERSISTING = "if-persisting"
    NO_RESPONSE = "no-response"
    HIGH_DOSE = "high-dose"
    LIMITED_EXPERIENCE = "limited-experience"
    EARLY_AFTER_INFUSION = "early-after-infusion"
    LATE_AFTER_INFUSION = "late-after-infusion"
    FIRST_3_WEEKS = "first-3-weeks"
    NOT_ISOLATED_HEADACHE = "not-isolated-headache"
    AS_NEEDED = "as-needed"
    NON_SEDATING = "non-sedating"
    EVERY_2_3_DAYS = "every-2-3-days"
    EVERY_2_3_DAYS_PERSISTING = "every-2-3-days-persisting"
    UNEXPLAINED_CHANGE = "unexplained-change"
    OUTPATIENT_POSSIBLE = "outpatient-possible"
    ALTERNATIVES_PREFERRED = "alternatives-preferred"

    @property
    def is_after_tocilizumab(self) -> bool:
        """Whether tocilizumab is tried first."""
        return self in _AFTER_TOCILIZUMAB

    @property
    def is_later(self) -> bool:
        """Whether something else is tried first, or time must pass."""
        return self in _AFTER_TOCILIZUMAB or self in _LATER

    @property
    def is_not_drafted(self) -> bool:
        """Whether it forbids a draft; its own words are shown instead."""
        return self is RowCondition.ALTERNATIVES_PREFERRED

    @property
    def is_for_the_reader(self) -> bool:
        """Whether only a clinician who knows the patient can judge it; it is then stated with a draft too."""
        return self in (RowCondition.HIGH_RISK, RowCondition.NOT_ISOLATED_HEADACHE)

    @property
    def met_by_tocilizumab(self) -> int | None:
        """The number of tocilizumab doses that meets the condition, which is then no longer stated; else None."""
        return _MET_BY_TOCILIZUMAB.get(self)


_AFTER_TOCILIZUMAB = (
    RowCondition.REFRACTORY_TO_TOCILIZUMAB,
    RowCondition.FROM_SECOND_TOCILIZUMAB,
    RowCondition.NO_BETTER_24_H_AFTER_TOCILIZUMAB,
)
_LATER = (
    RowCondition.HYPOTENSION_PERSISTS,
    RowCondition.IF_PERSISTING,
    RowCondition.NO_BETTER_24_H,
    RowCondition.NO_BETTER_48_H,
    RowCondition.ANOTHER_24_H_OR_RAPID,
)
_MET_BY_TOCILIZUMAB = {RowCondition.WITH_FIRST_TOCILIZUMAB: 1, RowCondition.FROM_SECOND_TOCILIZUMAB: 2}


UNITS = {
    "lactate-dehydrogenase": "U/L",
    "platelets": "10*9/L",
    "ferritin": "ug/L",
    "c-reactive-protein": "mg/L",
    "fibrinogen": "mg/dL",
    "interleukin-6": "pg/mL",
    "marrow-blasts": "%",
    "glucose": "mg/dL",
    "sodium": "mmol/L",
    "ammonia": "umol/L",
    "alanine-aminotransferase": "U/L",
    "aspartate-aminotransferase": "U/L",
    "neutrophils": "10*9/L",
    "lymphocytes": "10*9/L",
    "haemoglobin": "g/dL",
}


class AlertCode(StrEnum):
    """What an alert about an order or a stay says: the findings of docs/assessment-codes.md."""

    STEROID_BELOW_OPTIONS = "steroid-below-options"
    STEROID_STOPPED_EARLY = "steroid-stopped-early"
    STEROID_LOWER_THAN_GIVEN = "steroid-lower-than-given"
    TOCILIZUMAB_WITHOUT_CRS = "tocilizumab-without-crs"
    TOCILIZUMAB_ALONE_WITH_ICANS = "tocilizumab-alone-with-icans"
    TOCILIZUMAB_OVER_LIMIT = "tocilizumab-over-limit"
    DEPRESSANT_MASKS_ASSESSMENT = "depressant-masks-assessment"
    ENGAGER_DOSE_WITH_ICANS = "engager-dose-with-icans"
    SPLIT_DOSE_WITH_ICANS = "split-dose-with-icans"
    FLUDARABINE_UNREDUCED = "fludarabine-unreduced"
    CART_WITHOUT_BASELINE = "cart-without-baseline"
    MONITORING_PLAN = "monitoring-plan"
    DISCHARGE_UNRESOLVED = "discharge-unresolved"
    DAILY_MONITORING_CONTINUES = "daily-monitoring-continues"
    TAPER_RUNNING = "taper-running"
    DISCHARGE_INSTRUCTIONS = "discharge-instructions"


@total_ordering
class Indicator(Enum):
    """How urgent a card is; the value is the code on the wire."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return name.lower()

    INFO = auto()
    WARNING = auto()
    CRITICAL = auto()

    @property
    def is_highest(self) -> bool:
        """Whether it is the most urgent; such a card is never made less urgent."""
        return self is max(Indicator)

    def __lt__(self, other: Indicator) -> bool:
        order = list(Indicator)
        return order.index(self) < order.index(other)


class DueKind(StrEnum):
    """What is due: a score with an assessment of arousal, or only arousal by GCS or RASS if no score is possible."""

    ICE = "ice"
    CAPD = "capd"
    NEUROLOGICAL_CHECK = "neurological-check"


class Request(StrEnum):
    """A request that no guideline row makes: a call, urgent imaging, a taper plan, daily checks, a review of a dose."""

    ICU_CALL = "icu-call"
    STROKE_CALL = "stroke-call"
    NEUROSURGERY_CALL = "neurosurgery-call"
    NEUROLOGY_CALL = "neurology-call"
    CT_ANGIOGRAPHY = "ct-angiography"
    SPINE_MRI = "spine-mri"
    TAPER_PLAN = "taper-plan"
    DAILY_CHECK = "daily-check"
    DOSE_REVIEW = "dose-review"


class Refusal(StrEnum):
    """Why an ICE or a CAPD was not performed (docs/assessment-codes.md)."""

    UNAROUSABLE = "unarousable"
    SEDATED = "sedated"
    INTUBATED = "intubated"
    LANGUAGE = "language"
    REFUSED = "refused"
    OTHER = "other"


Orderable = Action | DueKind | Request

# What a card can offer to order besides drugs; a site can have codes for it.
ORDERED_ACTIONS: tuple[Orderable, ...] = (
    *(Action.EEG, Action.MRI, Action.CT, Action.NEUROLOGY),
    *DueKind,
    *Request,
)
