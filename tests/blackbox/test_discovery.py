"""What CDS Hooks requires of discovery (T, D, P1 to P5)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.blackbox.ehr import Ehr

STANDARD_HOOKS = {"patient-view", "encounter-start", "encounter-discharge", "order-select", "order-sign"}


@pytest.fixture(scope="module")
def services(ehr: Ehr) -> list[dict[str, Any]]:
    """The services that discovery lists."""
    return ehr.get("/cds-services").json()["services"]


@pytest.mark.requirement("hooks:T1")
@pytest.mark.requirement("hooks:T4")
@pytest.mark.requirement("hooks:D1")
def test_discovery_is_json(ehr: Ehr) -> None:
    response = ehr.get("/cds-services")

    assert (200, "application/json") == (response.status_code, response.headers["Content-Type"])
    assert list(json.loads(response.text)["services"])


@pytest.mark.requirement("hooks:D2")
@pytest.mark.requirement("hooks:D3")
@pytest.mark.requirement("hooks:D4")
@pytest.mark.requirement("hooks:D5")
@pytest.mark.requirement("hooks:R1")
@pytest.mark.requirement("hooks:X4")
def test_every_service_is_described_and_answers_at_its_id(ehr: Ehr, services: list[dict[str, Any]]) -> None:
    for service in services:
        assert all(service[text] for text in ("hook", "title", "description", "usageRequirements"))
        assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"])
        assert all(isinstance(template, str) for template in service["prefetch"].values())
        assert 422 == ehr.post({}, f"/cds-services/{service['id']}").status_code


@pytest.mark.requirement("hooks:D6")
@pytest.mark.requirement("hooks:D7")
@pytest.mark.requirement("hooks:H2")
@pytest.mark.requirement("hooks:H4")
def test_every_service_has_a_standard_hook_and_its_own_id(services: list[dict[str, Any]]) -> None:
    ids = [service["id"] for service in services]

    assert len(ids) == len(set(ids))
    assert STANDARD_HOOKS == {service["hook"] for service in services}
    assert {"1.0"} == {service["hookVersion"] for service in services}


@pytest.mark.requirement("hooks:P1")
@pytest.mark.requirement("hooks:P2")
@pytest.mark.requirement("hooks:P3")
@pytest.mark.requirement("hooks:P4")
@pytest.mark.requirement("hooks:P5")
def test_templates_use_only_what_every_client_understands(services: list[dict[str, Any]]) -> None:
    for template in (template for service in services for template in service["prefetch"].values()):
        assert {"context.patientId"} == set(re.findall(r"\{\{(.*?)\}\}", template))
        assert re.fullmatch(r"[A-Z]\w+(/\{\{context\.patientId\}\}|\?[^|\s]+)", template)
