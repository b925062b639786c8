"""All options by source: what to do now, what would settle the grade, and what holds under a condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.escalation import NEXT_STEPS
from cds_service.clinical.facts.gap import GapKind
from cds_service.clinical.grading import attribution
from cds_service.clinical.status.ask import Assessment
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.vocabulary import Action
from cds_service.rendering.status_card.course import crs_lines, crs_options
from cds_service.rendering.status_card.escalation import review_blocks
from cds_service.rendering.status_card.look_alikes import first_lines
from cds_service.rendering.status_card.summary import failed_of
from cds_service.rendering.words.advice import TREATMENT, advice_lines
from cds_service.rendering.words.next_dose import watching_lines
from cds_service.rendering.words.puncture import against_lines
from cds_service.rendering.words.regimens import times_a_day
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import bullets


def monitoring_lines(view: View) -> Iterator[str]:
    """How often to assess, and when next; one line."""
    evaluation = view.evaluation
    parts = []
    for entry in evaluation.advice:
        if entry.row.action is Action.MONITOR and entry.row.times_per_day_at_least:
            times = times_a_day(view, (entry.row.times_per_day_at_least,))
            values = {"instrument": view.instrument, "times": times, "source": entry.source}
            parts.append(view.say("detail.now.monitor", **values))
    parts.extend(_due(view))
    if parts:
        yield "; ".join(parts)


def _due(view: View) -> Iterator[str]:
    """What is due next or since when; nothing where only an assessment now would narrow the grade (rule G5)."""
    due = view.evaluation.due
    if due is not None and not due.now:
        yield view.say("detail.now.next", instrument=view.due, time=view.at(due.at))
    elif due is not None and due.by_interval is not None and due.by_interval <= view.evaluation.as_of:
        key = "overdue" if view.evaluation.overdue else "due"
        yield view.say(f"detail.now.{key}", instrument=view.due, time=view.at(due.by_interval))


FAILURES = (GapKind.NOT_PERMITTED, GapKind.SERVER_UNAVAILABLE, GapKind.UNREADABLE)


def option_blocks(view: View) -> Iterator[str]:
    """What to consider now, the review of a corticosteroid that does not help, and what holds under a condition."""
    blocks = ["\n".join(bullets("", _now_lines(view))), "\n".join(crs_options(view))]
    yield from reversed(blocks) if view.evaluation.crs_leads else blocks
    if view.answer.escalation is not None:
        yield from review_blocks(view, view.answer.escalation)
    yield "\n".join(_conditional(view))


def _now_lines(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    if evaluation.attention is Attention.FAILED:
        yield failed_text(view)
        return
    yield from first_lines(view)
    unread = view.evaluation.unread.domains
    if unread:
        what = ", ".join(view.say(f"status.domain.{domain}") for domain in unread)
        yield view.say("detail.now.unread", what=what)
    if evaluation.attention is Attention.NO_THERAPY and view.therapy_checked:
        yield view.say("detail.now.therapy")
    yield from settling_texts(view)
    yield from _steroid_prompts(view)
    yield from against_lines(view)
    yield from advice_lines(view, _besides_review(view, evaluation.advice))
    if evaluation.next_dose_open:
        yield view.say("detail.now.next-dose", product=view.product)
    yield from crs_lines(view)
    yield from monitoring_lines(view)
    yield from watching_lines(view)


def _besides_review(view: View, entries: Sequence[Advice]) -> Sequence[Advice]:
    """The entries without the next steps that a review lists by itself, compared with what was given (rule E2)."""
    if view.answer.escalation is None:
        return entries
    return [entry for entry in entries if entry.row.action not in NEXT_STEPS]


def failed_text(view: View) -> str:
    """What did not arrive, and what to go by in the meantime."""
    what = failed_of(view)
    return view.say("detail.now.failed", what=what[:1].upper() + what[1:], why=_why_failed(view))


def _why_failed(view: View) -> str:
    kinds = [gap.kind for gap in view.evaluation.gaps if gap.kind in FAILURES]
    return view.say(f"gaps.failed.{next(iter(kinds), FAILURES[1])}")


def settling_texts(view: View) -> tuple[str, ...]:
    """What would settle the grade, or whether it is ICANS at all."""
    return tuple(_settling(view))


def _settling(view: View) -> Iterator[str]:
    evaluation, certainty = view.evaluation, view.evaluation.icans.certainty
    if view.spell:
        drug = view.sedative[:1].upper() + view.sedative[1:]
        key = "sedated" if view.spell.given.start_known else "sedated-undated"
        yield view.say(f"detail.now.{key}", drug=drug, time=view.at(view.spell.start))
    if evaluation.instrument is None and certainty is not Certainty.EXACT:
        yield view.say("detail.now.birth-date")
    if certainty is Certainty.NEEDS_ATTRIBUTION:
        late = attribution.LATE in view.causes
        values = {
            "causes": ", ".join(map(view.cause, view.causes)),
            "grade": evaluation.icans.if_attributable,
            "day": evaluation.day,
        }
        yield view.say(f"detail.now.{'late' if late else 'causes'}", **values)
    elif certainty is not Certainty.EXACT:
        yield from _assessments(view)
    if certainty is not Certainty.NEEDS_ATTRIBUTION and Recommendation.OTHER_CAUSES in evaluation.recommendations:
        yield view.say("detail.now.outside-window", day=evaluation.day)


def _assessments(view: View) -> Iterator[str]:
    """What to assess now; under sedation another line says when."""
    for ask in view.answer.asks:
        if isinstance(ask.figure, Assessment) and ask.figure.sedation is None:
            key = "arousal" if ask.figure.only_coma else f"assess-{ask.figure.scope}"
            yield view.say(f"detail.now.{key}", instrument=view.instrument)


def escalation_text(view: View) -> str:
    """Why a corticosteroid needs review; empty if it does not."""
    review = view.evaluation.treatment.escalation.review
    if review is None:
        return ""
    hours, now = view.clock.hours_since(review.since), view.evaluation.icans.beyond_baseline.all.lo
    return view.say(f"detail.now.escalate-{review.why}", hours=hours, then=review.before, now=now)


def _reassess_text(view: View) -> str:
    found = view.evaluation.treatment.escalation
    if found.reassess_by is None or found.escalated is None:
        return ""
    return view.say("detail.now.reassess", at=view.at(found.escalated.time), by=view.at(found.reassess_by))


def _steroid_prompts(view: View) -> Iterator[str]:
    yield from filter(None, (escalation_text(view), _reassess_text(view)))
    if view.evaluation.treatment.taper:
        yield view.say("detail.now.taper")


def _conditional(view: View) -> Iterator[str]:
    """The advice for a charted grade, for ours without another cause, for the last known one, or if unarousable.

    Advice that also applies now is already listed above. Treatments are left out only as whole lines, because any
    difference between sources is stated for all of them.
    """
    conditional, now = view.evaluation.alternatives.if_confirmed, view.evaluation.advice
    if conditional is None or view.evaluation.attention is Attention.FAILED:
        return iter(())
    known = frozenset(advice_lines(view, now))
    advised = _besides_review(view, conditional.advice)
    differing = [one for one in advised if one.row.action in TREATMENT or one not in now]
    title = view.say(f"detail.section.{conditional.condition}", grade=conditional.grade)
    return bullets(title, (line for line in advice_lines(view, differing) if line not in known))
