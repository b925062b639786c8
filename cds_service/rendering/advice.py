"""Advice of guidelines in words: the action, the regimens as fields, the condition, the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cds_service.clinical.management import Advice, Regimen
from cds_service.rendering.view import View

WORK_UP = ("eeg", "mri", "ct", "lumbar-puncture", "fundoscopy")
SUPPORT = (
    "supportive-care",
    "aspiration-precautions",
    "neurology-consult",
    "antiseizure",
    "antifungal-prophylaxis",
)
# Told in other lines: monitoring with its next due time.
ELSEWHERE = ("monitor-neuro",)


def advice_lines(view: View, advice: Sequence[Advice]) -> Iterator[str]:
    """One line a treatment, one for the work-up, one for supportive care."""
    told = [entry for entry in advice if entry.row.action not in ELSEWHERE]
    for entry in told:
        if entry.row.action not in WORK_UP + SUPPORT:
            text = _capital(_treatment(view, entry))
            yield view.say("advice.group.treatment", text=text, source=_source(entry))
    for group, actions in (("work-up", WORK_UP), ("support", SUPPORT)):
        members = [entry for entry in told if entry.row.action in actions]
        if members:
            text = "; ".join(_action(view, entry) for entry in members)
            yield view.say(f"advice.group.{group}", text=_start(text, group), source=_sources(members))


def regimen_text(view: View, regimen: Regimen) -> str:
    """A drug with dose, route, interval and duration, as far as the source gives them."""
    return " ".join((regimen.drug.replace("-", " "), *_dose(view, regimen))).strip()


def _treatment(view: View, entry: Advice) -> str:
    drugs = view.say("advice.regimen.or").join(regimen_text(view, regimen) for regimen in entry.regimens)
    named = any(regimen.mg or regimen.mg_per_kg for regimen in entry.regimens)
    if not named and entry.row.action == "corticosteroid":
        drugs = view.say("advice.regimen.per-protocol")
    parts = [_action(view, entry), drugs, _limits(view, entry)]
    return ": ".join(part for part in parts[:2] if part) + (f"; {parts[2]}" if parts[2] and named else "")


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
        yield regimen.route
    if regimen.maximum_mg:
        yield f"({view.say('advice.regimen.maximum', maximum=_number(regimen.maximum_mg))})"
    yield from _rhythm(view, regimen)
    if regimen.plus and regimen.plus_mg:
        yield view.say("advice.regimen.plus", drug=regimen.plus, amount=_number(regimen.plus_mg))


def _rhythm(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.over_hours:
        yield view.say("advice.regimen.over", hours=_number(regimen.over_hours))
    if regimen.every_hours:
        yield view.say("advice.regimen.every", hours=_span(regimen.every_hours))
    if regimen.per_day:
        once = regimen.per_day == (1,)
        yield view.say(f"advice.regimen.per-day{'-once' if once else ''}", times=_span(regimen.per_day))
    if regimen.doses:
        yield view.say("advice.regimen.doses", doses=regimen.doses)
    if regimen.days:
        yield view.say("advice.regimen.days", days=_span(regimen.days))
    if regimen.then:
        yield view.say(f"advice.then.{regimen.then}")


def _limits(view: View, entry: Advice) -> str:
    row = entry.row
    if row.max_in_24_hours is None or row.max_total is None:
        return ""
    return view.say("advice.regimen.limits", day=row.max_in_24_hours, total=row.max_total)


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


def _start(text: str, group: str) -> str:
    return _capital(text) if group == "support" else text
