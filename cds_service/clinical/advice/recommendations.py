"""The machine-readable list of the card's recommendations, in the vocabulary of docs/assessment-codes.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.course.concepts import CAPD, CONSCIOUSNESS, ICE
from cds_service.clinical.grading.domain import Concern, Domain, Icans
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
# Concerns about a score or a reading of arousal: those that a new assessment would settle, then those it would not.
SETTLED_BY_ASSESSING = (Concern.NOT_RECORDED, Concern.STALE, Concern.DOSE_DAY)
NOT_SETTLED_BY_ASSESSING = (None, Concern.SEDATED, Concern.BIRTH_DATE, Concern.BASELINE)


class Prompts(NamedTuple):
    """What the rules prompt for in addition to guideline advice."""

    escalate: bool
    taper: bool
    look_alikes: tuple[str, ...]
    due_known: bool
    overdue: bool
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


def needs_assessment_now(icans: Icans, *, overdue: bool) -> bool:
    """Whether a new ICE (CAPD) and an assessment of arousal would narrow the grade."""
    screened = (domain for domain in icans.domains if domain.name in (ICE, CAPD, CONSCIOUSNESS))
    return overdue or any(_open(domain) for domain in screened)


def _open(domain: Domain) -> bool:
    doubted = domain.concern not in NOT_SETTLED_BY_ASSESSING and domain.range.lo != domain.range.hi
    return domain.concern in SETTLED_BY_ASSESSING or doubted


def _prompted(icans: Icans, prompts: Prompts) -> Iterator[str]:
    yield Recommendation.MONITOR
    if needs_assessment_now(icans, overdue=prompts.overdue):
        yield Recommendation.ASSESS_NOW
    if prompts.due_known:
        yield Recommendation.NEXT_ASSESSMENT
    if prompts.escalate:
        yield Recommendation.ESCALATE
    if prompts.taper:
        yield Recommendation.TAPER
    yield from prompts.look_alikes
    attributed = icans.beyond_baseline.certainty is Certainty.NEEDS_ATTRIBUTION
    if attributed or (prompts.outside_window and icans.all.lo):
        yield Recommendation.OTHER_CAUSES
