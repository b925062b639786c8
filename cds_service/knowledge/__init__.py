"""The tables by which the service decides: read once at startup, checked, and identified by a fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.decision_rules import DecisionRules
from cds_service.clinical.tables.guideline import Drugs, EvidenceTable, Grading, Protocol, Rules, Table
from cds_service.clinical.tables.look_alikes import LookAlikeTable
from cds_service.clinical.tables.names import ProductKey
from cds_service.clinical.tables.provenance import Edition
from cds_service.clinical.tables.risk import FludarabineTable, RiskRules, RiskTable
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.errors import KnowledgeError
from cds_service.fhir_mapping.read.units import UnitTable
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.knowledge.editions import FilesInForce, files_in_force
from cds_service.knowledge.products import product_files
from cds_service.knowledge.repetition import load_repeat_policy
from cds_service.knowledge.site import Site, load_site
from cds_service.knowledge.site_check import wrong_in_site
from cds_service.knowledge.sources import load_sources
from cds_service.knowledge.tables import fingerprint_of, read_table
from cds_service.knowledge.terminology import (
    ANSWERS,
    CODE_SYSTEM,
    CONCEPTS,
    MAPPING,
    UNITS,
    load_terminology,
    read_own_codes,
)
from cds_service.knowledge.units import read_units
from cds_service.knowledge.wording import load_leaflets, load_wording
from cds_service.rendering.repetition import RepeatPolicy
from cds_service.rendering.words.wording import Wording


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The tables in force, and the texts that name them in every answer; `codes`: ours, with their displays."""

    protocol: Protocol
    terminology: Terminology
    units: dict[str, UnitTable]
    wording: Wording
    leaflets: dict[str, Wording]
    site: Site
    codes: dict[str, str]
    repetition: RepeatPolicy
    fingerprint: str

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that has a source: grading, decision rules, drugs, risk and advice."""
        return (*self.protocol.rules.tables, *self.protocol.tables)

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions of the tables."""
        return tuple(table.edition for table in self.tables)

    @property
    def product_names(self) -> dict[str, str]:
        """The name of each product, taken from its table and the same in every language."""
        return _product_names(self.protocol.rules.drugs)

    @property
    def therapies(self) -> dict[ProductKey, TherapyClass]:
        """The class of each product that starts a course."""
        return {name: product.therapy_class for name, product in self.protocol.rules.drugs.products.items()}


class Choices(NamedTuple):
    """A site's choices of knowledge: settings with the same names; `guideline`: its own files.

    `edition`: ids of editions to use instead of the newest of their body.
    """

    other_scales: bool = True
    language: str = "en"
    region: str = "us"
    guideline: tuple[Path, ...] = ()
    edition: tuple[str, ...] = ()


PACKAGED = Choices()


def load_knowledge(choices: Choices = PACKAGED) -> Knowledge:
    """Read the packaged tables and the site's own. Raises KnowledgeError if one is invalid."""
    knowledge = read_knowledge(choices)
    wrong = tuple(wrong_in_site(knowledge.site, knowledge.protocol, knowledge.terminology, knowledge.wording))
    if wrong:
        raise KnowledgeError(f"{', '.join(file.name for file in choices.guideline)}: {'; '.join(wrong)}")
    return knowledge


def read_knowledge(choices: Choices = PACKAGED) -> Knowledge:
    """The same without checking if a site's statements are plausible; for `check`, which reports all problems."""
    site = load_site(choices.guideline)
    files = files_in_force(choices.region, choices.edition)
    own = (*site.protocols, *(read_table(file.source, Management) for file in files.advice))
    labels = read_table(files.labels.source, Management)
    protocol = Protocol(_rules(site, files), own, labels, other_scales=choices.other_scales)
    editions = [protocol.rules.grading.edition.id, *(table.edition.id for table in protocol.tables)]
    value_sets = sorted((MAPPING / "valuesets").iterdir(), key=lambda source: source.name)
    mapping = (*(MAPPING / name for name in (CONCEPTS, ANSWERS, UNITS, CODE_SYSTEM)), *value_sets, *product_files())
    codes = read_own_codes()
    return Knowledge(
        protocol=protocol,
        terminology=load_terminology(value_sets, site),
        wording=load_wording(
            choices.language, load_sources(_by_body(files, protocol)), _product_names(protocol.rules.drugs)
        ),
        leaflets=load_leaflets(),
        site=site,
        codes=codes,
        repetition=load_repeat_policy(),
        units=read_units(site.parts.units),
        fingerprint=f"{' '.join(editions)} {fingerprint_of((*files.sources, *mapping, *choices.guideline))}",
    )


def _product_names(drugs: Drugs) -> dict[str, str]:
    return {name: product.name for name, product in drugs.products.items()}


def _by_body(files: FilesInForce, protocol: Protocol) -> dict[str, Table]:
    """The packaged tables other than labels, by the body responsible for each."""
    advice = (table for table in protocol.management if not table.own)
    return dict(zip((file.body for file in files.guidelines), (*protocol.rules.tables, *advice), strict=True))


def _rules(site: Site, files: FilesInForce) -> Rules:
    rules = Rules(
        grading=read_table(files.grading.source, Grading),
        decisions=read_table(files.decisions.source, DecisionRules),
        drugs=read_table(files.drugs.source, Drugs),
        risk=RiskRules(
            factors=read_table(files.risk.source, RiskTable),
            fludarabine=read_table(files.fludarabine.source, FludarabineTable),
        ),
        look_alikes=read_table(files.look_alikes.source, LookAlikeTable),
        refractory=read_table(files.refractory.source, EvidenceTable),
        crs_advice=read_table(files.crs_advice.source, Management),
    )
    return site.rules(rules)
