"""What each client may call, see and reach (contract.md 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, hook_request, ice, patient
from tests.hooks.auth.calls import DEMO, DISCOVERY, Trusting, call
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import (
    PUBLIC_URL,
    SERVICE,
    clients_file,
    token,
)
from tests.hooks.fhir_server import Answer, Call, serving


def test_a_client_sees_and_calls_only_its_own_services(trusting: Trusting) -> None:
    client = trusting(services=["icans-patient-view"])
    assert 200 == call(client, token()).status_code
    mine = client.flask.get(DISCOVERY, headers=token(DISCOVERY)).get_json()["services"]
    assert ["icans-patient-view"] == [service["id"] for service in mine]

    for path in ("/cds-services/icans-order-sign", "/cds-services/icans-order-sign/feedback"):
        response = client.flask.post(path, json={}, headers=token(path))
        assert (403, "forbidden") == (response.status_code, response.get_json()["issue"][0]["code"])


def test_an_unknown_service_is_404_only_for_authenticated_clients(mercy: Client) -> None:
    path = "/cds-services/nothing"

    assert 401 == mercy.flask.post(path, json={}).status_code
    assert 404 == mercy.flask.post(path, json={}, headers=token(path)).status_code


@pytest.mark.requirement("hooks:D1")
def test_discovery_may_be_open(trusting: Trusting) -> None:
    client = trusting({"open_discovery": True})

    assert 200 == client.flask.get(DISCOVERY).status_code
    assert 200 == client.flask.get(DISCOVERY, headers={"Authorization": "nonsense"}).status_code
    assert 401 == call(client, {}).status_code


@pytest.mark.requirement("hooks:X1")
def test_a_preflight_carries_no_token(mercy: Client) -> None:
    assert 200 == mercy.flask.options(SERVICE).status_code


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/knowledge", "/knowledge/attributes"])
def test_health_checks_need_no_token(mercy: Client, path: str) -> None:
    assert 200 == mercy.flask.get(path).status_code


@pytest.mark.parametrize("path", ["/", "/fhir/metadata", "/fhir/Patient", "/patients/brandt", "/assets/sandbox.css"])
def test_there_is_no_sandbox_outside_a_demo(mercy: Client, path: str) -> None:
    response = mercy.flask.get(path, headers={"Origin": "https://sandbox.example"})

    assert 404 == response.status_code
    assert "Access-Control-Allow-Origin" not in response.headers


def record(call: Call) -> Answer:
    if call.kind == "Patient":
        return Answer(patient())
    wanted = {"Observation": [ice(5), alert()], "MedicationAdministration": [axi_cel()]}
    return Answer(bundle(*wanted.get(call.kind, [])))


ACCESS = {"access_token": "t0ken", "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "icans"}


@pytest.mark.requirement("hooks:F4")
def test_a_server_of_the_client_is_called_with_the_token(trusting: Trusting) -> None:
    with serving(record) as server:
        body = hook_request(fhirServer=f"{server.base}/", fhirAuthorization=ACCESS)
        response = call(trusting(DEMO, fhir_servers=[server.base]), token(), body)

    assert 2 == evaluation(response.get_json())["icans"]["grade"]
    assert {"Bearer t0ken"} == {call.headers["Authorization"] for call in server.calls}


@pytest.mark.requirement("hooks:F4")
def test_no_other_server_is_called_at_all(trusting: Trusting) -> None:
    with serving(record) as server, serving(record) as other:
        client = trusting(DEMO, fhir_servers=[server.base])
        for elsewhere in (other.base, f"{server.base}x", server.base.replace("127.0.0.1", "localhost")):
            response = call(client, token(), hook_request(fhirServer=elsewhere, fhirAuthorization=ACCESS))
            assert 412 == response.status_code
            assert elsewhere not in response.text

    assert ([], []) == (server.calls, other.calls)


@pytest.mark.requirement("hooks:F4")
def test_each_client_has_its_own_list_of_servers(tmp_path: Path) -> None:
    with serving(record) as server:
        blocks = [
            f'[[client]]\nname = "{name}"\nissuer = "urn:{name}"\njwks_file = "jwks.json"\nfhir_servers = {servers}\n'
            for name, servers in (("a", [server.base]), ("b", []))
        ]
        file = clients_file(tmp_path, "".join(blocks).replace("'", '"'))
        settings = Settings(demo=True, clients=str(file), public_url=PUBLIC_URL, store=str(tmp_path / "store.sqlite"))
        client = Client(create_app(settings, now=lambda: NOW).test_client())
        body = hook_request(fhirServer=server.base)

        assert 200 == call(client, token(iss="urn:a"), body).status_code
        assert 412 == call(client, token(iss="urn:b"), body).status_code


@pytest.mark.parametrize(("subject", "status"), [("icans", 200), ("other", 422), (None, 422)])
def test_a_fhir_token_for_another_client_is_not_used(trusting: Trusting, subject: str | None, status: int) -> None:
    with serving(record) as server:
        client = trusting(DEMO, fhir_servers=[server.base], client_id="icans")
        body = hook_request(fhirServer=server.base, fhirAuthorization=ACCESS | {"subject": subject})
        assert status == call(client, token(), body).status_code

    assert (status == 200) == bool(server.calls)


@pytest.mark.parametrize("name", ["p-1", "Patient/p-1", None, ""])
def test_a_fhir_token_for_this_patient_is_used(trusting: Trusting, name: str | None) -> None:
    with serving(record) as server:
        client = trusting(DEMO, fhir_servers=[server.base])
        body = hook_request(fhirServer=server.base, fhirAuthorization=ACCESS | {"patient": name})
        assert 200 == call(client, token(), body).status_code
