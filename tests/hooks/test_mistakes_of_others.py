"""Mistakes found in other CDS Hooks services and clients; each test proves that this service does not make one."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.hooks import SERVICES
from cds_service.settings import Settings
from tests.builders import (
    LOINC,
    NOW,
    alert,
    axi_cel,
    bundle,
    hook_request,
    ice,
    observation,
    outcome,
    prefetch,
    quantity,
)
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import PUBLIC_URL, SERVICE, claims, clients_file, jwk, key_set, signed
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_fhir_access import record
from tests.hooks.test_prefetch import gaps
from tests.hooks.test_refusals import refused

STRANGER = {"subject": {"reference": "Patient/p-2"}}
GOOD = json.dumps(hook_request(prefetch(neuro=bundle(ice(9)))))


def grade(answer: dict[str, Any]) -> Any:
    """The grade in an answer, or None."""
    return evaluation(answer)["icans"].get("grade")


def graded(*scores: dict[str, Any]) -> dict[str, Any]:
    """Prefetch for an alert patient after CAR-T cells with these scores."""
    return prefetch(neuro=bundle(*scores, alert()), therapy=bundle(axi_cel()))


# --- requests -------------------------------------------------------------------------------------------------


def test_a_post_without_prefetch_ends_the_process(client: Client) -> None:
    refused(client.post(hook_request()), 412)
    assert [] == client.call(prefetch())["cards"]


def test_a_realistic_request_is_larger_than_the_limit(client: Client) -> None:
    scores = [ice(9, hours=number / 10 + 1, note=[{"text": "x" * 2000}]) for number in range(150)]
    body = json.dumps(hook_request(graded(*scores)))

    assert len(body) > 300_000
    assert 200 == client.post(body.encode()).status_code


@pytest.mark.parametrize("value", ["NaN", "1e999999", '"\\ud800"', "-Infinity"])
def test_odd_numbers_and_texts_are_a_500(client: Client, value: str) -> None:
    refused(client.post(GOOD.replace('"valueInteger": 9', f'"valueInteger": {value}').encode()), 400)


def test_an_extension_object_is_refused(client: Client) -> None:
    assert [] == client.call(prefetch(), extension={"com.epic.cdshooks.request.bpa-trigger-action": "26"})["cards"]


def test_an_unknown_service_is_a_500(client: Client) -> None:
    refused(client.post(hook_request(prefetch()), "/cds-services/nothing"), 404)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_minimal_call_is_a_500_with_a_stack_trace(client: Client, name: str) -> None:
    minimal = {"hook": SERVICES[name].hook, "hookInstance": "x", "context": {}}
    text = refused(client.post(minimal, f"/cds-services/{name}"), 422)

    assert "Traceback" not in text
    assert ".py" not in text


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_any_hook_is_taken_at_any_service(client: Client, name: str) -> None:
    refused(client.post(hook_request(prefetch(), hook="appointment-book"), f"/cds-services/{name}"), 422)


# --- discovery ------------------------------------------------------------------------------------------------


def test_discovery_is_elsewhere_and_without_prefetch(client: Client) -> None:
    for service in client.flask.get("/cds-services").get_json()["services"]:
        assert "Patient/{{context.patientId}}" == service["prefetch"]["patient"]


def test_the_second_service_of_a_hook_replaces_the_first(client: Client) -> None:
    listed = [service["id"] for service in client.flask.get("/cds-services").get_json()["services"]]

    assert sorted(SERVICES) == sorted(listed)


def test_any_origin_may_send_credentials(client: Client) -> None:
    headers = client.flask.get("/cds-services", headers={"Origin": "https://evil.example"}).headers

    assert "Access-Control-Allow-Credentials" not in headers


# --- outgoing calls -------------------------------------------------------------------------------------------


@pytest.mark.requirement("hooks:F4")
def test_the_token_goes_to_any_server_that_a_caller_names(tmp_path: Path) -> None:
    file = clients_file(tmp_path, fhir_servers=["https://ehr.mercy.example/fhir"])
    store = str(tmp_path / "store.sqlite")
    app = create_app(Settings(clients=str(file), public_url=PUBLIC_URL, store=store), now=lambda: NOW)
    with serving(record) as server:
        body = hook_request(fhirServer=server.base, fhirAuthorization={"access_token": "t", "token_type": "Bearer"})
        response = app.test_client().post(SERVICE, json=body, headers={"Authorization": signed(claims())})

    assert 412 == response.status_code
    assert [] == server.calls


@pytest.mark.requirement("hooks:P12")
def test_a_patient_id_reaches_another_path_of_the_server(client: Client) -> None:
    with serving(record) as server:
        context = {"userId": "Practitioner/1", "patientId": "../../admin?x="}
        refused(client.post(hook_request(fhirServer=server.base, context=context)), 422)

    assert [] == server.calls


def test_only_the_first_page_is_read(client: Client) -> None:
    def rule(call: Call) -> Answer:
        if call.kind != "Observation" or "ice-total" not in call.query.get("code", ["ice-total"])[0]:
            return record(call)
        if "page" in call.query:
            return Answer(bundle(ice(5), alert()))
        return Answer(bundle(ice(10, 20), link=[{"relation": "next", "url": "Observation?page=2"}]))

    with serving(rule) as server:
        assert 2 == grade(client.call(fhirServer=server.base))


def test_a_slow_server_makes_the_service_hang(client: Client) -> None:
    with serving(lambda _: Answer(bundle(), delay=30)) as server:
        (card,) = client.call(fhirServer=server.base)["cards"]

    assert "could not be assessed" in card["summary"]


# --- the record -----------------------------------------------------------------------------------------------


def test_data_of_another_patient_are_graded(client: Client) -> None:
    answer = client.call(graded(ice(9), ice(0, **STRANGER)))

    assert 1 == grade(answer)
    assert "wrong-patient" in {kind for _, kind in gaps(answer)}


def test_an_outcome_in_prefetch_reads_as_no_risk(client: Client) -> None:
    (card,) = client.call(prefetch(neuro=outcome(), therapy=bundle(axi_cel())))["cards"]

    assert "icansDataMissing" == card["source"]["topic"]["code"]


def test_any_error_is_a_200_without_cards(client: Client) -> None:
    for body in (b"", b"{", b"[]", GOOD.encode()[:-1], json.dumps(hook_request()).encode()):
        response = client.post(body)
        assert response.status_code >= 400
        assert "cards" not in response.get_json()


def test_null_counts_as_data(client: Client) -> None:
    answer = client.call(prefetch(neuro=None, therapy=bundle(axi_cel())))

    assert grade(answer) is None
    assert ("ice", "not-recorded") in gaps(answer)


def test_missing_values_are_scored_as_normal(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(10)), therapy=bundle(axi_cel())))

    assert "exact" != evaluation(answer)["icans"]["certainty"]
    assert grade(client.call(prefetch(therapy=bundle(axi_cel())))) is None


@pytest.mark.parametrize("backwards", [False, True])
def test_the_oldest_score_is_graded_when_a_server_does_not_sort(client: Client, backwards: bool) -> None:
    scores = [ice(10, 20), ice(8, 10), ice(5, 1)]

    assert 2 == grade(client.call(graded(*(reversed(scores) if backwards else scores))))


def test_scores_without_an_id_are_merged(client: Client) -> None:
    scores = [{key: value for key, value in one.items() if key != "id"} for one in (ice(10, 20), ice(5, 1))]

    assert 2 == grade(client.call(graded(*scores)))


def test_units_are_ignored(client: Client) -> None:
    def crs(value: float, unit: str) -> Any:
        fever = observation("8310-5", system=LOINC, valueQuantity=quantity(value, unit))
        return evaluation(client.call(prefetch(vitals=bundle(fever), therapy=bundle(axi_cel()))))["crs"].get("grade")

    assert crs(102.2, "[degF]") == crs(39, "Cel") != crs(98.6, "[degF]")


@pytest.mark.requirement("hooks:J1")
def test_tokens_are_not_checked_unless_somebody_asks_for_it() -> None:
    with pytest.raises(SettingsError, match="every caller must be authenticated"):
        create_app(Settings())


@pytest.mark.requirement("hooks:J8")
def test_the_key_is_taken_from_the_address_in_the_token(tmp_path: Path) -> None:
    settings = Settings(clients=str(clients_file(tmp_path)), public_url=PUBLIC_URL, store=str(tmp_path / "s.sqlite"))
    app = create_app(settings, now=lambda: NOW)
    with serving(lambda _: Answer(key_set(jwk(name="evil")))) as server:
        token = signed(claims(), name="evil", jku=f"{server.base}/jwks.json")
        response = app.test_client().post(SERVICE, json=hook_request(prefetch()), headers={"Authorization": token})

    assert 401 == response.status_code
    assert [] == server.calls


@pytest.mark.requirement("hooks:B3")
def test_all_but_one_entry_of_feedback_are_lost(client: Client) -> None:
    entries = [
        {
            "card": f"4c1f3e5a-1d1c-4f5e-8a8e-0b6c6c1d2e{number}",
            "outcome": "overridden",
            "outcomeTimestamp": (NOW - timedelta(minutes=number)).isoformat(),
        }
        for number in (10, 20, 30)
    ]
    receipt = client.post({"feedback": entries}, f"{SERVICE}/feedback").get_json()

    assert (3, 3) == (receipt["received"], receipt["new"])


@pytest.mark.requirement("hooks:F2")
def test_bodies_and_tokens_go_to_the_log(client: Client, caplog: pytest.LogCaptureFixture, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(record) as server:
        client.call(fhirServer=server.base, fhirAuthorization={"access_token": "s3cret", "token_type": "Bearer"})
        refused(client.post(GOOD.replace("p-1", "s3cret!").encode()), 422)

    written = caplog.text + "".join(capfd.readouterr())
    for word in ("s3cret", "p-1", "dr-1", "ice-total", "1966"):
        assert word not in written
