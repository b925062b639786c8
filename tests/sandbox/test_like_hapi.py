"""The embedded server finds what a real HAPI server finds, for every search of the service and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from cds_service.hooks.blueprint import WIRING
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.sandbox.stories.seed import load_into
from cds_service.sandbox.stories.story import read_stories
from tests.sandbox.conftest import Clock
from tests.verification.hapi import running

pytestmark = pytest.mark.hapi

NOW = datetime(2026, 11, 21, 23, 20, tzinfo=UTC)  # after midnight on the stories' ward
TODAY, YESTERDAY, LAST_WEEK = (f"{NOW - timedelta(days=days):%Y-%m-%d}" for days in (0, 1, 7))
# References to drugs, questionnaires, a procedure, two stays.
PATIENTS = ("grade-2-voice", "grade-1-consciousness", "grade-4-papilloedema", "relapse-day-40", "messy-record")
# One page for everything, because HAPI's first page of 20 may have no next link although there is more.
PAGE = "_count=200"
FRESH = {"Cache-Control": "no-cache"}
SEARCHES = [
    "Patient?_id={patient}&birthdate=lt2000",
    "Encounter?patient={patient}&status=in-progress",
    "Encounter?patient={patient}&class=IMP&_sort=-date",
    f"Encounter?patient={{patient}}&date=ge{TODAY}",
    "Condition?patient={patient}&clinical-status=active",
    f"Condition?patient={{patient}}&onset-date=ge{LAST_WEEK}",
    f"Procedure?patient={{patient}}&date=lt{YESTERDAY}",
    f"QuestionnaireResponse?patient={{patient}}&authored=ge{YESTERDAY}&_sort=-authored",
    "Observation?patient={patient}&code=8310-5",
    "Observation?patient={patient}&code=http://loinc.org|8310-5,http://loinc.org|8331-1",
    "Observation?patient={patient}&code=http://loinc.org|",
    "Observation?patient={patient}&category=vital-signs&_sort=date",
    f"Observation?subject=Patient/{{patient}}&status=final&date=lt{YESTERDAY}T12:00:00Z",
    f"Observation?patient={{patient}}&date=ge{YESTERDAY}T12:00:00%2B01:00",
    *(f"Observation?patient={{patient}}&date={prefix}{YESTERDAY}" for prefix in ("", "ge", "le", "gt", "lt")),
    *(
        f"MedicationAdministration?patient={{patient}}&effective-time={prefix}{LAST_WEEK}"
        for prefix in ("", "ge", "le", "gt", "lt")
    ),
    "MedicationAdministration?patient={patient}&status=completed",
]


@pytest.fixture(scope="module")
def hapi() -> Iterator[str]:
    """A HAPI server with the stories as of one moment."""
    with running() as base:
        list(load_into(base, NOW))
        yield base


@pytest.fixture
def app(demo: tuple[Flask, Clock]) -> Flask:
    """The embedded server with the same stories."""
    demo[0].extensions[SANDBOX] = Sandbox(read_stories(), lambda: NOW)
    return demo[0]


def found(get: Callable[[str], Any], url: str | None) -> list[tuple[str, str]]:
    """The resources on all pages of a search."""
    keys: list[tuple[str, str]] = []
    while url:
        bundle = get(url)
        assert "Bundle" == bundle["resourceType"], (url, bundle)
        entries = bundle.get("entry", [])
        keys += [
            (one["search"]["mode"], f"{one['resource']['resourceType']}/{one['resource']['id']}") for one in entries
        ]
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    return sorted(set(keys))


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_search_finds_the_same(app: Flask, web: FlaskClient, hapi: str, patient: str) -> None:
    requirements = app.extensions[WIRING].requirements
    queries = [one.query(patient, NOW) for one in requirements if not one.is_read]
    for query in (*queries, *(f"{search.format(patient=patient)}&{PAGE}" for search in SEARCHES)):
        here = found(lambda url: web.get(url).get_json(), f"/fhir/{query}")
        there = found(lambda url: requests.get(url, headers=FRESH, timeout=30).json(), f"{hapi}/{query}")
        assert there == here, query
