"""Where key sets come from: the URL or the file that the clients file pins, never what a token says (hooks:J8)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

import requests
from urllib3.util.retry import Retry

from cds_service.adapters.jwks import JwksError
from cds_service.adapters.outbound import Deadline, chunks, new_session

MAX_BYTES = 256 * 1024
SECONDS = 2.0


def source_of(jwks: str | Path, authorities: str | None) -> Callable[[], bytes]:
    """What reads the set. `authorities`: a PEM file of those whose certificates count."""
    return partial(_from_file, jwks) if isinstance(jwks, Path) else partial(_from_url, jwks, authorities)


def _from_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise JwksError(f"{file}: {error.strerror}") from error


def _from_url(url: str, authorities: str | None) -> bytes:
    deadline = Deadline.after(SECONDS)
    try:
        with (
            new_session(Retry(0, read=False)) as session,
            session.get(
                url, timeout=SECONDS / 2, allow_redirects=False, stream=True, verify=authorities or True
            ) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                raise JwksError(f"{url}: answers {response.status_code}")
            return _whole(response, deadline, url)
    except (requests.RequestException, OSError) as error:
        raise JwksError(f"{url}: {type(error).__name__}") from error


def _whole(response: requests.Response, deadline: Deadline, url: str) -> bytes:
    body = b""
    for chunk in chunks(response, deadline):
        body += chunk
        if len(body) > MAX_BYTES:
            raise JwksError(f"{url}: more than {MAX_BYTES} bytes")
    return body
