"""A value that cannot be true is named with its time, on the card and in the answer, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import LOINC, NOW, alert, axi_cel, bundle, ice, observation, prefetch, quantity
from tests.hooks.client import Client, evaluation

PLATELETS = observation("777-3", system=LOINC, id="plt", valueQuantity=quantity(88000, "10*9/L"))
NAMING = observation("ice-naming", id="naming", valueInteger=9)


def asked(log: Path, *neuro: dict[str, Any]) -> dict[str, Any]:
    client = Client(create_app(Settings(demo=True, decision_log=str(log)), now=lambda: NOW).test_client())
    therapy, labs = bundle(axi_cel()), bundle(PLATELETS)
    return client.call(prefetch(neuro=bundle(*neuro, alert()), therapy=therapy, labs=labs))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (ice(14, id="a"), "ICE 14 at 09:00, implausible, not used"),
        (NAMING, "ICE naming 9 at 09:00, implausible, not used"),
    ],
)
def test_a_score_is_named_with_its_time(tmp_path: Path, record: dict[str, Any], said: str) -> None:
    (card,) = asked(tmp_path / "log", record)["cards"]

    assert said in card["summary"]
    assert said in card["detail"]
    assert "at 09:00, implausible, not used" in card["detail"].partition("Platelets 88,000 ")[2].splitlines()[0]


def test_the_answer_names_the_record_and_the_log_names_neither(tmp_path: Path) -> None:
    answer = asked(tmp_path / "log", ice(14, id="a"))
    details = {gap["concept"]: gap.get("detail") for gap in evaluation(answer)["gaps"] if gap["kind"] == "implausible"}
    (line,) = (tmp_path / "log").read_text().splitlines()

    assert {
        "ice-total": "14, 2026-03-08T08:00:00Z, Observation/a",
        "platelets": "88000 10*9/L, 2026-03-08T08:00:00Z, Observation/plt",
    } == details
    assert 2 == json.loads(line)["gaps"]["implausible"]
    assert "88000" not in line
    assert "Observation" not in line
