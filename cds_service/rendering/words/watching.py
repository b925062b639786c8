"""How long a label has a patient watched after a dose, in a clinician's words."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.tables.labels import Monitoring
from cds_service.rendering.words.regimens import number
from cds_service.rendering.words.view import View


def watching_lines(view: View) -> Iterator[str]:
    """One line: checks, what follows them, staying near, driving; none where the label says none of it."""
    label = view.evaluation.label
    told = "; ".join(_told(view, label.monitoring)) if label else ""
    if label and told:
        yield view.say("labels.watching.line", brand=label.brand, told=told)


def _told(view: View, monitoring: Monitoring) -> Iterator[str]:
    if monitoring.check:
        first = "-of-the-first" if monitoring.from_first_dose else ""
        after = view.say(f"labels.watching.after{first}")
        yield view.say(f"labels.checks.{monitoring.check}", days=monitoring.check_days, after=after)
    if monitoring.then:
        yield view.say(f"labels.checks.{monitoring.then}", days=monitoring.then_days)
    if monitoring.near_within_hours:
        hours = number(monitoring.near_within_hours)
        yield view.say("labels.watching.within", days=monitoring.near_days, hours=hours)
    elif monitoring.near_days:
        yield view.say("labels.watching.near", days=monitoring.near_days)
    if monitoring.no_driving_days:
        yield view.say("labels.watching.driving", days=monitoring.no_driving_days)
    elif monitoring.driving:
        yield view.say(f"labels.driving.{monitoring.driving}", hours=number(monitoring.driving_hours or 0))
