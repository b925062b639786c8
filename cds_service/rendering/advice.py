"""Advice of guidelines in words: the action, the regimens as fields, the condition, the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cds_service.clinical.management import TOCILIZUMAB, Advice, Regimen
from cds_service.rendering.view import View

# One line each, in this order; what is in no group is told elsewhere (monitoring) or has a line of its own.
CARE = ("icu", "airway", "icp-management")
TREATMENT = (TOCILIZUMAB, "corticosteroid", "refractory-options", "withhold-next-dose", "stop-therapy")
WORK_UP = ("eeg", "mri", "ct", "lumbar-puncture", "fundoscopy")
SUPPORT = ("supportive-care", "aspiration-precautions", "neurology-consult", "antiseizure", "antifungal-prophylaxis")


def advice_lines(view: View, advice: Sequence[Advice]) -> Iterator[str]:
    """Level of care first, then each treatment, then work-up and supportive care."""
    yield from _group(view, advice, "care", CARE)
    for action in TREATMENT:
        for entry in advice:
            if entry.row.action == action:
                text = _capital(_treatment(view, entry))
                yield view.say("advice.group.treatment", text=text, source=_source(entry))
    yield from _group(view, advice, "work-up", WORK_UP)
    yield from _group(view, advice, "support", SUPPORT)


def regimen_text(view: View, regimen: Regimen) -> str:
    """A drug with dose, route, interval and duration, as far as the source gives them."""
    return " ".join((view.wording.word(f"advice.drug.{regimen.drug}"), *_dose(view, regimen))).strip()


def _group(view: View, advice: Sequence[Advice], group: str, actions: Sequence[str]) -> Iterator[str]:
    members = [entry for action in actions for entry in advice if entry.row.action == action]
    if members:
        text = _capital("; ".join(_action(view, entry) for entry in members))
        yield view.say(f"advice.group.{group}", text=text, source=_sources(members))


def _treatment(view: View, entry: Advice) -> str:
    """The action with its regimens; a class of action where no dose may be shown."""
    dosed = [regimen for regimen in entry.regimens if regimen.mg or regimen.mg_per_kg]
    names = ", ".join(view.wording.word(f"advice.drug.{regimen.drug}") for regimen in entry.regimens)
    shown = [regimen_text(view, regimen) for regimen in dosed]
    if entry.row.action == "refractory-options":
        what = ", ".join(regimen_text(view, regimen) for regimen in entry.regimens)
    elif shown:
        what = view.say("advice.regimen.or").join(shown)
    else:
        what = view.say("advice.regimen.per-protocol") if entry.row.action != "withhold-next-dose" else names
    told = [part for part in (what, _limits(view, entry) if shown else "", _given(view, entry)) if part]
    return f"{_action(view, entry)}: {'; '.join(told)}" if told else _action(view, entry)


def _action(view: View, entry: Advice) -> str:
    row = entry.row
    condition = view.say(f"advice.condition.{row.condition}") if row.condition else ""
    strength = view.say(f"advice.strength.{row.strength}")
    return f"{strength}{view.say(f'advice.action.{row.action}')} {condition}".strip()


def _dose(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.mg:
        yield view.say("advice.regimen.amount", amount=_span(regimen.mg))
    if regimen.mg_per_kg:
        yield view.say("advice.regimen.per-kg", amount=_span(regimen.mg_per_kg))
    if regimen.route:
        yield view.wording.word(f"advice.route.{regimen.route}")
    if regimen.maximum_mg:
        yield view.say("advice.regimen.maximum", maximum=_number(regimen.maximum_mg))
    yield from _rhythm(view, regimen)
    if regimen.plus and regimen.plus_mg:
        yield view.say("advice.regimen.plus", drug=regimen.plus, amount=_number(regimen.plus_mg))


def _rhythm(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.over_hours:
        yield view.say("advice.regimen.over", hours=_number(regimen.over_hours))
    if regimen.every_hours:
        yield view.say("advice.regimen.every", hours=_span(regimen.every_hours))
    if regimen.per_day:
        yield view.say("advice.regimen.per-day", times=times_a_day(view, regimen.per_day))
    if regimen.doses:
        yield view.say("advice.regimen.doses", doses=regimen.doses)
    if regimen.days:
        yield view.say("advice.regimen.days", days=_span(regimen.days))
    if regimen.then:
        yield view.say(f"advice.then.{regimen.then}")


def times_a_day(view: View, values: Sequence[float]) -> str:
    """Once, twice, "3 times", "1-2 times"."""
    key = _span(values)
    return view.wording.word(f"advice.times.{key}") if key in ("1", "2") else view.say("advice.times.many", number=key)


def _limits(view: View, entry: Advice) -> str:
    row = entry.row
    if row.max_in_24_hours is None or row.max_total is None:
        return ""
    return view.say("advice.regimen.limits", day=row.max_in_24_hours, total=row.max_total)


def _given(view: View, entry: Advice) -> str:
    """What was given of tocilizumab, because its number is limited."""
    so_far = view.evaluation.treatment.tocilizumab
    if entry.row.action != TOCILIZUMAB or so_far.last is None:
        return ""
    return view.say("advice.regimen.given", day=so_far.last_day, total=so_far.total, last=view.at(so_far.last))


def _span(values: Iterable[float]) -> str:
    return "-".join(_number(value) for value in values)


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _source(entry: Advice) -> str:
    return ", ".join(filter(None, (entry.edition.label, entry.row.source)))


def _sources(entries: Iterable[Advice]) -> str:
    return "; ".join(dict.fromkeys(map(_source, entries)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
