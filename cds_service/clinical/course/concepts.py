"""The ICANS domain that each concept of a record belongs to."""

from __future__ import annotations

from enum import StrEnum

from cds_service.clinical.tables.names import Concept


class DomainName(StrEnum):
    """The domains of ASTCT, the score by its instrument, imaging by itself."""

    ICE = "ice"
    CAPD = "capd"
    CONSCIOUSNESS = "consciousness"
    SEIZURE = "seizure"
    MOTOR = "motor"
    RAISED_ICP = "raised-icp"
    IMAGING = "imaging"


CONSCIOUSNESS_LEVEL, AVPU, RASS = Concept("consciousness"), Concept("avpu"), Concept("rass")
SEIZURE_KIND, SEIZURE_DURATION = Concept("seizure"), Concept("seizure-duration")
MOTOR_FINDING, RAISED_ICP_SIGN = Concept("motor-finding"), Concept("raised-icp-sign")
NEUROIMAGING, NEURO_SYMPTOM = Concept("neuroimaging"), Concept("neuro-symptom")
DOCUMENTED_CAUSE, DEVELOPMENTAL_DELAY = Concept("other-cause"), Concept("developmental-delay")

ICE, CAPD = DomainName.ICE, DomainName.CAPD
CONSCIOUSNESS, SEIZURE, MOTOR = DomainName.CONSCIOUSNESS, DomainName.SEIZURE, DomainName.MOTOR
RAISED_ICP, IMAGING = DomainName.RAISED_ICP, DomainName.IMAGING
SYMPTOM, OTHER_CAUSE = "symptom", "other-cause"

_CODES: dict[DomainName, tuple[str, ...]] = {
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
DOMAINS = {domain: tuple(map(Concept, codes)) for domain, codes in _CODES.items()}
# Not a domain, but it may change how the domains are graded (rules A3 and D2).
CONTEXT = {SYMPTOM: (NEURO_SYMPTOM,), OTHER_CAUSE: (DOCUMENTED_CAUSE,)}
DOMAIN_CONCEPTS = tuple(concept for concepts in DOMAINS.values() for concept in concepts)
CONTEXT_CONCEPTS = tuple(concept for concepts in CONTEXT.values() for concept in concepts)

_DOMAIN_OF: dict[str, str] = {concept: name for name, concepts in (DOMAINS | CONTEXT).items() for concept in concepts}


def family(concept: str) -> str:
    """The instrument that a total or an item belongs to; for any other concept, the concept itself."""
    domain = domain_of(concept)
    return domain if domain in (ICE, CAPD) else concept


def domain_of(concept: str) -> str | None:
    """The domain of a neurological concept, or the other use it has in grading; None for any other concept."""
    return _DOMAIN_OF.get(concept)
