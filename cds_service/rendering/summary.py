"""The summary of the status card: the one line that must stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical import attribution
from cds_service.clinical.attention import Attention
from cds_service.clinical.grade import NONE, Certainty
from cds_service.clinical.icans import Domain
from cds_service.rendering.view import View

FAILED_ORDER = ("patient", "observations", "therapy")


def summary_of(view: View) -> str:
    """Grade, how sure, day and product, the reason, and the one thing to do, in fewer than 140 characters."""
    opening = f"{_head(view)}{_trend(view)}{_place(view)}"
    return _fitted(opening, list(_reasons(view)), list(_asks(view)), view.wording.behaviour.summary_below)


def failed_of(view: View) -> str:
    """Which needed data did not arrive, the most important first."""
    failed = view.evaluation.chart.facts.failed
    return view.say(f"status.failed.{next(name for name in FAILED_ORDER if name in failed)}")


def _fitted(opening: str, reasons: list[str], asks: list[str], below: int) -> str:
    """As many reasons and asks as fit, at least one of each if they do."""
    text = opening
    for index, part in enumerate(reasons):
        longer = f"{text}{', ' if index else ': '}{part}"
        text = longer if len(longer) < below else text
    for index, part in enumerate(asks):
        longer = f"{text}{'; ' if index and text.endswith(asks[index - 1]) else '. '}{part}"
        text = longer if len(longer) < below else text
    return text


def _head(view: View) -> str:
    icans, spell = view.evaluation.icans, view.evaluation.chart.sedation.at(view.evaluation.icans.time)
    if view.evaluation.attention is Attention.FAILED:
        return view.say("status.head.failed")
    if icans.certainty is Certainty.CANNOT_GRADE and spell:
        return view.say("status.head.sedated", drug=spell.given.drug)
    key = "none" if icans.certainty is Certainty.EXACT and not icans.grade else str(icans.certainty)
    return view.say(f"status.head.{key}", grade=icans.grade)


def _trend(view: View) -> str:
    evaluation = view.evaluation
    if evaluation.trend is None or evaluation.icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        return ""
    after = evaluation.chart.rules.decisions.course.trend_after
    return view.say(f"status.trend.{evaluation.trend}", before=evaluation.history.grade_before(after))


def _place(view: View) -> str:
    evaluation = view.evaluation
    if evaluation.attention is Attention.FAILED and evaluation.last_dose is None:
        return ""
    if evaluation.day is None:
        return view.say(f"status.place.{'no' if evaluation.chart.facts.therapy_checked else 'unknown'}-therapy")
    late = evaluation.day >= evaluation.chart.rules.decisions.late.outside_window_from_day
    return view.say(f"status.place.{'late' if late else 'day'}", day=evaluation.day, product=view.product)


def _reasons(view: View) -> Iterator[str]:
    evaluation, icans = view.evaluation, view.evaluation.icans
    if evaluation.attention is Attention.FAILED:
        yield view.say("status.reason.failed", what=failed_of(view))
        return
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        yield _attributed(view)
    elif evaluation.chart.sedation.at(icans.time) and not icans.grade:
        yield from _last_grade(view)
    elif icans.certainty is Certainty.CANNOT_GRADE:
        yield from filter(None, (_screening(view, domain) for domain in (view.score, view.arousal)))
    else:
        yield from _deciding(view)


def _deciding(view: View) -> Iterator[str]:
    """What set the grade, and what keeps it from being exact."""
    icans = view.evaluation.icans
    decided = icans.decided_by or ((view.score.name,) if view.score else ())
    yield from (_finding(view, domain) for domain in icans.domains if domain.name in decided[:2])
    if icans.certainty is Certainty.AT_LEAST:
        open_domains = [domain for domain in (view.score, view.arousal) if domain and domain.name not in decided]
        yield from filter(None, (_screening(view, domain) for domain in open_domains))


def _finding(view: View, domain: Domain) -> str:
    if domain is view.score:
        return _score(view, domain)
    time = view.at(domain.time) if domain.time else ""
    if domain.scale and domain.scale != "ASTCT":
        return view.say("status.reason.finding-scaled", scale=domain.scale, value=domain.value, time=time)
    return view.say("status.reason.finding", value=view.value(domain), time=time)


def _score(view: View, domain: Domain) -> str:
    earlier, time = view.earlier_assessment, view.at(domain.time) if domain.time else ""
    if earlier is not None:
        since = view.at(earlier.time)
        values = {"before": earlier.points, "points": domain.value, "time": since}
        return view.say("status.reason.score-changed", instrument=view.instrument, **values)
    return view.say("status.reason.score", instrument=view.instrument, points=domain.value, time=time)


def _screening(view: View, domain: Domain | None) -> str:
    """What is missing of a domain that must be looked at again and again; empty if nothing is."""
    if domain is None or domain.range.lo == domain.range.hi:
        return ""
    prefix = "score" if domain is view.score else "arousal"
    time = view.at(domain.time) if domain.time else ""
    if domain.concern in ("stale", "not-recorded"):
        key = "stale" if domain.concern == "stale" else "missing"
        place = f"status.reason.{prefix}-{key}"
        return view.say(place, instrument=view.instrument, points=domain.value, time=time)
    if prefix == "score" and domain.concern not in ("", "dose-day", "sedated"):
        values = {"points": domain.value, "time": time, "sign": domain.concern}
        return view.say("status.reason.score-doubted", instrument=view.instrument, **values)
    return ""


def _attributed(view: View) -> str:
    icans = view.evaluation.icans
    causes = [domain.explained_by for domain in icans.domains if domain.explained_by]
    if attribution.LATE in causes:
        return view.say("status.reason.late-attributed", grade=icans.if_attributable)
    names = [name for name in ", ".join(causes).split(", ") if not name.startswith("“")]
    cause = next(iter(names), "other cause").replace("-", " ")
    return view.say("status.reason.attributed", grade=icans.if_attributable, cause=cause)


def _last_grade(view: View) -> Iterator[str]:
    known = view.evaluation.history.last_known
    if known is not None:
        yield view.say("status.reason.last-before-sedation", grade=known.known_grade)


def _asks(view: View) -> Iterable[str]:
    evaluation = view.evaluation
    if evaluation.attention is Attention.FAILED:
        return [view.say("status.ask.protocol")]
    return filter(None, (*_assessing(view), *_treating(view), _next(view)))


def _assessing(view: View) -> Iterator[str]:
    """What would settle what is open."""
    icans = view.evaluation.icans
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        yield view.say("status.ask.causes")
        return
    if not icans.grade and view.evaluation.chart.sedation.at(icans.time):
        yield view.say("status.ask.sedated")
        return
    score = bool(view.score and view.score.range.lo != view.score.range.hi)
    arousal = bool(view.arousal and view.arousal.range.lo != view.arousal.range.hi)
    if arousal and icans.all.lo >= 3:  # noqa: PLR2004  (only unarousable would be worse)
        yield view.say("status.ask.arousal")
    elif score or arousal:
        key = "assess" if score and arousal else "assess-score" if score else "assess-arousal"
        yield view.say(f"status.ask.{key}", instrument=view.instrument)


def _treating(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    wanted = evaluation.recommendations
    if "icu" in wanted:
        yield view.say("status.ask.icu")
    if evaluation.escalate:
        yield view.say("status.ask.escalate")
    elif evaluation.taper:
        yield view.say("status.ask.taper")
    elif "corticosteroid" in wanted:
        running = evaluation.steroid is not None and bool(evaluation.steroid.given_recently)
        yield view.say("status.ask.steroid-running" if running else "status.ask.steroid")
    if evaluation.crs.range.lo:
        key = "tocilizumab" if "tocilizumab" in wanted else "crs"
        yield view.say(f"status.ask.{key}", grade=evaluation.crs.range.lo)


def _next(view: View) -> str:
    due, evaluation = view.evaluation.next_assessment, view.evaluation
    if due is None or due <= evaluation.as_of or (evaluation.icans.all == NONE and evaluation.icans.domains == ()):
        return ""
    return view.say("status.ask.next", instrument=view.instrument, time=view.at(due))
