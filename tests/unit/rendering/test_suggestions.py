"""The first button of a status card is what its summary asks for."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.suggestions import suggestions_of
from cds_service.rendering.words.view import Clock, View

AWAKE = ("1 h", "consciousness", "alert")
FEVER = (("1 h", "body-temperature", 38.6), ("1 h", "oxygen-device", "room-air"), ("1 h", "oxygen-saturation", 97))
CILTA_CEL = (("22 d", "ciltacabtagene-autoleucel"),)
STROKE = "Task: stroke call now"
CT_ANGIOGRAPHY = "Draft: CT and CT angiography of the head, now"
SPINE = "Draft: MRI of spine and head, now"
NEUROSURGERY = "Task: call neurosurgery now"
NEUROLOGY = "Task: call neurology and the cell therapy team today"
AIRWAY = "Task: call the ICU team for the airway now"
HEAD_CT = "Draft: head CT"


def labels(knowledge: Knowledge, *records: tuple[Any, ...], **more: Any) -> list[str]:
    """The buttons of a patient's card."""
    answer = assessed(Case("a patient", (), Expected(), records=records, **more), knowledge.protocol)
    view = View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)
    return [one.label for one in suggestions_of(view)]


@pytest.mark.rule("Q3")
@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([("2 h", "motor-finding", "hemiparesis"), ("1 h", "ice-total", 9), AWAKE], [STROKE, CT_ANGIOGRAPHY]),
        ([("2 h", "motor-finding", "paraparesis"), ("1 h", "ice-total", 9), AWAKE], [SPINE]),
        ([("1 h", "neuroimaging", "intracranial-haemorrhage"), ("1 h", "ice-total", 10), AWAKE], [NEUROSURGERY]),
        ([("1 h", "raised-icp-sign", "papilloedema"), ("1 h", "ice-total", 9), AWAKE], [NEUROSURGERY]),
        ([("1 h", "consciousness", "unarousable")], [AIRWAY]),
        ([("1 h", "ice-total", 5), AWAKE, ("2 h", "platelets", 49)], [HEAD_CT, "Draft: dexamethasone"]),
        ([("1 h", "ice-total", 5), AWAKE, ("2 h", "platelets", 50)], ["Draft: dexamethasone"]),
        ([("1 h", "ice-total", 8), AWAKE, *FEVER], ["Draft: dexamethasone", "Reminder: ICE", "Draft: tocilizumab"]),
        ([("1 h", "ice-total", 10), AWAKE], ["Reminder: ICE"]),
        ([("13 h", "ice-total", 10), AWAKE], ["Task: ICE now"]),
    ],
)
def test_what_answers_the_ask_is_first(
    knowledge: Knowledge, records: list[tuple[Any, ...]], expected: list[str]
) -> None:
    found = labels(knowledge, *records)

    assert expected == [label[: len(start)] for label, start in zip(found, expected, strict=False)]


@pytest.mark.rule("N")
def test_delayed_neurotoxicity_offers_the_call(knowledge: Knowledge) -> None:
    sign = ("1 d", "neuro-symptom", "facial-palsy")

    assert NEUROLOGY == labels(knowledge, ("1 h", "ice-total", 10), AWAKE, sign, doses=CILTA_CEL)[0]
    assert NEUROLOGY not in labels(knowledge, ("1 h", "ice-total", 10), AWAKE, sign)


@pytest.mark.rule("Q1")
def test_on_a_ventilator_nobody_is_called_for_the_airway(knowledge: Knowledge) -> None:
    coma, ventilated = ("1 h", "consciousness", "unarousable"), ("2 h", "oxygen-device", "mechanical-ventilation")

    assert AIRWAY not in labels(knowledge, coma, ventilated)
