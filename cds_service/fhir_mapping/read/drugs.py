"""Which drug a resource is about: by its codings, the Medication that it refers to, the ingredients of a mixture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cds_service.clinical.facts.gap import GapKind, Part
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


class Drug(NamedTuple):
    """A drug that was recognised; `strength` where it is an ingredient of something else."""

    name: str
    strength: Ratio | None = None


def drugs_of(
    about: MedicationAdministration | MedicationRequest, medications: Medications, known: Dictionary, into: Collector
) -> list[Drug] | None:
    """The drugs given or ordered that the rules concern; None if it is unknown which drugs they are."""
    medication = _medication(about, medications)
    if medication is None:
        return None
    codings, ingredients = medication
    name = known.find(codings)
    if name is not None:
        return [Drug(name)]
    found = list(_among(ingredients, known))
    unverified = None if found else known.find_unverified(codings)
    if unverified is not None:
        into.gap(unverified, GapKind.NOT_DERIVABLE, Part.CODE)
    return found


def unverified_drug(
    about: MedicationAdministration | MedicationRequest, medications: Medications, known: Dictionary
) -> str | None:
    """The drug that an unverified code stands for."""
    medication = _medication(about, medications)
    return known.find_unverified(medication[0]) if medication else None


def reference_key(reference: str) -> str:
    """A relative, absolute, versioned or urn:uuid reference as the id that it ends with."""
    return reference.split("/_history/", maxsplit=1)[0].rsplit("/", 1)[-1].removeprefix("urn:uuid:")


def _among(ingredients: Iterable[Ingredient], known: Dictionary) -> Iterator[Drug]:
    for ingredient in ingredients:
        concept = ingredient.itemCodeableConcept
        name = known.find(concept.coding) if concept else None
        if name is not None:
            yield Drug(name, ingredient.strength)


def _medication(
    about: MedicationAdministration | MedicationRequest, medications: Medications
) -> tuple[list[Coding], list[Ingredient]] | None:
    """The codings and ingredients of a drug; None where a reference leads nowhere, or where it has no code at all.

    A name in words is never read; a code of a system that we do not know is some other drug.
    """
    found = _described(about, medications)
    if found is None:
        return None
    codings, ingredients = found
    concepts = (one.itemCodeableConcept for one in ingredients)
    known = (*codings, *(coding for concept in concepts if concept for coding in concept.coding))
    return found if any(_is_usable(coding) for coding in known) else None


def _is_usable(coding: Coding) -> bool:
    """Whether it says what it means: a code, and the system that the code is of."""
    return bool((coding.system or "").strip() and (coding.code or "").strip())


def _described(
    about: MedicationAdministration | MedicationRequest, medications: Medications
) -> tuple[list[Coding], list[Ingredient]] | None:
    """The drug as it was sent; None where a reference leads nowhere."""
    if about.medicationCodeableConcept is not None:
        return about.medicationCodeableConcept.coding, []
    reference = about.medicationReference.reference if about.medicationReference else None
    if reference is None:
        return None
    if reference.startswith("#"):
        return _contained(about.contained, reference[1:])
    medication = medications.get(reference_key(reference))
    return (medication.code.coding, medication.ingredient) if medication else None


def _contained(contained: Iterable[OtherContained], wanted: str) -> tuple[list[Coding], list[Ingredient]] | None:
    found = next((one for one in contained if one.id == wanted and one.resourceType == "Medication"), None)
    if found is None:
        return None
    medication, _ = read_carefully(Medication, {"code": found.code, "ingredient": found.ingredient})
    return (medication.code.coding, medication.ingredient) if medication else None
