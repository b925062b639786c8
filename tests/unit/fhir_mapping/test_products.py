"""Every product that starts a course, by every code that is verified for it (rule T3)."""

from __future__ import annotations

import pytest

from cds_service.knowledge import load_knowledge
from tests.builders import given, procedure
from tests.unit.mapping import mapped

_KNOWLEDGE = load_knowledge()
PRODUCTS = _KNOWLEDGE.therapies
CODES = [
    (product, system, code)
    for product in PRODUCTS
    for system, code in sorted(_KNOWLEDGE.terminology.value_sets[product].codes)
]
ICD_10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ADMINISTRATIVE = (ICD_10_PCS, "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets")
DRUG_CODES = [entry for entry in CODES if entry[1] != ICD_10_PCS]
PROCEDURE_CODES = [entry for entry in CODES if entry[1] in ADMINISTRATIVE]


@pytest.mark.rule("T3")
@pytest.mark.parametrize(("product", "system", "code"), DRUG_CODES)
def test_an_administration_of_a_product_is_a_dose_of_it(product: str, system: str, code: str) -> None:
    (dose,) = mapped(given(code, 48, system)).doses

    assert (product, PRODUCTS[product]) == (dose.product, dose.therapy_class)


@pytest.mark.rule("T3")
@pytest.mark.parametrize(("product", "system", "code"), PROCEDURE_CODES)
def test_a_procedure_of_a_product_is_a_dose_of_it(product: str, system: str, code: str) -> None:
    (dose,) = mapped(procedure(code, system)).doses

    assert (product, PRODUCTS[product]) == (dose.product, dose.therapy_class)


@pytest.mark.rule("T3")
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_product_has_a_verified_code(product: str) -> None:
    assert product in {known for known, _, _ in CODES}
