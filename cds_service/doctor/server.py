"""The FHIR server as the doctor asks it: each request with its time, and what it says it can do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import requests

from cds_service.adapters.fhir_client import FhirServer
from cds_service.doctor.report import Problem, SearchDone
from cds_service.errors import FhirUnavailableError
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.r4.bundles import Page

Json = dict[str, Any]
_MS_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class WatchedServer(FhirServer):
    """A server whose requests are noted, in the order in which they were answered. `noted`: called after each.

    `enough`: with so many entries no further page is asked for; None: all pages.
    """

    enough: int | None = None
    done: list[SearchDone] = field(default_factory=list)
    noted: Callable[[SearchDone], None] = lambda _: None

    def following(self, page: Page) -> Iterator[Page]:
        """The pages after a given one. Raises FhirUnavailableError."""
        entries, further = page.entries, FhirServer.following(self, page)
        while self.enough is None or entries < self.enough:
            following = next(further, None)
            if following is None:
                return
            entries += following.entries
            yield following

    def _page(self, url: str, *, by_post: bool = False) -> Page:
        begun, failure, page = time.perf_counter(), "", None
        try:
            # super() needs the class by name: slots make a new one.
            page = FhirServer._page(self, url, by_post=by_post)  # noqa: SLF001
        except FhirUnavailableError as error:
            failure = _why(error)
            raise
        finally:
            taken = (time.perf_counter() - begun) * _MS_A_SECOND
            query = url.removeprefix(f"{self.base}/")
            entries = page.entries if page is not None else 0
            self.done.append(SearchDone(query, round(taken, 1), len(url), entries, failure))
            self.noted(self.done[-1])
        return page

    def capabilities(self) -> Json | None:
        """The CapabilityStatement; None if there is none that can be read."""
        try:
            statement = msgspec.json.decode(self._answer(f"{self.base}/metadata", by_post=False))
        except (FhirUnavailableError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return statement if isinstance(statement, dict) else None


def _why(error: FhirUnavailableError) -> str:
    """What the server did; of a certificate that is not trusted, that."""
    if isinstance(error.__cause__, requests.exceptions.SSLError):
        return "TLS: its certificate is not trusted (--ca-file names the authority)"
    return error.why


def lacking(statement: Json | None, requirements: Iterable[Requirement]) -> Iterator[Problem]:
    """What a CapabilityStatement does not promise of what the searches need."""
    if statement is None or statement.get("resourceType") != "CapabilityStatement":
        yield Problem("warning", "the server has no readable CapabilityStatement (/metadata)", "is it a FHIR base URL?")
        return
    version = str(statement.get("fhirVersion", ""))
    if not version.startswith("4."):
        yield Problem("error", f"the server says FHIR {version or 'of no version'}, not R4", "use its R4 endpoint")
    offered = _offered(statement)
    wanted: dict[str, set[str]] = {}
    for one in requirements:
        wanted.setdefault(one.resource, set()).update(_parameters(one))
    for resource, parameters in wanted.items():
        if resource not in offered:
            yield Problem(
                "error", f"the server does not offer {resource}", "ask for access to it, or send it as prefetch"
            )
        elif missing := sorted(parameters - offered[resource]):
            text = f"{resource}: the server does not say that it can search by {', '.join(missing)}"
            yield Problem("warning", text, "see the searches below: a server may ignore what it does not know")


def _offered(statement: Json) -> dict[str, set[str]]:
    """The search parameters by resource type, as far as the statement can be read."""
    rests = statement.get("rest")
    found: dict[str, set[str]] = {}
    for rest in rests if isinstance(rests, list) else []:
        for one in rest.get("resource", []) if isinstance(rest, dict) else []:
            named = one.get("searchParam", []) if isinstance(one, dict) else []
            found[str(one.get("type"))] = {str(each.get("name")) for each in named if isinstance(each, dict)}
    return found


def _parameters(requirement: Requirement) -> set[str]:
    if requirement.is_read:
        return set()
    given = {"code": requirement.codes, "status": requirement.status, requirement.date: requirement.is_dated}
    return {"patient", *(name for name, value in given.items() if name and value)}
