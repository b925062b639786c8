"""Asks a terminology service with the REST interface of RxNav for the ingredients of a drug code.

Interface: https://lhncbc.nlm.nih.gov/RxNav/APIs/RxNormAPIs.html (related, historystatus, ndcstatus).

Only a command calls it, never the service itself: codes leave the hospital.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

import requests
from urllib3.util.retry import Retry

from cds_service.adapters.outbound import new_session
from cds_service.errors import IcansCdsError
from cds_service.fhir_mapping.codes import NDC, RXNORM, Code, normalised

TIMEOUT_S = 10.0
# Too many requests are refused with 403; a server that is busy is asked again, a little later.
_RETRY = Retry(
    total=2,
    connect=0,
    read=False,
    backoff_factor=0.5,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=("GET",),
    raise_on_status=False,
)
# A code may have been replaced by one that was replaced in turn.
_MOST_STEPS = 4


class TerminologyError(IcansCdsError):
    """The terminology service gave no usable answer."""


class Ingredient(NamedTuple):
    """An ingredient by its RxNorm code."""

    rxcui: str
    name: str


class Found(NamedTuple):
    """`ingredients`: more than one in a combination. `status`: of a code without any, as the service states it."""

    ingredients: tuple[Ingredient, ...]
    status: str = ""


class RxNav:
    """A terminology service at an address of the site's choice."""

    def __init__(self, address: str, timeout_s: float = TIMEOUT_S) -> None:
        """`address`: the part before /REST. Raises TerminologyError if it is no address."""
        if not address.startswith(("http://", "https://")):
            raise TerminologyError(f"{address} is no address of a terminology service: it begins with https://")
        self._address, self._timeout = address.rstrip("/").removesuffix("/REST"), timeout_s
        self._session = new_session(_RETRY)

    def ingredients(self, code: Code) -> Found:
        """What a code of RxNorm or an NDC consists of. Raises TerminologyError if the service fails."""
        system, value = code.system, code.code.strip()
        if normalised(code).system == NDC:
            status = self._get(f"ndcstatus.json?ndc={quote(value, safe='')}").get("ndcStatus") or {}
            value = str(status.get("rxcui") or "")
            if not value:
                return Found((), str(status.get("status") or "UNKNOWN"))
        elif normalised(code).system != RXNORM:
            raise TerminologyError(f"{system} is neither RxNorm nor NDC")
        return self._of_rxcui(value)

    def _of_rxcui(self, rxcui: str) -> Found:
        status = "Unknown"
        for _ in range(_MOST_STEPS):
            related = self._get(f"rxcui/{quote(rxcui, safe='')}/related.json?tty=IN").get("relatedGroup") or {}
            found = tuple(dict.fromkeys(_ingredients(related)))
            if found:
                return Found(found)
            history = self._get(f"rxcui/{quote(rxcui, safe='')}/historystatus.json").get("rxcuiStatusHistory") or {}
            status = str((history.get("metaData") or {}).get("status") or status)
            defined = tuple(dict.fromkeys(_defined(history)))
            successor = _successor(history)
            if defined or not successor:
                return Found(defined, status)
            rxcui = successor
        return Found((), status)

    def _get(self, path: str) -> dict[str, Any]:
        url = f"{self._address}/REST/{path}"
        try:
            response = self._session.get(url, timeout=self._timeout, allow_redirects=False)
        except requests.Timeout as error:
            raise TerminologyError(f"{self._address} did not answer within {self._timeout:g} s") from error
        except requests.RequestException as error:
            raise TerminologyError(f"{self._address} cannot be reached") from error
        if response.status_code == HTTPStatus.FORBIDDEN:
            raise TerminologyError(f"{self._address} refused (403): too many requests, or its terms were not met")
        if response.status_code != HTTPStatus.OK:
            raise TerminologyError(f"{self._address} answered {response.status_code} to /REST/{path}")
        return _decoded(response, self._address)


def _decoded(response: requests.Response, address: str) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError as error:
        raise TerminologyError(f"{address} did not answer with JSON: has it RxNav's interface?") from error
    return body if isinstance(body, dict) else {}


def _ingredients(related: dict[str, Any]) -> Iterator[Ingredient]:
    for group in related.get("conceptGroup") or ():
        for one in group.get("conceptProperties") or () if group.get("tty") == "IN" else ():
            yield Ingredient(str(one.get("rxcui") or ""), str(one.get("name") or ""))


def _defined(history: dict[str, Any]) -> Iterator[Ingredient]:
    """The ingredients of a code that is no longer active."""
    for one in (history.get("definitionalFeatures") or {}).get("ingredientAndStrength") or ():
        if one.get("baseRxcui"):
            yield Ingredient(str(one["baseRxcui"]), str(one.get("baseName") or ""))


def _successor(history: dict[str, Any]) -> str:
    """The one code that took the place of a code; empty if there is none, or several."""
    derived = history.get("derivedConcepts") or {}
    listed = {key: derived.get(key) or [] for key in ("remappedConcept", "quantifiedConcept")}
    names = {"remappedConcept": "remappedRxCui", "quantifiedConcept": "quantifiedRxcui"}
    every = [
        str(one.get(names[key]) or "")
        for key, found in listed.items()
        for one in (found if isinstance(found, list) else [found])
    ]
    return every[0] if len(every) == 1 else ""
