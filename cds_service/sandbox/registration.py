"""Put the sandbox into an application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask_cors import CORS

from cds_service.sandbox import fhir_server, pages
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.sandbox.stories import read_stories

# Browser clients of other origins may read all of it: there is nothing here but made-up patients.
OPEN = {
    "origins": "*",
    "methods": ["GET", "POST", "OPTIONS"],
    "allow_headers": ["authorization", "content-type"],
    "expose_headers": ["Location", "X-Knowledge-Version"],
    "max_age": 600,
    "send_wildcard": True,
}


def register_sandbox(app: Flask, now: Callable[[], datetime]) -> None:
    """Add the embedded FHIR server and the pages. Raises KnowledgeError for a story that cannot be told."""
    app.extensions[SANDBOX] = Sandbox(read_stories(), now)
    app.register_blueprint(fhir_server.blueprint)
    app.register_blueprint(pages.blueprint)
    CORS(app, resources={r"/fhir/.*": OPEN, r"/cds-services.*": OPEN})
