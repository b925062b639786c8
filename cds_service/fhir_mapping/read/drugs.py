"""Which drug a resource is about: by its codings, a referenced Medication, or the ingredients of a mixture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cds_service.clinical.facts.gap import GapKind, Part
from cds_service.clinical.tables.names import Drug
from cds_service.fhir_mapping.data_use import LeftOut
from cds_service.fhir_mapping.r4.careful import read_carefully
from cds_service.fhir_mapping.r4.datatypes import Coding, Ratio
from cds_service.fhir_mapping.r4.structs import (
    Ingredient,
    Medication,
    MedicationAdministration,
    MedicationRequest,
    OtherContained,
)
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.terminology import Dictionary

Medications = Mapping[str, Medication]


class NamedDrug(NamedTuple):
    """A recognised drug; `strength` if it is an ingredient of a mixture."""

    name: Drug
    strength: Ratio | None = None


class _Described(NamedTuple):
    """A medication as sent: its own codings, and its ingredients."""

    codings: list[Coding]
    ingredients: Sequence[Ingredient] = ()

    @property
    def every_coding(self) -> tuple[Coding, ...]:
        """Its own codings and those of its ingredients."""
        inside = (one.itemCodeableConcept for one in self.ingredients)
        return (*self.codings, *(coding for concept in inside if concept for coding in concept.coding))


def drugs_of(
    about: MedicationAdministration | MedicationRequest,
    medications: Medications,
    known: Dictionary[Drug],
    into: Collector,
) -> list[NamedDrug] | None:
    """The drugs of interest given or ordered; None if it is unknown which drugs they are."""
    medication = _medication(about, medications)
    if medication is None:
        return None
    codings, ingredients = medication.codings, medication.ingredients
    name = known.find(codings)
    if name is not None:
        return [NamedDrug(name)]
    found = list(_among(ingredients, known))
    unverified = None if found else known.find_unverified(codings)
    if unverified is not None:
        into.gap(unverified, GapKind.NOT_DERIVABLE, Part.CODE)
    elif not found:
        _note_unknown(type(about).__name__, codings, ingredients, into)
    return found


def _note_unknown(about: str, codings: Iterable[Coding], ingredients: Iterable[Ingredient], into: Collector) -> None:
    """Note a drug that nobody knows: by its own code, else by those of its ingredients."""
    concepts = [one.itemCodeableConcept for one in ingredients if one.itemCodeableConcept]
    parts = [] if into.unknowns.drug(about, codings) else concepts
    for concept in parts:
        into.unknowns.drug(about, concept.coding)
    into.leave_out(LeftOut.NOT_UNDERSTOOD)


def unverified_drug(
    about: MedicationAdministration | MedicationRequest, medications: Medications, known: Dictionary[Drug]
) -> Drug | None:
    """The drug that an unverified code stands for."""
    medication = _medication(about, medications)
    return known.find_unverified(medication.codings) if medication else None


def is_unknown(about: MedicationAdministration, medications: Medications, known: Dictionary[Drug]) -> bool:
    """Whether it may be anything that sedates: no code is of a known system, or it is a mixture with such a drug."""
    medication = _medication(about, medications) or _Described([])
    every = medication.every_coding
    if known.is_mixture(every):
        return True
    return not known.knows_system(every) and known.find_unverified(medication.codings) is None


def reference_key(reference: str) -> str:
    """The final id of a relative, absolute, versioned or urn:uuid reference."""
    return reference.split("/_history/", maxsplit=1)[0].rsplit("/", 1)[-1].removeprefix("urn:uuid:")


def _among(ingredients: Iterable[Ingredient], known: Dictionary[Drug]) -> Iterator[NamedDrug]:
    for ingredient in ingredients:
        concept = ingredient.itemCodeableConcept
        name = known.find(concept.coding) if concept else None
        if name is not None:
            yield NamedDrug(name, ingredient.strength)


def _medication(about: MedicationAdministration | MedicationRequest, medications: Medications) -> _Described | None:
    """The drug as sent; None if a reference cannot be resolved, or there is no code at all.

    A drug name in words is never read; a code of an unknown system means some other drug.
    """
    found = _described(about, medications)
    return found if found and any(map(_is_usable, found.every_coding)) else None


def _is_usable(coding: Coding) -> bool:
    """Whether it has both a code and a code system."""
    return bool((coding.system or "").strip() and (coding.code or "").strip())


def _described(about: MedicationAdministration | MedicationRequest, medications: Medications) -> _Described | None:
    """The drug as sent; None if a reference cannot be resolved."""
    if about.medicationCodeableConcept is not None:
        return _Described(about.medicationCodeableConcept.coding)
    reference = about.medicationReference.reference if about.medicationReference else None
    if reference is None:
        return None
    if reference.startswith("#"):
        return _contained(about.contained, reference[1:])
    medication = medications.get(reference) or medications.get(reference_key(reference))
    return _of_resource(medication)


def _contained(contained: Iterable[OtherContained], wanted: str) -> _Described | None:
    found = next((one for one in contained if one.id == wanted and one.resourceType == "Medication"), None)
    if found is None:
        return None
    return _of_resource(read_carefully(Medication, {"code": found.code, "ingredient": found.ingredient}).resource)


def _of_resource(medication: Medication | None) -> _Described | None:
    return _Described(medication.code.coding, medication.ingredient) if medication else None
