"""Whatever the type of a resource, an element that cannot be read never costs the answer."""

from __future__ import annotations

import json

import pytest

from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.fhir_mapping.r4.structs import KNOWN_TYPES


@pytest.mark.parametrize("kind", sorted(KNOWN_TYPES))
@pytest.mark.parametrize("element", ["code", "status", "subject", "issue", "item", "birthDate", "class", "id"])
@pytest.mark.parametrize("value", [7, {"x": [1]}, [[]], True])
def test_an_unreadable_element_of_any_type_is_no_error(kind: str, element: str, value: object) -> None:
    resource = {"resourceType": kind, element: value}
    page = read_page(
        json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": resource}]}).encode()
    )
    assert page.entries == 1


def test_a_remark_that_cannot_be_read_leaves_open_whether_the_data_are_complete() -> None:
    remark = {"resourceType": "OperationOutcome", "issue": [{"severity": {"value": "error"}}]}
    page = read_page(json.dumps({"resourceType": "Bundle", "entry": [{"resource": remark}]}).encode())
    assert page.incomplete == "OperationOutcome: not readable"
