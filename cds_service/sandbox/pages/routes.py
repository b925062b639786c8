"""The demo's pages: a worklist and charts, with the service's cards as an EHR would show them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from cds_service.hooks.blueprint import WIRING
from cds_service.hooks.service import Wiring
from cds_service.sandbox.fhir.server import PREFIX, base_url
from cds_service.sandbox.fhir.store import create_draft
from cds_service.sandbox.pages import views
from cds_service.sandbox.pages.consult import consult, curl_command, envelope_of, pretty
from cds_service.sandbox.pages.moments import MOMENTS, Moment, moment_of
from cds_service.sandbox.pages.people import person_of
from cds_service.sandbox.sandbox import sandbox
from cds_service.sandbox.stories.story import Story

FHIR, PREFETCH = "fhir", "prefetch"
# What these pages need; the other protective headers are those of every answer.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_SECONDS_A_MINUTE = 60
# Where a server listens on every address, it is called on this machine's own.
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
    moment = moment_of(request.args.get("hook", ""), request.args.get("order", ""), mine.orders)
    consultation = consult(mine, _wiring(), patient_id, own_fhir_server() if via == FHIR else None, moment)
    drafts = views.drafts_of(mine, patient_id)
    return _page(
        "chart.html",
        story=story,
        person=person_of(mine.store.read("Patient", patient_id) or {"id": patient_id}, mine.now().date()),
        consultation=consultation,
        cards=views.card_views(consultation.response.get("cards", ()), drafts, consultation.zone),
        picture=views.picture_of(consultation, _wiring().decider.protocol),
        asked=_asked(via, moment),
        moment=moment,
        moments=MOMENTS,
        orders=mine.orders,
        drafts=drafts,
        created=next((draft for draft in drafts if draft.key == request.args.get("created")), None),
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
    """Create what a suggestion proposes, as the EHR does when a clinician accepts it."""
    mine, story, kept = sandbox(), _story(patient_id), None
    for resource in request.form.getlist("resource"):
        kept = create_draft(mine.store, story.slug, resource.encode())
    created = f"{kept['resourceType']}/{kept['id']}" if kept else None
    asked: dict[str, Any] = {name: request.args.get(name) for name in ("via", "hook", "order")}
    place = url_for(".chart", patient_id=patient_id, **asked, created=created)
    return redirect(place, HTTPStatus.SEE_OTHER)


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
    """What went wrong, as a page."""
    return _page("error.html", text=error.description), error.code or HTTPStatus.INTERNAL_SERVER_ERROR


@blueprint.after_request
def harden(response: Response) -> Response:
    """Allow only content from this server to be loaded or run, and nothing inline."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


def own_fhir_server() -> str:
    """The address the embedded server really listens on: the Host header comes from the caller, or from a proxy."""
    listening: str = request.environ["SERVER_NAME"]
    name = _WILDCARDS.get(listening, listening)
    return f"http://{f'[{name}]' if ':' in name else name}:{request.environ['SERVER_PORT']}{PREFIX}"


def _asked(via: str, moment: Moment) -> dict[str, Any]:
    """The parameters that a link back to this page needs: how and when the service was asked."""
    return {"via": via, "hook": moment.service.hook, "order": moment.order.slug if moment.order else None}


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
