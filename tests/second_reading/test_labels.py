"""The label tables match what a second reader typed: drug, dose, route, frequency, grade, CRS and condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from cds_service.clinical.tables.advice import Management, Regimen, Row
from cds_service.clinical.tables.labels import Monitoring, ProductLabel
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import load_labels
from tests.second_reading import label_cells as cells

Fact = tuple[str, int, str, str, str]

ACTIONS = {
    "corticosteroid": "", "supportive-care": "support", "aspiration-precautions": "aspiration", "icu": "ICU",
    "neuroimaging": "imaging", "refractory-options": "", "oedema-options": "", "gm-csf": "GM-CSF",
    "withhold-next-dose": "withhold", "resume-next-dose": "resume", "stop-therapy": "stop",
    "continue-therapy": "continue",
}  # fmt: skip
DRUGS = {
    "dexamethasone": "dex", "methylprednisolone": "MP", "hyperosmolar-therapy": "hyperosmolar", "blinatumomab": "",
    "antithymocyte-globulin": "ATG",
}  # fmt: skip
THEN = {
    "until-grade-1": "to-1-taper", "until-grade-1-quickly": "to-1-quick-taper", "to-grade-1": "to-1",
    "three-times-or-other-agent": "else-3/d-or-other", "more-often-or-other-agent": "else-2-3/d-or-other",
    "taper-within-7-days": "taper-7d", "if-worse": "if-worse", "": "",
}  # fmt: skip
WHEN = {
    "if-persisting": "persisting", "from-second-tocilizumab": "past first tocilizumab",
    "refractory-to-tocilizumab": "refractory to tocilizumab",
    "no-better-24-h-after-tocilizumab": "24 h after tocilizumab",
    "with-first-tocilizumab": "from first tocilizumab", "with-tocilizumab": "with tocilizumab",
    "non-sedating": "non-sedating", "every-2-3-days": "every 2-3 d", "no-better-24-h": "no better 24 h",
    "no-better-48-h": "no better 48 h", "another-24-h-or-rapid": "another 24 h or rapid", "no-response": "no response",
    "not-isolated-headache": "not headache alone", "as-needed": "as needed", "high-dose": "high dose",
    "alternatives-preferred": "alternatives preferred",
    # Already expressed by the hours or by `only`.
    "early-after-infusion": "", "late-after-infusion": "", "first-3-weeks": "", "": "",
}  # fmt: skip
ONLY = {
    "no-seizure": "no seizure", "oedema": "oedema", "one-dose-so-far": "one dose so far",
    "several-seizures": "several seizures", "no-improvement": "no better",
    # Already expressed by its condition.
    "after-tocilizumab": "", "": "",
}  # fmt: skip
OBSERVE = {
    "hospital": "hospital", "near-centre": "near", "near-centre-or-hospital": "near-or-hospital",
    "daily-or-hospital": "daily-or-hospital", "observation": "observation",
}  # fmt: skip


def typed(text: str) -> Iterator[Fact]:
    """The facts of the second reader, one for each grade."""
    for line in text.strip().splitlines():
        product, grades, crs, what, when = (cell.strip() for cell in line.split("|"))
        first, _, last = grades.partition("-")
        for grade in range(int(first), int(last or first) + 1):
            yield product, grade, crs, what, when


def tabled(table: Management) -> Iterator[Fact]:
    """The facts of a table in the same form."""
    for row in table.row:
        for product in row.products:
            yield from ((product, grade, row.crs, _what(row), _when(row)) for grade in row.icans)


def _what(row: Row) -> str:
    joint = " and " if row.action in ("oedema-options", "refractory-options") else " or "
    doses = joint.join(_regimen(one) for one in row.regimens)
    action = ACTIONS.get(row.action, row.action)
    if row.action == "corticosteroid" and not doses:
        action = "steroid"
    rule = _next(row.next_dose) if row.next_dose else ""
    if row.next_dose and row.next_dose.interrupt:
        action = {"withhold": "interrupt", "stop": "stop-infusion"}[action]
    strength = {"advised": "", "consider": "?", "avoid": "avoid "}[row.strength]
    return strength + _joined(action, rule, doses)


def _when(row: Row) -> str:
    below, since = row.hours_since_dose_below, row.hours_since_dose_from
    hours = f"below {below:g} h" if below else f"from {since:g} h" if since else ""
    told = [one for one in (ONLY[row.only], WHEN[row.condition or ""], hours) if one]
    if row.only == "no-improvement" and WHEN[row.condition or ""]:
        told.remove("no better")
    return ", ".join(told)


def _regimen(one: Regimen) -> str:
    bound = {"": "", "up-to": "<=", "at-least": ">="}[one.bound]
    amounts = {"": one.mg, "/kg": one.mg_per_kg, "/m2": (one.mg_per_m2,) if one.mg_per_m2 else ()}
    dose = [f"{bound}{_span(values)}{unit}" for unit, values in amounts.items() if values]
    route = "" if one.route in ("", "IV") else one.route
    assert bool(dose and one.drug in ("dexamethasone", "methylprednisolone")) <= (one.route == "IV")
    return _joined(DRUGS.get(one.drug, one.drug), *dose, route, *_frequency(one), *_later(one))


def _frequency(one: Regimen) -> Iterator[str]:
    yield f"q{_span(one.every_hours)}" if one.every_hours else ""
    yield f"{_span(one.per_day)}/d" if one.per_day else ""
    yield f"x{one.doses}" if one.doses else ""
    yield f"{_span(one.days)}d{'+' if one.or_longer else ''}" if one.days else ""
    yield f"{one.mcg_per_day:g}mcg/d" if one.mcg_per_day else ""


def _later(one: Regimen) -> Iterator[str]:
    if one.repeat_every_hours:
        repeat = {"always": "then-q{}", "worse": "again-q{}-if-worse"}[one.repeat_if]
        yield repeat.format(_span(one.repeat_every_hours))
    yield f"again-after-{one.repeat_after_days}d" if one.repeat_after_days else ""
    yield f"then-{one.then_mg_per_kg_per_day:g}/kg/d-in-{one.then_doses_per_day}" if one.then_mg_per_kg_per_day else ""
    yield f"then-{one.then_mcg_per_day:g}-after-{one.then_after_days}d" if one.then_mcg_per_day else ""
    yield THEN[one.then]
    yield f"with-{one.plus}-{one.plus_mg:g}" if one.plus else ""


def _next(rule: NextDose) -> str:
    return _joined(
        {"resolved": "until-resolved", "grade-1": "until-1", None: ""}[rule.until],
        f"for-{rule.for_hours:g}h" if rule.for_hours else "",
        f"for-{rule.for_days}d" if rule.for_days else "",
        f"up-to-day-{rule.up_to_day}" if rule.up_to_day else "",
        {"restart-low": "low", "reduced": "reduced", None: ""}[rule.resume],
        f"watch-{_span(rule.observe_hours)}-{OBSERVE[rule.observe]}" if rule.observe else "",
        "stop-if-again" if rule.stop_if_again else "",
        f"stop-after-{rule.stop_after_days}d" if rule.stop_after_days else "",
        f"stop-if-at-{rule.stop_if_at_mcg_per_day:g}" if rule.stop_if_at_mcg_per_day else "",
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _span(values: Iterable[float]) -> str:
    return "-".join(f"{value:g}" for value in values)


def european() -> list[Fact]:
    """The European facts: those of the US with the differences."""
    return sorted({*typed(cells.EU), *(fact for fact in typed(cells.US) if fact[0] in cells.EU_AS_US)})


@pytest.mark.parametrize(("region", "expected"), [("us", sorted(typed(cells.US))), ("eu", european())])
def test_every_row_of_a_label_matches_the_second_reader(region: str, expected: list[Fact]) -> None:
    given = sorted(tabled(load_labels(region)))

    assert ([], []) == (
        [fact for fact in given if fact not in expected],
        [fact for fact in expected if fact not in given],
    )
    assert expected == given


@pytest.mark.parametrize(
    "wrong",
    [
        {"mg": (100,)},
        {"drug": "methylprednisolone"},
        {"every_hours": (8,)},
        {"per_day": (1,)},
        {"days": (2,)},
        {"doses": 2},
        {"bound": "up-to"},
        {"then": "until-grade-1"},
    ],
)
def test_a_mistyped_dose_is_found(wrong: dict[str, Any]) -> None:
    table = load_labels("us")
    first = next(row for row in table.row if row.action == "corticosteroid")
    mistyped = replace(first, regimens=(replace(first.regimens[0], **wrong),))

    assert set(tabled(replace(table, row=(mistyped,)))) - set(typed(cells.US))


@pytest.mark.parametrize("wrong", [{"icans": (1, 2)}, {"crs": "with"}, {"strength": "consider"}, {"only": "oedema"}])
def test_a_mistyped_condition_is_found(wrong: dict[str, Any]) -> None:
    table = load_labels("us")
    first = next(row for row in table.row if row.action == "corticosteroid")

    assert set(tabled(replace(table, row=(replace(first, **wrong),)))) - set(typed(cells.US))


def test_a_dose_by_another_route_is_found() -> None:
    with pytest.raises(AssertionError):
        _regimen(Regimen("dexamethasone", mg=(10,), route="intrathecal"))


@pytest.mark.parametrize(("region", "text"), [("us", cells.US_LEAFLET), ("eu", cells.EU_LEAFLET)])
def test_scale_checks_and_driving_match_the_second_reader(region: str, text: str) -> None:
    expected = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]

    assert expected == [_leaflet(product, label) for product, label in load_labels(region).label.items()]


def _leaflet(product: str, label: ProductLabel) -> list[str]:
    watch = label.monitoring
    driving = f"no driving {watch.no_driving_days}" if watch.no_driving_days else watch.driving
    hours = f" {watch.driving_hours:g}" if watch.driving_hours else ""
    return [product, label.scale, _checks(watch), _near(watch), f"{driving}{hours}"]


def _checks(watch: Monitoring) -> str:
    if not watch.check:
        return ""
    days = f" {watch.then_days}" if watch.then_days else ""
    then = f", then {watch.then}{days}" if watch.then else ""
    return f"{watch.check} {watch.check_days}{then}{' after the first' if watch.from_first_dose else ''}"


def _near(watch: Monitoring) -> str:
    if not watch.near_days:
        return ""
    within = watch.near_within_hours
    return f"within {within:g} h of {watch.near_days}" if within else f"near {watch.near_days}"


def test_fludarabine_matches_the_second_reader(knowledge: Knowledge) -> None:
    rows = knowledge.protocol.rules.risk.fludarabine.label

    given = [
        f"{row.product} {row.indication or ''} {row.mg_per_m2:g} x {row.days} = {row.mg_per_m2 * row.days:g}"
        for row in rows
    ]
    expected = [line.replace("|", " ").split() for line in cells.FLUDARABINE.strip().splitlines()]
    assert expected == [one.split() for one in given]
