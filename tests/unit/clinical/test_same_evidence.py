"""When two answers rest on the same evidence: each part counts by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.grading.history import History
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.basis import basis_of
from cds_service.clinical.status.evaluation import Evaluation, evaluate
from cds_service.clinical.tables.grade import Range
from cds_service.knowledge import Knowledge
from tests.builders import NOW, alert, axi_cel, coded, ice
from tests.unit.mapping import mapped

RECORDS = (ice(5), alert(), axi_cel(), coded("neuro-symptom", "headache", 2))
CHARTED = ChartedGrade(2, NOW, differs=True, is_recent=True)


def evaluated(knowledge: Knowledge, *more: dict, as_of=NOW) -> Evaluation:
    return evaluate(mapped(*RECORDS, *more, as_of=as_of), as_of, knowledge.protocol)


@pytest.fixture
def evaluation(knowledge: Knowledge) -> Evaluation:
    return evaluated(knowledge)


def test_the_passing_of_time_alone_is_no_evidence(knowledge: Knowledge) -> None:
    assert basis_of(evaluated(knowledge)) == basis_of(evaluated(knowledge, as_of=NOW + timedelta(hours=3)))


def test_a_score_that_grows_too_old_is(knowledge: Knowledge) -> None:
    later = NOW + timedelta(hours=11)
    assert basis_of(evaluated(knowledge)) == basis_of(evaluated(knowledge, as_of=later - timedelta(hours=1)))
    assert basis_of(evaluated(knowledge)) != basis_of(evaluated(knowledge, as_of=later + timedelta(seconds=1)))


def test_the_order_of_records_is_none(knowledge: Knowledge) -> None:
    forth, back = mapped(*RECORDS), mapped(*reversed(RECORDS))
    assert basis_of(evaluate(forth, NOW, knowledge.protocol)) == basis_of(evaluate(back, NOW, knowledge.protocol))


@pytest.mark.parametrize(
    "change",
    [
        lambda e: {"crs": e.crs._replace(range=Range(2, 3))},
        lambda e: {"crs": e.crs._replace(range=Range(e.crs.range.lo, e.crs.range.hi - 1))},
        lambda e: {"crs": e.crs._replace(gate="closed")},
        lambda e: {"charted_icans": CHARTED},
        lambda e: {"charted_crs": CHARTED},
        lambda e: {"overdue": True},
        lambda e: {"attention": Attention.LATER},
        lambda e: {"recommendations": (*e.recommendations, "icu")},
        lambda e: {"treatment": e.treatment._replace(escalate=True)},
        lambda e: {"treatment": e.treatment._replace(taper=True)},
        lambda e: {"history": History((e.icans._replace(all=Range(2, 3)),), None)},
        lambda e: {"history": History((e.icans._replace(left=Range(0, 2)),), None)},
    ],
)
def test_each_part_is_evidence(evaluation: Evaluation, change) -> None:
    assert basis_of(evaluation) != basis_of(replace(evaluation, **change(evaluation)))


@pytest.mark.parametrize(
    "change", [{"source": "Observation/x"}, {"value": "x"}, {"explained_by": ("sepsis",)}, {"concern": "stale"}]
)
def test_each_part_of_a_finding_is_evidence(evaluation: Evaluation, change: dict) -> None:
    score, *others = evaluation.icans.domains
    icans = evaluation.icans._replace(domains=(score._replace(**change), *others))
    assert basis_of(evaluation) != basis_of(replace(evaluation, history=History((icans,), None)))


def test_data_that_did_not_arrive_are(evaluation: Evaluation) -> None:
    other = replace(evaluation, received=evaluation.received._replace(failed=frozenset({"therapy"})))
    assert basis_of(evaluation) != basis_of(other)


def test_a_charted_grade_counts_with_its_time(evaluation: Evaluation) -> None:
    one = replace(evaluation, charted_icans=CHARTED)
    later = replace(evaluation, charted_icans=CHARTED._replace(time=NOW + timedelta(minutes=1)))
    assert basis_of(one) != basis_of(later)


def test_without_a_dose_and_a_score_there_is_evidence_too(knowledge: Knowledge) -> None:
    nothing = evaluate(mapped(), NOW, knowledge.protocol)
    assert basis_of(nothing) == basis_of(evaluate(mapped(), NOW + timedelta(hours=1), knowledge.protocol))
