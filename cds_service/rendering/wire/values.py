"""What was found, as the text that the machine-readable answer has for it."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.facts.measured import Measured
from cds_service.clinical.grading.crs import BasisValue, DeviceFlow, Vasopressors
from cds_service.clinical.grading.domain import FindingValue
from cds_service.clinical.grading.seizure import SeizureFinding


def value_text(value: FindingValue | BasisValue) -> str:
    """A code as it is, a measured value with its unit, particulars of a seizure after semicolons."""
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
