"""A whole run over every sandbox patient, and nothing of any of them in anything that was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from cds_service.sandbox.stories import Story, read_stories
from tests.store.service import Running, running

USER, TOKEN, COMMENT = "Practitioner/dr-4711", "eyJhbGciOi.secret.token", "Mrs Quackenbush is fine"
PATIENT_VIEW = "icans-patient-view"
Json = dict[str, Any]


class Run:
    """One run of the service with everything switched on that writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.instances: list[str] = []

    def everything(self, service: Running, stories: list[Story]) -> None:
        """Every patient by FHIR and by prefetch, feedback with a comment, and all that goes wrong."""
        for story in stories:
            for more in ({"fhirServer": f"{service.base}/fhir"}, {"prefetch": prefetched(story)}):
                self._look(service, story, more)
        first = stories[0].slug
        for wrong in self._wrong(first):
            requests.post(f"{service.base}/cds-services/{PATIENT_VIEW}", data=wrong, headers=JSON, timeout=60)
        requests.get(f"{service.base}/cds-services/{first}", timeout=60)
        requests.get(f"{service.base}/", timeout=60)

    def _look(self, service: Running, story: Story, more: Json) -> None:
        answer = requests.post(
            f"{service.base}/cds-services/{PATIENT_VIEW}", json=self._body(story.slug) | more, timeout=60
        )
        assert 200 == answer.status_code, answer.text
        reason = {"reason": {"code": story.slug + " " + COMMENT}, "userComment": COMMENT}
        for card in answer.json()["cards"]:
            entry = {"card": card["uuid"], "outcome": "overridden", "overrideReason": reason}
            body = {"feedback": [entry | {"outcomeTimestamp": "2026-03-08T09:10:00Z"}]}
            url = f"{service.base}/cds-services/{PATIENT_VIEW}/feedback"
            assert 200 == requests.post(url, json=body, timeout=60).status_code

    def _body(self, patient_id: str) -> Json:
        self.instances.append(str(uuid4()))
        return {
            "hook": "patient-view",
            "hookInstance": self.instances[-1],
            "context": {"userId": USER, "patientId": patient_id},
            "fhirAuthorization": {
                "access_token": TOKEN,
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": "x",
                "subject": "y",
            },
        }

    def _wrong(self, patient_id: str) -> Iterator[bytes]:
        body = self._body(patient_id)
        yield json.dumps(body).encode()
        yield json.dumps(body).encode()[:-1]
        yield json.dumps(body | {"hook": patient_id}).encode()
        yield json.dumps(body | {"fhirServer": f"http://{patient_id}.example/fhir"}).encode()
        yield json.dumps(body | {"context": {"userId": COMMENT, "patientId": f"{patient_id} {COMMENT}"}}).encode()
        yield json.dumps(body | {"prefetch": {"patient": {"resourceType": "Patient", "id": "other"}}}).encode()
        yield json.dumps(body | {"prefetch": {"patient": {"resourceType": patient_id, "id": 3}}}).encode()

    @property
    def written(self) -> dict[str, str]:
        """Every file that the service has left, as text."""
        return {file.name: file.read_bytes().decode("utf-8", "replace") for file in self.folder.iterdir()}


JSON = {"Content-Type": "application/json"}


def prefetched(story: Story) -> Json:
    """The record as prefetch, sorted by type."""
    keys = {"Observation": "neuro", "MedicationAdministration": "therapy", "Procedure": "procedures"}
    keys |= {"Condition": "conditions", "Encounter": "encounter", "QuestionnaireResponse": "questionnaires"}
    resources = [entry["resource"] for entry in story.bundle["entry"]]
    bundles: Json = {key: {"resourceType": "Bundle", "type": "searchset", "entry": []} for key in keys.values()}
    for resource in resources:
        if resource["resourceType"] in keys:
            bundles[keys[resource["resourceType"]]]["entry"].append({"resource": resource})
    (patient,) = [one for one in resources if one["resourceType"] == "Patient"]
    return bundles | {"patient": patient}


def identifying(story: Story) -> set[str]:
    """Numbers and dates of the person, each word of the name and address, and the id of every resource."""
    resources = [entry["resource"] for entry in story.bundle["entry"]]
    (patient,) = [one for one in resources if one["resourceType"] == "Patient"]
    found = {str(resource["id"]) for resource in resources}
    found |= set(texts([patient.get("birthDate"), patient.get("identifier"), patient.get("telecom")]))
    return found | {word for text in texts([patient.get("name"), patient.get("address")]) for word in text.split()}


def texts(value: Any) -> Iterator[str]:
    """Every text inside a value but codes and the addresses of their systems."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from () if name in ("system", "use", "type") else texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield str(value)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    return list(read_stories())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, stories: list[Story]) -> Run:
    folder = tmp_path_factory.mktemp("run")
    done = Run(folder)
    options = (
        "--store",
        str(folder / "store.sqlite"),
        "--decision-log",
        str(folder / "decisions"),
        "--quieter-repeats",
    )
    key = "a secret of at least 32 characters"
    with running(folder / "errors", *options, ICANS_REPEAT_KEY=key) as service:
        done.everything(service, stories)
        service.stop()
    return done


def test_the_run_was_logged_and_kept(run: Run, stories: list[Story]) -> None:
    lines = [json.loads(line) for line in run.written["decisions"].splitlines()]
    assert 2 * len(stories) + 7 == len(lines)
    assert {200, 400, 412, 422} == {line["status"] for line in lines}
    assert {"store.sqlite", "decisions", "errors"} <= set(run.written)
    assert len(run.written["store.sqlite"]) + len(run.written.get("store.sqlite-wal", "")) > 50_000


def test_no_word_that_identifies_a_patient_was_written(run: Run, stories: list[Story]) -> None:
    names = set().union(*map(identifying, stories))
    assert len(names) > 300
    for file, text in run.written.items():
        assert set() == {name for name in names if name in text}, file


def test_no_user_no_call_no_token_and_no_comment_was_written(run: Run) -> None:
    for file, text in run.written.items():
        for secret in (USER, "dr-4711", TOKEN, "Quackenbush", "is fine", *run.instances):
            assert secret not in text, file
