"""Errors in a site's own files, each with its place: names must exist, and a code must have one meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from cds_service.clinical.tables.advice import TOCILIZUMAB, Management, Row
from cds_service.clinical.tables.guideline import Protocol
from cds_service.clinical.tables.vocabulary import ORDERED_ACTIONS
from cds_service.fhir_mapping.codes import Code
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.knowledge.editions import load_labels, regions
from cds_service.knowledge.plausibility import Highest, Kind, highest_verified, implausible, unknown_doses
from cds_service.knowledge.rows import vocabulary_of, wrong_rows
from cds_service.knowledge.site import Site, SiteFile
from cds_service.knowledge.site_codes import wrong_codes
from cds_service.knowledge.terminology import packaged_concepts
from cds_service.knowledge.units import wrong_units
from cds_service.rendering.words.wording import Wording

ICE_TOTAL = "ice-total"


def wrong_in_site(site: Site, protocol: Protocol, terminology: Terminology, words: Wording) -> Iterator[str]:
    """All errors; `protocol` and `terminology` already include the site's part."""
    vocabulary = vocabulary_of(protocol, terminology, words)
    for table in site.protocols:
        yield from wrong_rows(table, vocabulary)
    yield from _wrong_doses(site, protocol)
    ids = [table.edition.id for table in protocol.tables]
    yield from (f"edition: id {one!r} is already used" for one in dict.fromkeys(ids) if ids.count(one) > 1)
    yield from _wrong_parts(site.parts)
    renal = protocol.rules.risk.fludarabine.renal
    if renal.label not in renal.limits:
        yield f"fludarabine: label: {renal.label!r} is none of {', '.join(renal.limits)}"
    yield from wrong_codes(site.parts, terminology)
    yield from wrong_units(site.parts.units)
    yield from _wrong_orders(site.parts, protocol, terminology)


def doubtful_in_site(site: Site, protocol: Protocol) -> Iterator[str]:
    """What is allowed but needs attention."""
    highest = _highest(protocol)
    for table in site.protocols:
        if not table.edition.verified:
            yield f"{table.edition.id}: not verified, so none of its doses is shown"
        for place, row in _placed(table):
            dosed = any(regimen.has_dose for regimen in row.regimens)
            if dosed and table.edition.verified and not row.provenance.verified:
                yield f"{place}: not verified, so its dose is not shown"
            yield from (f"{place}: {doubt}" for doubt in unknown_doses(row, highest))
    if site.parts.site is None:
        yield "site: no clinical_owner is named"
    if ICE_TOTAL not in site.parts.codes and not site.parts.questionnaires:
        yield f"codes: none of your own for {ICE_TOTAL}; only the project's code is read"


def _wrong_doses(site: Site, protocol: Protocol) -> Iterator[str]:
    """Implausible doses."""
    highest, rules = _highest(protocol), protocol.rules.decisions.site_doses
    for place, row in (placed for table in site.protocols for placed in _placed(table)):
        yield from (f"{place}: {wrong}" for wrong in implausible(row, highest, rules))


def _highest(protocol: Protocol) -> Mapping[Kind, Highest]:
    """From the packaged guidelines and the labels of every region."""
    guidelines = (table for table in protocol.management if not table.own)
    return highest_verified((*guidelines, *map(load_labels, regions())))


class _Placed(NamedTuple):
    """A row, and its place in the file."""

    place: str
    row: Row


def _placed(table: Management) -> Iterator[_Placed]:
    yield from (_Placed(f"row {number} ({row.action})", row) for number, row in enumerate(table.row, 1))


def _wrong_parts(parts: SiteFile) -> Iterator[str]:
    if parts.assessment and min(*parts.assessment.hours, parts.assessment.ambulatory_hours) <= 0:
        yield "assessment: hours must be more than 0"
    for name, product in parts.product.items():
        if not product.codes:
            yield f"product.{name}: needs a code of your own"
        if name in packaged_concepts():
            yield f"product.{name}: this product exists; add your codes under [codes]"


def _wrong_orders(parts: SiteFile, protocol: Protocol, terminology: Terminology) -> Iterator[str]:
    """Orders that the service never offers, codes that no EHR could look up, and codes that mean something else."""
    drugs = {*protocol.rules.drugs.corticosteroids, TOCILIZUMAB}
    taken: dict[Code, str] = {}
    for ordered, codes in parts.orders.items():
        if ordered not in {*ORDERED_ACTIONS, *drugs}:
            yield f"orders.{ordered}: none of {', '.join(sorted({*ORDERED_ACTIONS, *drugs}))}"
        if not codes:
            yield f"orders.{ordered}: needs a code of your own"
        for code in codes:
            yield from (f"orders.{ordered}: {wrong}" for wrong in _wrong_order_code(code, ordered, drugs, terminology))
            holder = taken.setdefault(code, ordered)
            if holder != ordered:
                yield f"orders: {code.system}|{code.code} is in both {holder} and {ordered}"


def _wrong_order_code(code: Code, ordered: str, drugs: Collection[str], terminology: Terminology) -> Iterator[str]:
    """Without a system nobody knows whose code it is; a code that is read as another drug orders the wrong one."""
    if not code.code.strip() or not code.system.startswith(("http://", "https://", "urn:")):
        yield f"{code.system}|{code.code} is not a code with the address of its system"
    read_as = terminology.drugs.find([code])
    if read_as is not None and read_as != ordered and ordered in drugs:
        yield f"{code.system}|{code.code} is a code of {read_as}"
