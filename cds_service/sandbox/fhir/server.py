"""The embedded FHIR server at /fhir: read, search and create only; no resource content is logged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, current_app, request

from cds_service import __version__
from cds_service.errors import RefusedError
from cds_service.sandbox.fhir.parameters import INCLUDES, PARAMETERS
from cds_service.sandbox.fhir.search import PAGE, Found, search
from cds_service.sandbox.fhir.store import Store, create_resource
from cds_service.sandbox.stories.story import Json
from cds_service.server.refusals import outcome

INTERACTIONS = ("read", "search-type", "create")


def capability_statement(base: str, kinds: Iterable[str], started: datetime) -> Json:
    """The answer to /metadata of the server at this address."""
    resources = [_resource(kind) for kind in sorted({*PARAMETERS, *kinds})]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "experimental": True,
        "date": started.isoformat(timespec="seconds"),
        "kind": "instance",
        "software": {"name": "ICANS CDS sandbox", "version": __version__},
        "implementation": {
            "description": "Synthetic patients of a demo, kept in memory. Not for patients.",
            "url": base,
        },
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "security": {"cors": True}, "resource": resources}],
    }


def _resource(kind: str) -> Json:
    parameters = [{"name": name, "type": one.kind} for name, one in PARAMETERS.get(kind, {}).items()]
    statement: Json = {
        "type": kind,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "searchParam": [{"name": "_id", "type": "token"}, *parameters],
    }
    if kind in INCLUDES:
        statement["searchInclude"] = list(INCLUDES[kind])
    return statement


PREFIX = "/fhir"
# The key under which an application keeps the store of its resources.
STORE = "icans-sandbox-store"
FORM = "application/x-www-form-urlencoded"
Pairs = list[tuple[str, str]]

blueprint = Blueprint("fhir", __name__, url_prefix=PREFIX)


class UnknownTypeError(RefusedError):
    """A resource type that this server does not support."""

    status = 404
    code = "not-supported"


@blueprint.get("/metadata")
def metadata() -> Response:
    """The CapabilityStatement."""
    store = _store()
    return _response(capability_statement(base_url(), store.kinds(), store.since))


@blueprint.get("/<kind>")
def search_by_get(kind: str) -> Response:
    """A search with its parameters in the URL."""
    return _searchset(kind, list(request.args.items(multi=True)))


@blueprint.post("/<kind>/_search")
def search_by_post(kind: str) -> Response:
    """A search with its parameters in a form, in the URL, or in both."""
    if request.content_length and request.mimetype != FORM:
        return outcome(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"A search by POST is a form: {FORM}.", "not-supported")
    return _searchset(kind, [*request.args.items(multi=True), *request.form.items(multi=True)])


@blueprint.get("/<kind>/<identity>")
def read(kind: str, identity: str) -> Response:
    """One resource by its id."""
    _require_known(kind)
    resource = _store().read(kind, identity)
    if resource is None:
        return outcome(HTTPStatus.NOT_FOUND, f"There is no such {kind} here.", "not-found")
    return _response(resource)


@blueprint.post("/<kind>")
def create(kind: str) -> Response:
    """A new resource, under an id of the server's choice."""
    _require_known(kind)
    kept = create_resource(_store(), kind, request.get_data(cache=False))
    response = _response(kept, HTTPStatus.CREATED)
    response.headers["Location"] = f"{base_url()}/{kind}/{kept['id']}"
    return response


@blueprint.route("/<kind>/<identity>", methods=["PUT", "PATCH", "DELETE"])
def refuse_change(kind: str, identity: str) -> Response:  # noqa: ARG001  (the route has them)
    """Nothing can be changed or deleted; restarting the stories removes created resources."""
    text = "This sandbox reads, searches and creates; it changes and deletes nothing."
    return outcome(HTTPStatus.METHOD_NOT_ALLOWED, text, "not-supported")


def base_url() -> str:
    """The server's address as spelled by the caller."""
    return f"{request.url_root.rstrip('/')}{PREFIX}"


def bundle_of(kind: str, found: Found, base: str, pairs: Pairs) -> Json:
    """A searchset Bundle; its next link repeats the search from where this page ends."""
    links = [_link("self", base, kind, pairs)]
    if found.following is not None:
        rest = [(name, value) for name, value in pairs if name != PAGE]
        links.append(_link("next", base, kind, [*rest, (PAGE, str(found.following))]))
    entries = [*_entries(found.matches, base, "match"), *_entries(found.included, base, "include")]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if found.total is not None:
        bundle["total"] = found.total
    return {**bundle, "entry": entries} if entries else bundle


def _searchset(kind: str, pairs: Pairs) -> Response:
    _require_known(kind)
    return _response(bundle_of(kind, search(_store(), kind, pairs), base_url(), pairs))


def _link(relation: str, base: str, kind: str, pairs: Pairs) -> Json:
    query = f"?{urlencode(pairs)}" if pairs else ""
    return {"relation": relation, "url": f"{base}/{kind}{query}"}


def _entries(resources: Iterable[Json], base: str, mode: str) -> Iterable[Json]:
    for one in resources:
        url = f"{base}/{one['resourceType']}/{one['id']}"
        yield {"fullUrl": url, "resource": one, "search": {"mode": mode}}


def _require_known(kind: str) -> None:
    if kind not in PARAMETERS and kind not in _store().kinds():
        raise UnknownTypeError(f"This server knows these types: {', '.join(sorted(PARAMETERS))}.")


def _store() -> Store:
    find: Callable[[], Store] = current_app.extensions[STORE]
    return find()


def _response(body: Any, status: int = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(body), status, mimetype="application/fhir+json")
