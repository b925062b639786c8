"""Procedures to doses of a therapy."""

from __future__ import annotations

import pytest

from tests.builders import (
    hours_ago,
    procedure,
)
from tests.unit.mapping import gaps, mapped

CPT, PCS = "http://www.ama-assn.org/go/cpt", "http://www.cms.gov/Medicare/Coding/ICD10"


@pytest.mark.rule("T3")
@pytest.mark.parametrize(
    ("code", "system", "product"),
    [
        ("38228", CPT, None),
        ("0540T", CPT, None),
        ("XW033C7", PCS, None),
        ("XW033H7", PCS, "axicabtagene-ciloleucel"),
        ("XW043A7", "urn:oid:2.16.840.1.113883.6.4", "ciltacabtagene-autoleucel"),
    ],
)
def test_an_infusion_of_cells_is_a_dose(code: str, system: str, product: str | None) -> None:
    (dose,) = mapped(procedure(code, system)).doses

    assert ("CAR-T", product) == (dose.therapy_class, dose.product)


@pytest.mark.rule("T3")
@pytest.mark.parametrize(("code", "system"), [("38225", CPT), ("38227", CPT), ("0537T", CPT), ("XW033L7", PCS)])
def test_harvest_preparation_and_other_cells_are_never_a_dose(code: str, system: str) -> None:
    facts = mapped(procedure(code, system))

    assert ((), set()) == (facts.doses, gaps(facts))


def test_a_code_of_an_unidentified_product_is_reported() -> None:
    facts = mapped(procedure("XW0338A", PCS))

    assert () == facts.doses
    assert {("other-cell-therapy", "not-derivable")} == gaps(facts)


@pytest.mark.parametrize("status", ["preparation", "not-done", "entered-in-error"])
def test_a_procedure_that_was_not_done_is_reported(status: str) -> None:
    facts = mapped(procedure("38228", CPT, status=status))

    assert ((), ()) == (facts.doses, facts.unread_therapies)
    assert {("car-t-procedure", "unusable-status")} == gaps(facts)


def test_a_procedure_by_date_by_period_and_without_time() -> None:
    facts = mapped(
        procedure("38228", CPT, performedDateTime="2026-03-03"),
        procedure("38228", CPT, performedDateTime=None, performedPeriod={"start": hours_ago(30)}),
        procedure("38228", CPT, performedDateTime=None),
        procedure("38228", CPT, modifierExtension=[{"url": "urn:x"}]),
        procedure("12345", "urn:x"),
    )

    assert [True, False] == [dose.date_only for dose in facts.doses]
    assert 2 == sum(gap.number for gap in facts.gaps if gap.concept == "car-t-procedure")
    assert 2 == len(facts.unread_therapies)
