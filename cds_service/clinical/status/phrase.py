"""The next steps that a card can name, as keys of its texts (cards/<language>/status.toml, `ask`)."""

from __future__ import annotations

from enum import StrEnum


class Phrase(StrEnum):
    """One next step."""

    PROTOCOL = "protocol"
    TREAT_FIRST = "first"
    THERAPY = "therapy"
    BIRTH_DATE = "birth-date"
    CAUSES = "causes"
    SEDATED = "sedated"
    AROUSAL = "arousal"
    ASSESS = "assess"
    ASSESS_SCORE = "assess-score"
    ASSESS_AROUSAL = "assess-arousal"
    ICU = "icu"
    ESCALATE = "escalate"
    TAPER = "taper"
    STEROID_RUNNING = "running"
    STEROID = "steroid"
    STOP_THERAPY = "stop-therapy"
    STOP_INFUSION = "stop-therapy-infusion"
    WITHHOLD_DOSE = "withhold-next-dose"
    WITHHOLD_INFUSION = "withhold-next-dose-infusion"
    CRS = "crs"
    TOCILIZUMAB = "tocilizumab"
    TOCILIZUMAB_FOR_CRS = "tocilizumab-for"
    TOCILIZUMAB_PER_PROTOCOL = "tocilizumab-per-protocol"
    TOCILIZUMAB_ALTERNATIVES = "tocilizumab-alternatives"
    CRS_TEMPERATURE = "crs-without-temperature"
    CRS_DRUGS = "crs-without-drugs"
    NEXT = "next"
    OVERDUE = "overdue"
    SEDATION_LIGHTENED = "lightened"

    @property
    def is_score(self) -> bool:
        """Whether it is to score ICE or CAPD now."""
        return self in (Phrase.ASSESS, Phrase.ASSESS_SCORE)
