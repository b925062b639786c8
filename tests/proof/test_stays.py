"""Random stays: both readings agree on the history, urgency and treatment of the course too (G, U, E)."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.clinical.assess import assess
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.knowledge import Knowledge
from tests.builders import CHART_OPENED
from tests.proof.scenarios import Scenario, facts_of, random_scenario
from tests.second_reading.reading import grade

BATCHES, EACH = 8, 400


@pytest.mark.parametrize("batch", range(BATCHES))
def test_both_readings_agree_on_a_random_stay(batch: int, knowledge: Knowledge) -> None:
    stays = ((seed, random_scenario(seed)) for seed in range(batch * EACH, (batch + 1) * EACH))
    different = [wrong for seed, stay in stays if (wrong := _differences(seed, stay, knowledge))]

    assert [] == different


def _differences(seed: int, stay: Scenario, knowledge: Knowledge) -> dict[str, Any]:
    protocol = knowledge.protocol._replace(other_scales=stay["other_scales"])
    first = _first(assess(facts_of(stay), CHART_OPENED, stay["now"], protocol).evaluation)
    second = _second(grade(stay, history=True))
    if stay["birth"] is None:  # the rules do not cover patients whose age and instrument are unknown
        # The instrument and the doses, and so the lowest option, depend on the age too.
        left_open = ("crs", "urgency", "escalate", "due", "overdue")
        first, second = ({k: v for k, v in one.items() if k not in left_open} for one in (first, second))
    wrong = {key: (first[key], second[key]) for key in first if first[key] != second[key]}
    return wrong and {"seed": seed, **wrong}


def _first(evaluation: Evaluation) -> dict[str, Any]:
    icans, history, treatment = evaluation.icans, evaluation.history, evaluation.treatment
    peak, course, known = history.peak, evaluation.therapy, history.last_known
    return {
        "icans": (str(icans.certainty), *icans.all, icans.left.lo, icans.grade, icans.if_attributable),
        "domains": sorted((_named(domain.name), tuple(domain.range)) for domain in icans.domains),
        "crs": (evaluation.crs.gate if evaluation.crs.basis else None, *evaluation.crs.range),
        "course": (course.start, evaluation.day) if course else None,
        "peak": (peak.all.lo, peak.time) if peak else None,
        "onset": history.onset,
        "trend": evaluation.trend,
        "known": known.known_grade if known else None,
        "due": (evaluation.due.at, str(evaluation.due.kind), evaluation.due.now) if evaluation.due else None,
        "overdue": evaluation.overdue,
        "attention": str(evaluation.attention),
        "urgency": None if evaluation.person.deceased else evaluation.urgency.indicator.value,
        "clock": treatment.steroid.started if treatment.steroid else None,
        "escalate": treatment.escalate,
        "taper": treatment.taper,
    }


def _second(answer: dict[str, Any]) -> dict[str, Any]:
    icans, crs, course, due = answer["icans"], answer["crs"], answer.get("course"), answer.get("due")
    graded = [icans.get(key) for key in ("certainty", "lo", "hi", "left_lo", "grade", "if_attributable")]
    return {
        "icans": tuple(graded),
        "domains": sorted((_named(name), tuple(bounds)) for name, bounds in icans.get("domains", {}).items()),
        "crs": (crs.get("gate"), crs["lo"], crs["hi"]),
        "course": (course["start"], course["day"]) if course else None,
        "peak": (answer["peak"], answer["peak_time"]) if "peak" in answer else None,
        "onset": answer.get("onset"),
        "trend": answer.get("trend"),
        "known": answer.get("last_known_grade"),
        "due": (due["at"], due["kind"], due["now"]) if due else None,
        "overdue": answer.get("overdue", False),
        "attention": answer["attention"],
        "urgency": answer.get("urgency"),
        "clock": answer.get("steroid_clock"),
        "escalate": answer.get("escalate", False),
        "taper": answer.get("taper", False),
    }


def _named(domain: str) -> str:
    return "score" if domain in ("ice", "capd") else domain
