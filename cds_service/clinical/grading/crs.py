"""The CRS grade at a moment: fever gate, hypotension, hypoxia (rules C1-C4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course import measurements
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import ICE
from cds_service.clinical.course.consciousness import UNAROUSABLE
from cds_service.clinical.course.instrument import age_at
from cds_service.clinical.facts.patient import Administration, Measured, Record
from cds_service.clinical.grading import icans as neuro
from cds_service.clinical.grading.gaps import (
    certain_vasopressors,
    is_fever_treated,
    unread_fever_treatments,
    unread_vasopressors,
)
from cds_service.clinical.tables.decision_rules import CrsRules
from cds_service.clinical.tables.grade import NONE, Certainty, Range, worst
from cds_service.clinical.tables.names import Drug


class FeverGate(StrEnum):
    """Whether fever, present or treated, makes the criteria of CRS apply (rule C1)."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


OPEN, CLOSED, UNKNOWN = FeverGate.OPEN, FeverGate.CLOSED, FeverGate.UNKNOWN
FEVER, HYPOTENSION, HYPOXIA = "fever", "hypotension", "hypoxia"


class Vasopressors(NamedTuple):
    """The vasopressors that run."""

    drugs: tuple[Drug, ...]


class DeviceFlow(NamedTuple):
    """An oxygen device and its flow."""

    device: str
    flow: Measured


# A code, such as an oxygen device, or a measured value.
BasisValue = str | Measured | DeviceFlow | Vasopressors


class PressureLimits(NamedTuple):
    """The systolic and mean pressure (mmHg) below which there is hypotension; None: not judged."""

    systolic: float | None = None
    mean: float | None = None


class Basis(NamedTuple):
    """What fever, blood pressure or oxygen contributes to the grade.

    `concept`: what was measured, if anything was. `device`: the oxygen device in use with a saturation, if it is known.
    """

    name: str
    range: Range
    value: BasisValue = ""
    time: datetime | None = None
    source: str = ""
    concept: str = ""
    device: str = ""


class Crs(NamedTuple):
    """The CRS grade at a moment."""

    time: datetime
    gate: FeverGate
    range: Range
    basis: tuple[Basis, ...]
    vasopressors: tuple[Drug, ...] = ()

    @property
    def certainty(self) -> Certainty:
        """Exact, a floor, or cannot be graded."""
        return self.range.certainty

    @property
    def grade(self) -> int | None:
        """The grade or its floor; None if there is none."""
        return None if self.certainty is Certainty.CANNOT_GRADE else self.range.lo


class _Gate(NamedTuple):
    state: FeverGate
    fever_now: bool
    basis: Basis


def crs_at(chart: Chart, moment: datetime) -> Crs:
    """Grade CRS at `moment`."""
    gate = _gate(chart, moment)
    running = current_vasopressors(chart, moment)
    parts = (_hypotension(chart, moment, running), _hypoxia(chart, moment))
    graded = _combined(gate, worst(part.range for part in parts))
    return Crs(moment, gate.state, graded, (gate.basis, *parts), running)


def current_vasopressors(chart: Chart, moment: datetime) -> tuple[Drug, ...]:
    """Vasopressors infused now or until shortly before, each listed once (rule T6)."""
    ended = chart.rules.decisions.current.vasopressor_ended
    given = vasopressor_infusions(chart, moment)
    running = (dose.drug for dose in given if dose.end is None or moment - dose.end <= ended)
    return tuple(dict.fromkeys((*running, *certain_vasopressors(chart, moment))))


def vasopressor_infusions(chart: Chart, moment: datetime) -> Iterator[Administration]:
    """All vasopressor infusions started by `moment`; push doses are not infusions (rule C2)."""
    names = chart.rules.grading.crs.hypotension.vasopressors
    return (dose for dose in chart.administrations.until(moment) if dose.infusion and dose.drug in names)


def _combined(gate: _Gate, parts: Range) -> Range:
    """Rule C4."""
    if gate.state == CLOSED:
        return NONE
    if gate.state == UNKNOWN:
        return Range(0, max(1, parts.hi))
    return Range(max(1, parts.lo), max(1, parts.hi)) if gate.fever_now else parts


def _gate(chart: Chart, moment: datetime) -> _Gate:
    """Rule C1."""
    recent = chart.of(measurements.TEMPERATURE).within(chart.rules.decisions.current.vital_signs, moment)
    limit = chart.rules.grading.crs.fever_cel
    now = [record for record in recent if record.at_least(limit)]
    shown = max(now or recent, key=lambda record: float(record.value), default=None)
    # A bound such as "> 37" may mean fever.
    afebrile = bool(recent) and all(record.at_least(limit) is False for record in recent)
    state = OPEN if now else _gate_without_fever(chart, moment, limit, afebrile=afebrile)
    graded = {OPEN: Range(1, 1) if now else NONE, CLOSED: NONE, UNKNOWN: Range(0, 1)}[state]
    return _Gate(state, bool(now), _basis(FEVER, graded, shown, "Cel"))


def _gate_without_fever(chart: Chart, moment: datetime, limit: float, *, afebrile: bool) -> FeverGate:
    fevers = [record for record in chart.of(measurements.TEMPERATURE).until(moment) if record.at_least(limit)]
    if fevers and not chart.facts.drugs_checked:
        return UNKNOWN
    if fevers and _treated_since(chart, fevers[0].time, moment):
        return OPEN
    if fevers and unread_fever_treatments(chart, fevers[0].time, moment):
        return UNKNOWN
    return CLOSED if afebrile else UNKNOWN


def _treated_since(chart: Chart, fever: datetime, moment: datetime) -> bool:
    """Whether a treatment that lowers fever was given after the first fever, or was still running after it."""
    treated = (dose.time > fever or dose.ends_after(fever) for dose in fever_treatments(chart, moment))
    return any(treated) or is_fever_treated(chart, fever, moment)


def fever_treatments(chart: Chart, moment: datetime) -> Iterator[Administration]:
    """Treatments that lower fever, given by `moment`: antipyretics, anticytokines, systemic corticosteroids."""
    rules, steroids = chart.rules.decisions.crs, chart.rules.drugs.corticosteroids
    drugs = rules.antipyretics | rules.anticytokines
    given = chart.administrations.until(moment)
    return (dose for dose in given if dose.drug in drugs or (dose.drug in steroids and dose.systemic))


def _hypotension(chart: Chart, moment: datetime, running: tuple[Drug, ...]) -> Basis:
    """Rule C2."""
    table, rules = chart.rules.grading.crs.hypotension, chart.rules.decisions.crs
    counted = [drug for drug in running if drug not in table.not_counted]
    if running:
        graded = table.several_vasopressors if len(counted) > 1 else table.one_vasopressor
        basis = Basis(HYPOTENSION, graded, Vasopressors(running))
    else:
        basis = _pressure(chart, moment)
    if not chart.facts.drugs_checked or unread_vasopressors(chart, moment):
        basis = basis._replace(range=basis.range.doubted(rules.hypotension_drugs_unknown))
    return basis


def _pressure(chart: Chart, moment: datetime) -> Basis:
    """By the pressures alone; if the birth date leaves two ages possible, whatever both allow."""
    systolic = measurements.lowest(chart, measurements.SYSTOLIC, moment)
    mean = measurements.lowest(chart, measurements.MEAN, moment)
    limits = pressure_limits(chart, moment)
    judged = [_judged(systolic, mean, at_age, chart) for at_age in limits]
    graded = Range(min(each.lo for each in judged), max(each.hi for each in judged))
    return _basis(HYPOTENSION, graded, _deciding(systolic, mean, limits), "mm[Hg]")


# Of two pressures one that is low decides, then one that is not; a bound or an age without a limit decides nothing.
_DECIDES = (False, True, None)


def _deciding(systolic: Record | None, mean: Record | None, limits: Sequence[PressureLimits]) -> Record | None:
    """The pressure that decided; the systolic one if both did."""
    both = [(record, [limit[index] for limit in limits]) for index, record in enumerate((systolic, mean))]
    answers = [(record, [record.at_least(one) for one in known if one]) for record, known in both if record]
    found = min(answers, key=lambda one: min(map(_DECIDES.index, one[1]), default=len(_DECIDES)), default=None)
    return found and found[0]


def _judged(systolic: Record | None, mean: Record | None, limits: PressureLimits, chart: Chart) -> Range:
    """One low pressure is hypotension; otherwise one normal pressure rules it out."""
    pairs = [(record, limit) for record, limit in zip((systolic, mean), limits, strict=True) if record and limit]
    answers = {record.at_least(limit) for record, limit in pairs}
    if False in answers:
        return chart.rules.grading.crs.hypotension.no_vasopressor
    return NONE if True in answers else chart.rules.decisions.crs.hypotension_unknown


def pressure_limits(chart: Chart, moment: datetime) -> list[PressureLimits]:
    """The limits of hypotension for each possible age; None: not judged at that age."""
    rules = chart.rules.decisions.crs
    adult = PressureLimits(rules.systolic_below, rules.mean_below)
    age = age_at(chart.facts.birth, moment, chart.facts.zone)
    if age is None:
        return [adult if neuro.instrument_at(chart, moment) == ICE else PressureLimits()]
    return [adult if years > rules.child_to_years else _child_limits(years, rules) for years in dict.fromkeys(age)]


def _child_limits(years: int, rules: CrsRules) -> PressureLimits:
    if years < rules.child_from_years:
        return PressureLimits()
    return PressureLimits(rules.child_systolic_base + rules.child_systolic_per_year * years)


def _hypoxia(chart: Chart, moment: datetime) -> Basis:
    """Rule C3."""
    rules, table = chart.rules.decisions.crs, chart.rules.grading.crs.hypoxia
    device = measurements.newest_device(chart, moment)
    saturation = measurements.lowest(chart, measurements.SATURATION, moment)
    if device is None:
        choice = (rules.no_device_normal, rules.no_device_low, rules.no_device_unknown)
        return _basis(HYPOXIA, _by_saturation(saturation, choice, rules.spo2_at_least), saturation, "%")
    if device.value == rules.room_air:
        choice = (NONE, rules.room_air_low, rules.room_air_unknown)
        graded = _by_saturation(saturation, choice, rules.spo2_at_least)
        return _basis(HYPOXIA, graded, saturation or device, "%")._replace(device=rules.room_air if saturation else "")
    if device.value in table.flow_devices:
        return _cannula(chart, moment, device)
    if device.value in rules.support_devices and _airway_may_be_neurological(chart, moment):
        return _basis(HYPOXIA, rules.support_unclear, device)
    return _basis(HYPOXIA, table.devices[str(device.value)], device)


def _cannula(chart: Chart, moment: datetime, device: Record) -> Basis:
    """By the newest flow that is not older than the device; the higher if two have the same time."""
    table = chart.rules.grading.crs.hypoxia
    flows = [record for record in measurements.newest(chart, measurements.FLOW, moment) if record.time >= device.time]
    flow = max(flows, key=measurements.number, default=None)
    above = flow.more_than(table.low_flow_up_to_l_per_min) if flow else None
    if flow is None or above is None:
        return _basis(HYPOXIA, table.flow_unknown, device)
    value = DeviceFlow(str(device.value), Measured.of(flow, "L/min"))
    return Basis(HYPOXIA, table.high_flow if above else table.low_flow, value, flow.time, flow.source)


def _airway_may_be_neurological(chart: Chart, moment: datetime) -> bool:
    """Whether a seizure in the last day, or the worst level of arousal, may be why the airway is supported."""
    arousal = neuro.consciousness_at(chart, moment).range
    return neuro.seizure_at(chart, moment).range != NONE or arousal == chart.rules.grading.consciousness[UNAROUSABLE]


def _by_saturation(saturation: Record | None, choice: tuple[Range, Range, Range], limit: float) -> Range:
    normal, low, unknown = choice
    enough = saturation.at_least(limit) if saturation else None
    if enough is None:
        return unknown
    return normal if enough else low


def _basis(name: str, graded: Range, record: Record | None, unit: str = "") -> Basis:
    if record is None:
        return Basis(name, graded)
    value = record.value if isinstance(record.value, str) else Measured.of(record, unit)
    return Basis(name, graded, value, record.time, record.source, record.concept)
