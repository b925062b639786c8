"""What a label says of the next dose of a therapy that is given more than once: withhold, observe, stop for good.

It goes by the highest ICANS grade since the last dose: an event of grade 3 that has got better is still one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

WITHHOLD, STOP, RESUME, CONTINUE = "withhold-next-dose", "stop-therapy", "resume-next-dose", "continue-therapy"
ACTIONS = (WITHHOLD, STOP, RESUME, CONTINUE)
UNLESS_STOPPED = (WITHHOLD, RESUME, CONTINUE)


class SinceDose(NamedTuple):
    """What happened since the last dose of the therapy.

    `highest` is the highest grade; `again`: the second spell of it in this course; `lasting_days`: how long the present
    spell lasts; `hours`: since the dose, None where that is not known; `doses`: how many doses of the product.
    """

    highest: int = 0
    again: bool = False
    lasting_days: float = 0
    hours: float | None = None
    doses: int = 0


@dataclass(frozen=True, slots=True)
class NextDose:
    """The conditions under which the next dose is withheld, stopped for good, or given under observation.

    `until`: resolved or grade-1, for `for_hours` where the label says how long; `up_to_day` is the last day after the
    first dose. `observe` names where, for `observe_hours`. `resume` names how.
    """

    until: str = ""
    for_hours: float | None = None
    up_to_day: int | None = None
    interrupt: bool = False
    stop_if_again: bool = False
    stop_after_days: int | None = None
    stop_if_at_mcg_per_day: float | None = None
    observe_hours: tuple[float, ...] = ()
    observe: str = ""
    resume: str = ""

    def action_for(self, grade: int, since: SinceDose) -> str:
        """Withhold, stop or resume for a patient at this grade now; empty where nothing is left to say.

        At grade 0 a dose that was withheld until then may be given; where the label asks how long the patient has been
        well it stays withheld, because that is for the clinician to judge.
        """
        too_long = self.stop_after_days is not None and since.lasting_days > self.stop_after_days
        if too_long or (self.stop_if_again and since.again):
            return STOP
        if grade or self.for_hours:
            return WITHHOLD
        return RESUME if self.observe_hours or self.resume else ""
