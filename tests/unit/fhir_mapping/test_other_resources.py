"""Procedures, Conditions, QuestionnaireResponses, Patient and Encounter to facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import (
    NOW,
    SNOMED,
    alert,
    axi_cel,
    concept,
    condition,
    hours_ago,
    ice,
    observation,
    patient,
    procedure,
)
from tests.unit.mapping import gap, gaps, mapped, mapped_alone, values

CPT, PCS = "http://www.ama-assn.org/go/cpt", "http://www.cms.gov/Medicare/Coding/ICD10"
QUESTIONNAIRE = "https://icans-cds.example/fhir/Questionnaire/ice"


# --- procedures ---------------------------------------------------------------------------------------------


@pytest.mark.rule("T3")
@pytest.mark.parametrize(
    ("code", "system", "product"),
    [
        ("38228", CPT, None),
        ("0540T", CPT, None),
        ("XW033C7", PCS, None),
        ("XW033H7", PCS, "axicabtagene-ciloleucel"),
        ("XW043A7", "urn:oid:2.16.840.1.113883.6.4", "ciltacabtagene-autoleucel"),
    ],
)
def test_an_infusion_of_cells_is_a_dose(code: str, system: str, product: str | None) -> None:
    (dose,) = mapped(procedure(code, system)).doses

    assert ("CAR-T", product) == (dose.therapy_class, dose.product)


@pytest.mark.rule("T3")
@pytest.mark.parametrize(("code", "system"), [("38225", CPT), ("38227", CPT), ("0537T", CPT), ("XW033L7", PCS)])
def test_harvest_preparation_and_other_cells_are_never_a_dose(code: str, system: str) -> None:
    facts = mapped(procedure(code, system))

    assert ((), set()) == (facts.doses, gaps(facts))


def test_a_code_whose_product_nobody_identified_is_said() -> None:
    facts = mapped(procedure("XW0338A", PCS))

    assert () == facts.doses
    assert {("other-cell-therapy", "not-derivable")} == gaps(facts)


@pytest.mark.parametrize("status", ["preparation", "not-done", "entered-in-error", "on-hold", "stopped", "unknown"])
def test_a_procedure_that_was_not_done_is_said(status: str) -> None:
    facts = mapped(procedure("38228", CPT, status=status))

    assert () == facts.doses
    assert {("car-t-procedure", "unusable-status")} == gaps(facts)


def test_a_procedure_by_date_by_period_and_without_time() -> None:
    facts = mapped(
        procedure("38228", CPT, performedDateTime="2026-03-03"),
        procedure("38228", CPT, performedDateTime=None, performedPeriod={"start": hours_ago(30)}),
        procedure("38228", CPT, performedDateTime=None),
        procedure("38228", CPT, modifierExtension=[{"url": "urn:x"}]),
        procedure("12345", "urn:x"),
    )

    assert [True, False] == [dose.date_only for dose in facts.doses]
    assert 2 == sum(gap.number for gap in facts.gaps if gap.concept == "car-t-procedure")


# --- conditions ---------------------------------------------------------------------------------------------


@pytest.mark.rule("D7")
@pytest.mark.parametrize(
    ("code", "system", "where", "value"),
    [
        ("G81.90", None, "motor-finding", "hemiparesis"),
        ("20022000", SNOMED, "motor-finding", "hemiparesis"),
        ("G82.20", None, "motor-finding", "paraparesis"),
        ("H47.10", None, "raised-icp-sign", "papilloedema"),
        ("H49.21", None, "raised-icp-sign", "cranial-nerve-vi-palsy"),
        ("G93.6", None, "neuroimaging", "oedema-unspecified"),
    ],
)
def test_a_diagnosis_counts_at_its_onset(code: str, system: str | None, where: str, value: str) -> None:
    more = {"onsetDateTime": hours_ago(3), "recordedDate": hours_ago(1)}
    facts = mapped(condition(code, system, **more) if system else condition(code, **more))

    assert [(value, NOW - timedelta(hours=3))] == [(record.value, record.time) for record in facts.of(where)]


@pytest.mark.rule("D7")
def test_a_seizure_diagnosed_has_no_known_duration_and_status_is_status() -> None:
    facts = mapped(
        condition("R56.9", onsetPeriod={"start": hours_ago(3)}),
        condition("230456007", SNOMED, onsetDateTime=hours_ago(2)),
    )

    assert ["clinical-generalised", "status-epilepticus"] == [seizure.kind for seizure in facts.seizures]
    assert [None, None] == [seizure.minutes for seizure in facts.seizures]


@pytest.mark.rule("D7")
def test_a_diagnosis_without_onset_is_history() -> None:
    facts = mapped(condition("G81.90", recordedDate=hours_ago(1)), condition("G93.6", onsetString="last week"))

    assert {} == facts.records


@pytest.mark.rule("D7")
def test_a_charted_grade_counts_on_its_recorded_date() -> None:
    facts = mapped(
        condition("G92.03", recordedDate=hours_ago(3), onsetDateTime=hours_ago(9)),
        condition("D89.832", recordedDate="2026-03-07"),
    )

    assert [3] == values(facts, "icans-grade-documented")
    assert NOW - timedelta(hours=3) == facts.of("icans-grade-documented")[0].time
    assert [2] == values(facts, "crs-grade-documented")


def test_a_charted_grade_without_a_recorded_date_is_said() -> None:
    assert {("icans-grade-3", "unreadable")} == gaps(mapped(condition("G92.03", onsetDateTime=hours_ago(9))))


@pytest.mark.parametrize(
    "more",
    [
        {"verificationStatus": concept("refuted", "urn:v")},
        {"verificationStatus": concept("entered-in-error", "urn:v")},
        {"clinicalStatus": concept("resolved", "urn:c")},
        {"clinicalStatus": concept("inactive", "urn:c")},
    ],
)
def test_a_diagnosis_that_nobody_holds_is_said(more: dict) -> None:
    facts = mapped(condition("G81.90", onsetDateTime=hours_ago(3), **more))

    assert {} == facts.records
    assert {("hemiparesis", "unusable-status")} == gaps(facts)


def test_a_diagnosis_without_statuses_counts() -> None:
    resource = condition("G81.90", onsetDateTime=hours_ago(3))
    del resource["clinicalStatus"], resource["verificationStatus"]

    assert ["hemiparesis"] == values(mapped(resource), "motor-finding")


def test_other_diagnoses_and_what_is_not_understood() -> None:
    facts = mapped(
        condition("I61.9", onsetDateTime=hours_ago(3)),
        condition("C83.30", onsetDateTime=hours_ago(3)),
        condition("G81.90", onsetDateTime=hours_ago(-3)),
        condition("G81.90", onsetDateTime=hours_ago(3), modifierExtension=[{"url": "urn:x"}]),
    )

    assert {} == facts.records
    assert {("hemiparesis", "future"), ("hemiparesis", "unreadable")} == gaps(facts)


# --- questionnaires -----------------------------------------------------------------------------------------


def response(*items: dict, **more: object) -> dict:
    """A completed ICE questionnaire."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "questionnaire": f"{QUESTIONNAIRE}|1.0",
        "status": "completed",
        "subject": {"reference": "Patient/p-1"},
        "authored": hours_ago(2),
        "item": list(items),
    } | more


def item(link: str, *answers: dict, **more: object) -> dict:
    """An item with answers."""
    return {"linkId": link, "answer": list(answers)} | more


def test_answers_are_read_by_link_id_nested_too() -> None:
    nested = item(
        "group", item=[item("ice-writing", {"valueInteger": 0, "item": [item("ice-attention", {"valueDecimal": 1})]})]
    )

    facts = mapped(response(nested, item("ice-naming", {"valueInteger": 3}), item("other", {"valueInteger": 9})))

    assert ([0], [1], [3]) == (
        values(facts, "ice-writing"),
        values(facts, "ice-attention"),
        values(facts, "ice-naming"),
    )
    assert ("QuestionnaireResponse/q-1", NOW - timedelta(hours=2)) == (
        facts.of("ice-naming")[0].source,
        facts.of("ice-naming")[0].time,
    )


def test_a_coded_answer_of_a_questionnaire() -> None:
    answer = {"valueCoding": {"system": "https://icans-cds.example/fhir/CodeSystem/icans", "code": "refused"}}

    assert ["refused"] == values(mapped(response(item("ice-not-performed", answer))), "ice-not-performed")


def test_an_answer_without_link_and_one_that_is_impossible() -> None:
    facts = mapped(response({"answer": [{"valueInteger": 3}]}, item("ice-naming", {"valueInteger": 4})))

    assert {} == facts.records
    assert {("ice-naming", "implausible")} == gaps(facts)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"status": "in-progress"}, "unusable-status"),
        ({"authored": None}, "unreadable"),
        ({"modifierExtension": [{"url": "urn:x"}]}, "unreadable"),
    ],
)
def test_a_questionnaire_that_is_not_finished_is_never_scored(more: dict, kind: str) -> None:
    facts = mapped(response(item("ice-naming", {"valueInteger": 3}), **more))

    assert {} == facts.records
    assert {kind} == {gap.kind for gap in facts.gaps}


def test_another_questionnaire_is_passed_over() -> None:
    facts = mapped(
        response(item("ice-naming", {"valueInteger": 3}), questionnaire="urn:phq-9"),
        response(questionnaire=None, id="q-2"),
    )

    assert ({}, set()) == (facts.records, gaps(facts))


# --- patient and encounter ----------------------------------------------------------------------------------


@pytest.mark.rule("T7")
@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2014-03-08", (date(2014, 3, 8), date(2014, 3, 8))),
        ("2014", (date(2014, 1, 1), date(2014, 12, 31))),
        ("2014-02", (date(2014, 2, 1), date(2014, 2, 28))),
        ("2016-02", (date(2016, 2, 1), date(2016, 2, 29))),
        ("2014-12", (date(2014, 12, 1), date(2014, 12, 31))),
        ("03/08/2014", None),
        ("14-3", None),
        (None, None),
    ],
)
def test_a_partial_birth_date_allows_several_days(text: str | None, days: tuple | None) -> None:
    facts = mapped_alone(patient(text))

    assert days == (facts.birth and tuple(facts.birth))


@pytest.mark.rule("A6")
@pytest.mark.parametrize(
    ("more", "deceased"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2026-03"}, True),
    ],
)
def test_death(more: dict, *, deceased: bool) -> None:
    assert deceased == mapped_alone(patient(**more)).deceased


def spoken(code: object, *, preferred: bool | None = None, system: str = "urn:ietf:bcp:47") -> dict:
    """A language of the patient."""
    return {"language": {"coding": [{"system": system, "code": code}]}, "preferred": preferred}


@pytest.mark.parametrize(
    ("communication", "language"),
    [
        ([], ""),
        ([spoken("es")], "es"),
        ([spoken("es-MX")], "es"),
        ([spoken("ES")], "es"),
        ([spoken("en"), spoken("es", preferred=True)], "es"),
        ([spoken("en"), spoken("es")], ""),
        ([spoken("en", preferred=False), spoken("es", preferred=False)], ""),
        ([spoken("es", system="https://hospital.example/languages")], ""),
        ([spoken(7)], ""),
        ([{"preferred": True}], ""),
        ([{"language": "es"}], ""),
        ([{"language": {"coding": "es"}}], ""),
        (["es"], ""),
        ("es", ""),
        ({"language": {}}, ""),
        (None, ""),
    ],
)
def test_language(communication: object, language: str) -> None:
    assert language == mapped_alone(patient(communication=communication)).language


def encounter(name: str, kind: str, status: str = "in-progress", **more: object) -> dict:
    """An Encounter of the patient."""
    system = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": status,
        "class": {"system": system, "code": kind},
        "subject": {"reference": "Patient/p-1"},
    } | more


@pytest.mark.rule("T6")
@pytest.mark.parametrize(
    ("encounters", "named", "ambulatory"),
    [
        ([], None, False),
        ([encounter("e-1", "AMB")], None, True),
        ([encounter("e-1", "IMP")], None, False),
        ([encounter("e-1", "AMB", "finished")], None, False),
        ([encounter("e-1", "AMB", "finished")], "e-1", True),
        ([encounter("e-1", "AMB"), encounter("e-2", "IMP", period={"start": hours_ago(2)})], None, False),
        ([encounter("e-1", "AMB"), encounter("e-2", "IMP", period={"start": hours_ago(2)})], "e-1", True),
        ([encounter("e-1", "AMB", period={"start": "?"}), encounter("e-2", "IMP", "planned")], "e-9", True),
        ([encounter("e-1", "AMB", modifierExtension=[{"url": "urn:x"}])], None, False),
        ([{key: value for key, value in encounter("e-1", "AMB").items() if key != "class"}], None, False),
    ],
)
def test_whether_the_patient_is_an_outpatient(encounters: list, named: str | None, *, ambulatory: bool) -> None:
    assert ambulatory == mapped(*encounters, encounter_id=named).ambulatory


# --- identity and robustness --------------------------------------------------------------------------------


@pytest.mark.rule("T1")
def test_whatever_is_of_another_patient_is_ignored_and_counted() -> None:
    facts = mapped(
        ice(0, subject={"reference": "Patient/p-2"}),
        ice(0, subject={"reference": "https://other.example/fhir/Patient/p-2"}),
        ice(0, subject=None),
        ice(0, subject={"identifier": {"value": "p-1"}}),
        axi_cel(subject={"reference": "Group/p-1"}),
        ice(9, subject={"reference": "https://ehr.example/fhir/Patient/p-1"}),
    )

    assert [9] == values(facts, "ice-total")
    assert () == facts.doses
    assert ("wrong-patient", 5) == (gap(facts, "patient").kind, gap(facts, "patient").number)


def test_one_bad_entry_costs_only_itself() -> None:
    bad = ice(3) | {"valueInteger": "three"}
    odd = {"resourceType": "Observation", "id": 7, "code": "ice"}

    facts = mapped(ice(9), bad, odd, alert())

    assert [9] == values(facts, "ice-total")
    assert ["alert"] == values(facts, "consciousness")
    assert {("ice-total", "unreadable"), ("Observation", "unreadable")} == gaps(facts)


def test_a_resource_that_answers_two_searches_counts_once() -> None:
    dose = axi_cel()

    assert 1 == len(mapped(dose, dose).doses)


def test_the_wards_zone_is_the_offset_of_the_newest_datum_that_is_not_of_the_future() -> None:
    facts = mapped(
        ice(9, effectiveDateTime="2026-03-08T03:00:00-05:00"),
        ice(9, effectiveDateTime="2026-03-07T03:00:00+09:00"),
        ice(9, effectiveDateTime="2026-03-09T03:00:00+02:00"),
        observation("x", effectiveDateTime=None),
    )

    assert timedelta(hours=-5) == facts.zone.utcoffset(NOW)


def test_without_any_time_the_ward_is_at_utc() -> None:
    assert UTC == mapped().zone


def test_order_of_entries_never_matters() -> None:
    resources = [
        ice(9),
        ice(3),
        ice(3),
        alert(),
        axi_cel(),
        axi_cel(3),
        observation("seizure", valueCodeableConcept=concept("none")),
    ]

    forwards, backwards = mapped(*resources), mapped(*reversed(resources))

    assert (forwards.records, forwards.doses, forwards.seizures) == (
        backwards.records,
        backwards.doses,
        backwards.seizures,
    )
    assert datetime(2026, 3, 8, 8, tzinfo=UTC) == forwards.of("ice-total")[0].time
