"""What other FHIR servers do, in front of the real HAPI server: the answer stays right, or says what is missing."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import hook_request, ice
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import PUBLIC_URL, SERVICE, clients_file, token
from tests.verification.conftest import Hapi
from tests.verification.quirks import (
    AbsoluteReferences,
    Asked,
    LikeOracle,
    NoTotal,
    Outcomes,
    PostOnlyForObservations,
    Proxy,
    Quirk,
    Refuses,
    ShortPages,
    ShortUrls,
    Slow,
    TotalOfEntries,
    TotalOfPage,
    Unasked,
    WrongOrder,
    proxied,
)

pytestmark = pytest.mark.hapi
# Drugs by reference, panels, units of another country, a drip, and records that cannot be used.
PATIENTS = ("grade-2-worsening", "sedated-propofol", "us-units", "messy-record")
STRANGER = ice(0) | {"id": "of-somebody-else", "subject": {"reference": "Patient/somebody-else"}}
HARMLESS: dict[str, tuple[Quirk, ...]] = {
    "short pages": (ShortPages(),),
    "wrong order": (WrongOrder(),),
    "no total": (NoTotal(),),
    "total of the page": (TotalOfPage(),),
    "outcomes": (Outcomes(),),
    "absolute references": (AbsoluteReferences(),),
    "short URLs": (ShortUrls(),),
    "all together": (ShortUrls(), ShortPages(), WrongOrder(), TotalOfPage(), Outcomes(), AbsoluteReferences()),
}
# The profile, and what servers of its kind are known or reported to do.
SERVERS: dict[tuple[str, str], tuple[Quirk, ...]] = {
    ("epic", "as reported"): (
        PostOnlyForObservations(),
        ShortPages(),
        TotalOfPage(),
        Outcomes(),
        AbsoluteReferences(),
        ShortUrls(),
    ),
    ("oracle", "as documented"): (LikeOracle(),),
    ("oracle", "in another order"): (LikeOracle(), WrongOrder()),
}
Answers = dict[str, dict[str, Any]]
LOCAL = "https://hospital.example/fhir/CodeSystem/flowsheet-rows"


def service_for(hapi: Hapi, **changes: Any) -> Client:
    settings = Settings(demo=True, **{"deadline_seconds": 60, "call_seconds": 90} | changes)
    return Client(create_app(settings, now=lambda: hapi.now).test_client())


@pytest.fixture(scope="module")
def service(hapi: Hapi) -> Client:
    return service_for(hapi)


@pytest.fixture(scope="module", name="right")
def _right(hapi: Hapi, service: Client) -> dict[str, dict[str, Any]]:
    """The answer about each patient without a quirk."""
    return {patient: asked_of(hapi, service, patient) for patient in PATIENTS}


@pytest.fixture(scope="module", name="profiled")
def _profiled(hapi: Hapi) -> dict[str, Client]:
    return {profile: service_for(hapi, profile=profile) for profile in ("epic", "oracle")}


def about(patient: str) -> dict[str, str]:
    return {"userId": "Practitioner/1", "patientId": patient}


def asked_of(proxy: Proxy | Hapi, service: Client, patient: str) -> dict[str, Any]:
    return service.call(fhirServer=proxy.base, context=about(patient))


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer says, without what is always new, and without the count of what came."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items() if key not in ("uuid", "dataUse")}
        return [plain(one) for one in value] if isinstance(value, list) else value

    return plain(answer)


def gaps(answer: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(gap["concept"], gap["kind"], gap.get("detail", "")) for gap in evaluation(answer).get("gaps", ())}


# --- what changes nothing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize("quirk", HARMLESS)
def test_the_answer_stays_the_same(hapi: Hapi, service: Client, right: Answers, quirk: str, patient: str) -> None:
    with proxied(hapi.base, *HARMLESS[quirk]) as proxy:
        assert said(right[patient]) == said(asked_of(proxy, service, patient))
    assert proxy.asked


@pytest.mark.parametrize("quirk", sorted(HARMLESS.keys() - {"short URLs"}))
def test_each_quirk_is_at_work(hapi: Hapi, quirk: str) -> None:
    searches = ("Observation?patient=messy-record&_sort=-date", "MedicationAdministration?patient=messy-record")
    with proxied(hapi.base, *HARMLESS[quirk]) as proxy:
        plain, odd = ([without_links(base, search) for search in searches] for base in (hapi.base, proxy.base))

    assert plain != odd


def without_links(base: str, search: str) -> dict[str, Any]:
    """A searchset as far as it is the same each time."""
    answer = requests.get(f"{base}/{search}", headers={"Accept": "application/fhir+json"}, timeout=60).json()
    kept = {key: value for key, value in answer.items() if key in ("entry", "total")}
    return json.loads(json.dumps(kept).replace(base, ""))


def test_a_long_url_is_refused(hapi: Hapi) -> None:
    with proxied(hapi.base, ShortUrls()) as proxy:
        answers = [requests.get(f"{proxy.base}/Patient?_id={'x' * length}", timeout=60) for length in (2000, 2100)]

    assert [200, 414] == [answer.status_code for answer in answers]


@pytest.mark.parametrize("patient", PATIENTS)
def test_what_was_not_asked_for_is_not_used_and_another_patient_is_told(
    hapi: Hapi, service: Client, right: Answers, patient: str
) -> None:
    with proxied(hapi.base, Unasked(STRANGER)) as proxy:
        answer = asked_of(proxy, service, patient)

    assert evaluation(right[patient])["icans"] == evaluation(answer)["icans"]
    assert evaluation(right[patient])["crs"] == evaluation(answer)["crs"]
    assert "wrong-patient" in {kind for _, kind, _ in gaps(answer)}


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize("kind", SERVERS, ids=str)
def test_a_profile_gets_the_answer_of_a_server_of_its_kind(
    hapi: Hapi, profiled: dict[str, Client], right: Answers, kind: tuple[str, str], patient: str
) -> None:
    with proxied(hapi.base, *SERVERS[kind]) as proxy:
        assert said(right[patient]) == said(asked_of(proxy, profiled[kind[0]], patient))


def test_a_profile_of_another_kind_is_told_what_the_server_refused(hapi: Hapi, service: Client) -> None:
    with proxied(hapi.base, LikeOracle()) as proxy:
        answer = asked_of(proxy, service, "grade-2-worsening")

    assert ("scores", "server-unavailable", "HTTP 400") in gaps(answer)
    assert "ICANS could not be assessed" in answer["cards"][0]["summary"]


# --- what is lost, and said ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "concept"),
    [
        (("Condition", ""), "conditions"),
        (("Encounter", ""), "encounter"),
        (("Procedure", ""), "procedures"),
        (("QuestionnaireResponse", ""), "questionnaires"),
        (("Observation", "1988-5"), "labs"),
        (("Observation", "8310-5"), "vitals"),
    ],
)
def test_one_search_that_is_refused_is_told_and_the_grade_stands(
    hapi: Hapi, service: Client, right: Answers, search: tuple[str, str], concept: str
) -> None:
    kind, holding = search
    with proxied(hapi.base, Refuses(kind, 404, holding)) as proxy:
        answer = asked_of(proxy, service, "grade-2-worsening")

    assert (concept, "server-unavailable", "HTTP 404") in gaps(answer)
    assert evaluation(right["grade-2-worsening"])["icans"]["grade"] == evaluation(answer)["icans"]["grade"]
    assert answer["cards"]


def test_a_total_that_counts_what_was_included_is_told_as_incomplete(hapi: Hapi, service: Client) -> None:
    """It cannot be told apart from a total above what came."""
    with proxied(hapi.base, TotalOfEntries()) as proxy:
        answer = asked_of(proxy, service, "messy-record")

    assert ("therapy", "incomplete") in {(concept, kind) for concept, kind, _ in gaps(answer)}


def test_without_administrations_sedation_is_not_checked(hapi: Hapi, service: Client) -> None:
    with proxied(hapi.base, Refuses("MedicationAdministration", 404)) as proxy:
        answer = asked_of(proxy, service, "sedated-propofol")

    assert {("therapy", "server-unavailable", "HTTP 404"), ("drugs", "server-unavailable", "HTTP 404")} <= gaps(answer)
    (card,) = answer["cards"]
    assert "therapy not known" in card["summary"]
    assert "sedation, vasopressors and corticosteroids not checked" in card["detail"]


@pytest.mark.parametrize(("kind", "holding"), [("Patient", ""), ("Observation", "ice-total")])
def test_without_required_data_there_is_a_card_that_says_so(
    hapi: Hapi, service: Client, kind: str, holding: str
) -> None:
    with proxied(hapi.base, Refuses(kind, 404, holding)) as proxy:
        (card,) = asked_of(proxy, service, "grade-2-worsening")["cards"]

    assert ("warning", True) == (card["indicator"], "could not be assessed" in card["summary"])


def test_a_slow_search_costs_only_itself(hapi: Hapi, right: Answers) -> None:
    hasty = service_for(hapi, deadline_seconds=4)
    with proxied(hapi.base, Slow("Condition", 8)) as proxy:
        begun = time.monotonic()
        answer = asked_of(proxy, hasty, "grade-2-worsening")
        took = time.monotonic() - begun

    assert took < 7
    assert ("conditions", "server-unavailable", "no answer within the deadline") in gaps(answer)
    assert evaluation(right["grade-2-worsening"])["icans"] == evaluation(answer)["icans"]


# --- URLs ----------------------------------------------------------------------------------------------------


def site_with_many_codes(folder: Path) -> str:
    """A site file with 60 codes for one laboratory value."""
    rows = ", ".join(f'["{LOCAL}", "row-{number}"]' for number in range(60))
    file = folder / "site.toml"
    file.write_text(f"[codes]\nferritin = [{rows}]\n")
    return str(file)


def signed_in(hapi: Hapi, folder: Path, base: str, **client: Any) -> dict[str, Any]:
    """The answer to a registered client with many codes; the keywords are keys of the clients file."""
    clients = str(clients_file(folder, fhir_servers=[base], **client))
    store, guideline = str(folder / "store.sqlite"), (site_with_many_codes(folder),)
    service = service_for(hapi, clients=clients, public_url=PUBLIC_URL, store=store, guideline=guideline)
    body = hook_request(fhirServer=base, context=about("grade-2-worsening"))
    answer = service.flask.post(SERVICE, json=body, headers=token(now=hapi.now))
    assert 200 == answer.status_code
    return answer.get_json()


def targets(asked: list[Asked]) -> list[str]:
    return [one.target for one in asked if one.kind == "Observation"]


@pytest.mark.parametrize(
    ("client", "searches"),
    [({}, 7), ({"url_limit": 8000, "by_post": True, "profile": "hapi"}, 4), ({"profile": "oracle"}, 7)],
    ids=["split", "by POST", "split for Oracle"],
)
def test_a_long_list_of_codes_is_split_or_posted(
    hapi: Hapi, tmp_path: Path, client: dict[str, Any], searches: int
) -> None:
    with proxied(hapi.base, ShortUrls()) as proxy:
        answer = signed_in(hapi, tmp_path, proxy.base, **client)

    assert searches == len(targets(proxy.asked))
    assert max(map(len, targets(proxy.asked))) <= 1900
    assert "server-unavailable" not in {kind for _, kind, _ in gaps(answer)}
    assert 2 == evaluation(answer)["icans"]["grade"]


def test_a_list_that_a_site_lets_grow_too_long_is_told(hapi: Hapi, tmp_path: Path) -> None:
    with proxied(hapi.base, ShortUrls()) as proxy:
        answer = signed_in(hapi, tmp_path, proxy.base, url_limit=8000)

    assert ("labs", "server-unavailable", "HTTP 414") in gaps(answer)
    assert 2 == evaluation(answer)["icans"]["grade"]
