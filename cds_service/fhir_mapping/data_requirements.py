"""The data needed from a record, and the queries for it: the single source of prefetch templates and searches."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from cds_service.clinical.facts.patient import Need
from cds_service.clinical.tables.decision_rules import RecordRules
from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.fhir_mapping.codes import Code
from cds_service.fhir_mapping.terminology import Terminology

SCORES, NEURO, VITALS, LABS, DRUGS = "scores", "neuro", "vitals", "labs", "drugs"
PAGE, LONG_PAGE = 200, 1000
# Only for hooks that consider therapies ordered but not yet given.
ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One search, or the one read. `need` is its name in the contract if the contract requires it (contract.md 1).

    `window`: how far back the data matter; None: all of it. `date`: the search parameter for the time; `since`: its
    value in a template, where a template may compute it. `optional`: only for hooks that name it; the others are needed
    for the status of a patient. `once_in`: the key under which it was once sent. `part_of`: the key of the first part
    of a list of codes that was split. `by_post`: a server is searched by POST.
    """

    key: str
    resource: str
    need: Need | None = None
    codes: tuple[Code, ...] = ()
    window: timedelta | None = None
    date: str = ""
    since: str = ""
    sort: str = ""
    count: int = PAGE
    include: str = ""
    status: str = ""
    optional: bool = False
    once_in: str = ""
    part_of: str = ""
    by_post: bool = False

    @property
    def is_read(self) -> bool:
        """Whether it is the read of the Patient, not a search."""
        return self.resource == "Patient"

    @property
    def is_dated(self) -> bool:
        """Whether a search can name the time from which the data matter."""
        return bool(self.window and self.date)

    @property
    def group(self) -> str:
        """Its name as a gap: the key, without the number of a part."""
        return self.part_of or self.key

    def template(self) -> str:
        """The prefetch template, in the subset of FHIR search that every EHR accepts, with `|` as %7C."""
        if self.is_read:
            return "Patient/{{context.patientId}}"
        return self._search("{{context.patientId}}", self.since)

    def query(self, patient_id: str, as_of: datetime) -> str:
        """The same for a FHIR server, relative to its base, with the time window that a template cannot compute."""
        if self.is_read:
            return f"Patient/{quote(patient_id)}"
        start = (as_of - self.window).astimezone(UTC) if self.window and self.date else None
        search = self._search(quote(patient_id), f"ge{start:%Y-%m-%dT%H:%M:%SZ}" if start else "")
        return f"{search}&_include={self.include}" if self.include else search

    def _search(self, patient: str, since: str) -> str:
        parameters = (
            ("patient", patient),
            ("code", ",".join(map(token, self.codes))),
            ("status", self.status),
            (self.date, since),
            ("_sort", f"-{self.sort}" if self.sort else ""),
            ("_count", str(self.count)),
        )
        return f"{self.resource}?{'&'.join(f'{name}={value}' for name, value in parameters if value)}"


def requirements_of(terminology: Terminology, rules: RecordRules) -> tuple[Requirement, ...]:
    """All data that the hooks need; therapy has its own keys without a window (contract.md 2)."""
    groups = terminology.concepts.observations
    return (
        Requirement("patient", "Patient", need=Need.PATIENT),
        Requirement("encounter", "Encounter", sort="date", count=20),
        _scores(groups[SCORES], terminology),
        _observations(NEURO, groups[NEURO], terminology, rules.history, need=Need.OBSERVATIONS),
        _observations(VITALS, groups[VITALS], terminology, rules.vital_signs),
        _observations(LABS, groups[LABS], terminology, rules.history),
        _administrations("therapy", need=Need.THERAPY),
        Requirement("procedures", "Procedure", need=Need.THERAPY, sort="date"),
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
    terminology: Terminology, therapies: Container[ProductKey], sedatives: Collection[Drug], rules: RecordRules
) -> dict[Concept, timedelta]:
    """How far back each Observation, and each drug that does not start a course, matters, by concept."""
    windows: dict[Concept, timedelta] = {
        drug: rules.history for drug in terminology.drugs.concepts if drug not in therapies
    }
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
    key: str, concepts: Iterable[Concept], terminology: Terminology, window: timedelta, need: Need | None = None
) -> Requirement:
    codes = _codes(concepts, terminology)
    return Requirement(key, "Observation", need=need, codes=codes, window=window, date="date", sort="date")


def _scores(concepts: Iterable[Concept], terminology: Terminology) -> Requirement:
    codes = _codes(concepts, terminology)
    return Requirement(
        SCORES, "Observation", need=Need.OBSERVATIONS, codes=codes, sort="date", count=LONG_PAGE, once_in=NEURO
    )


def _administrations(key: str, need: Need | None = None, window: timedelta | None = None) -> Requirement:
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


def _codes(concepts: Iterable[Concept], terminology: Terminology) -> tuple[Code, ...]:
    """The codes of all these concepts, each once."""
    return tuple(dict.fromkeys(code for concept in concepts for code in terminology.codes_of(concept)))


def token(code: Code) -> str:
    """A code in a URL; what may stand there as it is (RFC 3986) is not encoded, which would be a third longer."""
    system, value = code
    return f"{quote(system, safe=':/')}%7C{quote(value)}"
