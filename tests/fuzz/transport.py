"""A FHIR server without a network, which answers from the record of a request, slightly wrong.

It replaces the network adapter of the service's session, so that everything in the client except the sockets is real.
Its answers depend only on the number of the request and on the search.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter

from cds_service.adapters import outbound
from tests.fuzz.mutation import VALUES, mutated

Json = dict[str, Any]
BASE = "https://fhir.example/fhir"
_STATUSES = (200, 201, 204, 206, 301, 302, 307, 400, 401, 403, 404, 406, 410, 429, 500, 502, 503, 504)
_TROUBLE = (
    requests.ConnectionError, requests.ReadTimeout, requests.exceptions.SSLError,
    requests.exceptions.ChunkedEncodingError,
)  # fmt: skip
_LINKS = (
    "{base}/{kind}?page=2", "?page=2", "/fhir/{kind}?page=2", "{kind}?page=2", "https://evil.example/fhir/{kind}", "..",
    "http://fhir.example/fhir/{kind}", "//evil.example/", "https://fhir.example/admin", "http://[", "", "\\", "{base}",
)  # fmt: skip
_HEADERS = (
    {"Content-Type": "text/html"}, {"Content-Type": "\x00"}, {"Content-Encoding": "gzip"}, {"Content-Encoding": "br"},
    {"Content-Encoding": "gzip, gzip"}, {"Location": "https://evil.example/"}, {"Content-Length": "5"},
    {"Content-Length": "-1"}, {"Set-Cookie": "a=b; Domain=.example"}, {"Retry-After": "9999999"}, {"Link": "<x>"},
)  # fmt: skip
_AS_IT_IS, _MUTATED, _TORN_OFF, _STATUS, _LINKED = 0.35, 0.75, 0.8, 0.86, 0.94


class FhirServer:
    """Answers the searches of one request after another."""

    def __init__(self, others: Sequence[bytes]) -> None:
        self._others, self._number, self._record = others, "", {}

    def begin(self, number: str, record: Mapping[str, Json]) -> None:
        """Answer for this request from now on, from the contents of its prefetch."""
        self._number, self._record = number, dict(record)

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body. Raises an exception of `requests` to simulate a network failure."""
        random, kind = Random(f"{self._number} {request.url}"), urlsplit(str(request.url)).path.split("/")[2:3]
        body, chance = msgspec.json.encode(self._resource("".join(kind))), random.random()
        if chance < _AS_IT_IS:
            return 200, {"Content-Type": "application/fhir+json"}, body
        if chance < _MUTATED:
            return 200, {}, mutated(body, random, self._others)
        if chance < _TORN_OFF:
            return 200, {}, body[: random.randrange(len(body))]
        if chance < _STATUS:
            return random.choice(_STATUSES), {}, random.choice((body, b"", b"<html>", b"{}"))
        if chance < _LINKED:
            return 200, {}, _linked(body, random, "".join(kind))
        if random.random() < 0.5:
            raise random.choice(_TROUBLE)
        return 200, random.choice(_HEADERS), random.choice((body, gzip.compress(body), gzip.compress(body)[:-9]))

    def _resource(self, kind: str) -> Json:
        """All resources of a type in the record."""
        if kind == "Patient":
            return self._record.get("patient") or {}
        entries = [entry for value in self._record.values() for entry in (value or {}).get("entry", ())]
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [one for one in entries if one.get("resource", {}).get("resourceType") == kind],
        }


class _Adapter(HTTPAdapter):
    """The network adapter of a session."""

    def __init__(self, server: FhirServer, **_: Any) -> None:
        super().__init__()
        self._server = server

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        status, headers, body = self._server.answer(request)
        raw = urllib3.HTTPResponse(BytesIO(body), headers, status, preload_content=False, decode_content=False)
        return self.build_response(request, raw)


def install(server: FhirServer) -> None:
    """Make every new session use this server."""
    outbound.HTTPAdapter = partial(_Adapter, server)  # type: ignore[misc,assignment]


def _linked(body: bytes, random: Random, kind: str) -> bytes:
    """The page with a next link, which may be bad."""
    url = random.choice((*_LINKS, *VALUES))
    told = url.format(base=BASE, kind=kind) if url in _LINKS else url
    return msgspec.json.encode(msgspec.json.decode(body) | {"link": [{"relation": "next", "url": told}]})
