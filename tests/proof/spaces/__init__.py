"""The spaces of the proof, each covered in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.proof.patients import Row
from tests.proof.spaces import (
    advice,
    arousal,
    baseline,
    causes,
    cytokines,
    escalation,
    events,
    instruments,
    score,
    unread,
)


class Space(NamedTuple):
    """A space of scenarios. `crs`: CRS is compared too."""

    name: str
    rows: Callable[[], Iterator[Row]]
    crs: bool = False


SPACES = (
    Space("ICE by items", score.item_patterns),
    Space("ICE total beside items", score.totals_with_items),
    Space("two totals of ICE", score.two_totals),
    Space("age of a score", score.ages_of_scores),
    Space("CAPD beside its baseline", score.capd_and_baseline),
    Space("what doubts an ICE", score.doubts_of_ice),
    Space("what doubts a CAPD", score.doubts_of_capd),
    Space("ICE or CAPD by birth date", instruments.instruments),
    Space("Glasgow coma scale", arousal.glasgow_combinations),
    Space("Glasgow coma scale, worse by one", arousal.glasgow_ladders),
    Space("age of a reading of arousal", arousal.ages_of_readings),
    Space("two readings of arousal", arousal.joined_readings),
    Space("no common language", arousal.without_a_common_language),
    Space("one seizure", events.single_seizures),
    Space("two seizures", events.pairs_of_seizures),
    Space("three seizures", events.three_seizures),
    Space("motor, pressure, imaging", events.lasting_findings),
    Space("documented causes", causes.documented_causes),
    Space("two documented causes", causes.several_causes),
    Space("haemorrhage", causes.haemorrhages),
    Space("sedated or paralysed", causes.sedation),
    Space("readings under sedation", causes.readings_under_sedation),
    Space("single doses of sedatives", causes.single_doses),
    Space("late findings", causes.late_findings),
    Space("ICE before treatment", baseline.baselines_beside_scores),
    Space("ICE before treatment, incomplete", baseline.incomplete_scores),
    Space("ICE before treatment, how old", baseline.ages_of_baselines),
    Space("two scores before treatment", baseline.two_baselines),
    Space("what doubts a score as before treatment", baseline.doubts_beside_baselines),
    Space("sedatives that cannot be read", unread.unread_sedatives),
    Space("therapies that cannot be read", unread.unread_therapies),
    Space("findings that cannot be read", unread.unread_findings),
    Space("CRS: fever gate", cytokines.fever_gates, crs=True),
    Space("CRS: vasopressors", cytokines.vasopressors, crs=True),
    Space("CRS: blood pressure", cytokines.pressures, crs=True),
    Space("CRS: oxygen", cytokines.oxygen, crs=True),
    Space("CRS: all together", cytokines.crs_together, crs=True),
    Space("CRS: vasopressors that cannot be read", unread.unread_vasopressors, crs=True),
    Space("CRS: fever drugs that cannot be read", unread.unread_fever_drugs, crs=True),
)
# In these, more than the grade is compared: urgency with reasons, asks, due times, amounts, drafts (readings.Status).
STATUS_SPACES = (
    Space("asks: every two things that are asked about", advice.every_two),
    Space("CRS by its own grade", advice.crs_by_itself),
    Space("a grade 1 over a day", advice.grade_1_over_a_day),
    Space("when the next assessment is due", advice.due_times),
    Space("weights for a dose", advice.weights),
    Space("delayed signs after BCMA cells", advice.delayed_signs),
    Space("review for escalation", escalation.reviews),
    Space("escalations", escalation.escalations),
    Space("arisen on a corticosteroid", escalation.arisen_on_a_corticosteroid),
    Space("corticosteroids of uncertain amount", escalation.uncertain_amounts),
    Space("flares", escalation.flares),
    Space("status with sedatives that cannot be read", unread.unread_sedatives),
    Space("status with therapies that cannot be read", unread.unread_therapies),
    Space("status with findings that cannot be read", unread.unread_findings),
)
