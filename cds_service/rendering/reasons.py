"""What set the grade, and what keeps it from being exact, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical import attribution
from cds_service.clinical.grade import Certainty
from cds_service.clinical.icans import Domain
from cds_service.rendering.view import View

# More than this many deciding domains are left to the detail.
DECIDING_TOLD = 2


def reasons_of(view: View) -> Iterator[str]:
    """The most telling first."""
    icans = view.evaluation.icans
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        yield _attributed(view)
    elif view.evaluation.chart.sedation.at(icans.time) and not icans.grade:
        yield from _before_sedation(view)
    elif icans.certainty is Certainty.CANNOT_GRADE:
        yield from filter(None, (_screening(view, domain) for domain in (view.score, view.arousal)))
    else:
        yield from _deciding(view)


def _deciding(view: View) -> Iterator[str]:
    icans = view.evaluation.icans
    decided = icans.decided_by or ((view.score.name,) if view.score else ())
    yield from (_finding(view, domain) for domain in icans.domains if domain.name in decided[:DECIDING_TOLD])
    if icans.certainty is Certainty.AT_LEAST:
        others = [domain for domain in (view.score, view.arousal) if domain and domain.name not in decided]
        yield from filter(None, (_screening(view, domain) for domain in others))


def _finding(view: View, domain: Domain) -> str:
    time = view.at_briefly(domain.time) if domain.time else ""
    if domain is not view.score:
        return view.say("status.reason.finding", value=view.finding(domain), time=time)
    earlier = view.earlier_assessment
    if earlier is None or earlier.points == domain.value:
        return view.say("status.reason.score", instrument=view.instrument, points=domain.value, time=time)
    since = view.at_briefly(earlier.time)
    values = {"before": earlier.points, "points": domain.value, "time": since}
    return view.say("status.reason.score-changed", instrument=view.instrument, **values)


def _screening(view: View, domain: Domain | None) -> str:
    """What is missing of a domain that must be looked at again and again; empty if nothing is."""
    if domain is None or domain.range.lo == domain.range.hi:
        return ""
    prefix = "score" if domain is view.score else "arousal"
    if domain.concern == "not-recorded":
        return view.say(f"status.reason.{prefix}-missing", instrument=view.instrument)
    if domain.time is None:
        return ""
    values = {"instrument": view.instrument, "points": domain.value, "time": view.at_briefly(domain.time)}
    if domain.concern == "stale":
        return view.say(f"status.reason.{prefix}-stale", hours=view.clock.hours_since(domain.time), **values)
    if prefix == "score" and domain.concern not in ("", "dose-day"):
        return view.say("status.reason.score-doubted", sign=domain.concern, **values)
    return ""


def _attributed(view: View) -> str:
    icans = view.evaluation.icans
    if any(attribution.LATE in domain.explained_by for domain in icans.domains):
        return view.say("status.reason.late-attributed", grade=icans.if_attributable)
    # A clinician's own words are too long for a summary, and may say anything.
    named = next((cause for cause in view.causes if not cause.startswith("“")), view.say("status.value.other-cause"))
    return view.say("status.reason.attributed", grade=icans.if_attributable, cause=named)


def _before_sedation(view: View) -> Iterator[str]:
    known = view.evaluation.history.last_known
    if known is not None:
        time = view.at_briefly(known.time)
        yield view.say("status.reason.last-before-sedation", grade=known.known_grade, time=time)
