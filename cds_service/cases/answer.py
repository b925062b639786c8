"""An answer in the terms of `Expected`: a function for each part of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from cds_service.cases.options import crs_options, drafted_drugs, guideline_options, label_options, own_options
from cds_service.clinical.advice.offered import lowest_steroid_total
from cds_service.clinical.assess import Answer
from cds_service.clinical.facts.gap import GapKind, UnreadName
from cds_service.clinical.facts.patient import Measured
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.look_alikes.causes import LookAlike, LookAlikes, measured
from cds_service.clinical.risk.factor import RiskFactor
from cds_service.clinical.status.due import Due
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty, Range
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.treatment.so_far import TreatmentSoFar
from cds_service.clinical.treatment.steroids import Equivalent
from cds_service.rendering.wire.risk import measured_text

RESPONSES = {None: "not known", True: "better", False: "no better"}
WORSE_AGAIN = "worse again"

Part = dict[str, Any]


class RiskAnswer(NamedTuple):
    """The expected state of a risk factor; a case may give its state alone."""

    state: str
    text: str


def answer_of(answer: Answer, rules: Rules) -> Part:
    """Everything that a case may ask for."""
    evaluation = answer.evaluation
    return {
        **_grade(evaluation),
        **_course(evaluation),
        **_crs(evaluation),
        **_due(evaluation.due),
        **_urgency(answer),
        **_treatment(evaluation.treatment),
        **_look_alikes(evaluation.look_alikes),
        "lymphocytes": _lymphocytes(evaluation),
        "risk": {factor.name: _risk(factor) for factor in evaluation.risk.factors},
        **_advice(answer, rules),
        **_unknown(evaluation),
    }


def _grade(evaluation: Evaluation) -> Part:
    icans = evaluation.icans
    return {
        "icans": graded_text(icans.certainty, icans.grade, icans.if_attributable, icans.all),
        "decided_by": icans.decided_by,
        "domains": {domain.name: _range_text(domain) for domain in icans.domains},
        "instrument": evaluation.instrument,
        "at_baseline": evaluation.scores.at_baseline,
        "no_longer_counted": tuple(f"{one.concept} {one.value}" for one in evaluation.earlier.no_longer_counted),
        "may_lower": tuple(one.drug for one in evaluation.may_lower),
    }


def _course(evaluation: Evaluation) -> Part:
    history = evaluation.history
    return {
        "day": evaluation.day,
        "peak": history.peak.all.lo if history.peak else None,
        "onset": history.onset,
        "trend": evaluation.trend or "none",
        "lost": evaluation.scores.lost,
        "improved": tuple(one.sign for one in evaluation.earlier.improved),
        "last_known": history.last_known.known_grade if history.last_known else None,
    }


def _crs(evaluation: Evaluation) -> Part:
    crs, course = evaluation.crs, evaluation.crs_context.course
    return {
        "crs": graded_text(crs.certainty, crs.grade, None, crs.range),
        "gate": crs.gate,
        "low_pressure": str(evaluation.crs_context.low_pressure.act) if evaluation.crs_context.low_pressure else "none",
        "crs_peak": course.peak.range.lo if course.peak else None,
        "crs_onset": course.onset,
        "crs_trend": course.trend or "none",
    }


def _urgency(answer: Answer) -> Part:
    evaluation, ask = answer.evaluation, answer.ask
    return {
        "overdue": evaluation.overdue,
        "attention": str(evaluation.attention),
        "urgency": evaluation.urgency.indicator.value,
        "urgency_reasons": tuple(f"{reason.row} {reason.value}" for reason in evaluation.urgency.reasons),
        "ask": f"{ask.rule} {ask.code}" if ask else "none",
        "asks": tuple(ask.rule for ask in answer.asks),
    }


def _advice(answer: Answer, rules: Rules) -> Part:
    evaluation = answer.evaluation
    return {
        "recommendations": evaluation.recommendations,
        "doses": doses_shown(evaluation),
        "label": label_options(evaluation.advice),
        "own": own_options(evaluation.advice),
        "advised": guideline_options(evaluation.advice),
        "crs_advised": crs_options(evaluation.crs_advice),
        "drafted": drafted_drugs(answer),
        "requested": tuple(str(one.action) for one in answer.proposals if one.regimen is None),
        "lowest_steroid_mg": _lowest_steroid(evaluation, rules),
    }


def _unknown(evaluation: Evaluation) -> Part:
    """What is not on record, and the names of what could not be read: "sedation propofol"."""
    unread = (gap for gap in evaluation.gaps if gap.kind is GapKind.NOT_LOOKED_UP)
    return {
        "gaps": tuple(f"{gap.concept} {gap.kind}" for gap in evaluation.gaps),
        "not_looked_up": tuple(
            f"{gap.concept} {gap.detail.name}".strip() for gap in unread if isinstance(gap.detail, UnreadName)
        ),
        "unread_therapy": tuple(one.product or "therapy" for one in evaluation.unread_therapies),
    }


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


def _due(due: Due | None) -> Part:
    return {
        "due": due.by_interval if due else None,
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


def _treatment(treatment: TreatmentSoFar) -> Part:
    """24 h amounts as mg of dexamethasone: "40", "at least 40", "not known", "none"."""
    given, arose = treatment.steroids, treatment.arose_on
    return {
        "escalate": treatment.escalate,
        "taper": treatment.taper,
        "reassess_by": treatment.escalation.reassess_by,
        "arose_on": f"{', '.join(arose.drugs)} {_mg(arose.equivalent)}" if arose else "none",
        "steroid_24h": _mg(given.equivalent) if given.recent or given.unread else "none",
        "steroid_last": given.last,
        "response": _response(treatment),
        "flare": treatment.watch_for_flare,
        "given": _given(treatment),
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


def _look_alikes(found: LookAlikes) -> Part:
    return {
        "other_causes": tuple(map(_cause, found.causes)),
        "not_measured": found.not_measured,
        "non_icans": tuple(str(record.value) for record in found.non_icans),
        "iec_hs": tuple(f"{record.concept} {_measured(measured(record))}" for record in found.iec_hs),
    }


def _lymphocytes(evaluation: Evaluation) -> str:
    counts = (sign.lymphocytes.record for sign in evaluation.delayed if sign.lymphocytes is not None)
    return next((str(_measured(measured(record))) for record in counts), "none")


def _cause(found: LookAlike) -> str:
    """The cause and its value: "hypoglycaemia: glucose 40 mg/dL, first" if it is treated at once."""
    value = _measured(found.value) if found.value else ""
    return f"{found.cause}: {found.what} {value}".strip() + ", first" * found.first


def _measured(value: Measured) -> str:
    return f"{value.comparator}{value.number:,.10g} {value.unit}"


def _risk(factor: RiskFactor) -> RiskAnswer:
    """State, values and reason: "present: cumulative 90 mg/m2, doses 3: body surface Mosteller"."""
    values = ", ".join(measured_text(measure) for measure in factor.measures)
    text = ": ".join(filter(None, (str(factor.state), values, factor.reason)))
    return RiskAnswer(str(factor.state), text)


def _range_text(domain: Domain) -> str:
    return f"{domain.range.lo}..{domain.range.hi}"
