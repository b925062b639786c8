"""One thing that could be ordered with one click: a draft or a reminder, never an order."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from cds_service.clinical.tables.regimen import Regimen
from cds_service.clinical.tables.vocabulary import RowCondition

TASK, SERVICE, MEDICATION = "task", "service", "medication"
# Requests that no guideline row makes: to settle a taper, to check each day, to look at a dose.
TAPER_PLAN, DAILY_CHECK, DOSE_REVIEW = "taper-plan", "daily-check", "dose-review"


class Proposal(NamedTuple):
    """One thing that could be created: an assessment that is due, an investigation, a drug.

    `replaces`: the running drugs whose place it takes, for it is not given besides. `until`: the last day of what is
    done daily. `about`: the drug that a request is about. `if_no_crs`: it is meant for patients without CRS, which is
    not known. `condition`: of the source's row, where only the reader can say whether it holds. `without_crs`: it is
    the source's row for patients without CRS, and there is CRS.
    """

    kind: str
    action: str
    due: datetime | None = None
    regimen: Regimen | None = None
    source: str = ""
    replaces: tuple[str, ...] = ()
    until: date | None = None
    about: str = ""
    if_no_crs: bool = False
    condition: RowCondition | None = None
    without_crs: bool = False
