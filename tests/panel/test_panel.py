"""For each patient of the panel, the first ask and the urgency are those that the panel wanted."""

from __future__ import annotations

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW
from tests.hooks.client import Client, evaluation
from tests.panel.patients import Patient, patients

PATIENTS = patients()


@pytest.fixture(scope="module")
def short() -> Client:
    """The service as it is without settings, whose details are short."""
    return Client(create_app(Settings(demo=True, deadline_seconds=1.0), now=lambda: NOW).test_client())


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda one: one.name)
def test_the_card_says_what_the_panel_wanted(client: Client, patient: Patient) -> None:
    answer = client.post(patient.request, f"/cds-services/{patient.service}").get_json()

    said = evaluation(answer)
    ask = said.get("ask", {})
    found = tuple(one["finding"] for one in said.get("findings", []))
    assert patient.ask == f"{ask.get('rule')} {ask.get('code')}"
    assert patient.urgency == said["urgency"]["indicator"]
    assert patient.trend == said["icans"].get("trend", "none")
    assert set(patient.alerts) <= set(found)
    assert answer["cards"]


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda one: one.name)
def test_the_card_has_the_words_that_the_panel_wanted(short: Client, patient: Patient) -> None:
    answer = short.post(patient.request, f"/cds-services/{patient.service}").get_json()
    text = "\n".join(f"{card['summary']}\n{card.get('detail', '')}" for card in answer["cards"])

    assert [] == [words for words in patient.says if words not in text]
    assert [] == [words for words in patient.says_not if words in text]
    labels = [one["label"] for card in answer["cards"] for one in card.get("suggestions", ())]
    assert list(patient.drafts) == labels[: len(patient.drafts)]


def test_every_request_has_a_patient_in_the_table() -> None:
    requests = {path.stem for path in (PATIENTS[0].folder / "requests").iterdir()}
    assert requests == {one.name for one in PATIENTS}
