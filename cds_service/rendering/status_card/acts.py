"""What to do now: the entries at the top of a status card in the order of rule Q, and what to avoid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.status.ask import Ask, AskCode, IcansGrade, Known
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.vocabulary import Action, Strength
from cds_service.rendering.status_card.asks import act_text, is_ventilated, lead_text, next_text
from cds_service.rendering.status_card.escalation import without_weight
from cds_service.rendering.status_card.options import escalation_text, failed_text, settling_texts
from cds_service.rendering.words.advice import avoided_text, brief, capital, first_choice
from cds_service.rendering.words.next_dose import next_dose_text
from cds_service.rendering.words.puncture import ct_first_text
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import led

CARE = (Action.AIRWAY, Action.ICU)
WORK_UP = (Action.EEG, Action.MRI, Action.NEUROLOGY)
OF_NEXT_DOSE = tuple(action for action in Action if action.is_of_next_dose)
OF_CRS = (Action.TOCILIZUMAB, Action.CRS_CORTICOSTEROID)
TREATED = frozenset({AskCode.ICANS_SEVERE, AskCode.ICANS_2, AskCode.ESCALATION_REVIEW})
# Asks that are worded by the rows of these actions.
SAID_BY = {
    AskCode.AIRWAY: CARE,
    AskCode.ONGOING_SEIZURE: (Action.SEIZURE_TREATMENT, Action.EEG),
    AskCode.RAISED_PRESSURE: (Action.ICP_MANAGEMENT,),
}
ASKS_FOR_ICU = frozenset({AskCode.AIRWAY, AskCode.RAISED_PRESSURE, AskCode.CRS_SEVERE})
LOOKED_AT = frozenset({AskCode.CHECK_AROUSAL, AskCode.ASSESS_NOW, AskCode.OTHER_CAUSE_FIRST})


class Act(NamedTuple):
    """One entry. `treats`: it names a treatment. `kept`: it is kept even if the word limit is exceeded."""

    text: str
    treats: bool = False
    kept: bool = False


def acts_of(view: View) -> tuple[Act, ...]:
    """All entries, each once, the most lethal first."""
    if view.evaluation.attention is Attention.FAILED:
        return (Act(failed_text(view), kept=True),)
    found = [act for ask in view.answer.asks for act in _allowed(view, ask)]
    texts = {act.text: act for act in (*_lacking(view), *found, *_work_up(view), *_next(view))}
    return tuple(act for text, act in texts.items() if text)


def _lacking(view: View) -> Iterator[Act]:
    """Missing records on which everything else depends."""
    yield from (Act(view.say(f"detail.now.{lack}"), kept=True) for lack in view.answer.lacking)


def _allowed(view: View, ask: Ask) -> Iterator[Act]:
    """The entries of one ask; before imaging of a focal deficit without corticosteroid and tocilizumab (rule Q3)."""
    yield from (act for act in _of_ask(view, ask) if not (act.treats and _awaits_imaging(view)))
    if ask.code is AskCode.STROKE_CALL:
        yield Act(view.say("detail.line.before-imaging"), kept=True)


def _of_ask(view: View, ask: Ask) -> Iterator[Act]:
    """The entries of one ask."""
    if ask.code in TREATED:
        yield from _icans(view, ask)
    elif ask.code in (AskCode.CRS_SEVERE, AskCode.CRS_2):
        yield from _crs(view, ask)
    elif ask.code in LOOKED_AT:
        first = ask is view.answer.ask
        yield from (Act(text, kept=first) for text in settling_texts(view) or (_plain(view, ask),))
    elif ask.code is AskCode.NEXT_DOSE:
        yield from (Act(_next_dose(view, entry)) for entry in _rows(view, OF_NEXT_DOSE))
    elif ask.code is AskCode.ICANS_1:
        yield Act(first_choice(view, _rows(view, (Action.CORTICOSTEROID,))), treats=True)
    elif ask.code is AskCode.TAPER:
        yield Act(view.say("detail.now.taper"))
    elif ask.code is not AskCode.NEXT_ASSESSMENT:
        yield Act(_plain(view, ask))


def _icans(view: View, ask: Ask) -> Iterator[Act]:
    """Place of care, review, corticosteroid; then tocilizumab if CRS alone calls for it (P1)."""
    entries, before = _advice(view, ask), _condition(ask)
    covered = is_ventilated(view) or any(one.code in ASKS_FOR_ICU for one in view.answer.asks)
    care = () if covered else _of(entries, CARE)
    yield Act(brief(view, care))
    review = view.answer.escalation
    if review is not None:
        yield Act(escalation_text(view))
    steroid = _steroid(view, review.options if review is not None else entries)
    for_icans = Act(view.say(f"detail.line.{before}", act=steroid) if steroid and before else steroid, treats=True)
    if view.evaluation.crs.range.lo >= view.wording.behaviour.detail.tocilizumab_from_crs:
        tocilizumab, for_crs = _crs_treatment(view)
        leading, other = (for_crs, for_icans) if view.answer.crs_corticosteroid_leads else (for_icans, for_crs)
        yield from (leading, tocilizumab, other)
    else:
        yield for_icans


def _steroid(view: View, options: Sequence[Advice]) -> str:
    """The corticosteroid that is drafted, else the first that the sources give; then what lacks a weight (P1, E2)."""
    drafts = [one for one in view.answer.proposals if one.action is Action.CORTICOSTEROID]
    without_crs = any(one.without_crs for one in drafts)
    doses = {(one.source, one.published) for one in drafts}
    entries = _of(view.evaluation.alternatives.without_crs if without_crs else options, (Action.CORTICOSTEROID,))
    drafted = [entry for entry in entries if any((entry.source, one) in doses for one in entry.regimens)]
    row = view.say("advice.regimen.row-without-crs") if without_crs else ""
    review = view.answer.escalation
    lacking = without_weight(view, review) if review is not None else ()
    return capital("; ".join(filter(None, (first_choice(view, drafted or entries), row, *lacking))))


def _condition(ask: Ask) -> str:
    """The text key of the condition for an ask's treatment; empty if it is unconditional."""
    if not isinstance(ask.figure, IcansGrade) or ask.figure.known is Known.NOW:
        return ""
    return str(ask.figure.known)


def _crs(view: View, ask: Ask) -> Iterator[Act]:
    """The action itself if it comes first; if ICANS is treated too, its entry names both treatments (rule P1)."""
    if ask is view.answer.ask:
        yield Act(_plain(view, ask))
    if not any(one.code in TREATED for one in view.answer.asks):
        yield from _crs_treatment(view)


def _crs_treatment(view: View) -> Iterator[Act]:
    """Tocilizumab and the corticosteroid for CRS; empty for one that no table gives for this patient."""
    for action in OF_CRS:
        yield Act(first_choice(view, _of(view.evaluation.crs_advice, (action,))), treats=True)


def _work_up(view: View) -> Iterator[Act]:
    """The work-up that is advised unconditionally, if there is ICANS to treat."""
    treated = next((ask for ask in view.answer.asks if ask.code in TREATED), None)
    if treated is not None:
        entries = _of(_advice(view, treated), WORK_UP)
        yield Act(brief(view, [entry for entry in entries if not entry.row.condition and not _is_done(view, entry)]))


def _is_done(view: View, entry: Advice) -> bool:
    return entry.row.action is Action.MRI and view.evaluation.signs.mri_done


def _next(view: View) -> Iterator[Act]:
    due = view.evaluation.due
    if due is not None and next_text(view):
        yield Act(view.say("detail.line.next", what=view.due, time=view.at_briefly(due.at)))


def _awaits_imaging(view: View) -> bool:
    """Whether imaging of a focal deficit is asked for."""
    return any(one.code is AskCode.STROKE_CALL for one in view.answer.asks)


def ct_line(view: View) -> str:
    """The CT that comes first if ICANS is treated and platelets are low (rule P3)."""
    treated = any(one.code in TREATED for one in view.answer.asks)
    return ct_first_text(view) if treated and not _awaits_imaging(view) else ""


def avoided_line(view: View) -> str:
    """Always included; advice against sedatives is left out for a patient who is sedated or ventilated."""
    texts = dict.fromkeys(_avoided(view))
    return "\n".join(texts)


def _avoided(view: View) -> Iterator[str]:
    conditional = view.evaluation.alternatives.if_confirmed
    for entry in (*view.evaluation.advice, *(conditional.advice if conditional else ())):
        given = entry.row.action is Action.DEPRESSANTS and (view.spell or is_ventilated(view))
        if entry.row.strength is Strength.AVOID and not given:
            yield avoided_text(view, entry)


def _plain(view: View, ask: Ask) -> str:
    """What was found and what to do, as in a summary."""
    text = led(lead_text(view, ask), act_text(view, ask))
    sources = dict.fromkeys(one.brief_source for one in _rows(view, SAID_BY.get(ask.code, ())))
    line = view.say("advice.group.part", text=text, source=", ".join(sources)) if sources else text
    return f"{line[:1].upper()}{line[1:]}"


def _next_dose(view: View, entry: Advice) -> str:
    text = view.say("advice.group.part", text=next_dose_text(view, entry), source=entry.brief_source)
    return f"{text[:1].upper()}{text[1:]}"


def _advice(view: View, ask: Ask) -> Sequence[Advice]:
    """The rows for the grade that the ask is for, which may be the last known one or hold under a condition."""
    conditional = view.evaluation.alternatives.if_confirmed
    other = isinstance(ask.figure, IcansGrade) and ask.figure.known is not Known.NOW
    return conditional.advice if other and conditional else view.evaluation.advice


def _rows(view: View, actions: Sequence[Action]) -> tuple[Advice, ...]:
    return _of(view.evaluation.advice, actions)


def _of(entries: Sequence[Advice], actions: Sequence[Action]) -> tuple[Advice, ...]:
    return tuple(entry for entry in entries if entry.row.action in actions and entry.row.strength is not Strength.AVOID)
