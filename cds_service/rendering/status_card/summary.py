"""The summary of the status card: the one line that must stand alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.status_card.asks import ask_texts
from cds_service.rendering.status_card.crs import crs_grade
from cds_service.rendering.status_card.reasons import reasons_of
from cds_service.rendering.words.view import View

FAILED_ORDER = ("patient", "observations", "therapy")


def summary_of(view: View) -> str:
    """Grade, how sure, day and product, the reason, and the one thing to do, in fewer than 140 characters."""
    head, trend, place = _head(view), _trend(view), place_text(view)
    openings = [f"{head}{trend}{place}", f"{head}{place}"]
    reasons = [view.say("status.reason.failed", what=failed_of(view))] if _is_failed(view) else list(_reasons(view))
    return _fitted(openings, reasons, list(ask_texts(view)), view.wording.behaviour.summary_below)


def failed_of(view: View) -> str:
    """Which needed data did not arrive, the most important first."""
    failed = view.evaluation.received.failed
    return view.say(f"status.failed.{next(name for name in FAILED_ORDER if name in failed)}")


def _fitted(openings: Sequence[str], reasons: Sequence[str], asks: Sequence[str], below: int) -> str:
    """As many reasons as leave room for the first ask, then more asks; the trend goes before a reason does."""
    first = [ask[0].upper() + ask[1:] for ask in asks[:1]]
    for number in range(len(reasons), -1, -1):
        for opening in openings:
            text = ". ".join([": ".join(filter(None, (opening, ", ".join(reasons[:number])))), *first])
            if len(text) < below:
                return _with_more(text, asks[1:], below)
    return openings[-1]


def _with_more(text: str, asks: Sequence[str], below: int) -> str:
    for ask in asks:
        longer = f"{text}; {ask}"
        if len(longer) >= below:
            break
        text = longer
    return text


def _is_failed(view: View) -> bool:
    return view.evaluation.attention is Attention.FAILED


def grade_text(view: View) -> str:
    """The grade and how sure it is."""
    icans, spell = view.evaluation.icans, view.spell
    if _is_failed(view):
        return view.say("status.head.failed")
    if icans.certainty is Certainty.CANNOT_GRADE and spell:
        return view.say("status.head.sedated", drug=view.sedative)
    key = "none" if icans.certainty is Certainty.EXACT and not icans.grade else str(icans.certainty)
    return view.say(f"status.head.{key}", grade=icans.grade)


def _head(view: View) -> str:
    """The ICANS grade; the CRS before it where that is what makes the card critical."""
    grade = grade_text(view)
    return view.say("status.head.crs-first", crs=crs_grade(view), icans=grade) if view.evaluation.crs_leads else grade


def _trend(view: View) -> str:
    evaluation = view.evaluation
    if evaluation.trend is None or evaluation.icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        return ""
    return view.say(f"status.trend.{evaluation.trend}", before=evaluation.grade_before)


def place_text(view: View) -> str:
    """Day and product, in brackets."""
    evaluation = view.evaluation
    if _is_failed(view) and evaluation.last_dose is None:
        return ""
    therapy = evaluation.therapy
    if therapy is None:
        return view.say(f"status.place.{'no' if view.therapy_checked else 'unknown'}-therapy")
    return view.say(f"status.place.{'late' if therapy.is_late else 'day'}", day=therapy.day, product=view.product)


def _reasons(view: View) -> Iterator[str]:
    """A charted grade that differs comes first: it may be why the card is loud; of CRS only while it is."""
    evaluation = view.evaluation
    record, crs = evaluation.charted_icans, evaluation.charted_crs
    if record is not None and record.differs:
        yield view.say("status.reason.charted", grade=record.grade, time=view.at_briefly(record.time))
    if crs is not None and crs.is_recent and crs.differs:
        yield view.say("status.reason.charted-crs", grade=crs.grade, time=view.at_briefly(crs.time))
    yield from reasons_of(view)
