"""What is said to have decided a criterion of CRS: the pressure that did, and the saturation with its device."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.clinical.assess import Answer
from cds_service.clinical.grading.crs import HYPOTENSION, HYPOXIA, Basis
from cds_service.knowledge import Knowledge
from cds_service.rendering.words.values import basis_text
from cds_service.rendering.words.view import Clock, View

FEVER = ("60 min", "body-temperature", 39)
SATURATION = ("60 min", "oxygen-saturation", 97)


def answered(knowledge: Knowledge, *records: tuple[str, str, object]) -> Answer:
    return assessed(Case("a patient", (), Expected(), records=(FEVER, *records)), knowledge.protocol)


def part_of(answer: Answer, name: str) -> Basis:
    return next(part for part in answer.evaluation.crs.basis if part.name == name)


def said(knowledge: Knowledge, name: str, *records: tuple[str, str, object]) -> str:
    answer = answered(knowledge, *records)
    return basis_text(View(answer, knowledge.wording, Clock(NOW, UTC), demo=False), part_of(answer, name))


@pytest.mark.rule("C2")
@pytest.mark.parametrize(
    ("systolic", "mean", "expected", "grade"),
    [
        (110, 64, "mean pressure 64", 2),
        (110, 65, "systolic 110", 0),
        (89, 64, "systolic 89", 2),
        (89, 70, "systolic 89", 2),
    ],
)
def test_the_pressure_that_decided_is_shown(
    knowledge: Knowledge, systolic: int, mean: int, expected: str, grade: int
) -> None:
    records = (("60 min", "systolic-pressure", systolic), ("60 min", "mean-pressure", mean))

    assert expected == said(knowledge, HYPOTENSION, *records)
    assert grade == part_of(answered(knowledge, *records), HYPOTENSION).range.lo


@pytest.mark.rule("C2")
def test_a_mean_pressure_alone_is_shown(knowledge: Knowledge) -> None:
    assert "mean pressure 70" == said(knowledge, HYPOTENSION, ("60 min", "mean-pressure", 70))


@pytest.mark.rule("C3")
def test_a_saturation_is_said_with_its_device(knowledge: Knowledge) -> None:
    device = ("60 min", "oxygen-device", "room-air")

    assert "SpO2 97 %, room air" == said(knowledge, HYPOXIA, SATURATION, device)


@pytest.mark.rule("C3")
@pytest.mark.parametrize("more", [(), (("25 h", "oxygen-device", "room-air"),)])
def test_a_device_that_is_not_known_now_is_not_said(
    knowledge: Knowledge, more: tuple[tuple[str, str, object], ...]
) -> None:
    assert "SpO2 97 %" == said(knowledge, HYPOXIA, SATURATION, *more)
