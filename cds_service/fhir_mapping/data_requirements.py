"""The data needed from a record, and the queries for it: the single source of prefetch templates and searches."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from cds_service.clinical.tables.decision_rules import RecordRules
from cds_service.fhir_mapping.codes import Code
from cds_service.fhir_mapping.terminology import Terminology

PATIENT, OBSERVATIONS, THERAPY = "patient", "observations", "therapy"
SCORES, NEURO, VITALS, LABS, DRUGS = "scores", "neuro", "vitals", "labs", "drugs"
PAGE, LONG_PAGE = 200, 1000
# Only for hooks that consider therapies ordered but not yet given.
ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One search, or the one read. `need` is its name in the contract if the contract requires it (contract.md 1).

    `window`: how far back the data matter; None: all of it. `date`: the search parameter for the time. `optional`: only
    for hooks that name it; the others are needed for the status of a patient.
    """

    key: str
    resource: str
    need: str = ""
    codes: tuple[Code, ...] = ()
    window: timedelta | None = None
    date: str = ""
    sort: str = ""
    count: int = PAGE
    include: str = ""
    status: str = ""
    optional: bool = False
    once_in: str = ""

    @property
    def is_read(self) -> bool:
        """Whether it is the read of the Patient, not a search."""
        return self.resource == "Patient"

    def template(self) -> str:
        """The prefetch template, in the subset of FHIR search that every EHR accepts, with `|` as %7C."""
        if self.is_read:
            return "Patient/{{context.patientId}}"
        codes = f"&code={','.join(map(_token, self.codes))}" if self.codes else ""
        status = f"&status={self.status}" if self.status else ""
        sort = f"&_sort=-{self.sort}" if self.sort else ""
        return f"{self.resource}?patient={{{{context.patientId}}}}{codes}{status}{sort}&_count={self.count}"

    def query(self, patient_id: str, as_of: datetime, *, include: bool = True) -> str:
        """The same for a FHIR server, relative to its base, with the time window that a template cannot compute."""
        if self.is_read:
            return f"Patient/{quote(patient_id)}"
        parameters = [("patient", patient_id)]
        if self.codes:
            parameters.append(("code", ",".join(f"{system}|{code}" for system, code in self.codes)))
        if self.status:
            parameters.append(("status", self.status))
        if self.window and self.date:
            since = (as_of - self.window).astimezone(UTC)
            parameters.append((self.date, f"ge{since:%Y-%m-%dT%H:%M:%SZ}"))
        if self.sort:
            parameters.append(("_sort", f"-{self.sort}"))
        parameters.append(("_count", str(self.count)))
        if self.include and include:
            parameters.append(("_include", self.include))
        return f"{self.resource}?{urlencode(parameters)}"


def requirements_of(terminology: Terminology, rules: RecordRules) -> tuple[Requirement, ...]:
    """All data that the hooks need; therapy has its own keys without a window (contract.md 2)."""
    groups = terminology.concepts.observations
    return (
        Requirement("patient", "Patient", need=PATIENT),
        Requirement("encounter", "Encounter", sort="date", count=20),
        _scores(groups[SCORES], terminology),
        _observations(NEURO, groups[NEURO], terminology, rules.history, need=OBSERVATIONS),
        _observations(VITALS, groups[VITALS], terminology, rules.vital_signs),
        _observations(LABS, groups[LABS], terminology, rules.history),
        _administrations("therapy", need=THERAPY),
        Requirement("procedures", "Procedure", need=THERAPY, sort="date"),
        _administrations(DRUGS, window=rules.history),
        Requirement(
            "questionnaires",
            "QuestionnaireResponse",
            window=rules.baseline,
            date="authored",
            sort="authored",
            count=100,
        ),
        Requirement("conditions", "Condition", count=LONG_PAGE),
        Requirement(ORDERS, "MedicationRequest", status="active", optional=True),
    )


def windows_of(
    terminology: Terminology, therapies: Container[str], sedatives: Collection[str], rules: RecordRules
) -> dict[str, timedelta]:
    """How far back each Observation, and each drug that does not start a course, matters, by concept."""
    windows = {drug: rules.history for drug in terminology.drugs.concepts if drug not in therapies}
    windows |= dict.fromkeys(sedatives, rules.baseline)
    for group, concepts in terminology.concepts.observations.items():
        if group != SCORES:
            windows |= dict.fromkeys(concepts, rules.vital_signs if group == VITALS else rules.history)
    return windows


def dated_scores(terminology: Terminology) -> frozenset[str]:
    """Scores and charted grades: recent ones are graded, older ones are a baseline or earlier ICANS."""
    concepts = terminology.concepts
    return frozenset(concepts.observations[SCORES]) & concepts.scores.keys()


def _observations(
    key: str, concepts: Iterable[str], terminology: Terminology, window: timedelta, need: str = ""
) -> Requirement:
    codes = _codes(concepts, terminology)
    return Requirement(key, "Observation", need=need, codes=codes, window=window, date="date", sort="date")


def _scores(concepts: Iterable[str], terminology: Terminology) -> Requirement:
    codes = _codes(concepts, terminology)
    return Requirement(
        SCORES, "Observation", need=OBSERVATIONS, codes=codes, sort="date", count=LONG_PAGE, once_in=NEURO
    )


def _administrations(key: str, need: str = "", window: timedelta | None = None) -> Requirement:
    """With the Medication that each refers to; a search by time only if there is a window."""
    return Requirement(
        key,
        "MedicationAdministration",
        need=need,
        window=window,
        date="effective-time" if window else "",
        sort="effective-time",
        count=LONG_PAGE,
        include="MedicationAdministration:medication",
    )


def _codes(concepts: Iterable[str], terminology: Terminology) -> tuple[Code, ...]:
    """The codes of all these concepts, each once."""
    return tuple(dict.fromkeys(code for concept in concepts for code in terminology.codes_of(concept)))


def _token(code: Code) -> str:
    system, value = code
    return f"{system}%7C{quote(value)}"
