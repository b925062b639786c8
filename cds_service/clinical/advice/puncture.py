"""Whether a lumbar puncture may be offered, and what must be checked first (rule P3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import IMAGING, MOTOR, NEUROIMAGING, RAISED_ICP
from cds_service.clinical.course.measurements import FIBRINOGEN, PLATELETS, newest_low
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.attribution import BLEEDING, HAEMORRHAGE, causes_at
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.history import History
from cds_service.clinical.look_alikes.causes import causes_on_record


class AgainstPuncture(StrEnum):
    """A reason against a lumbar puncture."""

    PLATELETS = "platelets"
    FOCAL_DEFICIT = "focal-deficit"
    PRESSURE_OR_OEDEMA = "pressure-or-oedema"
    BLEEDING = "bleeding"


class Puncture(NamedTuple):
    """Whether a lumbar puncture may be offered, and the values that bear on it.

    `platelets`, `fibrinogen`: the newest value of the last 24 h; None if there is none and it must be measured first.
    `is_considered`: the grade is high enough for sources to consider a puncture. `ct_first`: a bleed has to be excluded
    by CT before anything else, because the platelets are low and nothing was imaged in the last 24 h.
    """

    against: tuple[AgainstPuncture, ...]
    platelets: Record | None
    fibrinogen: Record | None
    is_considered: bool
    ct_first: bool


def puncture(chart: Chart, history: History, *, deficit: bool) -> Puncture:
    """What is known for and against a puncture at the present; `deficit`: a focal deficit not yet imaged."""
    rules, now = chart.rules.decisions.drafts, history.now
    platelets = newest_low(chart, PLATELETS, now.time)
    low = platelets is not None and platelets.at_least(rules.platelets_at_least) is False
    considered = history.treated_grade >= rules.puncture_from_grade
    return Puncture(
        against=tuple(_against(chart, now, low=low, deficit=deficit)),
        platelets=platelets,
        fibrinogen=newest_low(chart, FIBRINOGEN, now.time),
        is_considered=considered,
        ct_first=considered and low and not _is_imaged(chart, now.time),
    )


def _is_imaged(chart: Chart, moment: datetime) -> bool:
    since = moment - chart.rules.decisions.drafts.imaging_current
    return any(since <= one.time <= moment for one in chart.facts.of(NEUROIMAGING))


def _against(chart: Chart, now: Icans, *, low: bool, deficit: bool) -> Iterator[AgainstPuncture]:
    """The reasons against; a finding so old that it may have resolved is still a reason against."""
    possible = {domain.name for domain in now.domains if domain.range.hi}
    if low:
        yield AgainstPuncture.PLATELETS
    if MOTOR in possible or deficit:
        yield AgainstPuncture.FOCAL_DEFICIT
    if possible & {IMAGING, RAISED_ICP}:
        yield AgainstPuncture.PRESSURE_OR_OEDEMA
    if _bled(chart, now):
        yield AgainstPuncture.BLEEDING


def _bled(chart: Chart, icans: Icans) -> bool:
    """Whether intracranial haemorrhage is on record: seen on imaging, named as a cause, or diagnosed."""
    imaged = {domain.value for domain in icans.domains if domain.name == IMAGING}
    documented = {known.cause for known in causes_at(chart, icans.time)}
    diagnosed = {found.cause for found in causes_on_record(chart, icans.time)}
    return BLEEDING in documented or HAEMORRHAGE in imaged | diagnosed
