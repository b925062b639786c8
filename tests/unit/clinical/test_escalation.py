"""After a corticosteroid that has not helped nothing weaker is drafted or listed as an option (E2, E5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_service.app import decider_of
from cds_service.cases.case import Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.checks.answers import answer_to
from cds_service.clinical.tables.advice import Regimen, Row
from cds_service.clinical.tables.vocabulary import Action
from cds_service.knowledge import Knowledge
from cds_service.settings import FULL, Settings

pytestmark = [pytest.mark.rule("E2"), pytest.mark.rule("E5")]

GRADE_3 = tuple((time, *one) for time in ("30 h", "1 h") for one in (("ice-total", 1), ("consciousness", "alert")))

WEIGHT_70, WEIGHT_120 = ("10 d", "body-weight", 70), ("10 d", "body-weight", 120)
STARTED = ("26 h", "dexamethasone", {"mg": 10})
PER_PROTOCOL = "- More corticosteroid than was given: per protocol"
REFRACTORY = "- If refractory (limited experience): anakinra, "


def dexamethasone(*hours: int, mg: float | None = 10) -> tuple[Any, ...]:
    details = {} if mg is None else {"mg": mg}
    return (STARTED, *((f"{hour} h", "dexamethasone", details) for hour in hours))


def patient(records: tuple[Any, ...], drugs: tuple[Any, ...], product: str = "CAR-T") -> Case:
    """A patient after cells of an unknown product, to whom no label applies."""
    return Case("a patient", ("E2",), Expected(), doses=(("8 d", product),), records=records, drugs=drugs)


def drafted(knowledge: Knowledge, case: Case) -> list[str]:
    """The corticosteroids that are drafted."""
    proposals = assessed(case, knowledge.protocol).proposals
    return [one.regimen.drug for one in proposals if one.regimen and one.action == "corticosteroid"]


def options(knowledge: Knowledge, case: Case) -> list[str]:
    """The options of the review."""
    blocks = status_card(knowledge, case).split("\n\n")
    return next(block for block in blocks if block.startswith("**Options**")).split("\n")[1:]


def status_card(knowledge: Knowledge, case: Case) -> str:
    """The text of the status card, including the review."""
    answer = answer_to(case, decider_of(Settings(card_detail=FULL), knowledge))
    (card,) = answer["cards"]
    return str(card["detail"])


@pytest.mark.parametrize(
    ("drugs", "weight", "expected"),
    [
        # 1 mg/kg every 12 h is 26.25 mg of dexamethasone at 70 kg.
        (dexamethasone(20, 14, 8, 2), (WEIGHT_70,), []),
        (dexamethasone(20, 8, 2), (WEIGHT_70,), []),
        (dexamethasone(14, 2), (WEIGHT_70,), ["methylprednisolone"]),
        (dexamethasone(7, mg=26.25), (WEIGHT_70,), []),
        (dexamethasone(7, mg=26.2), (WEIGHT_70,), ["methylprednisolone"]),
        (dexamethasone(20, 14, 8, 2), (WEIGHT_120,), ["methylprednisolone"]),
        (dexamethasone(14, 2), (), []),
        (dexamethasone(2, mg=None), (WEIGHT_70,), []),
    ],
)
def test_only_what_is_known_to_be_more_is_drafted(
    knowledge: Knowledge, drugs: tuple[Any, ...], weight: tuple[Any, ...], expected: list[str]
) -> None:
    assert expected == drafted(knowledge, patient((*weight, *GRADE_3), drugs))


def test_where_nothing_runs_any_more_any_known_amount_is_more(knowledge: Knowledge) -> None:
    ended = patient((WEIGHT_70, *GRADE_3), (STARTED,))

    assert ["dexamethasone", "methylprednisolone"] == drafted(knowledge, ended)


def test_what_is_no_more_than_what_failed_is_no_option(knowledge: Knowledge) -> None:
    failed = patient((WEIGHT_70, *GRADE_3), dexamethasone(20, 14, 8, 2))

    assert PER_PROTOCOL in options(knowledge, failed)
    assert not [line for line in options(knowledge, failed) if "dexamethasone" in line or "1 mg/kg" in line]
    assert [True] == [line.startswith(REFRACTORY) for line in options(knowledge, failed) if "anakinra" in line]


def test_what_may_be_more_stays_an_option(knowledge: Knowledge) -> None:
    failed = patient((WEIGHT_70, *GRADE_3), dexamethasone(14, 2))

    assert [line for line in options(knowledge, failed) if "dexamethasone 10 mg IV every 6-12 h" in line]
    assert PER_PROTOCOL not in options(knowledge, failed)


def test_without_a_weight_a_dose_by_weight_is_no_option(knowledge: Knowledge) -> None:
    failed, weighed = (patient((*weight, *GRADE_3), dexamethasone(14, 2)) for weight in ((), (WEIGHT_120,)))
    no_weight = "- Methylprednisolone per kg: no weight"

    assert no_weight in options(knowledge, failed)
    assert not [line for line in options(knowledge, failed) if "mg/kg" in line]
    assert no_weight not in options(knowledge, weighed)
    assert [line for line in options(knowledge, weighed) if "methylprednisolone 1 mg/kg" in line]


def test_the_card_says_what_is_no_option_without_a_weight(knowledge: Knowledge) -> None:
    answer = answer_to(patient(GRADE_3, dexamethasone(20, 14, 8, 2)), decider_of(Settings(), knowledge))

    assert "- Methylprednisolone per kg: no weight" in answer["cards"][0]["detail"].split("\n")


def test_the_options_of_the_review_are_the_only_list_of_next_steps(knowledge: Knowledge) -> None:
    card = status_card(knowledge, patient((WEIGHT_70, *GRADE_3), dexamethasone(20, 14, 8, 2)))

    assert "dexamethasone 10 mg IV" not in card
    assert 1 == card.count("anakinra, ")


def test_an_option_that_is_stronger_stands_alone(knowledge: Knowledge) -> None:
    failed = patient((WEIGHT_70, *GRADE_3), dexamethasone(20, 14, 8, 2), "axicabtagene-ciloleucel")

    assert [line for line in options(knowledge, failed) if "methylprednisolone 1,000 mg" in line]
    assert PER_PROTOCOL not in options(knowledge, failed)
    assert ["methylprednisolone"] == drafted(knowledge, failed)


def test_each_refractory_option_has_its_evidence_or_none_was_checked(knowledge: Knowledge) -> None:
    card = status_card(knowledge, patient(GRADE_3, dexamethasone(20, 14, 8, 2)))

    assert (
        "Evidence for anakinra: 73 % of 23 refractory cases improved, more of them at higher doses "
        "(Santomasso, Gust, Perna 2023).\n"
        "Evidence for tocilizumab: not effective against isolated neurotoxicity and may worsen it; as prophylaxis "
        "grade 3 or more in 41 % with and 28 % without (Santomasso, Gust, Perna 2023).\n"
        "No published evidence was checked here for siltuximab, ruxolitinib, cyclophosphamide, antithymocyte globulin, "
        "intrathecal hydrocortisone with methotrexate.\n"
    ) in card


def test_evidence_that_is_not_verified_counts_as_none(knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.refractory
    rows = tuple(replace(row, provenance=replace(row.provenance, verified=False)) for row in table.evidence)
    rules = replace(knowledge.protocol.rules, refractory=replace(table, evidence=rows))
    without = replace(knowledge, protocol=knowledge.protocol._replace(rules=rules))
    card = status_card(without, patient(GRADE_3, dexamethasone(20, 14, 8, 2)))

    assert "Evidence for" not in card
    assert "No published evidence was checked here for anakinra, siltuximab, " in card


def test_where_every_option_has_its_evidence_nothing_is_said_of_others(knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.refractory
    options = ("siltuximab", "ruxolitinib", "cyclophosphamide", "antithymocyte-globulin", "hydrocortisone")
    more = tuple(replace(table.evidence[0], drug=drug) for drug in options)
    rules = replace(knowledge.protocol.rules, refractory=replace(table, evidence=(*table.evidence, *more)))
    known = replace(knowledge, protocol=knowledge.protocol._replace(rules=rules))
    card = status_card(known, patient(GRADE_3, dexamethasone(20, 14, 8, 2)))

    assert 7 == card.count("Evidence for")
    assert "No published evidence" not in card


def test_the_sites_own_high_dose_is_drafted_at_any_grade(knowledge: Knowledge) -> None:
    asco, high = knowledge.protocol.management[0], Regimen("methylprednisolone", mg=(1000,), route="IV", per_day=(1,))
    row = Row(Action.CORTICOSTEROID, (3,), regimens=(high,), provenance=asco.row[0].provenance)
    own = replace(asco, own=True, row=(row,))
    protocol = knowledge.protocol._replace(management=(own, *knowledge.protocol.management))
    case = patient((WEIGHT_70, *GRADE_3[2:]), (), "axicabtagene-ciloleucel")
    proposals = assessed(case, protocol).proposals

    assert [(1000,)] == [one.regimen.mg for one in proposals if one.action == "corticosteroid"]
