"""What is asked, how urgent it is and why: every pair of the things that rule Q names (Q, U, C6, C7, N, P)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from tests.proof.patients import (
    ADULT,
    ALONE,
    CHILD,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Row,
    ago,
    cells,
    infusion,
    patient,
    record,
)
from tests.proof.scenarios import Scenario
from tests.proof.spaces.events import seizure
from tests.proof.spaces.unread import not_read, unread

_QUIET = (record("ice-total", 10, 3 * HOUR), record("consciousness", "alert", 3 * HOUR),
          record("body-temperature", 36.8, 3 * HOUR))  # fmt: skip
_FEVER = record("body-temperature", 38.5)


def steroid(minutes: float, mg: float | None = 10, drug: str = "dexamethasone") -> Scenario:
    """A dose of a corticosteroid with its amount."""
    return {"drug": drug, "start": ago(minutes), "end": ago(minutes), "infusion": False, "mg": mg}


def of(product_: str, days: float, kind: str = "CAR-T") -> dict[str, Any]:
    """One dose of a product."""
    return {"doses": ({"time": ago(days * DAY), "class": kind, "product": product_, "date_only": False},)}


# What each rule of Q names, on both sides of its limits: records, drugs, and other data of the patient.
Atom = tuple[tuple[Scenario, ...], tuple[Scenario, ...], dict[str, Any]]
_GRADED = (record("ice-total", 5, 26 * HOUR), record("consciousness", "alert", 26 * HOUR),
           record("ice-total", 5), record("consciousness", "alert"))  # fmt: skip
ATOMS: dict[str, Atom] = {
    "unarousable": ((record("consciousness", "unarousable"),), (), {}),
    "a GCS of 8": ((record("gcs-total", 8),), (), {}),
    "a GCS of 9": ((record("gcs-total", 9),), (), {}),
    "ventilated": ((record("oxygen-device", "mechanical-ventilation"),), (), {}),
    "seizure without return": ((seizure("clinical-generalised", 3, False, None),), (), {}),
    "seizure with return": ((seizure("clinical-generalised", 3, True, None),), (), {}),
    "EEG seizure, not said to be resolved": ((seizure("electrographic", 3, True, None),), (), {}),
    "status, then a seizure with return": (
        (seizure("status-epilepticus", None, None, None, 4 * HOUR), seizure("clinical-focal", 2, True, None)),
        (),
        {},
    ),
    "hemiparesis": ((record("motor-finding", "hemiparesis", 24 * HOUR),), (), {}),
    "hemiparesis of yesterday": ((record("motor-finding", "hemiparesis", 24 * HOUR + SECOND),), (), {}),
    "hemiparesis, imaged": ((record("motor-finding", "hemiparesis", 50), record("neuroimaging", "other", 50)), (), {}),
    "hemiparesis again": (
        (
            record("motor-finding", "hemiparesis", 30 * HOUR),
            record("motor-finding", "none", 20 * HOUR),
            record("motor-finding", "hemiparesis"),
        ),
        (),
        {},
    ),
    "paraparesis": ((record("motor-finding", "paraparesis"),), (), {}),
    "face and speech": (
        (record("neuro-symptom", "facial-palsy", 7 * HOUR), record("neuro-symptom", "dysarthria")),
        (),
        {},
    ),
    "face, and speech much later": (
        (record("neuro-symptom", "facial-palsy", 7 * HOUR + SECOND), record("neuro-symptom", "dysarthria")),
        (),
        {},
    ),
    "bleed on imaging": ((record("neuroimaging", "intracranial-haemorrhage", 13 * HOUR),), (), {}),
    "bleed documented": ((record("other-cause", "intracranial-haemorrhage"),), (), {}),
    "papilloedema": ((record("raised-icp-sign", "papilloedema"),), (), {}),
    "papilloedema, stale": ((record("raised-icp-sign", "papilloedema", 73 * HOUR),), (), {}),
    "diffuse oedema": ((record("neuroimaging", "diffuse-oedema"),), (), {}),
    "low glucose": ((record("glucose", 53.9),), (), {}),
    "glucose of 54, sodium of 124": ((record("glucose", 54), record("sodium", 124)), (), {}),
    "glucose of 54, sodium of 125": ((record("glucose", 54), record("sodium", 125)), (), {}),
    "CRS 2": ((_FEVER, record("systolic-pressure", 85)), (), {}),
    "CRS 3": ((_FEVER,), (infusion(HOUR, "norepinephrine"),), {}),
    "low pressure": ((record("systolic-pressure", 85),), (), {}),
    "ICE 0": ((record("ice-total", 0),), (), {}),
    "ICE 5": ((record("ice-total", 5),), (), {}),
    "ICE 8": ((record("ice-total", 8),), (), {}),
    "ICE 5 for 26 h on dexamethasone": (_GRADED, (steroid(25 * HOUR), steroid(13 * HOUR), steroid(HOUR)), {}),
    "better, on dexamethasone": (
        (*_GRADED[:2], record("ice-total", 8), record("consciousness", "alert")),
        (steroid(25 * HOUR), steroid(13 * HOUR), steroid(HOUR)),
        {},
    ),
    "drowsy by RASS": ((record("rass", -1),), (), {}),
    "confused": ((record("neuro-symptom", "confusion", 30 * MINUTE),), (), {}),
    "no common language": ((record("ice-not-performed", "language"), record("gcs-verbal", 4)), (), {}),
    "propofol": ((), (infusion(3 * HOUR, "propofol"),), {}),
    "facial palsy on day 62 after cilta-cel": (
        (record("neuro-symptom", "facial-palsy"),),
        (),
        of("ciltacabtagene-autoleucel", 62),
    ),
    "a therapy that cannot be read": ((), (), {"unread_therapy": (not_read("tisagenlecleucel", None, None),)}),
    "charted grade 1": ((record("icans-grade-documented", 1),), (), {}),
    "charted CRS 3": ((record("crs-grade-documented", 3),), (), {}),
    "sepsis": ((record("other-cause", "sepsis"),), (), {}),
    "tarlatamab": ((), (), of("tarlatamab", 2, "T-cell engager")),
    "dexamethasone": ((), (steroid(3 * HOUR),), {}),
    "tocilizumab that cannot be read": ((), (), {"unread_drugs": (unread("tocilizumab"),)}),
    "baseline 6": ((record("ice-total", 6, 70 * DAY), record("ice-total", 6)), (), {}),
    "platelets of 49": ((record("platelets", 49), record("fibrinogen", 300)), (), {}),
    "platelets of 50": ((record("platelets", 50), record("fibrinogen", 300)), (), {}),
    "at home": ((), (), {"ambulatory": True}),
    "a child": ((), (), {"birth": CHILD}),
}


def every_two() -> Iterator[Row]:
    """Every pair, with an otherwise normal chart and with nothing else on record."""
    alone = ((name, name) for name in ATOMS)
    for names, quiet in product((*alone, *combinations(ATOMS, 2)), (_QUIET, ())):
        yield Row(ALONE, (_patient(*(ATOMS[name] for name in dict.fromkeys(names)), quiet=quiet),))


def crs_by_itself() -> Iterator[Row]:
    """Every grade of CRS with every grade of ICANS, for each class of therapy, in adults and in children."""
    circulation: tuple[Atom, ...] = (
        ((), (), {}),
        ((_FEVER,), (), {}),
        ATOMS["CRS 2"],
        ATOMS["CRS 3"],
        ((_FEVER,), (infusion(HOUR, "norepinephrine"), infusion(HOUR, "epinephrine")), {}),
    )
    therapies = (
        {},
        of("afamitresgene-autoleucel", 5, "TCR-T"),
        of("teclistamab", 5, "T-cell engager"),
        {"doses": ()},
    )
    for crs, therapy, birth, points in product(circulation, therapies, (ADULT, CHILD, None), (10, 8, 5, 1)):
        more: Atom = ((record("ice-total", points),), (), {**therapy, "birth": birth})
        yield Row(ALONE, (_patient(crs, more, quiet=_QUIET),))


def grade_1_over_a_day() -> Iterator[Row]:
    """ICE 10, 8 or 5 at six times: every trend, and the courses in which grade 1 is a warning."""
    times = (40 * HOUR, 30 * HOUR, 24 * HOUR + SECOND, 24 * HOUR, 10 * HOUR)
    for points in product((10, 8, 5), repeat=len(times)):
        found = [record("ice-total", one, when) for one, when in zip(points, times, strict=True)]
        found += [record("consciousness", "alert", when) for when in (*times, HOUR)]
        yield Row(ALONE, (patient(*found, record("ice-total", 8)),))
        yield Row(ALONE, (patient(*found, record("ice-total", 8), record("neuro-symptom", "confusion", 30)),))


def due_times() -> Iterator[Row]:
    """When the next assessment is due: each grade and reading at each age, and each obstacle to a score."""
    barred: tuple[Atom, ...] = (
        ((), (), {}),
        ATOMS["ventilated"],
        ATOMS["propofol"],
        ATOMS["at home"],
        ((record("ice-total", 2, 9 * DAY),), (), {}),
    )
    ages = (HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 12 * HOUR + SECOND, 25 * HOUR)
    levels = ("alert", "awakens-to-voice", "unarousable")
    for points, level, scored, roused, bar in product((10, 8, 5, 1), levels, ages, ages, barred):
        found = (record("ice-total", points, scored), record("consciousness", level, roused))
        yield Row(ALONE, (_patient((found, (), {}), bar),))


def delayed_signs() -> Iterator[Row]:
    """Each sign after each product, on the days around the limits and at each age of the record."""
    signs = ("facial-palsy", "cranial-nerve-palsy", "parkinsonism", "gait-change", "personality-change", "dysgraphia")
    products = ("ciltacabtagene-autoleucel", "idecabtagene-vicleucel", "axicabtagene-ciloleucel")
    ages = (HOUR, 14 * DAY, 14 * DAY + SECOND)
    for sign, product_, day, when in product(signs, products, (9, 10, 62, 1095, 1096), ages):
        dosed = of(product_, day + when / DAY)
        yield Row(ALONE, (patient(record("neuro-symptom", sign, when), **dosed),))
        again = {"doses": (*dosed["doses"], cells(2 * HOUR, kind="T-cell engager"))}
        yield Row(ALONE, (patient(record("neuro-symptom", sign, when), **again),))


def weights() -> Iterator[Row]:
    """Two weights, around 30 days and around the start of the course, the newer one not always the lower."""
    ages = (HOUR, 8 * DAY, 30 * DAY, 30 * DAY + SECOND, 60 * DAY)
    for first, second, kg in product(ages, ages, (60.0, 80.0)):
        records = (record("body-weight", 70.0, first), record("body-weight", kg, second))
        yield Row(ALONE, (patient(*_QUIET, *records), patient(*_QUIET, records[0])))


def _patient(*atoms: Atom, quiet: tuple[Scenario, ...] = ()) -> Scenario:
    records = [one for found, _, _ in atoms for one in found]
    drugs = tuple(one for _, given, _ in atoms for one in given)
    more = {key: value for _, _, said in atoms for key, value in said.items()}
    return patient(*quiet, *records, drugs=drugs, **more)
