"""What a summary asks for (rule Q): the finding, if it belongs before the grade, and the action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.crs import Vasopressors
from cds_service.clinical.grading.crs_course import GateLack, LowPressure, LowPressureAct, SupportWithoutFever
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.look_alikes.causes import measured
from cds_service.clinical.status.acts import CorticosteroidAct, DoseAct
from cds_service.clinical.status.ask import (
    Ask,
    AskCode,
    Assessment,
    AssessmentScope,
    ChartedAbove,
    DelayedNeurotoxicity,
    IcansGrade,
    Known,
    NextDoseWithheld,
    UnreadTherapies,
)
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.emergency import (
    Bleeding,
    Coma,
    FocalDeficit,
    LowValues,
    OngoingSeizure,
    RaisedPressure,
)
from cds_service.clinical.status.lacking import Lack
from cds_service.clinical.tables.vocabulary import Refusal
from cds_service.rendering.status_card.course import crs_grade, low_pressure_text
from cds_service.rendering.words.values import basis_text, basis_value, finding, measured_text
from cds_service.rendering.words.view import View

# Asks to assess the patient now: the next assessment is not named beside them.
LOOKING = frozenset({AskCode.ASSESS_NOW, AskCode.CHECK_AROUSAL, AskCode.NEXT_ASSESSMENT})
GLUCOSE = "glucose"
WITH_GLUCOSE = frozenset({AskCode.AIRWAY, AskCode.ONGOING_SEIZURE})
VENTILATOR = "mechanical-ventilation"
# Asks whose words depend on their figures.
ARRANGED = frozenset(
    {
        AskCode.STROKE_CALL,
        AskCode.INTRACRANIAL_BLEED,
        AskCode.CHECK_AROUSAL,
        AskCode.ASSESS_NOW,
        AskCode.ICANS_SEVERE,
        AskCode.ICANS_2,
        AskCode.NEXT_DOSE,
    }
)
# Every action text that a code can lead to.
ACTS = (
    *(code for code in AskCode if code not in ARRANGED),
    *(f"assess-{scope}" for scope in AssessmentScope),
    *CorticosteroidAct,
    *(f"icu-{one}" for one in CorticosteroidAct),
    *DoseAct,
    *LowPressureAct,
    GateLack.DRUGS,
    *Lack,
)


class AskText(NamedTuple):
    """An action and what it is for, the most important finding first; `leads` is empty if the grade says that."""

    act: str
    leads: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """All findings in one phrase."""
        return ", ".join(self.leads)


def ask_text(view: View) -> AskText:
    """What the summary asks for; without an action if nothing is left to ask."""
    if view.evaluation.attention is Attention.FAILED:
        return AskText(view.say("status.act.protocol"))
    ask, lack = view.answer.ask, view.answer.lack
    if lack is not None:
        return AskText(view.say(f"status.act.{lack}"))
    if ask is None:
        return AskText("")
    if ask.code is AskCode.CHARTED_GRADE_DIFFERS:
        return AskText(act_text(view, ask))
    glucose = _glucose(view) if ask.code in WITH_GLUCOSE else ""
    act, leads = act_text(view, ask), _leads(view, ask)
    return AskText(view.say("status.act.with-glucose", act=act), (*leads, glucose)) if glucose else AskText(act, leads)


def act_text(view: View, ask: Ask) -> str:
    """The action of an ask in a few words."""
    match ask.figure:
        case FocalDeficit(_, of_head):
            return view.say(f"status.act.stroke-call-{'head' if of_head else 'spine'}")
        case Bleeding() as bleeding:
            return _bleeding(view, bleeding)
        case Assessment() as missing:
            return _assessment(view, missing)
        case LowPressure() as low:
            return view.say(f"status.act.{low.act}", what=low_pressure_text(view, low))
        case IcansGrade() as found if ask.code in (AskCode.ICANS_SEVERE, AskCode.ICANS_2):
            return _treatment(view, ask, found)
    return _plain(view, ask)


def next_text(view: View) -> str:
    """The next assessment, after an ask that does not assess the patient; empty if there is none."""
    due, ask = view.evaluation.due, view.answer.ask
    looks = ask is not None and ask.code in LOOKING and not view.answer.lacking
    if due is None or due.now or looks:
        return ""
    return view.say("status.act.next", what=view.due, time=view.at_briefly(due.at))


def is_ventilated(view: View) -> bool:
    """Whether the airway is secured, so that neither ICU nor airway is asked for."""
    return any(part.value == VENTILATOR for part in view.evaluation.crs.basis)


def running_steroid(view: View) -> str:
    """The newest corticosteroid of the last day with its amount; empty if there is none."""
    given = view.evaluation.treatment.steroids.recent
    if not given:
        return ""
    dose = given[-1]
    amount = view.say("advice.regimen.amount", amount=f"{dose.milligrams:,g}") if dose.milligrams else ""
    return " ".join(filter(None, (view.drug(dose.drug), amount)))


def lead_text(view: View, ask: Ask) -> str:
    """The finding with its time; empty if the grade says it."""
    return ", ".join(_leads(view, ask))


def _leads(view: View, ask: Ask) -> tuple[str, ...]:
    """The findings, the most important first."""
    if ask.code is AskCode.CRS_SEVERE:
        return (_crs(view),)
    leads = _LEADS.get(type(ask.figure))
    return tuple(leads(view, ask.figure)) if leads else ()


def _glucose(view: View) -> str:
    """A low glucose, which may be the whole explanation (rule Q6)."""
    low = view.evaluation.emergencies.low
    return ", ".join(_low(view, one) for one in (low.values if low else ()) if one.concept == GLUCOSE)


def _coma(view: View, coma: Coma) -> Iterator[str]:
    """With one time if both were assessed together."""
    arousal, glasgow = coma.arousal, coma.glasgow
    if arousal is not None:
        yield _of_domain(view, arousal)
    if glasgow is not None:
        time = "" if arousal and arousal.time == glasgow.time else view.at_briefly(glasgow.time)
        yield view.say("status.lead.glasgow", total=glasgow.total, time=time).strip()


def _crs(view: View) -> str:
    """The grade with the findings that decide it."""
    crs, grade = view.evaluation.crs, crs_grade(view)
    worst = next((part for part in crs.basis if part.range.lo == crs.range.lo and part.value), None)
    if worst is None:
        return grade
    if isinstance(worst.value, Vasopressors):
        return view.say("status.lead.vasopressors", crs=grade, drugs=basis_value(view, worst.value))
    return view.say("status.lead.crs", crs=grade, finding=basis_text(view, worst))


def _seizure(view: View, seizure: OngoingSeizure) -> Iterator[str]:
    yield _found(view, view.say(f"status.value.{seizure.kind}"), seizure.time)
    if seizure.returned is False:
        yield view.say("status.seizure.not-returned")


def _of_domain(view: View, domain: Domain) -> str:
    return _found(view, finding(view, domain), domain.time) if domain.time else finding(view, domain)


def _found(view: View, what: str, time: datetime) -> str:
    return view.say("status.reason.finding", value=what, time=view.at_briefly(time))


def _low(view: View, record: Record) -> str:
    name = view.say(f"look_alike.sign.{record.concept}")
    return _found(view, f"{name} {measured_text(view, measured(record))}", record.time)


def _bleeding(view: View, found: Bleeding) -> str:
    """With the values on which its treatment depends; one that is not known is to be measured (rule Q4)."""
    if found.platelets is None and found.fibrinogen is None:
        return view.say("status.act.bleeding-unknown")
    values = {"platelets": found.platelets, "fibrinogen": found.fibrinogen}
    return view.say("status.act.bleeding", **{name: _blood(view, name, one) for name, one in values.items()})


def _blood(view: View, name: str, record: Record | None) -> str:
    if record is None:
        return view.say(f"status.blood.{name}-unknown")
    return view.say(f"status.blood.{name}", value=f"{record.comparator}{float(record.value):g}")


def _assessment(view: View, missing: Assessment) -> str:
    """With an interpreter if language prevented a score; under sedation, once it is lightened."""
    if missing.sedation is not None:
        return view.say("status.act.sedated")
    if view.evaluation.due and view.evaluation.due.bring_in:
        return view.say("status.act.bring-in", instrument=view.instrument)
    key = f"-{Refusal.LANGUAGE}" if missing.refusal is Refusal.LANGUAGE else ""
    return view.say(f"status.act.assess-{missing.scope}{key}", instrument=view.instrument)


def _treatment(view: View, ask: Ask, found: IcansGrade) -> str:
    """ICU and the corticosteroid as one phrase, conditional if the ask is."""
    icu = ask.code is AskCode.ICANS_SEVERE and not is_ventilated(view)
    text = view.say(f"status.act.{'icu-' if icu else ''}{found.corticosteroid}", drug=running_steroid(view))
    return view.say("status.act.if-icans", act=text) if found.known is Known.IF_ICANS else text


def _plain(view: View, ask: Ask) -> str:
    """The ask's own text."""
    due = view.evaluation.due
    values = {
        "what": view.due,
        "time": view.at_briefly(due.at) if due else "",
        "crs": view.evaluation.crs.range.lo,
    }
    return view.say(f"status.act.{_key(view, ask)}", **values)


def _key(view: View, ask: Ask) -> str:
    """The text key of an ask: by its figure if that has a text of its own, else by its code."""
    match ask.figure:
        case NextDoseWithheld(_, act):
            return str(act)
        case IcansGrade(corticosteroid=CorticosteroidAct() as act) if ask.code is AskCode.ICANS_1:
            return str(act)
        case SupportWithoutFever(_, GateLack.DRUGS as lack):
            return str(lack)
    ventilated = ask.code in (AskCode.CRS_SEVERE, AskCode.RAISED_PRESSURE) and is_ventilated(view)
    return f"{ask.code}{'-ventilated' if ventilated else ''}"


def _pressure(view: View, found: RaisedPressure) -> Iterator[str]:
    yield _of_domain(view, found.domains[0])


def _bleed(view: View, found: Bleeding) -> Iterator[str]:
    yield view.say("status.lead.bleeding", time=view.at_briefly(found.time))


def _deficit(view: View, found: FocalDeficit) -> Iterator[str]:
    """The signs with one time, that of the first."""
    first, *more = (view.say(f"status.value.{one.value}") for one in found.signs)
    yield _found(view, first, found.signs[0].time)
    yield from more


def _charted(view: View, found: ChartedAbove) -> Iterator[str]:
    parts = (("icans", found.icans), ("crs", found.crs))
    for scale, record in parts:
        if record is not None:
            yield view.say(f"status.lead.charted-{scale}", grade=record.grade, time=view.at_briefly(record.time))


def _unread(view: View, found: UnreadTherapies) -> Iterator[str]:
    names = view.say("suggestions.label.and").join(one.called for one in found.products)
    yield view.say("status.lead.unread-therapy", product=names)


def _delayed(view: View, found: DelayedNeurotoxicity) -> Iterator[str]:
    """The signs, with the product and the day of the newest one."""
    newest = max(found.signs, key=lambda sign: sign.record.time)
    first, *more = (view.say(f"status.value.{sign.record.value}") for sign in found.signs)
    yield view.say("status.lead.delayed", sign=first, product=newest.product.short, day=newest.day)
    yield from more


def _lows(view: View, found: LowValues) -> Iterator[str]:
    yield from (_low(view, one) for one in found.values)


# What precedes the grade, by the type of finding, the most important first.
_LEADS: dict[type, Callable[[View, Any], Iterator[str]]] = {
    Coma: _coma,
    OngoingSeizure: _seizure,
    FocalDeficit: _deficit,
    Bleeding: _bleed,
    RaisedPressure: _pressure,
    LowValues: _lows,
    ChartedAbove: _charted,
    UnreadTherapies: _unread,
    DelayedNeurotoxicity: _delayed,
}
