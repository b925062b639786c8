"""A FHIR server over HTTP: searches with all their pages, within a deadline, and nothing else.

The caller's token goes to the server that the call named and to no other host: redirects are not followed and a
next link must lead back to the same server. Nothing of an answer or a URL is logged.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from cds_service.errors import FhirBadRequestError, FhirUnavailableError
from cds_service.fhir_mapping.bundles import NotJson, Page, read_page

UNAVAILABLE, NOT_PERMITTED, UNREADABLE = "server-unavailable", "not-permitted", "unreadable"
LATE = "no answer within the deadline"
MAX_ANSWER_BYTES = 50 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_local = threading.local()
# The library's log has URLs in it, and URLs have patients in them.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment by which everything must have arrived."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class FhirServer:
    """One FHIR server for the length of one hook call; the token is kept no longer."""

    base: str
    token: str | None
    deadline: Deadline

    def pages(self, query: str) -> Iterator[Page]:
        """All pages of a search, or the one page of a read. Raises FhirUnavailableError."""
        page = self._page(f"{self.base.rstrip('/')}/{query}")
        yield page
        yield from self.following(page)

    def following(self, page: Page) -> Iterator[Page]:
        """The pages after one that has come, as long as they stay on this server. Raises FhirUnavailableError."""
        seen: set[str] = set()
        if page.error:
            raise _told(page)
        while page.next_link is not None:
            url = urljoin(f"{self.base.rstrip('/')}/", page.next_link)
            if url in seen or not same_server(url, self.base):
                raise FhirUnavailableError(UNREADABLE, "its next link leads elsewhere or in a circle")
            seen.add(url)
            page = self._page(url)
            yield page
            if page.error:
                raise _told(page)

    def _page(self, url: str) -> Page:
        page = _understood(self._get(url))
        if page.error and not page.resources:
            raise _told(page)
        return page

    def _get(self, url: str) -> bytes:
        headers = {"Accept": "application/fhir+json", "Cache-Control": "no-cache"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            timeout = max(0.001, self.deadline.left)
            with _session().get(url, headers=headers, timeout=timeout, allow_redirects=False, stream=True) as response:
                return _body(response, self.deadline)
        except requests.Timeout as error:
            raise FhirUnavailableError(UNAVAILABLE, LATE) from error
        except requests.RequestException as error:
            raise FhirUnavailableError(UNAVAILABLE, "no connection, or it broke off") from error


def same_server(url: str, base: str) -> bool:
    """Whether a URL stays on the server that was named: scheme, host, port and path prefix."""
    there, here = urlsplit(url), urlsplit(base)
    prefix = f"{here.path.rstrip('/')}/"
    return (there.scheme, there.netloc) == (here.scheme, here.netloc) and (
        there.path.startswith(prefix) or there.path == here.path.rstrip("/")
    )


def _body(response: requests.Response, deadline: Deadline) -> bytes:
    answered = f"HTTP {response.status_code}"
    if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise FhirUnavailableError(NOT_PERMITTED, answered)
    if response.status_code == HTTPStatus.BAD_REQUEST:
        raise FhirBadRequestError(UNAVAILABLE, answered)
    if response.status_code != HTTPStatus.OK:
        raise FhirUnavailableError(UNAVAILABLE, answered)
    chunks, size = [], 0
    for chunk in response.iter_content(_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise FhirUnavailableError(UNAVAILABLE, "a page is larger than is read")
        if not deadline.left:
            raise FhirUnavailableError(UNAVAILABLE, LATE)
        chunks.append(chunk)
    return b"".join(chunks)


def _understood(body: bytes) -> Page:
    try:
        return read_page(body)
    except NotJson as error:
        raise FhirUnavailableError(UNREADABLE, "the answer is not JSON") from error


def _told(page: Page) -> FhirUnavailableError:
    """The failure that an answer itself tells."""
    why = "an OperationOutcome instead of data" if page.failure else "the answer is not a Bundle"
    return FhirUnavailableError(page.failure or UNREADABLE, why)


def _session() -> requests.Session:
    """One session a thread: connections are reused, nothing is shared; no cookie is kept."""
    session: requests.Session | None = getattr(_local, "session", None)
    if session is None:
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.trust_env = False
        retry = Retry(
            total=2,
            connect=2,
            read=0,
            status=1,
            redirect=0,
            status_forcelist=(429, 502, 503, 504),
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        _local.session = session
    return session
