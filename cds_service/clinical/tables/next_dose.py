"""A label's advice on the next dose of a therapy given more than once: withhold, observe, or stop permanently.

It depends on the highest ICANS grade since the last dose: an event of grade 3 still counts after it has improved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.tables.vocabulary import Action


class Until(StrEnum):
    """What a dose waits for."""

    RESOLVED = "resolved"
    GRADE_1 = "grade-1"


class Resumption(StrEnum):
    """How the therapy is resumed, if not as before."""

    REDUCED = "reduced"
    RESTART_LOW = "restart-low"


class TooLong(StrEnum):
    """What may last no longer: the event, or a grade above 1."""

    LASTING = "lasting"
    NOT_GRADE_1 = "not-grade-1"


class SinceDose(NamedTuple):
    """What has happened since the last dose of the therapy.

    `highest`: the highest grade; `worst_now`: the worst that the present grade may be; `came_again`: the highest grade
    reached in two separate periods of the course, whatever doses lie between them; `lasting_days`: how long the present
    period has lasted; `hours`: since the dose, None if unknown; `doses`: how many doses of the product were given.
    """

    highest: int = 0
    worst_now: int = 0
    came_again: int = 0
    lasting_days: float = 0
    hours: float | None = None
    doses: int = 0


@dataclass(frozen=True, slots=True)
class NextDose:
    """The conditions under which the next dose is withheld, stopped permanently, or given under observation.

    `until`: for `for_hours` or `for_days` if the label says how long; None if it does not say until when. `up_to_day`
    is the last day after the first dose. `observe` names the place, for `observe_hours`. `too_long` words an event of
    more than `stop_after_days`.
    """

    until: Until | None = None
    for_hours: float | None = None
    for_days: int | None = None
    up_to_day: int | None = None
    interrupt: bool = False
    stop_if_again: bool = False
    stop_after_days: int | None = None
    too_long: TooLong = TooLong.LASTING
    stop_if_at_mcg_per_day: float | None = None
    observe_hours: tuple[float, ...] = ()
    observe: str = ""
    resume: Resumption | None = None

    def action_for(self, action: Action, grade: int, since: SinceDose) -> Action | None:
        """Withhold, stop or resume for a patient at this grade now; None if there is nothing left to advise.

        `action` is the row's own. A dose withheld until a grade may be given at that grade or, if the label does not
        say until when, at grade 0. If the patient must have been well for some time, the dose stays withheld: that is
        for the clinician to judge.
        """
        too_long = self.stop_after_days is not None and since.lasting_days > self.stop_after_days
        if too_long:
            return Action.STOP
        if action is not Action.WITHHOLD or not self._is_reached(max(grade, since.worst_now)):
            return action
        return Action.RESUME if self.observe_hours or self.resume or self.stop_if_again else None

    def is_over(self, day: int | None) -> bool:
        """Whether the last day on which the label allows the dose has passed."""
        return self.up_to_day is not None and day is not None and day > self.up_to_day

    def ends_with_another(self, grades: tuple[int, ...], since: SinceDose) -> bool:
        """Whether one of these grades recurred, after which the label allows no further doses."""
        return self.stop_if_again and since.came_again >= min(grades)

    def _is_reached(self, grade: int) -> bool:
        """Whether the dose no longer has to wait."""
        return grade <= (1 if self.until is Until.GRADE_1 else 0) and not (self.for_hours or self.for_days)
