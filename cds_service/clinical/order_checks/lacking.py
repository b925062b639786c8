"""Orders and stays that nobody can judge because data did not arrive: a failure is never silence (contract.md 1, 2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from cds_service.clinical.advice.management import CHILD, TOCILIZUMAB
from cds_service.clinical.course.therapy import ENGAGER
from cds_service.clinical.facts.occasion import ENCOUNTER_DISCHARGE, ENCOUNTER_START, STAY, Unread
from cds_service.clinical.facts.orders import DRAFT, ENDED, Order
from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.order_checks.depressants import may_hide
from cds_service.clinical.order_checks.discharge import TAPER
from cds_service.clinical.order_checks.equivalence import running_steroids
from cds_service.clinical.order_checks.fludarabine import is_before_cells, kidney, needs_reduction
from cds_service.clinical.order_checks.notice import Matter, Notice
from cds_service.clinical.order_checks.therapy_orders import BASELINE, has_baseline
from cds_service.clinical.order_checks.tocilizumab import is_for_crs
from cds_service.clinical.risk.fludarabine import FLUDARABINE

THERAPY, GIVEN, KIDNEY, ORDERED = "therapy", "given", "kidney", "ordered"
LACKS = frozenset({THERAPY, GIVEN, KIDNEY, ORDERED})
FAILED = frozenset({"not-permitted", "server-unavailable", "unreadable"})
CUT_OFF = FAILED | {"truncated"}
ABSENT = CUT_OFF | {"not-provided"}
THERAPY_SOURCES, KIDNEY_SOURCES = ("therapy", "procedures"), ("labs", "vitals")


def lacking_orders(matter: Matter) -> Iterator[Unread]:
    """Each order that was read and that cannot be judged without what did not arrive."""
    for order in matter.occasion.orders:
        reason = lack_of(matter, order)
        if reason:
            yield Unread(order, reason)


def lack_of(matter: Matter, order: Order) -> str:
    """What did not arrive and could make a finding of this order: a key of the texts; empty where nothing could."""
    facts, draft = matter.evaluation.chart.facts, order.status == DRAFT
    if draft and is_therapy_unknown(matter) and _matters_after_therapy(matter, order):
        return THERAPY
    if order.drug == FLUDARABINE:
        return _lack_for_fludarabine(matter) if draft else ""
    counted = draft and order.drug == TOCILIZUMAB and is_for_crs(matter)
    if counted and _is_lost(facts, ("drugs",)):
        return GIVEN
    return GIVEN if _ends_what_is_unknown(matter, order) and _is_lost(facts, ("drugs",), FAILED) else ""


def lacking_at_stay(matter: Matter, notices: Iterable[Notice]) -> Iterator[Unread]:
    """What a begin or an end of a stay could not be checked for; none of which there is a finding anyway."""
    facts, hook = matter.evaluation.chart.facts, matter.occasion.hook
    told, stay = {notice.finding for notice in notices}, Order("", STAY, "")
    if is_therapy_unknown(matter):
        yield Unread(stay, THERAPY)
    begins = hook == ENCOUNTER_START and BASELINE not in told and not has_baseline(matter)
    if begins and _is_lost(facts, ("orders",)):
        yield Unread(stay, ORDERED)
    after_therapy = matter.within_days(matter.rules.instructions_until_day)
    ends = hook == ENCOUNTER_DISCHARGE and TAPER not in told and after_therapy
    if ends and _is_lost(facts, ("drugs",), FAILED):
        yield Unread(stay, GIVEN)


def is_therapy_unknown(matter: Matter) -> bool:
    """Whether no therapy was found and a source of it failed or was cut off; where ICANS is a question, for any reason.

    Where every source failed the status card says so.
    """
    chart = matter.evaluation.chart
    if chart.course is not None or chart.facts.therapy_checked or "therapy" in chart.facts.failed:
        return False
    return matter.concerned or _is_lost(chart.facts, THERAPY_SOURCES)


def _is_lost(facts: PatientFacts, sources: Collection[str], kinds: Collection[str] = CUT_OFF) -> bool:
    return any(gap.concept in sources and gap.kind in kinds for gap in facts.gaps)


def _matters_after_therapy(matter: Matter, order: Order) -> bool:
    """Whether a draft could be a finding if there was a therapy."""
    evaluation, drugs = matter.evaluation, matter.evaluation.chart.rules.drugs
    if order.drug in drugs.corticosteroids:
        return order.systemic and is_at_steroid_grade(matter) and evaluation.age_group != CHILD
    if order.drug in drugs.sedatives | drugs.opioids:
        return order.systemic and may_hide(matter)
    if order.drug == TOCILIZUMAB:
        return evaluation.crs.range.hi > 0
    product = drugs.products.get(order.drug)
    return product is not None and (product.therapy_class == ENGAGER or not product.single_infusion)


def is_at_steroid_grade(matter: Matter) -> bool:
    """At a grade with corticosteroid options, or one that nobody can tell."""
    grade = matter.evaluation.icans.grade
    return grade is None or grade >= matter.rules.steroid_from_grade


def _ends_what_is_unknown(matter: Matter, order: Order) -> bool:
    """Whether a corticosteroid order ends or replaces another, and nothing is known to run."""
    evaluation = matter.evaluation
    if order.drug not in evaluation.chart.rules.drugs.corticosteroids or not order.systemic:
        return False
    ends = order.status in ENDED or order.replaces
    concerned = matter.concerned and is_at_steroid_grade(matter)
    return ends and concerned and not running_steroids(evaluation.chart, evaluation.icans)


def _lack_for_fludarabine(matter: Matter) -> str:
    """The renal function, or whether cells are ordered."""
    facts, before_cells = matter.evaluation.chart.facts, is_before_cells(matter)
    orders_lost = _is_lost(facts, ("orders",), ABSENT)
    if kidney(matter).clearance is None:
        return KIDNEY if (before_cells or orders_lost) and _is_lost(facts, KIDNEY_SOURCES) else ""
    return ORDERED if orders_lost and not before_cells and needs_reduction(matter) else ""
