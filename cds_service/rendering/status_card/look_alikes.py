"""Other causes and look-alikes, as lines of the status card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.attribution import CauseKind
from cds_service.clinical.look_alikes.causes import LookAlike, measured
from cds_service.rendering.words.regimens import number
from cds_service.rendering.words.values import measured_text
from cds_service.rendering.words.view import View


def first_lines(view: View) -> Iterator[str]:
    """What to treat before anything else, with its time: "glucose 20 mg/dL"; at most one line."""
    found = view.evaluation.look_alikes.first
    if found:
        yield view.say("look_alike.line.first", causes=_causes(view, found))


def cause_lines(view: View) -> Iterator[str]:
    """Other recorded causes that are not already named as explaining the findings; at most one line."""
    named = {cause.name for cause in view.causes if cause.kind is not CauseKind.QUOTED}
    others = [one for one in view.evaluation.look_alikes.causes if not one.first]
    causes = [one for one in others if one.value or one.cause not in named]
    if causes:
        yield view.say("look_alike.line.causes", causes=_causes(view, causes))


def cause_names(view: View) -> Iterator[str]:
    """The same, each only by name and value, and the haemophagocytic syndrome."""
    found, named = view.evaluation.look_alikes, {cause.name for cause in view.causes}
    yield from dict.fromkeys(_brief(view, one) for one in found.causes if not one.first and one.cause not in named)
    if found.iec_hs:
        yield view.say("look_alike.brief.iec-hs", signs=", ".join(_named(view, one) for one in found.iec_hs))
    if found.non_icans:
        yield view.say("look_alike.brief.non-icans", symptoms=_symptoms(view), product=view.product)
    yield from _counts(view, "brief")


def _brief(view: View, found: LookAlike) -> str:
    name = view.say(f"look_alike.cause.{found.cause}")
    return f"{name} ({_measurement(view, found)})" if found.value else name


def missing_lines(view: View) -> Iterator[str]:
    """Routine values that would help to tell and were not measured."""
    missing = [view.say(f"look_alike.sign.{name}") for name in view.evaluation.look_alikes.not_measured]
    if missing:
        what = ", ".join(missing)
        hours = view.evaluation.look_alikes.current // timedelta(hours=1)
        yield view.say("look_alike.line.missing", what=what[:1].upper() + what[1:], hours=hours)


def look_alike_lines(view: View) -> Iterator[str]:
    """Neurotoxicity other than ICANS, and the haemophagocytic syndrome, with signs and source."""
    found = view.evaluation.look_alikes
    if found.iec_hs:
        signs = ", ".join(_sign(view, record) for record in found.iec_hs)
        yield view.say("look_alike.detail.iec-hs", signs=signs, source=found.iec_hs_source)
    if found.non_icans:
        values = {"symptoms": _symptoms(view), "product": view.product, "source": found.non_icans_source}
        yield view.say("look_alike.detail.non-icans", **values)
    yield from _counts(view, "detail")


def _counts(view: View, length: str) -> Iterator[str]:
    """A high lymphocyte count beside signs of delayed neurotoxicity (rule N); once, whatever their number."""
    found = {sign.lymphocytes: sign.product for sign in view.evaluation.delayed if sign.lymphocytes is not None}
    for count, product in found.items():
        value, time = _named(view, count.record), view.at(count.record.time)
        values = {"limit": number(count.above), "product": product.short, "source": count.source}
        yield view.say(f"look_alike.{length}.lymphocytes", value=value, time=time, **values)


def _sign(view: View, record: Record) -> str:
    return f"{_named(view, record)} ({view.at(record.time)})"


def _named(view: View, record: Record) -> str:
    return f"{view.say(f'look_alike.sign.{record.concept}')} {measured_text(view, measured(record))}"


def _symptoms(view: View) -> str:
    words = [view.say(f"status.value.{one.value}") for one in view.evaluation.look_alikes.non_icans]
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _causes(view: View, causes: Iterable[LookAlike]) -> str:
    return ", ".join(dict.fromkeys(_cause(view, one) for one in causes))


def _cause(view: View, found: LookAlike) -> str:
    name = view.say(f"look_alike.cause.{found.cause}")
    if found.time is None:
        return name
    if found.value is None:
        return view.say("look_alike.line.dated", cause=name, time=view.at(found.time))
    key = "measured" if found.confirmed else "unconfirmed"
    return view.say(f"look_alike.line.{key}", cause=name, value=_measurement(view, found), time=view.at(found.time))


def _measurement(view: View, found: LookAlike) -> str:
    value = measured_text(view, found.value) if found.value else ""
    return f"{view.say(f'look_alike.sign.{found.what}')} {value}".strip()
