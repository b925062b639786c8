"""Headers of every answer: no caching, no content sniffing, no framing, no loading of other content."""

from __future__ import annotations

from flask import Flask, Response

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
