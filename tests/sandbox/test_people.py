"""The banner of a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds_service.sandbox.pages.people import Person, person_of

TODAY = date(2026, 3, 8)


def person(**patient: Any) -> Person:
    return person_of({"resourceType": "Patient", "id": "p"} | patient, TODAY)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ([{"family": "Brandt", "given": ["Ilse", "Maria"]}], "Brandt, Ilse Maria"),
        ([{"family": "Brandt"}], "Brandt"),
        ([{"given": ["Ilse"]}], "Ilse"),
        ([{"text": "Dr. Ilse Brandt", "family": "Brandt"}, {"family": "Born"}], "Dr. Ilse Brandt"),
        ([{"use": "official"}], "p"),
        ([], "p"),
    ],
)
def test_names(name: list[dict[str, Any]], shown: str) -> None:
    assert shown == person(name=name).name


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("1966-03-08", "60 y"),
        ("1966-03-09", "59 y"),
        ("1966-03", "59-60 y"),
        ("1966-04", "59 y"),
        ("1966", "59-60 y"),
        ("unknown", "age not known"),
    ],
)
def test_ages(born: str, age: str) -> None:
    assert age == person(birthDate=born).age


def test_what_is_not_recorded_is_not_shown() -> None:
    assert Person("p", "age not known", "", "", "p") == person()


def test_the_first_record_number() -> None:
    assert "7" == person(identifier=[{"system": "x"}, {"value": "7"}, {"value": "8"}]).number
