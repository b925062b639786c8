"""Words: every code that can reach a card or a leaflet has a text in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from cds_service.checks.report import Report
from cds_service.checks.tables import labels_of_regions
from cds_service.clinical.advice.offered import Condition
from cds_service.clinical.advice.puncture import AgainstPuncture
from cds_service.clinical.course.concepts import (
    AVPU,
    CAPD,
    CONSCIOUSNESS_LEVEL,
    CONTEXT,
    DOCUMENTED_CAUSE,
    DOMAIN_CONCEPTS,
    DOMAINS,
    ICE,
    MOTOR_FINDING,
    NEURO_SYMPTOM,
    NEUROIMAGING,
    RAISED_ICP_SIGN,
    RASS,
    SEIZURE_KIND,
    family,
)
from cds_service.clinical.course.consciousness import Scale
from cds_service.clinical.course.doubt import SignKind
from cds_service.clinical.course.measurements import DEVICE
from cds_service.clinical.facts.gap import UNKNOWN_DRUG, GapKind
from cds_service.clinical.facts.occasion import STAY, UnjudgedReason
from cds_service.clinical.grading import crs
from cds_service.clinical.grading.attribution import LATE
from cds_service.clinical.grading.crs_course import LowPressureAct
from cds_service.clinical.grading.domain import Concern
from cds_service.clinical.grading.gaps import UnreadScore
from cds_service.clinical.grading.history import Trend
from cds_service.clinical.grading.open_domains import Why
from cds_service.clinical.risk.factor import Point, Quantity
from cds_service.clinical.risk.summary import NEVER_JUDGED, VOCABULARY, WITHOUT_WEIGHT
from cds_service.clinical.status.urgency import Row
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.labels import ASTCT
from cds_service.clinical.tables.next_dose import Resumption, TooLong, Until
from cds_service.clinical.tables.vocabulary import UNITS, Action, Indicator, Refusal, RowCondition, Strength
from cds_service.fhir_mapping.data_requirements import requirements_of
from cds_service.fhir_mapping.r4.structs import KNOWN_TYPES
from cds_service.fhir_mapping.write.resources import ROUTES
from cds_service.knowledge import Knowledge
from cds_service.knowledge.rows import UNWORDED
from cds_service.knowledge.wording import languages, load_leaflets, load_wording
from cds_service.rendering.status_card.asks import ACTS
from cds_service.rendering.words.values import MEASURED
from cds_service.rendering.words.wording import Wording

FINDINGS = (
    CONSCIOUSNESS_LEVEL,
    SEIZURE_KIND,
    MOTOR_FINDING,
    RAISED_ICP_SIGN,
    NEUROIMAGING,
    NEURO_SYMPTOM,
    DOCUMENTED_CAUSE,
    DEVICE,
)
# What can take the place of a finding: none recorded, one that could not be used, a cause without a code.
NO_FINDING = ("none", "not-arrived", "unread", "other-cause", LATE.name, *UnreadScore)
# Concerns shown beside a finding, and those shown in its place.
BESIDE = (Concern.STALE, Concern.NOT_GRADED, Concern.DOSE_DAY, Concern.SEDATED, Concern.BASELINE, Concern.UNREAD)
INSTEAD = (Concern.SEDATED, Concern.NOT_RECORDED, Concern.BIRTH_DATE, Concern.BASELINE)
# Concepts of gaps that are not codes of a record.
ABOUT_GAPS = ("birth-date", "therapy", "history", "patient", "orders")
RISK_UNITS = ("mg/m2", "mL/min", "mL/min/1.73m2", "million", "million/kg")
NAMED_RISKS = (
    Quantity.FIRST_FEVER,
    Quantity.CRS_GRADE,
    Quantity.CHARTED_CRS_GRADE,
    Quantity.ICANS_GRADE,
    Quantity.CHARTED_ICANS_GRADE,
    Quantity.EARLIER_COURSE,
    "lactate-dehydrogenase",
    "marrow-blasts",
)
# Sections of one file that have texts for the same codes.
ALIKE = (("alerts.summary", "alerts.reason", "alerts.now"),)
Sections = Mapping[str, Iterable[object]]


def check_words(knowledge: Knowledge) -> Report:
    """Check that each code has a text; a call that needs a missing one fails, because there is no substitute."""
    cards, leaflets = places_of(knowledge), frozenset(_flat(_leaflet(knowledge)))
    spoken = {language: load_wording(language, products=knowledge.product_names) for language in languages()}
    wanted = [(language, words, cards | _alike(words)) for language, words in spoken.items()]
    wanted += [(language, words, leaflets) for language, words in load_leaflets().items()]
    problems = tuple(chain.from_iterable(_missing(*one) for one in wanted))
    return Report("words", f"{len(cards)} codes on cards, {len(leaflets)} in leaflets", problems)


def _missing(language: str, words: Wording, places: frozenset[str]) -> Iterator[str]:
    return (f"{language}: {place} has no text" for place in sorted(places - set(words.gaps)))


def places_of(knowledge: Knowledge) -> frozenset[str]:
    """The place of the text for each code that can reach a card, derived from the enumerations and the tables."""
    groups = (_grading, _findings, _gaps, _advice, _labels, _risk, _look_alikes)
    return frozenset(place for group in groups for place in _flat(group(knowledge)))


def _flat(sections: Sections) -> Iterator[str]:
    return (f"{section}.{code}" for section, codes in sections.items() for code in codes)


def _alike(words: Wording) -> frozenset[str]:
    """The texts that a section must have because a section with the same codes has them."""
    together = {name: frozenset().union(*map(words.keys, group)) for group in ALIKE for name in group}
    return frozenset(_flat(together))


def _grading(knowledge: Knowledge) -> Sections:
    """Grades, their basis, and what is asked for."""
    return {
        "status.head": Certainty,
        "status.trend": Trend,
        "status.reason": Why,
        "status.act": ACTS,
        "status.instrument": (ICE, CAPD, "either"),
        "status.domain": (*DOMAINS, *CONTEXT),
        "status.item": knowledge.protocol.rules.grading.ice.items,
        "status.concern": BESIDE,
        "status.sign": (*(kind for kind in SignKind if kind is not SignKind.SYMPTOM), Concern.NOT_PERFORMED),
        "status.measured": MEASURED,
        "status.basis": (crs.FEVER, "temperature", crs.HYPOTENSION, crs.HYPOXIA),
        "detail.crs-trend": Trend,
        "detail.section": Condition,
        "detail.low-pressure": LowPressureAct,
        "detail.indicator": (indicator.value for indicator in Indicator),
        "detail.urgency": set(Row) - {Row.ALERT, Row.ALERT_GRADE, Row.UNJUDGED},
        "advice.against-puncture": AgainstPuncture,
    }


def _findings(knowledge: Knowledge) -> Sections:
    """Recorded answers, and values with their units."""
    concepts, rules = knowledge.terminology.concepts, knowledge.protocol.rules
    diagnosed = (meaning.value for meaning in concepts.conditions.values() if meaning.concept in FINDINGS)
    answered = (one for name in FINDINGS for one in knowledge.terminology.answers.get(name, {}).values())
    low, high = concepts.scores[RASS]
    return {
        "status.value": (
            *(answer for concept in FINDINGS for answer in concepts.choices[concept]),
            *diagnosed,
            *answered,
            *rules.decisions.other_cause.explains,
            *rules.decisions.improvement.signs,
            *(diagnosis for row in rules.risk.factors.history for diagnosis in row.diagnoses),
            *NO_FINDING,
            *INSTEAD,
        ),
        f"status.{Scale.AVPU}": concepts.choices[AVPU],
        f"status.{Scale.RASS}": (f"{score:+d}" if score else "0" for score in range(low, high + 1)),
        "status.not-performed": set(Refusal) - {Refusal.UNAROUSABLE},
        "status.unit": {*(table.unit for table in knowledge.units.values()), *UNITS.values(), *RISK_UNITS},
    }


def _gaps(knowledge: Knowledge) -> Sections:
    """Gaps: any concept of the record, any drug, and every part of what is asked for."""
    concepts, terminology = knowledge.terminology.concepts, knowledge.terminology
    observed = {concept for group in concepts.observations.values() for concept in group} | set(DOMAIN_CONCEPTS)
    return {
        "gaps.kind": GapKind,
        "gaps.what": {
            *map(family, observed),
            *terminology.diagnoses.concepts,
            *terminology.conditions.concepts,
            *(one.key for one in requirements_of(terminology, knowledge.protocol.rules.decisions.record)),
            *DOMAINS,
            *ABOUT_GAPS,
        },
        "unjudged.reason": UnjudgedReason,
        "unjudged.brief": UnjudgedReason,
        "unjudged.drug": (UNKNOWN_DRUG, STAY),
        "alerts.what": {*KNOWN_TYPES, UNKNOWN_DRUG, "orders"},
    }


def _advice(knowledge: Knowledge) -> Sections:
    """Advice (whose other words are checked with the rows), and every drug by name."""
    tables = (*knowledge.protocol.tables, *labels_of_regions(knowledge))
    regimens = [regimen for table in tables for row in table.row for regimen in row.regimens]
    named = {name for one in regimens for name in (one.drug, one.plus) if name}
    evidence = {row.drug for row in knowledge.protocol.rules.refractory.evidence}
    return {
        "advice.drug": knowledge.terminology.drugs.concepts | knowledge.product_names.keys() | named | evidence,
        "advice.action": set(Action) - UNWORDED,
        "advice.strength": Strength,
        "advice.strength-after": Strength,
        "advice.condition": RowCondition,
        "advice.route": ROUTES,
        "advice.next-dose": (*(f"until-{one}" for one in Until), *Resumption, *TooLong),
        "escalation.route": ROUTES,
    }


def _labels(knowledge: Knowledge) -> Sections:
    """What labels say about their scale and the time after a dose."""
    labels = [label for table in labels_of_regions(knowledge) for label in table.label.values()]
    return {
        "labels.scale": {label.scale for label in labels},
        "labels.note": {label.scale for label in labels} - {ASTCT},
        "labels.checks": {one for label in labels for one in (label.monitoring.check, label.monitoring.then) if one},
        "labels.observed": {label.monitoring.observed for label in labels if label.monitoring.observed},
        "labels.driving": {label.monitoring.driving for label in labels if label.monitoring.driving},
    }


def _leaflet(knowledge: Knowledge) -> Sections:
    tables = tuple(labels_of_regions(knowledge))
    watching = [label.monitoring for table in tables for label in table.label.values()]
    return {
        "leaflet.number": {table.region for table in tables},
        "leaflet.month": range(1, 13),
        "leaflet.checks": {one.check for one in watching if one.check},
        "leaflet.then": {one.then for one in watching if one.then},
        "leaflet.driving": {one.driving for one in watching if one.driving},
    }


def _risk(knowledge: Knowledge) -> Sections:
    """Risk factors by state; a factor without a cut-off is neither present nor absent."""
    shown = [factor for factor in VOCABULARY if factor not in WITHOUT_WEIGHT | NEVER_JUDGED]
    open_scores = {row.factor for row in knowledge.protocol.rules.risk.factors.score if row.cut_off is None}
    judged = [factor for factor in shown if factor not in open_scores]
    return {
        "risk.unknown": shown,
        "risk.present": judged,
        "risk.name": judged,
        "risk.brief": judged,
        "risk.measure": NAMED_RISKS,
        "risk.point": Point,
    }


def _look_alikes(knowledge: Knowledge) -> Sections:
    table = knowledge.protocol.rules.look_alikes
    measured = (row.concept for row in table.laboratory)
    return {
        "look_alike.sign": {
            "ferritin",
            "fibrinogen",
            "lymphocytes",
            *measured,
            *table.iec_hs.transaminases,
            *table.iec_hs.cytopenias,
        },
        "look_alike.cause": {
            *(row.cause for row in table.laboratory),
            *(row.cause for row in table.diagnosis),
            *(row.cause for row in table.drug),
        },
    }
