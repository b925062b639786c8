"""The demo's pages, without a browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone
from html import unescape
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from cds_service.sandbox.pages.views import card_views
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.sandbox.stories.story import read_stories
from tests.sandbox.conftest import Clock
from tests.sandbox.people import RUDE, worsening

# The offset of these stories' data, which is used for the ward if no zone is set.
WARD = timezone(timedelta(hours=1))
BANNER = "Demo, not for patients."


def text(page: str) -> str:
    """What a reader sees of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page))).strip()


def cards(page: str) -> list[str]:
    """The cards of a page as text."""
    return [text(one) for one in re.findall(r'<article class="card.*?</article>', page, re.DOTALL)]


def get(web: FlaskClient, path: str, status: int = 200) -> str:
    response = web.get(path)
    assert status == response.status_code
    assert "text/html" == response.mimetype
    assert BANNER in text(response.text)
    return response.text


def hook_answer(web: FlaskClient, live: str, patient_id: str) -> dict[str, Any]:
    context = {"userId": "Practitioner/demo", "patientId": patient_id}
    body = {"hook": "patient-view", "hookInstance": "x", "fhirServer": f"{live}/fhir", "context": context}
    return web.post("/cds-services/icans-patient-view", json=body).get_json()


def test_the_worklist_has_the_summary_of_each_chart(web: FlaskClient) -> None:
    page = get(web, "/")
    rows = [text(row) for row in re.findall(r'<tr role="row" class="\w+">.*?</tr>', page, re.DOTALL)]
    assert 3 == len(rows)
    assert rows[0].startswith(
        "Warning 2 worsening Brandt, Ilse59 y, female axicabtagene ciloleucel day 6 ICANS 2, worsening"
    )
    assert rows[0].endswith("Worsening over a nightWriting is lost first")
    assert rows[2].startswith(
        "No card not graded Yilmaz, Ilse59 y, female axicabtagene ciloleucel day 300 Nothing to say."
    )


def test_the_highest_grade_comes_first_and_ungradable_before_grade_0(app: Flask) -> None:
    app.extensions[SANDBOX] = Sandbox(read_stories(), app.extensions[SANDBOX].now)
    page = get(app.test_client(), "/")
    shown = [text(cell) for cell in re.findall(r'<td role="cell" class="grade">(.*?)</td>', page)]
    assert len(read_stories()) == len(shown)
    known = [re.search(r"\d", grade) for grade in shown]
    grades = [int(grade[0]) for grade in known if grade]
    assert {0, 1, 2, 3, 4} == set(grades)
    assert sorted(grades, reverse=True) == grades
    # Only an exact 0 is shown as 0, and patients who cannot be graded come before it.
    assert {"0"} == {grade.split()[0] for grade in shown if "0" in grade}
    unknown = [place for place, grade in enumerate(shown) if grade.startswith("not gradable")]
    assert max(unknown) < shown.index(next(grade for grade in shown if grade.startswith("0")))
    assert {"not graded"} == set(shown[1 + max(place for place, grade in enumerate(known) if grade) :])
    twos = ["worsening" in grade for grade in shown if grade.startswith("2")]
    assert sorted(twos, reverse=True) == twos
    assert any(twos)


def test_an_empty_sandbox_has_an_empty_worklist(app: Flask, clock: Clock) -> None:
    app.extensions[SANDBOX] = Sandbox((), clock)
    assert "There are no patients in this sandbox." in get(app.test_client(), "/")


def test_the_chart_shows_the_cards_of_the_hook(web: FlaskClient, live: str) -> None:
    page = get(web, "/patients/brandt")
    (card,) = hook_answer(web, live, "brandt")["cards"]
    (shown,) = cards(page)
    assert card["summary"] in shown
    for line in card["detail"].splitlines():
        for word in re.findall(r"\w+", line):
            assert word in shown
    assert card["source"]["label"] in shown
    assert f'href="{card["source"]["url"]}"' in page
    assert [one["label"] for one in card["suggestions"]] == re.findall(r'<button type="submit">(.*?)</button>', page)
    assert '<article class="card warning">' in page


def test_the_chart_has_a_banner_and_a_picture(web: FlaskClient) -> None:
    page = get(web, "/patients/brandt")
    banner = "Brandt, Ilse Age59 y Born1967-01-08 Sexfemale Recordbrandt Therapyaxicabtagene ciloleucel, day 6"
    assert banner in re.sub(r"\s+(?=Born|Sex|Record|Therapy)", " ", text(page))
    assert 2 == page.count("Therapy: axi-cel 10 Jun 10:12. ICE: 10 (10 Jun 04:12), 10 (15 Jun 04:12), 9")
    assert 2 == page.count('role="img" aria-labelledby=')


def test_prefetch_and_fhir_give_the_same_cards(app: Flask, live: str) -> None:
    app.extensions[SANDBOX] = Sandbox((*read_stories(), worsening()), app.extensions[SANDBOX].now)
    for patient_id in app.extensions[SANDBOX].stories:
        by_prefetch = requests.get(f"{live}/patients/{patient_id}", timeout=5).text
        by_fhir = requests.get(f"{live}/patients/{patient_id}?via=fhir", timeout=5).text
        assert cards(by_prefetch) == cards(by_fhir), patient_id
        assert "from prefetch alone" in by_prefetch
        assert "over HTTP" in by_fhir
        assert "The service refused" not in by_prefetch + by_fhir


def test_a_chart_without_cards_says_so(web: FlaskClient) -> None:
    page = get(web, "/patients/yilmaz")
    assert "The service has nothing to say about this patient now" in page
    assert [] == cards(page)


def test_a_picture_without_grades_has_no_key_for_them(app: Flask) -> None:
    app.extensions[SANDBOX] = Sandbox(read_stories(), app.extensions[SANDBOX].now)
    web = app.test_client()
    assert "proven grade" in get(web, "/patients/quiet-day-3")
    assert "proven grade" not in get(web, "/patients/no-card")
    assert "Filled temperatures: fever" in get(web, "/patients/no-card")


def test_a_refused_call_is_shown(app: Flask) -> None:
    store = app.extensions[SANDBOX].store
    store.load([{"entry": [{"resource": {"resourceType": "Task", "id": "x"}}]}])
    page = get(app.test_client(), "/patients/brandt")
    assert "The service refused the call" in page
    assert "Missing prefetch keys" in text(page)
    assert "Refused" in get(app.test_client(), "/")


def test_an_unknown_patient_is_404(web: FlaskClient) -> None:
    assert "There is no such patient in this sandbox." in get(web, "/patients/nobody", status=404)


@pytest.mark.parametrize("path", ["/", "/patients/rude"])
def test_markup_in_a_record_is_shown_and_not_run(web: FlaskClient, path: str) -> None:
    page = get(web, path)
    assert RUDE in text(page)
    assert "<script" not in page
    assert "<img" not in page


def test_markup_in_a_card_is_shown_and_not_run() -> None:
    detail = f"**bold** {RUDE}\n\n![spy](https://x.example/a.png) [go](javascript:alert(1)) [see](https://x.example)"
    (view,) = card_views([{"detail": detail}])
    assert "<strong>bold</strong> &lt;script&gt;" in view.detail
    assert '<a href="https://x.example">see</a>' in view.detail
    assert "<img" not in view.detail
    assert 'href="javascript' not in view.detail


@pytest.mark.parametrize("path", ["/", "/patients/brandt", "/patients/nobody", "/assets/sandbox.css"])
def test_pages_load_nothing_from_other_origins(web: FlaskClient, path: str) -> None:
    response = web.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "nosniff" == response.headers["X-Content-Type-Options"]
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=", response.text)
    assert not re.search(r'(src|url\()\s*=?\s*"?https?:', response.text)


def test_charts_are_not_cached(web: FlaskClient) -> None:
    assert "no-store" == web.get("/patients/brandt").headers["Cache-Control"]


def test_the_call_by_hand_works(web: FlaskClient, live: str) -> None:
    page = requests.get(f"{live}/patients/brandt", timeout=5).text
    command = unescape(re.search(r"<code>(curl.*?)</code>", page, re.DOTALL)[1])
    url, body = re.fullmatch(r"curl -s (\S+) -H 'Content-Type: application/json' -d '(.*)'", command).groups()
    answer = requests.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=5)
    assert 200 == answer.status_code
    assert answer.json()["cards"][0]["summary"] in unescape(page)


@pytest.mark.parametrize(
    ("listening", "called"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/fhir"),
        ("0.0.0.0", "http://127.0.0.1:8000/fhir"),
        ("::", "http://[::1]:8000/fhir"),
        ("::1", "http://[::1]:8000/fhir"),
        ("192.0.2.7", "http://192.0.2.7:8000/fhir"),
    ],
)
def test_the_own_server_is_called_at_its_real_address(web: FlaskClient, listening: str, called: str) -> None:
    """The Host header is ignored, because the caller can set it."""
    environ = {"SERVER_NAME": listening, "SERVER_PORT": "8000", "HTTP_HOST": "evil.example"}
    page = web.get("/patients/brandt", environ_overrides=environ).text
    assert f'"fhirServer":"{called}"' in unescape(page)


def test_what_was_sent_is_listed_and_can_be_looked_up(web: FlaskClient) -> None:
    page = get(web, "/patients/brandt")
    links = [unescape(link) for link in re.findall(r'<a href="(http://localhost/fhir/[^"]*)"><code>', page)]
    assert 11 == len(links)
    assert "http://localhost/fhir/Patient/brandt" in links
    for link in links:
        assert 200 == web.get(link).status_code, link
    assert '"encounterId": "brandt-stay"' in unescape(page)


FORM = re.compile(r'<form method="post" action="(/patients/[^"]*)">(.*?)</form>', re.DOTALL)


def forms(page: str, field: str) -> list[tuple[str, dict[str, str]]]:
    """The address and the fields of each form that has a field of this name."""
    found = [
        (unescape(place), re.findall(r'name="(\w+)" value="([^"]*)">', inner)) for place, inner in FORM.findall(page)
    ]
    named = [(place, {name: unescape(value) for name, value in hidden}) for place, hidden in found]
    return [(place, hidden) for place, hidden in named if field in hidden]


def pressed(web: FlaskClient, place: str, fields: dict[str, str]) -> str:
    """Submit a form; returns the next page."""
    response = web.post(place, data=fields)
    assert 303 == response.status_code
    return get(web, response.headers["Location"])


def accept(web: FlaskClient, page: str, number: int = 0) -> str:
    """Press the button of a suggestion; returns the next page."""
    return pressed(web, *forms(page, "resource")[number])


def override(web: FlaskClient, page: str, reason: str) -> str:
    """Press the button of a reason on the first card; returns the next page."""
    place, fields = forms(page, "mark")[0]
    return pressed(web, place, {**fields, "reason": reason})


def offered(page: str) -> list[str]:
    """What each suggestion on a page would create, in words: a task, a drug and dose, or another order."""
    resources = (json.loads(unescape(one)) for one in re.findall(r'name="resource" value="([^"]*)"', page))
    return [_words(resource) for resource in resources]


def _words(resource: dict[str, Any]) -> str:
    if resource["resourceType"] != "MedicationRequest":
        return resource.get("description") or resource["code"]["text"]
    return f"{resource['medicationCodeableConcept']['text']} {resource['dosageInstruction'][0]['text']}"


def test_an_accepted_suggestion_is_created_and_confirmed(web: FlaskClient) -> None:
    page = get(web, "/patients/brandt")
    number, what = next((at, one) for at, one in enumerate(offered(page)) if "ICE due" in one)
    after = accept(web, page, number)
    key = re.search(r"<code>(Task/[\w-]+)</code>", after)[1]
    assert f"Created in the chart: {what} as a draft, {key}" in text(after)
    created = web.get(f"/fhir/{key}").get_json()
    assert ("draft", what, {"reference": "Patient/brandt"}) == (
        created["status"],
        created["description"],
        created["for"],
    )
    assert "Created in the chart" not in get(web, "/patients/brandt")
    assert f"{what} Task" in text(get(web, "/patients/brandt"))


def test_nothing_is_drafted_twice(web: FlaskClient, clock: Clock) -> None:
    page = get(web, "/patients/brandt")
    first, *others = offered(page)
    after = accept(web, page)
    (said,) = re.findall(r'<p class="drafted">(.*?)</p>', after)
    label, _, when = text(said).rpartition(" drafted ")
    assert first.startswith(label.removeprefix("Draft: "))
    assert f"{clock.moment.astimezone(WARD):%H:%M}" == when
    assert others == offered(after)
    web.post("/reset", data={"patient": "brandt"})
    again = get(web, "/patients/brandt")
    assert len(others) + 1 == len(offered(again))
    assert 'class="drafted"' not in again


def test_drafts_are_listed_newest_first(web: FlaskClient) -> None:
    page = get(web, "/patients/brandt")
    first, second, *_ = offered(page)
    accept(web, page, 0)
    drafts = re.findall(r"<li>(.*?) <a", accept(web, page, 1))
    assert [second, first] == drafts


def test_every_suggestion_of_every_patient_can_be_accepted(app: Flask) -> None:
    app.extensions[SANDBOX] = Sandbox(read_stories(), app.extensions[SANDBOX].now)
    web, kinds = app.test_client(), set()
    for patient_id in app.extensions[SANDBOX].stories:
        page = get(web, f"/patients/{patient_id}")
        for number, what in enumerate(offered(page)):
            after = accept(web, page, number)
            assert f"Created in the chart: {what}" in text(after)
            kinds.update(re.findall(r"<code>(\w+)/", after))
    assert {"Task", "ServiceRequest", "MedicationRequest"} <= kinds


@pytest.mark.parametrize(
    "resource",
    [
        "{",
        "[]",
        "{}",
        '{"resourceType": "Patient", "id": "x"}',
        '{"resourceType": "Task", "status": "draft", "intent": "proposal", "for": {"reference": "Patient/rude"}}',
        '{"resourceType": "Task", "for": {"reference": "Patient/brandt"}}',
    ],
)
def test_only_a_draft_for_this_patient_is_created(web: FlaskClient, resource: str) -> None:
    response = web.post("/patients/brandt", data={"resource": resource})
    assert response.status_code in (400, 422)
    assert 0 == web.get("/fhir/Task").get_json()["total"]


def test_nothing_is_created_for_an_unknown_patient(web: FlaskClient) -> None:
    assert 404 == web.post("/patients/nobody", data={"resource": "{}"}).status_code


def test_a_made_up_confirmation_is_not_shown(web: FlaskClient) -> None:
    assert "Created in the chart" not in get(web, "/patients/brandt?created=Task/mine")


def test_scores_age_and_a_restart_makes_them_current(web: FlaskClient, clock: Clock) -> None:
    fresh = cards(get(web, "/patients/brandt"))[0]
    accept(web, get(web, "/patients/brandt"))
    clock.moment += timedelta(hours=14)
    stale = get(web, "/patients/brandt")
    assert "not gradable" in cards(stale)[0]
    assert "14 h ago" in text(stale)

    response = web.post("/reset", data={"patient": "brandt"})

    assert (303, "/patients/brandt") == (response.status_code, response.headers["Location"])
    again = get(web, "/patients/brandt")
    assert fresh.split(":")[0] == cards(again)[0].split(":")[0]
    assert "just now" in text(again)
    assert "None yet" in text(again)
    assert 0 == web.get("/fhir/Task").get_json()["total"]


@pytest.mark.parametrize("patient", ["", "nobody", "//evil.example"])
def test_a_restart_from_another_page_ends_at_the_worklist(web: FlaskClient, patient: str) -> None:
    assert "/" == web.post("/reset", data={"patient": patient}).headers["Location"]


def test_a_restart_needs_a_post(web: FlaskClient) -> None:
    assert 405 == web.get("/reset").status_code


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "just now"), (1, "1 min ago"), (119, "119 min ago"), (180, "3 h ago")]
)
def test_the_page_says_when_the_stories_began(web: FlaskClient, clock: Clock, minutes: int, said: str) -> None:
    clock.moment += timedelta(minutes=minutes)
    assert f"Stories began {said}" in text(get(web, "/"))


def test_the_full_assessment_has_a_page_of_its_own(app: Flask) -> None:
    app.extensions[SANDBOX] = Sandbox(read_stories(), app.extensions[SANDBOX].now)
    web = app.test_client()
    page = get(web, "/patients/grade-2-voice/assessment")
    titles = re.findall(r"<h2>([^<]+)</h2>", page)

    assert ["All options by source", "Domains", "Course"] == titles[:3]
    assert "Sources" == titles[-1]
    assert "HR 22.5" in page
    assert "<table>" in page
    assert "nothing to say" in get(web, "/patients/no-card/assessment")
    get(web, "/patients/nobody/assessment", 404)
