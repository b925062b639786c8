"""The readings that a card asks for where CRS may be above its floor."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.lines import missing_line
from cds_service.rendering.words.view import Clock, View

FEVER, NORMAL = ("1 h", "body-temperature", 38.5), ("1 h", "body-temperature", 36.8)
PRESSURE, AIR = ("1 h", "systolic-pressure", 120), ("1 h", "oxygen-device", "room-air")
SATURATION, CANNULA = ("1 h", "oxygen-saturation", 97), ("1 h", "oxygen-device", "nasal-cannula")
VENTILATED, SEIZED = ("1 h", "oxygen-device", "mechanical-ventilation"), ("2 h", "seizure", "clinical-focal")
PRESSORS = tuple(("2 h", drug, {"until": "running"}) for drug in ("norepinephrine", "epinephrine"))


@pytest.mark.rule("C6")
@pytest.mark.parametrize(
    ("records", "drugs", "expected"),
    [
        ((), (), "CRS up to 4 possible: record temperature"),
        ((NORMAL,), (), ""),
        ((FEVER,), (), "CRS up to 4 possible: record blood pressure, oxygen device, SpO2"),
        ((FEVER, PRESSURE), (), "CRS up to 4 possible: record oxygen device, SpO2"),
        ((FEVER, PRESSURE, AIR), (), "CRS up to 3 possible: record oxygen device, SpO2"),
        ((FEVER, PRESSURE, AIR, SATURATION), (), ""),
        ((FEVER, AIR, SATURATION), (), "CRS up to 2 possible: record blood pressure"),
        ((FEVER, PRESSURE, CANNULA), (), "CRS up to 3 possible: record oxygen device, SpO2"),
        ((FEVER, PRESSURE, VENTILATED, SEIZED), (), ""),  # the ventilator may be for the seizure
        ((FEVER,), PRESSORS, ""),  # CRS 4 already
        ((FEVER,), PRESSORS[:1], "CRS up to 4 possible: record oxygen device, SpO2"),
    ],
)
def test_what_is_missing_is_named(
    knowledge: Knowledge,
    records: tuple[tuple[str, str, float | str], ...],
    drugs: tuple[tuple[object, ...], ...],
    expected: str,
) -> None:
    scored = (("1 h", "ice-total", 8), ("1 h", "consciousness", "alert"))
    case = Case("a patient", (), Expected(), doses=(("5 d", "CAR-T"),), records=(*records, *scored), drugs=drugs)
    view = View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)

    told = missing_line(view, whole=True).removeprefix("**Missing or doubtful**: ").split("; ")

    assert [expected] * bool(expected) == [one for one in told if one.startswith("CRS up to")]
