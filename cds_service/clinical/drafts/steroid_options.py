"""The corticosteroids that could be drafted now, for ICANS and for CRS (rules P1, C6, E2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.escalation import failed_steroid
from cds_service.clinical.drafts.proposal import DraftContext
from cds_service.clinical.drafts.steroid_choice import Option, least, preferred, waits
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.vocabulary import Action


def steroid_options(context: DraftContext, *, with_tocilizumab: bool) -> Sequence[Option]:
    """The options for ICANS or for CRS, whichever give more in 24 h; only one of several is meant to be given.

    `with_tocilizumab`: tocilizumab is drafted too; it does not treat ICANS by itself. If every source for the present
    grade says to give tocilizumab first, the guideline's row for patients without CRS is used.
    """
    of_icans = _of_icans(context)
    if not of_icans and with_tocilizumab and context.grade >= context.rules.decisions.drafts.corticosteroid_from_grade:
        others = context.evaluation.alternatives.without_crs
        of_icans = preferred(context, tuple(_options(context, others, Action.CORTICOSTEROID)))
    return max(of_icans, _of_crs(context), key=lambda options: _least(context, options))


def crs_corticosteroid_leads(context: DraftContext) -> bool:
    """Whether the corticosteroid for CRS gives more in 24 h than the one for ICANS (rule P1)."""
    return _least(context, _of_crs(context)) > _least(context, _of_icans(context))


def is_dosed(regimen: Regimen) -> bool:
    """Whether it can be written as an order: with an amount, or an amount by weight."""
    return bool(regimen.mg or regimen.mg_per_kg)


def _of_icans(context: DraftContext) -> Sequence[Option]:
    return preferred(context, tuple(_options(context, context.advice, Action.CORTICOSTEROID)))


def _of_crs(context: DraftContext) -> Sequence[Option]:
    return tuple(_options(context, map(_first_step, context.evaluation.crs_advice), Action.CRS_CORTICOSTEROID))


def _options(context: DraftContext, entries: Iterable[Advice], action: Action) -> Iterator[Option]:
    """Doses that may be shown and given now; after a corticosteroid that has not helped, only higher ones."""
    failed = failed_steroid(context)
    for entry in entries:
        if entry.row.action is not action or waits(context, entry.row):
            continue
        for regimen in filter(is_dosed, entry.regimens):
            if failed is None or failed.is_less_than(regimen):
                yield Option(entry, regimen)


def _first_step(entry: Advice) -> Advice:
    """The first step of a stepwise regimen; any other regimen as it is."""
    return entry._replace(regimens=entry.regimens[:1])


def _least(context: DraftContext, options: Sequence[Option]) -> float:
    """The lowest 24 h total in mg of dexamethasone; the first option if those for CRS and ICANS give the same."""
    return min((least(context, one) or 0 for one in options), default=-1)
