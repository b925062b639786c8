"""Every service is run for every sandbox patient, and no written file contains data of a patient."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_service.clinical.status.ask import AskCode
from cds_service.hooks import SERVICES
from cds_service.knowledge.terminology import read_own_codes
from cds_service.sandbox.stories.seed import shifted
from cds_service.sandbox.stories.story import read_stories
from tests.blackbox.ehr import Ehr, demo, signing
from tests.builders import dosage, draft
from tests.hooks.ehr import claims, signed
from tests.hooks.fhir_server import Answer, Call, Server, serving
from tests.hooks.tls import certificate_for

Json = dict[str, Any]
USER, TOKEN, COMMENT = "Practitioner/dr-4711", "eyJhbGciOi.secret.token", "Mrs Quackenbush is fine"
PATIENT_VIEW = "icans-patient-view"
KEY = "a secret of at least 32 characters"
KEYS = {"Observation": "neuro", "MedicationAdministration": "therapy", "Procedure": "procedures"}
KEYS |= {"Condition": "conditions", "Encounter": "encounter", "QuestionnaireResponse": "questionnaires"}
EMPTY = ("vitals", "labs", "drugs", "orders")


class Record:
    """A sandbox patient as of now."""

    def __init__(self, slug: str, bundle: Json) -> None:
        self.slug, self.resources = slug, [entry["resource"] for entry in bundle["entry"]]
        (self.patient,) = self.of("Patient")

    def of(self, kind: str) -> list[Json]:
        """The resources of one type."""
        return [one for one in self.resources if one["resourceType"] == kind]

    @property
    def prefetch(self) -> Json:
        """The record as prefetch, with the keys of our templates."""
        empty = {key: searchset([]) for key in EMPTY}
        return empty | {key: searchset(self.of(kind)) for kind, key in KEYS.items()} | {"patient": self.patient}

    @property
    def identifying(self) -> set[str]:
        """What identifies the person: numbers, dates, each word of the name and address, the id of every resource."""
        found = {str(resource["id"]) for resource in self.resources}
        told = (self.patient.get(name) for name in ("birthDate", "identifier", "telecom"))
        found |= {text for value in told for text in texts(value)}
        words = (self.patient.get(name) for name in ("name", "address"))
        return found | {word for value in words for text in texts(value) for word in text.split()}


def searchset(resources: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def texts(value: Any) -> Iterator[str]:
    """Every text inside a value, except codes and the addresses of their systems."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from () if name in ("system", "use", "type") else texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield str(value)


@dataclass
class Run:
    """One run of the service with everything that writes switched on; `secrets` must not occur anywhere."""

    ehr: Ehr
    records: list[Record]
    fhir: Server
    down: bool = False
    secrets: set[str] = field(default_factory=lambda: {USER, "dr-4711", TOKEN, "Quackenbush", "is fine"})
    answers: list[requests.Response] = field(default_factory=list)
    calls: int = 0

    def everything(self) -> None:
        """Call every service for every patient by FHIR and by prefetch, send feedback, make every kind of error."""
        self.fhir.rule = self.answer
        for record in self.records:
            for service in SERVICES.values():
                body = self.body(record, service.hook)
                for more in ({"fhirServer": self.fhir.base}, {"prefetch": record.prefetch}):
                    self.react(service.id, record, self.send(body | more, f"/cds-services/{service.id}"))
        first = self.records[0]
        for wrong in self.wrong_bodies(first):
            self.send(wrong, f"/cds-services/{PATIENT_VIEW}")
        self.failing_server(first)
        self.wrong_addresses(first)
        self.wrong_tokens(first)

    def send(self, body: Any, path: str, **headers: str) -> requests.Response:
        stated = self.ehr.headers(path) | headers
        parts = stated.get("Authorization", "").removeprefix("Bearer ").split(".")
        self.secrets |= {part for part in parts if len(part) > len("secret")}
        answer = self.ehr.post(body, path, **stated)
        self.calls += 1
        self.answers.append(answer)
        return answer

    def body(self, record: Record, hook: str = "patient-view") -> Json:
        context: Json = {"userId": USER, "patientId": record.slug, "encounterId": f"stay-of-{record.slug}"}
        if hook.startswith("order-"):
            context |= {"draftOrders": searchset(orders_of(record)), "selections": []}
        authorization = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
        instance = f"instance-{record.slug}-{hook}"
        return {"hook": hook, "hookInstance": instance, "context": context, "fhirAuthorization": authorization}

    def react(self, service: str, record: Record, answer: requests.Response) -> None:
        """Override the cards with a comment that names the patient; one entry of the message is invalid."""
        assert 200 == answer.status_code, answer.text
        reason = {"reason": {"code": f"{record.slug} {COMMENT}"}, "userComment": COMMENT}
        entry = {"outcome": "overridden", "overrideReason": reason, "outcomeTimestamp": f"{datetime.now(UTC):%FT%TZ}"}
        entries: list[Json] = [entry | {"card": card["uuid"]} for card in answer.json()["cards"]]
        if entries:
            self.send({"feedback": entries}, f"/cds-services/{service}/feedback")
            self.send({"feedback": [*entries, {"card": COMMENT}]}, f"/cds-services/{service}/feedback")

    def wrong_bodies(self, record: Record) -> Iterator[Any]:
        body, name = self.body(record), record.patient["name"][0]["family"]
        context = {"userId": COMMENT, "patientId": f"{record.slug} {name}"}
        yield body
        yield json.dumps(body).encode()[:-1]
        yield body | {"hook": name}
        yield body | {"fhirServer": f"http://{record.slug}.example/fhir/{name}"}
        yield body | {"context": context}
        yield body | {"prefetch": record.prefetch | {"patient": record.patient | {"id": f"{record.slug}-2"}}}
        yield body | {"prefetch": record.prefetch | {"patient": {"resourceType": name, "id": 3}}}
        yield body | {"prefetch": record.prefetch | {"neuro": name}}
        yield json.dumps(body | {"extension": {name: name}}).encode() + b" " * 21_000_000
        yield b'{"' + record.slug.encode() + b'":' + b"[" * 500

    def failing_server(self, record: Record) -> None:
        """A server that fails with a long error text."""
        self.down = True
        for service in SERVICES.values():
            body = self.body(record, service.hook) | {"fhirServer": self.fhir.base}
            self.send(body, f"/cds-services/{service.id}")
        self.down = False

    def wrong_addresses(self, record: Record) -> None:
        for path in (f"/cds-services/{record.slug}", f"/cds-services/{record.slug}/feedback", f"/{record.slug}"):
            self.send(self.body(record), path)
        for path in (f"/cds-services/{PATIENT_VIEW}?patient={record.slug}", f"/cds-services/{record.slug}", "/"):
            self.answers.append(self.ehr.get(path))

    def wrong_tokens(self, record: Record) -> None:
        """Call with wrong tokens, which demo mode ignores."""
        path = f"/cds-services/{PATIENT_VIEW}"
        aud, now = f"{self.ehr.base}{path}", datetime.now(UTC)
        told = claims(path, now=now, aud=aud)
        forged = [
            signed(claims(path, now=now, aud=aud, iss=f"https://{record.slug}.example")),
            signed(claims(path, now=now - timedelta(days=1), aud=aud)),
            signed(claims(path, now=now, aud=f"https://{record.slug}.example")),
            signed(told, name="a-stranger"),
            signed(told)[:-4] + "AAAA",
            f"Bearer {record.slug}.{record.slug}.x",
            f"Basic {record.slug}",
        ]
        for authorization in forged if self.ehr.signs else ():
            answer = self.send(self.body(record), path, Authorization=authorization)
            assert 401 == answer.status_code

    def answer(self, call: Call) -> Answer:
        """Answer as the hospital's FHIR server."""
        (record,) = [one for one in self.records if one.slug in self.asked_for(call)] or self.records[:1]
        if self.down:
            text = f"{record.patient['name'][0]['family']} {record.slug} is not here"
            issue = {"severity": "error", "code": "exception", "diagnostics": text}
            return Answer({"resourceType": "OperationOutcome", "issue": [issue]}, 500)
        if call.kind == "Patient":
            return Answer(record.patient)
        return Answer(searchset(record.of(call.kind)))

    @staticmethod
    def asked_for(call: Call) -> set[str]:
        named = {*call.query.get("patient", ()), *call.query.get("subject", ()), call.path.rsplit("/", 1)[-1]}
        return {name.removeprefix("Patient/") for name in named}


def orders_of(record: Record) -> list[Json]:
    """One draft that can be checked and two that cannot."""
    subject = {"reference": f"Patient/{record.slug}"}
    dexamethasone = draft("3264", dosage(1), id=f"order-of-{record.slug}", subject=subject)
    unread = draft("3264", id=f"unread-of-{record.slug}", subject=subject) | {"dosageInstruction": record.slug}
    return [dexamethasone, unread, dexamethasone | {"id": f"nobodys-{record.slug}", "subject": None}]


@pytest.fixture(scope="module")
def records() -> list[Record]:
    now = datetime.now(UTC)
    return [Record(story.slug, shifted(story.bundle, now)) for story in read_stories()]


@pytest.fixture(scope="module", params=[demo, signing], ids=["demo", "signed"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> Run:
    folder: Path = tmp_path_factory.mktemp("run")
    store = ("--store", str(folder / "store.sqlite")) if request.param is demo else ()
    options = (*store, "--decision-log", str(folder / "decisions"), "--quieter-repeats", "--repeat-key", KEY)
    authority = certificate_for("localhost", tmp_path_factory.mktemp("authority"))
    with serving(lambda _: None) as server:
        believing = ("--ca-file", str(authority.certificate))
        with request.param(folder, authority.secure(server), *believing, *options) as ehr:
            done = Run(ehr, records, server)
            done.everything()
    return done


def written(run: Run) -> dict[str, str]:
    """The text of every file that the service wrote, and every error that it answered."""
    own = {"clients.toml", "jwks.json"}
    files = [file for file in run.ehr.log.parent.iterdir() if file.name not in own]
    refusals = {f"answer {number}": one.text for number, one in enumerate(run.answers) if not one.ok}
    return refusals | {file.name: file.read_bytes().decode("utf-8", "replace") for file in files}


def test_the_run_was_logged_and_stored(run: Run) -> None:
    found = written(run)
    lines = [json.loads(line) for line in found["decisions"].splitlines()]
    statuses = {200, 400, 404, 405, 412, 413, 422} | ({401} if run.ehr.signs else set())

    assert statuses <= {line["status"] for line in lines}
    assert {"call", "feedback", "other"} == {line["route"] for line in lines}
    assert set(SERVICES) == {line["service"] for line in lines if "service" in line}
    assert {"store.sqlite", "decisions", "service.log"} <= set(found)
    assert len(found["store.sqlite"]) + len(found.get("store.sqlite-wal", "")) > 50_000
    assert len([line for line in lines if line.get("cards")]) > 100


def test_no_word_that_identifies_a_patient_was_written(run: Run) -> None:
    # Some patients have a name or id that equals one of our codes or a part of one, which refusals and the log contain.
    codes = {*read_own_codes(), *AskCode}
    named = set().union(*(record.identifying for record in run.records))
    names = {name for name in named if not any(name in code for code in codes)}
    assert len(names) > 300
    for place, text in written(run).items():
        assert set() == {name for name in names if name in text}, place


def test_no_user_call_token_or_comment_was_written(run: Run) -> None:
    instances = {f"instance-{record.slug}" for record in run.records}
    assert len(run.secrets) > (100 if run.ehr.signs else 4)
    for place, text in written(run).items():
        assert set() == {secret for secret in run.secrets | instances if secret in text}, place
