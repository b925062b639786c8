"""What an answer rests on, so that it can be told whether it is the same again (docs/contract.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.grading.icans import Domain
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import NONE

Statement = tuple[object, ...]


def basis_of(evaluation: Evaluation) -> str:
    """Everything that would have to be seen anew if it changed; equal texts mean equal evidence.

    Of a domain that is normal the range counts and not the record: a patient who is found alert every hour is no news.
    Of any other finding the record counts: found again is news. Vital signs count by the range of CRS that they give.
    """
    return repr(tuple(_statements(evaluation)))


def _statements(evaluation: Evaluation) -> Iterator[Statement]:
    icans, crs, dose = evaluation.icans, evaluation.crs, evaluation.last_dose
    yield ("icans", *icans.all, *icans.left)
    yield from (_domain(domain) for domain in icans.domains if domain.range != NONE or domain.concern)
    yield from _signs(evaluation)
    yield ("crs", *crs.range, crs.gate, *((part.name, *part.range) for part in crs.basis))
    yield ("charted", *_charted(evaluation.charted_icans), *_charted(evaluation.charted_crs))
    yield ("dose", _moment(dose.time) if dose else "", evaluation.attention, evaluation.overdue)
    yield ("failed", *sorted(evaluation.received.failed))
    yield ("advice", *evaluation.recommendations, evaluation.treatment.escalate, evaluation.treatment.taper)


def _domain(domain: Domain) -> Statement:
    found = (domain.value, _moment(domain.time) if domain.time else "", domain.source)
    return (domain.name, *domain.range, *found, *domain.explained_by, domain.concern)


def _signs(evaluation: Evaluation) -> Iterator[Statement]:
    """Symptoms, and whatever else speaks for the patient being worse than the score says (rule D2)."""
    signs = evaluation.signs
    yield from (("sign", sign.what, _moment(sign.time)) for sign in signs.doubts)
    yield from (("symptom", record.value, _moment(record.time)) for record in signs.symptoms)


def _charted(charted: ChartedGrade | None) -> Statement:
    return (charted.grade, _moment(charted.time)) if charted else ("none",)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
