"""Proof by exhaustion: the service and a second reading of the rules grade alike, and the rules are monotone.

*What is compared.* `cds_service.clinical`, and `tests.second_reading`, written from the text of the rules by somebody
who had not seen the service: lo, hi, lo without the explained findings, certainty, grade, `ifAttributable`,
`decidedBy`, and the range of every domain; in the chapters on CRS gate, lo, hi and certainty too.

*The space* is everything that rules D, A and C distinguish: every level of each domain, missing and stale, on each
scale; durations known, unknown and on the limit; sedated, paralysed; each other cause; adult, child, age not known. As
one product it would have more than 10^20 patients. It factors, and each factor is covered in full:

1. A rule of D names the records that it reads. Everything that can affect one domain is one chapter: its own records
   with their age, the symptoms, refusals, other scales and wrong instruments that contradict a score, the ventilator
   that hides one of these signs, the drugs and the causes that suspend or explain it. Where a rule reads only a sum, a
   grade or a range of something that another chapter covers in full, one member of each class represents it, and the
   chapter's docstring says which.
2. Domains are combined in two places only: in the worst of the ranges (the idea of the rules), and in A4. Both use of a
   domain only its range and whether it is explained. The chapters in 1 fail on a range that no whole patient has; the
   chapters "whole adults" and "whole children" grade, through the whole service, a patient for every combination of
   those ranges, and fail if a domain does not have the range there that it has by itself (that is, if it depends on
   another domain in a way that 1 overlooks). "Whole patients with ..." adds sedation, causes and a late day to fewer
   ranges of each; the arithmetic is checked for every range with every set of domains that A2, A3 and A5 explain.
3. CRS is fever gate x hypotension x hypoxia, each in full, and then together; ICANS affects C3 through a seizure and
   through arousal, both in the chapter on oxygen.

Two things that the text does not cover are left out: a drug that was not looked up and yet is known, and the pressure
of a patient whose age and instrument are unknown.

*Neighbours.* A worse finding beside the others lowers neither floor nor ceiling (except for an ICE of 10 that a sign
contradicts, D2, and an ICE that cannot be used since it was 0 to 2 before treatment, A7); removing every score, or
every reading of arousal, or the knowledge of drugs, only widens the range; another cause changes no range and only
lowers what is left. Where the rules guarantee no more (the newest reading decides; a `none` withdraws), no more is
checked.

Run `python -m tests.proof` for the counts by chapter.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from cds_service.knowledge import Knowledge
from tests.proof.chapters import Chapter, chapters
from tests.proof.proof import Count
from tests.proof.spaces import SPACES

# Coverage would make this several times slower, and the unit tests and cases reach every branch.
pytestmark = pytest.mark.no_cover

LEVELS = (
    "consciousness", "avpu", "seizure", "motor-finding", "raised-icp-sign", "neuroimaging", "neuro-symptom",
    "other-cause", "ice-not-performed", "capd-not-performed", "oxygen-device",
)  # fmt: skip


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)
def test_both_readings_agree_and_neighbours_differ_as_the_rules_say(
    chapter: Chapter, knowledge: Knowledge, counts: dict[str, Count]
) -> None:
    counts[chapter.name] = chapter.go_through(knowledge.protocol)

    assert [] == counts[chapter.name].wrong


def test_every_level_that_mapping_can_make_is_in_a_chapter(knowledge: Knowledge) -> None:
    concepts = knowledge.terminology.concepts
    levels = {(code, value) for code in LEVELS for value in concepts.choices.get(code, ())}
    levels |= {
        (code, score)
        for code, (low, high) in concepts.scores.items()
        if "documented" not in code
        for score in range(low, high + 1)
    }

    assert set() == levels - _recorded("code", "value")


def test_every_drug_that_the_rules_name_is_in_a_chapter(knowledge: Knowledge) -> None:
    drugs, rules = knowledge.protocol.rules.drugs, knowledge.protocol.rules.decisions.crs
    named = {*drugs.sedatives, *drugs.neuromuscular_blockers, *drugs.corticosteroids, *rules.antipyretics}
    named |= {*rules.anticytokines, *knowledge.protocol.rules.grading.crs.hypotension.vasopressors}

    assert set() == named - {drug for (drug,) in _recorded("drug")}


@cache
def _recorded(*keys: str) -> frozenset[tuple[Any, ...]]:
    """Every value in the scenarios of all spaces."""
    scenarios = [scenario for space in SPACES for row in space.rows() for scenario in row.scenarios]
    entries = (entry for scenario in scenarios for entry in (*scenario["records"], *scenario["drugs"]))
    return frozenset(tuple(entry[key] for key in keys) for entry in entries if keys[0] in entry)
