"""Orders of the next dose of a therapy into ICANS: engagers, and the second dose of a product given in two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cds_service.clinical.advice.management import Advice, advice, speaks_of_next_dose
from cds_service.clinical.advice.options import next_dose_advice
from cds_service.clinical.course import charted
from cds_service.clinical.course.therapy import CELLS, ENGAGER
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.order_checks.notice import DELETE, Change, Matter, Notice
from cds_service.clinical.tables.next_dose import STOP, WITHHOLD


def engager_notices(matter: Matter) -> Iterator[Notice]:
    """An engager, while its label says at the present grade to withhold it, or has said to stop it for good."""
    grade = matter.evaluation.icans.known_grade if matter.concerned else None
    for order in matter.occasion.drafts:
        if _class_of(order, matter) != ENGAGER:
            continue
        if grade and (said := _said(matter, order, grade)):
            yield _notice("engager-dose-with-icans", matter, order, said)
        elif not grade and (held := still_against(matter, order.drug)):
            notice = _notice("engager-dose-with-icans", matter, order, held, _highest_so_far(matter))
            yield replace(notice, variant=f"{notice.variant}-after")


def unsettled_doses(matter: Matter) -> Iterator[Order]:
    """Drafts of an engager during ICANS of whose next dose no table here says anything."""
    if matter.concerned and matter.evaluation.icans.known_grade:
        for order in matter.occasion.drafts:
            known = speaks_of_next_dose(matter.protocol.tables, order.drug)
            if _class_of(order, matter) == ENGAGER and not known:
                yield order


def still_against(matter: Matter, product: str) -> tuple[Advice, ...]:
    """What the label of the product that was given last says after an event that may have got better."""
    profile = matter.evaluation.profile
    return next_dose_advice(advice(matter.protocol.tables, 0, profile)) if product == profile.product else ()


def split_dose_notices(matter: Matter) -> Iterator[Notice]:
    """The second dose of cells that are given in two, after ICANS since the first."""
    since, products = matter.evaluation.profile.since_dose, matter.evaluation.chart.rules.drugs.products
    highest = max(since.highest, _highest_charted(matter))
    for order in matter.occasion.drafts if highest and since.doses == 1 else ():
        split = _class_of(order, matter) in CELLS and not products[order.drug].single_infusion
        if split and order.drug == matter.evaluation.profile.product:
            said = _said(matter, order, highest)
            notice = _notice("split-dose-with-icans", matter, order, said, highest)
            yield replace(notice, variant="late") if _is_too_late(matter, said) else notice


def _is_too_late(matter: Matter, said: tuple[Advice, ...]) -> bool:
    """Whether the label's time for a dose that is only postponed is over."""
    waits = [entry.row.next_dose for entry in said if entry.row.action == WITHHOLD and entry.row.next_dose]
    return any(rule.is_over(matter.evaluation.day) for rule in waits)


def _said(matter: Matter, order: Order, grade: int) -> tuple[Advice, ...]:
    """What the label of the drafted product says against a dose at this grade."""
    profile = matter.evaluation.profile._replace(product=order.drug)
    return next_dose_advice(advice(matter.protocol.tables, grade, profile))


def _notice(finding: str, matter: Matter, order: Order, said: tuple[Advice, ...], highest: int = 0) -> Notice:
    """Told with the label's own words where they are about the product that was given last."""
    stop = any(entry.row.action == STOP for entry in said)
    sources = tuple(dict.fromkeys(entry.source for entry in said))
    return Notice(
        finding,
        order,
        "stop" if stop else "withhold",
        {"highest": highest, "sources": sources},
        advice=said if order.drug == matter.evaluation.profile.product else (),
        changes=(Change(DELETE, order),) if order.reference else (),
    )


def _highest_so_far(matter: Matter) -> int:
    """The grade that ended the therapy: since the last dose, or the one that came again."""
    since = matter.evaluation.profile.since_dose
    return max(since.highest, since.came_again)


def _class_of(order: Order, matter: Matter) -> str:
    product = matter.evaluation.chart.rules.drugs.products.get(order.drug)
    return product.therapy_class if product else ""


def _highest_charted(matter: Matter) -> int:
    """The highest grade that a clinician charted since the last dose."""
    last = matter.evaluation.last_dose
    records = matter.evaluation.chart.of(charted.ICANS).until(matter.evaluation.icans.time)
    return max((int(record.value) for record in records if last and record.time >= last.time), default=0)
