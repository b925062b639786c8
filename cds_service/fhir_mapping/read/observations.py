"""From Observations to findings: total, components and members alike, each by its own code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cds_service.clinical.course.concepts import NEUROIMAGING, SEIZURE_DURATION, SEIZURE_KIND
from cds_service.clinical.facts.gap import AsSent, GapKind, Part, UnusableStatus
from cds_service.clinical.facts.patient import InfusionDate, Record, Reference, Seizure
from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.codes import ICANS, normalised
from cds_service.fhir_mapping.data_use import LeftOut, is_local, shape_of
from cds_service.fhir_mapping.r4.datatypes import Valued
from cds_service.fhir_mapping.r4.structs import Component, Observation
from cds_service.fhir_mapping.read.collector import Collector, Origin, Unreadable
from cds_service.fhir_mapping.read.times import When
from cds_service.fhir_mapping.read.values import Value, ValueReader
from cds_service.fhir_mapping.terminology import Terminology

USABLE = frozenset({"final", "amended", "corrected"})
# Somebody took it back: it says nothing.
WITHDRAWN = frozenset({UnusableStatus.ENTERED_IN_ERROR, UnusableStatus.CANCELLED})
ABOUT = "Observation"
INFUSION_DATE, MODALITY = Concept("cart-infusion-date"), Concept("imaging-modality")
RETURNED, RESOLVED = Concept("seizure-returned-to-baseline"), Concept("seizure-resolved-with-intervention")
SYSTOLIC, MEAN = "systolic-pressure", "mean-pressure"
PRESSURES = frozenset({SYSTOLIC, MEAN})
SYSTEMIC = PRESSURES | {"blood-pressure-panel"}


class _Record(NamedTuple):
    """Time and source of a record, and the collector that it goes to. `unread`: paths of unreadable values."""

    when: When
    text: str | None
    source: str
    into: Collector
    unread: tuple[str, ...] = ()


class ObservationMapper:
    """Reads Observations into a Collector."""

    def __init__(self, terminology: Terminology, reader: ValueReader, *, preliminary: bool) -> None:
        """`preliminary`: whether preliminary results count (a site's choice)."""
        self._dictionary = terminology.observations
        self._reader = reader
        self._usable = USABLE | {UnusableStatus.PRELIMINARY} if preliminary else USABLE

    def read(self, observation: Observation, into: Collector) -> None:
        """Add what an Observation says; one that is not of interest is skipped."""
        concept = self._dictionary.find(observation.code.coding)
        components = [(self._dictionary.find(part.code.coding), part) for part in observation.component]
        # A pressure counts only in a panel of the systemic circulation.
        parts = [(part, one) for part, one in components if part and (part not in PRESSURES or concept in SYSTEMIC)]
        unknown = [one for part, one in components if part is None and _matters(one, concept)]
        _note_unknown((*unknown, *([] if concept else [observation])), into)
        if concept is None and not parts:
            self._report_unknown(observation, into)
            return
        name = concept or parts[0][0]
        time = observation.effectiveDateTime or _other_time(observation)
        if observation.status not in self._usable or observation.modifierExtension:
            self._refuse(observation, [name, *(part for part, _ in parts)], time, into)
            return
        when = into.dated(name, time)
        if when is None:
            _doubt([name, *(part for part, _ in parts)], time, into)
            return
        source = f"Observation/{observation.id}" if observation.id else ""
        record = _Record(when, time, source, into, unread_values(observation.unread))
        if "component" in observation.unread or "component.code" in observation.unread:
            into.gap(name, GapKind.UNREADABLE, AsSent("component"))
        if concept is not None:
            self._add(concept, observation, record, panel=bool(parts or observation.hasMember))
        for part, component in parts:
            self._add(part, component, record)

    def _refuse(self, observation: Observation, concepts: Sequence[Concept], time: str | None, into: Collector) -> None:
        """Record why an Observation is not used; what nobody took back may be true all the same."""
        reason = _not_used(observation)
        into.refuse(concepts[0], reason)
        if reason.detail not in WITHDRAWN:
            _doubt(concepts, time, into)

    def _report_unknown(self, observation: Observation, into: Collector) -> None:
        """Record a pressure in a panel that only has codes of an unknown system: it may be systemic."""
        parts = {self._dictionary.find(part.code.coding) for part in observation.component}
        if parts & PRESSURES and not self._dictionary.knows_system(observation.code.coding):
            into.gap(SYSTOLIC, GapKind.UNREADABLE, Part.UNKNOWN_CODE)

    def _add(self, concept: Concept, valued: Valued, record: _Record, *, panel: bool = False) -> None:
        """Add one value unless it is too old to matter; a panel needs no value of its own."""
        if record.into.is_too_old(concept, record.when.moment):
            return
        try:
            if concept == INFUSION_DATE:
                _add_infusion_date(valued, record)
            elif concept == SEIZURE_KIND:
                record.into.seizures.append(self._seizure(valued, record))
            else:
                read = self._reader.read(concept, valued)
                usual = self._reference(concept, valued)
                finding = Record(
                    record.when.moment, concept, read.value, record.source, read.comparator, usual, read.quoted
                )._replace(modality=self._modality(valued, record) if concept == NEUROIMAGING else "")
                record.into.add(finding)
        except Unreadable as reason:
            unreadable = unless_sent(reason, record.unread)
            if unreadable.kind is not GapKind.NOT_RECORDED:
                _doubt([concept], record.text, record.into)
            if not (panel and unreadable.kind is GapKind.NOT_RECORDED):
                refuse(concept, valued, unreadable, Origin(record.when.moment, record.source), record.into)

    def _reference(self, concept: Concept, valued: Valued) -> Reference:
        """The reference range sent with a value; that of a component is not read."""
        return (
            self._reader.reference(concept, valued.referenceRange) if isinstance(valued, Observation) else Reference()
        )

    def _seizure(self, valued: Valued, record: _Record) -> Seizure:
        kind = self._reader.read(SEIZURE_KIND, valued)
        moment, source = record.when.moment, record.source
        details = _details(valued)
        minutes = self._detail(details, SEIZURE_DURATION, record)
        returned = self._detail(details, RETURNED, record)
        resolved = self._detail(details, RESOLVED, record)
        return Seizure(
            time=moment,
            kind=str(kind.value),
            minutes=minutes and Record(moment, SEIZURE_DURATION, minutes.value, source, minutes.comparator),
            returned_to_baseline=bool(returned.value) if returned else None,
            resolved_with_intervention=bool(resolved.value) if resolved else None,
            source=source,
        )

    def _modality(self, valued: Valued, record: _Record) -> str:
        """How an image was made; empty if not recorded in a usable form."""
        read = self._detail(_details(valued), MODALITY, record)
        return str(read.value) if read else ""

    def _detail(self, details: dict[str, Component], code: Concept, record: _Record) -> Value | None:
        """A component read by its code; None if there is no usable one."""
        if code not in details:
            return None
        try:
            return self._reader.read(code, details[code])
        except Unreadable as reason:
            refuse(code, details[code], reason, Origin(record.when.moment, record.source), record.into)
            return None


def _details(valued: Valued) -> dict[str, Component]:
    """The components of an Observation by their own codes."""
    return {code: part for part in getattr(valued, "component", []) for code in _own_codes(part)}


def _doubt(concepts: Iterable[Concept], time: str | None, into: Collector) -> None:
    for concept in dict.fromkeys(concepts):
        into.doubt(concept, time)


def _note_unknown(coded: Iterable[Observation | Component], into: Collector) -> None:
    """Note codes that nobody knows."""
    for one in coded:
        if into.unknowns.code(ABOUT, one.code.coding, shape_of(one)):
            into.leave_out(LeftOut.NOT_UNDERSTOOD)


def refuse(concept: str, valued: Valued, reason: Unreadable, origin: Origin, into: Collector) -> None:
    """Record why a value cannot be used, and the unit or the answer that nobody knows."""
    if reason.kind is GapKind.NOT_UNDERSTOOD:
        into.not_understood(concept, valued, origin.moment)
        return
    if reason.kind is GapKind.UNKNOWN_UNIT:
        into.unknowns.unit(concept, valued.valueQuantity)
    into.refuse(concept, reason, origin)


def unread_values(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths of values among unreadable paths."""
    return tuple(path for path in paths if ".value" in f".{path}")


def unless_sent(reason: Unreadable, unread: Sequence[str]) -> Unreadable:
    """The reason for a missing value: one that was sent and cannot be read differs from one that was not recorded."""
    sent = bool(unread) and reason.kind is GapKind.NOT_RECORDED
    return Unreadable(GapKind.UNREADABLE, AsSent(unread[0])) if sent else reason


def _matters(part: Component, panel: str | None) -> bool:
    """Whether an unknown part is worth noting: not our own details, nor a public code beside the known ones."""
    return not _own_codes(part) and (panel is None or is_local(part.code.coding))


def _own_codes(part: Component) -> list[str]:
    return [code for system, code in map(normalised, part.code.coding) if system == ICANS and code]


def _not_used(observation: Observation) -> Unreadable:
    if observation.modifierExtension:
        return Unreadable(GapKind.UNREADABLE, Part.MODIFIER)
    # A status unknown to FHIR is reported as such: its text may be anything.
    named = next((status for status in UnusableStatus if status == observation.status), None)
    return Unreadable(GapKind.UNUSABLE_STATUS, named)


def _other_time(observation: Observation) -> str | None:
    """An instant, or the end of a period; never `issued` (rule T1)."""
    period = observation.effectivePeriod
    return observation.effectiveInstant or (period.end if period else None)


def _add_infusion_date(valued: Valued, record: _Record) -> None:
    when = record.into.when(INFUSION_DATE, valued.valueDateTime or valued.valueDate)
    if when is not None:
        stated = InfusionDate(record.when.moment, when.moment, when.date_only, record.source)
        record.into.infusion_dates.append(stated)
