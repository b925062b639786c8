"""What an answer rests on, so that it can be told whether it is the same again (docs/contract.md 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.icans import Domain
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import NONE

Member = Mapping[str, object] | Sequence[object]


def basis_of(evaluation: Evaluation) -> str:
    """Everything that would have to be seen anew if it changed, as canonical JSON; equal texts mean an equal basis.

    Of a domain that is normal the range counts and not the record: a patient who is found alert every hour is no news.
    Of any other finding the record counts: found again is news. Vital signs count by the range of CRS that they give.
    """
    icans, signs, dose = evaluation.icans, evaluation.signs, evaluation.last_dose
    treatment = evaluation.treatment
    members: Mapping[str, Member] = {
        "icans": [*icans.all, *icans.left],
        "domains": [_domain(domain) for domain in icans.domains if domain.range != NONE or domain.concern],
        "doubts": _at_times((doubt.sign.code, doubt.time) for doubt in signs.doubts),
        "symptoms": _at_times((record.value, record.time) for record in signs.symptoms),
        "crs": _crs(evaluation.crs),
        "charted": {"icans": _charted(evaluation.charted_icans), "crs": _charted(evaluation.charted_crs)},
        "therapy": {"lastDose": dose and _moment(dose.time)},
        "attention": {"why": evaluation.attention, "overdue": evaluation.overdue},
        "failed": sorted(evaluation.received.failed),
        "advice": {
            "recommendations": list(evaluation.recommendations),
            "escalate": treatment.escalate,
            "taper": treatment.taper,
        },
    }
    return canonical(members)


def canonical(value: object) -> str:
    """A value as JSON of one form: members in order of their names, no blanks.

    Raises TypeError for what has no code of its own, such as an object.
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
        "doubt": domain.doubt and domain.doubt.code,
        "refusal": domain.refusal,
    }


def _crs(crs: Crs) -> Member:
    return {"range": [*crs.range], "gate": crs.gate, "basis": {part.name: [*part.range] for part in crs.basis}}


def _charted(charted: ChartedGrade | None) -> Member | None:
    return charted and [charted.grade, _moment(charted.time)]


def _at_times(found: Iterable[tuple[object, datetime]]) -> Member:
    return sorted([str(what), _moment(time)] for what, time in found)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
