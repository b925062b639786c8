"""Tables of advice as types: one edition of a guideline, the labels of a region, or a site's own protocol."""

from __future__ import annotations

from dataclasses import dataclass, field

from cds_service.clinical.tables.edition import Edition
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.clinical.tables.provenance import Sourced
from cds_service.clinical.tables.regimen import Regimen
from cds_service.clinical.tables.vocabulary import Action, RowCondition, Strength

ADULT, CHILD = "adult", "child"
TOCILIZUMAB = "tocilizumab"
WITHOUT_CRS = "without"  # for whom a row is


@dataclass(frozen=True, slots=True)
class Row(Sourced):
    """One action of an edition and for whom it is meant.

    `crs_from`..`crs_to`: the CRS grades that "with" is for; the whole range must lie there. `hours_since_dose_below`,
    `hours_since_dose_from`: only that soon, or that long, after the last dose. `note`: a site's own words.
    """

    action: Action
    icans: tuple[int, ...]
    crs: str = "any"
    crs_from: int = 1
    crs_to: int = 4
    products: tuple[str, ...] = ()
    patients: str = ADULT
    only: str = ""
    hours_since_dose_below: float | None = None
    hours_since_dose_from: float | None = None
    strength: Strength = Strength.ADVISED
    condition: RowCondition | None = None
    regimens: tuple[Regimen, ...] = ()
    next_dose: NextDose | None = None
    note: str = ""
    times_per_day_at_least: int | None = None
    max_in_24_hours: int | None = None
    max_total: int | None = None

    @property
    def about(self) -> str:
        """Its action, and for whom: "corticosteroid, ICANS 2 3, axicabtagene-ciloleucel"."""
        return ", ".join((self.action, f"ICANS {' '.join(map(str, self.icans))}", *self.products))

    @property
    def gives_tocilizumab(self) -> bool:
        """Whether it is about tocilizumab, which is for CRS and never for ICANS alone (rule C5)."""
        return self.action is Action.TOCILIZUMAB or any(regimen.drug == TOCILIZUMAB for regimen in self.regimens)


@dataclass(frozen=True, slots=True)
class Management:
    """One edition of one body's advice (guidelines/advice/), or the labels of a region.

    `label`: for a table of labels, each product's own. `own`: the site's protocol, which comes first.
    """

    edition: Edition
    row: tuple[Row, ...]
    scale: str = ""
    region: str = ""
    label: dict[str, ProductLabel] = field(default_factory=dict)
    own: bool = False
