"""Drugs and therapies with unreadable records, at every limit of the windows that they may fall in (T8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.proof.patients import (
    ADULT,
    ALONE,
    CHILD,
    DAY,
    HOUR,
    LESS,
    SECOND,
    Row,
    ago,
    cells,
    dose,
    infusion,
    patient,
    record,
)
from tests.proof.scenarios import Scenario
from tests.proof.spaces.causes import BLOCKERS, FINDINGS, SEDATIVES
from tests.proof.spaces.cytokines import VASOPRESSORS

_QUIET = (record("consciousness", "alert"), record("ice-total", 10))
_TREATS_FEVER = ("paracetamol", "ibuprofen", "metamizole", "tocilizumab", "siltuximab", "anakinra", "dexamethasone",
                 "methylprednisolone", "prednisone", "prednisolone", "hydrocortisone")  # fmt: skip


def unread(drug: str, begin: float | None = None, end: float | None = None, **said: Any) -> Scenario:
    """A record of an event between two times, in minutes ago; None: no limit on that side."""
    first, last = (None if when is None else ago(when) for when in (begin, end))
    return {"drug": drug, "from": first, "until": last, **said}


def not_read(product: str | None, begin: float | None, end: float | None, kind: str = "CAR-T") -> Scenario:
    """A therapy that was possibly given, or is undated."""
    first, last = (None if when is None else ago(when) for when in (begin, end))
    return {"class": kind, "product": product, "from": first, "until": last}


def unread_sedatives() -> Iterator[Row]:
    """Every sedative and blocker with every finding: the grade stands whatever they may have affected."""
    spans = ((None, None), (3 * HOUR, None), (5 * HOUR, HOUR), (5 * HOUR, HOUR + SECOND), (4 * HOUR, 3 * HOUR))
    for drug, span, found, infused in product((*SEDATIVES, *BLOCKERS), spans, FINDINGS, (True, False)):
        yield Row(ALONE, (patient(*found, unread_drugs=(unread(drug, *span, infusion=infused),)),))


def unread_vasopressors() -> Iterator[Row]:
    """Every vasopressor around two hours, beside none, one and two running ones, at a low and a normal pressure."""
    spans = ((None, None), (DAY, 2 * HOUR), (DAY, 2 * HOUR + SECOND), (2 * HOUR, HOUR), (HOUR, HOUR))
    running: tuple[tuple[Scenario, ...], ...] = (
        (),
        (infusion(HOUR, "norepinephrine"),),
        (infusion(HOUR, "vasopressin"),),
        (infusion(HOUR, "norepinephrine"), infusion(HOUR, "epinephrine")),
    )
    kinds = ({}, {"infusion": False}, {"given": True})
    for drug, span, drips, said, pressure in product(VASOPRESSORS, spans, running, kinds, (None, 90, 89)):
        found = [record("body-temperature", 38.5)]
        found += [] if pressure is None else [record("systolic-pressure", pressure)]
        known = patient(*found, drugs=drips)
        less = known | {"unread_drugs": (unread(drug, *span, **said),)}
        yield Row(ALONE if said.get("given") else LESS, (known, less) if not said.get("given") else (less,))


def unread_fever_drugs() -> Iterator[Row]:
    """Every drug that suppresses fever, around an older fever, with and without a readable one."""
    fever = 2 * DAY
    spans = ((None, None), (3 * DAY, fever), (3 * DAY, fever - SECOND), (fever, fever), (fever - SECOND, HOUR))
    for drug, span, given, known, normal in product(
        _TREATS_FEVER, spans, (True, False), ((), (dose(DAY, "paracetamol"),)), (None, HOUR)
    ):
        found = [record("body-temperature", 38.6, fever)]
        found += [] if normal is None else [record("body-temperature", 36.9, normal)]
        records = (unread(drug, *span, given=given),)
        yield Row(ALONE, (patient(*found, drugs=known, unread_drugs=records),))
        topical = (unread(drug, *span, given=given, systemic=False),)
        yield Row(ALONE, (patient(*found, drugs=known, unread_drugs=topical),))


def unread_therapies() -> Iterator[Row]:
    """A therapy undated, dated by month and dated, with a dose that explains it or does not; also on day 91."""
    spans = ((None, None), (40 * DAY, 10 * DAY), (5 * DAY, 5 * DAY), (4 * DAY - SECOND, 4 * DAY - SECOND))
    dosed: tuple[tuple[Scenario, ...], ...] = ((), (cells(),), (cells(20 * DAY),), (cells(95 * DAY),))
    kinds = (("axicabtagene-ciloleucel", "CAR-T"), ("tisagenlecleucel", "CAR-T"), (None, "CAR-T"),
             ("teclistamab", "T-cell engager"))  # fmt: skip
    for span, doses, (product_, kind), found, birth in product(
        spans, dosed, kinds, (_QUIET, FINDINGS[1], FINDINGS[8]), (ADULT, CHILD)
    ):
        therapies = (not_read(product_, *span, kind=kind),)
        yield Row(ALONE, (patient(*found, doses=doses, birth=birth, unread_therapy=therapies),))


def unread_findings() -> Iterator[Row]:
    """A seizure, sign or image that cannot be read at every limit of its window, beside one that can be."""
    day, fortnight = (DAY, DAY + SECOND), (14 * DAY, 14 * DAY + SECOND)
    spans = ((None, None), (None, 20 * DAY), *((age, age) for age in (HOUR, 3 * HOUR, *day, *fortnight)))
    beside: dict[str, tuple[str | None, ...]] = {
        "seizure": (None, "none", "clinical-generalised", "electrographic"),
        "motor-finding": (None, "none", "tremor", "hemiparesis"),
        "raised-icp-sign": (None, "none", "papilloedema"),
        "neuroimaging": (None, "normal", "other", "focal-oedema"),
    }
    for code, span, doses in product(beside, spans, ((), (cells(),), (cells(20 * DAY),))):
        first, last = (None if when is None else ago(when) for when in span)
        hidden = ({"code": code, "from": first, "until": last},)
        for found, readable, hours in product((_QUIET, FINDINGS[1], FINDINGS[8]), beside[code], (2, 3)):
            known = (*found, record(code, readable, hours * HOUR)) if readable else found
            one = patient(*known, doses=doses)
            yield Row(LESS, (one, one | {"unread_findings": hidden}))
