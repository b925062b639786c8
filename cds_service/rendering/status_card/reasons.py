"""What set the grade, and what prevents it from being exact, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.course.concepts import CAPD
from cds_service.clinical.grading import attribution
from cds_service.clinical.grading.attribution import CauseKind
from cds_service.clinical.grading.domain import Concern, Domain
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.status_card.doubts import doubts_of, score_time, sign_text, under_sedation
from cds_service.rendering.words.values import particulars
from cds_service.rendering.words.view import View

# More than this many deciding domains are left to the detail.
DECIDING_SHOWN = 2


def reasons_of(view: View) -> Iterator[str]:
    """The reasons, the most informative first."""
    icans = view.evaluation.icans
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        yield _attributed(view)
    elif icans.certainty is Certainty.CANNOT_GRADE and view.spell:
        yield from _before_sedation(view)
    elif icans.certainty is Certainty.CANNOT_GRADE:
        yield from _symptom(view)
        yield from doubts_of(view)
    else:
        yield from _deciding(view)


def _deciding(view: View) -> Iterator[str]:
    """What decides; under sedation, that nothing else is graded comes before the details."""
    icans = view.evaluation.icans
    decided = icans.decided_by or ((view.score.name,) if view.score else ())
    findings = [_finding(view, domain) for domain in icans.domains if domain.name in decided[:DECIDING_SHOWN]]
    if icans.certainty is not Certainty.AT_LEAST:
        yield from (part for parts in findings for part in parts)
    elif view.spell:
        yield from (first for first, *_ in findings)
        yield under_sedation(view)
        yield from (part for _, *more in findings for part in more)
    else:
        yield from (part for parts in findings for part in parts)
        yield from doubts_of(view, without=decided)


def _finding(view: View, domain: Domain) -> Sequence[str]:
    """A finding with its time, then its details."""
    found = score_time(view, domain)
    time = view.at_briefly(found) if found else ""
    if domain is not view.score:
        first, *more = particulars(view, domain)
        return (view.say("status.reason.finding", value=first, time=time), *more)
    findings = view.evaluation.scores.at_baseline and (domain.range.lo or domain.name == CAPD)
    baseline = [view.say("status.reason.at-baseline")] if findings else []
    earlier = view.evaluation.scores.earlier
    if earlier is None or earlier.points == domain.value:
        return (view.say("status.reason.score", instrument=view.instrument, points=domain.value, time=time), *baseline)
    values = {"before": earlier.points, "points": domain.value, "time": time}
    key = "changed" if domain.name != CAPD else "worse" if int(str(domain.value)) > earlier.low else "better"
    return (view.say(f"status.reason.score-{key}", instrument=view.instrument, **values), *baseline)


def _symptom(view: View) -> Iterator[str]:
    """The newest symptom of rule D2, if no score is current: it is why an assessment is asked for."""
    doubts = view.evaluation.signs.doubts
    if doubts and view.score is not None and view.score.concern in (Concern.NOT_RECORDED, Concern.STALE):
        newest = doubts[-1]
        sign, time = sign_text(view, newest.sign), view.at_briefly(newest.time)
        yield view.say("status.reason.finding", value=sign, time=time)


def _attributed(view: View) -> str:
    icans = view.evaluation.icans
    if view.score and view.causes == [attribution.BASELINE]:
        return view.say("status.reason.as-before", instrument=view.instrument, points=view.score.value)
    if attribution.LATE in view.causes:
        return view.say("status.reason.late-attributed", grade=icans.if_attributable)
    # A clinician's own words are too long for a summary, and may say anything.
    listed = (view.cause(cause) for cause in view.causes if cause.kind is not CauseKind.QUOTED)
    named = next(listed, view.say("status.value.other-cause"))
    return view.say("status.reason.attributed", grade=icans.if_attributable, cause=named)


def _before_sedation(view: View) -> Iterator[str]:
    known = view.evaluation.history.last_known
    if known is not None:
        time = view.at_briefly(known.time)
        yield view.say("status.reason.last-before-sedation", grade=known.known_grade, time=time)
