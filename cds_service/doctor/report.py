"""What the doctor found, as values: terminal, page and JSON show the same report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cds_service.fhir_mapping import codes
from cds_service.fhir_mapping.data_use import KeyUse, Unknown

Json = dict[str, Any]


class Understood(NamedTuple):
    """A concept that was looked for: how many records have one of its codes, and which; `newest`: a FHIR time.

    `group`: the search that asks for it. `unit`: as sent, of the newest record. `codes`: as sent.
    """

    group: str
    concept: str
    meaning: str
    number: int = 0
    newest: str = ""
    unit: str = ""
    codes: tuple[str, ...] = ()


class Guess(NamedTuple):
    """What a code may mean: a concept, and of an answer its meaning; never used without a person's review."""

    concept: str
    value: str | int | None = None


class NotKnown(NamedTuple):
    """A code that nobody knows, how often it came, and what it may mean."""

    unknown: Unknown
    number: int
    guess: Guess | None = None
    toml: str = ""


class SearchDone(NamedTuple):
    """One request of the server: what it asked for, its time, and the length of its URL in bytes."""

    query: str
    milliseconds: float
    url_length: int
    entries: int = 0
    failure: str = ""


class Problem(NamedTuple):
    """Something to mend. `severity`: `error` where the answer cannot be trusted, else `warning`."""

    severity: str
    text: str
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that the doctor says about one record. `why`: which part of rule U1 gives a card, or why there is none.

    `site_file`: the lines for all guesses together. `evaluation`: as in the extension of an answer; None: no answer.
    """

    subject: str
    as_of: str
    understood: tuple[Understood, ...] = ()
    unknown: tuple[NotKnown, ...] = ()
    keys: tuple[KeyUse, ...] = ()
    site_file: str = ""
    why: str = ""
    cards: tuple[Mapping[str, Any], ...] = ()
    evaluation: Mapping[str, Any] | None = None
    searches: tuple[SearchDone, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.problems


_NAMES = {
    codes.ICANS: "ICANS CDS",
    codes.LOINC: "LOINC",
    codes.SNOMED_CT: "SNOMED CT",
    codes.RXNORM: "RxNorm",
    codes.ATC: "ATC",
    codes.NDC: "NDC",
    codes.HCPCS: "HCPCS",
    codes.ICD_10_CM: "ICD-10-CM",
    codes.ICD_10_PCS: "ICD-10-PCS",
    codes.CPT: "CPT",
    codes.MDC: "MDC",
}


def brief_code(written: str) -> str:
    """A code as `system|code` for a reader: a public system by its usual name."""
    system, _, code = written.rpartition("|")
    name = _NAMES.get(codes.usual_system(system), system)
    return f"{name} {code}" if name else code


def brief_time(time: str) -> str:
    """A FHIR time to the minute, as it was written."""
    return time[:16].replace("T", " ")
