"""Findings where a site's tables say less than ours."""

from __future__ import annotations

from dataclasses import replace

from cds_service.cases.case import Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.order_checks.tocilizumab import Limits, limits_of
from cds_service.clinical.tables.guideline import Protocol
from cds_service.clinical.tables.vocabulary import Strength
from cds_service.knowledge import Knowledge

GRADE_2 = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", 37))


def findings(hook: OccasionKind, orders: tuple, protocol: Protocol, **more: object) -> list[str]:
    """What is said at a hook of a patient with ICANS 2 after axi-cel, under these tables."""
    case = Case("c", ("C5",), Expected(), hook=OccasionKind(hook), orders=orders, records=GRADE_2, **more)
    return [alert.code for alert in assessed(case, protocol).alerts]


def test_the_limits_of_tocilizumab_are_those_of_the_first_table_that_states_all(knowledge: Knowledge) -> None:
    assert Limits(3, 4, 800, "ASCO 2021") == limits_of(knowledge.protocol.tables)


def test_without_stated_limits_nothing_is_over_them(knowledge: Knowledge) -> None:
    tables = tuple(
        replace(table, row=tuple(replace(row, max_total=None) for row in table.row))
        for table in knowledge.protocol.tables
    )
    protocol = knowledge.protocol._replace(management=tables, labels=None)

    assert None is limits_of(tables)
    assert ["tocilizumab-without-crs"] == findings(OccasionKind.ORDER_SIGN, (("tocilizumab", {"mg": 2000}),), protocol)


def test_without_labels_nothing_is_said_of_what_they_ask_for(knowledge: Knowledge) -> None:
    protocol = knowledge.protocol._replace(labels=None)

    assert ["discharge-unresolved"] == findings(OccasionKind.ENCOUNTER_DISCHARGE, (), protocol)
    assert [] == findings(OccasionKind.ORDER_SIGN, (("teclistamab",),), protocol)


def test_without_a_dose_in_any_option_no_draft_is_below_them(knowledge: Knowledge) -> None:
    tables = tuple(
        replace(table, row=tuple(replace(row, provenance=replace(row.provenance, verified=False)) for row in table.row))
        for table in knowledge.protocol.management
    )
    protocol = knowledge.protocol._replace(management=tables, labels=None)

    assert [] == findings(OccasionKind.ORDER_SIGN, (("dexamethasone", {"mg": 1}),), protocol)


def test_a_site_that_avoids_corticosteroids_is_offered_no_other_dose(knowledge: Knowledge) -> None:
    own = replace(
        knowledge.protocol.management[0],
        own=True,
        row=tuple(
            replace(row, strength=Strength.AVOID, regimens=())
            for row in knowledge.protocol.management[0].row
            if row.action == "corticosteroid"
        ),
    )
    protocol = knowledge.protocol._replace(management=(own, *knowledge.protocol.management))
    case = Case(
        "c", ("C5",), Expected(), hook=OccasionKind.ORDER_SIGN, orders=(("dexamethasone", {"mg": 1}),), records=GRADE_2
    )
    answer = assessed(case, protocol)
    (alert,) = answer.alerts

    assert ("steroid-below-options", ()) == (alert.code, alert.changes)
    assert "corticosteroid" not in [one.action for one in answer.proposals]
    assert "corticosteroid" in [one.action for one in assessed(case, knowledge.protocol).proposals]
