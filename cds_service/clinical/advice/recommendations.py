"""The machine-readable list of the card's recommendations, in the vocabulary of docs/assessment-codes.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.vocabulary import Action, Strength


class Recommendation(StrEnum):
    """The whole vocabulary, in the order in which recommendations are listed."""

    MONITOR = "monitor-neuro"
    ASSESS_NOW = "ice-now"
    NEXT_ASSESSMENT = "next-ice-due"
    SUPPORTIVE_CARE = "supportive-care"
    ASPIRATION_PRECAUTIONS = "aspiration-precautions"
    NEUROLOGY = "neurology-consult"
    MRI = "mri"
    CT = "ct"
    EEG = "eeg"
    LUMBAR_PUNCTURE = "lumbar-puncture"
    FUNDOSCOPY = "fundoscopy"
    ICU = "icu"
    AIRWAY = "airway"
    CORTICOSTEROID = "corticosteroid"
    ESCALATE = "corticosteroid-escalate"
    TAPER = "corticosteroid-taper"
    TOCILIZUMAB = "tocilizumab"
    REFRACTORY_OPTIONS = "refractory-options"
    ANTISEIZURE = "antiseizure"
    ANTIFUNGAL_PROPHYLAXIS = "antifungal-prophylaxis"
    ICP_MANAGEMENT = "icp-management"
    WITHHOLD = "withhold-next-dose"
    STOP = "stop-therapy"
    LOOK_ALIKE_WORK_UP = "look-alike-work-up"
    IEC_HS_WORK_UP = "iec-hs-work-up"
    OTHER_CAUSES = "consider-other-causes"


# Actions with a name of their own when they are advised for CRS.
_OF_CRS = {
    Action.CRS_CORTICOSTEROID: Recommendation.CORTICOSTEROID,
    Action.CRS_SUPPORTIVE_CARE: Recommendation.SUPPORTIVE_CARE,
}


class Prompts(NamedTuple):
    """What the rules prompt for in addition to guideline advice; `assess_*`: the next ICE or CAPD (rule G5)."""

    escalate: bool
    taper: bool
    look_alikes: tuple[str, ...]
    assess_now: bool
    assess_later: bool
    outside_window: bool


def recommendations(
    icans: Icans, advice: Iterable[Advice], crs_advice: Iterable[Advice], prompts: Prompts
) -> tuple[Recommendation, ...]:
    """Everything recommended, each once, in the order of the vocabulary."""
    entries = tuple(advice)
    rows = (entry.row for entry in crs_advice)
    of_crs = (_OF_CRS.get(row.action, row.action) for row in rows if row.strength is not Strength.MAY)
    advised: set[str] = {*(entry.row.action for entry in entries), *of_crs}
    wanted = (advised - avoided(entries)) | set(_prompted(icans, prompts))
    return tuple(one for one in Recommendation if one in wanted)


def _prompted(icans: Icans, prompts: Prompts) -> Iterator[str]:
    yield Recommendation.MONITOR
    if prompts.assess_now:
        yield Recommendation.ASSESS_NOW
    if prompts.assess_later:
        yield Recommendation.NEXT_ASSESSMENT
    if prompts.escalate:
        yield Recommendation.ESCALATE
    if prompts.taper:
        yield Recommendation.TAPER
    yield from prompts.look_alikes
    attributed = icans.beyond_baseline.certainty is Certainty.NEEDS_ATTRIBUTION
    if attributed or (prompts.outside_window and icans.all.lo):
        yield Recommendation.OTHER_CAUSES
