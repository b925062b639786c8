"""MedicationAdministrations to doses of therapy and to drugs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import ATC, AXI_CEL, LOINC, NOW, RXNORM, SNOMED, axi_cel, concept, given, hours_ago, quantity
from tests.unit.mapping import gaps, mapped

NOREPINEPHRINE = "7512"
DEXAMETHASONE = "3264"


def by_reference(reference: str, **more: object) -> dict:
    """An administration that refers to its Medication."""
    resource = given(DEXAMETHASONE, **more) | {"medicationReference": {"reference": reference}}
    del resource["medicationCodeableConcept"]
    return resource


@pytest.mark.rule("T3")
@pytest.mark.parametrize(
    ("system", "code", "product"),
    [
        (RXNORM, AXI_CEL, "axicabtagene-ciloleucel"),
        (RXNORM, "1987407", "axicabtagene-ciloleucel"),
        (ATC, "L01XL03", "axicabtagene-ciloleucel"),
        ("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "Q2041", "axicabtagene-ciloleucel"),
        ("urn:oid:2.16.840.1.113883.6.88", AXI_CEL, "axicabtagene-ciloleucel"),
        (ATC, "L01FX24", "teclistamab"),
        (RXNORM, "2690256", "afamitresgene-autoleucel"),
    ],
)
def test_a_product_is_known_by_any_of_its_codes(system: str, code: str, product: str) -> None:
    facts = mapped(given(code, system=system))

    assert [product] == [dose.product for dose in facts.doses]


def test_a_dose_says_where_it_comes_from_and_of_what_class() -> None:
    (dose,) = mapped(axi_cel(5, id="ma-x")).doses

    assert ("MedicationAdministration/ma-x", "CAR-T", NOW - timedelta(days=5)) == (
        dose.source,
        dose.therapy_class,
        dose.time,
    )


@pytest.mark.rule("T8")
@pytest.mark.parametrize("status", ["not-done", "entered-in-error"])
def test_what_was_not_given_is_no_dose_and_is_said(status: str | None) -> None:
    facts = mapped(axi_cel(status=status))

    assert ((), ()) == (facts.doses, facts.unread_therapies)
    assert {("axicabtagene-ciloleucel", "unusable-status")} == gaps(facts)


@pytest.mark.parametrize("status", ["completed", "in-progress", "stopped", "on-hold"])
def test_a_begun_dose_is_a_dose(status: str) -> None:
    assert 1 == len(mapped(axi_cel(status=status)).doses)


def test_a_dose_of_the_future_is_ignored_and_said() -> None:
    facts = mapped(axi_cel(-1))

    assert () == facts.doses
    assert {("axicabtagene-ciloleucel", "future")} == gaps(facts)


def test_hints_and_unverified_codes_decide_nothing() -> None:
    facts = mapped(
        given("L01XL", system=ATC),
        given("Q2058", system="http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"),
        given("H02AB", system=ATC),
    )

    assert ((), ()) == (facts.doses, facts.administrations)
    assert {("obecabtagene-autoleucel", "not-derivable")} == gaps(facts)


def test_a_reference_is_followed_to_a_medication_that_came_along() -> None:
    medication = {"resourceType": "Medication", "id": "m-1", "code": concept(DEXAMETHASONE, RXNORM)}

    for reference in (
        "Medication/m-1",
        "https://ehr.example/fhir/Medication/m-1",
        "urn:uuid:m-1",
        "Medication/m-1/_history/2",
    ):
        assert ["dexamethasone"] == [dose.drug for dose in mapped(by_reference(reference), medication).administrations]


@pytest.mark.parametrize("reference", ["Medication/elsewhere", "#missing"])
def test_a_reference_that_leads_nowhere_is_said(reference: str) -> None:
    facts = mapped(by_reference(reference))

    assert () == facts.administrations
    assert {("medication", "unreadable")} == gaps(facts)


def test_a_medication_by_identifier_alone_is_said() -> None:
    resource = by_reference("x") | {"medicationReference": {"identifier": {"value": "1"}}}

    assert {("medication", "unreadable")} == gaps(mapped(resource))


def test_a_contained_mixture_is_read_by_its_ingredients() -> None:
    """Oracle's form: only text for the whole, strength by volume."""
    strength = {"numerator": quantity(4, "mg"), "denominator": quantity(1, "mL")}
    contained = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "dexamethasone 4 mg/mL in saline"},
        "ingredient": [
            {"itemCodeableConcept": {"text": "saline"}},
            {"itemCodeableConcept": concept(DEXAMETHASONE, RXNORM), "strength": strength},
        ],
    }

    (dose,) = mapped(by_reference("#m", contained=[contained], dosage={"dose": quantity(2.5, "mL")})).administrations

    assert ("dexamethasone", 10) == (dose.drug, dose.milligrams)


@pytest.mark.parametrize(
    ("strength", "dose"),
    [
        (None, quantity(2.5, "mL")),
        ({"numerator": quantity(4, "mg"), "denominator": quantity(1, "mL")}, quantity(2, "g")),
        ({"numerator": quantity(4, "mg")}, quantity(2, "mL")),
        ({"numerator": quantity(4, "mg"), "denominator": quantity(0, "mL")}, quantity(2, "mL")),
        ({"numerator": quantity(4, "furlong"), "denominator": quantity(1, "mL")}, quantity(2, "mL")),
        ({"numerator": quantity(4, "mg"), "denominator": quantity(1, "mL")}, {"unit": "mL"}),
        ({"numerator": quantity(4, "mg"), "denominator": quantity(1, "mL")}, None),
    ],
)
def test_an_amount_that_does_not_follow_is_not_guessed(strength: dict | None, dose: dict | None) -> None:
    ingredient = {"itemCodeableConcept": concept(DEXAMETHASONE, RXNORM)} | ({"strength": strength} if strength else {})
    contained = {"resourceType": "Medication", "id": "m", "ingredient": [ingredient]}
    resource = by_reference("#m", contained=[contained], dosage={"dose": dose} if dose else {})

    assert [None] == [one.milligrams for one in mapped(resource).administrations]


def test_a_contained_medication_of_a_wrong_form_is_said() -> None:
    contained = {"resourceType": "Medication", "id": "m", "code": 5}

    assert {("medication", "unreadable")} == gaps(mapped(by_reference("#m", contained=[contained])))


@pytest.mark.parametrize(
    ("dose", "milligrams"),
    [
        (quantity(10, "mg"), 10),
        (quantity(0.5, "g"), 500),
        (quantity(500, "ug"), 0.5),
        ({"value": 10, "unit": "mg"}, 10),
        (quantity(10, "mg", comparator="<"), None),
        (quantity(1, "{tbl}"), None),
        (quantity(10, "mg/m2"), None),
    ],
)
def test_amounts_in_mg(dose: dict, milligrams: float | None) -> None:
    assert [milligrams] == [
        one.milligrams for one in mapped(given(DEXAMETHASONE, dosage={"dose": dose})).administrations
    ]


@pytest.mark.rule("A1")
def test_what_is_an_infusion_and_what_a_single_dose() -> None:
    rate = {"rateQuantity": quantity(5, "mg/h")}
    period = {"start": hours_ago(5), "end": hours_ago(2)}
    facts = mapped(
        given("8782", 9),
        given("8782", 8, dosage=rate),
        given("8782", 7, dosage={"rateRatio": {"numerator": quantity(5, "mg"), "denominator": quantity(1, "h")}}),
        given("8782", 0, effectiveDateTime=None, effectivePeriod=period),
        given("8782", 4, status="in-progress"),
    )

    assert [False, True, True, True, True] == [one.infusion for one in facts.administrations]


@pytest.mark.rule("C2")
@pytest.mark.parametrize(("rate", "ended"), [(0, 1), (0.02, None)])
def test_a_drip_that_was_set_to_nothing_runs_no_longer(rate: float, ended: float | None) -> None:
    dosage = {"rateQuantity": quantity(rate, "ug/kg/min")}
    (one,) = mapped(given(NOREPINEPHRINE, 1, status="in-progress", dosage=dosage)).administrations

    assert (None if ended is None else NOW - timedelta(hours=ended)) == one.end


@pytest.mark.rule("C2")
def test_a_push_dose_of_a_vasopressor_is_no_infusion() -> None:
    (push,) = mapped(given(NOREPINEPHRINE, 1, dosage={"dose": quantity(10, "ug")})).administrations

    assert not push.infusion


@pytest.mark.parametrize(
    ("status", "period", "ended"),
    [
        ("in-progress", {"start": hours_ago(5)}, None),
        ("in-progress", {"start": hours_ago(5), "end": hours_ago(2)}, None),
        ("completed", {"start": hours_ago(5), "end": hours_ago(2)}, 2),
        ("stopped", {"start": hours_ago(5), "end": hours_ago(6)}, 5),
    ],
)
def test_when_an_infusion_ended(status: str, period: dict, ended: float | None) -> None:
    (one,) = mapped(given("8782", effectiveDateTime=None, status=status, effectivePeriod=period)).administrations

    assert (None if ended is None else NOW - timedelta(hours=ended)) == one.end


def test_a_modifier_extension_is_not_understood() -> None:
    assert {("propofol", "unreadable")} == gaps(mapped(given("8782", modifierExtension=[{"url": "urn:x"}])))


@pytest.mark.rule("E1")
@pytest.mark.parametrize(
    ("route", "systemic"),
    [
        (None, True),
        (concept("47625008", SNOMED), True),
        (concept("6064005", SNOMED), False),
        (concept("54485002", SNOMED), False),
        (concept("6064005", LOINC), True),
    ],
)
def test_a_corticosteroid_on_the_skin_is_not_systemic(route: dict | None, *, systemic: bool) -> None:
    facts = mapped(given(DEXAMETHASONE, dosage={"route": route} if route else {}))

    assert [systemic] == [one.systemic for one in facts.administrations]
