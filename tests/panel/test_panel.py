"""Each patient of the panel: the first ask is the one that the panel wanted, and as urgent."""

from __future__ import annotations

import pytest

from tests.hooks.client import Client, evaluation
from tests.panel.patients import Patient, patients

PATIENTS = patients()


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda one: one.name)
def test_the_panel_reads_what_it_wanted(client: Client, patient: Patient) -> None:
    answer = client.post(patient.request, f"/cds-services/{patient.service}").get_json()

    said = evaluation(answer)
    ask = said.get("ask", {})
    found = tuple(one["finding"] for one in said.get("findings", []))
    assert patient.ask == f"{ask.get('rule')} {ask.get('code')}"
    assert patient.urgency == said["urgency"]["indicator"]
    assert patient.trend == said["icans"].get("trend", "none")
    assert set(patient.findings) <= set(found)
    assert answer["cards"]


def test_no_request_is_left_out() -> None:
    requests = {path.stem for path in (PATIENTS[0].folder / "requests").iterdir()}
    assert requests == {one.name for one in PATIENTS}
