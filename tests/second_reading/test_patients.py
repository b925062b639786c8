"""The second reading of patients shown to a panel: asks, urgency, due times, amounts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.second_reading.reading import grade

NOW = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
ADULT = (date(1962, 5, 1),) * 2
Scenario = dict[str, Any]


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def seen(code: str, value: Any, hours: float, **said: Any) -> Scenario:
    return {"code": code, "value": value, "time": ago(hours), **said}


def given(drug: str, hours: float, mg: float | None = None) -> Scenario:
    return {"drug": drug, "start": ago(hours), "end": ago(hours), "infusion": False, "mg": mg}


def drip(drug: str, hours: float, until: float | None = None) -> Scenario:
    return {"drug": drug, "start": ago(hours), "end": None if until is None else ago(until), "infusion": True}


def read(*records: Scenario, drugs: tuple[Scenario, ...] = (), **more: Any) -> dict[str, Any]:
    days, product = more.pop("day", 5), more.pop("product", "axicabtagene-ciloleucel")
    kind = more.pop("kind", "CAR-T")
    doses = [{"time": ago(24 * days), "class": kind, "product": product, "date_only": False}]
    patient = {"now": NOW, "zone": UTC, "birth": ADULT, "doses": doses, "records": records, "drugs": drugs}
    return grade(patient | more, history=True)


def rule(answer: dict[str, Any]) -> str:
    return str(answer["ask"]["rule"])


ALERT = seen("consciousness", "alert", 1)
NORMAL = seen("body-temperature", 36.8, 2)


@pytest.mark.rule("D4")
def test_without_a_common_language_a_verbal_response_is_not_used() -> None:
    records = (
        *(seen("gcs-eye", 4, 1), seen("gcs-verbal", 4, 1), seen("gcs-motor", 6, 1)),
        *(ALERT, seen("ice-total", 10, 14), seen("ice-not-performed", "language", 1)),
    )
    answer = read(*records)

    assert ("cannot-grade", "info", "Q11") == (answer["icans"]["certainty"], answer["urgency"], rule(answer))
    assert [0, 4] == answer["icans"]["domains"]["consciousness"]


@pytest.mark.rule("Q2")
def test_a_seizure_without_return_comes_before_everything_less_lethal() -> None:
    seizure = seen("seizure", "clinical-generalised", 2, minutes=3, returned=False)
    answer = read(seizure, seen("consciousness", "awakens-to-touch", 1.5), seen("body-temperature", 38.2, 1))

    assert ("Q2", "critical") == (rule(answer), answer["urgency"])
    assert "Q8" in answer["asks"]


@pytest.mark.rule("N")
@pytest.mark.parametrize(("day", "sign", "expected"), [
    (62, "parkinsonism", "Q13"), (22, "facial-palsy", "Q13"), (62, "dysgraphia", None), (9, "facial-palsy", None),
])  # fmt: skip
def test_delayed_signs_after_bcma_cells_get_a_card(day: int, sign: str, expected: str | None) -> None:
    answer = read(seen("neuro-symptom", sign, 2), ALERT, day=day, product="ciltacabtagene-autoleucel")

    assert expected is None or ("warning", expected) == (answer["urgency"], rule(answer))
    assert (expected == "Q13") == ("Q13" in answer.get("asks", []))


@pytest.mark.rule("D1")
def test_the_worse_of_two_scores_five_minutes_apart_counts() -> None:
    answer = read(seen("ice-total", 6, 1), seen("ice-total", 9, 1 - 5 / 60), ALERT, NORMAL)

    assert 2 == answer["icans"]["grade"]
    assert [6, 9] == [value for _, _, value in answer["differing_scores"]]
    assert "new" == answer["trend"]


@pytest.mark.rule("D2")
@pytest.mark.parametrize(("minutes", "hi"), [(0, 3), (30, 3), (31, 0)])
def test_a_symptom_in_the_half_hour_before_an_ice_of_10_contradicts_it(minutes: float, hi: int) -> None:
    answer = read(seen("ice-total", 10, 1), seen("neuro-symptom", "dysgraphia", 1 + minutes / 60), ALERT)

    assert hi == answer["icans"]["hi"]
    assert hi == 0 or {"at": NOW, "kind": "ice", "now": True} == answer["due"]


@pytest.mark.rule("A7")
def test_a_score_as_before_treatment_is_not_a_new_grade() -> None:
    baseline = (seen("ice-total", 6, 24 * 9), seen("ice-total", 6, 24 * 12))
    answer = read(*baseline, seen("ice-total", 6, 1), ALERT, NORMAL, kind="T-cell engager", product="epcoritamab")

    assert ("needs-attribution", 2, "info") == (
        answer["icans"]["certainty"],
        answer["icans"]["if_attributable"],
        answer["urgency"],
    )
    assert ["Q22"] == answer["asks"]
    assert 0 == answer["peak"] == answer["last_known_grade"]


@pytest.mark.rule("A7")
@pytest.mark.parametrize(("scores", "certainty", "hi"), [
    ((2,), "cannot-grade", 3), ((3,), "exact", 2), ((4, 2), "exact", 3), ((1, 0), "cannot-grade", 3),
])  # fmt: skip
def test_an_ice_of_0_to_2_before_treatment_cannot_be_used(scores: tuple[int, ...], certainty: str, hi: int) -> None:
    since = [seen("ice-total", points, 5 - 3 * n) for n, points in enumerate(scores)]
    answer = read(seen("ice-total", 2, 24 * 9), *since, ALERT)

    assert (certainty, hi) == (answer["icans"]["certainty"], answer["icans"]["hi"])
    if certainty == "cannot-grade":
        assert "neurological-check" == answer["due"]["kind"]


@pytest.mark.rule("E0")
def test_icans_that_arises_on_a_corticosteroid_is_reviewed_at_once() -> None:
    def read_on(mg: float) -> dict[str, Any]:
        drugs = tuple(given("dexamethasone", hours, mg) for hours in (30, 24, 18, 12, 6))
        return read(*records, drugs=drugs)

    records = (seen("ice-total", 10, 20), seen("ice-total", 6, 1), ALERT, seen("consciousness", "alert", 20), NORMAL)
    answer = read_on(10)

    assert (40.0, False) == answer["arose_on"] == answer["steroid_24h"]
    assert (True, "Q9") == (answer["escalate"], rule(answer))
    assert read_on(5)["escalate"]
    assert not read_on(4.9)["escalate"]


@pytest.mark.rule("E2")
@pytest.mark.parametrize(("hours", "escalate"), [(5.9, False), (6.0, True)])
def test_an_escalation_is_given_six_hours(hours: float, escalate: bool) -> None:
    worse = [seen("ice-total", 5, 40 - 8 * n) for n in range(5)] + [seen("ice-total", 5, 0.5)]
    awake = [seen("consciousness", "alert", 40 - 8 * n) for n in range(5)]
    drugs = (given("dexamethasone", 39, 10), given("dexamethasone", 15, 10), given("methylprednisolone", hours, 1000))
    answer = read(*worse, *awake, drugs=drugs)

    assert escalate == answer["escalate"]
    assert escalate == ("reassess_by" not in answer)


@pytest.mark.rule("Q8")
def test_a_grade_4_under_propofol_stays_critical() -> None:
    records = (seen("consciousness", "unarousable", 10), seen("oxygen-device", "mechanical-ventilation", 9))
    answer = read(*records, drugs=(drip("propofol", 9), given("methylprednisolone", 8, 1000)), day=8)

    assert ("critical", "Q8", ["U:last-known"]) == (answer["urgency"], rule(answer), answer["reasons"])
    assert "neurological-check" == answer["due"]["kind"]


@pytest.mark.rule("Q3")
def test_a_sudden_hemiparesis_is_a_stroke_until_imaging() -> None:
    records = (seen("motor-finding", "hemiparesis", 40 / 60), seen("ice-total", 9, 1), ALERT)
    answer = read(*records, seen("body-temperature", 38.3, 1))
    imaged = read(*records, seen("neuroimaging", "other", 0.5))

    assert ("Q3", "critical") == (rule(answer), answer["urgency"])
    assert all("Q3" in answer["not_drafted"][what] for what in ("corticosteroid", "tocilizumab", "lumbar-puncture"))
    assert "Q8" == rule(imaged)
    assert "corticosteroid" not in imaged["not_drafted"]


@pytest.mark.rule("Q3")
@pytest.mark.parametrize(("hours", "rules"), [(24, {"Q3", "Q8"}), (24.1, {"Q8"})])
def test_the_ban_on_drafts_outlasts_the_ask(hours: float, rules: set[str]) -> None:
    answer = read(seen("motor-finding", "hemiparesis", hours), seen("ice-total", 10, 1), ALERT)

    assert rules == {"Q3", "Q8"} & set(answer["asks"])
    assert "Q3" in answer["not_drafted"]["corticosteroid"]


@pytest.mark.rule("T8")
def test_an_unreadable_sedative_is_named_and_the_grade_stands() -> None:
    unread = ({"drug": "propofol", "from": ago(3), "until": None},)
    answer = read(seen("consciousness", "unarousable", 1), seen("ice-total", 0, 2), unread_drugs=unread)

    assert ("exact", 4) == (answer["icans"]["certainty"], answer["icans"]["grade"])
    assert {"sedation": ["propofol"]} == answer["not_looked_up"]


@pytest.mark.rule("T8")
@pytest.mark.parametrize(("drug", "gate", "hi"), [("norepinephrine", "open", 4), ("paracetamol", "unknown", 1)])
def test_an_unreadable_crs_drug_widens_the_range(drug: str, gate: str, hi: int) -> None:
    hot = seen("body-temperature", 39.0, 2 if gate == "open" else 40)
    breathing = (seen("oxygen-device", "room-air", 1), seen("oxygen-saturation", 97, 1))
    records = (hot, seen("body-temperature", 36.9, 1), seen("systolic-pressure", 120, 1), *breathing)
    answer = read(*records, unread_drugs=({"drug": drug, "from": None, "until": None},))

    assert (gate, hi) == (answer["crs"]["gate"], answer["crs"]["hi"])
    assert "closed" == read(hot | {"time": ago(40)}, *records[1:])["crs"]["gate"]


@pytest.mark.rule("T8")
def test_an_unreadable_therapy_is_asked_for() -> None:
    unread = {"class": "CAR-T", "product": "axicabtagene-ciloleucel", "from": None, "until": None}
    answer = read(ALERT, doses=[], unread_therapy=[unread])
    explained = read(ALERT, unread_therapy=[unread])

    assert ("always", "warning", ["T8"]) == (answer["attention"], answer["urgency"], answer["reasons"])
    assert "Q16" in answer["asks"]
    assert "Q16" not in explained["asks"]


@pytest.mark.rule("C7")
@pytest.mark.parametrize(("temperature", "what"), [((), "take-temperature"), ((NORMAL,), "look-for-cause")])
def test_a_low_pressure_without_fever_is_reported(temperature: tuple[Scenario, ...], what: str) -> None:
    answer = read(seen("systolic-pressure", 72, 1), seen("ice-total", 10, 1), ALERT, *temperature)

    assert (what, "warning", "Q15") == (answer["low_pressure"], answer["urgency"], rule(answer))


@pytest.mark.rule("C6")
def test_crs_has_its_own_advice() -> None:
    records = (seen("ice-total", 8, 1), ALERT, seen("body-temperature", 39, 1))
    answer = read(*records, drugs=(drip("norepinephrine", 3),))

    assert ("Q7", "critical") == (rule(answer), answer["urgency"])
    assert "dexamethasone 10 mg every 6 h" == answer["crs_advice"]["corticosteroid"]
    child = read(*records, drugs=(drip("norepinephrine", 3),), birth=(date(2012, 5, 1),) * 2)
    assert "" == child["crs_advice"]["corticosteroid"]
    assert "" == child["crs_advice"]["tocilizumab"]
    weighed = read(
        *records, seen("body-weight", 29.9, 24), drugs=(drip("norepinephrine", 3),), birth=(date(2012, 5, 1),) * 2
    )
    assert weighed["crs_advice"]["tocilizumab"].startswith("12 mg/kg")


@pytest.mark.rule("U")
@pytest.mark.parametrize(("scores", "indicator"), [
    (((26, 9), (1, 8)), "info"),  # always grade 1, without a rise in 24 h
    (((20, 10), (1, 8)), "warning"),
    (((10, 5), (1, 8)), "info"),  # improving
    (((30, 5), (25, 8), (1, 8)), "warning"),  # above grade 1 earlier in this course, and no longer improving
])  # fmt: skip
def test_a_grade_1_that_did_not_rise_or_improves_is_no_warning(
    scores: tuple[tuple[int, int], ...], indicator: str
) -> None:
    records = [seen("ice-total", points, hours) for hours, points in scores]
    awake = [seen("consciousness", "alert", hours) for hours, _ in scores]
    answer = read(*records, *awake, NORMAL, day=4)

    assert (1, indicator) == (answer["icans"]["grade"], answer["urgency"])


@pytest.mark.rule("G3")
def test_a_lower_floor_with_the_same_ceiling_is_no_improvement() -> None:
    before = (seen("ice-total", 5, 5), seen("consciousness", "alert", 5))
    doubted = read(*before, seen("ice-total", 8, 1), ALERT, seen("neuro-symptom", "confusion", 0.5))
    surely = read(*before, seen("ice-total", 8, 1), ALERT)

    assert "trend" not in doubted
    assert "improving" == surely["trend"]


@pytest.mark.rule("Q4")
def test_a_haemorrhage_is_critical_and_nothing_is_drafted() -> None:
    bleed = (seen("neuroimaging", "intracranial-haemorrhage", 13), seen("platelets", 8, 5), seen("ice-total", 5, 1))
    answer = read(*bleed, ALERT)

    assert ("Q4", "critical", False) == (rule(answer), answer["urgency"], "ct_first" in answer)
    assert "Q4" in answer["not_drafted"]["corticosteroid"]


@pytest.mark.rule("P3")
@pytest.mark.parametrize(("imaged", "expected"), [(24, False), (24.1, True)])
def test_with_few_platelets_a_ct_comes_first_where_nothing_was_imaged(imaged: float, expected: bool) -> None:
    records = (seen("platelets", 8, 5), seen("ice-total", 5, 1), seen("neuroimaging", "normal", imaged))

    assert expected == ("ct_first" in read(*records, ALERT))


@pytest.mark.rule("D7")
def test_a_seizure_that_no_longer_counts_is_reported_with_its_time() -> None:
    answer = read(seen("seizure", "clinical-focal", 30, minutes=2, returned=True), seen("ice-total", 10, 1), ALERT)

    assert {"seizure": ago(30)} == answer["no_longer_counted"]
    assert NOW + timedelta(hours=3) == answer["due"]["at"]  # at most 4 h within 72 h of a seizure


@pytest.mark.rule("U1")
@pytest.mark.parametrize(("day", "attention"), [(50, "later"), (90, "later"), (91, "silent")])
def test_late_confusion_without_a_score_gets_a_card(day: int, attention: str) -> None:
    assert attention == read(seen("neuro-symptom", "confusion", 2), day=day)["attention"]


def test_grade_1_after_an_engager_delays_the_next_dose() -> None:
    answer = read(seen("ice-total", 8, 1), ALERT, kind="T-cell engager", product="tarlatamab", day=2, ambulatory=True)

    assert "Q19" == rule(answer)
