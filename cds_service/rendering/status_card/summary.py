"""The summary and the topic of the status card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.assess import Answer
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.status_card.asks import AskText, ask_text, next_text, running_steroid
from cds_service.rendering.status_card.course import crs_grade
from cds_service.rendering.status_card.reasons import reasons_of
from cds_service.rendering.topics import Topic
from cds_service.rendering.words.view import View

# Asks whose treatment depends on CRS.
TREATED = frozenset({AskCode.ICANS_2, AskCode.ICANS_SEVERE, AskCode.ESCALATION_REVIEW})
FAILED_ORDER = ("patient", "observations", "therapy")


def summary_of(view: View) -> str:
    """Grade, CRS, day and product, the reason and one ask; the most lethal problem comes before the grade."""
    behaviour, asked = view.wording.behaviour, ask_text(view)
    texts = tuple(_led(view, asked) if asked.lead else _graded(view, asked))
    short = (text for text in texts if len(text) <= behaviour.summary_at_best)
    fitting = (text for text in texts if len(text) < behaviour.summary_below)
    return next(short, min(fitting, key=len, default=_bare(view, asked)))


def failed_of(view: View) -> str:
    """The required data that did not arrive, the most important first."""
    failed = view.evaluation.received.failed
    return view.say(f"status.failed.{next(name for name in FAILED_ORDER if name in failed)}")


def _graded(view: View, asked: AskText) -> Iterator[str]:
    """As complete as fits; further reasons are dropped first, then the next assessment, the trend, the last reason."""
    whole, plain = _opening(view, with_trend=True), _opening(view, with_trend=False)
    reasons = [view.say("status.reason.failed", what=failed_of(view))] if _is_failed(view) else list(_reasons(view))
    act, due = _capital(asked.act), next_text(view)
    acts = ["; ".join(filter(None, (act, due))), act] if due and act else [act or _capital(due)]
    for number in range(len(reasons), 0, -1):
        for wording in acts:
            yield _joined(whole, reasons[:number], wording)
    yield _joined(plain, reasons[:1], acts[-1])


def _bare(view: View, asked: AskText) -> str:
    """The grade and the action, if there is no room for more."""
    return _joined(_opening(view, with_trend=False), (), _capital(asked.act))


def _joined(opening: str, reasons: Sequence[str], act: str) -> str:
    return ". ".join(filter(None, (": ".join(filter(None, (opening, ", ".join(reasons)))), act)))


def _led(view: View, asked: AskText) -> Iterator[str]:
    """The finding with its action, then the grade, then running treatment."""
    first = f"{_capital(asked.lead)}: {asked.act}"
    running, reason = running_steroid(view), next(_reasons(view), "")
    if reason and view.evaluation.icans.certainty is Certainty.CANNOT_GRADE:
        yield f"{first}. {_opening(view, with_trend=True)}: {reason}"
    if running:
        yield ". ".join((first, _opening(view, with_trend=True), view.say("status.act.runs", drug=_capital(running))))
    for with_trend in (True, False):
        yield f"{first}. {_opening(view, with_trend=with_trend)}"


def _opening(view: View, *, with_trend: bool) -> str:
    """Grade, trend, CRS, day and product."""
    return f"{grade_text(view)}{_trend(view) if with_trend else ''}{_crs(view)}{place_text(view)}"


def _crs(view: View) -> str:
    """Directly after the grade; that there is none, or that it is unknown, only if treatment depends on it."""
    crs, ask = view.evaluation.crs, view.answer.ask
    if _is_failed(view) or (ask is not None and ask.code is AskCode.CRS_SEVERE):
        return ""
    if crs.range.lo:
        return f", {crs_grade(view)}"
    if ask is None or ask.code not in TREATED:
        return ""
    key = str(crs.certainty) if crs.range.hi else "none"
    return f", {view.say(f'status.crs.{key}', grade=crs.range.lo)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_failed(view: View) -> bool:
    return view.evaluation.attention is Attention.FAILED


def grade_text(view: View) -> str:
    """The grade and how certain it is."""
    icans, spell = view.evaluation.icans, view.spell
    if _is_failed(view):
        return view.say("status.head.failed")
    if icans.certainty is Certainty.CANNOT_GRADE and spell:
        return view.say("status.head.sedated", drug=view.sedative)
    if view.evaluation.treatment.flare_from is not None and icans.grade:
        return _flare(view)
    key = "none" if icans.certainty is Certainty.EXACT and not icans.grade else str(icans.certainty)
    return view.say(f"status.head.{key}", grade=icans.grade if icans.if_attributable is None else icans.if_attributable)


def _flare(view: View) -> str:
    """Recurrent ICANS, and the time since the last corticosteroid (rule E3)."""
    steroid, peak = view.evaluation.treatment.steroid, view.evaluation.history.peak
    if steroid is None or peak is None:
        return view.say("status.head.exact", grade=view.evaluation.icans.grade)
    last = steroid.doses[-1]
    return view.say(
        "status.head.flare",
        grade=view.evaluation.icans.grade,
        peak=peak.all.lo,
        hours=view.clock.hours_since(last.end or last.time),
        drug=view.drug(last.drug),
    )


def _trend(view: View) -> str:
    evaluation = view.evaluation
    is_told = evaluation.treatment.flare_from is not None and evaluation.icans.grade
    if evaluation.trend is None or is_told or evaluation.icans.certainty is Certainty.NEEDS_ATTRIBUTION:
        return ""
    return view.say(f"status.trend.{evaluation.trend}", before=evaluation.earlier.grade)


def place_text(view: View) -> str:
    """Day and product, in brackets."""
    evaluation = view.evaluation
    if _is_failed(view) and evaluation.last_dose is None:
        return ""
    therapy = evaluation.therapy
    if therapy is None and evaluation.unread_therapies:
        names = view.say("suggestions.label.and").join(one.called for one in evaluation.unread_therapies)
        return view.say("status.place.unread-therapy", product=names)
    if therapy is None:
        return view.say(f"status.place.{'no' if view.therapy_checked else 'unknown'}-therapy")
    return view.say(f"status.place.{'late' if therapy.is_late else 'day'}", day=therapy.day, product=view.product)


def _reasons(view: View) -> Iterator[str]:
    """A charted grade that differs comes first, because it may set the urgency; for CRS, only while it does."""
    evaluation = view.evaluation
    record, crs = evaluation.charted_icans, evaluation.charted_crs
    if record is not None and record.differs:
        yield view.say("status.reason.charted", grade=record.grade, time=view.at_briefly(record.time))
    if crs is not None and crs.is_recent and crs.differs:
        yield view.say("status.reason.charted-crs", grade=crs.grade, time=view.at_briefly(crs.time))
    yield from reasons_of(view)


# Asks that are not about the grade.
_OF_ASKS = {
    AskCode.ESCALATION_REVIEW: Topic.ICANS_ESCALATION,
    AskCode.DELAYED_NEUROTOXICITY: Topic.ICANS_DELAYED_NEUROTOXICITY,
    AskCode.CRS_2: Topic.CRS_ADVICE,
    AskCode.THERAPY_NOT_READABLE: Topic.THERAPY_NOT_READABLE,
    AskCode.TAPER: Topic.ICANS_TAPER,
}


def topic_of(answer: Answer) -> Topic:
    """The topic of the ask, else of the grade; a critical card always has that of its grade.

    EHRs remember overrides by it.
    """
    evaluation = answer.evaluation
    if answer.ask is None or evaluation.urgency.indicator.is_highest:
        return _of_grade(evaluation)
    return _OF_ASKS.get(answer.ask.code) or _of_grade(evaluation)


def _of_grade(evaluation: Evaluation) -> Topic:
    """One static code per situation, so that an override of one grade never hides a worse one."""
    icans = evaluation.icans
    if evaluation.attention is Attention.FAILED:
        return Topic.DATA_MISSING
    match icans.certainty:
        case Certainty.NEEDS_ATTRIBUTION:
            return Topic.ATTRIBUTION
        case Certainty.CANNOT_GRADE:
            return Topic.CANNOT_GRADE
        case Certainty.AT_LEAST:
            return Topic(f"icansAtLeast{icans.grade}")
        case _:
            return Topic(f"icansGrade{icans.grade}")
