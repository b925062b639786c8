"""The data gathered about a patient, before any of it is interpreted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.patient import Need
from cds_service.fhir_mapping.data_use import Sent


@dataclass(slots=True)
class Gathered:
    """Typed resources of all searches together, and what is known to be missing.

    `unreadable`: types of entries that could not be read. `by_full_url`: Medications and Patients by the fullUrl of
    their entry. `failed`: required data that were requested and did not arrive (patient, observations, therapy).
    `drugs_checked`: drugs were looked up by a search of their own, which was complete; `therapy_checked`: a source of
    therapy was searched completely, and none failed. `sent`: what arrived, by prefetch key.
    """

    patient_id: str
    encounter_id: str | None = None
    resources: list[Any] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    by_full_url: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    failed: frozenset[Need] = frozenset()
    drugs_checked: bool = True
    therapy_checked: bool = True
    sent: tuple[Sent, ...] = ()
