"""Orders, discharge and other FHIR versions, seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.blackbox.ehr import Ehr, demo
from tests.builders import (
    LOINC,
    PATIENT,
    alert,
    axi_cel,
    bundle,
    concept,
    dosage,
    draft,
    ice,
    observation,
    order_call,
    prefetch,
    quantity,
    stay_call,
)
from tests.hooks.client import evaluation

DEXAMETHASONE, TOCILIZUMAB = "3264", "612865"
LONG = f"d-{'x' * 200}"
PAGES = {"--wallet-card-url": "https://ward.example/card", "--handout-url": "https://ward.example/handout"}


@pytest.fixture(scope="module")
def linking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ehr]:
    """A service of a site that has pages of its own for patients."""
    options = [word for option in PAGES.items() for word in option]
    with demo(tmp_path_factory.mktemp("linking"), "http://127.0.0.1:9/fhir", *options) as ehr:
        yield ehr


def record(score: int) -> dict[str, Any]:
    """A patient after axi-cel with an ICE score of now."""
    now = datetime.now(UTC)
    return {"neuro": bundle(ice(score, now=now), alert(now=now)), "therapy": bundle(axi_cel(now=now))}


def asked(ehr: Ehr, body: dict[str, Any]) -> dict[str, Any]:
    """The answer of the service for the hook of a call."""
    response = ehr.post(body, f"/cds-services/icans-{body['hook']}")
    assert 200 == response.status_code, response.text
    return response.json()


@pytest.mark.requirement("hooks:H3")
def test_a_draft_is_known_by_its_long_id_and_never_looked_up(ehr: Ehr) -> None:
    chosen, other = draft(DEXAMETHASONE, dosage(4), id=LONG), draft(DEXAMETHASONE, dosage(4), id="d-2")
    selected = [f"MedicationRequest/{LONG}"]
    answer = asked(ehr, order_call(chosen, other, hook="order-select", selected=selected, **record(2)))

    assert selected == [one["resource"] for one in evaluation(answer)["findings"]]


@pytest.mark.requirement("hooks:A2")
def test_to_leave_an_order_out_names_it_by_reference_alone(ehr: Ehr) -> None:
    cool = observation("8310-5", system=LOINC, now=datetime.now(UTC), valueQuantity=quantity(36.8, "Cel"))
    answer = asked(ehr, order_call(draft(TOCILIZUMAB, dosage(8, "mg/kg"), id="d-1"), vitals=bundle(cool), **record(5)))
    actions = [action for card in answer["cards"] for one in card.get("suggestions", []) for action in one["actions"]]
    deleted = [action for action in actions if action["type"] == "delete"]

    assert ["MedicationRequest/d-1"] == [action["resourceId"] for action in deleted]
    assert not [action for action in deleted if "resource" in action]


@pytest.mark.requirement("hooks:C9")
@pytest.mark.requirement("hooks:L1")
def test_links_have_label_url_and_type(ehr: Ehr, linking: Ehr) -> None:
    body = stay_call("encounter-discharge", **record(10))
    (own,) = [card["links"] for card in asked(linking, body)["cards"] if "links" in card]

    assert set(PAGES.values()) == {link["url"] for link in own}
    assert all({"label", "url", "type"} == set(link) and link["type"] == "absolute" for link in own)
    assert not [card for card in asked(ehr, body)["cards"] if "links" in card]


@pytest.mark.requirement("hooks:H1")
def test_a_record_of_another_fhir_version_is_not_read_as_nothing(ehr: Ehr) -> None:
    r5 = {
        "resourceType": "MedicationAdministration",
        "id": "m-1",
        "status": "completed",
        "medication": {"concept": concept("2479140")},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "occurenceDateTime": datetime.now(UTC).isoformat(),
    }
    answer = ehr.call(prefetch(**record(5) | {"therapy": bundle(r5)}))

    assert "therapy not known" in answer["cards"][0]["summary"]
    assert ("medication", "unreadable") in [(gap["concept"], gap["kind"]) for gap in evaluation(answer)["gaps"]]
