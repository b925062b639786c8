"""Each request after a public report is answered rightly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import NOW
from tests.hooks.client import Client, evaluation
from tests.public_cases.requests import Case, cases, gaps, graded


def answer_to(case: Case, client: Client) -> dict[str, Any]:
    response = client.post(case.request(NOW), f"/cds-services/{case.service}")
    assert 200 == response.status_code, response.text
    return response.get_json()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_request_after_a_public_report(client: Client, case: Case) -> None:
    answer = answer_to(case, client)

    found = evaluation(answer)
    text = "\n".join(f"{card['summary']}\n{card.get('detail', '')}" for card in answer["cards"])
    assert case.icans in ("", graded(found["icans"]))
    assert case.crs in ("", graded(found["crs"]))
    assert [] == [wanted for wanted in case.says if wanted.casefold() not in text.casefold()]
    assert [] == [never for never in case.never if never.casefold() in text.casefold()]
    assert set(case.gaps) <= gaps(found.get("gaps", []))
    if case.alerts is not None:
        assert case.alerts == tuple(one["finding"] for one in found.get("findings", []))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_each_of_them_has_a_card(client: Client, case: Case) -> None:
    assert answer_to(case, client)["cards"]
