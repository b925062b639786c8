"""Public FHIR data on the embedded server: the searches give the same answer as the whole record."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.serving import make_server

from cds_service.app import create_app, decider_of
from cds_service.decision import Decider
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.hooks.patient_view import HOOK
from cds_service.knowledge import load_knowledge
from cds_service.sandbox.sandbox import SANDBOX
from cds_service.settings import Settings
from tests.builders import bundle, hook_request
from tests.hooks.client import Client, evaluation
from tests.verification.public import FILES, by_patient, everything

pytestmark = pytest.mark.data

CALL = Call(HOOK.id, HOOK.kind)
SETTINGS = Settings(demo=True, deadline_seconds=30)
NAMES = sorted(name for name, resources in by_patient().items() if any(one.get("id") == name for one in resources))
TIME = re.compile(r'"(?:effectiveDateTime|start|authored|performedDateTime)": "(\d{4}-\d\d-\d\dT[^"]*)"')


class Clock:
    """A clock that is set for each patient."""

    moment = datetime(2026, 11, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


class Public(NamedTuple):
    """The service, the server with the public data, and their clock."""

    client: Client
    base: str
    clock: Clock
    decider: Decider


@pytest.fixture(scope="module")
def public() -> Iterator[Public]:
    clock = Clock()
    app: Flask = create_app(SETTINGS, now=clock)
    app.extensions[SANDBOX].store.load([bundle(*resolved())])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    decider = decider_of(SETTINGS, load_knowledge())
    yield Public(Client(app.test_client()), f"http://127.0.0.1:{server.port}/fhir", clock, decider)
    server.shutdown()
    thread.join()


def resolved() -> list[dict[str, Any]]:
    """All resources, with references to Bundle entries replaced by references to resources, as in a transaction."""
    kinds = {resource["id"]: resource["resourceType"] for resource in everything()}
    text = json.dumps(everything())
    return json.loads(re.sub(r"urn:uuid:([\w-]+)", lambda urn: f"{kinds.get(urn[1], 'Basic')}/{urn[1]}", text))


def newest(resources: list[dict[str, Any]]) -> datetime:
    """An hour after a patient's newest record, so that the recent records are in the time windows."""
    times = [datetime.fromisoformat(text) for text in TIME.findall(json.dumps(resources))]
    aware = [time if time.tzinfo else time.replace(tzinfo=UTC) for time in times]
    return max(aware, default=Clock.moment) + timedelta(hours=1)


def without_uuids(answer: Any) -> Any:
    """The answer without its identifiers, which are always new, and without how the data came (dataUse)."""
    if isinstance(answer, dict):
        return {key: without_uuids(value) for key, value in answer.items() if key not in ("uuid", "dataUse")}
    return [without_uuids(value) for value in answer] if isinstance(answer, list) else answer


def by_whole_record(public: Public, name: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer for all resources of a patient, without any search."""
    page = read_page(json.dumps(bundle(*resources)).encode())
    # Orders are not searched for when a chart is opened.
    resources = [one for one in page.resources if not isinstance(one, structs.MedicationRequest)]
    own = [one for one in resources if not isinstance(one, structs.Patient) or one.id == name]
    gathered = Gathered(name, None, own, page.unreadable)
    return public.decider.response(public.decider.decide(gathered, public.clock.moment, CALL, str))


@pytest.mark.parametrize("name", NAMES)
def test_the_searches_and_the_whole_record_give_the_same_answer(public: Public, name: str) -> None:
    resources = by_patient()[name]
    public.clock.moment = newest(resources)
    context = {"userId": "Practitioner/1", "patientId": name}

    response = public.client.post(hook_request(fhirServer=public.base, context=context))

    assert 200 == response.status_code, response.text
    assert without_uuids(by_whole_record(public, name, resources)) == without_uuids(response.get_json())


def test_patients_without_a_course_get_no_card_and_no_grade(public: Public) -> None:
    certainties = Counter[str]()
    for name in NAMES:
        context = {"userId": "Practitioner/1", "patientId": name}
        answer = public.client.call(fhirServer=public.base, context=context)
        certainties[evaluation(answer)["icans"]["certainty"]] += 1
        assert [] == answer["cards"]

    assert {"cannot-grade": len(NAMES)} == dict(certainties)
    assert len(NAMES) > len(FILES) / 10
