"""The card of an alert about an order, an admission or a discharge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from cds_service.clinical.drafts.discharge import Discharge
from cds_service.clinical.drafts.proposal import Proposal
from cds_service.clinical.order_checks.alert import DELETE, Alert, Change, DrugNames, Figure
from cds_service.clinical.tables.vocabulary import AlertCode
from cds_service.rendering.card import Card, CardKind, Link, Presentation, Suggestion
from cds_service.rendering.order_cards.leaflet import leaflet_of
from cds_service.rendering.status_card.course import course_sentences
from cds_service.rendering.status_card.doubts import gap_lines
from cds_service.rendering.status_card.options import monitoring_lines
from cds_service.rendering.status_card.risk import risk_lines, risk_title
from cds_service.rendering.status_card.summary import grade_text, place_text
from cds_service.rendering.topics import topic_of_alert
from cds_service.rendering.words.advice import advice_lines
from cds_service.rendering.words.next_dose import watching_lines
from cds_service.rendering.words.regimens import (
    brief_dose_text,
    brief_proposal_text,
    drafted_text,
    number,
    one_of,
    order_text,
    proposal_text,
)
from cds_service.rendering.words.view import View, footer_lines
from cds_service.rendering.words.wording import bullets

Texts = Mapping[str, object]


def alert_card(view: View, alert: Alert, presentation: Presentation) -> Card:
    """One card: the alert and what to do in its summary, the patient's own data in its detail.

    At admission the present grade comes first.
    """
    texts = _texts(view, alert)
    alerted, patient = tuple(_alerted(view, alert, texts)), tuple(_patient(view, texts))
    blocks = (
        *(patient if alert.code is AlertCode.MONITORING_PLAN else ()),
        *alerted,
        *(_taken_home(view, alert.leaving, presentation) if alert.leaving else ()),
        *(patient if alert.code is not AlertCode.MONITORING_PLAN else ()),
        "\n".join((view.say(f"alerts.source.{_source(alert)}", **texts), *footer_lines(view))),
    )
    return Card(
        kind=CardKind.ALERTS,
        summary=_summary(view, alert, texts),
        detail="\n\n".join(filter(None, blocks)),
        urgency=view.answer.urgency.alerts[alert.code],
        topic=topic_of_alert(alert.code),
        suggestions=tuple(_suggestion(view, offer, alert) for offer in alert.changes),
        links=tuple(_links(view, presentation)) if alert.leaving else (),
    )


def _key(alert: Alert) -> str:
    return "-".join(filter(None, (alert.code, alert.variant)))


def _source(alert: Alert) -> str:
    """The alert itself; instructions for a product without a label have no other source."""
    unlabelled = alert.leaving is not None and not alert.leaving.label
    return f"{alert.code}{'-unlabelled' if unlabelled else ''}"


def _texts(view: View, alert: Alert) -> Texts:
    """The values that an alert's texts may contain: its figures, and those common to all."""
    drug = view.drug(alert.order.drug) if alert.order else ""
    return {
        "drug": drug,
        "Drug": drug[:1].upper() + drug[1:],
        "grade": view.evaluation.icans.known_grade,
        "status": grade_text(view),
        "place": place_text(view),
        "instrument": view.instrument,
        **{name: _figure(view, figure) for name, figure in alert.figures.items()},
    }


def _figure(view: View, figure: Figure) -> str:
    match figure:
        case datetime():
            return view.at(figure)
        case date():
            return f"{figure:%d %b}"
        case str():
            return figure
        case DrugNames():
            return ", ".join(map(view.drug, figure.names))
        case tuple():
            return ", ".join(map(str, figure))
        case _:
            return number(round(figure, 1))


def _summary(view: View, alert: Alert, texts: Texts) -> str:
    """Day and product are included only if there is room."""
    place = f"alerts.summary.{_key(alert)}"
    whole = view.say(place, **texts)
    return whole if len(whole) < view.wording.behaviour.summary_below else view.say(place, **{**texts, "place": ""})


def _alerted(view: View, alert: Alert, texts: Texts) -> Iterator[str]:
    """The reason for the alert, and what to do."""
    yield view.say(f"alerts.reason.{_key(alert)}", **texts)
    own = (
        *(view.say(f"alerts.beside.{code}") for code in alert.beside),
        *view.wording.lines(f"alerts.now.{_key(alert)}", **texts),
    )
    plan = (
        (*monitoring_lines(view), *watching_lines(view), *_risk(view))
        if alert.code is AlertCode.MONITORING_PLAN
        else ()
    )
    yield "\n".join(bullets(view.say("detail.section.now"), (*own, *advice_lines(view, alert.advice), *plan)))


def _risk(view: View) -> Iterator[str]:
    """The risk factors as one list entry with a sub-list."""
    lines = tuple(risk_lines(view))
    if lines:
        yield "\n  - ".join((risk_title(view), *lines))


def _patient(view: View, texts: Texts) -> Iterator[str]:
    """Grades and course, if a therapy was given; what is missing, and which drafts were not examined."""
    after_therapy = view.evaluation.last_dose is not None
    if after_therapy:
        yield view.say("alerts.patient.text", course=" ".join(course_sentences(view)), **texts)
    missing = (*_unused(view), *(gap_lines(view) if after_therapy else ()))
    yield "\n".join(bullets(view.say("detail.section.open"), missing))


def _taken_home(view: View, leaving: Discharge, presentation: Presentation) -> Iterator[str]:
    """For the patient, in plain language: dates, when to call, what to ask, what to carry."""
    words = presentation.leaflet_in(view.evaluation.person.language)
    leaflet = leaflet_of(leaving, words, presentation.contact)
    yield view.say("alerts.leaflet.head", language=words.say("leaflet.title.language"))
    yield from map(_block, leaflet.blocks)
    if words is not presentation.leaflet:
        yield _block(leaflet_of(leaving, presentation.leaflet, presentation.contact).wallet_card)
    yield view.say(f"alerts.leaflet.{'source' if leaflet.source else 'end'}", source=leaflet.source)


def _block(lines: Sequence[str]) -> str:
    title, *entries = lines
    return "\n".join((f"**{title}**", *(f"- {entry}" for entry in entries)))


def _links(view: View, presentation: Presentation) -> Iterator[Link]:
    """Links to the site's own pages."""
    for name, url in presentation.links.items():
        if url:
            yield Link(view.say(f"alerts.link.{name}"), url)


def _unused(view: View) -> Iterator[str]:
    """Drafts that were not examined."""
    for gap in view.answer.occasion.gaps:
        what = view.wording.first_of(f"alerts.what.{gap.concept}", f"advice.drug.{gap.concept}")
        yield view.say(f"alerts.unused.{gap.kind}", what=what, number=gap.number)


def _suggestion(view: View, offer: Proposal | Change, alert: Alert) -> Suggestion:
    """With a label that fits on a button; the action has the full text."""
    whole = _label(view, offer, alert)
    fits = view.fits_button(whole)
    label = whole if fits else _brief_label(view, offer, alert)
    return Suggestion(label, offer, order_text(view, offer), description="" if fits else whole)


def _label(view: View, offer: Proposal | Change, alert: Alert) -> str:
    if isinstance(offer, Proposal):
        return proposal_text(view, offer)
    drug = view.drug(offer.order.drug)
    if offer.kind == DELETE:
        return view.say("suggestions.label.leave-out", drug=drug)
    if offer.status:
        return view.say("suggestions.label.go-on", drug=drug)
    if offer.regimen is not None:
        regimen = drafted_text(view, offer.regimen, offer.published)
        key = f"suggestions.label.change{_one_of(alert)}"
        return view.say(key, drug=drug, regimen=regimen, source=offer.source)
    dose = number(offer.milligrams or 0)
    return view.say("suggestions.label.lower", drug=drug, dose=dose, source=offer.source)


def _brief_label(view: View, offer: Proposal | Change, alert: Alert) -> str:
    """A change of a dose without the source."""
    if isinstance(offer, Proposal):
        return brief_proposal_text(view, offer)
    if offer.regimen is not None:
        what = brief_dose_text(view, offer.regimen, offer.published)
        return view.say(f"suggestions.label.change-brief{_one_of(alert)}", what=what)
    dose = number(offer.milligrams or 0)
    return view.say("suggestions.label.lower-brief", drug=view.drug(offer.order.drug), dose=dose)


def _one_of(alert: Alert) -> str:
    return one_of([one for one in alert.changes if isinstance(one, Change) and one.regimen is not None])
