"""What a card says about corticosteroids so far: only recorded amounts, and no success that was a flare."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.app import decider_of
from cds_service.cases.case import Case, Expected
from cds_service.checks.answers import answer_to
from cds_service.knowledge import Knowledge
from cds_service.settings import FULL, Settings

DEXAMETHASONE = "dexamethasone"


def records(**ice: int) -> tuple[tuple[Any, ...], ...]:
    """An alert patient with these scores: `h60=2` is an ICE of 2 sixty hours ago."""
    hours = [(f"{name[1:]} h", total) for name, total in ice.items()]
    return tuple((time, *one) for time, total in hours for one in (("ice-total", total), ("consciousness", "alert")))


def lines(knowledge: Knowledge, found: tuple[tuple[Any, ...], ...], *drugs: tuple[Any, ...]) -> str:
    """The text of all cards."""
    case = Case("a patient", ("E2",), Expected(), doses=(("8 d", "CAR-T"),), records=found, drugs=drugs)
    return "\n".join(
        card["detail"] for card in answer_to(case, decider_of(Settings(card_detail=FULL), knowledge))["cards"]
    )


def given(hours: int, mg: float | None = None, drug: str = DEXAMETHASONE) -> tuple[Any, ...]:
    """One dose; without an amount where none can be read."""
    return (f"{hours} h", drug, {} if mg is None else {"mg": mg})


@pytest.mark.rule("E5")
@pytest.mark.parametrize(
    ("doses", "told", "equivalent"),
    [
        ((given(8, 10), given(4)), "dexamethasone 10 mg (once), amount not known (once)", "at least about 10 mg"),
        ((given(8), given(4, 20)), "dexamethasone 20 mg (once), amount not known (once)", "at least about 20 mg"),
        (
            (given(9, 10), given(8), given(6, 10), given(4)),
            "dexamethasone 10 mg (2 doses), amount not known (2 doses)",
            "at least about 20 mg",
        ),
        ((given(8, 10), given(4, 10)), "dexamethasone 10 mg (2 doses)", "; about 20 mg"),
        ((given(8, 10), given(4, 20)), "dexamethasone 10 mg, 20 mg (2 doses)", "; about 30 mg"),
        (
            (given(8, 10), given(4, drug="prednisone")),
            "dexamethasone 10 mg (once), prednisone amount not known (once)",
            "at least about 10 mg",
        ),
    ],
)
def test_a_dose_without_an_amount_is_counted_apart(
    knowledge: Knowledge, doses: tuple[tuple[Any, ...], ...], told: str, equivalent: str
) -> None:
    text = lines(knowledge, records(h10=5, h1=5), *doses)

    assert f": {told}; last " in text
    assert f"{equivalent} dexamethasone equivalent in 24 h" in text


@pytest.mark.rule("E5")
def test_where_no_amount_is_known_there_is_no_sum(knowledge: Knowledge) -> None:
    text = lines(knowledge, records(h10=5, h1=5), given(8), given(4))

    assert ": dexamethasone amount not known (2 doses); last " in text
    assert "equivalent in 24 h" not in text


@pytest.mark.rule("E2")
def test_the_escalation_card_says_which_amounts_it_knows(knowledge: Knowledge) -> None:
    text = lines(knowledge, records(h30=2, h1=2), given(26, 10), given(20, 10), given(8))

    assert "Given in the last 24 h: dexamethasone 10 mg (once), amount not known (once)" in text.replace("**", "")


@pytest.mark.rule("E3")
def test_a_flare_is_no_success(knowledge: Knowledge) -> None:
    text = lines(knowledge, records(h60=2, h30=10, h1=5), given(58, 10))

    assert "Flare: worse again after 58 h (grade 3 then, 0 at best, 2 now)." in text
    assert "Better after" not in text


@pytest.mark.rule("E3")
def test_a_fall_that_lasts_is_better(knowledge: Knowledge) -> None:
    text = lines(knowledge, records(h60=2, h30=5, h1=5), given(58, 10))

    assert "Better after 58 h (grade 3 then, 2 now)." in text
    assert "Flare" not in text
