"""Sample orders: drafts as an EHR sends them at signing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from cds_service.knowledge.tables import read_table
from cds_service.sandbox.stories.story import Json

_RXNORM, _UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """One order in orders.toml; `every_hours` None: given once."""

    slug: str
    title: str
    drug: str
    code: str
    dose: float
    unit: str
    every_hours: float | None = None

    def draft(self, patient_id: str, now: datetime) -> Json:
        """The order as a draft MedicationRequest for a patient."""
        coding = {"system": _RXNORM, "code": self.code, "display": self.drug}
        amount = {"value": self.dose, "unit": self.unit, "system": _UCUM, "code": self.unit}
        repeat = {"frequency": 1, "period": self.every_hours, "periodUnit": "h"} if self.every_hours else {"count": 1}
        return {
            "resourceType": "MedicationRequest",
            "id": f"draft-{self.slug}",
            "status": "draft",
            "intent": "order",
            "medicationCodeableConcept": {"coding": [coding], "text": self.drug},
            "subject": {"reference": f"Patient/{patient_id}"},
            "authoredOn": now.isoformat(timespec="seconds"),
            "dosageInstruction": [
                {"text": self.title, "timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": amount}]}
            ],
        }


@dataclass(frozen=True, slots=True)
class _Table:
    order: list[SampleOrder]


def read_orders() -> dict[str, SampleOrder]:
    """The packaged orders by slug, in the order of their table. Raises KnowledgeError if the table is invalid."""
    table = read_table(files("cds_service.sandbox.stories") / "orders.toml", _Table)
    return {order.slug: order for order in table.order}
