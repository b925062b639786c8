"""When two answers have the same basis: each part counts separately, and is written in one form."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from cds_service.clinical.assess import assess
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.course.doubt import Doubt, Sign, SignKind
from cds_service.clinical.drafts.discharge import Discharge, Period
from cds_service.clinical.facts.orders import DRAFT, Order
from cds_service.clinical.facts.patient import PatientFacts, Record
from cds_service.clinical.grading.attribution import Cause, CauseKind
from cds_service.clinical.grading.domain import Concern, Icans
from cds_service.clinical.grading.history import History
from cds_service.clinical.order_checks.alert import Alert, DrugNames, Figure, basis_of_orders
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.basis import basis_of, canonical
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.labels import Monitoring
from cds_service.clinical.treatment.escalation import EscalationState, Review, Why
from cds_service.knowledge import Knowledge, load_knowledge
from tests.builders import CHART_OPENED, NOW, alert, axi_cel, coded, ice
from tests.documents import read
from tests.parts import ROOT
from tests.unit.mapping import mapped

RECORDS = (ice(5, id="score"), alert(), axi_cel(), coded("neuro-symptom", "headache", 2))
FAILED = frozenset({"therapy", "observations", "patient", "drugs"})
PROMPTED = EscalationState(Review(Why.WORSE, 1, NOW), None, None)
CHARTED = ChartedGrade(2, NOW, differs=True, is_recent=True)


def evaluated(knowledge: Knowledge, *more: dict, as_of=NOW) -> Evaluation:
    return evaluation_of(mapped(*RECORDS, *more, as_of=as_of), knowledge, as_of)


def evaluation_of(facts: PatientFacts, knowledge: Knowledge, as_of: datetime = NOW) -> Evaluation:
    return assess(facts, CHART_OPENED, as_of, knowledge.protocol).evaluation


@pytest.fixture
def evaluation(knowledge: Knowledge) -> Evaluation:
    return evaluated(knowledge)


def test_the_passing_of_time_alone_is_no_news(knowledge: Knowledge) -> None:
    assert basis_of(evaluated(knowledge)) == basis_of(evaluated(knowledge, as_of=NOW + timedelta(hours=3)))


def test_a_score_that_grows_too_old_is(knowledge: Knowledge) -> None:
    later = NOW + timedelta(hours=11)
    assert basis_of(evaluated(knowledge)) == basis_of(evaluated(knowledge, as_of=later - timedelta(hours=1)))
    assert basis_of(evaluated(knowledge)) != basis_of(evaluated(knowledge, as_of=later + timedelta(seconds=1)))


def test_the_order_of_records_is_none(knowledge: Knowledge) -> None:
    forth, back = mapped(*RECORDS), mapped(*reversed(RECORDS))
    assert basis_of(evaluation_of(forth, knowledge)) == basis_of(evaluation_of(back, knowledge))


# Everything that can change each member of the basis (docs/contract.md 4).
CHANGES = [
    ("icans", lambda e: {"history": now(e.icans._replace(all=Range(2, 3)))}),
    ("icans", lambda e: {"history": now(e.icans._replace(left=Range(0, 2)))}),
    ("domains", lambda e: {"history": now(scored(e, source="Observation/x"))}),
    ("domains", lambda e: {"history": now(scored(e, value="x"))}),
    ("domains", lambda e: {"history": now(scored(e, time=NOW))}),
    ("domains", lambda e: {"history": now(scored(e, range=Range(2, 3)))}),
    ("domains", lambda e: {"history": now(scored(e, explained_by=(Cause(CauseKind.LISTED, "sepsis"),)))}),
    ("domains", lambda e: {"history": now(scored(e, concern=Concern.STALE))}),
    ("domains", lambda e: {"history": now(scored(e, doubt=Doubt(NOW, Sign(SignKind.SYMPTOM, "confusion"), "")))}),
    ("domains", lambda e: {"history": now(scored(e, refusal="language"))}),
    (
        "doubts",
        lambda e: {
            "signs": e.signs._replace(doubts=(Doubt(NOW, Sign(SignKind.SYMPTOM, "headache"), "Observation/x"),))
        },
    ),
    ("symptoms", lambda e: {"signs": e.signs._replace(symptoms=())}),
    ("symptoms", lambda e: {"signs": e.signs._replace(symptoms=(Record(NOW, "headache", "Observation/x"),))}),
    ("crs", lambda e: {"crs": e.crs._replace(range=Range(2, 3))}),
    ("crs", lambda e: {"crs": e.crs._replace(range=Range(e.crs.range.lo, e.crs.range.hi - 1))}),
    ("crs", lambda e: {"crs": e.crs._replace(gate="closed")}),
    ("crs", lambda e: {"crs": e.crs._replace(basis=e.crs.basis[1:])}),
    ("charted", lambda e: {"charted_icans": CHARTED}),
    ("charted", lambda e: {"charted_crs": CHARTED}),
    ("therapy", lambda e: {"therapy": None}),
    ("therapy", lambda e: {"therapy": e.therapy._replace(last=e.therapy.last._replace(time=NOW))}),
    ("attention", lambda e: {"attention": Attention.LATER}),
    ("attention", lambda e: {"overdue": True}),
    ("failed", lambda e: {"received": e.received._replace(failed=frozenset({"therapy"}))}),
    ("advice", lambda e: {"recommendations": (*e.recommendations, "icu")}),
    ("advice", lambda e: {"treatment": e.treatment._replace(escalation=PROMPTED)}),
    ("advice", lambda e: {"treatment": e.treatment._replace(taper=True)}),
]


def now(icans: Icans) -> History:
    return History((icans,), None)


def scored(evaluation: Evaluation, **change: object) -> Icans:
    """The same grade with another record of the score."""
    score, *others = evaluation.icans.domains
    return evaluation.icans._replace(domains=(score._replace(**change), *others))


@pytest.mark.parametrize(("member", "change"), CHANGES)
def test_each_part_is_a_member_of_its_own(evaluation: Evaluation, member: str, change) -> None:
    before, after = (json.loads(basis_of(one)) for one in (evaluation, replace(evaluation, **change(evaluation))))

    assert [member] == [name for name in before if before[name] != after[name]]


def test_every_member_is_changed_by_something_and_is_in_the_contract(evaluation: Evaluation) -> None:
    members = set(json.loads(basis_of(evaluation)))

    assert members == {member for member, _ in CHANGES}
    assert members <= set(re.findall(r"^\| `(\w+)` \|", read(ROOT / "docs" / "contract.md"), re.MULTILINE))


def test_a_charted_grade_counts_with_its_time(evaluation: Evaluation) -> None:
    one = replace(evaluation, charted_icans=CHARTED)
    later = replace(evaluation, charted_icans=CHARTED._replace(time=NOW + timedelta(minutes=1)))
    assert basis_of(one) != basis_of(later)


def test_the_basis_is_written_in_one_form(evaluation: Evaluation) -> None:
    """A change here shows every card once more with full urgency, whatever feedback it had."""
    assert (
        '{"advice":{"escalate":false,"recommendations":["mri","eeg"],"taper":false},'
        '"attention":{"overdue":false,"why":"always"},'
        '"charted":{"crs":null,"icans":null},'
        '"crs":{"basis":{"fever":[0,1],"hypotension":[0,2],"hypoxia":[0,4]},"gate":"unknown","range":[0,4]},'
        '"domains":[{"concern":null,"domain":"ice","doubt":null,"explainedBy":[],"range":[2,2],"refusal":"",'
        '"source":"Observation/score",'
        '"time":"2026-03-08T08:00:00+00:00","value":"5"}],'
        '"doubts":[],"failed":[],"icans":[2,2,2,2],'
        '"symptoms":[["headache","2026-03-08T07:00:00+00:00"]],'
        '"therapy":{"lastDose":"2026-03-03T09:00:00+00:00"}}'
    ) == basis_of(replace(evaluation, recommendations=("mri", "eeg")))


@pytest.mark.parametrize("seed", ["0", "1"])
def test_every_process_writes_the_same(evaluation: Evaluation, seed: str) -> None:
    """Each process iterates over a set in a different order."""
    lost = replace(evaluation, received=evaluation.received._replace(failed=FAILED))
    script = f"import {__name__} as here; print(here.basis_of(here.in_another_process()))"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    told = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert basis_of(lost) == told.stdout.strip()


def in_another_process() -> Evaluation:
    evaluation = evaluated(load_knowledge())
    return replace(evaluation, received=evaluation.received._replace(failed=FAILED))


def test_what_has_no_code_is_not_written() -> None:
    with pytest.raises(TypeError):
        canonical({"domain": object()})


def test_without_a_dose_and_a_score_there_is_a_basis_too(knowledge: Knowledge) -> None:
    nothing = evaluation_of(mapped(), knowledge)
    assert basis_of(nothing) == basis_of(evaluation_of(mapped(), knowledge, NOW + timedelta(hours=1)))


ORDER = Order("MedicationRequest/1", "dexamethasone", DRAFT)
PERIOD = Period(NOW.date(), 0)
LEAVING = Discharge(
    "us", None, "cells", "Yescarta", NOW.date(), Monitoring(), PERIOD, PERIOD, PERIOD, None, False, False
)
FIGURES: dict[str, Figure] = {
    "planned": 4.12,
    "drug": DrugNames(("dexamethasone",)),
    "last": NOW,
    "until": NOW.date(),
    "levels": ("a", "b"),
    "source": "label",
}
TOLD = Alert("discharge-instructions", ORDER, figures=FIGURES, leaving=LEAVING)


def _orders(*alerts: Alert) -> str:
    return canonical(basis_of_orders(alerts, (), []))


@pytest.mark.parametrize(
    "other",
    [
        replace(TOLD, code="steroid-below-options"),
        replace(TOLD, variant="x"),
        replace(TOLD, order=None),
        replace(TOLD, order=ORDER._replace(reference="MedicationRequest/2")),
        replace(TOLD, leaving=None),
        *(
            replace(TOLD, figures=FIGURES | figures)
            for figures in (
                {"planned": 4.2},
                {"drug": DrugNames(("prednisone",))},
                {"last": NOW + timedelta(minutes=1)},
                {"until": NOW.date() + timedelta(days=1)},
                {"levels": ("a",)},
                {"source": "another"},
                {"more": 1},
            )
        ),
        *(
            replace(TOLD, leaving=LEAVING._replace(**change))
            for change in (
                {"label": ""},
                {"checks": None},
                {"checks_after": None},
                {"near": PERIOD._replace(until=NOW.date() + timedelta(days=1))},
                {"no_driving": PERIOD},
                {"on_corticosteroid": True},
            )
        ),
    ],
)
def test_each_part_of_an_alert_is_news(other: Alert) -> None:
    assert _orders(TOLD) != _orders(other)


def test_the_same_figure_otherwise_written_is_no_news() -> None:
    elsewhere = {"planned": 4.09, "last": NOW.astimezone(timezone(timedelta(hours=-5)))}

    assert _orders(TOLD) == _orders(replace(TOLD, figures=FIGURES | elsewhere))


def test_that_a_day_has_passed_is_no_news() -> None:
    tomorrow = replace(TOLD, leaving=LEAVING._replace(checks=PERIOD._replace(days_left=1)))

    assert _orders(TOLD) == _orders(tomorrow)
