"""What arrived of a record: a failure is never read as nothing on file (contract.md 1)."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.facts.patient import PatientFacts


class Received(NamedTuple):
    """`failed`: needed sources that were asked for and did not arrive. `birth_date`: whether there is any.

    `therapy_checked`, `drugs_checked`: whether therapy was looked for in a whole source, and drugs at all.
    """

    failed: frozenset[str]
    therapy_checked: bool
    drugs_checked: bool
    birth_date: bool


def received(facts: PatientFacts) -> Received:
    """What arrived of these facts."""
    return Received(facts.failed, facts.therapy_checked, facts.drugs_checked, facts.birth is not None)
