"""The CRS beside the ICANS: its grade in a few words, and a line of the detail (rules C1, C4, C5, U)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.words.view import View


def crs_grade(view: View) -> str:
    """The grade and whether it is only a floor; only where there is one."""
    crs = view.evaluation.crs
    return view.say(f"status.crs.{'exact' if crs.certainty is Certainty.EXACT else 'at-least'}", grade=crs.range.lo)


def crs_lines(view: View) -> Iterator[str]:
    """Where no table has a row for this ICANS grade: that there is CRS all the same, and no dose."""
    prompt = view.answer.crs
    if view.evaluation.crs.range.lo:
        if not prompt.has_row:
            yield view.say("detail.now.crs", crs=crs_grade(view))
    elif prompt.lacks is not None:
        yield view.say(f"detail.now.{prompt.lacks}")
