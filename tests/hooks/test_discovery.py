"""Discovery, health, and the shape of answers."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from tests.builders import alert, axi_cel, bundle, ice, prefetch
from tests.hooks.client import Client, evaluation

TOKEN = re.compile(r"\{\{(.*?)\}\}")


def services(client: Client) -> dict[str, dict]:
    return {entry["id"]: entry for entry in client.flask.get("/cds-services").get_json()["services"]}


@pytest.fixture(
    scope="module",
    params=["patient-view", "order-select", "order-sign", "encounter-start", "encounter-discharge"],
)
def service(client: Client, request: pytest.FixtureRequest) -> dict:
    return services(client)[f"icans-{request.param}"]


def test_every_service_has_its_own_id_and_one_hook(client: Client) -> None:
    entries = client.flask.get("/cds-services").get_json()["services"]

    assert 5 == len(entries) == len(services(client)) == len({entry["hook"] for entry in entries})


@pytest.mark.parametrize("hook", ["order-select", "order-sign", "encounter-start"])
def test_active_orders_are_requested_only_by_the_services_that_need_them(client: Client, hook: str) -> None:
    prefetch_of = {name: entry["prefetch"] for name, entry in services(client).items()}
    usual = prefetch_of["icans-patient-view"]

    template = "MedicationRequest?patient={{context.patientId}}&status=active&_count=200"
    assert usual | {"orders": template} == prefetch_of[f"icans-{hook}"]
    assert usual == prefetch_of["icans-encounter-discharge"]


@pytest.mark.requirement("hooks:D1")
@pytest.mark.requirement("hooks:D2")
@pytest.mark.requirement("hooks:D3")
@pytest.mark.requirement("hooks:D4")
@pytest.mark.requirement("hooks:D5")
@pytest.mark.requirement("hooks:D6")
def test_discovery_describes_the_service(service: dict) -> None:
    fields = {"id", "hook", "hookVersion", "title", "description", "usageRequirements", "version", "prefetch"}
    assert fields == set(service)
    assert (f"icans-{service['hook']}", "2.0.1", "1.0") == (service["id"], service["version"], service["hookVersion"])


@pytest.mark.requirement("hooks:P1")
@pytest.mark.requirement("hooks:P2")
@pytest.mark.requirement("hooks:P3")
def test_templates_are_relative_and_use_only_the_context(service: dict) -> None:
    for template in service["prefetch"].values():
        assert re.fullmatch(
            r"Patient/\{\{context\.patientId\}\}|[A-Z]\w+\?patient=\{\{context\.patientId\}\}&.*", template
        )
        assert {"context.patientId"} == set(TOKEN.findall(template))


@pytest.mark.requirement("hooks:P5")
def test_templates_stay_in_the_subset_that_every_ehr_accepts(service: dict) -> None:
    for template in service["prefetch"].values():
        names = re.findall(r"[?&]([^=]+)=", template)
        assert set(names) <= {"patient", "code", "status", "_sort", "_count"}
        assert "|" not in template


def test_templates_request_what_the_mapping_reads(service: dict, knowledge) -> None:
    scores, neuro = (unquote(service["prefetch"][key]) for key in ("scores", "neuro"))

    assert "https://icans-cds.example/fhir/CodeSystem/icans|ice-total," in scores
    assert "icans|icans-grade-documented" in scores
    assert "icans|ice-total" not in neuro
    assert "http://loinc.org|9269-2" in neuro
    assert "icans|body-temperature" not in unquote(service["prefetch"]["vitals"])
    assert "54635-8" not in neuro


def test_there_are_few_templates_and_none_is_too_long_for_a_url(service: dict) -> None:
    assert len(service["prefetch"]) <= 12
    assert max(map(len, service["prefetch"].values())) < 1500


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_reported(client: Client, path: str) -> None:
    assert 200 == client.flask.get(path).status_code


def test_the_service_lists_its_knowledge(client: Client, knowledge) -> None:
    known = client.flask.get("/knowledge").get_json()

    assert knowledge.fingerprint == known["knowledge"]
    assert [
        "astct-2019",
        "icans-cds-rules-2026",
        "icans-cds-drugs-2026",
        "icans-cds-risk-2026",
        "fludarabine-us-2026-07",
        "icans-cds-look-alikes-2026",
        "blood-2023-refractory",
        "asco-2021-crs",
        "asco-2021",
        "cartox-support-2018",
        "cd3cd20-consensus-2024",
        "kymriah-us-2026-07",
        "labels-us-2026-07",
    ] == [edition["id"] for edition in known["editions"]]
    assert all(edition["reference"] and edition["reviewBy"] for edition in known["editions"])
    assert {"concept": "ferritin", "codes": 4, "unverified": 0} in known["valueSets"]


def test_the_service_gives_the_source_of_each_row(client: Client) -> None:
    editions = {edition["id"]: edition for edition in client.flask.get("/knowledge").get_json()["editions"]}
    rows = {row["row"]: row for row in editions["icans-cds-risk-2026"]["rows"]}

    assert {
        "row": "evidence 10 (product-class)",
        "source": "source not traced",
        "checked": "2026-07-31",
        "reviewBy": "2027-07-31",
        "verified": False,
    } == rows["evidence 10 (product-class)"]
    assert all({"row", "source", "checked", "reviewBy", "verified"} <= row.keys() for row in rows.values())
    assert all(edition["rows"] for edition in editions.values())


def test_every_answer_names_its_version_of_the_knowledge(client: Client) -> None:
    response = client.flask.get("/cds-services")
    answer = client.call(prefetch())

    assert "astct-2019 asco-2021" in response.headers["X-Knowledge-Version"]
    assert response.headers["X-Knowledge-Version"] == evaluation(answer)["knowledge"]


@pytest.mark.requirement("hooks:R1")
@pytest.mark.requirement("hooks:R2")
@pytest.mark.requirement("hooks:N1")
def test_nothing_to_say_is_an_empty_list(client: Client) -> None:
    assert [] == client.call(prefetch())["cards"]


def nothing_empty(value: object, path: str = "") -> None:
    """Whether the value has no null, and no empty value except `cards`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            nothing_empty(inner, f"{path}.{key}")
    elif isinstance(value, list):
        assert value or path == ".cards", path
        for inner in value:
            nothing_empty(inner, path)
    else:
        assert value not in (None, ""), path


@pytest.mark.requirement("hooks:T2")
@pytest.mark.requirement("hooks:C1")
@pytest.mark.requirement("hooks:C2")
@pytest.mark.requirement("hooks:C4")
@pytest.mark.requirement("hooks:C5")
@pytest.mark.requirement("hooks:C7")
@pytest.mark.requirement("hooks:C8")
@pytest.mark.requirement("hooks:S1")
@pytest.mark.requirement("hooks:A1")
def test_a_card_follows_the_specification(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())))

    nothing_empty(answer)
    (card,) = answer["cards"]
    assert len(card["summary"]) < 140
    assert "any" == card["selectionBehavior"]
    assert all({"code", "system", "display"} == set(reason) for reason in card["overrideReasons"])
    # Epic stores overrides by topic, so the topic must not change with the patient's values.
    assert "ICANS grade 2" == card["source"]["topic"]["display"]
    assert re.fullmatch(r"[A-Za-z0-9]{1,100}", card["source"]["topic"]["code"])
    for suggestion in card["suggestions"]:
        (action,) = suggestion["actions"]
        assert "create" == action["type"]
        # The description begins with the label: the dose, without its condition and source.
        assert len(suggestion["label"]) <= 60
        assert action["description"].partition(": ")[2].startswith(suggestion["label"].partition(": ")[2])
        assert action["resource"]["resourceType"] in {"Task", "ServiceRequest", "MedicationRequest"}


def test_every_card_and_suggestion_has_its_own_uuid(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())))
    uuids = [card["uuid"] for card in answer["cards"]]
    uuids += [suggestion["uuid"] for card in answer["cards"] for suggestion in card["suggestions"]]

    assert len(uuids) == len(set(uuids)) > 1
