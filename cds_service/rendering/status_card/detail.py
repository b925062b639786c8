"""The detail of the status card: what now, why, what is missing, where from. GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.facts.gap import GapKind
from cds_service.clinical.grading import attribution
from cds_service.clinical.status.ask import Ask
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.vocabulary import Action
from cds_service.rendering.status_card.course import course_sentences
from cds_service.rendering.status_card.crs import crs_lines
from cds_service.rendering.status_card.findings import findings_table
from cds_service.rendering.status_card.gap_lines import gap_lines
from cds_service.rendering.status_card.look_alikes import cause_lines, first_lines, missing_lines
from cds_service.rendering.status_card.notes import note_lines
from cds_service.rendering.status_card.risk import risk_lines, risk_title
from cds_service.rendering.status_card.summary import failed_of
from cds_service.rendering.status_card.treatment import treatment_lines
from cds_service.rendering.words.advice import TREATMENT, advice_lines
from cds_service.rendering.words.footer import footer_lines
from cds_service.rendering.words.regimens import times_a_day
from cds_service.rendering.words.view import View

FAILURES = (GapKind.NOT_PERMITTED, GapKind.SERVER_UNAVAILABLE, GapKind.UNREADABLE)


def detail_of(view: View) -> str:
    """The whole detail; its first three lines carry the message."""
    parts: list[Iterable[str]] = [*_charted(view), _now(view), _conditional(view)]
    if view.evaluation.attention is not Attention.FAILED:
        parts += [
            findings_table(view),
            course_sentences(view),
            treatment_lines(view),
            note_lines(view),
            bullets(risk_title(view), risk_lines(view)),
        ]
    parts += [_open(view), footer_lines(view)]
    blocks = ("\n".join(part) for part in parts)
    return "\n\n".join(block for block in blocks if block)


def bullets(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A title with its lines; nothing where there are none."""
    bullets = [f"- {line[:1].upper()}{line[1:]}" for line in lines]
    if bullets:
        yield from (title, *bullets)


def _charted(view: View) -> Iterator[Iterable[str]]:
    """A grade charted by somebody comes first where it is not what we find, of ICANS and of CRS (rule G4)."""
    evaluation, icans, crs = view.evaluation, view.evaluation.icans, view.evaluation.crs
    yield _differing(view, "icans", evaluation.charted_icans, (icans.certainty, icans.known_grade))
    yield _differing(view, "crs", evaluation.charted_crs, (crs.certainty, crs.grade))


def _differing(
    view: View, scale: str, record: ChartedGrade | None, ours: tuple[Certainty, int | None]
) -> Iterator[str]:
    certainty, grade = ours
    if record is not None and record.differs:
        key = "-none" if grade is None else "-at-least" if certainty is Certainty.AT_LEAST else ""
        told = view.say(f"detail.charted.ours{key}", grade=grade)
        values = {"grade": record.grade, "time": view.at(record.time), "ours": told}
        yield view.say(f"detail.charted.differs-{scale}", **values)


def _now(view: View) -> Iterator[str]:
    return bullets(view.say("detail.section.now"), _now_lines(view))


def _now_lines(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    if evaluation.attention is Attention.FAILED:
        what = failed_of(view)
        yield view.say("detail.now.failed", what=what[:1].upper() + what[1:], why=_why_failed(view))
        return
    yield from first_lines(view)
    unread = view.evaluation.unread.domains
    if unread:
        what = ", ".join(view.say(f"status.domain.{domain}") for domain in unread)
        yield view.say("detail.now.unread", what=what)
    if evaluation.attention is Attention.NO_THERAPY and view.therapy_checked:
        yield view.say("detail.now.therapy")
    if view.evaluation.crs_leads:
        yield from crs_lines(view)
    yield from _settling(view)
    yield from _steroid_prompts(view)
    yield from advice_lines(view, evaluation.advice)
    if evaluation.next_dose_open:
        yield view.say("detail.now.next-dose", product=view.product)
    if not view.evaluation.crs_leads:
        yield from crs_lines(view)
    yield from cause_lines(view)
    yield from monitoring_lines(view)


def _why_failed(view: View) -> str:
    kinds = [gap.kind for gap in view.evaluation.gaps if gap.kind in FAILURES]
    return view.say(f"gaps.failed.{next(iter(kinds), FAILURES[1])}")


def _settling(view: View) -> Iterator[str]:
    """What would settle the grade, or whether it is ICANS at all."""
    evaluation, settles = view.evaluation, view.answer.settles
    if view.spell:
        drug = view.sedative[:1].upper() + view.sedative[1:]
        yield view.say("detail.now.sedated", drug=drug, time=view.at(view.spell.start))
    if evaluation.instrument is None and evaluation.icans.certainty is not Certainty.EXACT:
        yield view.say("detail.now.birth-date")
    if settles is Ask.CAUSES:
        late = attribution.LATE in view.causes
        values = {
            "causes": ", ".join(map(view.cause, view.causes)),
            "grade": evaluation.icans.if_attributable,
            "day": evaluation.day,
        }
        yield view.say(f"detail.now.{'late' if late else 'causes'}", **values)
    elif settles is not None and settles is not Ask.SEDATED:
        yield view.say(f"detail.now.{settles}", instrument=view.instrument)
    if settles is not Ask.CAUSES and Recommendation.OTHER_CAUSES in evaluation.recommendations:
        yield view.say("detail.now.outside-window", day=evaluation.day)


def _steroid_prompts(view: View) -> Iterator[str]:
    evaluation, treatment = view.evaluation, view.evaluation.treatment
    if treatment.steroid is not None and treatment.escalate:
        then, now = treatment.steroid.grade_then, evaluation.icans.all.lo
        hours = view.clock.hours_since(treatment.steroid.started)
        yield view.say(f"detail.now.escalate{'-worse' if now > then else ''}", hours=hours, then=then, now=now)
    if treatment.taper:
        yield view.say("detail.now.taper")


def monitoring_lines(view: View) -> Iterator[str]:
    """How often to assess, and when next: one line."""
    evaluation, due = view.evaluation, view.evaluation.next_assessment
    parts = []
    for entry in evaluation.advice:
        if entry.row.action is Action.MONITOR and entry.row.times_per_day_at_least:
            times = times_a_day(view, (entry.row.times_per_day_at_least,))
            values = {"instrument": view.instrument, "times": times, "source": entry.source}
            parts.append(view.say("detail.now.monitor", **values))
    if due is not None and not view.spell:
        key = "next" if due > evaluation.as_of else "overdue" if evaluation.overdue else "due"
        parts.append(view.say(f"detail.now.{key}", instrument=view.instrument, time=view.at(due)))
    if parts:
        yield "; ".join(parts)


def _conditional(view: View) -> Iterator[str]:
    """The advice of a charted grade, of ours if nothing else explains it, of the last known one, or if unarousable.

    What is advised now and then alike stands above already. Of treatments only whole lines are left out: whether
    sources differ is said of all of them.
    """
    conditional, now = view.evaluation.if_confirmed, view.evaluation.advice
    if conditional is None or view.evaluation.attention is Attention.FAILED:
        return iter(())
    known = frozenset(advice_lines(view, now))
    differing = [one for one in conditional.advice if one.row.action in TREATMENT or one not in now]
    title = view.say(f"detail.section.{conditional.condition}", grade=conditional.grade)
    return bullets(title, (line for line in advice_lines(view, differing) if line not in known))


def _open(view: View) -> Iterator[str]:
    return bullets(view.say("detail.section.open"), (*gap_lines(view), *missing_lines(view)))
