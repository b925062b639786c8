"""Reads how each kind of FHIR server is searched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cds_service.fhir_mapping.searches import Profile
from cds_service.knowledge.tables import read_table
from cds_service.knowledge.terminology import MAPPING

PROFILES = "profiles.toml"


@dataclass(frozen=True, slots=True)
class _ProfileTable:
    """profiles.toml."""

    profile: dict[str, Profile]


@cache
def load_profiles() -> dict[str, Profile]:
    """The profiles by name. Raises KnowledgeError if the table is wrong."""
    return read_table(MAPPING / PROFILES, _ProfileTable).profile
