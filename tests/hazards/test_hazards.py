"""The hazard log: every control is proven, it has every hazard named by a case, and the document is current."""

from __future__ import annotations

import pytest

from cds_service.checks.specification import packaged_cases
from tests.hazards.log import (
    DOCUMENT,
    Control,
    Hazard,
    cases_for,
    document,
    is_collected,
    read_log,
    runs_everywhere,
    unproven,
)
from tests.spec.rows import case_anchor

LOG = read_log()
CONTROLS = [(hazard, control) for hazard in LOG for control in hazard.control]


def test_the_document_is_current() -> None:
    assert document(LOG) == DOCUMENT.read_text(encoding="utf-8"), "run `make docs`"


def test_hazards_are_numbered_without_gaps() -> None:
    assert [f"H{number}" for number in range(1, len(LOG) + 1)] == [hazard.id for hazard in LOG]
    assert len(LOG) >= 16


def test_every_hazard_has_a_control_and_a_severity() -> None:
    assert [] == [hazard.id for hazard in LOG if not hazard.control or not 1 <= hazard.severity <= 5]


@pytest.mark.parametrize(
    ("hazard", "control"), CONTROLS, ids=[f"{one.id}: {control.text}" for one, control in CONTROLS]
)
def test_every_control_is_proven(hazard: Hazard, control: Control) -> None:
    """The named tests belong to the same run, so the run fails if they do."""
    assert control.rules or control.tests
    assert [] == unproven(hazard, control)
    assert control.rules or any(map(runs_everywhere, control.tests)), "it could be left out of every run"


def test_a_control_without_its_proof_is_unproven() -> None:
    hazard = LOG[0]
    lost = Control("c", rules=("D1", "Z9"), tests=("unit/fhir_mapping/test_draft_orders.py::test_that_nobody_wrote",))
    elsewhere = Hazard("H99", "a hazard that no case names", "", 1, ())

    assert ["Z9", "unit/fhir_mapping/test_draft_orders.py::test_that_nobody_wrote"] == unproven(hazard, lost)
    assert ["D1"] == unproven(elsewhere, Control("c", rules=("D1",)))


def test_a_test_that_needs_more_than_python_may_be_skipped() -> None:
    assert not runs_everywhere("verification/test_public_data.py::test_records_entered_in_error_are_left_out")
    assert runs_everywhere("unit/fhir_mapping/test_medications.py::test_amounts_in_mg")


def test_each_proof_is_a_link() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    links = text.count("](clinical-specification.md#case-") + text.count("](../tests/")

    assert sum(len(cases_for(*one)) + len(one[1].tests) for one in CONTROLS) == links
    assert len(packaged_cases()) == len({case_anchor(case) for case in packaged_cases()})


def test_a_test_that_does_not_exist_proves_nothing() -> None:
    assert not is_collected("unit/fhir_mapping/test_medications.py::test_that_nobody_wrote")
    assert not is_collected("unit/test_nothing.py::test_amounts_in_mg")
    assert is_collected("unit/fhir_mapping/test_medications.py::test_amounts_in_mg")


def test_every_hazard_that_a_case_names_is_in_the_log() -> None:
    named = {hazard for case in packaged_cases() for hazard in case.hazard}

    assert set() == named - {hazard.id for hazard in LOG}
