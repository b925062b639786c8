"""How a client's FHIR server is searched: its profile, POST, and lists of codes that are split."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, coded, concept, hook_request, ice, outcome, prefetch
from tests.hooks.auth.calls import DEMO, start
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import SERVICE, token
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_fhir_access import record
from tests.hooks.test_prefetch import gaps, without

LOCAL = "https://hospital.example/fhir/CodeSystem/flowsheet-rows"
DISCOVERY = "/cds-services"


def demo(**changes) -> Client:
    settings = Settings(demo=True, deadline_seconds=1.0, **changes)
    return Client(create_app(settings, now=lambda: NOW).test_client())


@pytest.fixture(name="many", scope="module")
def _many(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A site with so many codes for the level of consciousness that they are split."""
    file = tmp_path_factory.mktemp("many") / "site.toml"
    rows = "\n".join(f'    ["{LOCAL}", "row-{number}"],' for number in range(40))
    file.write_text(f"""[codes]
consciousness = [
{rows}
]
[answers]
consciousness = [["{LOCAL}", "1", "alert"], ["{LOCAL}", "2", "unarousable"]]
""")
    return demo(guideline=(str(file),))


def unarousable(row: int) -> dict:
    return alert() | {"code": concept(f"row-{row}", LOCAL), "valueCodeableConcept": concept("2", LOCAL)}


def templates(client: Client, **headers: str) -> dict[str, str]:
    described, *_ = client.flask.get(DISCOVERY, headers=headers).get_json()["services"]
    return described["prefetch"]


# --- a client's own ------------------------------------------------------------------------------------------


def test_a_client_gets_the_templates_and_the_searches_of_its_profile(tmp_path: Path) -> None:
    with serving(record) as server:
        client = start(tmp_path, DEMO, profile="oracle", fhir_servers=[server.base])
        shown = templates(client, **token(DISCOVERY))
        answer = client.flask.post(SERVICE, json=hook_request(fhirServer=server.base), headers=token()).get_json()

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert not [one for one in shown.values() if "_sort" in one or "8480-6" in one]
    assert not [call for call in server.calls if {"_sort", "_include"} & call.query.keys()]


def test_searches_by_post_name_no_patient_in_a_url(tmp_path: Path) -> None:
    with serving(record) as server:
        client = start(tmp_path, DEMO, profile="hapi", by_post=True, fhir_servers=[server.base])
        answer = client.flask.post(SERVICE, json=hook_request(fhirServer=server.base), headers=token()).get_json()

    searches = [call for call in server.calls if call.kind != "Patient"]
    assert 2 == evaluation(answer)["icans"]["grade"]
    assert {"POST"} == {call.method for call in searches}
    assert {f"/fhir/{call.kind}/_search" for call in searches} == {call.target for call in searches}
    assert {"p-1"} == {call.query["patient"][0] for call in searches}


def test_a_client_can_have_dated_templates(tmp_path: Path) -> None:
    client = start(tmp_path, dated_templates=True)

    assert "{{today() - 45 days}}" in templates(client, **token(DISCOVERY))["neuro"]


def test_the_profile_of_a_demo_is_a_setting() -> None:
    assert "_sort" not in templates(demo(profile="oracle"))["neuro"]
    with pytest.raises(SettingsError, match="ICANS_PROFILE: 'cerner' is none of generic, hapi, epic, oracle"):
        demo(profile="cerner")


# --- a list of codes that is split ---------------------------------------------------------------------------


def test_every_part_is_searched_and_none_is_too_long(many: Client) -> None:
    def rule(call: Call) -> Answer:
        return Answer(bundle(unarousable(39))) if "row-39" in call.query.get("code", [""])[0] else record(call)

    with serving(rule) as server:
        answer = many.call(fhirServer=server.base)

    assert ["neuro", "neuro-2", "neuro-3"] == [key for key in templates(many) if key.startswith("neuro")]
    assert (13, 4) == (len(server.calls), evaluation(answer)["icans"]["grade"])
    assert max(len(f"http://{server.host}{call.target}") for call in server.calls) <= 1900


def test_parts_are_prefetched_under_keys_of_their_own(many: Client) -> None:
    parts = {"neuro": bundle(), "neuro-2": bundle(), "neuro-3": bundle(unarousable(39))}
    answer = many.call(prefetch(scores=bundle(ice(5)), therapy=bundle(axi_cel())) | parts)

    assert 4 == evaluation(answer)["icans"]["grade"]
    assert "neuro" not in {concept for concept, _ in gaps(answer)}


def test_a_part_that_a_client_does_not_know_is_a_gap(many: Client) -> None:
    answer = many.call(prefetch(scores=bundle(ice(5)), neuro=bundle(alert()), therapy=bundle(axi_cel())))

    assert ("neuro", "not-provided") in gaps(answer)
    assert 1 == sum(gap["concept"] == "neuro" for gap in evaluation(answer)["gaps"])


def test_a_part_that_came_under_the_first_key_is_understood(many: Client) -> None:
    both = bundle(unarousable(39), coded("seizure", "none"))
    answer = many.call(prefetch(scores=bundle(ice(5)), neuro=both, therapy=bundle(axi_cel())))

    assert 4 == evaluation(answer)["icans"]["grade"]
    assert "neuro" not in {concept for concept, _ in gaps(answer)}


def test_a_part_that_failed_is_a_failure_of_the_whole(many: Client) -> None:
    def rule(call: Call) -> Answer:
        return Answer(outcome(), 500) if "row-39" in call.query.get("code", [""])[0] else record(call)

    with serving(rule) as server:
        (card,) = many.call(fhirServer=server.base)["cards"]

    assert "Neurological observations: the record gave no usable answer" in card["detail"]


def test_without_the_first_key_the_call_is_refused(many: Client) -> None:
    response = many.post(hook_request(without(prefetch(scores=bundle(ice(5))), "neuro")))

    assert 412 == response.status_code
