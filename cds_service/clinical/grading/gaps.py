"""What grading found missing, old, contradictory or of the wrong instrument: each becomes a line on the card."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course import vitals
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.instrument import CAPD, ICE
from cds_service.clinical.course.therapy import repeated_products
from cds_service.clinical.course.unread_therapy import unread_products
from cds_service.clinical.facts.gap import Gap, GapKind, InstrumentsUsed, RepeatedProduct, UnreadName
from cds_service.clinical.grading import icans as neuro
from cds_service.clinical.grading.concern import Concern
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.not_looked_up import unread_sedation, unread_tocilizumab, unread_vasopressors

REPORTED = {Concern.NOT_RECORDED: GapKind.NOT_RECORDED, Concern.STALE: GapKind.STALE}


def clinical_gaps(chart: Chart, icans: Icans) -> tuple[Gap, ...]:
    """The gaps that grading at this moment met."""
    return (
        *_domain_gaps(icans),
        *_instrument_gaps(chart, icans),
        *_conflicts(chart, icans),
        *_therapy_gaps(chart),
        *_unread_gaps(chart, icans),
        *_vital_sign_gaps(chart, icans),
    )


def _domain_gaps(icans: Icans) -> Iterator[Gap]:
    for domain in icans.domains:
        if domain.concern in REPORTED:
            yield Gap(domain.name, REPORTED[domain.concern])


def _instrument_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Values of the other instrument, and a birth date that does not say which one it is (rule T7)."""
    mine = neuro.instrument_at(chart, icans.time)
    if mine is None:
        tracks = chart.assessments.values()
        both = any(track.newest(icans.time) for track in tracks)
        used = InstrumentsUsed.BOTH if both else InstrumentsUsed.NEITHER
        yield Gap("birth-date", GapKind.NOT_RECORDED, detail=used)
        return
    wrong = CAPD if mine == ICE else ICE
    values = chart.assessments[wrong].until(icans.time)
    if values:
        yield Gap(wrong, GapKind.WRONG_INSTRUMENT, len(values))
    if chart.facts.birth is None:
        yield Gap("birth-date", GapKind.NOT_RECORDED, detail=InstrumentsUsed(mine))


def _conflicts(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Two different values of nearly the same time: the worse was used."""
    for name, track in chart.assessments.items():
        newest = track.newest(icans.time)
        if newest and any(domain.name == name and domain.time == newest.time for domain in icans.domains):
            yield from (Gap(concept, GapKind.CONFLICT) for concept in newest.conflicting)


def _therapy_gaps(chart: Chart) -> Iterator[Gap]:
    unread = unread_products(chart)
    yield from (Gap("therapy", GapKind.RECORDED_NOT_READABLE, detail=one) for one in unread)
    if not chart.doses and not unread and chart.facts.therapy_checked:
        yield Gap("therapy", GapKind.NOT_RECORDED)
    for product in repeated_products(chart.doses, chart.rules):
        name = chart.rules.drugs.products[product].name
        yield Gap("therapy", GapKind.CONFLICT, detail=RepeatedProduct(product, name))


def _unread_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Drugs whose records cannot be read, where a rule would look at that time (rule T8)."""
    drugs = {
        "sedation": unread_sedation(chart, icans),
        "vasopressor": unread_vasopressors(chart, icans.time),
        "tocilizumab": unread_tocilizumab(chart, icans.time),
    }
    for concept, names in drugs.items():
        yield from (Gap(concept, GapKind.NOT_LOOKED_UP, detail=UnreadName(name)) for name in dict.fromkeys(names))


def _vital_sign_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    for concept in (vitals.TEMPERATURE, vitals.SYSTOLIC, vitals.SATURATION, vitals.DEVICE):
        if not vitals.newest(chart, concept, icans.time):
            yield Gap(concept, GapKind.STALE if chart.of(concept).newest(icans.time) else GapKind.NOT_RECORDED)
