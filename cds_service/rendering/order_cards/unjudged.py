"""The card about orders that could not be checked: which ones, why, and what to compare manually."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.facts.gap import UNKNOWN_DRUG
from cds_service.clinical.facts.occasion import STAY, Unjudged
from cds_service.clinical.status.urgency import Urgency
from cds_service.rendering.card import Card, CardKind
from cds_service.rendering.status_card.course import course_sentences
from cds_service.rendering.status_card.summary import grade_text, place_text
from cds_service.rendering.topics import Topic
from cds_service.rendering.words.advice import advice_lines
from cds_service.rendering.words.view import View, footer_lines
from cds_service.rendering.words.wording import bullets


def unjudged_card(view: View, urgency: Urgency) -> Card:
    """One card for all of them; silence would read as approval."""
    orders = view.answer.unjudged
    blocks = (
        "\n".join(
            bullets(
                view.say(f"unjudged.detail.title{_stay(orders)}"), dict.fromkeys(_line(view, one) for one in orders)
            )
        ),
        "\n".join(bullets(view.say("detail.section.now"), _now(view, orders))),
        _patient(view),
        "\n".join(footer_lines(view)),
    )
    return Card(
        kind=CardKind.UNJUDGED,
        summary=_summary(view, orders),
        detail="\n\n".join(filter(None, blocks)),
        urgency=urgency,
        topic=Topic.DATA_MISSING,
        suggestions=(),
    )


def _summary(view: View, orders: Sequence[Unjudged]) -> str:
    """Names and day are included only if there is room."""
    drugs = dict.fromkeys(_drug(view, one) for one in orders)
    values = {
        "number": len(orders),
        "drug": _drug(view, orders[0]),
        "drugs": ", ".join(drugs),
        "reason": view.say(f"unjudged.brief.{orders[0].reason}"),
    }
    form = "stay" if _stay(orders) else "one" if len(orders) == 1 else "many"
    key, place = f"unjudged.summary.{form}", place_text(view)
    tries = (values | {"place": place}, values | {"place": ""}, values | {"place": "", "drugs": next(iter(drugs))})
    texts = [view.say(key, **each) for each in tries]
    return next((text for text in texts if len(text) < view.wording.behaviour.summary_below), texts[-1])


def _stay(orders: Sequence[Unjudged]) -> str:
    """The suffix of a text's key if it is about an encounter."""
    return f"-{STAY}" if orders[0].order.drug == STAY else ""


def _line(view: View, one: Unjudged) -> str:
    return view.say("unjudged.detail.order", drug=_drug(view, one), reason=view.say(f"unjudged.reason.{one.reason}"))


def _drug(view: View, one: Unjudged) -> str:
    if one.order.drug in (UNKNOWN_DRUG, STAY):
        return view.say(f"unjudged.drug.{one.order.drug}")
    return view.drug(one.order.drug)


def _now(view: View, orders: Sequence[Unjudged]) -> Iterator[str]:
    """What to do, with the options with which a corticosteroid would have been compared."""
    if not _stay(orders):
        yield view.say("unjudged.detail.now")
    if any(one.reason.is_missing_data for one in orders):
        yield view.say("unjudged.detail.now-lacking")
    yield from advice_lines(view, view.answer.unjudged_options)


def _patient(view: View) -> str:
    if view.evaluation.last_dose is None:
        return ""
    course = " ".join(course_sentences(view))
    return view.say("alerts.patient.text", status=grade_text(view), place=place_text(view), course=course)
