"""Sedation, single doses, documented causes, haemorrhage, and late findings (A1-A5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

from tests.proof.patients import (
    ALONE,
    CHILD,
    DAY,
    EXPLAINED,
    HOUR,
    LESS,
    MINUTE,
    SECOND,
    Row,
    ago,
    cells,
    dose,
    infusion,
    patient,
    record,
)
from tests.proof.scenarios import NOW, Scenario
from tests.proof.spaces.events import seizure

SEDATIVES = ("propofol", "midazolam", "dexmedetomidine", "ketamine", "lorazepam", "diazepam", "pentobarbital",
             "thiopental")  # fmt: skip
BLOCKERS = ("rocuronium", "vecuronium", "cisatracurium", "atracurium", "succinylcholine")
OTHER_DRUGS = ("morphine", "fentanyl", "haloperidol", "levetiracetam", "dexamethasone")
CAUSES = ("stroke", "intracranial-haemorrhage", "cns-infection", "seizure-disorder", "sepsis", "hypoglycaemia",
          "electrolytes", "hyperammonaemia", "uraemia", "drug", "psychiatric", "“migraine”")  # fmt: skip
# A finding in each domain, and all of them together.
_EACH = (
    (record("ice-total", 5),),
    (record("consciousness", "awakens-to-touch"),),
    (record("rass", -2),),
    (record("seizure", "clinical-focal", minutes=2, returned=True),),
    (record("motor-finding", "hemiparesis"),),
    (record("raised-icp-sign", "papilloedema"),),
    (record("neuroimaging", "focal-oedema"),),
)
FINDINGS: tuple[tuple[Scenario, ...], ...] = (
    (),
    *_EACH,
    tuple(one for found in _EACH for one in found),
    (record("ice-total", 10), record("consciousness", "alert")),
    (record("ice-total", 8), record("motor-finding", "paraparesis")),
    (record("ice-not-performed", "unarousable"),),
    (record("ice-total", 9), record("ice-not-performed", "language", MINUTE)),
    (record("ice-total", 10), record("neuro-symptom", "aphasia", MINUTE)),
)
_READINGS = (
    ("ice-total", 4),
    ("ice-writing", 0),
    ("consciousness", "awakens-to-voice"),
    ("rass", -4),
    ("rass", 3),
    ("avpu", "C"),
    ("avpu", "P"),
    ("gcs-total", 3),
    ("gcs-verbal", 2),
    ("ice-not-performed", "unarousable"),
    ("ice-not-performed", "sedated"),
    ("capd-total", 20),
    ("neuro-symptom", "confusion"),
    ("motor-finding", "hemiparesis"),
    ("motor-finding", "none"),
    ("raised-icp-sign", "papilloedema"),
    ("neuroimaging", "diffuse-oedema"),
)


def documented_causes() -> Iterator[Row]:
    """Every cause at each limit of age with every finding; the cause is withdrawn before, at and after the limit."""
    for found, cause, age, ended in product(
        FINDINGS, CAUSES, (HOUR, 24 * HOUR, 24 * HOUR + SECOND), (None, SECOND, 0, -SECOND)
    ):
        withdrawn = [] if ended is None else [record("other-cause", "none", age + ended)]
        yield Row(EXPLAINED, (patient(*found), patient(*found, record("other-cause", cause, age), *withdrawn)))


def several_causes() -> Iterator[Row]:
    """Every pair of causes with every finding, in an adult and in a child."""
    for found, first, second in product(FINDINGS, CAUSES, CAUSES):
        one, other = record("other-cause", first, 3 * HOUR), record("other-cause", second, HOUR)
        yield Row(EXPLAINED, (patient(*found), patient(*found, one), patient(*found, one, other)))
    for capd, cause in product((0, 5, 9), CAUSES):
        found = record("capd-total", capd)
        explained = patient(found, record("other-cause", cause), birth=CHILD)
        yield Row(EXPLAINED, (patient(found, birth=CHILD), explained))


def haemorrhages() -> Iterator[Row]:
    """A haemorrhage at each limit of age, followed by every other imaging result, with every finding."""
    later = [None, *product(("normal", "other", "none", "focal-oedema", "intracranial-haemorrhage"), (0, SECOND))]
    for found, age, shown in product(FINDINGS, (HOUR, 72 * HOUR, 72 * HOUR + SECOND), later):
        bleeding = [record("neuroimaging", "intracranial-haemorrhage", age)]
        bleeding += [record("neuroimaging", shown[0], age - shown[1])] if shown else []
        yield Row(ALONE, (patient(*found, *bleeding),))


def sedation() -> Iterator[Row]:
    """Every drug, running and ended at each limit, with every finding; and drugs that were not looked up."""
    yield from (Row(ALONE, (patient(*found, drugs_checked=False),)) for found in FINDINGS)
    states = (None, HOUR - SECOND, HOUR, 3 * HOUR)
    for found, drug, until in product(FINDINGS, (*SEDATIVES, *BLOCKERS, *OTHER_DRUGS), states):
        for running in (infusion(4 * HOUR, drug, until), dose(HOUR if until is None else until, drug)):
            asleep = patient(*found, drugs=(running,))
            covers = drug not in OTHER_DRUGS and (drug in BLOCKERS or running["infusion"])
            widest = covers and until in (None, HOUR - SECOND) and running["end"] != ago(HOUR)
            yield Row(LESS, (patient(*found), asleep)) if widest else Row(ALONE, (asleep,))


def readings_under_sedation() -> Iterator[Row]:
    """Every kind of reading before, during, shortly after and long after sedation; the patient is awake now."""
    when = (181, 180, 150, 120, 61, 60 + SECOND, 60, 30)
    score = (record("ice-total", 8, 5 * HOUR), record("consciousness", "alert", 5 * HOUR))
    for drug, (code, value), minutes in product(("propofol", "rocuronium"), _READINGS, when):
        spell = infusion(180, drug, until=120)
        for older in ((), score):
            yield Row(ALONE, (patient(*older, record(code, value, minutes), drugs=(spell,)),))
        both = dose(150, "lorazepam"), spell
        yield Row(ALONE, (patient(*score, record(code, value, minutes), drugs=both),))
    for drug, minutes in product(("propofol", "rocuronium"), when):
        fit = seizure("clinical-focal", 6, None, None, minutes)
        yield Row(ALONE, (patient(fit, drugs=(infusion(180, drug, until=120),)),))


def single_doses() -> Iterator[Row]:
    """Every single dose around the limits before a score and before readings that are combined."""
    offsets = (-SECOND, 0, HOUR, 2 * HOUR, 2 * HOUR + SECOND)
    joined = (record("consciousness", "awakens-to-voice", 90), record("rass", -2, HOUR))
    for drug, offset, found in product((*SEDATIVES, *OTHER_DRUGS), offsets, (*FINDINGS, joined)):
        given = (dose(HOUR + offset, drug),)
        yield Row(EXPLAINED, (patient(*found), patient(*found, drugs=given)))


def late_findings() -> Iterator[Row]:
    """Every finding on the days around the limits in the ward's calendar, with one dose and with two."""
    berlin = {"zone": ZoneInfo("Europe/Berlin")}
    midnight = datetime(NOW.year, NOW.month, NOW.day, tzinfo=berlin["zone"])
    today = (NOW - midnight).total_seconds() / 60
    for days, clock, found in product((0, 29, 30, 31, 89, 90, 91, 200), (-SECOND, 0), FINDINGS):
        last = cells(today + days * DAY + clock)
        yield Row(ALONE, (patient(*found, doses=(last,), **berlin),))
        yield Row(ALONE, (patient(*found, doses=(cells(days * DAY + 14 * DAY), last), **berlin),))
        engager = cells(days * DAY, kind="T-cell engager")
        yield Row(ALONE, (patient(*found, doses=(engager, cells(days * DAY + 29 * DAY)), **berlin),))
