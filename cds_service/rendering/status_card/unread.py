"""What was recorded of the nervous system and could not be used: somebody has to read it in the chart."""

from __future__ import annotations

from cds_service.clinical.facts.gap import Gap, GapKind, UnusableStatus
from cds_service.clinical.grading import icans
from cds_service.rendering.words.view import View

KINDS = frozenset(
    {GapKind.UNREADABLE, GapKind.UNUSABLE_STATUS, GapKind.UNKNOWN_UNIT, GapKind.IMPLAUSIBLE, GapKind.FUTURE}
)
# Somebody took it back, so nobody needs to look for it.
WITHDRAWN = frozenset({UnusableStatus.ENTERED_IN_ERROR, UnusableStatus.CANCELLED})
# The concepts that a domain rests on, by how their names begin.
DOMAINS = {
    "ice-": icans.ICE,
    "capd-": icans.CAPD,
    "consciousness": icans.CONSCIOUSNESS,
    "avpu": icans.CONSCIOUSNESS,
    "rass": icans.CONSCIOUSNESS,
    "gcs-": icans.CONSCIOUSNESS,
    "seizure": icans.SEIZURE,
    "motor-finding": icans.MOTOR,
    "raised-icp-sign": icans.RAISED_ICP,
    "neuroimaging": icans.IMAGING,
    "neuro-symptom": "symptom",
    "other-cause": "other-cause",
}


def domain_of(concept: str) -> str:
    """The domain that a concept belongs to; empty for what is not of the nervous system."""
    return next((domain for start, domain in DOMAINS.items() if concept.startswith(start)), "")


def is_unread(gap: Gap) -> bool:
    """Whether something neurological was recorded that might have counted."""
    return gap.kind in KINDS and gap.detail not in WITHDRAWN and bool(domain_of(gap.concept))


def unread_domains(view: View) -> tuple[str, ...]:
    """The domains with a record that could not be used, each once."""
    return tuple(dict.fromkeys(domain_of(gap.concept) for gap in view.evaluation.gaps if is_unread(gap)))
