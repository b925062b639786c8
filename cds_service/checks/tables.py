"""Tables and value sets: verification, review dates, and codes with a single meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from cds_service.checks.report import Report
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.guideline import Table
from cds_service.clinical.tables.provenance import rows_of
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import edition_files, load_labels, regions
from cds_service.knowledge.products import load_products
from cds_service.knowledge.rows import vocabulary_of, wrong_rows


def check_editions(knowledge: Knowledge, today: date) -> Report:
    """Every edition for every region has been verified, and no row is overdue for review on `today`."""
    used = {table.edition.id: table for table in (*knowledge.tables, *labels_of_regions(knowledge))}
    tables = tuple(used.values())
    rows = [row.provenance for table in tables for row in rows_of(table)]
    reviews = (*(table.edition.review_by for table in tables), *(row.review_by for row in rows))
    return Report(
        subject="editions",
        seen=f"{len(tables)} with {len(rows)} rows, next review due by {min(reviews)}",
        problems=(
            *(f"{table.edition.id}: not verified" for table in tables if not table.edition.verified),
            *due(tables, today),
        ),
        notes=tuple(f"{one} is not in force" for one in _packaged() if one not in used),
    )


def check_rows(knowledge: Knowledge) -> Report:
    """Every row of the guidelines and of all regions' labels uses only values that have a text."""
    vocabulary = vocabulary_of(knowledge.protocol, knowledge.terminology, knowledge.wording)
    by_grade = (*knowledge.protocol.management, knowledge.protocol.rules.crs_advice)
    tables = (*by_grade, *labels_of_regions(knowledge))
    problems = tuple(f"{table.edition.id}: {wrong}" for table in tables for wrong in wrong_rows(table, vocabulary))
    return Report("advice", f"{sum(len(table.row) for table in tables)} rows in {len(tables)} tables", problems)


def check_codes(terminology: Terminology) -> Report:
    """No code of an Observation or a drug belongs to two concepts; a diagnosis may."""
    sets = terminology.value_sets.values()
    codes = sum(len(value_set.codes) for value_set in sets)
    unverified = sum(len(value_set.unverified) for value_set in sets)
    return Report(
        subject="value sets",
        seen=f"{len(terminology.value_sets)} with {codes} codes; {unverified} unverified codes are never used",
        problems=tuple(_claimed_twice(terminology)),
    )


def check_product_codes(terminology: Terminology) -> Report:
    """The codes of drug products have a source and belong to known drugs, and none that is left out is recognised."""
    products = load_products()
    counts = {name: sum(len(one.codes) for one in sets) for name, sets in products.value_sets.items()}
    concepts = {one.concept for sets in products.value_sets.values() for one in sets}
    unknown = sorted(concepts - set(terminology.value_sets))
    recognised = [one for one in products.left_out if terminology.drugs.find([one.code]) is not None]
    return Report(
        subject="product codes",
        seen=f"{', '.join(f'{number} {name}' for name, number in counts.items())}; {len(products.left_out)} left out",
        problems=(
            *(f"{name}: not verified, so not used" for name, one in products.sources.items() if not one.verified),
            *(f"{concept}: no value set has this name" for concept in unknown),
            *(f"{one.code.system}|{one.code.code} is recognised, and left out: {one.reason}" for one in recognised),
        ),
    )


def _packaged() -> list[str]:
    return [file.edition.id for file in edition_files()]


def labels_of_regions(knowledge: Knowledge) -> Iterator[Management]:
    """The labels of every region: the edition chosen for the site's region, the newest for others."""
    chosen = knowledge.protocol.labels
    for region in regions():
        yield chosen if chosen and chosen.region == region else load_labels(region)


def due(tables: Iterable[Table], today: date) -> Iterator[str]:
    """Editions, and rows with a review date of their own, whose review is overdue."""
    for table in tables:
        edition = table.edition
        if edition.review_by < today:
            yield f"{edition.id}: review was due by {edition.review_by}"
        for place, said in rows_of(table):
            if said.review_by < today and said.review_by != edition.review_by:
                yield f"{edition.id}: {place}: review was due by {said.review_by}"


def _claimed_twice(terminology: Terminology) -> Iterator[str]:
    for dictionary in (terminology.observations, terminology.drugs):
        for (system, code), first, second in dictionary.claimed_twice:
            yield f"{system}|{code} is in both {first} and {second}"
