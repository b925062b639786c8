"""The public FHIR data: files, resources, and the patients that they belong to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.parts import DATA

FILES = sorted(DATA.glob("*/*.json"))


def resources_in(source: Path) -> list[dict[str, Any]]:
    """The resources in a file, which is a Bundle or a single resource."""
    content = json.loads(source.read_text())
    if content["resourceType"] != "Bundle":
        return [content]
    return [entry["resource"] for entry in content.get("entry", []) if "resource" in entry]


def everything() -> list[dict[str, Any]]:
    """All resources in all files."""
    return [resource for source in FILES for resource in resources_in(source)]


def owner(resource: dict[str, Any]) -> str:
    """The patient's id in the subject of a resource."""
    subject = resource.get("subject", resource.get("patient", {})).get("reference", "")
    return subject.rsplit("/", 1)[-1].removeprefix("urn:uuid:")


def by_patient() -> dict[str, list[dict[str, Any]]]:
    """The resources of each patient, with all Medications added to each."""
    found: dict[str, list[dict[str, Any]]] = {}
    medications = [one for one in everything() if one["resourceType"] == "Medication"]
    for resource in everything():
        name = resource["id"] if resource["resourceType"] == "Patient" else owner(resource)
        found.setdefault(name, list(medications)).append(resource)
    return {name: resources for name, resources in found.items() if name}
