"""The definition of a hook; each hook has one file that contains all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.hooks.contexts import ContextSchema

PROTOCOL_VERSION = "2.0.1"


@dataclass(frozen=True, slots=True)
class HookSpec:
    """One hook, and the service that answers it.

    `title`, `description` and `usage_requirements` are for discovery. `context`: what the hook sends. `kind`: the
    occasion that it is treated as, with the checks of clinical/order_checks/checks.py. `also_needs`: keys of data
    requirements in addition to those for a patient's status. `version`: of the hook's definition (hooks:D6).
    """

    hook: str
    title: str
    description: str
    usage_requirements: str
    context: ContextSchema
    kind: OccasionKind
    also_needs: frozenset[str] = frozenset()
    version: str = "1.0"

    @property
    def id(self) -> str:
        """The name of the service in its address."""
        return f"icans-{self.hook}"

    def needed(self, requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
        """The requirements of this hook."""
        return tuple(one for one in requirements if not one.optional or one.group in self.also_needs)

    def described(self, requirements: Iterable[Requirement]) -> dict[str, Any]:
        """The discovery entry with its prefetch templates."""
        return {
            "id": self.id,
            "hook": self.hook,
            "hookVersion": self.version,
            "title": self.title,
            "description": self.description,
            "usageRequirements": self.usage_requirements,
            "version": PROTOCOL_VERSION,
            "prefetch": {one.key: one.template() for one in self.needed(requirements)},
        }
