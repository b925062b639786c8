"""A label's advice on the next dose, and on monitoring after a dose, in a clinician's words."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.tables.labels import Monitoring
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.clinical.tables.vocabulary import Action
from cds_service.rendering.words.regimens import number, regimen_text, span
from cds_service.rendering.words.view import View


def next_dose_text(view: View, entry: Advice) -> str:
    """One entry about the next dose; it names the highest grade since the last dose if the present one is lower."""
    rule, action = entry.row.next_dose or NextDose(), entry.row.action
    highest = view.evaluation.profile.since_dose.highest
    lower = highest > (view.evaluation.icans.grade or 0)
    since = view.say("advice.next-dose.highest", grade=highest) if lower else ""
    if action is Action.STOP:
        parts: Iterator[str] = iter(
            [view.say(f"advice.next-dose.stop{'-infusion' if rule.interrupt else ''}", product=view.product)]
        )
    elif action is Action.CONTINUE:
        parts = iter([view.say("advice.next-dose.continue")])
    elif action is Action.RESUME:
        parts = _going_on(view, "next", rule, entry)
    else:
        parts = _withheld(view, rule, entry)
    return "; ".join((*parts, *filter(None, [since])))


def _withheld(view: View, rule: NextDose, entry: Advice) -> Iterator[str]:
    what = view.say(f"advice.next-dose.{'interrupt' if rule.interrupt else 'withhold'}")
    yield " ".join((what, *_until(view, rule)))
    yield from _going_on(view, "then", rule, entry)


def _going_on(view: View, key: str, rule: NextDose, entry: Advice) -> Iterator[str]:
    """How the therapy continues, and what would end it."""
    how = ", ".join(_how(view, rule, entry))
    if how:
        yield view.say(f"advice.next-dose.{key}", how=how)
    conditions = view.say("advice.regimen.or").join(_stopping(view, rule))
    if conditions:
        yield view.say("advice.next-dose.stop-if", conditions=conditions)


def _until(view: View, rule: NextDose) -> Iterator[str]:
    if rule.until:
        yield view.say(f"advice.next-dose.until-{rule.until}")
    if rule.for_hours:
        yield view.say("advice.next-dose.for-hours", hours=number(rule.for_hours))
    if rule.for_days:
        yield view.say("advice.next-dose.for-days", days=rule.for_days)
    if rule.up_to_day:
        over = rule.is_over(view.evaluation.day)
        yield view.say(f"advice.next-dose.up-to{'-over' if over else ''}", day=rule.up_to_day)


def _how(view: View, rule: NextDose, entry: Advice) -> Iterator[str]:
    """At which dose and under which observation it continues; a dose only if it may be shown."""
    dosed = [regimen for regimen in entry.regimens if regimen.has_dose]
    if dosed:
        yield from (view.say("advice.next-dose.restart", regimen=regimen_text(view, one)) for one in dosed)
    elif rule.resume:
        yield view.say(f"advice.next-dose.{rule.resume}")
    if rule.observe:
        yield view.say(f"advice.observe.{rule.observe}", hours=span(rule.observe_hours))


def _stopping(view: View, rule: NextDose) -> Iterator[str]:
    if rule.stop_if_again:
        yield view.say("advice.next-dose.again")
    if rule.stop_after_days:
        yield view.say(f"advice.next-dose.{rule.too_long}", days=rule.stop_after_days)
    if rule.stop_if_at_mcg_per_day:
        yield view.say("advice.next-dose.at-rate", amount=number(rule.stop_if_at_mcg_per_day))


def watching_lines(view: View) -> Iterator[str]:
    """One line: observation, checks, what follows, staying near, driving; none if the label has none of these."""
    label = view.evaluation.label.row
    monitoring = "; ".join(_monitoring(view, label.monitoring)) if label else ""
    if label and monitoring:
        yield view.say("labels.watching.line", brand=label.brand, monitoring=monitoring)


def _monitoring(view: View, monitoring: Monitoring) -> Iterator[str]:
    if monitoring.observed:
        hours, after = span(monitoring.observed_hours), number(monitoring.caregiver_hours or 0)
        yield view.say(f"labels.observed.{monitoring.observed}", hours=hours, after=after)
    if monitoring.check:
        first = "-of-the-first" if monitoring.from_first_dose else ""
        after = view.say(f"labels.watching.after{first}")
        yield view.say(f"labels.checks.{monitoring.check}", days=monitoring.check_days, after=after)
    if monitoring.then:
        yield view.say(f"labels.checks.{monitoring.then}", days=monitoring.then_days)
    if monitoring.near_within_hours:
        hours = number(monitoring.near_within_hours)
        yield view.say("labels.watching.within", days=monitoring.near_days, hours=hours)
    elif monitoring.near_days:
        yield view.say("labels.watching.near", days=monitoring.near_days)
    if monitoring.no_driving_days:
        yield view.say("labels.watching.driving", days=monitoring.no_driving_days)
    elif monitoring.driving:
        yield view.say(f"labels.driving.{monitoring.driving}", hours=number(monitoring.driving_hours or 0))
