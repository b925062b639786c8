"""Alarm load over simulated stays: `make alarms`.

Three patients stay for 14 days after axi-cel: one without ICANS, one with grade 2 at worst, one with grade 3 at worst.
Somebody opens the chart every hour and reads the card. Printed are the share of openings at each urgency and how many
words there are to read a day. It speaks HTTP as an EHR would, so that it can measure another checkout too:
`--root`, run with the Python environment of that checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.console import Console
from rich.table import Table

Json = dict[str, Any]
ICANS = "https://icans-cds.example/fhir/CodeSystem/icans"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
AXI_CEL, DEXAMETHASONE, TOCILIZUMAB = "1987398", "3264", "612865"
DAY_0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAYS = 14
INDICATORS = ("info", "warning", "critical")
REPOSITORY = Path(__file__).parents[1]
# What a stay is asked for when no other day is said: every value is normal.
USUAL = {"ice": 10, "arousal": "alert", "temperature": 36.8, "systolic": 122, "saturation": 97, "oxygen": "room-air"}


class Change(NamedTuple):
    """From an hour after the infusion on, an item is charted with this value."""

    hour: int
    item: str
    value: Any


class Stay(NamedTuple):
    """What changes in a stay, and from when to when each drug is given at which interval (hours) and dose (mg)."""

    changes: tuple[Change, ...]
    drugs: tuple[tuple[str, int, int, int, float], ...] = ()


FEVER = (Change(40, "temperature", 38.6), Change(88, "temperature", 37.2))
STAYS = {
    "no ICANS": Stay(FEVER),
    "grade 2 at worst": Stay(
        (
            *(Change(40, "temperature", 38.9), Change(112, "temperature", 37.3)),
            *(Change(72, "oxygen", "nasal-cannula"), Change(72, "saturation", 91)),
            *(Change(96, "oxygen", "room-air"), Change(96, "saturation", 96)),
            *(Change(100, "ice", 8), Change(112, "ice", 5), Change(130, "ice", 6), Change(148, "ice", 8)),
            *(Change(172, "ice", 9), Change(190, "ice", 10)),
        ),
        ((TOCILIZUMAB, 73, 74, 24, 560), (DEXAMETHASONE, 113, 174, 6, 10)),
    ),
    "grade 3 at worst": Stay(
        (
            *(Change(30, "temperature", 39.4), Change(110, "temperature", 37.4)),
            *(Change(60, "systolic", 86), Change(84, "systolic", 112)),
            *(Change(92, "ice", 7), Change(100, "ice", 4), Change(108, "ice", 2), Change(140, "ice", 4)),
            *(Change(108, "arousal", "awakens-to-voice"), Change(134, "arousal", "alert")),
            *(Change(158, "ice", 6), Change(186, "ice", 8), Change(210, "ice", 9), Change(236, "ice", 10)),
        ),
        ((TOCILIZUMAB, 61, 70, 8, 560), (DEXAMETHASONE, 101, 190, 6, 10), (DEXAMETHASONE, 190, 240, 12, 5)),
    ),
}


class Load(NamedTuple):
    """What a stay asks of its readers."""

    shares: dict[str, float]
    words_a_day: float


def main() -> None:
    """Measure this checkout, or another one in a process of its own."""
    command()


@click.command()
@click.option("--root", type=click.Path(exists=True, path_type=Path), help="another checkout to measure")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(*, root: Path | None, as_json: bool) -> None:
    """Open the chart of three simulated patients every hour for 14 days, and count what is shown."""
    if root is not None:
        arguments = [sys.executable, str(Path(__file__).resolve()), *(["--json"] if as_json else [])]
        subprocess.run(arguments, cwd=root, env=os.environ | {"PYTHONPATH": str(root.resolve())}, check=True)
        return
    loads = {name: load_of(stay) for name, stay in STAYS.items()}
    if as_json:
        click.echo(json.dumps({name: load._asdict() for name, load in loads.items()}, indent=2))
        return
    Console(highlight=False).print(_table(loads))


def load_of(stay: Stay, days: int = DAYS) -> Load:
    """The share of openings at each urgency (`none`: no card), and the words to read a day, over the first days."""
    shown: Counter[str] = Counter()
    words = 0
    for cards in _openings(stay, days):
        ranks = [INDICATORS.index(card["indicator"]) for card in cards]
        shown[INDICATORS[max(ranks)] if ranks else "none"] += 1
        words += sum(len(f"{card['summary']} {card.get('detail', '')}".split()) for card in cards)
    return Load({name: shown[name] / shown.total() for name in ("none", *INDICATORS)}, words / days)


def _openings(stay: Stay, days: int) -> Iterator[list[Json]]:
    """The cards of each hour, by a service that knows nothing later than that hour."""
    from cds_service.app import create_app  # noqa: PLC0415 (of the checkout that is measured)
    from cds_service.settings import Settings  # noqa: PLC0415

    clock = {"now": DAY_0}
    client = create_app(Settings(demo=True, decision_log="/dev/null"), now=lambda: clock["now"]).test_client()
    services = client.get("/cds-services").get_json()["services"]
    service = next(one for one in services if one["hook"] == "patient-view")
    resources = list(_resources(stay))
    for hour in range(1, days * 24):
        clock["now"] = DAY_0 + timedelta(hours=hour)
        known = [resource for time, resource in resources if time <= clock["now"]]
        answer = client.post(f"/cds-services/{service['id']}", json=_body(service["prefetch"], known))
        yield answer.get_json()["cards"]


def _body(templates: dict[str, str], known: list[Json]) -> Json:
    patient = {"resourceType": "Patient", "id": "p-1", "birthDate": "1966-01-01", "gender": "female"}
    of_type = {key: template.partition("?")[0] for key, template in templates.items()}
    fetched = {
        key: _bundle([one for one in known if one["resourceType"] == kind])
        for key, kind in of_type.items()
        if "/" not in kind
    }
    context = {"userId": "Practitioner/dr-1", "patientId": "p-1"}
    head = {"hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "context": context}
    return head | {"prefetch": fetched | {"patient": patient}}


def _bundle(resources: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def _resources(stay: Stay) -> Iterator[tuple[datetime, Json]]:
    """What is charted, with its time: vital signs every 4 hours, ICE every 12, during ICANS and fever every 4."""
    numbers = count(1)
    yield _given(DAY_0, AXI_CEL, next(numbers))
    for hour in range(-24, DAYS * 24, 4):
        time, values = DAY_0 + timedelta(hours=hour, minutes=-20), _values(stay, hour)
        for one in _vital_signs(values):
            yield time, _resource("Observation", next(numbers), time) | one
        if hour % 12 == 0 or values["ice"] < USUAL["ice"] or values["temperature"] >= 38:
            for one in _neurological(values):
                yield time, _resource("Observation", next(numbers), time) | one
    for drug, first, last, interval, milligrams in stay.drugs:
        for hour in range(first, last, interval):
            yield _given(DAY_0 + timedelta(hours=hour), drug, next(numbers), milligrams)


def _values(stay: Stay, hour: int) -> dict[str, Any]:
    changed = {change.item: change.value for change in stay.changes if change.hour <= hour}
    return USUAL | changed


def _vital_signs(values: dict[str, Any]) -> Iterator[Json]:
    yield _coded(LOINC, "8310-5", valueQuantity=_quantity(values["temperature"], "Cel"))
    pressure = {"code": _concept(LOINC, "8480-6"), "valueQuantity": _quantity(values["systolic"], "mm[Hg]")}
    yield _coded(LOINC, "85354-9", component=[pressure])
    yield _coded(LOINC, "59408-5", valueQuantity=_quantity(values["saturation"], "%"))
    yield _coded(ICANS, "oxygen-device", valueCodeableConcept=_concept(ICANS, values["oxygen"]))


def _neurological(values: dict[str, Any]) -> Iterator[Json]:
    yield _coded(ICANS, "ice-total", valueInteger=values["ice"])
    yield _coded(ICANS, "consciousness", valueCodeableConcept=_concept(ICANS, values["arousal"]))


def _given(time: datetime, code: str, number: int, milligrams: float | None = None) -> tuple[datetime, Json]:
    drug: Json = {"status": "completed", "medicationCodeableConcept": _concept(RXNORM, code)}
    if milligrams is not None:
        drug["dosage"] = {"dose": _quantity(milligrams, "mg")}
    return time, _resource("MedicationAdministration", number, time) | drug


def _resource(kind: str, number: int, time: datetime) -> Json:
    subject = {"reference": "Patient/p-1"}
    return {"resourceType": kind, "id": f"r-{number}", "subject": subject, "effectiveDateTime": time.isoformat()}


def _coded(system: str, code: str, **value: Any) -> Json:
    return {"status": "final", "code": _concept(system, code), **value}


def _concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _quantity(value: float, code: str) -> Json:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def _table(loads: dict[str, Load]) -> Table:
    table = Table("stay", "no card", *INDICATORS, "words a day")
    for name, load in loads.items():
        table.add_row(name, *(f"{share:.0%}" for share in load.shares.values()), f"{load.words_a_day:,.0f}")
    return table


if __name__ == "__main__":
    main()
