"""Observations to findings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cds_service.clinical.facts.gap import Implausible
from cds_service.fhir_mapping.codes import ICANS
from tests.builders import (
    LOINC,
    NOW,
    SNOMED,
    coded,
    concept,
    hours_ago,
    ice,
    observation,
    quantity,
)
from tests.unit.mapping import gap, gaps, mapped, values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueInteger": 7}, 7),
        ({"valueQuantity": {"value": 7}}, 7),
        ({"valueQuantity": quantity(7, "{score}")}, 7),
        ({"valueQuantity": quantity(7, "1")}, 7),
        ({"valueQuantity": {"value": 7.0, "unit": "{points}"}}, 7),
        ({"valueString": "7"}, 7),
        ({"valueString": " 7 / 10 "}, 7),
        ({"valueInteger": 0}, 0),
        ({"valueInteger": 10}, 10),
    ],
)
def test_a_score_is_read_in_every_form_that_charts_use(value: dict, expected: int) -> None:
    facts = mapped(observation("ice-total", **value))

    assert [expected] == values(facts, "ice-total")
    assert set() == gaps(facts)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"valueInteger": 11}, "implausible"),
        ({"valueInteger": -1}, "implausible"),
        ({"valueQuantity": {"value": 7.5}}, "implausible"),
        ({"valueQuantity": quantity(7, "mg")}, "unknown-unit"),
        ({"valueQuantity": quantity(7, "{score}", comparator="<")}, "unreadable"),
        ({"valueQuantity": {"unit": "{score}"}}, "unreadable"),
        ({"valueString": "7/30"}, "unreadable"),
        ({"valueString": "seven"}, "unreadable"),
        ({"valueBoolean": True}, "unreadable"),
        ({"valueCodeableConcept": concept("LA1-0", LOINC)}, "not-understood"),
        (
            {"dataAbsentReason": concept("unknown", "http://terminology.hl7.org/CodeSystem/data-absent-reason")},
            "not-recorded",
        ),
        ({}, "not-recorded"),
    ],
)
@pytest.mark.rule("D1")
def test_a_score_that_cannot_be_true_was_never_recorded(value: dict, kind: str) -> None:
    facts = mapped(observation("ice-total", **value))

    assert [] == values(facts, "ice-total")
    assert {("ice-total", kind)} == gaps(facts)


def test_every_coding_is_looked_at_and_the_display_never() -> None:
    generic = {"system": LOINC, "code": "8716-3", "display": "Vital signs"}
    oid = {"system": "urn:oid:2.16.840.1.113883.6.1", "code": "8310-5"}
    named = {"system": "urn:local", "code": "ice", "display": "ice-total"}

    facts = mapped(
        observation("x", valueQuantity=quantity(38.5, "Cel")) | {"code": {"coding": [generic, oid]}},
        observation("x", valueInteger=3) | {"code": {"coding": [named], "text": "ice-total"}},
    )

    assert [38.5] == values(facts, "body-temperature")
    assert [] == values(facts, "ice-total")


def test_components_carry_their_own_codes_and_the_time_of_the_whole() -> None:
    parts = [
        {"code": concept("8480-6", LOINC), "valueQuantity": quantity(88, "mm[Hg]")},
        {"code": concept("8462-4", LOINC), "valueQuantity": quantity(50, "mm[Hg]")},
    ]

    facts = mapped(observation("85354-9", 2, LOINC, component=parts))

    assert [88] == values(facts, "systolic-pressure")
    assert facts.of("systolic-pressure")[0].time == NOW - timedelta(hours=2)
    assert set() == gaps(facts)


def test_ice_items_come_as_components_of_the_total() -> None:
    parts = [{"code": concept("ice-naming"), "valueInteger": 2}, {"code": concept("ice-writing"), "valueInteger": 0}]

    facts = mapped(observation("ice-total", component=parts))

    assert ([2], [0]) == (values(facts, "ice-naming"), values(facts, "ice-writing"))
    assert set() == gaps(facts)


def test_a_panel_with_members_needs_no_value_of_its_own() -> None:
    facts = mapped(observation("ice-total", hasMember=[{"reference": "Observation/o-x"}]))

    assert set() == gaps(facts)


def test_pulse_oximetry_has_two_codings_and_the_flow_as_component() -> None:
    code = {"coding": [{"system": LOINC, "code": "2708-6"}, {"system": LOINC, "code": "59408-5"}]}
    flow = {"code": concept("3151-8", LOINC), "valueQuantity": quantity(6, "L/min")}

    facts = mapped(observation("x", valueQuantity={"value": 0.95, "code": "1"}, component=[flow]) | {"code": code})

    assert ([95], [6]) == (values(facts, "oxygen-saturation"), values(facts, "oxygen-flow"))


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error", "unknown", None])
def test_other_than_final_is_reported_and_not_used(status: str | None) -> None:
    facts = mapped(ice(3, status=status))

    assert [] == values(facts, "ice-total")
    assert {("ice-total", "unusable-status")} == gaps(facts)


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_final_amended_and_corrected_count(status: str) -> None:
    assert [3] == values(mapped(ice(3, status=status)), "ice-total")


def test_preliminary_counts_where_the_site_says_so() -> None:
    assert [3] == values(mapped(ice(3, status="preliminary"), preliminary=True), "ice-total")


def test_a_modifier_extension_means_that_we_do_not_understand() -> None:
    facts = mapped(ice(3, modifierExtension=[{"url": "urn:x", "valueBoolean": True}]))

    assert {("ice-total", "unreadable")} == gaps(facts)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (quantity(100.4, "[degF]"), 38.0),
        (quantity(38.0, "Cel"), 38.0),
        ({"value": 101.3, "unit": "°F"}, 38.5),
        ({"value": 38.2, "unit": "degC", "code": "Cel"}, 38.2),
    ],
)
def test_fahrenheit_becomes_celsius_to_the_digit(value: dict, expected: float) -> None:
    assert [expected] == values(mapped(observation("8310-5", system=LOINC, valueQuantity=value)), "body-temperature")


@pytest.mark.parametrize("code", ["1988-5", "30522-7"])
def test_crp_in_mg_per_dl_and_mg_per_l_is_the_same(code: str) -> None:
    litre = mapped(observation(code, system=LOINC, valueQuantity=quantity(120, "mg/L")))
    decilitre = mapped(observation(code, system=LOINC, valueQuantity=quantity(12, "mg/dL")))

    assert [120] == values(litre, "c-reactive-protein") == values(decilitre, "c-reactive-protein")


@pytest.mark.parametrize("unit", ["10*9/L", "10*3/uL", "K/uL", "k/uL", "/nL", "G/L", "10*3/uL{plt}"])
def test_platelets_in_every_spelling_of_a_billion_a_litre(unit: str) -> None:
    facts = mapped(observation("777-3", system=LOINC, valueQuantity={"value": 48, "unit": unit}))

    assert [48] == values(facts, "platelets")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (quantity(48, "K"), "unknown-unit"),
        ({"value": 48}, "unknown-unit"),
        ({"value": 48, "code": "10*9/L", "unit": "/uL"}, "unknown-unit"),
        ({"code": "10*9/L"}, "not-recorded"),
        (quantity(5001, "10*9/L"), "implausible"),
        (quantity(-1, "10*9/L"), "implausible"),
        (quantity(48, "10*9/L", comparator="about"), "unreadable"),
    ],
)
def test_a_measurement_that_is_not_certain_is_refused(value: dict, kind: str) -> None:
    facts = mapped(observation("777-3", system=LOINC, valueQuantity=value))

    assert [] == values(facts, "platelets")
    assert {("platelets", kind)} == gaps(facts)


def test_a_measurement_as_text_without_a_unit_is_refused() -> None:
    assert {("ferritin", "unknown-unit")} == gaps(mapped(observation("2276-4", system=LOINC, valueString="> 1650")))


def test_comparators_are_kept() -> None:
    facts = mapped(observation("2276-4", system=LOINC, valueQuantity=quantity(16500, "ng/mL", comparator=">")))

    assert [(16500, ">")] == [(record.value, record.comparator) for record in facts.of("ferritin")]


def test_rass_and_gcs_come_as_answer_codes_too() -> None:
    facts = mapped(
        observation("1345050000", system=SNOMED, valueCodeableConcept=concept("LA33965-7", LOINC)),
        observation("9267-6", system=LOINC, valueCodeableConcept=concept("LA6555-2", LOINC)),
        observation("80288-4", system=LOINC, valueCodeableConcept=concept("300202002", SNOMED)),
        observation("80288-4", system=LOINC, valueString="U"),
        observation("1345050000", system=SNOMED, valueInteger=-2),
    )

    assert [-3, -2] == sorted(values(facts, "rass"))
    assert [3] == values(facts, "gcs-eye")
    assert ["U", "V"] == values(facts, "avpu")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCodeableConcept": concept("stroke")}, ("stroke", False)),
        ({"valueCodeableConcept": concept("none")}, ("none", False)),
        ({"valueString": "stroke"}, ("stroke", True)),
        ({"valueString": " None "}, ("none", False)),
        ({"valueCodeableConcept": {"text": "PRES"}}, ("PRES", True)),
        ({"valueCodeableConcept": concept("I67.83", "http://hl7.org/fhir/sid/icd-10-cm")}, ("I67.83", True)),
    ],
)
@pytest.mark.rule("A3")
def test_another_cause_is_a_code_or_the_clinicians_words(value: dict, expected: tuple[str, bool]) -> None:
    (record,) = mapped(observation("other-cause", **value)).of("other-cause")

    assert expected == (record.value, record.quoted)


def test_a_reason_that_is_not_listed_is_still_a_reason() -> None:
    facts = mapped(
        observation("ice-not-performed", valueCodeableConcept={"text": "asleep"}),
        coded("capd-not-performed", "sedated"),
        observation("ice-not-performed", 2, valueString="at MRI"),
    )

    assert ["other", "other"] == values(facts, "ice-not-performed")
    assert ["sedated"] == values(facts, "capd-not-performed")


def test_an_answer_that_is_not_listed_is_reported() -> None:
    facts = mapped(
        observation("oxygen-device", valueCodeableConcept=concept("371825009", SNOMED)),
        observation("consciousness", valueString="fine"),
        observation("neuroimaging", valueCodeableConcept={"coding": []}),
    )

    kinds = {"oxygen-device": "not-understood", "consciousness": "unreadable", "neuroimaging": "unreadable"}
    assert set(kinds.items()) == gaps(facts)


def test_devices_by_their_standard_answers() -> None:
    facts = mapped(
        observation("oxygen-device", valueCodeableConcept=concept("426854004", SNOMED)),
        coded("oxygen-device", "cpap", 2),
    )

    assert ["cpap", "high-flow-nasal-cannula"] == values(facts, "oxygen-device")


def test_developmental_delay_is_a_boolean() -> None:
    facts = mapped(
        observation("developmental-delay", valueBoolean=True), observation("developmental-delay", valueString="yes")
    )

    assert [True] == values(facts, "developmental-delay")
    assert {("developmental-delay", "unreadable")} == gaps(facts)


@pytest.mark.rule("D5")
def test_a_seizure_tells_kind_duration_and_return() -> None:
    parts = [
        {"code": concept("seizure-duration"), "valueQuantity": quantity(90, "s")},
        {"code": concept("seizure-returned-to-baseline"), "valueBoolean": True},
        {"code": concept("seizure-resolved-with-intervention"), "valueBoolean": False},
    ]

    (seizure,) = mapped(coded("seizure", "clinical-focal", component=parts)).seizures

    assert ("clinical-focal", 1.5, True, False) == (
        seizure.kind,
        round(seizure.minutes.value, 3),
        seizure.returned_to_baseline,
        seizure.resolved_with_intervention,
    )


@pytest.mark.rule("D5")
def test_what_cannot_be_read_of_a_seizure_is_unknown_and_said() -> None:
    parts = [
        {"code": concept("seizure-duration"), "valueQuantity": quantity(-1, "min")},
        {"code": concept("seizure-returned-to-baseline"), "valueString": "yes"},
        {"code": concept("x", "urn:x"), "valueString": "y"},
    ]

    facts = mapped(coded("seizure", "electrographic", component=parts))

    assert (None, None) == (facts.seizures[0].minutes, facts.seizures[0].returned_to_baseline)
    assert {("seizure-duration", "implausible"), ("seizure-returned-to-baseline", "unreadable")} == gaps(facts)


def test_a_seizure_without_a_kind_is_reported() -> None:
    facts = mapped(observation("seizure"))

    assert () == facts.seizures
    assert {("seizure", "not-recorded")} == gaps(facts)


@pytest.mark.rule("T3")
def test_an_infusion_date_is_read_with_or_without_time() -> None:
    facts = mapped(
        observation("cart-infusion-date", valueDateTime="2026-03-03"),
        observation("cart-infusion-date", 2, valueDateTime=hours_ago(100)),
        observation("cart-infusion-date", 3, valueDateTime="2026"),
    )

    assert [False, True] == [stated.date_only for stated in sorted(facts.infusion_dates)]
    assert {("cart-infusion-date", "unreadable")} == gaps(facts)


def test_an_item_of_a_mood_interview_is_no_rass() -> None:
    facts = mapped(observation("54635-8", system=LOINC, valueInteger=3))

    assert ([], set()) == (values(facts, "rass"), gaps(facts))


def test_what_concerns_nothing_we_look_for_is_passed_over() -> None:
    assert set() == gaps(mapped(observation("72166-2", system=LOINC, valueCodeableConcept=concept("x", "urn:x"))))


def test_like_gaps_are_counted_together() -> None:
    facts = mapped(*(ice(5, -2) for _ in range(3)))

    assert 3 == gap(facts, "ice-total").number


def test_an_implausible_value_is_a_gap_with_its_time_and_record() -> None:
    facts = mapped(
        ice(14, id="a"),
        ice(14, 2, id="b"),
        observation("777-3", system=LOINC, id="c", valueQuantity=quantity(88000, "10*9/L")),
    )

    assert [
        ("ice-total", Implausible(14, "", NOW - timedelta(hours=2), "Observation/b")),
        ("ice-total", Implausible(14, "", NOW - timedelta(hours=1), "Observation/a")),
        ("platelets", Implausible(88000, "10*9/L", NOW - timedelta(hours=1), "Observation/c")),
    ] == sorted((gap.concept, gap.detail) for gap in facts.gaps)


def test_a_resource_without_id_has_no_source_and_is_read_once() -> None:
    one = ice(3, id=None)
    facts = mapped(one, dict(one), observation("seizure", id=None, valueCodeableConcept=concept("none")))

    assert [("", 3)] == [(record.source, record.value) for record in facts.of("ice-total")]


def test_our_system_is_one_constant() -> None:
    assert "https://icans-cds.example/fhir/CodeSystem/icans" == ICANS


def test_a_component_counts_though_its_panel_is_unknown() -> None:
    heat = {"code": {"coding": [{"system": LOINC, "code": "8310-5"}]}, "valueQuantity": quantity(39.1, "Cel")}
    panel = observation("vital-signs-of-this-ward", system="https://ward.example/forms", component=[heat])

    assert [39.1] == values(mapped(panel), "body-temperature")


@pytest.mark.rule("P3")
@pytest.mark.parametrize(
    ("value", "modality", "missing"),
    [
        ({"valueCodeableConcept": concept("mri")}, "mri", set()),
        ({"valueCodeableConcept": concept("ct")}, "ct", set()),
        ({"valueCodeableConcept": concept("pet")}, "", {("imaging-modality", "not-understood")}),
    ],
)
def test_an_image_may_say_how_it_was_made(value: dict, modality: str, missing: set) -> None:
    part = {"code": concept("imaging-modality"), **value}
    facts = mapped(observation("neuroimaging", valueCodeableConcept=concept("normal"), component=[part]))

    (image,) = facts.of("neuroimaging")
    assert ("normal", modality) == (image.value, image.modality)
    assert missing == gaps(facts)
