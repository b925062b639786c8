"""What the embedded server can do, as its CapabilityStatement: made from the tables that it works by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cds_service import __version__
from cds_service.sandbox.fhir.parameters import INCLUDES, PARAMETERS
from cds_service.sandbox.stories.story import Json

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
