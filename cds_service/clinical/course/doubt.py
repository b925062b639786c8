"""Symptoms that put an older ICE or CAPD score in doubt (rule D2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.assessment import Assessment
from cds_service.clinical.course.consciousness import Gcs
from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.tables.grading_rules import CapdRules, DoubtRules
from cds_service.clinical.tables.guideline import IceTable


class Doubt(NamedTuple):
    """A sign that the patient is worse than an earlier score says.

    `unless_ventilated`: it says nothing while the newest oxygen device is a ventilator.
    """

    time: datetime
    what: str
    source: str
    unless_ventilated: bool = False


def symptom_doubts(facts: PatientFacts, rules: DoubtRules) -> Iterable[Doubt]:
    """Symptoms of the list; they count also when they were seen under sedation."""
    for record in facts.of("neuro-symptom"):
        if record.value in rules.symptoms:
            yield Doubt(record.time, str(record.value), record.source)


def reading_doubts(facts: PatientFacts, glasgow: Iterable[Gcs], rules: DoubtRules) -> Iterable[Doubt]:
    """Readings of agitation, new confusion or disturbed speech on other scales."""
    for record in facts.of("rass"):
        if record.at_least(rules.rass_from):
            yield Doubt(record.time, f"RASS {int(record.value):+d}", record.source)
    for record in facts.of("avpu"):
        if record.value == rules.avpu:
            yield Doubt(record.time, f"AVPU {record.value}", record.source)
    for gcs in glasgow:
        verbal = gcs.items.get("gcs-verbal")
        if verbal is not None and verbal <= rules.gcs_verbal_up_to:
            yield Doubt(gcs.time, f"GCS verbal {verbal}", gcs.source, unless_ventilated=True)


def wrong_instrument_doubts(
    ice: Iterable[Assessment], capd: Iterable[Assessment], table: IceTable, rules: CapdRules
) -> tuple[list[Doubt], list[Doubt]]:
    """Bad scores of ICE and of CAPD, each a symptom for a patient whose instrument is the other one (rule T7)."""
    bad_ice = [Doubt(score.time, f"ICE {score.points}", score.source) for score in ice if score.high < table.maximum]
    bad_capd = [
        Doubt(score.time, f"CAPD {score.points}", score.source) for score in capd if score.low > rules.common.last
    ]
    return bad_ice, bad_capd
