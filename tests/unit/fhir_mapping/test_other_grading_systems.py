"""Values of other grading systems are never read as ICE, ICANS or CRS by ASTCT."""

from __future__ import annotations

import pytest

from cds_service.clinical.assess import assess
from cds_service.knowledge import Knowledge
from tests.builders import CHART_OPENED, NOW, alert, axi_cel, observation
from tests.unit.mapping import mapped

LOCAL, CTCAE = "https://ehr.example/flowsheet", "http://ncicb.nci.nih.gov/xml/owl/EVS/ctcae"
OTHERS = [
    observation("cartox-10", system=LOCAL, valueInteger=4),
    observation("cres-grade", system=LOCAL, valueInteger=3),
    observation("cartox-total", valueInteger=4),  # under our system, but no code of ours
    observation("ctcae-grade", valueInteger=3),
    observation("10048762", system=CTCAE, valueInteger=3),
    observation("lee-2014-crs", system=LOCAL, valueInteger=2),
    observation("row-1", system=LOCAL, valueInteger=4)
    | {"code": {"coding": [{"system": LOCAL, "code": "row-1", "display": "ICANS grade (CTCAE v5)"}], "text": "ICE"}},
]


@pytest.mark.rule("D1")
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other["code"]["coding"][0]["code"])
def test_a_value_of_another_system_is_no_value_of_ours(other: dict, knowledge: Knowledge) -> None:
    facts = mapped(axi_cel(), alert(), other)
    evaluation = assess(facts, CHART_OPENED, NOW, knowledge.protocol).evaluation

    assert {"consciousness"} == set(facts.records)
    assert evaluation.icans.grade is None
    assert evaluation.charted_icans is None
    assert evaluation.charted_crs is None


def test_no_value_set_claims_a_code_of_another_grading_system(knowledge: Knowledge) -> None:
    systems = {system for value_set in knowledge.terminology.value_sets.values() for system, _ in value_set.codes}

    assert [] == [system for system in systems if "ctcae" in system.lower() or "meddra" in system.lower()]
