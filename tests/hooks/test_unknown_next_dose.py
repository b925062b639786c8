"""The next dose of an engager that no table covers: the chart and the order say so."""

from __future__ import annotations

import pytest

from tests.builders import ATC, alert, bundle, dosage, draft, given, hook_request, ice, order_call, prefetch
from tests.hooks.client import Client

TEBENTAFUSP, TECLISTAMAB = "L01XX75", "L01FX24"
OPEN = "no source here says whether it may be given"


def record(code: str, *scores: int) -> dict[str, object]:
    """A patient after an engager with these scores, a day apart, the last one current."""
    found = [ice(score, 1 + 24 * day) for day, score in enumerate(reversed(scores))]
    readings = [alert(1 + 24 * day) for day in range(len(scores))]
    return {"neuro": bundle(*found, *readings), "therapy": bundle(given(code, 60, ATC))}


@pytest.mark.parametrize(
    ("code", "scores", "stated"),
    [
        (TEBENTAFUSP, (10, 9), True),
        (TEBENTAFUSP, (9, 10), True),
        (TEBENTAFUSP, (10, 10), False),
        (TECLISTAMAB, (10, 9), False),
    ],
)
def test_the_chart_says_that_no_table_covers_the_next_dose(
    client: Client, code: str, scores: tuple[int, ...], *, stated: bool
) -> None:
    card = client.post(hook_request(prefetch(**record(code, *scores)))).get_json()["cards"][0]

    assert stated == (OPEN in card["detail"])


@pytest.mark.requirement("hooks:N1")
def test_an_order_of_it_during_icans_gets_a_card(client: Client) -> None:
    order = draft(TEBENTAFUSP, dosage(0.03), system=ATC, id="d-1")
    (card,) = client.post(order_call(order, **record(TEBENTAFUSP, 9)), "/cds-services/icans-order-sign").get_json()[
        "cards"
    ]

    assert "icansDataMissing" == card["source"]["topic"]["code"]
    assert "no label advice here for ICANS" in card["summary"]
    assert "check its prescribing information" in card["detail"]
