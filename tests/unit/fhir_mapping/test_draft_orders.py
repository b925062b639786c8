"""Draft orders to what the findings are made from."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.clinical.facts.occasion import Occasion, OccasionKind
from cds_service.clinical.facts.orders import Order, OrderedDose
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper
from cds_service.fhir_mapping.orders.drafts import Call, read_drafts
from tests.builders import ATC, NOW, PATIENT, SNOMED, bundle, concept, dosage, draft, quantity
from tests.unit.mapping import mapped, tables

DEXAMETHASONE, TOCILIZUMAB, MORPHINE = "3264", "612865", "7052"


def occasion(*drafts: Any, selections: list[str] | None = None, gathered: tuple[Any, ...] = ()) -> Occasion:
    """The occasion of a call about these drafts."""
    call = Call("s", OccasionKind.ORDER_SIGN, read_drafts(bundle(*drafts, type="collection"), selections))
    return Mapper(tables()).occasion(call, Gathered(PATIENT, None, list(gathered)), NOW)


def order(*dosages: Any, **more: Any) -> Order:
    """The one order of a draft of dexamethasone."""
    (found,) = occasion(draft(DEXAMETHASONE, *dosages, **more)).orders
    return found


def gaps(found: Occasion) -> set[tuple[str, str, str]]:
    """Concept, kind and detail of each gap."""
    return {(gap.concept, gap.kind, str(gap.detail or "")) for gap in found.gaps}


def test_a_draft_is_an_order_of_a_drug() -> None:
    found = order(dosage(10, hours=6), id="d-1", route=None)

    assert Order("MedicationRequest/d-1", "dexamethasone", "draft", (OrderedDose(10, "", 4),)) == found


def test_any_of_several_codings_names_the_drug() -> None:
    codings = {"coding": [{"system": "urn:local", "code": "x"}, {"system": ATC, "code": "H02AB02"}]}

    assert "dexamethasone" == order(dosage(10), medicationCodeableConcept=codings).drug


def test_a_drug_that_concerns_nothing_we_look_for_is_passed_over() -> None:
    assert ((), ()) == (occasion(draft("1191")).orders, occasion(draft("1191")).gaps)


def by_reference(reference: str, **more: Any) -> dict[str, Any]:
    """A draft that refers to its Medication."""
    resource = draft(DEXAMETHASONE, dosage(4)) | {"medicationReference": {"reference": reference}} | more
    del resource["medicationCodeableConcept"]
    return resource


def test_a_drug_may_be_contained_or_another_draft() -> None:
    medication = {"resourceType": "Medication", "id": "m-1", "code": concept(DEXAMETHASONE, "urn:x")}
    medication["code"]["coding"][0]["system"] = "http://www.nlm.nih.gov/research/umls/rxnorm"

    (contained,) = occasion(by_reference("#m-1", contained=[medication])).orders
    (beside,) = occasion(by_reference("https://ehr.example/fhir/Medication/m-1"), medication).orders

    assert ["dexamethasone", "dexamethasone"] == [contained.drug, beside.drug]


def test_a_reference_that_leads_nowhere_is_a_gap() -> None:
    assert {("medication", "unreadable", "order")} == gaps(occasion(by_reference("Medication/m-2")))


def test_a_code_that_nobody_verified_is_a_gap() -> None:
    hcpcs = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
    found = occasion(draft("Q2058", system=hcpcs))

    assert ((), {("obecabtagene-autoleucel", "not-derivable", "code not verified")}) == (found.orders, gaps(found))


def test_an_ingredient_of_a_mixture_is_ordered_without_an_amount() -> None:
    strength = {"numerator": quantity(4, "mg"), "denominator": quantity(1, "mL")}
    mixture = {
        "resourceType": "Medication",
        "id": "mix",
        "ingredient": [
            {"itemCodeableConcept": concept("1191", "http://www.nlm.nih.gov/research/umls/rxnorm")},
            {
                "itemCodeableConcept": concept(DEXAMETHASONE, "http://www.nlm.nih.gov/research/umls/rxnorm"),
                "strength": strength,
            },
        ],
    }
    (found,) = occasion(by_reference("Medication/mix"), mixture).orders

    assert ("dexamethasone", (OrderedDose(None),)) == (found.drug, found.doses)


@pytest.mark.parametrize(
    ("given", "milligrams", "per"),
    [
        (quantity(0.01, "g"), 10, ""),
        (quantity(10000, "ug"), 10, ""),
        ({"value": 10, "unit": "mg"}, 10, ""),
        (quantity(1, "mg/kg"), 1, "kg"),
        (quantity(30, "mg/m2"), 30, "m2"),
    ],
)
def test_amounts_in_any_unit_that_is_understood(given: dict[str, Any], milligrams: float, per: str) -> None:
    (dose,) = order({"doseAndRate": [{"doseQuantity": given}]}).doses

    assert (milligrams, per) == (dose.amount, dose.per)


@pytest.mark.parametrize(
    ("given", "gap"),
    [
        (quantity(1, "mL"), ("unknown-unit", "mL / mL")),
        ({"value": 4}, ("unknown-unit", "no unit")),
        (quantity(4, "mg", unit="g"), ("unknown-unit", "mg / g")),
        (quantity(4, "mg", comparator="<"), ("unreadable", "comparator")),
        (quantity(-4, "mg"), ("implausible", "")),
        ({"unit": "mg"}, ("not-recorded", "")),
    ],
)
def test_an_amount_that_is_not_understood_is_unknown_and_a_gap(given: dict[str, Any], gap: tuple[str, str]) -> None:
    found = occasion(draft(DEXAMETHASONE, {"doseAndRate": [{"doseQuantity": given}]}))

    assert ((OrderedDose(None),), {("dexamethasone", *gap)}) == (found.orders[0].doses, gaps(found))


def test_of_a_span_the_most_counts() -> None:
    span = {"doseRange": {"low": quantity(10, "mg"), "high": quantity(20, "mg")}}

    assert (OrderedDose(20),) == order({"doseAndRate": [span]}).doses


@pytest.mark.parametrize("dosages", [(), ({},), ({"doseAndRate": [{"doseRange": {}}]},)])
def test_a_draft_without_an_amount_is_a_gap(dosages: tuple[Any, ...]) -> None:
    found = occasion(draft(DEXAMETHASONE, *dosages))

    assert None is found.orders[0].a_day(None)
    assert {("dexamethasone", "not-derivable", "dose")} == gaps(found)


def test_a_frequency_that_is_not_understood_is_a_gap() -> None:
    found = occasion(draft(DEXAMETHASONE, dosage(4, timing={"code": {"text": "when needed"}})))

    assert (None, 4) == (found.orders[0].a_day(None), found.orders[0].milligrams(None))
    assert {("dexamethasone", "not-derivable", "timing")} == gaps(found)


def test_a_maximum_is_kept_and_one_in_another_unit_is_a_gap() -> None:
    (dose,) = order(dosage(8, "mg/kg", maxDosePerAdministration=quantity(800, "mg"))).doses
    found = occasion(draft(TOCILIZUMAB, dosage(8, "mg/kg", maxDosePerAdministration=quantity(40, "mL"))))

    assert (800, 800, 480) == (dose.maximum, dose.milligrams(110), dose.milligrams(60))
    assert {("tocilizumab", "unknown-unit", "mL / mL")} == gaps(found)


def test_steps_of_a_taper_are_looked_at_one_by_one_and_others_together() -> None:
    taper = order(dosage(10, hours=6, sequence=1), dosage(4, hours=12, sequence=2))
    together = order(dosage(8), dosage(4))

    assert (40, 12) == (taper.a_day(None), together.a_day(None))
    assert (10, 8) == (taper.milligrams(None), together.milligrams(None))


def test_local_routes_do_not_act_on_the_whole_body() -> None:
    topical, intravenous = concept("6064005", SNOMED), concept("47625008", SNOMED)

    assert not order(dosage(4, route=topical)).systemic
    assert order(dosage(4, route=topical), dosage(4, route=intravenous)).systemic
    assert order().systemic


def test_an_order_that_takes_the_place_of_another_says_so() -> None:
    assert order(priorPrescription={"reference": "MedicationRequest/before"}).replaces


def test_what_is_not_to_be_done_is_no_order_and_a_modified_one_is_a_gap() -> None:
    modified = occasion(draft(DEXAMETHASONE, modifierExtension=[{"url": "urn:x"}]))

    assert () == occasion(draft(DEXAMETHASONE, doNotPerform=True)).orders
    assert ((), {("dexamethasone", "unreadable", "modifierExtension")}) == (modified.orders, gaps(modified))


def infusion(**more: Any) -> dict[str, Any]:
    """A ServiceRequest for cells."""
    code = concept("38228", "http://www.ama-assn.org/go/cpt")
    return {
        "resourceType": "ServiceRequest",
        "id": "s-1",
        "status": "draft",
        "intent": "order",
        "code": code,
        "subject": {"reference": f"Patient/{PATIENT}"},
    } | more


def test_an_infusion_of_cells_may_be_ordered_as_a_service() -> None:
    assert (Order("ServiceRequest/s-1", "car-t-procedure", "draft"),) == occasion(infusion()).orders
    assert () == occasion(infusion(code=concept("x"))).orders


@pytest.mark.requirement("hooks:P12")
def test_a_draft_of_another_patient_is_ignored_and_said() -> None:
    other = draft(DEXAMETHASONE, dosage(4), subject={"reference": "Patient/p-2"})
    found = occasion(other, draft(MORPHINE, dosage(4), subject={"reference": f"https://e.example/Patient/{PATIENT}"}))

    assert ["morphine"] == [one.drug for one in found.orders]
    assert {("orders", "wrong-patient", "")} == gaps(found)


def test_a_draft_that_cannot_be_read_costs_only_itself() -> None:
    found = occasion(draft(DEXAMETHASONE, status=["draft"]), draft(MORPHINE, dosage(4)), {"resourceType": "Unheard"})

    assert ["morphine"] == [one.drug for one in found.orders]
    assert {("MedicationRequest", "unreadable", "draft")} == gaps(found)


def test_entries_without_a_resource_may_have_been_orders() -> None:
    drafts = read_drafts({"resourceType": "Bundle", "entry": [1, None, {}, {"resource": 1}, {"resource": {}}]})

    assert ((), {}, ("MedicationRequest",) * 5) == (drafts.resources, drafts.sent, drafts.unreadable)
    assert 5 == len(drafts.lost_orders)


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("medicationrequest", 1),
        (" MedicationRequest", 1),
        ("", 1),
        ("DeviceRequest", 0),
        ("NutritionOrder", 0),
        ("Medication", 0),
    ],
)
def test_a_type_that_is_spelled_wrong_is_no_other_type(kind: str, lost: int) -> None:
    drafts = read_drafts({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": kind, "id": "d-1"}}]})

    assert lost == len(drafts.lost_orders) == len(drafts.unreadable)


@pytest.mark.requirement("hooks:H3")
def test_with_selections_only_the_selected_ones_count() -> None:
    long = f"d-{'x' * 200}"
    drafts = (draft(DEXAMETHASONE, dosage(4), id=long), draft(MORPHINE, dosage(4), id="d-2"))

    for selection in (f"MedicationRequest/{long}", f"https://ehr.example/fhir/MedicationRequest/{long}/_history/1"):
        assert ["dexamethasone"] == [one.drug for one in occasion(*drafts, selections=[selection]).orders]
    assert () == occasion(*drafts, selections=[]).orders


def test_what_was_selected_and_is_not_there_is_said() -> None:
    found = occasion(draft(DEXAMETHASONE, dosage(4)), selections=["MedicationRequest/other"])

    assert ((), {("orders", "not-recorded", "selection")}) == (found.orders, gaps(found))


def test_an_order_without_an_id_is_an_order() -> None:
    resource = draft(DEXAMETHASONE, dosage(4))
    del resource["id"]

    assert [""] == [one.reference for one in occasion(resource).orders]


def test_active_orders_on_file_count_by_their_drug() -> None:
    facts = mapped(draft(DEXAMETHASONE, id="a-1", status="active"), draft(MORPHINE, status="stopped"))

    assert ((Order("MedicationRequest/a-1", "dexamethasone", "active"),), ()) == (facts.orders, facts.gaps)


def test_the_arithmetic_of_orders() -> None:
    by_weight = Order("", "dexamethasone", "draft", (OrderedDose(0.5, "kg", 2),))

    assert (None, None) == (by_weight.milligrams(None), by_weight.a_day(None))
    assert (40, 80) == (by_weight.milligrams(80), by_weight.a_day(80))
    by_surface = Order("", "dexamethasone", "draft", (OrderedDose(10, "m2", 2),))
    assert (None, 40) == (by_surface.a_day(80), by_surface.a_day(80, 2))
    assert None is Order("", "dexamethasone", "draft", (OrderedDose(4), OrderedDose(None))).milligrams(None)
    assert 8 == Order("", "dexamethasone", "draft", (OrderedDose(4, a_day=6, number=2),)).a_day(None)


def rated(rate: dict[str, Any], **repeat: Any) -> dict[str, Any]:
    """A dosage instruction by rate: mg/h, and for how long."""
    return {"doseAndRate": [rate], "timing": {"repeat": repeat}}


MG_PER_H = {"rateQuantity": quantity(5, "mg/h")}
SIX_HOURS = {"duration": 6, "durationUnit": "h"}
PERIOD = {"start": "2026-03-08T10:00:00Z"}


@pytest.mark.parametrize(
    ("given", "milligrams", "per"),
    [
        (rated(MG_PER_H, **SIX_HOURS), 30, ""),
        (rated(MG_PER_H, **SIX_HOURS, frequency=1, period=12, periodUnit="h"), 60, ""),
        (rated(MG_PER_H, **SIX_HOURS, frequency=4, period=1, periodUnit="d"), 120, ""),
        (rated(MG_PER_H, duration=6, durationMax=8, durationUnit="h"), 40, ""),
        (rated(MG_PER_H, duration=48, durationUnit="h"), 120, ""),
        (rated(MG_PER_H, boundsDuration=quantity(10, "h")), 50, ""),
        (rated(MG_PER_H, boundsDuration=quantity(3, "d")), 120, ""),
        (rated(MG_PER_H, boundsPeriod=PERIOD), 120, ""),
        (rated(MG_PER_H, boundsPeriod=PERIOD | {"end": "2026-03-08T14:00:00Z"}), 20, ""),
        (rated({"rateQuantity": quantity(0.1, "mg/min")}, **SIX_HOURS), 36, ""),
        (rated({"rateQuantity": quantity(100, "ug/h", unit="mcg/hr")}, **SIX_HOURS), 0.6, ""),
        (rated({"rateQuantity": {"value": 5, "unit": "mg/hour"}}, **SIX_HOURS), 30, ""),
        (rated({"rateQuantity": quantity(0.5, "mg/kg/h")}, **SIX_HOURS), 3, "kg"),
        (rated({"rateQuantity": quantity(0.5, "mg/m2/h")}, **SIX_HOURS), 3, "m2"),
        (
            rated({"rateRatio": {"numerator": quantity(120, "mg"), "denominator": quantity(24, "h")}}, **SIX_HOURS),
            30,
            "",
        ),
        (rated({"rateRatio": {"numerator": quantity(1, "g"), "denominator": quantity(1, "d")}}, **SIX_HOURS), 250, ""),
    ],
)
def test_an_infusion_by_rate_is_what_runs_in_within_24_hours(
    given: dict[str, Any], milligrams: float, per: str
) -> None:
    found = occasion(draft(DEXAMETHASONE, given))

    assert (milligrams, per, set()) == (found.orders[0].a_day(1, 1), found.orders[0].doses[0].per, gaps(found))


def test_a_dose_beside_a_rate_is_what_is_given_at_a_time() -> None:
    both = rated({"doseQuantity": quantity(10, "mg")} | MG_PER_H, **SIX_HOURS)

    assert 10 == order(both).a_day(None)


MIXED = {"rateRatio": {"numerator": quantity(5, "mg")}}
NO_TIME = {"rateRatio": {"numerator": quantity(5, "mg"), "denominator": quantity(0, "h")}}


@pytest.mark.parametrize(
    "given",
    [
        {"doseAndRate": [MG_PER_H]},
        rated(MG_PER_H),
        rated(MG_PER_H, duration=6),
        rated(MG_PER_H, frequency=2, period=1, periodUnit="d"),
        rated(MG_PER_H, duration=24, durationUnit="h", frequency=2, period=1, periodUnit="d"),
        rated(MG_PER_H, boundsDuration=quantity(10, "h", comparator="<")),
        rated(MG_PER_H, boundsDuration={"code": "h"}),
        rated(MG_PER_H, boundsPeriod={"end": "2026-03-08T14:00:00Z"}),
        rated(MG_PER_H, boundsPeriod=PERIOD | {"end": "2026-03-09"}),
        rated(MG_PER_H, boundsPeriod=PERIOD | {"end": "2026-03-08T10:00:00Z"}),
        {"doseAndRate": [MG_PER_H], "timing": {"repeat": {"boundsPeriod": PERIOD}, "code": {"text": "at night"}}},
        rated({"rateQuantity": quantity(5, "mg/h", unit="mg/min")}, **SIX_HOURS),
        rated({"rateQuantity": quantity(5, "mg")}, **SIX_HOURS),
        rated(MIXED, **SIX_HOURS),
        rated(NO_TIME, **SIX_HOURS),
        {"doseAndRate": [MG_PER_H, MG_PER_H], "timing": {"repeat": SIX_HOURS}},
    ],
)
def test_an_infusion_whose_rate_or_time_is_not_clear_is_not_guessed(given: dict[str, Any]) -> None:
    found = occasion(draft(DEXAMETHASONE, given))

    assert None is found.orders[0].a_day(None)
    assert ("dexamethasone", "not-derivable", "dose") in gaps(found)


@pytest.mark.parametrize("rate", [quantity(20, "mL/h"), quantity(5, "mg/h", comparator="<"), {"code": "mg/h"}])
def test_a_rate_in_another_unit_or_without_a_value_is_a_gap(rate: dict[str, Any]) -> None:
    found = occasion(draft(DEXAMETHASONE, rated({"rateQuantity": rate}, **SIX_HOURS)))

    assert None is found.orders[0].a_day(None)
    assert {"unknown-unit", "unreadable", "not-recorded"} & {kind for _, kind, _ in gaps(found)}
