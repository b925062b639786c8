"""The decision log: one line for each call, with figures and codes only. Silent mode, whose results are in that log."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.errors import NotAuthenticatedError, SettingsError
from cds_service.hooks.blueprint import WIRING
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, hook_request, ice, observation, outcome, prefetch
from tests.hooks.client import Client, evaluation, known_as
from tests.hooks.status_card import NO_FEVER, vital

Json = dict[str, Any]
GRADE_2 = prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel()))
SERVICE = "icans-patient-view"
Lines = Callable[[], list[Json]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


def client_of(log: Path | str, **settings: Any) -> Client:
    chosen = Settings(demo=True, decision_log=str(log), **settings)
    return Client(create_app(chosen, now=lambda: NOW).test_client())


def lines(log: Path) -> list[Json]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def line(log: Path) -> Json:
    (only,) = lines(log)
    return only


def test_what_is_not_understood_is_counted_by_kind_and_never_named(log: Path) -> None:
    strange = observation("Mrs Quackenbush", system="https://hospital.example", valueInteger=3)
    client_of(log).call(prefetch(neuro=bundle(ice(5), strange, strange | {"id": "o-x"})))

    assert {"received": 4, "used": 2, "notUnderstood": {"code": 2}} == line(log)["data"]
    assert "Quackenbush" not in log.read_text()


def test_a_call_is_one_line_with_its_findings_and_cards(log: Path, knowledge) -> None:
    (card,) = client_of(log).call(GRADE_2)["cards"]

    written = line(log)
    stages = written.pop("ms")
    assert {
        "time": "2026-03-08T09:00:00Z",
        "route": "call",
        "service": SERVICE,
        "client": "demo",
        "status": 200,
        "icans": {"lo": 2, "hi": 2, "certainty": "exact"},
        "crs": {"lo": 0, "hi": 4, "certainty": "cannot-grade"},
        "ask": {"rule": "Q12", "code": "icans-2"},
        "gaps": {"not-recorded": 4},
        "data": {"received": 4, "used": 4, "notUnderstood": {}},
        "knowledge": knowledge.fingerprint,
        "cards": [
            {
                "uuid": card["uuid"],
                "topic": "icansGrade2",
                "indicator": "warning",
                "reasons": [{"rule": "U:exact-2", "value": "2"}],
            }
        ],
        "shown": True,
        "quieter": 0,
        "remembered": True,
    } == written
    assert ["read", "gather", "decide", "deliver", "all"] == list(stages)
    assert 0 < sum(stages[name] for name in ("read", "gather", "decide", "deliver")) <= stages["all"] + 0.1


@pytest.mark.parametrize(
    ("record", "reason", "measured"),
    [
        ({"labs": bundle(vital("2951-2", 121, "mmol/L"))}, {"rule": "Q6", "value": "sodium"}, "sodium 121"),
        (
            {"vitals": bundle(vital("8480-6", 72, "mm[Hg]"), NO_FEVER)},
            {"rule": "C7", "value": "systolic-pressure"},
            "systolic-pressure 72",
        ),
    ],
)
def test_a_measured_value_is_a_reason_in_the_answer_and_not_in_the_log(
    log: Path, record: Json, reason: Json, measured: str
) -> None:
    answer = client_of(log).call(GRADE_2 | record)

    assert {**reason, "value": measured} in evaluation(answer)["urgency"]["reasons"]
    assert reason in line(log)["cards"][0]["reasons"]
    assert measured.rpartition(" ")[2] not in json.dumps(line(log)["cards"][0]["reasons"])


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"{", 400, "structure"),
        (hook_request({}), 412, "required"),
        (hook_request(GRADE_2, hook="order-sign"), 422, "invalid"),
    ],
)
def test_a_refused_call_is_a_line_too(log: Path, body: Any, status: int, problem: str) -> None:
    assert status == client_of(log).post(body).status_code
    assert (status, problem) == (line(log)["status"], line(log)["problem"])
    assert {"time", "route", "service", "client", "status", "problem", "ms"} == set(line(log))


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("get", "/cds-services", 200, {"route": "discovery", "client": "demo"}),
        ("post", "/cds-services", 405, {"route": "other", "problem": "http"}),
        ("get", f"/cds-services/{SERVICE}", 405, {"route": "other", "problem": "http"}),
        ("get", "/cds-services/Mrs-Miller/chart", 404, {"route": "other", "problem": "http"}),
        ("post", "/cds-services/Mrs-Miller", 404, {"route": "call", "client": "demo", "problem": "not-found"}),
        ("post", "/cds-services/x/feedback", 404, {"route": "feedback", "client": "demo", "problem": "not-found"}),
    ],
)
def test_a_call_that_reaches_no_service_is_a_line_without_what_was_sent(
    log: Path, method: str, path: str, status: int, expected: Json
) -> None:
    assert status == getattr(client_of(log).flask, method)(path).status_code
    written = line(log)
    assert {"time", "ms", "status"} == set(written) - set(expected)
    assert (status, expected) == (written["status"], {name: written[name] for name in expected})
    assert "Miller" not in log.read_text()


def test_an_unknown_caller_is_a_line_without_a_name(log: Path) -> None:
    client = client_of(log)
    strangers = SimpleNamespace(identify=refuse)
    app = client.flask.application
    app.extensions[WIRING] = replace(app.extensions[WIRING], callers=strangers)

    assert 401 == client.post(hook_request(GRADE_2)).status_code
    assert {"time", "route", "status", "problem", "ms"} == set(line(log))
    assert ("call", 401, "login") == (line(log)["route"], line(log)["status"], line(log)["problem"])


def refuse(*_: Any) -> None:
    raise NotAuthenticatedError("signature")


def test_a_client_that_may_not_call_a_service_is_named(log: Path) -> None:
    client = client_of(log)
    known_as(client.flask.application, services=frozenset({"icans-order-sign"}))

    assert 403 == client.post(hook_request(GRADE_2)).status_code
    assert ("mercy", SERVICE, 403, "forbidden") == tuple(
        line(log)[name] for name in ("client", "service", "status", "problem")
    )


def test_feedback_is_a_line_with_numbers_only(log: Path) -> None:
    good = {"card": "c-1", "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:10:00Z"}
    message = {"feedback": [good, {"card": "Mrs Miller"}]}

    assert 422 == client_of(log).post(message, f"/cds-services/{SERVICE}/feedback").status_code
    written = line(log)
    assert ("feedback", SERVICE, 1, 1, 1) == tuple(
        written[name] for name in ("route", "service", "received", "new", "refused")
    )
    assert "Miller" not in log.read_text()


def test_pages_and_preflights_are_not_logged(log: Path) -> None:
    client = client_of(log)
    client.flask.get("/health")
    client.flask.options(f"/cds-services/{SERVICE}", headers={"Origin": "https://a.example"})
    client.flask.get("/cds-servicesx")
    assert [] == lines(log)


def test_a_body_that_is_too_large_is_a_line_too(log: Path) -> None:
    assert 413 == client_of(log, body_limit_mb=0.01).post(b" " * 20_000).status_code
    assert (413, "http") == (line(log)["status"], line(log)["problem"])


def test_a_defect_is_a_line_too(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("Mrs Miller")

    client = client_of(log)
    monkeypatch.setattr("cds_service.hooks.service.gather", fail)
    assert 500 == client.post(hook_request(GRADE_2)).status_code
    assert (500, "exception") == (line(log)["status"], line(log)["problem"])
    assert "Miller" not in log.read_text()


def test_a_failed_search_is_counted_by_its_kind(log: Path) -> None:
    client_of(log).call(GRADE_2 | {"labs": outcome()})
    assert {"not-recorded": 4, "server-unavailable": 1} == line(log)["gaps"]


def test_cards_that_could_not_be_stored_are_logged(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(log)
    database = client.flask.application.extensions[WIRING].delivery.store._database
    monkeypatch.setattr(database, "_paused_until", float("inf"))

    assert 1 == len(client.call(GRADE_2)["cards"])
    assert line(log)["remembered"] is False


def test_it_can_be_off_or_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    client_of("off").call(GRADE_2)
    assert "" == capsys.readouterr().err

    client_of("stderr").call(GRADE_2)
    assert 200 == json.loads(capsys.readouterr().err)["status"]


def test_a_file_may_be_rotated_at_any_time(log: Path) -> None:
    client = client_of(log)
    client.call(GRADE_2)
    log.rename(log.with_suffix(".1"))
    client.call(GRADE_2)
    assert [1, 1] == [len(lines(log)), len(lines(log.with_suffix(".1")))]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ICANS_DECISION_LOG: .*missing/log cannot be written"):
        client_of(tmp_path / "missing" / "log")


def test_a_silent_service_computes_and_logs_but_shows_nothing(log: Path) -> None:
    answer = client_of(log, silent=(SERVICE,)).call(GRADE_2)

    assert ([], 2) == (answer["cards"], evaluation(answer)["icans"]["grade"])
    assert (["icansGrade2"], False) == ([card["topic"] for card in line(log)["cards"]], line(log)["shown"])


@pytest.mark.parametrize(("silent", "cards"), [({SERVICE}, 0), ({"icans-order-sign"}, 1), (set(), 1)])
def test_a_service_may_be_silent_for_one_client(log: Path, silent: set[str], cards: int) -> None:
    client = client_of(log)
    known_as(client.flask.application, silent=frozenset(silent))

    assert cards == len(client.call(GRADE_2)["cards"])
    assert (bool(cards), "mercy") == (line(log)["shown"], line(log)["client"])


def test_feedback_on_a_card_that_was_not_shown_finds_no_card(log: Path) -> None:
    client = client_of(log, silent=(SERVICE,))
    client.call(GRADE_2)
    entry = {"card": line(log)["cards"][0]["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:10:00Z"}
    receipt = client.post({"feedback": [entry]}, f"/cds-services/{SERVICE}/feedback").get_json()
    assert 1 == receipt["unknownCards"]


@pytest.mark.rule("U2")
@pytest.mark.parametrize("user", ["Patient/p-1", "RelatedPerson/r-1"])
def test_a_patient_is_shown_nothing(log: Path, user: str) -> None:
    answer = client_of(log).call(GRADE_2, context={"userId": user, "patientId": "p-1"})
    assert ([], False) == (answer["cards"], line(log)["shown"])
