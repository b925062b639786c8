"""How often to assess, and when next."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.tables.vocabulary import Action
from cds_service.rendering.words.regimens import times_a_day
from cds_service.rendering.words.view import View


def monitoring_lines(view: View) -> Iterator[str]:
    """How often to assess, and when next: one line."""
    evaluation, due = view.evaluation, view.evaluation.next_assessment
    parts = []
    for entry in evaluation.advice:
        if entry.row.action is Action.MONITOR and entry.row.times_per_day_at_least:
            times = times_a_day(view, (entry.row.times_per_day_at_least,))
            values = {"instrument": view.instrument, "times": times, "source": entry.source}
            parts.append(view.say("detail.now.monitor", **values))
    if due is not None and not view.spell:
        key = "next" if due > evaluation.as_of else "overdue" if evaluation.overdue else "due"
        parts.append(view.say(f"detail.now.{key}", instrument=view.instrument, time=view.at(due)))
    if parts:
        yield "; ".join(parts)
