"""What keeps a grade from being exact, in a few words each: missing, old, doubtful."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cds_service.clinical.course.doubt import SignKind
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.grading.open_domains import OpenDomain
from cds_service.rendering.words.values import finding
from cds_service.rendering.words.view import View


def doubts_of(view: View, without: Collection[str] = ()) -> Iterator[str]:
    """One reason a domain; what several have in common, such as sedation, is said once."""
    found = (one for one in view.evaluation.open_domains if one.domain.name not in without)
    yield from dict.fromkeys(_doubt(view, one) for one in found)


def under_sedation(view: View) -> str:
    """Why scores say nothing now; empty where nothing sedates."""
    return view.say("status.reason.under-sedation", drug=view.sedative) if view.spell else ""


def limited_by(view: View, domain: Domain) -> str:
    """The sign that came after a score, or why it was not taken again; empty where there is neither."""
    if domain.refusal:
        return view.say("status.sign.not-performed", reason=view.say(f"status.not-performed.{domain.refusal}"))
    if domain.doubt is None:
        return ""
    kind, value = domain.doubt
    if kind is SignKind.SYMPTOM:
        return view.say(f"status.value.{value}")
    return view.say(f"status.sign.{kind}", value=value)


def _doubt(view: View, found: OpenDomain) -> str:
    domain, why = found
    before = view.evaluation.scores.baseline
    return view.say(
        f"status.reason.{why}",
        drug=view.sedative,
        instrument=view.instrument,
        points=domain.value,
        baseline=before.points if before else "",
        sign=limited_by(view, domain),
        finding=finding(view, domain),
        time=view.at_briefly(domain.time) if domain.time else "",
        hours=view.clock.hours_since(domain.time) if domain.time else "",
    )
