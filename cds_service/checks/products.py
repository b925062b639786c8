"""Which tables cover each product; a missing entry is information, not an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cds_service.checks.report import Report
from cds_service.checks.tables import labels_of_regions
from cds_service.clinical.course.therapy import CELLS
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.guideline import Product
from cds_service.clinical.tables.labels import Monitoring
from cds_service.clinical.tables.names import ProductKey
from cds_service.clinical.tables.risk import ProductRisk
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge


class Entry(NamedTuple):
    """What one table says about a product; `known` is empty if it does not cover the product."""

    table: str
    known: str


def check_products(knowledge: Knowledge) -> Report:
    """A line for each product that is missing from a table, with the names of those tables."""
    products = knowledge.protocol.rules.drugs.products
    missing = {name: [one.table for one in entries(name, knowledge) if not one.known] for name in products}
    return Report(
        "products",
        f"{len(products)}, {sum(map(bool, missing.values()))} of them not in every table",
        notes=tuple(f"{name}: not in {', '.join(tables)}" for name, tables in missing.items() if tables),
    )


def check_product(named: str, knowledge: Knowledge) -> Report:
    """One product, by its name or short name, and its entry in each table. Raises KnowledgeError if it is unknown."""
    name, product = _named(named, knowledge.protocol.rules.drugs.products)
    known = (f"{one.table}: {one.known or 'nothing'}" for one in entries(name, knowledge))
    return Report(name, f"{product.name} ({product.short}), {product.therapy_class}", notes=tuple(known))


def entries(name: ProductKey, knowledge: Knowledge) -> Iterator[Entry]:
    """Every table that can cover the product; tables for other classes of therapy are left out."""
    product, risk = knowledge.protocol.rules.drugs.products[name], knowledge.protocol.rules.risk
    value_set = knowledge.terminology.value_sets.get(name)
    yield Entry("value set", _counted(len(value_set.codes), "code") if value_set else "")
    for labels in labels_of_regions(knowledge):
        yield from _labelled(name, product, labels)
    if product.therapy_class in CELLS:
        doses = [row for row in risk.fludarabine.label if row.product == name]
        yield Entry("fludarabine doses", "; ".join(f"{row.mg_per_m2:g} mg/m2 x {row.days} d" for row in doses))
    if product.therapy_class == TherapyClass.CAR_T:
        yield Entry("co-stimulation (risk)", _costimulation(name, risk.factors.product))


def _labelled(name: ProductKey, product: Product, labels: Management) -> Iterator[Entry]:
    """What the labels of a region say about it: by grade, about the time after discharge, about the next dose."""
    label, region = labels.label.get(name), f"labels of {labels.region}"
    yield Entry(region, label.brand if label else "")
    if label is None:
        return
    rows = [row for row in labels.row if name in row.products]
    about_next = [row for row in rows if row.action.is_of_next_dose]
    yield Entry(f"{region} (advice by grade)", _counted(len(rows) - len(about_next), "row"))
    yield Entry(f"{region} (discharge)", _monitored(label.monitoring))
    if not product.single_infusion:
        yield Entry(f"{region} (next dose)", _counted(len(about_next), "row"))


class _Named(NamedTuple):
    """A product and its key in the tables."""

    name: ProductKey
    product: Product


def _monitored(monitoring: Monitoring) -> str:
    """Its summary of the monitoring after discharge."""
    parts = {
        "checks": monitoring.check,
        "staying near": monitoring.near_days,
        "driving": monitoring.driving or monitoring.no_driving_days,
    }
    return ", ".join(name for name, said in parts.items() if said)


def _costimulation(name: ProductKey, kinds: ProductRisk) -> str:
    return "CD28" if name in kinds.cd28 else "4-1BB" if name in kinds.four_1bb else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def _named(named: str, products: dict[ProductKey, Product]) -> _Named:
    for name, product in products.items():
        if named.casefold() in (name, product.short.casefold()):
            return _Named(name, product)
    raise KnowledgeError(f"no product {named!r}; known products: {', '.join(products)}")
