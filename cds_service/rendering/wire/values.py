"""Values, asks and urgencies as JSON, the same in the evaluation and in the decision log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.clinical.facts.patient import Measured
from cds_service.clinical.grading.crs import BasisValue, DeviceFlow, Vasopressors
from cds_service.clinical.grading.domain import FindingValue
from cds_service.clinical.grading.seizure import SeizureFinding
from cds_service.clinical.status.ask import Ask
from cds_service.clinical.status.urgency import Urgency


def value_text(value: FindingValue | BasisValue) -> str:
    """A code as it is, a measured value with its unit, the details of a seizure after semicolons."""
    match value:
        case SeizureFinding():
            return "; ".join(_of_seizure(value))
        case Measured(number, unit, comparator):
            return f"{comparator}{round(number, 1):g} {unit}"
        case DeviceFlow(device, flow):
            return f"{device}, {value_text(flow)}"
        case Vasopressors(drugs):
            return ", ".join(drugs)
    return value


def _of_seizure(found: SeizureFinding) -> Iterator[str]:
    yield found.kind
    if found.minutes is not None:
        yield f"{found.minutes.comparator}{found.minutes.number:g} min"
    elif found.needs_duration:
        yield "duration not recorded"
    if found.returned is not None:
        yield "back to baseline" if found.returned else "not back to baseline"
    if found.number > 1:
        yield f"{found.number} in 24 h"


Json = dict[str, Any]


def ask_json(ask: Ask) -> Json:
    """The rule and the code of the ask."""
    return {"rule": ask.rule, "code": str(ask.code)}


def urgency_json(urgency: Urgency) -> Json:
    """The indicator and its reasons."""
    return {"indicator": urgency.indicator.value, "reasons": reasons_json(urgency)}


def reasons_json(urgency: Urgency) -> list[Json]:
    """Each rule that calls for the indicator, and the code or number by which it does."""
    return [{"rule": reason.rule, "value": reason.value} for reason in urgency.reasons]


def logged_reasons(urgency: Urgency) -> list[Json]:
    """The same without any value from the record: of a low sodium only that it is one."""
    return [{"rule": one.rule} | ({"value": one.code} if one.code else {}) for one in urgency.reasons]
