"""A record of a therapy or a drug is never lost: whether and when it was given, as far as can be read (rule T8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cds_service.clinical.facts.patient import PatientFacts, UnreadDrug
from tests.builders import AXI_CEL, LOINC, NOW, RXNORM, SNOMED, concept, given, hours_ago, ice, procedure, quantity
from tests.unit.fhir_mapping.test_windows import within_windows
from tests.unit.mapping import gaps, mapped

pytestmark = pytest.mark.rule("T8")

CPT = "http://www.ama-assn.org/go/cpt"
DRUGS = {
    "8782": "propofol",
    "68139": "rocuronium",
    "7512": "norepinephrine",
    "612865": "tocilizumab",
    "3264": "dexamethasone",
    "161": "paracetamol",
    "72435": "anakinra",
}
UNFIT = ["unknown", "active", "Completed", "given", "", "suspended", None, 5, {"x": 1}]
DAY = timedelta(days=1)
# The day of the tests begins and ends at 23:00 UTC: the ward is at +01:00.
TODAY = datetime(2026, 3, 7, 23, tzinfo=UTC)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def timed(code: str, moment: Any = None, status: Any = "completed", **more: Any) -> dict[str, Any]:
    """A record with this dateTime, or with what `more` says."""
    return given(code, status=status, **{"effectiveDateTime": moment} | more)


def period(code: str, status: str = "completed", **limits: str) -> dict[str, Any]:
    return timed(code, status=status, effectivePeriod=limits)


def read(*resources: dict[str, Any]) -> PatientFacts:
    """With a score that says at which offset the ward is."""
    return mapped(*resources, ice(9))


def unread(resource: dict[str, Any]) -> UnreadDrug:
    facts = read(resource)
    assert () == facts.administrations
    (one,) = facts.unread_drugs
    return one


@pytest.mark.parametrize("status", UNFIT)
@pytest.mark.parametrize(("code", "drug"), DRUGS.items())
def test_a_drug_of_an_odd_status_may_have_been_given(code: str, drug: str, status: object) -> None:
    one = unread(timed(code, hours_ago(5), status))

    assert (drug, ago(5), NOW, False, True) == (one.drug, one.earliest, one.latest, one.given, one.infusion)


@pytest.mark.parametrize(("code", "drug"), DRUGS.items())
def test_a_modifier_leaves_open_whether_a_drug_was_given(code: str, drug: str) -> None:
    facts = read(timed(code, hours_ago(5), modifierExtension=[{"url": "urn:x"}]))

    assert [(drug, False)] == [(one.drug, one.given) for one in facts.unread_drugs]
    assert {(drug, "unreadable")} == gaps(facts)


@pytest.mark.parametrize("name", ["dose", "rateQuantity", "rateRatio", "route"])
@pytest.mark.parametrize("bad", ["5 mg", 5, [1, 2], {"value": "some"}, {"numerator": 5}])
@pytest.mark.parametrize(("code", "drug"), DRUGS.items())
def test_an_amount_that_cannot_be_read_costs_itself_only(code: str, drug: str, bad: object, name: str) -> None:
    (one,) = read(timed(code, hours_ago(5), dosage={name: bad})).administrations

    assert (drug, ago(5), None) == (one.drug, one.time, one.milligrams)
    assert name.startswith("rate") == one.infusion


def test_what_is_left_out_of_a_drug_is_said_by_its_path() -> None:
    (found,) = read(timed("8782", hours_ago(5), dosage={"rateQuantity": {"value": "some"}})).gaps

    assert ("propofol", "unreadable", "dosage.rateQuantity.value") == (found.concept, found.kind, found.detail)


@pytest.mark.parametrize("status", ["completed", "stopped", "on-hold"])
def test_a_drip_without_an_end_may_have_run_for_a_day(status: str) -> None:
    recent, older = (
        unread(period("8782", status, start=hours_ago(5))),
        unread(period("8782", status, start=hours_ago(30))),
    )

    assert (ago(5), NOW, True, True) == (recent.earliest, recent.latest, recent.given, recent.infusion)
    assert (ago(30), ago(6)) == (older.earliest, older.latest)


@pytest.mark.parametrize("wrong", [None, "", "yesterday", "2026", "2026-03", "2026-03-08", 5, {}, "2026-02-30"])
def test_what_runs_since_nobody_knows_when_runs_from_now_on(wrong: object) -> None:
    started = timed("8782", wrong, "in-progress"), timed("8782", None, "in-progress", effectivePeriod={"start": wrong})
    for one in read(*started).administrations:
        assert ("propofol", NOW, None, True, False) == (one.drug, one.time, one.end, one.infusion, one.start_known)
    assert 2 == len(read(*started).administrations)


def test_a_period_that_cannot_be_read_is_no_single_dose() -> None:
    one = unread(timed("8782", effectivePeriod="all day"))

    assert (None, None, True, True) == (one.earliest, one.latest, one.given, one.infusion)


@pytest.mark.parametrize(("zone", "hours"), [(None, 5), (ZoneInfo("America/New_York"), 1)])
def test_a_time_without_a_zone_is_that_of_the_ward(zone: ZoneInfo | None, hours: float) -> None:
    text = "2026-03-08T05:00:00" if zone is None else "2026-03-08T04:00"
    (one,) = mapped(timed("8782", text), ice(9), **({"zone": zone} if zone else {})).administrations

    assert ago(hours) == one.time


def test_a_time_without_a_zone_that_would_be_still_to_come_is_of_another_zone() -> None:
    one = unread(timed("8782", "2026-03-08T11:00:00"))

    assert (None, None, True) == (one.earliest, one.latest, one.given)


@pytest.mark.parametrize("text", ["2026-03-07T25:00:00", "0001-01-01T00:00:00", "9999-12-31", "0001-01-01"])
def test_times_that_are_none_are_undated(text: str) -> None:
    assert None is unread(timed("8782", text)).latest


def test_only_an_end_is_that_end() -> None:
    (one,) = read(period("8782", end=hours_ago(0.5))).administrations

    assert (ago(0.5), ago(0.5), True) == (one.time, one.end, one.infusion)


@pytest.mark.parametrize(
    ("end", "until"), [("2026-03-07", TODAY), ("2026-03-08", NOW), ("2026-03-08T09:02:00Z", NOW + timedelta(minutes=2))]
)
def test_an_end_by_date_is_the_end_of_that_day_but_not_later_than_now(end: str, until: datetime) -> None:
    (one,) = read(period("8782", start=hours_ago(30), end=end)).administrations

    assert (ago(30), until) == (one.time, one.end)


def test_only_an_end_by_date_is_some_time_of_that_day() -> None:
    one = unread(period("8782", end="2026-03-07"))

    assert (TODAY - DAY, TODAY, True, True) == (one.earliest, one.latest, one.given, one.infusion)


def test_a_start_by_date_leaves_open_when_a_drip_began() -> None:
    one = unread(period("8782", start="2026-03-07", end=hours_ago(5)))

    assert (TODAY - DAY, ago(5), True, True) == (one.earliest, one.latest, one.given, one.infusion)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-03-07", TODAY - DAY, TODAY),
        ("2026-03-08", TODAY, NOW),
        ("2026-03", datetime(2026, 2, 28, 23, tzinfo=UTC), NOW),
        ("2026", datetime(2025, 12, 31, 23, tzinfo=UTC), NOW),
        ("2026-02", datetime(2026, 1, 31, 23, tzinfo=UTC), datetime(2026, 2, 28, 23, tzinfo=UTC)),
    ],
)
def test_a_dose_by_date_month_or_year_is_some_time_of_it(text: str, earliest: datetime, latest: datetime) -> None:
    one = unread(timed("3264", text, dosage={"dose": quantity(10, "mg")}))

    assert (earliest, latest, True, False, 10) == (one.earliest, one.latest, one.given, one.infusion, one.milligrams)


def test_an_end_by_month_leaves_open_how_long_a_drip_ran() -> None:
    one = unread(period("8782", start=hours_ago(200), end="2026-03"))

    assert (ago(200), NOW) == (one.earliest, one.latest)


def test_a_rate_of_nothing_as_a_ratio_ends_the_drip() -> None:
    ratio = {"numerator": quantity(0, "mL"), "denominator": quantity(1, "h")}
    halted = period("8782", "in-progress", start=hours_ago(5)) | {"dosage": {"rateRatio": ratio}}

    (one,) = read(halted).administrations

    assert (ago(5), ago(5), True) == (one.time, one.end, one.infusion)


@pytest.mark.parametrize("ratio", [{}, {"numerator": {}}, {"numerator": {"value": 5}}])
def test_another_ratio_does_not(ratio: dict[str, Any]) -> None:
    (one,) = read(period("8782", "in-progress", start=hours_ago(5)) | {"dosage": {"rateRatio": ratio}}).administrations

    assert one.end is None


@pytest.mark.parametrize("status", ["completed", "unknown"])
def test_a_drug_of_the_future_is_ignored_and_said(status: str) -> None:
    facts = read(timed("8782", hours_ago(-1), status))

    assert ((), ()) == (facts.administrations, facts.unread_drugs)
    assert ("propofol", "future") in gaps(facts)


def test_what_is_too_old_is_passed_over_read_or_not() -> None:
    old = within_windows(
        timed("3264", hours_ago(50 * 24), "unknown"), timed("3264", "2025-12"), timed("3264", hours_ago(50 * 24))
    )
    undated = within_windows(timed("3264"))

    assert ((), (), 1) == (old.administrations, old.unread_drugs, len(undated.unread_drugs))


@pytest.mark.parametrize(
    ("route", "intrathecal"), [(concept("72607000", SNOMED), True), (concept("47625008", SNOMED), False), (None, False)]
)
def test_a_drug_into_the_spinal_canal(route: dict[str, Any] | None, *, intrathecal: bool) -> None:
    (one,) = read(timed("6851", hours_ago(2), dosage={"route": route} if route else {})).administrations

    assert (intrathecal, True) == (one.intrathecal, one.systemic)


def test_an_unread_corticosteroid_on_the_skin_is_not_systemic() -> None:
    route = {"route": concept("6064005", SNOMED)}

    assert not unread(timed("3264", "2026-03", dosage=route)).systemic


# --- Therapies ---------------------------------------------------------------------------------------------------

THERAPIES = {
    "axi-cel": (AXI_CEL, RXNORM, "CAR-T", "axicabtagene-ciloleucel"),
    "teclistamab": ("L01FX24", "http://www.whocc.no/atc", "T-cell engager", "teclistamab"),
    "afami-cel": ("2690256", RXNORM, "TCR-T", "afamitresgene-autoleucel"),
}


def therapy(named: str, **more: Any) -> dict[str, Any]:
    code, system, *_ = THERAPIES[named]
    return given(code, system=system, **{"effectiveDateTime": None} | more)


def as_read(facts: PatientFacts) -> tuple[Any, ...]:
    (one,) = facts.unread_therapies
    assert () == facts.doses
    return (one.therapy_class, one.product, one.earliest, one.latest)


@pytest.mark.parametrize("named", THERAPIES)
@pytest.mark.parametrize("status", UNFIT)
def test_a_therapy_of_an_odd_status_is_recorded_and_not_readable(named: str, status: object) -> None:
    *_, kind, product = THERAPIES[named]

    assert (kind, product, ago(120), ago(120)) == as_read(
        read(therapy(named, status=status, effectiveDateTime=hours_ago(120)))
    )


@pytest.mark.parametrize("named", THERAPIES)
@pytest.mark.parametrize("wrong", [None, "", "last Tuesday", 5, {"x": 1}, "2026-02-30"])
def test_a_therapy_without_a_time_is_undated(named: str, wrong: object) -> None:
    *_, kind, product = THERAPIES[named]

    assert (kind, product, None, None) == as_read(read(therapy(named, effectiveDateTime=wrong)))


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("2026-03", (datetime(2026, 2, 28, 23, tzinfo=UTC), NOW)),
        ("2025", (datetime(2024, 12, 31, 23, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC))),
    ],
)
def test_a_therapy_by_month_or_year(text: str, limits: tuple[datetime, datetime]) -> None:
    assert limits == as_read(read(therapy("axi-cel", effectiveDateTime=text)))[2:]


@pytest.mark.parametrize(
    ("times", "when", "date_only"),
    [
        ({"effectiveDateTime": "2026-03-03T09:00:00"}, ago(121), False),
        ({"effectivePeriod": {"end": hours_ago(120)}}, ago(120), False),
        ({"effectivePeriod": {"end": "2026-03-03"}}, TODAY - 5 * DAY, True),
        ({"effectivePeriod": {"start": "2026-03", "end": hours_ago(120)}}, ago(120), False),
        ({"effectivePeriod": {"start": hours_ago(121), "end": "2026-03"}}, ago(121), False),
        ({"effectiveTimeDateTime": hours_ago(120)}, ago(120), False),
    ],
)
def test_a_dose_has_the_best_time_that_its_record_gives(
    times: dict[str, Any], when: datetime, *, date_only: bool
) -> None:
    (dose,) = read(therapy("axi-cel", **times)).doses

    assert (when, date_only) == (dose.time, dose.date_only)


@pytest.mark.parametrize("dose", [{"value": "2.0E8", "unit": "cells"}, {"value": "many"}, "200 mL", 5])
def test_cells_of_any_amount_are_a_dose(dose: object) -> None:
    assert 1 == len(read(therapy("axi-cel", effectiveDateTime=hours_ago(120), dosage={"dose": dose})).doses)


def test_an_end_still_to_come_dates_nothing() -> None:
    running = therapy("teclistamab", status="in-progress", effectivePeriod={"end": hours_ago(-2)})

    assert (None, None) == as_read(read(running))[2:]


@pytest.mark.parametrize(
    ("more", "limits"),
    [
        ({"performedDateTime": None, "performedString": "last Tuesday"}, (None, None)),
        ({"performedDateTime": None, "performedAge": {"value": 60}}, (None, None)),
        ({"status": "unknown"}, (ago(120), ago(120))),
        ({"status": "aborted"}, (ago(120), ago(120))),
        ({"modifierExtension": {"url": "urn:x"}}, (ago(120), ago(120))),
    ],
)
def test_a_procedure_that_cannot_be_read_is_never_lost(more: dict[str, Any], limits: tuple[Any, Any]) -> None:
    assert ("CAR-T", None, *limits) == as_read(read(procedure("0540T", CPT, **more)))


@pytest.mark.parametrize("status", ["completed", "in-progress", "stopped", "on-hold"])
def test_a_procedure_that_was_begun_is_a_dose(status: str) -> None:
    assert 1 == len(read(procedure("0540T", CPT, status=status)).doses)


def test_an_unknown_code_stays_unknown() -> None:
    assert () == read(timed("8782", hours_ago(5), medicationCodeableConcept=concept("8782", LOINC))).administrations


# --- Drugs without a known code -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "limits"),
    [
        ({"effectiveDateTime": hours_ago(5)}, (ago(5), ago(5), False)),
        ({"effectiveDateTime": hours_ago(5), "status": "in-progress"}, (ago(5), None, True)),
        ({"effectiveDateTime": hours_ago(5), "dosage": {"rateQuantity": {"value": 5}}}, (ago(5), ago(5), True)),
        ({"effectivePeriod": {"start": hours_ago(5), "end": hours_ago(2)}}, (ago(5), ago(2), True)),
        ({"effectivePeriod": {"start": hours_ago(5)}}, (ago(5), NOW, True)),
        ({"effectiveDateTime": "2026-03-08"}, (TODAY, NOW, False)),
        ({"status": "unknown"}, (None, None, True)),
    ],
)
def test_a_drug_without_a_known_code_has_its_times(more: dict[str, Any], limits: tuple[Any, ...]) -> None:
    (one,) = read(timed("X-1", **more, medicationCodeableConcept=concept("X-1", "urn:oid:1.2.3"))).unknown_drugs

    assert limits == tuple(one)


@pytest.mark.parametrize("system", [RXNORM, "urn:oid:2.16.840.1.113883.6.88", "http://www.whocc.no/atc"])
def test_a_drug_of_a_known_system_is_another_drug(system: str) -> None:
    facts = read(timed("X-1", hours_ago(5), medicationCodeableConcept=concept("X-1", system)))

    assert ((), set()) == (facts.unknown_drugs, gaps(facts))


def test_a_mixture_is_known_by_one_code_of_its_ingredients() -> None:
    parts = [{"itemCodeableConcept": concept("9863", RXNORM)}, {"itemCodeableConcept": {"text": "water"}}]
    contained = [{"resourceType": "Medication", "id": "m", "code": concept("MIX", "urn:x"), "ingredient": parts}]
    reference = {"medicationCodeableConcept": None, "medicationReference": {"reference": "#m"}}

    assert () == read(timed("x", hours_ago(5), contained=contained, **reference)).unknown_drugs
