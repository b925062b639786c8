"""The demo's pages in a real browser: what a reader sees, and that nothing is blocked or fails."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, expect, sync_playwright

from cds_service.sandbox.pages.moments import MOMENTS
from cds_service.sandbox.stories.story import read_stories
from tests.parts import CHROMIUM, ROOT

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENT = "grade-2-worsening"
# A narrower column of text (in pixels) has too few words on a line.
READABLE = 200
# Of a phone to a large screen, with both sides of where the layout changes.
WIDTHS = [320, 400, 704, 705, 760, 960, 961, 1088, 1089, 1280, 1600]
# What the public CDS Hooks sandbox does: patients, discovery, prefetch by POST search, the call.
CLIENT = """async ([base, patientId]) => {
    const accept = {Accept: "application/json+fhir", Authorization: "Bearer x"}
    const get = async path => (await fetch(`${base}/${path}`, {headers: accept})).json()
    const post = async (path, type, body) =>
        (await fetch(`${base}/${path}`, {method: "POST", headers: {...accept, "Content-Type": type}, body})).json()
    const people = await get("fhir/Patient")
    const [service] = (await get("cds-services")).services
    const [kind, query] = service.prefetch.neuro.replace("{{context.patientId}}", patientId).split("?")
    const neuro = await post(`fhir/${kind}/_search`, "application/x-www-form-urlencoded", query)
    const context = {userId: "Practitioner/demo", patientId}
    const call = {hook: service.hook, hookInstance: "x", fhirServer: `${base}/fhir`, context, prefetch: {neuro}}
    const answer = await post(`cds-services/${service.id}`, "application/json", JSON.stringify(call))
    return [people.total, neuro.total, answer.cards[0].summary]
}"""


@contextmanager
def serving() -> Iterator[str]:
    """The address of the service as a user starts it."""
    command = [sys.executable, "-m", "cds_service", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as service:
        line = service.stdout.readline()
        yield re.search(r"http://127\.0\.0\.1:\d+", line)[0]
        service.terminate()


def launched(playwright: Playwright) -> Browser:
    """The browser that is installed on the machine."""
    return playwright.chromium.launch(executable_path=shutil.which(CHROMIUM), args=ARGUMENTS)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """One service for all tests here."""
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


def _failed(request: Request) -> list[str]:
    """The requests that were refused or failed, without those cancelled because the reader went to another page."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"failed: {request.url}"]


class _Blank(BaseHTTPRequestHandler):
    """A page of another origin."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another origin on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Blank) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def opened(browser: Browser, viewport: dict[str, int] = DESK, scheme: str = "light") -> tuple[Page, list[str]]:
    """A page and the errors that occur on it."""
    page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.extend(_failed(request)))
    page.on(
        "response",
        lambda response: wrong.append(f"{response.status}: {response.url}") if response.status >= 400 else None,
    )
    return page, wrong


def test_an_error_on_a_page_is_noticed(browser: Browser, base: str) -> None:
    """The policy forbids inline scripts and styles; a violation fails a test."""
    page, wrong = opened(browser)
    page.goto(base)
    page.evaluate(
        "const one = document.createElement('script'); one.text = 'window.ran = true'; document.body.append(one)"
    )
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    assert not page.evaluate("window.ran")
    assert 2 == len([text for text in wrong if "Content Security Policy" in text])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_opens_without_errors(browser: Browser, base: str, viewport: dict[str, int], scheme: str) -> None:
    page, wrong = opened(browser, viewport, scheme)
    for path in ("/", "/feedback", *(f"/patients/{story.slug}" for story in read_stories())):
        page.goto(f"{base}{path}")
        expect(page.get_by_text("Demo, not for patients.", exact=True)).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert [] == wrong, path


def test_an_order_can_be_tried_out(browser: Browser, base: str) -> None:
    page, wrong = opened(browser)
    page.goto(f"{base}/patients/{PATIENT}")
    page.get_by_role("link", name="Order signed").click()
    page.get_by_role("link", name="dexamethasone 10 mg IV every 6 h").click()
    expect(page.get_by_text("nothing to say about this order")).to_be_visible()
    page.get_by_role("link", name="dexamethasone 4 mg IV once a day").click()
    card = page.locator("article.card.warning")
    expect(card.get_by_role("heading", level=3)).to_contain_text("Corticosteroid drafted below the options")
    card.locator("summary").first.click()
    expect(card.locator("pre").first).to_contain_text('"type": "update"')
    assert [] == wrong


@pytest.mark.parametrize("hook", MOMENTS)
def test_every_moment_fits_a_phone(browser: Browser, base: str, hook: str) -> None:
    page, wrong = opened(browser, PHONE)
    page.goto(f"{base}/patients/improving-on-steroid?hook={hook}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [] == wrong


def test_the_card_is_visible_without_scrolling(browser: Browser, base: str) -> None:
    page, _ = opened(browser)
    page.goto(f"{base}/patients/{PATIENT}")
    card = page.locator("article.card.warning").first
    expect(card.get_by_role("heading", level=3)).to_be_in_viewport()
    expect(card.get_by_role("heading", level=3)).to_contain_text("ICANS 2, worsening")
    expect(card.get_by_text("Warning")).to_be_visible()
    expect(card.get_by_role("link", name="Full assessment")).to_be_visible()
    expect(page.get_by_role("img", name="Course of")).to_be_in_viewport()


def test_the_chart_has_one_picture_for_desktops_and_one_for_phones(browser: Browser, base: str) -> None:
    for viewport, shown, hidden in ((DESK, "wide", "narrow"), (PHONE, "narrow", "wide")):
        page, _ = opened(browser, viewport)
        page.goto(f"{base}/patients/{PATIENT}")
        expect(page.locator(f"svg.{shown}")).to_be_visible()
        expect(page.locator(f"svg.{hidden}")).to_be_hidden()
        heights = page.locator(f"svg.{shown} text").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect().height)"
        )
        assert min(heights) >= 10


@pytest.mark.parametrize("width", WIDTHS)
def test_the_worklist_is_readable_at_every_width(browser: Browser, base: str, width: int) -> None:
    page, wrong = opened(browser, {"width": width, "height": 900})
    page.goto(base)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for column in ("summary", "story"):
        widths = page.locator(f"td.{column}").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
        assert min(widths) >= READABLE, column
    grades = page.locator("td.grade")
    expect(grades.first).to_contain_text("4")
    assert page.locator("td.grade").evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")
    assert [] == wrong


@pytest.mark.parametrize(("width", "above"), [(400, True), (800, True), (1400, False)])
def test_the_course_stands_above_the_card_where_they_are_not_side_by_side(
    browser: Browser, base: str, width: int, above: bool
) -> None:
    page, _ = opened(browser, {"width": width, "height": 900})
    page.goto(f"{base}/patients/{PATIENT}")
    course, card = (page.locator(place).first.bounding_box() for place in ("figure.course", "article.card"))
    assert (course["y"] + course["height"] <= card["y"]) == above


def test_suggestions_are_directly_under_the_headline(browser: Browser, base: str) -> None:
    page, _ = opened(browser)
    page.goto(f"{base}/patients/{PATIENT}")
    places = ("article.card h3", "ul.suggestions", "div.detail")
    tops = [page.locator(place).first.bounding_box()["y"] for place in places]
    assert sorted(tops) == tops


@pytest.mark.parametrize(("reason", "said"), [("I grade the patient differently", "Overridden"), ("", "Dismissed")])
def test_a_card_is_overridden_in_place_by_keyboard(browser: Browser, base: str, reason: str, said: str) -> None:
    page, wrong = opened(browser)
    page.goto(f"{base}/patients/{PATIENT}")
    card = page.locator("article.card").first
    heading = card.get_by_role("heading", level=3).inner_text()
    more = card.locator("summary", has_text="Dismiss or override")
    more.focus()
    page.keyboard.press("Enter")
    button = card.get_by_role("button", name=reason or "Dismiss without a reason")
    button.focus()
    assert "none" != button.evaluate("e => getComputedStyle(e).outlineStyle")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("The service has kept")
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(card.locator(".overridden")).to_have_text(re.compile(rf"{said} \d\d:\d\d.*{reason}"))
    expect(card.get_by_role("heading", level=3)).to_have_text(heading)
    expect(card.locator(".detail")).to_be_hidden()
    expect(card.locator(".override")).to_have_count(0)
    card.get_by_text("Show the card").click()
    expect(card.locator(".detail")).to_be_visible()

    page.get_by_role("link", name="all feedback").click()
    table = page.get_by_role("table", name="Why cards were overridden")
    expect(table.get_by_role("row", name=reason or "Dismissed without a reason")).to_contain_text("ICANS grade 2")
    page.get_by_role("button", name="Start the stories again now").click()
    page.goto(f"{base}/patients/{PATIENT}")
    expect(card.locator(".detail")).to_be_visible()
    assert [] == wrong


def test_every_card_can_be_told_apart_by_a_screen_reader(browser: Browser, base: str) -> None:
    page, _ = opened(browser)
    page.goto(f"{base}/patients/improving-on-steroid?hook=encounter-discharge")
    names = page.locator("details.override > summary").evaluate_all("all => all.map(e => e.textContent)")
    assert len(set(names)) == len(names) > 1


@pytest.mark.parametrize("width", WIDTHS)
def test_the_counts_are_readable_at_every_width(browser: Browser, base: str, width: int) -> None:
    page, wrong = opened(browser, {"width": width, "height": 900})
    page.goto(f"{base}/patients/{PATIENT}")
    page.goto(f"{base}/feedback")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    row = page.get_by_role("table", name="By topic of the card").get_by_role("row", name="ICANS grade 2")
    assert row.evaluate("e => e.scrollWidth <= e.clientWidth")
    places = [row.get_by_role(role).first.bounding_box() for role in ("rowheader", "cell")]
    assert all(0 <= place["x"] and place["x"] + place["width"] <= width for place in places)
    assert [] == wrong


@pytest.mark.parametrize("width", WIDTHS)
def test_a_card_is_readable_at_every_width(browser: Browser, base: str, width: int) -> None:
    page, wrong = opened(browser, {"width": width, "height": 900})
    page.goto(f"{base}/patients/messy-record")
    page.locator("details.override > summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in ("article.card .detail", ".suggestions button", ".override fieldset", ".unused li"):
        widths = page.locator(place).evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
        assert min(widths) >= READABLE, place
        assert page.locator(place).evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)"), place
    assert [] == wrong


def test_a_value_that_is_not_used_is_named_on_the_chart(browser: Browser, base: str) -> None:
    page, _ = opened(browser)
    page.goto(f"{base}/patients/messy-record")
    line = page.get_by_role("region", name="Recorded, but not used").get_by_text("ICE total 80").locator("..")
    expect(line).to_have_text(re.compile(r"ICE total 80, \d+ \w+ \d\d:\d\d: implausible, Observation/"))
    href = line.get_by_role("link").get_attribute("href")
    assert 80 == page.request.get(href).json()["valueInteger"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_full_assessment_fits_every_width(browser: Browser, base: str, width: int) -> None:
    page, wrong = opened(browser, {"width": width, "height": 900})
    page.goto(f"{base}/patients/grade-3-ice/assessment")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    article = page.locator("article.assessment")
    expect(article.get_by_role("table").first).to_be_visible()
    assert article.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert [] == wrong


def test_the_light_and_dark_themes_differ(browser: Browser, base: str) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        page, _ = opened(browser, scheme=scheme)
        page.goto(base)
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert 2 == len(grounds)


def test_from_the_worklist_to_a_draft_by_keyboard(browser: Browser, base: str) -> None:
    page, wrong = opened(browser)
    page.goto(base)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    row = page.get_by_role("row", name="Grade 2, worsening, with CRS 1")
    row.get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patients/{PATIENT}")
    button = page.locator("ul.suggestions button").first
    # The button says what it would create; the created order says what it is.
    what = button.inner_text().partition(": ")[2]
    button.focus()
    assert "none" != button.evaluate("e => getComputedStyle(e).outlineStyle")
    page.keyboard.press("Enter")
    done = page.get_by_role("status")
    expect(done).to_be_in_viewport()
    expect(done).to_contain_text(what)
    expect(page.locator(".drafts li")).to_contain_text(what)
    href = done.get_by_role("link").first.get_attribute("href")
    assert "draft" == page.request.get(href).json()["status"]
    page.get_by_role("button", name="Start the stories again now").click()
    expect(page.locator(".drafts li")).to_have_count(0)
    assert [] == wrong


def test_the_pages_for_engineers_work(browser: Browser, base: str) -> None:
    page, wrong = opened(browser, PHONE)
    page.goto(f"{base}/patients/{PATIENT}")
    expect(page.get_by_text("The same call with curl")).to_be_hidden()
    page.get_by_text("For engineers").click()
    expect(page.get_by_text("The same call with curl")).to_be_visible()
    page.get_by_role("link", name="the FHIR server").click()
    page.get_by_text("For engineers").click()
    expect(page.get_by_text("with everything read from the embedded FHIR server over HTTP")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [] == wrong


def test_another_origin_may_call_the_service_and_the_fhir_server(browser: Browser, base: str, elsewhere: str) -> None:
    page, wrong = opened(browser)
    # One of our own pages cannot be used: its policy lets it call no other address.
    page.goto(elsewhere)
    page.wait_for_load_state("networkidle")
    wrong.clear()  # for the icon, which this address does not have
    people, readings, summary = page.evaluate(CLIENT, [base, PATIENT])
    assert len(read_stories()) == people
    assert readings > 0
    assert "ICANS 2" in summary
    assert [] == wrong
