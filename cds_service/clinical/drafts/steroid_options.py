"""The corticosteroid for ICANS and the one for CRS: which doses could be drafted now (rules P1, C6, E2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.escalation import failed_steroid
from cds_service.clinical.drafts.proposal import DraftContext
from cds_service.clinical.drafts.steroid_choice import Option, least, preferred, waits
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.vocabulary import Action


def steroid_options(context: DraftContext, *, with_tocilizumab: bool) -> Sequence[Option]:
    """For ICANS or for CRS, whichever gives more in 24 h; several exclude one another.

    `with_tocilizumab`: that is drafted too, and does not treat ICANS by itself. Where every source of the present grade
    waits for it, the guideline's row for patients without CRS is taken.
    """
    of_icans = _of_icans(context)
    if not of_icans and with_tocilizumab and context.grade >= context.rules.decisions.drafts.corticosteroid_from_grade:
        others = context.evaluation.steroid_without_crs
        of_icans = preferred(context, tuple(_options(context, others, Action.CORTICOSTEROID)))
    return max(of_icans, _of_crs(context), key=lambda options: _least(context, options))


def crs_corticosteroid_leads(context: DraftContext) -> bool:
    """Whether the corticosteroid for the CRS gives more in 24 h than that for the ICANS (rule P1)."""
    return _least(context, _of_crs(context)) > _least(context, _of_icans(context))


def is_dosed(regimen: Regimen) -> bool:
    """Whether it can be written as an order: an amount, or one by weight."""
    return bool(regimen.mg or regimen.mg_per_kg)


def _of_icans(context: DraftContext) -> Sequence[Option]:
    return preferred(context, tuple(_options(context, context.advice, Action.CORTICOSTEROID)))


def _of_crs(context: DraftContext) -> Sequence[Option]:
    return tuple(_options(context, map(_first_step, context.evaluation.crs_advice), Action.CRS_CORTICOSTEROID))


def _options(context: DraftContext, entries: Iterable[Advice], action: Action) -> Iterator[Option]:
    """Doses that may be shown and given now; after a corticosteroid that has not helped only what is more."""
    failed = failed_steroid(context)
    for entry in entries:
        if entry.row.action is not action or waits(context, entry.row):
            continue
        for regimen in filter(is_dosed, entry.regimens):
            if failed is None or failed.is_less_than(regimen):
                yield Option(entry, regimen)


def _first_step(entry: Advice) -> Advice:
    """A ladder begins with its first step."""
    return entry._replace(regimens=entry.regimens[:1])


def _least(context: DraftContext, options: Sequence[Option]) -> float:
    """Mg of dexamethasone in 24 h; of options for CRS and ICANS that give the same the first is meant."""
    return min((least(context, one) or 0 for one in options), default=-1)
