"""What limits that which a domain says."""

from __future__ import annotations

from enum import StrEnum


class Concern(StrEnum):
    """Why a finding counts less, or none is there.

    NOT_GRADED: shown, but no criterion of ICANS. DOSE_DAY: it may be from before the dose. BIRTH_DATE: both instruments
    were used and no age says which counts. DOUBTED: a later sign says that the patient is worse. NOT_PERFORMED: the
    score was not taken the next time. BASELINE: it was so low before the therapy that it says nothing (rule A7).
    """

    STALE = "stale"
    NOT_RECORDED = "not-recorded"
    NOT_GRADED = "not-graded"
    SEDATED = "sedated"
    DOSE_DAY = "dose-day"
    BIRTH_DATE = "birth-date"
    DOUBTED = "doubted"
    NOT_PERFORMED = "not-performed"
    BASELINE = "baseline"
