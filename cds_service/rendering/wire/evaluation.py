"""The machine-readable answer (docs/assessment-codes.md, evaluation.schema.json); absent values are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cds_service.clinical.assess import Answer
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.facts.gap import (
    Gap,
    GapKind,
    Implausible,
    InstrumentsUsed,
    RepeatedProduct,
    UnknownAnswer,
    Unreadable,
    UnreadName,
    UnreadProduct,
)
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.grading.attribution import Cause, CauseKind
from cds_service.clinical.grading.crs import Basis
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.order_checks.alert import Alert
from cds_service.clinical.status.due import Due
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty, Range
from cds_service.rendering.card import Card, CardKind, Presentation
from cds_service.rendering.order_cards.leaflet import Leaflet, leaflet_of
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.wire.risk import risk_json
from cds_service.rendering.wire.values import ask_json, urgency_json, value_text

Json = dict[str, Any]
MILLISECOND = 1000  # microseconds


def answer_json(
    answer: Answer, cards: Iterable[Card], presentation: Presentation, knowledge: str, data_use: Json
) -> Json:
    """The evaluation and the alerts, as in the extension of every response."""
    evaluation, occasion = answer.evaluation, answer.occasion
    return _filled(
        {
            "asOf": instant(evaluation.as_of),
            "service": occasion.service,
            "deceased": evaluation.person.deceased or None,
            "patient": _patient(evaluation),
            "icans": _icans(evaluation),
            "crs": _crs(evaluation),
            "urgency": urgency_json(evaluation.urgency) if evaluation.attention.has_card else None,
            "ask": ask_json(answer.ask) if answer.ask else None,
            "due": _due(evaluation.due) if evaluation.due else None,
            "otherCards": [_card(card) for card in cards if card.kind != CardKind.STATUS],
            "recommendations": list(map(str, evaluation.recommendations)),
            "risk": risk_json(evaluation),
            "findings": [_alert(alert, presentation) for alert in answer.alerts],
            "gaps": _gaps((*evaluation.gaps, *occasion.gaps)),
            "dataUse": data_use,
            "fullAssessment": _full_assessment(answer, presentation),
            "knowledge": knowledge,
        }
    )


def _due(due: Due) -> Json:
    """Time and kind of the next assessment, and whether it is due now."""
    return {"at": instant(due.at), "kind": str(due.kind), "now": due.now}


def _full_assessment(answer: Answer, presentation: Presentation) -> str | None:
    """When a chart is opened and there is a card; only on request, because it costs time and bytes."""
    opened = answer.occasion.kind is OccasionKind.PATIENT_VIEW and answer.evaluation.attention.has_card
    return full_assessment(presentation.view_of(answer)) if opened and presentation.full_assessment else None


def _card(card: Card) -> Json:
    """Which card it is, and why it has its urgency."""
    return {"topic": card.topic, "urgency": urgency_json(card.urgency)}


def _alert(alert: Alert, presentation: Presentation) -> Json:
    """The alert, and what the patient takes home in every language."""
    leaving = alert.leaving
    in_languages = {
        name: leaflet_of(leaving, words, presentation.contact)
        for name, words in presentation.leaflets.items()
        if leaving is not None
    }
    order = alert.order.reference if alert.order else None
    leaflets = {name: _leaflet(leaflet) for name, leaflet in in_languages.items()}
    return _filled({"finding": alert.code, "resource": order, "forPatient": leaflets})


def _leaflet(leaflet: Leaflet) -> Json:
    """Plain text by part; lists start with their title."""
    return _filled(
        {
            "title": leaflet.title,
            "dates": list(leaflet.dates),
            "driving": list(leaflet.driving),
            "call": list(leaflet.call),
            "emergency": list(leaflet.emergency),
            "worse": list(leaflet.worse),
            "better": list(leaflet.better),
            "later": list(leaflet.later),
            "questions": list(leaflet.questions),
            "walletCard": list(leaflet.wallet_card),
            "source": leaflet.source,
        }
    )


def instant(moment: datetime) -> str:
    """A moment in UTC, in RFC 3339 form."""
    precision = "milliseconds" if moment.microsecond >= MILLISECOND else "seconds"
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision)}Z"


def _filled(values: Mapping[str, Any]) -> Json:
    """The values without absent ones: CDS Hooks allows neither null nor empty values."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _patient(evaluation: Evaluation) -> Json:
    therapy, dose = evaluation.therapy, evaluation.last_dose
    return _filled(
        {
            "therapy": therapy.product.name if therapy and therapy.product else None,
            "therapyClass": dose.therapy_class if dose else None,
            "courseStart": instant(therapy.start) if therapy else None,
            "lastDose": instant(dose.time) if dose else None,
            "daySinceInfusion": None if evaluation.day is None else max(0, evaluation.day),
            "infusionSource": dose.source if dose else None,
            "instrument": evaluation.instrument.upper() if evaluation.instrument else None,
        }
    )


def _graded(certainty: Certainty, grade: int | None, graded: Range) -> Json:
    up_to = None if certainty is Certainty.EXACT else graded.hi
    return {"grade": grade, "certainty": str(certainty), "gradeUpTo": up_to}


def _icans(evaluation: Evaluation) -> Json:
    icans, history = evaluation.icans, evaluation.history
    peak, known = history.peak, history.last_known
    scores = evaluation.scores
    return _filled(
        {
            **_graded(icans.certainty, icans.grade, icans.all),
            "ifAttributable": icans.if_attributable,
            "decidedBy": list(icans.decided_by),
            "domains": [_domain(domain) for domain in icans.domains],
            "peakGrade": peak.all.lo if peak else None,
            "peakTime": instant(peak.time) if peak else None,
            "onset": instant(history.onset) if history.onset else None,
            "trend": evaluation.trend,
            "atBaseline": scores.at_baseline or None,
            "baseline": scores.baseline.points if scores.baseline else None,
            "lastKnownGrade": known.known_grade if known else None,
            "lastKnownTime": instant(known.time) if known else None,
            **_documented(evaluation.charted_icans),
            "nextAssessmentDue": instant(evaluation.next_assessment) if evaluation.next_assessment else None,
            "overdue": evaluation.overdue or None,
        }
    )


def _domain(domain: Domain) -> Json:
    more = {"scale": domain.scale and str(domain.scale), "explainedBy": ", ".join(map(_cause, domain.explained_by))}
    return _found(domain) | _filled(more)


def _found(found: Domain | Basis) -> Json:
    """Something without a grade of its own has no `grade`: a 0 would read as normal."""
    uncertain = found.range.lo != found.range.hi
    return _filled(
        {
            "domain": found.name,
            "grade": None if uncertain and not found.range.lo else found.range.lo,
            "gradeUpTo": found.range.hi if uncertain else None,
            "value": value_text(found.value),
            "time": instant(found.time) if found.time else None,
            "source": found.source,
        }
    )


def _cause(cause: Cause) -> str:
    return f"“{cause.name}”" if cause.kind is CauseKind.QUOTED else cause.name


def _crs(evaluation: Evaluation) -> Json:
    crs, course = evaluation.crs, evaluation.crs_context.course
    return _filled(
        {
            **_graded(crs.certainty, crs.grade, crs.range),
            "gate": crs.gate if crs.basis else None,
            "trend": course.trend,
            "peakGrade": course.peak.range.lo if course.peak else None,
            "peakTime": instant(course.peak.time) if course.peak else None,
            "onset": instant(course.onset) if course.onset else None,
            "basis": [_found(part) for part in crs.basis],
            **_documented(evaluation.charted_crs),
        }
    )


def _documented(charted: ChartedGrade | None) -> Json:
    if charted is None:
        return {}
    return {"documentedGrade": charted.grade, "documentedTime": instant(charted.time)}


def _gaps(gaps: Iterable[Gap]) -> list[Json]:
    return [
        _filled({"concept": gap.concept, "kind": str(gap.kind), "count": gap.number, "detail": _gap_detail(gap)})
        for gap in gaps
    ]


def _unread(detail: Unreadable) -> str:
    if isinstance(detail, UnknownAnswer):
        return " ".join(filter(None, (detail.display, instant(detail.time))))
    return detail.name


def _gap_detail(gap: Gap) -> str:
    if isinstance(gap.detail, Implausible):
        number, unit, time, source = gap.detail
        return ", ".join(filter(None, (f"{number:g} {unit}".strip(), instant(time), source)))
    return _detail_text(gap)


def _detail_text(gap: Gap) -> str:
    match gap.detail:
        case UnreadProduct() | UnreadName() | UnknownAnswer() as unread:
            return _unread(unread)
        case RepeatedProduct(product, _):
            return f"{product}: more than one dose of a product that is given once"
        case InstrumentsUsed.BOTH | InstrumentsUsed.NEITHER as used:
            were = "both instruments were" if used is InstrumentsUsed.BOTH else "neither instrument was"
            return f"not graded by a score: {were} used"
        case InstrumentsUsed() as used:
            return f"graded by {used.upper()}, the instrument that was used"
        case None:
            return "worst value used" if gap.kind is GapKind.CONFLICT else ""
        case _:
            return str(gap.detail)
