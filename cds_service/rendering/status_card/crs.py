"""The CRS beside the ICANS: its grade in a few words, and a line of the detail (rules C1, C4, C5, U)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.facts.measured import Measured
from cds_service.clinical.grading.low_pressure import LowPressure
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.words.advice import advice_lines
from cds_service.rendering.words.blocks import bullets
from cds_service.rendering.words.values import measured_text
from cds_service.rendering.words.view import View


def crs_grade(view: View) -> str:
    """The grade and whether it is only a floor; only where there is one."""
    crs = view.evaluation.crs
    return view.say(f"status.crs.{'exact' if crs.certainty is Certainty.EXACT else 'at-least'}", grade=crs.range.lo)


def crs_lines(view: View) -> Iterator[str]:
    """Hypotension without fever, and what keeps vasopressors or a ventilator from being put down to CRS or not."""
    low = view.evaluation.low_pressure
    if low is not None:
        yield view.say(f"detail.low-pressure.{low.act}", what=low_pressure_text(view, low))
    lacks = view.answer.crs.lacks
    if lacks is not None and not view.evaluation.crs.range.lo:
        yield view.say(f"detail.now.{lacks}")


def low_pressure_text(view: View, low: LowPressure) -> str:
    """The pressure with its time, else what it is held up with: "Systolic 72 mmHg (09:00)"."""
    if low.pressure is None:
        drugs = ", ".join(map(view.drug, low.vasopressors))
        return view.say("detail.low-pressure.vasopressors", drugs=drugs)
    value = measured_text(view, Measured.of(low.pressure, "mm[Hg]"))
    return view.say(f"detail.low-pressure.{low.pressure.concept}", value=value, time=view.at(low.pressure.time))


def crs_options(view: View) -> Iterator[str]:
    """What is advised by the grade of CRS alone (rule C6), under a title."""
    entries, grade = view.evaluation.crs_advice, view.evaluation.crs.range.lo
    has_doses = any(regimen.has_dose for entry in entries for regimen in entry.regimens)
    key = "crs" if has_doses or not any(entry.regimens for entry in entries) else "crs-class"
    yield from bullets(view.say(f"detail.section.{key}", grade=grade), advice_lines(view, entries)) if entries else ()
