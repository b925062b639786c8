"""Patient and Encounter to birth, death, language, and whether the patient is an outpatient."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import (
    hours_ago,
    patient,
)
from tests.unit.mapping import gaps, mapped, mapped_alone


@pytest.mark.rule("T7")
@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2014-03-08", (date(2014, 3, 8), date(2014, 3, 8))),
        ("2014", (date(2014, 1, 1), date(2014, 12, 31))),
        ("2014-02", (date(2014, 2, 1), date(2014, 2, 28))),
        ("2016-02", (date(2016, 2, 1), date(2016, 2, 29))),
        ("2014-12", (date(2014, 12, 1), date(2014, 12, 31))),
        ("03/08/2014", None),
        ("14-3", None),
        (None, None),
    ],
)
def test_a_partial_birth_date_allows_several_days(text: str | None, days: tuple | None) -> None:
    facts = mapped_alone(patient(text))

    assert days == (facts.birth and tuple(facts.birth))


@pytest.mark.rule("A6")
@pytest.mark.parametrize(
    ("more", "deceased"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedBoolean": "true"}, True),
        ({"deceasedBoolean": None}, False),
        ({"deceasedDateTime": "2026-03"}, True),
        ({"deceasedDateTime": "2025"}, True),
        ({"deceasedDateTime": "2026-03-08"}, True),
        ({"deceasedDateTime": "2026-03-08T08:00:00"}, True),
        ({"deceasedDateTime": "2026-03-08T08:00:00Z"}, True),
        ({"deceasedBoolean": False, "deceasedDateTime": "2026-03-07"}, False),
    ],
)
def test_death(more: dict, *, deceased: bool) -> None:
    facts = mapped_alone(patient(**more))

    assert (deceased, set()) == (facts.deceased, gaps(facts))


@pytest.mark.rule("A6")
@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"deceasedDateTime": ""}, "unreadable"),
        ({"deceasedDateTime": "unknown"}, "unreadable"),
        ({"deceasedDateTime": {}}, "unreadable"),
        ({"deceasedDateTime": "2026-03-08T23:00:00"}, "unreadable"),
        ({"deceasedBoolean": "perhaps"}, "unreadable"),
        ({"deceasedDateTime": "2099-01-01"}, "future"),
        ({"deceasedDateTime": "2099"}, "future"),
        ({"deceasedDateTime": "2026-03-08T09:06:00Z"}, "future"),
    ],
)
def test_a_death_that_says_nothing_yet_is_a_gap(more: dict, kind: str) -> None:
    facts = mapped_alone(patient(**more))

    assert (False, {("deceased", kind)}) == (facts.deceased, gaps(facts))


def spoken(code: object, *, preferred: bool | None = None, system: str = "urn:ietf:bcp:47") -> dict:
    """A language of the patient."""
    return {"language": {"coding": [{"system": system, "code": code}]}, "preferred": preferred}


@pytest.mark.parametrize(
    ("communication", "language"),
    [
        ([], ""),
        ([spoken("es")], "es"),
        ([spoken("es-MX")], "es"),
        ([spoken("ES")], "es"),
        ([spoken("en"), spoken("es", preferred=True)], "es"),
        ([spoken("en"), spoken("es")], ""),
        ([spoken("en", preferred=False), spoken("es", preferred=False)], ""),
        ([spoken("es", system="https://hospital.example/languages")], ""),
        ([spoken(7)], ""),
        ([{"preferred": True}], ""),
        ([{"language": "es"}], ""),
        ([{"language": {"coding": "es"}}], ""),
        (["es"], ""),
        ("es", ""),
        ({"language": {}}, ""),
        (None, ""),
    ],
)
def test_language(communication: object, language: str) -> None:
    assert language == mapped_alone(patient(communication=communication)).language


def encounter(name: str, kind: str, status: str = "in-progress", **more: object) -> dict:
    """An Encounter of the patient."""
    system = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": status,
        "class": {"system": system, "code": kind},
        "subject": {"reference": "Patient/p-1"},
    } | more


@pytest.mark.rule("T6")
@pytest.mark.parametrize(
    ("encounters", "named", "ambulatory"),
    [
        ([], None, False),
        ([encounter("e-1", "AMB")], None, True),
        ([encounter("e-1", "IMP")], None, False),
        ([encounter("e-1", "AMB", "finished")], None, False),
        ([encounter("e-1", "AMB", "finished")], "e-1", True),
        ([encounter("e-1", "AMB"), encounter("e-2", "IMP", period={"start": hours_ago(2)})], None, False),
        ([encounter("e-1", "AMB"), encounter("e-2", "IMP", period={"start": hours_ago(2)})], "e-1", True),
        ([encounter("e-1", "AMB", period={"start": "?"}), encounter("e-2", "IMP", "planned")], "e-9", True),
        ([encounter("e-1", "AMB", modifierExtension=[{"url": "urn:x"}])], None, False),
        ([{key: value for key, value in encounter("e-1", "AMB").items() if key != "class"}], None, False),
    ],
)
def test_whether_the_patient_is_an_outpatient(encounters: list, named: str | None, *, ambulatory: bool) -> None:
    assert ambulatory == mapped(*encounters, encounter_id=named).ambulatory
