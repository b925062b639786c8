"""The demo's pages: a worklist and charts, with the service's cards as an EHR would show them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from cds_service.errors import StoreUnavailableError
from cds_service.hooks.blueprint import WIRING
from cds_service.hooks.service import Wiring
from cds_service.sandbox.fhir.server import PREFIX, base_url
from cds_service.sandbox.fhir.store import create_draft
from cds_service.sandbox.pages import feedback as acts
from cds_service.sandbox.pages import views
from cds_service.sandbox.pages.consult import consult, curl_command, envelope_of, pretty, shown
from cds_service.sandbox.pages.counts import counts_of, reasons_of
from cds_service.sandbox.pages.moments import MOMENTS, Moment, moment_of
from cds_service.sandbox.pages.people import person_of
from cds_service.sandbox.sandbox import Override, sandbox
from cds_service.sandbox.stories.story import Story

FHIR, PREFETCH = "fhir", "prefetch"
# The content policy of these pages; the other protective headers are those of every response.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_SECONDS_A_MINUTE = 60
# A server that listens on every address is called on the loopback address.
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104

blueprint = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")


@blueprint.get("/")
def worklist() -> str:
    """All patients, each with a short form of the status card."""
    return _page("worklist.html", rows=views.rows_of(sandbox(), _wiring()))


@blueprint.get("/patients/<patient_id>")
def chart(patient_id: str) -> str:
    """One patient's chart, with the cards that opening it brings up."""
    mine, story = sandbox(), _story(patient_id)
    via = FHIR if request.args.get("via") == FHIR else PREFETCH
    moment = _moment()
    asked = consult(mine, _wiring(), patient_id, own_fhir_server() if via == FHIR else None, moment)
    consultation, drafts = shown(asked, mine, _wiring()), views.drafts_of(mine, patient_id)
    cards = views.card_views(consultation.response.get("cards", ()), drafts, consultation.zone)
    return _page(
        "chart.html",
        story=story,
        person=person_of(mine.store.read("Patient", patient_id) or {"id": patient_id}, mine.now().date()),
        consultation=consultation,
        cards=views.marked(cards, consultation, moment, mine),
        picture=views.picture_of(consultation, _wiring().decider.protocol),
        asked=_asked(via, moment),
        moment=moment,
        moments=MOMENTS,
        orders=mine.orders,
        drafts=drafts,
        unused=views.unused_values(consultation, mine, _wiring()),
        created=next((draft for draft in drafts if draft.key == request.args.get("created")), None),
        feedback_status=request.args.get("feedback_status", type=_status),
        curl=curl_command(
            request.url_root, envelope_of(mine, patient_id, own_fhir_server(), moment), moment.service.id
        ),
        pretty=pretty,
        fhir_base=base_url(),
    )


@blueprint.get("/patients/<patient_id>/assessment")
def assessment(patient_id: str) -> str:
    """The full assessment of one patient when the chart is opened."""
    mine, story = sandbox(), _story(patient_id)
    consultation = consult(mine, _wiring(), patient_id)
    return _page(
        "assessment.html",
        story=story,
        person=person_of(mine.store.read("Patient", patient_id) or {"id": patient_id}, mine.now().date()),
        consultation=consultation,
        assessment=views.assessment_of(consultation),
    )


@blueprint.post("/patients/<patient_id>")
def accept(patient_id: str) -> BaseResponse:
    """Create what a suggestion proposes and send feedback, as an EHR does when a clinician accepts it."""
    mine, story, kept = sandbox(), _story(patient_id), None
    for resource in request.form.getlist("resource"):
        kept = create_draft(mine.store, story.slug, resource.encode())
    entry = acts.accepted(request.form.get("card", ""), request.form.get("suggestion", ""), mine.now())
    created = f"{kept['resourceType']}/{kept['id']}" if kept else None
    return _back(patient_id, acts.tell(_moment().service.id, entry), created=created)


@blueprint.post("/patients/<patient_id>/override")
def override(patient_id: str) -> BaseResponse:
    """Override a card with a reason, or dismiss it without one; feedback is sent, and the card is minimised."""
    mine, story, code = sandbox(), _story(patient_id), request.form.get("reason", "")
    writer = _wiring().decider.writer
    reason = reasons_of(writer).get(code, "")
    if code and not reason:
        abort(HTTPStatus.BAD_REQUEST, "The cards do not offer this reason.")
    coded = {"system": writer.system, "code": code} if code else None
    answer = acts.tell(_moment().service.id, acts.overridden(request.form.get("card", ""), coded, mine.now()))
    if answer is HTTPStatus.OK:
        mine.overridden[request.form.get("mark", "")] = Override(mine.now(), reason)
    return _back(story.slug, answer)


@blueprint.get("/feedback")
def feedback() -> str:
    """The outcomes of the cards that the service has shown, as counted from its store."""
    wiring = _wiring()
    return _page("feedback.html", counts=counts_of(wiring.delivery.store.tallies(), wiring.decider.writer))


@blueprint.post("/reset")
def reset() -> BaseResponse:
    """Restart the stories as of now."""
    sandbox().restart()
    patient_id = request.form.get("patient", "")
    known = patient_id in sandbox().stories
    place = url_for(".chart", patient_id=patient_id) if known else url_for(".worklist")
    return redirect(place, HTTPStatus.SEE_OTHER)


@blueprint.errorhandler(HTTPException)
def trouble(error: HTTPException) -> tuple[str, int]:
    """The error, as a page."""
    return _page("error.html", text=error.description), error.code or HTTPStatus.INTERNAL_SERVER_ERROR


@blueprint.errorhandler(StoreUnavailableError)
def no_store(error: StoreUnavailableError) -> tuple[str, int]:
    """Report that the store cannot be read, instead of a page without counts."""
    return _page("error.html", text=f"The store of feedback cannot be read: {error}"), error.status


@blueprint.after_request
def harden(response: Response) -> Response:
    """Allow only content from this server to be loaded or run, and nothing inline."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


def own_fhir_server() -> str:
    """The address on which the embedded server really listens; the Host header is set by the caller or a proxy."""
    listening: str = request.environ["SERVER_NAME"]
    name = _WILDCARDS.get(listening, listening)
    return f"http://{f'[{name}]' if ':' in name else name}:{request.environ['SERVER_PORT']}{PREFIX}"


def _asked(via: str, moment: Moment) -> dict[str, Any]:
    """The parameters of a link back to this page: how and when the service was called."""
    return {"via": via, "hook": moment.service.hook, "order": moment.order.slug if moment.order else None}


def _moment() -> Moment:
    return moment_of(request.args.get("hook", ""), request.args.get("order", ""), sandbox().orders)


def _back(patient_id: str, answered: HTTPStatus, created: str | None = None) -> BaseResponse:
    """Redirect to the cards of the same chart. `answered`: the service's response to the feedback."""
    asked: dict[str, Any] = {name: request.args.get(name) for name in ("via", "hook", "order")}
    place = url_for(
        ".chart",
        patient_id=patient_id,
        **asked,
        created=created,
        feedback_status=answered.value,
        _anchor="decision-support",
    )
    return redirect(place, HTTPStatus.SEE_OTHER)


def _status(text: str) -> HTTPStatus:
    """Parse a status; raises ValueError for anything else, which counts as absent."""
    return HTTPStatus(int(text))


def _page(template: str, **values: Any) -> str:
    mine = sandbox()
    minutes = int((mine.now() - mine.started).total_seconds() // _SECONDS_A_MINUTE)
    return render_template(template, indicators=views.INDICATORS, minutes=minutes, started=mine.started, **values)


def _story(patient_id: str) -> Story:
    story = sandbox().stories.get(patient_id)
    return story or abort(HTTPStatus.NOT_FOUND, "There is no such patient in this sandbox.")


def _wiring() -> Wiring:
    wiring: Wiring = current_app.extensions[WIRING]
    return wiring
