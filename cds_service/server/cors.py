"""CORS: which pages of other origins may call the services from a browser (hooks:X1)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_cors import CORS

from cds_service.server.headers import KNOWLEDGE_VERSION

ANY = "*"


def allow_origins(app: Flask, paths: str, origins: Sequence[str]) -> None:
    """Let pages of these origins call these paths (a regular expression). A preflight needs no token.

    Cookies are never used: only the Authorization header identifies the caller.
    """
    CORS(
        app,
        resources={paths: {"origins": list(origins)}},
        methods=["GET", "POST", "OPTIONS"],
        allow_headers=["authorization", "content-type"],
        expose_headers=[KNOWLEDGE_VERSION, "Location", "Retry-After"],
        max_age=600,
        send_wildcard=ANY in origins,
    )
