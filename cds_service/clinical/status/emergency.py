"""Emergencies that cannot wait, whatever the grade (rules Q1 to Q6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from cds_service.clinical.course import concepts, measurements
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.consciousness import UNAROUSABLE, Gcs
from cds_service.clinical.course.current_signs import CurrentSigns
from cds_service.clinical.course.measurements import FIBRINOGEN, PLATELETS, newest_low, treated_first
from cds_service.clinical.facts.patient import Record, Seizure
from cds_service.clinical.grading import seizure
from cds_service.clinical.grading.attribution import BLEEDING, causes_at
from cds_service.clinical.grading.domain import Domain, Icans
from cds_service.clinical.grading.signs import WITHDRAWN
from cds_service.clinical.tables.decision_rules import EmergencyRules
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.names import Concept

MOTOR, SYMPTOM, IMAGING = Concept("motor-finding"), Concept("neuro-symptom"), Concept("neuroimaging")


class Coma(NamedTuple):
    """The patient cannot be roused, or has a low Glasgow total. `ventilated`: the airway is already secured."""

    arousal: Domain | None
    glasgow: Gcs | None
    ventilated: bool


class OngoingSeizure(NamedTuple):
    """A seizure that may be ongoing. `returned`: False if the patient is recorded as not back to baseline."""

    kind: str
    time: datetime
    returned: bool | None
    source: str


class FocalDeficit(NamedTuple):
    """New focal signs that have not been imaged. `of_head`: the brain is to be imaged, not only the spine."""

    signs: tuple[Record, ...]
    of_head: bool


class Bleeding(NamedTuple):
    """Intracranial haemorrhage, and the values that affect its treatment; None if unknown or too old."""

    time: datetime
    source: str
    platelets: Record | None
    fibrinogen: Record | None


class RaisedPressure(NamedTuple):
    """Signs of raised pressure, and oedema, of grade 4."""

    domains: tuple[Domain, ...]


class LowValues(NamedTuple):
    """Glucose and sodium values that are treated before anything else."""

    values: tuple[Record, ...]


class Emergencies(NamedTuple):
    """Each emergency, or None. `unimaged`: a paresis that counts, new or not, has never been imaged."""

    coma: Coma | None = None
    seizure: OngoingSeizure | None = None
    deficit: FocalDeficit | None = None
    bleeding: Bleeding | None = None
    pressure: RaisedPressure | None = None
    low: LowValues | None = None
    unimaged: bool = False


def emergencies(chart: Chart, now: Icans, signs: CurrentSigns) -> Emergencies:
    """The emergencies at the present of a grade; none if nothing may be graded (rule A6, contract.md 1)."""
    if not now.domains:
        return Emergencies()
    return Emergencies(
        coma=_coma(chart, now, signs),
        seizure=_ongoing_seizure(chart, now.time),
        deficit=_deficit(chart, now.time),
        bleeding=_bleeding(chart, now.time),
        pressure=_pressure(now),
        low=_low_values(chart, now.time),
        unimaged=_is_unimaged(chart, now.time),
    )


def _coma(chart: Chart, now: Icans, signs: CurrentSigns) -> Coma | None:
    """Rule Q1; does not apply under sedation, which explains both criteria."""
    deepest = chart.rules.grading.consciousness[UNAROUSABLE]
    arousal = now.arousal if now.arousal is not None and now.arousal.range == deepest else None
    glasgow = None if signs.sedation else signs.low_glasgow
    if arousal is None and glasgow is None:
        return None
    return Coma(arousal, glasgow, measurements.is_ventilated(chart, now.time))


def _ongoing_seizure(chart: Chart, moment: datetime) -> OngoingSeizure | None:
    """Rule Q2, by the newest seizure and the worst value of all its records."""
    rules = chart.rules.decisions
    groups = seizure.grouped(chart.seizures.within(rules.current.seizure, moment), rules.seizure.one_event)
    if not groups or not _may_go_on(groups[-1]):
        return None
    records = groups[-1]
    returned = False if any(one.returned_to_baseline is False for one in records) else None
    kinds = {one.kind for one in records}
    kind = next(
        (name for name in (seizure.STATUS_EPILEPTICUS, seizure.ELECTROGRAPHIC) if name in kinds), records[0].kind
    )
    return OngoingSeizure(kind, records[0].time, returned, records[0].source)


def _may_go_on(records: Sequence[Seizure]) -> bool:
    """Whether a seizure may be ongoing; one on the EEG may be unless a record says that it has resolved."""
    resolved = {one.resolved_with_intervention for one in records}
    on_eeg = any(one.kind == seizure.ELECTROGRAPHIC for one in records)
    status = any(one.kind == seizure.STATUS_EPILEPTICUS for one in records)
    unresolved = on_eeg and (False in resolved or True not in resolved)
    return status or unresolved or any(one.returned_to_baseline is False for one in records)


def _deficit(chart: Chart, moment: datetime) -> FocalDeficit | None:
    """Rule Q3; if both brain and spine are to be imaged, the brain comes first."""
    rules = chart.rules.decisions.emergency
    palsies = [one for one in _new_motor_signs(chart, rules, moment) if not _imaged(chart, one.time, moment)]
    pairs = [pair for pair in _new_pairs(chart, rules, moment) if not _imaged(chart, pair[-1].time, moment)]
    of_head = [one for one in palsies if one.value in rules.head] + [one for pair in pairs for one in pair]
    signs = tuple(dict.fromkeys(of_head or palsies))
    return FocalDeficit(signs, of_head=bool(of_head)) if signs else None


def _new_motor_signs(chart: Chart, rules: EmergencyRules, moment: datetime) -> Iterator[Record]:
    """The first record of each new paresis since the last record that said none."""
    firsts = _firsts(_pareses(chart, rules, moment))
    yield from (one for one in firsts if moment - one.time <= rules.new)


def _pareses(chart: Chart, rules: EmergencyRules, moment: datetime) -> list[Record]:
    """The pareses recorded since the last record that said none."""
    known = chart.of(MOTOR).until(moment)
    withdrawn = max((one.time for one in known if one.value == WITHDRAWN), default=None)
    since = (one for one in known if withdrawn is None or one.time >= withdrawn)
    return [one for one in since if one.value in rules.head | rules.spine]


def _is_unimaged(chart: Chart, moment: datetime) -> bool:
    """Whether it has never been imaged: it remains as urgent as long as it counts (rules Q3, D6)."""
    rules = chart.rules.decisions
    pareses = _pareses(chart, rules.emergency, moment)
    counts = bool(pareses) and moment - pareses[-1].time <= rules.persisting.history_after
    return counts and any(not _imaged(chart, one.time, moment) for one in _firsts(pareses))


def _new_pairs(chart: Chart, rules: EmergencyRules, moment: datetime) -> Iterator[tuple[Record, Record]]:
    """The first records of two new symptoms that together may be a stroke, in order of time."""
    records = [one for one in chart.of(SYMPTOM).until(moment) if one.value in rules.pair]
    new = (one for one in _firsts(records) if moment - one.time <= rules.new)
    near = {
        frozenset((one.value, other.value))
        for one, other in combinations(records, 2)
        if other.time - one.time <= rules.pair_within
    }
    yield from (pair for pair in combinations(new, 2) if frozenset(one.value for one in pair) in near)


def _firsts(records: Iterable[Record]) -> tuple[Record, ...]:
    """The first record of each value, oldest first."""
    found: dict[object, Record] = {}
    for record in records:
        found.setdefault(record.value, record)
    return tuple(found.values())


def _imaged(chart: Chart, since: datetime, moment: datetime) -> bool:
    return any(one.time >= since for one in chart.of(IMAGING).until(moment))


def _bleeding(chart: Chart, moment: datetime) -> Bleeding | None:
    """Rule Q4, with the newest current values."""
    found = [known for known in causes_at(chart, moment) if known.cause == BLEEDING]
    if not found:
        return None
    newest = max(found, key=lambda known: known.time)
    return Bleeding(
        newest.time, newest.source, newest_low(chart, PLATELETS, moment), newest_low(chart, FIBRINOGEN, moment)
    )


def _pressure(now: Icans) -> RaisedPressure | None:
    """Rule Q5: a certain and recent sign with a floor of 4."""
    found = tuple(one for one in now.domains if one.name in (concepts.RAISED_ICP, concepts.IMAGING))
    worst = tuple(one for one in found if one.range == Range(4, 4))
    return RaisedPressure(worst) if worst else None


def _low_values(chart: Chart, moment: datetime) -> LowValues | None:
    """Rule Q6."""
    low = treated_first(chart, moment)
    return LowValues(low) if low else None
