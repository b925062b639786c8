"""The units of measurements: the packaged table, and a site's own names for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cds_service.fhir_mapping.read.units import UnitTable, spelled
from cds_service.knowledge.tables import read_table
from cds_service.knowledge.terminology import MAPPING, UNITS

Aliases = Mapping[str, Mapping[str, str]]


def read_units(aliases: Aliases) -> dict[str, UnitTable]:
    """The packaged units, with the names that a site has for them; what is wrong with those, `wrong_units` tells."""
    units = read_table(MAPPING / UNITS, dict[str, UnitTable])
    return {concept: _with_aliases(table, aliases.get(concept, {})) for concept, table in units.items()}


def _with_aliases(table: UnitTable, aliases: Mapping[str, str]) -> UnitTable:
    meant = {spelled(alias): table.conversion(unit) for alias, unit in aliases.items()}
    shifted = {alias: one for alias, one in meant.items() if one is not None and alias not in table.factors}
    return replace(table, shifted=shifted | table.shifted)


def wrong_units(aliases: Aliases) -> Iterator[str]:
    """Concepts that have no unit, units that are not known, and names that mean another unit already."""
    units = read_units({})
    for concept, names in aliases.items():
        if concept not in units:
            yield f"units.{concept}: no measurement has this name"
            continue
        for alias, unit in names.items():
            known, meant = units[concept].conversion(alias), units[concept].conversion(unit)
            if meant is None:
                spellings = ", ".join((*units[concept].factors, *units[concept].shifted))
                yield f"units.{concept}: {unit!r} is none of {spellings}"
            elif known is not None and known != meant:
                yield f"units.{concept}: {alias!r} is a unit already, and another one than {unit!r}"
