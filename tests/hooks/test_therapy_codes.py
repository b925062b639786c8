"""Every product in every form in which it is recorded, through the hook; records that are no dose (rule T3)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cds_service.knowledge import Knowledge
from tests.builders import Json, alert, bundle, condition, given, ice, prefetch, procedure
from tests.hooks.client import Client, evaluation

pytestmark = pytest.mark.rule("T3")

FACTS = tomllib.loads(Path(__file__).with_name("therapy_codes.toml").read_text(encoding="utf-8"))
SYSTEMS, PRODUCTS = FACTS["systems"], FACTS["products"]
OF_PROCEDURES = ("icd10pcs", "cpt", "hcpcs")
OF_DRUGS = ("rxnorm", "atc", "hcpcs", "ndc")


def records(codes: dict[str, list[str]]) -> list[tuple[str, Json]]:
    """Each code in every place where it can occur: an administration, a Procedure, a referenced Medication."""
    return [
        (f"{system} {code} as {kind}", {"system": SYSTEMS[system], "code": code, "kind": kind})
        for system, listed in codes.items()
        for code in listed
        for kind, of in (("drug", OF_DRUGS), ("reference", OF_DRUGS), ("procedure", OF_PROCEDURES))
        if system in of
    ]


def recorded(how: Json) -> list[Json]:
    """The resources for one dose five days ago."""
    system, code = how["system"], how["code"]
    if how["kind"] == "procedure":
        return [procedure(code, system)]
    if how["kind"] == "drug":
        return [given(code, 120, system)]
    administration = given(code, 120, system, medicationReference={"reference": "Medication/m-1"})
    del administration["medicationCodeableConcept"]
    coded = {"coding": [{"system": system, "code": code}]}
    return [administration, {"resourceType": "Medication", "id": "m-1", "code": coded}]


def asked(client: Client, *therapy: Json, **more: Any) -> dict[str, Any]:
    """The answer for an alert patient with ICE 10."""
    return client.call(prefetch(neuro=bundle(ice(10), alert()), therapy=bundle(*therapy), **more))


KNOWN = [(name, one, how, text) for name, one in PRODUCTS.items() for text, how in records(one["codes"])]


@pytest.mark.parametrize(
    ("product", "how"), [(one, how) for _, one, how, _ in KNOWN], ids=[f"{name}: {text}" for name, _, _, text in KNOWN]
)
def test_a_product_is_recognised_by_each_of_its_codes(client: Client, product: Json, how: Json) -> None:
    answer = asked(client, *recorded(how))
    patient = evaluation(answer)["patient"]

    assert (product["name"], product["therapy_class"], 5) == (
        patient["therapy"],
        patient["therapyClass"],
        patient["daySinceInfusion"],
    )
    assert "(day 5, " in answer["cards"][0]["summary"]


UNNAMED = records(FACTS["unnamed"])


@pytest.mark.parametrize("how", [how for _, how in UNNAMED], ids=[text for text, _ in UNNAMED])
def test_cells_of_an_unnamed_product_are_a_therapy(client: Client, how: Json) -> None:
    patient = evaluation(asked(client, *recorded(how)))["patient"]

    assert ("CAR-T", 5) == (patient["therapyClass"], patient["daySinceInfusion"])
    assert "therapy" not in patient


NEVER = [(why, text, how) for why, codes in FACTS["never"].items() for text, how in records(codes)]


@pytest.mark.parametrize("how", [how for _, _, how in NEVER], ids=[f"{why}: {text}" for why, text, _ in NEVER])
def test_what_is_not_a_dose_starts_no_course(client: Client, how: Json) -> None:
    answer = asked(client, *recorded(how))

    assert "daySinceInfusion" not in evaluation(answer).get("patient", {})
    assert "(CAR-T or engager not recorded)" in answer["cards"][0]["summary"]


@pytest.mark.parametrize(
    ("system", "code", "product"),
    [("hcpcs", "Q2058", "obecabtagene-autoleucel")],
)
def test_an_unconfirmed_code_is_no_dose_and_is_reported(client: Client, system: str, code: str, product: str) -> None:
    answer = asked(client, given(code, 120, SYSTEMS[system]))

    assert {"concept": product, "kind": "not-derivable", "count": 1, "detail": "code not verified"} in evaluation(
        answer
    )["gaps"]


def test_the_codes_used_and_the_codes_listed_are_the_same(knowledge: Knowledge) -> None:
    """A code cannot be added to or removed from one table alone; NDCs are in the table of products."""
    used = {name: knowledge.terminology.value_sets[name].codes for name in knowledge.therapies}
    listed = {
        name: {(SYSTEMS[system], code) for system, codes in one["codes"].items() if system != "ndc" for code in codes}
        for name, one in PRODUCTS.items()
    }

    assert used == listed
    assert all(used.values())


@pytest.mark.rule("U1")
@pytest.mark.parametrize(
    "chart",
    [
        {"neuro": bundle(ice(8), alert())},
        {"neuro": bundle(), "conditions": bundle(condition("G92.02", recordedDate="2026-03-08T08:00:00+01:00"))},
    ],
    ids=["an ICE score", "a coded ICANS grade"],
)
def test_without_a_therapy_a_score_or_coded_grade_gets_a_card_that_says_so(client: Client, chart: dict) -> None:
    (card,) = client.call(prefetch(therapy=bundle(), **chart))["cards"]

    assert "(CAR-T or engager not recorded)" in card["summary"]
    assert "No cell therapy or engager was found in the record: no doses are shown." in card["detail"]
    assert " mg " not in card["detail"]
