"""Properties that hold for every patient, not only for those in the cases."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cds_service.clinical.advice.profile import SEVERE_HYPONATRAEMIA
from cds_service.clinical.advice.seizure_risk import SeizureRisk
from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.assess import Answer, assess
from cds_service.clinical.facts.occasion import Occasion
from cds_service.clinical.facts.patient import Diagnosis, Record, in_order
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.status.urgency import Reason, Row
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.vocabulary import Action
from cds_service.knowledge import Knowledge
from cds_service.rendering.card import Presentation
from cds_service.rendering.cards import cards_of
from cds_service.rendering.wire.evaluation import answer_json
from tests.builders import CHART_OPENED, LOINC, bundle, observation, prefetch, quantity
from tests.generative.strategies import BIRTHS, MOMENTS, occasions, records, scenarios
from tests.hooks.client import Client, evaluation
from tests.proof.scenarios import NOW, Scenario, facts_of

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "evaluation.schema.json").read_text())
# From better to worse, one step at a time. AVPU's C is left out: new confusion is not lower arousal.
CHAINS: dict[str, list[Any]] = {
    "ice-total": list(range(10, -1, -1)),
    "capd-total": list(range(33)),
    "consciousness": ["alert", "awakens-spontaneously", "awakens-to-voice", "awakens-to-touch", "unarousable"],
    "rass": [0, -1, -2, -3, -4, -5],
    "avpu": ["A", "V", "P", "U"],
    "gcs-eye": [4, 3, 2, 1],
    "gcs-verbal": [5, 4, 3, 2, 1],
    "gcs-motor": [6, 5, 4, 3, 2, 1],
    "gcs-total": list(range(15, 2, -1)),
    "motor-finding": ["none", "hemiparesis"],
    "raised-icp-sign": ["none", "papilloedema"],
    "neuroimaging": ["normal", "focal-oedema", "oedema-unspecified", "diffuse-oedema"],
}
EVENTS = st.sampled_from(["seizure", "motor-finding", "raised-icp-sign", "neuro-symptom"])
CONSCIOUSNESS = {
    "consciousness",
    "avpu",
    "rass",
    "gcs-total",
    "gcs-eye",
    "gcs-verbal",
    "gcs-motor",
    "ice-not-performed",
    "capd-not-performed",
}


def shown(knowledge: Knowledge) -> Presentation:
    """The cards in English."""
    return Presentation(knowledge.wording, knowledge.leaflets["en"])


def written(answer: Answer, knowledge: Knowledge) -> dict[str, Any]:
    """The evaluation as it is sent with the cards."""
    presentation = shown(knowledge)
    return answer_json(answer, cards_of(answer, presentation), presentation, knowledge.fingerprint, {})


@pytest.fixture(scope="module")
def graded(knowledge: Knowledge):
    def grade(scenario: Scenario) -> Evaluation:
        return assess(facts_of(scenario), CHART_OPENED, NOW, knowledge.protocol).evaluation

    return grade


@pytest.fixture(scope="module")
def answered(knowledge: Knowledge):
    def answer(scenario: Scenario, occasion: Occasion = CHART_OPENED) -> Answer:
        return assess(facts_of(scenario), occasion, NOW, knowledge.protocol)

    return answer


def everything(evaluated: Evaluation) -> Range:
    """The range of grades if no finding is attributed to another cause."""
    return evaluated.icans.all


def worse_step(record: dict[str, Any]) -> dict[str, Any] | None:
    """The record one step worse, if there is a worse step."""
    if record["code"] == "seizure" and record["value"] != "none":
        if record["minutes"] is not None and record["minutes"] <= 5:
            return record | {"minutes": 6.0}
        return record | {"returned": False} if record["returned"] else None
    chain = CHAINS.get(record["code"], [])
    if record["value"] not in chain[:-1]:
        return None
    return record | {"value": chain[chain.index(record["value"]) + 1]}


@given(scenarios(), st.data())
@pytest.mark.rule("D1")
@pytest.mark.rule("D4")
@pytest.mark.rule("D5")
@pytest.mark.rule("D6")
def test_making_a_recorded_finding_worse_never_lowers_the_grade(
    graded, scenario: Scenario, data: st.DataObject
) -> None:
    steps = [(index, worse_step(record)) for index, record in enumerate(scenario["records"])]
    steps = [(index, step) for index, step in steps if step]
    assume(steps)
    before = graded(scenario)
    start = before.therapy.start if before.therapy else None
    index, step = data.draw(st.sampled_from(steps))
    assume(start is None or step["time"] >= start)

    after = graded(scenario | {"records": [*scenario["records"][:index], step, *scenario["records"][index + 1 :]]})

    assert everything(after).lo >= everything(before).lo
    assert everything(after).hi >= everything(before).hi


@given(scenarios(), records(EVENTS))
@pytest.mark.rule("D2")
@pytest.mark.rule("D5")
@pytest.mark.rule("D6")
def test_adding_a_finding_never_lowers_the_floor(graded, scenario: Scenario, record: dict[str, Any]) -> None:
    assume(record["value"] not in ("none", "normal"))

    after = graded(scenario | {"records": [*scenario["records"], record]})

    assert everything(after).lo >= everything(graded(scenario)).lo


@given(scenarios(), st.data())
@pytest.mark.rule("D1")
@pytest.mark.rule("D4")
def test_adding_a_second_value_of_the_same_time_never_lowers_the_floor(
    graded, scenario: Scenario, data: st.DataObject
) -> None:
    scored = [record for record in scenario["records"] if record["code"] in ("ice-total", "consciousness")]
    assume(scored)
    twin = data.draw(st.sampled_from(scored))
    other = twin | {"value": data.draw(st.sampled_from(CHAINS[twin["code"]]))}

    after = graded(scenario | {"records": [*scenario["records"], other]})

    assert everything(after).lo >= everything(graded(scenario)).lo


@given(scenarios(), BIRTHS, st.booleans())
@pytest.mark.rule("D1")
@pytest.mark.rule("D4")
def test_removing_scores_or_readings_only_widens(graded, scenario: Scenario, birth: date, scores: bool) -> None:
    scenario["birth"] = (birth, birth)
    before = graded(scenario)
    removed = {"ice-total", "ice-naming", "ice-writing", "ice-attention", "ice-orientation-year"}
    if before.instrument == "capd":
        removed = {"capd-total"}
    removed = removed if scores else CONSCIOUSNESS

    after = graded(scenario | {"records": [record for record in scenario["records"] if record["code"] not in removed]})

    assert everything(after).lo <= everything(before).lo
    assert everything(after).hi >= everything(before).hi


@given(scenarios(), st.randoms())
def test_the_order_of_entries_never_matters(answered, knowledge: Knowledge, scenario: Scenario, random) -> None:
    shuffled = copy.copy(scenario)
    for key in ("records", "drugs", "doses"):
        shuffled[key] = random.sample(scenario[key], len(scenario[key]))

    def told(one: Scenario) -> dict[str, Any]:
        return written(answered(one), knowledge)

    assert told(scenario) == told(shuffled)


@given(scenarios())
def test_any_patient_gives_an_evaluation_that_matches_the_schema(
    answered, knowledge: Knowledge, scenario: Scenario
) -> None:
    jsonschema.validate(written(answered(scenario), knowledge), SCHEMA)


def asked_by(reason: Reason) -> set[str]:
    """The indicators that table U allows for a reason on a status card."""
    match reason.row:
        case Row.GLASGOW | Row.Q1 | Row.Q2 | Row.Q3 | Row.Q4 | Row.Q5:
            return {"critical"}
        case Row.EXACT_1:
            return {"info", "warning"}
        case Row.CANNOT_GRADE:
            return {"info"}
        case Row.NEEDS_ATTRIBUTION:  # at any grade with a haemorrhage
            return {"critical", _of_grade(reason)}
        case _ if reason.value.isdigit() and reason.row is not Row.OVERDUE:
            return {_of_grade(reason)}
    return {"warning"}


def _of_grade(reason: Reason) -> str:
    grade = int(reason.value)
    return "critical" if grade > 2 else "warning" if grade else "info"


@given(scenarios())
@pytest.mark.rule("U")
def test_every_urgency_has_reasons_that_justify_it(answered, knowledge: Knowledge, scenario: Scenario) -> None:
    answer = answered(scenario)
    told, urgency = written(answer, knowledge), answer.evaluation.urgency

    assert all(urgency.indicator.value in asked_by(reason) for reason in urgency.reasons)
    assert answer.evaluation.attention.has_card == ("urgency" in told)
    assert all(card.urgency.reasons for card in cards_of(answer, shown(knowledge)))


@given(scenarios(), occasions())
def test_any_order_and_any_stay_give_valid_alerts(
    answered, knowledge: Knowledge, scenario: Scenario, occasion: Occasion
) -> None:
    answer = answered(scenario, occasion)
    cards = cards_of(answer, shown(knowledge))

    jsonschema.validate(written(answer, knowledge), SCHEMA)
    assert len(answer.alerts) + bool(answer.unjudged) == len(cards)
    for card in cards:
        assert 0 < len(card.summary) < 140
        assert card.topic in knowledge.codes
        assert all(suggestion.label for suggestion in card.suggestions)
        assert "None" not in card.summary + card.detail


@given(scenarios())
def test_any_patient_gives_valid_cards(answered, knowledge: Knowledge, scenario: Scenario) -> None:
    cards = cards_of(answered(scenario), shown(knowledge))

    assert len(cards) <= 2
    for card in cards:
        assert 0 < len(card.summary) < 140
        assert "None" not in card.summary + card.detail
        assert "$" not in card.summary + card.detail
        assert len({card.topic for card in cards}) == len(cards)


BESIDE = ("ferritin", "lactate-dehydrogenase", "platelets", "creatinine", "fibrinogen", "glucose", "sodium", "ammonia")
RISK_VALUES = st.lists(st.tuples(st.sampled_from(BESIDE), MOMENTS, st.floats(0.1, 50_000)), max_size=6)
HISTORY = st.lists(st.tuples(st.sampled_from(["neurological-disorder", "stroke", "cns-malignancy", "sepsis"]), MOMENTS))


@given(scenarios(), RISK_VALUES, HISTORY, st.sampled_from([None, "male", "female"]))
@pytest.mark.rule("R7")
@pytest.mark.rule("L1")
@pytest.mark.rule("L2")
def test_risk_and_look_alikes_never_change_or_hide_a_grade(
    knowledge: Knowledge, scenario: Scenario, values: list[Any], history: list[Any], sex: str | None
) -> None:
    facts = facts_of(scenario)
    more = {code: tuple(Record(time, code, value) for name, time, value in values if name == code) for code in BESIDE}
    risky = replace(
        facts,
        sex=sex,
        records={**facts.records, **{code: in_order(found) for code, found in more.items()}},
        diagnoses=tuple(Diagnosis(concept, time) for concept, time in history),
    )

    plain, other = (assess(one, CHART_OPENED, NOW, knowledge.protocol).evaluation for one in (facts, risky))

    assert plain.history == other.history
    for name in ("crs", "trend", "attention", "due", "overdue"):
        assert getattr(plain, name) == getattr(other, name)
    assert _whatever_the_risk(plain.advice) == _whatever_the_risk(other.advice)
    # A low glucose or sodium, or a work-up for IEC-HS, raises a card to a warning; nothing lowers its urgency.
    assert plain.urgency.indicator <= other.urgency.indicator
    if not {Row.Q6, Row.IEC_HS} & {reason.row for reason in other.urgency.reasons}:
        assert plain.urgency == other.urgency


def _whatever_the_risk(advice: tuple[Advice, ...]) -> list[Advice]:
    """Without the puncture (platelets, P3), seizure prophylaxis (history, P5), and what a sodium below 125 needs."""
    by_record = {SEVERE_HYPONATRAEMIA, *SeizureRisk}
    return [one for one in advice if one.row.action is not Action.LUMBAR_PUNCTURE and one.row.only not in by_record]


@given(scenarios(), MOMENTS)
@pytest.mark.rule("G2")
def test_the_grade_never_depends_on_the_future(knowledge: Knowledge, scenario: Scenario, moment) -> None:
    """A record a few minutes ahead counts as the present, because clocks differ (rule T1)."""
    scenario["deceased"] = False
    past, latest = copy.copy(scenario), moment + knowledge.protocol.rules.decisions.time.clock_tolerance
    for key, time in (("records", "time"), ("drugs", "start"), ("doses", "time")):
        past[key] = [one for one in scenario[key] if one[time] <= latest]

    now = assess(facts_of(scenario), CHART_OPENED, moment, knowledge.protocol).evaluation
    then = assess(facts_of(past), CHART_OPENED, moment, knowledge.protocol).evaluation

    assert (now.icans.all, now.icans.left, now.crs.range) == (then.icans.all, then.icans.left, then.crs.range)


@given(st.floats(0, 100, allow_nan=False).map(lambda value: round(value, 1)))
def test_mg_per_dl_and_mg_per_l_give_one_answer(client: Client, value: float) -> None:
    litre = observation("1988-5", system=LOINC, id="crp", valueQuantity=quantity(round(value * 10, 1), "mg/L"))
    decilitre = observation("1988-5", system=LOINC, id="crp", valueQuantity=quantity(value, "mg/dL"))

    answers = [evaluation(client.call(prefetch(labs=bundle(one)))) for one in (litre, decilitre)]

    assert answers[0] == answers[1]
