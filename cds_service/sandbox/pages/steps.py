"""The steps in the picture of a course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.grading.domain import Icans


class Step(NamedTuple):
    """The grade from a time on. `lo` None: unknown; `attributed`: the grade if no other cause explains the findings."""

    time: datetime
    lo: int | None
    hi: int
    attributed: int | None = None

    @classmethod
    def of(cls, icans: Icans) -> Step:
        """The step that starts with a grade."""
        lo = icans.left.lo if icans.left.lo or not icans.all.hi else None
        return cls(icans.time, lo, icans.all.hi, icans.if_attributable)


def steps_of(grades: Iterable[Icans]) -> Iterator[Step]:
    """The grades of a course in order of time, one step per change."""
    last: Step | None = None
    for icans in grades:
        step = Step.of(icans)
        if last is None or step[1:] != last[1:]:
            yield step
        last = step
