"""A lumbar puncture in words: what is known, what to check first, what rules it out (rule P3)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.look_alikes.causes import measured
from cds_service.rendering.words.values import measured_text
from cds_service.rendering.words.view import View


def puncture_text(view: View) -> str:
    """Platelets and fibrinogen with their times, or that they must be checked first."""
    found = view.evaluation.puncture
    if found.platelets is None or found.fibrinogen is None:
        return view.say("advice.puncture.not-checked")
    values = {"platelets": _value(view, found.platelets), "fibrinogen": _value(view, found.fibrinogen)}
    return view.say("advice.puncture.checked", **values)


def against_lines(view: View) -> Iterator[str]:
    """Why there is no puncture although the grade would call for one; with a CT before anything else."""
    found = view.evaluation.puncture
    yield from filter(None, (ct_first_text(view),))
    if found.against and found.is_considered:
        why = ", ".join(view.say(f"advice.against-puncture.{one}") for one in found.against)
        yield view.say("advice.puncture.against", why=why)


def ct_first_text(view: View) -> str:
    """The CT that comes before anything else if platelets are low (rule P3); empty if there is none to do."""
    found = view.evaluation.puncture
    if not found.ct_first or found.platelets is None:
        return ""
    return view.say("advice.puncture.ct-first", platelets=_value(view, found.platelets))


def _value(view: View, record: Record) -> str:
    sign = view.say(f"look_alike.sign.{record.concept}")
    value = measured_text(view, measured(record))
    return view.say("advice.puncture.value", sign=sign, value=value, time=view.at(record.time))
