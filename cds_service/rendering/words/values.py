"""Findings as words of a card: codes, measured values, and the details of a seizure."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course import measurements
from cds_service.clinical.course.concepts import CAPD, ICE
from cds_service.clinical.course.consciousness import Scale
from cds_service.clinical.facts.patient import Measured
from cds_service.clinical.grading.crs import Basis, BasisValue, DeviceFlow, Vasopressors
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.grading.seizure import SeizureFinding
from cds_service.rendering.words.view import View

# Scales whose readings have their own texts on the cards; those of ASTCT are among the findings.
WORDED_SCALES = (Scale.AVPU, Scale.RASS)
# Vital signs with words of their own, which stand for the unit too.
MEASURED = (measurements.SYSTOLIC, measurements.MEAN, measurements.SATURATION)


def finding(view: View, domain: Domain) -> str:
    """A domain's finding in one phrase."""
    return ", ".join(particulars(view, domain))


def particulars(view: View, domain: Domain) -> tuple[str, ...]:
    """The same in parts: the finding, then its details."""
    if isinstance(domain.value, SeizureFinding):
        return (view.say(f"status.value.{domain.value.kind}"), *_of_seizure(view, domain.value))
    if domain.name in (ICE, CAPD) or not domain.value:
        return (domain.value,)
    if domain.scale in (None, Scale.ASTCT):
        return (view.say(f"status.value.{domain.value}"),)
    worded = domain.scale in WORDED_SCALES
    reading = view.say(f"status.{domain.scale}.{domain.value}") if worded else domain.value
    return (f"{domain.scale} {reading}",)


def basis_text(view: View, part: Basis) -> str:
    """What was found of fever, blood pressure or oxygen: "mean pressure 60", "SpO2 97 %, room air"."""
    if isinstance(part.value, Measured) and part.concept in MEASURED:
        number = number_text(part.value._replace(number=round(part.value.number, 1)))
        device = view.say(f"status.value.{part.device}") if part.device else ""
        return ", ".join(filter(None, (view.say(f"status.measured.{part.concept}", value=number), device)))
    return basis_value(view, part.value)


def basis_value(view: View, value: BasisValue) -> str:
    """The basis of a CRS criterion."""
    match value:
        case Measured():
            return measured_text(view, value._replace(number=round(value.number, 1)))
        case DeviceFlow(device, flow):
            return f"{view.say(f'status.value.{device}')}, {basis_value(view, flow)}"
        case Vasopressors(drugs):
            return ", ".join(view.drug(drug) for drug in drugs)
    return view.say(f"status.value.{value}")


def measured_text(view: View, value: Measured) -> str:
    """A number in the unit that the ward uses."""
    return f"{number_text(value)} {view.say(f'status.unit.{value.unit}')}"


def number_text(value: Measured) -> str:
    """A number as the ward writes it, without its unit: "4,681", "<150"."""
    return f"{value.comparator}{value.number:,.10g}"


def _of_seizure(view: View, found: SeizureFinding) -> Iterator[str]:
    if found.minutes is not None:
        yield view.say("status.seizure.minutes", minutes=f"{found.minutes.comparator}{found.minutes.number:g}")
    elif found.needs_duration:
        yield view.say("status.seizure.no-duration")
    if found.returned is not None:
        yield view.say(f"status.seizure.{'returned' if found.returned else 'not-returned'}")
    if found.number > 1:
        yield view.say("status.seizure.number", number=found.number)
