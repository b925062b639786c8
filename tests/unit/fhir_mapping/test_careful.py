"""What is not of FHIR's strict form: an element that cannot be read costs itself only."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.fhir_mapping.r4.careful import read_carefully
from cds_service.fhir_mapping.r4.datatypes import Quantity
from cds_service.fhir_mapping.r4.releases import IN_R4, NEGATIONS
from cds_service.fhir_mapping.r4.structs import Condition, MedicationAdministration, Observation, Procedure
from tests.builders import (
    LOINC,
    RXNORM,
    bundle,
    concept,
    condition,
    given,
    hours_ago,
    ice,
    observation,
    procedure,
    quantity,
)
from tests.unit.mapping import gaps, mapped, values

Json = dict[str, Any]
PROPOFOL = "8782"


def read(resource: Json) -> Any:
    """The one resource of a Bundle."""
    (one,) = read_page(json.dumps(bundle(resource)).encode()).resources
    return one


@pytest.mark.rule("T8")
@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("20", 20),
        (" 0.1 ", 0.1),
        ("2.0E8", 2e8),
        ("-1", -1),
        ("+3", 3),
        (7, 7),
        ([5], 5),
        ("38,9", None),
        ("1,000", None),
        ("twenty", None),
        ("1e999", None),
        ("NaN", None),
        ("٣", None),
        ("", None),
        (True, None),
        ({}, None),
        ([1, 2], None),
    ],
)
def test_a_number_in_quotes_is_one_where_it_is_plainly_one(written: object, number: float | None) -> None:
    quoted, lost = read_carefully(Quantity, {"value": written, "unit": "mg/h"})

    assert (number, "mg/h") == (quoted and quoted.value, quoted and quoted.unit)
    assert (number is None) == (("value",) == lost)


def test_a_number_beyond_all_numbers_is_none() -> None:
    assert (Quantity(), ("value",)) == read_carefully(Quantity, {"value": 10**400})


@pytest.mark.parametrize(("written", "said"), [("true", True), ("False", False), ("yes", None), (1, None)])
def test_a_boolean_in_quotes(written: object, said: object) -> None:
    observation = read(ice(3, valueBoolean=written))

    assert said == observation.valueBoolean
    assert (("valueBoolean",) if said is None else ()) == observation.unread


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("active", "active"),
        ([concept("active")], "active"),
        ({"coding": {"code": "active"}}, "active"),
        ({"coding": [None, {"code": "active"}, 5]}, "active"),
        ({"coding": [{"code": 8782}]}, "8782"),
        ({"coding": [{"code": 87.5}]}, None),
    ],
)
def test_a_concept_in_another_shape(sent: object, code: str | None) -> None:
    (found,) = [coding.code for coding in read(condition("x", clinicalStatus=sent)).clinicalStatus.coding]

    assert code == found


@pytest.mark.parametrize(
    "name", ["contained", "modifierExtension", "dosage", "effectivePeriod", "effectiveDateTime", "subject", "id"]
)
def test_null_is_absent(name: str) -> None:
    one = read(given(PROPOFOL) | {name: None})

    assert ((), PROPOFOL) == (one.unread, one.medicationCodeableConcept.coding[0].code)


@pytest.mark.parametrize("name", ["dosage", "effectivePeriod", "medicationCodeableConcept", "subject"])
def test_a_list_of_one_is_that_one(name: str) -> None:
    whole = given(PROPOFOL, effectivePeriod={"start": hours_ago(1)}, dosage={"dose": quantity(5, "mg")})

    assert read(whole) == read(whole | {name: [whole[name]]})


def test_an_element_in_place_of_a_list_is_its_one() -> None:
    assert 1 == len(read(given(PROPOFOL, modifierExtension={"url": "urn:x"})).modifierExtension)


@pytest.mark.parametrize("bad", [5, "text", True, [1, 2], {"value": {}}, [[]]])
@pytest.mark.parametrize("name", ["effectivePeriod", "dosage", "contained", "subject", "status"])
def test_what_cannot_be_read_costs_itself_only(name: str, bad: object) -> None:
    whole = given(PROPOFOL, status="completed", effectivePeriod={"start": hours_ago(1)}, dosage={})
    one = read(whole | {name: bad})

    assert ["8782"] == [coding.code for coding in one.medicationCodeableConcept.coding]
    assert {name} >= {path.partition(".")[0] for path in one.unread}


def test_answers_nested_deeper_than_any_record_are_left_out() -> None:
    item: Json = {"linkId": 5}
    for _ in range(60):
        item = {"linkId": 5, "item": [item]}
    deep = {"resourceType": "QuestionnaireResponse", "item": [{"item": [item | {"answer": [{"item": [item]}]}]}]}
    for _ in range(60):
        deep["item"] = [{"linkId": "x", "item": deep["item"]}]

    assert any("item" in path for path in read(deep).unread)


def test_a_part_of_the_wrong_kind_is_none() -> None:
    assert (None, ()) == read_carefully(Quantity, 5)


def test_a_score_in_quotes_is_read_and_one_that_is_no_number_is_said() -> None:
    facts = mapped(observation("ice-total", valueInteger="9"), observation("ice-total", valueInteger="nine"))

    assert [9] == values(facts, "ice-total")
    assert {("ice-total", "unreadable")} == gaps(facts)


@pytest.mark.parametrize("component", [[5], "x", [{"code": 5, "valueInteger": 3}]])
def test_a_component_that_cannot_be_read_is_said(component: object) -> None:
    assert ("ice-total", "unreadable") in gaps(mapped(ice(9, component=component)))


def test_a_limit_of_a_laboratory_that_cannot_be_read_costs_nothing_else() -> None:
    ferritin = observation("2276-4", 1, LOINC, valueQuantity=quantity(900, "ug/L"))

    facts = mapped(ferritin | {"referenceRange": [{"high": {"value": "many"}}]})

    assert ([900], set()) == (values(facts, "ferritin"), gaps(facts))


def test_an_answer_of_a_questionnaire_that_cannot_be_read_is_said() -> None:
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "status": "completed",
        "questionnaire": "https://icans-cds.example/fhir/Questionnaire/ice",
        "subject": {"reference": "Patient/p-1"},
        "authored": hours_ago(1),
        "item": [{"linkId": "ice-total", "answer": [{"valueInteger": "ten"}]}],
    }

    assert {("ice-total", "unreadable")} == gaps(mapped(response))


# --- Other releases ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("struct", "element"), [(s, e) for s, table in IN_R4.items() for e in table])
def test_each_element_of_another_release_is_refused_by_the_fast_way(struct: str, element: str) -> None:
    """Else it would be passed over there."""
    field = {field.name: field.type for field in msgspec.structs.fields(getattr(structs, struct))}

    assert msgspec.UnsetType is field[element.partition(".")[0]]


@pytest.mark.rule("T8")
@pytest.mark.parametrize(
    ("resource", "older", "value", "element"),
    [
        (given(PROPOFOL), "effectiveTimeDateTime", hours_ago(3), "effectiveDateTime"),
        (given(PROPOFOL), "effectiveTimePeriod", {"start": hours_ago(3)}, "effectivePeriod"),
        (given(PROPOFOL), "occurenceDateTime", hours_ago(3), "effectiveDateTime"),
        (given(PROPOFOL), "occurencePeriod", {"start": hours_ago(3)}, "effectivePeriod"),
        (given(PROPOFOL), "patient", {"reference": "Patient/p-1"}, "subject"),
        (procedure("x", "y"), "patient", {"reference": "Patient/p-1"}, "subject"),
        (procedure("x", "y"), "occurrenceDateTime", hours_ago(3), "performedDateTime"),
        (procedure("x", "y"), "occurrencePeriod", {"start": hours_ago(3)}, "performedPeriod"),
        (condition("x"), "patient", {"reference": "Patient/p-1"}, "subject"),
        (condition("x"), "dateRecorded", "2026-03-01", "recordedDate"),
        (condition("x"), "assertedDate", "2026-03-01", "recordedDate"),
    ],
)
def test_an_element_of_another_release_is_read_as_r4s(resource: Json, older: str, value: object, element: str) -> None:
    without = {name: one for name, one in resource.items() if name != element}

    assert read(without | {element: value}) == read(without | {older: value})


def test_r4s_own_element_wins() -> None:
    one = read(given(PROPOFOL, 3, effectiveTimeDateTime=hours_ago(9)))

    assert hours_ago(3) == one.effectiveDateTime


def test_the_drug_of_r5_and_the_amount_of_dstu2() -> None:
    r5 = given(PROPOFOL) | {"medication": {"concept": concept(PROPOFOL, RXNORM)}}
    del r5["medicationCodeableConcept"]

    assert PROPOFOL == read(r5).medicationCodeableConcept.coding[0].code
    assert 5 == read(given(PROPOFOL, dosage={"quantity": quantity(5, "mg")})).dosage.dose.value


@pytest.mark.rule("T8")
@pytest.mark.parametrize(
    ("said", "status"),
    [(True, "not-done"), ("true", "not-done"), (False, "completed"), ("false", "completed"), ("perhaps", None)],
)
@pytest.mark.parametrize(
    ("resource", "name"),
    [(given(PROPOFOL), name) for name in NEGATIONS["MedicationAdministration"]]
    + [(procedure("x", "y"), name) for name in NEGATIONS["Procedure"]],
)
def test_not_given_is_not_done(resource: Json, name: str, said: object, status: str | None) -> None:
    assert status == read(resource | {name: said}).status


@pytest.mark.parametrize("name", sorted({name for names in NEGATIONS.values() for name in names}))
def test_each_negation_is_refused_by_the_fast_way(name: str) -> None:
    kinds = [kind for kind in (MedicationAdministration, Procedure) if name in NEGATIONS[kind.__name__]]

    assert [True] == [msgspec.UNSET is getattr(kind(), name) for kind in kinds]


def test_the_strict_form_is_read_the_same_both_ways() -> None:
    whole = ice(3, component=[{"code": concept("ice-naming"), "valueInteger": 2}])

    careful, lost = read_carefully(Observation, whole)

    assert (read(whole), ()) == (careful, lost)


def test_a_diagnosis_of_stu3_is_read() -> None:
    stu3 = condition("G40.909") | {"clinicalStatus": "active", "verificationStatus": "confirmed"}

    assert isinstance(read(stu3), Condition)
    assert () == read(stu3).unread
