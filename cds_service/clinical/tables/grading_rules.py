"""The sections of guidelines/decisions/ that lead from findings to a grade (rules D, A and C)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.provenance import Sourced


@dataclass(frozen=True, slots=True)
class RangeBand(Sourced):
    """A grade range for values `first`..`last`, both included."""

    first: int
    last: int
    range: Range


@dataclass(frozen=True, slots=True)
class CurrentRules(Sourced):
    assessment: timedelta
    assessment_ambulatory: timedelta
    seizure: timedelta
    vital_signs: timedelta
    vasopressor_ended: timedelta


@dataclass(frozen=True, slots=True)
class DoseDayRules(Sourced):
    ice: int
    consciousness: int


@dataclass(frozen=True, slots=True)
class IceRules(Sourced):
    unknown: Range
    one_assessment: timedelta
    same_reading: timedelta


@dataclass(frozen=True, slots=True)
class DoubtRules(Sourced):
    symptoms: frozenset[str]
    rass_from: int
    avpu: str
    gcs_verbal_up_to: int
    unless_device: str


@dataclass(frozen=True, slots=True)
class Band:
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CapdRules(Sourced):
    common: Band
    baseline_below: int
    within_baseline: Range
    above_baseline: Range


@dataclass(frozen=True, slots=True)
class GcsRow(Sourced):
    """A combination of eye, verbal and motor response; None: anything, also missing."""

    range: Range
    eye: tuple[int, int] | None = None
    verbal: tuple[int, int] | None = None
    motor: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class GcsRules:
    items: dict[str, tuple[int, int]]
    rows: tuple[GcsRow, ...]
    totals: tuple[RangeBand, ...]


@dataclass(frozen=True, slots=True)
class RassRules:
    bands: tuple[RangeBand, ...]


@dataclass(frozen=True, slots=True)
class ConsciousnessRules(Sourced):
    unknown: Range
    one_reading: timedelta
    avpu: dict[str, Range]
    rass: RassRules
    gcs: GcsRules


@dataclass(frozen=True, slots=True)
class SeizureRules(Sourced):
    one_event: timedelta


@dataclass(frozen=True, slots=True)
class PersistingRules(Sourced):
    stale_after: timedelta
    history_after: timedelta


@dataclass(frozen=True, slots=True)
class SedationRules(Sourced):
    ended: timedelta
    single_dose: timedelta
    motor_under_blocker: int


@dataclass(frozen=True, slots=True)
class OtherCauseRules(Sourced):
    current: timedelta
    haemorrhage: timedelta
    unlisted: frozenset[str]
    explains: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class CrsRules(Sourced):
    antipyretics: frozenset[str]
    anticytokines: frozenset[str]
    systolic_below: float
    mean_below: float
    child_from_years: int
    child_to_years: int
    child_systolic_base: float
    child_systolic_per_year: float
    hypotension_unknown: Range
    hypotension_drugs_unknown: int
    spo2_at_least: float
    room_air: str
    room_air_low: Range
    room_air_unknown: Range
    no_device_normal: Range
    no_device_low: Range
    no_device_unknown: Range
    support_devices: frozenset[str]
    support_unclear: Range
