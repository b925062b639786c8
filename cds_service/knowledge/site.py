"""A site's own file (docs/site-file.md): its owner, protocol, products, assessment interval and codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from cds_service.clinical.tables.advice import Management, Row
from cds_service.clinical.tables.guideline import Product, Rules
from cds_service.clinical.tables.names import Concept, ProductKey
from cds_service.clinical.tables.provenance import Edition
from cds_service.clinical.tables.risk import RiskRules
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.errors import KnowledgeError
from cds_service.fhir_mapping.codes import Code
from cds_service.knowledge.tables import read_table


@dataclass(frozen=True, slots=True)
class Owner:
    """Who signed the file for the site, and when; `contact` is the telephone number for patients."""

    name: str
    clinical_owner: str
    approved: date
    contact: str = ""


@dataclass(frozen=True, slots=True)
class LocalProduct:
    """A therapy without a standard code, such as one in a trial, with the site's own codes."""

    name: str
    short: str
    therapy_class: TherapyClass
    single_infusion: bool
    codes: tuple[Code, ...]

    @property
    def product(self) -> Product:
        """The product in the form that the rules use."""
        return Product(self.name, self.short, self.therapy_class, self.single_infusion)


@dataclass(frozen=True, slots=True)
class Assessments:
    """Hours from one ICE (CAPD) to the next, by grade 0 to 4, and for outpatients at grade 0."""

    hours: tuple[float, float, float, float, float]
    ambulatory_hours: float


@dataclass(frozen=True, slots=True)
class Fludarabine:
    """The label that the site follows for the clearance below which the dose is reduced."""

    label: str


class AnswerRow(NamedTuple):
    """A coded answer as tables write it, `[system, code, value]`, and the value that it stands for."""

    system: str
    code: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file; every part is optional. `edition`, `scale` and `row` have the form of a guideline."""

    site: Owner | None = None
    edition: Edition | None = None
    scale: str = "ASTCT"
    row: tuple[Row, ...] = ()
    assessment: Assessments | None = None
    fludarabine: Fludarabine | None = None
    product: dict[ProductKey, LocalProduct] = field(default_factory=dict)
    codes: dict[Concept, tuple[Code, ...]] = field(default_factory=dict)
    answers: dict[Concept, tuple[AnswerRow, ...]] = field(default_factory=dict)
    questionnaires: dict[str, dict[str, Concept]] = field(default_factory=dict)
    units: dict[str, dict[str, str]] = field(default_factory=dict)
    orders: dict[str, tuple[Code, ...]] = field(default_factory=dict)

    @property
    def protocol(self) -> Management | None:
        """The site's own protocol; None if the file has none."""
        return Management(self.edition, self.row, self.scale, own=True) if self.edition else None


@dataclass(frozen=True, slots=True)
class Site:
    """All files of a site together: protocols in the order of the files, other parts merged."""

    protocols: tuple[Management, ...] = ()
    parts: SiteFile = SiteFile()

    def rules(self, rules: Rules) -> Rules:
        """The rules with the site's products, assessment interval and label of fludarabine."""
        products = rules.drugs.products | {name: one.product for name, one in self.parts.product.items()}
        rules = replace(rules, drugs=replace(rules.drugs, products=products), risk=self._risk(rules.risk))
        if self.parts.assessment is None:
            return rules
        due = tuple(timedelta(hours=hours) for hours in self.parts.assessment.hours)
        ambulatory = timedelta(hours=self.parts.assessment.ambulatory_hours)
        course = replace(rules.decisions.course, due=due, due_ambulatory=ambulatory)
        return replace(rules, decisions=replace(rules.decisions, course=course))

    def _risk(self, risk: RiskRules) -> RiskRules:
        if self.parts.fludarabine is None:
            return risk
        renal = replace(risk.fludarabine.renal, label=self.parts.fludarabine.label)
        return replace(risk, fludarabine=replace(risk.fludarabine, renal=renal))

    @property
    def contact(self) -> str:
        """The telephone number for patients; empty if the site names none."""
        return self.parts.site.contact if self.parts.site else ""

    @property
    def codes(self) -> dict[Concept, tuple[Code, ...]]:
        """The site's codes by concept, including those of its products."""
        return self.parts.codes | {name: one.codes for name, one in self.parts.product.items()}


def load_site(files: Iterable[Path]) -> Site:
    """The files of a site. Raises KnowledgeError, naming file and place, for errors and for duplicates across files."""
    read = [(file, read_table(file, SiteFile)) for file in files]
    merged = SiteFile()
    for file, part in read:
        merged = _joined(merged, part, file)
    return Site(tuple(part.protocol for _, part in read if part.protocol), merged)


def _joined(merged: SiteFile, part: SiteFile, file: Path) -> SiteFile:
    """Merge the tables of two files; anything that can exist only once must not be in both."""
    given = {name: getattr(part, name) for name in _SHARED if getattr(part, name)}
    for name, value in given.items():
        before = getattr(merged, name)
        twice = sorted(set(before) & set(value)) if isinstance(value, dict) else [name] if before else []
        if twice:
            raise KnowledgeError(f"{file.name}: {name} {', '.join(twice)} is also in another site file")
        given[name] = before | value if isinstance(value, dict) else value
    return replace(merged, **given)


_SHARED = tuple(field.name for field in fields(SiteFile) if field.name not in {"edition", "scale", "row"})
