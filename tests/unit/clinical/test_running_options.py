"""Options for refractory ICANS that are being given are not offered again (rule P4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_service.clinical.advice.selection import PatientProfile, advice
from cds_service.clinical.tables.advice import ADULT
from cds_service.clinical.tables.vocabulary import Action
from cds_service.knowledge import Knowledge


@pytest.mark.rule("P4")
@pytest.mark.parametrize(
    ("given", "offered"),
    [
        (frozenset(), ["anakinra", "siltuximab"]),
        (frozenset({"anakinra"}), ["siltuximab"]),
        (frozenset({"anakinra", "siltuximab"}), None),
    ],
)
def test_what_is_given_leaves_its_row_and_an_empty_row_is_not_advised(
    knowledge: Knowledge, given: frozenset[str], offered: list[str] | None
) -> None:
    profile = PatientProfile(0, 0, None, ADULT, True, None, frozenset({"no-improvement"}), immunosuppressants=given)
    tables = [replace(table, row=tuple(map(two_options, table.row))) for table in knowledge.protocol.management]

    rows = [entry for entry in advice(tables, 3, profile) if entry.row.action is Action.REFRACTORY_OPTIONS]

    assert ([one.drug for one in rows[0].regimens] if rows else None) == offered


def two_options(row):
    """The row with anakinra and siltuximab only."""
    if row.action is not Action.REFRACTORY_OPTIONS:
        return row
    return replace(row, regimens=tuple(one for one in row.regimens if one.drug in ("anakinra", "siltuximab")))
