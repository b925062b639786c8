"""What a card is about, as EHRs count and remember overrides of it (docs/contract.md 4)."""

from __future__ import annotations

from enum import StrEnum

from cds_service.clinical.tables.vocabulary import AlertCode


class Topic(StrEnum):
    """The topics of our CodeSystem; of a status card, one for each grade, so that no override hides a worse one."""

    GRADE_0 = "icansGrade0"
    GRADE_1 = "icansGrade1"
    GRADE_2 = "icansGrade2"
    GRADE_3 = "icansGrade3"
    GRADE_4 = "icansGrade4"
    AT_LEAST_1 = "icansAtLeast1"
    AT_LEAST_2 = "icansAtLeast2"
    AT_LEAST_3 = "icansAtLeast3"
    CANNOT_GRADE = "icansCannotGrade"
    ATTRIBUTION = "icansAttribution"
    DATA_MISSING = "icansDataMissing"
    ICANS_ESCALATION = "icansEscalation"
    ICANS_TAPER = "icansTaper"
    ICANS_DELAYED_NEUROTOXICITY = "icansDelayedNeurotoxicity"
    CRS_ADVICE = "crsAdvice"
    THERAPY_NOT_READABLE = "therapyNotReadable"
    STEROID_BELOW_OPTIONS = "steroidBelowOptions"
    STEROID_STOPPED_EARLY = "steroidStoppedEarly"
    STEROID_LOWER_THAN_GIVEN = "steroidLowerThanGiven"
    TOCILIZUMAB_WITHOUT_CRS = "tocilizumabWithoutCrs"
    TOCILIZUMAB_ALONE_WITH_ICANS = "tocilizumabAloneWithIcans"
    TOCILIZUMAB_OVER_LIMIT = "tocilizumabOverLimit"
    DEPRESSANT_MASKS_ASSESSMENT = "depressantMasksAssessment"
    ENGAGER_DOSE_WITH_ICANS = "engagerDoseWithIcans"
    SPLIT_DOSE_WITH_ICANS = "splitDoseWithIcans"
    FLUDARABINE_UNREDUCED = "fludarabineUnreduced"
    CART_WITHOUT_BASELINE = "cartWithoutBaseline"
    MONITORING_PLAN = "monitoringPlan"
    DISCHARGE_UNRESOLVED = "dischargeUnresolved"
    DAILY_MONITORING_CONTINUES = "dailyMonitoringContinues"
    TAPER_RUNNING = "taperRunning"
    DISCHARGE_INSTRUCTIONS = "dischargeInstructions"


def topic_of_alert(code: AlertCode) -> Topic:
    """The code of an alert in camel case (contract.md 4)."""
    joined = code.title().replace("-", "")
    return Topic(joined[:1].lower() + joined[1:])
