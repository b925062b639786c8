"""What CDS Hooks requires of an answer with cards (C, S, A, L, E1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.blackbox.ehr import Ehr, demo, record
from tests.builders import (
    LOINC,
    alert,
    axi_cel,
    bundle,
    dosage,
    draft,
    observation,
    order_call,
    prefetch,
    quantity,
    stay_call,
)

TOCILIZUMAB = "612865"
PAGES = {"--wallet-card-url": "https://ward.example/card", "--handout-url": "https://ward.example/handout"}


@pytest.fixture(scope="module")
def linking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ehr]:
    """The service of a site that has its own web pages for patients."""
    options = [word for option in PAGES.items() for word in option]
    with demo(tmp_path_factory.mktemp("linking"), "http://127.0.0.1:9/fhir", *options) as ehr:
        yield ehr


def parts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every member of an object and every element of a list, with its path."""
    yield path, value
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from parts(inner, f"{path}.{key}")
    for inner in value if isinstance(value, list) else ():
        yield from parts(inner, path)


@pytest.mark.requirement("hooks:T2")
def test_no_value_in_an_answer_is_null_or_empty(graded: dict[str, Any]) -> None:
    assert [] == [path for path, value in parts(graded) if value in (None, "", [], {}) and value is not False]


@pytest.mark.requirement("hooks:C1")
@pytest.mark.requirement("hooks:C2")
@pytest.mark.requirement("hooks:C4")
@pytest.mark.requirement("hooks:C5")
@pytest.mark.requirement("hooks:X6")
def test_a_card_has_what_the_specification_requires(graded: dict[str, Any]) -> None:
    (card,) = graded["cards"]

    assert UUID(card["uuid"])
    assert 0 < len(card["summary"]) < 140
    assert "\n" not in card["summary"]
    assert card["indicator"] in {"info", "warning", "critical"}
    assert card["source"]["label"]
    assert urlsplit(card["source"]["url"]).netloc
    assert re.search(r"[Dd]ata (?:up to|as of) .*\d\d:\d\d", card["detail"])


@pytest.mark.requirement("hooks:C3")
@pytest.mark.requirement("hooks:X5")
def test_text_from_a_record_cannot_become_markup(ehr: Ehr) -> None:
    now, evil = datetime.now(UTC), "<img src=x onerror=alert(1)>[click](javascript:alert(1))"
    score = observation("ice-total", now=now, valueInteger=5, note=[{"text": evil}]) | {"id": "<b>1</b>"}
    score["code"]["text"] = score["code"]["coding"][0]["display"] = evil
    answer = ehr.call(prefetch(neuro=bundle(score, alert(now=now)), therapy=bundle(axi_cel(now=now))))

    text = "".join(card["summary"] + card["detail"] for card in answer["cards"])
    assert "ICANS 2" in text
    assert "javascript:" not in text
    assert not re.search(r"<[a-z/!]", text)


@pytest.mark.requirement("hooks:C6")
@pytest.mark.requirement("hooks:C7")
@pytest.mark.requirement("hooks:S1")
@pytest.mark.requirement("hooks:S2")
@pytest.mark.requirement("hooks:D9")
def test_suggestions_can_be_chosen_and_reported(graded: dict[str, Any]) -> None:
    (card,) = graded["cards"]

    assert "any" == card["selectionBehavior"]
    assert all(UUID(one["uuid"]) and one["label"] for one in card["suggestions"])
    assert not [path for path, _ in parts(graded) if path.endswith("actionSelectionBehavior")]
    # An EHR may preselect a recommended suggestion: that may be a reminder to assess, but no drug or place of care.
    recommended = [one for one in card["suggestions"] if one.get("isRecommended")]
    assert {"Task"} == {action["resource"]["resourceType"] for one in recommended for action in one["actions"]}


@pytest.mark.requirement("hooks:A1")
@pytest.mark.requirement("hooks:A3")
@pytest.mark.requirement("hooks:T3")
def test_actions_create_only_drafts_and_only_on_request(graded: dict[str, Any]) -> None:
    assert "systemActions" not in graded
    for action in (action for one in graded["cards"][0]["suggestions"] for action in one["actions"]):
        resource = action["resource"]
        assert ("create", "draft") == (action["type"], resource["status"])
        assert action["description"]
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.requirement("hooks:A2")
def test_an_order_to_delete_is_named_only_by_its_reference(ehr: Ehr) -> None:
    cool = observation("8310-5", system=LOINC, now=datetime.now(UTC), valueQuantity=quantity(36.8, "Cel"))
    answer = ehr.answer(order_call(draft(TOCILIZUMAB, dosage(8, "mg/kg"), id="d-1"), vitals=bundle(cool), **record(5)))
    actions = [action for card in answer["cards"] for one in card.get("suggestions", []) for action in one["actions"]]
    deleted = [action for action in actions if action["type"] == "delete"]

    assert ["MedicationRequest/d-1"] == [action["resourceId"] for action in deleted]
    assert not [action for action in deleted if "resource" in action]


@pytest.mark.requirement("hooks:C8")
@pytest.mark.requirement("hooks:C10")
def test_every_coding_has_a_code_and_a_system(graded: dict[str, Any]) -> None:
    (card,) = graded["cards"]
    codings = [value for path, value in parts(card) if path.endswith((".topic", ".overrideReasons", ".coding"))]

    assert codings
    for one in (one for found in codings for one in (found if isinstance(found, list) else [found])):
        assert one["code"]
        assert one["system"]
    assert all(reason["display"] for reason in card["overrideReasons"])


@pytest.mark.requirement("hooks:C9")
@pytest.mark.requirement("hooks:L1")
def test_links_have_label_url_and_type(ehr: Ehr, linking: Ehr) -> None:
    body = stay_call("encounter-discharge", **record(10))
    (own,) = [card["links"] for card in linking.answer(body)["cards"] if "links" in card]

    assert [
        {"label": "Wallet card", "url": PAGES["--wallet-card-url"], "type": "absolute"},
        {"label": "Handout for patients", "url": PAGES["--handout-url"], "type": "absolute"},
    ] == own
    assert not [card for card in ehr.answer(body)["cards"] if "links" in card]


@pytest.mark.requirement("hooks:E1")
def test_our_own_data_are_under_extension(graded: dict[str, Any]) -> None:
    assert {"cards", "extension"} == set(graded)
    assert ["example.icans-cds.evaluation"] == list(graded["extension"])
    names = {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons"}
    assert set(graded["cards"][0]) <= names | {"links", "extension"}
