"""Seizures, motor findings, signs of raised pressure and imaging (D5, D6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.proof.patients import ALONE, DAY, HOUR, MINUTE, SECOND, WORSE, Row, cells, patient, record
from tests.proof.scenarios import Scenario

KINDS = ("clinical-focal", "clinical-generalised", "electrographic", "status-epilepticus")
SAID = (True, None, False)
RECENT = (0, 24 * HOUR, 24 * HOUR + SECOND)
AGES = (HOUR, 72 * HOUR, 72 * HOUR + SECOND, 14 * DAY, 14 * DAY + SECOND)
SIGNS: dict[str, tuple[str, ...]] = {
    "motor-finding": ("none", "generalised-weakness", "tremor", "myoclonus", "hemiparesis", "paraparesis"),
    "raised-icp-sign": ("none", "decerebrate-posturing", "decorticate-posturing", "cranial-nerve-vi-palsy",
                        "papilloedema", "cushing-triad"),
    "neuroimaging": ("normal", "other", "intracranial-haemorrhage", "focal-oedema", "oedema-unspecified",
                     "diffuse-oedema"),
}  # fmt: skip
IMAGING = ("normal", "focal-oedema", "oedema-unspecified", "diffuse-oedema")
# A record for each grade and each return to baseline that a seizure can have, for three seizures in a day.
CLASSES: tuple[tuple[str, float | None, bool | None, bool | None], ...] = (
    ("none", None, None, None),
    ("clinical-focal", 2, True, None),
    ("clinical-focal", 2, None, None),
    ("clinical-focal", 2, False, None),
    ("clinical-generalised", None, True, None),
    ("clinical-generalised", 6, None, None),
    ("electrographic", None, True, True),
    ("electrographic", None, None, None),
)
_ELAPSED = 20 * DAY  # so that the course is longer than 14 days


def single_seizures() -> Iterator[Row]:
    """Kind x duration x resolved x return to baseline, at each limit of age."""
    for kind, resolved, age in product((*KINDS, "none"), SAID, RECENT):
        for minutes in (None, 0, 5, 5.01):
            yield Row(WORSE, tuple(patient(seizure(kind, minutes, said, resolved, age)) for said in SAID))
        for returned in SAID:
            told = [patient(seizure(kind, minutes, returned, resolved, age)) for minutes in (0, 5, 5.01)]
            yield Row(WORSE, tuple(told))


def pairs_of_seizures() -> Iterator[Row]:
    """Every pair of seizures, 5 min apart (one event) and further (two). `resolved` matters only for EEG seizures."""
    kinds = [(kind, resolved) for kind in KINDS for resolved in (SAID if kind == "electrographic" else (None,))]
    lasting, apart = (None, 5, 6), (5 * MINUTE, 5 * MINUTE + SECOND)
    for gap, first, second, *minutes, said in product(apart, kinds, kinds, lasting, lasting, SAID):
        before = seizure(first[0], minutes[0], said, first[1], HOUR + gap)
        after = (seizure(second[0], minutes[1], returned, second[1]) for returned in SAID)
        yield Row(WORSE, tuple(patient(before, one) for one in after))


def three_seizures() -> Iterator[Row]:
    """Three records of every grade and return to baseline, as one, two and three events."""
    for gaps, first, second, third in product(product((4, 6), (4, 6, 1)), CLASSES, CLASSES, CLASSES):
        times = (HOUR + sum(gaps), HOUR + gaps[1], HOUR)
        each = (seizure(*one, time) for one, time in zip((first, second, third), times, strict=True))
        yield Row(ALONE, (patient(*each),))


def lasting_findings() -> Iterator[Row]:
    """Every pair of findings of one kind, each at every limit of age: withdrawn, stale, history."""
    more = {"doses": (cells(_ELAPSED),)}
    for code, values in SIGNS.items():
        for first, second in product((None, *values), values):
            for older, newer in product(AGES, AGES):
                earlier = [] if first is None else [record(code, first, older)]
                yield Row(ALONE, (patient(*earlier, record(code, second, newer), **more),))
    for older, newer in product(AGES, AGES):
        for first in IMAGING:
            earlier = record("neuroimaging", first, older)
            shown = [patient(earlier, record("neuroimaging", second, newer), **more) for second in IMAGING]
            yield Row(WORSE, tuple(shown))


def seizure(kind: str, minutes: Any, returned: bool | None, resolved: bool | None, when: float = HOUR) -> Scenario:
    """One recorded seizure."""
    return record("seizure", kind, when, minutes=minutes, returned=returned, resolved=resolved)
