"""A regimen in words: drug, amount, route, frequency, what follows, as far as the source gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cds_service.clinical.tables.regimen import Regimen
from cds_service.rendering.words.view import View


def regimen_text(view: View, regimen: Regimen) -> str:
    """A drug with dose, route, interval and duration."""
    return " ".join(filter(None, (_drug(view, regimen.drug), dose_text(view, regimen))))


def dose_text(view: View, regimen: Regimen) -> str:
    """The same without the drug."""
    return " ".join((*_amount(view, regimen), *_rhythm(view, regimen), *_after(view, regimen)))


def brief_regimen_text(view: View, regimen: Regimen) -> str:
    """A drug with its amount and how often, for a button."""
    amount = replace(regimen, maximum_mg=None, bound="") if regimen.maximum_mg or regimen.bound else regimen
    parts = [_drug(view, regimen.drug), *_amount(view, amount)]
    if regimen.every_hours:
        parts.append(view.say("advice.regimen.every", hours=span(regimen.every_hours)))
    if regimen.per_day:
        parts.append(view.say("advice.regimen.per-day", times=times_a_day(view, regimen.per_day)))
    return " ".join(parts)


def times_a_day(view: View, values: Sequence[float]) -> str:
    """Once, twice, "3 times", "1-2 times"."""
    key = span(values)
    return view.say(f"advice.times.{key}") if key in ("1", "2") else view.say("advice.times.many", number=key)


def span(values: Iterable[float]) -> str:
    """One value or from-to."""
    return "-".join(number(value) for value in values)


def number(value: float) -> str:
    """A number as a clinician writes it: 1,000."""
    return f"{value:,.10g}"


def _drug(view: View, drug: str) -> str:
    return view.drug(drug)


def _amount(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.bound:
        yield view.say(f"advice.bound.{regimen.bound}")
    if regimen.mg:
        yield view.say("advice.regimen.amount", amount=span(regimen.mg))
    if regimen.mg_per_kg:
        yield view.say("advice.regimen.per-kg", amount=span(regimen.mg_per_kg))
    if regimen.mg_per_m2:
        yield view.say("advice.regimen.per-m2", amount=number(regimen.mg_per_m2))
    if regimen.mcg_per_day:
        yield view.say("advice.regimen.mcg-per-day", amount=number(regimen.mcg_per_day))
    if regimen.route:
        yield view.say(f"advice.route.{regimen.route}")
    if regimen.maximum_mg:
        yield view.say("advice.regimen.maximum", maximum=number(regimen.maximum_mg))


def _rhythm(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.over_hours:
        yield view.say("advice.regimen.over", hours=number(regimen.over_hours))
    if regimen.every_hours:
        yield view.say("advice.regimen.every", hours=span(regimen.every_hours))
    if regimen.per_day:
        yield view.say("advice.regimen.per-day", times=times_a_day(view, regimen.per_day))
    if regimen.doses:
        yield view.say(f"advice.regimen.{'once' if regimen.doses == 1 else 'doses'}", doses=regimen.doses)
    if regimen.days:
        yield view.say(f"advice.regimen.days{'-or-longer' if regimen.or_longer else ''}", days=span(regimen.days))


def _after(view: View, regimen: Regimen) -> Iterator[str]:
    """What follows the first dose, and what is given with it."""
    if regimen.repeat_every_hours:
        yield view.say(f"advice.repeat-every.{regimen.repeat_if}", hours=span(regimen.repeat_every_hours))
    if regimen.repeat_after_days:
        yield view.say("advice.regimen.repeat-after", days=regimen.repeat_after_days)
    if regimen.then_mg_per_kg_per_day:
        daily = number(regimen.then_mg_per_kg_per_day)
        yield view.say("advice.regimen.then-daily", amount=daily, doses=regimen.then_doses_per_day)
    if regimen.then_mcg_per_day:
        amount = number(regimen.then_mcg_per_day)
        yield view.say("advice.regimen.then-mcg", amount=amount, days=regimen.then_after_days)
    if regimen.then:
        yield view.say(f"advice.then.{regimen.then}")
    if regimen.plus and regimen.plus_mg:
        yield view.say("advice.regimen.plus", drug=view.drug(regimen.plus), amount=number(regimen.plus_mg))
