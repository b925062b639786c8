"""A proxy in front of the real HAPI server that imitates what other FHIR servers do (docs/integrate/)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

Json = dict[str, Any]
DATES = frozenset({"date", "effective-time", "authored"})
TIMEOUT = 60


@dataclass
class Asked:
    """One request on its way to HAPI. `target`: path and query as they came; `path`: below the base."""

    method: str
    target: str
    path: str
    parameters: list[tuple[str, str]]

    @property
    def kind(self) -> str:
        """The type that is searched or read; empty for a further page."""
        return self.path.split("/")[0]

    @property
    def is_search(self) -> bool:
        """Whether it is the first request of a search."""
        return bool(self.kind) and self.path in (self.kind, f"{self.kind}/_search")

    def named(self, name: str) -> str:
        """The value of a parameter; empty if it is not there."""
        return dict(self.parameters).get(name, "")

    def drop(self, *names: str) -> None:
        """Forget parameters, as a server does that ignores them."""
        self.parameters = [(name, value) for name, value in self.parameters if name not in names]


class Quirk:
    """What one kind of server does differently; this one does nothing."""

    def refuse(self, asked: Asked) -> int | None:
        """The status with which a request is refused; None: it is passed on, perhaps changed."""
        return None

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        """A searchset as this server would send it."""
        return bundle


class ShortPages(Quirk):
    """Pages of four, after a first one that is empty: the server filters after it has cut the pages."""

    def refuse(self, asked: Asked) -> None:
        if asked.is_search:
            asked.drop("_count")
            asked.parameters.append(("_count", "4"))

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        if not asked.is_search or asked.method == "POST" or asked.named("_begun"):
            return bundle
        link = [{"relation": "next", "url": f"{base}{asked.target}&_begun=yes"}]
        return {"resourceType": "Bundle", "type": "searchset", "link": link}


class WrongOrder(Quirk):
    """`_sort` is ignored, and the oldest comes first."""

    def refuse(self, asked: Asked) -> None:
        asked.drop("_sort")

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        return bundle | {"entry": sorted(bundle.get("entry", ()), key=_time)}


def _time(entry: Json) -> str:
    resource = entry["resource"]
    return resource.get("effectiveDateTime") or resource.get("effectivePeriod", {}).get("start", "")


class NoTotal(Quirk):
    """No `total`."""

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        return {name: value for name, value in bundle.items() if name != "total"}


class TotalOfPage(Quirk):
    """`total` counts the matches of the page, not of the search."""

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        return bundle | {"total": sum(entry["search"]["mode"] == "match" for entry in bundle.get("entry", ()))}


class TotalOfEntries(Quirk):
    """`total` counts what was included, too."""

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        return bundle | {"total": len(bundle.get("entry", ()))}


@dataclass
class Unasked(Quirk):
    """Codes and dates are ignored, and a resource of another patient comes as well."""

    stranger: Json

    def refuse(self, asked: Asked) -> None:
        asked.drop("code", "status", *DATES)

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        if asked.kind != self.stranger["resourceType"]:
            return bundle
        return bundle | {"entry": [{"resource": self.stranger, "search": {"mode": "match"}}, *bundle.get("entry", ())]}


class Outcomes(Quirk):
    """A warning is an entry of every answer; of one without results it is the only entry."""

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        text = "Resource request returns no results." if not bundle.get("entry") else "Some parameters were ignored."
        issue = {"severity": "warning", "code": "not-found", "diagnostics": text}
        warning = {"resource": {"resourceType": "OperationOutcome", "issue": [issue]}, "search": {"mode": "outcome"}}
        return bundle | {"entry": [*bundle.get("entry", ()), warning]}


class AbsoluteReferences(Quirk):
    """References between resources are URLs."""

    def changed(self, asked: Asked, bundle: Json, base: str) -> Json:
        text = json.dumps(bundle)
        for kind in ("Patient", "Medication", "Observation"):
            text = text.replace(f'"reference": "{kind}/', f'"reference": "{base}/fhir/{kind}/')
        return json.loads(text)


@dataclass
class Refuses(Quirk):
    """One search is answered with an error; `holding`: only with this in its codes."""

    kind: str
    status: int
    holding: str = ""

    def refuse(self, asked: Asked) -> int | None:
        return self.status if asked.kind == self.kind and self.holding in asked.named("code") else None


@dataclass
class Slow(Quirk):
    """One search takes its time, in seconds."""

    kind: str
    seconds: float

    def refuse(self, asked: Asked) -> None:
        if asked.kind == self.kind:
            time.sleep(self.seconds)


class ShortUrls(Quirk):
    """IIS: a query of more than 2,048 bytes is refused."""

    def refuse(self, asked: Asked) -> int | None:
        return 414 if len(urlsplit(asked.target).query) > 2048 else None


class LikeOracle(Quirk):
    """What Oracle does not document is refused: POST, sorting, including, dates without a time, pages above 200."""

    def refuse(self, asked: Asked) -> int | None:
        if not asked.is_search:
            return None
        dates = [value for name, value in asked.parameters if name in DATES]
        unknown = {"_sort", "_include"} & dict(asked.parameters).keys()
        many = int(asked.named("_count") or 0) > 200
        return 400 if unknown or many or asked.method == "POST" or not all("T" in date for date in dates) else None


class PostOnlyForObservations(Quirk):
    """As reported of Epic."""

    def refuse(self, asked: Asked) -> int | None:
        return 405 if asked.method == "POST" and asked.kind != "Observation" else None


class _Handler(BaseHTTPRequestHandler):
    """Passes requests on to HAPI, and its answers back, with the quirks of the server."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_GET(self) -> None:
        self._pass_on("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._pass_on("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _pass_on(self, method: str, parameters: str) -> None:
        path = urlsplit(self.path).path.removeprefix("/fhir").strip("/")
        asked = Asked(method, self.path, path, parse_qsl(parameters))
        self.server.asked.append(asked)
        status = next((status for quirk in self.server.quirks if (status := quirk.refuse(asked))), None)
        if status:
            self._send(
                status, {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid"}]}
            )
        else:
            self._send(*self.server.answer(asked))

    def _send(self, status: int, body: Json) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Proxy(ThreadingHTTPServer):
    """The proxy on a free port; `asked`: the requests so far."""

    hapi: str
    quirks: tuple[Quirk, ...]
    asked: list[Asked] = field(default_factory=list)
    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def root(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def base(self) -> str:
        """The base URL."""
        return f"{self.root}/fhir"

    def answer(self, asked: Asked) -> tuple[int, Json]:
        """HAPI's answer; its links lead to this proxy."""
        parameters = [(name, value) for name, value in asked.parameters if name != "_begun"]
        sent = {"params": parameters} if asked.method == "GET" else {"data": parameters}
        headers = {"Accept": "application/fhir+json", "Cache-Control": "no-cache"}
        url = f"{self.hapi}/{asked.path}".rstrip("/")
        response = requests.request(asked.method, url, headers=headers, timeout=TIMEOUT, **sent)
        body = json.loads(response.text.replace(self.hapi, self.base))
        if body.get("resourceType") == "Bundle":
            for quirk in self.quirks:
                body = quirk.changed(asked, body, self.root)
        return response.status_code, body


@contextmanager
def proxied(hapi: str, *quirks: Quirk) -> Iterator[Proxy]:
    """A proxy that stops at the end of the block."""
    with Proxy(hapi, quirks) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
