"""Scenarios: neutral descriptions of a patient, converted into the service's facts; random ones for comparison."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cds_service.clinical.facts.patient import (
    Administration,
    BirthDate,
    DoseRecord,
    InfusionDate,
    PatientFacts,
    Record,
    Seizure,
    UnreadDrug,
    UnreadFinding,
    UnreadTherapy,
)

Scenario = dict[str, Any]
NOW = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
PRODUCTS = {
    "CAR-T": ["axicabtagene-ciloleucel", "obecabtagene-autoleucel", "ciltacabtagene-autoleucel", None],
    "TCR-T": ["afamitresgene-autoleucel"],
    "T-cell engager": ["teclistamab", "blinatumomab", "tarlatamab"],
}


def facts_of(scenario: Scenario) -> PatientFacts:
    """The service's facts for a scenario."""
    findings: dict[str, list[Record]] = {}
    for record in scenario.get("records", []):
        if record["code"] != "seizure":
            value, source = record["value"], record.get("source", "")
            finding = Record(record["time"], record["code"], value, source, quoted=str(value).startswith("“"))
            findings.setdefault(record["code"], []).append(finding)
    birth = scenario.get("birth")
    return PatientFacts(
        zone=scenario.get("zone", UTC),
        birth=BirthDate(*birth) if birth else None,
        deceased=scenario.get("deceased", False),
        ambulatory=scenario.get("ambulatory", False),
        records={code: tuple(sorted(found)) for code, found in findings.items()},
        seizures=tuple(_seizure(r) for r in scenario.get("records", []) if r["code"] == "seizure"),
        administrations=tuple(_administration(drug, scenario["now"]) for drug in scenario.get("drugs", [])),
        unread_findings=tuple(
            UnreadFinding(one["code"], one["from"], one["until"]) for one in scenario.get("unread_findings", [])
        ),
        unread_drugs=tuple(_not_read(one) for one in scenario.get("unread_drugs", [])),
        unread_therapies=tuple(
            UnreadTherapy(one["class"], one["product"], one["from"], one["until"])
            for one in scenario.get("unread_therapy", [])
        ),
        doses=tuple(
            DoseRecord(dose["time"], dose["class"], dose["product"], dose["date_only"])
            for dose in scenario.get("doses", [])
        ),
        infusion_dates=tuple(
            InfusionDate(stated["recorded"], stated["time"], stated["date_only"])
            for stated in scenario.get("infusion_dates", [])
        ),
        drugs_checked=scenario.get("drugs_checked", True),
    )


def _seizure(record: dict[str, Any]) -> Seizure:
    minutes = record.get("minutes")
    return Seizure(
        record["time"],
        record["value"],
        None if minutes is None else Record(record["time"], "seizure-duration", minutes),
        record.get("returned"),
        record.get("resolved"),
    )


def _administration(drug: dict[str, Any], now: datetime) -> Administration:
    """An administration. One that is running, but began at an unreadable time, counts only from now on."""
    start = drug["start"]
    return Administration(
        now if start is None else start,
        drug["drug"],
        drug["end"],
        drug["infusion"],
        drug.get("systemic", True),
        drug.get("mg"),
        start_known=start is not None,
        intrathecal=drug.get("intrathecal", False),
    )


def _not_read(record: dict[str, Any]) -> UnreadDrug:
    return UnreadDrug(
        record["drug"],
        record["from"],
        record["until"],
        given=record.get("given", False),
        infusion=record.get("infusion", True),
        systemic=record.get("systemic", True),
        milligrams=record.get("mg"),
    )


_SIGNS = ("dysgraphia", "facial-palsy", "dysarthria", "global-aphasia", "parkinsonism", "gait-change")
CHOICES: dict[str, list[Any]] = {
    "ice-total": list(range(11)),
    "ice-naming": [0, 1, 2, 3],
    "ice-writing": [0, 1],
    "ice-attention": [0, 1],
    "ice-orientation-year": [0, 1],
    "ice-not-performed": ["unarousable", "language", "sedated"],
    "capd-total": [0, 1, 4, 8, 9, 20],
    "capd-not-performed": ["unarousable", "refused"],
    "consciousness": ["alert", "alert", "awakens-spontaneously", "awakens-to-voice", "awakens-to-touch", "unarousable"],
    "rass": list(range(-5, 5)),
    "avpu": list("ACVPU"),
    "gcs-eye": [1, 2, 3, 4, 4],
    "gcs-verbal": [1, 3, 4, 5],
    "gcs-motor": [1, 5, 6, 6],
    "gcs-total": [3, 4, 8, 9, 14, 15],
    "motor-finding": ["none", "hemiparesis", "paraparesis", "tremor"],
    "raised-icp-sign": ["none", "papilloedema", "cushing-triad"],
    "neuroimaging": [
        "normal",
        "focal-oedema",
        "diffuse-oedema",
        "oedema-unspecified",
        "intracranial-haemorrhage",
        "other",
    ],
    "neuro-symptom": ["confusion", "headache", "somnolence", *_SIGNS],
    "other-cause": ["none", "stroke", "sepsis", "psychiatric", "“migraine”"],
    "developmental-delay": [True, False],
    "oxygen-device": [
        "room-air",
        "nasal-cannula",
        "high-flow-nasal-cannula",
        "blow-by",
        "bipap",
        "mechanical-ventilation",
    ],
    "oxygen-flow": [2.0, 6.0, 7.0],
    "oxygen-saturation": [85.0, 89.9, 90.0, 97.0],
    "body-temperature": [36.5, 37.9, 38.0, 39.5],
    "systolic-pressure": [75.0, 89.0, 90.0, 120.0],
    "mean-pressure": [60.0, 64.0, 65.0, 80.0],
    "glucose": [40.0, 53.9, 54.0, 100.0],
    "sodium": [120.0, 124.0, 125.0, 140.0],
    "body-weight": [60.0, 70.5],
    "platelets": [8.0, 49.0, 50.0, 200.0],
    "fibrinogen": [100.0, 300.0],
    "icans-grade-documented": [0, 1, 3, 5],
    "crs-grade-documented": [0, 2, 4],
}
DRUGS = ["propofol", "lorazepam", "midazolam", "rocuronium", "dexamethasone", "hydrocortisone", "paracetamol",
         "methylprednisolone", "tocilizumab", "anakinra", "norepinephrine", "vasopressin", "epinephrine", "morphine",
         "dobutamine"]  # fmt: skip
AGES_AGO = [0, 1, 5, 29, 30, 31, 60, 61, 90, 119, 120, 121, 300, 600, 700, 719, 720, 721, 1000, 1439, 1440, 1441,
            2000, 3000, 4319, 4320, 4321, 9000, 20000, 20161, 60000, 130000]  # fmt: skip


def random_scenario(seed: int) -> Scenario:
    """A random scenario; its times lie on and around the limits in the rules."""
    pick = random.Random(seed)
    return {
        "now": NOW,
        "zone": ZoneInfo("Europe/Berlin"),
        "birth": _birth(pick),
        "deceased": pick.random() < 0.02,
        "ambulatory": pick.random() < 0.15,
        "drugs_checked": True,
        "other_scales": pick.random() < 0.9,
        "doses": [_dose(pick) for _ in range(pick.choice([0, 1, 1, 1, 1, 2, 3]))],
        "infusion_dates": [],
        "records": [_record(pick) for _ in range(pick.randrange(0, 14))],
        "drugs": [_drug(pick) for _ in range(pick.choice([0, 0, 1, 2, 3, 5]))],
        "unread_drugs": [_unread_drug(pick) for _ in range(pick.choice([0, 0, 0, 0, 1, 2]))],
        "unread_therapy": [_unread_therapy(pick) for _ in range(pick.choice([0] * 9 + [1]))],
    }


def _ago(pick: random.Random) -> datetime:
    minutes = pick.choice(AGES_AGO) if pick.random() < 0.7 else pick.randrange(0, 15000)
    return NOW - timedelta(minutes=minutes, seconds=pick.choice([0, 0, 0, 30, 60, 61]))


def _birth(pick: random.Random) -> tuple[date, date] | None:
    kind = pick.random()
    if kind < 0.6:
        return (date(1960, 5, 5),) * 2
    year = pick.choice([2014, 2014, 2018, 2006, 2003])
    day = date(year, 3, pick.choice([29, 30, 31]))
    return (day, day) if kind < 0.9 else None


def _dose(pick: random.Random) -> dict[str, Any]:
    kind = pick.choice(["CAR-T", "CAR-T", "CAR-T", "TCR-T", "T-cell engager"])
    date_only = pick.random() < 0.2
    days = pick.choice([0, 1, 2, 5, 6, 7, 14, 27, 28, 29, 30, 31, 56, 57, 90, 91, 200])
    time = NOW - timedelta(days=days, hours=pick.choice([0, 0, 1, 5, 13]))
    if date_only:
        time = time.astimezone(ZoneInfo("Europe/Berlin")).replace(hour=0, minute=0, second=0).astimezone(UTC)
    return {"time": time, "class": kind, "product": pick.choice(PRODUCTS[kind]), "date_only": date_only}


def _record(pick: random.Random) -> dict[str, Any]:
    code = pick.choice(["ice-total"] * 6 + ["consciousness"] * 5 + ["seizure"] * 2 + list(CHOICES))
    record = {"code": code, "time": _ago(pick), "value": None}
    if code != "seizure":
        return record | {"value": pick.choice(CHOICES[code])}
    value = pick.choice(["none", "clinical-focal", "clinical-generalised", "electrographic", "status-epilepticus"])
    extra = {"minutes": [None, 1.0, 5.0, 5.1], "returned": [None, True, False], "resolved": [None, True, False]}
    return record | {"value": value} | {key: pick.choice(values) for key, values in extra.items()}


def _drug(pick: random.Random) -> dict[str, Any]:
    start = _ago(pick)
    if pick.random() < 0.5:
        mg = pick.choice([None, 10.0, 15.0, 40.0, 1000.0])
        return {"drug": pick.choice(DRUGS), "start": start, "end": start, "infusion": False, "mg": mg}
    ends = [None, start, start + timedelta(minutes=pick.choice([10, 60, 600]))]
    end = pick.choice(ends)
    return {"drug": pick.choice(DRUGS), "start": start, "end": end and min(end, NOW), "infusion": True}


def _span(pick: random.Random) -> dict[str, datetime | None]:
    """A span of time: undated, open at one end, a moment, or an interval."""
    first, last = sorted((_ago(pick), _ago(pick)))
    return pick.choice([
        {"from": None, "until": None},
        {"from": first, "until": None},
        {"from": first, "until": first},
        {"from": first, "until": last},
    ])  # fmt: skip


def _unread_drug(pick: random.Random) -> dict[str, Any]:
    mg, given = pick.choice([None, 10.0]), pick.random() < 0.5
    return {"drug": pick.choice(DRUGS), **_span(pick), "given": given, "infusion": pick.random() < 0.7, "mg": mg}


def _unread_therapy(pick: random.Random) -> dict[str, Any]:
    kind, span = pick.choice(list(PRODUCTS)), _span(pick)
    span["until"] = span["from"] and (span["until"] or span["from"])
    return {"class": kind, "product": pick.choice(PRODUCTS[kind]), **span}
