"""What keeps a grade from being exact, in a few words each: missing, old, doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical.course.consciousness import Scale
from cds_service.clinical.course.doubt import SignKind
from cds_service.clinical.grading.concern import Concern
from cds_service.clinical.grading.icans import Domain
from cds_service.rendering.words.view import View


def doubts_of(view: View, domains: Iterable[Domain]) -> Iterator[str]:
    """One reason a domain; what several have in common, such as sedation, is said once."""
    open_domains = (domain for domain in domains if domain.range.lo != domain.range.hi)
    yield from dict.fromkeys(filter(None, (_doubt(view, domain) for domain in open_domains)))


def under_sedation(view: View) -> str:
    """Why scores say nothing now; empty where nothing sedates."""
    spell = view.spell
    return view.say("status.reason.under-sedation", drug=spell.given.drug) if spell else ""


def limited_by(view: View, domain: Domain) -> str:
    """The sign that came after a score, or why it was not taken again; empty where there is neither."""
    if domain.refusal:
        return view.say("status.sign.not-performed", reason=view.say(f"status.not-performed.{domain.refusal}"))
    if domain.doubt is None:
        return ""
    kind, value = domain.doubt
    if kind is SignKind.SYMPTOM:
        return view.wording.word(f"status.value.{value}")
    return view.say(f"status.sign.{kind}", value=value)


def _doubt(view: View, domain: Domain) -> str:
    if domain.concern is Concern.SEDATED:
        return under_sedation(view)
    if domain is view.score:
        return _score(view, domain)
    if domain is view.arousal:
        return _arousal(view, domain)
    return _re_examine(view, domain)


def _score(view: View, domain: Domain) -> str:
    if domain.concern is Concern.BIRTH_DATE:
        return view.say(f"status.reason.birth-date-{'partial' if view.evaluation.received.birth_date else 'missing'}")
    if domain.concern is Concern.NOT_RECORDED or domain.time is None:
        return view.say(f"status.reason.score-{view.unread_score or 'missing'}", instrument=view.instrument)
    values = {"instrument": view.instrument, "points": domain.value, "time": view.at_briefly(domain.time)}
    if domain.concern is Concern.STALE:
        return view.say("status.reason.score-stale", hours=view.clock.hours_since(domain.time), **values)
    if domain.concern is Concern.DOSE_DAY:
        return view.say("status.reason.dose-day")
    if sign := limited_by(view, domain):
        return view.say("status.reason.score-doubted", sign=sign, **values)
    return view.say("status.reason.score-incomplete", **values)


def _arousal(view: View, domain: Domain) -> str:
    if domain.time is None:
        return view.say("status.reason.arousal-missing")
    if domain.concern is Concern.STALE:
        return view.say("status.reason.arousal-stale", time=view.at_briefly(domain.time))
    if not domain.range.lo and view.evaluation.chart.is_dose_day(domain.time):
        return view.say("status.reason.dose-day")
    key = "differing" if domain.scale == Scale.ASTCT else "doubtful"
    return view.say(f"status.reason.arousal-{key}", finding=view.finding(domain))


def _re_examine(view: View, domain: Domain) -> str:
    """A sign that was not looked at for long."""
    if domain.concern is not Concern.STALE or domain.time is None:
        return ""
    hours = view.clock.hours_since(domain.time)
    return view.say("status.reason.re-examine", finding=view.finding(domain), hours=hours)
