"""What a card can ask for (rule Q): one thing by its code, with what it is based on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.course.sedation import Spell
from cds_service.clinical.facts.gap import UnreadProduct
from cds_service.clinical.grading.attribution import Cause
from cds_service.clinical.grading.crs_course import LowPressure, SupportWithoutFever
from cds_service.clinical.look_alikes.delayed import DelayedSign
from cds_service.clinical.status.acts import CorticosteroidAct, DoseAct
from cds_service.clinical.status.emergency import (
    Bleeding,
    Coma,
    FocalDeficit,
    LowValues,
    OngoingSeizure,
    RaisedPressure,
)
from cds_service.clinical.tables.vocabulary import DueKind, Refusal


class AskCode(StrEnum):
    """The things that can be asked for, Q1 to Q22, in the order of their numbers."""

    AIRWAY = "airway"
    ONGOING_SEIZURE = "ongoing-seizure"
    STROKE_CALL = "stroke-call"
    INTRACRANIAL_BLEED = "intracranial-bleed"
    RAISED_PRESSURE = "raised-pressure"
    GLUCOSE_OR_SODIUM = "glucose-or-sodium"
    CRS_SEVERE = "crs-severe"
    ICANS_SEVERE = "icans-severe"
    ESCALATION_REVIEW = "escalation-review"
    CHECK_AROUSAL = "check-arousal"
    ASSESS_NOW = "assess-now"
    ICANS_2 = "icans-2"
    DELAYED_NEUROTOXICITY = "delayed-neurotoxicity"
    CRS_2 = "crs-2"
    LOW_PRESSURE_NO_FEVER = "low-pressure-no-fever"
    THERAPY_NOT_READABLE = "therapy-not-readable"
    CHARTED_GRADE_DIFFERS = "charted-grade-differs"
    OTHER_CAUSE_FIRST = "other-cause-first"
    NEXT_DOSE = "next-dose"
    TAPER = "taper"
    ICANS_1 = "icans-1"
    NEXT_ASSESSMENT = "next-assessment"

    @property
    def rule(self) -> str:
        """The name of the rule: "Q1"."""
        return f"Q{list(AskCode).index(self) + 1}"


class Known(StrEnum):
    """How a grade is known: found now, found but possibly due to another cause, or the last known grade."""

    NOW = "now"
    IF_ICANS = "if-icans"
    LAST = "last"


class IcansGrade(NamedTuple):
    """The ICANS grade that an ask is for; `time`: when it was found.

    `corticosteroid`: what to do about it if the ask is to treat; None if there is nothing to do.
    """

    grade: int
    known: Known
    time: datetime
    corticosteroid: CorticosteroidAct | None = None


class CrsGrade(NamedTuple):
    """The lowest possible CRS grade that an ask is for."""

    grade: int


class AssessmentScope(StrEnum):
    """What to assess now: score and arousal, or only one of them."""

    BOTH = "both"
    SCORE = "score"
    AROUSAL = "arousal"


class Assessment(NamedTuple):
    """An assessment that is missing.

    `refusal`: why no score was taken; None if not recorded. `sedation`: what prevents it; `last`: the last
    grade before sedation. `only_coma`: only a finding that the patient cannot be woken would raise the grade.
    """

    scope: AssessmentScope
    refusal: Refusal | None = None
    sedation: Spell | None = None
    last: IcansGrade | None = None
    only_coma: bool = False


class UnreadTherapies(NamedTuple):
    """Therapies that are recorded but cannot be read."""

    products: tuple[UnreadProduct, ...]


class ChartedAbove(NamedTuple):
    """Charted grades that exceed the computed ones; None for a scale on which it does not."""

    icans: ChartedGrade | None
    crs: ChartedGrade | None


class OtherCauses(NamedTuple):
    """Other causes that may explain the findings."""

    causes: tuple[Cause, ...]


class NextDoseWithheld(NamedTuple):
    """The table rows that withhold or stop the next dose of an engager at the present grade, and what follows."""

    rows: tuple[Advice, ...]
    act: DoseAct


class DelayedNeurotoxicity(NamedTuple):
    """Signs of neurotoxicity other than ICANS."""

    signs: tuple[DelayedSign, ...]


class NextAssessment(NamedTuple):
    """Time and kind of the next assessment."""

    at: datetime
    kind: DueKind


Figure = (
    Coma
    | OngoingSeizure
    | FocalDeficit
    | Bleeding
    | RaisedPressure
    | LowValues
    | CrsGrade
    | IcansGrade
    | Assessment
    | LowPressure
    | SupportWithoutFever
    | UnreadTherapies
    | ChartedAbove
    | OtherCauses
    | NextDoseWithheld
    | DelayedNeurotoxicity
    | NextAssessment
)


class Ask(NamedTuple):
    """One thing to ask for, and what it is based on."""

    code: AskCode
    figure: Figure

    @property
    def rule(self) -> str:
        """The name of the rule that asks for it: "Q1"."""
        return self.code.rule
