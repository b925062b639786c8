"""What CDS Hooks requires of prefetch and of access to the FHIR server (P6 to P12, F)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.blackbox.ehr import Ehr
from tests.builders import alert, axi_cel, bundle, ice, outcome, patient, prefetch
from tests.hooks.client import evaluation
from tests.hooks.fhir_server import Answer, Call, Server

TOKEN = "t0ken-of-the-ehr"
CONTEXT = {"userId": "Practitioner/1", "patientId": "p-1"}


def record(neuro: Any = None) -> Callable[[Call], Answer]:
    """A FHIR server with a patient in grade 2, or with these neurological Observations."""
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
def served(fhir: Server) -> Server:
    """The FHIR server with the record, before any call."""
    fhir.calls.clear()
    fhir.rule = record()
    return fhir


@pytest.mark.requirement("hooks:P9")
@pytest.mark.requirement("hooks:P10")
@pytest.mark.requirement("hooks:F1")
@pytest.mark.requirement("hooks:F3")
@pytest.mark.requirement("hooks:F5")
def test_missing_data_are_read_with_the_callers_token(ehr: Ehr, served: Server) -> None:
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
def test_a_failing_server_leads_to_a_warning_card_in_time(ehr: Ehr, served: Server, answer: Answer) -> None:
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


@pytest.mark.requirement("hooks:P6")
@pytest.mark.requirement("hooks:P7")
@pytest.mark.requirement("hooks:P8")
def test_no_data_and_missing_data_are_distinguished(ehr: Ehr) -> None:
    def gaps(neuro: Any) -> set[str]:
        answer = evaluation(ehr.call(prefetch(neuro=neuro)))
        return {gap["kind"] for gap in answer["gaps"] if gap["concept"] in ("neuro", "ice")}

    assert {"not-recorded"} == gaps(None) == gaps(bundle()) == gaps(bundle(outcome("warning")))
    assert {"server-unavailable"} <= gaps(outcome())
    assert {"not-permitted"} <= gaps(outcome("error", "forbidden"))


@pytest.mark.requirement("hooks:P12")
def test_another_patients_data_are_never_used(ehr: Ehr) -> None:
    stranger = {"subject": {"reference": "Patient/p-2"}}
    answer = ehr.call(prefetch(neuro=bundle(ice(0, now=datetime.now(UTC), **stranger))))

    assert [] == answer["cards"]
    assert {"wrong-patient"} <= {gap["kind"] for gap in evaluation(answer)["gaps"]}
