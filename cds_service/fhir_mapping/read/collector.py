"""Collects facts and gaps during mapping; nothing is dropped silently."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from cds_service.clinical.course.concepts import MOTOR_FINDING, NEUROIMAGING, RAISED_ICP_SIGN, SEIZURE_KIND
from cds_service.clinical.facts.gap import Gap, GapDetail, GapKind, Implausible, Part, UnknownAnswer
from cds_service.clinical.facts.occasion import Unjudged
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.facts.patient import (
    Administration,
    Diagnosis,
    DoseRecord,
    InfusionDate,
    Measured,
    Record,
    Seizure,
    UnknownDrug,
    UnreadDrug,
    UnreadFinding,
    UnreadTherapy,
)
from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.data_use import DISPLAY, LeftOut, Unknowns, cleaned
from cds_service.fhir_mapping.r4.datatypes import Valued, codings_of
from cds_service.fhir_mapping.read.times import When, between, parse_when

# Without a record of them there is no seizure, no sign and no oedema (rules D5, D6).
GRADED_BY_ABSENCE = frozenset({SEIZURE_KIND, MOTOR_FINDING, RAISED_ICP_SIGN, NEUROIMAGING})
_A_DAY = timedelta(days=1)


class Unreadable(Exception):  # noqa: N818  (a reason, not a fault: it becomes a gap)
    """A value cannot be used."""

    def __init__(self, kind: GapKind, detail: GapDetail | None = None, measured: Measured | None = None) -> None:
        """Keep the kind and detail of the resulting gap; `measured`: a value that cannot be true."""
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.measured = measured


class Origin(NamedTuple):
    """When a value was recorded, and the resource that holds it."""

    moment: datetime
    source: str


class _GapKey(NamedTuple):
    concept: str
    kind: GapKind
    detail: GapDetail | None


class Collector:
    """The facts and gaps of one patient while resources are being read."""

    def __init__(
        self, as_of: datetime, tolerance: timedelta, zone: tzinfo, windows: Mapping[Concept, timedelta]
    ) -> None:
        """`tolerance`: how far a sender's clock may be ahead (rule T1); `windows`: how far back concepts matter."""
        self.as_of, self._tolerance, self._windows = as_of, tolerance, windows
        self.latest = as_of + tolerance
        self.zone = zone
        self._oldest = {concept: as_of - window for concept, window in windows.items()}
        self.records: defaultdict[Concept, list[Record]] = defaultdict(list)
        self._recorded = 0
        self.seizures: list[Seizure] = []
        self.administrations: list[Administration] = []
        self.unread_findings: list[UnreadFinding] = []
        self.unread_drugs: list[UnreadDrug] = []
        self.unknown_codes: list[UnknownDrug] = []
        self.doses: list[DoseRecord] = []
        self.unread_therapies: list[UnreadTherapy] = []
        self.infusion_dates: list[InfusionDate] = []
        # The end of each administration of an unknown drug; None: still running, or at an unknown time.
        self.unknown_drugs: list[datetime | None] = []
        self.diagnoses: list[Diagnosis] = []
        self.orders: list[Order] = []
        self.unread: list[Unjudged] = []
        self.unknowns = Unknowns()
        # Why the resource that is being read is not used, if it says nothing else.
        self._reason = ""
        self._gaps: Counter[_GapKey] = Counter()
        self._not_understood: dict[str, list[UnknownAnswer]] = {}

    def apart(self) -> Collector:
        """An empty collector for the same time and place, whose gaps are reported separately."""
        return Collector(self.as_of, self._tolerance, self.zone, self._windows)

    def gap(self, concept: str, kind: GapKind, detail: GapDetail | None = None) -> None:
        """Record that something of this concept cannot be used."""
        self._gaps[_GapKey(concept, kind, detail)] += 1
        self.leave_out(kind)

    def refuse(self, concept: str, reason: Unreadable, origin: Origin | None = None) -> None:
        """Record why a value cannot be used; of an implausible one also when and where it was recorded."""
        found, detail = reason.measured, reason.detail
        if found is not None and origin is not None:
            detail = Implausible(found.number, found.unit, *origin)
        self.gap(concept, reason.kind, detail)

    def add(self, record: Record) -> None:
        """Add a record of a concept."""
        self.records[record.concept].append(record)
        self._recorded += 1

    def not_understood(self, concept: str, valued: Valued, moment: datetime) -> None:
        """Record an answer that nobody knows: it was charted, so it is never "not recorded"."""
        codings = codings_of(valued)
        self.unknowns.answer(concept, codings)
        display = next((shown for one in codings if (shown := cleaned(one.display, DISPLAY))), "")
        self._not_understood.setdefault(concept, []).append(UnknownAnswer(display, moment))
        self.leave_out(GapKind.NOT_UNDERSTOOD)

    def leave_out(self, reason: str) -> None:
        """Record why the resource that is being read is not used; the first reason counts."""
        self._reason = self._reason or str(reason)

    def begin(self) -> int:
        """Begin a resource: how many facts there were before it."""
        self._reason = ""
        return self._facts

    def fate(self, before: int) -> str:
        """What became of the resource: empty if it was used, else why it was not."""
        return "" if self._facts > before else self._reason or LeftOut.NOT_NEEDED

    @property
    def _facts(self) -> int:
        """How many facts there are so far."""
        drugs = len(self.administrations) + len(self.unread_drugs) + len(self.orders)
        therapies = len(self.doses) + len(self.unread_therapies) + len(self.infusion_dates)
        return self._recorded + len(self.seizures) + len(self.diagnoses) + drugs + therapies

    def when(self, concept: Concept, text: str | None, end: datetime | None = None) -> When | None:
        """The time of a record; a missing, partial or future one becomes a gap and None (rule T1).

        Also None for what ended before the window of its concept, because a template cannot ask for less (contract.md
        2).
        """
        when = self.dated(concept, text)
        too_old = when is not None and self.is_too_old(concept, max(when.moment, end or when.moment))
        return None if too_old else when

    def dated(self, concept: Concept, text: str | None) -> When | None:
        """The same of a record whose parts have windows of their own."""
        when = parse_when(text, self.zone)
        if when is None:
            self.gap(concept, GapKind.UNREADABLE, Part.TIME)
        elif when.moment > self.latest:
            self.gap(concept, GapKind.FUTURE)
            return None
        return when

    def doubt(self, concept: Concept, text: str | None) -> None:
        """Record that a finding cannot be read, if its absence is what is graded."""
        if concept not in GRADED_BY_ABSENCE:
            return
        limits = between(text, self.zone, self.latest)
        earliest, latest = (limits.earliest, limits.latest) if limits else (None, None)
        if earliest and latest and parse_when(text, self.zone) is None and earliest == latest:
            # Without a zone it is not known to the hour.
            earliest, latest = earliest - _A_DAY, latest + _A_DAY
        if (earliest is None or earliest <= self.latest) and not self.is_too_old(concept, latest):
            self.unread_findings.append(UnreadFinding(concept, earliest, latest))

    def is_too_old(self, concept: Concept, latest: datetime | None) -> bool:
        """Whether it ended before the window of its concept; `latest` None: its end is unknown."""
        is_old = latest is not None and concept in self._oldest and latest < self._oldest[concept]
        if is_old:
            self.leave_out(LeftOut.TOO_OLD)
        return is_old

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The gaps so far, with equal ones counted together; their order does not depend on that of the entries."""
        answers = {
            _GapKey(concept, GapKind.NOT_UNDERSTOOD, max(found, key=lambda one: (one.time, one.display))): len(found)
            for concept, found in self._not_understood.items()
        }
        counted = sorted((self._gaps | answers).items(), key=lambda one: tuple(str(part or "") for part in one[0]))
        return tuple(Gap(key.concept, key.kind, number, key.detail) for key, number in counted)
