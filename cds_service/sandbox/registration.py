"""Put the sandbox into an application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from cds_service.adapters.clients import Client
from cds_service.hooks.cross_origin import ANY, allow_origins
from cds_service.sandbox import fhir_server, pages
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.sandbox.stories import read_stories


def register_sandbox(app: Flask, now: Callable[[], datetime], visitor: Client) -> None:
    """Add the embedded FHIR server and the pages. Raises KnowledgeError for a story that cannot be told."""
    app.extensions[SANDBOX] = Sandbox(read_stories(), now, visitor)
    app.register_blueprint(fhir_server.blueprint)
    app.register_blueprint(pages.blueprint)
    # Browser clients of other origins may read all of it: there is nothing here but made-up patients.
    allow_origins(app, r"/fhir/.*", (ANY,))
