"""The machine-readable list of what the card recommends, in the vocabulary of docs/assessment-codes.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.grading import domain as neuro
from cds_service.clinical.grading.concern import Concern
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.tables.advice import MAY
from cds_service.clinical.tables.grade import Certainty

# The order in which actions are listed, and the whole vocabulary.
VOCABULARY = (
    "monitor-neuro",
    "ice-now",
    "next-ice-due",
    "supportive-care",
    "aspiration-precautions",
    "neurology-consult",
    "mri",
    "ct",
    "eeg",
    "lumbar-puncture",
    "fundoscopy",
    "icu",
    "airway",
    "corticosteroid",
    "corticosteroid-escalate",
    "corticosteroid-taper",
    "tocilizumab",
    "refractory-options",
    "antiseizure",
    "antifungal-prophylaxis",
    "icp-management",
    "withhold-next-dose",
    "stop-therapy",
    "look-alike-work-up",
    "iec-hs-work-up",
    "consider-other-causes",
)
# What is called otherwise where the grade of CRS asks for it.
_CODES = {"crs-corticosteroid": "corticosteroid", "crs-supportive-care": "supportive-care"}
# Concerns about a score or a reading of arousal that a new assessment would settle, and those that it would not.
SETTLED_BY_ASSESSING = (Concern.NOT_RECORDED, Concern.STALE, Concern.DOSE_DAY)
NOT_SETTLED_BY_ASSESSING = (None, Concern.SEDATED, Concern.BIRTH_DATE, Concern.BASELINE)


class Prompts(NamedTuple):
    """What the rules prompt for besides the advice of guidelines."""

    escalate: bool
    taper: bool
    look_alikes: tuple[str, ...]
    due_known: bool
    overdue: bool
    outside_window: bool


def recommendations(
    icans: Icans, advice: Iterable[Advice], crs_advice: Iterable[Advice], prompts: Prompts
) -> tuple[str, ...]:
    """Codes of everything recommended, each once, in the order of the vocabulary."""
    entries = tuple(advice)
    of_crs = {_CODES.get(one.row.action, one.row.action) for one in crs_advice if one.row.strength != MAY}
    advised = ({entry.row.action for entry in entries} | of_crs) - avoided(entries)
    wanted = advised | set(_prompted(icans, prompts))
    return tuple(code for code in VOCABULARY if code in wanted)


def needs_assessment_now(icans: Icans, *, overdue: bool) -> bool:
    """Whether a new ICE (CAPD) and a look at arousal would settle what is open."""
    screened = (domain for domain in icans.domains if domain.name in (neuro.ICE, neuro.CAPD, neuro.CONSCIOUSNESS))
    return overdue or any(_open(domain) for domain in screened)


def _open(domain: neuro.Domain) -> bool:
    doubted = domain.concern not in NOT_SETTLED_BY_ASSESSING and domain.range.lo != domain.range.hi
    return domain.concern in SETTLED_BY_ASSESSING or doubted


def _prompted(icans: Icans, prompts: Prompts) -> Iterator[str]:
    yield "monitor-neuro"
    if needs_assessment_now(icans, overdue=prompts.overdue):
        yield "ice-now"
    if prompts.due_known:
        yield "next-ice-due"
    if prompts.escalate:
        yield "corticosteroid-escalate"
    if prompts.taper:
        yield "corticosteroid-taper"
    yield from prompts.look_alikes
    attributed = icans.beyond_baseline.certainty is Certainty.NEEDS_ATTRIBUTION
    if attributed or (prompts.outside_window and icans.all.lo):
        yield "consider-other-causes"
