"""Sedation and paralysis: when scores and readings of arousal are not valid (rules A1 and A2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.facts.track import Track
from cds_service.clinical.tables.decision_rules import SedationRules
from cds_service.clinical.tables.guideline import Drugs


class Spell(NamedTuple):
    """The time under one drug, from its start until its effect is assumed to have worn off (None: still running)."""

    start: datetime
    until: datetime | None
    given: Administration
    blocker: bool

    def covers(self, moment: datetime) -> bool:
        """Whether the patient is under the effect of the drug: it runs, or ended less than the set time before."""
        return self.start <= moment and (self.until is None or moment < self.until)


class Sedation:
    """All administrations of the drugs in table A (sedatives) and table B (neuromuscular blockers)."""

    __slots__ = ("single_doses", "spells")

    def __init__(self, given: Sequence[Administration], drugs: Drugs, rules: SedationRules) -> None:
        """Sort the administrations into spells (infusions, blockers) and single doses of sedatives."""
        sedatives = [dose for dose in given if dose.drug in drugs.sedatives]
        blockers = [dose for dose in given if dose.drug in drugs.neuromuscular_blockers]
        infusions = [dose for dose in sedatives if dose.infusion]
        self.spells = (*_spells(infusions, rules.ended, blocker=False), *_spells(blockers, rules.ended, blocker=True))
        self.single_doses = Track(dose for dose in sedatives if not dose.infusion)

    def at(self, moment: datetime) -> Spell | None:
        """The spell that includes a moment; one under a blocker before any other."""
        covering = [spell for spell in self.spells if spell.covers(moment)] if self.spells else ()
        return min(covering, key=lambda spell: (not spell.blocker, spell.start, spell.given.drug), default=None)

    def single_dose_before(self, reading: datetime, span: timedelta) -> Administration | None:
        """The last single dose of a sedative within `span` before a reading (rule A2)."""
        doses = self.single_doses.within(span, reading)
        return doses[-1] if doses else None


def _spells(given: Iterable[Administration], ended: timedelta, *, blocker: bool) -> Iterable[Spell]:
    for dose in given:
        until = None if dose.end is None else dose.end + ended
        yield Spell(dose.time, until, dose, blocker)
