"""What CDS Hooks asks of an answer, of access to FHIR, and of feedback, seen from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.blackbox.ehr import Ehr
from tests.builders import alert, axi_cel, bundle, ice, observation, outcome, patient, prefetch
from tests.hooks.client import evaluation
from tests.hooks.ehr import SERVICE
from tests.hooks.fhir_server import Answer, Call, Server

TOKEN = "t0ken-of-the-ehr"


def record(neuro: Any = None) -> Callable[[Call], Answer]:
    """A FHIR server that has a patient with grade 2, or these neurological Observations."""
    now = datetime.now(UTC)
    found = {"MedicationAdministration": [axi_cel(now=now)], "Observation": [ice(5, now=now), alert(now=now)]}

    def rule(call: Call) -> Answer:
        if call.kind == "Patient":
            return Answer(patient())
        scores = "ice-total" in call.query.get("code", ["ice-total"])[0]
        if call.kind == "Observation" and scores and neuro is not None:
            return neuro
        return Answer(bundle(*(found.get(call.kind, []) if scores else [])))

    return rule


@pytest.fixture
def graded(ehr: Ehr) -> dict[str, Any]:
    """An answer with a card."""
    now = datetime.now(UTC)
    return ehr.call(prefetch(neuro=bundle(ice(5, now=now), alert(now=now)), therapy=bundle(axi_cel(now=now))))


@pytest.fixture
def served(fhir: Server) -> Server:
    """The FHIR server with the record, and no calls yet."""
    fhir.calls.clear()
    fhir.rule = record()
    return fhir


def parts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every member and element, with its path."""
    yield path, value
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from parts(inner, f"{path}.{key}")
    for inner in value if isinstance(value, list) else ():
        yield from parts(inner, path)


@pytest.mark.requirement("hooks:T2")
def test_nothing_sent_is_null_or_empty(graded: dict[str, Any]) -> None:
    assert [] == [path for path, value in parts(graded) if value in (None, "", [], {}) and value is not False]


@pytest.mark.requirement("hooks:C1")
@pytest.mark.requirement("hooks:C2")
@pytest.mark.requirement("hooks:C4")
@pytest.mark.requirement("hooks:C5")
@pytest.mark.requirement("hooks:X6")
def test_a_card_has_what_the_specification_asks(graded: dict[str, Any]) -> None:
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
def test_what_a_record_says_cannot_become_markup(ehr: Ehr) -> None:
    now, evil = datetime.now(UTC), "<img src=x onerror=alert(1)>[click](javascript:alert(1))"
    score = observation("ice-total", now=now, valueInteger=5, note=[{"text": evil}]) | {"id": "<b>1</b>"}
    score["code"]["text"] = score["code"]["coding"][0]["display"] = evil
    answer = ehr.call(prefetch(neuro=bundle(score, alert(now=now)), therapy=bundle(axi_cel(now=now))))

    told = "".join(card["summary"] + card["detail"] for card in answer["cards"])
    assert "ICANS grade 2" in told
    assert "javascript:" not in told
    assert not re.search(r"<[a-z/!]", told)


@pytest.mark.requirement("hooks:C6")
@pytest.mark.requirement("hooks:C7")
@pytest.mark.requirement("hooks:S1")
@pytest.mark.requirement("hooks:S2")
@pytest.mark.requirement("hooks:D9")
def test_suggestions_can_be_chosen_and_reported(graded: dict[str, Any]) -> None:
    (card,) = graded["cards"]

    assert "any" == card["selectionBehavior"]
    assert all(UUID(one["uuid"]) and one["label"] for one in card["suggestions"])
    assert not [path for path, _ in parts(graded) if path.endswith(("actionSelectionBehavior", "isRecommended"))]


@pytest.mark.requirement("hooks:A1")
@pytest.mark.requirement("hooks:A3")
@pytest.mark.requirement("hooks:T3")
def test_actions_create_drafts_in_fhir_json_and_never_by_themselves(graded: dict[str, Any]) -> None:
    assert "systemActions" not in graded
    for action in (action for one in graded["cards"][0]["suggestions"] for action in one["actions"]):
        resource = action["resource"]
        assert ("create", "draft") == (action["type"], resource["status"])
        assert action["description"]
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


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


@pytest.mark.requirement("hooks:E1")
def test_what_is_ours_stands_under_extension(graded: dict[str, Any]) -> None:
    assert {"cards", "extension"} == set(graded)
    assert ["example.icans-cds.evaluation"] == list(graded["extension"])
    names = {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons"}
    assert set(graded["cards"][0]) <= names | {"links", "extension"}


@pytest.mark.requirement("hooks:P9")
@pytest.mark.requirement("hooks:P10")
@pytest.mark.requirement("hooks:F1")
@pytest.mark.requirement("hooks:F3")
@pytest.mark.requirement("hooks:F5")
def test_what_is_missing_is_read_with_the_callers_token(ehr: Ehr, served: Server) -> None:
    authorization = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/Observation.read Observation.Read (Labs) [R4] launch?x",
        "subject": "cds-service",
    }
    answer = ehr.call(prefetch=None, fhirServer=served.base, fhirAuthorization=authorization)

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert {f"Bearer {TOKEN}"} == {call.headers["Authorization"] for call in served.calls}


@pytest.mark.requirement("hooks:F2")
def test_a_token_is_not_used_for_the_next_call(ehr: Ehr, served: Server) -> None:
    ehr.call(fhirServer=served.base, fhirAuthorization={"access_token": TOKEN, "token_type": "Bearer"})
    served.calls.clear()
    ehr.call(fhirServer=served.base)

    assert served.calls
    assert not [call for call in served.calls if "Authorization" in call.headers]


@pytest.mark.requirement("hooks:F4")
@pytest.mark.parametrize(
    "answer", [Answer(bundle(), delay=4), Answer(b"", 302, {"Location": "/elsewhere"}), Answer(outcome(), 500)]
)
def test_a_server_in_trouble_makes_a_warning_card_in_time(ehr: Ehr, served: Server, answer: Answer) -> None:
    served.rule = record(neuro=answer)
    said = ehr.call(fhirServer=served.base)

    assert ["icansDataMissing"] == [card["source"]["topic"]["code"] for card in said["cards"]]
    assert not [call for call in served.calls if call.path == "/elsewhere"]


@pytest.mark.requirement("hooks:T5")
def test_no_other_server_is_called(ehr: Ehr) -> None:
    for server in ("http://169.254.169.254/fhir", "http://ehr.example/fhir", "https://ehr.example/fhir"):
        response = ehr.post({"hook": "patient-view", "hookInstance": "x", "fhirServer": server, "context": CONTEXT})
        assert 412 == response.status_code
        assert "may not be called" in response.text


CONTEXT = {"userId": "Practitioner/1", "patientId": "p-1"}


@pytest.mark.requirement("hooks:P6")
@pytest.mark.requirement("hooks:P7")
@pytest.mark.requirement("hooks:P8")
def test_the_kinds_of_nothing_are_told_apart(ehr: Ehr) -> None:
    def gaps(neuro: Any) -> set[str]:
        told = evaluation(ehr.call(prefetch(neuro=neuro)))
        return {gap["kind"] for gap in told["gaps"] if gap["concept"] in ("neuro", "ice")}

    assert {"not-recorded"} == gaps(None) == gaps(bundle()) == gaps(bundle(outcome("warning")))
    assert {"server-unavailable"} <= gaps(outcome())
    assert {"not-permitted"} <= gaps(outcome("error", "forbidden"))


@pytest.mark.requirement("hooks:P12")
def test_another_patients_data_are_never_used(ehr: Ehr) -> None:
    stranger = {"subject": {"reference": "Patient/p-2"}}
    answer = ehr.call(prefetch(neuro=bundle(ice(0, now=datetime.now(UTC), **stranger))))

    assert [] == answer["cards"]
    assert {"wrong-patient"} <= {gap["kind"] for gap in evaluation(answer)["gaps"]}


@pytest.mark.requirement("hooks:B1")
@pytest.mark.requirement("hooks:B2")
@pytest.mark.requirement("hooks:B3")
@pytest.mark.requirement("hooks:B4")
@pytest.mark.requirement("hooks:B5")
@pytest.mark.requirement("hooks:B6")
def test_feedback_is_received_in_every_form(ehr: Ehr, graded: dict[str, Any]) -> None:
    (card,) = graded["cards"]
    time = datetime.now(UTC).isoformat(timespec="seconds")
    reason = {"reason": {"code": "x", "system": "urn:x"}}
    entries: list[dict[str, Any]] = [
        {"outcome": "accepted", "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}]},
        {"outcome": "overridden", "overrideReason": reason},
        {"outcome": "overridden", "overrideReasons": [reason], "extension": {"com.epic.x": 1}},
        {"outcome": "overridden"},
    ]
    body = {"feedback": [{"card": card["uuid"], "outcomeTimestamp": time} | entry for entry in entries]}
    response = ehr.post(body, f"{SERVICE}/feedback")

    assert 200 == response.status_code
    assert (4, 0) == (response.json()["received"], response.json()["unknownCards"])
