"""What would settle a grade that is not exact."""

from __future__ import annotations

from cds_service.clinical.grading.domain import Concern, Domain, Icans
from cds_service.clinical.status.phrase import Phrase
from cds_service.clinical.tables.grade import UNGRADED, Certainty


def settles(icans: Icans, *, sedated: bool) -> Phrase | None:
    """None if nothing is open, or if assessing now would settle nothing."""
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        return Phrase.CAUSES
    if icans.certainty is Certainty.EXACT:
        return None
    if sedated:
        return None if icans.grade else Phrase.SEDATED
    return _assessing(icans)


def needs_birth_date(icans: Icans) -> bool:
    """Whether scores are on record and only the birth date decides which one counts (rule T7)."""
    return icans.score is not None and icans.score.concern is Concern.BIRTH_DATE


def _assessing(icans: Icans) -> Phrase | None:
    """What to assess; only arousal, if the sole open question is the worst grade."""
    score, arousal = _is_open(icans.score) and not needs_birth_date(icans), _is_open(icans.arousal)
    if arousal and icans.all.lo >= UNGRADED.hi - 1:
        return Phrase.AROUSAL
    if score and arousal:
        return Phrase.ASSESS
    return Phrase.ASSESS_SCORE if score else Phrase.ASSESS_AROUSAL if arousal else None


def _is_open(domain: Domain | None) -> bool:
    return domain is not None and domain.range.lo != domain.range.hi
