"""Registers the sandbox with an application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from cds_service.adapters.clients import Client
from cds_service.sandbox.fhir import server
from cds_service.sandbox.pages import routes
from cds_service.sandbox.sandbox import SANDBOX, Sandbox, sandbox
from cds_service.sandbox.stories.story import read_stories
from cds_service.server.headers import ANY, allow_origins


def register_sandbox(app: Flask, now: Callable[[], datetime], visitor: Client) -> None:
    """Add the embedded FHIR server and the pages. Raises KnowledgeError for an unusable story."""
    app.extensions[SANDBOX] = Sandbox(read_stories(), now, visitor)
    app.extensions[server.STORE] = lambda: sandbox().store
    app.register_blueprint(server.blueprint)
    app.register_blueprint(routes.blueprint)
    # Browser clients of other origins may read everything here, because all patients are fictitious.
    allow_origins(app, r"/fhir/.*", (ANY,))
