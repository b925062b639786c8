"""Which patient a resource belongs to, and what may be an id."""

from __future__ import annotations

import pytest

from cds_service.fhir_mapping.r4.datatypes import Reference
from cds_service.fhir_mapping.read.patients import is_id, is_of_patient


@pytest.mark.parametrize("text", ["1", "a-b.C", "e" * 255, "e" * 65])
@pytest.mark.requirement("hooks:P12")
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "../../admin?x=", "a b", "a%2e", "a_b", "é", "a\n", "e" * 256])
@pytest.mark.requirement("hooks:P12")
def test_what_may_not_enter_a_url(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize(
    ("reference", "own"),
    [
        ("Patient/a", True),
        ("https://ehr.example/fhir/Patient/a", True),
        ("Patient/a/_history/2", True),
        ("https://ehr.example/fhir/Patient/a/_history/3", True),
        ("urn:uuid:a", True),
        ("Patient/ab", False),
        ("https://ehr.example/fhir/Patient/ba", False),
        ("xPatient/a", False),
        ("evil/Patient/a", False),
        ("Group/a", False),
        ("Patient/a?x", False),
        ("#a", False),
        ("", False),
        (None, False),
    ],
)
def test_the_patient_of_a_resource(reference: str | None, *, own: bool) -> None:
    assert own == is_of_patient(Reference(reference), "a")


def test_a_resource_without_a_subject_belongs_to_no_patient() -> None:
    assert not is_of_patient(None, "a")
