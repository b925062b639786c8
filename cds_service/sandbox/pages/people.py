"""The patient header of a chart."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cds_service.clinical.course.instrument import completed_years
from cds_service.fhir_mapping.read.times import parse_birth_date
from cds_service.sandbox.stories.story import Json


class Person(NamedTuple):
    """Name, age in words (a range if the birth date is partial), birth date and sex as recorded, record number."""

    name: str
    age: str
    born: str
    sex: str
    number: str


def person_of(patient: Json, today: date) -> Person:
    """The person described by a Patient; what it does not contain is empty."""
    identifiers = patient.get("identifier", [])
    return Person(
        name=name_of(patient),
        age=_age(patient.get("birthDate"), today),
        born=patient.get("birthDate", ""),
        sex=patient.get("gender", ""),
        number=next((one["value"] for one in identifiers if "value" in one), patient["id"]),
    )


def name_of(patient: Json) -> str:
    """The name as recorded, else family name first as on a worklist, else the id."""
    names: list[Json] = patient.get("name", [])
    name = names[0] if names else {}
    parts = (name.get("family", ""), " ".join(name.get("given", ())))
    return name.get("text") or ", ".join(filter(None, parts)) or str(patient["id"])


def _age(birth_date: str | None, today: date) -> str:
    birth = parse_birth_date(birth_date)
    if birth is None:
        return "age not known"
    youngest, oldest = completed_years(birth.latest, today), completed_years(birth.earliest, today)
    return f"{oldest} y" if youngest == oldest else f"{youngest}-{oldest} y"
