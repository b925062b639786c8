"""The ICANS domain that each concept of a record belongs to."""

from __future__ import annotations

from enum import StrEnum


class DomainName(StrEnum):
    """The domains of ASTCT, the score by its instrument, imaging by itself."""

    ICE = "ice"
    CAPD = "capd"
    CONSCIOUSNESS = "consciousness"
    SEIZURE = "seizure"
    MOTOR = "motor"
    RAISED_ICP = "raised-icp"
    IMAGING = "imaging"


ICE, CAPD = DomainName.ICE, DomainName.CAPD
CONSCIOUSNESS, SEIZURE, MOTOR = DomainName.CONSCIOUSNESS, DomainName.SEIZURE, DomainName.MOTOR
RAISED_ICP, IMAGING = DomainName.RAISED_ICP, DomainName.IMAGING
SYMPTOM, OTHER_CAUSE = "symptom", "other-cause"

DOMAINS = {
    ICE: (
        "ice-total",
        "ice-not-performed",
        "ice-orientation-year",
        "ice-orientation-month",
        "ice-orientation-city",
        "ice-orientation-hospital",
        "ice-naming",
        "ice-following-commands",
        "ice-writing",
        "ice-attention",
    ),
    CAPD: ("capd-total", "capd-not-performed"),
    CONSCIOUSNESS: ("consciousness", "avpu", "rass", "gcs-total", "gcs-eye", "gcs-verbal", "gcs-motor"),
    SEIZURE: (
        "seizure",
        "seizure-duration",
        "seizure-returned-to-baseline",
        "seizure-resolved-with-intervention",
    ),
    MOTOR: ("motor-finding",),
    RAISED_ICP: ("raised-icp-sign",),
    IMAGING: ("neuroimaging",),
}
# Not a domain, but it may change how the domains are graded (rules A3 and D2).
CONTEXT = {SYMPTOM: ("neuro-symptom",), OTHER_CAUSE: ("other-cause",)}
DOMAIN_CONCEPTS = tuple(concept for concepts in DOMAINS.values() for concept in concepts)
CONTEXT_CONCEPTS = tuple(concept for concepts in CONTEXT.values() for concept in concepts)

_DOMAIN_OF = {concept: name for name, concepts in (DOMAINS | CONTEXT).items() for concept in concepts}


def family(concept: str) -> str:
    """The instrument that a total or an item belongs to; for any other concept, the concept itself."""
    domain = domain_of(concept)
    return domain if domain in (ICE, CAPD) else concept


def domain_of(concept: str) -> str | None:
    """The domain of a neurological concept, or the other use it has in grading; None for any other concept."""
    return _DOMAIN_OF.get(concept)
