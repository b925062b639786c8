"""The basis of an answer, by which a repeat is recognised (docs/contract.md 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import NONE

# These come with the clock; that an assessment is overdue is news by itself.
TIMED = frozenset({Recommendation.ASSESS_NOW, Recommendation.NEXT_ASSESSMENT})

Member = Mapping[str, object] | Sequence[object]


class _Sign(NamedTuple):
    """What was observed, and when."""

    what: object
    time: datetime


def basis_of(evaluation: Evaluation) -> str:
    """Everything a user must see again if it changes, as canonical JSON; equal text means an equal basis.

    For a normal domain only the range counts, not the record: a patient found alert every hour is not news. For any
    other finding the record counts: finding it again is news. Vital signs count only by the CRS range they give.
    """
    icans, signs, dose = evaluation.icans, evaluation.signs, evaluation.last_dose
    treatment = evaluation.treatment
    members: Mapping[str, Member] = {
        "icans": [*icans.all, *icans.left],
        "domains": [_domain(domain) for domain in icans.domains if domain.range != NONE or domain.concern],
        "doubts": _at_times(_Sign(doubt.sign.code, doubt.time) for doubt in signs.doubts),
        "symptoms": _at_times(_Sign(record.value, record.time) for record in signs.symptoms),
        "crs": _crs(evaluation.crs),
        "charted": {"icans": _charted(evaluation.charted_icans), "crs": _charted(evaluation.charted_crs)},
        "therapy": {"lastDose": dose and _moment(dose.time)},
        "attention": {"why": evaluation.attention, "overdue": evaluation.overdue},
        "failed": sorted(evaluation.received.failed),
        "advice": {
            "recommendations": [one for one in evaluation.recommendations if one not in TIMED],
            "escalate": treatment.escalate,
            "taper": treatment.taper,
        },
    }
    return canonical(members)


def canonical(value: object) -> str:
    """A value as canonical JSON: members sorted by name, no spaces.

    Raises TypeError for a value that JSON cannot represent, such as an object.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _domain(domain: Domain) -> Member:
    return {
        "domain": domain.name,
        "range": [*domain.range],
        "value": domain.value,
        "time": domain.time and _moment(domain.time),
        "source": domain.source,
        "explainedBy": sorted([*cause] for cause in domain.explained_by),
        "concern": domain.concern,
        "doubt": domain.doubt and domain.doubt.sign.code,
        "refusal": domain.refusal or "",
    }


def _crs(crs: Crs) -> Member:
    return {"range": [*crs.range], "gate": crs.gate, "basis": {part.name: [*part.range] for part in crs.basis}}


def _charted(charted: ChartedGrade | None) -> Member | None:
    return charted and [charted.grade, _moment(charted.time)]


def _at_times(found: Iterable[_Sign]) -> Member:
    return sorted([str(sign.what), _moment(sign.time)] for sign in found)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
