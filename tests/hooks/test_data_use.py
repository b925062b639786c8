"""What was not understood is part of the answer: counted, by code, and without any value or text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import (
    LOINC,
    NOW,
    UCUM,
    alert,
    axi_cel,
    bundle,
    concept,
    condition,
    given,
    ice,
    observation,
    prefetch,
    procedure,
    quantity,
)
from tests.hooks.client import Client, evaluation
from tests.parts import ROOT

Json = dict[str, Any]
LOCAL = "https://hospital.example/flowsheet"
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "evaluation.schema.json").read_text()))


def local(code: str, display: str, system: str = LOCAL, **more: Any) -> Json:
    """A CodeableConcept of the site's own, with words that must never be repeated."""
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [coding], "text": "Mrs Quackenbush", **more}


def of_local(code: str, display: str, **more: Any) -> Json:
    """An Observation by a code of the site's own."""
    return observation(code, **more) | {"code": local(code, display)}


def aroused(display: str, hours: float = 1) -> Json:
    """A recorded level of consciousness by an answer that nobody knows."""
    return observation("consciousness", hours, valueCodeableConcept=local("9", display))


def used(answer: Json) -> Json:
    """What the answer says became of the data."""
    found = evaluation(answer)
    SCHEMA.validate(found)
    return found["dataUse"]


def of_key(answer: Json, key: str) -> Json:
    (found,) = [one for one in used(answer)["keys"] if one["key"] == key]
    return found


def not_understood(answer: Json, kind: str) -> list[Json]:
    return [one for one in used(answer).get("notUnderstood", []) if one["kind"] == kind]


def test_each_key_says_what_came_what_was_used_and_why_the_rest_was_not(client: Client) -> None:
    other = ice(3, subject={"reference": "Patient/somebody-else"})
    twice = alert()
    neuro = bundle(
        ice(5), twice, twice, ice(4, status="cancelled"), other, observation("77", system=LOCAL, valueInteger=3)
    )

    answer = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel()), conditions=bundle(condition("Z99.9"))))

    assert {
        "key": "neuro",
        "received": 6,
        "used": 2,
        "leftOut": [
            {"why": "duplicate", "count": 1},
            {"why": "not-understood", "count": 1},
            {"why": "unusable-status", "count": 1},
            {"why": "wrong-patient", "count": 1},
        ],
    } == of_key(answer, "neuro")
    assert {"key": "patient", "received": 1, "used": 1} == of_key(answer, "patient")
    assert {"key": "labs", "received": 0, "used": 0} == of_key(answer, "labs")


def test_what_came_too_late_or_says_nothing_here_is_left_out_with_the_reason(client: Client) -> None:
    old = observation("8310-5", 24 * 20, LOINC, valueQuantity=quantity(39, "Cel"))
    broken = {**ice(3), "code": 7}
    history = condition("G40.909")
    refuted = history | {"id": "refuted", "verificationStatus": concept("entered-in-error")}

    answer = client.call(
        prefetch(neuro=bundle(ice(5), broken), vitals=bundle(old), conditions=bundle(history, refuted))
    )

    assert [{"why": "too-old", "count": 1}] == of_key(answer, "vitals")["leftOut"]
    assert [{"why": "unreadable", "count": 1}] == of_key(answer, "neuro")["leftOut"]
    assert [{"why": "not-needed", "count": 1}] == of_key(answer, "conditions")["leftOut"]


def test_unknown_codes_of_every_kind_are_named_and_counted(client: Client) -> None:
    questions = {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "status": "completed",
        "questionnaire": "https://hospital.example/Questionnaire/ice|3",
        "subject": {"reference": "Patient/p-1"},
        "authored": "2026-03-08T08:00:00Z",
        "item": [{"linkId": "7", "text": "Mrs Quackenbush", "answer": [{"valueInteger": 4}]}],
    }
    answer = client.call(
        prefetch(
            neuro=bundle(ice(5), *[of_local("301", "ICE score", valueInteger=5) for _ in range(3)]),
            labs=bundle(observation("2276-4", system=LOINC, valueQuantity={"value": 900, "unit": "ug/decilitre"})),
            therapy=bundle(axi_cel(), given("", medicationCodeableConcept=local("88", "Propofol 1 % 50 ml"))),
            conditions=bundle(condition("x") | {"code": local("d-1", "Diagnosis")}),
            questionnaires=bundle(questions),
            procedures=bundle(),
        )
    )

    assert {"kind": "code", "system": LOCAL, "code": "301", "display": "ICE score", "count": 3} in not_understood(
        answer, "code"
    )
    assert "d-1" in {one["code"] for one in not_understood(answer, "code")}
    assert [{"kind": "unit", "code": "ug/decilitre", "count": 1}] == not_understood(answer, "unit")
    assert [("88", "Propofol 1 % 50 ml")] == [(one["code"], one["display"]) for one in not_understood(answer, "drug")]
    url = "https://hospital.example/Questionnaire/ice"
    assert [{"kind": "canonical", "code": url, "count": 1}] == not_understood(answer, "canonical")
    assert [{"kind": "linkId", "system": url, "code": "7", "count": 1}] == not_understood(answer, "linkId")


@pytest.mark.parametrize(
    ("display", "shown"),
    [
        ("  Obtunded \n\t at night ", "Obtunded at night"),
        ("a\u202eb\u0000c", "abc"),
        ("x" * 500, "x" * 60),
        ("", ""),
    ],
)
def test_a_display_is_one_short_clean_line(client: Client, display: str, shown: str) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(5), aroused(display)), therapy=bundle(axi_cel())))

    (found,) = not_understood(answer, "answer")
    assert shown == found.get("display", "")


def test_no_value_and_no_text_of_a_record_is_repeated(client: Client) -> None:
    secret = "Mrs Quackenbush"
    records = [
        observation("x") | {"code": {"text": secret}, "valueString": secret},
        of_local("301", "ICE score", valueString=secret, note=[{"text": secret}]),
        observation("seizure", valueString=secret),
        of_local("302", "Heart rate", valueQuantity=quantity(4711.25, "/min")),
        observation("consciousness", valueCodeableConcept=local("9", "Obtunded")),
    ]
    answer = client.call(prefetch(neuro=bundle(*records), therapy=bundle(axi_cel())))

    written = json.dumps(answer)
    assert secret not in written
    assert "4711" not in written


def test_at_most_fifty_are_told_those_that_matter_most_first(client: Client) -> None:
    many = [condition(f"Z{number:03}") for number in range(80)]
    neuro = bundle(ice(5), aroused("Obtunded"))

    answer = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel()), conditions=bundle(*many)))

    told = used(answer)["notUnderstood"]
    assert 50 == len(told)
    assert "Obtunded" == told[0]["display"]


@pytest.fixture
def charted(client: Client) -> tuple[Json, Json]:
    """The card and the evaluation of a patient whose arousal was charted in words that nobody knows."""
    answer = client.call(prefetch(neuro=bundle(ice(5, 20), aroused("Obtunded", 3)), therapy=bundle(axi_cel())))
    return answer["cards"][0], evaluation(answer)


def test_what_was_charted_and_not_understood_is_said_with_its_time(charted: tuple[Json, Json]) -> None:
    card, found = charted

    assert "Charted, not understood: level of consciousness “Obtunded” 07:00" in card["detail"]
    assert "arousal not recorded" not in card["summary"] + card["detail"]
    (gap,) = [one for one in found["gaps"] if one["concept"] == "consciousness"]
    assert ("not-understood", "Obtunded 2026-03-08T06:00:00Z") == (gap["kind"], gap["detail"])


def test_the_short_card_says_it_once() -> None:
    short = Client(create_app(Settings(demo=True), now=lambda: NOW).test_client())
    seizure = observation("seizure", 2, valueCodeableConcept=local("s", "Absence"))
    neuro = bundle(ice(5), aroused("Obtunded", 3), seizure)

    detail = short.call(prefetch(neuro=neuro, therapy=bundle(axi_cel())))["cards"][0]["detail"]

    (missing,) = [line for line in detail.splitlines() if line.startswith("**Missing or doubtful**")]
    assert (
        "charted, not understood: arousal “Obtunded” 07:00; charted, not understood: seizure “Absence” 08:00" in missing
    )
    assert "recorded but not usable" not in missing
    assert 1 == missing.count("Obtunded")


def test_beside_it_nothing_is_overdue(client: Client, charted: tuple[Json, Json]) -> None:
    assert "overdue" not in charted[1]["icans"]
    assert "overdue" not in {one["rule"] for one in charted[1]["urgency"]["reasons"]}

    without = evaluation(client.call(prefetch(neuro=bundle(ice(5, 20)), therapy=bundle(axi_cel()))))
    assert without["icans"]["overdue"]


def test_an_answer_that_was_understood_later_is_the_last_word(client: Client) -> None:
    neuro = bundle(ice(5), aroused("Obtunded", 3), alert(1))

    answer = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel())))

    assert "not understood" not in answer["cards"][0]["detail"]
    assert "not-understood" not in {one["kind"] for one in evaluation(answer)["gaps"]}
    assert not_understood(answer, "answer")


def test_a_newer_answer_that_is_not_understood_replaces_an_old_reading(client: Client) -> None:
    neuro = bundle(ice(5), alert(30), aroused("Obtunded", 3))

    card = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel())))["cards"][0]

    assert "Charted, not understood: level of consciousness “Obtunded” 07:00" in card["detail"]
    assert "arousal last recorded" not in card["summary"] + card["detail"]


def test_a_seizure_by_an_unknown_answer_is_said_until_one_is_understood(client: Client) -> None:
    strange = observation("seizure", 3, valueCodeableConcept=local("s", "Absence"))
    known = observation("seizure", 1, valueCodeableConcept=concept("none"))

    before = client.call(prefetch(neuro=bundle(ice(5), alert(), strange), therapy=bundle(axi_cel())))["cards"][0]
    after = client.call(prefetch(neuro=bundle(ice(5), alert(), strange, known), therapy=bundle(axi_cel())))["cards"][0]

    assert "Charted, not understood: seizure “Absence” 07:00" in before["detail"]
    assert "Absence" not in after["detail"]


def test_an_oxygen_device_that_nobody_knows_is_said_on_the_card(client: Client) -> None:
    device = observation("oxygen-device", 1, valueCodeableConcept=local("o", "Optiflow"))

    answer = client.call(prefetch(neuro=bundle(ice(5), alert()), vitals=bundle(device), therapy=bundle(axi_cel())))

    assert "Charted, not understood: oxygen device “Optiflow” 09:00" in answer["cards"][0]["detail"]
    kinds = {one["kind"] for one in evaluation(answer)["gaps"] if one["concept"] == "oxygen-device"}
    assert {"not-understood"} == kinds


def test_the_display_cannot_add_markup_to_a_card(client: Client) -> None:
    neuro = bundle(ice(5), aroused("[x](http://evil.example) **b**"))

    detail = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel())))["cards"][0]["detail"]

    assert "](http://evil.example)" not in detail
    assert "**b**" not in detail


def test_a_public_part_of_a_known_panel_is_not_worth_a_word_and_a_local_one_is(client: Client) -> None:
    parts = [
        {"code": concept("8480-6", LOINC), "valueQuantity": quantity(120, "mm[Hg]")},
        {"code": concept("8462-4", LOINC), "valueQuantity": quantity(80, "mm[Hg]")},
        {"code": local("p-1", "Cuff size"), "valueQuantity": {"value": 1, "system": UCUM, "code": "cm"}},
    ]
    panel = observation("85354-9", system=LOINC, component=parts)

    answer = client.call(prefetch(neuro=bundle(ice(5)), vitals=bundle(panel), therapy=bundle(axi_cel())))

    assert ["p-1"] == [one["code"] for one in not_understood(answer, "code")]


def test_a_procedure_in_words_is_left_out_and_has_no_code_to_name(client: Client) -> None:
    wordy = procedure("", "") | {"code": {"text": "Mrs Quackenbush"}}
    local_one = procedure("p-9", LOCAL)

    answer = client.call(prefetch(neuro=bundle(ice(5)), procedures=bundle(wordy, local_one)))

    assert ["p-9"] == [one["code"] for one in not_understood(answer, "code")]
    left = {one["why"]: one["count"] for one in of_key(answer, "procedures")["leftOut"]}
    assert {"not-understood": 1, "not-needed": 1} == left


def test_a_mixture_of_unknown_drugs_is_named_by_its_ingredients(client: Client) -> None:
    mixture = {
        "resourceType": "Medication",
        "id": "mix",
        "code": {},
        "ingredient": [{"itemCodeableConcept": local("i-1", "Sedative A")}, {}],
    }
    infusion = given("", contained=[mixture], medicationReference={"reference": "#mix"})
    del infusion["medicationCodeableConcept"]

    answer = client.call(prefetch(neuro=bundle(ice(5)), therapy=bundle(axi_cel()), drugs=bundle(infusion)))

    assert ["Sedative A"] == [one["display"] for one in not_understood(answer, "drug")]


def test_a_resource_of_nobody_and_an_order_that_is_over_are_left_out(client: Client) -> None:
    nobody = ice(3)
    del nobody["subject"]
    done = {
        "resourceType": "MedicationRequest",
        "id": "mr-1",
        "status": "completed",
        "intent": "order",
        "subject": {"reference": "Patient/p-1"},
        "medicationCodeableConcept": concept("3264", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    }
    answer = client.call(prefetch(neuro=bundle(ice(5), nobody, done), therapy=bundle(axi_cel())))

    assert [{"why": "no-subject", "count": 1}, {"why": "unusable-status", "count": 1}] == of_key(answer, "neuro")[
        "leftOut"
    ]
