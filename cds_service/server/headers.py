"""Headers that go with every answer: nothing is kept, guessed, framed or loaded that need not be."""

from __future__ import annotations

from flask import Flask, Response

# By OWASP's cheat sheet for REST; a page or a resource that needs something else says so itself.
ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Which tables an answer rests on.
KNOWLEDGE_VERSION = "X-Knowledge-Version"
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


def headers_for(*, https: bool) -> dict[str, str]:
    """The headers of every answer. `https`: clients know the service by an https address."""
    return ALWAYS | (ONLY_HTTPS if https else {})


def protect(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer."""
    headers = headers_for(https=https)

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response
