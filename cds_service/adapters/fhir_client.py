"""Which FHIR servers may be called: the caller names one, the list of the client decides (hooks:F4)."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self
from urllib.parse import urljoin

import requests
from urllib3.util.retry import Retry

from cds_service.adapters.outbound import BaseUrl, Deadline, chunks, new_session, parse_base
from cds_service.clinical.facts.gap import GapKind
from cds_service.errors import FhirBadRequestError, FhirUnavailableError
from cds_service.fhir_mapping.r4.bundles import NotJson, Page, read_page

LATE = "no answer within the deadline"
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Limits:
    """What all searches of one call may take together: time, bytes (unpacked) and entries of Bundles.

    `authorities`: a PEM file of those whose certificates count.
    """

    seconds: float
    answer_bytes: int
    entries: int
    authorities: str | None = None

    def begin(self, most: float) -> Allowance:
        """The limits of searches that begin now; `most`: seconds that are left for them in any case."""
        return Allowance(self, Deadline.after(min(self.seconds, most)))


class Allowance:
    """What is left of the limits of one call; shared by its threads."""

    def __init__(self, limits: Limits, deadline: Deadline) -> None:
        self.deadline, self.authorities = deadline, limits.authorities
        self._bytes, self._entries = limits.answer_bytes, limits.entries
        self._lock = threading.Lock()

    def spend(self, *, size: int = 0, entries: int = 0) -> None:
        """Take so much. Raises FhirUnavailableError where there is less."""
        with self._lock:
            self._bytes -= size
            self._entries -= entries
            if self._bytes < 0 or self._entries < 0:
                raise FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, "more data than the limit for one call")


@dataclass(frozen=True, slots=True)
class FhirServer:
    """One FHIR server for the length of one hook call; the token is kept no longer."""

    base: BaseUrl
    token: str | None
    allowance: Allowance

    @property
    def deadline(self) -> Deadline:
        """By when everything must have arrived."""
        return self.allowance.deadline

    def pages(self, query: str) -> Iterator[Page]:
        """All pages of a search, or the one page of a read. Raises FhirUnavailableError."""
        page = self._page(f"{self.base}/{query}")
        yield page
        yield from self.following(page)

    def following(self, page: Page) -> Iterator[Page]:
        """The pages after one that has come, as long as they stay on this server. Raises FhirUnavailableError."""
        seen: set[str] = set()
        if page.error:
            raise _told(page)
        while page.next_link is not None:
            url = self._absolute(page.next_link)
            if url in seen or not self.base.leads_to(url):
                raise FhirUnavailableError(GapKind.UNREADABLE, "its next link leads to another server or loops")
            self.allowance.spend(entries=page.entries)
            seen.add(url)
            page = self._page(url)
            yield page
            if page.error:
                raise _told(page)

    def _absolute(self, link: str) -> str:
        try:
            return urljoin(f"{self.base}/", link)
        except ValueError as error:
            raise FhirUnavailableError(GapKind.UNREADABLE, "its next link is not a URL") from error

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
            with _session().get(
                url,
                headers=headers,
                timeout=max(0.001, self.deadline.left),
                allow_redirects=False,
                stream=True,
                verify=self.allowance.authorities or True,
            ) as response:
                return _body(response, self.allowance)
        except requests.Timeout as error:
            raise FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, LATE) from error
        except requests.RequestException as error:
            raise FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, "no connection, or it was interrupted") from error


def _body(response: requests.Response, allowance: Allowance) -> bytes:
    answered = f"HTTP {response.status_code}"
    if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise FhirUnavailableError(GapKind.NOT_PERMITTED, answered)
    if response.status_code == HTTPStatus.BAD_REQUEST:
        raise FhirBadRequestError(GapKind.SERVER_UNAVAILABLE, answered)
    if response.status_code != HTTPStatus.OK:
        raise FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, answered)
    body = []
    for chunk in chunks(response, allowance.deadline):
        allowance.spend(size=len(chunk))
        body.append(chunk)
    return b"".join(body)


def _understood(body: bytes) -> Page:
    try:
        return read_page(body)
    except NotJson as error:
        raise FhirUnavailableError(GapKind.UNREADABLE, "the answer is not JSON") from error


def _told(page: Page) -> FhirUnavailableError:
    """The failure that an answer itself tells."""
    why = "an OperationOutcome instead of data" if page.failure else "the answer is not a Bundle"
    return FhirUnavailableError(page.failure or GapKind.UNREADABLE, why)


def _session() -> requests.Session:
    """One session a thread: connections are reused, nothing is shared; no cookie is kept."""
    session: requests.Session | None = getattr(_local, "session", None)
    if session is None:
        session = new_session(
            Retry(
                total=2,
                connect=2,
                read=0,
                status=1,
                redirect=0,
                status_forcelist=(429, 502, 503, 504),
                respect_retry_after_header=False,
                raise_on_status=False,
            )
        )
        _local.session = session
    return session


@dataclass(frozen=True, slots=True)
class AllowedServers:
    """Servers by their base URL, and in demo mode any on this machine."""

    bases: frozenset[BaseUrl] = frozenset()
    loopback: bool = False

    @classmethod
    def of(cls, urls: Iterable[str], *, loopback: bool = False) -> Self:
        """The servers of a list. Raises ValueError for a URL that is not plainly a base."""
        return cls(frozenset(parse_base(url) for url in urls), loopback)

    def find(self, named: str) -> BaseUrl | None:
        """The server that a call names, in our own writing; None: it may not be called."""
        try:
            base = parse_base(named)
        except ValueError:
            return None
        return base if base in self.bases or (self.loopback and base.is_loopback) else None
