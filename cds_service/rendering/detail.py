"""The detail of the status card: what now, why, what is missing, where from. GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical import attribution, charted
from cds_service.clinical.attention import Attention
from cds_service.clinical.grade import Certainty
from cds_service.rendering.advice import advice_lines
from cds_service.rendering.course import course_sentences
from cds_service.rendering.findings import findings_table
from cds_service.rendering.gap_lines import gap_lines
from cds_service.rendering.notes import note_lines
from cds_service.rendering.summary import failed_of
from cds_service.rendering.view import View


def detail_of(view: View, editions: str, *, demo: bool) -> str:
    """The whole detail; its first three lines carry the message."""
    parts: list[Iterable[str]] = [_charted(view), _now(view), _confirmed(view)]
    if view.evaluation.attention is not Attention.FAILED:
        parts += [findings_table(view), course_sentences(view), note_lines(view)]
    parts += [_open(view), _footer(view, editions, demo=demo)]
    blocks = ("\n".join(part) for part in parts)
    return "\n\n".join(block for block in blocks if block)


def _bullets(title: str, lines: Iterable[str]) -> Iterator[str]:
    bullets = [f"- {line}" for line in lines]
    if bullets:
        yield from (title, *bullets)


def _charted(view: View) -> Iterator[str]:
    """A grade charted by somebody comes first where it is not what we find (rule G4)."""
    record, icans = view.evaluation.charted_icans, view.evaluation.icans
    if record is not None and charted.differs(record, icans):
        known = icans.known_grade
        ours = view.say("detail.charted.ours-none") if known is None else view.say("detail.charted.ours", grade=known)
        yield view.say("detail.charted.differs", grade=int(record.value), time=view.at(record.time), ours=ours)


def _now(view: View) -> Iterator[str]:
    return _bullets(view.say("detail.section.now"), _now_lines(view))


def _now_lines(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    if evaluation.attention is Attention.FAILED:
        what = failed_of(view)
        yield view.say("detail.now.failed", what=what[:1].upper() + what[1:], why=_why_failed(view))
        return
    yield from _assessing(view)
    yield from _steroid_prompts(view)
    yield from advice_lines(view, evaluation.advice)
    yield from _monitoring(view)


def _why_failed(view: View) -> str:
    kinds = [
        gap.kind for gap in view.evaluation.gaps if gap.kind in ("not-permitted", "server-unavailable", "unreadable")
    ]
    return view.wording.word(f"gaps.failed.{next(iter(kinds), 'server-unavailable')}")


def _assessing(view: View) -> Iterator[str]:
    evaluation, icans = view.evaluation, view.evaluation.icans
    spell = evaluation.chart.sedation.at(icans.time)
    if spell:
        yield view.say("detail.now.sedated", drug=spell.given.drug.capitalize(), time=view.at(spell.start))
    if icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        causes = ", ".join(dict.fromkeys(domain.explained_by for domain in icans.domains if domain.explained_by))
        key = "late" if attribution.LATE in causes else "causes"
        cause = view.wording.quoted(causes)
        yield view.say(f"detail.now.{key}", cause=cause, grade=icans.if_attributable, day=evaluation.day)
    elif view.arousal and view.arousal.range.lo != view.arousal.range.hi and icans.all.lo >= 3 and not spell:  # noqa: PLR2004
        yield view.say("detail.now.arousal")
    elif "ice-now" in evaluation.recommendations:
        yield _assess(view)


def _assess(view: View) -> str:
    score = bool(view.score and view.score.range.lo != view.score.range.hi)
    arousal = bool(view.arousal and view.arousal.range.lo != view.arousal.range.hi)
    key = "assess" if score and arousal else "assess-arousal" if arousal else "assess-score"
    return view.say(
        "detail.now.assess", what=view.say(f"status.ask.{key}", instrument=view.instrument).removesuffix(" now")
    )


def _steroid_prompts(view: View) -> Iterator[str]:
    evaluation, given = view.evaluation, view.evaluation.steroid
    if given is not None and evaluation.escalate:
        hours = round((evaluation.icans.time - given.started).total_seconds() / 3600)
        worse = (evaluation.icans.grade or 0) > given.grade_then
        key = "escalate-worse" if worse else "escalate"
        yield view.say(f"detail.now.{key}", hours=hours, then=given.grade_then, now=evaluation.icans.grade)
    if evaluation.taper:
        yield view.say("detail.now.taper")


def _monitoring(view: View) -> Iterator[str]:
    evaluation = view.evaluation
    for entry in evaluation.advice:
        if entry.row.action == "monitor-neuro" and entry.row.times_per_day_at_least:
            times = entry.row.times_per_day_at_least
            yield view.say("detail.now.monitor", instrument=view.instrument, times=times, source=entry.edition.label)
    if evaluation.next_assessment is not None:
        key = "overdue" if evaluation.next_assessment <= evaluation.as_of else "next"
        yield view.say(f"detail.now.{key}", instrument=view.instrument, time=view.at(evaluation.next_assessment))


def _confirmed(view: View) -> Iterator[str]:
    """The advice of a charted grade, or of ours if nothing else explains it: only if it is confirmed."""
    evaluation = view.evaluation
    record = evaluation.charted_icans
    differs = record is not None and charted.differs(record, evaluation.icans)
    grade = int(record.value) if record is not None and differs else evaluation.icans.if_attributable
    yield from _bullets(view.say("detail.section.confirmed", grade=grade), advice_lines(view, evaluation.if_confirmed))


def _open(view: View) -> Iterator[str]:
    return _bullets(view.say("detail.section.open"), gap_lines(view))


def _footer(view: View, editions: str, *, demo: bool) -> Iterator[str]:
    yield view.say("detail.footer.text", time=view.at(view.evaluation.as_of), editions=editions)
    if demo:
        yield view.say("detail.footer.demo")
