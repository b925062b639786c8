"""The summary and the topic of the status card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import shorten

from cds_service.clinical.assess import Answer
from cds_service.clinical.facts.patient import Need
from cds_service.clinical.grading import attribution
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.status_card.asks import AskText, ask_text, next_text, running_steroid
from cds_service.rendering.status_card.course import crs_grade
from cds_service.rendering.status_card.reasons import reasons_of
from cds_service.rendering.topics import Topic
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import led

# Asks whose treatment depends on CRS.
TREATED = frozenset({AskCode.ICANS_2, AskCode.ICANS_SEVERE, AskCode.ESCALATION_REVIEW})


def summary_of(view: View) -> str:
    """Grade, CRS, day and product, the reason and one ask; the most lethal problem comes before the grade.

    Never longer than a card may be: an answer that breaks the specification is not sent at all.
    """
    behaviour, asked = view.wording.behaviour, ask_text(view)
    texts = tuple(_led(view, asked) if asked.lead else _graded(view, asked))
    shorter = (*(_shorter_led(view, asked) if asked.lead else _shorter_graded(view, asked)), _cut(view, asked))
    short = (text for text in texts if len(text) <= behaviour.summary_at_best)
    fitting = (text for text in texts if len(text) < behaviour.summary_below)
    at_worst = (text for text in shorter if len(text) < behaviour.summary_below)
    return next(short, "") or min(fitting, key=len, default="") or next(at_worst)


def failed_of(view: View) -> str:
    """The required data that did not arrive, the most important first."""
    failed = view.evaluation.received.failed
    return view.say(f"status.failed.{next(name for name in Need if name in failed)}")


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


def _shorter_graded(view: View, asked: AskText) -> Iterator[str]:
    """Without day and product, then with a flare in short; a charted grade that differs goes after those."""
    act = _capital(asked.act)
    openings = (
        _opening(view, with_trend=False),
        _opening(view, with_trend=False, with_place=False),
        f"{_grade_in_short(view)}{_crs(view)}{place_text(view)}",
        f"{_grade_in_short(view)}{_crs(view)}",
        _grade_in_short(view),
    )
    for reasons in ([*_charted(view)][:1], []):
        yield from (_joined(opening, reasons, act) for opening in openings)
    yield act


def _shorter_led(view: View, asked: AskText) -> Iterator[str]:
    """With the grade alone, then without it: the finding and its action come before everything else."""
    first = _first(asked.lead, asked.act)
    yield from (f"{first}. {grade}" for grade in (grade_text(view), _grade_in_short(view)))
    yield first
    yield _first(asked.leads[0], asked.act)


def _cut(view: View, asked: AskText) -> str:
    """The action whole as long as it fits, after as much of the finding as leaves it room."""
    room = view.wording.behaviour.summary_below - 1
    lead = shorten(asked.leads[0], max(0, room - len(asked.act) - len(": ")), placeholder="…") if asked.lead else ""
    return shorten(_first(lead, asked.act), room, placeholder="…")


def _first(lead: str, act: str) -> str:
    return _capital(led(lead, act))


def _joined(opening: str, reasons: Sequence[str], act: str) -> str:
    return ". ".join(filter(None, (": ".join(filter(None, (opening, ", ".join(reasons)))), act)))


def _led(view: View, asked: AskText) -> Iterator[str]:
    """The finding with its action, then the grade, then running treatment."""
    first, with_place = _first(asked.lead, asked.act), not _is_placed(view)
    whole, plain = (_opening(view, with_trend=one, with_place=with_place) for one in (True, False))
    running, reason = running_steroid(view), next(_reasons(view), "")
    if reason and view.evaluation.icans.certainty is Certainty.CANNOT_GRADE:
        yield f"{first}. {whole}: {reason}"
    if running:
        yield ". ".join((first, whole, view.say("status.act.runs", drug=_capital(running))))
    yield from (f"{first}. {opening}" for opening in (whole, plain))


def _is_placed(view: View) -> bool:
    """Whether the finding before the grade says the therapy, which is said once."""
    code = view.answer.ask.code if view.answer.ask else None
    unread = code is AskCode.THERAPY_NOT_READABLE and view.evaluation.therapy is None
    return unread or code is AskCode.DELAYED_NEUROTOXICITY


def _opening(view: View, *, with_trend: bool, with_place: bool = True) -> str:
    """Grade, trend, CRS, day and product."""
    trend, place = _trend(view) if with_trend else "", place_text(view) if with_place else ""
    return f"{grade_text(view)}{trend}{_crs(view)}{place}"


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
    if icans.grade is None and view.score is not None and view.causes == [attribution.BASELINE]:
        return view.say("status.reason.as-before", instrument=view.instrument, points=view.score.value)
    if _is_flare(view):
        return _flare(view)
    key = "none" if icans.certainty is Certainty.EXACT and not icans.grade else str(icans.certainty)
    return view.say(f"status.head.{key}", grade=icans.grade if icans.if_attributable is None else icans.if_attributable)


def _is_flare(view: View) -> bool:
    return view.evaluation.treatment.flare_from is not None and bool(view.evaluation.icans.grade)


def _grade_in_short(view: View) -> str:
    """The grade without what led to a flare."""
    peak = view.evaluation.history.peak
    if not _is_flare(view) or peak is None:
        return grade_text(view)
    return view.say("status.head.flare-brief", grade=view.evaluation.icans.grade, peak=peak.all.lo)


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
    if evaluation.trend is None or _is_flare(view) or evaluation.icans.certainty is Certainty.NEEDS_ATTRIBUTION:
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
    """A charted grade that differs comes first, because it may set the urgency."""
    yield from _charted(view)
    yield from (one for one in reasons_of(view) if one != grade_text(view))


def _charted(view: View) -> Iterator[str]:
    """A charted grade that differs; for CRS, only while it may set the urgency."""
    evaluation = view.evaluation
    record, crs = evaluation.charted_icans, evaluation.charted_crs
    if record is not None and record.differs:
        yield view.say("status.reason.charted", grade=record.grade, time=view.at_briefly(record.time))
    if crs is not None and crs.is_recent and crs.differs:
        yield view.say("status.reason.charted-crs", grade=crs.grade, time=view.at_briefly(crs.time))


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
