"""The headers of every response, and CORS: which origins' pages may call the services (hooks:X1)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response
from flask_cors import CORS

# After OWASP's REST security cheat sheet; a page or resource that needs other values sets them itself.
ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# The fingerprint of the tables that an answer rests on.
KNOWLEDGE_VERSION = "X-Knowledge-Version"
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


def headers_for(*, https: bool) -> dict[str, str]:
    """The headers of every answer. `https`: clients reach the service at an https URL."""
    return ALWAYS | (ONLY_HTTPS if https else {})


def protect(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer."""
    headers = headers_for(https=https)

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


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
