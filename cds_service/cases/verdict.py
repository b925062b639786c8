"""Whether the service answers a case as expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from cds_service.cases.case import NOW, Case, Expected, ago
from cds_service.cases.options import (
    crs_options,
    discharge_answer,
    drafted_drugs,
    guideline_options,
    label_options,
    occasion_of,
    own_options,
)
from cds_service.cases.patient import facts_of
from cds_service.clinical.advice.offered import lowest_steroid_total
from cds_service.clinical.assess import Answer, assess, leaving_of
from cds_service.clinical.facts.gap import GapKind, UnreadName
from cds_service.clinical.facts.patient import Measured
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.look_alikes.causes import LookAlike, LookAlikes, measured
from cds_service.clinical.risk.factor import RiskFactor
from cds_service.clinical.status.due import Due
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.grade import Certainty, Range
from cds_service.clinical.tables.guideline import Protocol, Rules
from cds_service.clinical.treatment.so_far import TreatmentSoFar
from cds_service.clinical.treatment.steroids import Equivalent
from cds_service.knowledge.editions import load_labels
from cds_service.rendering.wire.risk import measured_text

RESPONSES = {None: "not known", True: "better", False: "no better"}
WORSE_AGAIN = "worse again"
INCLUDED = {
    "recommended": "recommendations",
    "not_recommended": "recommendations",
    "not_advised": "advised",
    "no_gaps": "gaps",
}
UNASKED_IF_EMPTY = frozenset({"domains", "discharge", "risk", *INCLUDED, "advised", "gaps"})


def differences(case: Case, protocol: Protocol) -> list[str]:
    """The differences between the answer and the expected one, one per line; empty if they agree."""
    asked = protocol_of(case, protocol)
    answer = assessed(case, asked)
    more = {
        "discharge": discharge_answer(leaving_of(answer, asked)),
        "findings": tuple(alert.code for alert in answer.alerts),
        "unchecked": tuple(f"{one.order.drug} {one.reason}" for one in answer.unjudged),
    }
    return list(_differences(case.expect, answer_of(answer, asked.rules) | more))


def assessed(case: Case, protocol: Protocol) -> Answer:
    """The answer about the patient of a case on its occasion."""
    return assess(facts_of(case, protocol.rules.drugs.products), occasion_of(case), NOW, protocol)


def protocol_of(case: Case, protocol: Protocol) -> Protocol:
    """The protocol with the settings of a case."""
    labels = protocol.labels
    if labels is None or labels.region != case.region:
        labels = _labels(case.region)
    return protocol._replace(other_scales=case.other_scales, labels=labels)


@cache
def _labels(region: str) -> Management:
    return load_labels(region)


def answer_of(answer: Answer, rules: Rules) -> dict[str, Any]:
    """An answer in the terms of `Expected`."""
    evaluation = answer.evaluation
    icans, crs, history = evaluation.icans, evaluation.crs, evaluation.history
    course = evaluation.crs_course
    return {
        "icans": graded_text(icans.certainty, icans.grade, icans.if_attributable, icans.all),
        "crs": graded_text(crs.certainty, crs.grade, None, crs.range),
        "decided_by": icans.decided_by,
        "domains": {domain.name: _range_text(domain) for domain in icans.domains},
        "instrument": evaluation.instrument,
        "day": evaluation.day,
        "peak": history.peak.all.lo if history.peak else None,
        "onset": history.onset,
        "trend": evaluation.trend or "none",
        "at_baseline": evaluation.scores.at_baseline,
        "lost": evaluation.scores.lost,
        "improved": tuple(one.sign for one in evaluation.improved),
        "last_known": history.last_known.known_grade if history.last_known else None,
        "no_longer_counted": tuple(f"{one.concept} {one.value}" for one in evaluation.no_longer_counted),
        "may_lower": tuple(one.drug for one in evaluation.may_lower),
        "due": evaluation.next_assessment,
        **_due(evaluation.due),
        "overdue": evaluation.overdue,
        "attention": str(evaluation.attention),
        "urgency": evaluation.urgency.indicator.value,
        "urgency_reasons": tuple(f"{reason.row} {reason.value}" for reason in evaluation.urgency.reasons),
        "ask": f"{answer.ask.rule} {answer.ask.code}" if answer.ask else "none",
        "asks": tuple(ask.rule for ask in answer.asks),
        "gate": evaluation.crs.gate,
        "low_pressure": str(evaluation.low_pressure.act) if evaluation.low_pressure else "none",
        "crs_peak": course.peak.range.lo if course.peak else None,
        "crs_onset": course.onset,
        "crs_trend": course.trend or "none",
        "escalate": evaluation.treatment.escalate,
        "taper": evaluation.treatment.taper,
        **_steroids(evaluation.treatment),
        "response": _response(evaluation.treatment),
        "flare": evaluation.treatment.watch_for_flare,
        "given": _given(evaluation.treatment),
        **_look_alikes(evaluation.look_alikes),
        "risk": {factor.name: _risk_text(factor) for factor in evaluation.risk.factors},
        "recommendations": evaluation.recommendations,
        "doses": doses_shown(evaluation),
        "label": label_options(evaluation.advice),
        "own": own_options(evaluation.advice),
        "advised": guideline_options(evaluation.advice),
        "crs_advised": crs_options(evaluation.crs_advice),
        "drafted": drafted_drugs(answer.proposals),
        "lowest_steroid_mg": _lowest_steroid(evaluation, rules),
        "gaps": tuple(f"{gap.concept} {gap.kind}" for gap in evaluation.gaps),
        "not_looked_up": _unread(evaluation),
        "unread_therapy": tuple(one.product or "therapy" for one in evaluation.unread_therapies),
    }


def _unread(evaluation: Evaluation) -> tuple[str, ...]:
    """The names of what could not be read: "sedation propofol"."""
    gaps = (gap for gap in evaluation.gaps if gap.kind is GapKind.NOT_LOOKED_UP)
    return tuple(f"{gap.concept} {gap.detail.name}".strip() for gap in gaps if isinstance(gap.detail, UnreadName))


def graded_text(certainty: Certainty, grade: int | None, if_attributable: int | None, graded: Range) -> str:
    """A grade in the notation of the cases: "exact 2", "at-least 3 up to 4", "needs-attribution 3 (floor 1)"."""
    match certainty:
        case Certainty.EXACT:
            return f"exact {grade}"
        case Certainty.AT_LEAST:
            return f"at-least {grade} up to {graded.hi}"
        case Certainty.NEEDS_ATTRIBUTION:
            return f"needs-attribution {if_attributable}{f' (floor {grade})' if grade else ''}"
        case _:
            return f"cannot-grade up to {graded.hi}"


def _due(due: Due | None) -> dict[str, Any]:
    return {
        "due_now": due.now if due else None,
        "due_kind": str(due.kind) if due else "none",
        "bring_in": due.bring_in if due else None,
    }


def doses_shown(evaluation: Evaluation) -> tuple[str, ...]:
    """The drugs for which a dose is shown."""
    shown = (one for entry in evaluation.advice for one in entry.regimens if one.has_dose)
    return tuple(dict.fromkeys(regimen.drug for regimen in shown))


def _lowest_steroid(evaluation: Evaluation, rules: Rules) -> float | None:
    equivalents = rules.decisions.steroids.dexamethasone_equivalent_mg
    return lowest_steroid_total(evaluation.advice, equivalents, evaluation.profile.weight_kg)


def _steroids(treatment: TreatmentSoFar) -> dict[str, object]:
    """24 h amounts as mg of dexamethasone: "40", "at least 40", "not known", "none"."""
    given, arose = treatment.steroids, treatment.arose_on
    return {
        "reassess_by": treatment.escalation.reassess_by,
        "arose_on": f"{', '.join(arose.drugs)} {_mg(arose.equivalent)}" if arose else "none",
        "steroid_24h": _mg(given.equivalent) if given.recent else "none",
        "steroid_last": given.last,
    }


def _mg(equivalent: Equivalent | None) -> str:
    if equivalent is None:
        return "not known"
    return f"{'at least ' * equivalent.is_least}{equivalent.mg:.4g}"


def _response(treatment: TreatmentSoFar) -> str:
    return RESPONSES[treatment.better] if treatment.flare_from is None else WORSE_AGAIN


def _given(treatment: TreatmentSoFar) -> tuple[str, ...]:
    """Drugs other than corticosteroids and tocilizumab: "anakinra 3", "propofol running"."""
    drugs = (*treatment.immunosuppressants, *treatment.supportive)
    return tuple(f"{one.drug} {'running' if one.running else one.doses}" for one in drugs)


def _look_alikes(found: LookAlikes) -> dict[str, tuple[str, ...]]:
    return {
        "other_causes": tuple(map(_cause, found.causes)),
        "not_measured": found.not_measured,
        "non_icans": tuple(str(record.value) for record in found.non_icans),
        "iec_hs": tuple(f"{record.concept} {_measured(measured(record))}" for record in found.iec_hs),
    }


def _cause(found: LookAlike) -> str:
    """The cause and its value: "hypoglycaemia: glucose 40 mg/dL, first" if it is treated at once."""
    value = _measured(found.value) if found.value else ""
    return f"{found.cause}: {found.what} {value}".strip() + ", first" * found.first


def _measured(value: Measured) -> str:
    return f"{value.comparator}{value.number:,.10g} {value.unit}"


def _risk_text(factor: RiskFactor) -> str:
    """State, values and reason: "present: cumulative 90 mg/m2, doses 3: body surface Mosteller"."""
    values = ", ".join(measured_text(measure) for measure in factor.measures)
    return ": ".join(filter(None, (str(factor.state), values, factor.reason)))


def _range_text(domain: Domain) -> str:
    return f"{domain.range.lo}..{domain.range.hi}"


def _differences(expected: Expected, answer: dict[str, Any]) -> Iterator[str]:
    for field in fields(expected):
        wanted = getattr(expected, field.name)
        if wanted is None or (not wanted and field.name in UNASKED_IF_EMPTY):
            continue
        yield from _compared(field.name, wanted, answer)


def _compared(name: str, wanted: Any, answer: dict[str, Any]) -> Iterator[str]:
    """Lists of codes are searched code by code, times compared as moments, and anything else as it stands."""
    given: Any = answer.get(INCLUDED.get(name, name))
    match name:
        case "recommended" | "advised" | "gaps":
            yield from (f"{name}: {one} is missing, found {', '.join(given)}" for one in wanted if one not in given)
        case "not_recommended" | "not_advised" | "no_gaps":
            yield from (f"{name}: {one} is present" for one in wanted if one in given)
        case "domains" | "discharge":
            yield from (
                f"{key}: {given.get(key)}, expected {one}" for key, one in wanted.items() if given.get(key) != one
            )
        case "risk":
            yield from (
                f"{key}: {given.get(key)}, expected {one}"
                for key, one in wanted.items()
                if one not in (given.get(key, ""), given.get(key, "").split(":")[0])
            )
        case "due" | "onset" | "crs_onset" | "reassess_by" | "steroid_last":
            moment = None if wanted == "none" else ago(wanted)
            if given != moment:
                yield f"{name}: {given}, expected {moment}"
        case _:
            if given != wanted:
                yield f"{name}: {given}, expected {wanted}"
