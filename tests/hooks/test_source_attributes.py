"""The source attributes that HTI-1 requires of evidence-based decision support, and the card that links to them."""

from __future__ import annotations

import pytest

from cds_service.app import create_app, decider_of
from cds_service.knowledge import Knowledge
from cds_service.knowledge.attributes import source_attributes
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, hook_request, ice, patient, prefetch
from tests.hooks.client import Client

PUBLIC = "https://cds.mercy.example"
PAGE = "/knowledge/attributes"


def test_there_are_thirteen_and_none_is_empty(knowledge: Knowledge) -> None:
    attributes = source_attributes(knowledge.tables, "1.0")

    assert list(range(1, 14)) == [one.number for one in attributes]
    assert all(line for one in attributes for line in (one.name, *one.lines))


def test_they_name_every_edition_in_force(knowledge: Knowledge) -> None:
    citation, _, _, release, *_ = source_attributes(knowledge.tables, "1.0")

    assert all(edition.reference in line for edition, line in zip(knowledge.editions, citation.lines, strict=True))
    risk = next(line for line in citation.lines if line.startswith("Published risk factors"))
    assert "Rows: Gust 2017; Korell 2022; Pennisi 2021; Scordo 2023; " in risk
    assert "no source" not in risk
    assert "ICANS CDS 1.0" == release.lines[0]
    assert len(knowledge.editions) == len(release.lines) - 1


def test_they_can_be_read_at_the_linked_address(knowledge: Knowledge) -> None:
    app = create_app(Settings(demo=True, public_url=PUBLIC), now=lambda: NOW).test_client()
    fetched = prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel()))
    (card,) = Client(app).call(fetched)["cards"]
    page = app.get(card["source"]["url"].removeprefix(PUBLIC))

    assert f"{PUBLIC}{PAGE}" == card["source"]["url"]
    assert 200 == page.status_code
    assert "text/html" == page.mimetype
    assert "Bibliographic citation" in page.text
    assert f'href="{knowledge.protocol.rules.grading.edition.url}"' in page.text


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"demo": True}, "http://127.0.0.1:8000/knowledge/attributes"),
        ({"demo": True, "port": 8123}, "http://127.0.0.1:8123/knowledge/attributes"),
        ({"demo": True, "host": "0.0.0.0"}, "http://127.0.0.1:8000/knowledge/attributes"),
        ({"demo": True, "host": "::"}, "http://[::1]:8000/knowledge/attributes"),
        ({"demo": True, "host": "10.0.0.7"}, "http://10.0.0.7:8000/knowledge/attributes"),
        ({"demo": True, "public_url": f"{PUBLIC}/"}, f"{PUBLIC}{PAGE}"),
        ({"public_url": PUBLIC}, f"{PUBLIC}{PAGE}"),
        # Without an address of its own, as in `check`, it can only link to the source.
        ({}, "https://doi.org/10.1016/j.bbmt.2018.12.758"),
    ],
)
def test_a_card_links_to_them_at_any_address_of_the_service(chosen: dict, expected: str, knowledge: Knowledge) -> None:
    assert expected == decider_of(Settings(**chosen), knowledge).writer.source_url


def test_a_callers_host_header_is_not_trusted() -> None:
    app = create_app(Settings(demo=True), now=lambda: NOW).test_client()
    call = hook_request(prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())))
    answer = app.post("/cds-services/icans-patient-view", json=call, headers={"Host": "evil.example"})

    (card,) = answer.get_json()["cards"]
    assert "http://127.0.0.1:8000/knowledge/attributes" == card["source"]["url"]


DEMOGRAPHICS = {
    "extension": [
        {
            "url": f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{kind}",
            "extension": [{"url": "text", "valueString": "x"}],
        }
        for kind in ("race", "ethnicity", "genderIdentity", "sex")
    ],
    "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "es"}]}, "preferred": True}],
    "maritalStatus": {"text": "x"},
}


def test_unused_demographics_change_nothing() -> None:
    """Race, ethnicity, language, gender identity and other things that an EHR sends about a person."""
    client = Client(create_app(Settings(demo=True), now=lambda: NOW).test_client())
    neuro, therapy = bundle(ice(5), alert()), bundle(axi_cel())

    def answer(**more: object) -> dict:
        answer = client.call(prefetch(patient=patient(**more), neuro=neuro, therapy=therapy))
        return answer["extension"] | {"details": [card["detail"] for card in answer["cards"]]}

    assert answer() == answer(**DEMOGRAPHICS)


def test_without_a_sex_no_clearance_is_computed_and_the_grade_is_the_same() -> None:
    client = Client(create_app(Settings(demo=True), now=lambda: NOW).test_client())
    neuro, therapy = bundle(ice(5), alert()), bundle(axi_cel())

    def graded(**more: object) -> dict:
        answer = client.call(prefetch(patient=patient(**more), neuro=neuro, therapy=therapy))
        return answer["extension"]["example.icans-cds.evaluation"]["icans"]

    assert graded() == graded(gender="female") == graded(gender="male") == graded(gender="other")
