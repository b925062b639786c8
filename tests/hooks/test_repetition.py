"""The repeat-alert policy (docs/contract.md 4): which cards are shown less urgently, and which must not be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from cds_service.app import create_app
from cds_service.hooks.blueprint import WIRING
from cds_service.settings import Settings
from tests.builders import (
    AXI_CEL,
    LOINC,
    NOW,
    alert,
    axi_cel,
    bundle,
    coded,
    dosage,
    draft,
    given,
    ice,
    observation,
    order_call,
    outcome,
    prefetch,
    quantity,
)
from tests.hooks.client import Client, known_as

KEY = "a secret of at least 32 characters"
WINDOW = timedelta(hours=8)
SECOND = timedelta(seconds=1)
Json = dict[str, Any]
_numbers = count(1)


class Ward:
    """The service with the policy on, a clock that can be moved, one patient in grade 2, and a separate user."""

    def __init__(self, app: Flask, user: str = "") -> None:
        self.app, self.client = app, Client(app.test_client())
        self.user = user or f"Practitioner/dr-{next(_numbers)}"
        self.now = NOW
        self.score, self.arousal, self.dose = ice(5), alert(), axi_cel()

    @property
    def now(self) -> datetime:
        """The present."""
        return self.app.config["CLOCK"]["NOW"]

    @now.setter
    def now(self, moment: datetime) -> None:
        self.app.config["CLOCK"]["NOW"] = moment

    def open_chart(self, *more: Json, user: str = "", **keys: Any) -> list[Json]:
        """The cards of the chart if it is opened now."""
        fetched = prefetch(neuro=bundle(self.score, self.arousal, *more), therapy=bundle(self.dose)) | keys
        return self.client.call(fetched, context={"userId": user or self.user, "patientId": "p-1"})["cards"]

    def answer(self, card: Json, outcome: str = "overridden", time: datetime | None = None) -> None:
        """Send the user's feedback on a card."""
        when = (time or self.now).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        accepted = {"acceptedSuggestions": [{"id": "s"}]} if outcome == "accepted" else {}
        entry = {"card": card["uuid"], "outcome": outcome, "outcomeTimestamp": when} | accepted
        response = self.client.post({"feedback": [entry]}, "/cds-services/icans-patient-view/feedback")
        assert {"received": 1, "new": 1, "unknownCards": 0} == response.get_json()

    def wait(self, span: timedelta) -> None:
        self.now += span


def service(**settings: Any) -> Flask:
    """The service with the policy on."""
    chosen = {"quieter_repeats": True, "repeat_key": KEY, "decision_log": "off"} | settings
    clock = {"NOW": NOW}
    app = create_app(Settings(demo=True, **chosen), now=lambda: clock["NOW"])
    app.config["CLOCK"] = clock
    return app


@pytest.fixture(scope="module")
def app() -> Flask:
    return service()


@pytest.fixture
def ward(app: Flask) -> Ward:
    return Ward(app)


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The address of a separate store."""
    return str(tmp_path / "store.sqlite")


def overridden(ward: Ward, *more: Json, **keys: Any) -> Json:
    """Open the chart and override its only card, which is returned."""
    (card,) = ward.open_chart(*more, **keys)
    ward.answer(card)
    return card


def indicators(cards: list[Json]) -> list[str]:
    return [card["indicator"] for card in cards]


@pytest.mark.parametrize("outcome", ["overridden", "accepted"])
@pytest.mark.parametrize(
    ("later", "indicator"),
    [(SECOND, "info"), (WINDOW - SECOND, "info"), (WINDOW, "info"), (WINDOW + SECOND, "warning")],
)
def test_the_same_card_is_one_step_less_urgent_within_the_window(
    ward: Ward, outcome: str, later: timedelta, indicator: str
) -> None:
    (card,) = ward.open_chart()
    assert ("warning", "icansGrade2") == (card["indicator"], card["source"]["topic"]["code"])
    ward.answer(card, outcome)
    ward.wait(later)

    assert [indicator] == indicators(ward.open_chart())


@pytest.mark.parametrize(("outcome", "verb"), [("overridden", "overrode"), ("accepted", "accepted")])
def test_the_card_says_that_it_is_quieter_why_and_until_when(ward: Ward, outcome: str, verb: str) -> None:
    (card,) = ward.open_chart()
    ward.answer(card, outcome)
    ward.wait(timedelta(hours=1))

    (again,) = ward.open_chart()

    assert (
        f"You {verb} this at 10:00; grade and evidence have not changed since, so it is shown as info instead of "
        f"warning until 18:00.\n\n{card['detail'].splitlines()[0]}"
    ) == "\n".join(again["detail"].splitlines()[:3])
    assert (card["summary"], card["source"]) == (again["summary"], again["source"])


def test_a_card_without_feedback_keeps_its_urgency(ward: Ward) -> None:
    (first,), (second,) = ward.open_chart(), ward.open_chart()
    assert (first["indicator"], first["detail"]) == (second["indicator"], second["detail"])


def test_a_repeated_card_is_never_left_out(ward: Ward) -> None:
    for _ in range(3):
        overridden(ward)
    assert 1 == len(ward.open_chart())


def test_feedback_on_a_quieter_card_restarts_the_window(ward: Ward) -> None:
    overridden(ward)
    ward.wait(timedelta(hours=3))
    overridden(ward)
    ward.wait(WINDOW)
    assert ["info"] == indicators(ward.open_chart())
    ward.wait(SECOND)
    assert ["warning"] == indicators(ward.open_chart())


def test_another_user_gets_the_full_urgency(ward: Ward) -> None:
    overridden(ward)
    assert ["warning"] == indicators(ward.open_chart(user="Practitioner/somebody"))
    assert ["warning"] == indicators(ward.open_chart(user=ward.user.replace("Practitioner", "PractitionerRole")))


def test_another_issuer_gets_the_full_urgency(store: str) -> None:
    ward = Ward(service(store=store))
    overridden(ward)
    assert ["info"] == indicators(ward.open_chart())
    known_as(ward.app, issuer="https://other.example")
    assert ["warning"] == indicators(ward.open_chart())


def test_another_patients_card_has_full_urgency(ward: Ward) -> None:
    overridden(ward)
    body = {"userId": ward.user, "patientId": "p-2"}
    own = [{**one, "subject": {"reference": "Patient/p-2"}} for one in (ward.score, ward.arousal, ward.dose)]
    person = {"resourceType": "Patient", "id": "p-2", "birthDate": "1966-01-01"}
    fetched = prefetch(patient=person, neuro=bundle(*own[:2]), therapy=bundle(own[2]))
    assert ["warning"] == indicators(ward.client.call(fetched, context=body)["cards"])


def temperature(degrees: float, hours: float) -> Json:
    return observation("8310-5", hours, LOINC, valueQuantity=quantity(degrees, "Cel"))


def minutes_ago(minutes: float) -> float:
    return minutes / 60


@pytest.mark.parametrize(
    "news",
    [
        pytest.param(ice(5, minutes_ago(5)), id="the same score found again"),
        pytest.param(ice(4, minutes_ago(5)), id="another score of the same grade"),
        pytest.param(coded("neuro-symptom", "aphasia", minutes_ago(5)), id="a new symptom"),
        pytest.param(coded("neuro-symptom", "headache", minutes_ago(5)), id="a symptom that grades nothing"),
        pytest.param(observation("icans-grade-documented", minutes_ago(5), valueInteger=1), id="a charted grade"),
        pytest.param(coded("consciousness", "awakens-to-voice", minutes_ago(5)), id="another domain of the same grade"),
    ],
)
def test_a_new_record_restores_full_urgency(ward: Ward, news: Json) -> None:
    overridden(ward)
    assert ["warning"] == indicators(ward.open_chart(news))


def test_a_removed_record_restores_full_urgency(ward: Ward) -> None:
    overridden(ward, coded("neuro-symptom", "confusion", 2))
    assert ["warning"] == indicators(ward.open_chart())


def test_a_repeated_reading_of_alert_changes_nothing(ward: Ward) -> None:
    overridden(ward)
    assert ["info"] == indicators(ward.open_chart(alert(minutes_ago(5))))


def test_another_dose_restores_full_urgency(ward: Ward) -> None:
    overridden(ward)
    doses = bundle(ward.dose, given(AXI_CEL, 30))
    assert ["warning"] == indicators(ward.open_chart(therapy=doses))


def test_a_rise_of_crs_restores_full_urgency(ward: Ward) -> None:
    def pressure(systolic: float) -> Json:
        return observation("8480-6", 1, LOINC, valueQuantity=quantity(systolic, "mm[Hg]"))

    fever, room_air = temperature(38.5, 1), coded("oxygen-device", "room-air", 1)
    overridden(ward, vitals=bundle(fever, room_air, pressure(110)))

    assert ["info"] == indicators(ward.open_chart(vitals=bundle(fever, room_air, pressure(111))))
    (card,) = ward.open_chart(vitals=bundle(fever, room_air, pressure(85)))
    assert ("warning", "icansGrade2") == (card["indicator"], card["source"]["topic"]["code"])


def test_irrelevant_vital_signs_change_nothing(ward: Ward) -> None:
    overridden(ward, vitals=bundle(temperature(38.5, 1)))
    warmer = bundle(temperature(38.5, 1), temperature(38.6, minutes_ago(5)))
    assert ["info"] == indicators(ward.open_chart(vitals=warmer))


def test_a_higher_grade_has_full_urgency(ward: Ward) -> None:
    ward.score = ice(8)
    overridden(ward)
    assert ["warning"] == indicators(ward.open_chart(ice(5, minutes_ago(5))))


@pytest.mark.parametrize(
    "worse", [ice(1), coded("seizure", "clinical-generalised", 1), coded("consciousness", "unarousable", 1)]
)
def test_a_critical_card_is_never_quieter(ward: Ward, worse: Json) -> None:
    (card,) = ward.open_chart(worse)
    assert "critical" == card["indicator"]
    ward.answer(card)
    assert ["critical"] == indicators(ward.open_chart(worse))


def test_an_info_card_stays_info_without_a_remark(ward: Ward) -> None:
    ward.score = ice(10)
    card = overridden(ward)
    (again,) = ward.open_chart()
    assert ("info", card["detail"]) == (again["indicator"], again["detail"])


def test_missing_data_have_full_urgency_every_time(ward: Ward) -> None:
    failed = {"neuro": outcome()}
    card = overridden(ward, **failed)
    assert ("warning", "icansDataMissing") == (card["indicator"], card["source"]["topic"]["code"])
    assert ["warning"] == indicators(ward.open_chart(**failed))


def test_an_alert_is_quieter_only_for_the_same_order_at_the_same_hook(ward: Ward) -> None:
    def sign(milligrams: float, hook: str = "order-sign") -> Json:
        order = draft("3264", dosage(milligrams), id="d-1")
        body = order_call(order, hook=hook, selected=["MedicationRequest/d-1"], neuro=neuro, therapy=bundle(ward.dose))
        body["context"]["userId"] = ward.user
        response = ward.client.post(body, f"/cds-services/icans-{hook}")
        assert 200 == response.status_code, response.text
        (card,) = response.get_json()["cards"]
        return card

    neuro = bundle(ice(2), alert())
    first = sign(4)
    assert ("warning", "steroidBelowOptions") == (first["indicator"], first["source"]["topic"]["code"])
    ward.answer(first)

    assert ["info", "warning", "warning"] == indicators([sign(4), sign(3), sign(4, "order-select")])


def test_a_change_of_an_order_that_cannot_be_judged_is_not_a_repetition(store: str) -> None:
    ward = Ward(service(store=store))
    neuro = bundle(ice(2), alert())
    for drug, dose in (("3264", "4 mg"), ("3264", "4 mg"), ("3264", "40 mg"), ("8640", "40 mg")):
        body = order_call(draft(drug, {"text": dose}, id="d-1"), neuro=neuro, therapy=bundle(ward.dose))
        (card,) = ward.client.post(body, "/cds-services/icans-order-sign").get_json()["cards"]
        assert "icansDataMissing" == card["source"]["topic"]["code"]

    first, again, *others = (row["mark"] for row in memory_of(ward))

    assert first == again
    assert 3 == len({first, *others})


@pytest.mark.parametrize("ahead", [timedelta(days=300), timedelta(minutes=1)])
def test_a_clients_clock_cannot_make_the_window_longer(ward: Ward, ahead: timedelta) -> None:
    (card,) = ward.open_chart()
    ward.answer(card, time=ward.now + ahead)
    ward.wait(WINDOW + SECOND)
    assert ["warning"] == indicators(ward.open_chart())


def test_the_window_begins_at_the_feedbacks_own_time(ward: Ward) -> None:
    (card,) = ward.open_chart()
    ward.wait(timedelta(hours=5))
    ward.answer(card, time=NOW + timedelta(hours=1))
    ward.now = NOW + timedelta(hours=9)
    assert ["info"] == indicators(ward.open_chart())
    ward.wait(SECOND)
    assert ["warning"] == indicators(ward.open_chart())


def test_repeated_feedback_does_not_restart_the_window(ward: Ward) -> None:
    (card,) = ward.open_chart()
    ward.answer(card, time=NOW)
    ward.wait(timedelta(hours=4))
    entry = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:00:00Z"}
    again = ward.client.post({"feedback": [entry]}, "/cds-services/icans-patient-view/feedback").get_json()
    assert {"received": 1, "new": 0, "unknownCards": 0} == again
    ward.now = NOW + WINDOW + SECOND
    assert ["warning"] == indicators(ward.open_chart())


def test_by_default_nothing_is_quieter_and_nothing_is_stored() -> None:
    ward = Ward(service(quieter_repeats=False))
    card = overridden(ward)
    (again,) = ward.open_chart()
    assert ("warning", card["detail"]) == (again["indicator"], again["detail"])
    assert [] == memory_of(ward)


def memory_of(ward: Ward) -> list[Json]:
    """The rows of the table that the policy uses."""
    database = ward.app.extensions[WIRING].delivery.store._database
    with database.durable() as connection:
        return [dict(row._mapping) for row in connection.execute(text("SELECT * FROM alert_memory"))]


def test_the_memory_holds_no_patient_and_no_user(store: str) -> None:
    ward = Ward(service(store=store))
    overridden(ward)
    (row,) = memory_of(ward)
    assert {"card", "whose", "mark", "since", "outcome", "answered"} == set(row)
    assert not any(name in str(row) for name in ("p-1", ward.user))


def test_the_memory_is_kept_as_long_as_the_longest_window(store: str) -> None:
    ward = Ward(service(store=store))
    ward.open_chart()
    ward.wait(WINDOW)
    ward.open_chart()
    assert 2 == len(memory_of(ward))
    ward.wait(SECOND)
    ward.open_chart()
    assert 2 == len(memory_of(ward))


def test_with_another_key_no_card_is_recognised(store: str) -> None:
    first = Ward(service(store=store))
    overridden(first)
    assert ["info"] == indicators(sharing(first, Ward(service(store=store), first.user)).open_chart())
    assert ["warning"] == indicators(
        sharing(first, Ward(service(store=store, repeat_key=KEY[::-1]), first.user)).open_chart()
    )


def sharing(one: Ward, other: Ward) -> Ward:
    """The other ward, with the patient of the first."""
    other.score, other.arousal, other.dose = one.score, one.arousal, one.dose
    return other


def test_switching_the_policy_off_deletes_its_data(store: str) -> None:
    overridden(Ward(service(store=store)))
    assert [] == memory_of(Ward(service(store=store, quieter_repeats=False)))


def test_without_the_store_every_card_has_full_urgency(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ward = Ward(service(store=store))
    overridden(ward)
    monkeypatch.setattr(ward.app.extensions[WIRING].delivery.store._database, "_paused_until", float("inf"))
    assert ["warning"] == indicators(ward.open_chart())
