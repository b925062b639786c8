"""What lies before the window of its concept is passed over, from wherever it came (contract.md 2)."""

from __future__ import annotations

from datetime import timedelta

from cds_service.clinical.facts.patient import PatientFacts
from cds_service.fhir_mapping.data_requirements import windows_of
from cds_service.knowledge import load_knowledge
from tests.builders import NOW, axi_cel, given, hours_ago, ice, observation, quantity
from tests.unit.mapping import mapped, tables, values

DEXAMETHASONE = "3264"
DAY = 24


def within_windows(*resources: dict[str, object]) -> PatientFacts:
    """The facts as the service maps them."""
    rules = load_knowledge().protocol.rules.decisions.record
    return mapped(*resources, windows=windows_of(tables().terminology, tables().therapies, rules))


def temperature(hours: float, celsius: float) -> dict[str, object]:
    return observation("8310-5", hours, "http://loinc.org", valueQuantity=quantity(celsius, "Cel"))


def test_scores_matter_for_45_days() -> None:
    facts = within_windows(ice(8, 45 * DAY + 1), ice(9, 45 * DAY), ice(10, 1))

    assert [9, 10] == values(facts, "ice-total")


def test_vital_signs_matter_for_14_days() -> None:
    facts = within_windows(temperature(14 * DAY + 1, 39.0), temperature(14 * DAY, 38.0))

    assert [38.0] == values(facts, "body-temperature")


def test_what_is_too_old_is_no_gap_even_if_it_cannot_be_read() -> None:
    assert () == within_windows(observation("8310-5", 60 * DAY, "http://loinc.org")).gaps


def test_drugs_matter_for_45_days_but_a_dose_of_therapy_for_ever() -> None:
    facts = within_windows(given(DEXAMETHASONE, 46 * DAY), given(DEXAMETHASONE, 44 * DAY), axi_cel(days=400))

    assert [NOW - timedelta(days=44)] == [one.time for one in facts.administrations]
    assert ["axicabtagene-ciloleucel"] == [dose.product for dose in facts.doses]


def test_an_infusion_that_began_earlier_and_still_runs_counts() -> None:
    period = {"effectiveDateTime": None, "effectivePeriod": {"start": hours_ago(50 * DAY)}}
    running = given(DEXAMETHASONE, status="in-progress", **period)
    ended = {"effectiveDateTime": None, "effectivePeriod": {"start": hours_ago(50 * DAY), "end": hours_ago(44 * DAY)}}

    assert 2 == len(within_windows(running, given(DEXAMETHASONE, **ended)).administrations)
