"""The FHIR client; the caller names a server, and the client's list decides if it may be called (hooks:F4)."""

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

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LATE, INTERRUPTED = "no answer within the deadline", "no connection, or it was interrupted"
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on all searches of one call together: time, bytes (decompressed) and Bundle entries.

    `authorities`: a PEM file of the trusted certificate authorities.
    """

    seconds: float
    answer_bytes: int
    entries: int
    authorities: str | None = None

    def begin(self, most: float) -> Allowance:
        """The limits for searches that start now; `most`: the seconds left for the call."""
        return Allowance(self, Deadline.after(min(self.seconds, most)))


class Allowance:
    """What is left of one call's limits; shared by its threads."""

    def __init__(self, limits: Limits, deadline: Deadline) -> None:
        self.deadline, self.authorities = deadline, limits.authorities
        self._bytes, self._entries = limits.answer_bytes, limits.entries
        self._lock = threading.Lock()

    def spend(self, *, size: int = 0, entries: int = 0) -> None:
        """Use up part of the allowance. Raises FhirUnavailableError if not enough is left."""
        with self._lock:
            self._bytes -= size
            self._entries -= entries
            if self._bytes < 0 or self._entries < 0:
                raise FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, "more data than the limit for one call")


@dataclass(frozen=True, slots=True)
class FhirServer:
    """One FHIR server for the duration of one hook call; the token is not kept longer."""

    base: BaseUrl
    token: str | None
    allowance: Allowance

    @property
    def deadline(self) -> Deadline:
        """The time by which everything must have arrived."""
        return self.allowance.deadline

    def pages(self, query: str, *, by_post: bool = False) -> Iterator[Page]:
        """All pages of a search, or the single page of a read. Raises FhirUnavailableError.

        `by_post`: the search goes by POST `_search`, with its parameters in the body.
        """
        page = self._page(f"{self.base}/{query}", by_post=by_post)
        yield page
        yield from self.following(page)

    def following(self, page: Page) -> Iterator[Page]:
        """The pages after a given one, as long as they are on this server. Raises FhirUnavailableError."""
        seen: set[str] = set()
        if page.error:
            raise _reported_failure(page)
        while page.next_link is not None:
            url = self._absolute(page.next_link)
            if url in seen or not self.base.leads_to(url):
                raise FhirUnavailableError(GapKind.UNREADABLE, "its next link leads to another server or loops")
            self.allowance.spend(entries=page.entries)
            seen.add(url)
            page = self._page(url)
            yield page
            if page.error:
                raise _reported_failure(page)

    def _absolute(self, link: str) -> str:
        try:
            return urljoin(f"{self.base}/", link)
        except ValueError as error:
            raise FhirUnavailableError(GapKind.UNREADABLE, "its next link is not a URL") from error

    def _page(self, url: str, *, by_post: bool = False) -> Page:
        page = _parsed(self._answer(url, by_post=by_post))
        if page.error and not page.resources:
            raise _reported_failure(page)
        return page

    def _answer(self, url: str, *, by_post: bool) -> bytes:
        path, _, form = url.partition("?")
        method, address, data = ("POST", f"{path}/_search", form) if by_post else ("GET", url, None)
        try:
            with _session().request(
                method,
                address,
                data=data,
                headers=self._headers() | (_FORM if by_post else {}),
                timeout=max(0.001, self.deadline.left),
                allow_redirects=False,
                stream=True,
                verify=self.allowance.authorities or True,
            ) as response:
                return _body(response, self.allowance)
        except requests.RequestException as error:
            # A timeout may come wrapped in another error of the library.
            late = isinstance(error, requests.Timeout) or not self.deadline.left
            raise FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, LATE if late else INTERRUPTED) from error

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/fhir+json", "Cache-Control": "no-cache"}
        return headers | {"Authorization": f"Bearer {self.token}"} if self.token else headers


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


def _parsed(body: bytes) -> Page:
    try:
        return read_page(body)
    except NotJson as error:
        raise FhirUnavailableError(GapKind.UNREADABLE, "the answer is not JSON") from error


def _reported_failure(page: Page) -> FhirUnavailableError:
    """The failure that an answer reports itself."""
    why = "an OperationOutcome instead of data" if page.failure else "the answer is not a Bundle"
    return FhirUnavailableError(page.failure or GapKind.UNREADABLE, why)


def _session() -> requests.Session:
    """One session per thread: connections are reused, nothing else is shared, and no cookie is kept."""
    session: requests.Session | None = getattr(_local, "session", None)
    if session is None:
        session = new_session(
            Retry(
                total=2,
                connect=2,
                read=0,
                status=1,
                redirect=0,
                # A search by POST changes nothing, so it may be repeated like one by GET.
                allowed_methods=("GET", "POST"),
                status_forcelist=(429, 502, 503, 504),
                respect_retry_after_header=False,
                raise_on_status=False,
            )
        )
        _local.session = session
    return session


@dataclass(frozen=True, slots=True)
class AllowedServers:
    """The servers that may be called, by base URL; in demo mode also any on this machine."""

    bases: frozenset[BaseUrl] = frozenset()
    loopback: bool = False

    @classmethod
    def of(cls, urls: Iterable[str], *, loopback: bool = False) -> Self:
        """The servers of a list. Raises ValueError for a URL that is not a plain base URL."""
        return cls(frozenset(parse_base(url) for url in urls), loopback)

    def find(self, named: str) -> BaseUrl | None:
        """The server that a call names, in our own spelling; None if it may not be called."""
        try:
            base = parse_base(named)
        except ValueError:
            return None
        return base if base in self.bases or (self.loopback and base.is_loopback) else None
